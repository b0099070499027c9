package front

import (
	"context"
	"fmt"
	"slices"

	"verso/reports/page"
	"verso/reports/view"
)

// Briefing is the report on one sheet, before a meeting: the year so far against last
// year and plan, the findings with what is to be decided, what may come, and the
// goals. What other pages say stands here in their words: all are the pages that it
// may take from.
func Briefing(all []page.Page) page.Page {
	return page.Page{Slug: "briefing", Build: func(ctx context.Context, k *page.Context) (view.Page, error) {
		return briefing(ctx, desk{k}, all)
	}}
}

func briefing(ctx context.Context, c desk, all []page.Page) (view.Page, error) {
	p := c.Page("briefing")
	p.OneSheet = true
	if c.Facts.Lines == 0 {
		return c.empty(p), nil
	}
	w := page.YearToDate(c.AsOf, c.Fiscal)
	year, err := c.year(ctx, w)
	if err != nil {
		return p, err
	}
	front, err := overview(ctx, c.Context)
	if err != nil {
		return p, err
	}
	p.Meta, p.Message = front.Meta, view.Message{Finding: clip(front.Message.Finding, mostMessage), Consequence: clip(front.Message.Consequence, mostMessage)}
	rolling, err := c.Total(ctx, "sales", page.LastTwelveMonths(c.AsOf), "net")
	if err != nil {
		return p, err
	}
	found, err := c.findings(ctx, rolling["net"])
	if err != nil {
		return p, err
	}
	figures, err := c.briefFigures(ctx, year, w)
	if err != nil {
		return p, err
	}
	charts, err := c.briefCharts(ctx, w)
	if err != nil {
		return p, err
	}
	risks, goals, err := c.briefOutlook(ctx, all, found)
	if err != nil {
		return p, err
	}
	p.Sections = []view.Section{
		{ID: "figures", Title: c.T("overview.figures"), Lead: c.yearLead(year, w), Blocks: append([]view.Block{{Table: figures}}, charts...)},
		{ID: "findings", Title: c.T("briefing.findings"), Blocks: []view.Block{c.briefFindings(found, mostLines-linesOf(risks, riskUnits)-linesOf(goals, goalUnits)/2)}},
	}
	var last []view.Block
	for _, t := range []*view.Table{risks, goals} {
		if t != nil {
			last = append(last, view.Block{Width: view.Half, Table: t})
		}
	}
	if len(last) > 0 {
		p.Sections = append(p.Sections, view.Section{ID: "outlook", Title: c.T("briefing.outlook"), Blocks: last})
	}
	return p, nil
}

// briefFigures are the key figures against last year and, for what is planned, the
// plan of the months that are over.
func (c desk) briefFigures(ctx context.Context, y yearFigures, w page.Window) (*view.Table, error) {
	row, err := c.keyFigures(ctx, y)
	if err != nil {
		return nil, err
	}
	planned, note, err := c.planned(ctx, w)
	if err != nil {
		return nil, err
	}
	t := &view.Table{ID: "figures-table", Title: c.T("briefing.figures"), Empty: c.T("table.empty"), Footnotes: []string{note},
		Columns: []view.Column{{Label: c.T("col.measure")}, {Label: c.T("col.unit")}, {Label: "AC", Format: view.Integer()}}}
	relative := view.Pct().Bare().Change()
	if y.fair {
		t.Columns = append(t.Columns, view.Column{Label: "PY", Format: view.Integer()}, view.Column{Label: "ΔPY", Format: view.Integer()}, view.Column{Label: "ΔPY", Unit: "%", Format: relative, Visual: view.Variance, Better: 1})
	} else {
		t.Footnotes = append(t.Footnotes, c.NoComparison())
	}
	if planned != nil {
		t.Columns = append(t.Columns, view.Column{Label: "PL", Format: view.Integer()}, view.Column{Label: "ΔPL", Unit: "%", Format: relative, Visual: view.Variance, Better: 1})
	}
	t.Columns = append(t.Columns, view.Column{Label: c.T("col.trend"), Visual: view.Spark, Months: row.Months})
	for i, k := range row.Items {
		unit := k.Unit
		if k.Format.Suffix != "" && unit == "" {
			unit, k.Format = k.Format.Suffix, k.Format.Bare()
		}
		cells := []view.Value{view.T(k.Label), view.T(unit), shown(k.Value, k.Format)}
		if y.fair {
			cells = append(cells, shown(k.Previous, k.Format), shown(k.Change, k.ChangeFormat), k.Relative)
		}
		if planned != nil {
			pl := planned[briefMeasures[i]]
			cells = append(cells, shown(pl.plan, k.Format), view.Relative(pl.actual, pl.plan))
		}
		trend := view.Value{}
		if k.Trend != nil {
			trend = view.Value{Kind: view.Trend, Trend: k.Trend}
		}
		t.Rows = append(t.Rows, view.Row{Cells: append(cells, trend)})
	}
	return t, nil
}

