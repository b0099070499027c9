// Package sbg fits the shifted-beta-geometric model of how long customers with
// a contract stay (Fader & Hardie 2007, Journal of Interactive Marketing 21(1)):
// every customer leaves at each renewal with a probability of his own, and these
// probabilities follow a beta distribution with parameters α and β. Because
// those likely to leave go first, the retention rate of a cohort rises with its
// age.
package sbg

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Cohort is a group of customers who began together, counted at each renewal.
type Cohort struct {
	Name string
	// Survivors[0] are those at Age, Survivors[t] those still there t renewals
	// later. Shares of any base do as well; then standard errors are of that
	// base.
	Survivors []float64
	Age       int // renewals passed before the counts begin; 0 for a cohort seen from its start
}

// Shape says which kind of solution the data led to.
type Shape string

// The shapes. Only Interior has a finite α and β.
const (
	Interior    Shape = "interior"
	Homogeneous Shape = "homogeneous" // α and β grow without end: everybody has the same probability to leave
	Stayers     Shape = "stayers"     // α and β go to 0: who passes the first renewal stays for ever
	NoChurn     Shape = "no churn"    // nobody left
	AllChurn    Shape = "all churn"   // nobody passed the first renewal
)

// Age is one renewal: how many came to it and how many left, over all cohorts.
type Age struct {
	Renewal  int
	AtRisk   float64
	Left     float64
	Expected float64 // leavers by the fitted model
}

// Model is a fitted model.
type Model struct {
	Shape   Shape
	Alpha   float64 // 0 unless the shape is Interior
	Beta    float64
	AlphaSE float64
	BetaSE  float64
	Churn   float64 // mean probability to leave at the first renewal, α/(α+β)
	ChurnSE float64
	// Polarization is 1/(α+β+1): 0 when all customers are alike, 1 when each
	// either leaves at once or never does.
	Polarization float64

	N          float64 // customers at the first count, all cohorts
	LogLik     float64
	AIC        float64
	BIC        float64 // by N
	Geometric  float64 // log-likelihood when all customers are alike
	SameP      float64 // p-value of that, by likelihood ratio at the edge of the parameter space
	Iterations int
	Converged  bool
	Ages       []Age
	Reason     string // in words, when the solution is not an ordinary one

	// 1/h(t) = v + (t−1)·u is a line in the renewal t, with v = (α+β)/α and
	// u = 1/α; +Inf u is the shape Stayers.
	u, v float64
	cov  [2][2]float64 // of log u and log(v−1)
}

// Errors of fits.
var (
	ErrEmpty = errors.New("sbg: no cohort has customers and a renewal")
	ErrValue = errors.New("sbg: a cohort is not usable")
	ErrShort = errors.New("sbg: one renewal is not enough to tell how customers differ; wait for the second")
)

// Fit maximises the likelihood over all cohorts together. Since the hazard of
// renewal t is α/(α+β+t−1), only how many came to each renewal and how many
// left at it matters:
//
//	log L = Σ_t left(t)·log h(t) + (atRisk(t) − left(t))·log(1 − h(t))
//
// for customers who all began at age 0 this is the likelihood of the paper.
func Fit(cohorts []Cohort) (*Model, error) {
	ages, n, err := count(cohorts)
	if err != nil {
		return nil, err
	}
	m := &Model{N: n, Ages: ages, SameP: 1}
	var left, atRisk, late float64
	for _, a := range ages {
		left += a.Left
		atRisk += a.AtRisk
		if a.Renewal > 1 {
			late += a.Left
		}
	}
	switch {
	case left == 0:
		m.edge(NoChurn, 0, math.Inf(1), "nobody left in the time seen: the model gives no end")
	case left == atRisk:
		m.edge(AllChurn, 0, 1, "nobody passed a renewal")
	case len(ages) < 2:
		return nil, ErrShort
	default:
		m.search(left, atRisk, late)
	}
	m.finish()
	return m, nil
}

