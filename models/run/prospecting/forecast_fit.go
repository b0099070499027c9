package prospecting

import (
	"context"
	"math"
	"slices"

	"verso/models/forecast"
	"verso/models/job"
)

// plan is the demand with its forecasts.
type plan struct {
	*demand
	method        forecast.Method
	chosen        job.Words              // in plain words, how the method was chosen
	forecasts     [2][]forecast.Forecast // [measure][member], coherent
	tests         []test
	misses        [2][]miss     // of the tests, by measure
	widened       [2][2]float64 // [measure][level] factors on the intervals of the forecasts
	widenedBefore [2]float64    // the same of those last made
}

// ways that the method is chosen from: the combination of six methods, and the same
// weighted by their past errors. One method for each series, by its own past, is
// not among them: over few origins it takes flat lines for subjects with a season.
var ways = []forecast.Method{forecast.Combination, forecast.Weighted}

// fit chooses the method, tests it on the past, and forecasts.
func (p *plan) fit(ctx context.Context) error {
	origins := testOrigins(p.months())
	if err := p.choose(ctx, origins); err != nil {
		return err
	}
	for m := range measures {
		for _, origin := range origins {
			if err := p.test(ctx, m, origin); err != nil {
				return err
			}
		}
		list, err := p.coherent(ctx, m, p.months())
		if err != nil {
			return err
		}
		p.widened[m] = p.widen(m, list, p.months())
		p.forecasts[m] = list
	}
	return nil
}

// testOrigins are the lengths of history that forecasts are tested from: the last
// leaves a whole horizon to be held against, each earlier one half a year more, as
// long as two years come before; at most four, latest last. A history of one to
// three years is tested once, on the last half year.
func testOrigins(months int) []int {
	var out []int
	for o := months - horizon; o >= 24 && len(out) < 4; o -= 6 {
		out = append([]int{o}, out...)
	}
	if len(out) == 0 && months >= 18 {
		out = []int{months - 6}
	}
	return out
}

// seasonMonths is how many whole months it takes to tell a season from a trend. Of
// fewer only a level is forecast: the mean of the last twelve months, or of all
// where fewer are known.
const seasonMonths = 24

// isShort tells whether the history has no two years.
func (d *demand) isShort() bool { return d.months() < seasonMonths }

// choose takes the way whose forecasts of the total and the subjects had the least
// mean scaled error in the two times twelve months before the first test, so that
// the test judges the choice too. The default has to be beaten by 2 %.
func (p *plan) choose(ctx context.Context, origins []int) error {
	p.method, p.chosen = forecast.Combination, job.Words{EN: "the default: fewer than 36 months are known before the test to choose by", ZH: "默认：检验之前已知不足 36 个月，无从选择"}
	if p.isShort() {
		p.method, p.chosen = forecast.Mean, job.Wordsf("the mean of the last twelve months: from fewer than %d whole months neither season nor trend can be told", "最近十二个月的平均：完整月份不足 %d 个，无法辨别季节与趋势", seasonMonths)
		return nil
	}
	if len(origins) == 0 || origins[0] < 36 {
		return nil
	}
	members := append([]int{0}, p.of(1)...)
	best := math.Inf(1)
	for _, way := range ways {
		var missed share
		for _, cut := range []int{origins[0] - 18, origins[0] - 12} {
			m, err := forecast.Fit(ctx, p.series(0, members, cut), forecast.Options{Horizon: horizon, Method: way, Levels: levels})
			if err != nil {
				return err
			}
			for i, no := range members {
				a := forecast.Measure(p.values[0][no][:cut], 12, p.values[0][no][cut:cut+horizon], m.Forecasts[i].Mean)
				missed.addMany(a.MASE, a.Points-a.Undefined)
			}
		}
		if loss := missed.mean(); loss < 0.98*best {
			best, p.method = loss, way
		}
	}
	p.chosen = job.Wordsf("least mean scaled error of combination and weighted for net sales by class, over twelve months from two origins until %s", "组合与加权两法中，自两个起点起十二个月分类净额平均标度误差最小者，至 %s", monthName(p.first+origins[0]-1))
	return nil
}

