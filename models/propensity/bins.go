package propensity

import (
	"cmp"
	"math"
	"slices"
)

// maxBins is how many bins a feature can have beside the one for missing
// values, so that a bin's number fits a byte.
const maxBins = 255

// Feature is a column as a model knows it.
type Feature struct {
	Name        string    `json:"name"`
	Categorical bool      `json:"categorical,omitempty"`
	Levels      []string  `json:"levels,omitempty"` // known categories; others are one more, missing another
	Cuts        []float64 `json:"cuts,omitempty"`   // ascending; a number v has the code "cuts below v"
}

// Codes of a row: for numbers 0 to len(Cuts), then missing; for levels 0 to
// len(Levels)−1, then any other level, then missing.
func (f *Feature) codes() int {
	if f.Categorical {
		return len(f.Levels) + 2
	}
	return len(f.Cuts) + 2
}

func (f *Feature) missing() int { return f.codes() - 1 }

// coder turns a column into codes.
type coder struct {
	missing uint8
	cuts    [256]float64 // padded with +Inf
	levels  levelIndex
}

// levelIndex finds a level's place.
type levelIndex struct {
	names []string
	place map[string]int // nil when there are so few that comparing beats hashing
}

const fewLevels = 6

func newLevelIndex(names []string) levelIndex {
	x := levelIndex{}
	for _, name := range names {
		x.add(name)
	}
	return x
}

// add appends a level that is not there yet.
func (x *levelIndex) add(name string) {
	x.names = append(x.names, name)
	switch {
	case x.place != nil:
		x.place[name] = len(x.names) - 1
	case len(x.names) > fewLevels:
		x.place = make(map[string]int)
		for k, v := range x.names {
			x.place[v] = k
		}
	}
}

// find is the place of a level, or the number of levels when it is not known.
func (x *levelIndex) find(v string) int {
	if x.place == nil {
		for k, name := range x.names {
			if name == v {
				return k
			}
		}
		return len(x.names)
	}
	if k, ok := x.place[v]; ok {
		return k
	}
	return len(x.names)
}

func newCoder(f *Feature) *coder {
	c := &coder{missing: uint8(f.missing())}
	if f.Categorical {
		c.levels = newLevelIndex(f.Levels)
		return c
	}
	for k := range c.cuts {
		c.cuts[k] = math.Inf(1)
	}
	copy(c.cuts[:], f.Cuts)
	return c
}

func (c *coder) number(v float64) uint8 {
	if math.IsNaN(v) {
		return c.missing
	}
	at := 0
	for step := 128; step > 0; step /= 2 {
		if v > c.cuts[(at+step-1)&255] {
			at += step
		}
	}
	return uint8(at)
}

func (c *coder) text(v string) uint8 {
	if v == "" {
		return c.missing
	}
	return uint8(c.levels.find(v))
}

// newFeature chooses the bins of a column: a bin a value while there are at most
// bins of them, else bins of about equal weight; heavy values keep a bin. codes
// is how many codes the column itself uses: the last ones, for another level and
// for missing, only when it has such rows.
func newFeature(c Column, w []float64, bins int) (f Feature, codes int) {
	if c.Levels != nil {
		levels, all := topLevels(c.Levels, w, bins-1)
		f = Feature{Name: c.Name, Categorical: true, Levels: levels}
		switch {
		case slices.Contains(c.Levels, ""):
			return f, len(levels) + 2
		case all > len(levels):
			return f, len(levels) + 1
		}
		return f, max(1, len(levels))
	}
	values, weights := distinct(c.Numbers, w)
	f = Feature{Name: c.Name}
	var total, sum float64
	for _, v := range weights {
		total += v
	}
	width := total / float64(bins)
	next := width
	for k := 0; k+1 < len(values) && len(f.Cuts)+1 < bins; k++ {
		sum += weights[k]
		if len(values) <= bins || sum >= next-1e-9*total {
			f.Cuts = append(f.Cuts, middle(values[k], values[k+1]))
			for next <= sum+1e-9*total {
				next += width
			}
		}
	}
	if slices.ContainsFunc(c.Numbers, math.IsNaN) {
		return f, len(f.Cuts) + 2
	}
	return f, len(f.Cuts) + 1
}

// middle is a number that is at least a and below b.
func middle(a, b float64) float64 {
	m := a + (b-a)/2
	if m >= b || m < a || math.IsInf(m, 0) {
		return a
	}
	return m
}

// topLevels are the heaviest n levels, heaviest first, then by name, and how
// many there are in all.
func topLevels(levels []string, w []float64, n int) (top []string, all int) {
	var index levelIndex
	var weight []float64
	for i, v := range levels {
		if v == "" {
			continue
		}
		k := index.find(v)
		if k == len(weight) {
			index.add(v)
			weight = append(weight, 0)
		}
		if w == nil {
			weight[k]++
		} else {
			weight[k] += w[i]
		}
	}
	names := slices.Clone(index.names)
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(weight[index.find(b)], weight[index.find(a)]), cmp.Compare(a, b))
	})
	return slices.Clone(names[:min(n, len(names))]), len(names)
}

// distinct are the values in ascending order without the missing ones, and the
// weight of each.
func distinct(numbers, w []float64) (values, weights []float64) {
	if w != nil {
		return distinctWeighted(numbers, w)
	}
	sorted := make([]uint64, 0, len(numbers))
	for _, v := range numbers {
		if !math.IsNaN(v) {
			sorted = append(sorted, sortKey(v))
		}
	}
	sortKeys(sorted)
	for from := 0; from < len(sorted); {
		to := from + 1
		for to < len(sorted) && sorted[to] == sorted[from] {
			to++
		}
		values = append(values, fromKey(sorted[from]))
		weights = append(weights, float64(to-from))
		from = to
	}
	return values, weights
}

func distinctWeighted(numbers, w []float64) (values, weights []float64) {
	order := make([]int, 0, len(numbers))
	for i, v := range numbers {
		if !math.IsNaN(v) {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(numbers[a], numbers[b]), cmp.Compare(w[a], w[b]))
	})
	for _, i := range order {
		if k := len(values) - 1; k < 0 || values[k] != numbers[i] {
			values, weights = append(values, numbers[i]), append(weights, 0)
		}
		weights[len(weights)-1] += w[i]
	}
	return values, weights
}

// sortKey maps numbers to integers of the same order; −0 counts as 0.
func sortKey(v float64) uint64 {
	b := math.Float64bits(v + 0)
	if b>>63 != 0 {
		return ^b
	}
	return b | 1<<63
}

func fromKey(k uint64) float64 {
	if k>>63 != 0 {
		return math.Float64frombits(k &^ (1 << 63))
	}
	return math.Float64frombits(^k)
}

// sortKeys sorts by eight passes over the bytes, skipping those that do not
// vary; short lists are left to the library.
func sortKeys(keys []uint64) {
	if len(keys) < 1<<12 {
		slices.Sort(keys)
		return
	}
	var count [8][256]int
	for _, k := range keys {
		for b := range 8 {
			count[b][uint8(k>>(8*b))]++
		}
	}
	from, to := keys, make([]uint64, len(keys))
	for b := range 8 {
		if count[b][uint8(from[0]>>(8*b))] == len(keys) {
			continue
		}
		at := 0
		for v, n := range count[b] {
			count[b][v] = at
			at += n
		}
		for _, k := range from {
			v := uint8(k >> (8 * b))
			to[count[b][v]] = k
			count[b][v]++
		}
		from, to = to, from
	}
	if &from[0] != &keys[0] {
		copy(keys, from)
	}
}
