package page

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"verso/olap/engine"
	"verso/reports/view"
)

// known tells whether a generation has one of the tables that were added later,
// or that only a model writes.
func (c *Context) known(ctx context.Context, schema, table string) (bool, error) {
	row, err := engine.One(ctx, c.db, engine.SQL(statement("table_known"), schema, table))
	return err == nil && whole(row[0]) > 0, err
}

// checkWords are what the user's own rules say in the page's language.
type checkWords map[string]string

func (c *Context) checkWords(ctx context.Context) (checkWords, error) {
	known, err := c.known(ctx, "meta", "check_word")
	if err != nil || !known || c.Lang != "zh" {
		return nil, err
	}
	words := checkWords{}
	err = engine.Rows(ctx, c.db, engine.SQL(statement("check_words")), func(row []any) error {
		words[text(row[0])] = text(row[1])
		return nil
	})
	return words, err
}

func (w checkWords) of(id, description string) string {
	if s := w[id]; s != "" {
		return s
	}
	return sentence(description)
}

// trend is one check through the runs.
type trend struct {
	id, what  string
	now, last view.Value // offending shares of the last two runs
	since     string     // as-of date of the first run of the present row of failures
	failed    int64      // how many runs that is
	runs      int64
}

// trends is how many are listed.
const trends = 40

// trendTable shows how the checks that found something went from run to run. Nil
// where fewer than two runs are known.
func (c *Context) trendTable(ctx context.Context) (*view.Table, error) {
	known, err := c.known(ctx, "meta", "check_history")
	if err != nil || !known {
		return nil, err
	}
	all, err := c.readTrends(ctx)
	if err != nil || !slices.ContainsFunc(all, func(t trend) bool { return t.runs > 1 }) {
		return nil, err
	}
	share := view.Format{Style: view.Percent, Decimals: 2}
	n := view.Integer()
	t := &view.Table{ID: "checks-trend", Title: c.t("trend.title"), Subtitle: c.t("trend.sub"),
		Columns: []view.Column{{Label: c.t("col.check"), Wide: true}, {Label: c.t("trend.last"), Unit: "%", Format: share}, {Label: c.t("trend.now"), Unit: "%", Format: share},
			{Label: c.t("trend.since")}, {Label: c.t("trend.failed"), Format: n}, {Label: c.t("trend.runs"), Format: n}}}
	for _, x := range all[:min(trends, len(all))] {
		failed := view.Value{}
		if x.failed > 0 {
			failed = view.I(x.failed)
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(x.what), x.last, x.now, orNone(x.since), failed, view.I(x.runs)}})
	}
	if len(all) > trends {
		t.Shown = c.t("checks.shown", "n", fmt.Sprint(trends), "of", fmt.Sprint(len(all)))
	}
	return t, nil
}

// readTrends reads the history, failing checks first and those that have failed
// longest before the others.
func (c *Context) readTrends(ctx context.Context) ([]trend, error) {
	words, err := c.checkWords(ctx)
	if err != nil {
		return nil, err
	}
	var all []trend
	err = engine.Rows(ctx, c.db, engine.SQL(statement("check_history")), func(row []any) error {
		id := text(row[0])
		if len(all) == 0 || all[len(all)-1].id != id {
			all = append(all, trend{id: id, what: words.of(id, text(row[1]))})
		}
		t := &all[len(all)-1]
		t.runs++
		t.last, t.now = t.now, view.Ratio(view.I(whole(row[4])), view.I(whole(row[3])))
		switch passed, _ := row[5].(bool); {
		case passed:
			t.since, t.failed = "", 0
		case t.failed == 0:
			t.since, t.failed = text(row[2]), 1
		default:
			t.failed++
		}
		return nil
	})
	slices.SortStableFunc(all, func(a, b trend) int { return int(b.failed - a.failed) })
	return all, err
}

// twice is how many pairs are listed.
const twice = 50

// twiceTable lists customers that may be recorded twice. People are shown by
// their numbers alone. Nil where the generation has not looked for any.
func (c *Context) twiceTable(ctx context.Context) (*view.Table, error) {
	known, err := c.known(ctx, "meta", "duplicate_candidate")
	if err != nil || !known {
		return nil, err
	}
	t := &view.Table{ID: "duplicates-table", Title: c.t("twice.title"), Subtitle: c.t("twice.sub"), Empty: c.t("twice.none"), Footnotes: []string{c.t("twice.foot")},
		Columns: []view.Column{{Label: c.t("twice.cluster"), Format: view.Integer()}, {Label: c.t("twice.stays"), Wide: true}, {Label: c.t("twice.other"), Wide: true},
			{Label: c.t("twice.score"), Format: view.Format{Style: view.Decimal, Decimals: 3}}, {Label: c.t("twice.grade")}, {Label: c.t("twice.reasons"), Wide: true}}}
	found, likely := 0, 0
	err = engine.Rows(ctx, c.db, engine.SQL(statement("duplicates")), func(row []any) error {
		if text(row[7]) == "likely" {
			likely++
		}
		if found++; found > twice {
			return nil
		}
		stays, other := text(row[1]), text(row[2])
		if person, _ := row[5].(bool); !person {
			stays, other = stays+" "+short(text(row[3])), other+" "+short(text(row[4]))
		}
		var why []string
		for _, code := range strings.Split(text(row[8]), ",") {
			why = append(why, c.t("twice.reason."+code))
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.I(whole(row[0])), view.T(stays), view.T(other), value(row[6]), view.T(c.t("twice." + text(row[7]))),
			view.T(strings.Join(why, c.t("list.comma")))}})
		return nil
	})
	if found > 0 {
		t.Insight = c.t("twice.text", "n", count(c.Lang, int64(found)), "likely", count(c.Lang, int64(likely)))
	}
	if found > twice {
		t.Shown = c.t("twice.shown", "n", fmt.Sprint(twice), "of", fmt.Sprint(found))
	}
	return t, err
}
