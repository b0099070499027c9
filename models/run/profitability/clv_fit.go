package profitability

import (
	"math"
	"slices"
	"sync"
	"time"

	"verso/models/clv"
	"verso/models/job"
)

// leastGroup is how many customers and repeat buyers a type needs for a model of
// its own.
const leastGroup, leastRepeats = 200, 50

// fit makes the customers' rows and the models; an error says why there is none.
func (l *lifetime) fit() error {
	l.options = clv.RowOptions{AsOf: l.asOf, CountFree: true}
	rows, err := clv.FromTransactions(l.tx, l.options)
	if err != nil {
		return err
	}
	l.rows = rows
	pooled, err := clv.Fit(rows.Customers, clv.Options{Kind: clv.MBGNBD})
	if err != nil {
		return err
	}
	pooled = l.chooseClock(pooled)
	l.groups = l.chooseGroups(pooled)
	if l.grouping.taken {
		l.pooled = pooled
	}
	for i := range l.groups {
		g := &l.groups[i]
		c := part(l.rows.Customers, g.index)
		if s, err := clv.FitSpend(c.X, c.Spend, nil); err == nil {
			g.spend = s
		}
		g.stays = nobodyLeaves(g.model, c)
	}
	l.fitBeside()
	return nil
}

// nobodyLeaves tells whether NBD, whose customers never leave, explains the same
// purchases as well as the model: its BIC is not above the model's. How likely a
// customer is still one cannot be told then.
func nobodyLeaves(m *clv.Model, c clv.Customers) bool {
	stay, err := clv.Fit(c, clv.Options{Kind: clv.NBD})
	return err == nil && stay.BIC <= m.BIC
}

// fitBeside fits the models beside and the backtest, which need nothing of each
// other.
func (l *lifetime) fitBeside() {
	kinds := []clv.Kind{clv.BGNBD, clv.ParetoNBD, clv.NBD}
	found := make([]*clv.Model, len(kinds))
	var wait sync.WaitGroup
	wait.Go(func() { l.backtest = l.backtested() })
	for k, kind := range kinds {
		wait.Go(func() {
			c := l.rows.Customers
			if kind == clv.ParetoNBD {
				c = part(c, sampled(len(c.X), mostPareto))
			}
			if m, err := clv.Fit(c, clv.Options{Kind: kind}); err == nil {
				found[k] = m
			}
		})
	}
	wait.Wait()
	for _, m := range found {
		if m != nil {
			l.others = append(l.others, m)
		}
	}
}

// mostPareto is how many customers Pareto/NBD is fitted on for comparison: its
// likelihood costs a quadrature a customer.
const mostPareto = 4000

// sampled are all of n rows, or most of them at equal distances.
func sampled(n, most int) []int {
	out := make([]int, min(n, most))
	for i := range out {
		out[i] = i * n / len(out)
	}
	return out
}

// chooseClock compares the calendar with a seasonal clock by the likelihood of
// the same purchases in calendar time: that on the clock times the clock's rate
// at every repeat purchase. The clock's eleven indices have to pay for themselves
// (BIC).
func (l *lifetime) chooseClock(calendar *clv.Model) *clv.Model {
	days := l.occasions()
	if len(days) == 0 {
		l.clock.words = job.Words{EN: "calendar time: there is no purchase to see a season in", ZH: "日历时间：没有购买可看出季节"}
		return calendar
	}
	clock, err := clv.SeasonalIndex(days, slices.Min(days), l.asOf)
	if err != nil {
		l.clock.words = job.Words{EN: "calendar time: fewer than 24 whole months are known", ZH: "日历时间：已知的完整月份不足 24 个"}
		return calendar
	}
	o := l.options
	o.Clock = clock
	rows, err := clv.FromTransactions(l.tx, o)
	if err != nil {
		l.clock.words = job.Words{EN: "calendar time: " + err.Error(), ZH: "日历时间：季节时钟无法拟合"}
		return calendar
	}
	m, err := clv.Fit(rows.Customers, clv.Options{Kind: clv.MBGNBD})
	if err != nil {
		l.clock.words = job.Words{EN: "calendar time: " + err.Error(), ZH: "日历时间：季节时钟无法拟合"}
		return calendar
	}
	first := map[int64]int{}
	for i, key := range l.rows.Key {
		first[key] = l.rows.FirstDay[i]
	}
	likelihood, index := m.LogLikelihood, clock.Index()
	for i, day := range l.tx.Day {
		if start, known := first[l.tx.Customer[i]]; known && l.tx.Amount[i] > 0 && day > start {
			likelihood += math.Log(index[time.Unix(int64(day)*86400, 0).UTC().Month()-1])
		}
	}
	gain := 2*(likelihood-calendar.LogLikelihood) - 11*math.Log(float64(len(l.rows.Key)))
	if gain <= 0 {
		l.clock.words = job.Wordsf("calendar time: a seasonal clock does not pay for its indices (BIC worse by %.0f)", "日历时间：季节时钟不值其参数（BIC 差 %.0f）", -gain)
		return calendar
	}
	l.clock = choice{true, job.Wordsf("seasonal clock: BIC better by %.0f than calendar time", "季节时钟：BIC 比日历时间好 %.0f", gain)}
	l.options, l.rows = o, rows
	return m
}

