package flow

import (
	"context"
	_ "embed"
	"math"
	"time"

	"verso/models/job"
)

var (
	//go:embed sql/goal_case.sql
	goalCaseSQL string
	//go:embed sql/goal_target.sql
	goalTargetSQL string
	//go:embed sql/goal.sql
	goalSQL string
	//go:embed sql/goal_year.sql
	goalYearSQL string
	//go:embed sql/goal_month.sql
	goalMonthSQL string
)

// Goal holds the eight goals beside their beginning and their targets, and says
// whether the year's will be met (score.goal, score.goal_year, score.goal_month).
func Goal() job.Model { return job.Model{Name: "goal", Run: runGoal} }

// codes name the goals, and the measures under which the plan says their targets.
var codes = []string{"answered_in_24h", "first_contact", "on_time", "spoken_to", "without_fault", "reached", "plan_kept", "cost_known"}

const (
	planGoal = 7     // its target is to keep the plan, unless another is said
	range80  = 1.282 // standard deviations either way that hold four cases of five
	sure     = .01   // no chance of something to come is said to be less, or more than all but this
	beyond   = 1.960 // standard deviations beyond which two shares differ
	ages     = 12    // months of the baseline and of the actual
)

// course is what a goal was measured by, month by month.
type course struct {
	months      []time.Time
	hits, cases []float64
}

// standing is where a goal stands.
type standing struct {
	months                                                       int
	baselineFrom, baselineTo, actualFrom, actualTo               time.Time
	baseline, actual, soFar, target, forecast, low, high, chance float64
	status                                                       string
}

func runGoal(ctx context.Context, j *job.Job) (int64, error) {
	if err := j.Exec(ctx, goalCaseSQL, j.AsOf, ended(j.AsOf)); err != nil {
		return 0, err
	}
	if err := j.Exec(ctx, goalTargetSQL); err != nil {
		return 0, err
	}
	courses, err := readCourses(ctx, j)
	if err != nil {
		return 0, err
	}
	year := ended(j.AsOf).AddDate(0, 0, -1).Year()
	targets := make([]float64, len(codes))
	for i := range targets {
		targets[i] = math.NaN()
	}
	targets[planGoal-1] = 1
	t, err := j.Frame(ctx, "SELECT goal, target FROM goal_target WHERE year = ? ORDER BY goal", year)
	if err != nil {
		return 0, err
	}
	for i := range t.Rows() {
		targets[int(t.Column("goal")[i])-1] = t.Column("target")[i]
	}
	list := make([]standing, len(codes))
	for i := range codes {
		list[i] = stand(courses[i], year, targets[i])
	}
	if err := writeGoals(ctx, j, list, year); err != nil {
		return 0, err
	}
	for _, sql := range []string{goalYearSQL, goalMonthSQL} {
		if err := j.Exec(ctx, sql); err != nil {
			return 0, err
		}
	}
	return int64(len(codes)), j.Save(ctx, goalCard(list, year))
}

func readCourses(ctx context.Context, j *job.Job) ([]course, error) {
	f, err := j.Frame(ctx, "SELECT goal, CAST(month - DATE '1970-01-01' AS INTEGER) AS month_day, CAST(hits AS DOUBLE) AS hits, CAST(cases AS DOUBLE) AS cases FROM goal_case ORDER BY goal, month")
	if err != nil {
		return nil, err
	}
	courses := make([]course, len(codes))
	for i := range f.Rows() {
		c := &courses[int(f.Column("goal")[i])-1]
		c.months = append(c.months, time.Unix(int64(f.Column("month_day")[i])*86400, 0).UTC())
		c.hits, c.cases = append(c.hits, f.Column("hits")[i]), append(c.cases, f.Column("cases")[i])
	}
	return courses, nil
}

// stand says where a goal stands: the share of the first twelve months known, of the
// last twelve (of either half where fewer than twenty-four are known), of the year,
// and what the year will come to if its other months are like the last ones.
func stand(c course, year int, target float64) standing {
	s := standing{months: len(c.months), baseline: math.NaN(), actual: math.NaN(), soFar: math.NaN(), target: target, forecast: math.NaN(), low: math.NaN(), high: math.NaN(), chance: math.NaN(), status: "unknown"}
	if s.months == 0 {
		return s
	}
	n := min(ages, max(s.months/2, 1))
	last := s.months - n
	s.baselineFrom, s.baselineTo, s.actualFrom, s.actualTo = c.months[0], c.months[n-1].AddDate(0, 1, -1), c.months[last], c.months[s.months-1].AddDate(0, 1, -1)
	s.baseline, s.actual = share(c, 0, n), share(c, last, s.months)
	phi := scatter(c, last, s.actual)
	hits, cases, rest := c.year(year)
	if cases > 0 {
		s.soFar = hits / cases
	}
	if cases+rest > 0 {
		s.forecast = (hits + s.actual*rest) / (cases + rest)
		sd := 0.
		if rest > 0 {
			sd = rest / (cases + rest) * math.Sqrt(phi/rest+phi/total(c.cases[last:]))
		}
		s.low, s.high = math.Max(s.forecast-range80*sd, 0), s.forecast+range80*sd
		s.judge(sd, rest)
	}
	if math.IsNaN(target) && s.months > 1 {
		s.status = "even"
		if d, sd := s.actual-s.baseline, math.Sqrt(phi/total(c.cases[:n])+phi/total(c.cases[last:])); d > beyond*sd {
			s.status = "better"
		} else if d < -beyond*sd {
			s.status = "worse"
		}
	}
	return s
}

