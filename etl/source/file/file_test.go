package file

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"verso/etl/config"
	"verso/etl/source"
	"verso/olap/engine"
	"verso/olap/engine/duck"
)

// bench is a folder with a database to land through.
type bench struct {
	t    testing.TB
	dir  string
	conn engine.Conn
}

func newBench(t testing.TB) *bench {
	t.Helper()
	if duck.Arrow != "native" {
		t.Skip("reading back needs -tags duckdb_arrow")
	}
	ctx := context.Background()
	db, err := duck.Open(ctx, duck.Options{Threads: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	conn, err := db.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &bench{t: t, dir: t.TempDir(), conn: conn}
}

func (b *bench) write(name string, content []byte) string {
	b.t.Helper()
	path := filepath.Join(b.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		b.t.Fatal(err)
	}
	return path
}

func (b *bench) source(s config.Source) *Source {
	b.t.Helper()
	src, err := New("orders", s, filepath.Join(b.dir, "spool"))
	if err != nil {
		b.t.Fatal(err)
	}
	return src.(*Source)
}

func (b *bench) request() source.Request {
	return source.Request{Name: "orders", Path: filepath.Join(b.dir, "landing", "orders.parquet")}
}

// table is what a Parquet file holds, NULL as ∅.
func (b *bench) table(path string) [][]string {
	b.t.Helper()
	var rows [][]string
	err := engine.Rows(context.Background(), b.conn, engine.SQL("SELECT * EXCLUDE (file_row_number) FROM read_parquet("+engine.QuoteText(path)+", file_row_number = true) ORDER BY file_row_number"), func(row []any) error {
		texts := make([]string, len(row))
		for i, v := range row {
			if texts[i] = engine.Text(v); v == nil {
				texts[i] = "∅"
			}
		}
		rows = append(rows, texts)
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return rows
}

// land lands s and returns the rows, the rejects as "line record reason raw",
// and the report, of which it checks that the counts add up.
func (b *bench) land(s config.Source) (rows [][]string, rejects []string, r source.Report) {
	b.t.Helper()
	src := b.source(s)
	defer src.Close()
	r, err := src.Land(context.Background(), b.conn, b.request())
	if err != nil {
		b.t.Fatalf("land: %v", err)
	}
	path := b.request().Path
	rows = b.table(path)
	if _, err := os.Stat(source.RejectsPath(path)); err == nil {
		for _, row := range b.table(source.RejectsPath(path)) {
			rejects = append(rejects, strings.Join(row[1:], " | "))
		}
	}
	if r.Read != r.Landed+r.Rejected || r.Landed != int64(len(rows)) || r.Rejected != int64(len(rejects)) {
		b.t.Fatalf("counts: read %d landed %d rejected %d, but %d rows and %d rejects", r.Read, r.Landed, r.Rejected, len(rows), len(rejects))
	}
	b.tidy()
	positions, err := src.Locate(context.Background(), b.request(), upTo(r.Landed))
	if err != nil || int64(len(positions)) != r.Landed {
		b.t.Fatalf("locate: %d positions, %v", len(positions), err)
	}
	return rows, rejects, r
}

func upTo(n int64) []int64 {
	var out []int64
	for i := range n {
		out = append(out, i)
	}
	return out
}

// tidy fails when temporary files were left.
func (b *bench) tidy() {
	b.t.Helper()
	for _, pattern := range []string{"landing/*.tmp", "spool/*"} {
		if left, _ := filepath.Glob(filepath.Join(b.dir, pattern)); len(left) > 0 {
			b.t.Errorf("left behind: %v", left)
		}
	}
}

func TestCSV(t *testing.T) {
	yes, no := true, false
	for _, c := range []struct {
		name    string
		in      string
		csv     config.CSV
		columns string
		rows    [][]string
		rejects []string
		dialect string
	}{
		{name: "plain", in: "id,name,qty\n1,Ann,3\n2,Bo,\n", columns: "id name qty",
			rows: [][]string{{"1", "Ann", "3"}, {"2", "Bo", "∅"}}, dialect: `delimiter ',' quote '"' header true lines LF`},
		{name: "no line end at the end", in: "id,name\n1,Ann", columns: "id name", rows: [][]string{{"1", "Ann"}}},
		{name: "header only", in: "id,name\n", columns: "id name"},
		{name: "header only without line end", in: "id,name", columns: "id name"},
		{name: "spaces kept", in: "id,name\n1,  Ann \n2,   \n", columns: "id name", rows: [][]string{{"1", "  Ann "}, {"2", "   "}}},
		{name: "spaces around quotes", in: "id,name\n1, \"Ann, B\" \n", columns: "id name", rows: [][]string{{"1", "Ann, B"}}},
		{name: "quoted", in: "id,name\n1,\"a \"\"b\"\", c\nd\"\n2,\"\"\n", columns: "id name", rows: [][]string{{"1", "a \"b\", c\nd"}, {"2", "∅"}}},
		{name: "crlf", in: "id,name\r\n1,\"a\r\nb\"\r\n2,\r\n", columns: "id name", rows: [][]string{{"1", "a\r\nb"}, {"2", "∅"}}, dialect: `delimiter ',' quote '"' header true lines CRLF`},
		{name: "mixed line ends", in: "id,name\r\n1,\"a\nb\"\n2,x\r\n3,y\n", columns: "id name", rows: [][]string{{"1", "a\nb"}, {"2", "x"}, {"3", "y"}}, dialect: `delimiter ',' quote '"' header true lines mixed`},
		{name: "carriage returns only", in: "id,name\r1,x\r2,y\r", columns: "id name", rows: [][]string{{"1", "x"}, {"2", "y"}}, dialect: `delimiter ',' quote '"' header true lines CR`},
		{name: "lone carriage return in a field", in: "id,name\n1,x\ry\n2,z\n", columns: "id name", rows: [][]string{{"1", "x\ry"}, {"2", "z"}}},
		{name: "semicolons and decimal commas", in: "id;price\n1;1,50\n2;2,25\n", columns: "id price", rows: [][]string{{"1", "1,50"}, {"2", "2,25"}}},
		{name: "tabs", in: "id\tname\n1\tA, B\n", columns: "id name", rows: [][]string{{"1", "A, B"}}},
		{name: "bars", in: "id|name\n1|A\n", columns: "id name", rows: [][]string{{"1", "A"}}},
		{name: "excel's sep line", in: "sep=;\nid;name\n1;a,b\n2;c,d\n", columns: "id name", rows: [][]string{{"1", "a,b"}, {"2", "c,d"}}},
		{name: "single quotes", in: "id,name\n1,'a, b'\n2,'c'\n", columns: "id name", rows: [][]string{{"1", "a, b"}, {"2", "c"}}},
		{name: "apostrophes are no quotes", in: "id,name\n1,O'Neil\n2,it's\n", columns: "id name", rows: [][]string{{"1", "O'Neil"}, {"2", "it's"}}},
		{name: "backslash escapes", in: "id,name\n1,\"a \\\"b\\\" c\"\n2,\"x\\y\"\n", columns: "id name", rows: [][]string{{"1", "a \"b\" c"}, {"2", "x\\y"}}},
		{name: "no header", in: "1,Ann,2024-01-01\n2,Bo,2024-01-02\n", columns: "column1 column2 column3", rows: [][]string{{"1", "Ann", "2024-01-01"}, {"2", "Bo", "2024-01-02"}}},
		{name: "no header declared", in: "x,y\nz,w\n", csv: config.CSV{Header: &no}, columns: "column1 column2", rows: [][]string{{"x", "y"}, {"z", "w"}}},
		{name: "header declared", in: "2019,2020\n1,2\n", csv: config.CSV{Header: &yes}, columns: "2019 2020", rows: [][]string{{"1", "2"}}},
		{name: "skip", in: "Report of today\n\nid,name\n1,x\n", csv: config.CSV{Skip: 2}, columns: "id name", rows: [][]string{{"1", "x"}}},
		{name: "null text", in: "id,name\n1,NA\n2,\"NA\"\n", csv: config.CSV{Null: "NA"}, columns: "id name", rows: [][]string{{"1", "∅"}, {"2", "∅"}}},
		{name: "header names", in: "id,,Id,name ,name\n1,2,3,4,5\n", columns: "id column2 Id_2 name name_2", rows: [][]string{{"1", "2", "3", "4", "5"}}},
		{name: "blank lines", in: "\n\nid,name\n\n1,x\n\n\n2,y\n\n", columns: "id name", rows: [][]string{{"1", "x"}, {"2", "y"}}},
		{name: "one column", in: "id\na\n\"\"\n\n  \nb\n", columns: "id", rows: [][]string{{"a"}, {"∅"}, {"  "}, {"b"}}},
		{name: "ragged", in: "id,name,qty\n1,x\n2,y,3\n4,z,5,6\n7,w,8,\n9\n", columns: "id name qty",
			rows:    [][]string{{"2", "y", "3"}, {"7", "w", "8"}},
			rejects: []string{"2 | 0 | too few fields | 1,x", "4 | 2 | too many fields | 4,z,5,6", "6 | 4 | too few fields | 9"}},
		{name: "lost quote to the end of the file", in: "id,name,qty\n1,\"x,3\n2,y,4\n3,z,5\n", columns: "id name qty",
			rows: [][]string{{"2", "y", "4"}, {"3", "z", "5"}}, rejects: []string{`2 | 0 | quote not closed | 1,"x,3`}},
		{name: "lost quote before a quoted field", in: "id,name,qty\n1,\"x,3\n2,\"y\",4\n3,\"z\",5\n", columns: "id name qty",
			rows: [][]string{{"2", "y", "4"}, {"3", "z", "5"}}, rejects: []string{`2 | 0 | quote not closed | 1,"x,3`}},
		{name: "lost quote before an empty quoted field", in: "id,name,qty\n1,\"x,3\n2,\"\",4\n3,\"z\",5\n", columns: "id name qty",
			rows: [][]string{{"2", "∅", "4"}, {"3", "z", "5"}}, rejects: []string{`2 | 0 | quote not closed | 1,"x,3`}},
		{name: "text after a quote", in: "id,name\n1,\"x\"y\n2,z\n", columns: "id name", rows: [][]string{{"2", "z"}}, rejects: []string{`2 | 0 | text after a closing quote | 1,"x"y`}},
		{name: "stray quotes", in: "id,name\n1,a\"b\"c\n2,z\"\n", columns: "id name", rows: [][]string{{"1", `a"b"c`}, {"2", `z"`}}},
		{name: "NUL", in: "id,name\n1,x\x00y\n2,z\n", columns: "id name", rows: [][]string{{"2", "z"}}, rejects: []string{`2 | 0 | NUL byte | 1,x\x00y`}},
		{name: "bad bytes among UTF-8", in: "id,name\n1,图书馆大学出版社中国文学艺术历史\n2,x\xffy\n3,书\n4,中国大百科全书\n", columns: "id name",
			rows: [][]string{{"1", "图书馆大学出版社中国文学艺术历史"}, {"3", "书"}, {"4", "中国大百科全书"}}, rejects: []string{`3 | 1 | bytes that are not valid utf-8 | 2,x\xffy`}},
		{name: "lines after a field with line ends", in: "id,name\n1,\"a\nb\nc\"\n2\n3,d\n", columns: "id name",
			rows: [][]string{{"1", "a\nb\nc"}, {"3", "d"}}, rejects: []string{"5 | 1 | too few fields | 2"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			path := b.write("orders.csv", []byte(c.in))
			rows, rejects, r := b.land(config.Source{Path: path, CSV: c.csv})
			if got := strings.Join(names(r.Columns), " "); got != c.columns {
				t.Errorf("columns: %s, want %s", got, c.columns)
			}
			if d := cmp.Diff(c.rows, rows); d != "" {
				t.Errorf("rows (-want +got):\n%s", d)
			}
			if d := cmp.Diff(c.rejects, rejects); d != "" {
				t.Errorf("rejects (-want +got):\n%s", d)
			}
			if got := r.Files[0].Dialect; c.dialect != "" && got != c.dialect {
				t.Errorf("dialect: %s, want %s", got, c.dialect)
			}
		})
	}
}

func pack(t *testing.T, kind string, content []byte) []byte {
	t.Helper()
	var buf bytes.Buffer
	switch kind {
	case "gz":
		w := gzip.NewWriter(&buf)
		w.Write(content)
		w.Close()
	case "zst":
		w, err := zstd.NewWriter(&buf)
		if err != nil {
			t.Fatal(err)
		}
		w.Write(content)
		w.Close()
	}
	return buf.Bytes()
}

func TestPacked(t *testing.T) {
	for _, kind := range []string{"gz", "zst"} {
		b := newBench(t)
		path := b.write("orders.csv", pack(t, kind, []byte("id,name\n1,x\n2,y\n"))) // found by content, not by name
		rows, _, r := b.land(config.Source{Path: path})
		if len(rows) != 2 || !strings.Contains(r.Files[0].Dialect, "packed") {
			t.Error(kind, rows, r.Files[0].Dialect)
		}
	}
	b := newBench(t)
	var big bytes.Buffer
	big.WriteString("id,name\n")
	for i := range 200000 {
		fmt.Fprintf(&big, "%d,n%d\n", i, i*7919)
	}
	whole := pack(t, "gz", big.Bytes())
	src := b.source(config.Source{Path: b.write("cut.csv.gz", whole[:len(whole)/2])})
	_, err := src.Land(context.Background(), b.conn, b.request())
	var u *source.UnreadableError
	if !errors.As(err, &u) || !strings.Contains(err.Error(), "incomplete") {
		t.Errorf("a cut archive: %v", err)
	}
	b.tidy()
}
