package value

import (
	"context"

	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/view"
)

// trialSection holds the forecast of the past against what came.
func (c desk) trialSection(w worth, steps []holdStep) view.Section {
	s := view.Section{ID: "trial", Title: c.T("clv.trial"), Lead: c.T("clv.trial.lead")}
	if len(steps) == 0 {
		s.Blocks = []view.Block{{Note: &view.Note{Text: c.T("clv.so.untested")}}}
		return s
	}
	s.Blocks = []view.Block{{Width: view.Half, Chart: c.courseChart(w, steps)}, {Width: view.Half, Table: c.gradeTable(w)}}
	if w.card["groups"].words != "" {
		s.Blocks = append(s.Blocks, view.Block{Note: &view.Note{Text: c.T("clv.trial.note")}})
	}
	return s
}

// courseChart draws the purchases of every four weeks held out: what came and
// what the model had expected of the customers known before.
func (c desk) courseChart(w worth, steps []holdStep) *view.Chart {
	n := view.Integer()
	ch := &view.Chart{ID: "clv-course", Kind: view.Lines, Title: c.T("clv.course"), Subtitle: c.T("clv.course.sub"), Format: n, XName: c.T("clv.course.x"),
		Insight: c.T("clv.course.text", "expected", c.Rounded(w.card["backtest.expected"].value), "actual", c.Rounded(w.card["backtest.actual"].value), "bias", c.SignedShare(w.card["backtest.bias"].value))}
	came, thought := view.Series{Name: c.T("clv.actual"), Role: view.AC}, view.Series{Name: c.T("clv.expected"), Role: view.FC}
	ch.Table = view.Table{Title: ch.Title, Columns: []view.Column{{Label: c.T("clv.course.x")}, {Label: c.T("clv.actual"), Format: n}, {Label: c.T("clv.expected"), Format: n}, {Label: c.T("clv.naive"), Format: n},
		{Label: c.T("clv.miss"), Unit: "%", Format: view.Pct().Bare().Change()}}}
	var actual, expected, naive view.Value
	for i, s := range steps {
		mark := ""
		if i%3 == 0 {
			mark = view.MonthTick(c.Lang, s.end, true)
		}
		ch.Categories = append(ch.Categories, mark)
		came.Values, thought.Values = append(came.Values, s.actual), append(thought.Values, s.expected)
		ch.Table.Rows = append(ch.Table.Rows, view.Row{Cells: []view.Value{view.T(view.ShortDate(c.Lang, s.end)), s.actual, s.expected, s.naive, view.Relative(s.expected, s.actual)}})
		actual, expected, naive = view.Sum(actual, s.actual), view.Sum(expected, s.expected), view.Sum(naive, s.naive)
	}
	ch.Table.Rows = append(ch.Table.Rows, view.Row{Kind: view.Total, Cells: []view.Value{view.T(c.T("row.total")), actual, expected, naive, view.Relative(expected, actual)}})
	ch.Series = []view.Series{came, thought}
	return ch
}

// gradeTable sets the model beside going on as before.
func (c desk) gradeTable(w worth) *view.Table {
	t := &view.Table{ID: "clv-grade", Title: c.T("clv.grade"), Subtitle: c.T("clv.grade.sub", "weeks", page.Count(c.Lang, w.weeks)),
		Columns: []view.Column{{Label: c.T("cards.metric")}, {Label: c.T("clv.model"), Format: view.Pct()}, {Label: c.T("clv.naive"), Format: view.Pct()}}}
	two := view.Format{Style: view.Decimal, Decimals: 2}
	signed := view.Pct().Change()
	for _, m := range []struct {
		label, model, naive string
		format              view.Format
	}{
		{"bias", "backtest.bias", "backtest.naive_bias", signed}, {"mae", "backtest.mae", "backtest.naive_mae", two}, {"top", "backtest.top_decile", "backtest.naive_top_decile", view.Pct()},
		{"correlation", "backtest.correlation", "", two}, {"coverage", "backtest.coverage", "", view.Pct()},
	} {
		cells := []view.Value{view.T(c.T("clv.grade." + m.label)), w.card[m.model].value, view.NA()}
		if m.naive != "" {
			cells[2] = w.card[m.naive].value
		}
		for i := 1; i < len(cells); i++ {
			cells[i].Format = &m.format
		}
		t.Rows = append(t.Rows, view.Row{Cells: cells})
	}
	if words := w.card["backtest.grade"].words; words != "" {
		t.Footnotes = []string{c.T("clv.grade.foot", "grade", words)}
	}
	return t
}

