package file

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"verso/etl/config"
	"verso/etl/source"
	"verso/etl/source/retry"
	"verso/etl/source/sourcetest"
	"verso/olap/engine"
)

// Files need not have the same columns: what one lacks is null there, and told.
func TestDifferingHeaders(t *testing.T) {
	for _, ending := range []string{".csv", ".csv.gz", ".xlsx", ".parquet"} {
		t.Run(ending, func(t *testing.T) {
			b := newBench(t)
			for i, columns := range []string{"id name", "note id name", "id"} {
				table := sourcetest.Table{Rows: 2, Cell: func(r, c int) string { return fmt.Sprintf("%s%d%d", strings.Fields(columns)[c], i, r) }}
				for _, c := range strings.Fields(columns) {
					table.Columns = append(table.Columns, sourcetest.Column{Name: c, Kind: "text"})
				}
				path := filepath.Join(b.dir, "in", fmt.Sprint(i)+ending)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				makers["orders"+ending](t, b.conn, path, table)
			}
			rows, rejects, r := b.land(config.Source{Path: filepath.Join(b.dir, "in")})
			want := "[[id00 name00 ∅] [id01 name01 ∅] [id10 name10 note10] [id11 name11 note11] [id20 ∅ ∅] [id21 ∅ ∅]]"
			if got := fmt.Sprint(rows); got != want || len(rejects) != 0 || len(r.Columns) != 3 {
				t.Error(got, rejects, r.Columns)
			}
			for i, lacks := range []string{"null here: note", "", "null here: name, note"} {
				if notes := strings.Join(r.Files[i].Notes, "; "); lacks == "" && notes != "" || !strings.Contains(notes, lacks) {
					t.Errorf("file %d: %s", i, notes)
				}
			}
		})
	}
}

// Thousands of daily files are one extract, as text and as Parquet.
func TestThousandsOfFiles(t *testing.T) {
	const days = 2000
	b := newBench(t)
	for day := range days {
		b.write(fmt.Sprintf("plain/%05d.csv", day), fmt.Appendf(nil, "id,name\n%d,a\n%d,b\n", 2*day, 2*day+1))
		odd := ""
		if day%100 == 7 {
			odd = "broken\n"
		}
		b.write(fmt.Sprintf("odd/%05d.csv", day), fmt.Appendf(nil, "id,name\n%d,a\n%s%d,\"b\nc\"\n", 2*day, odd, 2*day+1))
	}
	if err := os.Mkdir(filepath.Join(b.dir, "parquet"), 0o755); err != nil {
		t.Fatal(err)
	}
	b.conn.Exec(context.Background(), engine.SQL("SET threads = 2"))
	for day := range days / 4 {
		if _, err := b.conn.Exec(context.Background(), engine.SQL(fmt.Sprintf("COPY (SELECT 2 * %d + n AS id, 'x' AS name FROM range(2) AS t (n) ORDER BY n) TO %s (FORMAT parquet)",
			day, engine.QuoteText(filepath.Join(b.dir, fmt.Sprintf("parquet/%05d.parquet", day)))))); err != nil {
			t.Fatal(err)
		}
	}
	for folder, want := range map[string]int64{"plain": 2 * days, "odd": 2 * days, "parquet": days / 2} {
		began := time.Now()
		src := b.source(config.Source{Path: filepath.Join(b.dir, folder)})
		r, err := src.Land(context.Background(), b.conn, b.request())
		if err != nil || r.Landed != want || folder == "odd" && r.Rejected != days/100 {
			t.Fatalf("%s: %d landed, %d rejected, %v", folder, r.Landed, r.Rejected, err)
		}
		t.Logf("%s: %v", folder, time.Since(began))
		row, err := engine.One(context.Background(), b.conn, engine.SQL("SELECT sum(CASE WHEN CAST(id AS BIGINT) = file_row_number THEN 1 ELSE 0 END) AS n FROM read_parquet("+engine.QuoteText(b.request().Path)+", file_row_number = true)"))
		if err != nil || engine.Text(row[0]) != fmt.Sprint(want) {
			t.Error(folder, "rows in place:", row, err)
		}
	}
}

