package demo

import (
	"math"
	"math/rand/v2"
)

// The purposes of random streams; a stream is a purpose and a number.
const (
	streamTitles   = 1 << 40
	streamSupplier = 2 << 40
	streamStaff    = 3 << 40
	streamFX       = 4 << 40
	streamStock    = 5 << 40
	streamCampaign = 6 << 40
	streamText     = 7 << 40
	streamSlot     = 8 << 40
	streamLead     = 9 << 40
	streamPlan     = 10 << 40
)

// dice is a seeded source with the distributions the company needs.
type dice struct {
	*rand.Rand
	src *rand.PCG
}

// newDice is the stream of a purpose and number.
func newDice(seed, stream uint64) *dice {
	src := rand.NewPCG(seed, stream*0x9E3779B97F4A7C15+0x1234567)
	return &dice{rand.New(src), src}
}

// reseed moves to another stream without allocating.
func (d *dice) reseed(seed, stream uint64) {
	d.src.Seed(seed, stream*0x9E3779B97F4A7C15+0x1234567)
}

// chance is true with probability p.
func (d *dice) chance(p float64) bool { return d.Float64() < p }

// between is uniform in [a, b].
func (d *dice) between(a, b int) int { return a + d.IntN(b-a+1) }

// uniform is uniform in [a, b).
func (d *dice) uniform(a, b float64) float64 { return a + (b-a)*d.Float64() }

// logNormal has the given median and sigma.
func (d *dice) logNormal(median, sigma float64) float64 {
	return median * math.Exp(sigma*d.NormFloat64())
}

// gamma has the given shape and mean (Marsaglia and Tsang 2000; shapes below 1
// by the usual power of a uniform).
func (d *dice) gamma(shape, mean float64) float64 {
	boost := 1.0
	k := shape
	if k < 1 {
		boost = math.Pow(d.Float64(), 1/k)
		k++
	}
	c1 := k - 1.0/3
	c2 := 1 / math.Sqrt(9*c1)
	for {
		x := d.NormFloat64()
		v := 1 + c2*x
		if v <= 0 {
			continue
		}
		v = v * v * v
		u := d.Float64()
		if math.Log(u) < 0.5*x*x+c1-c1*v+c1*math.Log(v) {
			return c1 * v * boost * mean / shape
		}
	}
}

// poisson draws a count; a large mean as a sum of independent parts.
func (d *dice) poisson(mean float64) int {
	n := 0
	for mean > 30 {
		n += d.poissonSmall(30)
		mean -= 30
	}
	return n + d.poissonSmall(mean)
}

// poissonSmall is Knuth's product method.
func (d *dice) poissonSmall(mean float64) int {
	if mean <= 0 {
		return 0
	}
	limit, p, n := math.Exp(-mean), d.Float64(), 0
	for p > limit {
		p *= d.Float64()
		n++
	}
	return n
}

// geometric counts from 1 with the given mean.
func (d *dice) geometric(mean float64) int {
	if mean <= 1 {
		return 1
	}
	n := 1 + int(math.Log(1-d.Float64())/math.Log(1-1/mean))
	return min(n, 500)
}

// days rounds a log-normal to whole days, at least 1.
func (d *dice) days(median, sigma float64) day {
	return day(max(1, math.Round(d.logNormal(median, sigma))))
}

// pick returns an index with probability proportional to the steps of cum,
// which ends in the total.
func (d *dice) pick(cum []float64) int { return search(cum, d.Float64()*cum[len(cum)-1]) }

// search is the first index whose cumulated weight exceeds x.
func search(cum []float64, x float64) int {
	lo, hi := 0, len(cum)-1
	for lo < hi {
		mid := (lo + hi) / 2
		if cum[mid] > x {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo
}

// roundTo rounds to 1/unit.
func roundTo(v, unit float64) float64 { return math.Round(v*unit) / unit }

// mix scrambles a number: a cheap hash for choices that need no stream.
func mix(x uint64) uint64 {
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}
