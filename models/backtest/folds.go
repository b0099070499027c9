package backtest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"
)

// Fold says which rows a model learns from and which it is judged on; both
// ascend.
type Fold struct {
	Name        string
	Origin      int // of the test rows, when folds are by origin
	Train, Test []int
}

// Given turns the fold of each row into folds: one for each distinct value, in
// the order of numbers where all are numbers, tested on its rows and learned
// from all others.
func Given(fold []string) ([]Fold, error) {
	names := slices.Clone(fold)
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) < 2 {
		return nil, fmt.Errorf("%w: %d distinct folds; at least 2 are needed, one to test and one to learn from", ErrShape, len(names))
	}
	number := map[string]float64{}
	for _, n := range names {
		if v, err := strconv.ParseFloat(n, 64); err == nil {
			number[n] = v
		}
	}
	if len(number) == len(names) {
		slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(number[a], number[b]) })
	}
	folds := make([]Fold, len(names))
	place := map[string]int{}
	for k, n := range names {
		folds[k].Name, place[n] = n, k
	}
	for i, n := range fold {
		for k := range folds {
			if k == place[n] {
				folds[k].Test = append(folds[k].Test, i)
			} else {
				folds[k].Train = append(folds[k].Train, i)
			}
		}
	}
	return folds, nil
}

// RollingOptions choose the folds by origin. The zero value means the defaults.
type RollingOptions struct {
	Gap   int              // the horizon of the outcome, in the units of the origins: a training row's outcome must be known at the test origin; 0: none
	Least int              // origins to learn from before the first test; 0: 1
	Folds int              // test origins at most, the latest are kept; 0: all
	Name  func(int) string // of an origin; nil: the date of that many days since 1970-01-01
}

// Rolling are folds by origin: each origin is tested by a model of the rows
// whose outcome was known then, those of origins at least Gap earlier
// (rolling-origin evaluation, Tashman 2000). Origins with too little before them
// are only learned from.
func Rolling(origin []int, o RollingOptions) ([]Fold, error) {
	if o.Least == 0 {
		o.Least = 1
	}
	if o.Gap < 0 || o.Least < 1 || o.Folds < 0 {
		return nil, fmt.Errorf("%w: gap %d, least %d and folds %d of rolling origins are not negative", ErrValue, o.Gap, o.Least, o.Folds)
	}
	if o.Name == nil {
		o.Name = func(day int) string { return time.Unix(int64(day)*86400, 0).UTC().Format(time.DateOnly) }
	}
	origins := distinct(origin)
	var folds []Fold
	for _, at := range origins {
		before := 0
		for _, b := range origins {
			if b < at && b+o.Gap <= at {
				before++
			}
		}
		if before < o.Least {
			continue
		}
		f := Fold{Name: o.Name(at), Origin: at}
		for i, v := range origin {
			switch {
			case v == at:
				f.Test = append(f.Test, i)
			case v < at && v+o.Gap <= at:
				f.Train = append(f.Train, i)
			}
		}
		folds = append(folds, f)
	}
	if len(folds) == 0 {
		return nil, fmt.Errorf("%w: %d origins leave none to test: it takes %d at least %d earlier", ErrShape, len(origins), o.Least, o.Gap)
	}
	if o.Folds > 0 && len(folds) > o.Folds {
		folds = folds[len(folds)-o.Folds:]
	}
	return folds, nil
}

func distinct[T cmp.Ordered](v []T) []T {
	out := slices.Clone(v)
	slices.Sort(out)
	return slices.Compact(out)
}

// Blocks cuts dates into n origins of about equally many rows: each row gets the
// first date of its block. It is for rows that have a date of their own each.
func Blocks(date []int, n int) []int {
	sorted := slices.Clone(date)
	slices.Sort(sorted)
	var starts []int
	for k := range n {
		if at := sorted[k*len(sorted)/n]; len(starts) == 0 || at > starts[len(starts)-1] {
			starts = append(starts, at)
		}
	}
	out := make([]int, len(date))
	for i, d := range date {
		k, found := slices.BinarySearch(starts, d)
		if !found {
			k--
		}
		out[i] = starts[k]
	}
	return out
}

// Seeded draws n folds with equal shares of each outcome; all rows of a customer
// fall into one fold. The draw depends on the customers' names, not on the order
// of rows. customer nil: each row is its own.
func Seeded(y []float64, customer []string, n int, seed uint64) ([]Fold, error) {
	if n < 2 || len(y) == 0 || customer != nil && len(customer) != len(y) {
		return nil, fmt.Errorf("%w: %d folds of %d rows, %d customers", ErrShape, n, len(y), len(customer))
	}
	rows := map[string][]int{}
	names := customer
	if names == nil {
		names = make([]string, len(y))
		for i := range names {
			names[i] = fmt.Sprintf("%012d", i)
		}
	}
	var groups [2][]string // customers without and with outcome 1
	for i, c := range names {
		rows[c] = append(rows[c], i)
	}
	for _, c := range distinct(names) {
		g := 0
		for _, i := range rows[c] {
			if y[i] == 1 {
				g = 1
			}
		}
		groups[g] = append(groups[g], c)
	}
	n = min(n, len(groups[0])+len(groups[1]))
	if n < 2 {
		return nil, fmt.Errorf("%w: a single customer cannot be both learned from and tested", ErrShape)
	}
	rng := rand.New(rand.NewPCG(seed, 11))
	fold := make([]string, len(y))
	next := 0
	for _, g := range groups {
		rng.Shuffle(len(g), func(a, b int) { g[a], g[b] = g[b], g[a] })
		for _, c := range g {
			for _, i := range rows[c] {
				fold[i] = strconv.Itoa(next % n)
			}
			next++
		}
	}
	return Given(fold)
}

// Last parts rows by origin: the latest origin, to stop or calibrate by, and
// those before it whose outcome was known at that time. Both are nil when there
// is only one origin. The rows are places in origin.
func Last(origin []int, gap int) (before, last []int) {
	origins := distinct(origin)
	if len(origins) < 2 {
		return nil, nil
	}
	top := origins[len(origins)-1]
	for i, v := range origin {
		switch {
		case v == top:
			last = append(last, i)
		case v+gap <= top:
			before = append(before, i)
		}
	}
	if len(before) == 0 {
		return nil, nil
	}
	return before, last
}
