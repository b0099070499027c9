package recommend

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"verso/models/recommend/dense"
)

// TuneOptions choose how weights are found.
type TuneOptions struct {
	K     int // length of the lists that count; 0 means 20
	Depth int // candidates of each model and user; 0 means 5·K, at least 100
	Users int // users at most, evenly spaced among those with held-out titles; 0 means 20,000
}

// Tuning is the record of a search: what was tried and what it reached on the
// rows held out for validation.
type Tuning struct {
	Users  int     `json:"users"`
	Trials []Trial `json:"trials"`
}

// Trial is one setting and its figures on validation rows.
type Trial struct {
	Setting string  `json:"setting"`
	Recall  float64 `json:"recall"`
	NDCG    float64 `json:"ndcg"`
}

// Objective is what all tuning maximises: the mean of recall and NDCG at K.
func (t Trial) Objective() float64 { return (t.Recall + t.NDCG) / 2 }

// weightsTried are the weights of a further model against the strongest, whose
// weight is 1.
func weightsTried() []float64 { return []float64{0, .05, .1, .2, .3, .45, .6, .8, 1, 1.5, 2} }

// leastGain is the rise of the objective that makes another setting or weight
// worth it, leastModel the one that makes a further model worth its time and
// memory: less is noise.
const (
	leastGain  = 2e-4
	leastModel = 1e-3
)

// TuneBlend finds weights by coordinate ascent on held-out rows: the best single
// model has weight 1; the others, from 0, take in turn the weight of a fixed grid
// that reaches the highest objective, until a round changes nothing. A model
// joins only when it raises the objective by 0.001. Only the best Depth
// candidates of each model are ranked.
func TuneBlend(models []Model, x *Matrix, held Held, o TuneOptions) (*Blend, *Tuning, error) {
	if err := held.Disjoint(x); err != nil {
		return nil, nil, err
	}
	o.K = cmp.Or(o.K, 20)
	pool := collect(models, x, held, o)
	if len(pool.users) == 0 {
		return nil, nil, ErrNothingHeld
	}
	record := &Tuning{Users: len(pool.users)}
	try := func(weights []float64) Trial {
		t := pool.score(weights, o.K)
		t.Setting = describe(models, weights)
		record.Trials = append(record.Trials, t)
		return t
	}
	weights := make([]float64, len(models))
	best, strongest := Trial{Recall: -1}, 0
	for k := range models {
		single := make([]float64, len(models))
		single[k] = 1
		if t := try(single); t.Objective() > best.Objective() {
			best, strongest = t, k
		}
	}
	weights[strongest] = 1
	for range 4 {
		changed := false
		for k := range models {
			if k == strongest {
				continue
			}
			keep, gain := weights[k], leastGain
			if keep == 0 {
				gain = leastModel
			}
			for _, w := range weightsTried() {
				trial := slices.Clone(weights)
				if trial[k] = w; w == weights[k] {
					continue
				}
				if t := try(trial); t.Objective() > best.Objective()+gain {
					best, keep, gain, changed = t, w, leastGain, true
				}
			}
			weights[k] = keep
		}
		if !changed {
			break
		}
	}
	b, err := NewBlend(x.Items, models, weights)
	return b, record, err
}

func describe(models []Model, weights []float64) string {
	text := ""
	for k, m := range models {
		if weights[k] == 0 {
			continue
		}
		if text != "" {
			text += " + "
		}
		text += fmt.Sprintf("%g %s", weights[k], m.Name())
	}
	return text
}

// pool is the candidates of the validation users with each model's score.
type pool struct {
	models int
	users  []poolUser
}

type poolUser struct {
	held  int
	item  []int32
	hit   []bool
	score [][]float32 // by model
}

// collect scores the users with every model and keeps the union of their best.
func collect(models []Model, x *Matrix, held Held, o TuneOptions) *pool {
	var users []int
	for u := range held {
		if len(held[u]) > 0 {
			users = append(users, u)
		}
	}
	if most := cmp.Or(o.Users, 20000); len(users) > most {
		few := make([]int, most)
		for k := range few {
			few[k] = users[k*len(users)/most]
		}
		users = few
	}
	list := List{N: cmp.Or(o.Depth, max(5*o.K, 100)), Ties: Ties(x)}
	p := &pool{models: len(models), users: make([]poolUser, len(users))}
	for k, m := range models {
		lists := Recommend(m, x, users, list)
		for n := range users {
			for _, s := range lists[n] {
				p.users[n].item = append(p.users[n].item, s.Item)
			}
		}
		if k < len(models)-1 {
			continue
		}
		for n, u := range users {
			q := &p.users[n]
			q.held = len(held[u])
			slices.Sort(q.item)
			q.item = slices.Compact(q.item)
			q.hit = make([]bool, len(q.item))
			for c, i := range q.item {
				_, q.hit[c] = slices.BinarySearch(held[u], i)
			}
			q.score = make([][]float32, len(models))
		}
	}
	for k, m := range models {
		eachScores(m, x, users, func(n int, scores []float32) {
			q := &p.users[n]
			q.score[k] = make([]float32, len(q.item))
			s := spread(scores)
			if s == 0 {
				return
			}
			for c, i := range q.item {
				q.score[k][c] = float32(float64(scores[i]) / s)
			}
		})
	}
	return p
}

// score is recall and NDCG of a blend over the candidates.
func (p *pool) score(weights []float64, k int) Trial {
	recall, ndcg := make([]float64, len(p.users)), make([]float64, len(p.users))
	dense.Each(len(p.users), func(_, n int) {
		q := &p.users[n]
		total := make([]float32, len(q.item))
		for m, w := range weights {
			if w == 0 {
				continue
			}
			for c, s := range q.score[m] {
				total[c] += float32(float32(w) * s)
			}
		}
		var gain, ideal, hits float64
		for place, s := range Top(total, k, nil) {
			if q.hit[s.Item] {
				hits++
				gain += 1 / math.Log2(float64(place)+2)
			}
		}
		for place := range min(k, q.held) {
			ideal += 1 / math.Log2(float64(place)+2)
		}
		recall[n], ndcg[n] = hits/float64(q.held), gain/ideal
	})
	var t Trial
	for n := range p.users {
		t.Recall += recall[n] / float64(len(p.users))
		t.NDCG += ndcg[n] / float64(len(p.users))
	}
	return t
}
