package flow

import (
	"context"
	"strings"
	"time"

	"verso/reports/page"
	"verso/reports/view"
)

// chart is a process month by month with its limits.
type chart struct {
	months []time.Time
	values []view.Value
	limits []view.Limit
	cases  []view.Value
}

// outside are the months beyond the limits.
func (h chart) outside() []time.Time {
	var out []time.Time
	for i, l := range h.limits {
		if l.Out {
			out = append(out, h.months[i])
		}
	}
	return out
}

// last keeps the latest n months.
func (h chart) last(n int) chart {
	if d := len(h.months) - n; d > 0 {
		return chart{h.months[d:], h.values[d:], h.limits[d:], h.cases[d:]}
	}
	return h
}

// complement is the chart of all other cases.
func (h chart) complement() chart {
	out := chart{months: h.months, cases: h.cases}
	for i, v := range h.values {
		l := h.limits[i]
		out.values = append(out.values, view.Sub(view.I(1), v))
		out.limits = append(out.limits, view.Limit{Known: l.Known, Center: 1 - l.Center, Low: 1 - l.High, High: 1 - l.Low, Out: l.Out})
	}
	return out
}

// strip is the chart as a cell of a table.
func (h chart) strip() view.Value {
	return view.Value{Kind: view.Trend, Trend: h.values, Limits: h.limits}
}

// add adds a month.
func (h *chart) add(m time.Time, value, cases view.Value, row []any) {
	low, high, center := page.Value(row[1]), page.Value(row[2]), page.Value(row[0])
	out, _ := row[3].(bool)
	h.months, h.values, h.cases = append(h.months, m), append(h.values, value), append(h.cases, cases)
	h.limits = append(h.limits, view.Limit{Known: center.Has() && low.Has() && high.Has(), Center: center.Float, Low: low.Float, High: high.Float, Out: out})
}

// control reads the control chart of a share.
func (c desk) control(ctx context.Context, name string) (chart, error) {
	var h chart
	known, err := c.Known(ctx, "score", "control_month")
	if err != nil || !known {
		return h, err
	}
	rows, err := c.rows(ctx, "control", name)
	for _, row := range rows {
		h.add(month(row[0]), page.Value(row[2]), page.Value(row[1]), row[3:7])
	}
	return h, err
}

// said names months in a sentence: the latest ones, and how many more there are.
func (c desk) said(months []time.Time) string {
	const most = 4
	var names []string
	for i := len(months) - 1; i >= 0 && len(names) < most; i-- {
		names = append(names, view.MonthName(c.Lang, months[i]))
	}
	s := strings.Join(names, c.T("flow.comma"))
	if more := len(months) - len(names); more > 0 {
		s = c.T("flow.more", "list", s, "more", page.Count(c.Lang, int64(more)))
	}
	return s
}

// controls is a table of control charts of shares, one a row.
func (c desk) controls(ctx context.Context, id string, names ...string) (*view.Table, []chart, error) {
	const most = 24
	t := c.table(id, c.wide("process"), c.count("months"), c.share("usual"), c.share("latest"), view.Column{Label: c.T("flow.col.strip"), Visual: view.Spark, Months: nil}, c.wide("outside"))
	charts := make([]chart, len(names))
	var all []time.Time
	for i, name := range names {
		h, err := c.control(ctx, name)
		if err != nil {
			return nil, nil, err
		}
		h = h.last(most)
		charts[i] = h
		if n := len(h.months); n > 0 {
			all = h.months
			l := h.limits[n-1]
			usual := view.Value{}
			if l.Known {
				usual = view.N(l.Center)
			}
			outside := c.T("flow.inside")
			if m := h.outside(); len(m) > 0 {
				outside = c.said(m)
			} else if !l.Known {
				outside = c.T("flow.tooshort")
			}
			t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.T("flow.process." + name)), view.I(int64(n)), usual, h.values[n-1], h.strip(), view.T(outside)}})
		}
	}
	t.Columns[4].Months = page.Names(c.Lang, all)
	return t, charts, nil
}

// drawn is a control chart in full: the share, its centre and its limits.
func (c desk) drawn(id string, h chart, good int) *view.Chart {
	format := view.Pct().Bare()
	ch := &view.Chart{ID: id, Kind: view.Lines, Title: c.T("chart." + id), Subtitle: c.T("chart." + id + ".sub"), Format: format, Better: good, Categories: page.Ticks(c.Lang, h.months)}
	value, center, low, high := make([]view.Value, len(h.months)), make([]view.Value, len(h.months)), make([]view.Value, len(h.months)), make([]view.Value, len(h.months))
	ch.Table = *c.table(id+"-months", c.word("month"), c.count("cases"), c.share("share"), c.share("low"), c.share("center"), c.share("high"), c.word("signal"))
	for i, m := range h.months {
		value[i] = h.values[i]
		signal := view.Value{}
		if l := h.limits[i]; l.Known {
			center[i], low[i], high[i] = view.N(l.Center), view.N(l.Low), view.N(l.High)
			if l.Out {
				signal = view.T(c.T("flow.out"))
			}
		}
		ch.Table.Rows = append(ch.Table.Rows, view.Row{Cells: []view.Value{view.T(view.MonthName(c.Lang, m)), h.cases[i], value[i], low[i], center[i], high[i], signal}})
	}
	ch.Series = []view.Series{{Name: c.T("flow.series.share"), Role: view.AC, Values: value}, {Name: c.T("flow.series.high"), Role: view.Reference, Values: high},
		{Name: c.T("flow.series.center"), Role: view.Reference, Values: center}, {Name: c.T("flow.series.low"), Role: view.Reference, Values: low}}
	ch.Insight = c.T("flow.insight.inside")
	if out := h.outside(); len(out) > 0 {
		ch.Insight = c.T("flow.insight.outside", "months", c.said(out))
	}
	return ch
}
