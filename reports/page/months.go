package page

import (
	"fmt"
	"time"

	"verso/reports/view"
)

// MonthColumns lays net sales by month and those of a year before out with their
// table; the values are by month of the list, then without any for no comparison.
func (c *Context) MonthColumns(id, title string, list []time.Time, now, then []view.Value) *view.Chart {
	all := append(append([]view.Value{}, now...), then...)
	format, unit := c.Money(all...)
	ch := &view.Chart{ID: id, Kind: view.TimeColumns, Title: title, Subtitle: c.T("sub.net", "unit", unit), Format: format, Better: 1,
		Categories: Ticks(c.Lang, list), Series: []view.Series{{Name: "AC", Role: view.AC, Values: now}}}
	ch.Table = view.Table{Title: title, Columns: []view.Column{{Label: c.T("col.month")}, {Label: "AC", Unit: unit, Format: format}}}
	hasThen := false
	for _, v := range then {
		hasThen = hasThen || v.Has()
	}
	if hasThen {
		ch.Series = append(ch.Series, view.Series{Name: "PY", Role: view.PY, Values: then})
		ch.Table.Columns = append(ch.Table.Columns, view.Column{Label: "PY", Unit: unit, Format: format},
			view.Column{Label: "ΔPY", Unit: unit, Format: format.Change(), Better: 1},
			view.Column{Label: "ΔPY", Unit: "%", Format: view.Pct().Bare().Change(), Better: 1})
	}
	labels := Names(c.Lang, list)
	ahead, both := 0, 0
	var sumNow, sumThen []view.Value
	for i := range list {
		cells := []view.Value{view.T(labels[i]), now[i]}
		if hasThen {
			cells = append(cells, then[i], view.Sub(now[i], then[i]), view.Relative(now[i], then[i]))
			if now[i].Has() && then[i].Has() {
				both++
				sumNow, sumThen = append(sumNow, now[i]), append(sumThen, then[i])
				if now[i].Float > then[i].Float {
					ahead++
				}
			}
		}
		ch.Table.Rows = append(ch.Table.Rows, view.Row{Cells: cells})
	}
	total := []view.Value{view.T(c.T("row.total")), view.Sum(now...)}
	if hasThen {
		total = append(total, view.Sum(then...))
		if both == len(list) {
			total = append(total, view.Sub(view.Sum(now...), view.Sum(then...)), view.Relative(view.Sum(now...), view.Sum(then...)))
		} else {
			total = append(total, view.Sub(view.Sum(sumNow...), view.Sum(sumThen...)), view.Relative(view.Sum(sumNow...), view.Sum(sumThen...)))
			ch.Table.Footnotes = append(ch.Table.Footnotes, c.T("foot.bothmonths"))
		}
	}
	ch.Table.Rows = append(ch.Table.Rows, view.Row{Kind: view.Total, Cells: total})
	c.Annotate(ch, "net", list)
	ch.Insight = c.monthsText(list, now, ahead, both)
	if c.AsOf.AddDate(0, 0, 1).Day() != 1 {
		note := c.T("foot.cut", "month", view.MonthName(c.Lang, c.AsOf), "day", fmt.Sprint(c.AsOf.Day()))
		ch.Table.Footnotes = append(ch.Table.Footnotes, note)
		ch.Subtitle += c.T("joint") + note
	}
	return ch
}

// monthsText says how many months were ahead and which was the best.
func (c *Context) monthsText(list []time.Time, now []view.Value, ahead, both int) string {
	best := -1
	for i, v := range now {
		if v.Has() && v.Float > 0 && (best < 0 || v.Float > now[best].Float) {
			best = i
		}
	}
	if best < 0 {
		return c.T("months.none")
	}
	top := []string{"month", view.MonthName(c.Lang, list[best]), "amount", c.Amount(now[best])}
	if both < 3 { // too few months have a year before to speak of
		return c.T("months.best", top...)
	}
	return c.T("months.ahead", append(top, "n", fmt.Sprint(ahead), "of", fmt.Sprint(both))...)
}
