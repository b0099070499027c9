package page

import (
	"context"
	"fmt"
	"sort"

	"verso/olap/engine"
	"verso/reports/view"
)

// runTable says which run made these pages.
func (c *Context) runTable(ctx context.Context) (*view.Table, error) {
	row, err := engine.One(ctx, c.db, engine.SQL(statement("run")))
	if err != nil {
		return nil, err
	}
	t := &view.Table{ID: "run-table", Title: c.t("run.title"), Columns: []view.Column{{Label: c.t("col.item")}, {Label: c.t("col.entry"), Wide: true}}}
	add := func(key, v string) {
		if v != "" {
			t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.t(key)), view.T(v)}})
		}
	}
	add("run.id", text(row[0]))
	add("run.asof", view.LongDate(c.Lang, c.AsOf))
	add("run.company", c.Company)
	add("run.currency", c.Currency)
	add("run.fiscal", c.t("run.month", "month", fmt.Sprint(int(c.Fiscal)), "name", c.Fiscal.String()))
	if !c.facts.first.IsZero() {
		add("run.days", window{c.facts.first, c.facts.last}.label(c.Lang))
	}
	add("run.version", text(row[5]))
	add("run.config", text(row[7]))
	add("run.seed", text(row[6]))
	return t, nil
}

// inLanguage is the text of the page's language, that in English where it has none.
func (c *Context) inLanguage(en, zh string) string {
	if c.Lang == "zh" && zh != "" {
		return zh
	}
	return en
}

// modelTable lists the models whose scores the pages show.
func (c *Context) modelTable(ctx context.Context) (*view.Table, error) {
	t := &view.Table{ID: "models-table", Title: c.t("models.title"), Empty: c.t("models.none"),
		Columns: []view.Column{{Label: c.t("col.model")}, {Label: c.t("col.rows"), Format: view.Integer()}, {Label: c.t("col.definition"), Wide: true}}}
	err := engine.Rows(ctx, c.db, engine.SQL(statement("models")), func(row []any) error {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(text(row[0])), value(row[2]), view.T(c.inLanguage(text(row[3]), text(row[5])))}})
		return nil
	})
	return t, err
}

// extractTable lists what was read from the sources.
func (c *Context) extractTable(ctx context.Context) (*view.Table, error) {
	n := view.Integer()
	t := &view.Table{ID: "extracts", Title: c.t("extracts.title"), Empty: c.t("load.nothing"),
		Columns: []view.Column{{Label: c.t("col.extract")}, {Label: c.t("col.source")}, {Label: c.t("col.file"), Wide: true}, {Label: c.t("col.format")}, {Label: c.t("col.encoding")},
			{Label: c.t("col.bytes"), Format: n}, {Label: c.t("col.read"), Format: n}, {Label: c.t("col.landed"), Format: n}, {Label: c.t("col.rejected"), Format: n}}}
	var read, landed, rejected int64
	err := engine.Rows(ctx, c.db, engine.SQL(statement("extracts")), func(row []any) error {
		read, landed, rejected = read+whole(row[6]), landed+whole(row[7]), rejected+whole(row[8])
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(text(row[1])), view.T(text(row[0])), orNone(text(row[2])), orNone(text(row[3])), orNone(text(row[4])),
			value(row[5]), value(row[6]), value(row[7]), value(row[8])}})
		return nil
	})
	if len(t.Rows) > 0 {
		t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: []view.Value{view.T(c.t("row.total")), {}, {}, {}, {}, {}, view.I(read), view.I(landed), view.I(rejected)}})
	}
	return t, err
}

// notSupplied lists the canonical tables that nobody mapped.
func (c *Context) notSupplied() view.Section {
	s := view.Section{ID: "missing", Title: c.t("missing.title")}
	have, lacking := map[string]bool{}, map[string]bool{}
	for _, l := range c.loads {
		if l.supplied {
			have[l.table] = true
		}
	}
	for _, l := range c.loads {
		if !have[l.table] {
			lacking[l.table] = true
		}
	}
	list := make([]string, 0, len(lacking))
	for name := range lacking {
		list = append(list, name)
	}
	sort.Strings(list)
	if len(list) == 0 {
		s.Blocks = []view.Block{{Note: &view.Note{Text: c.t("missing.none")}}}
		return s
	}
	s.Lead = c.t("missing.lead", "n", fmt.Sprint(len(list)))
	s.Blocks = []view.Block{{Absent: &view.Absent{Title: c.t("missing.box", "n", fmt.Sprint(len(list))), Text: c.t("missing.text"), Tables: list}}}
	return s
}

// terms are the definitions of what the pages show.
func (c *Context) terms() []view.Term {
	var out []view.Term
	for _, key := range []string{"net", "gross", "margin", "orders", "customers", "copies", "aov", "ac", "py", "delta", "ytd", "rolling", "asof", "tier", "gini", "rfm", "silent", "new", "kept", "returns", "class", "area", "unknown", "quarantine", "na"} {
		out = append(out, view.Term{Name: c.t("term." + key), Definition: c.t("term." + key + ".def")})
	}
	return out
}
