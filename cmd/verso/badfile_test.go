package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"

	"verso/olap/engine"
	"verso/olap/engine/duck"
)

// project is a folder with a verso.yaml of orders, to which a test adds sources
// of customers.
type project struct {
	t       *testing.T
	dir     string
	sources strings.Builder
	maps    strings.Builder
}

func newProject(t *testing.T) *project {
	p := &project{t: t, dir: t.TempDir()}
	p.write("orders.csv", []byte("no,day,who,qty,price\n1,2024-03-01,1001,2,10.00\n2,2024-03-02,2001,1,5.00\n"))
	return p
}

func (p *project) write(name string, content []byte) {
	p.t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, name), content, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// customers adds a file of customers; options are further keys of the source.
func (p *project) customers(source, file, options string) {
	fmt.Fprintf(&p.sources, "  %s: {kind: file, path: %s%s}\n", source, file, options)
	fmt.Fprintf(&p.maps, "    - {from: %s, columns: {customer_id: id, name: name, credit_limit: limit}}\n", source)
}

// config writes verso.yaml and returns its path.
func (p *project) config() string {
	p.t.Helper()
	text := "version: 1\nas_of: 2024-12-31\nsources:\n  orders: {kind: file, path: orders.csv}\n" + p.sources.String() + `tables:
  order_header: {from: orders, columns: {order_id: no, order_date: day, customer_id: who}}
  order_line: {from: orders, columns: {order_id: no, qty_ordered: qty, unit_price: price}}
`
	if p.maps.Len() > 0 {
		text += "  customer:\n" + p.maps.String()
	}
	p.write("verso.yaml", []byte(text+"checks:\n  mostly-quarantined: {severity: warn}\n"))
	return filepath.Join(p.dir, "verso.yaml")
}

// people is a file of 30 customers and one whose credit limit is no number.
type people struct {
	base   int
	first  string // of every name, in the file's script
	delim  string
	ragged bool // one more record that is no row
}

func (f people) csv() string {
	var b strings.Builder
	fmt.Fprintf(&b, "id%[1]sname%[1]slimit\n", f.delim)
	for i := 1; i <= 30; i++ {
		fmt.Fprintf(&b, "%d%s%s %d号%s100.50\n", f.base+i, f.delim, f.first, i, f.delim)
	}
	fmt.Fprintf(&b, "%d%s%s%smuch\n", f.base+31, f.delim, f.first, f.delim)
	if f.ragged {
		fmt.Fprintf(&b, "%d%s%s\n", f.base+32, f.delim, f.first)
	}
	return b.String()
}

