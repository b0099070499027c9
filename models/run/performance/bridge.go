package performance

import (
	"context"
	_ "embed"
	"fmt"
	"math"
	"slices"
	"time"

	"verso/models/control"
	"verso/models/job"
)

var (
	//go:embed sql/bridge_base.sql
	bridgeBaseSQL string
	//go:embed sql/bridge_item.sql
	bridgeItemSQL string
	//go:embed sql/bridge_cell.sql
	bridgeCellSQL string
	//go:embed sql/bridge_total.sql
	bridgeTotalSQL string
	//go:embed sql/bridge.sql
	bridgeSQL string
)

// Bridge takes the change of the margin apart into volume, mix, assortment,
// price, discount, currency, cost, inbound cost and how much of that is known,
// for the last twelve months, the fiscal year to date, past fiscal years and
// quarters, each against the same a year before. It writes score.bridge,
// score.bridge_total, score.bridge_cell and score.bridge_comparison.
//
// All is first valued at the earlier period's rates of exchange by currency (of
// the document for sales, of purchase for cost). With G gross, N net, C the cost
// of goods so valued, V = N and C of titles sold in both periods at their own
// unit price and cost of before (others stand at their own), d and i the
// discount and inbound rates of before, and m = (V - (1+i)C) / V:
//
//	currency    N - N at old rates - (cost - cost at old rates), after less before
//	price       (1-d) Σ (p1-p0) q1         titles sold in both periods
//	cost        -(1+i) Σ (c1-c0) q1        "
//	discount    -(d1-d0) G1                by class, channel and currency
//	inbound     -(i1-i0) x cost of the lines whose inbound cost is known
//	coverage    i0 x cost of the lines whose inbound cost is not known, after less before
//	volume      (V1/V0 - 1) m0 V0          all grow as the company does
//	mix         (V1 - V0 x growth) m0      by class, channel and currency
//	assortment  the remainder: other titles than before in the same class,
//	            channel and currency, where new and lost titles are
//
// They add up to the change of the margin to the last digit.
func Bridge() job.Model { return job.Model{Name: "bridge", Run: runBridge} }

// comparison is a period beside the one before.
type comparison struct {
	code, kind    string // kind: last_12_months, year_to_date, year or quarter
	before, after span
}

// Past periods that are compared, at most.
const (
	pastYears    = 2
	pastQuarters = 16
)

// Quarters are judged by their own history where there are so many.
const (
	minQuarters = 8
	smallPoint  = .01 // a point of margin: less is no alarm, however unusual
	smallRate   = .05 // the same of one currency of purchase: rates wander
	alarmSigmas = 3.5
)

// comparisons are the comparisons that history, which begins on first, allows:
// the earlier period must lie in it but for its first month.
func comparisons(first, asOf time.Time, fiscal int) []comparison {
	var list []comparison
	add := func(code, kind string, after span) {
		before := span{monthsBack(after.from, 12), monthsBack(after.to, 12)}
		if after.from.Day() == 1 && after.to.AddDate(0, 0, 1).Day() == 1 { // whole months
			before.to = day(after.to.Year()-1, after.to.Month()+1, 0)
		}
		if first.After(before.from.AddDate(0, 1, 0)) || !before.to.Before(after.from) {
			return
		}
		list = append(list, comparison{code, kind, before, after})
	}
	from, to := twelveMonths(asOf)
	add("last_12_months", "last_12_months", span{from, to})
	start := fiscalStart(asOf, fiscal)
	add("year_to_date", "year_to_date", span{start, asOf})
	end := start
	if asOf.AddDate(0, 0, 1).Equal(start.AddDate(1, 0, 0)) {
		end = start.AddDate(1, 0, 0) // the fiscal year is over today
	}
	for k := range pastYears {
		y := end.AddDate(-1-k, 0, 0)
		add(fmt.Sprintf("FY%d", y.Year()), "year", span{y, y.AddDate(1, 0, -1)})
	}
	quarter := end
	for !quarter.AddDate(0, 3, 0).After(asOf.AddDate(0, 0, 1)) {
		quarter = quarter.AddDate(0, 3, 0)
	}
	for k := range pastQuarters {
		q := quarter.AddDate(0, -3*(k+1), 0)
		s := fiscalStart(q, fiscal)
		no := ((q.Year()-s.Year())*12+int(q.Month())-int(s.Month()))/3 + 1
		add(fmt.Sprintf("FY%d-Q%d", s.Year(), no), "quarter", span{q, q.AddDate(0, 3, -1)})
	}
	return list
}

