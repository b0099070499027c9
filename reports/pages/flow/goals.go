package flow

import (
	"context"
	"fmt"
	"time"

	"verso/reports/page"
	"verso/reports/view"
)

// goal is where one of the goals stands.
type goal struct {
	no                                                           int64
	code, status                                                 string
	months                                                       int64
	baseline, actual, soFar, target, forecast, low, high, chance view.Value
	baselineFrom, baselineTo, actualFrom, actualTo               time.Time
	year                                                         int64
	owner, source                                                string // of the editors' file
	milestones                                                   map[int64]view.Value
}

// goals answers: are the goals reached, and will they be?
func goals(ctx context.Context, k *page.Context) (view.Page, error) {
	c := desk{k}
	absent := []string{"plan", "order_header", "order_line", "ticket", "activity"}
	known, err := c.known(ctx, "score", "goal", "goal_month", "goal_year")
	if err != nil || !known {
		return c.dark("goals", absent...), err
	}
	list, err := c.readGoals(ctx)
	if err != nil {
		return view.Page{}, err
	}
	measured := 0
	for _, g := range list {
		if g.months > 0 {
			measured++
		}
	}
	if measured == 0 {
		return c.dark("goals", absent...), nil
	}
	p := c.Page("goals")
	p.Meta = view.Meta{Measure: c.T("goals.meta"), Unit: "%", Period: c.T("flow.asof", "date", view.LongDate(c.Lang, c.AsOf)), Scenario: c.T("goals.scenario", "year", fmt.Sprint(list[0].year))}
	board, err := c.goalBoard(ctx, list)
	if err != nil {
		return p, err
	}
	years, err := c.goalYears(ctx, list)
	if err != nil {
		return p, err
	}
	p.Message = c.goalsMessage(list)
	p.Sections = []view.Section{
		{ID: "board", Title: c.T("goals.board"), Lead: c.T("goals.board.lead"), Blocks: []view.Block{{Table: board}}},
		{ID: "forecast", Title: c.T("goals.forecast"), Lead: c.T("goals.forecast.lead", "year", fmt.Sprint(list[0].year)), Blocks: []view.Block{{Table: c.goalForecast(list)}}},
		{ID: "milestones", Title: c.T("goals.milestones"), Lead: c.T("goals.milestones.lead"), Blocks: []view.Block{{Table: years}}},
		{ID: "how", Title: c.T("goals.how"), Lead: c.T("goals.how.lead"), Blocks: []view.Block{{Terms: c.goalTerms(list)}}},
	}
	return p, nil
}

func (c desk) readGoals(ctx context.Context) ([]goal, error) {
	rows, err := c.rows(ctx, "goals")
	if err != nil {
		return nil, err
	}
	var list []goal
	for _, r := range rows {
		list = append(list, goal{no: page.Whole(r[0]), code: page.Text(r[1]), months: page.Whole(r[2]), baselineFrom: month(r[3]), baselineTo: month(r[4]), baseline: page.Value(r[5]), actualFrom: month(r[6]), actualTo: month(r[7]), actual: page.Value(r[8]),
			year: page.Whole(r[9]), soFar: page.Value(r[10]), target: page.Value(r[11]), forecast: page.Value(r[12]), low: page.Value(r[13]), high: page.Value(r[14]), chance: page.Value(r[15]), status: page.Text(r[16])})
	}
	c.aim(list)
	return list, nil
}

// title is a goal with what it is measured by.
func (c desk) title(g goal) string { return c.T("goals." + g.code) }

// numbered is a text about a goal behind its number.
func (c desk) numbered(g goal, text string) string {
	return c.T("goals.numbered", "no", fmt.Sprint(g.no), "text", text)
}

func (c desk) goalsMessage(list []goal) view.Message {
	by := map[string][]string{}
	aimed, measured := 0, 0
	for _, g := range list {
		name := c.T("goals." + g.code + ".short")
		if g.months > 0 {
			measured++
		}
		if g.target.Has() && g.months > 0 {
			aimed++
		}
		switch g.status {
		case "met", "likely":
			by["good"] = append(by["good"], name)
		case "missed", "unlikely":
			by["bad"] = append(by["bad"], c.T("goals.gap", "name", name, "forecast", c.Share(page.Zero(g.forecast)), "target", c.Share(page.Zero(g.target))))
		case "open":
			by["open"] = append(by["open"], name)
		case "worse", "better":
			by[g.status] = append(by[g.status], name)
		}
	}
	count := func(n int) string { return page.Count(c.Lang, int64(n)) }
	comma := c.T("flow.comma")
	pairs := []string{"n", count(aimed), "good", count(len(by["good"])), "bad", count(len(by["bad"])), "open", count(len(by["open"])), "year", fmt.Sprint(list[0].year), "missed", join(by["bad"], comma), "close", join(by["open"], comma), "measured", count(measured),
		"better", join(by["better"], comma), "worse", join(by["worse"], comma)}
	if aimed == 0 {
		m := view.Message{Finding: c.T("goals.text.untargeted", pairs...), Consequence: c.T("goals.so.untargeted", pairs...)}
		if len(by["worse"]) > 0 {
			m.Consequence = c.T("goals.so.worse", pairs...)
		}
		return m
	}
	m := view.Message{Finding: c.T("goals.text", pairs...), Consequence: c.T("goals.so.good", pairs...)}
	switch {
	case len(by["bad"]) > 0:
		m.Consequence = c.T("goals.so.bad", pairs...)
	case len(by["open"]) > 0:
		m.Consequence = c.T("goals.so.open", pairs...)
	}
	return m
}

