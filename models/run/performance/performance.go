// Package performance runs the models of what sells where through whom: the
// bridge of the margin, gains and losses of customers' spend, the service
// customers get and how they pay, and what salespeople, suppliers and partners
// achieve.
package performance

import (
	"context"
	"time"

	"verso/models/job"
)

// day is the date at midnight, as all dates here are.
func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// monthsBack is the same day so many months ago, the last of a shorter month
// where it does not have that day.
func monthsBack(t time.Time, months int) time.Time {
	last := day(t.Year(), t.Month()-time.Month(months)+1, 0)
	return day(last.Year(), last.Month(), min(t.Day(), last.Day()))
}

// twelveMonths are the twelve months that end on a day.
func twelveMonths(last time.Time) (from, to time.Time) {
	return monthsBack(last, 12).AddDate(0, 0, 1), last
}

// fiscalStart is the first day of the fiscal year that a day lies in.
func fiscalStart(t time.Time, month int) time.Time {
	first := day(t.Year(), time.Month(month), 1)
	if first.After(t) {
		return first.AddDate(-1, 0, 0)
	}
	return first
}

// fiscalMonth is the month, 1 to 12, that the company's fiscal year begins with.
func fiscalMonth(ctx context.Context, j *job.Job) (int, error) {
	f, err := j.Frame(ctx, "SELECT coalesce(fiscal_year_start, 1) AS month FROM meta.run")
	if err != nil || f.Rows() == 0 {
		return 1, err
	}
	if m := int(f.Column("month")[0]); m >= 1 && m <= 12 {
		return m, nil
	}
	return 1, nil
}

// span is a period, both days included.
type span struct{ from, to time.Time }

func (s span) args() []any { return []any{s.from, s.to} }
