package churn

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"verso/models/backtest"
	"verso/models/churn"
	"verso/models/frame"
	"verso/models/job"
	"verso/models/metric"
	"verso/models/propensity"
)

// Quiet losses: customers who go on ordering, but leave a subject, or order far less.
const (
	quietHorizon = 183 // days
	quietOrigins = 12  // quarters learned from before the first test
	goesOn       = 2   // order days after the origin from which a customer has gone on
	fadeShare    = .5  // of the expected order days, and fewer, is fading
	fadeValue    = .75 // of the base's value, and less
)

// partSQL is feature.part_churn with a number for the subject; score.part_churn counts
// the subjects in the same way.
const partSQL = `SELECT p.origin, p.customer_key, CAST(b.bucket_no AS DOUBLE) AS bucket_no, p.recency, p.part_365, p.part_730, p.part_183, p.part_91, p.part_season, p.part_share, p.share_change,
       p.part_overdue, CAST(p.part_lines AS DOUBLE) AS part_lines, p.days_365, p.days_183, p.whole_recency, p.trend, p.classes, p.subject_trend, p.chance, p.part_after, p.days_after
FROM (SELECT * FROM feature.part_churn_past UNION ALL SELECT * FROM feature.part_churn) AS p
LEFT JOIN (SELECT k.bucket, row_number() OVER (ORDER BY k.bucket) AS bucket_no FROM (SELECT DISTINCT bucket FROM feature.part_churn) AS k) AS b ON b.bucket = p.bucket
ORDER BY p.origin, p.customer_key, p.bucket`

// fadeRowsSQL is feature.fade, the past and today.
const fadeRowsSQL = `SELECT f.origin, f.customer_key, f.base, f.base_value, f.now, f.before, CAST(f.base_type AS DOUBLE) AS base_type, CAST(f.after_type AS DOUBLE) AS after_type, f.after, f.after_value
FROM (SELECT * FROM feature.fade_past UNION ALL SELECT * FROM feature.fade) AS f
ORDER BY f.origin, f.customer_key`

// quiet is the model of one such event: its rows at origins and today, how it was
// tested, and the probabilities of today.
type quiet struct {
	name     string
	features []churn.Feature
	volume   [][]string // columns that say how much is bought, summed by term; years apart, as after a good one comes an ordinary one
	data     *churn.Data
	chance   []float64 // by row of data: probability had nothing changed; nil: not said
	today    *churn.Data
	tests    []int
	backtest *churn.Backtest
	fitted   *churn.Fitted
	model    *churn.Model
	p        []float64 // by row of today; NaN without a model
	judged   []judged
	equal    metric.Within // of the model, among rows bought equally often
	why      string        // there is no model
}

// Names of the baselines beside a quiet event.
const (
	baseRate = "rate"   // how often it came about at the origins before
	byChance = "chance" // of no day by chance, at the rate of the year before
	byVolume = "volume" // regression on how much is bought alone
)

// quietTests are the last test origins whose horizon has ended, ascending, and all
// origins of the events.
func (s *study) quietTests(first int) (tests, origins []int) {
	last := s.asOf - quietHorizon
	for k := testCount - 1; k >= 0; k-- {
		tests = append(tests, last-k*testStep)
	}
	for k := testCount + quietOrigins - 1; k >= 0; k-- {
		if day := last - k*testStep; day > first+365 {
			origins = append(origins, day)
		}
	}
	return tests, origins
}

// learn tests the past, fits the model of today and scores. Rows with too little to
// learn from leave why and no model.
func (q *quiet) learn(asOf int, seed int64) error {
	q.p = make([]float64, q.today.Rows())
	for i := range q.p {
		q.p[i] = math.NaN()
	}
	if q.why != "" {
		return nil
	}
	var err error
	if q.backtest, err = churn.Run(q.data, q.features, q.tests, asOf); err != nil {
		return fmt.Errorf("%s: %w", q.name, err)
	}
	if err := q.judge(seed); err != nil {
		return fmt.Errorf("%s: %w", q.name, err)
	}
	q.fitted, err = churn.Learn(q.data, q.features, asOf, q.backtest.Slope)
	if errors.Is(err, churn.ErrFew) {
		q.why = err.Error()
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w", q.name, err)
	}
	rows, x := q.today.Whole(asOf)
	if len(rows) == 0 {
		return nil
	}
	if q.model, err = q.fitted.Level(q.today, q.backtest.For(q.fitted), rows); err != nil {
		return fmt.Errorf("%s: %w", q.name, err)
	}
	q.p, err = q.model.Score(x)
	return err
}

