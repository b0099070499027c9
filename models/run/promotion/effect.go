package promotion

import (
	"fmt"
	"math"

	"verso/models/job"
	"verso/models/propensity"
	"verso/models/uplift"
)

// Ways a campaign was judged.
const (
	byControl = "random control"
	byMatch   = "matched"
	byDiD     = "difference in differences"
	byNothing = "none"
)

const (
	// least is how many treated customers can be compared without a control group.
	least = 20
	// alike is the largest difference after matching, in standard deviations, that
	// a comparison of matched customers may have; or so many times its own standard
	// error, where few customers leave more to chance.
	alike, chance = .25, 3
	// unlike is the probability below which two arms are taken for not drawn at
	// random: they differ in what was before the campaign.
	unlike = .001
)

// customers are those of one campaign, one element each, in the order of their keys.
type customers struct {
	key           []int64
	treated       []bool
	x             propensity.Table // what was known before
	ordered       []float64
	lines, margin [3][]float64 // in the window, and in the same days one and two years before
	after         []float64    // order lines in a second window; NaN before it is over
	silence       []float64
	tenure        []float64
	attended      []float64 // responses to earlier events of the kind
}

func (c customers) take(rows []int) customers {
	out := customers{x: c.x.Take(rows), treated: make([]bool, len(rows)), key: make([]int64, len(rows)), ordered: pick(c.ordered, rows), after: pick(c.after, rows), silence: pick(c.silence, rows), tenure: pick(c.tenure, rows), attended: pick(c.attended, rows)}
	for k, i := range rows {
		out.treated[k], out.key[k] = c.treated[i], c.key[i]
	}
	for y := range 3 {
		out.lines[y], out.margin[y] = pick(c.lines[y], rows), pick(c.margin[y], rows)
	}
	return out
}

func pick(v []float64, rows []int) []float64 {
	out := make([]float64, len(rows))
	for k, i := range rows {
		out[k] = v[i]
	}
	return out
}

// of is the values of one arm.
func (c customers) of(treated bool, v []float64) []float64 {
	var out []float64
	for i, t := range c.treated {
		if t == treated {
			out = append(out, v[i])
		}
	}
	return out
}

// effect is what a campaign caused, per treated customer.
type effect struct {
	method             string
	treated, compared  int
	response, baseline float64 // share who ordered; without the campaign
	lift               uplift.Range
	p                  float64
	lines              uplift.Range // extra order lines
	linesBase          float64      // order lines without the campaign
	margin             uplift.Range // extra margin; NaN when no cost is known
	unmatched          float64      // treated less all others; NaN with a control group
	balance            float64      // largest difference that matching left; NaN without matching
	warning            job.Words
	reason             job.Words // why there is none
}

// estimate judges one campaign. costed says whether margins are known.
func estimate(c customers, random, costed bool) effect {
	e := effect{method: byNothing, treated: len(c.of(true, c.ordered)), p: math.NaN(), unmatched: math.NaN(), balance: math.NaN()}
	e.compared = len(c.treated) - e.treated
	e.response = mean(c.of(true, c.ordered))
	e.blank()
	var err error
	if random {
		e.warning = differ(c)
	}
	switch {
	case random && e.warning.EN == "":
		err = e.random(c)
	case e.treated < least || e.compared < least:
		e.reason = job.Wordsf("%d customers addressed and %d to compare with: fewer than %d cannot be judged without a control group.", "触达 %d 个客户，可比较客户 %d 个：无对照组时少于 %d 个无法判断。", e.treated, e.compared, least)
	default:
		err = e.observed(c)
	}
	if err != nil {
		e.method, e.p = byNothing, math.NaN()
		e.blank()
		e.reason = job.Words{EN: "The customers cannot be compared: " + err.Error() + ".", ZH: "客户无法比较：" + err.Error() + "。"}
	}
	if !costed {
		e.margin = nothing
	}
	return e
}

func (e *effect) warn(en, zh string, args ...any) {
	w := job.Wordsf(en, zh, args...)
	if e.warning.EN != "" {
		w = job.Words{EN: e.warning.EN + " " + w.EN, ZH: e.warning.ZH + w.ZH}
	}
	e.warning = w
}

