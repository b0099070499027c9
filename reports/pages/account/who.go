package account

import (
	"strings"
	"time"

	"verso/reports/page"
	"verso/reports/view"
)

// dossier is the page of one customer being written.
type dossier struct {
	*page.Context
	facts *store
	key   int64
}

func (d dossier) one(name string) []any                    { return d.facts.one(name, d.key) }
func (d dossier) rows(name string) [][]any                 { return d.facts.of(name, d.key) }
func (d dossier) value(name string, column int) view.Value { return d.facts.value(name, d.key, column) }
func (d dossier) text(name string, column int) string      { return page.Text(d.one(name)[column]) }
func (d dossier) points(v view.Value) string               { return view.Show(d.Lang, v, page.Points()) }
func (d dossier) number(v view.Value, decimals int) string {
	return view.Figure(d.Lang, v.Float, decimals, false)
}
func (d dossier) date(name string, column int) (string, bool) { return d.day(d.one(name)[column]) }

func (d dossier) day(v any) (string, bool) {
	t, ok := v.(time.Time)
	if !ok {
		return "", false
	}
	return view.ShortDate(d.Lang, t), true
}

// name is how the customer is called.
func (d dossier) name() string {
	who := d.one("who")
	return d.CustomerName(page.Text(who[1]), page.Text(who[2]), page.Text(who[3]))
}

// status is where the customer stands in its loyalty.
func (d dossier) status() view.Value {
	if s := d.text("standing", 1); s != "" {
		return view.T(d.T("loyalty.status." + s))
	}
	return view.Value{}
}

// isLate tells whether the next order was expected before the as-of date even at
// its latest.
func (d dossier) isLate() (late, known bool) {
	latest, ok := d.one("worth")[7].(time.Time)
	return ok && latest.Before(d.AsOf), ok
}

// page writes the whole page.
func (d dossier) page(slug string) view.Page {
	p := d.Page(slug)
	p.Title = d.name()
	p.Message = d.message()
	p.Meta = view.Meta{Measure: d.T("account.meta"), Period: page.LastTwelveMonths(d.AsOf).Label(d.Lang)}
	p.Sections = []view.Section{
		{ID: "who", Title: d.T("account.who"), Blocks: []view.Block{{KPIs: d.figures()}, {Width: view.Half, Table: d.whoTable()}, {Width: view.Half, Chart: d.months()}}},
	}
	if len(d.rows("scores")) > 0 {
		p.Sections = append(p.Sections, view.Section{ID: "scores", Title: d.T("page.sevenp"), Lead: d.T("account.scores.lead"), Blocks: []view.Block{{Width: view.Half, Chart: d.radar()}, {Width: view.Half, Table: d.statementTable()}}})
	}
	if d.risk() != "" {
		p.Sections = append(p.Sections, d.riskSection())
	}
	p.Sections = append(p.Sections,
		view.Section{ID: "orders", Title: d.T("account.orders"), Lead: d.ordersLead(), Blocks: []view.Block{{Table: d.openTable()}, {Width: view.Half, Table: d.ordersTable()}, {Width: view.Half, Table: d.classTable()}}},
		view.Section{ID: "offers", Title: d.T("account.offers"), Lead: d.T("account.offers.lead"), Blocks: []view.Block{{Table: d.offerTable()}}},
		view.Section{ID: "service", Title: d.T("account.service"), Lead: d.serviceLead(), Blocks: []view.Block{{Width: view.Half, Table: d.serviceTable()}, {Width: view.Half, Table: d.ticketTable()},
			{Width: view.Half, Table: d.contactTable()}, {Width: view.Half, Table: d.receivableTable()}}},
		view.Section{ID: "history", Title: d.T("account.history"), Blocks: []view.Block{{Width: view.Half, Table: d.tierTable()}, {Width: view.Half, Table: d.peerTable()}}})
	return p
}

