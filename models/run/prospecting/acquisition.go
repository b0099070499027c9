package prospecting

import (
	"context"
	_ "embed"
	"errors"
	"math"
	"slices"

	"verso/models/forecast"
	"verso/models/job"
)

var (
	//go:embed sql/acquisition.sql
	acquisitionSQL string
	//go:embed sql/acquisition_cohort.sql
	acquisitionCohortSQL string
	//go:embed sql/acquisition_backtest.sql
	acquisitionBacktestSQL string
)

// Acquisition says how many customers will be won in each of the next twelve
// months and how many will be active at its end, together (score.acquisition) and
// by the year they were won in (score.acquisition_cohort), with what such
// projections missed by in the past (score.acquisition_backtest).
func Acquisition() job.Model { return job.Model{Name: "acquisition", Run: runAcquisition} }

// cohorts is how customers came and stayed until a month.
type cohorts struct {
	first, last int         // months by number; last < first: none
	leadIn      int         // months at the start in which old customers are seen for the first time
	active      [][]float64 // [cohort month][month − cohort month]: customers active at its end
}

// readCohorts builds the features and reads them. Cohorts from before the first
// month belong to it.
func readCohorts(ctx context.Context, j *job.Job) (*cohorts, error) {
	for _, f := range []struct {
		name string
		args []any
	}{{"purchase_day", nil}, {"demand_span", []any{mostMonths, mostMonths}}, {"customer_active", nil}} {
		if err := j.Feature(ctx, f.name, f.args...); err != nil {
			return nil, err
		}
	}
	c := &cohorts{last: -1}
	f, err := j.Frame(ctx, "SELECT a.cohort_no, a.month_no, a.customers, s.first_no, s.last_no FROM feature.customer_active AS a CROSS JOIN feature.demand_span AS s ORDER BY a.cohort_no, a.month_no")
	if err != nil || f.Rows() == 0 {
		return c, err
	}
	c.first, c.last = int(f.Column("first_no")[0]), int(f.Column("last_no")[0])
	n := c.months()
	for cohort := range n {
		c.active = append(c.active, make([]float64, n-cohort))
	}
	for i, no := range f.Column("cohort_no") {
		cohort, month := max(0, int(no)-c.first), int(f.Column("month_no")[i])-c.first
		if month >= cohort {
			c.active[cohort][month-cohort] += f.Column("customers")[i]
		}
	}
	switch {
	case n >= 60:
		c.leadIn = 24
	case n >= 36:
		c.leadIn = 12
	default:
		c.leadIn = min(n, window-1)
	}
	return c, nil
}

func (c *cohorts) months() int { return c.last - c.first + 1 }

// A customer is active for window months after a purchase. Counts of months whose
// window reaches before the first month only grow because the data begin: it takes
// leastUsable others to project from.
const window, leastUsable = 12, 12

// usable is how many months have a whole window of data before their end.
func (c *cohorts) usable() int { return max(0, c.months()-window+1) }

// until is what was known of the first months.
func (c *cohorts) until(months int) *cohorts {
	out := &cohorts{first: c.first, last: c.first + months - 1, leadIn: c.leadIn}
	for cohort := range months {
		out.active = append(out.active, c.active[cohort][:months-cohort])
	}
	return out
}

// won are the new customers of every month.
func (c *cohorts) won() []float64 {
	out := make([]float64, c.months())
	for cohort := range out {
		out[cohort] = c.active[cohort][0]
	}
	return out
}

// at is how many of each cohort are active at the end of a month.
func (c *cohorts) at(month int) []float64 {
	out := make([]float64, month+1)
	for cohort := range out {
		out[cohort] = c.active[cohort][month-cohort]
	}
	return out
}

// retentionMonths is how far back the retention is learned from; leastPairs how
// many customers an age needs for a rate of its own.
const retentionMonths, leastPairs = 24, 30

