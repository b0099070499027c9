package value

import (
	"context"
	"fmt"
	"strings"

	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/view"
)

// profiled is one segment by habits.
type profiled struct {
	english          string // the name that is its key
	name             string
	customers, known int64
	net, worth       view.Value
	loyalty          view.Value
	verdict          string
}

// profile answers: what kinds of customers have we, who moved up or down, and
// what do we not know of them?
func profile(ctx context.Context, k *page.Context) (view.Page, error) {
	c := desk{k}
	p := c.Page("profile")
	known, err := c.Known(ctx, "score", "customer_segment")
	if err != nil {
		return p, err
	}
	var list []profiled
	var moves []flow
	if known {
		if list, err = c.readSegments(ctx); err != nil {
			return p, err
		}
		if moves, err = c.readFlows(ctx); err != nil {
			return p, err
		}
	}
	if len(list) == 0 && len(moves) == 0 {
		p.Message = view.Message{Finding: c.T("profile.unknown"), Consequence: c.T("profile.unknown.so")}
		p.Sections = []view.Section{{ID: "absent", Title: p.Title, Blocks: []view.Block{{Absent: &view.Absent{
			Title: c.T("page.profile"), Text: c.T("profile.absent"), Tables: []string{"order_header", "order_line", "customer"}}}}}}
		return p, nil
	}
	p.Meta = view.Meta{Unit: c.Lang.Currency(c.Currency), Measure: c.T("profile.meta"), Period: c.T("loyalty.period", "date", view.LongDate(c.Lang, c.AsOf))}
	p.Message = view.Message{Finding: c.profileFinding(list), Consequence: c.profileConsequence(moves)}
	for _, section := range []func(context.Context) (view.Section, error){
		func(ctx context.Context) (view.Section, error) { return c.segmentSection(ctx, list) },
		func(ctx context.Context) (view.Section, error) { return c.moveSection(ctx, moves) },
		c.heldSection, c.knownSection,
	} {
		s, err := section(ctx)
		if err != nil {
			return p, err
		}
		p.Sections = append(p.Sections, s)
	}
	return p, nil
}

func (c desk) readSegments(ctx context.Context) ([]profiled, error) {
	var list []profiled
	err := engine.Rows(ctx, c.DB, engine.SQL(c.part("profile_segments", "score.segment_profile")), func(row []any) error {
		list = append(list, profiled{english: page.Text(row[1]), name: c.InLanguage(page.Text(row[1]), page.Text(row[2])), customers: page.Whole(row[3]), known: page.Whole(row[4]),
			net: page.Value(row[5]), worth: page.Value(row[6]), loyalty: page.Value(row[7]), verdict: page.Text(row[8])})
		return nil
	})
	return list, err
}

func (c desk) profileFinding(list []profiled) string {
	if len(list) == 0 {
		return c.T("profile.none")
	}
	var all int64
	for _, s := range list {
		all += s.customers
	}
	names := make([]string, len(list))
	for i, s := range list {
		names[i] = c.T("profile.kind", "name", s.name, "share", c.Share(view.Ratio(view.I(s.customers), view.I(all))))
	}
	return c.T("profile.text", "n", fmt.Sprint(len(list)), "names", strings.Join(names, c.T("list.comma")))
}

func (c desk) segmentSection(ctx context.Context, list []profiled) (view.Section, error) {
	s := view.Section{ID: "segments", Title: c.T("profile.segments"), Lead: c.T("profile.segments.lead")}
	s.Blocks = []view.Block{{Table: c.segmentTable(list)}}
	if c.Lacks("score.segment_profile") {
		s.Blocks = append(s.Blocks, c.WholeOnly(c.T("profile.tells")))
		return s, nil
	}
	tells, err := c.tellsTable(ctx)
	s.Blocks = append(s.Blocks, view.Block{Table: tells})
	return s, err
}

