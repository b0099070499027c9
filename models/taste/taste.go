// Package taste describes what a customer prefers to read: shares of subjects
// shrunk towards those of customers alike, how much he prefers each, how broad
// and how certain that is, and whether and when it changed.
//
// A customer's shares are Dirichlet around the base of his type: with n lines,
// of which n_k are of member k, and a base b, the posterior mean is
//
//	share_k = (n_k + α·b_k) / (n + α)
//
// so that three lines do not make a taste. α, in lines, says how much customers
// of a type differ, and is estimated from them (Concentration).
package taste

import (
	"errors"
	"math"
)

// Bounds of α, in lines: below, a customer's own lines say all; above, there are
// no tastes to be seen and everyone reads what his type reads.
const (
	LeastConcentration = .5
	MostConcentration  = 1000
)

// Concentration is the α of a type, by moments of the Dirichlet-multinomial.
// within is the chance that two different lines of one customer are of one
// member (the mean over customers of Σ n_k(n_k-1) / n(n-1)), between the chance
// for two lines of different customers (Σ b_k²). As E within =
// (1 + α·between)/(1 + α), α = (1 - within)/(within - between). Without a
// figure for within (NaN: no customer has two lines) it is MostConcentration.
func Concentration(within, between float64) float64 {
	if math.IsNaN(within) || math.IsNaN(between) || within <= between {
		return MostConcentration
	}
	return min(max((1-within)/(within-between), LeastConcentration), MostConcentration)
}

// Share is the posterior mean of a member's share: lines are the customer's of
// the member, all those of every member, base is the member's share of the
// type. 0 where nothing is known: no line and no α.
func Share(lines, all, base, concentration float64) float64 {
	if all+concentration <= 0 {
		return 0
	}
	return (lines + concentration*base) / (all + concentration)
}

// Affinity is the share over the base: 1 is as others, 2 twice as much. NaN
// without a base.
func Affinity(share, base float64) float64 {
	if base <= 0 {
		return math.NaN()
	}
	return share / base
}

// Decay is the weight of a line of so many days ago: half after each half-life.
// Lines of the future count 1; a half-life of 0 or less means no decay.
func Decay(days, halfLife float64) float64 {
	if halfLife <= 0 || days <= 0 {
		return 1
	}
	return math.Exp2(-days / halfLife)
}

// Breadth is how many members of equal share a customer reads: the inverse of
// the chance that two of his lines are of one member, n(n-1)/Σ n_k(n_k-1)
// (Simpson's index, unbiased for few lines; Hill's number of order 2). It is at
// most the number of lines, and NaN below two.
func Breadth(lines []float64) float64 {
	n, same := 0., 0.
	for _, k := range lines {
		n += k
		same += k * (k - 1)
	}
	switch {
	case n < 2:
		return math.NaN()
	case same <= 0:
		return n
	}
	return min(n, n*(n-1)/same)
}

// Member is one member that a customer may prefer: its lines and its base.
type Member struct{ Lines, Base float64 }

// ErrMembers is returned when a base or a number of lines is no number of at
// least 0.
var ErrMembers = errors.New("taste: lines and bases are numbers of at least 0")

// Favourite is the member that a customer prefers most: the one with the
// largest share beyond its base, so that what everyone buys is nobody's taste.
type Favourite struct {
	Index      int     // of the members; -1 where nothing stands above its base
	Share      float64 // posterior mean
	Excess     float64 // share less base
	Confidence float64 // chance that it is the favourite, 0 to 1
}

// Top finds the favourite of one customer. members are those he bought, all his
// lines of any member. Confidence is the chance that the favourite's excess is
// above 0, times that it is above the next one's, by the normal approximation of
// the Dirichlet posterior: it grows with the number of lines. Equal excesses go
// by order.
func Top(members []Member, all, concentration float64) (Favourite, error) {
	f := Favourite{Index: -1}
	for i, m := range members {
		if !(m.Lines >= 0) || !(m.Base >= 0) || math.IsInf(m.Lines, 1) || math.IsInf(m.Base, 1) {
			return f, ErrMembers
		}
		share := Share(m.Lines, all, m.Base, concentration)
		if excess := share - m.Base; excess > f.Excess+1e-12 {
			f.Index, f.Share, f.Excess = i, share, excess
		}
	}
	if f.Index < 0 {
		return f, nil
	}
	size := all + concentration + 1
	// Of what he never bought none stands above its base by more than chance.
	f.Confidence = normal(f.Excess / math.Sqrt(f.Share*(1-f.Share)/size))
	next := 1.
	for i, m := range members {
		if i == f.Index {
			continue
		}
		share := Share(m.Lines, all, m.Base, concentration)
		variance := (f.Share*(1-f.Share) + share*(1-share) + 2*f.Share*share) / size
		next = min(next, normal((f.Excess-(share-m.Base))/math.Sqrt(variance)))
	}
	f.Confidence *= next
	return f, nil
}

func normal(z float64) float64 {
	if math.IsNaN(z) {
		return 1 // no variance: certain
	}
	return .5 * math.Erfc(-z/math.Sqrt2)
}
