package churn

import (
	"sort"

	"verso/models/propensity"
)

// Reason is a concept that moves the risk of a row.
type Reason struct {
	Concept string
	Share   float64 // of the log-odds: positive raises the risk
}

// Reasons sum the exact shares of features into concepts, one list a row: all
// concepts, the one that raises the risk most first. The sum over concepts is the
// margin less the base.
func Reasons(e *propensity.Explanation, features []Feature) [][]Reason {
	concept := map[string]string{}
	for _, f := range features {
		concept[f.Name] = f.Concept
	}
	var names []string
	at := map[string]int{}
	to := make([]int, len(e.Names))
	for k, name := range e.Names {
		c := concept[name]
		if _, known := at[c]; !known {
			at[c] = len(names)
			names = append(names, c)
		}
		to[k] = at[c]
	}
	out := make([][]Reason, len(e.Margins))
	for i := range out {
		list := make([]Reason, len(names))
		for n, name := range names {
			list[n].Concept = name
		}
		for k := range e.Names {
			list[to[k]].Share += e.Shares[k][i]
		}
		sort.SliceStable(list, func(a, b int) bool { return list[a].Share > list[b].Share })
		out[i] = list
	}
	return out
}