// judge measures the model and its baselines on what came true.
func (q *quiet) judge(seed int64) error {
	for _, name := range []string{churn.Policy, churn.Recency, churn.Last, byVolume, byChance, baseRate} {
		p := &backtest.Predictions{}
		for _, t := range q.backtest.Tests {
			scores, err := q.scores(name, &t)
			if err != nil {
				return err
			}
			if scores == nil {
				continue
			}
			p.Row, p.Y, p.P = append(p.Row, t.Rows...), append(p.Y, t.Y...), append(p.P, scores...)
			for _, i := range t.Rows {
				p.Customer, p.Fold = append(p.Customer, fmt.Sprint(q.data.Customer[i])), append(p.Fold, date(t.Origin))
			}
		}
		if len(p.Y) == 0 {
			continue
		}
		r, err := backtest.Judge(p, backtest.Options{Seed: uint64(seed), Draws: 100})
		if err != nil {
			return fmt.Errorf("judge %s: %w", name, err)
		}
		q.judged = append(q.judged, judged{name: name, report: r})
	}
	return q.judgeWithin()
}

// scores are the probabilities of a model or baseline at a test; nil where it has none.
func (q *quiet) scores(name string, t *churn.Test) ([]float64, error) {
	out := make([]float64, len(t.Rows))
	switch {
	case name == byChance && q.chance == nil:
		return nil, nil
	case name == byChance:
		for k, i := range t.Rows {
			out[k] = q.chance[i]
		}
	case name == byVolume:
		return churn.Volume(q.data, q.volume, t.Origin, t.Rows)
	case name == baseRate:
		var n, sum float64
		for i, until := range q.data.Until {
			if until <= t.Origin {
				n, sum = n+1, sum+q.data.Y[i]
			}
		}
		for k := range out {
			out[k] = sum / n // learned, so n > 0
		}
	default:
		return t.P[name], nil
	}
	return out, nil
}

// leastBeyond is where the interval of the AUC among rows bought equally often must begin
// for the model to tell of change. Below it companies come where nothing changes but
// seasons, and a good year is followed by an ordinary one.
const leastBeyond = .55

// The rows of a test are cut by volume into groups of equalRows, at least equalGroups of
// them: in tenths of a test the volume of a group still tells.
const (
	equalRows   = 20
	equalGroups = 10
)

// judgeWithin measures what the model tells of rows that are bought equally often, by test.
func (q *quiet) judgeWithin() error {
	q.equal = metric.Within{AUC: math.NaN(), Low: math.NaN(), High: math.NaN()}
	var y, p []float64
	var stratum []int
	var customer []int64
	first := 0 // stratum of the test
	for k := range q.backtest.Tests {
		t := &q.backtest.Tests[k]
		volume, err := q.scores(byVolume, t)
		if err != nil {
			return err
		}
		if volume == nil || t.P[churn.Policy] == nil {
			continue
		}
		order := make([]int, len(volume))
		for n := range order {
			order[n] = n
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(volume[a], volume[b]) })
		groups := max(equalGroups, len(order)/equalRows)
		for n, at := range order {
			y, p = append(y, t.Y[at]), append(p, t.P[churn.Policy][at])
			stratum, customer = append(stratum, first+n*groups/len(order)), append(customer, q.data.Customer[t.Rows[at]])
		}
		first += groups
	}
	if len(y) == 0 {
		return nil
	}
	var err error
	q.equal, err = metric.AUCWithin(y, p, stratum, customer)
	return err
}

// figure is a pooled measure of a model; NaN where there is none.
func (q *quiet) figure(name string, of func(m *backtest.Metrics) float64) float64 {
	for i := range q.judged {
		if m := &q.judged[i].report.Pooled; q.judged[i].name == name && m.Reason.EN == "" {
			return of(m)
		}
	}
	return math.NaN()
}

// empty is the data of an event over numeric columns.
func empty(names []string) *churn.Data {
	d := &churn.Data{Kinds: []string{""}, Y: []float64{}}
	for _, name := range names {
		d.X = append(d.X, propensity.Column{Name: name, Numbers: []float64{}})
	}
	return d
}

