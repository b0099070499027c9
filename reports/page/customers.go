package page

import (
	"context"
	"fmt"

	"verso/olap/engine"
	"verso/reports/view"
)

// largest is how many of last year's customers count as its largest.
const largest = 20

// customers answers: who are our customers worth, and whom are we losing?
func customers(ctx context.Context, c *Context) (view.Page, error) {
	p := c.page("customers")
	if c.facts.lines == 0 {
		return c.empty(p), nil
	}
	w := yearToDate(c.AsOf, c.Fiscal)
	p.Meta = c.meta(w, view.CurrencyName(c.Lang, c.Currency))
	b, err := c.readBase(ctx, w)
	if err != nil {
		return p, err
	}
	if b.ever == 0 {
		p.Message = view.Message{Finding: c.t("customers.unknown"), Consequence: c.t("customers.unknown.so")}
		p.Sections = []view.Section{{ID: "absent", Title: p.Title, Blocks: []view.Block{{Absent: &view.Absent{
			Title: c.t("page.customers"), Text: c.t("absent.customers"), Tables: []string{"order_header", "customer"}}}}}}
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
	p.Message = view.Message{Finding: c.concentrationText(curve, b), Consequence: c.silentText(lost)}
	rfm, err := c.rfmBlocks(ctx)
	if err != nil {
		return p, err
	}
	top, err := c.topCustomers(ctx, w)
	if err != nil {
		return p, err
	}
	p.Sections = []view.Section{
		{ID: "base", Title: c.t("customers.base"), Lead: c.t("lead.alone", "period", w.label(c.Lang)), Blocks: []view.Block{{KPIs: c.baseFigures(b, curve)}}},
		{ID: "silent", Title: c.t("silent.title"), Lead: c.t("silent.lead"), Blocks: []view.Block{silent}},
		{ID: "pyramid", Title: c.t("pyramid.title"), Lead: c.t("pyramid.lead", "period", c.scored), Blocks: c.pyramidBlocks(tiers, curve)},
		{ID: "rfm", Title: c.t("rfm.title"), Lead: c.t("rfm.lead"), Blocks: rfm},
		{ID: "top", Title: c.t("topcustomers.title"), Blocks: []view.Block{top}},
	}
	return p, nil
}

// base is the count of customers by what they did.
type base struct {
	active, activeBefore, fresh, kept, buyers, silent, ever int64
	net, netBefore                                          view.Value
	fair                                                    bool
}

func (c *Context) readBase(ctx context.Context, w window) (base, error) {
	p, year := w.before(1), w.before(1).fullYear()
	row, err := engine.One(ctx, c.db, engine.SQL(statement("base"), w.from, w.to, p.from, p.to, w.from, year.from, year.to))
	if err != nil {
		return base{}, err
	}
	b := base{whole(row[0]), whole(row[1]), whole(row[2]), whole(row[3]), whole(row[4]), whole(row[5]), whole(row[6]), view.Value{}, view.Value{}, c.comparable(p)}
	now, err := c.total(ctx, "sales", w, "net")
	if err != nil {
		return b, err
	}
	then, err := c.total(ctx, "sales", p, "net")
	b.net, b.netBefore = zero(now["net"]), zero(then["net"])
	return b, err
}

// baseFigures is the row of tiles about the base.
func (c *Context) baseFigures(b base, curve concentration) *view.KPIRow {
	row := &view.KPIRow{ID: "base-data", Title: c.t("customers.base")}
	add := func(key string, v view.Value, f view.Format, unit string, then view.Value, better int, note string) {
		k := view.KPI{Label: c.t("base." + key), Value: v, Format: f, Unit: unit, ChangeFormat: f.Change(), Better: better, Note: note, Versus: c.t("kpi.versus")}
		if b.fair && then.Has() {
			k.Previous, k.Change, k.Relative = then, view.Sub(v, then), view.Relative(v, then)
		}
		row.Items = append(row.Items, k)
	}
	none := view.Value{}
	add("active", view.I(b.active), view.Integer(), "", view.I(b.activeBefore), 1, c.t("kpi.alone"))
	add("new", view.I(b.fresh), view.Integer(), "", none, 1, c.t("base.new.note"))
	retention := view.NA()
	if b.fair {
		retention = view.Ratio(view.I(b.kept), view.I(b.activeBefore))
	}
	add("kept", retention, view.Pct(), "", none, 1, c.t("base.kept.note"))
	add("silent", view.I(b.silent), view.Integer(), "", none, -1, c.t("base.silent.note", "n", count(c.Lang, b.buyers)))
	each, eachBefore := view.Ratio(b.net, view.I(b.active)), view.Ratio(b.netBefore, view.I(b.activeBefore))
	format, unit := c.money(each, eachBefore)
	add("each", each, format, unit, eachBefore, 1, c.t("kpi.alone"))
	gini := view.NA()
	if curve.n > 0 {
		gini = view.N(curve.gini)
	}
	add("gini", gini, view.Format{Style: view.Decimal, Decimals: 2}, "", none, 0, c.t("base.gini.note"))
	return row
}

// customerName is how a customer is called on a page: organisations by name,
// people by their number only.
func (c *Context) customerName(id, name, kind string) string {
	if kind == "individual" || kind == "reader" || name == "" {
		return c.t("customer.id", "id", id)
	}
	return name
}

// area is a customer's area in the page's language.
func (c *Context) area(en, zh any) view.Value {
	s := text(en)
	if c.Lang == "zh" && text(zh) != "" {
		s = text(zh)
	}
	if s == "" || s == unknownMember {
		return view.Value{}
	}
	return view.T(s)
}

// kindOf is a customer's type in the page's language.
func (c *Context) kindOf(v any) view.Value {
	if text(v) == "" {
		return view.Value{}
	}
	return view.T(c.memberLabel("customer.type", v))
}

// topCustomers is the table of the largest customers of the year to date.
func (c *Context) topCustomers(ctx context.Context, w window) (view.Block, error) {
	p := w.before(1)
	fair := c.comparable(p)
	type line struct {
		cells     []view.Value
		now, then view.Value
		last      view.Value
	}
	var lines []line
	var amounts []view.Value
	s := engine.SQL(statement("top_customers"), w.from, w.to, p.from, p.to, c.AsOf, largest)
	err := engine.Rows(ctx, c.db, s, func(row []any) error {
		l := line{now: value(row[7]), then: value(row[8]), last: value(row[9])}
		l.cells = []view.Value{view.T(c.customerName(text(row[0]), text(row[1]), text(row[2]))), c.kindOf(row[2]), c.area(row[3], row[4]), c.segmentValue(row[6])}
		lines, amounts = append(lines, l), append(amounts, l.now, l.then)
		return nil
	})
	if err != nil {
		return view.Block{}, err
	}
	total, err := c.total(ctx, "sales", w, "net")
	if err != nil {
		return view.Block{}, err
	}
	format, unit := c.tableMoney(amounts...)
	t := &view.Table{ID: "top-customers", Title: c.t("topcustomers.table", "n", fmt.Sprint(len(lines))), Subtitle: c.t("sub.net", "unit", unit), Empty: c.t("table.empty"),
		Columns: []view.Column{{Label: c.t("col.customer")}, {Label: c.t("head.customer.type")}, {Label: c.t("head.region.area")}, {Label: c.t("col.segment")},
			{Label: "AC", Unit: unit, Format: format}, {Label: c.t("col.share"), Unit: "%", Format: view.Pct().Bare()}}}
	if fair {
		t.Columns = append(t.Columns, view.Column{Label: "PY", Unit: unit, Format: format},
			view.Column{Label: "ΔPY", Unit: unit, Format: format.Change(), Visual: view.Variance, Better: 1})
	} else {
		t.Footnotes = append(t.Footnotes, c.noComparison())
	}
	t.Columns = append(t.Columns, view.Column{Label: c.t("col.lastorder"), Format: view.Format{Style: view.DayDate}})
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
	t.Shown = c.t("topcustomers.shown", "n", fmt.Sprint(len(lines)), "share", share(view.Ratio(listed, total["net"])))
	t.Footnotes = append(t.Footnotes, c.t("foot.privacy"))
	return view.Block{Table: t}, nil
}

// silentCustomers are last year's customers without an order this year.
type silentCustomers struct {
	customers, largest int64
	year, sameDays     view.Value
	names              []string
	known              bool // whether there was a year before
}

func (c *Context) silent(ctx context.Context, w window) (view.Block, silentCustomers, error) {
	p := w.before(1)
	year := p.fullYear()
	out := silentCustomers{known: c.facts.first.Before(w.from)}
	if !out.known {
		return view.Block{Note: &view.Note{Text: c.noComparison()}}, out, nil
	}
	args := []any{year.from, year.to, year.from, year.to, w.from, w.to, p.from, p.to}
	row, err := engine.One(ctx, c.db, engine.SQL(statement("silent_total"), append(args, largest)...))
	if err != nil {
		return view.Block{}, out, err
	}
	out.customers, out.year, out.sameDays, out.largest = whole(row[0]), zero(value(row[1])), zero(value(row[2])), whole(row[3])
	var rows [][]any
	err = engine.Rows(ctx, c.db, engine.SQL(statement("silent_customers"), append(args, c.AsOf, 15)...), func(row []any) error {
		rows = append(rows, append([]any(nil), row...))
		return nil
	})
	if err != nil {
		return view.Block{}, out, err
	}
	return view.Block{Table: c.silentTable(rows, &out)}, out, nil
}

// silentTable lists them with what they were worth.
func (c *Context) silentTable(rows [][]any, out *silentCustomers) *view.Table {
	format, unit := c.tableMoney(out.year)
	t := &view.Table{ID: "silent-customers", Title: c.t("silent.table"), Subtitle: c.t("sub.net", "unit", unit), Empty: c.t("silent.nobody"),
		Columns: []view.Column{{Label: c.t("col.customer")}, {Label: c.t("head.customer.type")}, {Label: c.t("head.region.area")},
			{Label: c.t("col.place"), Format: view.Integer()},
			{Label: c.t("col.lastyear"), Unit: unit, Format: format, Visual: view.Share},
			{Label: c.t("col.samedays"), Unit: unit, Format: format},
			{Label: c.t("col.lastorder"), Format: view.Format{Style: view.DayDate}}, {Label: c.t("col.days"), Format: view.Integer()}}}
	listedYear, listedDays := view.I(0), view.I(0)
	for _, row := range rows {
		last := value(row[8])
		days := view.Value{}
		if last.Kind == view.Date {
			days = view.I(int64(c.AsOf.Sub(last.Date).Hours() / 24))
		}
		name := c.customerName(text(row[0]), text(row[1]), text(row[2]))
		if len(out.names) < 3 {
			out.names = append(out.names, name)
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(name), c.kindOf(row[2]), c.area(row[3], row[4]), value(row[5]), value(row[6]), value(row[7]), last, days}})
		listedYear, listedDays = view.Sum(listedYear, value(row[6])), view.Sum(listedDays, value(row[7]))
	}
	if rest := out.customers - int64(len(rows)); rest > 0 {
		t.Rows = append(t.Rows, view.Row{Kind: view.Others, Cells: []view.Value{view.T(c.t("row.others", "n", count(c.Lang, rest))), {}, {}, {},
			view.Sub(out.year, listedYear), view.Sub(out.sameDays, listedDays), {}, {}}})
		t.Shown = c.t("silent.shown", "n", fmt.Sprint(len(rows)), "of", count(c.Lang, out.customers))
	}
	if len(rows) > 0 {
		t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: []view.Value{view.T(c.t("row.total")), {}, {}, {}, out.year, out.sameDays, {}, {}}})
		t.Footnotes = []string{c.t("foot.privacy")}
	}
	return t
}

// silentText says how many of last year's customers are missing, and whom to
// call first.
func (c *Context) silentText(s silentCustomers) string {
	if !s.known {
		return c.noComparison()
	}
	if s.customers == 0 {
		return c.t("silent.nobody")
	}
	pairs := []string{"n", count(c.Lang, s.customers), "amount", c.amount(s.year), "k", count(c.Lang, s.largest), "of", fmt.Sprint(largest)}
	if len(s.names) > 0 {
		first := s.names[0]
		for i, name := range s.names[1:] {
			joint := c.t("list.comma")
			if i == len(s.names)-2 {
				joint = c.t("list.and")
			}
			first += joint + name
		}
		pairs = append(pairs, "names", first)
	}
	if s.largest == 0 {
		return c.t("silent.small", pairs...)
	}
	return c.t("silent.text", pairs...)
}
