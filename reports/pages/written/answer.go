package written

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"verso/olap"
	"verso/olap/cube"
	"verso/reports/page"
	"verso/reports/view"
)

// format is how a column of numbers is shown, and the unit in its header. values
// are its numbers, by which amounts of money are shown in thousands or more.
func (m *making) format(c olap.Column, values ...view.Value) (view.Format, string) {
	digits := func(unset int) int {
		if c.Digits > 0 {
			return c.Digits
		}
		return unset
	}
	f, unit := view.Integer(), c.Unit
	switch c.Format {
	case "money":
		f, unit = m.TableMoney(values...)
	case "percent", "points":
		f, unit = view.Format{Style: view.Percent, Decimals: digits(1)}, "%"
	case "decimal":
		f.Decimals = digits(1)
	case "ratio":
		f.Decimals = digits(2)
	case "days", "hours":
		f.Decimals = digits(1)
	case "date":
		f = view.Format{Style: view.DayDate}
	}
	switch c.Calc {
	case cube.Delta, cube.Pct, cube.LikeForLike:
		f = f.Change()
	}
	return f, unit
}

// isChange tells whether a column is a difference to something.
func isChange(c olap.Column) bool {
	return c.Calc == cube.Delta || c.Calc == cube.Pct || c.Calc == cube.LikeForLike
}

func better(c olap.Column) int {
	if c.Lower {
		return -1
	}
	return 1
}

// label is the head of a column: the members it stands under, and the measure.
func label(c olap.Column) string {
	return strings.Join(append(slices.Clone(c.Members), c.Label), " · ")
}

func values(t *olap.Table, column int) []view.Value {
	out := make([]view.Value, len(t.Rows))
	for i, r := range t.Rows {
		out[i] = page.Value(r.Cells[column])
	}
	return out
}

