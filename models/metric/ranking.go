package metric

import (
	"errors"
	"fmt"
	"math"
	"sort"
)

// ErrShape is returned when slices that belong together differ in length or
// are empty.
var ErrShape = errors.New("metric: outcomes, scores and weights must have the same length, at least 1")

// ErrOneClass is returned when all outcomes (of positive weight) are alike:
// there is nothing to tell apart.
var ErrOneClass = errors.New("metric: the outcomes are all 0 or all 1, so nothing can be ranked")

// ErrValue is returned, wrapped with the place, for an outcome that is neither
// 0 nor 1, a score that is not finite, a probability outside 0 to 1 or a
// weight that is negative or not finite.
var ErrValue = errors.New("metric: value not allowed")

// Ranking is a list of rows with a known outcome in descending order of score.
// Rows of equal score form one group: every measure treats the order inside a
// group as random and gives the expectation, so the order of the input and the
// way ties fall never change a result. A weight of w counts as w equal rows.
type Ranking struct {
	y, score, w []float64
	order       []int // rows by descending score
	groups      []group
	pos, neg    float64 // total weight of outcomes 1 and 0
}

// group is a run of equal scores: order[from:to], and its weights.
type group struct {
	from, to int
	pos, neg float64
}

// NewRanking orders rows by score. Outcomes y are 0 or 1, scores are any finite
// numbers where more means more likely, weights w are not negative; nil means
// 1 each. Both outcomes must occur with positive weight.
func NewRanking(y, score, w []float64) (*Ranking, error) {
	if len(y) == 0 || len(score) != len(y) || w != nil && len(w) != len(y) {
		return nil, fmt.Errorf("%w: %d outcomes, %d scores, %d weights", ErrShape, len(y), len(score), len(w))
	}
	for i := range y {
		if y[i] != 0 && y[i] != 1 {
			return nil, fmt.Errorf("%w: outcome %v in row %d is neither 0 nor 1", ErrValue, y[i], i)
		}
		if math.IsNaN(score[i]) || math.IsInf(score[i], 0) {
			return nil, fmt.Errorf("%w: score %v in row %d is not finite", ErrValue, score[i], i)
		}
	}
	r := &Ranking{y: y, score: score, order: make([]int, len(y))}
	for i := range r.order {
		r.order[i] = i
	}
	sort.SliceStable(r.order, func(a, b int) bool { return score[r.order[a]] > score[r.order[b]] })
	for from := 0; from < len(r.order); {
		to := from + 1
		for to < len(r.order) && score[r.order[to]] == score[r.order[from]] {
			to++
		}
		r.groups = append(r.groups, group{from: from, to: to})
		from = to
	}
	return r.Reweight(w)
}

// Reweight is the same ranking with other weights, without sorting again: a
// bootstrap gives each row the number of times its customer was drawn.
func (r *Ranking) Reweight(w []float64) (*Ranking, error) {
	if w != nil && len(w) != len(r.y) {
		return nil, fmt.Errorf("%w: %d outcomes, %d weights", ErrShape, len(r.y), len(w))
	}
	out := &Ranking{y: r.y, score: r.score, w: w, order: r.order, groups: make([]group, len(r.groups))}
	for k, g := range r.groups {
		g.pos, g.neg = 0, 0
		for _, i := range r.order[g.from:g.to] {
			v := out.weight(i)
			if !(v >= 0) || math.IsInf(v, 0) {
				return nil, fmt.Errorf("%w: weight %v in row %d is negative or not finite", ErrValue, v, i)
			}
			g.pos += v * r.y[i]
			g.neg += v * (1 - r.y[i])
		}
		out.groups[k] = g
		out.pos += g.pos
		out.neg += g.neg
	}
	if out.pos <= 0 || out.neg <= 0 {
		return nil, ErrOneClass
	}
	return out, nil
}

func (r *Ranking) weight(i int) float64 {
	if r.w == nil {
		return 1
	}
	return r.w[i]
}

// BaseRate is the weighted share of outcome 1.
func (r *Ranking) BaseRate() float64 { return r.pos / (r.pos + r.neg) }

// AUC is the area under the ROC curve: the chance that a random 1 scores above
// a random 0, a tie counting one half (Mann and Whitney 1947).
func (r *Ranking) AUC() float64 {
	var area float64
	below := r.neg
	for _, g := range r.groups {
		below -= g.neg
		area += g.pos * (below + g.neg/2)
	}
	return min(max(area/(r.pos*r.neg), 0), 1)
}

// AveragePrecision is Σ (recall(k) − recall(k−1)) · precision(k) over the
// distinct scores from the highest, without interpolation.
func (r *Ranking) AveragePrecision() float64 {
	var sum, pos, all float64
	for _, g := range r.groups {
		pos += g.pos
		all += g.pos + g.neg
		if g.pos > 0 {
			sum += g.pos * pos / all
		}
	}
	return sum / r.pos
}

// GainPoint is one point of the gain curve.
type GainPoint struct {
	Share  float64 // share of all rows contacted, from the highest score, 0 to 1
	Recall float64 // share of all outcomes 1 among them
	Rate   float64 // share of outcome 1 among those contacted
	Lift   float64 // Rate over the base rate
}

// Gain reads the gain curve where the given shares of rows are contacted. A
// share outside (0, 1] is an error.
func (r *Ranking) Gain(shares ...float64) ([]GainPoint, error) {
	points := make([]GainPoint, len(shares))
	for k, s := range shares {
		if !(s > 0 && s <= 1) {
			return nil, fmt.Errorf("%w: a share of rows is above 0 and at most 1, not %v", ErrValue, s)
		}
		budget := s * (r.pos + r.neg)
		hits := r.hits(budget)
		points[k] = GainPoint{Share: s, Recall: hits / r.pos, Rate: hits / budget, Lift: hits / budget / r.BaseRate()}
	}
	return points, nil
}

// Deciles is the gain curve at ten equal steps.
func (r *Ranking) Deciles() []GainPoint {
	points, err := r.Gain(.1, .2, .3, .4, .5, .6, .7, .8, .9, 1)
	if err != nil {
		return nil
	}
	return points
}

// Lift is the rate among the top share of rows over the base rate.
func (r *Ranking) Lift(share float64) (float64, error) {
	points, err := r.Gain(share)
	if err != nil {
		return 0, err
	}
	return points[0].Lift, nil
}

// RecallAt is the share of outcomes 1 reached when budget rows (or that much
// weight) are contacted from the highest score; all of them when the budget
// exceeds the rows, 0 when it is not positive.
func (r *Ranking) RecallAt(budget float64) float64 { return min(r.hits(budget)/r.pos, 1) }

// hits is the expected weight of outcomes 1 in the first budget of weight.
func (r *Ranking) hits(budget float64) float64 {
	var sum float64
	for _, g := range r.groups {
		all := g.pos + g.neg
		if all >= budget {
			if all > 0 && budget > 0 {
				sum += g.pos * budget / all
			}
			break
		}
		sum += g.pos
		budget -= all
	}
	return sum
}
