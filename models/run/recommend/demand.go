package recommend

import (
	"math"

	"verso/models/recommend"
)

// demand is the chance that a customer's next title is this one: the share of its
// class among what he buys, times the title's share of what the class sells now.
//
// Shares of classes are shrunk level by level towards those of all customers
// (Dirichlet prior of strength own purchases at each level). Sales now are
// customers halved every quarter of a year, shrunk towards titles listed as long
// ago (gamma prior of shape .5), so that a title listed last week is not nothing.
type demand struct {
	levels [3][]int32   // class of each title: main class, class, subject
	parent [3][]int32   // of each class, its class a level above; unused at 0
	base   [3][]float64 // share of each class within its parent
	root   []float64    // of each title: square root of its share of its class
	leaf   []float64    // share of each subject among all purchases
	prior  float64
}

const (
	demandHalfLife = 91.0 // days
	demandShape    = .5
)

// fitDemand counts up to a day.
func (c *catalogue) fitDemand(x *recommend.Matrix, day int32, prior float64) *demand {
	m := &demand{levels: [3][]int32{c.class1, c.class3, c.class}, prior: prior, root: make([]float64, x.Items)}
	rate := c.rates(x, day)
	count := [3][]float64{}
	for l, classes := range m.levels {
		size := int32(0)
		for _, k := range classes {
			size = max(size, k+1)
		}
		count[l], m.parent[l], m.base[l] = make([]float64, size), make([]int32, size), make([]float64, size)
	}
	total := 0.0
	for i := range x.Items {
		n := float64(x.Count(i)) + .01
		total += n
		for l, classes := range m.levels {
			count[l][classes[i]] += n
			if l > 0 {
				m.parent[l][classes[i]] = m.levels[l-1][i]
			}
		}
	}
	for k, n := range count[0] {
		m.base[0][k] = n / total
	}
	for l := 1; l < 3; l++ {
		for k, n := range count[l] {
			if above := count[l-1][m.parent[l][k]]; above > 0 {
				m.base[l][k] = n / above
			}
		}
	}
	m.leaf = make([]float64, len(count[2]))
	for k, n := range count[2] {
		m.leaf[k] = n / total
	}
	sum := make([]float64, len(count[2]))
	for i, r := range rate {
		sum[c.class[i]] += r
	}
	for i, r := range rate {
		if s := sum[c.class[i]]; s > 0 {
			m.root[i] = math.Sqrt(float64(x.Items) * r / s)
		}
	}
	return m
}

// rates are the sales now of each title, 0 for those not listed yet.
func (c *catalogue) rates(x *recommend.Matrix, day int32) []float64 {
	rate := make([]float64, x.Items)
	for u := range x.Users {
		for k := x.RowStart[u]; k < x.RowStart[u+1]; k++ {
			rate[x.RowItem[k]] += float64(x.Damping[u]) * math.Exp2(-float64(day-x.LastDay[k])/demandHalfLife)
		}
	}
	band := func(i int) int { // months since the listing, in steps that widen
		if c.listed[i] == 0 {
			return 0
		}
		return 1 + int(2*math.Log2(1+max(0, float64(day-c.listed[i]))/30))
	}
	sum, n := map[int]float64{}, map[int]float64{}
	for i := range rate {
		if c.listed[i] > day {
			continue
		}
		key := 2 * band(i)
		if c.textbook[i] {
			key++
		}
		sum[key] += rate[i]
		n[key]++
	}
	for i := range rate {
		if c.listed[i] > day {
			rate[i] = 0
			continue
		}
		key := 2 * band(i)
		if c.textbook[i] {
			key++
		}
		mean := sum[key]/n[key] + 1e-9
		rate[i] = (demandShape + rate[i]) / (demandShape/mean + 1)
	}
	return rate
}

// Name is "demand".
func (m *demand) Name() string { return "demand" }

// shares are the customer's shares of the subjects.
func (m *demand) shares(h recommend.History) []float64 {
	var counts [3][]float64
	for l := range m.levels {
		counts[l] = make([]float64, len(m.base[l]))
	}
	n := 0.0
	for k, i := range h.Item {
		w := max(0, float64(h.Weight[k]))
		n += w
		for l, classes := range m.levels {
			counts[l][classes[i]] += w
		}
	}
	above := []float64{1}
	for l := range m.levels {
		theta := make([]float64, len(m.base[l]))
		for k := range theta {
			p := above[0]
			if l > 0 {
				p = above[m.parent[l][k]]
			}
			theta[k] = (counts[l][k] + m.prior*p*m.base[l][k]) / (n + m.prior)
		}
		above = theta
	}
	return above
}

// Scores are square roots of chances, which keeps the best from drowning what
// other models add.
func (m *demand) Scores(h recommend.History, scores []float32) {
	theta := m.shares(h)
	for k, t := range theta {
		theta[k] = math.Sqrt(t)
	}
	for i, k := range m.levels[2] {
		scores[i] = float32(m.root[i] * theta[k])
	}
}

// Explain is the whole score: it is one product.
func (m *demand) Explain(h recommend.History, item int) recommend.Explanation {
	v := m.root[item] * math.Sqrt(m.shares(h)[m.levels[2][item]])
	return recommend.Explanation{Score: v, Reasons: []recommend.Reason{{Part: "demand", Item: -1, Value: v}}}
}
