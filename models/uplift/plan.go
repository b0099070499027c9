package uplift

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Plan is a campaign before launch: what is expected and how sure one wants to
// be. The zero values of Alpha, Power and Controls mean .05, .8 and 1.
type Plan struct {
	Base     float64 // response rate without the campaign, between 0 and 1
	Lift     float64 // change of the rate that matters, such as .02 for two points
	Alpha    float64 // two-sided level of the test
	Power    float64 // chance to find the lift when it is there
	Controls float64 // control customers per treated customer
}

func (p Plan) withDefaults() (Plan, error) {
	for _, f := range []struct {
		v *float64
		d float64
	}{{&p.Alpha, .05}, {&p.Power, .8}, {&p.Controls, 1}} {
		if *f.v == 0 {
			*f.v = f.d
		}
	}
	if !(p.Base > 0 && p.Base < 1 && p.Alpha > 0 && p.Alpha < 1 && p.Power > p.Alpha/2 && p.Power < 1 && p.Controls > 0) || math.IsInf(p.Controls, 0) {
		return p, fmt.Errorf("%w: rates, level and power lie between 0 and 1, controls are positive: %+v", ErrValue, p)
	}
	return p, nil
}

func (p Plan) checkLift() error {
	if r := p.Base + p.Lift; !(r > 0 && r < 1) || p.Lift == 0 {
		return fmt.Errorf("%w: a lift of %v on a rate of %v", ErrValue, p.Lift, p.Base)
	}
	return nil
}

// SampleSize is how many customers each arm needs, for the normal test of two
// rates without continuity correction (Fleiss 1981):
// nt = [z(α/2)·√((r+1)·p̄q̄) + z(β)·√(r·p₁q₁ + p₀q₀)]² / (r·δ²).
func (p Plan) SampleSize() (treated, control int, err error) {
	p, err = p.withDefaults()
	if err != nil {
		return 0, 0, err
	}
	if err := p.checkLift(); err != nil {
		return 0, 0, err
	}
	r, p1 := p.Controls, p.Base+p.Lift
	mean := (p1 + r*p.Base) / (1 + r)
	root := normalQuantile(1-p.Alpha/2)*math.Sqrt((r+1)*mean*(1-mean)) +
		normalQuantile(p.Power)*math.Sqrt(r*p1*(1-p1)+p.Base*(1-p.Base))
	n := root * root / (r * p.Lift * p.Lift)
	if n*max(1, r) > math.MaxInt32 {
		return 0, 0, fmt.Errorf("%w: a lift of %v is too small to be found with any number of customers", ErrValue, p.Lift)
	}
	return int(math.Ceil(n)), int(math.Ceil(n * r)), nil
}

// Chance is the power of the test with so many customers: the chance to find
// the lift. Plan.Power is not used.
func (p Plan) Chance(treated, control int) (float64, error) {
	p, err := p.withDefaults()
	if err != nil {
		return 0, err
	}
	if err := p.checkLift(); err != nil {
		return 0, err
	}
	if treated < 1 || control < 1 {
		return 0, fmt.Errorf("%w: %d treated and %d control customers", ErrNoContrast, treated, control)
	}
	return p.chance(float64(treated), float64(control)), nil
}

func (p Plan) chance(nt, nc float64) float64 {
	p1 := p.Base + p.Lift
	mean := (nt*p1 + nc*p.Base) / (nt + nc)
	null := math.Sqrt(mean * (1 - mean) * (1/nt + 1/nc))
	se := math.Sqrt(p1*(1-p1)/nt + p.Base*(1-p.Base)/nc)
	return distuv.UnitNormal.CDF((math.Abs(p.Lift) - normalQuantile(1-p.Alpha/2)*null) / se)
}

// Detectable is the smallest rise of the rate that is found with the plan's
// power with so many customers. Plan.Lift is not used. An error says that even
// a rate near 1 would not be found.
func (p Plan) Detectable(treated, control int) (float64, error) {
	p, err := p.withDefaults()
	if err != nil {
		return 0, err
	}
	if treated < 1 || control < 1 {
		return 0, fmt.Errorf("%w: %d treated and %d control customers", ErrNoContrast, treated, control)
	}
	found := func(lift float64) bool {
		p.Lift = lift
		return p.chance(float64(treated), float64(control)) >= p.Power
	}
	low, high := 0.0, (1-p.Base)*(1-1e-9)
	if !found(high) {
		return 0, fmt.Errorf("%w: %d treated and %d control customers are too few to find any lift", ErrNoContrast, treated, control)
	}
	for range 60 {
		if mid := (low + high) / 2; found(mid) {
			high = mid
		} else {
			low = mid
		}
	}
	return high, nil
}

// MeansSampleSize is how many customers each of two equal arms needs to find a
// difference of lift between means (money) of standard deviation sd:
// n = 2·(z(α/2) + z(β))²·sd²/lift². Zero alpha and power mean .05 and .8.
func MeansSampleSize(sd, lift, alpha, power float64) (int, error) {
	p, err := Plan{Base: .5, Alpha: alpha, Power: power}.withDefaults()
	if err != nil {
		return 0, err
	}
	z := normalQuantile(1-p.Alpha/2) + normalQuantile(p.Power)
	n := 2 * z * z * sd * sd / lift / lift
	if !(sd > 0) || !(n >= 0 && n < math.MaxInt32) {
		return 0, fmt.Errorf("%w: a lift of %v with a standard deviation of %v", ErrValue, lift, sd)
	}
	return int(math.Ceil(n)), nil
}
