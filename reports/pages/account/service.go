package account

import (
	"time"

	"verso/reports/page"
	"verso/reports/view"
)

func (d dossier) serviceLead() string {
	onTime := d.value("service", 2)
	if !onTime.Has() {
		return ""
	}
	way := "better"
	if expected := d.value("service", 3); expected.Has() && onTime.Float < expected.Float {
		way = "worse"
	}
	return d.T("account.service."+way, "share", d.Share(onTime), "expected", d.Share(d.value("service", 3)), "n", page.Count(d.Lang, page.Whole(d.one("service")[1])))
}

// serviceTable is how the customer was served, and how it pays.
func (d dossier) serviceTable() *view.Table {
	t := &view.Table{ID: "service-figures", Title: d.T("account.served"), Empty: d.T("account.notknown"), Columns: []view.Column{{Label: d.T("account.col.what")}, {Label: d.T("account.col.value")}}}
	row := d.one("service")
	add := func(label string, v view.Value, f view.Format) {
		if v.Has() {
			t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(d.T("account.served." + label)), view.T(view.Show(d.Lang, v, f))}})
		}
	}
	add("due", page.Value(row[1]), view.Integer())
	add("ontime", page.Value(row[2]), view.Pct())
	add("usual", page.Value(row[3]), view.Pct())
	add("fill", page.Value(row[4]), view.Pct())
	add("late", page.Value(row[5]), view.Integer())
	add("returned", view.Ratio(page.Value(row[7]), page.Value(row[6])), view.Pct())
	add("faulty", page.Value(row[8]), view.Integer())
	add("tickets", page.Value(row[9]), view.Integer())
	add("complaints", page.Value(row[10]), view.Integer())
	add("answer", page.Value(row[12]), view.Format{Style: view.Decimal, Decimals: 1})
	add("paidlate", view.Ratio(page.Value(row[14]), page.Value(row[13])), view.Pct())
	add("days", page.Value(row[15]), view.Integer())
	add("dso", page.Value(row[18]), view.Integer())
	return t
}

// ticketTable are the last tickets.
func (d dossier) ticketTable() *view.Table {
	t := &view.Table{ID: "tickets", Title: d.T("account.tickets"), Empty: d.T("account.tickets.none"), Shown: d.shown("tickets", 8),
		Columns: []view.Column{{Label: d.T("account.col.date")}, {Label: d.T("account.col.about")}, {Label: d.T("account.col.severity")}, {Label: d.T("account.col.hours"), Format: view.Integer()}, {Label: d.T("account.col.csat"), Format: view.Integer()}}}
	for _, row := range d.rows("tickets") {
		hours := page.Value(row[6])
		if page.Whole(row[5]) > 0 {
			hours = view.T(d.T("account.still"))
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{page.Value(row[1]), view.T(d.MemberLabel("ticket.type", row[2])), view.T(d.MemberLabel("ticket.severity", row[3])), hours, page.Value(row[7])}})
	}
	return t
}

// contactTable are the last contacts.
func (d dossier) contactTable() *view.Table {
	t := &view.Table{ID: "contacts", Title: d.T("account.contacts"), Empty: d.T("account.contacts.none"), Shown: d.shown("contacts", 7),
		Columns: []view.Column{{Label: d.T("account.col.date")}, {Label: d.T("account.col.how")}, {Label: d.T("account.col.about")}, {Label: d.T("account.col.result")}, {Label: d.T("account.col.by")}, {Label: d.T("account.col.then")}}}
	for _, row := range d.rows("contacts") {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{page.Value(row[1]), view.T(d.MemberLabel("activity.type", row[2])), view.T(d.MemberLabel("activity.purpose", row[3])), view.T(d.MemberLabel("activity.result", row[4])), page.Value(row[5]), page.Value(row[6])}})
	}
	return t
}

// shown says how many rows there are if not all are here; the column of a row
// holds their number.
func (d dossier) shown(name string, column int) string {
	rows := d.rows(name)
	if len(rows) == 0 || page.Whole(rows[0][column]) <= int64(len(rows)) {
		return ""
	}
	return d.T("account.lately", "n", page.Count(d.Lang, int64(len(rows))), "all", page.Count(d.Lang, page.Whole(rows[0][column])))
}

// receivableTable is what the customer owes, by age.
func (d dossier) receivableTable() *view.Table {
	rows := d.rows("receivable")
	open, invoices := view.I(0), int64(0)
	for _, row := range rows {
		open, invoices = view.Sum(open, page.Value(row[5])), invoices+page.Whole(row[4])
	}
	format, unit := d.TableMoney(open)
	t := &view.Table{ID: "receivable", Title: d.T("account.owed"), Empty: d.T("account.owed.none"),
		Columns: []view.Column{{Label: d.T("account.col.age")}, {Label: d.T("account.col.invoices"), Format: view.Integer()}, {Label: d.T("account.col.owed"), Unit: unit, Format: format}}}
	for _, row := range rows {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(d.InLanguage(page.Text(row[1]), page.Text(row[2]))), page.Value(row[4]), page.Value(row[5])}})
	}
	if len(rows) > 0 {
		t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: []view.Value{view.T(d.T("row.total")), view.I(invoices), open}})
	}
	return t
}

// tierTable are the months in which the customer changed its tier.
func (d dossier) tierTable() *view.Table {
	t := &view.Table{ID: "tiers", Title: d.T("account.tiers"), Subtitle: d.T("account.tiers.sub"), Empty: d.T("account.tiers.none"),
		Columns: []view.Column{{Label: d.T("col.month")}, {Label: d.T("account.col.from")}, {Label: d.T("account.col.to")}}}
	for _, row := range d.rows("tiers") {
		m, _ := row[1].(time.Time)
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(view.MonthName(d.Lang, m)), view.T(d.TierLabel(page.Text(row[2]))), view.T(d.TierLabel(page.Text(row[3])))}})
	}
	return t
}
