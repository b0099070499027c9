package uplift

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"verso/models/propensity"
)

// NotRandom stands beside every effect that is not from a random control group.
const NotRandom = "Without a control group drawn at random this is a comparison of customers who may differ in ways that are not in the data: the difference need not be the campaign's effect."

// Ways to match.
const (
	ByPropensity = "propensity" // on the log-odds of being treated
	ByDistance   = "distance"   // on all features at once
)

// MatchOptions choose how treated customers find their like. The zero value
// means matching on the propensity score within .2 standard deviations.
type MatchOptions struct {
	Method   string                     // "": ByPropensity
	Caliper  float64                    // farthest match: in standard deviations of the score's log-odds (0: .2), or in distance for ByDistance (0: no limit)
	Logistic propensity.LogisticOptions // of the propensity score
}

// Matched is the effect on the treated by comparison with their like.
type Matched struct {
	Effect    float64 // mean of Y less that of the matches, over the treated matched
	SE        float64 // Abadie and Imbens (2006), formula for the treated with replacement
	Low, High float64 // 95 % interval
	Z, P      float64 // two-sided test of no effect
	Naive     float64 // treated less all controls, without matching
	Treated   int     // treated customers matched
	Unmatched int     // treated customers without a match within the caliper
	Controls  int     // distinct controls used
	Weight    []float64
	Balance   []Balance
	Worst     float64 // largest |After| of Balance; below .1 is customary
	Warning   string  // NotRandom, and what else to know
}

// Balance compares a feature between treated and controls. Differences are in
// standard deviations: (mean t − mean c) / √((s²t+s²c)/2), that of all treated
// and controls before matching in both cases.
type Balance struct {
	Feature, Level          string // Level for categorical features, "" else; a missing value has the level "missing"
	Treated, Control, Match float64
	Before, After           float64
}

// Match compares each treated customer with the control nearest to it; controls
// may serve several times, and controls equally near share the weight, so that
// the order of rows does not matter. Weight of the result has one element a
// row: 1 for a matched treated customer, for a control how many it stands for.
func Match(d Experiment, o MatchOptions) (*Matched, error) {
	m, err := MatchOutcomes(d, nil, o)
	if err != nil {
		return nil, err
	}
	return m[0], nil
}

// MatchOutcomes is Match for the outcome of the experiment and for others of the
// same customers, such as amounts, with the same matches.
func MatchOutcomes(d Experiment, others [][]float64, o MatchOptions) ([]*Matched, error) {
	near, rows, err := matches(d, o)
	if err != nil {
		return nil, err
	}
	near = near.found(rows, len(d.Y))
	var out []*Matched
	for _, y := range append([][]float64{d.Y}, others...) {
		d.Y = y
		if _, err := d.check(); err != nil {
			return nil, err
		}
		m := &Matched{Weight: make([]float64, len(d.Y)), Warning: NotRandom}
		if err := m.compare(d, rows, near); err != nil {
			return nil, err
		}
		if len(out) == 0 {
			m.balance(d, rows)
		} else {
			m.Balance, m.Worst = out[0].Balance, out[0].Worst // of the same matches
		}
		if m.Unmatched > 0 {
			m.Warning += fmt.Sprintf(" %d of %d treated customers had no match and are left out.", m.Unmatched, m.Unmatched+m.Treated)
		}
		if m.Worst >= .1 {
			m.Warning += fmt.Sprintf(" After matching a feature still differs by %.2f standard deviations (.1 is customary): the groups are not alike.", m.Worst)
		}
		out = append(out, m)
	}
	return out, nil
}

// matches finds who is near whom, and the rows of controls and treated.
func matches(d Experiment, o MatchOptions) (near neighbours, rows [2][]int, err error) {
	if _, err := d.check(); err != nil {
		return near, rows, err
	}
	if o.Method == "" {
		o.Method = ByPropensity
	}
	if !(o.Caliper >= 0) {
		return near, rows, fmt.Errorf("%w: caliper %v", ErrValue, o.Caliper)
	}
	for i, t := range d.Treated {
		rows[arm(t)] = append(rows[arm(t)], i)
	}
	switch o.Method {
	case ByPropensity:
		near, err = byScore(d, rows, o)
	case ByDistance:
		near, err = byDistance(d, rows, o)
	default:
		err = fmt.Errorf("%w: matching by %q is neither %q nor %q", ErrValue, o.Method, ByPropensity, ByDistance)
	}
	return near, rows, err
}

