package site

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"verso/reports/view"
)

// Whatever the search finds is there: its page, and its place on the page.
func TestTheSearchIndexLeadsSomewhere(t *testing.T) {
	out := built(t)
	for _, folder := range []string{"", "zh"} {
		text, err := os.ReadFile(filepath.Join(out, folder, indexFile))
		if err != nil {
			t.Fatal(err)
		}
		var list struct {
			Kinds   []string
			Pages   [][2]string
			Entries [][]any
		}
		if err := json.Unmarshal([]byte(strings.TrimPrefix(string(text), "versoIndex=")), &list); err != nil {
			t.Fatal(err)
		}
		found := map[string]int{}
		for _, e := range list.Entries {
			address, anchor := list.Pages[int(e[1].(float64))][0], e[2].(string)
			page, err := os.ReadFile(filepath.Join(out, folder, address))
			if err != nil {
				t.Fatal(err)
			}
			if anchor != "" && !strings.Contains(string(page), `id="`+anchor+`"`) {
				t.Errorf("%q leads to %s#%s, which is not there", e[3], address, anchor)
			}
			found[kindWords[int(e[0].(float64))]]++
		}
		if found["page"] != len(list.Pages) || found["section"] < 20 || found["figure"] < 20 || found["member"] < 50 {
			t.Errorf("%s: %d pages, found %v", folder, len(list.Pages), found)
		}
	}
}

func TestWhatCanBeFoundOnAPage(t *testing.T) {
	rows := []view.Row{
		{Cells: []view.Value{view.I(1), view.T("Ada"), view.T("silent for long")}},
		{Cells: []view.Value{view.I(2), view.T(""), view.T("no name")}},
		{Kind: view.Total, Cells: []view.Value{view.T("Total")}},
		{Cells: []view.Value{view.I(3), view.T("Ada"), view.T("again")}},
	}
	v := view.Page{Title: "Risk", Message: view.Message{Finding: strings.Repeat("界", 300)}, Sections: []view.Section{{ID: "s", Title: "Whom", Blocks: []view.Block{
		{Table: &view.Table{ID: "t", Title: "The list", Columns: []view.Column{{}, {}, {Wide: true}}, Rows: rows}},
		{Terms: []view.Term{{Name: "Risk", Definition: "the page has this name"}, {Name: "Loss", Definition: "what is gone"}}}}}}}
	want := []entry{{kindPage, 7, "", "Risk", strings.Repeat("界", 159) + "…"}, {kindSection, 7, "s", "Whom", ""}, {kindFigure, 7, "t", "The list", ""},
		{kindMember, 7, "t", "Ada", "silent for long"}, {kindMember, 7, "t", "no name", "The list"}, {kindTerm, 7, "s", "Loss", "what is gone"}}
	got := entries(7, v, true)
	if len(got) != len(want) {
		t.Fatalf("found %v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("found %v, want %v", got[i], want[i])
		}
	}
	if only := entries(7, v, false); len(only) != 1 {
		t.Errorf("of a page below only itself is found, not %v", only)
	}
}
