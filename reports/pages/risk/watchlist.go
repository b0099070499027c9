package risk

import (
	"context"
	"fmt"

	"verso/reports/page"
	"verso/reports/view"
)

const listed = 40 // customers on the page

// watchlist answers: whom shall we call, why, and what is it worth?
func watchlist(ctx context.Context, k *page.Context) (view.Page, error) {
	c := desk{k}
	p := c.Page("watchlist")
	s, err := c.scored(ctx)
	if err != nil {
		return p, err
	}
	if s.customers == 0 {
		return c.absent(p), nil
	}
	rows, err := c.read(ctx, "watchlist", listed)
	if err != nil {
		return p, err
	}
	people, err := c.peopleTable(ctx)
	if err != nil {
		return p, err
	}
	offer, err := c.offer(ctx)
	if err != nil {
		return p, err
	}
	p.Meta = view.Meta{Measure: c.T(s.word("watchlist.meta")), Unit: c.Lang.Currency(c.Currency), Period: c.T("loyalty.period", "date", view.LongDate(c.Lang, c.AsOf))}
	p.Message = c.watchMessage(rows, s)
	p.Sections = []view.Section{
		{ID: "list", Title: c.T("watchlist.list"), Lead: c.T("watchlist.list.lead"), Blocks: []view.Block{{Table: c.watchTable(rows, s)}}},
		{ID: "people", Title: c.T("watchlist.people"), Lead: c.T("watchlist.people.lead"), Blocks: []view.Block{{Table: people}}},
		{ID: "measure", Title: c.T("watchlist.measure"), Lead: c.T("watchlist.measure.lead"), Blocks: []view.Block{{Note: &view.Note{Text: offer}}, {Note: &view.Note{Text: c.T("watchlist.holdout")}}}},
	}
	return p, nil
}

// watchMessage names the three to call first.
func (c desk) watchMessage(rows [][]any, s atRisk) view.Message {
	if len(rows) == 0 {
		return view.Message{Finding: c.T("watchlist.text.none", "n", page.Count(c.Lang, s.customers)), Consequence: c.T("watchlist.so.none")}
	}
	names, n := "", 0
	for _, row := range rows {
		if held, _ := row[11].(bool); held || n == 3 {
			continue
		}
		if n++; names != "" {
			names += c.T("list.comma")
		}
		names += c.customer(row, 1).Text
	}
	m := view.Message{Finding: c.T("watchlist.text", "n", page.Count(c.Lang, s.listed)), Consequence: c.T("watchlist.so.held")}
	if names != "" {
		m.Consequence = c.T("watchlist.so", "names", names)
	}
	return m
}

func (c desk) watchTable(rows [][]any, s atRisk) *view.Table {
	format, unit := c.TableMoney(column(rows, 9)...)
	t := &view.Table{ID: "watchlist", Title: c.T("watchlist.table"), Subtitle: c.T(s.word("watchlist.table.sub")), Empty: c.T("watchlist.none"), Footnotes: []string{c.T("watchlist.foot"), c.T("foot.privacy")},
		Columns: []view.Column{{Label: c.T("col.customer"), Wide: true}, {Label: c.T("watchlist.person")}, {Label: c.T("watchlist.last"), Format: view.Format{Style: view.DayDate}},
			{Label: c.T("watchlist.probability"), Unit: "%", Format: bare()}, {Label: c.T("churn.atstake"), Unit: unit, Format: format},
			{Label: c.T("watchlist.gain"), Unit: unit, Format: format}, {Label: c.T("watchlist.act")}, {Label: c.T("watchlist.why"), Wide: true}}}
	for _, row := range rows {
		act := c.T("watchlist.act.call")
		if held, _ := row[11].(bool); held {
			act = c.T("watchlist.act.hold")
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{c.customer(row, 1), view.T(page.Text(row[4])), page.Value(row[5]), page.Value(row[7]), page.Value(row[9]),
			page.Value(row[10]), view.T(act), c.reasons(row, 12)}})
	}
	if s.listed > int64(len(rows)) {
		t.Shown = c.T("watchlist.shown", "n", fmt.Sprint(len(rows)), "all", page.Count(c.Lang, s.listed))
	}
	return t
}

func (c desk) peopleTable(ctx context.Context) (*view.Table, error) {
	rows, err := c.read(ctx, "watchlist_people")
	if err != nil {
		return nil, err
	}
	format, unit := c.TableMoney(append(column(rows, 3), column(rows, 4)...)...)
	n := view.Integer()
	t := &view.Table{ID: "watchlist-people", Title: c.T("watchlist.people.table"), Empty: c.T("watchlist.none"),
		Columns: []view.Column{{Label: c.T("watchlist.person")}, {Label: c.T("col.customers"), Format: n}, {Label: c.T("watchlist.held"), Format: n}, {Label: c.T("churn.atstake"), Unit: unit, Format: format, Visual: view.Share},
			{Label: c.T("watchlist.gain"), Unit: unit, Format: format}, {Label: c.T("watchlist.first"), Wide: true}}}
	sums := [4]view.Value{view.I(0), view.I(0), view.I(0), view.I(0)}
	for _, row := range rows {
		names := ""
		for k := 5; k <= 11; k += 3 {
			if page.Text(row[k]) == "" {
				continue
			}
			if names != "" {
				names += c.T("list.semicolon")
			}
			names += c.customer(row, k).Text
		}
		person := page.Text(row[0])
		if person == "" {
			person = c.T("watchlist.nobody")
		}
		for i := range sums {
			sums[i] = view.Sum(sums[i], page.Value(row[1+i]))
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(person), page.Value(row[1]), page.Value(row[2]), page.Value(row[3]), page.Value(row[4]), view.T(names)}})
	}
	if len(rows) > 0 {
		t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: []view.Value{view.T(c.T("row.total")), sums[0], sums[1], sums[2], sums[3], {}}})
	}
	return t, nil
}

// offer is what acting is taken to do, in words.
func (c desk) offer(ctx context.Context) (string, error) {
	if c.Lacks("card.parameter") {
		return "", nil
	}
	rows, err := c.read(ctx, "watchlist_offer")
	if err != nil || len(rows) == 0 {
		return "", err
	}
	row := rows[0]
	return c.T("watchlist.offer", "rate", c.Share(page.Value(row[0])), "cost", view.Show(c.Lang, page.Value(row[1]), view.Format{Style: view.Decimal, Decimals: 2}), "currency", c.Lang.Currency(c.Currency),
		"because", c.InLanguage(page.Text(row[2]), page.Text(row[3]))), nil
}
