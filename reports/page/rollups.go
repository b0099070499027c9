package page

import (
	"context"
	"fmt"
	"strings"

	"verso/olap/engine"
	"verso/reports/view"
)

// rollupTable lists the aggregates kept beside the facts: whether they agree
// with them, and what became of those that are not used. Nil where none are kept.
func (c *Context) rollupTable(ctx context.Context) (*view.Table, error) {
	kept, err := engine.One(ctx, c.db, engine.SQL(statement("rollups_kept")))
	if err != nil || whole(kept[0]) == 0 {
		return nil, err
	}
	n := view.Integer()
	t := &view.Table{ID: "rollups", Title: c.t("rollups.title"), Subtitle: c.t("rollups.sub"),
		Columns: []view.Column{{Label: c.t("col.rollup")}, {Label: c.t("col.rows"), Format: n}, {Label: c.t("col.compared"), Format: n},
			{Label: c.t("col.result")}, {Label: c.t("col.reason"), Wide: true}}}
	var failed []string
	states := map[string]string{"ok": c.t("rollup.ok"), "failed": c.t("rollup.failed"), "skipped": c.t("rollup.skipped")}
	err = engine.Rows(ctx, c.db, engine.SQL(statement("rollups")), func(row []any) error {
		name, state, reason := text(row[0]), text(row[3]), short(text(row[4]))
		if state == "failed" {
			failed = append(failed, name)
		}
		if strings.HasPrefix(reason, "{") { // the question and both answers, in full
			reason = c.t("rollup.reason")
		}
		rows := view.I(whole(row[1]))
		if state == "skipped" {
			rows = view.Value{}
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(name), rows, view.I(whole(row[2])), view.T(states[state]), orNone(reason)}})
		return nil
	})
	if err != nil || len(t.Rows) == 0 {
		return nil, err
	}
	t.Insight = c.t("rollups.good", "n", fmt.Sprint(len(t.Rows)))
	if len(failed) > 0 {
		t.Insight = c.t("rollups.failed", "names", strings.Join(failed, c.t("list.comma")))
	}
	return t, nil
}
