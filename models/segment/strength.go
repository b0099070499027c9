package segment

import (
	"context"
	"math"

	"golang.org/x/sync/errgroup"
)

// strengthStarts is the number of starts of each k-means of the prediction
// strength. With few, a half that missed the best partition passes for one that
// disagrees.
const strengthStarts = 8

// strengths is the prediction strength of each number of segments and its
// standard error (Tibshirani & Walther 2005). The rows are split at random into
// halves, both are divided, and the pairs of rows that the second half puts
// together are counted when the centres of the first do so too: the share of
// such pairs in the segment where it is lowest, averaged over the splits. One
// segment has strength 1.
func strengths(ctx context.Context, p points, ks []int, o Options) (mean, se []float64, err error) {
	runs := make([][]float64, o.Splits)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(o.workers)
	for r := range runs {
		runs[r] = make([]float64, len(ks))
		first, second := p.halves(stream(o.Seed, streamSplit, r).Perm(p.n))
		for i, k := range ks {
			group.Go(func() (err error) {
				runs[r][i], err = strength(ctx, first, second, k, o.Seed+uint64(r))
				return err
			})
		}
	}
	if err := group.Wait(); err != nil {
		return nil, nil, err
	}
	mean, se = make([]float64, len(ks)), make([]float64, len(ks))
	n := float64(len(runs))
	for i := range ks {
		for _, r := range runs {
			mean[i] += r[i] / n
		}
		for _, r := range runs {
			se[i] += (r[i] - mean[i]) * (r[i] - mean[i])
		}
		se[i] = math.Sqrt(se[i] / (n - 1) / n)
	}
	return mean, se, nil
}

// halves splits the rows by a permutation; each half keeps canonical order.
func (p points) halves(order []int) (first, second points) {
	in := make([]bool, p.n)
	for _, i := range order[:p.n/2] {
		in[i] = true
	}
	var a, b []int
	for i, left := range in {
		if left {
			a = append(a, i)
		} else {
			b = append(b, i)
		}
	}
	return p.take(a), p.take(b)
}

func strength(ctx context.Context, first, second points, k int, seed uint64) (float64, error) {
	if k == 1 {
		return 1, nil
	}
	plan := lloydPlan{k, strengthStarts, seed, nearlyStill, 1}
	train, _, err := fitKMeans(ctx, first, plan)
	if err != nil {
		return 0, err
	}
	_, label, err := fitKMeans(ctx, second, plan)
	if err != nil {
		return 0, err
	}
	table, counts := make([]int, k*k), make([]int, k)
	for i, c := range label {
		table[c*k+train.nearest(second.row(i))]++
		counts[c]++
	}
	lowest := 1.0
	for c, n := range counts {
		if n < 2 {
			continue // no pairs
		}
		kept := 0
		for _, both := range table[c*k : (c+1)*k] {
			kept += couples(both)
		}
		lowest = min(lowest, float64(kept)/float64(couples(n)))
	}
	return lowest, nil
}

// nearest is the index of the nearest centre, the first among equals.
func (m *KMeans) nearest(row []float64) (at int) {
	nearest := math.Inf(1)
	for c, center := range m.Centers {
		if d := squared(row, center); d < nearest {
			nearest, at = d, c
		}
	}
	return at
}
