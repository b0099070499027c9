package forecast

import (
	"errors"
	"fmt"
	"math"
	"strings"
)

// ETS names one model of the family of Hyndman, Koehler, Ord & Snyder (2008):
// error, trend and season each additive 'A', multiplicative 'M' or, for trend
// and season, none 'N'. A zero byte in Trend or Season counts as 'N'.
type ETS struct {
	Error  byte
	Trend  byte
	Damped bool
	Season byte
}

// String writes the usual short form, such as ETS(M,Ad,M).
func (e ETS) String() string {
	e = e.filled()
	trend := string(e.Trend)
	if e.Damped {
		trend += "d"
	}
	return fmt.Sprintf("ETS(%c,%s,%c)", e.Error, trend, e.Season)
}

// ErrSpec is returned for a model that is not in the family.
var ErrSpec = errors.New("forecast: no such ETS model: error is A or M, trend N, A or M (damped only with a trend), season N, A or M")

// errNoSeason is returned for a seasonal model of a history without one.
var errNoSeason = errors.New("forecast: the history has no seasonal pattern for this ETS model: it needs two cycles, and values above zero for a multiplicative one")

// fits says what stops a model from being fitted to a history.
func (e ETS) fits(y []float64, period int) error {
	for t, v := range y {
		if math.IsNaN(v) || math.Abs(v) > 1e100 {
			return fmt.Errorf("forecast: value %d is %v: an ETS model needs a complete history", t+1, v)
		}
	}
	if k := e.parameters(max(1, period)); len(y) <= k {
		return fmt.Errorf("forecast: %d values are too few for the %d parameters of %v", len(y), k, e)
	}
	if e.positive() && !allPositive(y) {
		return fmt.Errorf("forecast: %v needs values above zero", e)
	}
	return nil
}

// filled writes out what a zero byte stands for.
func (e ETS) filled() ETS {
	if e.Trend == 0 {
		e.Trend = 'N'
	}
	if e.Season == 0 {
		e.Season = 'N'
	}
	return e
}

func (e ETS) valid() (ETS, error) {
	e = e.filled()
	if !strings.ContainsRune("AM", rune(e.Error)) || !strings.ContainsRune("NAM", rune(e.Trend)) ||
		!strings.ContainsRune("NAM", rune(e.Season)) || e.Damped && e.Trend == 'N' {
		return e, ErrSpec
	}
	return e, nil
}

// positive says whether the model needs values above zero.
func (e ETS) positive() bool { return e.Error == 'M' || e.Trend == 'M' || e.Season == 'M' }

// parameters is the number of free ones: smoothing, first states and variance.
func (e ETS) parameters(period int) int {
	k := 3 // α, first level, variance
	if e.Trend != 'N' {
		k += 2
	}
	if e.Damped {
		k++
	}
	if e.Season != 'N' {
		k += period
	}
	return k
}

// admissible lists the models the automatic choice compares. Left out are the
// multiplicative trend, which explodes, and additive errors with a
// multiplicative season, whose variance has no finite form (Hyndman et al.
// 2008, chapters 4 and 15); without positive values only additive models are.
func admissible(positive, seasonal bool) []ETS {
	var list []ETS
	for _, season := range []byte{'N', 'A', 'M'} {
		if season != 'N' && !seasonal {
			continue
		}
		for _, trend := range []ETS{{Trend: 'N'}, {Trend: 'A'}, {Trend: 'A', Damped: true}} {
			for _, e := range []byte{'A', 'M'} {
				m := ETS{Error: e, Trend: trend.Trend, Damped: trend.Damped, Season: season}
				if m.positive() && !positive || e == 'A' && season == 'M' {
					continue
				}
				list = append(list, m)
			}
		}
	}
	return list
}

// etsRun is one pass over a series.
type etsRun struct {
	spec                    ETS
	alpha, beta, gamma, phi float64 // beta = α·β*, gamma = (1−α)·γ*
	level, slope            float64
	season                  []float64 // by place of the first value
	squares                 float64   // of the errors of the last pass, relative ones when multiplicative
}

// pass filters the series and returns −2·log-likelihood up to n·(log(2π/n)+1),
// or +Inf where the states leave what the model allows.
func (r *etsRun) pass(y []float64) float64 {
	spec := r.spec
	additive := spec.Error == 'A'
	var squares float64
	logs, product := 0.0, 1.0
	place, m := 0, len(r.season)
	star := r.beta / r.alpha
	for _, v := range y {
		q, damped := r.ahead()
		mu, p, t := q, v, v
		switch spec.Season {
		case 'A':
			mu, p, t = q+r.season[place], v-r.season[place], v-q
		case 'M':
			mu, p, t = q*r.season[place], v/r.season[place], v/q
		}
		if additive {
			squares += (v - mu) * (v - mu)
		} else {
			if !(mu > 0) {
				return math.Inf(1)
			}
			e := v/mu - 1
			squares += e * e
			if product *= mu; product > 1e250 || product < 1e-250 {
				logs += math.Log(product)
				product = 1
			}
		}
		old := r.level
		r.level = q + r.alpha*(p-q)
		switch spec.Trend {
		case 'A':
			r.slope = damped + star*(r.level-old-damped)
		case 'M':
			r.slope = damped + star*(r.level/old-damped)
		}
		if m > 0 {
			r.season[place] += r.gamma * (t - r.season[place])
			if place++; place == m {
				place = 0
			}
		}
	}
	r.squares = squares
	value := float64(len(y))*math.Log(squares) + 2*(logs+math.Log(product))
	if math.IsNaN(value) || spec.positive() && !(r.level > 0) {
		return math.Inf(1)
	}
	return value
}

// ahead is the level one step on and the damped slope.
func (r *etsRun) ahead() (level, slope float64) {
	switch r.spec.Trend {
	case 'A':
		slope = r.phi * r.slope
		return r.level + slope, slope
	case 'M':
		slope = r.slope
		if r.spec.Damped {
			slope = math.Pow(slope, r.phi)
		}
		return r.level * slope, slope
	}
	return r.level, 0
}

// forecast fills out with the path without further errors, n the length of the
// history: the mean of the models with additive season or error, and close to it
// in the others.
func (r *etsRun) forecast(n int, out []float64) {
	for h := range out {
		r.level, r.slope = r.ahead()
		out[h] = r.level
		switch r.spec.Season {
		case 'A':
			out[h] += r.season[(n+h)%len(r.season)]
		case 'M':
			out[h] *= r.season[(n+h)%len(r.season)]
		}
	}
}
