package assortment

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"

	"verso/models/metric"
)

// Switch is what is known of a title B that may stand in for a title A: the
// orders (not copies: an order of forty copies is one decision) of B while A
// could be had and while it could not, and those of comparable titles in the
// same two spans, which carry season and trend. Without peers the lengths of the
// spans are compared instead.
type Switch struct {
	Before, After           int
	DaysBefore, DaysAfter   float64
	PeersBefore, PeersAfter int // both 0: none
}

// Substitution is the verdict on one Switch.
type Substitution struct {
	// Ratio is the rise of B's orders over that of its peers, or per day without
	// peers, with ½ added to every count so that it exists (Haldane and
	// Anscombe); Low and High its interval, normal on the log scale.
	Ratio, Low, High float64
	// P is the exact one-sided probability of as many orders after under no
	// rise: Fisher's against peers, binomial against days. Q is the false
	// discovery rate over all switches of the call.
	P, Q float64
}

// Substitutions tests all candidates together (level 0 means intervals of
// 0.95).
func Substitutions(list []Switch, level float64) ([]Substitution, error) {
	if level == 0 {
		level = .95
	}
	if !(level > 0 && level < 1) {
		return nil, fmt.Errorf("assortment: interval level %v is not between 0 and 1", level)
	}
	z := distuv.UnitNormal.Quantile(.5 + level/2)
	found, p := make([]Substitution, len(list)), make([]float64, len(list))
	for i, s := range list {
		if min(s.Before, s.After, s.PeersBefore, s.PeersAfter) < 0 {
			return nil, fmt.Errorf("assortment: candidate %d has a negative number of orders", i)
		}
		if peers := s.PeersBefore + s.PeersAfter; peers > 0 {
			found[i] = s.againstPeers(z)
		} else if s.DaysBefore > 0 && s.DaysAfter > 0 && finite(s.DaysBefore+s.DaysAfter) {
			found[i] = s.againstDays(z)
		} else {
			return nil, fmt.Errorf("assortment: candidate %d has no peers and spans of %v and %v days", i, s.DaysBefore, s.DaysAfter)
		}
		p[i] = found[i].P
	}
	for i, q := range metric.BenjaminiHochberg(p, 0) {
		found[i].Q = q
	}
	return found, nil
}

func (s Switch) againstPeers(z float64) Substitution {
	after := s.After + s.PeersAfter
	all := after + s.Before + s.PeersBefore
	p := math.Exp(metric.LogFisherGreater(all, s.Before+s.After, after, s.After))
	a, b := float64(s.After)+.5, float64(s.Before)+.5
	c, d := float64(s.PeersAfter)+.5, float64(s.PeersBefore)+.5
	return around(math.Log(a/b)-math.Log(c/d), math.Sqrt(1/a+1/b+1/c+1/d), z, p)
}

func (s Switch) againstDays(z float64) Substitution {
	p := 1.0
	if s.After > 0 {
		share := s.DaysAfter / (s.DaysBefore + s.DaysAfter)
		p = mathext.RegIncBeta(float64(s.After), float64(s.Before)+1, share)
	}
	a, b := float64(s.After)+.5, float64(s.Before)+.5
	return around(math.Log(a/s.DaysAfter)-math.Log(b/s.DaysBefore), math.Sqrt(1/a+1/b), z, p)
}

func around(log, se, z, p float64) Substitution {
	return Substitution{Ratio: math.Exp(log), Low: math.Exp(log - z*se), High: math.Exp(log + z*se), P: p}
}
