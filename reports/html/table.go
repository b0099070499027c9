package html

import (
	"strings"

	"verso/reports/view"
)

// table writes the cells of a table out.
func (m *model) table(t *view.Table, csv string) *tableModel {
	out := &tableModel{Table: t, CSV: csv, Label: m.label(t.Title)}
	sortable := len(t.Rows) > 2
	visuals := map[int][]drawing{}
	for i, c := range t.Columns {
		out.Cols = append(out.Cols, columnModel{Label: c.Label, Unit: c.Unit, Class: columnClass(c),
			Sortable: sortable && c.Visual != view.Spark, Compare: compareOf(t, c)})
		if c.Visual == view.Variance || c.Visual == view.Share {
			visuals[i] = bars(t, i)
		}
		if c.Visual == view.Interval {
			visuals[i] = intervals(t, i)
		}
		if c.Visual == view.Bullet {
			visuals[i] = bullets(t, i)
		}
	}
	for r, row := range t.Rows {
		rm := rowModel{Class: rowClass(row)}
		for i, c := range t.Columns {
			var v view.Value
			if i < len(row.Cells) {
				v = row.Cells[i]
			}
			cell := m.cell(c, v, row)
			cell.Head = i == 0
			if d, ok := visuals[i]; ok {
				cell.Bar = d[r]
			}
			rm.Cells = append(rm.Cells, cell)
		}
		out.Body = append(out.Body, rm)
	}
	return out
}

// compareOf is the part that a column has in the comparison with the year before:
// "py" its figures, "abs" and "rel" the differences where there are both; else "".
func compareOf(t *view.Table, c view.Column) string {
	const previous, change = "PY", "ΔPY"
	if c.Label == previous {
		return "py"
	}
	if c.Label != change {
		return ""
	}
	absolute, relative := false, false
	for _, other := range t.Columns {
		absolute = absolute || other.Label == change && other.Unit != "%"
		relative = relative || other.Label == change && other.Unit == "%"
	}
	switch {
	case !absolute || !relative:
		return "py"
	case c.Unit == "%":
		return "rel"
	}
	return "abs"
}

// cell writes one value.
func (m *model) cell(c view.Column, v view.Value, row view.Row) cellModel {
	out := cellModel{Class: columnClass(c), Href: safeHref(v.Href)}
	if strings.HasPrefix(out.Href, "editions/") { // at the root of the site, in whatever folder the language is
		out.Href = m.Nav.Root + out.Href
	}
	if v.Kind == view.Trend {
		out.Bar = spark(v.Trend, c.Marks, c.Label)
		if len(v.Limits) == len(v.Trend) && len(v.Limits) > 0 {
			out.Bar = control(v, c.Label)
		}
		return out
	}
	if c.Visual == view.Spark {
		return out
	}
	words := c.Format.Style == view.Words || c.Format.Style == view.DayDate
	if row.Kind != view.Leaf && v.Kind == view.NoData && words {
		return out // the text columns of totals stay empty
	}
	out.Text = view.Show(m.Lang, v, c.Format)
	if row.Kind == view.Total && c.Total != "" && v.Has() {
		out.Text = c.Total + " " + out.Text
	}
	switch v.Kind {
	case view.Number:
		out.Exact = v.ExactText()
		// An interval has its own colour, and none when it reaches over zero.
		if c.Visual == view.Variance || (c.Better != 0 && c.Format.Signed && c.Visual != view.Interval) {
			if tone := view.ToneOf(v, c.Better); tone != view.Neutral {
				out.Tone = toneClass(tone)
			}
		}
	case view.Text:
		out.Word = true
	case view.Date:
		out.Exact = v.ExactText()
	case view.NoData, view.NotApplicable:
		out.Class += " none"
	}
	return out
}

// safeHref keeps links inside the site: a file name with an optional anchor.
func safeHref(href string) string {
	for _, r := range href {
		ok := r == '-' || r == '_' || r == '.' || r == '#' || r == '/' ||
			('a' <= r && r <= 'z') || ('A' <= r && r <= 'Z') || ('0' <= r && r <= '9')
		if !ok {
			return ""
		}
	}
	if strings.HasPrefix(href, "/") || strings.Contains(href, "//") {
		return ""
	}
	return href
}

func columnClass(c view.Column) string {
	switch {
	case c.Visual == view.Spark:
		return "trend"
	case c.Visual == view.Variance || c.Visual == view.Share || c.Visual == view.Interval || c.Visual == view.Bullet:
		return "num vis"
	case c.Format.Style == view.Decimal || c.Format.Style == view.Percent:
		return "num"
	case c.Format.Style == view.DayDate:
		return "day"
	case c.Wide:
		return "wide"
	}
	return "word"
}

func rowClass(row view.Row) string {
	class := [...]string{"", "sub", "rest", "rest", "total"}[row.Kind]
	if row.Level > 0 {
		class = strings.TrimSpace(class + " " + [...]string{"", "in1", "in2", "in3"}[min(row.Level, 3)])
	}
	return class
}
