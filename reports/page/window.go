package page

import (
	"time"

	"verso/reports/view"
)

// window is a range of days, both included.
type window struct{ from, to time.Time }

// yearsBefore is the same day n years earlier; 29 February becomes the 28th
// where there is none.
func yearsBefore(t time.Time, n int) time.Time {
	y, m, d := t.Date()
	last := time.Date(y-n, m+1, 0, 0, 0, 0, 0, time.UTC).Day()
	return time.Date(y-n, m, min(d, last), 0, 0, 0, 0, time.UTC)
}

// before is the same window n years earlier.
func (w window) before(n int) window {
	return window{yearsBefore(w.from, n), yearsBefore(w.to, n)}
}

func monthStart(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
}

// yearToDate runs from the start of the fiscal year to the as-of date.
func yearToDate(asOf time.Time, fiscal time.Month) window {
	year := asOf.Year()
	if asOf.Month() < fiscal {
		year--
	}
	return window{time.Date(year, fiscal, 1, 0, 0, 0, 0, time.UTC), asOf}
}

// fullYear is the whole fiscal year that w, a year to date, lies in.
func (w window) fullYear() window {
	return window{w.from, w.from.AddDate(1, 0, -1)}
}

// lastTwelveMonths are the 365 or 366 days that end with the as-of date.
func lastTwelveMonths(asOf time.Time) window {
	return window{yearsBefore(asOf, 1).AddDate(0, 0, 1), asOf}
}

// months are the first days of n months that end with t's.
func months(t time.Time, n int) []time.Time {
	out := make([]time.Time, n)
	for i := range out {
		out[i] = monthStart(t).AddDate(0, i-n+1, 0)
	}
	return out
}

// label writes the window in a title block.
func (w window) label(lang string) string {
	if lang == "zh" {
		return w.from.Format("2006年1月2日") + "至" + w.to.Format("2006年1月2日")
	}
	from := "2 Jan 2006"
	if w.from.Year() == w.to.Year() {
		from = "2 Jan"
	}
	return w.from.Format(from) + " – " + w.to.Format("2 Jan 2006")
}

// ticks names months under an axis.
func ticks(lang string, list []time.Time) []string {
	out := make([]string, len(list))
	for i, m := range list {
		out[i] = view.MonthTick(lang, m, i == 0)
	}
	return out
}

// names names months in a table.
func names(lang string, list []time.Time) []string {
	out := make([]string, len(list))
	for i, m := range list {
		out[i] = view.MonthName(lang, m)
	}
	return out
}

// iso is a date as cubes take it.
func iso(t time.Time) string { return t.Format(time.DateOnly) }
