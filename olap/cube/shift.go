package cube

import (
	"fmt"
	"time"
)

// Shift is a length of time in months or in days.
type Shift struct{ Months, Days int }

// String says how much later something is shown, "12 months later".
func (s Shift) String() string {
	n, word := s.Days, "day"
	if s.Months > 0 {
		n, word = s.Months, "month"
	}
	if n > 1 {
		word += "s"
	}
	return fmt.Sprintf("%d %s later", n, word)
}

// LengthOf is the length of a range of days, both included: in months where it
// is whole months, else in days.
func LengthOf(from, to time.Time) Shift {
	if after := to.AddDate(0, 0, 1); from.Day() == 1 && after.Day() == 1 {
		return Shift{Months: (after.Year()-from.Year())*12 + int(after.Month()) - int(from.Month())}
	}
	return Shift{Days: int(to.Sub(from).Hours()/24) + 1}
}

// RollLength is the length of a rolling window, false if it is none.
func (r Ref) RollLength() (Shift, bool) {
	n, unit, ok := r.Roll()
	switch unit {
	case 'y':
		return Shift{Months: 12 * n}, ok
	case 'q':
		return Shift{Months: 3 * n}, ok
	case 'm':
		return Shift{Months: n}, ok
	case 'w':
		return Shift{Days: 7 * n}, ok
	}
	return Shift{Days: n}, ok
}

// KeyOfDay is a day as date dimensions key it, yyyymmdd.
func KeyOfDay(d time.Time) int64 { return int64(d.Year()*10000 + int(d.Month())*100 + d.Day()) }

// DayOfKey is the day of a key, at midnight UTC.
func DayOfKey(key int64) time.Time {
	return time.Date(int(key/10000), time.Month(key/100%100), int(key%100), 0, 0, 0, 0, time.UTC)
}
