package assortment

import (
	"fmt"
	"math"
	"slices"
)

// SellThrough is the share of the copies at hand in a period (opening stock and
// receipts) that sold, net of returns; ok is false when none were at hand. It is
// above 1 when more sold than the stock records know of, which is a fault of the
// records and is not hidden.
func SellThrough(opening, received, sold float64) (share float64, ok bool) {
	if !(opening+received > 0) {
		return 0, false
	}
	return sold / (opening + received), finite(sold / (opening + received))
}

// GMROI is the gross margin return on inventory investment: the gross margin of
// a period over the mean of the stock values at cost taken in it at equal
// distances (month ends); ok is false without a positive mean.
func GMROI(margin float64, stock []float64) (ratio float64, ok bool) {
	sum := 0.0
	for _, v := range stock {
		sum += v
	}
	if !(sum > 0) {
		return 0, false
	}
	ratio = margin / (sum / float64(len(stock)))
	return ratio, finite(ratio)
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// Stock is one title in stock on the as-of date.
type Stock struct {
	Key      int64
	Quantity float64 // copies
	Value    float64 // at cost
	LastMove int     // day number of the last issue, or of the receipt when there was none
}

// DeadStock is the stock that no longer moves.
type DeadStock struct {
	Titles, DeadTitles int     // with copies in stock; and of those without a move
	Value, DeadValue   float64 // at cost
	Share              float64 // DeadValue of Value; 0 without value
	Dead               []Stock // by value descending, then key
}

// Dead finds the titles whose last move was at least days before the as-of day
// (days 0 means 365). Titles without copies are no stock.
func Dead(stock []Stock, asOf, days int) (DeadStock, error) {
	if days == 0 {
		days = 365
	}
	var d DeadStock
	if days < 0 {
		return d, fmt.Errorf("assortment: stock cannot be dead after %d days", days)
	}
	for _, s := range stock {
		if !finite(s.Quantity) || !finite(s.Value) {
			return d, fmt.Errorf("assortment: title %d has %v copies worth %v", s.Key, s.Quantity, s.Value)
		}
		if s.LastMove > asOf {
			return d, fmt.Errorf("assortment: title %d moved on day %d, after the as-of day %d", s.Key, s.LastMove, asOf)
		}
	}
	sorted := slices.Clone(stock)
	slices.SortFunc(sorted, byValue)
	for _, s := range sorted {
		if s.Quantity <= 0 {
			continue
		}
		d.Titles++
		d.Value += s.Value
		if asOf-s.LastMove >= days {
			d.Dead = append(d.Dead, s)
			d.DeadValue += s.Value
		}
	}
	d.DeadTitles = len(d.Dead)
	if d.Value > 0 {
		d.Share = d.DeadValue / d.Value
	}
	return d, nil
}

func byValue(a, b Stock) int {
	switch {
	case a.Value > b.Value:
		return -1
	case a.Value < b.Value:
		return 1
	case a.Key < b.Key:
		return -1
	case a.Key > b.Key:
		return 1
	}
	return 0
}