var nothing = uplift.Range{Value: math.NaN(), Low: math.NaN(), High: math.NaN()}

func (e *effect) blank() {
	e.baseline, e.lift, e.lines, e.margin, e.linesBase = math.NaN(), nothing, nothing, nothing, math.NaN()
}

// random compares with customers held back at random.
func (e *effect) random(c customers) error {
	r, err := uplift.Compare(uplift.Outcomes{Y: c.of(true, c.ordered)}, uplift.Outcomes{Y: c.of(false, c.ordered)})
	if err != nil {
		return err
	}
	lines, err := uplift.CompareAmounts(c.of(true, c.lines[0]), c.of(false, c.lines[0]))
	if err != nil {
		return err
	}
	margin, err := uplift.CompareAmounts(c.of(true, c.margin[0]), c.of(false, c.margin[0]))
	if err != nil {
		return err
	}
	e.method, e.response, e.baseline, e.p = byControl, r.Treated, r.Control, r.P
	e.lift, e.lines, e.margin = rangeOf(r), rangeOf(lines), rangeOf(margin)
	e.linesBase = lines.Control
	return nil
}

func rangeOf(e *uplift.Effect) uplift.Range {
	return uplift.Range{Value: e.Lift, Low: e.Low, High: e.High}
}

// differ says whether held-back customers differ from the treated before the
// campaign by more than a draw allows; such a group is no control.
func differ(c customers) job.Words {
	for _, column := range c.x {
		if column.Levels != nil {
			continue
		}
		var v [2][]float64
		for i, x := range column.Numbers {
			if !math.IsNaN(x) {
				a := 0
				if c.treated[i] {
					a = 1
				}
				v[a] = append(v[a], x)
			}
		}
		r, err := uplift.CompareAmounts(v[1], v[0])
		if err == nil && r.P < unlike/float64(len(c.x)) {
			return job.Wordsf("The customers held back are no random control: they differ before the campaign in %s (p = %.1g).", "对照客户并非随机抽取：活动之前在“%s”上已有差异（p = %.1g）。", column.Name, r.P)
		}
	}
	return job.Words{}
}

// again are, of an event that customers choose to visit, those who had come to an
// earlier one and ordered since: who came again is compared with who stayed away,
// so that what tells visitors from others does not count. nil without enough of
// them.
func (c customers) again() []int {
	const year = 400 // days, with some to spare for an event that moves
	var rows []int
	n := 0
	for i, a := range c.attended {
		if a > 0 && c.silence[i] <= year {
			rows = append(rows, i)
			if c.treated[i] {
				n++
			}
		}
	}
	if n < least || len(rows)-n < least {
		return nil
	}
	return rows
}

// observed compares with customers who were not addressed: with their like where
// there are such, else by the change against the days it is held against. Of an
// event it tries those who had come before first.
func (e *effect) observed(c customers) error {
	e.unmatched = e.response - mean(c.of(false, c.ordered))
	if rows := c.again(); rows != nil {
		again, x := c.take(rows), *e
		x.treated = len(again.of(true, again.ordered))
		x.response = mean(again.of(true, again.ordered))
		if x.compare(again) == nil {
			*e = x
			e.warn("Judged on %d who had come to an earlier event: who came again against who stayed away.", "仅比较曾参加过往届的客户（本次参加 %d 个）：再次参加者与未参加者。", e.treated)
			return nil
		}
	}
	return e.compare(c)
}

func (e *effect) compare(c customers) error {
	m, err := uplift.MatchOutcomes(uplift.Experiment{X: c.x, Treated: c.treated, Y: c.ordered}, [][]float64{c.lines[0], c.margin[0]}, uplift.MatchOptions{})
	if err == nil && alikeEnough(c, m[0]) && 2*m[0].Treated > e.treated {
		e.matched(c, m)
		return nil
	}
	if didErr := e.did(c); didErr != nil {
		if err != nil {
			return err
		}
		return fmt.Errorf("matching leaves them %.2f standard deviations apart, and %w", m[0].Worst, didErr)
	}
	return nil
}