// briefMeasures are the measures of the key figures, in their order.
var briefMeasures = [...]string{"net", "margin", "margin_pct", "orders", "customers", "aov"}

// plan is what was planned for the months of a year that are over, beside what they
// brought.
type plan struct{ plan, actual view.Value }

// planned are the measures that the plan has for every month of a window that is
// over, and a sentence on how far that is; nil where there is no such plan.
func (c desk) planned(ctx context.Context, w page.Window) (map[string]plan, string, error) {
	end := c.AsOf.AddDate(0, 0, 1)
	end = end.AddDate(0, 0, -end.Day()) // the last day of the last month that is over
	if c.Lacks("core.fact_plan") {
		return nil, c.T("briefing.plan.none"), nil
	}
	if end.Before(w.From) {
		return nil, c.T("briefing.plan.early"), nil
	}
	over := page.Window{From: w.From, To: end}
	list := page.Months(end, months(over))
	actual, err := c.Total(ctx, "sales", over, "net", "margin")
	if err != nil {
		return nil, "", err
	}
	target, err := c.ByMonth(ctx, "sales_plan", list, end, "net", "margin", "plan_rows")
	if err != nil {
		return nil, "", err
	}
	out := map[string]plan{}
	for _, measure := range []string{"net", "margin"} {
		whole := true
		for i := range list {
			v := target[measure][i]
			whole = whole && v.Has() && v.Float > 0 && target["plan_rows"][i].Has()
		}
		if whole && actual[measure].Has() {
			out[measure] = plan{view.Sum(target[measure]...), actual[measure]}
		}
	}
	if len(out) == 0 {
		return nil, c.T("briefing.plan.none"), nil
	}
	if end.Equal(w.To) {
		return out, c.T("briefing.plan"), nil
	}
	return out, c.T("briefing.plan.until", "period", over.Label(c.Lang)), nil
}

// months is how many months a window of whole months has.
func months(w page.Window) int {
	return 12*(w.To.Year()-w.From.Year()) + int(w.To.Month()) - int(w.From.Month()) + 1
}

// briefCharts are the last twelve months, and the year added up against last year.
func (c desk) briefCharts(ctx context.Context, w page.Window) ([]view.Block, error) {
	course, err := c.monthsChart(ctx, "months", c.T("overview.months"), page.Months(c.AsOf, 12), 1)
	if err != nil {
		return nil, err
	}
	section, err := c.course(ctx, w)
	if err != nil {
		return nil, err
	}
	out := []view.Block{{Width: view.Half, Chart: course}}
	if i := slices.IndexFunc(section.Blocks, func(b view.Block) bool { return b.Chart != nil && b.Chart.ID == "cumulative" }); i >= 0 {
		out = append(out, view.Block{Width: view.Half, Chart: section.Blocks[i].Chart})
	}
	for _, b := range out {
		b.Chart.Low = true
	}
	return out, nil
}

// briefFindings lists the findings, each with what is to be decided, as many as
// there are lines for; those of the least weight are left to the front page, which
// is said.
func (c desk) briefFindings(list []finding, lines int) view.Block {
	if len(list) == 0 {
		return view.Block{Note: &view.Note{Text: c.T("briefing.findings.none")}}
	}
	amounts := make([]view.Value, len(list))
	for i, f := range list {
		amounts[i] = f.amount
	}
	format, unit := c.TableMoney(amounts...)
	t := &view.Table{ID: "findings-table", Title: c.T("finding.title"), Subtitle: c.T("finding.sub"), Footnotes: []string{c.T("foot.privacy")},
		Columns: []view.Column{{Label: c.T("finding.col.what"), Wide: true}, {Label: c.T("finding.col.stake"), Unit: unit, Format: format}, {Label: c.T("finding.col.why"), Wide: true}, {Label: c.T("finding.col.decide"), Wide: true}}}
	for i, f := range list {
		f.who = clip(f.who, mostName)
		what := view.T(clip(c.findingText(f), mostCell))
		what.Href = f.kind.href
		row := view.Row{Cells: []view.Value{what, amounts[i], view.T(clip(c.findingCause(f), mostCell)), view.T(c.decide(f))}}
		lines -= rowLines(row, findingUnits)
		if i >= leastFindings && lines < 0 {
			t.Shown = c.T("briefing.findings.shown", "n", fmt.Sprint(i), "all", fmt.Sprint(len(list)))
			break
		}
		t.Rows = append(t.Rows, row)
	}
	return view.Block{Table: t}
}

