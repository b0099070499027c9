package flow

import (
	"context"
	"fmt"

	"verso/reports/page"
	"verso/reports/view"
)

// trusted is how far from half the share that came by P50 may be.
const trusted = .05

// trial is how well arrivals were estimated on earlier days.
type trial struct{ judged50, by50, judged90, by90 view.Value }

func (t trial) p50() view.Value { return view.Ratio(t.by50, t.judged50) }
func (t trial) p90() view.Value { return view.Ratio(t.by90, t.judged90) }

// arrivals answers: when does what is ordered arrive, can the estimate be trusted,
// and by when must textbooks be ordered?
func arrivals(ctx context.Context, k *page.Context) (view.Page, error) {
	c := desk{k}
	known, err := c.Known(ctx, "core", "fact_order_stage")
	if err != nil || !known {
		return c.dark("arrivals", "order_line_stage_event"), err
	}
	total, err := c.figures(ctx, "arrivals_total", page.ISO(c.AsOf))
	if err != nil {
		return view.Page{}, err
	}
	past, tests, err := c.trialBlocks(ctx)
	if err != nil {
		return view.Page{}, err
	}
	if total[0].Float == 0 && !past.judged50.Has() {
		return c.dark("arrivals", "order_line_stage_event"), nil
	}
	p := c.Page("arrivals")
	p.Meta = view.Meta{Measure: c.T("arrivals.meta"), Unit: c.T("arrivals.unit"), Period: c.T("flow.asof", "date", view.LongDate(c.Lang, c.AsOf))}
	weeks, err := c.weekTable(ctx, total)
	if err != nil {
		return p, err
	}
	late, err := c.lateTable(ctx, total)
	if err != nil {
		return p, err
	}
	books, safe, err := c.textbookBlocks(ctx)
	if err != nil {
		return p, err
	}
	p.Message = c.arrivalsMessage(total, past, safe)
	p.Sections = []view.Section{
		{ID: "when", Title: c.T("arrivals.when"), Lead: c.T("arrivals.when.lead"), Blocks: []view.Block{{KPIs: c.arrivalsFigures(total, past)}, {Table: weeks}}},
		{ID: "late", Title: c.T("arrivals.late"), Lead: c.T("arrivals.late.lead"), Blocks: []view.Block{{Table: late}}},
		{ID: "trust", Title: c.T("arrivals.trust"), Lead: c.T("arrivals.trust.lead"), Blocks: tests},
		{ID: "textbooks", Title: c.T("arrivals.textbooks"), Lead: c.T("arrivals.textbooks.lead"), Blocks: books},
	}
	return p, nil
}

func (c desk) arrivalsMessage(total []view.Value, past trial, safe string) view.Message {
	pairs := []string{"n", page.Count(c.Lang, int64(total[0].Float)), "value", c.Amount(page.Zero(total[1])), "late", page.Count(c.Lang, int64(total[4].Float)), "latevalue", c.Amount(page.Zero(total[5])), "safe", safe}
	m := view.Message{Finding: c.T("arrivals.text.undated", pairs...), Consequence: c.T("arrivals.so.untried", pairs...)}
	if total[7].Kind == view.Date && total[8].Kind == view.Date {
		m.Finding = c.T("arrivals.text", append(pairs, "half", c.date(total[7]), "most", c.date(total[8]))...)
	}
	if total[0].Float == 0 {
		m.Finding = c.T("arrivals.text.none")
	}
	if past.p90().Has() {
		key := "arrivals.so"
		if past.p50().Float < .5-trusted {
			key = "arrivals.so.hopeful"
		}
		m.Consequence = c.T(key, append(pairs, "p50", c.Share(past.p50()), "p90", c.Share(past.p90()))...)
	}
	if safe != "" {
		m.Consequence = c.T("flow.two", "first", m.Consequence, "then", safe)
	}
	return m
}

func (c desk) arrivalsFigures(total []view.Value, past trial) *view.KPIRow {
	row := &view.KPIRow{ID: "arrivals-data", Title: c.T("arrivals.when")}
	none := view.Value{}
	c.kpi(row, "openlines", total[0], none, view.Integer(), "", 0, "value", c.Amount(page.Zero(total[1])))
	c.kpi(row, "in30", view.Ratio(total[3], total[0]), none, view.Pct(), "", 0, "n", page.Count(c.Lang, int64(total[3].Float)))
	c.kpi(row, "later", total[4], none, view.Integer(), "", -1, "value", c.Amount(page.Zero(total[5])))
	c.kpi(row, "undated", view.Sub(total[0], total[2]), none, view.Integer(), "", -1)
	c.kpi(row, "by50", past.p50(), none, view.Pct(), "", 0)
	c.kpi(row, "by90", past.p90(), none, view.Pct(), "", 0)
	return row
}

