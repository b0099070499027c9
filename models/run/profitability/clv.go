package profitability

import (
	"context"
	_ "embed"
	"errors"
	"time"

	"verso/models/clv"
	"verso/models/frame"
	"verso/models/job"
)

var (
	//go:embed sql/clv.sql
	clvSQL string
	//go:embed sql/clv_tracking.sql
	clvTrackingSQL string
	//go:embed sql/clv_holdout.sql
	clvHoldoutSQL string
)

// CLVOptions choose what customer lifetime value looks at.
type CLVOptions struct {
	Months int     // horizon of orders and values; 0: 12
	Annual float64 // interest rate a year that values are discounted with; 0: what capital costs (meta.cost_rate)
}

// CLV values customers by what they will still buy, into score.clv: MBG/NBD with
// Gamma-Gamma spend, beside BG/NBD, Pareto/NBD and NBD in the card, and a
// backtest whose course is score.clv_tracking for the model's shape and, for what
// it expected of every customer in the time held out, score.clv_holdout.
func CLV(o CLVOptions) job.Model {
	return job.Model{Name: "clv", Run: func(ctx context.Context, j *job.Job) (int64, error) { return runCLV(ctx, j, o) }}
}

// lifetime is what the model of lifetime value is made of.
type lifetime struct {
	asOf     int // day
	annual   float64
	months   int
	tx       clv.Transactions
	options  clv.RowOptions
	rows     *clv.Rows
	clock    choice
	types    map[int64]int // type of a customer
	names    map[int]string
	margins  map[int64]float64 // margin rate of a customer whose cost is known
	groups   []group
	grouping choice
	pooled   *clv.Model   // of all customers together, where groups were taken
	others   []*clv.Model // the models beside, all customers together
	backtest *backtest
}

// choice is one of two ways, and why.
type choice struct {
	taken bool
	words job.Words
}

// group are customers that one model was fitted on.
type group struct {
	name  string
	index []int // rows
	model *clv.Model
	spend *clv.Spend // nil: no spend can be learned
	stays bool       // the purchases do not tell that anybody leaves
}

func dayNumber(t time.Time) int { return int(t.Unix() / 86400) }

func runCLV(ctx context.Context, j *job.Job, o CLVOptions) (int64, error) {
	l, err := readLifetime(ctx, j, o)
	if err != nil {
		return 0, err
	}
	reason := l.fit()
	if err := l.write(ctx, j); err != nil {
		return 0, err
	}
	return int64(len(l.rows.Key)), j.Save(ctx, l.card(reason))
}

// readLifetime reads purchases, types and margins.
func readLifetime(ctx context.Context, j *job.Job, o CLVOptions) (*lifetime, error) {
	l := &lifetime{asOf: dayNumber(j.AsOf), months: o.Months, annual: o.Annual, types: map[int64]int{}, names: map[int]string{}, margins: map[int64]float64{}, rows: &clv.Rows{}}
	if l.months == 0 {
		l.months = 12
	}
	for _, name := range []string{"purchase_day", "customer_margin"} {
		if err := j.Feature(ctx, name); err != nil {
			return nil, err
		}
	}
	if l.annual == 0 {
		f, err := j.Frame(ctx, "SELECT CAST(value AS DOUBLE) AS rate FROM meta.cost_rate WHERE name = 'capital'")
		if err != nil {
			return nil, err
		}
		if f.Rows() == 1 {
			l.annual = f.Columns[0][0]
		}
	}
	f, err := j.Frame(ctx, "SELECT customer_key, order_day, amount FROM feature.purchase_day ORDER BY customer_key, order_day")
	if err != nil {
		return nil, err
	}
	l.tx = transactions(f)
	m, err := j.Frame(ctx, "SELECT customer_key, type_no, margin_rate FROM feature.customer_margin ORDER BY customer_key")
	if err != nil {
		return nil, err
	}
	for i, key := range m.Column("customer_key") {
		l.types[int64(key)] = int(m.Column("type_no")[i])
		if rate := m.Column("margin_rate")[i]; rate == rate {
			l.margins[int64(key)] = rate
		}
	}
	return l, j.Each(ctx, "SELECT DISTINCT type_no, customer_type FROM feature.customer_margin ORDER BY type_no", func(no int64, name string) { l.names[int(no)] = name })
}

func transactions(f *frame.Frame) clv.Transactions {
	n := f.Rows()
	tx := clv.Transactions{Customer: make([]int64, n), Day: make([]int, n), Amount: f.Column("amount")}
	for i := range n {
		tx.Customer[i], tx.Day[i] = int64(f.Column("customer_key")[i]), int(f.Column("order_day")[i])
	}
	return tx
}

// write puts the scores into their tables, without rows where there is no model.
func (l *lifetime) write(ctx context.Context, j *job.Job) error {
	n := 0
	for _, g := range l.groups {
		n += len(g.index)
	}
	s := newScores(n)
	for _, g := range l.groups {
		if err := l.score(g, s); err != nil {
			return err
		}
	}
	err := j.Score(ctx, clvSQL, nil, job.Col("customer_key", s.key), job.Col("model", s.model), job.Col("fitted_on", s.group), job.Col("repeats", s.repeats),
		job.Col("first_day", s.first), job.Col("last_day", s.last), job.Col("p_alive", s.alive), job.Col("expected", s.expected), job.Col("low", s.low), job.Col("high", s.high),
		job.Col("p_none", s.none), job.Col("next_days", s.next), job.Col("early_days", s.early), job.Col("late_days", s.late), job.Col("mean_spend", s.spend), job.Col("value", s.value), job.Col("forever", s.forever))
	if err != nil {
		return err
	}
	var days []int64
	var held []bool
	var actual, expected []float64
	if b := l.backtest; b != nil {
		for _, p := range b.track {
			days, held = append(days, int64(p.Day)), append(held, p.Day > b.split)
			actual, expected = append(actual, p.Actual), append(expected, p.Expected)
		}
	}
	if err := j.Score(ctx, clvTrackingSQL, nil, job.Col("day", days), job.Col("is_holdout", held), job.Col("actual", actual), job.Col("expected", expected)); err != nil {
		return err
	}
	var steps, ends []int64
	var c course
	if b := l.backtest; b != nil {
		c = *b.course
		for k, day := range c.day {
			steps, ends = append(steps, int64(k+1)), append(ends, int64(day))
		}
	}
	return j.Score(ctx, clvHoldoutSQL, nil, job.Col("step", steps), job.Col("day", ends), job.Col("actual", c.actual), job.Col("expected", c.expected), job.Col("naive", c.naive))
}

// noModel reports whether an error says that the data have nothing to learn.
func noModel(err error) bool {
	return errors.Is(err, clv.ErrEmpty) || errors.Is(err, clv.ErrNoRepeat) || errors.Is(err, clv.ErrNoTime)
}