// decide is the question that a finding puts.
func (c desk) decide(f finding) string {
	if f.kind.name == "margin" && f.part.Float > 0 {
		return c.T("finding.margin.more.decide")
	}
	return c.T("finding." + f.kind.name + ".decide")
}

// riskPages are where what may come is told, the weightiest first, each with the
// kind of finding that says it already.
var riskPages = []struct{ slug, finding string }{
	{"churn", ""}, {"arrivals", "overdue"}, {"receivables", "owed"}, {"suppliers", "supplier"}, {"future", "forecast"}, {"service", ""},
}

// mostRisks is how many risks the sheet has room for.
const mostRisks = 3

// briefOutlook are what may come, in the words of the pages that the reader may
// see, and the goals; nil where nothing is known.
func (c desk) briefOutlook(ctx context.Context, all []page.Page, found []finding) (risks, goals *view.Table, err error) {
	risks = &view.Table{ID: "risks-table", Title: c.T("briefing.risks"), Columns: []view.Column{{Label: c.T("briefing.risk"), Wide: true}, {Label: c.T("finding.col.see")}}}
	for _, r := range riskPages {
		told := r.finding != "" && slices.ContainsFunc(found, func(f finding) bool { return f.kind.name == r.finding })
		if told || len(risks.Rows) == mostRisks {
			continue
		}
		p, ok, err := c.built(ctx, all, r.slug)
		if err != nil {
			return nil, nil, err
		}
		if ok {
			see := view.T(p.Title)
			see.Href = r.slug + ".html"
			risks.Rows = append(risks.Rows, view.Row{Cells: []view.Value{view.T(clip(p.Message.Finding, mostRisk)), see}})
		}
	}
	if len(risks.Rows) == 0 {
		risks = nil
	}
	p, ok, err := c.built(ctx, all, "goals")
	if err != nil || !ok {
		return risks, nil, err
	}
	return risks, c.briefGoals(p), nil
}

// built is another page, where the reader may see it and its data are there.
func (c desk) built(ctx context.Context, all []page.Page, slug string) (view.Page, bool, error) {
	i := slices.IndexFunc(all, func(p page.Page) bool { return p.Slug == slug })
	if i < 0 || !c.Has(slug) {
		return view.Page{}, false, nil
	}
	p, err := all[i].Build(ctx, c.Context)
	if page.KeptBack(err) { // a fault of the whole shows on that page itself
		return p, false, nil
	}
	if err != nil {
		return p, false, fmt.Errorf("%s: %w", slug, err)
	}
	for _, s := range p.Sections {
		for _, b := range s.Blocks {
			if b.Absent == nil {
				return p, true, nil
			}
		}
	}
	return p, false, nil
}

// goalColumns are the columns of the forecast of the goals that the sheet shows:
// goal, what the year is expected to come to, target, and standing.
var goalColumns = [...]int{0, 2, 5, 8}

// briefGoals is the forecast of the goals in fewer columns; nil where the page has
// none.
func (c desk) briefGoals(p view.Page) *view.Table {
	for _, s := range p.Sections {
		for _, b := range s.Blocks {
			if b.Table == nil || b.Table.ID != "goalforecast-rows" {
				continue
			}
			t := &view.Table{ID: "goals-table", Title: p.Title, Subtitle: p.Meta.Scenario}
			for _, i := range goalColumns {
				t.Columns = append(t.Columns, b.Table.Columns[i])
			}
			for _, r := range b.Table.Rows {
				row := view.Row{}
				for _, i := range goalColumns {
					row.Cells = append(row.Cells, r.Cells[i])
				}
				row.Cells[0].Text = clip(row.Cells[0].Text, mostName)
				row.Cells[0].Href = "goals.html"
				t.Rows = append(t.Rows, row)
			}
			return t
		}
	}
	return nil
}
