package profitability

import (
	"runtime"
	"sync"

	"verso/models/clv"
)

// holdoutStep are the days of a step of the course of the holdout.
const holdoutStep = 28

// course is what the customers known at the end of the calibration bought after
// it, step by step: what came, what the model expected of each customer, and
// what going on as before would have said. The steps add up to the validation.
type course struct {
	day                     []int // last day of the step
	actual, expected, naive []float64
}

// follow is the course from the end of the calibration to the as-of date.
func (l *lifetime) follow(b *backtest, rows *clv.Rows, o clv.RowOptions) (*course, error) {
	c := &course{}
	n := max((l.asOf-b.split+holdoutStep/2)/holdoutStep, 1) // a short rest joins the step before
	for k := range n {
		c.day = append(c.day, b.split+(k+1)*holdoutStep)
	}
	c.day[n-1] = l.asOf
	c.actual, c.expected, c.naive = make([]float64, n), make([]float64, n), make([]float64, n)
	known := make(map[int64]bool, len(rows.Key))
	for _, key := range rows.Key {
		known[key] = true
	}
	for i, day := range l.tx.Day {
		if day > b.split && day <= l.asOf && l.tx.Amount[i] > 0 && known[l.tx.Customer[i]] {
			c.actual[min((day-b.split-1)/holdoutStep, n-1)]++
		}
	}
	length := make([]float64, n) // from the split, in the model's time
	for k, day := range c.day {
		length[k] = float64(day-b.split) / 7
		if o.Clock != nil {
			length[k] = o.Clock.Until(b.split, float64(day-b.split)) / 7
		}
	}
	u, _ := clv.Unique(rows.Customers)
	parts, err := expectations(b.model, u, length)
	if err != nil {
		return nil, err
	}
	for i := range u.X {
		before := 0.0
		for k, t := range length {
			now := parts[i][k]
			c.expected[k] += u.Weight[i] * now
			if k > 0 {
				c.expected[k] -= u.Weight[i] * parts[i][k-1]
			}
			if u.T[i] > 0 {
				c.naive[k] += u.Weight[i] * u.X[i] * (t - before) / u.T[i]
			}
			before = t
		}
	}
	return c, nil
}

// expectations are the purchases expected of every row within each length. Rows
// are shared out and written to their own place, so that the cores do not matter.
func expectations(m *clv.Model, u clv.Customers, length []float64) ([][]float64, error) {
	parts, errs := make([][]float64, len(u.X)), make([]error, len(u.X))
	workers := max(1, min(runtime.GOMAXPROCS(0), len(u.X)))
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			for i := w; i < len(u.X); i += workers {
				p, err := m.At(clv.History{X: u.X[i], Tx: u.Tx[i], T: u.T[i]})
				if err != nil {
					errs[i] = err
					continue
				}
				parts[i] = make([]float64, len(length))
				for k, t := range length {
					parts[i][k] = p.Expected(t)
				}
			}
		})
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return parts, nil
}
