package front

import (
	"context"
	"fmt"

	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/view"
)

// largest is how many of last year's customers count as its largest.
const largest = 20

// customers answers: who are our customers worth, and whom are we losing?
func customers(ctx context.Context, k *page.Context) (view.Page, error) {
	c := desk{k}
	p := c.Page("customers")
	if c.Facts.Lines == 0 {
		return c.empty(p), nil
	}
	w := page.YearToDate(c.AsOf, c.Fiscal)
	p.Meta = c.Meta(w, c.Lang.Currency(c.Currency))
	b, err := c.readBase(ctx, w)
	if err != nil {
		return p, err
	}
	if b.ever == 0 {
		p.Message = view.Message{Finding: c.T("customers.unknown"), Consequence: c.T("customers.unknown.so")}
		p.Sections = []view.Section{{ID: "absent", Title: p.Title, Blocks: []view.Block{{Absent: &view.Absent{
			Title: c.T("page.customers"), Text: c.T("absent.customers"), Tables: []string{"order_header", "customer"}}}}}}
		return p, nil
	}
	tiers, err := c.readTiers(ctx)
	if err != nil {
		return p, err
	}
	curve, err := c.readCurve(ctx)
	if err != nil {
		return p, err
	}
	silent, lost, err := c.silent(ctx, w)
	if err != nil {
		return p, err
	}
	p.Message = view.Message{Finding: c.concentrationText(curve, b), Consequence: c.silentText(lost) + c.sinceText(b)}
	rfm, err := c.rfmBlocks(ctx)
	if err != nil {
		return p, err
	}
	top, err := c.topCustomers(ctx, w)
	if err != nil {
		return p, err
	}
	p.Sections = []view.Section{
		{ID: "base", Title: c.T("customers.base"), Lead: c.T("lead.alone", "period", w.Label(c.Lang)), Blocks: []view.Block{{KPIs: c.baseFigures(b, curve)}}},
		{ID: "silent", Title: c.T("silent.title"), Lead: c.silentLead(b), Blocks: []view.Block{silent}},
		{ID: "pyramid", Title: c.T("pyramid.title"), Lead: c.T("pyramid.lead", "period", c.Scored), Blocks: c.pyramidBlocks(tiers, curve)},
		{ID: "rfm", Title: c.T("rfm.title"), Lead: c.T("rfm.lead"), Blocks: rfm},
		{ID: "top", Title: c.T("topcustomers.title"), Blocks: []view.Block{top}},
	}
	return p, nil
}

// silentLead says how the silent are ranked, and since when last year is known.
func (c desk) silentLead(b base) string {
	return c.T("silent.lead") + c.sinceText(b)
}

// sinceText says since when last year is known, where it is not known whole.
func (c desk) sinceText(b base) string {
	if b.fair || b.buyers == 0 {
		return ""
	}
	return c.T("silent.partly", "date", view.LongDate(c.Lang, c.Facts.First))
}

// base is the count of customers by what they did.
type base struct {
	active, activeBefore, fresh, kept, buyers, silent, ever int64
	net, netBefore                                          view.Value
	fair                                                    bool
}

func (c desk) readBase(ctx context.Context, w page.Window) (base, error) {
	p, year := w.Before(1), w.Before(1).FullYear()
	row, err := engine.One(ctx, c.DB, engine.SQL(statement("base"), w.From, w.To, p.From, p.To, w.From, year.From, year.To))
	if err != nil {
		return base{}, err
	}
	b := base{page.Whole(row[0]), page.Whole(row[1]), page.Whole(row[2]), page.Whole(row[3]), page.Whole(row[4]), page.Whole(row[5]), page.Whole(row[6]), view.Value{}, view.Value{}, c.Comparable(p)}
	now, err := c.Total(ctx, "sales", w, "net")
	if err != nil {
		return b, err
	}
	then, err := c.Total(ctx, "sales", p, "net")
	b.net, b.netBefore = page.Zero(now["net"]), page.Zero(then["net"])
	return b, err
}

