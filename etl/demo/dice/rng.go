// Package dice draws from seeded random streams: one stream per purpose and
// number, so that a piece of work gives the same on any number of cores.
package dice

import (
	"math"
	"math/rand/v2"

	"verso/etl/demo/calendar"
)

// The purposes of random streams; a stream is a purpose and a number.
const (
	StreamTitles   = 1 << 40
	StreamSupplier = 2 << 40
	StreamStaff    = 3 << 40
	StreamFX       = 4 << 40
	StreamStock    = 5 << 40
	streamCampaign = 6 << 40
	StreamText     = 7 << 40
	StreamSlot     = 8 << 40
	StreamLead     = 9 << 40
	StreamPlan     = 10 << 40
)

// Dice is a seeded source with the distributions the company needs.
type Dice struct {
	*rand.Rand
	src *rand.PCG
}

// New is the stream of a purpose and number.
func New(seed, stream uint64) *Dice {
	src := rand.NewPCG(seed, stream*0x9E3779B97F4A7C15+0x1234567)
	return &Dice{rand.New(src), src}
}

// Reseed moves to another stream without allocating.
func (d *Dice) Reseed(seed, stream uint64) {
	d.src.Seed(seed, stream*0x9E3779B97F4A7C15+0x1234567)
}

// Chance is true with probability p.
func (d *Dice) Chance(p float64) bool { return d.Float64() < p }

// Between is uniform in [a, b].
func (d *Dice) Between(a, b int) int { return a + d.IntN(b-a+1) }

// Uniform is uniform in [a, b).
func (d *Dice) Uniform(a, b float64) float64 { return a + (b-a)*d.Float64() }

// LogNormal has the given median and sigma.
func (d *Dice) LogNormal(median, sigma float64) float64 {
	return median * math.Exp(sigma*d.NormFloat64())
}

// Gamma has the given shape and mean (Marsaglia and Tsang 2000; shapes below 1
// by the usual power of a uniform).
func (d *Dice) Gamma(shape, mean float64) float64 {
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

// Poisson draws a count; a large mean as a sum of independent parts.
func (d *Dice) Poisson(mean float64) int {
	n := 0
	for mean > 30 {
		n += d.PoissonSmall(30)
		mean -= 30
	}
	return n + d.PoissonSmall(mean)
}

// PoissonSmall is Knuth's product method.
func (d *Dice) PoissonSmall(mean float64) int {
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

// Geometric counts from 1 with the given mean.
func (d *Dice) Geometric(mean float64) int {
	if mean <= 1 {
		return 1
	}
	n := 1 + int(math.Log(1-d.Float64())/math.Log(1-1/mean))
	return min(n, 500)
}

// Days rounds a log-normal to whole days, at least 1.
func (d *Dice) Days(median, sigma float64) calendar.Day {
	return calendar.Day(max(1, math.Round(d.LogNormal(median, sigma))))
}

// Pick returns an index with probability proportional to the steps of cum,
// which ends in the total.
func (d *Dice) Pick(cum []float64) int { return Search(cum, d.Float64()*cum[len(cum)-1]) }

// Search is the first index whose cumulated weight exceeds x.
func Search(cum []float64, x float64) int {
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

// RoundTo rounds to 1/unit.
func RoundTo(v, unit float64) float64 { return math.Round(v*unit) / unit }

// Mix scrambles a number: a cheap hash for choices that need no stream.
func Mix(x uint64) uint64 {
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}
