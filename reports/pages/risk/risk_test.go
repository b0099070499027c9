package risk

import (
	"context"
	"strings"
	"testing"

	"verso/olap/olaptest"
	"verso/reports/page"
	"verso/reports/page/pagetest"
	"verso/reports/view"
)

var builds = map[string]func(context.Context, *page.Context) (view.Page, error){"churn": churn, "watchlist": watchlist, "churnmodel": churnmodel}

// The pages over scores: their tables add up, and they say what was found.
func TestPages(t *testing.T) {
	for _, lang := range []string{"en", "zh"} {
		c := pagetest.Scored(t, "churn_scores", lang)
		for slug, build := range builds {
			p, err := build(context.Background(), c)
			if err != nil {
				t.Fatalf("%s: %v", slug, err)
			}
			pagetest.CheckWhole(t, p)
			pagetest.Golden(t, slug+".scored."+lang+".txt", pagetest.Outline(p))
			if text := p.Message.Finding + p.Message.Consequence; strings.Contains(text, "{") {
				t.Errorf("%s: %s", slug, text)
			}
		}
	}
}

// Nobody who is held out is named as one to call.
func TestHeldOutAreNotCalled(t *testing.T) {
	c := pagetest.Scored(t, "churn_scores", "en")
	p, err := watchlist(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := desk{c}.read(context.Background(), "watchlist", 100)
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for _, row := range rows {
		name := (desk{c}).customer(row, 1).Text
		if !strings.Contains(p.Message.Consequence, name+",") && !strings.Contains(p.Message.Consequence, name+".") {
			continue
		}
		named++
		if held, _ := row[11].(bool); held {
			t.Errorf("%s is held out and named", name)
		}
	}
	if named != 3 {
		t.Errorf("%d customers are named", named)
	}
}

// Without scores the pages say what would light them up.
func TestPagesWithoutScores(t *testing.T) {
	c := pagetest.Context(t, olaptest.Star(t), "en")
	for slug, build := range builds {
		p, err := build(context.Background(), c)
		if err != nil {
			t.Fatalf("%s: %v", slug, err)
		}
		if len(p.Sections) != 1 || p.Sections[0].Blocks[0].Absent == nil {
			t.Errorf("%s does not say what is absent", slug)
		}
	}
}

// What is at risk is called sales where no margin is known, and both where it is
// known of some.
func TestValueAtRiskIsNamed(t *testing.T) {
	for statement, words := range map[string][2][]string{
		"UPDATE score.churn SET value_basis = 'sales'":                            {{"sales worth", "× sales of a year"}, {"margin worth", "× margin of a year"}},
		"UPDATE score.churn SET value_basis = 'sales' WHERE customer_key % 2 = 0": {{"in margin where it is known and in sales where it is not"}, {"margin worth"}},
	} {
		p, err := churn(context.Background(), pagetest.Scored(t, "churn_scores", "en", statement))
		if err != nil {
			t.Fatal(err)
		}
		pagetest.Says(t, p, words[0], words[1])
	}
	p, err := watchlist(context.Background(), pagetest.Scored(t, "churn_scores", "zh", "UPDATE score.churn SET value_basis = 'sales'"))
	if err != nil {
		t.Fatal(err)
	}
	pagetest.Says(t, p, []string{"未来一年销售额"}, []string{"× 未来一年毛利"})
}
