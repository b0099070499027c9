package forecast

import "math"

// etsSearch is the search for one model's parameters: smoothing parameters and
// the first level and slope. The first seasonal pattern is the classical one
// and not searched for.
type etsSearch struct {
	spec    ETS
	y       []float64
	season  []float64
	scratch []float64
	box     box
	start   point
	names   []string
}

func (s *etsSearch) add(name string, start, lo, hi, step float64) {
	k := s.box.dim
	s.start[k], s.box.lo[k], s.box.hi[k], s.box.step[k] = start, lo, hi, step
	s.names = append(s.names, name)
	s.box.dim++
}

// newETS prepares a search from start values found in the data; nil where the
// season has none.
func newETS(spec ETS, y []float64, period int) *etsSearch {
	s := &etsSearch{spec: spec, y: y}
	adjusted := y
	if spec.Season != 'N' {
		season := Decompose(y, period, spec.Season == 'M')
		if season == nil || !season.usable() {
			return nil
		}
		s.season, s.scratch = season.Index, make([]float64, period)
		adjusted = make([]float64, len(y))
		season.adjust(y, adjusted)
	}
	head := adjusted[:min(len(adjusted), max(10, 2*period))]
	var step, trend float64
	for t := 1; t < len(adjusted); t++ {
		step += math.Abs(adjusted[t]-adjusted[t-1]) / float64(len(adjusted)-1)
	}
	level := average(head)
	if spec.Trend != 'N' {
		trend = slope(head)
		level -= trend * float64(len(head)+1) / 2
	}
	if spec.positive() && level <= 0 {
		level, trend = average(head), 0
	}
	s.add("alpha", 0.3, 1e-3, 0.999, 0.2)
	s.add("level", level, math.Inf(-1), math.Inf(1), math.Max(step, 1e-6*math.Abs(level)))
	switch spec.Trend {
	case 'A':
		s.add("beta*", 0.1, 1e-3, 0.999, 0.2)
		s.add("slope", trend, math.Inf(-1), math.Inf(1), step/2)
	case 'M':
		s.add("beta*", 0.1, 1e-3, 0.999, 0.2)
		s.add("slope", 1+math.Max(-0.2, math.Min(0.2, trend/level)), 0.5, 2, 0.02)
	}
	if spec.Damped {
		s.add("phi", 0.95, phiLow, phiHigh, -0.05)
	}
	if spec.Season != 'N' {
		s.add("gamma", 0.05, 1e-3, 0.999, 0.1) // as a share of 1 − α
	}
	return s
}

// at sets up a pass with the parameters of a point.
func (s *etsSearch) at(p *point) etsRun {
	r := etsRun{spec: s.spec, alpha: p[0], level: p[1], phi: 1}
	k := 2
	if s.spec.Trend != 'N' {
		r.beta, r.slope = p[0]*p[2], p[3]
		k = 4
	}
	if s.spec.Damped {
		r.phi = p[k]
		k++
	}
	if s.spec.Season != 'N' {
		r.gamma = (1 - p[0]) * p[k]
		copy(s.scratch, s.season)
		r.season = s.scratch
	}
	return r
}

// fit finds the parameters. It restarts once from where it ended, which frees a
// simplex that has collapsed.
func (s *etsSearch) fit() found {
	value := func(p *point) float64 {
		r := s.at(p)
		return r.pass(s.y)
	}
	first := simplex(value, s.start, &s.box, 1e-6, 400)
	again := simplex(value, first.at, &s.box, 1e-6, 400)
	again.evaluations += first.evaluations
	return again
}

// FitETS fits one model of the ETS family to a complete history and returns its
// description and the mean forecasts. Smoothing parameters and first level and
// slope maximise the likelihood with α, β*, γ* within (0, 1), β = α·β*, γ =
// (1 − α)·γ* and 0.8 ≤ φ ≤ 0.98; the first seasonal pattern is the classical
// one, and counts as fitted. A multiplicative part needs values above zero.
func FitETS(y []float64, period int, spec ETS, horizon int) (*Fitted, []float64, error) {
	spec, err := spec.valid()
	if err != nil {
		return nil, nil, err
	}
	if err := spec.fits(y, period); err != nil {
		return nil, nil, err
	}
	s := newETS(spec, y, period)
	if s == nil {
		return nil, nil, errNoSeason
	}
	f := &Fitted{Method: ETSFamily, Weight: 1}
	got := s.fit()
	s.describe(f, got, period)
	out := make([]float64, max(0, horizon))
	r := s.at(&got.at)
	r.pass(y)
	r.forecast(len(y), out)
	return f, out, nil
}

// ets fills out by the model with the least AICc among those the history
// admits.
func (b *bench) ets(out []float64, f *Fitted) {
	seasonal := b.period > 1 && b.period <= 24 && len(b.y) >= 2*b.period+2
	best, least := (*etsSearch)(nil), math.Inf(1)
	var end found
	evaluations := 0
	for _, spec := range admissible(allPositive(b.y), seasonal) {
		s := newETS(spec, b.y, b.period)
		if s == nil {
			continue
		}
		n, k := float64(len(b.y)), float64(spec.parameters(b.period))
		if n <= k+1 {
			continue
		}
		got := s.fit()
		evaluations += got.evaluations
		if c := got.value + 2*k + 2*k*(k+1)/(n-k-1); c < least {
			best, least, end = s, c, got
		}
	}
	if best == nil { // too few values for any criterion, or an exact fit
		fill(out, fitSES(b.y, f).level)
		return
	}
	r := best.at(&end.at)
	r.pass(b.y)
	r.forecast(len(b.y), out)
	if f != nil {
		end.evaluations = evaluations
		best.describe(f, end, b.period)
	}
}

// describe fills in parameters, criteria and diagnostics.
func (s *etsSearch) describe(f *Fitted, got found, period int) {
	f.Model, f.N = s.spec.String(), len(s.y)
	f.Evaluations, f.Converged = got.evaluations, got.converged
	n := float64(f.N)
	if math.IsInf(got.value, 0) {
		f.Exact = true
		return
	}
	f.criteria(-(got.value+n*(math.Log(2*math.Pi/n)+1))/2, s.spec.parameters(period))
	r := s.at(&got.at)
	r.pass(s.y)
	f.Sigma = math.Sqrt(r.squares / n)
	for k, name := range s.names {
		f.Parameters = append(f.Parameters, f.parameter(name, got.at[k], s.box.lo[k], s.box.hi[k], 0))
	}
	s.deviations(f, &got.at)
}

// deviations gives the parameters standard errors from the curvature of the
// likelihood.
func (s *etsSearch) deviations(f *Fitted, at *point) {
	value := func(p *point) float64 {
		r := s.at(p)
		return r.pass(s.y) / 2
	}
	var step point
	for k := range s.names {
		step[k] = 1e-2
		if math.IsInf(s.box.lo[k], 0) {
			step[k] = math.Abs(s.box.step[k]) / 10
		}
	}
	for k, e := range curvature(value, at, &s.box, &step) {
		if !f.Parameters[k].Boundary {
			f.Parameters[k].Error = e
		}
	}
}
