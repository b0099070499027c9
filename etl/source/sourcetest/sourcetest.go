// Package sourcetest is the contract suite of sources: a new source is done when
// it passes. It asks for tables of its own making, has the source land them, and
// compares what landed.
package sourcetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"verso/etl/source"
	"verso/olap/engine"
)

// Null marks a null in a Table.
const Null = "\x00null"

// Table is a table to be read from a source.
type Table struct {
	Name    string
	Columns []Column
	Rows    int
	// Cell is the text of a value, in the form of its kind: plain decimals, ISO
	// dates, or Null.
	Cell func(row, column int) string
}

// Column is one column of a Table. Kind is integer, decimal (of at most 18
// digits, 4 of them after the point), text, date, or moment: a time in UTC, such
// as 2024-03-31 01:30:00.123456+00, to be kept with its time zone where the
// source knows them.
type Column struct{ Name, Kind string }

// Harness is how the suite gets at a source.
type Harness struct {
	// Conn is a connection of a scratch database; reading needs Arrow.
	Conn engine.Conn
	// Open puts a table where the source finds it, and returns the source and
	// what to ask it for (Path is set by the suite). Cleaning up is its own.
	Open func(t *testing.T, table Table) (source.Source, source.Request)
	// EmptyIsNull says that the source has no empty text beside null.
	EmptyIsNull bool
	// Files says that the source reads files: reports name them, with checksum.
	Files bool
	// Memory is how many bytes the heap may grow while a million rows are landed;
	// 0: 256 MiB.
	Memory uint64
	// ManyRows is the size of the large table; 0: a million rows. VERSO_ROWS sets
	// another for all sources.
	ManyRows int
	// Between is how to get between the source that Open made for req and its
	// server; nil for sources without one.
	Between func(t *testing.T, req source.Request) Network
	// Shown is what reports call the one file, where that is not its path.
	Shown string
}

// Run runs the suite.
func Run(t *testing.T, h Harness) {
	t.Run("types", h.types)
	t.Run("unicode", h.unicode)
	t.Run("time zones", h.moments)
	t.Run("empty", h.empty)
	t.Run("one row", h.oneRow)
	t.Run("landing twice gives the same bytes", h.twice)
	t.Run("many rows", h.many)
	t.Run("cancel leaves no file", h.cancel)
	t.Run("sample", h.sample)
	t.Run("locate", h.locate)
	t.Run("dies midway", h.dies)
	t.Run("reconnect", h.reconnect)
}

// order is a table with every kind of column.
func order(rows int) Table {
	return Table{
		Name:    "order_line",
		Columns: []Column{{"line_id", "integer"}, {"title", "text"}, {"price", "decimal"}, {"order_date", "date"}},
		Rows:    rows,
		Cell: func(row, column int) string {
			switch column {
			case 0:
				return fmt.Sprint(row + 1)
			case 1:
				return fmt.Sprintf("title %d", row%1000)
			case 2:
				return fmt.Sprintf("%d.%04d", row%100000, row%10000)
			}
			return time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, row%2000).Format(time.DateOnly)
		},
	}
}

func fixed(name string, columns []Column, rows [][]string) Table {
	return Table{Name: name, Columns: columns, Rows: len(rows), Cell: func(r, c int) string { return rows[r][c] }}
}

// land lands a table and checks the report and the traces left.
func (h Harness) land(t *testing.T, table Table) (source.Source, source.Request, source.Report) {
	t.Helper()
	s, req := h.Open(t, table)
	req.Path = filepath.Join(t.TempDir(), "x.parquet")
	r, err := s.Land(context.Background(), h.Conn, req)
	if err != nil {
		t.Fatalf("land: %v", err)
	}
	if r.Read != r.Landed+r.Rejected || r.Read != int64(table.Rows) || r.Rejected != 0 {
		t.Fatalf("%d rows: read %d, landed %d, rejected %d", table.Rows, r.Read, r.Landed, r.Rejected)
	}
	if _, err := os.Stat(source.RejectsPath(req.Path)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("nothing was rejected, but there is a file of rejects (%v)", err)
	}
	leftovers(t, req.Path, 1)
	said, err := s.Columns(context.Background(), h.Conn, req)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(said, r.Columns); d != "" {
		t.Errorf("Columns and the report differ:\n%s", d)
	}
	if d := cmp.Diff(r.Columns, h.described(t, req.Path)); d != "" {
		t.Errorf("the report's columns are not the file's (-said +found):\n%s", d)
	}
	h.provenance(t, r)
	return s, req, r
}

