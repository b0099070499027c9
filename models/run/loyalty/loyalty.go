// Package loyalty runs the models of persistency: who is new, active, dormant or
// lost, how loyal customers are, how cohorts stay, and in what rhythm they buy.
package loyalty

import (
	"context"
	_ "embed"
	"math"
	"time"

	"verso/models/job"
	"verso/models/persistency"
)

var (
	//go:embed sql/loyalty.sql
	loyaltySQL string
	//go:embed sql/retention.sql
	retentionSQL string
	//go:embed sql/rhythm.sql
	rhythmSQL string
	//go:embed sql/survival.sql
	survivalSQL string
)

// academic are the customer types whose clock stands still outside the terms.
var academic = map[string]bool{"university": true, "school": true}

// all stands for all customer types in score.rhythm and score.survival.
const all = "(all)"

// Loyalty writes score.loyalty, one row per customer with a purchase, and
// score.retention, score.rhythm and score.survival. It reads score.clv.
func Loyalty() job.Model { return job.Model{Name: "loyalty", Run: run} }

// people are the customers with purchases, by their place 0, 1, ….
type people struct {
	asOf    int
	keys    []int64
	types   []int
	names   map[int]string       // of types
	history *persistency.History // nil: nobody bought
	clocks  persistency.Clocks
	alive   []float64 // nil: not known
	breadth []float64
	first   int // day of the first purchase of all
	last    int
}

func run(ctx context.Context, j *job.Job) (int64, error) {
	p, err := read(ctx, j)
	if err != nil {
		return 0, err
	}
	states, index, err := p.judge()
	if err != nil {
		return 0, err
	}
	if err := p.writeLoyalty(ctx, j, states, index); err != nil {
		return 0, err
	}
	c := p.card(states, index)
	for _, step := range []func(context.Context, *job.Job, *job.Card) error{p.retention, p.rhythm, func(ctx context.Context, j *job.Job, c *job.Card) error { return p.survival(ctx, j, c, states) }} {
		if err := step(ctx, j, &c); err != nil {
			return 0, err
		}
	}
	return int64(len(p.keys)), j.Save(ctx, c)
}

// judge finds the state and the index of every customer; of nobody where nobody
// bought.
func (p *people) judge() ([]persistency.State, *persistency.Loyalty, error) {
	if p.history == nil {
		return nil, &persistency.Loyalty{}, nil
	}
	states, err := persistency.Classify(p.history, p.types, p.asOf, p.rule())
	if err != nil {
		return nil, nil, err
	}
	index, err := persistency.LoyaltyIndex(p.history, persistency.LoyaltyInput{AsOf: p.asOf, Types: p.types, PAlive: p.alive, Breadth: p.breadth, Clocks: p.clocks})
	return states, index, err
}

func (p *people) rule() persistency.StatusOptions { return persistency.StatusOptions{Clocks: p.clocks} }

// read takes the purchases up to the as-of date, the terms, and what is known of
// the customers beside.
func read(ctx context.Context, j *job.Job) (*people, error) {
	for _, name := range []string{"purchase_day", "customer_margin", "customer_breadth"} {
		if err := j.Feature(ctx, name); err != nil {
			return nil, err
		}
	}
	f, err := j.Frame(ctx, `SELECT d.customer_key, d.order_day, d.amount, coalesce(m.type_no, 0) AS type_no, c.p_alive, coalesce(b.subjects, 0) AS subjects
FROM feature.purchase_day AS d
LEFT JOIN feature.customer_margin AS m ON m.customer_key = d.customer_key
LEFT JOIN score.clv AS c ON c.customer_key = d.customer_key
LEFT JOIN feature.customer_breadth AS b ON b.customer_key = d.customer_key
ORDER BY d.customer_key, d.order_day`)
	if err != nil {
		return nil, err
	}
	p := &people{asOf: int(j.AsOf.Unix() / 86400), names: map[int]string{}, first: math.MaxInt, last: math.MinInt}
	lines := persistency.Purchases{Amount: f.Column("amount")}
	known := true
	for i := range f.Rows() {
		key, day := int64(f.Column("customer_key")[i]), int(f.Column("order_day")[i])
		if n := len(p.keys); n == 0 || p.keys[n-1] != key {
			alive := f.Column("p_alive")[i]
			known = known && alive == alive
			p.keys, p.types = append(p.keys, key), append(p.types, int(f.Column("type_no")[i]))
			p.alive, p.breadth = append(p.alive, alive), append(p.breadth, f.Column("subjects")[i])
		}
		lines.Customer, lines.Day = append(lines.Customer, len(p.keys)-1), append(lines.Day, day)
		if lines.Amount[i] > 0 {
			p.first, p.last = min(p.first, day), max(p.last, day)
		}
	}
	if !known {
		p.alive = nil // of some who only sent back, nothing is known: the part is left out for all
	}
	if p.last < p.first { // nobody bought
		p.keys = nil
		return p, nil
	}
	if p.history, err = persistency.NewHistory(lines, len(p.keys)); err != nil {
		return nil, err
	}
	if err := j.Each(ctx, "SELECT DISTINCT type_no, customer_type FROM feature.customer_margin ORDER BY type_no", func(no int64, name string) { p.names[int(no)] = name }); err != nil {
		return nil, err
	}
	p.clocks, err = p.terms(ctx, j)
	return p, err
}