// goalBoard is every goal beside its beginning and its target.
func (c desk) goalBoard(ctx context.Context, list []goal) (*view.Table, error) {
	const n = 24
	months := page.Months(c.AsOf, n)
	rows, err := c.rows(ctx, "goals_months", page.ISO(months[0]))
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	for i, m := range months {
		at[m.Format("2006-01")] = i
	}
	trends := map[int64][]view.Value{}
	for _, row := range rows {
		no := page.Whole(row[0])
		if trends[no] == nil {
			trends[no] = make([]view.Value, n)
		}
		if i, ok := at[month(row[1]).Format("2006-01")]; ok {
			trends[no][i] = page.Value(row[2])
		}
	}
	change := c.share("gain")
	change.Format, change.Unit, change.Better = points(), c.T("flow.points"), 1
	actual := c.share("actual")
	actual.Visual = view.Bullet
	t := c.table("board", c.wide("goal"), actual, c.share("target"), c.share("baseline"), change, view.Column{Label: c.T("flow.col.months24"), Visual: view.Spark, Months: page.Names(c.Lang, months)}, c.word("status"))
	for _, g := range list {
		trend := trends[g.no]
		if trend == nil {
			trend = make([]view.Value, n)
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.numbered(g, c.title(g))), g.actual, g.target, g.baseline, view.Sub(g.actual, g.baseline), {Kind: view.Trend, Trend: trend}, view.T(c.T("goals.status." + g.status))}})
	}
	c.boardSources(t, list)
	return t, nil
}

// goalForecast is what the year is expected to come to.
func (c desk) goalForecast(list []goal) *view.Table {
	gap := c.share("gap")
	gap.Format, gap.Unit, gap.Visual, gap.Better = points(), c.T("flow.points"), view.Variance, 1
	chance := c.share("chance")
	chance.Format.Decimals = 0
	t := c.table("goalforecast", c.wide("goal"), c.share("sofar"), c.share("forecast"), c.share("from"), c.share("to"), c.share("target"), gap, chance, c.word("status"))
	for _, g := range list {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.numbered(g, c.T("goals."+g.code+".short"))), g.soFar, g.forecast, g.low, g.high, g.target, view.Sub(g.forecast, g.target), g.chance, view.T(c.T("goals.status." + g.status))}})
	}
	return t
}

// goalYears are the milestones: what the years came to, the targets set beneath.
func (c desk) goalYears(ctx context.Context, list []goal) (*view.Table, error) {
	const most = 6
	rows, err := c.rows(ctx, "goals_years")
	if err != nil {
		return nil, err
	}
	found, first, last := milestonesOf(rows, list), int64(0), list[0].year
	for _, years := range found {
		for year, m := range years {
			if m.share.Has() && (first == 0 || year < first) {
				first = year
			}
			if m.target.Has() {
				last = max(last, year)
			}
		}
	}
	first = max(first, last-most+1)
	columns := []view.Column{c.wide("goal")}
	for y := first; y <= last; y++ {
		columns = append(columns, view.Column{Label: fmt.Sprint(y), Unit: "%", Format: view.Pct().Bare()})
	}
	t := c.table("milestones", columns...)
	for _, g := range list {
		actual, target := []view.Value{view.T(c.numbered(g, c.T("goals."+g.code+".short")))}, []view.Value{view.T(c.T("goals.target"))}
		aimed := false
		for y := first; y <= last; y++ {
			m := found[g.no][y]
			actual, target = append(actual, m.share), append(target, m.target)
			aimed = aimed || m.target.Has()
		}
		t.Rows = append(t.Rows, view.Row{Cells: actual})
		if aimed {
			t.Rows = append(t.Rows, view.Row{Level: 1, Cells: target})
		}
	}
	return t, nil
}

// goalTerms say how every goal is measured, over which months, and under which
// name the plan sets its target.
func (c desk) goalTerms(list []goal) []view.Term {
	var out []view.Term
	for _, g := range list {
		span := c.T("goals.nodata")
		if g.months > 0 {
			span = c.T("goals.span", "from", view.MonthName(c.Lang, g.baselineFrom), "to", view.MonthName(c.Lang, g.baselineTo), "actual", view.MonthName(c.Lang, g.actualFrom), "until", view.MonthName(c.Lang, g.actualTo))
		}
		text := c.T("flow.two", "first", c.T("goals."+g.code+".how"), "then", span)
		out = append(out, view.Term{Name: c.numbered(g, c.title(g)), Definition: c.T("flow.two", "first", text, "then", c.T("goals.plan", "code", g.code))})
	}
	return out
}
