package file

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"verso/etl/config"
)

// Several sheets are one table, in the order asked for; merged cells above the
// names of columns become part of them; formulas count with their last value.
func TestSheets(t *testing.T) {
	b := newBench(t)
	f := excelize.NewFile()
	defer f.Close()
	fill := func(sheet string, rows ...[]any) {
		if _, err := f.NewSheet(sheet); err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			cell, _ := excelize.CoordinatesToCellName(1, i+1)
			if err := f.SetSheetRow(sheet, cell, &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	fill("2023", []any{"id", "Q1", nil, "note"}, []any{nil, "net", "tax"}, []any{1, 10, 2, "x"})
	fill("2024", []any{"id", "Q1"}, []any{nil, "net", "tax"}, []any{2, 20, nil})
	fill("about", []any{"Nothing"})
	if err := f.MergeCell("2023", "B1", "C1"); err != nil {
		t.Fatal(err)
	}
	if err := f.SetCellFormula("2024", "C3", "B3*0.2"); err != nil {
		t.Fatal(err)
	}
	if err := f.DeleteSheet("Sheet1"); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(b.dir, "book.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	rows, _, r := b.land(config.Source{Path: path, XLSX: config.XLSX{Sheets: []string{"2024", "20*"}, HeaderRows: 2}})
	if got := fmt.Sprint(rows); got != "[[2 20 ∅ ∅] [1 10 2 x]]" {
		t.Error(got)
	}
	if got := fmt.Sprint(r.Columns); got != "[{id VARCHAR} {Q1 net VARCHAR} {Q1 tax VARCHAR} {note VARCHAR}]" {
		t.Error(got)
	}
	if len(r.Files) != 2 || !strings.Contains(r.Files[0].Dialect, `sheet "2024"`) || !strings.Contains(strings.Join(r.Files[0].Notes, ""), "note") {
		t.Errorf("%+v", r.Files)
	}
	_, err := b.source(config.Source{Path: path, XLSX: config.XLSX{Sheets: []string{"2025"}}}).Land(context.Background(), b.conn, b.request())
	if err == nil || !strings.Contains(err.Error(), `no sheet "2025": it has 2023, 2024, about`) {
		t.Error(err)
	}
}
