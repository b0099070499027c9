package prospecting

import (
	"context"
	_ "embed"
	"math"

	"verso/models/forecast"
	"verso/models/job"
)

var (
	//go:embed sql/forecast.sql
	forecastSQL string
	//go:embed sql/forecast_class.sql
	forecastClassSQL string
	//go:embed sql/forecast_history.sql
	forecastHistorySQL string
	//go:embed sql/forecast_backtest.sql
	forecastBacktestSQL string
	//go:embed sql/forecast_title.sql
	forecastTitleSQL string
)

// How many series are forecast at most: the time of a run then does not grow
// with the warehouse.
const (
	mostMonths     = 120
	mostPublishers = 30
	mostTitles     = 1000
)

// Forecast says what will be ordered in the next twelve months, by subject,
// publisher and kind of title and for single titles: score.forecast with its
// past (score.forecast_history) and its test on the past
// (score.forecast_backtest), score.forecast_class for the cube, which holds what
// adds up, and score.forecast_title.
func Forecast() job.Model { return job.Model{Name: "forecast", Run: runForecast} }

// measures of demand, in the order of the feature's columns.
var measures = []string{"net", "copies"}

// demand is the history that is forecast.
type demand struct {
	first, last int            // months by number; last < first: nothing to forecast from
	levels      []string       // ways to divide the whole; the whole is levels[0]
	members     []member       // by number, ways one after another
	values      [2][][]float64 // [measure][member][month]
}

// member is one part of a way to divide the whole.
type member struct {
	level int
	name  string
}

// of are the numbers of the members of a way to divide the whole.
func (d *demand) of(level int) []int {
	var out []int
	for no, m := range d.members {
		if m.level == level {
			out = append(out, no)
		}
	}
	return out
}

// series are the histories of members up to a month (a number of months from
// the first).
func (d *demand) series(measure int, members []int, until int) []forecast.Series {
	out := make([]forecast.Series, len(members))
	for i, no := range members {
		out[i] = forecast.Series{Name: d.members[no].name, Values: d.values[measure][no][:until], Period: 12, Start: d.first}
	}
	return out
}

// months is the length of the history.
func (d *demand) months() int { return d.last - d.first + 1 }

func runForecast(ctx context.Context, j *job.Job) (int64, error) {
	d, err := readDemand(ctx, j)
	if err != nil {
		return 0, err
	}
	p := &plan{demand: d}
	if d.months() > 0 {
		if err := p.fit(ctx); err != nil {
			return 0, err
		}
	}
	titles, err := forecastTitles(ctx, j, d)
	if err != nil {
		return 0, err
	}
	rows, err := p.write(ctx, j)
	if err != nil {
		return 0, err
	}
	if err := titles.write(ctx, j); err != nil {
		return 0, err
	}
	return rows, j.Save(ctx, p.card(j, titles))
}

// readDemand builds the features and reads them; months without a line are zero.
func readDemand(ctx context.Context, j *job.Job) (*demand, error) {
	for _, f := range []struct {
		name string
		args []any
	}{{"demand_span", []any{mostMonths, mostMonths}}, {"demand_publisher", []any{mostPublishers}}, {"demand_cell", nil}, {"demand_member", nil}, {"demand", nil}} {
		if err := j.Feature(ctx, f.name, f.args...); err != nil {
			return nil, err
		}
	}
	d := &demand{first: 0, last: -1}
	span, err := j.Frame(ctx, "SELECT first_no, last_no FROM feature.demand_span")
	if err != nil {
		return nil, err
	}
	if span.Rows() == 1 {
		d.first, d.last = int(span.Column("first_no")[0]), int(span.Column("last_no")[0])
	}
	err = j.Each(ctx, `SELECT level_no, "level" FROM (SELECT DISTINCT level_no, "level" FROM feature.demand_member) AS d ORDER BY level_no`, func(_ int64, name string) { d.levels = append(d.levels, name) })
	if err != nil {
		return nil, err
	}
	err = j.Each(ctx, "SELECT level_no, member FROM feature.demand_member ORDER BY member_no", func(level int64, name string) { d.members = append(d.members, member{int(level), name}) })
	if err != nil {
		return nil, err
	}
	if len(d.members) == 0 {
		d.last = d.first - 1
		return d, nil
	}
	for m := range measures {
		d.values[m] = make([][]float64, len(d.members))
		for no := range d.members {
			d.values[m][no] = make([]float64, d.months())
		}
	}
	f, err := j.Frame(ctx, "SELECT member_no, month_no, net, copies FROM feature.demand ORDER BY member_no, month_no")
	if err != nil {
		return nil, err
	}
	for i, no := range f.Column("member_no") {
		month := int(f.Column("month_no")[i]) - d.first
		for m, name := range measures {
			d.values[m][int(no)][month] = f.Column(name)[i]
		}
	}
	return d, nil
}

