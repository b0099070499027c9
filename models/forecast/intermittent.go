package forecast

import "math"

// The classes of demand of Syntetos, Boylan & Croston (2005).
const (
	NoDemand     = "none"         // no value other than zero
	Smooth       = "smooth"       // frequent, of even size
	Erratic      = "erratic"      // frequent, of uneven size
	Intermittent = "intermittent" // seldom, of even size
	Lumpy        = "lumpy"        // seldom, of uneven size
	Signed       = "signed"       // some values below zero: not a demand
)

// Demand describes how often and how evenly something is asked for.
type Demand struct {
	Class    string
	Interval float64 // mean steps between demands (ADI); 0 without demand
	CV2      float64 // squared coefficient of variation of the sizes above zero
}

// seldom says whether the methods for intermittent demand apply.
func (d Demand) seldom() bool { return d.Class == Intermittent || d.Class == Lumpy }

// ClassifyDemand sorts a history by the cut-offs of Syntetos, Boylan & Croston
// (2005): an interval of 1.32 steps and a squared coefficient of variation of
// 0.49. Missing values must have been filled.
func ClassifyDemand(y []float64) Demand {
	var count, sum, squares float64
	for _, v := range y {
		if v < 0 {
			return Demand{Class: Signed}
		}
		if v > 0 {
			count++
			sum += v
		}
	}
	if count == 0 {
		return Demand{Class: NoDemand}
	}
	mean := sum / count
	for _, v := range y {
		if v > 0 {
			squares += (v/mean - 1) * (v/mean - 1)
		}
	}
	d := Demand{Interval: float64(len(y)) / count, CV2: squares / count}
	switch frequent, even := d.Interval < 1.32, d.CV2 < 0.49; {
	case frequent && even:
		d.Class = Smooth
	case frequent:
		d.Class = Erratic
	case even:
		d.Class = Intermittent
	default:
		d.Class = Lumpy
	}
	return d
}

// rate is a demand rate smoothed over a history, with the squared one-step
// errors it made.
type rate struct {
	level, sse float64
}

// croston smooths sizes z and intervals p apart, each at a demand (Croston
// 1972); the rate is z/p times correction: 1, or 1 − α/2 for the approximation
// of Syntetos & Boylan (2005), which takes out Croston's bias. Both start from
// their means over the history.
func croston(y []float64, alpha, correction float64) rate {
	size, interval := startDemand(y)
	var r rate
	since := 1.0
	for _, v := range y {
		e := v - correction*size/interval
		r.sse += e * e
		if v > 0 {
			size += alpha * (v - size)
			interval += alpha * (since - interval)
			since = 0
		}
		since++
	}
	r.level = correction * size / interval
	return r
}

// tsb smooths the probability of a demand at every step and its size at a
// demand (Teunter, Syntetos & Babai 2011), so that the rate falls while nothing
// is asked for.
func tsb(y []float64, alpha, beta float64) rate {
	size, interval := startDemand(y)
	chance := 1 / interval
	var r rate
	for _, v := range y {
		e := v - chance*size
		r.sse += e * e
		if v > 0 {
			size += alpha * (v - size)
			chance += beta * (1 - chance)
		} else {
			chance -= beta * chance
		}
	}
	r.level = chance * size
	return r
}

// startDemand is the mean size and the mean interval of the demands.
func startDemand(y []float64) (size, interval float64) {
	var count, sum float64
	for _, v := range y {
		if v > 0 {
			count++
			sum += v
		}
	}
	if count == 0 {
		return 0, math.Max(1, float64(len(y)))
	}
	return sum / count, float64(len(y)) / count
}

// The smoothing of intermittent demand is held within what the literature
// finds useful (Syntetos & Boylan 2005: 0.05 to 0.2, here up to 0.3): few
// demands say little about it.
const (
	seldomLow  = 0.01
	seldomHigh = 0.3
)

func fitCroston(y []float64, corrected bool, f *Fitted) rate {
	at := func(alpha float64) rate {
		if corrected {
			return croston(y, alpha, 1-alpha/2)
		}
		return croston(y, alpha, 1)
	}
	value := func(a float64) float64 { return at(a).sse }
	alpha, sse, evaluations := lineSearch(value, seldomLow, seldomHigh, 10, 0.001)
	if f != nil {
		f.Evaluations, f.Converged = evaluations, true
		f.describe(len(y), sse, 4)
		f.Parameters = []Parameter{f.parameter("alpha", alpha, seldomLow, seldomHigh, deviation(value, alpha, len(y), seldomLow, seldomHigh))}
	}
	return at(alpha)
}

func fitTSB(y []float64, f *Fitted) rate {
	b := box{dim: 2, lo: point{seldomLow, seldomLow}, hi: point{seldomHigh, seldomHigh}, step: point{0.1, 0.1}}
	value := func(p *point) float64 { return tsb(y, p[0], p[1]).sse }
	got := simplex(value, point{0.1, 0.1}, &b, 1e-6, 200)
	if f != nil {
		f.Evaluations, f.Converged = got.evaluations, got.converged
		f.describe(len(y), got.value, 5)
		f.searched([]string{"alpha", "beta"}, value, &got.at, &b, len(y))
	}
	return tsb(y, got.at[0], got.at[1])
}
