package survival

import (
	"cmp"
	"slices"
)

// order lists the rows of a sample stratum by stratum from the longest time
// down, which is how risk sets grow; a row leaves again when the walk comes to
// its entry.
type order struct {
	codes   []int // of the strata, ascending
	bounds  []int // stratum k is [bounds[k], bounds[k+1]) in both lists
	byTime  []int
	byEntry []int // nil without left truncation
}

func (o *order) strata() int { return len(o.codes) }

// newOrder sorts the rows with a positive weight. strata may be nil: one stratum of code 0.
func newOrder(s Sample, strata []int) *order {
	o := &order{codes: []int{0}}
	code := func(int) int { return 0 }
	if strata != nil {
		o.codes = distinct(strata)
		code = func(i int) int { return strata[i] }
	}
	for i := range s.Time {
		if s.weight(i) > 0 {
			o.byTime = append(o.byTime, i)
		}
	}
	sorted := func(key []float64) []int {
		list := slices.Clone(o.byTime)
		slices.SortFunc(list, func(a, b int) int {
			if c := cmp.Compare(code(a), code(b)); c != 0 {
				return c
			}
			if c := cmp.Compare(key[b], key[a]); c != 0 {
				return c
			}
			return cmp.Compare(a, b)
		})
		return list
	}
	if s.Entry != nil {
		o.byEntry = sorted(s.Entry)
	}
	o.byTime = sorted(s.Time)
	o.bounds = make([]int, len(o.codes)+1)
	at := 0
	for k, c := range o.codes {
		for at < len(o.byTime) && code(o.byTime[at]) <= c {
			at++
		}
		o.bounds[k+1] = at
	}
	return o
}