func encoded(t *testing.T, e encoding.Encoding, text string) []byte {
	t.Helper()
	out, err := e.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestFileKinds loads customers from every kind of file and encoding in one
// refresh. Names arrive as they were, and every bad row is in quarantine with
// its file, line, reason and text: read = loaded + quarantined.
func TestFileKinds(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	type kind struct {
		source, file, options, first string
		delim                        string
		write                        func(text string) []byte
	}
	const simplified, traditional, western = "北京市东城区图书馆；上海交通大学", "臺北市立圖書館，國立臺灣大學", "Bücherei Zürich, Université de Genève"
	plain := func(text string) []byte { return []byte(text) }
	in := func(e encoding.Encoding) func(string) []byte {
		return func(text string) []byte { return encoded(t, e, text) }
	}
	kinds := []kind{
		{"utf8", "utf8.csv", "", simplified, ",", plain},
		{"bom", "bom.csv", "", simplified, ";", func(text string) []byte { return []byte("\ufeff" + text) }},
		{"tabs", "tabs.tsv", "", western, "\t", plain},
		{"crlf", "crlf.csv", "", simplified, "|", func(text string) []byte { return []byte(strings.ReplaceAll(text, "\n", "\r\n")) }},
		{"utf16le", "utf16le.csv", "", simplified, "\t", in(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM))},
		{"utf16be", "utf16be.csv", "", traditional, ";", in(unicode.UTF16(unicode.BigEndian, unicode.UseBOM))},
		{"gbk", "gbk.csv", "", simplified, ";", in(simplifiedchinese.GBK)},
		{"gbk_said", "gbk_said.csv", ", encoding: gb18030", simplified, ";", in(simplifiedchinese.GBK)},
		{"big5", "big5.csv", "", traditional, ";", in(traditionalchinese.Big5)},
		{"big5_said", "big5_said.csv", ", encoding: big5", traditional, ";", in(traditionalchinese.Big5)},
		{"latin", "latin.csv", ", encoding: latin-1", western, ";", in(charmap.ISO8859_1)},
		{"gzip", "gzip.csv.gz", "", simplified, ";", func(text string) []byte { return gzipped(t, text) }},
		{"zstd", "zstd.csv.zst", "", simplified, ";", func(text string) []byte { return zstded(t, text) }},
	}
	var want []string
	for i, k := range kinds {
		text := people{base: 1000 * (i + 1), first: k.first, delim: k.delim, ragged: true}.csv()
		if k.source == "latin" || k.source == "tabs" {
			text = strings.ReplaceAll(text, "号", ".")
		}
		p.write(k.file, k.write(text))
		p.customers(k.source, k.file, k.options)
		want = append(want, fmt.Sprintf("%d|%s %s", 1000*(i+1)+7, k.first, map[bool]string{true: "7.", false: "7号"}[k.source == "latin" || k.source == "tabs"]))
	}
	others := map[string]func(*project, string, people){"sheet.xlsx": (*project).workbook, "table.parquet": (*project).parquet, "lines.jsonl": (*project).jsonLines}
	for i, file := range []string{"sheet.xlsx", "table.parquet", "lines.jsonl"} {
		f := people{base: 1000 * (len(kinds) + i + 1), first: simplified, delim: "\x1f"}
		others[file](p, file, f)
		source, _, _ := strings.Cut(file, ".")
		p.customers(source, file, "")
		want = append(want, fmt.Sprintf("%d|%s 7号", f.base+7, simplified))
	}
	verso(t, exitDone, "refresh", "-c", p.config(), "--skip", "models")
	db := generation(t, p.dir)
	got := lines(t, db, "SELECT customer_id || '|' || name FROM core.dim_customer WHERE customer_id LIKE '%007' ORDER BY CAST(customer_id AS INTEGER)")
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	got = lines(t, db, "SELECT source || ' ' || read || ' ' || loaded || ' ' || quarantined FROM meta.table_load WHERE table_name = 'customer' AND (quarantined <> CASE WHEN source IN ('sheet', 'table') THEN 1 ELSE 2 END OR loaded <> 30 OR read <> loaded + quarantined)")
	if len(got) > 0 {
		t.Errorf("rows lost, or not the two bad ones of every file: %v", got)
	}
	got = lines(t, db, "SELECT source || '|' || file || '|' || coalesce(line, -1) || '|' || reason || '|' || raw FROM quarantine.customer WHERE source IN ('big5', 'gzip', 'sheet', 'table', 'lines') ORDER BY 1")
	if len(got) != 8 {
		t.Errorf("%d rows in quarantine, want 8", len(got))
	}
	for i, k := range []string{
		"big5|big5.csv|32|credit_limit: not a number, or too large|9031;" + traditional + ";much",
		"big5|big5.csv|33|too few fields|9032;" + traditional,
		"gzip|gzip.csv.gz|32|credit_limit: not a number, or too large|12031;" + simplified + ";much",
		"gzip|gzip.csv.gz|33|too few fields|12032;" + simplified,
		`lines|lines.jsonl|31|credit_limit: not a number, or too large|{"id": 16031, "name": "` + simplified + `", "limit": "much"}`,
		"lines|lines.jsonl|32|not valid JSON|this is no JSON",
		"sheet|sheet.xlsx|32|credit_limit: not a number, or too large|",
		"table|table.parquet|",
	} {
		if i < len(got) && !strings.HasPrefix(got[i], k) {
			t.Errorf("in quarantine: %s\nwant:          %s", got[i], k)
		}
	}
	if n := figure(t, db, "SELECT count(*) FROM quarantine.customer WHERE file IS NULL OR reason IS NULL OR raw IS NULL OR record IS NULL"); n != "0" {
		t.Errorf("%s rows in quarantine without file, record, reason or text", n)
	}
}