// retention is the share of a cohort still active by age in months, from the last
// two years: customers active a month later over those active. In the first year
// each month of age has a rate of its own, later each year of age, since the rates
// of single months scatter around 1 and may not exceed it. An age with few
// customers takes the rate of all from the second year on.
func (c *cohorts) retention() []float64 {
	n := c.months()
	if n < 2 {
		return nil
	}
	place := func(age int) int { // the first twelve ages, then years of age
		if age < 12 {
			return age
		}
		return 11 + age/12
	}
	rates := make([]share, place(n-2)+1)
	var late share
	for month := max(0, n-1-retentionMonths); month < n-1; month++ {
		for cohort := 0; cohort <= month; cohort++ {
			age := month - cohort
			now, next := c.active[cohort][age], c.active[cohort][age+1]
			r := &rates[place(age)]
			r.sum, r.count = r.sum+next, r.count+now
			if age >= 12 {
				late.sum, late.count = late.sum+next, late.count+now
			}
		}
	}
	out := []float64{1}
	for age := range n - 1 {
		rate := 1.0
		switch r := &rates[place(age)]; {
		case r.count >= leastPairs || r.count > 0 && late.count == 0:
			rate = r.mean()
		case age >= 12 && late.count > 0:
			rate = late.mean()
		}
		out = append(out, out[age]*math.Min(1, rate))
	}
	return out
}

// projection is what is expected, from a month on.
type projection struct {
	*cohorts
	curve []float64
	*forecast.Projection
}

// project looks ahead; an error that wraps forecast.ErrAcquisition says why it
// cannot.
func (c *cohorts) project(ctx context.Context, simulations int, seed int64) (*projection, error) {
	if c.months() < 2 {
		return nil, forecast.ErrAcquisition
	}
	values := c.won()
	for t := range min(c.leadIn, len(values)) {
		values[t] = math.NaN()
	}
	curve := c.retention()
	p, err := forecast.Project(ctx, forecast.Acquisition{New: forecast.Series{Name: "new customers", Values: values, Period: 12, Start: c.first}, Active: c.at(c.months() - 1), Retention: curve},
		forecast.ProjectOptions{Horizon: horizon, Levels: levels, Simulations: simulations, Seed: uint64(seed)})
	if err != nil {
		return nil, err
	}
	return &projection{cohorts: c, curve: curve, Projection: p}, nil
}

// stay is the share of customers of an age that are active a month later.
func (p *projection) stay(age int) float64 {
	age = min(age, len(p.curve)-2)
	if p.curve[age] == 0 {
		return 0
	}
	return math.Min(1, p.curve[age+1]/p.curve[age])
}

// byYear are the customers expected to be active at the end of each step, by the
// year they were or will be won in.
func (p *projection) byYear() map[int][]float64 {
	out := map[int][]float64{}
	add := func(month, step int, v float64) {
		year := month / 12
		if out[year] == nil {
			out[year] = make([]float64, horizon)
		}
		out[year][step] += v
	}
	n := p.months()
	for cohort, v := range p.at(n - 1) {
		for step := range horizon {
			v *= p.stay(n - 1 - cohort + step)
			add(p.first+cohort, step, v)
		}
	}
	for from, v := range p.New.Mean {
		for step := from; step < horizon; step++ {
			if step > from {
				v *= p.stay(step - from - 1)
			}
			add(p.first+n+from, step, v)
		}
	}
	return out
}

// activeByYear is the same of a past month.
func (c *cohorts) activeByYear(month int) map[int]float64 {
	out := map[int]float64{}
	for cohort, v := range c.at(month) {
		out[(c.first+cohort)/12] += v
	}
	return out
}

func runAcquisition(ctx context.Context, j *job.Job) (int64, error) {
	c, err := readCohorts(ctx, j)
	if err != nil {
		return 0, err
	}
	var p *projection
	past := &pastProjections{}
	if c.usable() >= leastUsable {
		if p, err = c.project(ctx, 1000, j.Seed); err != nil && !errors.Is(err, forecast.ErrAcquisition) {
			return 0, err
		}
		if p != nil {
			if past, err = c.test(ctx, j.Seed); err != nil {
				return 0, err
			}
			past.whats[0].widen(&p.New, c.months())
			past.whats[1].widen(&p.Active, c.months())
		}
	}
	rows, err := writeAcquisition(ctx, j, c, p)
	if err != nil {
		return 0, err
	}
	if err := writeCohorts(ctx, j, c, p, past); err != nil {
		return 0, err
	}
	if err := past.write(ctx, j); err != nil {
		return 0, err
	}
	return rows, j.Save(ctx, acquisitionCard(c, p, past))
}

