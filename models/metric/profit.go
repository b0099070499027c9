package metric

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mathext"
)

// Retention says what a retention campaign costs and brings, for EMPC. The zero
// value stands for the defaults of Verbraken, Verbeke and Baesens (2013).
type Retention struct {
	Alpha, Beta float64 // Beta distribution of the share of contacted churners that stay; 0: 6 and 14, mean .3
	Value       float64 // lifetime value of a customer that stays, money; 0: 200
	Offer       float64 // cost of the offer when taken, money; 0: 10
	Contact     float64 // cost of a contact, money; 0: 1
}

// Profit is the result of EMPC.
type Profit struct {
	PerCustomer float64 // expected maximum profit in money per customer of the whole list
	Share       float64 // expected share of the list to contact, 0 to 1
}

func (c Retention) withDefaults() Retention {
	for _, f := range []struct {
		v *float64
		d float64
	}{{&c.Alpha, 6}, {&c.Beta, 14}, {&c.Value, 200}, {&c.Offer, 10}, {&c.Contact, 1}} {
		if *f.v == 0 {
			*f.v = f.d
		}
	}
	return c
}

// EMPC is the expected maximum profit of a churn model (Verbraken, Verbeke and
// Baesens 2013, IEEE TKDE 25(5)): for each share γ of would-be churners that
// accept, the best cut of the list is taken, and its profit
// V·[(γ(1−δ)−φ)·π·F1 − (δ+φ)·(1−π)·F0] is averaged over the Beta distribution
// of γ; δ and φ are the costs of offer and contact over the value V, π the
// share of churners, F1 and F0 the shares of churners and others contacted.
func (r *Ranking) EMPC(c Retention) (Profit, error) {
	c = c.withDefaults()
	if !(c.Alpha > 0 && c.Beta > 0 && c.Value > 0 && c.Offer >= 0 && c.Contact >= 0 && c.Offer < c.Value) {
		return Profit{}, fmt.Errorf("%w: EMPC needs alpha, beta and value above 0, costs not negative, the offer below the value: %+v", ErrValue, c)
	}
	delta, phi := c.Offer/c.Value, c.Contact/c.Value
	pi1 := r.BaseRate()
	pi0 := 1 - pi1
	mean := c.Alpha / (c.Alpha + c.Beta)
	hull := r.hull()
	var out Profit
	from := 0.0
	for k, at := range hull {
		to := 1.0
		if k+1 < len(hull) {
			next := hull[k+1]
			d1, d0 := next[1]-at[1], next[0]-at[0]
			if d1 > 0 {
				to = min(1, ((delta+phi)*pi0*d0+phi*pi1*d1)/((1-delta)*pi1*d1))
			}
		}
		// The line of this cut over γ is slope·γ − fixed.
		slope := (1 - delta) * pi1 * at[1]
		fixed := phi*pi1*at[1] + (delta+phi)*pi0*at[0]
		mass := betaMass(c.Alpha, c.Beta, from, to)
		out.PerCustomer += c.Value * (slope*mean*betaMass(c.Alpha+1, c.Beta, from, to) - fixed*mass)
		out.Share += mass * (pi1*at[1] + pi0*at[0])
		if to >= 1 {
			break
		}
		from = to
	}
	return out, nil
}

// betaMass is the probability between two points of a Beta distribution.
func betaMass(a, b, from, to float64) float64 {
	if to <= from {
		return 0
	}
	return mathext.RegIncBeta(a, b, to) - mathext.RegIncBeta(a, b, from)
}

// hull is the upper convex hull of the ROC curve from (0,0) to (1,1): pairs of
// the shares of outcomes 0 and 1 above a cut.
func (r *Ranking) hull() [][2]float64 {
	points := [][2]float64{{0, 0}}
	var pos, neg float64
	for k, g := range r.groups {
		pos += g.pos
		neg += g.neg
		p := [2]float64{neg / r.neg, pos / r.pos}
		if k == len(r.groups)-1 {
			p = [2]float64{1, 1}
		}
		for len(points) >= 2 {
			a, b := points[len(points)-2], points[len(points)-1]
			if (b[0]-a[0])*(p[1]-a[1]) < (b[1]-a[1])*(p[0]-a[0]) {
				break
			}
			points = points[:len(points)-1]
		}
		if math.Abs(p[0]-points[len(points)-1][0])+math.Abs(p[1]-points[len(points)-1][1]) > 0 {
			points = append(points, p)
		}
	}
	return points
}
