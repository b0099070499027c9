package survival

import (
	"fmt"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// GroupCount is what one group of a log-rank test saw and what it would have
// seen if all groups had the same hazard.
type GroupCount struct {
	Group    int // the caller's code
	N        float64
	Observed float64
	Expected float64
}

// LogRankTest is the result of the test that k survival curves are the same.
type LogRankTest struct {
	Groups    []GroupCount // by ascending code
	ChiSquare float64
	DF        int
	P         float64
	Reason    string // in words, when nothing could be compared; P is then 1
}

// LogRank is the k-sample log-rank test (Mantel 1966; Peto & Peto 1972) with
// the hypergeometric variance, within strata when those are given and with left
// truncation when the sample has entries. group and strata are any codes, one a
// row; strata may be nil. Groups in which no event could be expected are left
// out of the degrees of freedom.
func LogRank(s Sample, group, strata []int) (*LogRankTest, error) {
	if err := s.valid(); err != nil {
		return nil, err
	}
	if len(group) != s.Len() || strata != nil && len(strata) != s.Len() {
		return nil, fmt.Errorf("%w: %d times, %d groups, %d strata", ErrShape, s.Len(), len(group), len(strata))
	}
	codes := distinct(group)
	k := len(codes)
	if k > maxGroups {
		return nil, fmt.Errorf("%w: %d groups are more than %d; put the small ones together", ErrValue, k, maxGroups)
	}
	t := &LogRankTest{Groups: make([]GroupCount, k)}
	for g, code := range codes {
		t.Groups[g].Group = code
	}
	index := make([]int, s.Len())
	for i, code := range group {
		index[i], _ = slices.BinarySearch(codes, code)
		t.Groups[index[i]].N += s.weight(i)
	}
	variance := mat.NewSymDense(k, nil)
	o := newOrder(s, strata)
	for st := range o.strata() {
		t.addStratum(s, o, st, index, variance)
	}
	t.finish(variance)
	return t, nil
}

const maxGroups = 500

// addStratum walks one stratum from the longest time down and adds the observed
// and expected events and the variance of their difference.
func (t *LogRankTest) addStratum(s Sample, o *order, stratum int, group []int, variance *mat.SymDense) {
	k := len(t.Groups)
	risk, dead := make([]float64, k), make([]float64, k)
	from, to := o.bounds[stratum], o.bounds[stratum+1]
	gone := from
	for pos := from; pos < to; {
		time := s.Time[o.byTime[pos]]
		clear(dead)
		d := 0.0
		for ; pos < to && s.Time[o.byTime[pos]] == time; pos++ {
			i := o.byTime[pos]
			risk[group[i]] += s.weight(i)
			if s.Event[i] {
				dead[group[i]] += s.weight(i)
				d += s.weight(i)
			}
		}
		if d == 0 {
			continue
		}
		for ; o.byEntry != nil && gone < to && s.Entry[o.byEntry[gone]] >= time; gone++ {
			risk[group[o.byEntry[gone]]] -= s.weight(o.byEntry[gone])
		}
		n := 0.0
		for _, r := range risk {
			n += r
		}
		for g := range risk {
			t.Groups[g].Observed += dead[g]
			t.Groups[g].Expected += d * risk[g] / n
		}
		if n <= 1 {
			continue
		}
		v := d * (n - d) / (n - 1)
		for g := range risk {
			if risk[g] == 0 {
				continue
			}
			for h := g; h < k; h++ {
				x := -risk[g] * risk[h] / (n * n)
				if h == g {
					x += risk[g] / n
				}
				variance.SetSym(g, h, variance.At(g, h)+v*x)
			}
		}
	}
}

// finish turns the sums into the test: the differences of all but one group
// against their variance, the groups that never were at risk apart.
func (t *LogRankTest) finish(variance *mat.SymDense) {
	var used []int
	for g := range t.Groups {
		if t.Groups[g].Expected > 0 && variance.At(g, g) > 1e-12*t.Groups[g].Expected {
			used = append(used, g)
		}
	}
	t.P = 1
	if len(used) < 2 {
		t.Reason = "fewer than two groups were at risk together when an event happened: there is nothing to compare"
		return
	}
	used = used[:len(used)-1]
	v := mat.NewSymDense(len(used), nil)
	u := mat.NewVecDense(len(used), nil)
	for a, g := range used {
		u.SetVec(a, t.Groups[g].Observed-t.Groups[g].Expected)
		for b := a; b < len(used); b++ {
			v.SetSym(a, b, variance.At(g, used[b]))
		}
	}
	var chol mat.Cholesky
	var x mat.VecDense
	if !chol.Factorize(v) || chol.SolveVecTo(&x, u) != nil {
		t.Reason = "some groups were never at risk together with the others: test them apart"
		return
	}
	t.ChiSquare, t.DF = mat.Dot(u, &x), len(used)
	t.P = chiSquareP(t.ChiSquare, t.DF)
}
