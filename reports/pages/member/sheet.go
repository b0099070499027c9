package member

import (
	"fmt"
	"slices"
	"time"

	"verso/reports/page"
	"verso/reports/view"
)

// sheet is the page of one member being written.
type sheet struct {
	desk
	kind  kind
	facts *facts
	entry entry
}

func (s sheet) now(measure string) view.Value { return s.facts.figures.whole[s.entry.ref][measure] }

// then is a measure of the year before; no data where that is no fair comparison.
func (s sheet) then(measure string) view.Value {
	if !s.facts.fair {
		return view.Value{}
	}
	v := s.facts.before.whole[s.entry.ref][measure]
	if !v.Has() && page.Additive(measure) {
		v = view.I(0)
	}
	return v
}

func (s sheet) page() view.Page {
	p := s.Page("members")
	p.Slug, p.Title = s.entry.slug, s.entry.label
	p.Meta = s.Meta(s.facts.window, s.Lang.Currency(s.Currency))
	p.Message = s.message()
	p.Sections = []view.Section{
		{ID: "figures", Title: s.T("member.figures"), Blocks: s.course()},
		{ID: "change", Title: s.T("member.change"), Lead: s.T("member.change.lead"), Blocks: s.changes()},
		{ID: "who", Title: s.T("member.who"), Blocks: []view.Block{{Width: view.Half, Table: s.customers()}, {Width: view.Half, Table: s.titles()}}},
	}
	last := view.Section{ID: "more", Title: s.T("member.more")}
	if t := s.risk(); t != nil {
		last.Blocks = append(last.Blocks, view.Block{Width: view.Half, Table: t})
	}
	last.Blocks = append(last.Blocks, view.Block{Width: view.Half, Table: s.card()})
	p.Sections = append(p.Sections, last)
	return p
}

// message says how much the member brings and whether more or less, then what
// moved it and what is at stake.
func (s sheet) message() view.Message {
	now, then := page.Zero(s.now("net")), s.then("net")
	change := view.Relative(now, then)
	key := "member.text"
	switch {
	case now.Float == 0:
		key = "member.text.none"
	case change.Has() && change.Float >= 0:
		key = "member.text.more"
	case change.Has():
		key = "member.text.less"
	}
	m := view.Message{Finding: s.T(key, "name", s.entry.label, "net", s.Amount(now), "from", view.LongDate(s.Lang, s.facts.window.From), "change", s.Share(change))}
	m.Consequence = s.T("movers.none")
	if text := s.moved(s.partLines()); text != "" {
		m.Consequence = text
	} else if !s.facts.fair {
		m.Consequence = s.NoComparison()
	}
	if stake := s.facts.risk.whole[s.entry.ref]["value_at_risk"]; stake.Has() && stake.Float > 0 {
		m.Consequence = s.T("member.so.both", "first", m.Consequence, "second", s.T("member.so.risk", "amount", s.Amount(stake)))
	}
	return m
}

// moved names the parts that rose and fell most; "" where that says nothing.
func (s sheet) moved(rows []page.VarianceRow) string {
	if !s.facts.fair || len(rows) < 2 {
		return ""
	}
	var up, down view.Value
	var rose, fell string
	total := 0.0
	for _, r := range rows {
		d := view.Sub(r.Now, r.Then)
		total += d.Float
		if d.Float > up.Float {
			up, rose = d, r.Label.Text
		}
		if d.Float < down.Float {
			down, fell = d, r.Label.Text
		}
	}
	pairs := []string{"up", rose, "plus", s.SignedAmount(up), "down", fell, "minus", s.SignedAmount(down)}
	switch {
	case rose != "" && fell != "" && total >= 0:
		return s.T("movers.up.down", pairs...)
	case rose != "" && fell != "":
		return s.T("movers.down.up", pairs...)
	case rose != "":
		return s.T("movers.up", pairs...)
	case fell != "":
		return s.T("movers.down", pairs...)
	}
	return s.T("movers.none")
}

