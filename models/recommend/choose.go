package recommend

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"verso/models/recommend/dense"
)

// ChooseOptions bound a search.
type ChooseOptions struct {
	K      int    // length of the lists that count; 0 means 20
	Trials int    // fits of the ridge model, at most; 0 means 18
	Small  int    // rows of the matrix up to which exact EASE takes part; 0 means 4,000
	Seed   uint64 // of the factorisation
}

// Choose finds settings and weights on held-out rows alone. Each kind of model is
// tuned by hill climbing over fixed grids, one setting after another, for the
// highest mean of recall and NDCG; then TuneBlend weights the best of each kind,
// and models of weight 0 are dropped. The number of fits is fixed, so that the
// result does not depend on the clock.
func Choose(ctx context.Context, x *Matrix, held Held, a *Attributes, o ChooseOptions) (*Chosen, error) {
	if err := held.Disjoint(x); err != nil {
		return nil, err
	}
	s := &search{ctx: ctx, x: x, held: held, a: a, o: o, chosen: &Chosen{}}
	s.o.K, s.o.Trials, s.o.Small = cmp.Or(o.K, 20), cmp.Or(o.Trials, 18), cmp.Or(o.Small, 4000)
	for _, tune := range []func() error{s.popularity, s.knn, s.ridge, s.ease, s.als, s.content} {
		if err := tune(); err != nil {
			return nil, err
		}
	}
	b, record, err := TuneBlend(s.models, x, held, TuneOptions{K: s.o.K})
	if err != nil {
		return nil, err
	}
	for k, w := range b.Weights {
		if w > 0 {
			s.chosen.Specs = append(s.chosen.Specs, s.specs[k])
			s.chosen.Weights = append(s.chosen.Weights, w)
		}
	}
	s.chosen.Tuning.Users = record.Users
	s.chosen.Tuning.Trials = append(s.chosen.Tuning.Trials, record.Trials...)
	return s.chosen, nil
}

type search struct {
	ctx    context.Context
	x      *Matrix
	held   Held
	a      *Attributes
	o      ChooseOptions
	chosen *Chosen
	specs  []Spec // the best of each kind
	models []Model
}

// axis is a grid of one setting, ascending, and where to begin.
type axis struct {
	values []float64
	start  int
}

// climb moves along one axis after another for as long as the objective rises by
// leastGain, at most twice around and within the number of trials.
func (s *search) climb(axes []axis, trials int, fit func(values []float64) (Spec, Model, error)) error {
	at := make([]int, len(axes))
	for k, a := range axes {
		at[k] = a.start
	}
	seen := map[string]Trial{}
	var best Trial
	var bestSpec Spec
	var bestModel Model
	var failed error
	try := func(at []int) (bool, error) {
		key := fmt.Sprint(at)
		if _, known := seen[key]; known || len(seen) >= trials {
			return false, nil
		}
		values := make([]float64, len(axes))
		for k, a := range axes {
			values[k] = a.values[at[k]]
		}
		spec, m, err := fit(values)
		if err != nil {
			seen[key], failed = Trial{}, err
			s.chosen.Notes = append(s.chosen.Notes, fmt.Sprintf("setting %v: %v", values, err))
			return false, s.ctx.Err()
		}
		e, err := Evaluate(m, s.x, s.held, EvaluateOptions{K: s.o.K})
		if err != nil {
			return false, err
		}
		t := Trial{Setting: fmt.Sprintf("%s %v", spec.Kind, values), Recall: e.Recall, NDCG: e.NDCG}
		seen[key] = t
		s.chosen.Tuning.Trials = append(s.chosen.Tuning.Trials, t)
		if bestModel == nil || t.Objective() > best.Objective()+leastGain {
			best, bestSpec, bestModel = t, spec, m
			return true, nil
		}
		return false, nil
	}
	if _, err := try(at); err != nil {
		return err
	}
	for range 2 {
		moved := false
		for k := range axes {
			for _, step := range []int{1, -1} {
				rose := false
				for {
					next := slices.Clone(at)
					next[k] += step
					if next[k] < 0 || next[k] >= len(axes[k].values) {
						break
					}
					better, err := try(next)
					if err != nil {
						return err
					}
					if !better {
						break
					}
					at, rose, moved = next, true, true
				}
				if rose {
					break // the other direction was left behind
				}
			}
		}
		if !moved {
			break
		}
	}
	if bestModel == nil {
		return failed
	}
	s.specs, s.models = append(s.specs, bestSpec), append(s.models, bestModel)
	return nil
}

