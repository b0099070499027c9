package cold

import (
	"math"
	"runtime"
	"slices"
	"sync"
)

// neighbour is a similar title and its share of the similarity of a row.
type neighbour struct {
	title int32
	share float32
}

// neighbours lists the most similar titles of each: the cosine of their
// customers, shrunk, where a customer counts 1/log(2+titles) so that those who
// buy everything say little; each row is scaled to sum 1. A customer with more
// than reseller titles is left out: he says nothing of likeness and costs the
// square of his titles. The places of equal titles follow their index.
func (b *baskets) neighbours(most int, shrink float64, reseller int) [][]neighbour {
	rows := make([][]neighbour, len(b.by))
	weight := make([]float32, len(b.of))
	for c, list := range b.of {
		if len(list) <= reseller {
			weight[c] = float32(1 / math.Log(2+float64(len(list))))
		}
	}
	spread(len(rows), func(from, step int) {
		sum, found := make([]float32, len(rows)), make([]int32, len(rows)+1)
		var row []neighbour
		for i := from; i < len(rows); i += step {
			n := 0
			row = row[:0]
			for _, c := range b.by[i] {
				w := weight[c]
				if w == 0 {
					continue
				}
				for _, j := range b.of[c] {
					// Without a branch, which would be guessed wrong half of the time: the
					// bits of a sum of 0 less 1 have the highest bit, those of others not.
					before := sum[j]
					found[n] = j
					n += int((math.Float32bits(before) - 1) >> 31)
					sum[j] = before + w
				}
			}
			for _, j := range found[:n] {
				if int(j) != i {
					norm := math.Sqrt(float64(len(b.by[i]))*float64(len(b.by[j]))) + shrink
					row = append(row, neighbour{j, float32(float64(sum[j]) / norm)})
				}
				sum[j] = 0
			}
			rows[i] = largest(row, most)
		}
	})
	return rows
}

// largest copies the greatest of a row, scaled to sum 1.
func largest(row []neighbour, most int) []neighbour {
	kept := first(row, most, func(x, y neighbour) int {
		switch {
		case x.share > y.share:
			return -1
		case x.share < y.share:
			return 1
		}
		return int(x.title) - int(y.title)
	})
	sum := float32(0)
	for _, n := range kept {
		sum += n.share
	}
	for i := range kept {
		kept[i].share /= sum
	}
	return kept
}

// first copies the n first of a list in an order, without sorting all of it:
// what does not come before the n-th so far is passed over.
func first[T any](list []T, n int, order func(x, y T) int) []T {
	if n = min(n, len(list)); n <= 0 {
		return nil
	}
	kept := make([]T, 0, 2*n)
	bounded := false
	for _, x := range list {
		if bounded && order(x, kept[n-1]) >= 0 {
			continue
		}
		if kept = append(kept, x); len(kept) == 2*n {
			slices.SortFunc(kept, order)
			kept, bounded = kept[:n], true
		}
	}
	slices.SortFunc(kept, order)
	return kept[:n]
}

// spread runs a function on every core; each does from, from+step, … of n.
// Results written by index do not depend on the number of cores.
func spread(n int, do func(from, step int)) {
	step := min(runtime.GOMAXPROCS(0), max(n, 1))
	var all sync.WaitGroup
	for from := range step {
		all.Add(1)
		go func() {
			defer all.Done()
			do(from, step)
		}()
	}
	all.Wait()
}
