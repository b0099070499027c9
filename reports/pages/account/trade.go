package account

import (
	"time"

	"verso/reports/page"
	"verso/reports/view"
)

// months are net sales by month over twelve months beside the twelve before.
func (d dossier) months() *view.Chart {
	net := map[string]view.Value{}
	for _, row := range d.rows("months") {
		if m, ok := row[1].(time.Time); ok {
			net[m.Format(time.DateOnly)] = page.Value(row[2])
		}
	}
	of := func(m time.Time) view.Value {
		if v, ok := net[m.Format(time.DateOnly)]; ok {
			return v
		}
		if d.Covered(m) {
			return view.I(0)
		}
		return view.Value{}
	}
	list := page.Months(d.AsOf, 12)
	now, before := make([]view.Value, len(list)), make([]view.Value, len(list))
	for i, m := range list {
		now[i], before[i] = of(m), of(m.AddDate(-1, 0, 0))
	}
	format, unit := d.TableMoney(append(append([]view.Value(nil), now...), before...)...)
	ch := &view.Chart{ID: "months", Kind: view.TimeColumns, Small: true, Title: d.T("account.months"), Subtitle: d.T("sub.net", "unit", unit), Format: format, Better: 1, Categories: page.Ticks(d.Lang, list),
		Series: []view.Series{{Name: "AC", Role: view.AC, Values: now}, {Name: "PY", Role: view.PY, Values: before}}}
	ch.Table = view.Table{Title: ch.Title, Columns: []view.Column{{Label: d.T("col.month")}, {Label: "AC", Unit: unit, Format: format}, {Label: "PY", Unit: unit, Format: format}}}
	total := []view.Value{view.T(d.T("row.total")), view.Sum(now...), view.Sum(before...)}
	for i, m := range list {
		ch.Table.Rows = append(ch.Table.Rows, view.Row{Cells: []view.Value{view.T(view.MonthName(d.Lang, m)), now[i], before[i]}})
	}
	ch.Table.Rows = append(ch.Table.Rows, view.Row{Kind: view.Total, Cells: total})
	return ch
}

// statementItems are what the statement takes away from gross sales, in the order
// of its columns.
var statementItems = []string{"discount", "returns", "cost", "inbound", "visits", "contacts", "tickets", "expenses", "handling", "marketing", "commission", "capital"}

// statementTable runs from gross sales to contribution.
func (d dossier) statementTable() *view.Table {
	row := d.one("profit")
	gross := page.Value(row[1])
	format, unit := d.TableMoney(gross)
	t := &view.Table{ID: "statement", Title: d.T("profit.statement"), Subtitle: d.T("profit.sub", "unit", unit), Empty: d.T("account.profit.none"),
		Columns: []view.Column{{Label: d.T("profit.col.item")}, {Label: d.T("profit.col.amount"), Unit: unit, Format: format}, {Label: d.T("profit.col.ofgross"), Unit: "%", Format: view.Pct().Bare()}}}
	if !page.Value(row[profitContribution]).Has() {
		return t
	}
	add := func(kind view.RowKind, label string, level int, v view.Value) {
		t.Rows = append(t.Rows, view.Row{Kind: kind, Level: level, Cells: []view.Value{view.T(d.T("profit.item." + label)), v, view.Ratio(v, gross)}})
	}
	add(view.Leaf, "gross", 0, gross)
	running := gross
	for i, name := range statementItems {
		amount := page.Zero(page.Value(row[2+i]))
		running = view.Sub(running, amount)
		if amount.Float != 0 {
			add(view.Leaf, name, 1, view.Sub(view.I(0), amount))
		}
		if name == "returns" {
			add(view.Subtotal, "net", 0, running)
		}
	}
	add(view.Total, "contribution", 0, page.Value(row[profitContribution]))
	for i, column := range []int{19, 21} {
		if excess := page.Value(row[column+1]); page.Text(row[column]) != "" && excess.Has() && excess.Float > 0 {
			t.Footnotes = append(t.Footnotes, d.T("account.excess."+[]string{"first", "second"}[i], "item", d.T("profit.item."+page.Text(row[column])), "amount", d.Amount(excess)))
		}
	}
	return t
}

func (d dossier) ordersLead() string {
	if len(d.rows("orders")) == 0 {
		return ""
	}
	return d.T("account.orders.lead", "orders", page.Count(d.Lang, page.Whole(d.one("orders")[6])), "open", page.Count(d.Lang, page.Whole(d.one("lines")[12])), "amount", d.Amount(page.Zero(d.value("lines", 13))))
}