// terms are the clocks of academic customers: a day outside the terms does not
// count. Without a calendar of terms there are none.
func (p *people) terms(ctx context.Context, j *job.Job) (persistency.Clocks, error) {
	f, err := j.Frame(ctx, "SELECT CAST(date - DATE '1970-01-01' AS INTEGER) AS day, CASE WHEN week_of_term IS NULL THEN 0 ELSE 1 END AS counts FROM core.dim_date WHERE date_key <> -1 ORDER BY date")
	if err != nil || f.Rows() == 0 {
		return nil, err
	}
	counts := f.Column("counts")
	clock, err := persistency.NewClock(int(f.Column("day")[0]), counts)
	if err != nil {
		return nil, err
	}
	clocks := persistency.Clocks{}
	for no, name := range p.names {
		if academic[name] {
			clocks[no] = clock
		}
	}
	return clocks, nil
}

func (p *people) writeLoyalty(ctx context.Context, j *job.Job, states []persistency.State, index *persistency.Loyalty) error {
	n := len(p.keys)
	keys, last, lostOn := make([]int64, 0, n), make([]int64, 0, n), make([]int64, 0, n)
	status, facts, factsZH := make([]string, 0, n), [2][]string{}, [2][]string{}
	own := make([]bool, 0, n)
	var silence, gap, limit, loyal []float64
	parts := make([][]float64, len(index.Weights))
	for c, s := range states {
		x := index.Scores[c]
		if s.Status == persistency.Never || !x.Scored {
			continue // nothing but returns
		}
		keys, status, own = append(keys, p.keys[c]), append(status, string(s.Status)), append(own, s.OwnGap)
		last, lostOn = append(last, int64(s.Last)), append(lostOn, int64(s.LostOn))
		silence, gap, limit, loyal = append(silence, s.Silence), append(gap, s.Gap), append(limit, s.Limit), append(loyal, x.Index)
		for part := range parts {
			v := math.NaN()
			if index.Weights[part] > 0 {
				v = x.Percentile[part]
			}
			parts[part] = append(parts[part], v)
		}
		for k := range 2 {
			var words job.Words
			if k < len(x.Facts) {
				words = factWords(x.Facts[k])
			}
			facts[k], factsZH[k] = append(facts[k], words.EN), append(factsZH[k], words.ZH)
		}
	}
	return j.Score(ctx, loyaltySQL, nil, job.Col("customer_key", keys), job.Col("status", status), job.Col("last_day", last), job.Col("silence", silence), job.Col("gap", gap),
		job.Col("is_own_gap", own), job.Col("threshold", limit), job.Col("lost_on", lostOn), job.Col("loyalty", loyal),
		job.Col("tenure", parts[persistency.Tenure]), job.Col("repeat", parts[persistency.Repeat]), job.Col("rhythm", parts[persistency.Rhythm]),
		job.Col("recency", parts[persistency.Recency]), job.Col("alive", parts[persistency.PAlive]), job.Col("breadth", parts[persistency.Breadth]),
		job.Col("fact_1", facts[0]), job.Col("fact_2", facts[1]), job.Col("fact_1_zh", factsZH[0]), job.Col("fact_2_zh", factsZH[1]))
}

func (p *people) card(states []persistency.State, index *persistency.Loyalty) job.Card {
	c := job.Card{
		Model: "loyalty", Version: 1, Rows: int64(len(p.keys)), Outputs: []string{"loyalty", "retention", "rhythm", "survival"},
		Definition: job.Words{
			EN: "Status by the rule below, on a clock that stands still outside the terms for universities and schools. Loyalty from 0 to 100: weighted percentiles within the customer's type of tenure, repeat rate, rhythm, recency against the own gap, probability of being alive, and breadth of subjects.",
			ZH: "状态按下列规则判定，高校与学校的时钟在学期之外停止。忠诚度 0–100：在同类客户中，客户年限、复购率、节奏、相对自身间隔的近度、存续概率与学科广度的加权百分位。"},
		Features: []job.Feature{{Name: "purchase", Definition: job.Words{EN: "a day with a positive sum, net of returns", ZH: "扣除退货后金额为正的一天"}}, {Name: "breadth", Definition: job.Words{EN: "subjects bought from in the window", ZH: "期内购买的学科数"}}},
	}
	c.Parameter("rule", ruleWords(p.rule()))
	for part, w := range index.Weights {
		c.Parameter("weight."+persistency.Part(part).String(), w)
	}
	count := map[persistency.Status]int{}
	for _, s := range states {
		count[s.Status]++
	}
	for _, s := range []persistency.Status{persistency.New, persistency.Active, persistency.Reactivated, persistency.Dormant, persistency.Lost} {
		c.Metric("status."+string(s), float64(count[s]), "customers", job.Wordsf("as of %s", "截至 %s", time.Unix(int64(p.asOf)*86400, 0).UTC().Format(time.DateOnly)))
	}
	buyers := len(p.keys) - count[persistency.Never]
	if buyers == 0 {
		c.Reading = job.Words{EN: "No customer has bought up to the as-of date.", ZH: "截至截止日没有客户购买。"}
		return c
	}
	c.Reading = job.Wordsf("Of %d customers who ever bought, %d are active, %d new, %d reactivated, %d dormant and %d lost.",
		"曾购买的 %d 个客户中，%d 个活跃，%d 个新客户，%d 个重新激活，%d 个沉睡，%d 个流失。",
		buyers, count[persistency.Active], count[persistency.New], count[persistency.Reactivated], count[persistency.Dormant], count[persistency.Lost])
	return c
}