// judge says whether the target of the year will be met.
func (s *standing) judge(sd, rest float64) {
	switch {
	case math.IsNaN(s.target):
	case rest == 0 && s.forecast >= s.target:
		s.status, s.chance = "met", 1
	case rest == 0:
		s.status, s.chance = "missed", 0
	default:
		s.chance = 0
		if s.forecast >= s.target {
			s.chance = 1
		}
		if sd > 0 {
			s.chance = .5 * math.Erfc((s.target-s.forecast)/sd/math.Sqrt2)
		}
		s.chance = math.Min(math.Max(s.chance, sure), 1-sure)
		switch {
		case s.chance >= .9:
			s.status = "likely"
		case s.chance <= .1:
			s.status = "unlikely"
		default:
			s.status = "open"
		}
	}
}

// share is the share of the months from..to.
func share(c course, from, to int) float64 {
	if n := total(c.cases[from:to]); n > 0 {
		return total(c.hits[from:to]) / n
	}
	return math.NaN()
}

// scatter is the variance of one case about a share, as months show it.
func scatter(c course, from int, p float64) float64 {
	months, sum := len(c.months)-from, 0.
	if months < 2 {
		return p * math.Abs(1-p)
	}
	for i := from; i < len(c.months); i++ {
		d := c.hits[i]/c.cases[i] - p
		sum += c.cases[i] * d * d
	}
	return sum / float64(months-1)
}

// year are the hits and cases of the year's months, and the cases to expect in the
// others: as many as in the same month of the year before, else as in a month of
// this year.
func (c course) year(year int) (hits, cases, rest float64) {
	known, before := 0, map[time.Month]float64{}
	for i, m := range c.months {
		switch m.Year() {
		case year:
			hits, cases, known = hits+c.hits[i], cases+c.cases[i], known+1
		case year - 1:
			before[m.Month()] = c.cases[i]
		}
	}
	last := c.months[len(c.months)-1]
	for m := time.January; m <= time.December; m++ {
		if !time.Date(year, m, 1, 0, 0, 0, 0, time.UTC).After(last) {
			continue
		}
		if n, ok := before[m]; ok {
			rest += n
		} else if known > 0 {
			rest += cases / float64(known)
		}
	}
	return hits, cases, rest
}

func total(values []float64) (sum float64) {
	for _, v := range values {
		sum += v
	}
	return sum
}

func writeGoals(ctx context.Context, j *job.Job, list []standing, year int) error {
	n := len(list)
	ints := func(get func(i int) int64) []int64 {
		out := make([]int64, n)
		for i := range out {
			out[i] = get(i)
		}
		return out
	}
	floats := func(get func(s standing) float64) []float64 {
		out := make([]float64, n)
		for i := range out {
			out[i] = get(list[i])
		}
		return out
	}
	days := func(get func(s standing) time.Time) []int64 {
		return ints(func(i int) int64 { return get(list[i]).Unix() / 86400 })
	}
	status := make([]string, n)
	for i := range status {
		status[i] = list[i].status
	}
	return j.Score(ctx, goalSQL, nil,
		job.Col("goal", ints(func(i int) int64 { return int64(i + 1) })), job.Col("code", codes), job.Col("months", ints(func(i int) int64 { return int64(list[i].months) })),
		job.Col("baseline_from", days(func(s standing) time.Time { return s.baselineFrom })), job.Col("baseline_to", days(func(s standing) time.Time { return s.baselineTo })),
		job.Col("actual_from", days(func(s standing) time.Time { return s.actualFrom })), job.Col("actual_to", days(func(s standing) time.Time { return s.actualTo })),
		job.Col("baseline", floats(func(s standing) float64 { return s.baseline })), job.Col("actual", floats(func(s standing) float64 { return s.actual })),
		job.Col("year", ints(func(int) int64 { return int64(year) })), job.Col("so_far", floats(func(s standing) float64 { return s.soFar })),
		job.Col("target", floats(func(s standing) float64 { return s.target })), job.Col("forecast", floats(func(s standing) float64 { return s.forecast })),
		job.Col("low", floats(func(s standing) float64 { return s.low })), job.Col("high", floats(func(s standing) float64 { return s.high })),
		job.Col("chance", floats(func(s standing) float64 { return s.chance })), job.Col("status", status))
}

func goalCard(list []standing, year int) job.Card {
	c := job.Card{Model: "goal", Version: 1, Rows: int64(len(list)), Outputs: []string{"goal", "goal_year", "goal_month"}, Definition: job.Words{
		EN: "The eight goals, each by one share of which more is better: of the first twelve months known (baseline), of the last twelve, and of the calendar year, whose other months are taken to be like the last twelve with as many cases as a year before. The target is the plan's, in percent, under the goal's code; a goal will be met where the chance is nine in ten, missed where it is one in ten, by the scatter of the months.",
		ZH: "八项目标各以一个越高越好的比例衡量：有数据的最初十二个月（基准）、最近十二个月与本日历年；本年其余月份按最近十二个月的水平、去年同月的数量推算。目标值取自计划（百分数，以目标代码为指标名）；按各月波动，把握九成以上为“可达成”，一成以下为“难达成”。"}}
	known, aimed, good := 0., 0., 0.
	for i, s := range list {
		if s.months == 0 {
			continue
		}
		known++
		c.Metric(codes[i], s.actual, "share", job.Words{EN: "of the last twelve months", ZH: "最近十二个月"})
		if !math.IsNaN(s.target) {
			aimed++
			if s.status == "met" || s.status == "likely" {
				good++
			}
		}
	}
	c.Parameter("year", year)
	c.Reading = job.Wordsf("%v of 8 goals can be measured, %v have a target; %v of these are met or will be.", "8 项目标中 %v 项可衡量，%v 项有目标值，其中 %v 项已达成或可达成。", known, aimed, good)
	return c
}