// coherent forecasts all members from the first months of the history. The total
// and the subjects are reconciled with each other (MinT); the members of the
// other ways to divide it then share the same total in proportion to their own
// forecasts. An interval keeps its width and moves with its mean. All numbers are
// whole hundredths, so that sums agree to the last digit.
func (p *plan) coherent(ctx context.Context, measure, until int) ([]forecast.Forecast, error) {
	out := make([]forecast.Forecast, len(p.members))
	classes := p.of(1)
	parents := make([]int, len(classes))
	tree, err := forecast.Tree([]int{-1}, parents)
	if err != nil {
		return nil, err
	}
	o := forecast.Options{Horizon: horizon, Method: p.method, Levels: levels}
	m, err := forecast.FitHierarchy(ctx, tree, []string{p.members[0].name}, p.recent(measure, classes, until), forecast.MinT, o)
	if err != nil {
		return nil, err
	}
	total := m.Forecasts[0]
	clear(total.Mean)
	for i, no := range classes {
		f := m.Forecasts[1+i]
		roundAll(&f)
		for s, v := range f.Mean {
			total.Mean[s] = hundredths(total.Mean[s] + v)
		}
		out[no] = f
	}
	roundEnds(&total)
	out[0] = total
	for level := 2; level < len(p.levels); level++ {
		members := p.of(level)
		m, err := forecast.Fit(ctx, p.recent(measure, members, until), o)
		if err != nil {
			return nil, err
		}
		shareOut(total.Mean, m.Forecasts)
		for i, no := range members {
			out[no] = m.Forecasts[i]
		}
	}
	if p.isShort() {
		for no := range out {
			holdMonths(&out[no], p.values[measure][no][max(0, until-horizon):until])
		}
	}
	return out, nil
}

// recent are the series that forecasts are made from: all that is known, or of a
// short history the last twelve months.
func (p *plan) recent(measure int, members []int, until int) []forecast.Series {
	list := p.series(measure, members, until)
	if p.isShort() {
		for i := range list {
			from := max(0, until-horizon)
			list[i].Values, list[i].Start = list[i].Values[from:], list[i].Start+from
		}
	}
	return list
}

// holdMonths makes the intervals of a level as wide as the months it was taken from
// lay apart: what is not known of season and trend can move a month at least as far.
func holdMonths(f *forecast.Forecast, months []float64) {
	for k := range f.Upper {
		for s, mean := range f.Mean {
			away := make([]float64, len(months))
			for t, v := range months {
				away[t] = math.Abs(v - mean)
			}
			slices.Sort(away)
			half := math.Max(f.Upper[k][s]-mean, away[min(len(away), int(math.Ceil(levels[k]*float64(len(away)+1))))-1])
			f.Lower[k][s], f.Upper[k][s] = mean-half, mean+half
			if f.Demand.Class != forecast.Signed {
				f.Lower[k][s] = math.Max(0, f.Lower[k][s])
			}
		}
	}
	nest(f.Lower, f.Upper)
	roundEnds(f)
}

// shareOut makes the parts add up to the total at every step: what is missing is
// shared in proportion to the size of their own forecasts, equally where all are
// zero. They are rounded by their running sum, so that nothing is lost.
func shareOut(total []float64, parts []forecast.Forecast) {
	means := make([][]float64, len(parts))
	for i := range parts {
		means[i] = make([]float64, len(total))
	}
	for s, whole := range total {
		var sum, size float64
		for i := range parts {
			sum, size = sum+parts[i].Mean[s], size+math.Abs(parts[i].Mean[s])
		}
		running, before := 0.0, 0.0
		for i := range parts {
			weight := 1 / float64(len(parts))
			if size > 0 {
				weight = math.Abs(parts[i].Mean[s]) / size
			}
			running += parts[i].Mean[s] + weight*(whole-sum)
			upTo := hundredths(running)
			if i == len(parts)-1 {
				upTo = whole
			}
			means[i][s], before = hundredths(upTo-before), upTo
		}
	}
	for i := range parts {
		move(&parts[i], means[i])
		roundEnds(&parts[i])
	}
}

// move gives a forecast another mean; its interval keeps its width, and does not
// reach below zero where the demand never did.
func move(f *forecast.Forecast, mean []float64) {
	for k := range f.Lower {
		for s, v := range mean {
			half := f.Upper[k][s] - f.Mean[s]
			f.Lower[k][s], f.Upper[k][s] = v-half, v+half
			if f.Demand.Class != forecast.Signed {
				f.Lower[k][s] = math.Max(0, f.Lower[k][s])
			}
		}
	}
	f.Mean = mean
}

func hundredths(v float64) float64 { return math.Round(v*100) / 100 }

func roundAll(f *forecast.Forecast) {
	for s, v := range f.Mean {
		f.Mean[s] = hundredths(v)
	}
	roundEnds(f)
}

func roundEnds(f *forecast.Forecast) {
	for _, ends := range [][][]float64{f.Lower, f.Upper} {
		for k := range ends {
			for s, v := range ends[k] {
				ends[k][s] = hundredths(v)
			}
		}
	}
}

// test holds the forecasts of one measure and way to divide against the past.
type test struct {
	measure, level                     int
	series, origins, points            int
	smape, mase, naiveSMAPE, naiveMASE share
	inside                             [2]share // by level: points within the interval made before they were known
}

// grade tells how the forecast did beside repeating last year.
func (t *test) grade() string {
	own, naive := t.mase.mean(), t.naiveMASE.mean()
	switch {
	case math.IsNaN(own) || math.IsNaN(naive):
		return "not tested"
	case own <= 0.95*naive:
		return "better"
	case own <= 1.05*naive:
		return "equal"
	}
	return "worse"
}

