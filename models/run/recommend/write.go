package recommend

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"verso/models/job"
)

// pack collects lines as columns of results.
type pack struct {
	customer, title, rank, list, model []int64
	score                              []float64
	next, held                         []bool
	kind, key, n                       [2][]int64
	percent                            [2][]float64
	text                               [2][]string
}

func (p *pack) add(customer, title int64, rank, list, model int, e entry, held bool) {
	p.customer, p.title = append(p.customer, customer), append(p.title, title)
	p.rank, p.list, p.model = append(p.rank, int64(rank)), append(p.list, int64(list)), append(p.model, int64(model))
	p.score, p.next, p.held = append(p.score, e.Score), append(p.next, e.Next), append(p.held, held)
	for k, r := range e.reasons {
		p.kind[k], p.key[k], p.n[k] = append(p.kind[k], int64(r.kind)), append(p.key[k], r.key), append(p.n[k], int64(r.n))
		p.percent[k], p.text[k] = append(p.percent[k], r.percent), append(p.text[k], r.text)
	}
}

func (p *pack) columns() []job.Column {
	c := []job.Column{job.Col("customer_key", p.customer), job.Col("title_key", p.title), job.Col("rank", p.rank), job.Col("list", p.list), job.Col("model", p.model),
		job.Col("score", p.score), job.Col("is_next", p.next), job.Col("is_holdout", p.held)}
	for k := range 2 {
		suffix := fmt.Sprintf("_%d", k+1)
		c = append(c, job.Col("kind"+suffix, p.kind[k]), job.Col("key"+suffix, p.key[k]), job.Col("n"+suffix, p.n[k]), job.Col("percent"+suffix, p.percent[k]), job.Col("text"+suffix, p.text[k]))
	}
	return c
}

// partRows is how many lines are written at a time, to bound memory.
const partRows = 400_000

// models of lists, as lines name them.
var listModels = []string{"blend", "attributes", "type"}

