package assortment

import "math"

// Phase is where a title stands in its life.
type Phase string

// The phases, by PhaseOf's rule.
const (
	PhaseIntroduction Phase = "introduction"
	PhaseGrowth       Phase = "growth"
	PhaseMature       Phase = "mature"
	PhaseDecline      Phase = "decline"
	PhaseDead         Phase = "dead"
)

// Life is what PhaseOf judges by.
type Life struct {
	Age            int // days since the title could first be ordered
	Sold           bool
	Silent         int // days since the last order; of no meaning when not Sold
	Recent, Before int // orders of the last span of days and of the equal span before
}

// PhaseOf tells the phase by these rules, the first that holds: introduction in
// the first 90 days, and in the first year of a title not ordered yet; dead
// without an order for 365 days; growth and decline when one of the two spans has
// so many more orders that chance gives such a split of them, or a clearer one to
// the same side, at most once in five times (binomial, even odds); mature
// otherwise. Few orders never make more than a mature title.
func PhaseOf(l Life) Phase {
	switch {
	case l.Age < 90 || !l.Sold && l.Age < 365:
		return PhaseIntroduction
	case !l.Sold || l.Silent >= 365:
		return PhaseDead
	case l.Recent > l.Before && tail(l.Recent, l.Before) <= .2:
		return PhaseGrowth
	case l.Before > l.Recent && tail(l.Before, l.Recent) <= .2:
		return PhaseDecline
	}
	return PhaseMature
}

// tail is the probability that at least most of all orders fall into one of two
// equal spans, named beforehand.
func tail(most, rest int) float64 {
	n := most + rest
	sum, all := 0.0, math.Log(.5)*float64(n)
	for k := most; k <= n; k++ {
		a, _ := math.Lgamma(float64(n + 1))
		b, _ := math.Lgamma(float64(k + 1))
		c, _ := math.Lgamma(float64(n - k + 1))
		sum += math.Exp(a - b - c + all)
	}
	return sum
}
