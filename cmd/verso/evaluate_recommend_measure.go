package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"

	"verso/models/recommend"
)

// measureRecommend chooses, fits and evaluates.
func (a *app) measureRecommend(ctx context.Context, f recommendFlags, p *recommendParts, r *recommendReport) error {
	weighting := recommend.Weighting{Binary: f.binary, HalfLife: f.halfLife}
	users, items := len(p.users.names), len(p.items.names)
	all, err := recommend.Build(p.train.With(p.validation), users, items, weighting)
	if err != nil {
		return err
	}
	r.Weights = all.Report
	held, err := recommend.NewHeld(p.test, users, items)
	if err != nil {
		return err
	}
	if err := p.named(held.Disjoint(all)); err != nil {
		return err
	}
	specs, err := a.recommendSpecs(ctx, f, p, weighting, r)
	if err != nil {
		return err
	}
	m := &recommendMeasure{app: a, p: p, x: all, held: held, r: r, k: f.k}
	for _, s := range specs {
		if err := m.add(ctx, s); err != nil {
			return err
		}
	}
	if r.Choice != nil && len(r.Choice.Specs) > 1 {
		return m.blend()
	}
	m.finish()
	return nil
}

// named says an overlap in the ids of the files.
func (p *recommendParts) named(err error) error {
	var overlap *recommend.OverlapError
	if errors.As(err, &overlap) {
		return fmt.Errorf("user %s, item %s: %w", p.users.names[overlap.User], p.items.names[overlap.Item], err)
	}
	return err
}

// recommendSpecs are the models to fit: popularity first, and those asked for or
// chosen.
func (a *app) recommendSpecs(ctx context.Context, f recommendFlags, p *recommendParts, weighting recommend.Weighting, r *recommendReport) ([]recommend.Spec, error) {
	specs := []recommend.Spec{{Kind: "popularity"}}
	for _, kind := range f.models {
		if kind == "popularity" {
			continue
		}
		if kind != "auto" {
			s, err := recommend.NewSpec(kind)
			if err != nil {
				return nil, err
			}
			if s.ALS != nil {
				s.ALS.Seed = f.seed
			}
			specs = append(specs, s)
			continue
		}
		users, items := len(p.users.names), len(p.items.names)
		x, err := recommend.Build(p.train, users, items, weighting)
		if err != nil {
			return nil, err
		}
		held, err := recommend.NewHeld(p.validation, users, items)
		if err != nil {
			return nil, err
		}
		var took timing
		took, err = a.clocked(func() error {
			var err error
			r.Choice, err = recommend.Choose(ctx, x, held, p.attributes, recommend.ChooseOptions{K: f.k, Seed: f.seed})
			return err
		})
		if errors.Is(err, recommend.ErrNothingHeld) {
			return nil, fmt.Errorf("there are no rows to choose settings on: give --validation, or a --model other than auto (%w)", err)
		}
		if err = p.named(err); err != nil {
			return nil, err
		}
		r.Chosen = &took
		debug.FreeOSMemory()
		for _, s := range r.Choice.Specs {
			if s.Kind == "popularity" {
				specs[0] = s
				continue
			}
			specs = append(specs, s)
		}
	}
	return specs, nil
}

// recommendMeasure fits and evaluates one model after another.
type recommendMeasure struct {
	app    *app
	p      *recommendParts
	x      *recommend.Matrix
	held   recommend.Held
	r      *recommendReport
	k      int
	models []recommend.Model
}

func (m *recommendMeasure) add(ctx context.Context, s recommend.Spec) error {
	debug.FreeOSMemory() // what the last fit needed
	var model recommend.Model
	took, err := m.app.clocked(func() error {
		var err error
		model, err = s.Fit(ctx, m.x, m.p.attributes)
		return err
	})
	if err != nil {
		return err
	}
	return m.evaluate(model, &s, took)
}

func (m *recommendMeasure) evaluate(model recommend.Model, s *recommend.Spec, fit timing) error {
	e, err := recommend.Evaluate(model, m.x, m.held, recommend.EvaluateOptions{K: m.k, Further: []int{5, 10, 50, 100}, Attributes: m.p.attributes, Type: m.p.types})
	if err != nil {
		return err
	}
	users := make([]int, len(e.PerUser))
	for k, h := range e.PerUser {
		users[k] = h.User
	}
	list := recommend.List{N: m.k, Ties: recommend.Ties(m.x)}
	serve, err := m.app.clocked(func() error {
		recommend.Recommend(model, m.x, users, list)
		return nil
	})
	if err != nil {
		return err
	}
	found := measuredModel{Spec: s, Fit: fit, Serve: serve, Evaluation: e, Rate: float64(len(users)) / max(serve.Seconds, 1e-9)}
	m.r.Models = append(m.r.Models, found)
	m.models = append(m.models, model)
	last := &m.r.Models[len(m.r.Models)-1]
	last.AgainstPopul, err = recommend.Paired(e, m.r.Models[0].Evaluation)
	return err
}

// blend evaluates the chosen blend from the models already fitted.
func (m *recommendMeasure) blend() error {
	var parts []recommend.Model
	var took timing
	for _, s := range m.r.Choice.Specs {
		at := slices.IndexFunc(m.r.Models, func(f measuredModel) bool { return f.Spec != nil && f.Spec.Kind == s.Kind })
		parts = append(parts, m.models[at])
		took.Seconds += m.r.Models[at].Fit.Seconds
		took.CPU += m.r.Models[at].Fit.CPU
	}
	b, err := recommend.NewBlend(m.x.Items, parts, m.r.Choice.Weights)
	if err != nil {
		return err
	}
	if err := m.evaluate(b, nil, took); err != nil {
		return err
	}
	m.finish()
	return nil
}

// finish names the best model.
func (m *recommendMeasure) finish() {
	best := slices.MaxFunc(m.r.Models, func(a, b measuredModel) int {
		return cmp.Compare(a.Evaluation.NDCG, b.Evaluation.NDCG)
	})
	m.r.Best = best.Evaluation.Model
}
