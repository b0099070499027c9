package market

import (
	"context"
	"strings"
	"testing"

	"verso/reports/page"
	"verso/reports/page/pagetest"
	"verso/reports/view"
)

// The pages of performance over scores: their tables add up, and they say what was
// found.
func TestPerformancePages(t *testing.T) {
	for _, lang := range []string{"en", "zh"} {
		c := pagetest.Scored(t, "performance_scores", lang)
		for slug, build := range map[string]func(context.Context, *page.Context) (view.Page, error){"performance": performance, "salesforce": salesforce} {
			p, err := build(context.Background(), c)
			if err != nil {
				t.Fatal(err)
			}
			pagetest.CheckWhole(t, p)
			pagetest.Golden(t, slug+"."+lang+".txt", pagetest.Outline(p))
			if text := p.Message.Finding + p.Message.Consequence; strings.Contains(text, "{") {
				t.Errorf("%s: %s", slug, text)
			}
		}
	}
}

// The bridge on the page runs from one margin to the other.
func TestBridgeOnThePage(t *testing.T) {
	c := pagetest.Scored(t, "performance_scores", "en")
	p, err := performance(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range p.Sections {
		for _, b := range s.Blocks {
			if b.Table == nil || b.Table.ID != "bridge-whole" {
				continue
			}
			rows := b.Table.Rows
			sum := view.I(0)
			for _, r := range rows[:len(rows)-1] {
				sum = view.Sum(sum, r.Cells[1])
			}
			if got := rows[len(rows)-1].Cells[1]; sum.ExactText() != got.ExactText() {
				t.Errorf("the steps lead to %s, the table ends with %s", sum.ExactText(), got.ExactText())
			}
			return
		}
	}
	t.Error("no bridge on the page")
}