// table is an answer as a table: what was asked for, with its totals at their own
// levels, and the notes of the answer under it.
func (m *making) table(t *olap.Table) *view.Table {
	out := &view.Table{Footnotes: t.Notes, Empty: m.T("written.empty")}
	first := len(t.Query.Rows) // the column of the first measure
	if first > 1 {
		out.Columns = []view.Column{{Label: heads(t.Columns[:first]), Wide: true}}
	} else if first == 1 {
		out.Columns = []view.Column{{Label: t.Columns[0].Label}}
	}
	for i := first; i < len(t.Columns); i++ {
		c := t.Columns[i]
		f, unit := m.format(c, values(t, i)...)
		column := view.Column{Label: label(c), Unit: unit, Format: f, Better: better(c)}
		if isChange(c) {
			column.Visual = view.Variance
		}
		out.Columns = append(out.Columns, column)
	}
	for _, r := range t.Rows {
		row := view.Row{Level: max(0, r.Level-1), Kind: kind(t, r)}
		if first > 0 {
			row.Cells = append(row.Cells, view.T(m.member(t, r)))
		}
		for i := first; i < len(t.Columns); i++ {
			row.Cells = append(row.Cells, page.Value(r.Cells[i]))
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

func heads(columns []olap.Column) string {
	var names []string
	for _, c := range columns {
		names = append(names, c.Label)
	}
	return strings.Join(names, " › ")
}

func kind(t *olap.Table, r olap.Row) view.RowKind {
	switch {
	case r.Other:
		return view.Others
	case !t.IsTotal(r):
		return view.Leaf
	case r.Level == 0:
		return view.Total
	}
	return view.Subtotal
}

// member is what a row is about: the member of its deepest level.
func (m *making) member(t *olap.Table, r olap.Row) string {
	if r.Level == 0 && !r.Other {
		return m.T("written.total")
	}
	at := min(max(r.Level, 1), len(t.Query.Rows)) - 1
	if r.Other {
		at = min(r.Level, len(t.Query.Rows)-1)
		for at > 0 && r.Cells[at] == nil {
			at--
		}
	}
	return view.Show(m.Lang, page.Value(r.Cells[at]), view.Format{})
}

// figures is an answer of one row as key figures. A measure that is followed by
// its value of the year before and by its change has them for its comparison.
func (m *making) figures(at, id string, t *olap.Table) (*view.KPIRow, error) {
	if len(t.Query.Rows) > 0 || len(t.Rows) != 1 {
		return nil, m.fault(at, "figures are a question with nothing after by")
	}
	out := &view.KPIRow{ID: "figures-" + id, Title: m.T("written.figures")}
	for i, c := range t.Columns {
		v := page.Value(t.Rows[0].Cells[i])
		if n := len(out.Items); n > 0 && c.Measure == t.Columns[i-1].Measure && c.Scope != "" {
			k := &out.Items[n-1]
			switch c.Calc {
			case "":
				k.Previous = v
				continue
			case cube.Delta:
				k.Change, k.ChangeFormat, k.Versus = v, k.Format.Change(), m.T("kpi.versus")
				continue
			case cube.Pct:
				k.Relative, k.Versus = v, m.T("kpi.versus")
				continue
			}
		}
		f, unit := m.format(c, v)
		if c.Format == "money" {
			f, unit = m.Money(v)
		}
		out.Items = append(out.Items, view.KPI{Label: label(c), Value: v, Format: f, Unit: unit, Better: better(c)})
	}
	return out, nil
}

// chart is an answer by one attribute as columns or lines: for columns the first
// measure, and one of the year before beside it; for lines each measure.
func (m *making) chart(at string, form view.ChartKind, t *olap.Table) (*view.Chart, error) {
	if len(t.Query.Rows) != 1 {
		return nil, m.fault(at, "a chart is a question by one attribute")
	}
	c := &view.Chart{Kind: form, Better: better(t.Columns[1]), Table: *m.table(t)}
	var all []view.Value
	for i := 1; i < len(t.Columns); i++ {
		all = append(all, values(t, i)...)
	}
	var unit string
	c.Format, unit = m.format(t.Columns[1], all...)
	if t.Columns[1].Format == "money" {
		c.Format, unit = m.Money(all...)
	}
	c.Subtitle = strings.TrimSpace(label(t.Columns[1]) + ", " + unit)
	for i := 1; i < len(t.Columns); i++ {
		if t.Columns[i].Format != t.Columns[1].Format || t.Columns[i].Unit != t.Columns[1].Unit {
			return nil, m.fault(at, "%s is not of the unit of %s: a chart has one scale", label(t.Columns[i]), label(t.Columns[1]))
		}
		s := view.Series{Name: label(t.Columns[i]), Role: view.Other}
		switch {
		case i == 1:
			s.Role = view.AC
		case strings.HasSuffix(t.Columns[i].Scope, "py"):
			s.Role = view.PY
		case form == view.TimeColumns:
			return nil, m.fault(at, "columns show a measure and its year before; %s is neither", s.Name)
		}
		for _, r := range t.Rows {
			if !t.IsTotal(r) {
				s.Values = append(s.Values, page.Value(r.Cells[i]))
			}
		}
		c.Series = append(c.Series, s)
	}
	var keys []string
	for _, r := range t.Rows {
		if !t.IsTotal(r) {
			c.Categories = append(c.Categories, m.member(t, r))
			keys = append(keys, page.Text(r.Cells[0]))
		}
	}
	if starts, next := periods(t.Columns[0].Name, keys); starts != nil {
		c.Marks = m.Marks(t.Columns[1].Name, starts, next)
	}
	if len(c.Categories) > mostColumns {
		return nil, m.fault(at, "%d columns are more than can be told apart (%d): narrow the time, or ask for the top", len(c.Categories), mostColumns)
	}
	return c, nil
}

// periods are the first days of the members of an attribute of dates, and the first
// day after each; nil for other attributes and members that are no dates.
func periods(attribute string, keys []string) ([]time.Time, func(time.Time) time.Time) {
	grain := map[string]struct {
		layout              string
		years, months, days int
	}{"date.year": {"2006", 1, 0, 0}, "date.quarter": {"2006-Q1", 0, 3, 0}, "date.month": {"2006-01", 0, 1, 0}, "date.day": {time.DateOnly, 0, 0, 1}}[attribute]
	if grain.layout == "" {
		return nil, nil
	}
	starts := make([]time.Time, len(keys))
	for i, key := range keys {
		year, quarter, ofQuarter := strings.Cut(key, "-Q")
		layout := grain.layout
		if n, err := strconv.Atoi(quarter); ofQuarter && err == nil {
			key, layout = fmt.Sprintf("%s-%02d", year, 3*n-2), "2006-01"
		}
		var err error
		if starts[i], err = time.Parse(layout, key); err != nil {
			return nil, nil
		}
	}
	return starts, func(t time.Time) time.Time { return t.AddDate(grain.years, grain.months, grain.days) }
}

const mostColumns = 60