// test forecasts from an earlier month and compares with what came.
func (p *plan) test(ctx context.Context, measure, origin int) error {
	list, err := p.coherent(ctx, measure, origin)
	if err != nil {
		return err
	}
	p.widen(measure, list, origin)
	steps := min(horizon, p.months()-origin)
	for level := range p.levels {
		t := p.testOf(measure, level)
		t.origins++
		members := p.of(level)
		t.series = len(members)
		for _, no := range members {
			history, actual := p.values[measure][no][:origin], p.values[measure][no][origin:origin+steps]
			f := &list[no]
			t.take(history, actual, f.Mean[:steps], naive(history, steps))
			for s, v := range actual {
				b := bounds(f, s)
				for k := range levels {
					if !math.IsNaN(b[2*k]) {
						t.inside[k].add(within(v, b[2*k], b[2*k+1]))
					}
				}
				p.note(measure, origin+s, v, f, s)
			}
		}
	}
	return nil
}

// within is 1 for a value between ends, which are rounded to hundredths.
func within(v, low, high float64) float64 {
	if v >= low-0.005 && v <= high+0.005 {
		return 1
	}
	return 0
}

// testOf is the test of a measure and level, made when it is first asked for.
func (p *plan) testOf(measure, level int) *test {
	for i := range p.tests {
		if p.tests[i].measure == measure && p.tests[i].level == level {
			return &p.tests[i]
		}
	}
	p.tests = append(p.tests, test{measure: measure, level: level})
	return &p.tests[len(p.tests)-1]
}

// take adds the errors of one series from one origin.
func (t *test) take(history, actual, mean, repeat []float64) {
	for _, way := range []struct {
		path        []float64
		smape, mase *share
	}{{mean, &t.smape, &t.mase}, {repeat, &t.naiveSMAPE, &t.naiveMASE}} {
		a := forecast.Measure(history, 12, actual, way.path)
		way.smape.addMany(a.SMAPE, a.Points)
		way.mase.addMany(a.MASE, a.Points-a.Undefined)
	}
	t.points += len(actual)
}

// naive repeats the same month of the year before, or the last month of a shorter
// history.
func naive(history []float64, steps int) []float64 {
	out := make([]float64, steps)
	for s := range out {
		if n := len(history); n >= 12 {
			out[s] = history[n-12+s%12]
		} else {
			out[s] = history[n-1]
		}
	}
	return out
}

// miss is how far a value came from its forecast, in half widths of the interval
// of each level, and the month in which that was known.
type miss struct {
	month int
	halfs [2]float64
}

// note keeps a miss; one without an interval says nothing.
func (p *plan) note(measure, month int, actual float64, f *forecast.Forecast, step int) {
	m := miss{month: month}
	for k := range levels {
		if f.Upper == nil || !(f.Upper[k][step] > f.Mean[step]) {
			return
		}
		m.halfs[k] = math.Abs(actual-f.Mean[step]) / (f.Upper[k][step] - f.Mean[step]) * p.widenedBefore[k]
	}
	p.misses[measure] = append(p.misses[measure], m)
}

// leastMisses is how many misses it takes to judge the width of intervals.
const leastMisses = 100

// widen makes the intervals as much wider as the misses known before a month ask
// for, over all series of the measure: reconciliation and the choice of a method
// come after the intervals are made, and make them a little too narrow. They are
// never made narrower.
func (p *plan) widen(measure int, list []forecast.Forecast, before int) [2]float64 {
	p.widenedBefore = factors(p.misses[measure], before, leastMisses)
	for i := range list {
		f := &list[i]
		for k := range f.Upper {
			for s, mean := range f.Mean {
				half := (f.Upper[k][s] - mean) * p.widenedBefore[k]
				f.Lower[k][s], f.Upper[k][s] = mean-half, mean+half
				if f.Demand.Class != forecast.Signed {
					f.Lower[k][s] = math.Max(0, f.Lower[k][s])
				}
			}
		}
		nest(f.Lower, f.Upper)
		roundEnds(f)
	}
	return p.widenedBefore
}

// nest makes an interval hold the one of a lower level.
func nest(lower, upper [][]float64) {
	for k := 1; k < len(lower); k++ {
		for s := range lower[k] {
			lower[k][s], upper[k][s] = math.Min(lower[k][s], lower[k-1][s]), math.Max(upper[k][s], upper[k-1][s])
		}
	}
}

// factors are how much wider intervals would have to be to hold the misses known
// before a month, by level; 1 where they hold, or fewer misses are known than it
// takes to tell.
func factors(misses []miss, before, least int) [2]float64 {
	out := [2]float64{1, 1}
	for k, level := range levels {
		var halfs []float64
		for _, m := range misses {
			if m.month < before {
				halfs = append(halfs, m.halfs[k])
			}
		}
		if len(halfs) < least {
			continue
		}
		slices.Sort(halfs)
		at := min(len(halfs), int(math.Ceil(level*float64(len(halfs)+1))))
		out[k] = math.Max(1, halfs[at-1])
	}
	return out
}
