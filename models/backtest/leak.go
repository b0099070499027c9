package backtest

import (
	"math"

	"verso/models/metric"
	"verso/models/propensity"
)

// strength measures what a feature says alone: each part of the customers gets
// the event rates that the other parts had in the same bin, drawn towards the
// base rate by one row.
func (f *FeatureReport) strength(c propensity.Column, y []float64, bin []int, bins int, part []int) {
	ones, all := make([][crossParts]float64, bins), make([][crossParts]float64, bins)
	var totalOnes, totalAll [crossParts]float64
	for i, b := range bin {
		ones[b][part[i]] += y[i]
		all[b][part[i]]++
		totalOnes[part[i]] += y[i]
		totalAll[part[i]]++
	}
	p, loss, base := make([]float64, len(y)), 0.0, 0.0
	rates := make([][crossParts]float64, bins)
	var before [crossParts]float64 // base rate of the other parts
	for k := range crossParts {
		o, a := .5, 1.0
		for other := range crossParts {
			if other != k {
				o, a = o+totalOnes[other], a+totalAll[other]
			}
		}
		before[k] = o / a
		for b := range rates {
			o, a := before[k], 1.0
			for other := range crossParts {
				if other != k {
					o, a = o+ones[b][other], a+all[b][other]
				}
			}
			rates[b][k] = o / a
		}
	}
	for i, b := range bin {
		p[i] = rates[b][part[i]]
		loss -= logOf(p[i], y[i])
		base -= logOf(before[part[i]], y[i])
	}
	if base > 0 {
		f.Skill = 1 - loss/base
	}
	f.AUC = max(f.AUC, auc(y, p))
	if c.Levels == nil {
		f.AUC = max(f.AUC, orderAUC(c.Numbers, y))
	}
}

func logOf(p, y float64) float64 {
	if y == 0 {
		p = 1 - p
	}
	return math.Log(max(p, 1e-15))
}

func auc(y, score []float64) float64 {
	r, err := metric.NewRanking(y, score, nil)
	if err != nil {
		return .5
	}
	return r.AUC()
}

// orderAUC is that of the numbers as they are or turned round, with the missing
// at the end that says more.
func orderAUC(v, y []float64) float64 {
	best := .5
	low, high := math.Inf(1), math.Inf(-1)
	for _, x := range v {
		if !math.IsNaN(x) {
			low, high = min(low, x), max(high, x)
		}
	}
	if math.IsInf(low, 0) || math.IsInf(high, 0) {
		return best
	}
	missing := false
	for _, end := range []float64{-math.MaxFloat64, math.MaxFloat64} {
		score := make([]float64, len(v))
		for i, x := range v {
			if math.IsNaN(x) {
				x, missing = end, true
			}
			score[i] = x
		}
		a := auc(y, score)
		best = max(best, a, 1-a)
		if !missing {
			break
		}
	}
	return best
}