// neighbours are the nearest controls: of a treated customer, and of another
// control than itself. nil means none is near enough.
type neighbours struct {
	ofTreated func(i int) []int
	ofControl func(i int) []int
}

// found looks up, once for all outcomes, the matches of n customers: of the
// treated, and of the controls that these match.
func (near neighbours) found(rows [2][]int, n int) neighbours {
	lists := make([][]int, n)
	parallel(len(rows[1]), func(k int) { lists[rows[1][k]] = near.ofTreated(rows[1][k]) })
	used := make([]bool, n)
	for _, i := range rows[1] {
		for _, j := range lists[i] {
			used[j] = true
		}
	}
	parallel(len(rows[0]), func(k int) {
		if j := rows[0][k]; used[j] {
			lists[j] = near.ofControl(j)
		}
	})
	list := func(i int) []int { return lists[i] }
	return neighbours{list, list}
}

// compare sets effect, standard error and weights.
func (m *Matched) compare(d Experiment, rows [2][]int, near neighbours) error {
	n := len(d.Y)
	difference := make([]float64, n)
	squares := make([]float64, n) // Σ over treated of the squared weight of a control
	for _, i := range rows[1] {
		matches := near.ofTreated(i)
		if len(matches) == 0 {
			m.Unmatched++
			continue
		}
		w := 1 / float64(len(matches))
		mean := 0.0
		for _, j := range matches {
			mean += w * d.Y[j]
			m.Weight[j] += w
			squares[j] += w * w
		}
		m.Weight[i] = 1
		difference[i] = d.Y[i] - mean
		m.Effect += difference[i]
		m.Treated++
	}
	if m.Treated < 2 {
		return fmt.Errorf("%w: %d of %d treated customers have a control within the caliper", ErrNoContrast, m.Treated, len(rows[1]))
	}
	nt := float64(m.Treated)
	m.Effect /= nt
	var variance, mean [2]float64
	for _, i := range rows[1] {
		mean[1] += d.Y[i] / float64(len(rows[1]))
		if m.Weight[i] > 0 {
			variance[1] += (difference[i] - m.Effect) * (difference[i] - m.Effect)
		}
	}
	spread := make([]float64, len(rows[0])) // variance of a control's outcome given its features
	for k, j := range rows[0] {
		if m.Weight[j] == 0 {
			continue
		}
		others := near.ofControl(j)
		for _, l := range others {
			spread[k] += (d.Y[j] - d.Y[l]) * (d.Y[j] - d.Y[l]) / 2 / float64(len(others))
		}
	}
	for k, j := range rows[0] {
		mean[0] += d.Y[j] / float64(len(rows[0]))
		variance[0] += (m.Weight[j]*m.Weight[j] - squares[j]) * spread[k]
		if m.Weight[j] > 0 {
			m.Controls++
		}
	}
	m.Naive = mean[1] - mean[0]
	m.SE = math.Sqrt(variance[0]+variance[1]) / nt
	m.Low, m.High, m.P = m.Effect-normal975*m.SE, m.Effect+normal975*m.SE, 1
	if m.SE > 0 {
		m.Z = m.Effect / m.SE
		m.P = math.Erfc(math.Abs(m.Z) / math.Sqrt2)
	}
	return nil
}