// writeAcquisition writes the past months from the end of the first year on, and
// those to come.
func writeAcquisition(ctx context.Context, j *job.Job, c *cohorts, p *projection) (int64, error) {
	var month []int64
	var projected, settled []bool
	var won, active, remaining []float64
	var ends [8][]float64
	put := func(no int, isProjected, isSettled bool, values [3]float64, b [8]float64) {
		month, projected, settled = append(month, monthStart(no)), append(projected, isProjected), append(settled, isSettled)
		won, active, remaining = append(won, values[0]), append(active, values[1]), append(remaining, values[2])
		for k, v := range b {
			ends[k] = append(ends[k], v)
		}
	}
	none := [8]float64{math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN()}
	for t := range c.months() {
		var sum float64
		for _, v := range c.at(t) {
			sum += v
		}
		put(c.first+t, false, t >= c.leadIn, [3]float64{c.active[t][0], sum, math.NaN()}, none)
	}
	if p != nil {
		for s := range horizon {
			var b [8]float64
			for k := range levels {
				b[2*k], b[2*k+1] = p.New.Lower[k][s], p.New.Upper[k][s]
				b[4+2*k], b[5+2*k] = p.Active.Lower[k][s], p.Active.Upper[k][s]
			}
			put(c.last+1+s, true, true, [3]float64{p.New.Mean[s], p.Active.Mean[s], p.Remaining[s]}, b)
		}
	}
	return int64(len(month)), j.Score(ctx, acquisitionSQL, nil, job.Col("month", month), job.Col("is_projected", projected), job.Col("is_settled", settled), job.Col("won", won), job.Col("active", active), job.Col("remaining", remaining),
		job.Col("new_low_80", ends[0]), job.Col("new_high_80", ends[1]), job.Col("new_low_95", ends[2]), job.Col("new_high_95", ends[3]),
		job.Col("active_low_80", ends[4]), job.Col("active_high_80", ends[5]), job.Col("active_low_95", ends[6]), job.Col("active_high_95", ends[7]))
}

func writeCohorts(ctx context.Context, j *job.Job, c *cohorts, p *projection, past *pastProjections) error {
	var year, month []int64
	var projected []bool
	var active []float64
	var ends [4][]float64
	put := func(y, no int, isProjected bool, v float64, b [4]float64) {
		year, month, projected, active = append(year, int64(y)), append(month, monthStart(no)), append(projected, isProjected), append(active, v)
		for k, e := range b {
			ends[k] = append(ends[k], e)
		}
	}
	for t := range c.months() {
		by := c.activeByYear(t)
		for _, y := range sortedYears(by) {
			put(y, c.first+t, false, by[y], [4]float64{math.NaN(), math.NaN(), math.NaN(), math.NaN()})
		}
	}
	if p != nil {
		by := p.byYear()
		for _, y := range sortedYears(by) {
			for s, v := range by[y] {
				if c.last+1+s >= 12*y {
					put(y, c.last+1+s, true, v, past.ends(v, s))
				}
			}
		}
	}
	return j.Score(ctx, acquisitionCohortSQL, nil, job.Col("cohort_year", year), job.Col("month", month), job.Col("is_projected", projected), job.Col("active", active),
		job.Col("low_80", ends[0]), job.Col("high_80", ends[1]), job.Col("low_95", ends[2]), job.Col("high_95", ends[3]))
}

func sortedYears[V any](by map[int]V) []int {
	var out []int
	for y := range by {
		out = append(out, y)
	}
	slices.Sort(out)
	return out
}
