package persistency

import (
	"fmt"
	"sort"
	"time"
)

// Clock counts the days that matter: each day has a weight from 0 (silent, such
// as a vacation) to 1. Days before and after those it knows count in full. A nil
// Clock counts calendar days.
type Clock struct {
	first int
	sum   []float64 // sum[i] is the weight of the first i days
}

// Clocks are the clocks by customer type; a type without one counts calendar
// days.
type Clocks map[int]*Clock

// NewClock takes the weight of each day from the first on.
func NewClock(first int, weight []float64) (*Clock, error) {
	c := &Clock{first: first, sum: make([]float64, len(weight)+1)}
	for i, w := range weight {
		if !(w >= 0 && w <= 1) {
			return nil, fmt.Errorf("%w: the weight %v of day %d must lie between 0 and 1", ErrValue, w, first+i)
		}
		c.sum[i+1] = c.sum[i] + w
	}
	return c, nil
}

// until is the weight of all days up to and including day, counted from the
// day before the first known.
func (c *Clock) until(day int) float64 {
	i := day - c.first + 1
	switch last := len(c.sum) - 1; {
	case i <= 0:
		return float64(i)
	case i > last:
		return c.sum[last] + float64(i-last)
	default:
		return c.sum[i]
	}
}

// Elapsed is the number of active days after from, up to and including to;
// negative when to is before from.
func (c *Clock) Elapsed(from, to int) float64 {
	if c == nil {
		return float64(to - from)
	}
	return c.until(to) - c.until(from)
}

// After is the first day by which more than the given number of active days
// have passed since from.
func (c *Clock) After(from int, active float64) int {
	// No clock runs faster than the calendar, and beyond its end it runs as fast.
	reach := int(active) + 2
	if c != nil {
		reach += len(c.sum)
	}
	return from + sort.Search(reach, func(k int) bool { return c.Elapsed(from, from+k) > active })
}

// Academic are the silent times of an academic year.
type Academic struct {
	Months        []time.Month // silent months; nil means July and August
	Festivals     []int        // first days of the Spring Festivals
	Before, After int          // silent days before and after each; both 0 means 14 and 14
	Silent        float64      // weight of a silent day, below 1; 0 is full silence
}

// NewAcademicClock gives the days from first to last weight 1 but in the silent
// times. Beyond them the clock runs as the calendar does, so last should lie as
// far ahead as the longest limit in use.
func NewAcademicClock(first, last int, a Academic) (*Clock, error) {
	if last < first {
		return nil, fmt.Errorf("%w: an academic calendar from day %d to %d", ErrValue, first, last)
	}
	if a.Before < 0 || a.After < 0 {
		return nil, fmt.Errorf("%w: %d days before and %d after the festival must not be negative", ErrValue, a.Before, a.After)
	}
	months := a.Months
	if months == nil {
		months = []time.Month{time.July, time.August}
	}
	if a.Before == 0 && a.After == 0 {
		a.Before, a.After = 14, 14
	}
	weight := make([]float64, last-first+1)
	for i := range weight {
		weight[i] = 1
		month := date(first + i).Month()
		for _, m := range months {
			if m == month {
				weight[i] = a.Silent
			}
		}
	}
	for _, f := range a.Festivals {
		for d := max(first, f-a.Before); d <= min(last, f+a.After); d++ {
			weight[d-first] = a.Silent
		}
	}
	return NewClock(first, weight)
}

func date(day int) time.Time { return time.Unix(int64(day)*86400, 0).UTC() }

func dayOf(t time.Time) int {
	return int(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC).Unix() / 86400)
}