// byScore matches on the log-odds of a logistic regression of the treatment.
func byScore(d Experiment, rows [2][]int, o MatchOptions) (neighbours, error) {
	y := make([]float64, len(d.Y))
	for i, t := range d.Treated {
		y[i] = float64(arm(t))
	}
	model, err := propensity.FitLogistic(propensity.Sample{X: d.X, Y: y}, o.Logistic)
	if err != nil {
		return neighbours{}, fmt.Errorf("score of being treated: %w", err)
	}
	score, err := model.Margins(d.X)
	if err != nil {
		return neighbours{}, err
	}
	all, err := momentsOf(score)
	if err != nil {
		return neighbours{}, err
	}
	if o.Caliper == 0 {
		o.Caliper = .2
	}
	// The tolerance lets customers of equal features be equally near, whatever
	// the rounding of their scores.
	farthest := o.Caliper*math.Sqrt(all.square/float64(all.n)) + 1e-9
	order := slices.Clone(rows[0])
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(score[a], score[b]), cmp.Compare(a, b)) })
	find := func(i, not int) []int {
		at, _ := slices.BinarySearchFunc(order, score[i], func(j int, s float64) int { return cmp.Compare(score[j], s) })
		distance := math.Inf(1)
		for _, step := range []int{-1, 1} {
			k := at
			if step < 0 {
				k--
			}
			for ; k >= 0 && k < len(order); k += step {
				if order[k] != not {
					distance = min(distance, math.Abs(score[order[k]]-score[i]))
					break
				}
			}
		}
		if distance > farthest {
			return nil
		}
		var found []int
		for k := at - 1; k >= 0 && score[i]-score[order[k]] <= distance+1e-9; k-- {
			if order[k] != not {
				found = append(found, order[k])
			}
		}
		for k := at; k < len(order) && score[order[k]]-score[i] <= distance+1e-9; k++ {
			if order[k] != not {
				found = append(found, order[k])
			}
		}
		slices.Sort(found)
		return found
	}
	return neighbours{
		ofTreated: func(i int) []int { return find(i, -1) },
		ofControl: func(i int) []int { return find(i, i) },
	}, nil
}

// mostPairs bounds the comparisons of matching by distance.
const mostPairs = 2e9

// byDistance matches on Σ ((a−b)/s)² over numbers, s the standard deviation,
// plus 1 for each level that differs or value that only one of the two lacks.
func byDistance(d Experiment, rows [2][]int, o MatchOptions) (neighbours, error) {
	if float64(len(rows[0]))*float64(len(rows[0])+len(rows[1])) > mostPairs {
		return neighbours{}, fmt.Errorf("%w: %d treated and %d controls are too many to compare each with each; match by %q", ErrValue, len(rows[1]), len(rows[0]), ByPropensity)
	}
	unit := make([]float64, len(d.X))
	for k, c := range d.X {
		if unit[k] = 1; c.Levels == nil {
			if _, square := numberMoments(c.Numbers, nil); square > 0 {
				unit[k] = 1 / square
			}
		}
	}
	distance := func(i, j int) float64 {
		var total float64
		for k, c := range d.X {
			switch {
			case c.Levels != nil:
				if c.Levels[i] != c.Levels[j] {
					total++
				}
			case math.IsNaN(c.Numbers[i]) || math.IsNaN(c.Numbers[j]):
				if math.IsNaN(c.Numbers[i]) != math.IsNaN(c.Numbers[j]) {
					total++
				}
			default:
				total += (c.Numbers[i] - c.Numbers[j]) * (c.Numbers[i] - c.Numbers[j]) * unit[k]
			}
		}
		return total
	}
	find := func(i int) (found []int) {
		least := math.Inf(1)
		if o.Caliper > 0 {
			least = o.Caliper * o.Caliper
		}
		for _, j := range rows[0] {
			if j == i {
				continue
			}
			switch v := distance(i, j); {
			case v < least:
				least, found = v, append(found[:0], j)
			case v == least:
				found = append(found, j)
			}
		}
		return found
	}
	return neighbours{find, find}, nil
}

// numberMoments are the weighted mean and variance of the values there are.
func numberMoments(values, w []float64) (mean, variance float64) {
	var weight float64
	for i, v := range values {
		if !math.IsNaN(v) {
			mean += at(w, i) * v
			weight += at(w, i)
		}
	}
	if weight == 0 {
		return 0, 0
	}
	mean /= weight
	for i, v := range values {
		if !math.IsNaN(v) {
			variance += at(w, i) * (v - mean) * (v - mean) / weight
		}
	}
	return mean, variance
}

func at(w []float64, i int) float64 {
	if w == nil {
		return 1
	}
	return w[i]
}
