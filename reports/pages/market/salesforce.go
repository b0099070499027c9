package market

import (
	"context"
	"fmt"
	"slices"

	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/view"
)

// seller is one row of the scorecard; its sums are those of a team.
type seller struct {
	name, ref, finding                                string
	hasLeft, known                                    bool
	accounts, visits, calls, contacts, buyers, quotes int64
	orphans, fading                                   int64
	net, margin, returns, met, expenses, commission   view.Value
	contribution, discount, attainment                view.Value
	discounted, gross, target, whole                  view.Value
}

// salesforce answers: who brings sales, and who brings profit?
func salesforce(ctx context.Context, k *page.Context) (view.Page, error) {
	c := desk{k}
	p := c.Page("salesforce")
	known, err := c.Known(ctx, "score", "salesperson")
	if err != nil {
		return p, err
	}
	var list []seller
	if known {
		if list, err = c.readSellers(ctx); err != nil {
			return p, err
		}
	}
	if !slices.ContainsFunc(list, func(s seller) bool { return s.known }) { // orders that name nobody say nothing of people
		p.Message = view.Message{Finding: c.T("salesforce.unknown"), Consequence: c.T("salesforce.unknown.so")}
		p.Sections = []view.Section{{ID: "absent", Title: p.Title, Blocks: []view.Block{{Absent: &view.Absent{
			Title: c.T("page.salesforce"), Text: c.T("salesforce.absent"), Tables: []string{"employee", "order_header", "activity", "expense", "commission", "target"}}}}}}
		return p, nil
	}
	all := teamOf(list)
	p.Meta = view.Meta{Unit: c.Lang.Currency(c.Currency), Measure: c.T("salesforce.meta"), Period: c.T("profit.period", "date", view.LongDate(c.Lang, c.AsOf))}
	handover, err := c.handoverTable(ctx, all.orphans)
	if err != nil {
		return p, err
	}
	p.Message = c.sellersMessage(list, all)
	p.Sections = []view.Section{
		{ID: "team", Title: c.T("salesforce.team"), Blocks: []view.Block{{KPIs: c.teamFigures(list, all)}}},
		{ID: "card", Title: c.T("salesforce.card"), Lead: c.T("salesforce.card.lead"), Blocks: []view.Block{{Table: c.sellerTable(list, all)}, {Table: c.workTable(list, all)}}},
		{ID: "handover", Title: c.T("salesforce.handover"), Lead: c.T("salesforce.handover.lead"), Blocks: []view.Block{{Table: handover}}},
	}
	return p, nil
}

func (c desk) readSellers(ctx context.Context) ([]seller, error) {
	var list []seller
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("salesforce_people")), func(row []any) error {
		s := seller{name: page.Text(row[1]), ref: page.Text(row[28]), finding: page.Text(row[21]), accounts: page.Whole(row[4]), visits: page.Whole(row[5]), calls: page.Whole(row[6]), contacts: page.Whole(row[7]),
			buyers: page.Whole(row[8]), quotes: page.Whole(row[9]), orphans: page.Whole(row[19]), fading: page.Whole(row[20]),
			net: page.Zero(page.Value(row[10])), margin: page.Zero(page.Value(row[11])), returns: page.Zero(page.Value(row[12])), met: page.Zero(page.Value(row[13])), expenses: page.Zero(page.Value(row[14])),
			commission: page.Zero(page.Value(row[15])), contribution: page.Value(row[16]), discount: page.Value(row[17]), attainment: page.Value(row[18]),
			discounted: page.Zero(page.Value(row[24])), gross: page.Zero(page.Value(row[25])), target: page.Value(row[26]), whole: page.Value(row[27])}
		s.hasLeft, _ = row[3].(bool)
		s.known = s.name != ""
		if !s.contribution.Has() {
			s.margin = view.Value{} // no cost of what was sold is known
		}
		if !s.known {
			s.name = c.T("member.unknown")
		}
		list = append(list, s)
		return nil
	})
	return list, err
}

