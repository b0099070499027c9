package file

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"verso/etl/config"
	"verso/etl/source"
	"verso/etl/source/landing"
)

// Everything that cannot be read as a table is refused with a message that says
// what it looks like or what is missing, and leaves nothing behind.
func TestUnreadable(t *testing.T) {
	noise := make([]byte, 5000)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	workbook := append([]byte("PK\x03\x04\x14\x00\x06\x00"), []byte("[Content_Types].xml")...)
	for _, c := range []struct {
		name, file string
		content    []byte
		s          config.Source
		want       string
	}{
		{name: "empty", file: "a.csv", want: "is empty"},
		{name: "blank lines only", file: "a.csv", content: []byte("\n \n\n"), want: "is empty"},
		{name: "byte order mark only", file: "a.csv", content: []byte("\ufeff"), want: "is empty"},
		{name: "noise", file: "a.csv", content: noise, want: "looks like binary data"},
		{name: "pdf", file: "a.csv", content: []byte("%PDF-1.7\n…"), want: "looks like a PDF document"},
		{name: "workbook called csv", file: "a.csv", content: workbook, want: "looks like an Excel workbook (.xlsx)"},
		{name: "old workbook", file: "a.csv", content: []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1…"), want: "old Excel workbook"},
		{name: "zip", file: "a.csv", content: []byte("PK\x03\x04…"), want: "ZIP archive"},
		{name: "html", file: "a.csv", content: []byte("\n<!DOCTYPE html><html>"), want: "HTML page"},
		{name: "packed html", file: "a.csv", content: pack(t, "gz", []byte("<html><body>")), want: "HTML page"},
		{name: "sqlite", file: "a.csv", content: []byte("SQLite format 3\x00…"), want: "SQLite database"},
		{name: "text called parquet", file: "a.parquet", content: []byte("a,b\n1,2\n"), want: "is no PARQUET file by its content"},
		{name: "text called xlsx", file: "a.xlsx", content: []byte("a,b\n1,2\n"), want: "is no XLSX file by its content"},
		{name: "damaged parquet", file: "a.parquet", content: []byte("PAR1 and nothing more"), want: "damaged Parquet file"},
		{name: "damaged workbook", file: "a.xlsx", content: workbook, want: "damaged workbook"},
		{name: "declared parquet", file: "a.csv", content: []byte("a,b\n"), s: config.Source{Format: "parquet"}, want: "does not begin with PAR1"},
		{name: "parquet declared csv", file: "a.parquet", content: []byte("PAR1…"), s: config.Source{Format: "csv"}, want: "looks like a Parquet file"},
		{name: "json array", file: "a.jsonl", content: []byte("[\n{\"a\": 1}\n]\n"), want: "one object per line"},
		{name: "json without objects", file: "a.jsonl", content: []byte("1\n2\n"), want: "no line that is a JSON object"},
		{name: "header with a lost quote", file: "a.csv", content: []byte("a,\"b\n1,2\n3,4\n"), want: "line 1 should be the header"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			c.s.Path = b.write(c.file, c.content)
			_, err := b.source(c.s).Land(context.Background(), b.conn, b.request())
			var u *source.UnreadableError
			if !errors.As(err, &u) || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.file) {
				t.Errorf("%v\nwant: %s", err, c.want)
			}
			b.tidy()
			if _, err := os.Stat(b.request().Path); err == nil {
				t.Error("a landing was left")
			}
		})
	}
}

func TestMissing(t *testing.T) {
	b := newBench(t)
	b.write("in/orders_2024.csv", []byte("a\n1\n"))
	b.write("notes/readme.md", []byte("x"))
	for path, want := range map[string]string{
		filepath.Join(b.dir, "in/orders.csv"):    "its folder holds orders_2024.csv",
		filepath.Join(b.dir, "nowhere/x.csv"):    "nor a folder",
		filepath.Join(b.dir, "in/*.parquet"):     "no file matches",
		filepath.Join(b.dir, "notes"):            "holds no data file",
		filepath.Join(b.dir, "in/[orders_*.csv"): "malformed",
		"":                                       "no path is given",
	} {
		_, err := b.source(config.Source{Path: path}).Columns(context.Background(), b.conn, b.request())
		var u *source.UnreadableError
		if !errors.As(err, &u) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", path, err, want)
		}
	}
}

