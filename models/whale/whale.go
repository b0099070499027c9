// Package whale draws the whale curve of customer profit: profit summed over the
// customers in falling order of it, as a share of the total (Kaplan and
// Narayanan, Measuring and Managing Customer Profitability, 2001). It rises to a
// peak, what the profitable customers earn, and falls along a tail of losses to
// the total.
package whale

import (
	"fmt"
	"math"
	"slices"
	"sort"
)

// Point is the curve after the first Customers customers.
type Point struct {
	Share     float64 // of all customers, 0 to 1
	Customers int
	Profit    float64 // of those customers, money
}

// Model is the curve and its shape. Profits are money.
type Model struct {
	Customers int
	Total     float64
	Peak      float64 // profit of the profitable customers together
	Earning   int     // customers with a profit above 0
	Losing    int     // customers with a profit below 0
	Loss      float64 // profit of the losing customers together: not above 0
	Rank      []int   // place of each customer, 1 for the largest profit, in the order of the input
	Cumulated []float64
	Curve     []Point // at every hundredth of the customers, from 0 to 1
}

// PeakShare is the peak as a share of the total; ok is false where the total is
// not above 0 and a share says nothing.
func (m *Model) PeakShare() (share float64, ok bool) {
	if m.Total <= 0 {
		return 0, false
	}
	return m.Peak / m.Total, true
}

// PeakAt is the share of customers at which the curve peaks; 0 without customers.
func (m *Model) PeakAt() float64 {
	if m.Customers == 0 {
		return 0
	}
	return float64(m.Earning) / float64(m.Customers)
}

// Fit ranks customers by profit; keys break ties and must be distinct. A profit
// that is not a finite number is an error that names its key.
func Fit(keys, profits []float64) (*Model, error) {
	n := len(profits)
	if len(keys) != n {
		return nil, fmt.Errorf("whale: %d keys for %d profits", len(keys), n)
	}
	for i, p := range profits {
		if math.IsNaN(p) || math.IsInf(p, 0) {
			return nil, fmt.Errorf("whale: the profit of %v is %v; leave out customers whose profit is not known", keys[i], p)
		}
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	sort.Slice(order, func(a, b int) bool {
		if x, y := profits[order[a]], profits[order[b]]; x != y {
			return x > y
		}
		return keys[order[a]] < keys[order[b]]
	})
	m := &Model{Customers: n, Rank: make([]int, n), Cumulated: make([]float64, n)}
	running := make([]float64, n+1)
	for place, i := range order {
		p := profits[i]
		running[place+1] = running[place] + p
		m.Rank[i], m.Cumulated[i] = place+1, running[place+1]
		switch {
		case p > 0:
			m.Earning++
		case p < 0:
			m.Losing++
			m.Loss += p
		}
	}
	m.Total, m.Peak = running[n], slices.Max(running)
	for k := 0; n > 0 && k <= 100; k++ {
		c := (k*n + 50) / 100
		m.Curve = append(m.Curve, Point{float64(k) / 100, c, running[c]})
	}
	return m, nil
}

// Cost is one kind of deduction from the sales of customers, one amount each.
type Cost struct {
	Name    string
	Amounts []float64 // money, in the order of the customers
}

// Reason is a deduction that is larger than among a customer's peers.
type Reason struct {
	Cost   int     // place in the costs; -1 for none
	Excess float64 // money above the amount that peers of the same sales have
}

// Reasons are, for every customer, the two deductions that exceed most what
// customers of its group have on average: their amount as a share of gross
// sales, times its own gross sales. gross and group are one element a customer.
func Reasons(gross []float64, group []int, costs []Cost) [][2]Reason {
	sales := map[int]float64{}
	for i, g := range group {
		sales[g] += gross[i]
	}
	shares := make([]map[int]float64, len(costs))
	for c, cost := range costs {
		shares[c] = map[int]float64{}
		for i, g := range group {
			if sales[g] > 0 {
				shares[c][g] += cost.Amounts[i] / sales[g]
			}
		}
	}
	out := make([][2]Reason, len(gross))
	for i := range gross {
		best := [2]Reason{{Cost: -1}, {Cost: -1}}
		for c, cost := range costs {
			r := Reason{c, cost.Amounts[i] - shares[c][group[i]]*gross[i]}
			switch {
			case r.Excess > best[0].Excess:
				best[0], best[1] = r, best[0]
			case r.Excess > best[1].Excess:
				best[1] = r
			}
		}
		out[i] = best
	}
	return out
}
