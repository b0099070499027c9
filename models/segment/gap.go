package segment

import (
	"context"
	"math"

	"golang.org/x/sync/errgroup"
)

// gapStarts is the number of starts of each k-means of the gap statistic.
const gapStarts = 3

// gaps is the gap statistic for each number of segments and its standard error
// (Tibshirani, Walther & Hastie 2001): how far the logarithm of the inertia lies
// below its mean for points spread evenly over the box along the data's
// principal axes.
func gaps(ctx context.Context, p points, ks []int, references int, seed uint64, workers int) (gap, se []float64, err error) {
	turned := p.principal()
	sets := []points{turned}
	for b := range references {
		sets = append(sets, turned.even(b, seed))
	}
	logs := make([][]float64, len(sets))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(1, workers))
	for b, q := range sets {
		logs[b] = make([]float64, len(ks))
		for i, k := range ks {
			group.Go(func() error {
				m, _, err := fitKMeans(ctx, q, lloydPlan{k, gapStarts, seed, nearlyStill, 1})
				if err == nil {
					logs[b][i] = math.Log(max(m.Inertia, math.SmallestNonzeroFloat64))
				}
				return err
			})
		}
	}
	if err := group.Wait(); err != nil {
		return nil, nil, err
	}
	gap, se = make([]float64, len(ks)), make([]float64, len(ks))
	for i := range ks {
		sum, squares := 0.0, 0.0
		for _, l := range logs[1:] {
			sum += l[i]
		}
		mean := sum / float64(references)
		for _, l := range logs[1:] {
			squares += (l[i] - mean) * (l[i] - mean)
		}
		gap[i] = mean - logs[0][i]
		se[i] = math.Sqrt(squares/float64(references)) * math.Sqrt(1+1/float64(references))
	}
	return gap, se, nil
}

// even draws as many points evenly from the box the points span.
func (p points) even(b int, seed uint64) points {
	rng := stream(seed, streamGap, b)
	q := points{n: p.n, d: p.d, x: make([]float64, len(p.x))}
	for j := range p.d {
		low, high := math.Inf(1), math.Inf(-1)
		for i := range p.n {
			low, high = min(low, p.x[i*p.d+j]), max(high, p.x[i*p.d+j])
		}
		for i := range p.n {
			q.x[i*p.d+j] = low + (high-low)*rng.Float64()
		}
	}
	return q
}
