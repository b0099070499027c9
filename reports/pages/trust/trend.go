package trust

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/view"
)

// checkWords are what the user's own rules say in the page's language.
type checkWords map[string]string

func (c desk) checkWords(ctx context.Context) (checkWords, error) {
	known, err := c.Known(ctx, "meta", "check_word")
	if err != nil || !known || !c.Lang.Is("zh") {
		return nil, err
	}
	words := checkWords{}
	err = engine.Rows(ctx, c.DB, engine.SQL(statement("check_words")), func(row []any) error {
		words[page.Text(row[0])] = page.Text(row[1])
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
func (c desk) trendTable(ctx context.Context) (*view.Table, error) {
	known, err := c.Known(ctx, "meta", "check_history")
	if err != nil || !known {
		return nil, err
	}
	all, err := c.readTrends(ctx)
	if err != nil || !slices.ContainsFunc(all, func(t trend) bool { return t.runs > 1 }) {
		return nil, err
	}
	share := view.Format{Style: view.Percent, Decimals: 2}
	n := view.Integer()
	t := &view.Table{ID: "checks-trend", Title: c.T("trend.title"), Subtitle: c.T("trend.sub"),
		Columns: []view.Column{{Label: c.T("col.check"), Wide: true}, {Label: c.T("trend.last"), Unit: "%", Format: share}, {Label: c.T("trend.now"), Unit: "%", Format: share},
			{Label: c.T("trend.since")}, {Label: c.T("trend.failed"), Format: n}, {Label: c.T("trend.runs"), Format: n}}}
	for _, x := range all[:min(trends, len(all))] {
		failed := view.Value{}
		if x.failed > 0 {
			failed = view.I(x.failed)
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(x.what), x.last, x.now, orNone(x.since), failed, view.I(x.runs)}})
	}
	if len(all) > trends {
		t.Shown = c.T("checks.shown", "n", fmt.Sprint(trends), "of", fmt.Sprint(len(all)))
	}
	return t, nil
}

// readTrends reads the history, failing checks first and those that have failed
// longest before the others.
func (c desk) readTrends(ctx context.Context) ([]trend, error) {
	words, err := c.checkWords(ctx)
	if err != nil {
		return nil, err
	}
	var all []trend
	err = engine.Rows(ctx, c.DB, engine.SQL(statement("check_history")), func(row []any) error {
		id := page.Text(row[0])
		if len(all) == 0 || all[len(all)-1].id != id {
			all = append(all, trend{id: id, what: words.of(id, c.Said(page.Text(row[1])))})
		}
		t := &all[len(all)-1]
		t.runs++
		t.last, t.now = t.now, view.Ratio(view.I(page.Whole(row[4])), view.I(page.Whole(row[3])))
		switch passed, _ := row[5].(bool); {
		case passed:
			t.since, t.failed = "", 0
		case t.failed == 0:
			t.since, t.failed = page.Text(row[2]), 1
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
func (c desk) twiceTable(ctx context.Context) (*view.Table, error) {
	known, err := c.Known(ctx, "meta", "duplicate_candidate")
	if err != nil || !known {
		return nil, err
	}
	t := &view.Table{ID: "duplicates-table", Title: c.T("twice.title"), Subtitle: c.T("twice.sub"), Empty: c.T("twice.none"), Footnotes: []string{c.T("twice.foot")},
		Columns: []view.Column{{Label: c.T("twice.cluster"), Format: view.Integer()}, {Label: c.T("twice.stays"), Wide: true}, {Label: c.T("twice.other"), Wide: true},
			{Label: c.T("twice.score"), Format: view.Format{Style: view.Decimal, Decimals: 3}}, {Label: c.T("twice.grade")}, {Label: c.T("twice.reasons"), Wide: true}}}
	found, likely := 0, 0
	err = engine.Rows(ctx, c.DB, engine.SQL(statement("duplicates")), func(row []any) error {
		if page.Text(row[7]) == "likely" {
			likely++
		}
		if found++; found > twice {
			return nil
		}
		stays, other := page.Text(row[1]), page.Text(row[2])
		if person, _ := row[5].(bool); !person {
			stays, other = stays+" "+short(page.Text(row[3])), other+" "+short(page.Text(row[4]))
		}
		var why []string
		for _, code := range strings.Split(page.Text(row[8]), ",") {
			why = append(why, c.T("twice.reason."+code))
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.I(page.Whole(row[0])), view.T(stays), view.T(other), page.Value(row[6]), view.T(c.T("twice." + page.Text(row[7]))),
			view.T(strings.Join(why, c.T("list.comma")))}})
		return nil
	})
	if found > 0 {
		t.Insight = c.T("twice.text", "n", page.Count(c.Lang, int64(found)), "likely", page.Count(c.Lang, int64(likely)))
	}
	if found > twice {
		t.Shown = c.T("twice.shown", "n", fmt.Sprint(twice), "of", fmt.Sprint(found))
	}
	return t, err
}