// weekTable is what arrives in which week.
func (c desk) weekTable(ctx context.Context, total []view.Value) (*view.Table, error) {
	rows, err := c.rows(ctx, "arrivals_weeks", page.ISO(c.AsOf))
	if err != nil {
		return nil, err
	}
	t := c.table("weeks", c.word("week"), seen(c.count("expected"), view.Share), c.count("copies"), c.money("value", total[1]), c.share("cumulative"), c.share("surely"))
	sum, sure := 0.0, 0.0
	copies, amount := view.I(0), view.I(0)
	for _, row := range rows {
		week, lines := page.Whole(row[0]), page.Value(row[1])
		sum, sure = sum+lines.Float, sure+page.Value(row[4]).Float
		copies, amount = view.Sum(copies, page.Value(row[2])), view.Sum(amount, page.Value(row[3]))
		var label string
		switch {
		case week == 99:
			if lines.Float == 0 {
				continue
			}
			label = c.T("arrivals.nodate")
		case week == 13:
			label = c.T("arrivals.after", "date", view.ShortDate(c.Lang, c.AsOf.AddDate(0, 0, 84)))
		default:
			label = c.T("arrivals.until", "date", view.ShortDate(c.Lang, c.AsOf.AddDate(0, 0, int(week)*7)))
		}
		cells := []view.Value{view.T(label), lines, page.Value(row[2]), page.Value(row[3]), {}, {}}
		if total[0].Float > 0 && week < 13 {
			cells[4], cells[5] = view.N(sum/total[0].Float), view.N(sure/total[0].Float)
		}
		t.Rows = append(t.Rows, view.Row{Cells: cells})
	}
	t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: []view.Value{view.T(c.T("row.total")), view.I(int64(sum)), copies, amount, {}, {}}})
	return t, nil
}

// lateTable lists open lines expected after their promise.
func (c desk) lateTable(ctx context.Context, total []view.Value) (*view.Table, error) {
	const most = 25
	rows, err := c.rows(ctx, "arrivals_late", most)
	if err != nil {
		return nil, err
	}
	t := c.table("late", c.wide("customer"), c.wide("title"), c.wide("supplier"), c.word("stands"), c.days("since"), c.day("promised"), c.day("half"), c.day("ninety"), c.days("behind"), c.money("value", column(rows, 11)...))
	for _, row := range rows {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{c.name(row), view.T(page.Text(row[3])), c.supplier(row[4]), view.T(c.InLanguage(page.Text(row[5]), page.Text(row[6]))), page.Value(row[7]), page.Value(row[8]), page.Value(row[9]), page.Value(row[10]), page.Value(row[13]), page.Value(row[11])}})
	}
	if n := int(total[4].Float); n > len(rows) {
		t.Shown = c.T("flow.shown", "n", fmt.Sprint(len(rows)), "of", page.Count(c.Lang, int64(n)))
	}
	return t, nil
}

// trialBlocks are the estimates of earlier days beside what happened.
func (c desk) trialBlocks(ctx context.Context) (trial, []view.Block, error) {
	var sum trial
	known, err := c.Known(ctx, "score", "arrival_backtest")
	if err != nil || !known {
		return sum, []view.Block{c.absent("arrivals.trust", "order_line_stage_event")}, err
	}
	rows, err := c.rows(ctx, "arrivals_cutoffs")
	if err != nil {
		return sum, nil, err
	}
	if len(rows) == 0 {
		return sum, []view.Block{c.absent("arrivals.trust", "order_line_stage_event")}, nil
	}
	head := []view.Column{c.count("standing"), c.count("judged50"), c.share("came50"), c.share("error50"), c.count("judged90"), c.share("came90"), c.share("error90")}
	for _, at := range []int{3, 6} {
		head[at].Format, head[at].Unit, head[at].Visual = points(), c.T("flow.points"), view.Variance
	}
	cells := func(first view.Value, lines any, t trial) []view.Value {
		return []view.Value{first, page.Value(lines), t.judged50, t.p50(), view.Sub(t.p50(), view.N(.5)), t.judged90, t.p90(), view.Sub(t.p90(), view.N(.9))}
	}
	when := c.table("cutoffs", append([]view.Column{c.day("cutoff")}, head...)...)
	all := view.I(0)
	sum = trial{view.I(0), view.I(0), view.I(0), view.I(0)}
	for _, row := range rows {
		one := trial{page.Value(row[3]), page.Value(row[4]), page.Value(row[5]), page.Value(row[6])}
		all = view.Sum(all, page.Value(row[1]))
		sum = trial{view.Sum(sum.judged50, one.judged50), view.Sum(sum.by50, one.by50), view.Sum(sum.judged90, one.judged90), view.Sum(sum.by90, one.by90)}
		when.Rows = append(when.Rows, view.Row{Cells: cells(page.Value(row[0]), row[1], one)})
	}
	whole := cells(view.T(c.T("row.total")), nil, sum)
	whole[1] = all
	when.Rows = append(when.Rows, view.Row{Kind: view.Total, Cells: whole})
	where := c.table("trialstages", append([]view.Column{c.word("stands")}, head...)...)
	if rows, err = c.rows(ctx, "arrivals_stages"); err != nil {
		return sum, nil, err
	}
	for _, row := range rows {
		where.Rows = append(where.Rows, view.Row{Cells: cells(view.T(c.InLanguage(page.Text(row[0]), page.Text(row[1]))), row[2], trial{page.Value(row[3]), page.Value(row[4]), page.Value(row[5]), page.Value(row[6])})})
	}
	return sum, []view.Block{{Table: when}, {Table: where}}, nil
}

