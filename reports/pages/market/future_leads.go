package market

import (
	"context"
	"fmt"

	"verso/reports/page"
	"verso/reports/view"
)

// leadSection is which leads and opportunities to go after.
func (c desk) leadSection(ctx context.Context, _ *outlook) (view.Section, error) {
	s := view.Section{ID: "leads", Title: c.T("future.leads"), Lead: c.T("future.leads.lead")}
	reading, err := c.readingOf(ctx, "leads")
	if err != nil {
		return s, err
	}
	leads, err := c.leadTable(ctx)
	if err != nil {
		return s, err
	}
	deals, err := c.opportunityTable(ctx)
	s.Blocks = []view.Block{{Note: &view.Note{Text: reading}}, {Table: leads}, {Table: deals}}
	return s, err
}

// why joins the reasons of a row, from the first of their four columns on.
func (c desk) why(row []any, from int) view.Value {
	first := c.InLanguage(page.Text(row[from]), page.Text(row[from+2]))
	second := c.InLanguage(page.Text(row[from+1]), page.Text(row[from+3]))
	switch {
	case first == "":
		return view.T(c.T("future.base"))
	case second == "":
		return view.T(first)
	}
	return view.T(first + c.T("list.semicolon") + second)
}

func (c desk) leadTable(ctx context.Context) (*view.Table, error) {
	rows, every, err := c.read(ctx, "future_leads", 15)
	if err != nil {
		return nil, err
	}
	format, unit := c.TableMoney(column(rows, 6)...)
	t := &view.Table{ID: "best-leads", Title: c.T("future.bestleads"), Subtitle: c.T("future.bestleads.sub"), Empty: c.T("future.noleads"), Shown: c.shown(len(rows), every),
		Columns: []view.Column{{Label: c.T("future.lead")}, {Label: c.T("future.source")}, {Label: c.T("head.region.area")}, {Label: c.T("future.since"), Format: view.Format{Style: view.DayDate}},
			{Label: c.T("future.chance"), Unit: "%", Format: view.Pct().Bare()}, {Label: c.T("future.margin"), Unit: unit, Format: format, Visual: view.Share}, {Label: c.T("future.why"), Wide: true}}}
	for _, row := range rows {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(fmt.Sprint(page.Whole(row[0]))), view.T(c.MemberLabel("lead.source", row[1])), c.Area(row[2], row[3]), page.Value(row[4]), page.Value(row[5]), page.Value(row[6]), c.why(row, 7)}})
	}
	return t, nil
}

func (c desk) opportunityTable(ctx context.Context) (*view.Table, error) {
	rows, every, err := c.read(ctx, "future_opportunities", 15)
	if err != nil {
		return nil, err
	}
	format, unit := c.TableMoney(column(rows, 4)...)
	t := &view.Table{ID: "best-opportunities", Title: c.T("future.deals"), Subtitle: c.T("future.deals.sub"), Empty: c.T("future.nodeals"), Shown: c.shown(len(rows), every), Footnotes: []string{c.T("foot.privacy")},
		Columns: []view.Column{{Label: c.T("col.customer")}, {Label: c.T("head.customer.type")}, {Label: c.T("future.since"), Format: view.Format{Style: view.DayDate}}, {Label: c.T("future.amount"), Unit: unit, Format: format},
			{Label: c.T("future.chance"), Unit: "%", Format: view.Pct().Bare()}, {Label: c.T("future.margin"), Unit: unit, Format: format, Visual: view.Share}, {Label: c.T("future.why"), Wide: true}}}
	for _, row := range rows {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.CustomerName(page.Text(row[0]), page.Text(row[1]), page.Text(row[2]))), c.KindOf(row[2]), page.Value(row[3]), page.Value(row[4]), page.Value(row[5]), page.Value(row[6]), c.why(row, 7)}})
	}
	return t, nil
}
