package recommend

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"verso/models/job"
	"verso/models/recommend"
	"verso/models/recommend/cold"
)

// listed is the number of titles of a list, and what recall is measured at.
const listLength = 20

// windows are the lengths of the test period tried, in days: the first in which
// enough is bought.
var windows = []int32{30, 91, 182, 365}

// Least that a test needs to say anything.
const (
	leastPairs = 100
	leastUsers = 20
)

// validationUsers and testUsers bound how many customers a measurement takes,
// evenly spaced.
const (
	validationUsers = 800
	testUsers       = 2000
)

// Purchases from which the models join that are worth their time only then.
const (
	easePairs = 20_000
	alsPairs  = 50_000
)

// maker fits one model on a matrix that ends on a day.
type maker struct {
	name string
	fit  func(ctx context.Context, x *recommend.Matrix, day int32) (recommend.Model, error)
}

// fitted is the blend that ranks, how it was chosen and how it did.
type fitted struct {
	x       *recommend.Matrix
	blend   *recommend.Blend
	names   []string
	window  int32 // days of the test; 0 without
	tuning  *recommend.Tuning
	tests   []tested
	reason  job.Words         // why there is no test
	left    map[string]string // models that could not be fitted, and why
	cold    *cold.Model       // of new titles as of the test, whose weights the lists take; nil without
	joint   bool              // new titles are scored by joint signals and products too,
	signals job.Words         // as this says
}

// tested is one model on the test period.
type tested struct {
	list string // stock or new
	*recommend.Evaluation
	weight float64
}

// weighting halves a purchase every two years: tastes drift.
func weighting(day int32) recommend.Weighting {
	return recommend.Weighting{HalfLife: 730, AsOf: day}
}

// easeTitles is how many titles the closed-form regression takes, the most bought
// first: its time grows with their cube.
const easeTitles = 2000

// fitHead is the closed-form regression (recommend.FitEASE) over the titles that
// most customers bought.
func fitHead(ctx context.Context, x *recommend.Matrix, _ int32) (recommend.Model, error) {
	place := recommend.Ties(x)
	var r recommend.Rows
	for u := range x.Users {
		for _, i := range x.Row(u).Item {
			if place[i] < easeTitles {
				r.User, r.Item = append(r.User, int32(u)), append(r.Item, i)
			}
		}
	}
	head, err := recommend.Build(r, x.Users, x.Items, recommend.Weighting{Binary: true})
	if err != nil {
		return nil, err
	}
	return recommend.FitEASE(ctx, head, recommend.EASEOptions{})
}

// priors are the strengths of demand's prior that are tried.
var priors = []float64{3, 10}

// makers are the models of the family with settings that need no search. Of
// demand's two priors the search keeps one.
func (c *catalogue) makers(a *recommend.Attributes, pairs int) []maker {
	spec := func(name string, s recommend.Spec) maker {
		return maker{name, func(ctx context.Context, x *recommend.Matrix, _ int32) (recommend.Model, error) {
			return s.Fit(ctx, x, a)
		}}
	}
	list := []maker{spec("recent", recommend.Spec{Kind: "popularity", HalfLife: demandHalfLife})}
	for _, prior := range priors {
		list = append(list, maker{"demand", func(_ context.Context, x *recommend.Matrix, day int32) (recommend.Model, error) {
			return c.fitDemand(x, day, prior), nil
		}})
	}
	list = append(list,
		maker{"series", func(_ context.Context, _ *recommend.Matrix, day int32) (recommend.Model, error) {
			return c.fitFollow(day), nil
		}},
		spec("knn", recommend.Spec{Kind: "tfidf", KNN: &recommend.KNNOptions{Similarity: "tfidf", Neighbours: 30}}),
		spec("content", recommend.Spec{Kind: "content"}))
	if pairs >= easePairs {
		list = append(list, maker{"ease", fitHead})
	}
	if pairs >= alsPairs {
		list = append(list, spec("als", recommend.Spec{Kind: "als", ALS: &recommend.ALSOptions{Factors: 32, Iterations: 8, Seed: 1}}))
	}
	return list
}

// attributes are those of the content model, diversity and calibration.
func (c *catalogue) attributes() *recommend.Attributes {
	a := recommend.NewAttributes(len(c.titles))
	for i := range c.titles {
		a.Add(i, "class", c.text.class[i])
		a.Add(i, "author", c.text.author[i])
		a.Add(i, "publisher", c.text.publisher[i])
		a.Add(i, "language", c.text.language[i])
		a.Add(i, "level", c.text.level[i])
		a.Add(i, "series", c.text.series[i])
	}
	return a
}

