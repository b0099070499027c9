package clv

import (
	"fmt"
	"math"
	"time"
)

// Clock maps calendar days to operational days, which pass as fast as business
// is done: in a month of index 2 each calendar day is two. A customer who is
// silent in a dead month is then not punished for it. Over four years both
// clocks move alike. A model is fitted on operational time (RowOptions.Clock);
// Until and Days carry horizons there and predictions back.
type Clock struct {
	index [12]float64 // mean 1 over the days of four years
}

// daysOfFourYears are those of each month in four years, one of them a leap year.
var daysOfFourYears = [12]float64{124, 113, 124, 120, 124, 120, 124, 124, 120, 124, 120, 124}

// NewClock makes a clock of twelve monthly indices, January first: business a
// day relative to the others. They must be positive; they are scaled to a mean
// of 1 over all days.
func NewClock(monthly [12]float64) (*Clock, error) {
	var sum float64
	for m, v := range monthly {
		if !(v > 0) || !finite(v) {
			return nil, fmt.Errorf("clv: the index of month %d is %v; want a positive number", m+1, v)
		}
		sum += v * daysOfFourYears[m]
	}
	c := &Clock{}
	for m, v := range monthly {
		c.index[m] = v * 1461 / sum
	}
	return c, nil
}

// Index is the scaled index of each month.
func (c *Clock) Index() [12]float64 { return c.index }

// SeasonalIndex estimates monthly indices from the days of purchases, days since
// 1970-01-01: for every calendar year that lies wholly in [from, to], the
// purchases a day of a month over those of its year; then the mean over years.
// The least index is 0.05, so that time never stands still. It is an error when
// no whole calendar year is covered, because season and growth are then one.
func SeasonalIndex(days []int, from, to int) (*Clock, error) {
	counts := map[int]*[12]float64{}
	for _, d := range days {
		if d < from || d > to {
			continue
		}
		y, m, _ := date(d)
		if counts[y] == nil {
			counts[y] = &[12]float64{}
		}
		counts[y][m]++
	}
	first, _, _ := date(from)
	last, _, _ := date(to)
	var index [12]float64
	years := 0
	for y := first; y <= last; y++ {
		if dayOf(y, 0) < from || dayOf(y+1, 0)-1 > to || counts[y] == nil {
			continue
		}
		years++
		length := float64(dayOf(y+1, 0) - dayOf(y, 0))
		var sum float64
		for _, v := range counts[y] {
			sum += v
		}
		for m, v := range counts[y] {
			index[m] += v / float64(dayOf(y, m+1)-dayOf(y, m)) / (sum / length)
		}
	}
	if years == 0 {
		return nil, fmt.Errorf("clv: a seasonal index needs purchases of a whole calendar year; days %d to %d have none", from, to)
	}
	for m := range index {
		index[m] = max(index[m]/float64(years), 0.05)
	}
	return NewClock(index)
}

func date(day int) (year, month, dayOfMonth int) {
	y, m, d := time.Unix(int64(day)*86400, 0).UTC().Date()
	return y, int(m) - 1, d
}

// dayOf is the first day of a month, counted from 0; month 12 is the next January.
func dayOf(year, month int) int {
	return int(time.Date(year, time.Month(month+1), 1, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// Operational is the operational day of a calendar day, both since 1970-01-01;
// fractions are parts of a day.
func (c *Clock) Operational(day float64) float64 {
	whole := math.Floor(day)
	y, m, d := date(int(whole))
	leaps := float64(leapsBefore(y) - leapsBefore(1970))
	sum := leaps * c.index[1]
	years := float64(y - 1970)
	for i, v := range c.index {
		common := daysOfFourYears[i] / 4
		if i == 1 {
			common = 28
		}
		sum += years * common * v
		if i < m {
			sum += float64(dayOf(y, i+1)-dayOf(y, i)) * v
		}
	}
	return sum + (float64(d-1)+day-whole)*c.index[m]
}

// leapsBefore is the number of leap years before a year.
func leapsBefore(y int) int {
	y--
	return y/4 - y/100 + y/400
}

// Calendar is the inverse of Operational.
func (c *Clock) Calendar(operational float64) float64 {
	low, high := operational-800, operational+800
	for c.Operational(low) > operational {
		low -= 800
	}
	for c.Operational(high) < operational {
		high += 800
	}
	for high-low > 1 {
		if middle := math.Floor((low + high) / 2); c.Operational(middle) > operational {
			high = middle
		} else {
			low = middle
		}
	}
	whole := math.Floor(low)
	_, m, _ := date(int(whole))
	if c.Operational(whole+1) <= operational {
		whole++
		_, m, _ = date(int(whole))
	}
	return whole + (operational-c.Operational(whole))/c.index[m]
}

// Until is the operational length, in days, of the calendar days after asOf.
func (c *Clock) Until(asOf int, days float64) float64 {
	return c.Operational(float64(asOf)+days) - c.Operational(float64(asOf))
}

// Days is how many calendar days after asOf an operational length, in days, ends.
func (c *Clock) Days(asOf int, length float64) float64 {
	return c.Calendar(c.Operational(float64(asOf))+length) - float64(asOf)
}
