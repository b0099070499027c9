package forecast

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
)

// innovations runs a model in the error-correction form of Hyndman et al. (2008,
// tables 2.2 and 2.3), written out apart from the code under test, and returns
// the log-likelihood at the best variance. When rng is given it draws values
// with errors of the given size instead, and writes them to y.
func innovations(spec ETS, y []float64, alpha, beta, gamma, phi, l, b float64, season []float64, sigma float64, rng *rand.Rand) float64 {
	s := append([]float64(nil), season...)
	var squares, logs float64
	for t := range y {
		base, mult := l, 1.0
		switch spec.Trend {
		case 'A':
			base = l + phi*b
		case 'M':
			base = l * math.Pow(b, phi)
		}
		k := 0
		mu := base
		if len(s) > 0 {
			k = t % len(s)
		}
		switch spec.Season {
		case 'A':
			mu = base + s[k]
		case 'M':
			mu, mult = base*s[k], s[k]
		}
		if rng != nil {
			y[t] = mu + sigma*rng.NormFloat64()
			if spec.Error == 'M' {
				y[t] = mu * (1 + sigma*rng.NormFloat64())
			}
		}
		e := y[t] - mu // what is called e, or μ·ε when the error is multiplicative
		if spec.Error == 'M' {
			squares += (e / mu) * (e / mu)
			logs += math.Log(mu)
		} else {
			squares += e * e
		}
		switch spec.Trend {
		case 'A':
			b = phi*b + beta*e/mult
		case 'M':
			b = math.Pow(b, phi) + beta*e/(l*mult)
		}
		l = base + alpha*e/mult
		switch spec.Season {
		case 'A':
			s[k] += gamma * e
		case 'M':
			s[k] += gamma * e / base
		}
	}
	n := float64(len(y))
	return -n/2*(math.Log(2*math.Pi*squares/n)+1) - logs
}

func TestETSLikelihood(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 1))
	for _, spec := range append(admissible(true, true), ETS{Error: 'A', Trend: 'M', Damped: true, Season: 'M'}, ETS{Error: 'M', Trend: 'M', Season: 'N'}) {
		alpha, beta, gamma, phi, l, b := 0.3, 0.02, 0.1, 0.95, 100.0, 0.7
		if !spec.Damped {
			phi = 1
		}
		if spec.Trend == 'M' {
			b = 1.004
		}
		var season []float64
		sigma := 4.0
		switch spec.Season {
		case 'A':
			season = []float64{-10, 5, 12, -7}
		case 'M':
			season = []float64{0.9, 1.05, 1.1, 0.95}
		}
		if spec.Error == 'M' {
			sigma = 0.04
		}
		y := make([]float64, 120)
		innovations(spec, y, alpha, beta, gamma, phi, l, b, season, sigma, rng)
		want := innovations(spec, y, alpha, beta, gamma, phi, l, b, season, 0, nil)
		r := etsRun{spec: spec, alpha: alpha, beta: beta, gamma: gamma, phi: phi, level: l, slope: b, season: append([]float64(nil), season...)}
		n := float64(len(y))
		got := -(r.pass(y) + n*(math.Log(2*math.Pi/n)+1)) / 2
		close(t, spec.String()+" log-likelihood", got, want, 1e-9)

		f, path, err := FitETS(y, 4, spec, 8)
		if err != nil {
			t.Errorf("%v: %v", spec, err)
			continue
		}
		// The fit has the classical first season where the truth has its own,
		// so it may fall a little short of what the truth reaches.
		if f.LogLik < want-6 || len(path) != 8 || !f.Converged {
			t.Errorf("%v: fitted log-likelihood %v, %v at the planted parameters, converged %v", spec, f.LogLik, want, f.Converged)
		}
		if planted := f.Parameters[0]; !planted.Boundary && math.Abs(planted.Value-alpha) > 3*planted.Error+0.05 {
			t.Errorf("%v: alpha %+v, planted %v", spec, planted, alpha)
		}
	}
}

// Simple smoothing and the damped trend are ETS models; two ways to fit them
// must find the same likelihood.
func TestETSAgreesWithSmoothing(t *testing.T) {
	y := walk(5, 80)
	s, f := &Fitted{}, &Fitted{}
	fitSES(y, s)
	fitHolt(y, true, f)
	for spec, want := range map[ETS]float64{{Error: 'A'}: s.LogLik, {Error: 'A', Trend: 'A', Damped: true}: f.LogLik} {
		got, _, err := FitETS(y, 1, spec, 1)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(got.LogLik-want) > 5e-3 {
			t.Errorf("%v: log-likelihood %v, by smoothing %v", spec, got.LogLik, want)
		}
	}
}

func TestETSChoosesTheSeason(t *testing.T) {
	rng := rand.New(rand.NewPCG(12, 1))
	y := make([]float64, 96)
	season := []float64{0.7, 0.8, 1, 1.2, 1.3, 1.4, 1.1, 1, 0.9, 0.8, 0.9, 0.9}
	innovations(ETS{'M', 'A', true, 'M'}, y, 0.2, 0.01, 0.05, 0.95, 100, 1, season, 0.03, rng)
	f := fit(t, []Series{{Values: y, Period: 12}}, Options{Method: ETSFamily, Origins: 2}).Forecasts[0]
	if m := f.Fitted[0].Model; m[len(m)-2] != 'M' {
		t.Errorf("chosen %s", m)
	}
	finite(t, "ets", f)
}

func TestETSRefuses(t *testing.T) {
	y := walk(6, 30)
	for _, c := range []struct {
		y      []float64
		period int
		spec   ETS
		want   error
	}{
		{y, 4, ETS{Error: 'X'}, ErrSpec},
		{y, 4, ETS{Error: 'A', Damped: true}, ErrSpec},
		{y[:4], 4, ETS{Error: 'A', Trend: 'A'}, nil},
		{append([]float64{0}, y...), 4, ETS{Error: 'M'}, nil},
		{append([]float64{math.NaN()}, y...), 4, ETS{Error: 'A'}, nil},
		{y, 1, ETS{Error: 'A', Season: 'A'}, errNoSeason},
	} {
		if _, _, err := FitETS(c.y, c.period, c.spec, 3); err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%v of %d values: %v", c.spec, len(c.y), err)
		}
	}
}