// occasions are the days of all purchases.
func (l *lifetime) occasions() []int {
	var days []int
	for i, d := range l.tx.Day {
		if l.tx.Amount[i] > 0 && d <= l.asOf {
			days = append(days, d)
		}
	}
	return days
}

// chooseGroups compares one model for all with one for each type of customer
// that has enough of them, by BIC.
func (l *lifetime) chooseGroups(pooled *clv.Model) []group {
	all := make([]int, len(l.rows.Key))
	byType := map[int][]int{}
	for i, key := range l.rows.Key {
		all[i] = i
		byType[l.types[key]] = append(byType[l.types[key]], i)
	}
	one := []group{{name: "all", index: all, model: pooled}}
	var list []group
	var rest []int
	for _, no := range sortedKeys(byType) {
		index := byType[no]
		if c := part(l.rows.Customers, index); len(index) < leastGroup || repeats(c) < leastRepeats {
			rest = append(rest, index...)
			continue
		}
		list = append(list, group{name: l.names[no], index: index})
	}
	if len(list) < 2 && (len(list) == 0 || len(rest) == 0) {
		l.grouping.words = job.Words{EN: "one model for all customers: no two types have enough of them", ZH: "全体客户一个模型：没有两个类型的客户足够多"}
		return one
	}
	if len(rest) > 0 {
		slices.Sort(rest)
		list = append(list, group{name: "others", index: rest})
	}
	likelihood, parameters := 0.0, 0
	for i := range list {
		m, err := clv.Fit(part(l.rows.Customers, list[i].index), clv.Options{Kind: clv.MBGNBD})
		if err != nil {
			l.grouping.words = job.Wordsf("one model for all customers: %s alone has none (%v)", "全体客户一个模型：%s 单独无法拟合（%v）", list[i].name, err)
			return one
		}
		list[i].model = m
		likelihood, parameters = likelihood+m.LogLikelihood, parameters+len(m.Base)
	}
	gain := pooled.BIC - (-2*likelihood + float64(parameters)*math.Log(float64(len(all))))
	if gain <= 0 {
		l.grouping.words = job.Wordsf("one model for all customers: types do not pay for their parameters (BIC worse by %.0f)", "全体客户一个模型：分类型不值其参数（BIC 差 %.0f）", -gain)
		return one
	}
	l.grouping = choice{true, job.Wordsf("one model for each of %d groups of customer types: BIC better by %.0f", "%d 组客户类型各一个模型：BIC 好 %.0f", len(list), gain)}
	return list
}

