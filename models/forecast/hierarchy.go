package forecast

import (
	"context"
	"errors"
	"fmt"
	"math"
)

// Structure says which leaves each node of a hierarchy is the sum of. Nodes may
// overlap, so titles can be summed by subject and by region at once.
type Structure struct {
	Leaves int
	Nodes  [][]int // the leaves of each sum, ascending; leaves themselves are not listed
	parent []int   // of a tree, by node then leaf; −1 at the top; nil for other structures
}

// ErrStructure is returned for a structure that does not hold together.
var ErrStructure = errors.New("forecast: unusable hierarchy")

// Sums makes a structure from the leaves (0 … leaves−1) that each sum holds.
func Sums(leaves int, nodes [][]int) (*Structure, error) {
	s := &Structure{Leaves: leaves}
	for k, node := range nodes {
		seen := make([]bool, leaves)
		for _, l := range node {
			if l < 0 || l >= leaves || seen[l] {
				return nil, fmt.Errorf("%w: sum %d names leaf %d, of %d leaves, wrongly or twice", ErrStructure, k, l, leaves)
			}
			seen[l] = true
		}
		var sorted []int
		for l, in := range seen {
			if in {
				sorted = append(sorted, l)
			}
		}
		if len(sorted) == 0 {
			return nil, fmt.Errorf("%w: sum %d has no leaves", ErrStructure, k)
		}
		s.Nodes = append(s.Nodes, sorted)
	}
	return s, nil
}

// Tree makes a structure from parents: parentOfLeaf holds the node above each
// leaf, parentOfNode the node above each node, −1 for the one at the top.
func Tree(parentOfNode, parentOfLeaf []int) (*Structure, error) {
	count := len(parentOfNode)
	nodes := make([][]int, count)
	for l, p := range parentOfLeaf {
		for depth := 0; p >= 0; depth++ {
			if p >= count || depth > count {
				return nil, fmt.Errorf("%w: the way up from leaf %d leads to node %d of %d, or in a circle", ErrStructure, l, p, count)
			}
			nodes[p] = append(nodes[p], l)
			p = parentOfNode[p]
		}
	}
	tops := 0
	for _, p := range parentOfNode {
		if p < 0 {
			tops++
		}
	}
	if tops != 1 || len(parentOfLeaf) == 0 {
		return nil, fmt.Errorf("%w: a tree has one node at the top and a leaf, not %d and %d", ErrStructure, tops, len(parentOfLeaf))
	}
	s, err := Sums(len(parentOfLeaf), nodes)
	if err != nil {
		return nil, err
	}
	s.parent = append(append(s.parent, parentOfNode...), parentOfLeaf...)
	for l, p := range parentOfLeaf {
		if p < 0 {
			return nil, fmt.Errorf("%w: leaf %d has no node above it", ErrStructure, l)
		}
	}
	return s, nil
}

// size is the number of nodes and leaves together.
func (s *Structure) size() int { return len(s.Nodes) + s.Leaves }

// Aggregate returns one slice a node and then one a leaf, from the values of the
// leaves. A sum with a missing part is missing.
func (s *Structure) Aggregate(leaves [][]float64) [][]float64 {
	out := make([][]float64, 0, s.size())
	for _, node := range s.Nodes {
		sum := make([]float64, len(leaves[0]))
		for _, l := range node {
			for i, v := range leaves[l] {
				sum[i] += v
			}
		}
		out = append(out, sum)
	}
	return append(out, leaves...)
}