func leftovers(t *testing.T, path string, want int) {
	t.Helper()
	left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	if len(left) != want {
		t.Errorf("want %d files in the landing, found %v", want, left)
	}
}

// provenance checks what the report says of files.
func (h Harness) provenance(t *testing.T, r source.Report) {
	t.Helper()
	if !h.Files {
		if len(r.Files) > 0 {
			t.Errorf("a source without files reports %v", r.Files)
		}
		return
	}
	var read, landed int64
	for _, f := range r.Files {
		read, landed = read+f.Read, landed+f.Landed
		if h.Shown != "" {
			if f.Path != h.Shown || len(f.SHA256) != 64 || f.Format == "" {
				t.Errorf("file %+v, want %s", f, h.Shown)
			}
			continue
		}
		info, err := os.Stat(f.Path)
		if err != nil || info.Size() != f.Bytes || len(f.SHA256) != 64 || f.Format == "" {
			t.Errorf("file %+v: %v", f, err)
		}
	}
	if read != r.Read || landed != r.Landed {
		t.Errorf("the files have %d read and %d landed, the report %d and %d", read, landed, r.Read, r.Landed)
	}
}

func (h Harness) described(t *testing.T, path string) []source.Column {
	t.Helper()
	var out []source.Column
	err := engine.Rows(context.Background(), h.Conn, engine.SQL("DESCRIBE SELECT * FROM read_parquet("+engine.QuoteText(path)+")"), func(row []any) error {
		out = append(out, source.Column{Name: engine.Text(row[0]), Type: engine.Text(row[1])})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// rows reads a landing back in its order, typed by the kinds of the table.
func (h Harness) rows(t *testing.T, table Table, path string) [][]string {
	t.Helper()
	var list []string
	for _, c := range table.Columns {
		id := engine.QuoteIdent(c.Name)
		kind := map[string]string{"integer": "BIGINT", "decimal": "DECIMAL(18,4)", "date": "DATE"}[c.Kind]
		if kind == "" {
			kind = "VARCHAR"
		}
		if c.Kind == "moment" {
			list = append(list, "strftime(CAST("+id+" AS TIMESTAMPTZ) AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M:%S.%f+00') AS "+id)
			continue
		}
		list = append(list, "CAST("+id+" AS "+kind+") AS "+id)
	}
	sql := "SELECT " + strings.Join(list, ", ") + " FROM read_parquet(" + engine.QuoteText(path) + ", file_row_number = true) ORDER BY file_row_number"
	var out [][]string
	err := engine.Rows(context.Background(), h.Conn, engine.SQL(sql), func(row []any) error {
		texts := make([]string, len(row))
		for i, v := range row {
			if texts[i] = engine.Text(v); v == nil {
				texts[i] = Null
			}
		}
		out = append(out, texts)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// want is what a table should read back as.
func (h Harness) want(table Table) [][]string {
	var out [][]string
	for r := range table.Rows {
		row := make([]string, len(table.Columns))
		for c := range row {
			row[c] = table.Cell(r, c)
			if row[c] == "" && h.EmptyIsNull {
				row[c] = Null
			}
		}
		out = append(out, row)
	}
	return out
}

func (h Harness) compare(t *testing.T, table Table) {
	t.Helper()
	_, req, _ := h.land(t, table)
	if d := cmp.Diff(h.want(table), h.rows(t, table, req.Path)); d != "" {
		t.Errorf("rows (-want +got):\n%s", d)
	}
}

func (h Harness) types(t *testing.T) {
	h.compare(t, fixed("kinds", []Column{{"n", "integer"}, {"d", "decimal"}, {"t", "text"}, {"day", "date"}}, [][]string{
		{"1", "1.0000", "a", "2024-02-29"},
		{"-9223372036854775808", "-99999999999999.9999", "  spaces  kept ", "1900-01-01"},
		{"9223372036854775807", "99999999999999.9999", `"quotes", commas; and 'more'`, "2099-12-31"},
		{"0", "0.0001", "two\nlines", "1970-01-01"},
		{"6", Null, Null, Null},
		{Null, "1.5000", "x", Null},
		{"7", Null, "", "2000-01-01"},
	}))
}

func (h Harness) unicode(t *testing.T) {
	h.compare(t, fixed("unicode", []Column{{"id", "integer"}, {"书名", "text"}}, [][]string{
		{"1", "统计学习方法"}, {"2", "臺灣大學圖書館"}, {"3", "Ünïcödé Ångström"}, {"4", "😀 𠮷野家"}, {"5", "عربى עברית"}, {"6", "e\u0301 \u200f"},
	}))
}

// moments lie at both sides of the hours that clocks repeat or skip in Europe,
// America and China's past, and before 1970 where the source reaches there.
func (h Harness) moments(t *testing.T) {
	h.compare(t, fixed("moments", []Column{{"id", "integer"}, {"at", "moment"}}, [][]string{
		{"1", "2024-03-31 00:59:59.000000+00"}, {"2", "2024-03-31 01:30:00.123456+00"},
		{"3", "2024-10-27 00:30:00.000000+00"}, {"4", "2024-10-27 01:30:00.000000+00"},
		{"5", "2024-11-03 05:30:00.000001+00"}, {"6", "2024-11-03 06:30:00.999999+00"},
		{"7", "1988-04-16 18:00:00.000000+00"}, {"8", "2037-12-31 23:59:59.000000+00"}, {"9", Null},
	}))
}

func (h Harness) empty(t *testing.T) {
	table := order(0)
	_, req, r := h.land(t, table)
	if got := h.rows(t, table, req.Path); len(got) != 0 || len(r.Columns) != 4 {
		t.Errorf("%d rows, columns %v", len(got), r.Columns)
	}
}

func (h Harness) oneRow(t *testing.T) { h.compare(t, order(1)) }

func (h Harness) twice(t *testing.T) {
	s, req := h.Open(t, order(5000))
	var content [][]byte
	for _, name := range []string{"a.parquet", "b.parquet"} {
		req.Path = filepath.Join(t.TempDir(), name)
		if _, err := s.Land(context.Background(), h.Conn, req); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(req.Path)
		if err != nil {
			t.Fatal(err)
		}
		content = append(content, b)
	}
	if !slices.Equal(content[0], content[1]) {
		t.Errorf("two landings of the same rows differ: %d and %d bytes", len(content[0]), len(content[1]))
	}
}

// many lands a large table and watches the heap of this process.
func (h Harness) many(t *testing.T) {
	if testing.Short() {
		t.Skip("a million rows")
	}
	rows, limit := h.ManyRows, h.Memory
	if n, err := strconv.Atoi(os.Getenv("VERSO_ROWS")); err == nil {
		rows = n
	}
	if rows == 0 {
		rows = 1_000_000
	}
	if limit == 0 {
		limit = 256 << 20
	}
	table := order(rows)
	s, req := h.Open(t, table)
	req.Path = filepath.Join(t.TempDir(), "x.parquet")
	var before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	stop, peak := make(chan struct{}), make(chan uint64)
	go func() {
		var top uint64
		for {
			select {
			case <-stop:
				peak <- top
				return
			case <-time.After(20 * time.Millisecond):
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				top = max(top, m.HeapInuse)
			}
		}
	}()
	resetPeak()
	began := time.Now() //nolint:forbidigo // how long it took is told, not kept
	r, err := s.Land(context.Background(), h.Conn, req)
	took := time.Since(began)
	close(stop)
	top := <-peak
	t.Logf("%d rows in %v: %.0f rows/s, heap %d MiB at its peak, process %d MiB", rows, took.Round(time.Millisecond), float64(rows)/took.Seconds(), top>>20, peakMemory()>>20)
	if err != nil || r.Landed != int64(rows) {
		t.Fatalf("landed %d: %v", r.Landed, err)
	}
	if top > before.HeapInuse+limit {
		t.Errorf("the heap grew by %d MiB for %d rows", (top-before.HeapInuse)>>20, rows)
	}
	h.inPlace(t, req.Path, rows)
}

// inPlace checks that the landing at path has the rows of order, each once and
// in its place.
func (h Harness) inPlace(t *testing.T, path string, rows int) {
	t.Helper()
	row, err := engine.One(context.Background(), h.Conn, engine.SQL("SELECT count(*) AS n, sum(CAST(line_id AS BIGINT)) AS s, sum(CASE WHEN CAST(line_id AS BIGINT) = file_row_number + 1 THEN 1 ELSE 0 END) AS o FROM read_parquet("+engine.QuoteText(path)+", file_row_number = true)"))
	if err != nil {
		t.Fatal(err)
	}
	n := int64(rows)
	if got, want := engine.Text(row[0])+" "+engine.Text(row[1])+" "+engine.Text(row[2]), fmt.Sprintf("%d %d %d", n, n*(n+1)/2, n); got != want {
		t.Errorf("count, sum and rows in place: %s, want %s", got, want)
	}
}

// cancel stops landings at several moments: each ends with the error of its
// context and without a file, and the source is as good as before.
func (h Harness) cancel(t *testing.T) {
	rows := 300_000
	if h.ManyRows > 0 {
		rows = h.ManyRows
	}
	s, req := h.Open(t, order(rows))
	for _, after := range []time.Duration{0, 2 * time.Millisecond, 20 * time.Millisecond, 60 * time.Millisecond} {
		ctx, cancel := context.WithCancel(context.Background())
		if after == 0 {
			cancel()
		} else {
			time.AfterFunc(after, cancel)
		}
		req.Path = filepath.Join(t.TempDir(), "x.parquet")
		began := time.Now() //nolint:forbidigo // how long it took is told, not kept
		_, err := s.Land(ctx, h.Conn, req)
		cancel()
		if took := time.Since(began); err != nil && took > after+time.Second {
			t.Errorf("cancelled after %v, it ended after %v", after, took)
		}
		if err == nil {
			leftovers(t, req.Path, 1) // it was faster
			continue
		}
		if !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled after %v: %v", after, err)
		}
		leftovers(t, req.Path, 0)
	}
	req.Path = filepath.Join(t.TempDir(), "x.parquet")
	if r, err := s.Land(context.Background(), h.Conn, req); err != nil || r.Landed != int64(rows) {
		t.Errorf("afterwards: landed %d, %v", r.Landed, err)
	}
}

func (h Harness) sample(t *testing.T) {
	s, req := h.Open(t, order(10))
	sampler, ok := s.(source.Sampler)
	if !ok {
		t.Skip("the source has no samples")
	}
	got, err := sampler.Sample(context.Background(), h.Conn, req, 3)
	if err != nil || len(got) != 3 || len(got[2]) != 4 || got[2][0] != "3" || got[2][1] != "title 2" {
		t.Errorf("%v %v", got, err)
	}
	if got, err = sampler.Sample(context.Background(), h.Conn, req, 100); err != nil || len(got) != 10 {
		t.Errorf("%d rows, %v", len(got), err)
	}
}

func (h Harness) locate(t *testing.T) {
	table := order(5000)
	s, req, r := h.land(t, table)
	locator, ok := s.(source.Locator)
	if !ok {
		t.Skip("the source has no positions")
	}
	wanted := []int64{0, 1, 17, 4999}
	got, err := locator.Locate(context.Background(), req, wanted)
	if err != nil || len(got) != len(wanted) {
		t.Fatalf("%v %v", got, err)
	}
	for i, p := range got {
		if p.File != r.Files[0].Path {
			t.Errorf("row %d is in %q", wanted[i], p.File)
		}
		if p.Line > 0 && !strings.Contains(p.Raw, table.Cell(int(wanted[i]), 3)) {
			t.Errorf("row %d: line %d is %q", wanted[i], p.Line, p.Raw)
		}
	}
	if _, err := locator.Locate(context.Background(), req, []int64{5000}); err == nil {
		t.Error("a row beyond the end was found")
	}
}

// resetPeak makes the system forget the largest memory of this process, where it
// can.
func resetPeak() { _ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0o200) }

// peakMemory is the largest memory of this process in bytes, 0 where the system
// does not tell.
func peakMemory() uint64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	var kib uint64
	if _, err := fmt.Sscan(rest, &kib); err != nil {
		return 0
	}
	return kib << 10
}