func TestSettings(t *testing.T) {
	for want, s := range map[string]config.Source{
		`format "exel" is not known`:    {Format: "exel"},
		`encoding "utf-9" is not known`: {Encoding: "utf-9"},
		`csv.delimiter is "::"`:         {CSV: config.CSV{Delimiter: "::"}},
		`csv.quote is "“"`:              {CSV: config.CSV{Quote: "“"}},
		"are both":                      {CSV: config.CSV{Quote: "|", Delimiter: "|"}},
		"csv.skip is -1":                {CSV: config.CSV{Skip: -1}},
		"xlsx.header_row is -2":         {XLSX: config.XLSX{HeaderRow: -2}},
	} {
		if _, err := New("orders", s, ""); err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "source orders: ") {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// Ten million bytes in one field land; a field beyond the limit is rejected;
// neither disturbs its neighbours.
func TestLongFields(t *testing.T) {
	long := strings.Repeat("书", 10<<20/3)
	b := newBench(t)
	rows, rejects, _ := b.land(config.Source{Path: b.write("f.csv", []byte("id,text\n1,a\n2,"+long+"\n3,\""+long+"\"\n4,b\n"))})
	if len(rows) != 4 || len(rejects) != 0 || rows[1][1] != long || rows[2][1] != long || rows[3][1] != "b" {
		t.Error(len(rows), len(rejects))
	}
	endless := strings.Repeat("x", maxRecord+100)
	rows, rejects, _ = b.land(config.Source{Path: b.write("g.csv", []byte("id,text\n1,a\n2,"+endless+"\n3,\"lost\n4,b\n"+endless))})
	if len(rows) != 2 || len(rejects) != 3 || rows[1][1] != "b" {
		t.Fatal(len(rows), len(rejects))
	}
	for i, want := range []string{"3 | 1 | record longer than 32 MiB | 2,xxx", "4 | 2 | quote not closed | 3,\"lost", "6 | 4 | record longer than 32 MiB | xxx"} {
		if !strings.HasPrefix(rejects[i], want) || len(rejects[i]) > 70<<10 {
			t.Errorf("%.60s (%d bytes)", rejects[i], len(rejects[i]))
		}
	}
}

// Several files are one extract, in the order of their names.
func TestManyFiles(t *testing.T) {
	b := newBench(t)
	b.write("in/b.csv", []byte("name;id\nBo;2\nbroken\nCy;3\n"))
	b.write("in/a.csv", []byte("id,name\n1,Ann\n"))
	b.write("in/c.csv.gz", pack(t, "gz", []byte("id,name\n4,\"Di\nna\"\n")))
	b.write("in/d.csv", nil)
	b.write("in/readme.md", []byte("no data"))
	for _, path := range []string{"in", "in/*.csv*"} {
		src := b.source(config.Source{Path: filepath.Join(b.dir, path)})
		r, err := src.Land(context.Background(), b.conn, b.request())
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(b.table(b.request().Path)); got != "[[1 Ann] [2 Bo] [3 Cy] [4 Di\nna]]" {
			t.Error(got)
		}
		if len(r.Files) != 3 || r.Files[1].Read != 3 || r.Files[1].Landed != 2 || r.Rejected != 1 || !strings.Contains(fmt.Sprint(r.Files[0].Notes), "d.csv is empty") {
			t.Errorf("%+v", r)
		}
		p, err := src.Locate(context.Background(), b.request(), []int64{0, 2, 3})
		if err != nil || len(p) != 3 || p[1].Line != 4 || p[1].Raw != "Cy;3" || filepath.Base(p[2].File) != "c.csv.gz" || p[2].Line != 2 || p[2].Raw != "4,\"Di\nna\"" {
			t.Errorf("%+v %v", p, err)
		}
	}
	b.write("in/e.csv", []byte("no,nmae\n1,x\n"))
	_, err := b.source(config.Source{Path: filepath.Join(b.dir, "in")}).Land(context.Background(), b.conn, b.request())
	if err == nil || !strings.Contains(err.Error(), "e.csv has other columns than") || !strings.Contains(err.Error(), "it lacks id, name it has no, nmae: an extract is one table") {
		t.Error(err)
	}
	b.write("in/e.csv", []byte("{\"id\": 1}\n"))
	_, err = b.source(config.Source{Path: filepath.Join(b.dir, "in")}).Land(context.Background(), b.conn, b.request())
	if err == nil || !strings.Contains(err.Error(), "an extract has files of one kind") {
		t.Error(err)
	}
}

// A name that the engine would take for a pattern is only a name.
func TestPatternCharactersInName(t *testing.T) {
	b := newBench(t)
	rows, _, _ := b.land(config.Source{Path: b.write("orders [1] a=2?.csv", []byte("id,name\n1,x\n"))})
	if len(rows) != 1 {
		t.Error(rows)
	}
}

func TestJSONLines(t *testing.T) {
	b := newBench(t)
	rows, rejects, r := b.land(config.Source{Path: b.write("o.jsonl", []byte(`{"id": 1, "name": "a \"b\"\n书", "price": 1.10, "ok": true}
{"id": 2, "name": null, "tags": ["x", {"y": "}]"}], "at": {"b": 1}}

not json
{"id": 3, "price": 1e5,"name":"", "id": 4}
[1]
{"id": "\u4e66" , "price":-0.5 }
{"name": "a\u0000b"}
{"ID": 9, "late": 1}`))})
	want := "[[1 a \"b\"\n书 1.10 true ∅ ∅ ∅ ∅] [2 ∅ ∅ ∅ [\"x\", {\"y\": \"}]\"}] {\"b\": 1} ∅ ∅] [4 ∅ 1e5 ∅ ∅ ∅ ∅ ∅] [书 ∅ -0.5 ∅ ∅ ∅ ∅ ∅] [∅ ∅ ∅ ∅ ∅ ∅ 9 1]]"
	if got := fmt.Sprint(rows); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := strings.Join(names(r.Columns), " "); got != "id name price ok tags at ID_2 late" {
		t.Error(got)
	}
	if got := strings.Join(rejects, "\n"); got != "4 | 2 | not valid JSON | not json\n6 | 4 | not a JSON object | [1]\n8 | 6 | NUL byte | {\"name\": \"a\\u0000b\"}" {
		t.Error(got)
	}
}

func TestParquet(t *testing.T) {
	b := newBench(t)
	path := filepath.Join(b.dir, "in")
	if err := os.MkdirAll(path, 0o755); err != nil {
		t.Fatal(err)
	}
	for i, sql := range []string{
		"SELECT 1 AS id, DATE '2024-01-01' AS d, 1.25::DECIMAL(18,4) AS m, [1, 2] AS l, {'a': 'x'} AS s",
		"SELECT {'a': 'y'} AS s, 2 AS id, NULL::DATE AS d, 2.5::DECIMAL(18,4) AS m, NULL::INTEGER[] AS l",
	} {
		if _, err := b.conn.Exec(context.Background(), engineSQL("COPY ("+sql+") TO '"+path+fmt.Sprintf("/p%d.parquet'", i))); err != nil {
			t.Fatal(err)
		}
	}
	rows, _, r := b.land(config.Source{Path: path})
	if got := fmt.Sprint(rows); got != `[[1 2024-01-01 1.2500 [1,2] {"a":"x"}] [2 ∅ 2.5000 ∅ {"a":"y"}]]` {
		t.Error(got)
	}
	if got := fmt.Sprint(r.Columns); got != "[{id INTEGER} {d DATE} {m DECIMAL(18,4)} {l VARCHAR} {s VARCHAR}]" {
		t.Error(got)
	}
}

// A disk that is full ends in an error that says so, and leaves nothing.
func TestFullDisk(t *testing.T) {
	b := newBench(t)
	small := filepath.Join(b.dir, "small")
	if err := os.Mkdir(small, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", small, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("no tmpfs can be mounted here: %v", err)
	}
	defer syscall.Unmount(small, 0)
	var text bytes.Buffer
	text.WriteString("id,name\n")
	r := rand.New(rand.NewPCG(3, 4))
	for i := range 400_000 {
		fmt.Fprintf(&text, "%d,%x\n", i, r.Uint64())
	}
	clean := b.write("clean.csv", text.Bytes())
	dirty := b.write("dirty.csv", append(text.Bytes(), "broken\n"...))
	for _, c := range []struct{ path, spool, landing string }{
		{clean, b.dir, small}, {dirty, b.dir, small}, {dirty, small, b.dir},
	} {
		src, err := New("orders", config.Source{Path: c.path}, filepath.Join(c.spool, "spool"))
		if err != nil {
			t.Fatal(err)
		}
		req := source.Request{Name: "orders", Path: filepath.Join(c.landing, "landing", "o.parquet")}
		_, err = src.Land(context.Background(), b.conn, req)
		var full *landing.FullDiskError
		if !errors.As(err, &full) || !strings.Contains(err.Error(), "is full") {
			t.Errorf("%v", err)
		}
		for _, pattern := range []string{"landing/*", "spool/*"} {
			for _, d := range []string{b.dir, small} {
				if left, _ := filepath.Glob(filepath.Join(d, pattern)); len(left) > 0 {
					t.Errorf("left behind: %v", left)
				}
			}
		}
	}
}

// A file that grows while it is read is not landed.
func TestChangedWhileRead(t *testing.T) {
	b := newBench(t)
	path := b.write("f.csv", []byte("id\n1\n"))
	src := b.source(config.Source{Path: path})
	if _, err := src.Land(context.Background(), b.conn, b.request()); err != nil {
		t.Fatal(err)
	}
	b.write("f.csv", []byte("id\n1\n2\n"))
	_, err := src.Locate(context.Background(), b.request(), []int64{0})
	if err == nil || !strings.Contains(err.Error(), "changed while it was read") {
		t.Error(err)
	}
	r, err := src.Land(context.Background(), b.conn, b.request()) // looks anew
	if err != nil || r.Landed != 2 {
		t.Error(r, err)
	}
}