// teamOf adds the scorecards up; margin and contribution are of those of whom they
// are known, and not known where they are of nobody.
func teamOf(list []seller) seller {
	zero := view.I(0)
	all := seller{net: zero, returns: zero, met: zero, expenses: zero, commission: zero, discounted: zero, gross: zero}
	for _, s := range list {
		all.accounts, all.visits, all.calls, all.contacts, all.quotes = all.accounts+s.accounts, all.visits+s.visits, all.calls+s.calls, all.contacts+s.contacts, all.quotes+s.quotes
		all.orphans, all.fading = all.orphans+s.orphans, all.fading+s.fading
		for _, sum := range []struct {
			into *view.Value
			of   view.Value
		}{{&all.net, s.net}, {&all.returns, s.returns}, {&all.met, s.met}, {&all.expenses, s.expenses}, {&all.commission, s.commission}, {&all.discounted, s.discounted}, {&all.gross, s.gross}} {
			*sum.into = view.Sum(*sum.into, sum.of)
		}
		if s.contribution.Has() {
			all.margin, all.contribution = view.Sum(all.margin, s.margin), view.Sum(all.contribution, s.contribution)
		}
		if s.target.Has() {
			all.target, all.whole = view.Sum(page.Zero(all.target), s.target), view.Sum(page.Zero(all.whole), page.Zero(s.whole))
		}
	}
	all.discount = view.Ratio(all.discounted, all.gross)
	if all.target.Has() {
		all.attainment = view.Ratio(all.whole, all.target)
	}
	return all
}

// sellersMessage names who sells much and loses, and the accounts nobody holds.
func (c desk) sellersMessage(list []seller, all seller) view.Message {
	first, n := "", 0
	for _, s := range list {
		if s.finding == "large and losing" || s.finding == "losing" {
			if n++; first == "" || s.finding == "large and losing" && n == 1 {
				first = c.T("salesforce.losing", "name", s.name, "net", c.Amount(s.net), "loss", c.Amount(s.contribution))
			}
		}
	}
	m := view.Message{Finding: c.T("salesforce.text", "n", page.Count(c.Lang, int64(len(list))), "net", c.Amount(all.net), "contribution", c.Amount(all.contribution))}
	if !all.contribution.Has() {
		m.Finding = c.T("salesforce.text.net", "n", page.Count(c.Lang, int64(len(list))), "net", c.Amount(all.net))
	}
	switch {
	case all.orphans > 0 && first != "":
		m.Consequence = c.T("flow.two", "first", first, "then", c.T("salesforce.orphans", "n", page.Count(c.Lang, all.orphans), "fading", page.Count(c.Lang, all.fading)))
	case all.orphans > 0:
		m.Consequence = c.T("salesforce.orphans", "n", page.Count(c.Lang, all.orphans), "fading", page.Count(c.Lang, all.fading))
	case first != "":
		m.Consequence = first
	case !all.contribution.Has():
		m.Consequence = c.T("salesforce.so.owned")
	default:
		m.Consequence = c.T("salesforce.so.none")
	}
	return m
}

func (c desk) teamFigures(list []seller, all seller) *view.KPIRow {
	row := &view.KPIRow{ID: "salesforce-data", Title: c.T("salesforce.team")}
	add := func(key string, v view.Value, f view.Format, unit string, better int) {
		row.Items = append(row.Items, view.KPI{Label: c.T("salesforce.kpi." + key), Value: v, Format: f, Unit: unit, Better: better})
	}
	add("people", view.I(int64(len(list))), view.Integer(), "", 0)
	format, unit := c.Money(all.net)
	add("net", all.net, format, unit, 1)
	format, unit = c.Money(all.contribution)
	add("contribution", all.contribution, format, unit, 1)
	add("visits", view.I(all.visits), view.Integer(), "", 0)
	if spent := view.Sum(all.met, all.expenses, all.commission); spent.Float != 0 {
		add("spent", view.Ratio(spent, all.net), view.Pct(), "", -1)
	}
	if all.attainment.Has() {
		add("attainment", all.attainment, view.Pct(), "", 1)
	}
	add("orphans", view.I(all.orphans), view.Integer(), "", -1)
	return row
}

// sellerTable is what every person brought and cost.
func (c desk) sellerTable(list []seller, all seller) *view.Table {
	format, unit := c.TableMoney(all.net)
	money := func(key string) view.Column {
		return view.Column{Label: c.T("salesforce.col." + key), Unit: unit, Format: format}
	}
	t := &view.Table{ID: "sellers", Title: c.T("salesforce.table"), Subtitle: c.T("salesforce.sub", "unit", unit), Footnotes: []string{c.T("salesforce.foot")},
		Columns: []view.Column{{Label: c.T("head.salesperson.name")}, money("net"), {Label: c.T("salesforce.col.discount"), Unit: "%", Format: view.Pct().Bare()}, money("margin"), money("returns"), money("met"), money("expenses"), money("commission"),
			{Label: c.T("salesforce.col.contribution"), Unit: unit, Format: format, Visual: view.Variance, Better: 1}, {Label: c.T("salesforce.col.attainment"), Unit: "%", Format: view.Pct().Bare()}, {Label: c.T("performance.col.finding")}}}
	row := func(kind view.RowKind, s seller) {
		finding := ""
		switch s.finding {
		case "large and losing":
			finding = c.T("salesforce.finding.large")
		case "losing":
			finding = c.T("salesforce.finding.losing")
		case "left accounts":
			finding = c.T("salesforce.finding.left")
		}
		t.Rows = append(t.Rows, view.Row{Kind: kind, Cells: []view.Value{c.Linked(view.T(s.name), "salesperson.name", s.ref), s.net, s.discount, s.margin, s.returns, s.met, s.expenses, s.commission, s.contribution, s.attainment, view.T(finding)}})
	}
	for _, s := range list {
		row(view.Leaf, s)
	}
	all.name = c.T("row.total")
	row(view.Total, all)
	return t
}

