package performance

import (
	"context"
	_ "embed"
	"math"
	"slices"

	"verso/models/control"
	"verso/models/frame"
	"verso/models/job"
)

var (
	//go:embed sql/supplier_week.sql
	supplierWeekSQL string
	//go:embed sql/supplier_alarm.sql
	supplierAlarmSQL string
	//go:embed sql/supplier.sql
	supplierSQL string
	//go:embed sql/stage_month.sql
	stageMonthSQL string
	//go:embed sql/stage_alarm.sql
	stageAlarmSQL string
)

// Supplier is the scorecard of suppliers with what went out of control with
// them (score.supplier, score.supplier_alarm), and the control chart of the stages
// of orders (score.stage_alarm).
func Supplier() job.Model { return job.Model{Name: "supplier", Run: runSupplier} }

const (
	slowAllowance = .5 // standard deviations of a line's lead time: half the step that is looked for
	moreOften     = .08
	leastLines    = 30   // of a supplier that is judged
	leastShare    = .005 // copies short or damaged, that a process is taken to have at least
	stageSigmas   = 3.5
	stageFloor    = 1. // days: less is no alarm, however unusual
	leastMonths   = 8
)

// alarms are runs of suppliers, as columns.
type alarms struct {
	suppliers, since, alarmed, ended, cases []int64
	measures                                []string
	usual, level                            []float64
}

func runSupplier(ctx context.Context, j *job.Job) (int64, error) {
	if err := j.Exec(ctx, supplierWeekSQL); err != nil {
		return 0, err
	}
	f, err := j.Frame(ctx, "SELECT supplier_key, week_day, leads, slow, settled, short, damaged FROM supplier_week ORDER BY supplier_key, week_day")
	if err != nil {
		return 0, err
	}
	a := judgeSuppliers(f)
	err = j.Score(ctx, supplierAlarmSQL, nil, job.Col("supplier_key", a.suppliers), job.Col("measure", a.measures), job.Col("since", a.since), job.Col("alarmed", a.alarmed),
		job.Col("ended", a.ended), job.Col("usual", a.usual), job.Col("level", a.level), job.Col("cases", a.cases))
	if err != nil {
		return 0, err
	}
	from, to := twelveMonths(j.AsOf)
	if err := j.Exec(ctx, supplierSQL, from, to); err != nil {
		return 0, err
	}
	if err := judgeStages(ctx, j); err != nil {
		return 0, err
	}
	card, err := supplierCard(ctx, j, span{from, to})
	if err != nil {
		return 0, err
	}
	return card.Rows, j.Save(ctx, card)
}

// judgeSuppliers looks for runs of slow, short and damaged lines in the weeks of
// every supplier.
func judgeSuppliers(f *frame.Frame) *alarms {
	a := &alarms{}
	keys := f.Column("supplier_key")
	for _, share := range []string{"short", "damaged"} {
		p0 := usualShare(f, share)
		threshold := math.Log(math.Max(yearly(f, "settled"), 3))
		for from, to := range groups(keys) {
			cases, hits := f.Column("settled")[from:to], f.Column(share)[from:to]
			steps := make([]float64, len(cases))
			for i := range steps {
				steps[i] = control.Binomial(hits[i], cases[i], p0, p0+moreOften)
			}
			for _, r := range control.CUSUM(steps, threshold) {
				a.add(f, from, r, share, p0, hits, cases)
			}
		}
	}
	threshold := control.NormalThreshold(math.Max(yearly(f, "leads"), 3), slowAllowance)
	for from, to := range groups(keys) {
		leads, slow := f.Column("leads")[from:to], f.Column("slow")[from:to]
		usual, spread := usualWeek(leads, slow)
		if sum(leads) < leastLines || !(spread > 0) {
			continue
		}
		steps := make([]float64, len(leads))
		for i, n := range leads {
			steps[i] = (slow[i]-n*usual)/spread - n*slowAllowance
		}
		for _, r := range control.CUSUM(steps, threshold) {
			a.add(f, from, r, "slow", usual, slow, leads)
		}
	}
	return a
}

