package value

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"verso/olap/engine"
	"verso/olap/olaptest"
	"verso/reports/page"
	"verso/reports/page/pagetest"
	"verso/reports/view"
)

// The page adds up to the same value in its figures, by tenths and by size, and
// says what the statements by hand say.
func TestCLVPage(t *testing.T) {
	for _, lang := range []string{"en", "zh"} {
		c := pagetest.Scored(t, "clv_scores", lang)
		p, err := clv(context.Background(), c)
		if err != nil {
			t.Fatal(err)
		}
		pagetest.CheckWhole(t, p)
		pagetest.Golden(t, "clv.scored."+lang+".txt", pagetest.Outline(p))
		row, err := engine.One(context.Background(), c.DB, engine.SQL("SELECT sum(clv), (SELECT sum(clv) FROM (SELECT clv FROM score.clv ORDER BY clv DESC LIMIT 3)) / sum(clv) FROM score.clv"))
		if err != nil {
			t.Fatal(err)
		}
		value, share := page.Value(row[0]), page.Value(row[1])
		if !strings.Contains(p.Message.Finding, c.Amount(value)) || !strings.Contains(p.Message.Finding, c.Share(share)) {
			t.Errorf("%s does not say %s and %s", p.Message.Finding, c.Amount(value), c.Share(share))
		}
		sums := 0
		for _, s := range p.Sections {
			for _, b := range s.Blocks {
				if b.Table == nil || len(b.Table.Rows) == 0 || b.Table.Rows[len(b.Table.Rows)-1].Kind != view.Total {
					continue
				}
				sums++
				last := b.Table.Rows[len(b.Table.Rows)-1].Cells
				found := false
				for _, cell := range last {
					found = found || cell.Has() && cell.ExactText() == value.ExactText()
				}
				if !found {
					t.Errorf("%s does not add up to %s", b.Table.ID, value.ExactText())
				}
			}
		}
		if sums != 2 {
			t.Errorf("%d tables with totals, want 2", sums)
		}
	}
}

// Where the purchases do not tell that anybody leaves, no number says who is still a
// customer; where they tell it of some, the others are counted.
func TestCLVWithoutAWayToLeave(t *testing.T) {
	for statement, words := range map[string][2][]string{
		"UPDATE score.clv SET p_alive = NULL":                          {{"Who is still a customer cannot be told", "do not show that anybody leaves"}, {"P(alive) by silence", "expected, of"}},
		"UPDATE score.clv SET p_alive = NULL WHERE customer_key <= 10": {{"expected, of 20 who", "Of 10 more customers it cannot be told"}, {"Who is still a customer cannot be told"}},
	} {
		p, err := clv(context.Background(), pagetest.Scored(t, "clv_scores", "en", statement))
		if err != nil {
			t.Fatal(err)
		}
		pagetest.Says(t, p, words[0], words[1])
	}
}

// Without margins, with a few customers, without a test, and with nobody.
func TestCLVAtTheEdges(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "clv_scores.sql"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, statement, finding, so string }{
		{"no margin", "UPDATE score.clv SET clv = NULL", "no margin is known to value them by", "Held against the last 52 weeks"},
		{"three customers", "DELETE FROM score.clv WHERE customer_key > 3", "3 customers are expected to bring", "Held against"},
		{"no test", "DELETE FROM score.clv_holdout; DELETE FROM card.metric WHERE name LIKE 'backtest%'; DELETE FROM card.parameter WHERE name LIKE 'backtest%'", "30 customers", "untested"},
		{"nobody", "DELETE FROM score.clv", "cannot be told", "came again"},
		{"an older warehouse", "DROP TABLE score.clv_holdout", "30 customers", "untested"},
		{"all worth less than nothing", "UPDATE score.clv SET clv = -1 - customer_key", "30 customers are expected to bring", "Held against"},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := olaptest.Star(t)
			pagetest.Exec(t, db, string(text), c.statement)
			for _, lang := range []string{"en", "zh"} {
				p, err := clv(context.Background(), pagetest.Context(t, db, lang))
				if err != nil {
					t.Fatal(err)
				}
				pagetest.CheckWhole(t, p)
				if lang == "en" && (!strings.Contains(p.Message.Finding, c.finding) || !strings.Contains(p.Message.Consequence, c.so)) {
					t.Errorf("message:\n%s\n%s", p.Message.Finding, p.Message.Consequence)
				}
			}
		})
	}
}
