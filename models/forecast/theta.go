package forecast

import "math"

// The range of the smoothing weight of a level.
const (
	alphaLow  = 0.001
	alphaHigh = 0.999
)

// smoothed is simple exponential smoothing at one α with its best first level.
type smoothed struct{ alpha, level, sse float64 }

// ses runs l(t) = l(t−1) + α·e(t). The errors are linear in the first level
// l(0), so its least-squares value is exact and needs no search. Values are
// taken from the first one, which keeps the sums precise far from zero.
func ses(y []float64, alpha float64) smoothed {
	var level, ee, ge, gg float64
	g, base := 1.0, y[0]
	for _, v := range y {
		e := v - base - level
		level += alpha * e
		ee += e * e
		ge += g * e
		gg += g * g
		g *= 1 - alpha
	}
	first := ge / gg
	return smoothed{alpha, base + level + g*first, math.Max(0, ee-ge*first)}
}

// fitSES finds the α with the least squared one-step errors.
func fitSES(y []float64, f *Fitted) smoothed {
	value := func(a float64) float64 { return ses(y, a).sse }
	alpha, _, evaluations := lineSearch(value, alphaLow, alphaHigh, 10, 0.002)
	s := ses(y, alpha)
	if f != nil {
		f.Evaluations, f.Converged = evaluations, true
		f.describe(len(y), s.sse, 3)
		f.Parameters = []Parameter{f.parameter("alpha", alpha, alphaLow, alphaHigh, deviation(value, alpha, len(y), alphaLow, alphaHigh))}
	}
	return s
}

// theta fills out with the Theta method: simple exponential smoothing of the
// line that doubles the curvature, combined with the straight trend line, which
// Hyndman & Billah (2003) show to be smoothing with half the trend as drift.
func (s smoothed) theta(y, out []float64, f *Fitted) {
	drift := slope(y) / 2
	lead := (1 - math.Pow(1-s.alpha, float64(len(y)))) / s.alpha
	for h := range out {
		out[h] = s.level + drift*(float64(h)+lead)
	}
	if f != nil {
		f.Parameters = append(f.Parameters, Parameter{Name: "drift", Value: drift})
	}
}

// slope is the least-squares trend per step.
func slope(y []float64) float64 {
	n := float64(len(y))
	if n < 2 {
		return 0
	}
	var xy float64
	for t, v := range y {
		xy += (float64(t) - (n-1)/2) * v
	}
	return 12 * xy / (n * (n*n - 1))
}

// dynamic is the dynamic optimised Theta model at one α, after the last value.
type dynamic struct {
	alpha, omega, level, sse float64
	g                        float64 // (1−α)^n
	mean, a, b               float64 // running mean, intercept and slope
	base                     float64 // the first value, from which all others are taken
}

// line is the least-squares line through the values before a step.
type line struct{ a, b float64 }

// dotm runs the dynamic optimised Theta model of Fiorucci, Pellegrini, Louzada,
// Petropoulos & Koehler (2016):
//
//	μ(t) = l(t−1) + ω·[(1−α)^(t−1)·A(t−1) + (1−(1−α)^t)/α·B(t−1)],  ω = 1 − 1/θ
//
// with A, B the least-squares line through the values so far. At a given α the
// errors are linear in l(0) and ω, so both are solved for exactly, with ω kept
// within 0 to 1 (θ ≥ 1). Values are taken from the first one, so that a shift of
// all of them shifts the forecasts.
func dotm(y []float64, lines []line, alpha float64) dynamic {
	var level, ee, ge, gg, ze, zz, gz float64
	g, stay, per, base := 1.0, 1-alpha, 1/alpha, y[0]
	for t, v := range y {
		z := g*lines[t].a + (1-g*stay)*per*lines[t].b
		e := v - base - level
		level += alpha * e
		ee += e * e
		ge += g * e
		gg += g * g
		ze += z * e
		zz += z * z
		gz += g * z
		g *= stay
	}
	d := dynamic{alpha: alpha, g: g, base: base}
	if det := gg*zz - gz*gz; det > 1e-12*gg*zz {
		d.omega = math.Min(1, math.Max(0, (gg*ze-gz*ge)/det))
	}
	first := (ge - d.omega*gz) / gg
	d.sse = math.Max(0, ee-2*first*ge-2*d.omega*ze+first*first*gg+2*first*d.omega*gz+d.omega*d.omega*zz)
	d.level = level + g*first
	return d
}

// extendLine takes value number t (from 0) into the running mean and the
// least-squares line through all values so far.
func extendLine(mean, b, v float64, t int) (newMean, newA, newB float64) {
	k := float64(t)
	if t > 0 {
		b = ((k-1)*b + 6/(k+1)*(v-mean)) / (k + 2)
	}
	mean = (k*mean + v) / (k + 1)
	return mean, mean - (k+2)/2*b, b
}

func fitDOTM(y []float64, f *Fitted) dynamic {
	lines := make([]line, len(y))
	var mean, a, b float64
	for t, v := range y {
		lines[t] = line{a, b}
		mean, a, b = extendLine(mean, b, v-y[0], t)
	}
	value := func(a float64) float64 { return dotm(y, lines, a).sse }
	alpha, _, evaluations := lineSearch(value, alphaLow, alphaHigh, 10, 0.002)
	d := dotm(y, lines, alpha)
	d.mean, d.a, d.b = mean, a, b
	if f != nil {
		f.Evaluations, f.Converged = evaluations, true
		f.describe(len(y), d.sse, 4)
		f.Parameters = []Parameter{f.parameter("alpha", alpha, alphaLow, alphaHigh, deviation(value, alpha, len(y), alphaLow, alphaHigh)),
			f.parameter("omega", d.omega, 0, 1, 0)}
	}
	return d
}

// forecast goes on with every forecast taken as the value that came, and leaves
// the state where it ends.
func (d *dynamic) forecast(n int, out []float64) {
	for h := range out {
		mu := d.level + d.omega*(d.g*d.a+(1-d.g*(1-d.alpha))/d.alpha*d.b)
		out[h] = d.base + mu
		d.level += d.alpha * (mu - d.level)
		d.g *= 1 - d.alpha
		d.mean, d.a, d.b = extendLine(d.mean, d.b, mu, n+h)
	}
}
