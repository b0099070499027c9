package recommend

import (
	"cmp"
	"math"
)

// Content scores items by their attributes alone: naive-Bayes log-odds of the
// customer's own attributes against those of all customers.
type Content struct {
	Attributes *Attributes
	Share      []float32 // of each feature among the purchases of its kind
	Prior      float64   // purchases that the shares of all customers count for

	items [][]int32 // with each feature
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

// lifts are log(1 + n/(prior·share)) for each feature of the history bought n
// times by weight: the log-odds of the feature for this customer against all, but
// for a constant of the customer and kind.
func (m *Content) lifts(h History) map[int32]float32 {
	bought := map[int32]float32{}
	for k, i := range h.Item {
		for _, f := range m.Attributes.Of[i] {
			bought[f] += h.Weight[k]
		}
	}
	for f, n := range bought {
		bought[f] = float32(math.Log1p(math.Max(float64(n), 0) / (m.Prior * float64(m.Share[f]))))
	}
	return bought
}

// Scores are the sums of the lifts of an item's features.
func (m *Content) Scores(h History, scores []float32) {
	clear(scores)
	lifts := m.lifts(h)
	for _, i := range h.Item { // each feature once, in a fixed order
		for _, f := range m.Attributes.Of[i] {
			v, left := lifts[f]
			if !left {
				continue
			}
			delete(lifts, f)
			for _, j := range m.items[f] {
				scores[j] += v
			}
		}
	}
}

// Explain names the features that the item shares with the history.
func (m *Content) Explain(h History, item int) Explanation {
	lifts := m.lifts(h)
	var reasons []Reason
	for _, f := range m.Attributes.Of[item] {
		if v := lifts[f]; v != 0 {
			part := m.Attributes.Kinds[m.Attributes.Kind[f]] + "=" + m.Attributes.Names[f]
			reasons = append(reasons, Reason{Part: part, Item: -1, Value: float64(v)})
		}
	}
	return explained(reasons)
}
