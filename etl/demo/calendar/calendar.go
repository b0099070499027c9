// Package calendar counts days and knows the working days, holidays and swap
// workdays of the demo company's country.
package calendar

import (
	"time"

	"verso/etl/demo/names"
)

// Day counts days since 1 January 1970.
type Day int32

// NoDay is the missing day.
const NoDay Day = -1 << 30

// DayOf is the day of a time, in UTC.
func DayOf(t time.Time) Day {
	return Day(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// Date is the day of a year, month and day of month.
func Date(year, month, dom int) Day {
	return Day(time.Date(year, time.Month(month), dom, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// Time is midnight UTC of the day.
func (d Day) Time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// Year of the day.
func (d Day) Year() int { return d.Time().Year() }

// Month of the day, 1 to 12.
func (d Day) Month() int { return int(d.Time().Month()) }

// DayNames holds the text of every day in reach, so that files are not written
// by time formatting.
type DayNames struct {
	first Day
	text  []string
}

// NewDayNames covers from..to.
func NewDayNames(from, to Day) *DayNames {
	n := &DayNames{first: from, text: make([]string, to-from+1)}
	for i := range n.text {
		n.text[i] = (from + Day(i)).Time().Format(time.DateOnly)
	}
	return n
}

// Name is the ISO text of a day.
func (n *DayNames) Name(d Day) string {
	if i := int(d - n.first); i >= 0 && i < len(n.text) {
		return n.text[i]
	}
	return d.Time().Format(time.DateOnly)
}

// Calendar knows working days and seasons. The holidays of 2019 to 2026 are
// those announced for China, as best known; 2027 is assumed; outside these
// years only weekends, 1 January, 1-3 May and 1-7 October are free. It is
// demonstration data, not a reference.
type Calendar struct {
	First    Day // first of January before the history begins
	working  []bool
	next     []Day // next working day, the day itself included
	Months   [][]Day
	Holidays []holiday
	Swaps    []Day
	Spring   map[int]Day // first day of the Spring Festival by year
}

// holiday is one run of free days.
type holiday struct {
	From, To Day
	Name     string
}

// New covers the years from..to.
func New(from, to int) *Calendar {
	c := &Calendar{First: Date(from, 1, 1), Spring: map[int]Day{}}
	n := int(Date(to+1, 1, 1) - c.First)
	c.working = make([]bool, n)
	for i := range c.working {
		w := (c.First + Day(i)).Time().Weekday()
		c.working[i] = w != time.Saturday && w != time.Sunday
	}
	known := map[int]bool{}
	for _, r := range names.Rows("holidays.csv") {
		h := holiday{ParseDay(r[0]), ParseDay(r[1]), r[2]}
		known[h.To.Year()] = true
		c.addHoliday(h)
	}
	for y := from; y <= to; y++ {
		if !known[y] {
			c.addHoliday(holiday{Date(y, 1, 1), Date(y, 1, 1), "New Year"})
			c.addHoliday(holiday{Date(y, 5, 1), Date(y, 5, 3), "Labour Day"})
			c.addHoliday(holiday{Date(y, 10, 1), Date(y, 10, 7), "National Day"})
		}
	}
	for _, w := range names.Lines("workdays.txt") {
		if d := ParseDay(w); d >= c.First && int(d-c.First) < n {
			c.working[d-c.First] = true
			c.Swaps = append(c.Swaps, d)
		}
	}
	c.index(n)
	return c
}

// addHoliday frees the days of h that are in reach.
func (c *Calendar) addHoliday(h holiday) {
	if h.Name == "Spring Festival" {
		c.Spring[h.To.Year()] = h.From
	}
	inside := false
	for d := h.From; d <= h.To; d++ {
		if i := int(d - c.First); i >= 0 && i < len(c.working) {
			c.working[i] = false
			inside = true
		}
	}
	if inside {
		c.Holidays = append(c.Holidays, h)
	}
}

// index fills the tables of next working days and of working days by month.
func (c *Calendar) index(n int) {
	c.next = make([]Day, n)
	following := c.First + Day(n)
	for i := n - 1; i >= 0; i-- {
		if c.working[i] {
			following = c.First + Day(i)
		}
		c.next[i] = following
	}
	years := (c.First + Day(n) - 1).Year() - c.First.Year() + 1
	c.Months = make([][]Day, 12*years)
	for i, w := range c.working {
		if w {
			d := c.First + Day(i)
			m := c.MonthIndex(d)
			c.Months[m] = append(c.Months[m], d)
		}
	}
}

// MonthIndex numbers months from the calendar's first.
func (c *Calendar) MonthIndex(d Day) int {
	t := d.Time()
	return (t.Year()-c.First.Year())*12 + int(t.Month()) - 1
}

// MonthStart is the first day of a numbered month.
func (c *Calendar) MonthStart(m int) Day { return Date(c.First.Year()+m/12, m%12+1, 1) }

// IsWorking says whether orders are taken and goods are moved that day.
func (c *Calendar) IsWorking(d Day) bool {
	i := int(d - c.First)
	return i >= 0 && i < len(c.working) && c.working[i]
}

// OnWork is the day itself or the next working day.
func (c *Calendar) OnWork(d Day) Day {
	if i := int(d - c.First); i >= 0 && i < len(c.next) {
		return c.next[i]
	}
	return d
}

// ParseDay reads an ISO date of the embedded lists.
func ParseDay(s string) Day {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic("demo: embedded list: " + err.Error())
	}
	return DayOf(t)
}
