package risk

import (
	"context"
	"fmt"

	"verso/reports/page"
	"verso/reports/view"
)

const (
	returnedShown = 10
	contractShown = 12
)

// lossSections tell what lost customers had named, how long those of each type stay, who
// came back, and which contracts end.
func (c desk) lossSections(ctx context.Context) ([]view.Section, error) {
	causes, err := c.causeBlocks(ctx)
	if err != nil {
		return nil, err
	}
	stay, err := c.stayBlocks(ctx)
	if err != nil {
		return nil, err
	}
	contracts, err := c.contractBlock(ctx)
	if err != nil {
		return nil, err
	}
	return []view.Section{
		{ID: "causes", Title: c.T("churn.causes"), Lead: c.T("churn.causes.lead"), Blocks: causes},
		{ID: "stay", Title: c.T("churn.stay"), Lead: c.T("churn.stay.lead"), Blocks: stay},
		{ID: "contracts", Title: c.T("churn.contracts"), Lead: c.T("churn.contracts.lead"), Blocks: []view.Block{contracts}},
	}, nil
}

// causeBlocks are the causes by customers and value, and their incidence; where nothing
// was named, which tables would tell.
func (c desk) causeBlocks(ctx context.Context) ([]view.Block, error) {
	absent := []view.Block{{Absent: &view.Absent{Title: c.T("churn.causes"), Text: c.T("churn.causes.absent"), Tables: []string{"opportunity", "ticket"}}}}
	if known, err := c.Known(ctx, "score", "churn_cause_curve"); err != nil || !known {
		return absent, err
	}
	rows, err := c.read(ctx, "churn_cause")
	if err != nil {
		return nil, err
	}
	named := false
	for _, row := range rows {
		named = named || page.Text(row[12]) != ""
	}
	if !named {
		return absent, nil
	}
	format, unit := c.TableMoney(column(rows, 8)...)
	t := &view.Table{ID: "churn-causes", Title: c.T("churn.causes.table"), Subtitle: c.T("churn.causes.sub"), Footnotes: []string{c.T("churn.causes.foot")},
		Columns: []view.Column{{Label: c.T("churn.causes.cause")}, {Label: c.T("churn.causes.source")}, {Label: c.T("churn.causes.lost"), Format: view.Integer(), Visual: view.Share}, {Label: c.T("churn.causes.share"), Unit: "%", Format: bare()}, {Label: c.T("churnmodel.low"), Unit: "%", Format: bare()}, {Label: c.T("churnmodel.high"), Unit: "%", Format: bare()},
			{Label: c.T("churn.causes.kept"), Unit: "%", Format: bare()}, {Label: c.T("churn.causes.value"), Unit: unit, Format: format, Visual: view.Share}, {Label: c.T("churn.causes.three"), Unit: "%", Format: bare()}}}
	for _, row := range rows {
		name, source := c.T("churn.causes.none"), ""
		if page.Text(row[12]) != "" {
			name, source = c.causeName(row[0], row[1]), c.T("churn.causes."+page.Text(row[2]))
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(name), view.T(source), page.Value(row[3]), page.Value(row[4]), page.Value(row[5]), page.Value(row[6]), page.Value(row[7]), page.Value(row[8]), page.Value(row[9])}})
	}
	chart, err := c.causeChart(ctx)
	if err != nil || chart == nil {
		return []view.Block{{Table: t}}, err
	}
	return []view.Block{{Table: t}, {Chart: chart}}, nil
}

// causeName is a cause in the language of the page: as verso knows it, else as the
// source names it.
func (c desk) causeName(en, zh any) string {
	if known := c.MemberLabel("loss.cause", en); known != page.Text(en) {
		return known
	}
	return c.InLanguage(page.Text(en), page.Text(zh))
}

// causeChart is the cumulative incidence of the causes named most; nil without any.
func (c desk) causeChart(ctx context.Context) (*view.Chart, error) {
	rows, err := c.read(ctx, "churn_cause_curve")
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	ch := &view.Chart{ID: "churn-incidence", Kind: view.Lines, Title: c.T("churn.incidence"), Subtitle: c.T("churn.incidence.sub"), Insight: c.T("churn.incidence.text"), Format: view.Pct(), Better: -1, XName: c.T("churn.incidence.x")}
	ch.Table = view.Table{Title: ch.Title, Columns: []view.Column{{Label: c.T("churn.causes.cause")}, {Label: c.T("churn.incidence.x"), Format: view.Integer()}, {Label: c.T("churn.incidence.risk"), Format: view.Integer()},
		{Label: c.T("churn.incidence.share"), Unit: "%", Format: bare()}, {Label: c.T("churnmodel.low"), Unit: "%", Format: bare()}, {Label: c.T("churnmodel.high"), Unit: "%", Format: bare()}}}
	for _, row := range rows {
		place := int(page.Whole(row[0]))
		name := c.causeName(row[1], row[2])
		if place > len(ch.Series) {
			role := view.Other
			if place == 1 {
				role = view.AC
			}
			ch.Series = append(ch.Series, view.Series{Name: name, Role: role})
		}
		if place == 1 {
			ch.Categories = append(ch.Categories, fmt.Sprint(page.Whole(row[3])))
		}
		s := &ch.Series[place-1]
		s.Values, s.Low, s.High = append(s.Values, page.Value(row[4])), append(s.Low, page.Value(row[5])), append(s.High, page.Value(row[6]))
		ch.Table.Rows = append(ch.Table.Rows, view.Row{Cells: []view.Value{view.T(name), page.Value(row[3]), page.Value(row[7]), page.Value(row[4]), page.Value(row[5]), page.Value(row[6])}})
	}
	return ch, nil
}

