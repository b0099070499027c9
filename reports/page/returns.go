package page

import (
	"context"
	"sort"

	"verso/reports/view"
)

// sentBack is what came back in the year to date and the year before.
type sentBack struct {
	lines     int64 // return lines ever
	now, then figures
	net       yearFigures
	classes   []returned
}

// returned is the returns of one class beside its revenue.
type returned struct {
	label              string
	value, copies, net view.Value
}

func (c *Context) returns(ctx context.Context, w window, year yearFigures) (sentBack, error) {
	r := sentBack{net: year}
	for _, n := range c.frame.Rows {
		if n.Label == c.t("rows.returns") {
			r.lines = n.Rows
		}
	}
	if r.lines == 0 {
		return r, nil
	}
	var err error
	if r.now, err = c.total(ctx, "returns", w, "return_value", "return_copies"); err != nil {
		return r, err
	}
	if r.then, err = c.total(ctx, "returns", w.before(1), "return_value", "return_copies"); err != nil {
		return r, err
	}
	back, err := c.by(ctx, "returns", "class.bucket", w, "return_value", "return_copies")
	if err != nil {
		return r, err
	}
	sold, err := c.by(ctx, "sales", "class.bucket", w, "net")
	if err != nil {
		return r, err
	}
	net := map[string]view.Value{}
	for _, m := range sold {
		net[m.key] = m.values["net"]
	}
	for _, m := range back {
		r.classes = append(r.classes, returned{m.label, zero(m.values["return_value"]), zero(m.values["return_copies"]), zero(net[m.key])})
	}
	sort.SliceStable(r.classes, func(i, j int) bool { return r.classes[i].value.Float > r.classes[j].value.Float })
	return r, nil
}

// rates are the returns as shares of revenue, now and a year before.
func (r sentBack) rates() (now, then view.Value) {
	return view.Ratio(zero(r.now["return_value"]), r.net.now["net"]), view.Ratio(zero(r.then["return_value"]), r.net.then["net"])
}

// returnsText is the consequence line of the sales page.
func (c *Context) returnsText(r sentBack) string {
	if r.lines == 0 {
		return c.t("returns.none")
	}
	now, then := r.rates()
	value := zero(r.now["return_value"])
	if value.Float == 0 || !now.Has() {
		return c.t("returns.zero")
	}
	pairs := []string{"amount", c.amount(value), "share", share(now), "before", share(then)}
	if !r.net.fair || !then.Has() {
		return c.t("returns.alone", pairs...)
	}
	switch d := now.Float - then.Float; {
	case d > 0.001:
		return c.t("returns.up", pairs...)
	case d < -0.001:
		return c.t("returns.down", pairs...)
	}
	return c.t("returns.same", pairs...)
}

// returnsBlocks is the table of returns by class.
func (c *Context) returnsBlocks(r sentBack) []view.Block {
	if r.lines == 0 {
		return []view.Block{{Absent: &view.Absent{Title: c.t("sales.returns"), Text: c.t("absent.returns"), Tables: []string{"return_line"}}}}
	}
	var values []view.Value
	for _, x := range r.classes {
		values = append(values, x.value)
	}
	format, unit := c.tableMoney(append(values, zero(r.now["return_value"]))...)
	t := &view.Table{ID: "returns-classes", Title: c.t("returns.title"), Subtitle: c.t("returns.sub", "unit", unit), Insight: c.returnsText(r), Empty: c.t("returns.zero"),
		Columns: []view.Column{{Label: c.t("head.class.bucket")}, {Label: c.t("col.returned"), Unit: unit, Format: format, Visual: view.Share},
			{Label: c.t("col.copies"), Format: view.Integer()}, {Label: c.t("col.rate"), Unit: "%", Format: view.Pct().Bare()}},
		Footnotes: []string{c.t("returns.foot")}}
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
		t.Rows = append(t.Rows, view.Row{Kind: view.Others, Cells: []view.Value{view.T(c.t("row.others", "n", count(c.Lang, int64(left)))),
			rest.value, rest.copies, view.Ratio(rest.value, view.Sub(rest.net, listed))}})
	}
	if len(t.Rows) > 0 {
		now, _ := r.rates()
		t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: []view.Value{view.T(c.t("row.total")), zero(r.now["return_value"]), zero(r.now["return_copies"]), now}})
	}
	return []view.Block{{Table: t}}
}