func zipped(t *testing.T, members ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i, content := range members {
		w, err := z.Create(fmt.Sprintf("export/orders%d.csv", i))
		if err == nil {
			_, err = w.Write([]byte(content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestZip(t *testing.T) {
	b := newBench(t)
	b.write("in/a.csv.zip", zipped(t, "id,name\n1,Ann\n"))
	b.write("in/b.zip", zipped(t, "id,name\n2,\"B\no\"\n"))
	rows, _, r := b.land(config.Source{Path: filepath.Join(b.dir, "in")})
	if got := fmt.Sprint(rows); got != "[[1 Ann] [2 B\no]]" || !strings.Contains(r.Files[0].Dialect, "packed zip") {
		t.Error(got, r)
	}
	want, err := checksum(filepath.Join(b.dir, "in/a.csv.zip"))
	if err != nil || r.Files[0].SHA256 != want {
		t.Error("the checksum is not the archive's", err)
	}
	for name, content := range map[string][]byte{"holds 2 (export/orders0.csv, export/orders1.csv): unpack it": zipped(t, "a\n1\n", "a\n2\n"), "damaged ZIP archive": zipped(t, "a\n1\n")[:60]} {
		_, err := b.source(config.Source{Path: b.write("x.zip", content)}).Land(context.Background(), b.conn, b.request())
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A file that grows while it is read lands whole or not at all, and is read
// again when there is patience.
func TestGrowingFile(t *testing.T) {
	b := newBench(t)
	path := b.write("in/a.csv", []byte("id,name\n1,Ann\n"))
	other := b.write("in/b.csv", bytes.Repeat([]byte("id,name\n"), 1))
	src := b.source(config.Source{Path: filepath.Join(b.dir, "in")})
	if _, err := src.Columns(context.Background(), b.conn, b.request()); err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string]func() error{
		"changed while it was read": func() error { return os.WriteFile(path, []byte("id,name\n1,Ann\n2,Bo"), 0o644) },
		"went away":                 func() error { return os.Remove(other) },
	} {
		in, err := src.files(context.Background(), b.conn)
		if err != nil {
			t.Fatal(err)
		}
		if err := change(); err != nil {
			t.Fatal(err)
		}
		_, err = src.landText(context.Background(), b.conn, b.request(), in)
		var u *source.UnreadableError
		if !errors.As(err, &u) || !u.Passing || !strings.Contains(err.Error(), what) && !strings.Contains(err.Error(), "no such file") {
			t.Errorf("%s: %v", what, err)
		}
		b.tidy()
	}
	// With patience: the source is one that changes under the first attempt.
	growing := &grower{Source: src, path: path}
	r, err := retry.Wrap("orders", growing, retry.Policy{Wait: func(context.Context, time.Duration) error { return nil }}).Land(context.Background(), b.conn, b.request())
	if err != nil || r.Attempts != 2 || fmt.Sprint(b.table(b.request().Path)) != "[[1 Ann] [2 Bo] [3 Cy]]" {
		t.Errorf("%+v %v", r, err)
	}
}

// grower lands a file that changes after it was looked at, the first time.
type grower struct {
	*Source
	path string
	done bool
}

func (g *grower) Land(ctx context.Context, conn engine.Conn, req source.Request) (source.Report, error) {
	if g.done {
		return g.Source.Land(ctx, conn, req)
	}
	g.done = true
	inputs, err := g.files(ctx, conn)
	if err != nil {
		return source.Report{}, err
	}
	if err := os.WriteFile(g.path, []byte("id,name\n1,Ann\n2,Bo\n3,Cy\n"), 0o644); err != nil {
		return source.Report{}, err
	}
	return g.landText(ctx, conn, req, slices.Clone(inputs))
}

// TestInputContract runs the contract suite for standard input.
func TestInputContract(t *testing.T) {
	b := newBench(t)
	sourcetest.Run(t, sourcetest.Harness{Conn: b.conn, EmptyIsNull: true, Files: true, Shown: "standard input",
		Open: func(t *testing.T, table sourcetest.Table) (source.Source, source.Request) {
			var text bytes.Buffer
			if err := writeCSV(&text, table); err != nil {
				t.Fatal(err)
			}
			s, err := NewInput("orders", config.Source{Path: "-"}, t.TempDir(), &text)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { s.Close() })
			return s, source.Request{Name: table.Name}
		}})
}