// course are the key figures, and net sales by month and cumulated.
func (s sheet) course() []view.Block {
	blocks := []view.Block{{KPIs: s.keyFigures()}}
	now := s.byMonth(s.facts.now, s.entry.ref, "net", s.facts.months, s.AsOf)
	before := make([]time.Time, len(s.facts.months))
	for i, m := range s.facts.months {
		before[i] = page.YearsBefore(m, 1)
	}
	then := s.byMonth(s.facts.then, s.entry.ref, "net", before, s.AsOf)
	ch := s.MonthColumns("months", s.T("member.months"), s.facts.months, now, then)
	ch.Small = true
	blocks = append(blocks, view.Block{Width: view.Half, Chart: ch})
	if c := s.cumulative(); c != nil {
		blocks = append(blocks, view.Block{Width: view.Half, Chart: c})
	}
	return blocks
}

// cumulative is the fiscal year summed up month by month beside the year before
// and, where there is one, the plan.
func (s sheet) cumulative() *view.Chart {
	w := s.facts.window
	list := page.Months(w.FullYear().To, 12)
	before := make([]time.Time, len(list))
	for i, m := range list {
		before[i] = page.YearsBefore(m, 1)
	}
	now := s.byMonth(s.facts.now, s.entry.ref, "net", list, s.AsOf)
	for i, m := range list {
		if m.After(s.AsOf) {
			now[i] = view.Value{}
		}
	}
	series := []view.Series{{Name: "AC", Role: view.AC, Values: cumulate(now)}}
	if s.facts.fair {
		then := s.byMonth(s.facts.then, s.entry.ref, "net", before, s.AsOf)
		later := s.byMonth(s.facts.now, s.entry.ref, "net", before, s.AsOf)
		for i, m := range before {
			if !m.Before(s.facts.months[0]) { // the whole months that follow a year before the as-of date
				then[i] = later[i]
			}
		}
		series = append(series, view.Series{Name: "PY", Role: view.PY, Values: cumulate(then)})
	}
	plan := make([]view.Value, len(list))
	found := map[string]view.Value{}
	for _, l := range s.facts.plan.parts[s.entry.ref] {
		found[l.ref] = l.values[s.facts.planned]
	}
	aims := 0
	for i, m := range list {
		if plan[i] = found[m.Format("2006-01")]; plan[i].Float > 0 {
			aims++
		}
	}
	if aims > 0 {
		series = append(series, view.Series{Name: s.T("member.plan"), Role: view.PL, Values: cumulate(plan)})
	}
	if len(series) == 1 {
		return nil
	}
	var all []view.Value
	for _, one := range series {
		all = append(all, one.Values...)
	}
	format, unit := s.Money(all...)
	ch := s.LinesChart("cumulative", s.T("cumulative.title"), list, series, format, unit)
	ch.Small = true
	if aims > 0 {
		ch.Insight = s.planText(now, plan, list)
	}
	return ch
}

// planText says how far the plan of the months that are over was met.
func (s sheet) planText(now, plan []view.Value, list []time.Time) string {
	done, aimed := view.I(0), view.I(0)
	for i, m := range list {
		if m.AddDate(0, 1, -1).After(s.AsOf) || !plan[i].Has() {
			continue
		}
		done, aimed = view.Sum(done, now[i]), view.Sum(aimed, plan[i])
	}
	if aimed.Float <= 0 {
		return ""
	}
	return s.T("member.plan.text", "share", s.Share(view.Ratio(done, aimed)), "net", s.Amount(done), "plan", s.Amount(aimed))
}

// cumulate adds a series up as far as it is known.
func cumulate(values []view.Value) []view.Value {
	out := make([]view.Value, len(values))
	sum := view.I(0)
	for i, v := range values {
		if v.Has() {
			sum = view.Sum(sum, v)
			out[i] = sum
		}
	}
	return out
}

