package market

import (
	"context"
	"slices"
	"strings"
	"testing"

	"verso/reports/page/pagetest"
	"verso/reports/view"
)

// The page tells which campaign worked beside what would have been believed, and
// its money adds up to the totals.
func TestPromotionPage(t *testing.T) {
	for _, lang := range []string{"en", "zh"} {
		c := pagetest.Scored(t, "promotion_scores", lang)
		p, err := promotion(context.Background(), c)
		if err != nil {
			t.Fatal(err)
		}
		pagetest.CheckWhole(t, p)
		outline := pagetest.Outline(p)
		pagetest.Golden(t, "promotion.scored."+lang+".txt", outline)
		tables := map[string]*view.Table{}
		for _, s := range p.Sections {
			for _, b := range s.Blocks {
				if b.Table != nil {
					tables[b.Table.ID] = b.Table
				}
			}
		}
		for id, rows := range map[string]int{"promotion-campaigns": 3, "promotion-money": 2, "promotion-types": 4, "fatigue-steps": 3, "pull-forward": 1, "price-groups": 4, "price-discount": 8, "uplift": 1, "test-size": 3} {
			if tables[id] == nil || len(tables[id].Rows) != rows {
				t.Errorf("%s: table %s has not %d rows", lang, id, rows)
			}
		}
		at := slices.IndexFunc(tables["promotion-types"].Columns, func(x view.Column) bool { return x.Label == c.T("promotion.real") })
		var sum float64
		for _, row := range tables["promotion-types"].Rows[:3] {
			sum += row.Cells[at].Float
		}
		if total := tables["promotion-types"].Rows[3].Cells[at].Float; sum != total || total != 3600 {
			t.Errorf("%s: margin brought %v, total %v", lang, sum, total)
		}
		if lang == "en" && !strings.Contains(outline, "Which promotion worked? Of 2 campaigns that can be judged, 1 brought more orders") {
			t.Error(outline)
		}
	}
}

// Without quotations customers are judged by what they paid and took: no word of
// quotations, and no column of what was accepted.
func TestPromotionReadFromPurchases(t *testing.T) {
	for lang, words := range map[string][2][]string{
		"en": {{"Order lines", "Price paid", "Read from purchases"}, {"Accepted", "Price quoted", "a quotation", "Quotations"}},
		"zh": {{"订单行", "实付价格", "取自购买记录"}, {"接受率", "报价水平", "报价数"}},
	} {
		p, err := promotion(context.Background(), pagetest.Scored(t, "promotion_scores", lang, "UPDATE score.price SET accepted = NULL"))
		if err != nil {
			t.Fatal(err)
		}
		pagetest.Says(t, p, words[0], words[1])
	}
}
