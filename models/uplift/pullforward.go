package uplift

import (
	"fmt"
	"math"
)

// Periods is what the customers of one arm bought during the campaign and in a
// period after it, one element a customer (units or money).
type Periods struct {
	During, After []float64
}

// PullForward says whether a campaign made customers buy more or only earlier.
type PullForward struct {
	During Effect // per customer
	After  Effect // per customer; a dip is below 0
	Net    Effect // of both together: what is left of the lift
	DipP   float64
	// Pulled is the share of the lift that was taken from the period after:
	// −After/During, with its 95 % interval by Fieller's (1954) theorem. It and
	// its interval are 0 unless the lift is clear of 0.
	Pulled  Range
	Reading string // in plain words
}

// MeasurePullForward compares treated and control customers, drawn at random,
// in both periods. DipP tests, one-sided, that there is no dip afterwards.
func MeasurePullForward(treated, control Periods) (*PullForward, error) {
	var sums [2][]float64
	for a, p := range []Periods{control, treated} {
		if len(p.During) != len(p.After) {
			return nil, fmt.Errorf("%w: %d customers during and %d after the campaign", ErrShape, len(p.During), len(p.After))
		}
		for i := range p.During {
			sums[a] = append(sums[a], p.During[i]+p.After[i])
		}
	}
	during, err := means(treated.During, control.During)
	if err != nil {
		return nil, err
	}
	after, err := means(treated.After, control.After)
	if err != nil {
		return nil, err
	}
	net, err := means(sums[1], sums[0])
	if err != nil {
		return nil, err
	}
	out := &PullForward{During: *during, After: *after, Net: *net, DipP: 1}
	if after.SE > 0 {
		out.DipP = math.Erfc(-after.Z/math.Sqrt2) / 2
	}
	// Cov(during, after) of the effects from the variance of their sum.
	cov := (net.SE*net.SE - during.SE*during.SE - after.SE*after.SE) / 2
	switch {
	case during.P >= .05 || during.Lift <= 0:
		out.Reading = "no clear lift during the campaign, so nothing can have been pulled forward"
	default:
		out.Pulled = fieller(-after.Lift, during.Lift, after.SE*after.SE, during.SE*during.SE, -cov)
		out.Reading = "no clear dip after the campaign"
		if out.DipP < .05 {
			out.Reading = fmt.Sprintf("%.0f %% of the lift was bought earlier rather than in addition", 100*out.Pulled.Value)
		}
	}
	return out, nil
}

// fieller is the ratio a/b with its 95 % interval; b must differ from 0 at that
// level.
func fieller(a, b, va, vb, cov float64) Range {
	const z2 = normal975 * normal975
	r := a / b
	g := z2 * vb / b / b
	mid := (r - g*cov/max(vb, math.SmallestNonzeroFloat64)) / (1 - g)
	if vb == 0 {
		mid = r
	}
	inner := va - 2*r*cov + r*r*vb
	if vb > 0 {
		inner -= g * (va - cov*cov/vb)
	}
	half := normal975 / math.Abs(b) / (1 - g) * math.Sqrt(max(0, inner))
	return Range{r, mid - half, mid + half}
}