// FitHierarchy forecasts every sum and every leaf on its own, then makes the
// forecasts coherent by the method given, so that every sum is the sum of its
// leaves at every step. Forecasts come in the order nodes, leaves; names of the
// nodes are those given. The leaves must share start, length and period; one
// that began later has zeros before, not missing values. Where no history is
// below zero, leaves that come out below zero are set to zero and summed again.
// Intervals keep the width of each series' own and move with its mean. MinT
// takes its covariance from the one-step errors of the backtests, of which it
// makes 24 a series unless Options say otherwise.
func FitHierarchy(ctx context.Context, s *Structure, names []string, leaves []Series, how Reconciliation, o Options) (*Model, error) {
	if len(leaves) != s.Leaves || len(names) != len(s.Nodes) || s.Leaves == 0 {
		return nil, fmt.Errorf("%w: %d series for %d leaves, %d names for %d sums", ErrStructure, len(leaves), s.Leaves, len(names), len(s.Nodes))
	}
	values := make([][]float64, len(leaves))
	for l, series := range leaves {
		first := leaves[0]
		if series.Start != first.Start || len(series.Values) != len(first.Values) || series.Period != first.Period {
			return nil, fmt.Errorf("%w: series %q and %q differ in start, length or period: give all the same steps, zeros where nothing was sold", ErrStructure, first.Name, series.Name)
		}
		values[l] = series.Values
	}
	var all []Series
	for k, v := range s.Aggregate(values) {
		series := Series{Values: v, Period: leaves[0].Period, Start: leaves[0].Start}
		if k < len(names) {
			series.Name = names[k]
		} else {
			series.Name = leaves[k-len(names)].Name
		}
		all = append(all, series)
	}
	if how == MinT && o.Origins == 0 {
		o.Origins = 24
	}
	m, works, err := fitAll(ctx, all, o)
	if err != nil {
		return nil, err
	}
	if err := s.reconcileModel(m, works, how); err != nil {
		return nil, err
	}
	return m, nil
}

// reconcileModel replaces the means of a model by coherent ones.
func (s *Structure) reconcileModel(m *Model, works []work, how Reconciliation) error {
	base := make([][]float64, len(m.Forecasts))
	notBelowZero := true
	for i, f := range m.Forecasts {
		if f.Mean == nil {
			return fmt.Errorf("%w: series %q has no forecast (%s): leave it out", ErrStructure, f.Name, f.Reason)
		}
		base[i] = f.Mean
		notBelowZero = notBelowZero && f.Demand.Class != Signed
	}
	var errs [][]float64
	if how == MinT {
		if errs = aligned(works); errs == nil {
			how = Structural
			for i := range m.Forecasts {
				m.Forecasts[i].note("backtests too few or at different steps for MinT: structural weights stand in")
			}
		}
	}
	coherent, err := s.Reconcile(base, how, errs)
	if err != nil {
		return err
	}
	if notBelowZero {
		s.clip(coherent)
	}
	for i := range m.Forecasts {
		m.Forecasts[i].move(coherent[i])
	}
	return nil
}

// clip sets leaves below zero to zero and sums again.
func (s *Structure) clip(coherent [][]float64) {
	leaves := coherent[len(s.Nodes):]
	for _, leaf := range leaves {
		for i, v := range leaf {
			leaf[i] = math.Max(0, v)
		}
	}
	copy(coherent, s.Aggregate(leaves)[:len(s.Nodes)])
}

// aligned lists the one-step backtest errors of every series in one order of
// trials; nil where they do not match or are fewer than three. Errors of later
// steps overlap from one trial to the next, and would make the covariance look
// better known than it is.
func aligned(works []work) [][]float64 {
	out := make([][]float64, len(works))
	for i, w := range works {
		for _, trial := range w.errors {
			if !math.IsNaN(trial[0]) {
				out[i] = append(out[i], trial[0])
			}
		}
		if len(out[i]) != len(w.errors) || len(out[i]) != len(out[0]) || len(out[i]) < 3 || w.history.ahead != works[0].history.ahead {
			return nil
		}
	}
	return out
}

func (f *Forecast) note(text string) {
	if f.Reason != "" {
		f.Reason += "; "
	}
	f.Reason += text
}

// move replaces the mean and takes the bounds along.
func (f *Forecast) move(mean []float64) {
	for l := range f.Lower {
		for i, v := range mean {
			half := f.Upper[l][i] - f.Mean[i]
			f.Lower[l][i], f.Upper[l][i] = v-half, v+half
			if f.Demand.Class != Signed {
				f.Lower[l][i] = math.Max(0, f.Lower[l][i])
			}
		}
	}
	f.Mean = mean
}
