package olaptest

import (
	"fmt"
	"time"
)

// dates fills core.dim_date from the first year of the shape to the end of the
// year after its as-of date; the fiscal year is the calendar year.
func (b *builder) dates() {
	t := b.data.table("core.dim_date", `date_key date year half quarter month year_half year_quarter year_month
		month_start iso_year iso_week iso_year_week day_of_month day_of_week is_weekend is_holiday is_workday
		holiday_name working_day_seq fiscal_year fiscal_quarter fiscal_month fiscal_year_quarter
		academic_year academic_year_label term term_label week_of_term days_to_term_start fair_name`)
	const no = "(unknown)"
	t.add(-1, nil, nil, nil, nil, nil, no, no, no, nil, nil, nil, no, nil, nil, nil, nil, nil, nil, nil,
		nil, nil, nil, no, nil, no, nil, no, nil, nil, nil)
	workdays := 0
	last := day(b.shape.AsOf.Year()+1, 12, 31)
	for d := day(b.shape.From.Year(), 1, 1); !d.After(last); d = d.AddDate(0, 0, 1) {
		y, m := d.Year(), int(d.Month())
		weekday := (int(d.Weekday())+6)%7 + 1
		weekend := weekday > 5
		var holiday any
		switch {
		case m == 1 && d.Day() == 1:
			holiday = "New Year"
		case m == 10 && d.Day() <= 7:
			holiday = "National Day"
		}
		workday := !weekend && holiday == nil
		if workday {
			workdays++
		}
		var fair any
		if m == 6 && d.Day() >= 18 && d.Day() <= 22 {
			fair = "Beijing fair"
		}
		isoYear, isoWeek := d.ISOWeek()
		academic, term, start, next := academicTerm(d)
		label := fmt.Sprintf("%d/%02d", academic, (academic+1)%100)
		q, h := (m+2)/3, (m+5)/6
		t.add(dateKey(d), d, y, h, q, m,
			fmt.Sprintf("%d-H%d", y, h), fmt.Sprintf("%d-Q%d", y, q), d.Format("2006-01"), day(y, d.Month(), 1),
			isoYear, isoWeek, fmt.Sprintf("%d-W%02d", isoYear, isoWeek), d.Day(), weekday,
			weekend, holiday != nil, workday, holiday, workdays,
			y, q, m, fmt.Sprintf("FY%d-Q%d", y, q),
			academic, label, term, label+" "+term, int(d.Sub(start).Hours()/24)/7+1, int(next.Sub(d).Hours()/24), fair)
	}
}

// academicTerm gives the start year, name and first day of the term of d, and
// the first day of the next one. Autumn is August to January, spring the rest.
func academicTerm(d time.Time) (academic int, term string, start, next time.Time) {
	y, m := d.Year(), d.Month()
	switch {
	case m >= 8:
		return y, "autumn", day(y, 8, 1), day(y+1, 2, 1)
	case m == 1:
		return y - 1, "autumn", day(y-1, 8, 1), day(y, 2, 1)
	}
	return y - 1, "spring", day(y, 2, 1), day(y, 8, 1)
}
