package extract

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"verso/etl/canon"
	"verso/etl/config"
	"verso/etl/landing"
	"verso/etl/source"
	"verso/olap/engine"
	"verso/olap/engine/duck"
)

// bench lands a table of a database again and again, onto one chain. It is its own
// source, which narrows extracts as real databases do.
type bench struct {
	*testing.T
	db    *duck.DB
	conn  engine.Conn
	chain *landing.Chain
	dir   string
	job   Job
	lose  int64 // records that the source reads and loses
	asked []source.Request
}

// noon is when the benches land.
func noon() time.Time { return time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC) }

func newBench(t *testing.T, way *config.Incremental, columns, rows string) *bench {
	db, err := duck.Open(t.Context(), duck.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(); db.Close() })
	b := &bench{T: t, db: db, conn: conn, chain: &landing.Chain{Extract: "t", Next: 1}, dir: t.TempDir()}
	b.job = Job{Name: "t", SQL: "SELECT * FROM src;\n", Way: way, Now: noon(), Table: canon.Table{Name: "t", Key: []string{"id"},
		Columns: []canon.Column{{Name: "id", Type: canon.ID}, {Name: "n", Type: canon.Integer}, {Name: "updated_at", Type: canon.Timestamp}, {Name: "day", Type: canon.Date}}}}
	b.exec("CREATE TABLE src (" + columns + "); INSERT INTO src VALUES " + rows)
	return b
}

func (b *bench) exec(sql string) {
	b.Helper()
	if _, err := b.conn.Exec(b.Context(), engine.SQL(sql)); err != nil {
		b.Fatalf("%v\n%s", err, sql)
	}
}

func (b *bench) rows(sql string) []string {
	b.Helper()
	var out []string
	if err := engine.Rows(b.Context(), b.conn, engine.SQL(sql), func(row []any) error {
		var cells []string
		for _, v := range row {
			cells = append(cells, strings.Clone(engine.Text(v)))
		}
		out = append(out, strings.Join(cells, "|"))
		return nil
	}); err != nil {
		b.Fatalf("%v\n%s", err, sql)
	}
	slices.Sort(out)
	return out
}

// Columns is not asked.
func (b *bench) Columns(context.Context, engine.Conn, source.Request) ([]source.Column, error) {
	return nil, nil
}

// Close does nothing.
func (b *bench) Close() error { return nil }

// Land writes what the narrowed SELECT returns.
func (b *bench) Land(ctx context.Context, conn engine.Conn, req source.Request) (source.Report, error) {
	b.asked = append(b.asked, req)
	var r source.Report
	sql := req.Narrowed(engine.QuoteIdent)
	err := engine.Rows(ctx, conn, engine.SQL("DESCRIBE "+sql), func(row []any) error {
		r.Columns = append(r.Columns, source.Column{Name: strings.Clone(engine.Text(row[0])), Type: strings.Clone(engine.Text(row[1]))})
		return nil
	})
	if err != nil {
		return r, err
	}
	r.Landed, err = conn.Exec(ctx, engine.SQL("COPY ("+sql+" ORDER BY ALL) TO "+engine.QuoteText(req.Path)+" (FORMAT parquet)"))
	r.Read = r.Landed + b.lose
	return r, err
}

// land lands once more from any source and puts what came behind the chain.
func (b *bench) from(src source.Source) (*Landed, error) {
	job := b.job
	job.Chain, job.Folder = b.chain, b.dir
	job.Path = filepath.Join(b.dir, fmt.Sprintf("%d.parquet", len(b.asked)+100*b.chain.Next))
	out, err := job.Land(b.Context(), b.conn, src, b.db.Dialect())
	if err != nil || out.Segment == nil {
		if left, _ := filepath.Glob(job.Path + "*"); len(left) > 0 {
			b.Errorf("nothing was landed, and %v is left", left)
		}
	}
	if err != nil {
		return out, err
	}
	if left, _ := filepath.Glob(filepath.Join(b.dir, "*.whole")); len(left) > 0 {
		b.Errorf("left behind: %v", left)
	}
	if left, _ := filepath.Glob(filepath.Join(b.dir, "*"+logEnding)); len(left) > 0 {
		b.Errorf("left behind: %v", left)
	}
	b.chain.Position = out.Position
	if out.Segment != nil {
		b.chain.Segments = append(b.chain.Segments, *out.Segment)
		b.chain.Next = out.Segment.No + 1
	}
	return out, nil
}

// lands lands once more and compares: the rows of the segment, ids of deleted keys
// after a minus sign; nothing for no segment.
func (b *bench) lands(kind landing.Kind, want ...string) *Landed {
	b.Helper()
	out, err := b.from(b)
	if err != nil {
		b.Fatal(err)
	}
	var got []string
	if g := out.Segment; g != nil {
		if g.Kind != kind {
			b.Errorf("a segment of kind %s, want %s", g.Kind, kind)
		}
		path := filepath.Join(b.dir, g.File)
		got = b.rows("SELECT * FROM read_parquet(" + engine.QuoteText(path) + ")")
		info, err := os.Stat(path)
		if err != nil || g.Rows != int64(len(got)) || g.Bytes != info.Size() || len(g.SHA256) != 64 {
			b.Errorf("the segment has %d rows: %+v, %v", len(got), g, err)
		}
		if g.Gone {
			for _, key := range b.rows("SELECT * FROM read_parquet(" + engine.QuoteText(path+landing.GoneEnding) + ")") {
				got = append(got, "-"+key)
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		b.Errorf("landed (-want +got):\n%s", diff)
	}
	return out
}

// refuses lands once more and wants an error.
func (b *bench) refuses(want string) {
	b.Helper()
	if _, err := b.from(b); err == nil || !strings.Contains(err.Error(), want) {
		b.Errorf("error %v, want %q", err, want)
	}
}

func (b *bench) at(position landing.Position) {
	b.Helper()
	position.Known = b.chain.Position.Known
	if diff := cmp.Diff(position, b.chain.Position); diff != "" {
		b.Errorf("position (-want +got):\n%s", diff)
	}
}
