package churn

import (
	"context"
	"time"

	"verso/models/job"
	"verso/models/persistency"
)

// The event: no order within the horizon.
const (
	leastHorizon = 30  // days
	mostHorizon  = 365 // a year of silence is churn for whoever buys that rarely
	fewGaps      = 50  // of a type with fewer, the horizon is that of all customers
)

// kind is a customer type and what its silence means.
type kind struct {
	name     string
	academic bool
	gaps     int
	horizon  int // days of its clock
	limit    int // calendar days; silent for longer, a customer is lost already and not at risk
	clock    *persistency.Clock
	reason   job.Words // where the horizon comes from
}

// until is the last day of the horizon that begins the day after an origin, of a
// horizon so many times as long.
func (k *kind) until(origin int, times float64) int {
	return k.clock.After(origin, float64(k.horizon)*times) - 1
}

// kinds reads the gaps between orders by type and derives the horizons.
func kinds(ctx context.Context, j *job.Job, o Options) ([]kind, error) {
	clock, err := termClock(ctx, j)
	if err != nil {
		return nil, err
	}
	var names []string
	if err := j.Each(ctx, "SELECT 0, customer_type FROM feature.churn_gap ORDER BY customer_type", func(_ int64, name string) { names = append(names, name) }); err != nil {
		return nil, err
	}
	f, err := j.Frame(ctx, "SELECT CASE WHEN is_academic THEN 1 ELSE 0 END AS academic, gaps, p90 FROM feature.churn_gap ORDER BY customer_type")
	if err != nil {
		return nil, err
	}
	common, gaps := leastHorizon*3, 0
	for i, name := range names {
		if n := int(f.Column("gaps")[i]); name == all && n > 0 {
			common, gaps = int(f.Column("p90")[i]), n
		}
	}
	var list []kind
	for i, name := range names {
		if name == all {
			continue
		}
		k := kind{name: name, academic: f.Column("academic")[i] == 1, gaps: int(f.Column("gaps")[i])}
		if k.academic {
			k.clock = clock
		}
		switch {
		case o.Horizon > 0:
			k.horizon, k.reason = o.Horizon, job.Words{EN: "as configured", ZH: "按配置"}
		case k.gaps >= fewGaps:
			k.horizon = int(f.Column("p90")[i])
			k.reason = job.Wordsf("90 %% of its %d gaps between orders are no longer", "其 %d 个订货间隔中 90 %% 不超过此数", k.gaps)
		default:
			k.horizon = common
			k.reason = job.Wordsf("90 %% of the %d gaps of all customers are no longer; its own are too few", "全体客户 %d 个间隔中 90 %% 不超过此数；该类自身间隔过少", gaps)
		}
		if o.Horizon == 0 {
			k.horizon = min(max(k.horizon, leastHorizon), mostHorizon)
		}
		k.limit = mostHorizon
		if o.Silence > 0 {
			k.limit = o.Silence
		}
		list = append(list, k)
	}
	return list, nil
}

// termClock counts the days of term; nil without a calendar of terms.
func termClock(ctx context.Context, j *job.Job) (*persistency.Clock, error) {
	f, err := j.Frame(ctx, "SELECT CAST(date - DATE '1970-01-01' AS INTEGER) AS day, CASE WHEN week_of_term IS NULL THEN 0 ELSE 1 END AS counts FROM core.dim_date WHERE date_key <> -1 ORDER BY date")
	if err != nil || f.Rows() == 0 {
		return nil, err
	}
	return persistency.NewClock(int(f.Column("day")[0]), f.Column("counts"))
}

// writeUntil tells SQL when horizons end: feature.churn_until, one row an origin
// and type.
func writeUntil(ctx context.Context, j *job.Job, list []kind, origins []int) error {
	var origin, no, until, half, double, limit []int64
	var names []string
	for _, o := range origins {
		for i := range list {
			k := &list[i]
			origin, no, names = append(origin, int64(o)), append(no, int64(i)), append(names, k.name)
			until, half, double = append(until, int64(k.until(o, 1))), append(half, int64(k.until(o, .5))), append(double, int64(k.until(o, 2)))
			limit = append(limit, int64(k.limit))
		}
	}
	return j.Score(ctx, `CREATE OR REPLACE TABLE feature.churn_until AS
SELECT CAST(f.origin AS INTEGER) AS origin, CAST(f.type_no AS INTEGER) AS type_no, f.customer_type, CAST(f.until AS INTEGER) AS until,
       CAST(f."half" AS INTEGER) AS until_half, CAST(f."double" AS INTEGER) AS until_double, CAST(f."limit" AS INTEGER) AS "limit"
FROM temp.main.fitted AS f ORDER BY f.origin, f.type_no`, nil,
		job.Col("origin", origin), job.Col("type_no", no), job.Col("customer_type", names), job.Col("until", until), job.Col("half", half), job.Col("double", double), job.Col("limit", limit))
}

// date is the day of a number of days since 1970-01-01.
func date(day int) string {
	return time.Unix(int64(day)*86400, 0).UTC().Format(time.DateOnly)
}

func dayOf(t time.Time) int { return int(t.Unix() / 86400) }