// put adds a row of an event; y is its outcome, which today's do not have.
func put(d *churn.Data, customer int64, origin int, y float64, value func(column int) float64) {
	d.Customer, d.Origin, d.Until = append(d.Customer, customer), append(d.Origin, origin), append(d.Until, origin+quietHorizon)
	d.Kind, d.Next, d.Y = append(d.Kind, 0), append(d.Next, math.NaN()), append(d.Y, y)
	for k := range d.X {
		d.X[k].Numbers = append(d.X[k].Numbers, value(k))
	}
}

// partFeatures are what the loss of a subject is learned from; concepts as in reasons.
var partFeatures = []featureWords{
	{"recency", "classes", "log", 1, job.Words{EN: "days since the subject was last bought", ZH: "距上次购买该学科天数"}},
	{"part_365", "frequency", "log", 0, job.Words{EN: "order days with the subject in the last 365 days", ZH: "近 365 天该学科订货天数"}},
	{"part_730", "frequency", "log", 0, job.Words{EN: "the same in the 365 days before these", ZH: "再前 365 天该学科订货天数"}},
	{"part_183", "frequency", "log", -1, job.Words{EN: "the same in the last 183 days", ZH: "近 183 天该学科订货天数"}},
	{"part_91", "frequency", "log", -1, job.Words{EN: "the same in the last 91 days", ZH: "近 91 天该学科订货天数"}},
	{"part_season", "season", "log", -1, job.Words{EN: "the same a year ago in the days to come", ZH: "去年同期（预测期对应日）该学科订货天数"}},
	{"part_share", "classes", "", 0, job.Words{EN: "share of its order days with the subject", ZH: "含该学科的订货天数占比"}},
	{"share_change", "classes", "", 0, job.Words{EN: "change of that share against the year before", ZH: "该占比较上年的变化"}},
	{"part_overdue", "classes", "log", 1, job.Words{EN: "silence in the subject against its mean gap", ZH: "该学科沉默天数与平均间隔之比"}},
	{"part_lines", "value", "log", 0, job.Words{EN: "lines of the subject in the last 365 days", ZH: "近 365 天该学科订单行"}},
	{"days_365", "frequency", "log", 0, job.Words{EN: "order days in the last 365 days", ZH: "近 365 天订货天数"}},
	{"days_183", "frequency", "log", 0, job.Words{EN: "order days in the last 183 days", ZH: "近 183 天订货天数"}},
	{"whole_recency", "rhythm", "log", 0, job.Words{EN: "days since the last order of any subject", ZH: "距上次任意订货天数"}},
	{"trend", "trend", "", 0, job.Words{EN: "order days of the last 183 days against the 183 before (log)", ZH: "近 183 天订货天数较前 183 天（对数）"}},
	{"classes", "classes", "", 0, job.Words{EN: "subjects bought in the last 365 days", ZH: "近 365 天涉及学科数"}},
	{"subject_trend", "classes", "", 0, job.Words{EN: "how the subject sells to all, against a year ago and all subjects (log)", ZH: "该学科整体销售较去年及全部学科的变化（对数）"}},
}

// fadeFeatures are added to those of churn.
var fadeFeatures = []featureWords{
	{"fade_base", "season", "log", 0, job.Words{EN: "order days a year ago in the 183 days to come", ZH: "去年同期（未来 183 天对应日）订货天数"}},
	{"fade_fall", "trend", "", 1, job.Words{EN: "how far the order days of the last 183 days lie below those a year before (log)", ZH: "近 183 天订货天数低于去年同期的程度（对数）"}},
}

func columnsOf(list []featureWords) (names []string, learned []churn.Feature) {
	for _, f := range list {
		names = append(names, f.name)
		learned = append(learned, churn.Feature{Name: f.name, Concept: f.concept, Log: f.scale == "log", Monotone: f.rise})
	}
	return names, append(learned, churn.Feature{Name: churn.NoneColumn, Concept: "rhythm"}, churn.Feature{Name: churn.WindowColumn, Concept: "horizon"}, churn.Feature{Name: churn.TypeColumn, Concept: "type"})
}

