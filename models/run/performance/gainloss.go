package performance

import (
	"context"
	_ "embed"
	"time"

	"gonum.org/v1/gonum/stat/distuv"

	"verso/models/job"
)

var (
	//go:embed sql/spend_status.sql
	spendStatusSQL string
	//go:embed sql/gain_loss.sql
	gainLossSQL string
	//go:embed sql/top_course.sql
	topCourseSQL string
	//go:embed sql/top_customer.sql
	topCustomerSQL string
)

// GainLoss compares what every customer spent in the last twelve months with the
// twelve before (score.gain_loss), and says what became of the largest customers
// of the last fiscal year (score.top_customer). What the data do not reach back to
// is not compared with: either table is then empty.
func GainLoss() job.Model { return job.Model{Name: "gain_loss", Run: runGainLoss} }

const (
	topCustomers = 100 // how many are the largest, at most
	fewerChance  = .01 // how often as few orders may come by chance where a customer is said to be silent or halved
	minDays      = 90  // of a fiscal year that a silence can be told from
)

// largest are the year whose largest customers are looked at, the same days of
// it, and the period since: the fiscal year to date, or the last full one while
// the new one is young.
func largest(asOf time.Time, fiscal int) (year, same, now span) {
	start := fiscalStart(asOf, fiscal)
	if asOf.Sub(start) < minDays*24*time.Hour {
		last := start.AddDate(-1, 0, 0)
		year = span{start.AddDate(-2, 0, 0), last.AddDate(0, 0, -1)}
		return year, year, span{last, start.AddDate(0, 0, -1)}
	}
	year = span{start.AddDate(-1, 0, 0), start.AddDate(0, 0, -1)}
	return year, span{year.from, monthsBack(asOf, 12)}, span{start, asOf}
}

func runGainLoss(ctx context.Context, j *job.Job) (int64, error) {
	from, to := twelveMonths(j.AsOf)
	now, before := span{from, to}, span{monthsBack(from, 12), from.AddDate(0, 0, -1)}
	if err := j.Exec(ctx, spendStatusSQL); err != nil {
		return 0, err
	}
	if err := j.Exec(ctx, gainLossSQL, append(before.args(), now.args()...)...); err != nil {
		return 0, err
	}
	fiscal, err := fiscalMonth(ctx, j)
	if err != nil {
		return 0, err
	}
	year, same, since := largest(j.AsOf, fiscal)
	args := append(append(append(year.args(), same.args()...), since.args()...), topCustomers)
	if err := writeTop(ctx, j, args); err != nil {
		return 0, err
	}
	for table, earliest := range map[string]span{"score.gain_loss": before, "score.top_customer": year} {
		if err := emptyUnlessReached(ctx, j, table, earliest); err != nil {
			return 0, err
		}
	}
	card, err := gainLossCard(ctx, j, before, now, year, since)
	if err != nil {
		return 0, err
	}
	return card.Rows, j.Save(ctx, card)
}

// emptyUnlessReached empties a table of comparisons with a period that began
// before the data do.
func emptyUnlessReached(ctx context.Context, j *job.Job, table string, earliest span) error {
	reached, _, err := j.Reaches(ctx, earliest.from)
	if err != nil || reached {
		return err
	}
	return j.Exec(ctx, "DELETE FROM "+table)
}

// writeTop writes score.top_customer.
func writeTop(ctx context.Context, j *job.Job, args []any) error {
	if err := j.Exec(ctx, topCourseSQL, args...); err != nil {
		return err
	}
	f, err := j.Frame(ctx, "SELECT customer_key, orders_same_days, orders_now FROM top_course ORDER BY customer_key")
	if err != nil {
		return err
	}
	keys, fewer := make([]int64, f.Rows()), make([]bool, f.Rows())
	for i := range keys {
		keys[i] = int64(f.Column("customer_key")[i])
		fewer[i] = halved(f.Column("orders_same_days")[i], f.Column("orders_now")[i])
	}
	return j.Score(ctx, topCustomerSQL, nil, job.Col("customer_key", keys), job.Col("is_fewer", fewer))
}

// halved says whether orders are less than half of what they were, and so few by
// more than chance: given both, either period is as likely (Przyborowski and
// Wilenski 1940).
func halved(before, now float64) bool {
	return 2*now < before && distuv.Binomial{N: before + now, P: .5}.CDF(now) < fewerChance
}
