package account

import (
	"verso/reports/page"
	"verso/reports/view"
)

// riskSection is the chance that the customer stops buying, with what moves it.
func (d dossier) riskSection() view.Section {
	s := view.Section{ID: "risk", Title: d.T("account.risk"), Lead: d.risk()}
	t := &view.Table{ID: "risk-reasons", Title: d.T("account.risk.why"), Subtitle: d.T("account.risk.sub"), Empty: d.T("account.risk.none"),
		Columns: []view.Column{{Label: d.T("account.col.what")}, {Label: d.T("account.col.push"), Format: view.Format{Style: view.Decimal, Decimals: 2, Signed: true}, Visual: view.Variance, Better: -1}, {Label: d.T("account.col.fact"), Wide: true}}}
	for _, row := range d.rows("reasons") {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(d.InLanguage(page.Text(row[1]), page.Text(row[2]))), page.Value(row[3]), view.T(d.InLanguage(page.Text(row[4]), page.Text(row[5])))}})
	}
	s.Blocks = []view.Block{{Table: t}}
	if quiet := d.quietTable(); len(quiet.Rows) > 0 {
		s.Blocks = append(s.Blocks, view.Block{Table: quiet})
	}
	return s
}

// quietTable is what it may give up while it goes on ordering: subjects, and part of all.
func (d dossier) quietTable() *view.Table {
	rows := d.rows("quiet")
	values := make([]view.Value, len(rows))
	for i, row := range rows {
		values[i] = page.Value(row[8])
	}
	format, unit := d.TableMoney(values...)
	t := &view.Table{ID: "risk-quiet", Title: d.T("account.quiet"), Subtitle: d.T("account.quiet.sub"), Footnotes: []string{d.T("account.quiet.foot")},
		Columns: []view.Column{{Label: d.T("account.col.what")}, {Label: d.T("churn.parts.last"), Format: view.Format{Style: view.DayDate}}, {Label: d.T("churn.daysbefore"), Format: view.Integer()}, {Label: d.T("churn.daysnow"), Format: view.Integer()},
			{Label: d.T("watchlist.probability"), Unit: "%", Format: view.Pct().Bare(), Visual: view.Share}, {Label: d.T("account.quiet.value"), Unit: unit, Format: format}}}
	for _, row := range rows {
		what := d.T("account.quiet.fade")
		if page.Whole(row[1]) == 1 {
			what = d.T("account.quiet.part", "subject", d.InLanguage(page.Text(row[2]), page.Text(row[3])))
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(what), page.Value(row[4]), page.Value(row[5]), page.Value(row[6]), page.Value(row[7]), page.Value(row[8])}})
	}
	return t
}

// risk is the chance in a sentence; empty where it is not known.
func (d dossier) risk() string {
	chance := d.value("risk", 1)
	until, ok := d.date("risk", 3)
	if !chance.Has() || !ok {
		return ""
	}
	text := d.T("account.risk.text", "share", d.Share(chance), "until", until, "band", d.T("account.band."+d.text("risk", 4)))
	if stake := d.value("risk", 5); stake.Has() && stake.Float > 0 {
		word := "account.risk.stake"
		if d.text("risk", 8) == "sales" { // no margin is known of it
			word = "account.risk.stake.sales"
		}
		text += d.T(word, "amount", d.Amount(stake))
	}
	return text
}
