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
	return s
}

// risk is the chance in a sentence; empty where it is not known.
func (d dossier) risk() string {
	chance := d.value("risk", 1)
	until, ok := d.date("risk", 3)
	if !chance.Has() || !ok {
		return ""
	}
	text := d.T("account.risk.text", "share", page.Share(chance), "until", until, "band", d.T("account.band."+d.text("risk", 4)))
	if stake := d.value("risk", 5); stake.Has() && stake.Float > 0 {
		text += d.T("account.risk.stake", "amount", d.Amount(stake))
	}
	return text
}
