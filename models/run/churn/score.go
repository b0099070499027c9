package churn

import (
	"context"
	_ "embed"
	"fmt"
	"math"

	"verso/models/churn"
	"verso/models/job"
	"verso/models/propensity"
)

var (
	//go:embed sql/churn.sql
	churnSQL string
	//go:embed sql/churn_before.sql
	beforeSQL string
	//go:embed sql/churn_reason.sql
	reasonSQL string
	//go:embed sql/watchlist.sql
	watchlistSQL string
	//go:embed sql/churn_band.sql
	bandSQL string
)

// reasonsTold is how many reasons a customer has at most.
const reasonsTold = 3

// leastShare is the share of the log-odds below which a concept is no reason: less
// than 5 % on the odds.
const leastShare = .05

// scores are those of today's customers, by row.
type scores struct {
	p     []float64
	none  []float64
	basis []string
	told  [][]told
}

// told is a reason in words: one that the model attributes the risk to, or what has
// changed in the customer's facts, of which no cause is claimed.
type told struct {
	concept string
	share   float64 // NaN for a change
	fact    job.Words
	change  *changed // nil for a reason of the model
}

// score predicts today's customers; without a model by the buy-till-you-die model
// where there is one.
func (s *study) score(ctx context.Context, j *job.Job) error {
	n := s.today.Rows()
	s.scores = &scores{p: make([]float64, n), none: make([]float64, n), basis: make([]string, n), told: make([][]told, n)}
	rows, x := s.today.Whole(s.asOf)
	for i := range rows {
		s.scores.none[i] = s.today.none(i, s.today.Until[i])
		s.scores.p[i], s.scores.basis[i] = s.scores.none[i], "btyd"
		if math.IsNaN(s.scores.none[i]) {
			s.scores.basis[i] = "none"
		}
	}
	if n == 0 {
		return nil
	}
	facts, err := readFacts(ctx, j)
	if err != nil {
		return err
	}
	for from := 0; from < n; from += explained {
		if err := s.explain(x, facts, from, min(n, from+explained)); err != nil {
			return err
		}
	}
	return nil
}

// explained is how many customers are explained at a time: the shares of all features of
// all customers would take more memory than everything else.
const explained = 1 << 14

// explain scores a range of rows by the model, where there is one, and chooses their
// reasons.
func (s *study) explain(x propensity.Table, facts map[int64]extra, from, to int) error {
	attributed := make([][]churn.Reason, to-from)
	if s.model != nil {
		rows := make([]int, to-from)
		for k := range rows {
			rows[k] = from + k
		}
		part := x.Take(rows)
		p, err := s.model.Score(part)
		if err != nil {
			return err
		}
		e, err := s.model.Explain(part)
		if err != nil {
			return err
		}
		attributed = churn.Reasons(e, learnFeatures())
		for k, i := range rows {
			s.scores.p[i], s.scores.basis[i] = p[k], "model"
		}
	}
	for k, list := range attributed {
		s.scores.told[from+k] = s.tell(from+k, list, facts[s.today.Customer[from+k]])
	}
	return nil
}

// tell chooses the reasons of a row: first what the model attributes its risk to where
// the facts bear it out, then what has changed in the customer's own past. A change is
// told before the third reason of the model.
func (s *study) tell(row int, attributed []churn.Reason, x extra) []told {
	var list []told
	is := map[string]bool{}
	for _, reason := range attributed {
		if len(list) == reasonsTold || reason.Share < leastShare {
			break
		}
		if fact, ok := s.today.fact(reason.Concept, row, x); ok {
			list, is[reason.Concept] = append(list, told{reason.Concept, reason.Share, fact, nil}), true
		}
	}
	var changes []told
	for _, c := range s.today.changes(row, x) {
		if !is[c.concept] {
			changes = append(changes, told{c.concept, math.NaN(), c.words, &c})
		}
	}
	if len(changes) > 0 && len(list) == reasonsTold {
		list = list[:reasonsTold-1]
	}
	return append(list, changes[:min(len(changes), reasonsTold-len(list))]...)
}