// count adds the cohorts up by renewal.
func count(cohorts []Cohort) ([]Age, float64, error) {
	var ages []Age
	n := 0.0
	at := map[int]int{}
	last := 0
	for _, c := range cohorts {
		last = max(last, c.Age+len(c.Survivors)-1)
	}
	for t := 1; t <= last; t++ {
		at[t] = len(ages)
		ages = append(ages, Age{Renewal: t})
	}
	for i, c := range cohorts {
		if c.Age < 0 {
			return nil, 0, fmt.Errorf("%w: cohort %d %s: the age %d is negative", ErrValue, i, c.Name, c.Age)
		}
		for t, s := range c.Survivors {
			if !(s >= 0) || math.IsInf(s, 0) || t > 0 && s > c.Survivors[t-1] {
				return nil, 0, fmt.Errorf("%w: cohort %d %s: %v survivors at renewal %d; they must be numbers from 0 that never grow",
					ErrValue, i, c.Name, s, c.Age+t)
			}
			if t == 0 {
				n += s
				continue
			}
			a := &ages[at[c.Age+t]]
			a.AtRisk += c.Survivors[t-1]
			a.Left += c.Survivors[t-1] - s
		}
	}
	used := ages[:0]
	for _, a := range ages {
		if a.AtRisk > 0 {
			used = append(used, a)
		}
	}
	if len(used) == 0 {
		return nil, 0, ErrEmpty
	}
	return used, n, nil
}

func (m *Model) edge(s Shape, u, v float64, reason string) {
	m.Shape, m.u, m.v, m.Reason, m.Converged = s, u, v, reason, true
	m.LogLik = m.logLik(u, v)
	m.Geometric = m.LogLik
}

// logLik of the line v + (t−1)u.
func (m *Model) logLik(u, v float64) float64 {
	sum := 0.0
	for _, a := range m.Ages {
		h := hazard(u, v, a.Renewal)
		if a.Left > 0 {
			sum += a.Left * math.Log(h)
		}
		if stay := a.AtRisk - a.Left; stay > 0 {
			sum += stay * math.Log1p(-h)
		}
	}
	return sum
}

func hazard(u, v float64, t int) float64 {
	if t == 1 {
		return 1 / v
	}
	return 1 / (v + float64(t-1)*u)
}

// search compares the ordinary maximum with the solutions at the edges.
func (m *Model) search(left, atRisk, late float64) {
	same := atRisk / left
	m.Geometric = m.logLik(0, same)
	m.Shape, m.u, m.v, m.LogLik = Homogeneous, 0, same, m.Geometric
	if m.Ages[0].Renewal == 1 && m.Ages[0].Left > 0 && late == 0 {
		m.edge(Stayers, math.Inf(1), m.Ages[0].AtRisk/m.Ages[0].Left,
			"all who left did so at the first renewal: the model says that the others stay for ever, which no data of this length can show")
		m.Geometric = m.logLik(0, same)
		return
	}
	best := m.Geometric + 1e-9*math.Max(1, math.Abs(m.Geometric))
	for _, start := range []float64{0.1, 1, 10} {
		p := [2]float64{math.Log(start), math.Log(max(same-1, 1e-3))}
		ll, cov, steps, ok := m.newton(&p)
		if ll > best {
			best = ll
			m.Shape, m.u, m.v, m.LogLik = Interior, math.Exp(p[0]), 1+math.Exp(p[1]), ll
			m.cov, m.Iterations, m.Converged = cov, steps, ok
		}
	}
	if m.Shape == Interior && !m.Converged {
		m.Reason = "the fit ran to the edge of its parameters, where they have no standard errors: " +
			"the renewals that would tell were not seen, so trust it only for the ages in the data"
	}
	if m.Shape == Homogeneous {
		m.Converged = true
		m.Reason = "the share that leaves does not fall with age, so no difference between customers is found: " +
			"the fit is the geometric one, with the same probability to leave for everybody"
	}
}

