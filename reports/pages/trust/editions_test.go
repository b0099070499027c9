package trust

import (
	"strings"
	"testing"

	"verso/olap/olaptest"
	"verso/reports/page"
	"verso/reports/page/pagetest"
	"verso/reports/view"
)

// An edition is compared with today's figures, and what it said of its days with
// what they come to now.
func TestEditions(t *testing.T) {
	db := olaptest.Star(t)
	c := pagetest.Context(t, db, "en")
	first := build(t, c)
	if !strings.Contains(first.Message.Finding, "first edition") {
		t.Errorf("without editions: %s", first.Message.Finding)
	}
	said, err := EditionOf(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if said.AsOf != "2025-06-30" || said.Figure("net") == "" || said.Figure("none") != "" {
		t.Errorf("the edition: %+v", said)
	}
	said.Run = "old"
	for _, lang := range []string{"en", "zh"} {
		c := pagetest.Context(t, db, lang)
		c.Editions = []page.Edition{said}
		same := build(t, c)
		if len(same.Sections) != 1 {
			t.Errorf("%s: figures that hold are restated", lang)
		}
		// A line of the year is corrected after the edition.
		changed := olaptest.Star(t)
		pagetest.Exec(t, changed, "UPDATE core.fact_order_line SET net = net + 1000 WHERE line_id = (SELECT min(line_id) FROM core.fact_order_line WHERE order_date BETWEEN DATE '2025-01-01' AND DATE '2025-06-30')")
		c = pagetest.Context(t, changed, lang)
		c.Editions = []page.Edition{said}
		v := build(t, c)
		if len(v.Sections) != 2 {
			t.Fatalf("%s: %d sections, want the restated figures", lang, len(v.Sections))
		}
		rows := v.Sections[1].Blocks[0].Table.Rows
		if len(rows) != 1 || rows[0].Cells[4].ExactText() != "1000" {
			t.Errorf("%s: restated %+v", lang, rows)
		}
		if lang == "en" && (!strings.Contains(v.Message.Finding, "(+CNY") || !strings.Contains(v.Message.Consequence, "1 of 1 earlier editions")) {
			t.Errorf("message: %+v", v.Message)
		}
	}
}

func build(t *testing.T, c *page.Context) view.Page {
	t.Helper()
	v, err := editions(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	pagetest.CheckWhole(t, v)
	return v
}