// message says in one line how much the customer buys and whether more or less,
// and in another what to do.
func (d dossier) message() view.Message {
	net, before := d.facts.sales(d.Context, d.key)
	var m view.Message
	switch change := view.Relative(net, before); {
	case !net.Has():
		m.Finding = d.T("account.text.none", "name", d.name())
	case change.Has():
		way := "more"
		if change.Float < 0 {
			way = "less"
		}
		m.Finding = d.T("account.text."+way, "name", d.name(), "net", d.Amount(net), "change", d.Share(change))
	default:
		m.Finding = d.T("account.text", "name", d.name(), "net", d.Amount(net))
	}
	if contribution := d.value("profit", profitContribution); contribution.Has() {
		if contribution.Float < 0 {
			m.Finding += d.T("account.text.loses", "amount", d.Amount(contribution))
		} else {
			m.Finding += d.T("account.text.earns", "amount", d.Amount(contribution))
		}
	}
	var todo []string
	if late, known := d.isLate(); known && late {
		todo = append(todo, d.T("account.so.late", "days", page.Count(d.Lang, page.Whole(d.one("standing")[2]))))
	}
	if d.text("risk", 4) == "high" {
		todo = append(todo, d.T("account.so.risk", "share", d.Share(d.value("risk", 1))))
	}
	if lines := d.one("lines"); page.Whole(lines[14]) > 0 {
		todo = append(todo, d.T("account.so.overdue", "n", page.Count(d.Lang, page.Whole(lines[14]))))
	}
	if open := d.value("service", 11); open.Has() && open.Float > 0 {
		todo = append(todo, d.T("account.so.tickets", "n", page.Count(d.Lang, int64(open.Float))))
	}
	if overdue := d.value("service", 17); overdue.Has() && overdue.Float > 0 {
		todo = append(todo, d.T("account.so.owed", "amount", d.Amount(overdue)))
	}
	if policy := d.text("scores", 6); policy != "" {
		todo = append(todo, d.T("account.so.policy", "policy", d.T("sevenp.policy."+policy)))
	}
	if len(todo) == 0 {
		todo = []string{d.T("account.so.none")}
	}
	m.Consequence = strings.Join(todo, d.T("account.so.join"))
	return m
}

// figures are the figures of twelve months and what is expected.
func (d dossier) figures() *view.KPIRow {
	row := &view.KPIRow{ID: "figures", Title: d.T("account.figures")}
	money := func(label string, v, before view.Value, note string) {
		if !v.Has() {
			note = d.T("account.notknown")
		}
		format, unit := d.Money(v)
		k := view.KPI{Label: label, Value: v, Format: format, Unit: unit, Better: 1, Note: note, ChangeFormat: format.Change()}
		if before.Has() {
			k.Previous, k.Change, k.Relative, k.Versus, k.Note = before, view.Sub(v, before), view.Relative(v, before), "PY", note
		}
		row.Items = append(row.Items, k)
	}
	now, before := d.facts.sales(d.Context, d.key)
	money(d.T("account.kpi.net"), now, before, "")
	money(d.T("profit.item.contribution"), d.value("profit", profitContribution), view.Value{}, "")
	worth := d.one("worth")
	note := ""
	if low, high := page.Value(worth[3]), page.Value(worth[4]); low.Has() && high.Has() {
		note = d.T("account.kpi.expected.note", "low", d.number(low, 0), "high", d.number(high, 0))
	} else {
		note = d.T("account.notknown")
	}
	row.Items = append(row.Items, view.KPI{Label: d.T("account.kpi.expected"), Value: page.Value(worth[2]), Format: view.Format{Style: view.Decimal, Decimals: 1}, Better: 1, Note: note})
	money(d.T("account.kpi.clv"), page.Value(worth[8]), view.Value{}, d.T("account.kpi.clv.note"))
	note = d.T("account.notknown")
	if percentile := d.value("scores", 3); percentile.Has() {
		note = d.T("account.kpi.composite.note", "percentile", d.points(percentile), "type", d.KindOf(d.one("who")[3]).Text)
		if page.Text(d.one("who")[3]) == "" {
			note = d.T("account.kpi.composite.all", "percentile", d.points(percentile))
		}
	}
	row.Items = append(row.Items, view.KPI{Label: d.T("sevenp.composite"), Value: d.value("scores", 2), Format: page.Points(), Unit: d.T("sevenp.points"), Better: 1, Note: note})
	return row
}