// fit chooses the blend on the period before the last, tests it on the last, and
// fits it on everything.
func (c *catalogue) fit(ctx context.Context) (*fitted, error) {
	out := &fitted{left: map[string]string{}}
	a := c.attributes()
	all, err := recommend.Build(c.rows, len(c.customers), len(c.titles), weighting(c.day))
	if err != nil {
		return nil, err
	}
	out.x = all
	makers := c.makers(a, all.Report.Pairs)
	weights, err := c.choose(ctx, out, makers)
	if err != nil {
		return nil, err
	}
	if out.window > 0 {
		if err := c.test(ctx, out, makers, weights, a); err != nil {
			return nil, err
		}
	}
	out.blend, out.names, err = c.blendOf(ctx, out, makers, weights, all, c.day)
	return out, err
}

// blendOf fits the models that have a weight; demand alone where none can be.
func (c *catalogue) blendOf(ctx context.Context, f *fitted, makers []maker, weights []float64, x *recommend.Matrix, day int32) (*recommend.Blend, []string, error) {
	var models []recommend.Model
	var kept []float64
	var names []string
	for k, m := range makers {
		if weights[k] == 0 {
			continue
		}
		fit, err := f.fitOne(ctx, m, x, day)
		if err != nil {
			return nil, nil, err
		}
		if fit != nil {
			models, kept, names = append(models, fit), append(kept, weights[k]), append(names, m.name)
		}
	}
	if len(models) == 0 {
		models, kept, names = []recommend.Model{c.fitDemand(x, day, priors[0])}, []float64{1}, []string{"demand"}
	}
	b, err := recommend.NewBlend(x.Items, models, kept)
	return b, names, err
}

// fitOne fits a model; nil when its data is not there, which the card says. The
// other models do without it. A run that is cancelled is an error.
func (f *fitted) fitOne(ctx context.Context, m maker, x *recommend.Matrix, day int32) (recommend.Model, error) {
	fit, err := m.fit(ctx, x, day)
	if err != nil {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("%s: %w", m.name, err)
		}
		f.left[m.name] = err.Error()
		return nil, nil
	}
	return fit, nil
}

// split is the matrix up to a day and what was bought after it.
func (c *catalogue) split(day, length int32, most int) (x *recommend.Matrix, held recommend.Held, pairs, users int, err error) {
	after := c.between(day, day+length)
	if held, err = recommend.NewHeld(after, len(c.customers), len(c.titles)); err != nil {
		return nil, nil, 0, 0, err
	}
	var some []int
	for u := range held {
		if len(held[u]) > 0 {
			some = append(some, u)
			pairs += len(held[u])
		}
	}
	users = len(some)
	if users > most {
		keep := make(map[int]bool, most)
		for k := range most {
			keep[some[k*users/most]] = true
		}
		for _, u := range some {
			if !keep[u] {
				held[u] = nil
			}
		}
	}
	if pairs < leastPairs || users < leastUsers {
		return nil, nil, pairs, users, nil
	}
	x, err = recommend.Build(c.until(day), len(c.customers), len(c.titles), weighting(day))
	return x, held, pairs, users, err
}

// choose finds the window and the weights on the period before it.
func (c *catalogue) choose(ctx context.Context, out *fitted, makers []maker) ([]float64, error) {
	weights := make([]float64, len(makers))
	weights[1] = 1 // demand alone, where nothing can be learned: it needs no data but purchases
	for _, length := range windows {
		x, held, pairs, users, err := c.split(c.day-2*length, length, validationUsers)
		if err != nil && !errors.Is(err, recommend.ErrNoRows) {
			return nil, err
		}
		if x == nil {
			out.reason = job.Wordsf("Of the last %d days before the last %d only %d purchases of %d customers are new to them, too few to choose by (%d of %d customers are needed): titles rank by demand in the customer's classes, untested.",
				"末 %[2]d 天之前的 %[1]d 天内仅有 %[4]d 位客户的 %[3]d 次新购，不足以择优（需 %[6]d 位客户 %[5]d 次）：按客户常购类目的需求排序，未经检验。", length, length, pairs, users, leastPairs, leastUsers)
			continue
		}
		models := make([]recommend.Model, len(makers))
		for k, m := range makers {
			if models[k], err = out.fitOne(ctx, m, x, c.day-2*length); err != nil {
				return nil, err
			}
		}
		if err := c.tune(out, models, x, held, weights); err != nil {
			return nil, err
		}
		out.window, out.reason = length, job.Words{}
		break
	}
	return weights, nil
}