// keyFigures is the row of tiles beside the year before.
func (s sheet) keyFigures() *view.KPIRow {
	row := &view.KPIRow{ID: "figures-data", Title: s.T("member.figures")}
	add := func(label string, now, then view.Value, f view.Format, unit string, better int) {
		k := view.KPI{Label: label, Value: now, Format: f, Unit: unit, Better: better, ChangeFormat: f.Change()}
		if now.Has() && then.Has() {
			k.Previous, k.Change, k.Relative, k.Versus = then, view.Sub(now, then), view.Relative(now, then), s.T("kpi.versus")
			if f.Style == view.Percent {
				k.Relative, k.ChangeFormat.Suffix = view.Value{}, " "+s.T("unit.points")
			}
		} else if !s.facts.fair {
			k.Note = s.T("kpi.alone")
		}
		row.Items = append(row.Items, k)
	}
	net := page.Zero(s.now("net"))
	format, unit := s.Money(net, s.then("net"))
	add(s.T("kpi.net"), net, s.then("net"), format, unit, 1)
	if margin := s.now("margin"); margin.Has() {
		format, unit = s.Money(margin, s.then("margin"))
		add(s.T("kpi.margin"), margin, s.then("margin"), format, unit, 1)
	}
	add(s.T("kpi.orders"), page.Zero(s.now("orders")), s.then("orders"), view.Integer(), "", 1)
	add(s.T("kpi.customers"), page.Zero(s.now("customers")), s.then("customers"), view.Integer(), "", 1)
	if flow := s.facts.flow.whole[s.entry.ref]; flow["on_time"].Has() {
		add(s.T("member.ontime"), flow["on_time"], s.fairly(flow["on_time"+py]), view.Pct(), "", 1)
	}
	if service := s.facts.service.whole[s.entry.ref]; service["complaints"].Has() {
		add(s.T("member.complaints"), service["complaints"], s.fairly(page.Zero(service["complaints"+py])), view.Integer(), "", -1)
	}
	return row
}

// fairly is a figure of the year before where that is a fair comparison.
func (s sheet) fairly(v view.Value) view.Value {
	if !s.facts.fair {
		return view.Value{}
	}
	return v
}

// rowOf is a part of the member in a table of net sales.
func rowOf(l line, label view.Value) page.VarianceRow {
	r := page.VarianceRow{Label: label, Now: page.Zero(l.values["net"]), Then: page.Zero(l.values["net"+py])}
	if l.other {
		r.Kind = view.Others
	}
	return r
}

// customerName is how a customer is called, with the way to its page.
func (s sheet) customerName(l line) view.Value {
	if who, ok := s.facts.names[l.ref]; ok {
		return s.Linked(view.T(s.CustomerName(who.id, who.name, who.kind)), "customer.name", l.ref)
	}
	return view.T(l.label)
}

// variance starts a table of net sales of the member.
func (s sheet) variance(id, title, head string) page.Variance {
	v := page.Variance{ID: id, Title: title, Head: head, Fair: s.facts.fair, Share: true, Now: page.Zero(s.now("net")), Then: s.then("net")}
	if !s.facts.fair {
		v.Then = view.I(0)
	}
	return v
}

// fill takes the rows of a table over; others is the word for the rest.
func (s sheet) fill(v page.Variance, lines []line, label func(line) view.Value) *view.Table {
	for _, l := range lines {
		name := view.T(s.T("row.rest"))
		if !l.other {
			name = label(l)
		}
		v.Rows = append(v.Rows, rowOf(l, name))
	}
	return s.VarianceTable(v)
}

func (s sheet) customers() *view.Table {
	t := s.fill(s.variance("top", s.T("member.customers"), s.T("col.customer")), s.facts.customers.parts[s.entry.ref], s.customerName)
	t.Footnotes = append(t.Footnotes, s.T("foot.privacy"))
	return t
}

func (s sheet) titles() *view.Table {
	return s.fill(s.variance("titles", s.T("by.title.title"), s.T("head.title.title")), s.facts.titles.parts[s.entry.ref], func(l line) view.Value { return view.T(l.label) })
}

// partLines are the parts that the member is broken down by, the largest first.
func (s sheet) partLines() []page.VarianceRow {
	var rows []page.VarianceRow
	for _, l := range s.facts.parts.parts[s.entry.ref] {
		rows = append(rows, rowOf(l, s.Linked(view.T(l.label), s.kind.parts, l.ref)))
	}
	slices.SortStableFunc(rows, func(a, b page.VarianceRow) int {
		switch {
		case a.Now.Float > b.Now.Float:
			return -1
		case a.Now.Float < b.Now.Float:
			return 1
		}
		return 0
	})
	return rows
}

