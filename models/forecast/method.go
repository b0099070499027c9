package forecast

import (
	"fmt"
	"math"
	"slices"
)

// Method names a way to forecast, as it stands in tables.
type Method string

// The methods. Those from SES to LogDOTM work on the series without its season
// (Seasonality on values or steps, Decompose, James-Stein shrinkage), which is put back after.
const (
	Auto          Method = ""            // Combination, or for seldom demand Select
	Mean          Method = "mean"        // mean of the history
	Naive         Method = "naive"       // last value
	SeasonalNaive Method = "snaive"      // last value of the same place in the cycle
	Drift         Method = "drift"       // last value plus the mean step
	SES           Method = "ses"         // simple exponential smoothing
	Holt          Method = "holt"        // additive trend
	Damped        Method = "damped"      // damped additive trend
	Theta         Method = "theta"       // Assimakopoulos & Nikolopoulos (2000)
	DOTM          Method = "dotm"        // dynamic optimised Theta, Fiorucci et al. (2016)
	LogDamped     Method = "log-damped"  // the same three on logarithms, for values above zero;
	LogTheta      Method = "log-theta"   // their forecasts are medians, a little below the
	LogDOTM       Method = "log-dotm"    // mean
	ETSFamily     Method = "ets"         // the ETS model with the least AICc
	Croston       Method = "croston"     // Croston (1972)
	SBA           Method = "sba"         // Syntetos & Boylan (2005)
	TSB           Method = "tsb"         // Teunter, Syntetos & Babai (2011)
	Combination   Method = "combination" // mean of Damped, Theta, DOTM and their log forms
	Weighted      Method = "weighted"    // the same six by inverse squared backtest error
	Select        Method = "select"      // the simplest within a standard error of the best in the backtest
)

// Methods lists all names from the simplest to the most elaborate; this is also
// the order in which Select prefers them.
func Methods() []Method {
	return []Method{Mean, Naive, SeasonalNaive, Drift, SES, SBA, Croston, TSB, Holt, Theta, Damped, DOTM,
		LogTheta, LogDamped, LogDOTM, ETSFamily, Combination, Weighted, Select}
}

// combined are the members of the combination. Theta, damped trend and the
// dynamic Theta were each among the best single methods of the M3 literature,
// and means of a few good methods are hard to beat (Makridakis & Hibon 2000).
var combined = []Method{Theta, Damped, DOTM, LogTheta, LogDamped, LogDOTM}

// candidates of Select, for frequent and for seldom demand.
var (
	frequentCandidates = []Method{Naive, SeasonalNaive, SES, Theta, Damped, DOTM, Combination}
	seldomCandidates   = []Method{Mean, SES, SBA, Croston, TSB}
)

// candidates are the methods that a deciding method fits.
func (m Method) candidates(seldom bool) []Method {
	switch {
	case m == Weighted:
		return combined
	case m == Select && seldom:
		return seldomCandidates
	case m == Select:
		return frequentCandidates
	}
	return []Method{m}
}

func (m Method) valid() error {
	if m == Auto || slices.Contains(Methods(), m) {
		return nil
	}
	return fmt.Errorf("forecast: no method %q: there are %v", string(m), Methods())
}

// resolve turns Auto into what it stands for.
func (m Method) resolve(seldom bool) Method {
	if m != Auto {
		return m
	}
	if seldom {
		return Select
	}
	return Combination
}

// bench is a history up to one origin with all that its methods share. One
// bench is used again and again by one goroutine.
type bench struct {
	y        []float64
	period   int
	seldom   bool
	season   *Season
	adjusted []float64 // without season
	logs     []float64 // of adjusted; nil unless all are positive
	buffer   []float64
	logged   []float64
	member   []float64
	kept     map[Method][]float64 // forecasts of combination members at this origin
	scale    float64              // mean absolute step of adjusted; −1 until asked for
	calmed   bool                 // a forecast since open left all reason and was bounded
}

// open prepares a history for its methods.
func (b *bench) open(y []float64, period int, seldom bool) {
	b.y, b.period, b.seldom, b.season, b.logs = y, period, seldom, nil, nil
	b.adjusted, b.scale, b.calmed = y, -1, false
	clear(b.kept)
	if !seldom {
		b.deseason()
	}
	if !seldom && allPositive(b.adjusted) {
		b.logged = grow(b.logged, len(y))
		for t, v := range b.adjusted {
			b.logged[t] = math.Log(v)
		}
		b.logs = b.logged
	}
}