func (c desk) segmentTable(list []profiled) *view.Table {
	n := view.Integer()
	var all profiled
	largest := view.I(0)
	for _, s := range list {
		all.customers, all.known = all.customers+s.customers, all.known+s.known
		all.net, all.worth = view.Sum(page.Zero(all.net), page.Zero(s.net)), view.Sum(page.Zero(all.worth), page.Zero(s.worth))
		if s.net.Float > largest.Float {
			largest = s.net
		}
	}
	format, unit := c.TableMoney(largest)
	t := &view.Table{ID: "segment-table", Title: c.T("profile.segments.table"), Subtitle: c.T("profile.segments.sub"), Empty: c.T("profile.none"), Footnotes: []string{c.T("profile.segments.foot")},
		Columns: []view.Column{{Label: c.T("profile.segment")}, {Label: c.T("col.customers"), Format: n}, {Label: c.T("profile.share"), Unit: "%", Format: view.Pct().Bare()},
			{Label: c.T("profile.habits"), Format: n}, {Label: c.T("profile.net"), Unit: unit, Format: format, Visual: view.Share}, {Label: c.T("profile.worth"), Unit: unit, Format: format},
			{Label: c.T("loyalty.index"), Format: n}, {Label: c.T("profile.again")}}}
	if len(list) == 0 {
		return t
	}
	for _, s := range list {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{c.Linked(view.T(s.name), "customer.segment", s.english), view.I(s.customers), view.Ratio(view.I(s.customers), view.I(all.customers)), view.I(s.known),
			s.net, s.worth, s.loyalty, view.T(c.T("profile.verdict." + s.verdict))}})
	}
	t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: []view.Value{view.T(c.T("row.total")), view.I(all.customers), view.Ratio(view.I(all.customers), view.I(all.customers)), view.I(all.known), all.net, all.worth, {}, {}}})
	return t
}

// tellsTable is what tells the segments apart, the strongest measures first.
func (c desk) tellsTable(ctx context.Context) (*view.Table, error) {
	const most = 4
	t := &view.Table{ID: "tells", Title: c.T("profile.tells"), Subtitle: c.T("profile.tells.sub"), Empty: c.T("profile.none"), Footnotes: []string{c.T("profile.tells.foot")},
		Columns: []view.Column{{Label: c.T("profile.segment")}, {Label: c.T("profile.feature")}, {Label: c.T("profile.mean")}, {Label: c.T("profile.others")},
			{Label: c.T("profile.difference"), Format: view.Format{Style: view.Decimal, Decimals: 1, Signed: true}}}}
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("profile_tells"), most), func(row []any) error {
		label := view.T(c.InLanguage(page.Text(row[1]), page.Text(row[2])))
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{label, view.T(c.InLanguage(page.Text(row[3]), page.Text(row[4]))), c.measured(page.Value(row[6]), page.Text(row[5])),
			c.measured(page.Value(row[7]), page.Text(row[5])), page.Value(row[8])}})
		return nil
	})
	return t, err
}

// measured writes a measure of a segment by its unit.
func (c desk) measured(v view.Value, unit string) view.Value {
	switch {
	case !v.Has():
		return view.Value{}
	case unit == "share":
		return view.T(c.Share(v))
	case unit == "report currency":
		return view.T(c.Amount(v))
	case v.Float >= 100:
		return view.T(view.Figure(c.Lang, v.Float, 0, false))
	}
	return view.T(view.Figure(c.Lang, v.Float, 1, false))
}

// heldSection is how concentrated customers are.
func (c desk) heldSection(ctx context.Context) (view.Section, error) {
	if c.Lacks("score.concentration") {
		return view.Section{ID: "held", Title: c.T("profile.held"), Blocks: []view.Block{c.WholeOnly(c.T("profile.held.table"))}}, nil
	}
	t := &view.Table{ID: "concentration", Title: c.T("profile.held.table"), Subtitle: c.T("profile.held.sub"), Empty: c.T("table.empty"),
		Columns: []view.Column{{Label: c.T("profile.held.first")}, {Label: c.T("profile.held.basis")}, {Label: c.T("col.customers"), Format: view.Integer()}, {Label: c.T("profile.held.value")},
			{Label: c.T("profile.held.share"), Unit: "%", Format: view.Pct().Bare(), Visual: view.Share}}}
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("profile_concentration")), func(row []any) error {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.RoundShare(page.Value(row[1]).Float)), view.T(c.T("profile.basis." + page.Text(row[0]))), page.Value(row[2]), view.T(c.Amount(page.Value(row[3]))), page.Value(row[4])}})
		return nil
	})
	return view.Section{ID: "held", Title: c.T("profile.held"), Lead: c.T("profile.held.lead"), Blocks: []view.Block{{Table: t}}}, err
}
