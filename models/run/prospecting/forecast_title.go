package prospecting

import (
	"context"
	"fmt"
	"math"

	"verso/models/forecast"
	"verso/models/job"
)

// titleDemand are the forecasts of single titles.
type titleDemand struct {
	keys  []int64
	model *forecast.Model // nil: no titles
}

// forecastTitles forecasts the copies of single titles, each from the month of
// its first order. Most titles sell seldom: for those the method is the simplest
// of the best among mean, simple smoothing, Croston, SBA and TSB. Of a short history
// of the company it is the mean for all.
func forecastTitles(ctx context.Context, j *job.Job, d *demand) (*titleDemand, error) {
	if err := j.Feature(ctx, "demand_title", mostTitles); err != nil {
		return nil, err
	}
	if err := j.Feature(ctx, "demand_title_month"); err != nil {
		return nil, err
	}
	f, err := j.Frame(ctx, "SELECT title_key, first_no FROM feature.demand_title ORDER BY title_key")
	if err != nil {
		return nil, err
	}
	t := &titleDemand{}
	if f.Rows() == 0 {
		return t, nil
	}
	series, place := make([]forecast.Series, f.Rows()), map[float64]int{}
	for i, key := range f.Column("title_key") {
		first := int(f.Column("first_no")[i])
		t.keys, place[key] = append(t.keys, int64(key)), i
		series[i] = forecast.Series{Name: fmt.Sprintf("title %.0f", key), Values: make([]float64, d.last-first+1), Period: 12, Start: first}
	}
	f, err = j.Frame(ctx, "SELECT title_key, month_no, copies FROM feature.demand_title_month ORDER BY title_key, month_no")
	if err != nil {
		return nil, err
	}
	for i, key := range f.Column("title_key") {
		s := &series[place[key]]
		s.Values[int(f.Column("month_no")[i])-s.Start] = f.Column("copies")[i]
	}
	o := forecast.Options{Horizon: horizon, Levels: levels}
	if d.isShort() {
		o.Method = forecast.Mean
	}
	t.model, err = forecast.Fit(ctx, series, o)
	return t, err
}

func (t *titleDemand) write(ctx context.Context, j *job.Job) error {
	var months []int64
	var method, class, source []string
	var mean, year, ends = []float64{}, []float64{}, [4][]float64{}
	for i := range t.keys {
		f := &t.model.Forecasts[i]
		var sum float64
		for _, v := range f.Mean {
			sum += v
		}
		months, method, class, source = append(months, int64(f.Values)), append(method, string(f.Method)), append(class, f.Demand.Class), append(source, f.Errors)
		mean, year = append(mean, sum/float64(len(f.Mean))), append(year, sum)
		for k, b := range bounds(f, len(f.Mean)-1) {
			ends[k] = append(ends[k], b)
		}
	}
	return j.Score(ctx, forecastTitleSQL, nil, job.Col("title_key", t.keys), job.Col("months", months), job.Col("demand", class), job.Col("method", method),
		job.Col("mean", mean), job.Col("year", year), job.Col("low_80", ends[0]), job.Col("high_80", ends[1]), job.Col("low_95", ends[2]), job.Col("high_95", ends[3]), job.Col("errors", source))
}

// tell adds the titles to the card.
func (t *titleDemand) tell(c *job.Card) {
	c.Parameter("titles", job.Wordsf("at most %d: in stock at the last count or ordered in the last 12 months, by copies of the last 24 months; %d are forecast", "至多 %d 个：最近盘点有库存或最近 12 个月有订购者，按最近 24 个月册数；实际预测 %d 个", mostTitles, len(t.keys)))
	if t.model == nil {
		return
	}
	count := map[forecast.Method]int{}
	for i := range t.model.Forecasts {
		count[t.model.Forecasts[i].Method]++
	}
	for _, m := range forecast.Methods() {
		if count[m] > 0 {
			c.Metric("titles."+string(m), float64(count[m]), "titles", job.Words{EN: "forecast by this method", ZH: "以此方法预测的品种"})
		}
	}
	b, n := t.model.Backtest, t.model.Baseline
	c.Metric("titles.rmsse", b.RMSSE, "", job.Wordsf("root mean squared scaled error over %d points of rolling backtests", "滚动检验 %d 点的均方根标度误差", b.Points))
	c.Metric("titles.naive_rmsse", n.RMSSE, "", job.Words{EN: "of repeating the same month of the year before", ZH: "照搬上年同月的结果"})
	for k, share := range t.model.Coverage {
		c.Metric(fmt.Sprintf("titles.coverage_%.0f", 100*levels[k]), share, "share", job.Words{EN: "of backtest errors within the interval that the other half of the backtests gives", ZH: "检验误差落在另一半检验所给区间内的比例"})
	}
	if math.IsNaN(b.RMSSE) {
		c.Parameter("titles.note", job.Words{EN: "no title has a history long enough to be tested", ZH: "没有品种的历史长到可以检验"})
	}
}
