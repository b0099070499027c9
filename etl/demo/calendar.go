package demo

import (
	"time"

	"verso/etl/demo/names"
)

// day counts days since 1 January 1970.
type day int32

// noDay is the missing day.
const noDay day = -1 << 30

// dayOf is the day of a time, in UTC.
func dayOf(t time.Time) day {
	return day(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// date is the day of a year, month and day of month.
func date(year, month, dom int) day {
	return day(time.Date(year, time.Month(month), dom, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// time is midnight UTC of the day.
func (d day) time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// year of the day.
func (d day) year() int { return d.time().Year() }

// month of the day, 1 to 12.
func (d day) month() int { return int(d.time().Month()) }

// dayNames holds the text of every day in reach, so that files are not written
// by time formatting.
type dayNames struct {
	first day
	text  []string
}

// newDayNames covers from..to.
func newDayNames(from, to day) *dayNames {
	n := &dayNames{first: from, text: make([]string, to-from+1)}
	for i := range n.text {
		n.text[i] = (from + day(i)).time().Format(time.DateOnly)
	}
	return n
}

// name is the ISO text of a day.
func (n *dayNames) name(d day) string {
	if i := int(d - n.first); i >= 0 && i < len(n.text) {
		return n.text[i]
	}
	return d.time().Format(time.DateOnly)
}

// calendar knows working days and seasons. The holidays of 2019 to 2026 are
// those announced for China, as best known; 2027 is assumed; outside these
// years only weekends, 1 January, 1-3 May and 1-7 October are free. It is
// demonstration data, not a reference.
type calendar struct {
	first    day // first of January before the history begins
	working  []bool
	next     []day // next working day, the day itself included
	months   [][]day
	holidays []holiday
	swaps    []day
	spring   map[int]day // first day of the Spring Festival by year
}

// holiday is one run of free days.
type holiday struct {
	from, to day
	name     string
}

// newCalendar covers the years from..to.
func newCalendar(from, to int) *calendar {
	c := &calendar{first: date(from, 1, 1), spring: map[int]day{}}
	n := int(date(to+1, 1, 1) - c.first)
	c.working = make([]bool, n)
	for i := range c.working {
		w := (c.first + day(i)).time().Weekday()
		c.working[i] = w != time.Saturday && w != time.Sunday
	}
	known := map[int]bool{}
	for _, r := range names.Rows("holidays.csv") {
		h := holiday{parseDay(r[0]), parseDay(r[1]), r[2]}
		known[h.to.year()] = true
		c.addHoliday(h)
	}
	for y := from; y <= to; y++ {
		if !known[y] {
			c.addHoliday(holiday{date(y, 1, 1), date(y, 1, 1), "New Year"})
			c.addHoliday(holiday{date(y, 5, 1), date(y, 5, 3), "Labour Day"})
			c.addHoliday(holiday{date(y, 10, 1), date(y, 10, 7), "National Day"})
		}
	}
	for _, w := range names.Lines("workdays.txt") {
		if d := parseDay(w); d >= c.first && int(d-c.first) < n {
			c.working[d-c.first] = true
			c.swaps = append(c.swaps, d)
		}
	}
	c.index(n)
	return c
}

// addHoliday frees the days of h that are in reach.
func (c *calendar) addHoliday(h holiday) {
	if h.name == "Spring Festival" {
		c.spring[h.to.year()] = h.from
	}
	inside := false
	for d := h.from; d <= h.to; d++ {
		if i := int(d - c.first); i >= 0 && i < len(c.working) {
			c.working[i] = false
			inside = true
		}
	}
	if inside {
		c.holidays = append(c.holidays, h)
	}
}

// index fills the tables of next working days and of working days by month.
func (c *calendar) index(n int) {
	c.next = make([]day, n)
	following := c.first + day(n)
	for i := n - 1; i >= 0; i-- {
		if c.working[i] {
			following = c.first + day(i)
		}
		c.next[i] = following
	}
	years := (c.first + day(n) - 1).year() - c.first.year() + 1
	c.months = make([][]day, 12*years)
	for i, w := range c.working {
		if w {
			d := c.first + day(i)
			m := c.monthIndex(d)
			c.months[m] = append(c.months[m], d)
		}
	}
}

// monthIndex numbers months from the calendar's first.
func (c *calendar) monthIndex(d day) int {
	t := d.time()
	return (t.Year()-c.first.year())*12 + int(t.Month()) - 1
}

// monthStart is the first day of a numbered month.
func (c *calendar) monthStart(m int) day { return date(c.first.year()+m/12, m%12+1, 1) }

// isWorking says whether orders are taken and goods are moved that day.
func (c *calendar) isWorking(d day) bool {
	i := int(d - c.first)
	return i >= 0 && i < len(c.working) && c.working[i]
}

// onWork is the day itself or the next working day.
func (c *calendar) onWork(d day) day {
	if i := int(d - c.first); i >= 0 && i < len(c.next) {
		return c.next[i]
	}
	return d
}

// parseDay reads an ISO date of the embedded lists.
func parseDay(s string) day {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic("demo: embedded list: " + err.Error())
	}
	return dayOf(t)
}
