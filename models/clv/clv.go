// Package clv fits buy-till-you-die models to customers without a contract and
// values what they will still buy: who is alive, how many purchases to expect,
// when the next one comes, and what it is worth today.
//
// A customer is three numbers: X repeat purchases (purchase occasions after the
// first), Tx the time from the first purchase to the last, and T the time from
// the first purchase to the as-of date. Times are in one unit, said once in
// Options (weeks unless said). FromTransactions makes the three from sales.
//
// The models are NBD (Ehrenberg 1959), Pareto/NBD (Schmittlein, Morrison &
// Colombo 1987), BG/NBD (Fader, Hardie & Lee 2005), MBG/NBD (Batislam, Denizel &
// Filiztekin 2007), BG/BB for discrete opportunities (Fader, Hardie & Shang
// 2010), and Gamma-Gamma for spend (Colombo & Jiang 1999; Fader & Hardie 2013).
package clv

import (
	"errors"
	"fmt"
	"math"
)

// Kind is a model of purchases and dropout.
type Kind int

// The models. The zero value is the default: MBG/NBD lets a customer leave after
// the very first purchase, so that one-time buyers are not alive for certain.
const (
	MBGNBD    Kind = iota // Poisson purchases, dropout after any purchase
	BGNBD                 // Poisson purchases, dropout after a repeat purchase
	ParetoNBD             // Poisson purchases, dropout at any time
	NBD                   // Poisson purchases, no dropout
	BGBB                  // one opportunity a period, dropout between periods
)

// String is the usual name of the model.
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kinds) {
		return fmt.Sprintf("Kind(%d)", int(k))
	}
	return kinds[k].name
}

// ParameterNames are the names of the model's own parameters, in the order of
// Model.Base; nil for an unknown kind.
func (k Kind) ParameterNames() []string {
	if k < 0 || int(k) >= len(kinds) {
		return nil
	}
	return append([]string(nil), kinds[k].parameters...)
}

type kindSpec struct {
	name       string
	parameters []string
}

var kinds = [...]kindSpec{
	MBGNBD:    {"MBG/NBD", []string{"r", "alpha", "a", "b"}},
	BGNBD:     {"BG/NBD", []string{"r", "alpha", "a", "b"}},
	ParetoNBD: {"Pareto/NBD", []string{"r", "alpha", "s", "beta"}},
	NBD:       {"NBD", []string{"r", "alpha"}},
	BGBB:      {"BG/BB", []string{"alpha", "beta", "gamma", "delta"}},
}

// Customers is the input, one element a customer in every slice that is not nil.
// For BG/BB the unit is the purchase opportunity: X successes, Tx the number of
// the last opportunity used (0: none), T how many there were.
type Customers struct {
	X        []float64   // repeat purchases, whole, not negative
	Tx       []float64   // time of the last purchase since the first; 0 exactly where X is 0
	T        []float64   // time from the first purchase to the as-of date, at least Tx
	Weight   []float64   // customers a row stands for; nil: one each
	Spend    []float64   // mean spend of a repeat purchase, money; used by Score only
	Purchase [][]float64 // covariates of the purchase rate; nil: none
	Dropout  [][]float64 // covariates of dropout; nil: none
}

// History is one customer.
type History struct {
	X, Tx, T          float64   // as in Customers
	Purchase, Dropout []float64 // covariates, as many as the model has
}

// Errors that say why there is no model.
var (
	ErrShape    = errors.New("clv: the input slices differ in length")
	ErrEmpty    = errors.New("clv: there are no customers")
	ErrNoRepeat = errors.New("clv: no customer bought a second time: neither a purchase rate nor a dropout can be learned; use a longer history")
	ErrNoTime   = errors.New("clv: no time has passed since the first purchases; use a later as-of date")
)

// A RowError is a customer whose numbers contradict each other.
type RowError struct {
	Row     int    // index in the input
	Problem string // what is wrong
}

// Error names the row and what is wrong with it.
func (e *RowError) Error() string { return fmt.Sprintf("clv: row %d: %s", e.Row, e.Problem) }

func (h History) problem(k Kind) string {
	switch {
	case !finite(h.X) || !finite(h.Tx) || !finite(h.T):
		return "x, tx and T must be numbers"
	case h.X < 0 || h.X != math.Trunc(h.X):
		return fmt.Sprintf("x = %v repeat purchases; want a whole number, not negative", h.X)
	case h.T < 0 || h.Tx < 0 || h.Tx > h.T:
		return fmt.Sprintf("tx = %v and T = %v; want 0 ≤ tx ≤ T", h.Tx, h.T)
	case (h.X == 0) != (h.Tx == 0):
		return fmt.Sprintf("x = %v but tx = %v; both are 0 for a one-time buyer, neither for others", h.X, h.Tx)
	case k == BGBB && (h.Tx != math.Trunc(h.Tx) || h.T != math.Trunc(h.T) || h.X > h.Tx):
		return fmt.Sprintf("x = %v, tx = %v, n = %v; BG/BB wants whole numbers with x ≤ tx", h.X, h.Tx, h.T)
	case k == BGBB && h.T > maxOpportunities:
		return fmt.Sprintf("%v opportunities; BG/BB takes at most %d", h.T, maxOpportunities)
	}
	return ""
}

// maxOpportunities bounds the tables of BG/BB; beyond it a model in continuous
// time is the right one.
const maxOpportunities = 10000

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// at is customer i as a History.
func (c Customers) at(i int) History {
	h := History{X: c.X[i], Tx: c.Tx[i], T: c.T[i]}
	if c.Purchase != nil {
		h.Purchase = c.Purchase[i]
	}
	if c.Dropout != nil {
		h.Dropout = c.Dropout[i]
	}
	return h
}

// weight is how many customers row i stands for.
func (c Customers) weight(i int) float64 {
	if c.Weight == nil {
		return 1
	}
	return c.Weight[i]
}

func (c Customers) validate(k Kind) error {
	n := len(c.X)
	if len(c.Tx) != n || len(c.T) != n || c.Weight != nil && len(c.Weight) != n || c.Spend != nil && len(c.Spend) != n ||
		c.Purchase != nil && len(c.Purchase) != n || c.Dropout != nil && len(c.Dropout) != n {
		return ErrShape
	}
	for i := range n {
		h := c.at(i)
		if p := h.problem(k); p != "" {
			return &RowError{i, p}
		}
		if w := c.weight(i); !finite(w) || w < 0 {
			return &RowError{i, fmt.Sprintf("weight %v; want a number, not negative", w)}
		}
		if len(h.Purchase) != len(c.at(0).Purchase) || len(h.Dropout) != len(c.at(0).Dropout) {
			return &RowError{i, "it has another number of covariates than the first row"}
		}
		for _, z := range [][]float64{h.Purchase, h.Dropout} {
			for _, v := range z {
				if !finite(v) {
					return &RowError{i, fmt.Sprintf("a covariate is %v", v)}
				}
			}
		}
	}
	return nil
}
