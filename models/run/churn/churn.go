// Package churn runs the model of customers who stop ordering: who is likely to,
// why, what is at stake, whom to call, and how well such predictions came true.
package churn

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"time"

	"verso/models/backtest"
	"verso/models/churn"
	"verso/models/job"
)

// Options choose the event and the backtest. The zero value means the defaults.
type Options struct {
	Horizon int         // days without an order that count as churn; 0: by customer type from the gaps between orders
	Silence int         // days of silence after which a customer is lost and no longer at risk; 0: 365
	Step    int         // days between origins; 0: 91, on short histories 30
	Origins []time.Time // of the backtest; nil: the last four, 91 days apart, whose outcome is known
}

// Churn writes score.churn, one row per customer at risk, with its reasons
// (score.churn_reason), whom to call (score.watchlist), what has changed in their
// buying (score.churn_change), and the backtest (score.churn_backtest,
// churn_calibration, churn_gain, churn_rate, churn_curve), and who is likely to leave a
// subject (score.part_churn) or to fade (score.fade), with the backtest of both
// (score.quiet_backtest). It reads score.clv and
// score.campaign where they exist.
func Churn(o Options) job.Model {
	return job.Model{Name: "churn", Run: func(ctx context.Context, j *job.Job) (int64, error) { return run(ctx, j, o) }}
}

const (
	leastCustomers = 100     // that have ordered, to learn from
	learners       = 30000   // customers learned from at most, drawn by a hash of the key
	everyone       = 1 << 40 // no limit
	memory         = 1095    // days of origins before the first test that are learned from
	testStep       = 91      // days between test origins
	testCount      = 4       // test origins
	longHistory    = 2*365 + 183
)

// study is one run.
type study struct {
	asOf      int
	seed      int64
	kinds     []kind
	tests     []int
	data      *rows // learned from
	today     *rows // at risk at the as-of date
	backtest  *churn.Backtest
	readiness *backtest.Readiness
	fitted    *churn.Fitted // nil: there is too little to learn from
	model     *churn.Model  // of the champion, moved to the season
	few       string        // there are too few customers to look back
	why       string        // there is no model
	judged    []judged
	placebo   float64 // AUC after the outcomes were dealt out at random
	scores    *scores
	changes   changeCount
	partial   *quiet  // leaving a subject
	pairs     []int64 // subject of its rows of today
	fading    *quiet
	offer     offer
}

func run(ctx context.Context, j *job.Job, o Options) (int64, error) {
	s := &study{asOf: dayOf(j.AsOf), seed: j.Seed}
	if err := s.read(ctx, j, o); err != nil {
		return 0, err
	}
	if err := s.learn(); err != nil {
		return 0, err
	}
	for _, step := range []func(context.Context, *job.Job) error{s.writeScores, s.writeWatchlist, s.writeChanges, s.learnQuiet, s.writeQuiet, s.writeBacktest, s.writeRates, s.writeCurves} {
		if err := step(ctx, j); err != nil {
			return 0, err
		}
	}
	if err := j.Save(ctx, s.card()); err != nil {
		return 0, err
	}
	return int64(s.today.Rows()), s.saveQuiet(ctx, j)
}

// read builds the features at all origins.
func (s *study) read(ctx context.Context, j *job.Job, o Options) error {
	for _, name := range []string{"churn_day", "churn_class", "churn_gap", "churn_late", "churn_fact"} {
		if err := j.Feature(ctx, name); err != nil {
			return err
		}
	}
	var err error
	if s.kinds, err = kinds(ctx, j, o); err != nil {
		return err
	}
	f, err := j.Frame(ctx, "SELECT min(day) AS first, count(DISTINCT customer_key) AS buyers FROM feature.churn_day")
	if err != nil {
		return err
	}
	var origins []int
	if buyers := int(f.Column("buyers")[0]); buyers >= leastCustomers {
		origins = s.origins(o, int(f.Column("first")[0]))
	} else {
		s.few = fmt.Sprintf("%d customers have ordered, and it takes %d", buyers, leastCustomers)
	}
	if err := writeUntil(ctx, j, s.kinds, append(origins, s.asOf)); err != nil {
		return err
	}
	if err := j.Feature(ctx, "churn_who", learners); err != nil {
		return err
	}
	if err := j.Feature(ctx, "churn_title"); err != nil {
		return err
	}
	s.data, s.today = newRows(s.kinds), newRows(s.kinds)
	s.data.First = int(f.Column("first")[0])
	if len(origins) > 0 {
		if err := s.data.add(ctx, j, origins[0], origins[len(origins)-1]); err != nil {
			return err
		}
	}
	if err := j.Feature(ctx, "churn_who", everyone); err != nil {
		return err
	}
	return s.today.add(ctx, j, s.asOf, s.asOf)
}

// origins are the days that are looked back from, in ascending order: those of the
// backtest, and before and between them and up to the as-of date those that are
// learned from. Before any lies half of the longest horizon at least: whoever is known
// after a few days is one who orders often, and tells little of the others.
func (s *study) origins(o Options, first int) []int {
	longest := 1
	for i := range s.kinds {
		longest = max(longest, s.kinds[i].until(s.asOf, 1)-s.asOf)
	}
	step := o.Step
	if step == 0 {
		if step = testStep; s.asOf-first < longHistory {
			step = 30
		}
	}
	is := map[int]bool{}
	if o.Origins != nil {
		for _, t := range o.Origins {
			s.tests = append(s.tests, dayOf(t))
		}
	} else {
		for k := testCount - 1; k >= 0; k-- {
			s.tests = append(s.tests, s.lastKnown(s.asOf-longest)-k*testStep)
		}
	}
	var list []int
	add := func(day int) {
		if day >= first+longest/2 && day < s.asOf && !is[day] {
			is[day] = true
			list = append(list, day)
		}
	}
	earliest := s.tests[0]
	for _, t := range s.tests {
		earliest = min(earliest, t)
		add(t)
	}
	for day := s.tests[len(s.tests)-1]; day > max(first, earliest-memory); day -= step {
		add(day)
	}
	for day := s.tests[len(s.tests)-1] + step; day < s.asOf; day += step {
		add(day)
	}
	return sorted(list)
}

// lastKnown is the last day, from one on backwards, whose horizons all end by the
// as-of date.
func (s *study) lastKnown(day int) int {
	for ; ; day-- {
		late := false
		for i := range s.kinds {
			late = late || s.kinds[i].until(day, 1) > s.asOf
		}
		if !late {
			return day
		}
	}
}

// learn tests the past and fits the model of today.
func (s *study) learn() error {
	var err error
	features := learnFeatures()
	s.backtest = &churn.Backtest{Champion: churn.Blend}
	if s.why = s.few; s.why != "" {
		return nil
	}
	if s.backtest, err = churn.Run(s.data.Data, features, s.tests, s.asOf); err != nil {
		return err
	}
	if err := s.judge(); err != nil {
		return err
	}
	if err := s.examine(); err != nil {
		return err
	}
	s.fitted, err = churn.Learn(s.data.Data, features, s.asOf, s.backtest.Slope)
	if errors.Is(err, churn.ErrFew) {
		s.fitted, s.why = nil, err.Error()
		return nil
	}
	if err != nil {
		return err
	}
	s.model, err = s.level()
	return err
}

// level is the champion moved to the season of today's customers.
func (s *study) level() (*churn.Model, error) {
	return s.fitted.Level(s.today.Data, s.backtest.For(s.fitted), s.today.At(s.asOf))
}
