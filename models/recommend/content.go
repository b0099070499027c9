package recommend

import (
	"cmp"
	"math"
	"sync"
)

// Content scores items by their attributes alone: naive-Bayes log-odds of the
// customer's own attributes against those of all customers.
type Content struct {
	Attributes *Attributes
	Share      []float32 // of each feature among the purchases of its kind
	Prior      float64   // purchases that the shares of all customers count for

	items [][]int32 // with each feature
	spare sync.Pool // of *profile
}

// FitContent counts the shares of features over all purchases. A prior of 0 means
// 3 purchases.
func FitContent(x *Matrix, a *Attributes, prior float64) *Content {
	m := &Content{Attributes: a, Prior: cmp.Or(prior, 3), Share: make([]float32, len(a.Names)), items: make([][]int32, len(a.Names))}
	count, total := make([]float64, len(a.Names)), make([]float64, len(a.Kinds))
	for i, features := range a.Of {
		n := float64(x.Count(i))
		for _, f := range features {
			count[f] += n
			total[a.Kind[f]] += n
			m.items[f] = append(m.items[f], int32(i))
		}
	}
	for f := range count {
		// Half a purchase for features that nobody bought yet.
		m.Share[f] = float32((count[f] + .5) / (total[a.Kind[f]] + 1))
	}
	return m
}

// Name is "content".
func (m *Content) Name() string { return "content" }

// profile is a customer's features: how much of each was bought, then its lift.
type profile struct {
	features []int32   // those of the history, in its order
	value    []float32 // by feature, 0 for all others
	seen     []bool    // by feature
}

// lifts are log(1 + n/(prior·share)) for each feature of the history bought n
// times by weight: the log-odds of the feature for this customer against all, but
// for a constant of the customer and kind. The profile goes back by give.
func (m *Content) lifts(h History) *profile {
	p, _ := m.spare.Get().(*profile)
	if p == nil {
		p = &profile{value: make([]float32, len(m.Share)), seen: make([]bool, len(m.Share))}
	}
	for k, i := range h.Item {
		for _, f := range m.Attributes.Of[i] {
			if !p.seen[f] {
				p.seen[f] = true
				p.features = append(p.features, f)
			}
			p.value[f] += h.Weight[k]
		}
	}
	for _, f := range p.features {
		p.value[f] = float32(math.Log1p(max(float64(p.value[f]), 0) / (m.Prior * float64(m.Share[f]))))
	}
	return p
}

func (m *Content) give(p *profile) {
	for _, f := range p.features {
		p.value[f], p.seen[f] = 0, false
	}
	p.features = p.features[:0]
	m.spare.Put(p)
}

// Scores are the sums of the lifts of an item's features.
func (m *Content) Scores(h History, scores []float32) {
	clear(scores)
	p := m.lifts(h)
	defer m.give(p)
	for _, f := range p.features {
		v := p.value[f]
		for _, j := range m.items[f] {
			scores[j] += v
		}
	}
}

// Explain names the features that the item shares with the history.
func (m *Content) Explain(h History, item int) Explanation {
	p := m.lifts(h)
	defer m.give(p)
	var reasons []Reason
	for _, f := range m.Attributes.Of[item] {
		if v := p.value[f]; v != 0 {
			part := m.Attributes.Kinds[m.Attributes.Kind[f]] + "=" + m.Attributes.Names[f]
			reasons = append(reasons, Reason{Part: part, Item: -1, Value: float64(v)})
		}
	}
	return explained(reasons)
}
