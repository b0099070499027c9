package evaluate

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"verso/models/backtest"
	"verso/models/propensity"
)

// Request says what is to be fitted and judged.
type Request struct {
	Table    *Table
	Target   string // column of the outcome
	Positive string // the value of the outcome that is predicted; "": 1, true or yes where the column has two values
	ID       string // column of the customer
	Time     string // column of the origin, a date or number; "": none
	Horizon  int    // of the outcome, days or units of Time: a fold learns from origins at least so much earlier
	Folds    *Table // fold by id: a column named like ID or "id", and one named fold; nil: none
	Segment  string // column to judge apart by; "": none
	Drop     []string
	Keep     []string // features that are known beforehand, whatever they look like
	Learner  string   // see backtest.ChooseOptions
	Plain    bool     // default settings of Learner (Auto: trees) without a search
	Budget   float64  // customers to contact; see backtest.Options
	Draws    int      // of the bootstrap; see backtest.Options
	Seed     uint64
	Workers  int
	Clock    func() Timing // since some moment, for the timings; nil: none
}

// Error is a request that does not fit the table.
type Error struct{ Text string }

// Error says what and what to do.
func (e *Error) Error() string { return e.Text }

func errorf(format string, args ...any) error { return &Error{fmt.Sprintf(format, args...)} }

// RefusedError is data that no model is to be fitted on.
type RefusedError struct {
	Readiness *backtest.Readiness
	Hint      string
}

// Error gives the reasons and what to do.
func (e *RefusedError) Error() string {
	var b strings.Builder
	b.WriteString("refused: no model is fitted on these data")
	for _, w := range e.Readiness.Blocking {
		b.WriteString("\n  " + w.EN)
	}
	if e.Hint != "" {
		b.WriteString("\n  " + e.Hint)
	}
	return b.String()
}

// Result is what came of a request.
type Result struct {
	Target    Target              `json:"target"`
	Rows      int                 `json:"rows"`     // with a known outcome
	LeftOut   int                 `json:"left_out"` // rows without one
	Features  []Feature           `json:"features"`
	Split     Split               `json:"split"`
	Learner   string              `json:"learner"`
	Settings  []Setting           `json:"settings"`
	Metrics   *backtest.Report    `json:"metrics"`
	Baseline  *backtest.Report    `json:"baseline"` // the base rate of each fold's training rows
	Grade     *backtest.Grade     `json:"grade"`
	Readiness *backtest.Readiness `json:"readiness"`
	Notes     []string            `json:"notes"`
	Seed      uint64              `json:"seed"`
	Timings   Timings             `json:"timings"`
	// Predictions are those of rows not learned from, in the order of the file.
	Predictions []Prediction `json:"-"`

	sample backtest.Sample
}

// Target is the outcome.
type Target struct {
	Column   string  `json:"column"`
	Positive string  `json:"positive"`
	Events   int     `json:"events"`
	Rate     float64 `json:"rate"`
}

// Feature is a column as it was used.
type Feature struct {
	Name    string  `json:"name"`
	Kind    string  `json:"kind"` // number, category or date
	Missing float64 `json:"missing"`
	Values  int     `json:"distinct"`
	AUC     float64 `json:"auc"`   // alone
	State   string  `json:"state"` // see backtest.Readiness
	Used    bool    `json:"used"`
}

// Split says how rows were held out.
type Split struct {
	How   string   `json:"how"`
	Folds []string `json:"folds"`
}

// Setting is what was chosen for a fold.
type Setting struct {
	Fold       string           `json:"fold"`
	Name       string           `json:"name"`
	Calibrated bool             `json:"calibrated"`
	Trees      int              `json:"trees"`
	Train      int              `json:"train_rows"`
	Test       int              `json:"test_rows"`
	Searched   int              `json:"searched_rows"` // looked at when settings were chosen; 0: no search
	Work       float64          `json:"work"`          // of the search, see backtest.ChooseOptions
	Trials     []backtest.Trial `json:"trials"`
	Fit        Timing           `json:"fit"` // with these settings, without the search
}

// Timing is how long something took.
type Timing struct {
	Seconds float64 `json:"seconds"`     // by the clock
	CPU     float64 `json:"cpu_seconds"` // of all cores together
}

func (t Timing) plus(a Timing) Timing  { return Timing{t.Seconds + a.Seconds, t.CPU + a.CPU} }
func (t Timing) minus(a Timing) Timing { return Timing{t.Seconds - a.Seconds, t.CPU - a.CPU} }

// Timings are those of the parts of a run.
type Timings struct {
	Read    Timing `json:"read"` // of the file; set by whoever read it
	Examine Timing `json:"examine"`
	Choose  Timing `json:"choose"` // search of settings, all folds
	Fit     Timing `json:"fit"`    // with the settings chosen, all folds
	Score   Timing `json:"score"`  // of the held-out rows
	Judge   Timing `json:"judge"`  // metrics with intervals
}

// Prediction is one held-out row.
type Prediction struct {
	ID   string
	Fold string
	Y    float64
	P    float64
}

// Run fits and judges. What the table does not fit is an *Error, what nothing
// can be learned from a *RefusedError.
func Run(r Request) (*Result, error) {
	if r.Clock == nil {
		r.Clock = func() Timing { return Timing{} }
	}
	out := &Result{Learner: r.Learner, Seed: r.Seed}
	if out.Learner == "" {
		out.Learner = backtest.Auto
	}
	if err := out.read(&r); err != nil {
		return nil, err
	}
	from := r.Clock()
	if err := out.examine(&r); err != nil {
		return nil, err
	}
	out.Timings.Examine = r.Clock().minus(from)
	folds, err := out.folds(&r)
	if err != nil {
		return nil, err
	}
	p, err := out.fit(&r, folds)
	if err != nil {
		return nil, err
	}
	from = r.Clock()
	if err := out.judge(&r, folds, p); err != nil {
		return nil, err
	}
	out.Timings.Judge = r.Clock().minus(from)
	return out, nil
}