// deseason takes out a season that passes the test on the values or on their
// steps: a trend dominates the autocorrelations of the values and hides a season
// from them, but not from those of the steps.
func (b *bench) deseason() {
	if b.period < 2 || len(b.y) <= 2*b.period {
		return
	}
	b.buffer = grow(b.buffer, len(b.y))
	if _, seasonal := Seasonality(b.y, b.period); !seasonal {
		steps := b.buffer[:len(b.y)-1]
		for t := range steps {
			steps[t] = b.y[t+1] - b.y[t]
		}
		if _, seasonal = Seasonality(steps, b.period); !seasonal {
			return
		}
	}
	s, variance := decompose(b.y, b.period, allPositive(b.y))
	if s == nil || !s.usable() {
		s, variance = decompose(b.y, b.period, false)
	}
	s.shrink(variance)
	b.season = s
	s.adjust(b.y, b.buffer)
	b.adjusted = b.buffer
}

// grow returns a slice of n elements, the given one where it is long enough.
func grow(s []float64, n int) []float64 {
	if cap(s) < n {
		return make([]float64, n, 2*n)
	}
	return s[:n]
}

// forecast fills out with the forecasts of one method, no deciding one. Fitted,
// where not nil, receives a description of every model fitted.
func (b *bench) forecast(m Method, out []float64, fitted *[]Fitted) {
	if m == Combination {
		b.combine(out, fitted)
		return
	}
	if kept, ok := b.kept[m]; ok && fitted == nil {
		copy(out, kept)
		return
	}
	var f *Fitted
	if fitted != nil {
		f = &Fitted{Method: m, Weight: 1, N: len(b.y), Converged: true}
	}
	switch m {
	case Mean, Naive, SeasonalNaive, Drift:
		b.simple(m, out)
	case Croston, SBA:
		fill(out, fitCroston(b.y, m == SBA, f).level)
	case TSB:
		fill(out, fitTSB(b.y, f).level)
	case ETSFamily:
		b.ets(out, f)
	default:
		b.smooth(m, out, f)
	}
	b.calm(out)
	if f != nil {
		*fitted = append(*fitted, *f)
	}
}

// combine fills out with the mean of the members.
func (b *bench) combine(out []float64, fitted *[]Fitted) {
	members := combined
	if b.logs == nil {
		members = members[:3]
	}
	b.member = grow(b.member, len(out))
	fill(out, 0)
	weight := 1 / float64(len(members))
	for _, m := range members {
		b.forecast(m, b.member, fitted)
		if fitted != nil {
			(*fitted)[len(*fitted)-1].Weight = weight
		}
		for i, v := range b.member {
			out[i] += weight * v
		}
	}
}

// simple fills out by the methods without parameters.
func (b *bench) simple(m Method, out []float64) {
	n := len(b.y)
	last := b.y[n-1]
	switch {
	case m == Mean:
		fill(out, average(b.y))
	case m == SeasonalNaive && b.period > 1 && n >= b.period:
		for i := range out {
			out[i] = b.y[n-b.period+i%b.period]
		}
	case m == Drift && n > 1:
		step := (last - b.y[0]) / float64(n-1)
		for i := range out {
			out[i] = last + float64(i+1)*step
		}
	default:
		fill(out, last)
	}
}

// smooth fills out by the methods that work on the series without its season.
func (b *bench) smooth(m Method, out []float64, f *Fitted) {
	y, logs := b.adjusted, false
	switch m {
	case LogTheta, LogDamped, LogDOTM:
		if b.logs != nil {
			y, logs = b.logs, true
		}
	}
	switch m {
	case Theta, LogTheta:
		fitSES(y, f).theta(y, out, f)
	case DOTM, LogDOTM:
		d := fitDOTM(y, f)
		d.forecast(len(y), out)
	case Damped, LogDamped:
		fitHolt(y, true, f).forecast(out)
	case Holt:
		fitHolt(y, false, f).forecast(out)
	default:
		fill(out, fitSES(y, f).level)
	}
	if logs {
		for i, v := range out {
			out[i] = math.Exp(v)
		}
	}
	if b.season != nil {
		b.season.restore(out, len(y))
	}
}

// calm replaces forecasts that left all reason (a trend on logarithms, a season
// that is nearly zero) by the nearest bound: ten ranges of the history beyond
// its smallest and largest value. It leaves no NaN, and remembers that it had to
// act.
func (b *bench) calm(out []float64) {
	low, high := b.y[0], b.y[0]
	for _, v := range b.y {
		low, high = math.Min(low, v), math.Max(high, v)
	}
	reach := 10 * math.Max(high-low, math.Abs(b.y[len(b.y)-1])/10)
	for i, v := range out {
		if math.IsNaN(v) {
			v, b.calmed = b.y[len(b.y)-1], true
		}
		out[i] = math.Min(high+reach, math.Max(low-reach, v))
		b.calmed = b.calmed || out[i] != v
	}
}

func fill(out []float64, v float64) {
	for i := range out {
		out[i] = v
	}
}