func gzipped(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zstded(t *testing.T, text string) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return w.EncodeAll([]byte(text), nil)
}

// workbook writes people as an Excel sheet.
func (p *project) workbook(name string, f people) {
	p.t.Helper()
	x := excelize.NewFile()
	defer x.Close()
	for i, line := range strings.Split(strings.TrimSpace(f.csv()), "\n") {
		cells := strings.Split(line, f.delim)
		row := []any{cells[0], cells[1], cells[2]}
		if err := x.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			p.t.Fatal(err)
		}
	}
	if err := x.SaveAs(filepath.Join(p.dir, name)); err != nil {
		p.t.Fatal(err)
	}
}

// parquet writes people as a Parquet file.
func (p *project) parquet(name string, f people) {
	p.t.Helper()
	var rows []string
	for _, line := range strings.Split(strings.TrimSpace(f.csv()), "\n")[1:] {
		cells := strings.Split(line, f.delim)
		rows = append(rows, fmt.Sprintf("(%s, %s, %s)", cells[0], engine.QuoteText(cells[1]), engine.QuoteText(cells[2])))
	}
	db, err := duck.Open(p.t.Context(), duck.Options{MaxConns: 1})
	if err != nil {
		p.t.Fatal(err)
	}
	defer db.Close()
	_, err = db.Exec(p.t.Context(), engine.SQL(`COPY (SELECT * FROM (VALUES `+strings.Join(rows, ", ")+`) AS v("id", "name", "limit")) TO `+
		engine.QuoteText(filepath.Join(p.dir, name))+" (FORMAT parquet)"))
	if err != nil {
		p.t.Fatal(err)
	}
}

// jsonLines writes people as JSON lines, and one line that is none.
func (p *project) jsonLines(name string, f people) {
	p.t.Helper()
	var b strings.Builder
	for _, line := range strings.Split(strings.TrimSpace(f.csv()), "\n")[1:] {
		cells := strings.Split(line, f.delim)
		fmt.Fprintf(&b, `{"id": %s, "name": "%s", "limit": "%s"}`+"\n", cells[0], cells[1], cells[2])
	}
	p.write(name, []byte(b.String()+"this is no JSON\n"))
}

