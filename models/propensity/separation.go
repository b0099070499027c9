package propensity

import (
	"fmt"
	"math"
	"slices"
)

// name says in words what a term stands for.
func (t *Term) name() string {
	switch t.Kind {
	case levelTerm:
		return fmt.Sprintf("%s = %q", t.Feature, t.Level)
	case otherTerm:
		return t.Feature + " = any other level"
	case missingTerm:
		return t.Feature + " missing"
	}
	return t.Feature
}

// fewRows is how many rows a level may have and be of one outcome by chance
// without being worth a word.
const fewRows = 20

// separation lists what decides the outcome alone: numbers whose ranges do not
// overlap between the outcomes, and levels that have only one outcome.
func separation(s Sample) []string {
	var found []string
	for _, c := range s.X {
		if c.Levels == nil {
			if words := separatedNumber(c, s.Y); words != "" {
				found = append(found, words)
			}
			continue
		}
		var index levelIndex
		var counts [][2]int
		for i, v := range c.Levels {
			k := index.find(v)
			if k == len(counts) {
				index.add(v)
				counts = append(counts, [2]int{})
			}
			counts[k][int(s.Y[i])]++
		}
		names := slices.Clone(index.names)
		slices.Sort(names)
		for _, v := range names {
			n := counts[index.find(v)]
			if n[0]+n[1] < fewRows || n[0] > 0 && n[1] > 0 {
				continue
			}
			outcome := 0
			if n[1] > 0 {
				outcome = 1
			}
			t := Term{Feature: c.Name, Level: v, Kind: levelTerm}
			if v == "" {
				t.Kind = missingTerm
			}
			found = append(found, fmt.Sprintf("all %d rows with %s have outcome %d", n[0]+n[1], t.name(), outcome))
		}
	}
	return found
}

func separatedNumber(c Column, y []float64) string {
	low, high := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	for i, v := range c.Numbers {
		if k := int(y[i]); !math.IsNaN(v) {
			low[k], high[k] = min(low[k], v), max(high[k], v)
		}
	}
	for k := range 2 {
		if low[0] > high[0] || low[1] > high[1] || low[0] == high[0] && low[1] == high[1] && low[0] == low[1] {
			return ""
		}
		if high[k] <= low[1-k] {
			return fmt.Sprintf("%s decides alone: up to %g with outcome %d, from %g with outcome %d", c.Name, high[k], k, low[1-k], 1-k)
		}
	}
	return ""
}