func (s *study) writeScores(ctx context.Context, j *job.Job) error {
	if err := s.score(ctx, j); err != nil {
		return err
	}
	if err := s.remember(ctx, j); err != nil {
		return err
	}
	var err error
	if s.offer, err = findOffer(ctx, j); err != nil {
		return err
	}
	n := s.today.Rows()
	horizon, until, last := make([]int64, n), make([]int64, n), make([]int64, n)
	var reasons [reasonsTold][2][]string
	var r reasonRows
	for place := range reasons {
		for lang := range reasons[place] {
			reasons[place][lang] = make([]string, n)
		}
	}
	for i := range n {
		k := &s.kinds[s.today.Kind[i]]
		horizon[i], until[i], last[i] = int64(k.horizon), int64(s.today.Until[i]), int64(s.today.last[i])
		for place, t := range s.scores.told[i] {
			reasons[place][0][i], reasons[place][1][i] = t.listed().EN, t.listed().ZH
			r.add(s.today.Customer[i], int64(place+1), t)
		}
	}
	columns := []job.Column{job.Col("customer_key", s.today.Customer), job.Col("horizon_days", horizon), job.Col("until_day", until), job.Col("last_day", last),
		job.Col("p", s.scores.p), job.Col("p_none", s.scores.none), job.Col("basis", s.scores.basis)}
	for place := range reasons {
		columns = append(columns, job.Col(fmt.Sprintf("reason_%d", place+1), reasons[place][0]), job.Col(fmt.Sprintf("reason_%d_zh", place+1), reasons[place][1]))
	}
	if err := j.Score(ctx, churnSQL, []any{s.offer.rate, s.offer.rate, s.offer.cost, fmt.Sprint(s.seed)}, columns...); err != nil {
		return err
	}
	return r.write(ctx, j)
}

// remember keeps the probabilities of the last run with an earlier date, and makes
// the tables that are read empty where other models have not made them.
func (s *study) remember(ctx context.Context, j *job.Job) error {
	f, err := j.Frame(ctx, "SELECT CASE WHEN table_name = 'churn' THEN 1 ELSE 2 END AS which FROM information_schema.columns WHERE table_schema = 'score' AND (table_name = 'churn' AND column_name = 'before' OR table_name = 'clv' AND column_name = 'sales_to_come') ORDER BY 1")
	if err != nil {
		return err
	}
	has := map[float64]bool{}
	for _, which := range f.Column("which") {
		has[which] = true
	}
	if !has[1] {
		if err := j.Exec(ctx, `CREATE OR REPLACE TABLE score.churn (customer_key INTEGER, as_of DATE, probability DOUBLE, "before" DOUBLE, before_as_of DATE)`); err != nil {
			return err
		}
	}
	value := "SELECT customer_key, clv, sales_to_come FROM score.clv"
	if !has[2] {
		value = "SELECT CAST(NULL AS INTEGER) AS customer_key, CAST(NULL AS DECIMAL(18, 4)) AS clv, CAST(NULL AS DECIMAL(18, 4)) AS sales_to_come"
	}
	if err := j.Exec(ctx, "CREATE OR REPLACE TEMP TABLE churn_value AS "+value); err != nil {
		return err
	}
	return j.Exec(ctx, beforeSQL)
}

func (s *study) writeWatchlist(ctx context.Context, j *job.Job) error {
	for _, sql := range []string{watchlistSQL, bandSQL} {
		if err := j.Exec(ctx, sql); err != nil {
			return fmt.Errorf("write the watch-list: %w", err)
		}
	}
	return nil
}

// offer is what acting does and costs.
type offer struct {
	rate     float64 // share of those about to leave who stay when acted on
	cost     float64 // of a contact
	campaign int64   // key of the controlled campaign the rate is measured in; 0: it is assumed
}

// assumedRate is the mean of the Beta(6, 14) distribution of acceptance that
// Verbraken, Verbeke and Baesens (2013) take for retention offers.
const assumedRate = .3

// findOffer reads what a campaign with a random control group did, the last that
// brought a lift: of those who would not have ordered, the share made to order, and
// what it cost a customer. Without one the share is assumed, and a contact costs the
// mean of the last year's.
func findOffer(ctx context.Context, j *job.Job) (offer, error) {
	o := offer{rate: assumedRate}
	f, err := j.Frame(ctx, "SELECT CAST(coalesce(avg(a.cost), 0) AS DOUBLE) AS cost FROM core.fact_activity AS a CROSS JOIN meta.run AS r WHERE a.cost > 0 AND a.date <= r.as_of AND a.date > r.as_of - 365")
	if err != nil {
		return o, err
	}
	o.cost = math.Round(f.Columns[0][0]*100) / 100
	if f, err = j.Frame(ctx, "SELECT count(*) AS n FROM information_schema.columns WHERE table_schema = 'score' AND table_name = 'campaign' AND column_name IN ('is_lift', 'baseline', 'lift', 'method', 'cost', 'treated')"); err != nil || f.Columns[0][0] != 6 {
		return o, err
	}
	f, err = j.Frame(ctx, "SELECT campaign_key, lift / (1 - baseline) AS rate, CAST(cost AS DOUBLE) / treated AS cost FROM score.campaign WHERE is_lift AND method = 'random control' AND lift > 0 AND baseline < 1 AND treated > 0 ORDER BY from_date DESC, campaign_key LIMIT 1")
	if err == nil && f.Rows() == 1 {
		o.campaign, o.rate = int64(f.Columns[0][0]), min(1, f.Columns[1][0])
		if o.cost = 0; f.Columns[2][0] > 0 {
			o.cost = math.Round(f.Columns[2][0]*100) / 100
		}
	}
	return o, err
}