// lines are the values of a query of one column.
func lines(t *testing.T, db engine.Querier, sql string) []string {
	t.Helper()
	var out []string
	err := engine.Rows(context.Background(), db, engine.SQL(sql), func(row []any) error {
		out = append(out, engine.Text(row[0]))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestStrangeRows loads one file with everything that is wrong inside rows: ten
// million bytes in one field, NUL bytes, ragged rows, a quote that is never
// closed, bytes of another encoding, repeated and missing keys.
func TestStrangeRows(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("长文本 long ", 10<<20/16) + "."
	p := newProject(t)
	p.write("people.csv", []byte("id,name,limit\n"+
		"1,Ann,10\n"+
		"2,"+long+",20\n"+
		"3,\"two\nlines, \"\"quoted\"\"\",30\n"+
		"4,N\x00L,40\n"+
		"5,too,many,columns\n"+
		"6,few\n"+
		"7,\xff\xfe\xfa,70\n"+
		"8,Bo,80\n"+
		"8,Bo,80\n"+
		"8,Bob,80\n"+
		",nobody,90\n"+
		"9,\"never closed,90\n"+
		"10,Cy,100\n"+
		"11,Di,110\n"))
	p.customers("people", "people.csv", "")
	_, stderr := verso(t, exitDone, "refresh", "-c", p.config(), "--skip", "models")
	db := generation(t, p.dir)
	if got := figure(t, db, "SELECT read || ' = ' || loaded || ' + ' || quarantined FROM meta.table_load WHERE table_name = 'customer'"); got != "14 = 6 + 8" {
		t.Errorf("read = loaded + quarantined: %s, want 14 = 6 + 8\n%s", got, stderr)
	}
	if got := figure(t, db, "SELECT string_agg(customer_id || ' ' || left(name, 8), '; ' ORDER BY CAST(customer_id AS INTEGER)) FROM core.dim_customer WHERE customer_key > 0 AND NOT is_inferred"); got !=
		"1 Ann; 2 "+string([]rune(long)[:8])+"; 3 two\nline; 8 Bob; 10 Cy; 11 Di" {
		t.Errorf("loaded: %s", got)
	}
	if got := figure(t, db, "SELECT md5(name) = md5("+engine.QuoteText(long)+") FROM core.dim_customer WHERE customer_id = '2'"); got != "true" {
		t.Error("the long field was changed")
	}
	got := lines(t, db, `SELECT line || ' ' || reason || ': ' || left(raw, 30) FROM quarantine.customer ORDER BY line, reason`)
	want := []string{
		`6 NUL byte: 4,N\x00L,40`,
		"7 too many fields: 5,too,many,columns",
		"8 too few fields: 6,few",
		`9 bytes that are not valid utf-8: 7,\xff\xfe\xfa,70`,
		"10 duplicate key: 8,Bo,80",
		"11 duplicate key: 8,Bo,80",
		"13 customer_id: missing: ,nobody,90",
		"14 quote not closed: 9,\"never closed,90",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("in quarantine\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestNotATable gives files that cannot be read as declared: exit 4, a message
// that names the file and what it looks like, and what was published stays.
func TestNotATable(t *testing.T) {
	noise := make([]byte, 5000)
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = byte(rng.Uint32())
	}
	text := people{base: 1000, first: "北京市东城区图书馆；上海交通大学", delim: ";"}.csv()
	gbk := encoded(t, simplifiedchinese.GBK, text)
	var big strings.Builder
	big.WriteString(people{base: 1000, first: "someone", delim: ";"}.csv())
	for i := range 200_000 {
		fmt.Fprintf(&big, "%d;%x;%d\n", i, rng.Uint64(), i)
	}
	packed := gzipped(t, big.String())
	for _, c := range []struct {
		name, file, options string
		content             []byte
		want                string
	}{
		{"binary", "people.csv", "", noise, "people.csv looks like binary data, not text: export the table as CSV, Parquet or XLSX"},
		{"workbook", "people.csv", "", []byte("PK\x03\x04\x14\x00\x06\x00[Content_Types].xml"), "people.csv looks like an Excel workbook"},
		{"cut archive", "people.csv.gz", "", packed[:len(packed)*9/10], "the archive ends early, the file is incomplete"},
		{"damaged parquet", "people.parquet", "", []byte("PAR1 and nothing more"), "damaged Parquet file"},
		{"declared utf-8", "people.csv", ", encoding: utf-8", gbk, "people.csv has another encoding"},
		{"declared utf-16", "people.csv", ", encoding: utf-16le", gbk, "people.csv has another encoding"},
		{"declared big5", "people.csv", ", encoding: big5", []byte(text), "people.csv has another encoding"},
		{"declared xlsx", "people.xlsx", "", []byte(text), "is no XLSX file by its content"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newProject(t)
			p.write(c.file, c.content)
			p.customers("people", c.file, c.options)
			_, stderr := verso(t, exitSource, "refresh", "-c", p.config(), "--skip", "models")
			if !strings.Contains(stderr, "source people: ") || !strings.Contains(stderr, c.want) {
				t.Errorf("want %q in: %s", c.want, stderr)
			}
			if left, _ := filepath.Glob(filepath.Join(p.dir, "warehouse", "landing", "*", "*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
			noLeftovers(t, p.dir)
		})
	}
}
