package recommend

import (
	"math"
	"slices"
)

// Attributes are sparse features of items, such as author, publisher or class,
// each of a kind. They feed the content model and the figures on diversity and
// calibration.
type Attributes struct {
	Kinds []string
	Names []string  // of each feature
	Kind  []int32   // of each feature, into Kinds
	Of    [][]int32 // features of each item, ascending

	known map[[2]string]int32
}

// NewAttributes is the empty table of items.
func NewAttributes(items int) *Attributes {
	return &Attributes{Of: make([][]int32, items), known: map[[2]string]int32{}}
}

// Add gives an item a feature; an empty value and one it has already are passed
// over.
func (a *Attributes) Add(item int, kind, value string) {
	if value == "" {
		return
	}
	key := [2]string{kind, value}
	f, known := a.known[key]
	if !known {
		f = int32(len(a.Names))
		a.known[key] = f
		k := slices.Index(a.Kinds, kind)
		if k < 0 {
			k = len(a.Kinds)
			a.Kinds = append(a.Kinds, kind)
		}
		a.Names, a.Kind = append(a.Names, value), append(a.Kind, int32(k))
	}
	if at, found := slices.BinarySearch(a.Of[item], f); !found {
		a.Of[item] = slices.Insert(a.Of[item], at, f)
	}
}

// diversity is the share of pairs in a list that have no feature in common.
func (a *Attributes) diversity(list []Scored) float64 {
	if len(list) < 2 {
		return 0
	}
	apart, pairs := 0, 0
	for k, p := range list {
		for _, q := range list[:k] {
			pairs++
			if !common(a.Of[p.Item], a.Of[q.Item]) {
				apart++
			}
		}
	}
	return float64(apart) / float64(pairs)
}

func common(x, y []int32) bool {
	for i, j := 0, 0; i < len(x) && j < len(y); {
		switch {
		case x[i] == y[j]:
			return true
		case x[i] < y[j]:
			i++
		default:
			j++
		}
	}
	return false
}

// divergence is how far a list is from the history in its features (Steck 2018,
// "Calibrated recommendations"): the Kullback–Leibler divergence in nats of the
// list's shares, mixed with 1% of the history's, from the history's, as a mean
// over the kinds of feature. 0 is calibrated; ok is false without features.
func (a *Attributes) divergence(own []int32, list []Scored) (value float64, ok bool) {
	history, shown := map[int32]float64{}, map[int32]float64{}
	fill := func(into map[int32]float64, item int32) {
		for _, f := range a.Of[item] {
			into[f]++
		}
	}
	for _, i := range own {
		fill(history, i)
	}
	for _, s := range list {
		fill(shown, s.Item)
	}
	totals, totalShown := make([]float64, len(a.Kinds)), make([]float64, len(a.Kinds))
	features := make([]int32, 0, len(history))
	for f, n := range history {
		totals[a.Kind[f]] += n
		features = append(features, f)
	}
	for f, n := range shown {
		totalShown[a.Kind[f]] += n
	}
	slices.Sort(features)
	kinds := 0.0
	for k := range totals {
		if totals[k] > 0 && totalShown[k] > 0 {
			kinds++
		}
	}
	if kinds == 0 {
		return 0, false
	}
	for _, f := range features {
		k := a.Kind[f]
		if totalShown[k] == 0 {
			continue
		}
		p := history[f] / totals[k]
		q := .99*shown[f]/totalShown[k] + .01*p
		value += p * math.Log(p/q)
	}
	return value / kinds, true
}
