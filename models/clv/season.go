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
// 1970-01-01, over the whole calendar months in [from, to], by classical
// decomposition: the purchases a day of each month over their centred mean of
// twelve months (which takes growth out), then the mean of these ratios over the
// years. The least index is 0.05, so that time never stands still. It is an error
// when fewer than 24 whole months are covered, because season and growth are then
// one.
func SeasonalIndex(days []int, from, to int) (*Clock, error) {
	y, m, d := date(from)
	start := 12*y + m // months since the year 0
	if d > 1 {
		start++
	}
	y, m, _ = date(to + 1)
	n := 12*y + m - start // whole months
	if n < 24 {
		return nil, fmt.Errorf("clv: a seasonal index needs 24 whole months of purchases; days %d to %d have %d", from, to, max(n, 0))
	}
	rate := make([]float64, n)
	for _, d := range days {
		y, m, _ := date(d)
		if k := 12*y + m - start; k >= 0 && k < n {
			rate[k]++
		}
	}
	for k := range rate {
		month := start + k
		rate[k] /= float64(dayOf(month/12, month%12+1) - dayOf(month/12, month%12))
	}
	var sum, count [12]float64
	for k := 6; k+6 < n; k++ {
		trend := (rate[k-6] + rate[k+6]) / 24
		for _, v := range rate[k-5 : k+6] {
			trend += v / 12
		}
		if trend > 0 {
			sum[(start+k)%12] += rate[k] / trend
			count[(start+k)%12]++
		}
	}
	var index [12]float64
	for m := range index {
		if count[m] == 0 {
			return nil, fmt.Errorf("clv: a seasonal index needs purchases around every month; there are none around any %v", time.Month(m+1))
		}
		index[m] = max(sum[m]/count[m], 0.05)
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
			sum += float64(daysOf(y, i)) * v
		}
	}
	return sum + (float64(d-1)+day-whole)*c.index[m]
}

// daysOf is how many days a month has, counted from 0.
func daysOf(year, month int) int {
	if month == 1 {
		return 28 + leapsBefore(year+1) - leapsBefore(year)
	}
	return int(daysOfFourYears[month]) / 4
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
