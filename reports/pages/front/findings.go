package front

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/view"
)

// findingKind is one thing that may be worth a manager's attention: where more is
// said of it, how soon something can be done about it (1 this week, .7 this
// quarter, .4 to know), and the tables that tell.
type findingKind struct {
	name   string
	href   string
	action float64
	tables []string
}

var findingKinds = []findingKind{
	{"silent", "accounts.html", 1, []string{"score.clv", "score.sevenp", "score.gain_loss"}},
	{"falling", "accounts.html", .7, []string{"score.sevenp", "score.gain_loss"}},
	{"overdue", "arrivals.html#late", 1, []string{"core.fact_order_stage"}},
	{"owed", "receivables.html#debtors", 1, []string{"core.fact_receivable", "core.fact_receivable_balance"}},
	{"orphan", "salesforce.html#handover", 1, []string{"score.orphan_account"}},
	{"losing", "profit.html", .7, []string{"score.customer_profit"}},
	{"supplier", "suppliers.html#control", .7, []string{"score.supplier", "score.supplier_alarm"}},
	{"wallet", "future.html#wallet", .7, []string{"score.wallet"}},
	{"campaign", "promotion.html", .7, []string{"score.campaign"}},
	{"dead", "products.html#stock", .7, []string{"score.title", "score.title_matrix"}},
	{"margin", "performance.html#bridge", .4, []string{"score.bridge", "score.bridge_total"}},
	{"forecast", "future.html#demand", .4, []string{"score.forecast", "score.forecast_history", "score.forecast_backtest"}},
}

// The front page names mostFindings at most, and beyond leastFindings only those
// whose weight is leastWeight.
const (
	mostFindings  = 7
	leastFindings = 3
	leastWeight   = .001
)

// finding is what one kind found, with its weight: the share of twelve months' net
// sales at stake × surprise (3 for an alarm, 2 for a change of a fifth or more,
// else 1) × how soon something can be done.
type finding struct {
	kind   findingKind
	weight float64
	n      int64
	amount view.Value
	change view.Value
	who    string
	part   view.Value
	code   string
}

// findings are the findings of the generation, weightiest first; none where the
// scores they come from are not known.
func (c desk) findings(ctx context.Context, net view.Value) ([]finding, error) {
	var all []finding
	for _, kind := range findingKinds {
		known, err := c.allKnown(ctx, kind.tables)
		if err != nil {
			return nil, err
		}
		if !known || !net.Has() || net.Float <= 0 {
			continue
		}
		err = engine.Rows(ctx, c.DB, engine.SQL(statement("finding_"+kind.name)), func(row []any) error {
			f := finding{kind: kind, n: page.Whole(row[0]), amount: page.Value(row[1]), change: page.Value(row[2]), who: page.Text(row[5]), part: page.Value(row[7]), code: page.Text(row[8])}
			if f.n == 0 || !f.amount.Has() || f.amount.Float <= 0 {
				return nil
			}
			if id := page.Text(row[4]); id != "" {
				f.who = c.CustomerName(id, f.who, page.Text(row[6]))
			}
			alarm, _ := row[3].(bool)
			f.weight = f.amount.Float / net.Float * surprise(alarm, f.change) * kind.action
			all = append(all, f)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(all, func(a, b finding) int { return cmp.Compare(b.weight, a.weight) })
	for i := range all {
		if i == mostFindings || i >= leastFindings && all[i].weight < leastWeight {
			return all[:i], nil
		}
	}
	return all, nil
}

func surprise(alarm bool, change view.Value) float64 {
	switch {
	case alarm:
		return 3
	case change.Has() && abs(change.Float) >= .2:
		return 2
	}
	return 1
}

func (c desk) allKnown(ctx context.Context, tables []string) (bool, error) {
	for _, name := range tables {
		schema, table, _ := strings.Cut(name, ".")
		if known, err := c.Known(ctx, schema, table); err != nil || !known {
			return false, err
		}
	}
	return true, nil
}

// findingSection lists the findings with what is at stake, why, and where to read
// on.
func (c desk) findingSection(list []finding) view.Section {
	amounts := make([]view.Value, len(list))
	for i, f := range list {
		amounts[i] = f.amount
	}
	format, unit := c.TableMoney(amounts...)
	t := &view.Table{ID: "findings", Title: c.T("finding.title"), Subtitle: c.T("finding.sub"), Footnotes: []string{c.T("finding.rule"), c.T("foot.privacy")},
		Columns: []view.Column{{Label: c.T("finding.col.what"), Wide: true}, {Label: c.T("finding.col.stake"), Unit: unit, Format: format}, {Label: c.T("finding.col.weight"), Format: view.Format{Style: view.Decimal, Decimals: 1}}, {Label: c.T("finding.col.why"), Wide: true}, {Label: c.T("finding.col.see")}}}
	for i, f := range list {
		slug, _, _ := strings.Cut(f.kind.href, ".")
		see := view.T(c.T("page." + slug))
		see.Href = f.kind.href
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.findingText(f)), amounts[i], view.N(100 * f.weight), view.T(c.findingCause(f)), see}})
	}
	return view.Section{ID: "findings", Title: c.T("finding.section"), Lead: c.T("finding.lead"), Blocks: []view.Block{{Table: t}}}
}

// findingText is the finding in one sentence.
func (c desk) findingText(f finding) string {
	key := "finding." + f.kind.name
	way := "more"
	if f.part.Float < 0 {
		way = "less"
	}
	if f.kind.name == "margin" && way == "less" {
		key += ".less"
	}
	pairs := []string{"n", page.Count(c.Lang, f.n), "amount", c.Amount(f.amount), "change", c.Share(f.change), "effect", c.effect(f), "way", c.T("finding.way." + way)}
	text := c.T(key, pairs...)
	if f.kind.name == "owed" && f.change.Has() {
		way = "more"
		if f.change.Float < 0 {
			way = "less"
		}
		text += c.T("finding.owed."+way, pairs...)
	}
	return text
}

func (c desk) effect(f finding) string {
	switch f.kind.name {
	case "margin":
		return c.T("performance.effect." + f.code)
	case "supplier":
		return c.T("performance.flag." + f.code)
	case "losing":
		if f.code == "" {
			return c.T("member.none")
		}
		return c.T("profit.item." + f.code)
	}
	return ""
}

// findingCause says what is behind it most.
func (c desk) findingCause(f finding) string {
	key := "finding." + f.kind.name + ".why"
	if _, ok := c.Word(key); !ok || f.who == "" && f.code == "" {
		return ""
	}
	return c.T(key, "who", f.who, "part", c.Amount(f.part), "effect", c.effect(f), "share", c.Share(view.Ratio(f.part, f.amount)))
}
