package market

import (
	"time"

	"verso/reports/language"
	"verso/reports/view"
)

// band is a course by month: what was, and what is expected with its 80 % interval.
type band struct {
	name                    string
	months                  []time.Time
	actual, mean, low, high []view.Value
}

func (b *band) add(month time.Time, actual, mean, low, high view.Value) {
	b.months = append(b.months, month)
	b.actual, b.mean, b.low, b.high = append(b.actual, actual), append(b.mean, mean), append(b.low, low), append(b.high, high)
}

// bandChart draws a band. The forecast begins at the last actual value, so that the
// line does not break; the table has it as it is.
func (c desk) bandChart(id, title, subtitle string, b band, format view.Format, unit string) *view.Chart {
	ch := &view.Chart{ID: id, Kind: view.Lines, Title: title, Subtitle: subtitle, Format: format, Better: 1, Categories: halfYears(c.Lang, b.months)}
	ch.Table = view.Table{Title: title, Columns: []view.Column{{Label: c.T("col.month")}, {Label: c.T("future.actual"), Unit: unit, Format: format}, {Label: c.T("future.mean"), Unit: unit, Format: format},
		{Label: c.T("future.low"), Unit: unit, Format: format}, {Label: c.T("future.high"), Unit: unit, Format: format}}}
	lines := [][]view.Value{append([]view.Value(nil), b.mean...), append([]view.Value(nil), b.low...), append([]view.Value(nil), b.high...)}
	for i, m := range b.months {
		ch.Table.Rows = append(ch.Table.Rows, view.Row{Cells: []view.Value{view.T(view.MonthName(c.Lang, m)), b.actual[i], b.mean[i], b.low[i], b.high[i]}})
		if i+1 < len(b.months) && b.actual[i].Has() && !b.actual[i+1].Has() && b.mean[i+1].Has() {
			for k := range lines {
				if lines[k][i+1].Has() {
					lines[k][i] = b.actual[i]
				}
			}
		}
	}
	ch.Series = []view.Series{{Name: c.T("future.line.actual"), Role: view.AC, Values: b.actual}, {Name: c.T("future.line.mean"), Role: view.FC, Values: lines[0]},
		{Name: c.T("future.line.low"), Role: view.Reference, Values: lines[1]}, {Name: c.T("future.line.high"), Role: view.Reference, Values: lines[2]}}
	return ch
}

// halfYears names January and July on an axis of several years.
func halfYears(lang *language.Language, months []time.Time) []string {
	out := make([]string, len(months))
	for i, m := range months {
		if m.Month()%6 == 1 {
			out[i] = view.MonthTick(lang, m, true)
		}
	}
	return out
}