// alikeEnough says whether matched customers may be compared: there are enough of
// them, controls that stand for several counting as fewer, (Σw)²/Σw², and they do
// not differ by more than they may.
func alikeEnough(c customers, m *uplift.Matched) bool {
	var sum, square float64
	for i, w := range m.Weight {
		if !c.treated[i] {
			sum, square = sum+w, square+w*w
		}
	}
	n := sum * sum / square
	limit := max(alike, chance*math.Sqrt(1/float64(m.Treated)+1/n))
	return n >= least && 8*n >= float64(m.Treated) && m.Worst < min(limit, 2*alike)
}

// matched takes the effects on ordering, orders and margin.
func (e *effect) matched(c customers, all []*uplift.Matched) {
	m := all[0]
	e.method, e.balance, e.p = byMatch, m.Worst, m.P
	e.baseline = e.response - m.Effect
	for k, to := range []*uplift.Range{&e.lift, &e.lines, &e.margin} {
		*to = uplift.Range{Value: all[k].Effect, Low: all[k].Low, High: all[k].High}
	}
	e.linesBase = mean(c.of(true, c.lines[0])) - e.lines.Value
	if m.Unmatched > 0 {
		e.warn("%d of the customers addressed have no like and are left out.", "触达客户中有 %d 个找不到相似客户，未计入。", m.Unmatched)
	}
	e.compared = m.Controls
}

// did compares the change against the days that the campaign is held against, of
// customers who were there then and ordered in the half year before the campaign:
// of two years where enough were there, else of one.
func (e *effect) did(c customers) error {
	years := 2
	rows, n := c.there(728)
	if n < least || len(rows)-n < least {
		years = 1
		rows, n = c.there(364)
	}
	if n < least || len(rows)-n < least {
		return fmt.Errorf("only %d addressed and %d other customers were there a year before", n, len(rows)-n)
	}
	s := c.take(rows)
	e.balance = math.NaN()
	ordered := [3][]float64{}
	for y := range 3 {
		ordered[y] = make([]float64, len(rows))
		for i, o := range s.lines[y] {
			if o > 0 {
				ordered[y][i] = 1
			}
		}
	}
	d, err := panel(s, ordered, years)
	if err != nil {
		return err
	}
	e.method, e.treated, e.compared, e.p = byDiD, d.Customers[1], d.Customers[0], d.P
	e.lift = uplift.Range{Value: d.Effect, Low: d.Low, High: d.High}
	e.response = d.Means[1][1]
	e.baseline = e.response - d.Effect
	if d.PreTrend != nil && d.PreTrend.P < level {
		e.warn("Before the campaign both groups already moved apart by %.1f points a year: the effect may be that trend.", "活动之前两组每年已相差 %.1f 个百分点：该效果可能只是趋势。", 100*d.PreTrend.Slope)
	}
	for _, part := range []struct {
		y  [3][]float64
		to *uplift.Range
	}{{s.lines, &e.lines}, {s.margin, &e.margin}} {
		r, err := panel(s, part.y, years)
		if err != nil {
			return err
		}
		*part.to = uplift.Range{Value: r.Effect, Low: r.Low, High: r.High}
	}
	e.linesBase = mean(s.of(true, s.lines[0])) - e.lines.Value
	return nil
}

// there are the customers of the types addressed who ordered in the half year
// before and first so many days before, and how many of them were treated.
func (c customers) there(days float64) (rows []int, treated int) {
	const half = 182
	types := map[string]bool{}
	kind := c.x[0].Levels
	for i, t := range c.treated {
		if t {
			types[kind[i]] = true
		}
	}
	for i, t := range c.treated {
		if c.tenure[i] > days && c.silence[i] <= half && types[kind[i]] {
			rows = append(rows, i)
			if t {
				treated++
			}
		}
	}
	return rows, treated
}

func panel(c customers, y [3][]float64, years int) (*uplift.DiD, error) {
	var p uplift.Panel
	p.From = 2
	for back := range years + 1 {
		for i, key := range c.key {
			p.Customer, p.Treated = append(p.Customer, fmt.Sprintf("%010d", key)), append(p.Treated, c.treated[i])
			p.Period, p.Y = append(p.Period, 2-back), append(p.Y, y[back][i])
		}
	}
	return uplift.DifferenceInDifferences(p)
}

func mean(v []float64) float64 {
	if len(v) == 0 {
		return math.NaN()
	}
	var sum float64
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}
