package performance

import (
	"context"
	_ "embed"
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"verso/models/job"
)

var (
	//go:embed sql/orphan_account.sql
	orphanAccountSQL string
	//go:embed sql/orphan_score.sql
	orphanScoreSQL string
	//go:embed sql/salesperson.sql
	salespersonSQL string
)

// Salesperson is the scorecard of salespeople, by workload, sales and
// contribution to profit (score.salesperson), with the accounts left by those
// who have gone (score.orphan_account).
func Salesperson() job.Model { return job.Model{Name: "salesperson", Run: runSalesperson} }

// fadingChance is how often as few orders may come by chance from an account
// that is said to fade.
const fadingChance = .03

func runSalesperson(ctx context.Context, j *job.Job) (int64, error) {
	if err := orphans(ctx, j); err != nil {
		return 0, err
	}
	first := day(j.AsOf.Year(), j.AsOf.Month()-11, 1)
	whole := day(j.AsOf.Year(), j.AsOf.Month(), 1)
	if tomorrow := j.AsOf.AddDate(0, 0, 1); tomorrow.Day() == 1 {
		whole = tomorrow
	}
	if err := j.Exec(ctx, salespersonSQL, first, j.AsOf, whole); err != nil {
		return 0, err
	}
	card, err := salespersonCard(ctx, j, first)
	if err != nil {
		return 0, err
	}
	return card.Rows, j.Save(ctx, card)
}

// orphans judges the accounts of people who have left by the orders they have
// given since; see fade.
func orphans(ctx context.Context, j *job.Job) error {
	if err := j.Exec(ctx, orphanAccountSQL); err != nil {
		return err
	}
	accounts, err := j.Frame(ctx, `SELECT customer_key, CASE WHEN company_two_years > 0 THEN CAST(orders_two_years AS DOUBLE) * company_since / company_two_years END AS expected
FROM orphan_course ORDER BY customer_key`)
	if err != nil {
		return err
	}
	orders, err := j.Frame(ctx, "SELECT customer_key, elapsed FROM orphan_order ORDER BY customer_key, elapsed, order_key")
	if err != nil {
		return err
	}
	n := accounts.Rows()
	keys, expected, chance, fading := make([]int64, n), accounts.Column("expected"), make([]float64, n), make([]bool, n)
	at := 0
	for i := range n {
		keys[i] = int64(accounts.Column("customer_key")[i])
		var elapsed []float64
		for ; at < orders.Rows() && int64(orders.Column("customer_key")[at]) == keys[i]; at++ {
			elapsed = append(elapsed, orders.Column("elapsed")[at])
		}
		chance[i] = fade(expected[i], elapsed)
		fading[i] = chance[i] < fadingChance
	}
	return j.Score(ctx, orphanScoreSQL, nil, job.Col("customer_key", keys), job.Col("expected", expected), job.Col("p", chance), job.Col("is_fading", fading))
}

// fade is how often orders would seem to die away as much as these do by chance,
// where expected of them come at an even rate over a time of length 1: the
// likelihood ratio of the rate expected·exp(-t/s), for the best s, against
// expected, by half of χ² with one degree of freedom, as the even rate is at the
// border (Self and Liang 1987). NaN where none are expected.
func fade(expected float64, elapsed []float64) float64 {
	if !(expected > 0) {
		return math.NaN()
	}
	var sum, best float64
	for _, t := range elapsed {
		sum += t
	}
	for _, s := range []float64{.02, .03, .05, .07, .1, .14, .2, .28, .4, .56, .8, 1.1, 1.6, 3.2} {
		best = max(best, expected*(1-s*(1-math.Exp(-1/s)))-sum/s)
	}
	return .5 * distuv.ChiSquared{K: 1}.Survival(2*best)
}
