package segment

import (
	"context"
	"math"

	"golang.org/x/sync/errgroup"
)

// pairs are the distances between all rows of a sample.
type pairs struct {
	n        int
	distance []float64
}

func distances(ctx context.Context, p points, workers int) (pairs, error) {
	q := pairs{n: p.n, distance: make([]float64, p.n*p.n)}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(1, workers))
	for from := 0; from < p.n; from += 64 {
		group.Go(func() error {
			for i := from; i < min(from+64, p.n); i++ {
				for j := range p.n {
					q.distance[i*p.n+j] = math.Sqrt(squared(p.row(i), p.row(j)))
				}
			}
			return ctx.Err()
		})
	}
	return q, group.Wait()
}

// silhouettes is the mean silhouette of each segment and over all rows, and the
// number of rows in each (Rousseeuw 1987): (b − a)/max(a, b), with a the mean
// distance to the others of the own segment and b that to the nearest other
// segment. A row alone in its segment has 0; with fewer than two segments all
// have.
func (q pairs) silhouettes(label []int, k int) (by []float64, rows []int, overall float64) {
	by, rows = make([]float64, k), make([]int, k)
	for _, c := range label {
		rows[c]++
	}
	sums := make([]float64, k)
	for i := range q.n {
		clear(sums)
		for j, d := range q.distance[i*q.n : (i+1)*q.n] {
			sums[label[j]] += d
		}
		own, nearest := label[i], math.Inf(1)
		for c, s := range sums {
			if c != own && rows[c] > 0 {
				nearest = min(nearest, s/float64(rows[c]))
			}
		}
		if rows[own] < 2 || math.IsInf(nearest, 1) {
			continue
		}
		a := sums[own] / float64(rows[own]-1)
		if highest := max(a, nearest); highest > 0 {
			by[own] += (nearest - a) / highest
		}
	}
	for c, n := range rows {
		overall += by[c]
		if n > 0 {
			by[c] /= float64(n)
		}
	}
	return by, rows, overall / float64(q.n)
}

// reading is how a mean silhouette is usually read (Kaufman & Rousseeuw 1990).
func reading(silhouette float64) Words {
	switch {
	case silhouette > .7:
		return Words{"strong structure", "结构强"}
	case silhouette > .5:
		return Words{"reasonable structure", "结构尚可"}
	case silhouette > .25:
		return Words{"weak structure", "结构弱"}
	}
	return Words{"no substantial structure by distance alone", "仅按距离看没有明显结构"}
}

// within is the sum of squared distances to the means of the segments, and
// total that to the mean of all.
func within(p points, label []int, k int) (within, total float64) {
	means, all, counts := make([]float64, k*p.d), make([]float64, p.d), make([]float64, k)
	for i, c := range label {
		counts[c]++
		for j, v := range p.row(i) {
			means[c*p.d+j] += v
			all[j] += v
		}
	}
	for c, n := range counts {
		for j := range p.d {
			means[c*p.d+j] /= max(n, 1)
		}
	}
	for j := range all {
		all[j] /= float64(p.n)
	}
	for i, c := range label {
		within += squared(p.row(i), means[c*p.d:(c+1)*p.d])
		total += squared(p.row(i), all)
	}
	return within, total
}

// calinskiHarabasz is the variance ratio of Caliński & Harabasz (1974): between
// segments over within, each by its degrees of freedom; 0 where it is not
// defined.
func calinskiHarabasz(within, total float64, n, k int) float64 {
	if k < 2 || n <= k || within <= 0 {
		return 0
	}
	return (total - within) / float64(k-1) / (within / float64(n-k))
}