// workTable is what every person did.
func (c desk) workTable(list []seller, all seller) *view.Table {
	t := &view.Table{ID: "work", Title: c.T("salesforce.work"), Subtitle: c.T("salesforce.work.sub"), Columns: []view.Column{{Label: c.T("head.salesperson.name")}}}
	for _, key := range []string{"accounts", "buyers", "contacts", "visits", "calls", "quotes", "orphans", "fading"} {
		column := view.Column{Label: c.T("salesforce.col." + key), Format: view.Integer()}
		if key == "buyers" {
			column.Total = "≠" // a customer may buy of several people
		}
		t.Columns = append(t.Columns, column)
	}
	row := func(kind view.RowKind, s seller, buyers view.Value) {
		t.Rows = append(t.Rows, view.Row{Kind: kind, Cells: []view.Value{view.T(s.name), view.I(s.accounts), buyers, view.I(s.contacts), view.I(s.visits), view.I(s.calls), view.I(s.quotes), view.I(s.orphans), view.I(s.fading)}})
	}
	for _, s := range list {
		row(view.Leaf, s, view.I(s.buyers))
	}
	all.name = c.T("row.total")
	row(view.Total, all, view.NA())
	return t
}

// handoverTable lists the accounts without an owner with what is open with them.
func (c desk) handoverTable(ctx context.Context, n int64) (*view.Table, error) {
	const most = 40
	var rows [][]any
	largest := view.I(0)
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("salesforce_orphans"), most), func(row []any) error {
		rows = append(rows, append([]any(nil), row...))
		if v := page.Zero(page.Value(row[5])); v.Float > largest.Float {
			largest = v
		}
		return nil
	})
	format, unit := c.TableMoney(largest)
	count, date := view.Integer(), view.Format{Style: view.DayDate}
	t := &view.Table{ID: "handover-list", Title: c.T("salesforce.handover.table"), Subtitle: c.T("salesforce.sub", "unit", unit), Empty: c.T("salesforce.so.owned"),
		Columns: []view.Column{{Label: c.T("col.customer")}, {Label: c.T("salesforce.col.was")}, {Label: c.T("salesforce.col.fades")}, {Label: c.T("performance.col.before"), Unit: unit, Format: format}, {Label: c.T("performance.col.since"), Unit: unit, Format: format},
			{Label: c.T("col.lastorder"), Format: date}, {Label: c.T("salesforce.col.lastcontact"), Format: date}, {Label: c.T("salesforce.col.open"), Format: count}, {Label: c.T("salesforce.col.openvalue"), Unit: unit, Format: format},
			{Label: c.T("salesforce.col.quotes"), Format: count}, {Label: c.T("salesforce.col.promises"), Format: count}, {Label: c.T("salesforce.col.opportunities"), Format: count}, {Label: c.T("salesforce.col.tickets"), Format: count},
			{Label: c.T("salesforce.col.overdue"), Unit: unit, Format: format}}}
	for _, row := range rows {
		fades := ""
		if is, _ := row[7].(bool); is {
			fades = c.T("salesforce.fades")
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.CustomerName(page.Text(row[0]), page.Text(row[1]), page.Text(row[2]))), view.T(page.Text(row[3])), view.T(fades), page.Value(row[5]), page.Value(row[6]), page.Value(row[8]), page.Value(row[9]),
			page.Value(row[10]), page.Value(row[11]), page.Value(row[12]), page.Value(row[13]), page.Value(row[14]), page.Value(row[15]), page.Value(row[16])}})
	}
	if rest := n - int64(len(rows)); rest > 0 {
		t.Shown = c.T("salesforce.shown", "n", fmt.Sprint(len(rows)), "of", page.Count(c.Lang, n))
	}
	if len(rows) > 0 {
		t.Footnotes = []string{c.T("salesforce.handover.foot"), c.T("foot.privacy")}
	}
	return t, err
}