// newton climbs in p = (log u, log(v−1)) with steps halved until the likelihood
// does not fall, from where it is not concave along the gradient.
func (m *Model) newton(p *[2]float64) (ll float64, cov [2][2]float64, steps int, ok bool) {
	ll, g, h := m.derivatives(*p)
	for steps = 1; steps <= 100; steps++ {
		d := [2]float64{g[0], g[1]}
		det := h[0][0]*h[1][1] - h[0][1]*h[0][1]
		newton := h[0][0] > 0 && det > 1e-14*h[0][0]*h[1][1]
		if newton {
			d = [2]float64{(h[1][1]*g[0] - h[0][1]*g[1]) / det, (h[0][0]*g[1] - h[0][1]*g[0]) / det}
		} else if size := math.Hypot(g[0], g[1]); size > 0 {
			d = [2]float64{g[0] / size, g[1] / size}
		}
		rise := g[0]*d[0] + g[1]*d[1]
		if most := max(math.Abs(d[0]), math.Abs(d[1])); most > 3 {
			d[0], d[1] = 3*d[0]/most, 3*d[1]/most
		}
		next, moved := m.step(p, d, ll)
		if !moved {
			return ll, cov, steps, false
		}
		_, g, h = m.derivatives(*p)
		ll = next
		if newton && rise < 1e-12*max(1, math.Abs(ll)) {
			det = h[0][0]*h[1][1] - h[0][1]*h[0][1]
			if !(det > 0) || math.Abs(p[0]) > 30 || math.Abs(p[1]) > 30 {
				return ll, cov, steps, false
			}
			return ll, [2][2]float64{{h[1][1] / det, -h[0][1] / det}, {-h[0][1] / det, h[0][0] / det}}, steps, true
		}
	}
	return ll, cov, steps, false
}

// step moves p along d as far as the likelihood does not fall.
func (m *Model) step(p *[2]float64, d [2]float64, ll float64) (float64, bool) {
	for length := 1.0; length > 1e-9; length /= 2 {
		trial := [2]float64{p[0] + length*d[0], p[1] + length*d[1]}
		next := m.logLik(math.Exp(trial[0]), 1+math.Exp(trial[1]))
		if next >= ll-1e-14*math.Abs(ll) {
			*p = trial
			return next, true
		}
	}
	return ll, false
}

// derivatives of the log-likelihood by p: its gradient and minus its Hessian.
// With w = 1/h the terms are stay·log(w−1) − atRisk·log w.
func (m *Model) derivatives(p [2]float64) (ll float64, g [2]float64, h [2][2]float64) {
	u, o := math.Exp(p[0]), math.Exp(p[1]) // odds to stay at the first renewal
	for _, a := range m.Ages {
		k := float64(a.Renewal-1) * u
		w := 1 + o + k
		stay := a.AtRisk - a.Left
		first := -a.AtRisk / w
		second := a.AtRisk / (w * w)
		ll -= a.AtRisk * math.Log(w)
		if stay > 0 {
			first += stay / (w - 1)
			second -= stay / ((w - 1) * (w - 1))
			ll += stay * math.Log(w-1)
		}
		g[0] += first * k
		g[1] += first * o
		h[0][0] -= second*k*k + first*k
		h[1][1] -= second*o*o + first*o
		h[0][1] -= second * k * o
	}
	h[1][0] = h[0][1]
	return ll, g, h
}

// finish derives what is reported from the line.
func (m *Model) finish() {
	m.Churn = 1 / m.v
	parameters := 2.0
	switch m.Shape {
	case Interior:
		o := m.v - 1
		m.Alpha, m.Beta = 1/m.u, o/m.u
		m.AlphaSE = m.Alpha * math.Sqrt(m.cov[0][0])
		m.BetaSE = m.Beta * math.Sqrt(max(0, m.cov[0][0]+m.cov[1][1]-2*m.cov[0][1]))
		m.ChurnSE = m.Churn * (1 - m.Churn) * math.Sqrt(m.cov[1][1])
		m.Polarization = 1 / (m.Alpha + m.Beta + 1)
		// Twice the gain is half the time 0 when customers are alike (Self & Liang 1987).
		m.SameP = distuv.ChiSquared{K: 1}.Survival(max(0, 2*(m.LogLik-m.Geometric))) / 2
	case Stayers:
		m.Polarization = 1
		m.SameP = distuv.ChiSquared{K: 1}.Survival(max(0, 2*(m.LogLik-m.Geometric))) / 2
		m.ChurnSE = math.Sqrt(m.Churn * (1 - m.Churn) / m.Ages[0].AtRisk)
	default:
		parameters = 1
		atRisk := 0.0
		for _, a := range m.Ages {
			atRisk += a.AtRisk
		}
		m.ChurnSE = math.Sqrt(m.Churn * (1 - m.Churn) / atRisk)
	}
	m.AIC = -2*m.LogLik + 2*parameters
	m.BIC = -2*m.LogLik + math.Log(m.N)*parameters
	for i := range m.Ages {
		m.Ages[i].Expected = m.Ages[i].AtRisk * hazard(m.u, m.v, m.Ages[i].Renewal)
	}
}
