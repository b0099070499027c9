package persistency

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// RegularityOptions choose the interval. The zero value means 1000 resamples, 95 %
// and seed 0.
type RegularityOptions struct {
	Resamples int
	Level     float64
	Seed      uint64
}

// Regularity is the shape k of the gamma (Erlang) distribution of the gaps
// between purchases: 1 is pure chance (the Poisson process of the NBD family of
// models), above 1 purchases come at even intervals, below 1 in bursts.
type Regularity struct {
	Type      int // All for all together
	Customers int // with at least two gaps
	Pairs     int // of successive gaps
	Variance  float64
	K         float64
	Lower     float64
	Upper     float64
	// Chance is the k that purchases by pure chance would show in these data.
	// It is above 1 because purchases are known by the day: gaps of less than a
	// day are missing (simulated: 1.28, 1.07 and 1.03 for mean gaps of 10, 40 and
	// 100 days). Compare K with it rather than with 1.
	Chance float64
	// Unbounded says that all successive gaps are equal, so that k has no
	// finite estimate and is 0 here; OpenEnd that the interval has no upper end.
	Unbounded bool
	OpenEnd   bool
	Reason    string
}

// WheatMorrison estimates k by customer type, all together in the last row when
// there are several types (Wheat & Morrison 1990, Journal of Marketing Research
// 27(1)). With M = t₁/(t₁+t₂) for two successive gaps of a customer, M follows a
// Beta(k, k) distribution whatever the customer's rate, so that
//
//	Var M = 1/(4(2k+1))   and   k = (1 − 4V)/(8V),   V = mean of (M − ½)².
//
// The mean is over customers, of the mean over each one's pairs: heavy buyers
// count once. M does not depend on t₁+t₂, hence cutting the history at asOf does
// not bias it. The interval is by percentile over resampled customers, above
// 10 000 of them over random groups of equal size. Gaps that the clock makes 0
// together are left out.
//
// Chance comes from the same sums: for purchases by chance seen by the day, t₁
// given t₁+t₂ = N is any of 1 … N−1 with the same probability, so that the mean
// of (M − ½)² is (N−2)/(12N). With a clock this is an approximation.
func WheatMorrison(h *History, types []int, clocks Clocks, asOf int, o RegularityOptions) ([]Regularity, error) {
	kinds, err := h.kinds(types)
	if err != nil {
		return nil, err
	}
	if o.Resamples == 0 {
		o.Resamples = 1000
	}
	if o.Level == 0 {
		o.Level = 0.95
	}
	if o.Resamples < 0 || !(o.Level > 0 && o.Level < 1) {
		return nil, fmt.Errorf("%w: %d resamples at level %v", ErrValue, o.Resamples, o.Level)
	}
	codes := distinct(kinds)
	rows, values := make([]Regularity, len(codes)), make([][]spread, len(codes))
	for k, code := range codes {
		rows[k].Type = code
	}
	for c, kind := range kinds {
		k, _ := slices.BinarySearch(codes, kind)
		if s, pairs := squares(h.Days(c, asOf), clocks[kind]); pairs > 0 {
			rows[k].Customers++
			rows[k].Pairs += pairs
			values[k] = append(values[k], s)
		}
	}
	if len(codes) > 1 {
		all := Regularity{Type: All}
		var every []spread
		for k := range rows {
			all.Customers, all.Pairs = all.Customers+rows[k].Customers, all.Pairs+rows[k].Pairs
			every = append(every, values[k]...)
		}
		rows, values = append(rows, all), append(values, every)
	}
	for k := range rows {
		rows[k].estimate(values[k], o)
	}
	return rows, nil
}

// spread is the mean of (M − ½)² over a customer's pairs of successive gaps,
// and what it would be by chance.
type spread struct{ seen, chance float64 }

func squares(days []int, clock *Clock) (mean spread, pairs int) {
	for i := 2; i < len(days); i++ {
		a, n := clock.Elapsed(days[i-2], days[i-1]), clock.Elapsed(days[i-2], days[i])
		if n <= 0 {
			continue
		}
		d := a/n - 0.5
		mean.seen += d * d
		mean.chance += math.Max(0, (n-2)/(12*n))
		pairs++
	}
	n := math.Max(1, float64(pairs))
	return spread{mean.seen / n, mean.chance / n}, pairs
}

func (r *Regularity) estimate(values []spread, o RegularityOptions) {
	n := len(values)
	if n < 2 {
		r.Reason = "fewer than two customers with three purchases: no regularity can be told"
		return
	}
	// Sorted, the sums do not depend on the order of the customers.
	slices.SortFunc(values, func(a, b spread) int {
		if a.seen != b.seen {
			return cmp.Compare(a.seen, b.seen)
		}
		return cmp.Compare(a.chance, b.chance)
	})
	var sum spread
	for _, v := range values {
		sum.seen, sum.chance = sum.seen+v.seen, sum.chance+v.chance
	}
	r.Variance = sum.seen / float64(n)
	if sum.chance == 0 {
		r.Unbounded, r.OpenEnd = r.Variance == 0, true
		r.Reason = "all gaps are a single day: too short to tell regularity from chance"
		return
	}
	r.Chance = shape(sum.chance / float64(n))
	if r.Variance == 0 {
		r.Unbounded, r.OpenEnd = true, true
		r.Reason = "all successive gaps are equal: perfectly regular, k has no finite value"
		return
	}
	r.K = shape(r.Variance)
	rng := rand.New(rand.NewPCG(o.Seed, uint64(r.Type)))
	sums, counts := groups(values, rng)
	means := make([]float64, o.Resamples)
	for b := range means {
		sum, count := 0.0, 0.0
		for range sums {
			g := rng.Uint32N(uint32(len(sums)))
			sum, count = sum+sums[g], count+counts[g]
		}
		means[b] = sum / count
	}
	slices.Sort(means)
	tail := (1 - o.Level) / 2
	at := func(p float64) float64 {
		return means[min(len(means)-1, int(p*float64(len(means))))]
	}
	r.Lower = shape(at(1 - tail))
	if low := at(tail); low > 0 {
		r.Upper = shape(low)
	} else {
		r.OpenEnd = true
	}
}

// groups puts the customers into at most 10 000 groups at random, which can be
// drawn in their place: the sum over groups varies as that over customers does.
func groups(values []spread, rng *rand.Rand) (sums, counts []float64) {
	n := min(len(values), 10_000)
	sums, counts = make([]float64, n), make([]float64, n)
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	if len(values) > n {
		rng.Shuffle(len(order), func(a, b int) { order[a], order[b] = order[b], order[a] })
	}
	for i, k := range order {
		sums[i%n] += values[k].seen
		counts[i%n]++
	}
	return sums, counts
}

// shape is k of a variance of M, which is below ¼.
func shape(v float64) float64 { return (1 - 4*v) / (8 * v) }

// Words reads the estimate.
func (r Regularity) Words() string {
	switch {
	case r.Reason != "":
		return r.Reason
	case r.Lower > r.Chance:
		return "regular: purchases come at more even intervals than by chance"
	case !r.OpenEnd && r.Upper < r.Chance:
		return "in bursts: purchases cluster more than by chance"
	default:
		return "by chance: the data do not tell the gaps from a Poisson process"
	}
}
