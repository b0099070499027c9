package cold

import (
	"errors"
	"math"
	"slices"
)

// Quality is how well new titles are found. Recall is hits over all that the
// customer took; NDCG has its ideal over min(k, taken); the means are over
// customers with a purchase among the candidates.
type Quality struct {
	K         int     `json:"k"`
	Customers int     `json:"customers"`
	Titles    int     `json:"titles"` // candidates
	Recall    float64 `json:"recall"`
	NDCG      float64 `json:"ndcg"`
	HitRate   float64 `json:"hit_rate"` // share of customers with at least one hit
	Coverage  float64 `json:"coverage"` // share of the candidates in any list
	// Each is the mean of recall and NDCG of each customer, in the order of customers.
	Each []float64 `json:"-"`
}

// Reverse is how well customers of new titles are found, over the titles with
// a customer.
type Reverse struct {
	Titles    int     `json:"titles"`
	Customers int     `json:"customers"`    // ranked for each title
	Recall    float64 `json:"recall_50"`    // of the 50 best
	Precision float64 `json:"precision_20"` // of the 20 best
}

// Evaluation compares the model with the popularity of the attributes alone.
type Evaluation struct {
	Model      Quality  `json:"model"`
	Popularity Quality  `json:"popularity"`
	Customers  Reverse  `json:"customers"`
	Ease       float64  `json:"ease"`
	Hidden     int      `json:"hidden_titles"`
	Reason     string   `json:"reason,omitempty"`
	Weights    []Weight `json:"weights"`
}

// Evaluate ranks the candidates for every customer of test, full ranking, and
// the customers for every candidate. Test holds purchases of candidates that
// the fit has not seen.
func (m *Model) Evaluate(test Sales, candidates []int32, k int) (*Evaluation, error) {
	truth, err := gather(test, len(m.w.b.of), m.w.a.Titles)
	if err != nil {
		return nil, err
	}
	in := make([]bool, m.w.a.Titles)
	for _, t := range candidates {
		if t >= 0 && int(t) < len(in) {
			in[t] = true
		}
	}
	for c, list := range truth.of {
		truth.of[c] = slices.DeleteFunc(list, func(t int32) bool { return !in[t] })
	}
	truth.turn(m.w.a.Titles)
	e := &Evaluation{Ease: m.Ease, Hidden: m.Hidden, Reason: m.Reason, Weights: m.Weights}
	if e.Model, err = m.quality(truth, candidates, k); err != nil {
		return nil, err
	}
	// Popularity is the same for everybody: one list is everybody's.
	popular, err := m.byPopularity().Scorer().Titles(0, candidates, k)
	if err != nil {
		return nil, err
	}
	e.Popularity = m.judge(truth, candidates, k, func(int) []Ranked { return popular })
	e.Customers, err = m.reverse(truth, candidates)
	return e, err
}

// byPopularity is the model that knows only how well attributes sell.
func (m *Model) byPopularity() *Model {
	p := *m
	p.titles = make([]float64, len(m.titles))
	for k := range m.w.a.Kinds {
		p.titles[m.w.layout.of(k, popular)] = 1
	}
	p.plans[0] = m.w.plan(p.titles)
	return &p
}

func (m *Model) quality(truth *baskets, candidates []int32, k int) (Quality, error) {
	lists := make([][]Ranked, len(truth.of))
	failed := make([]error, len(truth.of))
	spread(len(lists), func(from, step int) {
		s := m.Scorer()
		for c := from; c < len(lists); c += step {
			if len(truth.of[c]) > 0 {
				list, err := s.Titles(c, candidates, k)
				lists[c], failed[c] = list, err
			}
		}
	})
	if err := errors.Join(failed...); err != nil {
		return Quality{}, err
	}
	return m.judge(truth, candidates, k, func(c int) []Ranked { return lists[c] }), nil
}

// judge holds everybody's list against what he took.
func (m *Model) judge(truth *baskets, candidates []int32, k int, listOf func(c int) []Ranked) Quality {
	q := Quality{K: k, Titles: len(candidates)}
	shown := make([]bool, m.w.a.Titles)
	for c := range truth.of {
		if len(truth.of[c]) == 0 {
			continue
		}
		list := listOf(c)
		hits, gain, ideal := 0., 0., 0.
		for r, e := range list {
			shown[e.Index] = true
			if _, hit := slices.BinarySearch(truth.of[c], e.Index); hit {
				hits++
				gain += 1 / math.Log2(float64(r)+2)
			}
		}
		for r := range min(k, len(truth.of[c])) {
			ideal += 1 / math.Log2(float64(r)+2)
		}
		q.Customers++
		recall, ndcg := hits/float64(len(truth.of[c])), gain/ideal
		q.Recall += recall
		q.NDCG += ndcg
		q.Each = append(q.Each, (recall+ndcg)/2)
		q.HitRate += min(hits, 1)
	}
	for _, s := range shown {
		if s {
			q.Coverage++
		}
	}
	n := float64(max(q.Customers, 1))
	q.Recall, q.NDCG, q.HitRate = q.Recall/n, q.NDCG/n, q.HitRate/n
	q.Coverage /= float64(max(len(candidates), 1))
	return q
}

func (m *Model) reverse(truth *baskets, candidates []int32) (Reverse, error) {
	r := Reverse{Customers: m.Customers}
	var titles []int32
	for _, t := range candidates {
		if len(truth.by[t]) > 0 {
			titles = append(titles, t)
		}
	}
	lists, err := m.CustomersOf(titles, 50)
	if err != nil {
		return r, err
	}
	for i, list := range lists {
		hits := 0.
		for rank, e := range list {
			if _, hit := slices.BinarySearch(truth.by[titles[i]], e.Index); hit {
				hits++
			}
			if rank == 19 || rank < 19 && rank == len(list)-1 {
				r.Precision += hits / 20
			}
		}
		r.Recall += hits / float64(len(truth.by[titles[i]]))
	}
	r.Titles = len(titles)
	r.Recall /= float64(max(r.Titles, 1))
	r.Precision /= float64(max(r.Titles, 1))
	return r, nil
}
