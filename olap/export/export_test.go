package export

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"github.com/google/go-cmp/cmp"

	"verso/olap"
	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/olaptest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// answers are the tables that all formats are tried on.
func answers(t *testing.T) map[string]*olap.Table {
	t.Helper()
	ctx := context.Background()
	o, err := olap.Open(ctx, olaptest.Star(t), olap.Options{})
	if err != nil {
		t.Fatal(err)
	}
	list := map[string]*olap.Table{}
	for name, q := range map[string]cube.Query{
		"list": {Cube: "sales", Rows: []string{"region.area"}, Measures: []string{"net", "copies", "orders", "margin_pct", "aov"}},
		"totals": {Cube: "sales", Rows: []string{"channel.kind", "salesperson.dept"}, Measures: []string{"net", "customers"},
			Totals: cube.Totals{Grand: true, Rows: true}},
		"pivot": {Cube: "sales", Rows: []string{"customer.type"}, Columns: []string{"date.year", "title.textbook"}, Measures: []string{"net", "orders"},
			Totals: cube.Totals{Grand: true, Cols: true}, Time: &cube.Time{From: "2024-01-01"}},
		"top": {Cube: "sales", Rows: []string{"customer.name"}, Measures: []string{"net", "customers", "aov"},
			Top: &cube.Top{N: 4, By: "net", Others: true}, Totals: cube.Totals{Grand: true}},
		"typed": {Cube: "sales", Rows: []string{"title.pub_year", "date.day"}, Measures: []string{"net", "lines"},
			Time: &cube.Time{From: "2025-06-25", To: "2025-06-30"}},
		"empty": {Cube: "sales", Rows: []string{"customer.type"}, Measures: []string{"net"}, Time: &cube.Time{From: "1999-01-01", To: "1999-12-31"}},
	} {
		table, err := o.Ask(ctx, q)
		if err != nil {
			t.Fatal(name, err)
		}
		list[name] = table
	}
	zh, err := o.In("zh").Ask(ctx, cube.Query{Cube: "sales", Rows: []string{"class.l1"}, Columns: []string{"customer.tier"}, Measures: []string{"net"},
		Totals: cube.Totals{Grand: true, Cols: true}, Top: &cube.Top{N: 3, By: "net", Others: true}})
	if err != nil {
		t.Fatal(err)
	}
	list["zh"] = zh
	return list
}

func TestGoldenFormats(t *testing.T) {
	for name, table := range answers(t) {
		lang := "en"
		if name == "zh" {
			lang = "zh"
		}
		for ext, write := range map[string]func(*bytes.Buffer) error{
			"txt":        func(b *bytes.Buffer) error { return WriteText(b, table, TextOptions{Lang: lang}) },
			"narrow.txt": func(b *bytes.Buffer) error { return WriteText(b, table, TextOptions{Lang: lang, Width: 44}) },
			"csv":        func(b *bytes.Buffer) error { return WriteCSV(b, table) },
			"json":       func(b *bytes.Buffer) error { return WriteJSON(b, table) },
		} {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatal(name, ext, err)
			}
			golden(t, name+"."+ext, b.Bytes())
		}
	}
}

// Every cell of an answer is in its CSV, its JSON and its Parquet file.
func TestFormatsHoldTheAnswer(t *testing.T) {
	for name, table := range answers(t) {
		var c, j, p bytes.Buffer
		if err := WriteCSV(&c, table); err != nil {
			t.Fatal(err)
		}
		if err := WriteJSON(&j, table); err != nil {
			t.Fatal(err)
		}
		if err := WriteParquet(&p, table); err != nil {
			t.Fatal(name, err)
		}
		records, err := csv.NewReader(&c).ReadAll()
		if err != nil {
			t.Fatal(name, err)
		}
		var decoded struct {
			Rows []struct{ Cells []any }
		}
		d := json.NewDecoder(&j)
		d.UseNumber()
		if err := d.Decode(&decoded); err != nil {
			t.Fatal(name, err)
		}
		parquet := readParquet(t, p.Bytes())
		if len(records) != len(table.Rows)+1 || len(decoded.Rows) != len(table.Rows) || len(parquet) != len(table.Rows) {
			t.Fatalf("%s: %d rows, %d in CSV, %d in JSON, %d in Parquet", name, len(table.Rows), len(records)-1, len(decoded.Rows), len(parquet))
		}
		lead := 0
		if marked(table) {
			lead = 1
		}
		for i, r := range table.Rows {
			for k, v := range r.Cells {
				if got := records[i+1][k+lead]; got != Plain(v) {
					t.Errorf("%s row %d cell %d: CSV %q, want %q", name, i, k, got, Plain(v))
				}
				if got := decoded.Rows[i].Cells[k]; engine.Text(got) != engine.Text(jsonValue(v)) && Plain(v) != engine.Text(got) {
					t.Errorf("%s row %d cell %d: JSON %v, want %v", name, i, k, got, v)
				}
				want := Plain(v)
				if text, ok := v.(string); ok && table.Columns[k].Type != "text" && strings.HasPrefix(text, "(") {
					want = ""
				}
				if got := parquet[i][k+lead]; Plain(got) != want {
					t.Errorf("%s row %d cell %d: Parquet %v, want %q", name, i, k, got, want)
				}
			}
		}
	}
}

