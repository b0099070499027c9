package segment

import (
	"fmt"
	"math"
	"sort"
)

// Prior is what is known of a share in a group before one has looked at a
// member: the mean, and how many trials it weighs as much as. The beta-binomial
// of the group has parameters Mean·Weight and (1 − Mean)·Weight.
type Prior struct {
	Mean, Weight float64
}

// Shrunk is a member's share pulled to the group's mean: (k + Mean·Weight)/(n +
// Weight) for k of n trials.
func (p Prior) Shrunk(k, n float64) float64 { return (k + p.Mean*p.Weight) / (n + p.Weight) }

// maxWeight is where members that differ by no more than chance end: the
// likelihood keeps rising with the weight.
const maxWeight = 1000

// Priors fits the beta-binomial of every group by maximum likelihood (empirical
// Bayes; Carlin & Louis 2000, 3.3). successes[i] of trials[i] are row i's, group
// its code. Groups of fewer than least rows share the prior of all rows. Without
// a trial the mean is 0 and the weight 1.
func Priors(successes, trials []float64, group []int, least int) (map[int]Prior, error) {
	if len(successes) != len(trials) || len(group) != len(trials) {
		return nil, fmt.Errorf("%w: %d successes, %d trials, %d groups", ErrShape, len(successes), len(trials), len(group))
	}
	members := map[int][]int{}
	whole := make([]int, len(trials))
	for i := range trials {
		k, n := successes[i], trials[i]
		if !(k >= 0) || !(n >= k) || math.IsInf(n, 0) {
			return nil, fmt.Errorf("%w: row %d has %v successes in %v trials", ErrValue, i, k, n)
		}
		members[group[i]] = append(members[group[i]], i)
		whole[i] = i
	}
	priors := map[int]Prior{}
	var all *Prior
	for code, rows := range members {
		if len(rows) < least {
			if all == nil {
				p := fitPrior(successes, trials, whole)
				all = &p
			}
			priors[code] = *all
			continue
		}
		priors[code] = fitPrior(successes, trials, rows)
	}
	return priors, nil
}

// counted is how many rows have k successes in n trials.
type counted struct{ k, n, rows float64 }

// fitPrior searches the mean (on the logit scale) and the weight (on the log
// scale) of greatest likelihood on grids that close in.
func fitPrior(successes, trials []float64, rows []int) Prior {
	counts := tally(successes, trials, rows)
	var k, n float64
	for _, c := range counts {
		k, n = k+c.k*c.rows, n+c.n*c.rows
	}
	if n == 0 {
		return Prior{Weight: 1}
	}
	if k == 0 || k == n {
		return Prior{Mean: k / n, Weight: maxWeight}
	}
	logit, logWeight := math.Log(k/(n-k)), 1.0
	best := math.Inf(-1)
	for span, wide, steps := 3.0, 4.0, 5; span > 1e-3; span, wide, steps = span/2, wide/2, 2 {
		l, w := logit, logWeight
		for i := -steps; i <= steps; i++ {
			for j := -steps; j <= steps; j++ {
				tryL, tryW := l+span*float64(i)/float64(steps), w+wide*float64(j)/float64(steps)
				if tryW > math.Log(maxWeight) || tryW < math.Log(.1) {
					continue
				}
				if fit := betaBinomial(counts, 1/(1+math.Exp(-tryL)), math.Exp(tryW)); fit > best {
					best, logit, logWeight = fit, tryL, tryW
				}
			}
		}
	}
	return Prior{Mean: 1 / (1 + math.Exp(-logit)), Weight: math.Exp(logWeight)}
}

// tally counts equal rows, in a fixed order.
func tally(successes, trials []float64, rows []int) []counted {
	seen := map[[2]float64]float64{}
	for _, i := range rows {
		seen[[2]float64{successes[i], trials[i]}]++
	}
	out := make([]counted, 0, len(seen))
	for pair, n := range seen {
		if pair[1] > 0 {
			out = append(out, counted{pair[0], pair[1], n})
		}
	}
	sort.Slice(out, func(a, b int) bool {
		if out[a].n != out[b].n {
			return out[a].n < out[b].n
		}
		return out[a].k < out[b].k
	})
	return out
}

// betaBinomial is the log-likelihood but for the binomial coefficients.
func betaBinomial(counts []counted, mean, weight float64) (sum float64) {
	a, b := mean*weight, (1-mean)*weight
	none := logBeta(a, b)
	for _, c := range counts {
		sum += c.rows * (logBeta(a+c.k, b+c.n-c.k) - none)
	}
	return sum
}

func logBeta(a, b float64) float64 {
	x, _ := math.Lgamma(a)
	y, _ := math.Lgamma(b)
	z, _ := math.Lgamma(a + b)
	return x + y - z
}