func (s *search) popularity() error {
	halfLives := axis{values: []float64{0}}
	if s.x.LastDay != nil {
		halfLives = axis{values: []float64{30, 90, 365, 0}, start: 3}
	}
	return s.climb([]axis{halfLives}, 4, func(v []float64) (Spec, Model, error) {
		spec := Spec{Kind: "popularity", HalfLife: v[0]}
		m, err := spec.Fit(s.ctx, s.x, nil)
		return spec, m, err
	})
}

func (s *search) knn() error {
	for _, kind := range []string{"tfidf", "rp3beta"} {
		err := s.climb([]axis{{values: []float64{10, 20, 50, 100, 200}, start: 1}}, 5, func(v []float64) (Spec, Model, error) {
			spec := Spec{Kind: kind, KNN: &KNNOptions{Similarity: kind, Neighbours: int(v[0])}}
			m, err := spec.Fit(s.ctx, s.x, nil)
			return spec, m, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *search) ridge() error {
	var shared *ridge
	most := 0
	axes := []axis{
		{values: []float64{.3, 1, 3, 10, 20, 40, 80, 160, 320, 1000}, start: 5}, // lambda
		{values: []float64{0, .25, .5, 1, 2}, start: 2},                         // dropout
		{values: []float64{25, 50, 100, 200, 400}, start: 2},                    // neighbours
		{values: []float64{0, .15, .3, .45, .6}, start: 2},                      // user power
	}
	return s.climb(axes, s.o.Trials, func(v []float64) (Spec, Model, error) {
		o := RidgeOptions{Lambda: v[0], Dropout: v[1], Neighbours: int(v[2]), UserPower: v[3]}.defaults()
		if shared == nil || shared.power != o.UserPower || most < o.Neighbours {
			var spare []float32
			if shared != nil {
				spare = shared.gram
			}
			var err error
			if shared, err = newRidge(s.ctx, s.x, o, spare); err != nil {
				return Spec{}, nil, err
			}
			most = o.Neighbours
		}
		m, err := shared.fit(s.ctx, o)
		return Spec{Kind: "ridge", Ridge: &o}, m, err
	})
}

func (s *search) ease() error {
	titles := s.x.Items - s.x.Report.Unsold
	if rows := min(titles, s.x.Users-s.x.Report.Empty); rows > s.o.Small {
		s.chosen.Notes = append(s.chosen.Notes, fmt.Sprintf("exact EASE takes no part: its matrix has %d rows, more than %d; ridge regressions on neighbours do", rows, s.o.Small))
		return nil
	}
	keep := -1
	if titles > s.o.Small {
		keep = 200
	}
	return s.climb([]axis{{values: []float64{3, 10, 30, 100, 300, 1000, 3000}, start: 3}}, 5, func(v []float64) (Spec, Model, error) {
		spec := Spec{Kind: "ease", EASE: &EASEOptions{Lambda: v[0], Keep: keep}}
		m, err := spec.Fit(s.ctx, s.x, nil)
		return spec, m, err
	})
}

func (s *search) als() error {
	axes := []axis{{values: []float64{.001, .003, .01, .03}, start: 1}, {values: []float64{.03, .1, .3}, start: 1}}
	factors := 128
	for factors > dense.Columns && factors*4 > min(s.x.Users, s.x.Items) {
		factors /= 2
	}
	return s.climb(axes, 6, func(v []float64) (Spec, Model, error) {
		spec := Spec{Kind: "als", ALS: &ALSOptions{Factors: factors, Lambda: v[0], Unobserved: v[1], Seed: s.o.Seed}}
		m, err := spec.Fit(s.ctx, s.x, nil)
		return spec, m, err
	})
}

func (s *search) content() error {
	if s.a == nil || len(s.a.Names) == 0 {
		s.chosen.Notes = append(s.chosen.Notes, "no content model: the items have no attributes")
		return nil
	}
	return s.climb([]axis{{values: []float64{.3, 1, 3, 10, 30}, start: 2}}, 5, func(v []float64) (Spec, Model, error) {
		spec := Spec{Kind: "content", Prior: v[0]}
		m, err := spec.Fit(s.ctx, s.x, s.a)
		return spec, m, err
	})
}
