// Package anomaly finds values of a measure's series that trend and season do
// not explain.
//
// The series is fitted by robust regression (bisquare weights, so that the
// anomalies do not bend the fit they are judged by) on a piecewise linear trend
// and a season; a value is judged by its studentised residual, against
// Student's t. The rate of false alarms is an argument: of values that hold
// nothing unusual, that share is reported.
package anomaly

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Scale is how values are made comparable before they are fitted.
type Scale int

// The scales.
const (
	Level  Scale = iota // as they are: ratios, and sums that may be negative
	Log                 // logarithms: sums of money, which vary in per cents
	Counts              // square roots (Anscombe 1948): counts, whose variance is their size
)

// Options say how a series is judged. The zero value is not usable: Season is
// needed.
type Options struct {
	Season int     // periods a year: 12 of months, 52 of weeks, 365 of days, 4 of quarters, 1 of years
	Week   bool    // the series is daily: weekdays differ
	Alpha  float64 // share of ordinary values reported; 0: 0.01
	Scale  Scale
	// Known are further columns that explain values, one number a period each:
	// working days, for example.
	Known [][]float64
}

// Point is one value of a series as it was judged, in the measure's unit.
type Point struct {
	Value    float64
	Expected float64 // by trend and season; NaN where it was not judged
	Low      float64 // Alpha of ordinary values lie outside Low..High
	High     float64
	Score    float64 // studentised residual: negative below, positive above what was expected
	P        float64 // probability of an ordinary value at least as far out
	Alarm    bool    // P < Alpha
}

// TooShortError is a series with too few values to tell season from chance.
type TooShortError struct{ Got, Want int }

// Error gives both counts.
func (e *TooShortError) Error() string {
	return fmt.Sprintf("%d periods are too few to tell what is usual; at least %d are needed", e.Got, e.Want)
}

// defaultAlpha is one false alarm in a hundred ordinary values.
const defaultAlpha = 0.01

// minSpare is how many more values than parameters a fit needs.
const minSpare = 12

// Detect judges every value of a series in the order of time. NaN is a period
// without a value and is left out. The error is a *TooShortError.
func Detect(values []float64, o Options) ([]Point, error) {
	if o.Alpha == 0 {
		o.Alpha = defaultAlpha
	}
	var at []int
	for i, v := range values {
		if !math.IsNaN(v) {
			at = append(at, i)
		}
	}
	o.Scale = fitting(values, at, o.Scale)
	basis := design(at, o)
	if want := basis.columns + minSpare; len(at) < want {
		return nil, &TooShortError{len(at), want}
	}
	y := make([]float64, len(at))
	for k, i := range at {
		y[k] = o.Scale.forward(values[i])
	}
	f := fit(basis.matrix, y)
	points := make([]Point, len(values))
	for i := range points {
		points[i] = Point{Value: values[i], Expected: math.NaN(), Low: math.NaN(), High: math.NaN(), P: 1}
	}
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: f.freedom}
	far := t.Quantile(1 - o.Alpha/2)
	for k, i := range at {
		p := &points[i]
		spread := f.scale * f.spread[k]
		p.Expected = o.Scale.back(f.fitted[k])
		p.Low, p.High = o.Scale.back(f.fitted[k]-far*spread), o.Scale.back(f.fitted[k]+far*spread)
		if spread > 0 {
			p.Score = (y[k] - f.fitted[k]) / spread
			p.P = 2 * t.Survival(math.Abs(p.Score))
		}
		p.Alarm = p.P < o.Alpha
	}
	return points, nil
}

// fitting is the scale, or Level where a value does not have that scale.
func fitting(values []float64, at []int, s Scale) Scale {
	for _, i := range at {
		if s == Log && values[i] <= 0 || s == Counts && values[i] < 0 {
			return Level
		}
	}
	return s
}

func (s Scale) forward(v float64) float64 {
	switch s {
	case Log:
		return math.Log(v)
	case Counts:
		return 2 * math.Sqrt(v+3.0/8)
	}
	return v
}

func (s Scale) back(y float64) float64 {
	switch s {
	case Log:
		return math.Exp(y)
	case Counts:
		y = math.Max(y, 0) / 2
		return math.Max(y*y-3.0/8, 0)
	}
	return y
}

// basisMatrix is a row per value and a column per parameter.
type basisMatrix struct {
	matrix  *mat.Dense
	columns int
}

// design lists what explains a value: the trend, a broken line with a knot
// every other year, and the season, by month or quarter where there are three
// years of them, else by waves of a year as far as there is data.
func design(at []int, o Options) basisMatrix {
	n := len(at)
	span := 0
	if n > 0 {
		span = at[n-1] - at[0] + 1
	}
	columns := []func(i int) float64{func(int) float64 { return 1 }}
	if n > 2 {
		columns = append(columns, func(i int) float64 { return float64(i-at[0]) / float64(span) })
	}
	for knot := 2 * o.Season; o.Season > 1 && knot <= span-o.Season; knot += 2 * o.Season {
		columns = append(columns, func(i int) float64 { return math.Max(0, float64(i-at[0]-knot)) / float64(span) })
	}
	years := span / max(o.Season, 1)
	switch {
	case o.Season > 1 && o.Season <= 12 && years >= 3:
		for k := 1; k < o.Season; k++ {
			columns = append(columns, func(i int) float64 { return is(i%o.Season == k) })
		}
	case o.Season > 1 && years >= 2:
		for k := 1; k <= min(4, (o.Season-1)/2); k++ {
			wave := 2 * math.Pi * float64(k) / yearLength(o)
			columns = append(columns, func(i int) float64 { return math.Sin(wave * float64(i)) },
				func(i int) float64 { return math.Cos(wave * float64(i)) })
		}
	}
	if o.Week {
		for k := 1; k < 7; k++ {
			columns = append(columns, func(i int) float64 { return is(i%7 == k) })
		}
	}
	for _, known := range o.Known {
		if varies(known, at) {
			columns = append(columns, func(i int) float64 { return known[i] })
		}
	}
	b := basisMatrix{columns: len(columns)}
	if n == 0 {
		return b
	}
	b.matrix = mat.NewDense(n, len(columns), nil)
	for r, i := range at {
		for c, f := range columns {
			b.matrix.Set(r, c, f(i))
		}
	}
	return b
}