// whoTable is what is known of the customer itself.
func (d dossier) whoTable() *view.Table {
	t := &view.Table{ID: "card", Title: d.T("account.card"), Columns: []view.Column{{Label: d.T("account.col.what")}, {Label: d.T("account.col.is"), Wide: true}}, Empty: d.T("account.notknown")}
	add := func(label string, v view.Value) {
		if v.Kind != view.NoData {
			t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(d.T("account.card." + label)), v}})
		}
	}
	text := func(label, s string) {
		if s != "" {
			add(label, view.T(s))
		}
	}
	who := d.one("who")
	text("number", page.Text(who[1]))
	add("type", d.KindOf(who[3]))
	place := d.Area(who[4], who[5]).Text
	if city := page.Text(who[6]); city != "" {
		place = strings.TrimPrefix(place+d.T("list.comma")+city, d.T("list.comma"))
	}
	text("place", place)
	if parent := page.Text(who[10]); parent != "" {
		text("parent", d.CustomerName(parent, page.Text(who[11]), page.Text(who[12])))
	}
	owner := page.Text(who[7])
	if here, ok := who[8].(bool); owner != "" && ok && !here {
		owner = d.T("account.card.left", "name", owner)
	}
	text("owner", owner)
	text("channel", page.Text(who[9]))
	if first, ok := d.day(who[13]); ok {
		text("since", first)
	}
	if last, ok := d.day(who[14]); ok {
		text("last", last)
	}
	if budget := page.Value(who[16]); budget.Has() {
		text("budget", d.Amount(budget))
	}
	if limit := page.Value(who[15]); limit.Has() {
		text("credit", d.Amount(limit))
	}
	if tier := d.text("scores", 1); tier != "" {
		text("tier", d.TierLabel(tier))
	}
	text("segment", d.InLanguage(d.text("standing", 6), d.text("standing", 7)))
	text("status", d.standing())
	text("next", d.next())
	text("taste", d.InLanguage(d.text("taste", 1), d.text("taste", 2)))
	if visits := d.value("scores", 7); visits.Has() {
		text("policy", d.T("account.card.policy.is", "policy", d.T("sevenp.policy."+d.text("scores", 6)), "visits", d.number(visits, 0), "days", d.number(d.value("scores", 8), 0)))
	}
	return t
}

// standing is the status of loyalty with the silence behind it.
func (d dossier) standing() string {
	silent, usual := d.value("standing", 2), d.value("standing", 3)
	if d.status().Text == "" || !silent.Has() || !usual.Has() {
		return d.status().Text
	}
	return d.T("account.standing", "status", d.status().Text, "days", d.number(silent, 0), "usual", d.number(usual, 0))
}

// next is when the next order is expected.
func (d dossier) next() string {
	middle, ok := d.date("worth", 5)
	early, okEarly := d.date("worth", 6)
	late, okLate := d.date("worth", 7)
	if !ok || !okEarly || !okLate {
		return middle
	}
	return d.T("account.next", "date", middle, "early", early, "late", late)
}

// radar draws the seven scores over the mean of all customers, with the facts
// behind them.
func (d dossier) radar() *view.Chart {
	scores := d.one("scores")
	own := make([]view.Value, len(page.SevenParts))
	for i := range own {
		own[i] = page.Value(scores[9+i])
	}
	ch := &view.Chart{ID: "radar", Kind: view.Radar, Small: true, Title: d.T("account.radar"), Subtitle: d.T("sevenp.heat.sub"), Insight: d.radarInsight(own), Format: page.Points(), Categories: d.PartNames(),
		Series: []view.Series{{Name: d.name(), Role: view.AC, Values: own}, {Name: d.T("sevenp.all"), Role: view.PY, Values: d.facts.means}}}
	ch.Table = view.Table{Title: ch.Title, Columns: []view.Column{{Label: d.T("sevenp.p")}, {Label: d.T("sevenp.score"), Unit: d.T("sevenp.points"), Format: page.Points()}, {Label: d.T("sevenp.percentile"), Format: page.Points()},
		{Label: d.T("sevenp.change"), Format: page.Points().Change(), Better: 1}, {Label: d.T("sevenp.facts"), Wide: true}}}
	parts := map[string][]any{}
	for _, row := range d.rows("parts") {
		parts[page.Text(row[1])] = row
	}
	for _, part := range page.SevenParts {
		row, ok := parts[part]
		if !ok {
			ch.Table.Rows = append(ch.Table.Rows, view.Row{Cells: []view.Value{view.T(d.PartName(part)), {}, {}, {}, view.T(d.T("sevenp.notknown"))}})
			continue
		}
		facts := d.ScoreFact(page.Text(row[5]), page.Value(row[6]))
		if second := d.ScoreFact(page.Text(row[7]), page.Value(row[8])); second != "" {
			facts = strings.TrimPrefix(facts+d.T("list.semicolon")+second, d.T("list.semicolon"))
		}
		ch.Table.Rows = append(ch.Table.Rows, view.Row{Cells: []view.Value{view.T(d.PartName(part)), page.Value(row[2]), page.Value(row[3]), page.Value(row[4]), view.T(facts)}})
	}
	return ch
}

// radarInsight names the best and the weakest score.
func (d dossier) radarInsight(own []view.Value) string {
	best, worst := -1, -1
	for i, v := range own {
		if !v.Has() {
			continue
		}
		if best < 0 || v.Float > own[best].Float {
			best = i
		}
		if worst < 0 || v.Float < own[worst].Float {
			worst = i
		}
	}
	if best < 0 || own[best].Float == own[worst].Float {
		return ""
	}
	return d.T("account.radar.text", "best", d.PartName(page.SevenParts[best]), "high", d.points(own[best]), "worst", d.PartName(page.SevenParts[worst]), "low", d.points(own[worst]))
}