// openTable are the order lines under way with the day they are expected.
func (d dossier) openTable() *view.Table {
	rows := d.rows("lines")
	format, unit := d.TableMoney(d.value("lines", 5))
	t := &view.Table{ID: "open", Title: d.T("account.open"), Subtitle: d.T("account.open.sub"), Empty: d.T("account.open.none"),
		Columns: []view.Column{{Label: d.T("account.col.order")}, {Label: d.T("head.title.title"), Wide: true}, {Label: d.T("col.copies"), Format: view.Integer()}, {Label: d.T("account.col.value"), Unit: unit, Format: format},
			{Label: d.T("account.col.stage")}, {Label: d.T("account.col.promised")}, {Label: d.T("account.col.p50")}, {Label: d.T("account.col.p90")}}}
	for _, row := range rows {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{page.Value(row[1]), page.Value(row[3]), page.Value(row[4]), page.Value(row[5]), view.T(d.InLanguage(page.Text(row[6]), page.Text(row[7]))),
			page.Value(row[8]), page.Value(row[9]), page.Value(row[10])}})
	}
	if len(rows) > 0 && page.Whole(rows[0][12]) > int64(len(rows)) {
		t.Shown = d.T("account.open.shown", "n", page.Count(d.Lang, int64(len(rows))), "all", page.Count(d.Lang, page.Whole(rows[0][12])))
	}
	return t
}

// ordersTable are the last orders.
func (d dossier) ordersTable() *view.Table {
	rows := d.rows("orders")
	var nets []view.Value
	for _, row := range rows {
		nets = append(nets, page.Value(row[5]))
	}
	format, unit := d.TableMoney(nets...)
	t := &view.Table{ID: "last-orders", Title: d.T("account.last"), Empty: d.T("account.last.none"),
		Columns: []view.Column{{Label: d.T("account.col.order")}, {Label: d.T("account.col.date")}, {Label: d.T("account.col.lines"), Format: view.Integer()}, {Label: d.T("col.copies"), Format: view.Integer()}, {Label: d.T("account.col.net"), Unit: unit, Format: format}}}
	for i, row := range rows {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{page.Value(row[1]), page.Value(row[2]), page.Value(row[3]), page.Value(row[4]), nets[i]}})
	}
	return t
}

// shownClasses are how many classes the table names.
const shownClasses = 8

// classTable is what was bought by class, beside what the type buys.
func (d dossier) classTable() *view.Table {
	rows := d.rows("classes")
	format, unit := d.TableMoney(d.value("classes", 5))
	t := &view.Table{ID: "classes", Title: d.T("account.classes"), Subtitle: d.T("account.classes.sub", "type", d.KindOf(d.one("who")[3]).Text), Empty: d.T("account.classes.none"),
		Columns: []view.Column{{Label: d.T("head.class.bucket")}, {Label: d.T("account.col.net"), Unit: unit, Format: format}, {Label: d.T("col.share"), Unit: "%", Format: view.Pct().Bare(), Visual: view.Share}, {Label: d.T("account.col.type"), Unit: "%", Format: view.Pct().Bare(), Total: "–"}}}
	rest := view.I(0)
	for i, row := range rows {
		if i >= shownClasses {
			rest = view.Sum(rest, page.Value(row[4]))
			continue
		}
		name := d.InLanguage(page.Text(row[2]), page.Text(row[3]))
		if name == "" {
			name = d.T("member.none")
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(name), page.Value(row[4]), view.Ratio(page.Value(row[4]), page.Value(row[5])), view.Ratio(page.Value(row[6]), page.Value(row[7]))}})
	}
	if len(rows) == 0 {
		return t
	}
	all := page.Value(rows[0][5])
	if len(rows) > shownClasses {
		t.Rows = append(t.Rows, view.Row{Kind: view.Others, Cells: []view.Value{view.T(d.T("account.classes.rest", "n", page.Count(d.Lang, int64(len(rows)-shownClasses)))), rest, view.Ratio(rest, all), {}}})
	}
	t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: []view.Value{view.T(d.T("row.total")), all, view.Ratio(all, all), {}}})
	return t
}

// peerTable are the classes that like customers buy and this one does not.
func (d dossier) peerTable() *view.Table {
	t := &view.Table{ID: "peers", Title: d.T("account.peers"), Empty: d.T("account.peers.none"), Columns: []view.Column{{Label: d.T("head.class.bucket")}, {Label: d.T("account.col.why"), Wide: true}}}
	for _, row := range d.rows("peers") {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(d.InLanguage(page.Text(row[1]), page.Text(row[2]))), view.T(d.InLanguage(page.Text(row[5]), page.Text(row[6])))}})
	}
	return t
}

// offerTable are the titles to offer: the first eight of both lists, with reasons.
func (d dossier) offerTable() *view.Table {
	t := &view.Table{ID: "offer_list", Title: d.T("account.offers.table"), Empty: d.T("account.offers.none"),
		Columns: []view.Column{{Label: d.T("account.offers.list")}, {Label: d.T("account.offers.title"), Wide: true}, {Label: d.T("account.col.why"), Wide: true}, {Label: d.T("account.offers.publisher")}}}
	for _, row := range d.rows("offers") {
		list := d.T("account.offers.stock")
		if page.Text(row[1]) == "new" {
			list = d.T("account.offers.new")
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(list), view.T(d.InLanguage(page.Text(row[4]), page.Text(row[5]))), view.T(d.InLanguage(page.Text(row[7]), page.Text(row[8]))), view.T(page.Text(row[6]))}})
		if held, _ := row[9].(bool); held {
			t.Subtitle = d.T("account.offers.held")
		}
	}
	return t
}
