package clv

import (
	"testing"
)

// published are fits of CDNOW: parameters to the decimals given, likelihoods to
// 0.001. Sources: BG/NBD Fader, Hardie & Lee (2005), table 2, and the tests of R's
// CLVTools; Pareto/NBD the same table; MBG/NBD the tests of Python's lifetimes
// (parameters); NBD and the likelihoods of rounded data were computed with two
// tools for this purpose.
var published = []struct {
	kind       Kind
	base       []float64
	tolerance  float64
	raw        float64 // log-likelihood from raw dates
	rounded    float64 // from the rounded summary; 0: not known
	masterBase []float64
}{
	{BGNBD, []float64{0.2425945, 4.4136019, 0.7929199, 2.4258881}, 2e-4, -9582.4292, -9582.4256, []float64{.2516, 4.7889, .7234, 2.1611}},
	{ParetoNBD, []float64{.553, 10.578, .606, 11.669}, 3e-3, -9594.9762, -9594.9739, []float64{.5974, 11.5858, .5222, 8.8284}},
	{MBGNBD, []float64{.525, 6.183, .891, 1.614}, 1e-3, 0, -9582.13, nil},
	{NBD, []float64{.3848, 12.0721}, 1e-3, 0, 0, nil},
}

func TestCDNOWFits(t *testing.T) {
	raw, rounded, master := cdnowRaw(t, "CDNOW_sample.txt"), cdnowSummary(t), cdnowRaw(t, "CDNOW_master.txt")
	var once, repeats float64
	for _, x := range raw.X {
		repeats += x
		if x == 0 {
			once++
		}
	}
	within(t, "customers", float64(len(raw.X)), 2357, 0)
	within(t, "one-time buyers", once, 1411, 0)
	within(t, "repeat purchases", repeats, 2457, 0)
	for _, p := range published {
		t.Run(p.kind.String(), func(t *testing.T) {
			m, err := Fit(raw.Customers, Options{Kind: p.kind})
			if err != nil {
				t.Fatal(err)
			}
			for i, v := range p.base {
				relative(t, p.kind.ParameterNames()[i], m.Base[i], v, p.tolerance)
			}
			if p.raw != 0 {
				within(t, "log-likelihood", m.LogLikelihood, p.raw, 0.001)
			}
			if !m.Converged || m.Agreeing != m.Starts || m.Boundary != nil {
				t.Errorf("converged %v, %d of %d starts agree, boundary %v", m.Converged, m.Agreeing, m.Starts, m.Boundary)
			}
			if p.rounded != 0 {
				m, err = Fit(rounded, Options{Kind: p.kind})
				if err != nil {
					t.Fatal(err)
				}
				tolerance := 0.001
				if p.kind == MBGNBD {
					tolerance = 0.005 // given to two decimals
				}
				within(t, "log-likelihood of the rounded summary", m.LogLikelihood, p.rounded, tolerance)
			}
			if p.masterBase != nil {
				m, err = Fit(master.Customers, Options{Kind: p.kind})
				if err != nil {
					t.Fatal(err)
				}
				for i, v := range p.masterBase {
					relative(t, "master "+p.kind.ParameterNames()[i], m.Base[i], v, 1e-3)
				}
			}
		})
	}
}

// Fader, Hardie & Shang (2010): 11,104 donors; the estimates are those of the
// tests of Python's lifetimes.
func TestDonations(t *testing.T) {
	m, err := Fit(donations(t), Options{Kind: BGBB, Unit: "year", UnitsPerYear: 1})
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range []float64{1.204, .750, .657, 2.783} {
		within(t, BGBB.ParameterNames()[i], m.Base[i], v, 6e-4)
	}
	within(t, "log-likelihood", m.LogLikelihood, -33225.58, 0.005)
	within(t, "donors", m.Customers, 11104, 0)
}

// The CLVTools tests give −4055.9177 from raw data; p 6.25, q 3.74, gamma 15.44,
// the correlations and E[Z] = 35.17 are published (Fader & Hardie, note on
// Gamma-Gamma; Fader, Hardie & Lee 2005).
func TestCDNOWSpend(t *testing.T) {
	raw, rounded := cdnowRaw(t, "CDNOW_sample.txt"), cdnowSummary(t)
	s, err := FitSpend(raw.X, raw.Spend, nil)
	if err != nil {
		t.Fatal(err)
	}
	within(t, "log-likelihood", s.LogLikelihood, -4055.9177, 0.001)
	within(t, "p", s.P, 6.25, 0.005)
	within(t, "q", s.Q, 3.74, 0.005)
	within(t, "gamma", s.Gamma, 15.44, 0.01)
	within(t, "repeat buyers", s.Customers, 946, 0)
	mean, ok := s.Mean()
	within(t, "E[Z]", mean, 35.17, 0.02)
	if !ok || s.Agreeing != s.Starts || !s.Converged {
		t.Errorf("mean %v, converged %v, %d of %d starts agree", ok, s.Converged, s.Agreeing, s.Starts)
	}
	d := s.Independence
	within(t, "correlation", d.R, .11, .005)
	within(t, "correlation without one customer", d.WithoutOutlier, .06, .005)
	if d.Warning == "" || d.Low > d.R || d.High < d.R {
		t.Errorf("independence %+v", d)
	}
	s, err = FitSpend(rounded.X, rounded.Spend, nil)
	if err != nil {
		t.Fatal(err)
	}
	within(t, "log-likelihood of the rounded summary", s.LogLikelihood, -4055.9232, 0.001)
}
