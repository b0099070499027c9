package value

import (
	"context"

	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/view"
)

// causeSection is what makes customers leave, and how they renew.
func (c desk) causeSection(ctx context.Context) ([]view.Section, error) {
	known, err := c.Known(ctx, "score", "hazard")
	if err != nil || !known {
		return nil, err
	}
	hazard, err := c.hazardTable(ctx)
	if err != nil {
		return nil, err
	}
	renewal, err := c.renewalTable(ctx)
	if err != nil {
		return nil, err
	}
	return []view.Section{{ID: "causes", Title: c.T("loyalty.causes"), Lead: c.T("loyalty.causes.lead"), Blocks: []view.Block{{Table: hazard}, {Table: renewal}}}}, nil
}

func (c desk) hazardTable(ctx context.Context) (*view.Table, error) {
	two := view.Format{Style: view.Decimal, Decimals: 2}
	t := &view.Table{ID: "hazard", Title: c.T("hazard.title"), Subtitle: c.T("hazard.sub"), Empty: c.T("table.empty"), Footnotes: []string{c.T("hazard.foot")},
		Columns: []view.Column{{Label: c.T("hazard.what")}, {Label: c.T("hazard.ratio"), Format: two}, {Label: c.T("hazard.low"), Format: two}, {Label: c.T("hazard.high"), Format: two},
			{Label: c.T("hazard.p"), Format: view.Format{Style: view.Decimal, Decimals: 3}}, {Label: c.T("hazard.losses"), Format: view.Integer()}}}
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("loyalty_hazard")), func(row []any) error {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.InLanguage(page.Text(row[0]), page.Text(row[1]))), page.Value(row[2]), page.Value(row[3]), page.Value(row[4]), page.Value(row[5]), page.Value(row[6])}})
		return nil
	})
	return t, err
}

func (c desk) renewalTable(ctx context.Context) (*view.Table, error) {
	n, pct := view.Integer(), view.Pct().Bare()
	t := &view.Table{ID: "renewal", Title: c.T("renewal.title"), Subtitle: c.T("renewal.sub"), Empty: c.T("table.empty"), Footnotes: []string{c.T("renewal.foot")},
		Columns: []view.Column{{Label: c.T("renewal.basis")}, {Label: c.T("renewal.no"), Format: n}, {Label: c.T("renewal.risk"), Format: n}, {Label: c.T("renewal.seen"), Unit: "%", Format: pct},
			{Label: c.T("renewal.fitted"), Unit: "%", Format: pct}, {Label: c.T("renewal.kept"), Unit: "%", Format: pct, Visual: view.Share}}}
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("loyalty_renewal")), func(row []any) error {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.T("renewal.basis." + page.Text(row[0]))), page.Value(row[1]), page.Value(row[2]), page.Value(row[3]), page.Value(row[4]), page.Value(row[5])}})
		return nil
	})
	return t, err
}

// keptTable is retention by customers and by value.
func (c desk) keptTable(ctx context.Context) (*view.Table, error) {
	pct := view.Pct().Bare()
	t := &view.Table{ID: "kept", Title: c.T("retention.title"), Subtitle: c.T("retention.sub"), Empty: c.T("table.empty"), Footnotes: []string{c.T("retention.foot")},
		Columns: []view.Column{{Label: c.T("retention.age"), Format: view.Integer()}, {Label: c.T("retention.cohorts"), Format: view.Integer()}, {Label: c.T("retention.customers"), Unit: "%", Format: pct, Visual: view.Share},
			{Label: c.T("retention.value"), Unit: "%", Format: pct, Visual: view.Share}}}
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("loyalty_kept")), func(row []any) error {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{page.Value(row[0]), page.Value(row[1]), view.Ratio(page.Value(row[2]), page.Value(row[1])), view.Ratio(page.Value(row[4]), page.Value(row[3]))}})
		return nil
	})
	return t, err
}
