package text

import (
	"bytes"
	"strings"
	"testing"

	"verso/reports/language"
	"verso/reports/view"
)

// A page keeps its order, columns stand under each other also in Chinese, and what
// is left out is said.
func TestWrite(t *testing.T) {
	p := view.Page{Title: "客户", Lang: language.English(), Message: view.Message{Finding: "Sales fell.", Consequence: "Call them."}, Sections: []view.Section{{Title: "Orders", Lead: "All of them.", Blocks: []view.Block{
		{KPIs: &view.KPIRow{Items: []view.KPI{{Label: "Net", Value: view.N(1234.6), Format: view.Integer(), Unit: "CNY", Relative: view.N(-.25), Versus: "PY"}}}},
		{Table: &view.Table{Title: "Last", Shown: "2 of 9", Columns: []view.Column{{Label: "Name"}, {Label: "Net", Unit: "CNY", Format: view.Integer()}},
			Rows: []view.Row{{Cells: []view.Value{view.T("图书馆"), view.I(5)}}, {Kind: view.Total, Cells: []view.Value{view.T("Total"), view.I(12345)}}}}},
		{Table: &view.Table{Title: "Tickets", Empty: "None."}},
		{Note: &view.Note{Text: "A note."}}}}}}
	var b bytes.Buffer
	if err := Write(&b, p); err != nil {
		t.Fatal(err)
	}
	want := []string{"客户", "====", "Sales fell.", "Call them.", "", "Orders", "------", "All of them.", "  Net  1,235 CNY  −25.0% PY", "", "Last", "  Name    Net CNY", "  图书馆        5", "  Total    12,345", "  * 2 of 9", "", "Tickets", "  None.", "A note."}
	got := strings.Split(b.String(), "\n")
	for i, line := range want {
		if i >= len(got) || got[i] != line {
			t.Fatalf("line %d: want %q\n%s", i, line, b.String())
		}
	}
}
