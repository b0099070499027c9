package recommend

import "math"

// Popularity scores every item by the customers who have it, the same for all.
type Popularity struct {
	Score []float32 // one element an item
}

// FitPopularity adds up the customers of each item, each counted by the damping
// and, with a half-life in days, by the age of the purchase on the last day that
// x knows.
func FitPopularity(x *Matrix, halfLife float64) *Popularity {
	p := &Popularity{Score: make([]float32, x.Items)}
	var last int32
	for _, d := range x.LastDay {
		last = max(last, d)
	}
	sum := make([]float64, x.Items)
	for u := range x.Users {
		for k := x.RowStart[u]; k < x.RowStart[u+1]; k++ {
			w := float64(x.Damping[u])
			if halfLife > 0 && x.LastDay != nil {
				w *= math.Exp2(-float64(last-x.LastDay[k]) / halfLife)
			}
			sum[x.RowItem[k]] += w
		}
	}
	for i, s := range sum {
		p.Score[i] = float32(s)
	}
	return p
}

// Name is "popularity".
func (p *Popularity) Name() string { return "popularity" }

// Scores are the counts.
func (p *Popularity) Scores(_ History, scores []float32) { copy(scores, p.Score) }

func (p *Popularity) same() []float32 { return p.Score }

// Explain is the count.
func (p *Popularity) Explain(_ History, item int) Explanation {
	return explained([]Reason{{Part: "popularity", Item: -1, Value: float64(p.Score[item])}})
}