func readParquet(t *testing.T, data []byte) (rows [][]any) {
	t.Helper()
	f, err := file.NewParquetReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	r, err := pqarrow.NewFileReader(f, pqarrow.ArrowReadProperties{BatchSize: 1000}, memory.DefaultAllocator)
	if err != nil {
		t.Fatal(err)
	}
	reader, err := r.GetRecordReader(context.Background(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = engine.Each(context.Background(), reader, func(b arrow.RecordBatch) error {
		for i := range int(b.NumRows()) {
			var row []any
			for _, c := range b.Columns() {
				row = append(row, engine.Value(c, i))
			}
			rows = append(rows, row)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

const statement = `SELECT range AS n, 'a,"b' || chr(10) || range AS "text", CASE WHEN range % 2 = 0 THEN '' END AS "text",
	(range * 1.5)::DECIMAL(18,4) AS m, range / 4.0 AS d, DATE '2025-01-01' + range::INTEGER AS "day", TIMESTAMP '2025-01-01 10:00:00' AS "ts", range > 1 AS "yes", [1, 2] AS list
	FROM range(?) ORDER BY range`

func TestRowsOfStatements(t *testing.T) {
	ctx := context.Background()
	db := olaptest.Star(t)
	for _, n := range []int{0, 3} {
		for ext, write := range map[string]func(*bytes.Buffer) error{
			"txt": func(b *bytes.Buffer) error {
				r, err := db.Query(ctx, engine.SQL(statement, n))
				if err != nil {
					return err
				}
				return WriteRowsText(ctx, b, r, TextOptions{Rows: 2})
			},
			"csv": func(b *bytes.Buffer) error {
				r, err := db.Query(ctx, engine.SQL(statement, n))
				if err != nil {
					return err
				}
				return WriteRowsCSV(ctx, b, r)
			},
			"json": func(b *bytes.Buffer) error {
				r, err := db.Query(ctx, engine.SQL(statement, n))
				if err != nil {
					return err
				}
				return WriteRowsJSON(ctx, b, r)
			},
		} {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatal(ext, err)
			}
			golden(t, "rows"+string(rune('0'+n))+"."+ext, b.Bytes())
		}
	}
}

func TestRowsParquetStreamsBatches(t *testing.T) {
	ctx := context.Background()
	db := olaptest.Star(t)
	r, err := db.Query(ctx, engine.SQL(statement, 300_000))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := WriteRowsParquet(ctx, &b, r); err != nil {
		t.Fatal(err)
	}
	rows := readParquet(t, b.Bytes())
	if len(rows) != 300_000 || engine.Text(rows[299_999][0]) != "299999" || engine.Text(rows[299_999][3]) != "449998.5000" {
		t.Fatalf("%d rows, last %v", len(rows), rows[len(rows)-1])
	}
}

func TestFormat(t *testing.T) {
	money := olap.Column{Kind: "measure", Format: "money"}
	for _, c := range []struct {
		value any
		kind  olap.Column
		want  string
	}{
		{olaptest.Money(12345678), money, "1,234.57"},
		{olaptest.Money(-12345650), money, "-1,234.57"},
		{olaptest.Money(-49), money, "0.00"},
		{olaptest.Money(50), money, "0.01"},
		{olaptest.Money(0), money, "0.00"},
		{nil, money, "–"},
		{1234.565, money, "1,234.57"},
		{int64(1234567), olap.Column{Kind: "measure", Format: "integer"}, "1,234,567"},
		{0.20749, olap.Column{Kind: "measure", Format: "percent"}, "20.7%"},
		{-0.0001, olap.Column{Kind: "measure", Format: "percent"}, "0.0%"},
		{0.20749, olap.Column{Kind: "measure", Format: "percent", Digits: 3}, "20.749%"},
		{-0.0149, olap.Column{Kind: "measure", Format: "points"}, "-1.5 pp"},
		{1234.25, olap.Column{Kind: "measure", Format: "decimal"}, "1,234.25"},
		{1234.25, olap.Column{Kind: "measure", Format: "decimal", Digits: 4}, "1,234.2500"},
		{int64(7), olap.Column{Kind: "measure", Format: "decimal"}, "7.00"},
		{36.25, olap.Column{Kind: "measure", Format: "hours"}, "36.2"},
		{engine.Decimal{Num: decimal128.FromI64(-1_234_567_895), Scale: 6}, olap.Column{Kind: "measure", Format: "money", Digits: 5}, "-1,234.56790"},
		{time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC), olap.Column{Kind: "measure", Format: "date"}, "2025-03-01"},
		{int64(2024), olap.Column{Kind: "attribute", Type: "integer"}, "2024"},
		{nil, olap.Column{Kind: "attribute"}, ""},
	} {
		if got := Format(c.value, c.kind); got != c.want {
			t.Errorf("Format(%v, %s) = %q, want %q", c.value, c.kind.Format, got, c.want)
		}
	}
}

func TestTerminalsAreNotSteered(t *testing.T) {
	table := &olap.Table{Query: cube.Query{Rows: []string{"a"}}, Columns: []olap.Column{{Name: "a", Label: "A", Kind: "attribute", Type: "text"}},
		Rows: []olap.Row{{Level: 1, Cells: []any{"x\x1b[2Jy\nz\u202e"}}}}
	var b bytes.Buffer
	if err := WriteText(&b, table, TextOptions{}); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(b.String(), "\x1b\u202e") || !strings.Contains(b.String(), "y z") {
		t.Errorf("%q", b.String())
	}
}