// varies reports whether a column is worth a parameter.
func varies(column []float64, at []int) bool {
	return slices.ContainsFunc(at, func(i int) bool { return column[i] != column[at[0]] })
}

func yearLength(o Options) float64 {
	switch o.Season {
	case 52:
		return 365.2425 / 7
	case 365:
		return 365.2425
	}
	return float64(o.Season)
}

func is(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// regression is a fit on the scale of the values.
type regression struct {
	fitted  []float64
	spread  []float64 // standard deviation of each residual, in units of scale
	scale   float64   // standard deviation of ordinary values
	freedom float64
}

// The constants of the bisquare: 95% efficiency at the normal, and the scale
// from the median absolute residual (Beaton and Tukey 1974; Rousseeuw and Leroy
// 1987).
const (
	bisquare = 4.685
	fromMAD  = 1.4826
	rounds   = 50
)

// fit is an M-estimate by iterated least squares, starting from Huber's
// weights.
func fit(x *mat.Dense, y []float64) *regression {
	n, p := x.Dims()
	w := make([]float64, n)
	for i := range w {
		w[i] = 1
	}
	f := &regression{}
	for round := range rounds {
		before := slices.Clone(w)
		f.fitted, f.spread = weighted(x, y, w)
		residuals := make([]float64, n)
		for i := range y {
			residuals[i] = (y[i] - f.fitted[i]) / f.spread[i]
		}
		f.scale = fromMAD * medianSize(residuals)
		if f.scale == 0 {
			break // more than half lie exactly on the fit
		}
		moved := 0.0
		for i, r := range residuals {
			u := math.Abs(r) / f.scale
			switch {
			case round < 5: // Huber
				w[i] = math.Min(1, 1.345/math.Max(u, 1e-12))
			case u < bisquare:
				w[i] = (1 - u*u/(bisquare*bisquare)) * (1 - u*u/(bisquare*bisquare))
			default:
				w[i] = 0
			}
			moved = math.Max(moved, math.Abs(w[i]-before[i]))
		}
		if round > 5 && moved < 1e-9 {
			break
		}
	}
	sum, squares := 0.0, 0.0
	for i := range w {
		r := y[i] - f.fitted[i]
		sum += w[i]
		squares += w[i] * r * r
	}
	spare := math.Max(sum-float64(p), 3)
	// Where many parameters share few values the weights follow the noise; fewer
	// degrees of freedom keep the rate of false alarms (see TestFalseAlarmRate).
	f.freedom = math.Max(spare*(1-float64(p)/float64(n)), 3)
	f.scale = math.Max(f.scale, math.Sqrt(squares/spare))
	return f
}

// weighted is the least squares fit, and the standard deviation of each residual
// against that of the values: with h = x'(X'WX)⁻¹x, the root of 1 - 2wh + h, which
// is less than 1 for a value that bends the fit and more for one left out of it.
func weighted(x *mat.Dense, y, w []float64) (fitted, spread []float64) {
	n, p := x.Dims()
	scaled, target := mat.NewDense(n, p, nil), mat.NewVecDense(n, nil)
	for i := range n {
		root := math.Sqrt(w[i])
		for j := range p {
			scaled.Set(i, j, root*x.At(i, j))
		}
		target.SetVec(i, root*y[i])
	}
	var svd mat.SVD
	fitted, spread = make([]float64, n), make([]float64, n)
	if !svd.Factorize(scaled, mat.SVDThin) {
		return fitted, spread
	}
	s := svd.Values(nil)
	rank := 0
	for rank < len(s) && s[rank] > 1e-10*s[0] {
		rank++
	}
	var beta, v, rotated mat.Dense
	svd.SolveTo(&beta, target, rank)
	svd.VTo(&v)
	rotated.Mul(x, &v)
	for i := range n {
		for j := range p {
			fitted[i] += x.At(i, j) * beta.At(j, 0)
		}
		h := 0.0
		for j := range rank {
			h += rotated.At(i, j) * rotated.At(i, j) / (s[j] * s[j])
		}
		spread[i] = math.Sqrt(math.Max(1-2*w[i]*h+h, 0.01))
	}
	return fitted, spread
}

func medianSize(list []float64) float64 {
	sizes := make([]float64, len(list))
	for i, v := range list {
		sizes[i] = math.Abs(v)
	}
	slices.Sort(sizes)
	m := len(sizes) / 2
	if len(sizes)%2 == 1 {
		return sizes[m]
	}
	return (sizes[m-1] + sizes[m]) / 2
}