func sortedKeys(m map[int][]int) []int {
	keys := make([]int, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// part are some of the customers.
func part(c clv.Customers, index []int) clv.Customers {
	pick := func(from []float64) []float64 {
		out := make([]float64, len(index))
		for to, i := range index {
			out[to] = from[i]
		}
		return out
	}
	return clv.Customers{X: pick(c.X), Tx: pick(c.Tx), T: pick(c.T), Spend: pick(c.Spend)}
}

func repeats(c clv.Customers) (n int) {
	for _, x := range c.X {
		if x > 0 {
			n++
		}
	}
	return n
}

// scores are the columns of score.clv.
type scores struct {
	key, repeats, first, last, low, high               []int64
	model, group                                       []string
	alive, expected, none, next, spend, value, forever []float64
	early, late                                        []float64 // of next
}

func newScores(n int) *scores {
	s := &scores{}
	for _, c := range []*[]int64{&s.key, &s.repeats, &s.first, &s.last, &s.low, &s.high} {
		*c = make([]int64, 0, n)
	}
	for _, c := range []*[]float64{&s.alive, &s.expected, &s.none, &s.next, &s.early, &s.late, &s.spend, &s.value, &s.forever} {
		*c = make([]float64, 0, n)
	}
	return s
}

// horizon is the months ahead, in units of the model from the as-of date on.
func (l *lifetime) horizon(from int, days float64) float64 {
	if l.options.Clock != nil {
		return l.options.Clock.Until(from, days) / 7
	}
	return days / 7
}

// score appends the customers of a group.
func (l *lifetime) score(g group, s *scores) error {
	c := part(l.rows.Customers, g.index)
	o := clv.ScoreOptions{Horizon: l.horizon(l.asOf, float64(l.months)*365.25/12), Annual: l.annual, Spend: g.spend, Forever: l.annual > 0}
	r, err := g.model.Score(c, o)
	if err != nil {
		return err
	}
	for at, i := range g.index {
		s.key, s.model, s.group = append(s.key, l.rows.Key[i]), append(s.model, g.model.Kind.String()), append(s.group, g.name)
		s.repeats, s.first, s.last = append(s.repeats, int64(c.X[at])), append(s.first, int64(l.rows.FirstDay[i])), append(s.last, int64(l.rows.LastDay[i]))
		alive := r.Alive[at]
		if g.stays {
			alive = math.NaN()
		}
		s.alive, s.expected, s.none = append(s.alive, alive), append(s.expected, r.Expected[at]), append(s.none, r.None[at])
		s.low, s.high = append(s.low, int64(r.Low[at])), append(s.high, int64(r.High[at]))
		s.next = append(s.next, l.daysTo(r.Next[at], r.HasNext[at]))
		s.early = append(s.early, l.daysTo(r.NextLow[at], r.HasNextLow[at]))
		s.late = append(s.late, l.daysTo(r.NextHigh[at], r.HasNextHigh[at]))
		s.spend = append(s.spend, elementOf(r.MeanSpend, at))
		s.value = append(s.value, elementOf(r.Value, at))
		s.forever = append(s.forever, elementOf(r.ForeverCLV, at))
	}
	return nil
}

// days are the calendar days of a length of the model's time from the as-of date on.
func (l *lifetime) days(units float64) float64 {
	if l.options.Clock != nil {
		return l.options.Clock.Days(l.asOf, units*7)
	}
	return units * 7
}

// daysTo are the days to a purchase that is expected; NaN where none is.
func (l *lifetime) daysTo(units float64, expected bool) float64 {
	if !expected {
		return math.NaN()
	}
	return l.days(units)
}

// elementOf is an element of a slice that may not be there: then NaN.
func elementOf(values []float64, i int) float64 {
	if values == nil {
		return math.NaN()
	}
	return values[i]
}

// backtest is a fit on the past, held against what came after.
type backtest struct {
	split      int // last day of the calibration
	model      *clv.Model
	validation *clv.Validation
	track      []clv.TrackPoint
	course     *course
}

// backtested fits the chosen kind of model on all but the last year, or on half of
// a history shorter than two years; nil where that has nothing to learn.
func (l *lifetime) backtested() *backtest {
	first := slices.Min(l.rows.FirstDay)
	length := min(365, (l.asOf-first)/2)
	if length < 28 {
		return nil
	}
	o := l.options
	o.AsOf = l.asOf - length
	if o.Clock != nil { // as it could be known then
		if o.Clock, _ = clv.SeasonalIndex(l.occasions(), first, o.AsOf); o.Clock == nil {
			return nil
		}
	}
	rows, err := clv.FromTransactions(l.tx, o)
	if err != nil {
		return nil
	}
	b := &backtest{split: o.AsOf}
	if b.model, err = clv.Fit(rows.Customers, clv.Options{Kind: clv.MBGNBD}); err != nil {
		return nil
	}
	held, err := clv.HoldoutOf(l.tx, rows, o, l.asOf)
	if err != nil {
		return nil
	}
	if b.validation, err = b.model.Validate(rows.Customers, held.Purchases, held.Length); err != nil {
		return nil
	}
	if b.track, err = b.model.Track(l.tx, rows, o, l.asOf, 28); err != nil {
		return nil
	}
	if b.course, err = l.follow(b, rows, o); err != nil {
		return nil
	}
	return b
}