// yearly is how many cases a year has, of all suppliers: the threshold is that of
// one false alarm in so many.
func yearly(f *frame.Frame, column string) float64 {
	weeks := f.Column("week_day")
	if len(weeks) == 0 {
		return 0
	}
	years := (slices.Max(weeks)-slices.Min(weeks))/365.25 + 1./52
	return sum(f.Column(column)) / math.Max(years, 1)
}

// add adds a run; level is the mean of the measure from its beginning to its end.
func (a *alarms) add(f *frame.Frame, from int, r control.Run, measure string, usual float64, sums, cases []float64) {
	end := r.Ended
	if end < 0 {
		end = len(cases)
	}
	n := sum(cases[r.Since:end])
	day := func(i int) int64 { return int64(f.Column("week_day")[from+i]) }
	a.suppliers = append(a.suppliers, int64(f.Column("supplier_key")[from]))
	a.measures, a.usual, a.level = append(a.measures, measure), append(a.usual, usual), append(a.level, sum(sums[r.Since:end])/n)
	a.since, a.alarmed, a.cases = append(a.since, day(r.Since)), append(a.alarmed, day(r.Alarmed)), append(a.cases, int64(n))
	if r.Ended < 0 {
		a.ended = append(a.ended, -1)
	} else {
		a.ended = append(a.ended, day(r.Ended))
	}
}

// usualShare is the median of the suppliers' shares of lines, of those with enough
// lines.
func usualShare(f *frame.Frame, column string) float64 {
	var shares []float64
	for from, to := range groups(f.Column("supplier_key")) {
		if n := sum(f.Column("settled")[from:to]); n >= leastLines {
			shares = append(shares, sum(f.Column(column)[from:to])/n)
		}
	}
	if len(shares) == 0 {
		return leastShare
	}
	slices.Sort(shares)
	return min(max(shares[len(shares)/2], leastShare), .5)
}

// usualWeek is the median of the weeks' means, and the standard deviation of a
// line about it by the weeks' median deviation, which has in it that lines of a week
// come together.
func usualWeek(cases, sums []float64) (usual, spread float64) {
	var means []float64
	for i, n := range cases {
		if n > 0 {
			means = append(means, sums[i]/n)
		}
	}
	l, ok := control.Robust(means, 1, 0, 8)
	if !ok {
		return 0, 0
	}
	var scaled []float64
	for i, n := range cases {
		if n > 0 {
			scaled = append(scaled, (sums[i]-n*l.Center)/math.Sqrt(n))
		}
	}
	s, _ := control.Robust(scaled, 1, 0, 1)
	return l.Center, math.Max(s.High-s.Center, .05)
}

// groups are the runs of equal keys.
func groups(keys []float64) func(func(from, to int) bool) {
	return func(yield func(from, to int) bool) {
		for from, to := 0, 0; from < len(keys); from = to {
			for to = from; to < len(keys) && keys[to] == keys[from]; to++ {
			}
			if !yield(from, to) {
				return
			}
		}
	}
}

func sum(values []float64) float64 {
	var total float64
	for _, v := range values {
		total += v
	}
	return total
}

// judgeStages draws the control chart of every stage: a month is unusual beside
// the others by their median and median deviation.
func judgeStages(ctx context.Context, j *job.Job) error {
	if err := j.Exec(ctx, stageMonthSQL); err != nil {
		return err
	}
	f, err := j.Frame(ctx, "SELECT stage_key, CAST(month - DATE '1970-01-01' AS INTEGER) AS month_day, days FROM stage_month ORDER BY stage_key, month")
	if err != nil {
		return err
	}
	var stages, months []int64
	var expected, low, high []float64
	var out []bool
	for from, to := range groups(f.Column("stage_key")) {
		days := f.Column("days")[from:to]
		l, ok := control.Robust(days, stageSigmas, stageFloor, leastMonths)
		if !ok {
			continue
		}
		for i, d := range days {
			stages, months = append(stages, int64(f.Column("stage_key")[from])), append(months, int64(f.Column("month_day")[from+i]))
			expected, low, high, out = append(expected, l.Center), append(low, l.Low), append(high, l.High), append(out, d > l.High)
		}
	}
	return j.Score(ctx, stageAlarmSQL, nil, job.Col("stage_key", stages), job.Col("month_day", months), job.Col("expected", expected), job.Col("low", low), job.Col("high", high), job.Col("is_alarm", out))
}
