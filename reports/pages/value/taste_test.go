package value

import (
	"context"
	"strings"
	"testing"

	"verso/olap/olaptest"
	"verso/reports/page/pagetest"
)

// The page says what is read by whom, whose taste changed and what was not met,
// and its tables add up.
func TestTastePage(t *testing.T) {
	for _, lang := range []string{"en", "zh"} {
		c := pagetest.Scored(t, "taste_scores", lang)
		p, err := preferences(context.Background(), c)
		if err != nil {
			t.Fatal(err)
		}
		pagetest.CheckWhole(t, p)
		outline := pagetest.Outline(p)
		pagetest.Golden(t, "taste.scored."+lang+".txt", outline)
		for _, id := range []string{"taste-subjects", "taste-types", "taste-readers", "taste-changed", "taste-demand"} {
			found := false
			for _, s := range p.Sections {
				for _, b := range s.Blocks {
					found = found || b.Table != nil && b.Table.ID == id && len(b.Table.Rows) > 0 || b.Chart != nil && b.Chart.ID == id && len(b.Chart.Cells) > 0
				}
			}
			if !found {
				t.Errorf("%s: %s is empty", lang, id)
			}
		}
		if strings.Contains(p.Message.Finding+p.Message.Consequence, "{") {
			t.Error(p.Message)
		}
	}
}

// Without scores the page says what would light it up.
func TestTastePageWithoutScores(t *testing.T) {
	p, err := preferences(context.Background(), pagetest.Context(t, olaptest.Star(t), "en"))
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Sections) != 1 || p.Sections[0].Blocks[0].Absent == nil {
		t.Errorf("%+v", p.Sections)
	}
}

// Where nothing bought has a class, no subject is told.
func TestTastePageWithoutClasses(t *testing.T) {
	p, err := preferences(context.Background(), pagetest.Scored(t, "taste_scores", "en", "UPDATE score.taste_profile SET confidence = NULL, certainty = 'none', is_certain = false"))
	if err != nil {
		t.Fatal(err)
	}
	pagetest.Says(t, p, []string{"no title they bought has a class", "clc_class"}, []string{"Reads", "is certain"})
}