func runBridge(ctx context.Context, j *job.Job) (int64, error) {
	if err := j.Exec(ctx, bridgeBaseSQL); err != nil {
		return 0, err
	}
	fiscal, err := fiscalMonth(ctx, j)
	if err != nil {
		return 0, err
	}
	f, err := j.Frame(ctx, "SELECT CAST(min(order_date) - DATE '1970-01-01' AS INTEGER) AS first, CAST(sum(net) AS DOUBLE) AS net, CAST(sum(CASE WHEN cost IS NOT NULL THEN net END) AS DOUBLE) AS costed FROM core.fact_order_line WHERE order_date <= ?", j.AsOf)
	if err != nil {
		return 0, err
	}
	var list []comparison
	if first := f.Column("first")[0]; !math.IsNaN(first) {
		list = comparisons(time.Unix(int64(first)*86400, 0).UTC(), j.AsOf, fiscal)
	}
	for i, c := range list {
		if err := c.write(ctx, j, i+1); err != nil {
			return 0, fmt.Errorf("bridge %s: %w", c.code, err)
		}
	}
	if err := judgeBridges(ctx, j); err != nil {
		return 0, err
	}
	if err := j.Exec(ctx, "DROP TABLE bridge_line; DROP TABLE bridge_day; DROP TABLE IF EXISTS bridge_item"); err != nil { // the largest of its working tables
		return 0, err
	}
	card, err := bridgeCard(ctx, j, list, f.Column("costed")[0]/f.Column("net")[0])
	if err != nil {
		return 0, err
	}
	return card.Rows, j.Save(ctx, card)
}

// write adds the cells of a comparison; a comparison without sales of known cost
// in its earlier period is left out.
func (c comparison) write(ctx context.Context, j *job.Job, key int) error {
	if err := j.Exec(ctx, bridgeItemSQL, slices.Repeat(append(c.before.args(), c.after.args()...), 2)...); err != nil {
		return err
	}
	if err := j.Exec(ctx, bridgeCellSQL, c.code); err != nil {
		return err
	}
	return j.Exec(ctx, `INSERT INTO score.bridge_comparison
SELECT ?, ?, ?, ?, ?, ?, ? WHERE EXISTS (SELECT comparison FROM score.bridge_cell WHERE comparison = ?)`,
		c.code, key, c.kind, c.before.from, c.before.to, c.after.from, c.after.to, c.code)
}

// judgeBridges compares the effects of every quarter with those of the others:
// of the whole company all that change the share of the margin, of a currency of
// purchase what its rate did.
func judgeBridges(ctx context.Context, j *job.Job) error {
	if err := j.Exec(ctx, bridgeTotalSQL); err != nil {
		return err
	}
	f, err := j.Frame(ctx, `SELECT no, dense_rank() OVER (ORDER BY level, member, effect_no) AS series, CASE WHEN level = 'currency' THEN 1 ELSE 0 END AS rated, rate_effect
FROM bridge_effect
WHERE kind = 'quarter' AND (level = 'total' AND effect NOT IN ('volume', 'coverage') OR level = 'currency' AND effect = 'currency')
ORDER BY series, no`)
	if err != nil {
		return err
	}
	var numbers []int64
	var expected, low, high []float64
	var alarms []bool
	series, effect := f.Column("series"), f.Column("rate_effect")
	for from, to := 0, 0; from < f.Rows(); from = to {
		for to = from; to < f.Rows() && series[to] == series[from]; to++ {
		}
		floor := smallPoint
		if f.Column("rated")[from] == 1 {
			floor = smallRate
		}
		limits, ok := control.Robust(effect[from:to], alarmSigmas, floor, minQuarters)
		if !ok {
			continue
		}
		for i := from; i < to; i++ {
			numbers, expected = append(numbers, int64(f.Column("no")[i])), append(expected, limits.Center)
			low, high, alarms = append(low, limits.Low), append(high, limits.High), append(alarms, limits.Out(effect[i]))
		}
	}
	return j.Score(ctx, bridgeSQL, nil, job.Col("no", numbers), job.Col("expected", expected), job.Col("low", low), job.Col("high", high), job.Col("is_alarm", alarms))
}