// aliveBlock is that chart, or why it cannot be told who is still a customer.
func (c desk) aliveBlock(ctx context.Context, w worth) (view.Block, error) {
	if w.judged == 0 {
		return view.Block{Note: &view.Note{Text: c.T("clv.alive.unknown")}}, nil
	}
	ch, err := c.aliveChart(ctx)
	if err == nil && w.judged < w.customers {
		ch.Insight += c.T("clv.alive.part", "n", page.Count(c.Lang, w.customers-w.judged))
	}
	return view.Block{Chart: ch}, err
}

// aliveChart shades how likely customers are still alive by their silence and by
// how often they came.
func (c desk) aliveChart(ctx context.Context) (*view.Chart, error) {
	ch := &view.Chart{ID: "clv-alive", Kind: view.Heat, Title: c.T("clv.alive.chart"), Subtitle: c.T("clv.alive.sub"), Insight: c.T("clv.alive.text"), XName: c.T("clv.alive.x"), Format: view.Pct(), Better: 1}
	ch.Table = view.Table{Title: ch.Title, Columns: []view.Column{{Label: c.T("clv.silence")}, {Label: c.T("clv.alive.x")}, {Label: c.T("col.customers"), Format: view.Integer()}, {Label: c.T("loyalty.alive"), Unit: "%", Format: view.Pct().Bare()}}}
	silence, again := []string{"30", "90", "180", "365", "730", "more"}, []string{"0", "1", "3", "6", "12", "30"}
	for i := range silence {
		ch.Rows, ch.Categories = append(ch.Rows, c.T("clv.silence."+silence[i])), append(ch.Categories, c.T("clv.again."+again[i]))
	}
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("clv_alive")), func(row []any) error {
		y, x, alive := int(page.Whole(row[0])), int(page.Whole(row[1])), page.Value(row[3])
		ch.Cells = append(ch.Cells, view.Cell{X: x, Y: y, Value: alive, Label: c.Share(alive), Small: page.Count(c.Lang, page.Whole(row[2])), Shade: min(5, 1+int(alive.Float*5))})
		ch.Table.Rows = append(ch.Table.Rows, view.Row{Cells: []view.Value{view.T(ch.Rows[y]), view.T(ch.Categories[x]), page.Value(row[2]), alive}})
		return nil
	})
	return ch, err
}

// choiceSection says which model was taken, why, and what to beware of.
func (c desk) choiceSection(w worth) view.Section {
	s := view.Section{ID: "choice", Title: c.T("clv.choice"), Lead: c.T("clv.choice.lead")}
	for _, name := range []string{"clock", "groups"} {
		if words := w.card[name].words; words != "" {
			s.Blocks = append(s.Blocks, view.Block{Note: &view.Note{Text: c.T("clv.choice."+name, "words", words)}})
		}
	}
	one := view.Format{Style: view.Decimal}
	t := &view.Table{ID: "clv-models", Title: c.T("clv.models"), Subtitle: c.T("clv.models.sub"), Empty: c.T("clv.models.none"),
		Columns: []view.Column{{Label: c.T("clv.model")}, {Label: c.T("clv.parameters"), Format: one}, {Label: c.T("clv.likelihood"), Format: one}, {Label: "BIC", Format: one}, {Label: c.T("clv.models.what"), Wide: true}}}
	for _, m := range []struct {
		key, name string
		n         int64
	}{{"mbg_nbd", "MBG/NBD", 4}, {"bg_nbd", "BG/NBD", 4}, {"pareto_nbd", "Pareto/NBD", 4}, {"nbd", "NBD", 2}} {
		v, likelihood, what := w.card[m.key+".bic"].value, w.card[m.key+".log_likelihood"].value, c.T("clv.models."+m.key)
		if !v.Has() {
			continue
		}
		if sample := w.card[m.key+".sample"].words; sample != "" { // other customers: not comparable
			v, likelihood, what = view.NA(), view.NA(), what+c.T("joint")+sample
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(m.name), view.I(m.n), likelihood, v, view.T(what)}})
	}
	if len(t.Rows) > 0 {
		t.Footnotes = []string{c.T("clv.models.foot")}
	}
	s.Blocks = append(s.Blocks, view.Block{Table: t}, view.Block{Note: &view.Note{Text: c.T("clv.choice.spend")}})
	return s
}