// tune weighs the models on what was held out. Of demand's two settings the
// better one alone takes part; models that are nil take none.
func (c *catalogue) tune(out *fitted, models []recommend.Model, x *recommend.Matrix, held recommend.Held, weights []float64) error {
	o := recommend.TuneOptions{K: listLength, Users: validationUsers}
	both, err := evaluated(models[1:3], x, held)
	if err != nil {
		return err
	}
	drop := 2
	if both[1] > both[0] {
		drop = 1
	}
	var kept []recommend.Model
	var at []int
	for k, m := range models {
		if k != drop && m != nil {
			kept, at = append(kept, m), append(at, k)
		}
	}
	b, record, err := recommend.TuneBlend(kept, x, held, o)
	if err != nil {
		return err
	}
	clear(weights)
	for k, w := range b.Weights {
		weights[at[k]] = w
	}
	out.tuning = record
	return nil
}

// evaluated is the mean of recall and NDCG of models.
func evaluated(models []recommend.Model, x *recommend.Matrix, held recommend.Held) ([]float64, error) {
	var out []float64
	for _, m := range models {
		e, err := recommend.Evaluate(m, x, held, recommend.EvaluateOptions{K: listLength})
		if err != nil {
			return nil, err
		}
		out = append(out, (e.Recall+e.NDCG)/2)
	}
	return out, nil
}

// test measures the blend, each of its models and popularity on the last period,
// and the lists dealt to the wrong customers as a control.
func (c *catalogue) test(ctx context.Context, out *fitted, makers []maker, weights []float64, a *recommend.Attributes) error {
	from := c.day - out.window
	x, held, pairs, users, err := c.split(from, out.window, testUsers)
	if err != nil && !errors.Is(err, recommend.ErrNoRows) {
		return err
	}
	if x == nil {
		out.reason = job.Wordsf("In the last %d days %d customers bought %d titles new to them, too few to test on.", "末 %d 天内仅 %d 位客户新购 %d 个品种，不足以检验。", out.window, users, pairs)
		return nil
	}
	options := recommend.EvaluateOptions{K: listLength, Attributes: a, Type: c.kind}
	b, names, err := c.blendOf(ctx, out, makers, weights, x, from)
	if err != nil {
		return err
	}
	add := func(name string, m recommend.Model, weight float64) error {
		e, err := recommend.Evaluate(m, x, held, options)
		if err != nil {
			return err
		}
		e.Model = name
		out.tests = append(out.tests, tested{"stock", e, weight})
		return nil
	}
	if err := add("blend", b, 1); err != nil {
		return err
	}
	if err := add("popularity", recommend.FitPopularity(x, 0), 0); err != nil {
		return err
	}
	if !slices.Contains(names, "recent") {
		if err := add("recent", recommend.FitPopularity(x, demandHalfLife), 0); err != nil {
			return err
		}
	}
	if len(names) > 1 {
		for k, m := range b.Models {
			if err := add(names[k], m, b.Weights[k]); err != nil {
				return err
			}
		}
	}
	e, err := recommend.Evaluate(shuffled{b, x}, x, held, options)
	if err != nil {
		return err
	}
	e.Model = "permuted"
	out.tests = append(out.tests, tested{"stock", e, 0})
	return nil
}

// shuffled gives every customer the scores of another: what a list is worth that
// is not the customer's own.
type shuffled struct {
	recommend.Model
	x *recommend.Matrix
}

// Name is "permuted".
func (s shuffled) Name() string { return "permuted" }

// Scores are those of the customer whose number the history's first title points
// at, so that they do not depend on the order of the run.
func (s shuffled) Scores(h recommend.History, scores []float32) {
	at := len(h.Item)
	if len(h.Item) > 0 {
		at += int(h.Item[0]) * 7919
	}
	for k := range s.x.Users {
		other := s.x.Row((at + k) % s.x.Users)
		if len(other.Item) > 0 {
			s.Model.Scores(other, scores)
			return
		}
	}
	s.Model.Scores(h, scores)
}

// setting says what the blend is made of.
func (f *fitted) setting() string {
	var parts []string
	for k, name := range f.names {
		parts = append(parts, fmt.Sprintf("%g %s", f.blend.Weights[k], name))
	}
	return strings.Join(parts, " + ")
}

// find is the test of a model; nil without one.
func (f *fitted) find(list, model string) *tested {
	for k := range f.tests {
		if f.tests[k].list == list && f.tests[k].Model == model {
			return &f.tests[k]
		}
	}
	return nil
}