// baseFigures is the row of tiles about the base.
func (c desk) baseFigures(b base, curve concentration) *view.KPIRow {
	row := &view.KPIRow{ID: "base-data", Title: c.T("customers.base")}
	add := func(key string, v view.Value, f view.Format, unit string, then view.Value, better int, note string) {
		k := view.KPI{Label: c.T("base." + key), Value: v, Format: f, Unit: unit, ChangeFormat: f.Change(), Better: better, Note: note, Versus: c.T("kpi.versus")}
		if b.fair && then.Has() {
			k.Previous, k.Change, k.Relative = then, view.Sub(v, then), view.Relative(v, then)
		}
		row.Items = append(row.Items, k)
	}
	none := view.Value{}
	add("active", view.I(b.active), view.Integer(), "", view.I(b.activeBefore), 1, c.T("kpi.alone"))
	note := c.T("base.new.note")
	if !b.fair {
		note = c.T("base.new.partly", "date", view.LongDate(c.Lang, c.Facts.First))
	}
	add("new", view.I(b.fresh), view.Integer(), "", none, 1, note)
	retention := view.NA()
	if b.fair {
		retention = view.Ratio(view.I(b.kept), view.I(b.activeBefore))
	}
	add("kept", retention, view.Pct(), "", none, 1, c.T("base.kept.note"))
	add("silent", view.I(b.silent), view.Integer(), "", none, -1, c.T("base.silent.note", "n", page.Count(c.Lang, b.buyers)))
	each, eachBefore := view.Ratio(b.net, view.I(b.active)), view.Ratio(b.netBefore, view.I(b.activeBefore))
	format, unit := c.Money(each, eachBefore)
	add("each", each, format, unit, eachBefore, 1, c.T("kpi.alone"))
	gini := view.NA()
	if curve.n > 0 {
		gini = view.N(curve.gini)
	}
	add("gini", gini, view.Format{Style: view.Decimal, Decimals: 2}, "", none, 0, c.T("base.gini.note"))
	return row
}

// topCustomers is the table of the largest customers of the year to date.
func (c desk) topCustomers(ctx context.Context, w page.Window) (view.Block, error) {
	p := w.Before(1)
	fair := c.Comparable(p)
	type line struct {
		cells     []view.Value
		now, then view.Value
		last      view.Value
	}
	var lines []line
	var amounts []view.Value
	s := engine.SQL(statement("top_customers"), w.From, w.To, p.From, p.To, c.AsOf, largest)
	err := engine.Rows(ctx, c.DB, s, func(row []any) error {
		l := line{now: page.Value(row[7]), then: page.Value(row[8]), last: page.Value(row[9])}
		l.cells = []view.Value{view.T(c.CustomerName(page.Text(row[0]), page.Text(row[1]), page.Text(row[2]))), c.KindOf(row[2]), c.Area(row[3], row[4]), c.segmentValue(row[6])}
		lines, amounts = append(lines, l), append(amounts, l.now, l.then)
		return nil
	})
	if err != nil {
		return view.Block{}, err
	}
	total, err := c.Total(ctx, "sales", w, "net")
	if err != nil {
		return view.Block{}, err
	}
	format, unit := c.TableMoney(amounts...)
	t := &view.Table{ID: "top-customers", Title: c.T("topcustomers.table", "n", fmt.Sprint(len(lines))), Subtitle: c.T("sub.net", "unit", unit), Empty: c.T("table.empty"),
		Columns: []view.Column{{Label: c.T("col.customer")}, {Label: c.T("head.customer.type")}, {Label: c.T("head.region.area")}, {Label: c.T("col.segment")},
			{Label: "AC", Unit: unit, Format: format}, {Label: c.T("col.share"), Unit: "%", Format: view.Pct().Bare()}}}
	if fair {
		t.Columns = append(t.Columns, view.Column{Label: "PY", Unit: unit, Format: format},
			view.Column{Label: "ΔPY", Unit: unit, Format: format.Change(), Visual: view.Variance, Better: 1})
	} else {
		t.Footnotes = append(t.Footnotes, c.NoComparison())
	}
	t.Columns = append(t.Columns, view.Column{Label: c.T("col.lastorder"), Format: view.Format{Style: view.DayDate}})
	var sum []view.Value
	for _, l := range lines {
		cells := append(l.cells, l.now, view.Ratio(l.now, total["net"]))
		if fair {
			cells = append(cells, l.then, view.Sub(l.now, l.then))
		}
		t.Rows = append(t.Rows, view.Row{Cells: append(cells, l.last)})
		sum = append(sum, l.now)
	}
	listed := view.Sum(sum...)
	t.Shown = c.T("topcustomers.shown", "n", fmt.Sprint(len(lines)), "share", c.Share(view.Ratio(listed, total["net"])))
	t.Footnotes = append(t.Footnotes, c.T("foot.privacy"))
	return view.Block{Table: t}, nil
}

// silentCustomers are last year's customers without an order this year.
type silentCustomers struct {
	customers, largest int64
	year, sameDays     view.Value
	names              []string
	known              bool // whether there was a year before
}

