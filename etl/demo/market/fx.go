package market

import (
	"math"

	"verso/etl/demo/calendar"
	"verso/etl/demo/dice"
)

// currency is one currency the company deals in.
type currency struct {
	Code string
	base float64 // CNY per unit around which its rate wanders
	step float64 // list prices are rounded to it
}

// currencies are the currencies of publishers and of the few customers that do
// not pay in CNY. Their rates are invented around a plausible level.
func currencies() []currency {
	return []currency{
		{"CNY", 1, 0.1}, {"USD", 7.10, 0.05}, {"EUR", 7.75, 0.05}, {"GBP", 9.05, 0.05},
		{"JPY", 0.0485, 100}, {"HKD", 0.912, 1}, {"CHF", 8.05, 0.5}, {"CAD", 5.22, 0.05},
		{"AUD", 4.71, 0.05}, {"SGD", 5.32, 0.1}, {"TWD", 0.222, 10}, {"KRW", 0.0053, 500}, {"RUB", 0.083, 10},
	}
}

// Positions in currencies().
const (
	CCNY = 0
	CUSD = 1
	cEUR = 2
	cGBP = 3
	cJPY = 4
	CHKD = 5
	cCHF = 6
	cTWD = 10
	cRUB = 12
)

// rates are the mid rates of every day, counted in hundred-millionths of CNY
// per unit. Days without trade carry the rate before.
type rates struct {
	first calendar.Day
	mid   [][]int64
	cal   *calendar.Calendar
}

// newRates walks every currency from the day before the history by two
// quarters to the last day. With effects, EUR is 7 % dearer from shock on.
func newRates(seed uint64, cal *calendar.Calendar, first, last, shock calendar.Day, effects bool) *rates {
	r := &rates{first: first, cal: cal}
	for i, c := range currencies() {
		d := dice.New(seed, dice.StreamFX+uint64(i))
		x, n := 0.0, int(last-first)+1
		mid := make([]int64, n)
		for k := range mid {
			day := first + calendar.Day(k)
			if k == 0 || cal.IsWorking(day) {
				x += -0.004*x + 0.0016*d.NormFloat64()
				if i == CCNY {
					x = 0
				}
				level := c.base * math.Exp(x)
				if effects && i == cEUR && day >= shock {
					level *= 1.07
				}
				mid[k] = int64(math.Round(level*1e6)) * 100
				continue
			}
			mid[k] = mid[k-1]
		}
		r.mid = append(r.mid, mid)
	}
	return r
}

// At is the mid rate of a day.
func (r *rates) At(ccy int, d calendar.Day) int64 {
	i := min(max(int(d-r.first), 0), len(r.mid[ccy])-1)
	return r.mid[ccy][i]
}

// quote is the rate prices are made with: the mid rate of the day before the
// quarter begins, kept for the quarter.
func (r *rates) quote(ccy int, d calendar.Day) int64 {
	m := r.cal.MonthIndex(d) / 3 * 3
	return r.At(ccy, r.cal.MonthStart(m)-1)
}
