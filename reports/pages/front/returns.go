package front

import (
	"context"
	"sort"

	"verso/reports/page"
	"verso/reports/view"
)

// sentBack is what came back in the year to date and the year before.
type sentBack struct {
	lines     int64 // return lines ever
	now, then page.Figures
	net       yearFigures
	classes   []returned
}

// returned is the returns of one class beside its revenue.
type returned struct {
	label              string
	value, copies, net view.Value
}

func (c desk) returns(ctx context.Context, w page.Window, year yearFigures) (sentBack, error) {
	r := sentBack{net: year}
	for _, n := range c.Frame.Rows {
		if n.Label == c.T("rows.returns") {
			r.lines = n.Rows
		}
	}
	if r.lines == 0 {
		return r, nil
	}
	var err error
	if r.now, err = c.Total(ctx, "returns", w, "return_value", "return_copies"); err != nil {
		return r, err
	}
	if r.then, err = c.Total(ctx, "returns", w.Before(1), "return_value", "return_copies"); err != nil {
		return r, err
	}
	back, err := c.By(ctx, "returns", "class.bucket", w, "return_value", "return_copies")
	if err != nil {
		return r, err
	}
	sold, err := c.By(ctx, "sales", "class.bucket", w, "net")
	if err != nil {
		return r, err
	}
	net := map[string]view.Value{}
	for _, m := range sold {
		net[m.Key] = m.Values["net"]
	}
	for _, m := range back {
		r.classes = append(r.classes, returned{m.Label, page.Zero(m.Values["return_value"]), page.Zero(m.Values["return_copies"]), page.Zero(net[m.Key])})
	}
	sort.SliceStable(r.classes, func(i, j int) bool { return r.classes[i].value.Float > r.classes[j].value.Float })
	return r, nil
}

// rates are the returns as shares of revenue, now and a year before.
func (r sentBack) rates() (now, then view.Value) {
	return view.Ratio(page.Zero(r.now["return_value"]), r.net.now["net"]), view.Ratio(page.Zero(r.then["return_value"]), r.net.then["net"])
}

// returnsText is the consequence line of the sales page.
func (c desk) returnsText(r sentBack) string {
	if r.lines == 0 {
		return c.T("returns.none")
	}
	now, then := r.rates()
	value := page.Zero(r.now["return_value"])
	if value.Float == 0 || !now.Has() {
		return c.T("returns.zero")
	}
	pairs := []string{"amount", c.Amount(value), "share", c.Share(now), "before", c.Share(then)}
	if !r.net.fair || !then.Has() {
		return c.T("returns.alone", pairs...)
	}
	switch d := now.Float - then.Float; {
	case d > 0.001:
		return c.T("returns.up", pairs...)
	case d < -0.001:
		return c.T("returns.down", pairs...)
	}
	return c.T("returns.same", pairs...)
}

// returnsBlocks is the table of returns by class.
func (c desk) returnsBlocks(r sentBack) []view.Block {
	if r.lines == 0 {
		return []view.Block{{Absent: &view.Absent{Title: c.T("sales.returns"), Text: c.T("absent.returns"), Tables: []string{"return_line"}}}}
	}
	var values []view.Value
	for _, x := range r.classes {
		values = append(values, x.value)
	}
	format, unit := c.TableMoney(append(values, page.Zero(r.now["return_value"]))...)
	t := &view.Table{ID: "returns-classes", Title: c.T("returns.title"), Subtitle: c.T("returns.sub", "unit", unit), Insight: c.returnsText(r), Empty: c.T("returns.zero"),
		Columns: []view.Column{{Label: c.T("head.class.bucket")}, {Label: c.T("col.returned"), Unit: unit, Format: format, Visual: view.Share},
			{Label: c.T("col.copies"), Format: view.Integer()}, {Label: c.T("col.rate"), Unit: "%", Format: view.Pct().Bare()}},
		Footnotes: []string{c.T("returns.foot")}}
	rest := returned{value: view.I(0), copies: view.I(0), net: r.net.now["net"]}
	left := 0
	listed := view.I(0)
	for i, x := range r.classes {
		if i < 10 {
			t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(x.label), x.value, x.copies, view.Ratio(x.value, x.net)}})
			listed = view.Sum(listed, x.net)
			continue
		}
		left++
		rest.value, rest.copies = view.Sum(rest.value, x.value), view.Sum(rest.copies, x.copies)
	}
	if left > 0 {
		t.Rows = append(t.Rows, view.Row{Kind: view.Others, Cells: []view.Value{view.T(c.T("row.others", "n", page.Count(c.Lang, int64(left)))),
			rest.value, rest.copies, view.Ratio(rest.value, view.Sub(rest.net, listed))}})
	}
	if len(t.Rows) > 0 {
		now, _ := r.rates()
		t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: []view.Value{view.T(c.T("row.total")), page.Zero(r.now["return_value"]), page.Zero(r.now["return_copies"]), now}})
	}
	return []view.Block{{Table: t}}
}
