package extract

import (
	"context"
	"maps"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"verso/etl/config"
	"verso/etl/landing"
	"verso/etl/source"
	"verso/olap/engine"
)

// folder is a source of files: each night it has read those it lists.
type folder struct {
	*bench
	files []source.File
	known map[string]source.KnownFile // told by the last request; nil: not asked for
}

// Land writes a row for each row of the files.
func (f *folder) Land(ctx context.Context, conn engine.Conn, req source.Request) (source.Report, error) {
	f.known = maps.Clone(req.Known)
	var r source.Report
	for _, file := range f.files {
		r.Landed += file.Landed
	}
	if r.Read, r.Files = r.Landed, f.files; len(f.files) == 0 {
		return r, nil
	}
	r.Columns = []source.Column{{Name: "id", Type: "BIGINT"}}
	_, err := conn.Exec(ctx, engine.SQL("COPY (SELECT unnest(generate_series(1, ?)) AS id) TO "+engine.QuoteText(req.Path)+" (FORMAT parquet)", r.Landed))
	return r, err
}

func file(path, sum string, rows int64) source.File {
	return source.File{Path: path, SHA256: sum, Bytes: 10 * rows, Landed: rows, Read: rows, Modified: noon()}
}

func TestFiles(t *testing.T) {
	home := t.TempDir()
	inside, outside := filepath.Join(home, "data", "a.csv"), filepath.Join(t.TempDir(), "b.csv")
	const web = "https://example.org/c.csv"
	f := &folder{bench: newBench(t, &config.Incremental{By: config.ByFiles}, "id INTEGER", "(1)"), files: []source.File{file(inside, "a", 3), file(outside, "b", 2), file(web, "c", 4)}}
	f.job.Home = home
	known := func(segment int, from, to int64, sum string) landing.File {
		return landing.File{Bytes: 10 * (to - from), SHA256: sum, Modified: noon(), Segment: segment, From: from, To: to}
	}
	take := func(kind landing.Kind) *landing.Segment {
		t.Helper()
		out, err := f.from(f)
		if err != nil {
			t.Fatal(err)
		}
		if out.Segment != nil && out.Segment.Kind != kind {
			t.Errorf("a segment of kind %s, want %s", out.Segment.Kind, kind)
		}
		return out.Segment
	}
	if g := take(landing.Full); g == nil || f.known == nil || len(f.known) != 0 || g.Rows != 9 {
		t.Errorf("first: %+v, told of %v", g, f.known)
	}
	want := map[string]landing.File{"data/a.csv": known(1, 0, 3, "a"), outside: known(1, 3, 5, "b"), web: known(1, 5, 9, "c")}
	f.at(landing.Position{Files: want})

	f.files = nil
	if g := take(landing.Append); g != nil {
		t.Errorf("nothing was read, and landed: %+v", g)
	}
	told := map[string]source.KnownFile{inside: {Bytes: 30, SHA256: "a", Modified: noon()}, outside: {Bytes: 20, SHA256: "b", Modified: noon()}, web: {Bytes: 40, SHA256: "c", Modified: noon()}}
	if diff := cmp.Diff(told, f.known); diff != "" {
		t.Errorf("told of (-want +got):\n%s", diff)
	}
	f.at(landing.Position{Files: want})

	further := filepath.Join(home, "data", "d.xlsx")
	f.files = []source.File{file(further, "d", 1), file(further, "d", 2), file(outside, "b2", 5)} // two sheets, and a file that was changed
	g := take(landing.Append)
	if diff := cmp.Diff([]landing.Span{{Segment: 1, From: 3, To: 5}}, g.Replaced); diff != "" || g.Offset != 9 || g.Rows != 8 {
		t.Errorf("replaced (-want +got):\n%s%+v", diff, g)
	}
	want["data/d.xlsx"] = landing.File{Bytes: 20, SHA256: "d", Modified: noon(), Segment: 2, From: 0, To: 3}
	want[outside] = known(2, 3, 8, "b2")
	f.at(landing.Position{Files: want})
}

// Without files there is nothing to begin with; and where no home is told, files
// are known by the path they were read from.
func TestFilesWithoutHome(t *testing.T) {
	f := &folder{bench: newBench(t, &config.Incremental{By: config.ByFiles}, "id INTEGER", "(1)")}
	if _, err := f.from(f); err == nil {
		t.Error("no file with rows, and no error")
	}
	f.files = []source.File{file("a.csv", "a", 1)}
	if _, err := f.from(f); err != nil {
		t.Fatal(err)
	}
	f.files = nil
	if _, err := f.from(f); err != nil {
		t.Fatal(err)
	}
	if _, ok := f.known["a.csv"]; !ok {
		t.Errorf("told of %v", f.known)
	}
	f.job.Way = nil
	f.files = []source.File{file("a.csv", "a", 1)}
	if _, err := f.from(f); err != nil || f.known != nil {
		t.Errorf("a mapping read whole leaves out %v, %v", f.known, err)
	}
}

// The same files are the same content, whatever rows they became; a file of the
// same rows is another.
func TestContent(t *testing.T) {
	f := &folder{bench: newBench(t, nil, "id INTEGER", "(1)"), files: []source.File{file("a.csv", "a", 2), file("b.csv", "b", 1)}}
	for i, x := range []struct {
		sum  string
		want bool // a new segment
	}{{"a", true}, {"a", false}, {"c", true}} {
		f.files[0].SHA256 = x.sum
		f.files[0].Modified = noon().Add(time.Duration(i) * time.Hour)
		out, err := f.from(f)
		if err != nil || (out.Segment != nil) != x.want {
			t.Errorf("%d: %+v, %v", i, out.Segment, err)
		}
	}
}
