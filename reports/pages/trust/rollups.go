package trust

import (
	"context"
	"fmt"
	"strings"

	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/view"
)

// rollupTable lists the aggregates kept beside the facts: whether they agree
// with them, and what became of those that are not used. Nil where none are kept.
func (c desk) rollupTable(ctx context.Context) (*view.Table, error) {
	kept, err := engine.One(ctx, c.DB, engine.SQL(statement("rollups_kept")))
	if err != nil || page.Whole(kept[0]) == 0 {
		return nil, err
	}
	n := view.Integer()
	t := &view.Table{ID: "rollups", Title: c.T("rollups.title"), Subtitle: c.T("rollups.sub"),
		Columns: []view.Column{{Label: c.T("col.rollup")}, {Label: c.T("col.rows"), Format: n}, {Label: c.T("col.compared"), Format: n},
			{Label: c.T("col.result")}, {Label: c.T("col.reason"), Wide: true}}}
	var failed []string
	states := map[string]string{"ok": c.T("rollup.ok"), "failed": c.T("rollup.failed"), "skipped": c.T("rollup.skipped")}
	err = engine.Rows(ctx, c.DB, engine.SQL(statement("rollups")), func(row []any) error {
		name, state, reason := page.Text(row[0]), page.Text(row[3]), short(c.Said(page.Text(row[4])))
		if state == "failed" {
			failed = append(failed, name)
		}
		if strings.HasPrefix(reason, "{") { // the question and both answers, in full
			reason = c.T("rollup.reason")
		}
		rows := view.I(page.Whole(row[1]))
		if state == "skipped" {
			rows = view.Value{}
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(name), rows, view.I(page.Whole(row[2])), view.T(states[state]), orNone(reason)}})
		return nil
	})
	if err != nil || len(t.Rows) == 0 {
		return nil, err
	}
	t.Insight = c.T("rollups.good", "n", fmt.Sprint(len(t.Rows)))
	if len(failed) > 0 {
		t.Insight = c.T("rollups.failed", "names", strings.Join(failed, c.T("list.comma")))
	}
	return t, nil
}