// write puts forecasts, history and backtest into their tables, without rows
// where there is nothing to forecast from.
func (p *plan) write(ctx context.Context, j *job.Job) (int64, error) {
	var no, step, month []int64
	var name, method, source []string
	mean, ends := []float64{}, [4][]float64{}
	for m, list := range p.forecasts {
		for member := range list {
			f := &list[member]
			for s, v := range f.Mean {
				no, step, month = append(no, int64(member)), append(step, int64(s+1)), append(month, monthStart(p.last+1+s))
				name, method, source = append(name, measures[m]), append(method, string(f.Method)), append(source, f.Errors)
				mean = append(mean, v)
				for k, b := range bounds(f, s) {
					ends[k] = append(ends[k], b)
				}
			}
		}
	}
	err := j.Score(ctx, forecastSQL, nil, job.Col("measure", name), job.Col("member_no", no), job.Col("month", month), job.Col("step", step), job.Col("method", method),
		job.Col("mean", mean), job.Col("low_80", ends[0]), job.Col("high_80", ends[1]), job.Col("low_95", ends[2]), job.Col("high_95", ends[3]), job.Col("errors", source))
	if err != nil {
		return 0, err
	}
	if err := j.Exec(ctx, forecastClassSQL); err != nil {
		return 0, err
	}
	rows := int64(len(no))
	no, month, name = nil, nil, nil
	var value []float64
	for m, list := range p.values {
		for member, values := range list {
			for t, v := range values {
				no, month, name, value = append(no, int64(member)), append(month, monthStart(p.first+t)), append(name, measures[m]), append(value, v)
			}
		}
	}
	if err := j.Score(ctx, forecastHistorySQL, nil, job.Col("measure", name), job.Col("member_no", no), job.Col("month", month), job.Col("value", value)); err != nil {
		return 0, err
	}
	return rows, p.writeBacktest(ctx, j)
}

func (p *plan) writeBacktest(ctx context.Context, j *job.Job) error {
	var place, series, origins, points []int64
	var name, level, grade []string
	var columns [6][]float64
	for i := range p.tests {
		t := &p.tests[i]
		place, name, level = append(place, int64(t.level)), append(name, measures[t.measure]), append(level, p.levels[t.level])
		series, origins, points = append(series, int64(t.series)), append(origins, int64(t.origins)), append(points, int64(t.points))
		grade = append(grade, t.grade())
		for k, v := range []float64{t.smape.mean(), t.mase.mean(), t.naiveSMAPE.mean(), t.naiveMASE.mean(), t.inside[0].mean(), t.inside[1].mean()} {
			columns[k] = append(columns[k], v)
		}
	}
	return j.Score(ctx, forecastBacktestSQL, nil, job.Col("measure", name), job.Col("level_no", place), job.Col("level", level), job.Col("series", series), job.Col("origins", origins), job.Col("points", points),
		job.Col("smape", columns[0]), job.Col("mase", columns[1]), job.Col("naive_smape", columns[2]), job.Col("naive_mase", columns[3]),
		job.Col("coverage_80", columns[4]), job.Col("coverage_95", columns[5]), job.Col("grade", grade))
}

// share is a mean that is built up.
type share struct{ sum, count float64 }

func (s *share) add(v float64) { s.sum, s.count = s.sum+v, s.count+1 }

// addMany adds count values of a mean.
func (s *share) addMany(mean float64, count int) {
	s.sum, s.count = s.sum+mean*float64(count), s.count+float64(count)
}

// mean is NaN of nothing.
func (s *share) mean() float64 {
	if s.count == 0 {
		return math.NaN()
	}
	return s.sum / s.count
}