// writeLists fills score.recommendation.
func (l *lists) writeLists(ctx context.Context, j *job.Job) error {
	into := "CREATE OR REPLACE TEMP TABLE offer_line AS"
	p := &pack{}
	flush := func() error {
		if err := j.Score(ctx, into+" SELECT * FROM temp.main.fitted ORDER BY customer_key, list, rank", nil, p.columns()...); err != nil {
			return err
		}
		into, p = "INSERT INTO temp.main.offer_line", &pack{}
		return nil
	}
	for u, key := range l.c.customers {
		for no, m := range []*made{&l.stock, &l.new} {
			for rank, e := range m.entries[u] {
				p.add(key, l.c.titles[e.Title], rank+1, no, slices.Index(listModels, m.models[u]), e, l.held[u])
			}
		}
		if len(p.customer) >= partRows {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if err := flush(); err != nil {
		return err
	}
	if err := j.Exec(ctx, spoken(recommendationSQL, "l"), dateKey(j.AsOf)); err != nil {
		return fmt.Errorf("lists: %w", err)
	}
	return j.Exec(ctx, "DROP TABLE temp.main.offer_line")
}

// dateKey is the key of a day in the date dimension.
func dateKey(t time.Time) int64 {
	return int64(t.Year()*10000 + int(t.Month())*100 + t.Day())
}

// writeOutcomes holds earlier offers against what was ordered, and remembers
// today's.
func writeOutcomes(ctx context.Context, j *job.Job) error {
	if err := j.Exec(ctx, outcomeSQL, j.AsOf); err != nil {
		return fmt.Errorf("outcomes of offers: %w", err)
	}
	if err := j.Exec(ctx, offerSQL, j.AsOf); err != nil {
		return fmt.Errorf("remember offers: %w", err)
	}
	return nil
}

// writeSchema makes the tables that lists are added to.
func writeSchema(ctx context.Context, j *job.Job) error {
	return j.Exec(ctx, strings.ReplaceAll(schemaSQL, "{as_of}", j.AsOf.Format(time.DateOnly)))
}

// writeTests fills score.recommendation_backtest: every model on the whole, by
// type of customer and by the titles it had; ratio is recall against that of
// popularity on the same customers.
func (f *fitted) writeTests(ctx context.Context, j *job.Job) error {
	var list, model, kind, size []string
	var users, window []int64
	var recall, ndcg, hit, covered, novelty, diversity, calibration, base, ratio []float64
	add := func(t *tested, k, s string, n int, r, g, h, c, nov, div, cal, b float64) {
		list, model, kind, size = append(list, t.list), append(model, t.Model), append(kind, k), append(size, s)
		users, window = append(users, int64(n)), append(window, map[string]int64{"stock": int64(f.window), "new": freshDays, "newcomers": newcomerDays}[t.list])
		recall, ndcg, hit, covered = append(recall, r), append(ndcg, g), append(hit, h), append(covered, c)
		novelty, diversity, calibration, base = append(novelty, nov), append(diversity, div), append(calibration, cal), append(base, b)
		q := math.NaN()
		if b > 0 {
			q = r / b
		}
		ratio = append(ratio, q)
	}
	nan := math.NaN()
	for k := range f.tests {
		t := &f.tests[k]
		popular := f.find(t.list, "popularity")
		b := nan
		if popular != nil {
			b = popular.Recall
		}
		coverage, novel := t.Coverage, t.Novelty
		if t.list == "newcomers" {
			coverage = nan
		}
		if t.list != "stock" {
			novel = nan
		}
		add(t, "(all)", "(all)", t.Users, t.Recall, t.NDCG, t.HitRate, coverage, novel, value(t.Diversity), value(t.Calibration), b)
		for s, part := range t.Segments {
			b := nan
			if popular != nil {
				b = popular.Segments[s].Recall
			}
			if part.By == "type" {
				add(t, part.Value, "(all)", part.Users, part.Recall, part.NDCG, part.Hit, nan, nan, nan, nan, b)
			} else {
				add(t, "(all)", part.Value, part.Users, part.Recall, part.NDCG, part.Hit, nan, nan, nan, nan, b)
			}
		}
	}
	return j.Score(ctx, `CREATE OR REPLACE TABLE score.recommendation_backtest AS
SELECT list, model, customer_type, size, CAST(days AS INTEGER) AS days, CAST(customers AS INTEGER) AS customers, recall, ndcg, hit_rate, coverage, novelty, diversity, calibration, recall_popularity, ratio
FROM temp.main.fitted ORDER BY list, model, customer_type, size`, nil,
		job.Col("list", list), job.Col("model", model), job.Col("customer_type", kind), job.Col("size", size), job.Col("days", window), job.Col("customers", users), job.Col("recall", recall),
		job.Col("ndcg", ndcg), job.Col("hit_rate", hit), job.Col("coverage", covered), job.Col("novelty", novelty), job.Col("diversity", diversity), job.Col("calibration", calibration),
		job.Col("recall_popularity", base), job.Col("ratio", ratio))
}

func value(p *float64) float64 {
	if p == nil {
		return math.NaN()
	}
	return *p
}

// writeRules fills score.offer_rule and score.offer_trade: what the rules left
// out, and what diversity costs.
func (l *lists) writeRules(ctx context.Context, j *job.Job) error {
	var list, rule, off []string
	var no, titles, pairs []int64
	var where []string
	var weight, relevance, diversity, subjects, publishers []float64
	var chosen []bool
	var different []int64
	for _, m := range []*made{&l.stock, &l.new} {
		if m.choice == nil {
			continue
		}
		for k, r := range m.choice.Rules {
			list, rule, off, no = append(list, m.list), append(rule, r.Name), append(off, r.Off), append(no, int64(k+1))
			titles, pairs = append(titles, int64(r.Titles)), append(pairs, int64(r.Pairs))
		}
		for _, s := range m.steps {
			where, weight, relevance, diversity = append(where, m.list), append(weight, s.Weight), append(relevance, s.Relevance), append(diversity, s.Diversity)
			subjects, publishers, different, chosen = append(subjects, s.Subjects), append(publishers, s.Publishers), append(different, int64(s.Titles)), append(chosen, s.Weight == m.weight)
		}
	}
	err := j.Score(ctx, `CREATE OR REPLACE TABLE score.offer_rule AS
SELECT list, CAST(no AS INTEGER) AS no, rule, off = '' AS is_on, nullif(off, '') AS off_reason, titles, candidates FROM temp.main.fitted ORDER BY list, no`, nil,
		job.Col("list", list), job.Col("rule", rule), job.Col("off", off), job.Col("no", no), job.Col("titles", titles), job.Col("candidates", pairs))
	if err != nil {
		return err
	}
	return j.Score(ctx, `CREATE OR REPLACE TABLE score.offer_trade AS
SELECT list, weight, relevance, diversity, subjects, publishers, titles, is_chosen FROM temp.main.fitted ORDER BY list, weight`, nil,
		job.Col("list", where), job.Col("weight", weight), job.Col("relevance", relevance), job.Col("diversity", diversity), job.Col("subjects", subjects), job.Col("publishers", publishers),
		job.Col("titles", different), job.Col("is_chosen", chosen))
}
