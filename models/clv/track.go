package clv

import (
	"fmt"
	"math"
)

// TrackPoint is the number of repeat purchases of all customers up to a day.
type TrackPoint struct {
	Day                        int
	Actual, Expected           float64 // since the first day of all
	ActualStep, ExpectedStep   float64 // since the point before
	ActualBuyers, NewCustomers int     // customers with a repeat purchase, and with a first purchase, since the point before
}

// Track follows the customers of rows from their first purchases to a day, which
// can lie after the as-of date, in steps of days (7: weeks). Expected counts do
// not use what was seen of a customer beyond the first day, so that they test
// the model's shape in calibration and its forecast in the holdout.
func (m *Model) Track(tx Transactions, rows *Rows, o RowOptions, until, stepDays int) ([]TrackPoint, error) {
	if stepDays < 1 {
		return nil, fmt.Errorf("clv: steps of %d days; want at least 1", stepDays)
	}
	if len(rows.Key) == 0 {
		return nil, ErrEmpty
	}
	if o.DaysPerUnit == 0 {
		o.DaysPerUnit = 7
	}
	if _, err := m.At(History{Purchase: rows.at(0).Purchase, Dropout: rows.at(0).Dropout}); err != nil {
		return nil, err
	}
	days, err := customerDays(tx, until, o, &Rows{})
	if err != nil {
		return nil, err
	}
	start := math.MaxInt
	for _, d := range rows.FirstDay {
		start = min(start, d)
	}
	if until <= start {
		return nil, fmt.Errorf("clv: tracking ends on day %d, not after the first purchase on day %d", until, start)
	}
	points := make([]TrackPoint, (until-start+stepDays-1)/stepDays)
	for i := range points {
		points[i].Day = min(start+(i+1)*stepDays, until)
	}
	// The place of a day: the first point is the days start … start+stepDays.
	place := func(day int) int { return max((day-start+stepDays-1)/stepDays-1, 0) }
	m.expectSteps(rows, o, points)
	first := make(map[int64]int, len(rows.Key))
	for i, k := range rows.Key {
		first[k] = rows.FirstDay[i]
		if rows.FirstDay[i] <= until {
			points[place(rows.FirstDay[i])].NewCustomers++
		}
	}
	seen := map[[2]int64]bool{}
	for _, d := range days {
		f, known := first[d.customer]
		if !known || !d.occasion || d.day <= f {
			continue
		}
		i := place(d.day)
		points[i].ActualStep++
		if key := [2]int64{d.customer, int64(i)}; !seen[key] {
			seen[key] = true
			points[i].ActualBuyers++
		}
	}
	var actual, expected float64
	for i := range points {
		actual += points[i].ActualStep
		expected += points[i].ExpectedStep
		points[i].Actual, points[i].Expected = actual, expected
	}
	return points, nil
}

// expectSteps sums the unconditional expectations of customers with the same
// first day and covariates.
func (m *Model) expectSteps(rows *Rows, o RowOptions, points []TrackPoint) {
	groups := rows.Customers
	n := len(rows.Key)
	groups.X, groups.Tx, groups.T, groups.Weight, groups.Spend = make([]float64, n), make([]float64, n), make([]float64, n), nil, nil
	for i, d := range rows.FirstDay {
		groups.T[i] = float64(d) // a key of the group, not an age
	}
	u, _ := Unique(groups)
	parts := make([][]float64, len(u.X))
	inParallel(len(u.X), func(g int) {
		h := u.at(g)
		p := m.at(History{Purchase: h.Purchase, Dropout: h.Dropout})
		parts[g] = make([]float64, len(points))
		before := 0.0
		for i := range points {
			now := 0.0
			if day := int(u.T[g]); points[i].Day > day {
				now = p.Expected(o.between(day, points[i].Day))
			}
			parts[g][i] = u.Weight[g] * (now - before)
			before = now
		}
	})
	for _, part := range parts {
		for i, v := range part {
			points[i].ExpectedStep += v
		}
	}
}

// Regularity is how regular purchases are: k = 1 is the Poisson process that all
// models here take, k = 2 and more are regular buyers, whom they understand too
// late (Wheat & Morrison 1990).
type Regularity struct {
	N         int     // customers with three occasions or more
	K         float64 // 0 when N is below 2 or the gaps do not vary
	Low, High float64 // 95 % interval of K
	Warning   string  // empty when the interval holds 1
}

// RegularityOf estimates k from each customer's last two gaps: the share of the
// earlier in both is Beta(k, k) when gaps are Gamma with shape k, and its
// variance about 1/2 is 1/(4·(2k+1)).
func RegularityOf(tx Transactions, o RowOptions) (Regularity, error) {
	if len(tx.Day) != len(tx.Customer) || len(tx.Amount) != len(tx.Customer) {
		return Regularity{}, ErrShape
	}
	days, err := customerDays(tx, o.AsOf, o, &Rows{})
	if err != nil {
		return Regularity{}, err
	}
	var squares []float64
	var last []int
	flush := func() {
		if n := len(last); n >= 3 {
			early, late := float64(last[n-2]-last[n-3]), float64(last[n-1]-last[n-2])
			d := early/(early+late) - 0.5
			squares = append(squares, d*d)
		}
		last = last[:0]
	}
	for i, d := range days {
		if i > 0 && d.customer != days[i-1].customer {
			flush()
		}
		if d.occasion {
			last = append(last, d.day)
		}
	}
	flush()
	r := Regularity{N: len(squares)}
	if r.N < 2 {
		return r, nil
	}
	n := float64(r.N)
	mean := totalOf(squares) / n
	var spread float64
	for _, s := range squares {
		spread += (s - mean) * (s - mean) / (n - 1)
	}
	half := normal95 * math.Sqrt(spread/n)
	k := func(v float64) float64 { return max((1-4*v)/(8*v), 0) }
	if mean <= half {
		return r, nil
	}
	r.K, r.Low, r.High = k(mean), k(mean+half), k(mean-half)
	switch {
	case r.Low > 1:
		r.Warning = "customers buy more regularly than the models take them to: one who is overdue is further gone than P(alive) says"
	case r.High < 1:
		r.Warning = "customers buy in bursts: one who is silent is less far gone than P(alive) says"
	}
	return r, nil
}