// parts reads the pairs of customer and subject. The event: none of it in the horizon,
// of a customer that orders on two days and more in it.
func (s *study) parts(f *frame.Frame) *quiet {
	names, learned := columnsOf(partFeatures)
	q := &quiet{name: churn.Partial, features: learned, volume: [][]string{{"part_365"}, {"part_730"}, {"part_lines"}, {"days_365"}}, data: empty(names), today: empty(names)}
	var columns [][]float64
	for _, name := range names {
		columns = append(columns, f.Column(name))
	}
	for i := range f.Rows() {
		key, o := int64(f.Column("customer_key")[i]), int(f.Column("origin")[i])
		value := func(k int) float64 { return columns[k][i] }
		if o == s.asOf {
			put(q.today, key, o, 0, value)
			s.pairs = append(s.pairs, int64(f.Column("bucket_no")[i]))
			continue
		}
		if f.Column("days_after")[i] < goesOn {
			continue // gone, or gone silent: the matter of churn
		}
		y := 0.0
		if f.Column("part_after")[i] == 0 {
			y = 1
		}
		put(q.data, key, o, y, value)
		q.chance = append(q.chance, f.Column("chance")[i])
	}
	return q
}

// fades reads the customers with a base. The event: order days at most half of the
// base, moved with the type, and value at most three quarters of it, of a customer
// that orders on two days and more.
func (s *study) fades(f *frame.Frame) *quiet {
	names, learned := columnsOf(append(append([]featureWords(nil), features...), fadeFeatures...))
	q := &quiet{name: churn.Fading, features: learned, volume: [][]string{{"fade_base"}, {"days_365"}}, data: empty(names), today: empty(names)}
	type at struct{ origin, customer int64 }
	rowOf := func(d *churn.Data) map[at]int {
		out := make(map[at]int, d.Rows())
		for i, key := range d.Customer {
			out[at{int64(d.Origin[i]), key}] = i
		}
		return out
	}
	past, now := rowOf(s.data.Data), rowOf(s.today.Data)
	for i := range f.Rows() {
		key, o := int64(f.Column("customer_key")[i]), int(f.Column("origin")[i])
		from, into, places := s.data, q.data, past
		if o == s.asOf {
			from, into, places = s.today, q.today, now
		}
		row, known := places[at{int64(o), key}]
		base, after := f.Column("base")[i], f.Column("after")[i]
		if !known || o != s.asOf && after < goesOn {
			continue
		}
		y := 0.0
		expected := base * f.Column("after_type")[i] / f.Column("base_type")[i]
		if after <= fadeShare*expected && f.Column("after_value")[i] <= fadeValue*f.Column("base_value")[i] {
			y = 1
		}
		put(into, key, o, y, func(k int) float64 {
			switch names[k] {
			case "fade_base":
				return base
			case "fade_fall":
				return math.Log1p(f.Column("before")[i]) - math.Log1p(f.Column("now")[i])
			}
			return from.X[k].Numbers[row]
		})
	}
	return q
}

// learnQuiet reads the origins of both events, of the customers learned from, and today's
// rows of everyone, and learns them.
func (s *study) learnQuiet(ctx context.Context, j *job.Job) error {
	f, err := j.Frame(ctx, "SELECT coalesce(min(day), 0) AS first FROM feature.churn_day")
	if err != nil {
		return err
	}
	tests, origins := s.quietTests(int(f.Column("first")[0]))
	if err := s.writeOrigins(ctx, j, append(sorted(append([]int(nil), origins...)), s.asOf)); err != nil {
		return err
	}
	for _, e := range []struct {
		feature, sql string
		make         func(*frame.Frame) *quiet
		into         **quiet
	}{{"part_churn", partSQL, s.parts, &s.partial}, {"fade", fadeRowsSQL, s.fades, &s.fading}} {
		if f, err = quietRows(ctx, j, e.feature, e.sql, s.asOf); err != nil {
			return err
		}
		q := e.make(f)
		q.tests, q.why = tests, s.few
		if err := q.learn(s.asOf, s.seed); err != nil {
			return err
		}
		*e.into = q
	}
	return nil
}

// quietRows builds a feature of quiet losses, the past of the customers learned from in
// feature.<name>_past and today of everyone in feature.<name>, and reads both.
func quietRows(ctx context.Context, j *job.Job, name, sql string, asOf int) (*frame.Frame, error) {
	if err := j.Feature(ctx, "churn_who", learners); err != nil {
		return nil, err
	}
	if err := j.FeatureAs(ctx, name, name+"_past", 0, asOf-1); err != nil {
		return nil, err
	}
	if err := j.Feature(ctx, "churn_who", everyone); err != nil {
		return nil, err
	}
	if err := j.Feature(ctx, name, asOf, asOf); err != nil {
		return nil, err
	}
	return j.Frame(ctx, sql)
}
