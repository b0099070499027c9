package workbook_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"verso/olap"
	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/export"
	"verso/olap/export/workbook"
	"verso/olap/olaptest"
)

func answer(t *testing.T, q cube.Query) *olap.Table {
	t.Helper()
	o, err := olap.Open(context.Background(), olaptest.Star(t), olap.Options{Lang: "en"})
	if err != nil {
		t.Fatal(err)
	}
	table, err := o.Ask(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

var pivotQuery = cube.Query{Cube: "sales", Rows: []string{"customer.type", "class.l1"}, Columns: []string{"date.year"},
	Measures: []string{"net", "margin_pct", "orders", "copies"}, Totals: cube.Totals{Grand: true, Rows: true, Cols: true}}

func write(t *testing.T, table *olap.Table, o workbook.Options) (*excelize.File, []byte) {
	t.Helper()
	var b bytes.Buffer
	if err := workbook.Write(&b, table, o); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f, b.Bytes()
}

// Every cell of the answer is in the sheet, with its value and as it is shown.
func TestSheetIsWhatIsShown(t *testing.T) {
	table := answer(t, pivotQuery)
	f, _ := write(t, table, workbook.Options{Lang: "en"})
	shown, err := f.GetRows("Answer")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := f.GetRows("Answer", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	first := 3 + 2 // title, caption, blank, two lines of headings
	for i, r := range table.Rows {
		for j, v := range r.Cells {
			cell := func(rows [][]string) string {
				if j < len(rows[first+i]) {
					return rows[first+i][j]
				}
				return ""
			}
			want := export.Format(v, table.Columns[j])
			switch {
			case v == nil && table.IsTotal(r) && j == r.Level:
				want = map[bool]string{true: "Total", false: "subtotal"}[r.Level == 0]
			case v == nil:
				want = ""
			}
			_, isDecimal := v.(engine.Decimal) // shown by Excel from its own digits
			if !isDecimal && cell(shown) != want {
				t.Errorf("row %d column %s shows %q, want %q", i, table.Columns[j].Name, cell(shown), want)
			}
			if d, ok := v.(engine.Decimal); ok && cell(raw) != strings.TrimRight(strings.TrimRight(d.String(), "0"), ".") {
				t.Errorf("row %d column %s holds %q, want %s", i, table.Columns[j].Name, cell(raw), d)
			}
		}
	}
	question, err := f.GetRows("Question")
	if err != nil || len(question) < 4 || !strings.Contains(question[3][1], `"cube":"sales"`) {
		t.Errorf("the question is not in the workbook: %v %v", question, err)
	}
}

// Excel adds up the lines of the pivot: they must make the totals of the
// answer, and what does not add up must not be there.
func TestPivotAddsUpToTheAnswer(t *testing.T) {
	table := answer(t, pivotQuery)
	f, _ := write(t, table, workbook.Options{Lang: "en", Pivot: true})
	pivots, err := f.GetPivotTables("Pivot")
	if err != nil || len(pivots) != 1 {
		t.Fatal(pivots, err)
	}
	var measures []string
	for _, d := range pivots[0].Data {
		measures = append(measures, d.Data)
	}
	if !slices.Equal(measures, []string{"Net sales", "Copies"}) {
		t.Errorf("the pivot adds up %v", measures)
	}
	note, err := f.GetCellValue("Pivot", "A1")
	if err != nil || !strings.Contains(note, "Margin %") || !strings.Contains(note, "Orders") {
		t.Errorf("the measures left out are not named: %q %v", note, err)
	}
	rows, err := f.GetRows("Data", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, r := range rows[1:] {
		var v float64
		if _, err := fmt.Sscan(r[3], &v); err == nil {
			sum += v
		}
	}
	total := table.Grand().Cells[table.Index("net", "(total)")].(engine.Decimal).Float64()
	if d := sum - total; d > 1e-4 || d < -1e-4 {
		t.Errorf("the lines add up to %v, the total is %v", sum, total)
	}
}

func TestNothingToAddUp(t *testing.T) {
	table := answer(t, cube.Query{Cube: "sales", Rows: []string{"customer.type"}, Measures: []string{"aov"}})
	f, _ := write(t, table, workbook.Options{Pivot: true})
	if note, _ := f.GetCellValue("Pivot", "A1"); !strings.Contains(note, "no pivot") {
		t.Errorf("%q", note)
	}
}

func TestSameAnswerSameBytes(t *testing.T) {
	table := answer(t, pivotQuery)
	_, a := write(t, table, workbook.Options{Pivot: true})
	for range 20 {
		if _, b := write(t, table, workbook.Options{Pivot: true}); !bytes.Equal(a, b) {
			t.Fatal("two workbooks of one answer differ")
		}
	}
}

// Text stays text, whatever it looks like.
func TestMaliciousText(t *testing.T) {
	for _, text := range []string{"=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3", "a\x00b", "</t><f>1</f>", strings.Repeat("长", 40_000), "\u202e"} {
		table := &olap.Table{AsOf: "2025-01-01", Query: cube.Query{Cube: "sales", Rows: []string{"customer.name"}},
			Columns: []olap.Column{{Name: "customer.name", Label: text, Kind: "attribute", Type: "text", Format: "text"}, {Name: "net", Label: "Net", Kind: "measure", Adds: "sum"}},
			Rows:    []olap.Row{{Level: 1, Keys: []string{"1"}, Cells: []any{text, int64(1)}}}}
		f, _ := write(t, table, workbook.Options{Pivot: true})
		formula, err := f.GetCellFormula("Answer", "A5")
		if err != nil || formula != "" {
			t.Errorf("%.20q became a formula: %q %v", text, formula, err)
		}
		if shown, _ := f.GetCellValue("Answer", "A5"); shown == "" {
			t.Errorf("%.20q is lost", text)
		}
	}
}

func TestDigitsThatExcelDrops(t *testing.T) {
	table := answer(t, cube.Query{Cube: "sales", Measures: []string{"net"}})
	table.Rows[0].Cells[0] = olaptest.Money(1234567890123456789)
	f, _ := write(t, table, workbook.Options{})
	rows, err := f.GetRows("Answer")
	if err != nil || !strings.Contains(fmt.Sprint(rows), "15 digits") {
		t.Errorf("the lost digits are not told: %v %v", rows, err)
	}
}

func TestRowsAreStreamed(t *testing.T) {
	db := olaptest.Star(t)
	r, err := db.Query(context.Background(), engine.SQL(`SELECT range AS "n", DATE '2025-01-31' AS "d", 'x' AS "t", CAST(1.5 AS DECIMAL(18,4)) AS "m" FROM range(5000)`))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := workbook.WriteRows(context.Background(), &b, r, workbook.Options{}); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows("Answer")
	if err != nil || len(rows) != 5001 || !slices.Equal(rows[5000], []string{"4999", "2025-01-31", "x", "1.5"}) {
		t.Errorf("%d rows, the last %v, %v", len(rows), rows[len(rows)-1], err)
	}
}

func TestTooManyRows(t *testing.T) {
	r, err := olaptest.Star(t).Query(context.Background(), engine.SQL(`SELECT range AS "n" FROM range(1048600)`))
	if err != nil {
		t.Fatal(err)
	}
	var large *workbook.TooLargeError
	if err := workbook.WriteRows(context.Background(), &bytes.Buffer{}, r, workbook.Options{}); !errors.As(err, &large) {
		t.Errorf("%v", err)
	}
}