func (c desk) silent(ctx context.Context, w page.Window) (view.Block, silentCustomers, error) {
	p := w.Before(1)
	year := p.FullYear()
	out := silentCustomers{known: c.Facts.First.Before(w.From)}
	if !out.known {
		return view.Block{Note: &view.Note{Text: c.NoComparison()}}, out, nil
	}
	args := []any{year.From, year.To, year.From, year.To, w.From, w.To, p.From, p.To}
	row, err := engine.One(ctx, c.DB, engine.SQL(statement("silent_total"), append(args, largest)...))
	if err != nil {
		return view.Block{}, out, err
	}
	out.customers, out.year, out.sameDays, out.largest = page.Whole(row[0]), page.Zero(page.Value(row[1])), page.Zero(page.Value(row[2])), page.Whole(row[3])
	var rows [][]any
	err = engine.Rows(ctx, c.DB, engine.SQL(statement("silent_customers"), append(args, c.AsOf, 15)...), func(row []any) error {
		rows = append(rows, append([]any(nil), row...))
		return nil
	})
	if err != nil {
		return view.Block{}, out, err
	}
	return view.Block{Table: c.silentTable(rows, &out)}, out, nil
}

// silentTable lists them with what they were worth.
func (c desk) silentTable(rows [][]any, out *silentCustomers) *view.Table {
	format, unit := c.TableMoney(out.year)
	t := &view.Table{ID: "silent-customers", Title: c.T("silent.table"), Subtitle: c.T("sub.net", "unit", unit), Empty: c.T("silent.nobody"),
		Columns: []view.Column{{Label: c.T("col.customer")}, {Label: c.T("head.customer.type")}, {Label: c.T("head.region.area")},
			{Label: c.T("col.place"), Format: view.Integer()},
			{Label: c.T("col.lastyear"), Unit: unit, Format: format, Visual: view.Share},
			{Label: c.T("col.samedays"), Unit: unit, Format: format},
			{Label: c.T("col.lastorder"), Format: view.Format{Style: view.DayDate}}, {Label: c.T("col.days"), Format: view.Integer()}}}
	listedYear, listedDays := view.I(0), view.I(0)
	for _, row := range rows {
		last := page.Value(row[8])
		days := view.Value{}
		if last.Kind == view.Date {
			days = view.I(int64(c.AsOf.Sub(last.Date).Hours() / 24))
		}
		name := c.CustomerName(page.Text(row[0]), page.Text(row[1]), page.Text(row[2]))
		if len(out.names) < 3 {
			out.names = append(out.names, name)
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(name), c.KindOf(row[2]), c.Area(row[3], row[4]), page.Value(row[5]), page.Value(row[6]), page.Value(row[7]), last, days}})
		listedYear, listedDays = view.Sum(listedYear, page.Value(row[6])), view.Sum(listedDays, page.Value(row[7]))
	}
	if rest := out.customers - int64(len(rows)); rest > 0 {
		t.Rows = append(t.Rows, view.Row{Kind: view.Others, Cells: []view.Value{view.T(c.T("row.others", "n", page.Count(c.Lang, rest))), {}, {}, {},
			view.Sub(out.year, listedYear), view.Sub(out.sameDays, listedDays), {}, {}}})
		t.Shown = c.T("silent.shown", "n", fmt.Sprint(len(rows)), "of", page.Count(c.Lang, out.customers))
	}
	if len(rows) > 0 {
		t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: []view.Value{view.T(c.T("row.total")), {}, {}, {}, out.year, out.sameDays, {}, {}}})
		t.Footnotes = []string{c.T("foot.privacy")}
	}
	return t
}

// silentText says how many of last year's customers are missing, and whom to
// call first.
func (c desk) silentText(s silentCustomers) string {
	if !s.known {
		return c.NoComparison()
	}
	if s.customers == 0 {
		return c.T("silent.nobody")
	}
	pairs := []string{"n", page.Count(c.Lang, s.customers), "amount", c.Amount(s.year), "k", page.Count(c.Lang, s.largest), "of", fmt.Sprint(largest)}
	if len(s.names) > 0 {
		first := s.names[0]
		for i, name := range s.names[1:] {
			joint := c.T("list.comma")
			if i == len(s.names)-2 {
				joint = c.T("list.and")
			}
			first += joint + name
		}
		pairs = append(pairs, "names", first)
	}
	if s.largest == 0 {
		return c.T("silent.small", pairs...)
	}
	return c.T("silent.text", pairs...)
}
