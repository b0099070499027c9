// Package pyramid places customers into the tiers of the customer pyramid and
// measures how concentrated their value is.
//
// The cut-offs are cumulative shares of the customers with a positive value,
// ordered by value: the first 1 %, up to 5 %, up to 20 %, the rest (Curry's
// pyramid). Customers without a positive value in the window are inactive.
package pyramid

import (
	"fmt"
	"math"
	"sort"

	"verso/models/metric"
)

// Options choose the cut-offs. The zero value means 1/5/20/100 %.
type Options struct {
	CutOffs []float64 // ascending cumulative shares, the last 1; one tier each
}

// Tiers are the tier names from the top; inactive comes after the last.
var Tiers = [4]string{"top", "major", "ordinary", "small"}

// Inactive is the tier of customers without a positive value.
const Inactive = "inactive"

// Place is one customer's place. Rank counts from 1 in order of value, equal
// values in order of key; inactive customers follow in order of value and key.
type Place struct {
	Rank     int
	Share    float64 // of the total positive value; 0 for inactive customers
	CumShare float64 // up to and including this rank
	Tier     string
	TierNo   int // 1 for the top; inactive is the number of tiers plus one
}

// Model is a fitted pyramid.
type Model struct {
	Active int     // customers with a positive value
	Total  float64 // sum of positive values
	Gini   float64 // over the positive values; NaN without any
	To80   int     // customers that together make 80 % of the total
	Places []Place // in the order of the input
	Curve  []Point
}

// Point is one point of the concentration (Lorenz) curve, read from the top:
// the first Customers customers hold ShareOfValue of the total.
type Point struct {
	ShareOfCustomers float64
	Customers        int
	Value            float64
	ShareOfValue     float64
}

// curveShares are the shares of customers at which the curve is read.
func curveShares() []float64 {
	shares := []float64{0.01, 0.02, 0.03, 0.05}
	for p := 10; p <= 100; p += 5 {
		shares = append(shares, float64(p)/100)
	}
	return shares
}

// Fit ranks customers by value; keys break ties and must be distinct.
func Fit(keys, values []float64, o Options) (*Model, error) {
	if len(keys) != len(values) {
		return nil, fmt.Errorf("pyramid: %d keys for %d values", len(keys), len(values))
	}
	cuts := o.CutOffs
	if cuts == nil {
		cuts = []float64{0.01, 0.05, 0.20, 1}
	}
	if len(cuts) != len(Tiers) || !sort.Float64sAreSorted(cuts) || cuts[0] <= 0 || cuts[len(cuts)-1] != 1 {
		return nil, fmt.Errorf("pyramid: cut-offs %v must be %d ascending shares ending in 1", cuts, len(Tiers))
	}
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	sort.Slice(order, func(a, b int) bool {
		x, y := values[order[a]], values[order[b]]
		if x != y {
			return x > y
		}
		return keys[order[a]] < keys[order[b]]
	})
	m := &Model{Places: make([]Place, len(values))}
	ranked := make([]float64, 0, len(values))
	for _, i := range order {
		if values[i] > 0 {
			ranked = append(ranked, values[i])
			m.Total += values[i]
		}
	}
	m.Active = len(ranked)
	m.Gini = metric.Gini(ranked)
	m.To80 = metric.CountToShare(ranked, 0.8)
	m.place(order, ranked, cuts)
	m.curve(ranked)
	return m, nil
}

func (m *Model) place(order []int, ranked, cuts []float64) {
	var sum float64
	for r, i := range order {
		p := Place{Rank: r + 1, CumShare: 1, Tier: Inactive, TierNo: len(Tiers) + 1}
		if r < m.Active {
			sum += ranked[r]
			p.Share, p.CumShare = ranked[r]/m.Total, sum/m.Total
			for t, cut := range cuts {
				if r < metric.TopCount(m.Active, cut) {
					p.Tier, p.TierNo = Tiers[t], t+1
					break
				}
			}
		}
		m.Places[i] = p
	}
}

func (m *Model) curve(ranked []float64) {
	if m.Active == 0 {
		return
	}
	cumulative := make([]float64, m.Active)
	var sum float64
	for i, x := range ranked {
		sum += x
		cumulative[i] = sum
	}
	for _, share := range curveShares() {
		k := metric.TopCount(m.Active, share)
		value := cumulative[k-1]
		m.Curve = append(m.Curve, Point{ShareOfCustomers: share, Customers: k, Value: value,
			ShareOfValue: math.Min(1, value/m.Total)})
	}
}