func (out *Result) note(format string, args ...any) {
	out.Notes = append(out.Notes, fmt.Sprintf(format, args...))
}

// examine refuses what cannot be learned from and leaves out what says nothing.
func (out *Result) examine(r *Request) error {
	ready, err := backtest.Examine(out.sample)
	if err != nil {
		return err
	}
	ready.Allow(r.Keep...)
	out.Readiness = ready
	if ready.Verdict == backtest.Unfit {
		refused := &RefusedError{Readiness: ready}
		for _, f := range ready.Features {
			if f.State == backtest.Leak {
				refused.Hint = "leave such a column out with --drop NAME, or vouch with --keep NAME that it is known before the outcome"
			}
		}
		return refused
	}
	var left []string
	out.sample, left = ready.Use(out.sample)
	for k, f := range ready.Features {
		kind := r.Table.Column(f.Name).Kind
		out.Features = append(out.Features, Feature{f.Name, kind, f.Missing, f.Distinct, f.AUC, f.State, !slices.Contains(left, ready.Features[k].Name)})
	}
	for _, w := range ready.Warnings {
		out.note("%s", w.EN)
	}
	return nil
}

// fit learns and predicts by fold.
func (out *Result) fit(r *Request, folds []backtest.Fold) (*backtest.Predictions, error) {
	return backtest.CrossFit(out.sample, folds, func(train backtest.Sample, f backtest.Fold) (backtest.Scorer, error) {
		s := Setting{Fold: f.Name, Train: len(f.Train), Test: len(f.Test)}
		from := r.Clock()
		choice, err := choose(r, train)
		if err != nil {
			return nil, err
		}
		to := r.Clock()
		m, err := choice.Fit(train.Sample)
		if err != nil {
			return nil, err
		}
		done := r.Clock()
		out.Timings.Choose = out.Timings.Choose.plus(to.minus(from))
		out.Timings.Fit = out.Timings.Fit.plus(done.minus(to))
		s.Name, s.Calibrated, s.Work, s.Trials, s.Fit = choice.Name, m.Calibration != nil, choice.Work, choice.Trials, done.minus(to)
		if choice.Trials != nil {
			s.Searched = choice.Rows
		}
		if m.Trees != nil {
			s.Trees = len(m.Trees.Trees)
		}
		out.Settings = append(out.Settings, s)
		return timed{m, out, r.Clock}, nil
	})
}

// timed measures the time of scoring.
type timed struct {
	m     *propensity.Model
	out   *Result
	clock func() Timing
}

func (t timed) Score(x propensity.Table) ([]float64, error) {
	from := t.clock()
	p, err := t.m.Score(x)
	t.out.Timings.Score = t.out.Timings.Score.plus(t.clock().minus(from))
	return p, err
}

func choose(r *Request, train backtest.Sample) (*backtest.Choice, error) {
	if !r.Plain {
		return backtest.Choose(train, backtest.ChooseOptions{Learner: r.Learner, Gap: r.Horizon, Seed: r.Seed, Workers: r.Workers})
	}
	spec := propensity.Spec{Name: "trees, default settings", Trees: &propensity.TreeOptions{Workers: r.Workers}}
	if r.Learner == backtest.Logistic {
		spec = propensity.Spec{Name: "logistic, default settings", Logistic: &propensity.LogisticOptions{Workers: r.Workers}}
	}
	return &backtest.Choice{Spec: spec, Name: spec.Name}, nil
}

// judge measures the predictions and the baseline on the same rows.
func (out *Result) judge(r *Request, folds []backtest.Fold, p *backtest.Predictions) error {
	o := backtest.Options{Seed: r.Seed, Budget: r.Budget, Draws: r.Draws}
	base, err := backtest.BaseRates(out.sample, folds)
	if err != nil {
		return err
	}
	if out.Metrics, err = backtest.Judge(p, o); err != nil {
		return err
	}
	plain := o
	plain.Draws = 1 // intervals of a baseline are not looked at
	if out.Baseline, err = backtest.Judge(base, plain); err != nil {
		return err
	}
	name := backtest.Words{EN: "the base rate of each fold's training rows", ZH: "各折训练样本的基准率"}
	if out.Grade, err = backtest.Against(p, base, name, o); err != nil {
		return err
	}
	for _, w := range out.Metrics.Notes {
		out.note("%s", w.EN)
	}
	order := make([]int, len(p.Row))
	for k := range order {
		order[k] = k
	}
	slices.SortFunc(order, func(a, b int) int { return p.Row[a] - p.Row[b] })
	for _, k := range order {
		out.Predictions = append(out.Predictions, Prediction{p.Customer[k], p.Fold[k], p.Y[k], p.P[k]})
	}
	if n := len(out.sample.Y) - len(p.Row); n > 0 {
		out.note("%d rows are only learned from: they have no earlier origin to be tested by", n)
	}
	return nil
}

// Final fits the learner on all rows, for use on new ones; its settings are chosen
// anew on all of them.
func (out *Result) Final(r Request) (*propensity.Model, error) {
	choice, err := choose(&r, out.sample)
	if err != nil {
		return nil, err
	}
	return choice.Fit(out.sample.Sample)
}

// finite is whether a number is one.
func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
