package page

import (
	"time"

	"verso/reports/language"
	"verso/reports/view"
)

// Window is a range of days, both included.
type Window struct{ From, To time.Time }

// YearsBefore is the same day n years earlier; 29 February becomes the 28th
// where there is none.
func YearsBefore(t time.Time, n int) time.Time {
	y, m, d := t.Date()
	last := time.Date(y-n, m+1, 0, 0, 0, 0, 0, time.UTC).Day()
	return time.Date(y-n, m, min(d, last), 0, 0, 0, 0, time.UTC)
}

// Before is the same window n years earlier.
func (w Window) Before(n int) Window {
	return Window{YearsBefore(w.From, n), YearsBefore(w.To, n)}
}

func monthStart(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
}

// YearToDate runs from the start of the fiscal year to the as-of date.
func YearToDate(asOf time.Time, fiscal time.Month) Window {
	year := asOf.Year()
	if asOf.Month() < fiscal {
		year--
	}
	return Window{time.Date(year, fiscal, 1, 0, 0, 0, 0, time.UTC), asOf}
}

// FullYear is the whole fiscal year that w, a year to date, lies in.
func (w Window) FullYear() Window {
	return Window{w.From, w.From.AddDate(1, 0, -1)}
}

// LastTwelveMonths are the 365 or 366 days that end with the as-of date.
func LastTwelveMonths(asOf time.Time) Window {
	return Window{YearsBefore(asOf, 1).AddDate(0, 0, 1), asOf}
}

// Months are the first days of n Months that end with t's.
func Months(t time.Time, n int) []time.Time {
	out := make([]time.Time, n)
	for i := range out {
		out[i] = monthStart(t).AddDate(0, i-n+1, 0)
	}
	return out
}

// Label writes the window in a title block.
func (w Window) Label(lang *language.Language) string { return lang.Days(w.From, w.To) }

// Ticks names months under an axis.
func Ticks(lang *language.Language, list []time.Time) []string {
	out := make([]string, len(list))
	for i, m := range list {
		out[i] = view.MonthTick(lang, m, i == 0)
	}
	return out
}

// Names Names months in a table.
func Names(lang *language.Language, list []time.Time) []string {
	out := make([]string, len(list))
	for i, m := range list {
		out[i] = view.MonthName(lang, m)
	}
	return out
}

// ISO is a date as cubes take it.
func ISO(t time.Time) string { return t.Format(time.DateOnly) }