// stayBlocks are how long customers of each type stay, and who came back.
func (c desk) stayBlocks(ctx context.Context) ([]view.Block, error) {
	var blocks []view.Block
	known, err := c.Known(ctx, "score", "survival")
	if err != nil {
		return nil, err
	}
	if known {
		rows, err := c.read(ctx, "churn_survival")
		if err != nil {
			return nil, err
		}
		t := &view.Table{ID: "churn-survival", Title: c.T("churn.survival"), Subtitle: c.T("churn.survival.sub"), Empty: c.T("churn.survival.none"), Footnotes: []string{c.T("churn.survival.foot")},
			Columns: []view.Column{{Label: c.T("head.customer.type")}, {Label: c.T("churn.survival.years"), Format: view.Integer()}, {Label: c.T("churn.incidence.risk"), Format: view.Integer()}, {Label: c.T("churn.survival.share"), Unit: "%", Format: bare(), Visual: view.Share},
				{Label: c.T("churnmodel.low"), Unit: "%", Format: bare()}, {Label: c.T("churnmodel.high"), Unit: "%", Format: bare()}}}
		for _, row := range rows {
			label := c.KindOf(row[0])
			switch page.Text(row[0]) {
			case "(all)":
				label = view.T(c.T("churn.survival.all"))
			case "", "(none)":
				label = view.T(c.T("churn.notype"))
			}
			t.Rows = append(t.Rows, view.Row{Cells: []view.Value{label, page.Value(row[1]), page.Value(row[2]), page.Value(row[3]), page.Value(row[4]), page.Value(row[5])}})
		}
		charts, err := c.stayCharts(ctx)
		if err != nil {
			return nil, err
		}
		blocks = append(append(blocks, charts...), view.Block{Table: t})
	}
	rows, err := c.read(ctx, "churn_returned", returnedShown)
	if err != nil {
		return nil, err
	}
	format, unit := c.TableMoney(column(rows, 5)...)
	t := &view.Table{ID: "churn-returned", Title: c.T("churn.returned"), Subtitle: c.T("churn.returned.sub"), Empty: c.T("churn.returned.none"), Footnotes: []string{c.T("foot.privacy")},
		Columns: []view.Column{{Label: c.T("col.customer")}, {Label: c.T("churn.returned.on"), Format: view.Format{Style: view.DayDate}}, {Label: c.T("watchlist.probability"), Unit: "%", Format: bare()}, {Label: c.T("churn.value"), Unit: unit, Format: format}}}
	for _, row := range rows {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{c.customer(row, 0), page.Value(row[3]), page.Value(row[4]), page.Value(row[5])}})
	}
	if len(rows) == returnedShown {
		t.Shown = c.T("churn.changes.shown", "n", fmt.Sprint(returnedShown))
	}
	return append(blocks, view.Block{Table: t}), nil
}

// contractBlock is the contracts that end within a year.
func (c desk) contractBlock(ctx context.Context) (view.Block, error) {
	absent := view.Block{Absent: &view.Absent{Title: c.T("churn.contracts"), Text: c.T("churn.contracts.absent"), Tables: []string{"contract"}}}
	for _, name := range [][2]string{{"feature", "renewal"}, {"score", "contract_retention"}, {"core", "fact_contract"}} {
		if known, err := c.Known(ctx, name[0], name[1]); err != nil || !known {
			return absent, err
		}
	}
	all, err := c.read(ctx, "churn_contracts")
	if err != nil || page.Whole(all[0][0]) == 0 {
		return absent, err
	}
	rows, err := c.read(ctx, "churn_contract", contractShown)
	if err != nil {
		return absent, err
	}
	format, unit := c.TableMoney(append(column(rows, 5), column(rows, 9)...)...)
	n := view.Integer()
	t := &view.Table{ID: "churn-contracts", Title: c.T("churn.contracts.table"), Subtitle: c.T("churn.contracts.sub", "running", page.Count(c.Lang, page.Whole(all[0][1])), "ended", page.Count(c.Lang, page.Whole(all[0][2])), "renewed", page.Count(c.Lang, page.Whole(all[0][3]))), Empty: c.T("churn.contracts.none"), Footnotes: []string{c.T("churn.contracts.foot"), c.T("foot.privacy")},
		Columns: []view.Column{{Label: c.T("col.customer")}, {Label: c.T("churn.contracts.end"), Format: view.Format{Style: view.DayDate}}, {Label: c.T("churn.contracts.days"), Format: n}, {Label: c.T("churn.contracts.value"), Unit: unit, Format: format}, {Label: c.T("churn.contracts.passed"), Format: n},
			{Label: c.T("churn.contracts.renew"), Unit: "%", Format: bare()}, {Label: c.T("churn.contracts.stop"), Unit: "%", Format: bare()}, {Label: c.T("churn.atstake"), Unit: unit, Format: format}}}
	for _, row := range rows {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{c.customer(row, 0), page.Value(row[3]), page.Value(row[4]), page.Value(row[5]), page.Value(row[6]), page.Value(row[7]), page.Value(row[8]), page.Value(row[9])}})
	}
	if len(rows) == contractShown {
		t.Shown = c.T("churn.changes.shown", "n", fmt.Sprint(contractShown))
	}
	return view.Block{Table: t}, nil
}
