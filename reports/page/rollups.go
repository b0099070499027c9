package page

import (
	"context"
	"fmt"
	"strings"

	"verso/olap/rollup"
	"verso/reports/view"
)

// rollupTable lists the aggregates kept beside the facts: whether they agree
// with them, and what became of those that are not used. Nil where none are kept.
func (c *Context) rollupTable(ctx context.Context) (*view.Table, error) {
	list, err := rollup.List(ctx, c.db)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	n := view.Integer()
	t := &view.Table{ID: "rollups", Title: c.t("rollups.title"), Subtitle: c.t("rollups.sub"),
		Columns: []view.Column{{Label: c.t("col.rollup")}, {Label: c.t("col.rows"), Format: n}, {Label: c.t("col.compared"), Format: n},
			{Label: c.t("col.result")}, {Label: c.t("col.reason"), Wide: true}}}
	var failed []string
	states := map[rollup.State]string{rollup.OK: c.t("rollup.ok"), rollup.Failed: c.t("rollup.failed"), rollup.Skipped: c.t("rollup.skipped")}
	for _, order := range []rollup.State{rollup.Failed, rollup.Skipped, rollup.OK} {
		for _, s := range list {
			if s.State != order {
				continue
			}
			if order == rollup.Failed {
				failed = append(failed, s.Name)
			}
			reason := short(s.Reason)
			if strings.HasPrefix(reason, "{") { // the question and both answers, in full
				reason = c.t("rollup.reason")
			}
			rows := view.I(s.Rows)
			if order == rollup.Skipped {
				rows = view.Value{}
			}
			t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(s.Name), rows, view.I(s.Checked), view.T(states[order]), orNone(reason)}})
		}
	}
	t.Insight = c.t("rollups.good", "n", fmt.Sprint(len(list)))
	if len(failed) > 0 {
		t.Insight = c.t("rollups.failed", "names", strings.Join(failed, c.t("list.comma")))
	}
	return t, nil
}