// textbookBlocks are the last safe days; safe says it in a sentence.
func (c desk) textbookBlocks(ctx context.Context) (blocks []view.Block, safe string, err error) {
	const most = 25
	known, err := c.Known(ctx, "score", "textbook_deadline")
	if err != nil || !known {
		return []view.Block{c.absent("arrivals.textbooks", "order_line_stage_event")}, "", err
	}
	a, err := c.figures(ctx, "deadline_total", page.ISO(c.AsOf))
	if err != nil {
		return nil, "", err
	}
	if len(a) == 0 {
		return []view.Block{c.absent("arrivals.textbooks", "order_line_stage_event")}, "", nil
	}
	if a[3].Kind == view.Date {
		key := "arrivals.safe"
		if a[3].Date.Before(c.AsOf) {
			key = "arrivals.safe.over"
		}
		safe = c.T(key, "term", c.date(a[0]), "date", c.date(a[3]), "days", c.plain(a[2]), "open", page.Count(c.Lang, int64(a[4].Float)), "late", page.Count(c.Lang, int64(a[5].Float)), "risk", page.Count(c.Lang, int64(a[6].Float)), "over", c.plain(a[9]), "suppliers", c.plain(a[8]))
		blocks = append(blocks, view.Block{Note: &view.Note{Text: safe}})
	}
	rows, err := c.rows(ctx, "deadline_suppliers", most)
	if err != nil {
		return nil, "", err
	}
	t := c.table("deadlines", c.wide("supplier"), c.count("lines"), c.days("p50"), c.days("p95"), c.day("safe"), c.days("left"), c.count("bookslines"), c.count("bookslate"), c.count("booksrisk"))
	for _, row := range rows {
		left := view.Value{}
		if day := page.Value(row[4]); day.Kind == view.Date {
			left = view.I(int64(day.Date.Sub(c.AsOf).Hours() / 24))
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{c.supplier(row[0]), page.Value(row[1]), page.Value(row[2]), page.Value(row[3]), page.Value(row[4]), left, page.Value(row[5]), page.Value(row[6]), page.Value(row[7])}})
	}
	if n := int(a[8].Float); n > len(rows) {
		t.Shown = c.T("flow.shown.suppliers", "n", fmt.Sprint(len(rows)), "of", page.Count(c.Lang, int64(n)))
	}
	if rows, err = c.rows(ctx, "deadline_course"); err != nil {
		return nil, "", err
	}
	course := c.table("course", c.word("before"), c.count("booksordered"), c.count("booksintime"), seen(c.share("intime"), view.Share))
	for _, row := range rows {
		f := page.Whole(row[0])
		label := c.T("arrivals.fortnight", "from", fmt.Sprint(f*14), "to", fmt.Sprint(f*14+13))
		if f == 9 {
			label = c.T("arrivals.earlier", "from", fmt.Sprint(f*14))
		}
		course.Rows = append(course.Rows, view.Row{Cells: []view.Value{view.T(label), page.Value(row[1]), page.Value(row[2]), view.Ratio(page.Value(row[2]), page.Value(row[1]))}})
	}
	return append(blocks, view.Block{Table: course}, view.Block{Table: t}), safe, nil
}
