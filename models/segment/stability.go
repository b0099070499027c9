package segment

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"
)

// AdjustedRand is the agreement of two partitions of the same rows, corrected
// for chance (Hubert & Arabie 1985): 1 when they are the same but for names, 0
// on average for independent ones. Two partitions that both leave nothing to
// disagree on (all in one, or all apart) agree: 1.
func AdjustedRand(a, b []int) (float64, error) {
	if len(a) != len(b) {
		return 0, fmt.Errorf("%w: partitions of %d and %d rows", ErrShape, len(a), len(b))
	}
	cells, rows, columns := map[[2]int]int{}, map[int]int{}, map[int]int{}
	for i := range a {
		cells[[2]int{a[i], b[i]}]++
		rows[a[i]]++
		columns[b[i]]++
	}
	// Sums of whole numbers: exact in any order.
	both, left, right, all := 0, 0, 0, couples(len(a))
	for _, n := range cells {
		both += couples(n)
	}
	for _, n := range rows {
		left += couples(n)
	}
	for _, n := range columns {
		right += couples(n)
	}
	if all == 0 || left == right && (left == 0 || left == all) {
		return 1, nil
	}
	expected := float64(left) / float64(all) * float64(right)
	return (float64(both) - expected) / ((float64(left)+float64(right))/2 - expected), nil
}

func couples(n int) int { return n * (n - 1) / 2 }

// Stability is how well the segments are found again in other samples.
type Stability struct {
	Runs int // bootstrap samples; 0: not measured
	Rows int // drawn in each
	// Rand is the mean adjusted Rand index between the segments and those found
	// in a bootstrap sample, over the rows of the sample; RandLow its 5 % quantile.
	Rand, RandLow float64
}

// How a segment's stability reads (Hennig 2007): a mean Jaccard similarity of at
// least 0.75 marks a segment that is found again, below 0.6 one that should not
// be trusted.
const (
	Stable   = "stable"
	Doubtful = "doubtful"
	Unstable = "unstable"
)

func verdict(jaccard float64) string {
	switch {
	case jaccard >= .75:
		return Stable
	case jaccard >= .6:
		return Doubtful
	}
	return Unstable
}

// found is what one bootstrap sample says: by segment the best Jaccard
// similarity, −1 when none of its rows was drawn.
type found struct {
	jaccard []float64
	rand    float64
}

// stability draws rows with replacement, divides each draw into as many
// segments by the same method, and compares over the rows drawn.
func stability(ctx context.Context, p points, label []int, k int, shape Covariance, o Options) (Stability, [][]float64, error) {
	s := Stability{Runs: o.Bootstraps, Rows: min(p.n, o.SampleSize)}
	runs := make([]found, s.Runs)
	o.Covariances, o.KMin, o.KMax = []Covariance{shape}, k, k
	if o.Method == MixtureModel {
		o.Starts, o.Iterations, o.Tolerance = min(o.Starts, 2), min(o.Iterations, 60), max(o.Tolerance, 1e-4)
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(o.workers)
	for b := range runs {
		group.Go(func() error {
			rng := stream(o.Seed, streamBootstrap, b)
			drawn := make([]int, s.Rows)
			for i := range drawn {
				drawn[i] = rng.IntN(p.n)
			}
			slices.Sort(drawn)
			once := slices.Compact(slices.Clone(drawn))
			f := fitted{Candidate: Candidate{K: k, Covariance: shape}}
			own := o
			own.Seed = rng.Uint64()
			if err := f.fit(ctx, p.take(drawn), own); err != nil {
				return err
			}
			was, is := make([]int, len(once)), make([]int, len(once))
			for i, at := 0, 0; i < len(once); i++ {
				for drawn[at] != once[i] {
					at++
				}
				was[i], is[i] = label[once[i]], f.label[at]
			}
			runs[b] = compareRun(was, is, k)
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return s, nil, err
	}
	by := make([][]float64, k)
	rands := make([]float64, 0, len(runs))
	for _, r := range runs {
		rands = append(rands, r.rand)
		for c, j := range r.jaccard {
			if j >= 0 {
				by[c] = append(by[c], j)
			}
		}
	}
	for _, r := range rands {
		s.Rand += r
	}
	s.Rand /= float64(len(rands))
	slices.Sort(rands)
	s.RandLow = quantile(rands, .05)
	return s, by, nil
}

func compareRun(was, is []int, k int) found {
	table, left, right := make([]int, k*k), make([]int, k), make([]int, k)
	for i := range was {
		table[was[i]*k+is[i]]++
		left[was[i]]++
		right[is[i]]++
	}
	f := found{jaccard: make([]float64, k)}
	f.rand, _ = AdjustedRand(was, is)
	for c := range k {
		f.jaccard[c] = -1
		for o := 0; o < k && left[c] > 0; o++ {
			both := table[c*k+o]
			f.jaccard[c] = max(f.jaccard[c], float64(both)/float64(left[c]+right[o]-both))
		}
	}
	return f
}
