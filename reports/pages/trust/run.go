package trust

import (
	"context"
	"fmt"
	"sort"
	"time"

	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/view"
)

// runTable says which run made these pages.
func (c desk) runTable(ctx context.Context) (*view.Table, error) {
	row, err := engine.One(ctx, c.DB, engine.SQL(page.Shared("run")))
	if err != nil {
		return nil, err
	}
	t := &view.Table{ID: "run-table", Title: c.T("run.title"), Columns: []view.Column{{Label: c.T("col.item")}, {Label: c.T("col.entry"), Wide: true}}}
	add := func(key, v string) {
		if v != "" {
			t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.T(key)), view.T(v)}})
		}
	}
	add("run.id", page.Text(row[0]))
	add("run.asof", view.LongDate(c.Lang, c.AsOf))
	add("run.company", c.Company)
	add("run.currency", c.Currency)
	add("run.fiscal", c.T("run.month", "month", fmt.Sprint(int(c.Fiscal)), "name", c.Lang.Day("{month}", time.Date(2000, c.Fiscal, 1, 0, 0, 0, 0, time.UTC))))
	if !c.Facts.First.IsZero() {
		add("run.days", page.Window{From: c.Facts.First, To: c.Facts.Last}.Label(c.Lang))
	}
	add("run.version", page.Text(row[5]))
	add("run.config", page.Text(row[7]))
	add("run.seed", page.Text(row[6]))
	return t, nil
}

// modelTable lists the models whose scores the pages show.
func (c desk) modelTable(ctx context.Context) (*view.Table, error) {
	t := &view.Table{ID: "models-table", Title: c.T("models.title"), Empty: c.T("models.none"),
		Columns: []view.Column{{Label: c.T("col.model")}, {Label: c.T("col.rows"), Format: view.Integer()}, {Label: c.T("col.definition"), Wide: true}}}
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("models")), func(row []any) error {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.modelName(page.Text(row[0]))), page.Value(row[2]), view.T(c.InLanguage(page.Text(row[3]), page.Text(row[5])))}})
		return nil
	})
	return t, err
}

// extractTable lists what was read from the sources.
func (c desk) extractTable(ctx context.Context) (*view.Table, error) {
	n := view.Integer()
	t := &view.Table{ID: "extracts", Title: c.T("extracts.title"), Empty: c.T("load.nothing"),
		Columns: []view.Column{{Label: c.T("col.extract")}, {Label: c.T("col.source")}, {Label: c.T("col.file"), Wide: true}, {Label: c.T("col.format")}, {Label: c.T("col.encoding")},
			{Label: c.T("col.bytes"), Format: n}, {Label: c.T("col.read"), Format: n}, {Label: c.T("col.landed"), Format: n}, {Label: c.T("col.rejected"), Format: n}}}
	var read, landed, rejected int64
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("extracts")), func(row []any) error {
		read, landed, rejected = read+page.Whole(row[6]), landed+page.Whole(row[7]), rejected+page.Whole(row[8])
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(page.Text(row[1])), view.T(page.Text(row[0])), orNone(page.Text(row[2])), orNone(page.Text(row[3])), orNone(page.Text(row[4])),
			page.Value(row[5]), page.Value(row[6]), page.Value(row[7]), page.Value(row[8])}})
		return nil
	})
	if len(t.Rows) > 0 {
		t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: []view.Value{view.T(c.T("row.total")), {}, {}, {}, {}, {}, view.I(read), view.I(landed), view.I(rejected)}})
	}
	return t, err
}

// notSupplied lists the canonical tables that nobody mapped.
func (c desk) notSupplied() view.Section {
	s := view.Section{ID: "missing", Title: c.T("missing.title")}
	have, lacking := map[string]bool{}, map[string]bool{}
	for _, l := range c.Loads {
		if l.Supplied {
			have[l.Table] = true
		}
	}
	for _, l := range c.Loads {
		if !have[l.Table] {
			lacking[l.Table] = true
		}
	}
	list := make([]string, 0, len(lacking))
	for name := range lacking {
		list = append(list, name)
	}
	sort.Strings(list)
	if len(list) == 0 {
		s.Blocks = []view.Block{{Note: &view.Note{Text: c.T("missing.none")}}}
		return s
	}
	s.Lead = c.T("missing.lead", "n", fmt.Sprint(len(list)))
	s.Blocks = []view.Block{{Absent: &view.Absent{Title: c.T("missing.box", "n", fmt.Sprint(len(list))), Text: c.T("missing.text"), Tables: list}}}
	return s
}

// terms are the definitions of what the pages show.
func (c desk) terms() []view.Term {
	var out []view.Term
	for _, key := range []string{"net", "gross", "margin", "orders", "customers", "copies", "aov", "ac", "py", "delta", "ytd", "rolling", "asof", "tier", "gini", "rfm", "silent", "new", "kept", "returns", "class", "area", "unknown", "quarantine", "na"} {
		out = append(out, view.Term{Name: c.T("term." + key), Definition: c.T("term." + key + ".def")})
	}
	return out
}