// firstParts are the largest parts and the rest, which closes them.
func (s sheet) firstParts(v page.Variance) []page.VarianceRow {
	rows := s.partLines()
	if len(rows) <= partRows+1 {
		return rows
	}
	rest := page.VarianceRow{Kind: view.Others, Label: view.T(s.T("row.others", "n", fmt.Sprint(len(rows)-partRows))), Now: v.Now, Then: v.Then}
	for _, r := range rows[:partRows] {
		rest.Now, rest.Then = view.Sub(rest.Now, r.Now), view.Sub(rest.Then, r.Then)
	}
	return append(rows[:partRows:partRows], rest)
}

// changes are the bridge from last year by customers, and the parts.
func (s sheet) changes() []view.Block {
	v := s.variance("parts", s.T("by."+s.kind.parts), s.T("head."+s.kind.parts))
	v.Rows = s.firstParts(v)
	parts := view.Block{Table: s.VarianceTable(v)}
	if !s.facts.fair {
		return []view.Block{parts}
	}
	return []view.Block{{Table: s.bridge()}, parts}
}

// bridge leads from the year before to this year: the customers who grew and who
// fell most, the rest, and the total, which closes.
func (s sheet) bridge() *view.Table {
	v := s.variance("bridge", s.T("member.bridge"), s.T("col.customer"))
	v.Share = false
	rest := page.VarianceRow{Kind: view.Residual, Label: view.T(s.T("row.rest")), Now: v.Now, Then: v.Then}
	add := func(l line) {
		r := rowOf(l, s.customerName(l))
		rest.Now, rest.Then = view.Sub(rest.Now, r.Now), view.Sub(rest.Then, r.Then)
		v.Rows = append(v.Rows, r)
	}
	for _, l := range s.facts.grown.parts[s.entry.ref] {
		if l.values["net"+delta].Float > 0 {
			add(l)
		}
	}
	fallen := s.facts.fallen.parts[s.entry.ref]
	for _, l := range slices.Backward(fallen) { // the one that fell most is last
		if l.values["net"+delta].Float < 0 {
			add(l)
		}
	}
	v.Insight = s.moved(v.Rows)
	if rest.Now.Float != 0 || rest.Then.Float != 0 {
		v.Rows = append(v.Rows, rest)
	}
	return s.VarianceTable(v)
}

// risk are the customers by what is lost if they stop; nil where nothing is known.
func (s sheet) risk() *view.Table {
	lines := s.facts.risk.parts[s.entry.ref]
	if len(lines) == 0 {
		return nil
	}
	whole := s.facts.risk.whole[s.entry.ref]
	format, unit := s.TableMoney(whole["value_at_risk"])
	t := &view.Table{ID: "risk", Title: s.T("member.risk"), Subtitle: s.T("member.risk.sub"), Columns: []view.Column{{Label: s.T("col.customer")}, {Label: s.T("col.customers"), Format: view.Integer()},
		{Label: s.T("member.stake"), Unit: unit, Format: format, Visual: view.Share}}}
	for _, l := range lines {
		r := view.Row{Cells: []view.Value{s.customerName(l), page.Zero(l.values["customers"]), page.Zero(l.values["value_at_risk"])}}
		if l.other {
			r.Kind, r.Cells[0] = view.Others, view.T(s.T("row.rest"))
		}
		t.Rows = append(t.Rows, r)
	}
	t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: []view.Value{view.T(s.T("row.total")), page.Zero(whole["customers"]), page.Zero(whole["value_at_risk"])}})
	return t
}

// card says what the page is about, and which page is about all of its kind.
func (s sheet) card() *view.Table {
	above := view.T(s.T("page." + s.kind.above))
	above.Href = s.kind.above + ".html"
	all := view.T(s.T("page.members"))
	all.Href = "members.html#" + s.kind.name
	money := view.T(s.Amount(s.entry.net))
	t := &view.Table{ID: "card", Title: s.T("member.card"), Columns: []view.Column{{Label: s.T("account.col.what")}, {Label: s.T("account.col.is"), Wide: true}}}
	for _, row := range []struct {
		label string
		v     view.Value
	}{{s.T("member.card.kind"), view.T(s.T("members." + s.kind.name + ".head"))}, {s.T("member.card.net"), money},
		{s.T("member.card.customers"), view.T(fmt.Sprint(int64(s.entry.customers.Float)))}, {s.T("member.card.above"), above}, {s.T("member.card.all"), all}} {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(row.label), row.v}})
	}
	return t
}
