package file

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"verso/etl/config"
	"verso/etl/source"
	"verso/etl/source/sourcetest"
	"verso/olap/engine"
)

func header(table sourcetest.Table) []string {
	out := make([]string, len(table.Columns))
	for i, c := range table.Columns {
		out[i] = c.Name
	}
	return out
}

func writeCSV(w io.Writer, table sourcetest.Table) error {
	out := csv.NewWriter(w)
	out.Write(header(table))
	row := make([]string, len(table.Columns))
	for r := range table.Rows {
		for c := range row {
			if row[c] = table.Cell(r, c); row[c] == sourcetest.Null {
				row[c] = ""
			}
		}
		out.Write(row)
	}
	out.Flush()
	return out.Error()
}

func create(t *testing.T, path string, write func(io.Writer) error) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(f)
	if err := write(w); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	f.Close()
}

// makers write a table in each format.
var makers = map[string]func(t *testing.T, conn engine.Conn, path string, table sourcetest.Table){
	"orders.csv": func(t *testing.T, _ engine.Conn, path string, table sourcetest.Table) {
		create(t, path, func(w io.Writer) error { return writeCSV(w, table) })
	},
	"orders.csv.gz": func(t *testing.T, _ engine.Conn, path string, table sourcetest.Table) {
		create(t, path, func(w io.Writer) error {
			z := gzip.NewWriter(w)
			if err := writeCSV(z, table); err != nil {
				return err
			}
			return z.Close()
		})
	},
	"orders_gb.csv": func(t *testing.T, _ engine.Conn, path string, table sourcetest.Table) {
		create(t, path, func(w io.Writer) error { return writeCSV(simplifiedchinese.GB18030.NewEncoder().Writer(w), table) })
	},
	"orders.jsonl": func(t *testing.T, _ engine.Conn, path string, table sourcetest.Table) {
		create(t, path, func(w io.Writer) error {
			if table.Rows == 0 { // the columns of an empty table
				t.Skip("JSON lines without a line have no columns")
			}
			names := header(table)
			for r := range table.Rows {
				var b strings.Builder
				for c, n := range names {
					v := table.Cell(r, c)
					text, _ := json.Marshal(v)
					if v == sourcetest.Null {
						text = []byte("null")
					} else if k := table.Columns[c].Kind; k == "integer" || k == "decimal" {
						text = []byte(v)
					}
					b.WriteString(map[bool]string{true: "{", false: ","}[c == 0] + strconv.Quote(n) + ":" + string(text))
				}
				if _, err := io.WriteString(w, b.String()+"}\n"); err != nil {
					return err
				}
			}
			return nil
		})
	},
	"orders.parquet": func(t *testing.T, conn engine.Conn, path string, table sourcetest.Table) {
		text := path + ".csv"
		create(t, text, func(w io.Writer) error { return writeCSV(w, table) })
		kinds := make([]string, len(table.Columns))
		for i, c := range table.Columns {
			kinds[i] = engine.QuoteText(c.Name) + ": " + engine.QuoteText(map[string]string{"integer": "BIGINT", "decimal": "DECIMAL(18,4)", "date": "DATE", "text": "VARCHAR", "moment": "TIMESTAMPTZ"}[c.Kind])
		}
		sql := "COPY (SELECT * FROM read_csv(" + engine.QuoteText(text) + ", auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', columns = {" + strings.Join(kinds, ", ") + "})) TO " + engine.QuoteText(path) + " (FORMAT parquet)"
		if _, err := conn.Exec(context.Background(), engine.SQL(sql)); err != nil {
			t.Fatal(err)
		}
		os.Remove(text)
	},
	"orders.xlsx": func(t *testing.T, _ engine.Conn, path string, table sourcetest.Table) {
		f := excelize.NewFile()
		defer f.Close()
		day, _ := f.NewStyle(&excelize.Style{NumFmt: 14})
		w, err := f.NewStreamWriter("Sheet1")
		if err != nil {
			t.Fatal(err)
		}
		row := make([]any, len(table.Columns))
		for i, n := range header(table) {
			row[i] = n
		}
		w.SetRow("A1", row)
		for r := range table.Rows {
			for c, column := range table.Columns {
				v := table.Cell(r, c)
				row[c] = v
				switch {
				case v == sourcetest.Null || v == "":
					row[c] = nil
				case column.Kind == "integer" && len(v) < 15, column.Kind == "decimal" && len(v) < 15:
					row[c], _ = strconv.ParseFloat(v, 64)
				case column.Kind == "date" && v > "1900-03-01":
					d, _ := time.Parse(time.DateOnly, v)
					row[c] = excelize.Cell{StyleID: day, Value: d}
				}
			}
			cell, _ := excelize.CoordinatesToCellName(1, r+2)
			if err := w.SetRow(cell, row); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		if err := f.SaveAs(path); err != nil {
			t.Fatal(err)
		}
	},
}

// TestContract runs the contract suite for every format.
func TestContract(t *testing.T) {
	for name, make := range makers {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			// The Parquet file is made from a CSV file, which has no empty text either.
			h := sourcetest.Harness{Conn: b.conn, EmptyIsNull: true, Files: true}
			if name != "orders.csv" {
				h.ManyRows = 200_000
			}
			if name == "orders.xlsx" {
				h.ManyRows = 50_000
			}
			h.Open = func(t *testing.T, table sourcetest.Table) (source.Source, source.Request) {
				path := filepath.Join(t.TempDir(), name)
				make(t, b.conn, path, table)
				s, err := New("orders", config.Source{Path: path}, t.TempDir())
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { s.Close() })
				return s, source.Request{Name: table.Name}
			}
			sourcetest.Run(t, h)
		})
	}
}
