package trust

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/view"
)

// quality answers: can these numbers be trusted, and what became of every row?
func quality(ctx context.Context, k *page.Context) (view.Page, error) {
	c := desk{k}
	p := c.Page("quality")
	p.Meta = view.Meta{Measure: c.T("quality.measure"), Unit: c.T("quality.unit"), Period: c.T("quality.period", "date", view.LongDate(c.Lang, c.AsOf))}
	sum := c.loadSums()
	p.Message = view.Message{Finding: c.loadText(sum), Consequence: c.trustText(sum)}
	var err error
	build := func(f func(context.Context) (*view.Table, error)) *view.Table {
		if err != nil {
			return nil
		}
		var t *view.Table
		t, err = f(ctx)
		return t
	}
	checks, summary, reasons := build(c.checkTable), build(c.checkSummary), build(c.reasonTable)
	extracts, reconciliation := build(c.extractTable), build(c.reconciliationTable)
	run, models := build(c.runTable), build(c.modelTable)
	rollups, trend, twice := build(c.rollupTable), build(c.trendTable), build(c.twiceTable)
	if err != nil {
		return p, err
	}
	p.Sections = []view.Section{
		{ID: "rows", Title: c.T("quality.rows"), Lead: c.T("quality.rows.lead"), Blocks: []view.Block{{Table: c.loadTable(sum)}}},
		{ID: "checks", Title: c.T("quality.checks"), Lead: c.T("quality.checks.lead"), Blocks: []view.Block{{Table: checks}, {Width: view.Half, Table: summary}}},
		{ID: "quarantine", Title: c.T("quality.quarantine"), Lead: c.T("quality.quarantine.lead"), Blocks: []view.Block{{Table: reasons}}},
		{ID: "reconciliation", Title: c.T("quality.reconciliation"), Lead: c.T("quality.reconciliation.lead"), Blocks: []view.Block{{Table: reconciliation}}},
		{ID: "run", Title: c.T("quality.run"), Blocks: []view.Block{{Width: view.Half, Table: run}, {Width: view.Half, Table: models}, {Table: extracts}}},
		c.notSupplied(),
		{ID: "terms", Title: c.T("quality.terms"), Lead: c.T("quality.terms.lead"), Blocks: []view.Block{{Terms: c.terms()}}},
	}
	if twice != nil {
		p.Sections = slices.Insert(p.Sections, 2, view.Section{ID: "duplicates", Title: c.T("quality.twice"), Lead: c.T("quality.twice.lead"),
			Blocks: []view.Block{{Table: twice}}})
	}
	if trend != nil {
		p.Sections[1].Blocks = append(p.Sections[1].Blocks, view.Block{Table: trend})
	}
	if e := c.editorial(); e != nil {
		p.Sections = slices.Insert(p.Sections, 2, *e)
	}
	if rollups != nil {
		p.Sections = slices.Insert(p.Sections, slices.IndexFunc(p.Sections, func(s view.Section) bool { return s.ID == "run" }), view.Section{ID: "kept", Title: c.T("quality.rollups"), Lead: c.T("quality.rollups.lead"),
			Blocks: []view.Block{{Table: rollups}}})
	}
	return p, nil
}

// loadSums adds the rows of all tables up.
type sums struct {
	read, loaded, quarantined int64
	open                      []string // tables whose counts do not add up
}

func (c desk) loadSums() sums {
	var s sums
	for _, l := range c.Loads {
		s.read, s.loaded, s.quarantined = s.read+l.Read, s.loaded+l.Loaded, s.quarantined+l.Quarantined
		if l.Read != l.Loaded+l.Quarantined {
			s.open = append(s.open, l.Table)
		}
	}
	return s
}

func (c desk) loadText(s sums) string {
	pairs := []string{"read", page.Count(c.Lang, s.read), "loaded", page.Count(c.Lang, s.loaded), "n", page.Count(c.Lang, s.quarantined)}
	switch {
	case s.read == 0:
		return c.T("load.nothing")
	case s.quarantined == 0:
		return c.T("load.all", pairs...)
	}
	return c.T("load.some", append(pairs, "share", view.Percentage(c.Lang, float64(s.quarantined)/float64(s.read)))...)
}

// trustText is the consequence: do the counts add up, did the checks pass?
func (c desk) trustText(s sums) string {
	if len(s.open) > 0 {
		return c.T("trust.open", "tables", strings.Join(s.open, c.T("list.comma")))
	}
	failed := int64(len(c.Frame.FailedChecks))
	pairs := []string{"n", page.Count(c.Lang, failed), "of", page.Count(c.Lang, int64(c.Frame.Checks))}
	switch {
	case c.Frame.Checks == 0:
		return c.T("trust.unchecked")
	case failed == 0:
		return c.T("trust.good", pairs...)
	}
	return c.T("trust.failed", pairs...)
}

// loadTable shows read = loaded + set aside for every table and source.
func (c desk) loadTable(s sums) *view.Table {
	n := view.Integer()
	t := &view.Table{ID: "loads", Title: c.T("loads.title"), Subtitle: c.T("quality.unit"), Empty: c.T("load.nothing"),
		Columns: []view.Column{{Label: c.T("col.table")}, {Label: c.T("col.source")}, {Label: c.T("col.read"), Format: n}, {Label: c.T("col.loaded"), Format: n},
			{Label: c.T("col.quarantined"), Format: n}, {Label: c.T("col.quarantined"), Unit: "%", Format: view.Format{Style: view.Percent, Decimals: 2}, Visual: view.Share},
			{Label: c.T("col.adds")}}}
	for _, l := range c.Loads {
		if !l.Supplied {
			continue
		}
		adds := c.T("adds.yes")
		if l.Read != l.Loaded+l.Quarantined {
			adds = c.T("adds.no", "n", view.Figure(c.Lang, float64(l.Read-l.Loaded-l.Quarantined), 0, true))
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.tableName(l.Table)), orNone(l.Source), view.I(l.Read), view.I(l.Loaded), view.I(l.Quarantined),
			view.Ratio(view.I(l.Quarantined), view.I(l.Read)), view.T(adds)}})
	}
	if len(t.Rows) > 0 {
		adds := c.T("adds.yes")
		if len(s.open) > 0 {
			adds = c.T("adds.no", "n", view.Figure(c.Lang, float64(s.read-s.loaded-s.quarantined), 0, true))
		}
		t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: []view.Value{view.T(c.T("row.total")), {}, view.I(s.read), view.I(s.loaded), view.I(s.quarantined),
			view.Ratio(view.I(s.quarantined), view.I(s.read)), view.T(adds)}})
	}
	return t
}

func orNone(s string) view.Value {
	if s == "" {
		return view.Value{}
	}
	return view.T(s)
}

// tableName is a canonical table's name as the mapping has it.
func (c desk) tableName(name string) string { return name }

// findings is how many checks with findings are listed.
const findings = 60

// checkTable lists the checks that found something, failures first.
func (c desk) checkTable(ctx context.Context) (*view.Table, error) {
	n := view.Integer()
	t := &view.Table{ID: "checks-table", Title: c.T("checks.title"), Subtitle: c.T("checks.sub"), Empty: c.T("checks.nothing"),
		Columns: []view.Column{{Label: c.T("col.check"), Wide: true}, {Label: c.T("col.table")}, {Label: c.T("col.severity")}, {Label: c.T("col.tested"), Format: n},
			{Label: c.T("col.offenders"), Format: n}, {Label: c.T("col.threshold"), Unit: "%", Format: view.Format{Style: view.Percent, Decimals: 2}},
			{Label: c.T("col.result")}, {Label: c.T("col.samples"), Wide: true}, {Label: c.T("col.hint"), Wide: true}}}
	found := 0
	words, err := c.checkWords(ctx)
	if err != nil {
		return nil, err
	}
	err = engine.Rows(ctx, c.DB, engine.SQL(page.Shared("checks")), func(row []any) error {
		passed, _ := row[6].(bool)
		if passed && page.Whole(row[4]) == 0 {
			return nil
		}
		if found++; found > findings {
			return nil
		}
		result := c.T("check.passed")
		if !passed {
			result = c.T("check.breached")
		}
		examples := ""
		if !personal[page.Text(row[1])] {
			examples = c.samples(page.Text(row[9]))
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(words.of(page.Text(row[0]), c.Said(page.Text(row[3])))), view.T(page.Text(row[1])), view.T(c.MemberLabel("severity", row[2])),
			page.Value(row[5]), page.Value(row[4]), page.Value(row[7]), view.T(result), orNone(examples), orNone(c.Said(page.Text(row[8])))}})
		return nil
	})
	if found > findings {
		t.Shown = c.T("checks.shown", "n", fmt.Sprint(findings), "of", fmt.Sprint(found))
	}
	failed := len(c.Frame.FailedChecks)
	if c.Frame.Checks == 0 {
		t.Empty = c.T("trust.unchecked")
	} else if t.Insight = c.T("checks.text", "n", fmt.Sprint(failed), "of", fmt.Sprint(c.Frame.Checks)); failed == 0 {
		t.Insight = c.T("checks.good", "of", fmt.Sprint(c.Frame.Checks))
	}
	return t, err
}

// checkSummary counts all checks by severity.
func (c desk) checkSummary(ctx context.Context) (*view.Table, error) {
	n := view.Integer()
	t := &view.Table{ID: "checks-summary", Title: c.T("checks.summary"), Subtitle: c.T("checks.summary.sub"), Empty: c.T("trust.unchecked"),
		Columns: []view.Column{{Label: c.T("col.severity")}, {Label: c.T("quality.checks"), Format: n}, {Label: c.T("col.passed"), Format: n},
			{Label: c.T("col.failed"), Format: n}, {Label: c.T("col.found"), Format: n}}}
	var sum [4]int64
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("check_summary")), func(row []any) error {
		cells := []view.Value{view.T(c.MemberLabel("severity", row[0]))}
		for i := range sum {
			sum[i] += page.Whole(row[i+1])
			cells = append(cells, view.I(page.Whole(row[i+1])))
		}
		t.Rows = append(t.Rows, view.Row{Cells: cells})
		return nil
	})
	if len(t.Rows) > 0 {
		cells := []view.Value{view.T(c.T("row.total"))}
		for _, v := range sum {
			cells = append(cells, view.I(v))
		}
		t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: cells})
	}
	return t, err
}

// sentence begins with a capital, unless the first word is the name of a column.
func sentence(s string) string {
	first, _, _ := strings.Cut(s, " ")
	if s == "" || s[0] < 'a' || s[0] > 'z' || strings.ContainsAny(first, "_.") {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// samples writes the first two of the offenders that a check kept, short.
func (c desk) samples(list string) string {
	var items []any
	d := json.NewDecoder(strings.NewReader(list))
	d.UseNumber()
	if d.Decode(&items) != nil {
		return short(list)
	}
	var out []string
	for _, item := range items[:min(2, len(items))] {
		fields, ok := item.(map[string]any)
		if !ok {
			out = append(out, short(fmt.Sprint(item)))
			continue
		}
		parts := make([]string, 0, len(fields))
		for _, k := range slices.Sorted(maps.Keys(fields)) {
			if fields[k] != nil {
				parts = append(parts, k+" "+c.Said(fmt.Sprint(fields[k])))
			}
		}
		out = append(out, short(strings.Join(parts, ", ")))
	}
	return strings.Join(out, "; ")
}

// short cuts a text to what fits a cell.
func short(s string) string {
	if runes := []rune(s); len(runes) > 80 {
		return string(runes[:80]) + "…"
	}
	return s
}

// personal are the tables whose rejected values are not shown: they hold names
// and addresses of people.
var personal = map[string]bool{"customer": true, "customer_contact": true, "employee": true, "lead": true}

// reasonTable lists why rows were set aside, with the first few of each.
func (c desk) reasonTable(ctx context.Context) (*view.Table, error) {
	held := map[string]bool{}
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("quarantine_tables")), func(row []any) error {
		held[page.Text(row[0])] = true
		return nil
	})
	if err != nil {
		return nil, err
	}
	t := &view.Table{ID: "reasons", Title: c.T("reasons.title"), Subtitle: c.T("quality.unit"), Empty: c.T("reasons.none"),
		Columns: []view.Column{{Label: c.T("col.reason"), Wide: true}, {Label: c.T("col.table")}, {Label: c.T("col.source")},
			{Label: c.T("col.rows"), Format: view.Integer(), Visual: view.Share}, {Label: c.T("col.samples"), Wide: true}},
		Footnotes: []string{c.T("foot.samples")}}
	type reason struct {
		table, source, why string
		rows               int64
	}
	var list []reason
	err = engine.Rows(ctx, c.DB, engine.SQL(statement("reasons")), func(row []any) error {
		list = append(list, reason{page.Text(row[0]), page.Text(row[1]), page.Text(row[2]), page.Whole(row[3])})
		return nil
	})
	if err != nil {
		return nil, err
	}
	total := int64(0)
	for i, r := range list {
		total += r.rows
		shownRows := ""
		if held[r.table] && i < 40 {
			if shownRows, err = c.quarantined(ctx, r.table, r.source, r.why); err != nil {
				return nil, err
			}
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(r.why), view.T(r.table), orNone(r.source), view.I(r.rows), orNone(shownRows)}})
	}
	if len(list) > 0 {
		t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: []view.Value{view.T(c.T("row.total")), {}, {}, view.I(total), {}}})
	}
	return t, nil
}

// quarantined are the first rows of a reason: line, and what stood there.
func (c desk) quarantined(ctx context.Context, table, source, why string) (string, error) {
	var out []string
	s := engine.SQL(`SELECT line, record, column_name, value FROM quarantine.`+engine.QuoteIdent(table)+
		` WHERE reason = ? AND coalesce(source, '') = ? ORDER BY file NULLS LAST, line NULLS LAST, record NULLS LAST, value NULLS LAST LIMIT 3`, why, source)
	err := engine.Rows(ctx, c.DB, s, func(row []any) error {
		place := c.T("sample.line", "line", page.Count(c.Lang, page.Whole(row[0])))
		if row[0] == nil {
			place = c.T("sample.record", "record", page.Count(c.Lang, page.Whole(row[1])))
		}
		if v := page.Text(row[3]); v != "" && !personal[table] {
			place += " " + c.T("sample.value", "value", short(v))
		}
		out = append(out, place)
		return nil
	})
	return strings.Join(out, "; "), err
}

// comparisons is how many reconciliations are listed; those that differ come
// first and are never left out.
const comparisons = 30

// reconciliationTable compares source and warehouse.
func (c desk) reconciliationTable(ctx context.Context) (*view.Table, error) {
	f := view.Format{Style: view.Decimal, Decimals: 2}
	t := &view.Table{ID: "reconciliation-table", Title: c.T("reconciliation.title"), Empty: c.T("reconciliation.none"),
		Columns: []view.Column{{Label: c.T("col.subject")}, {Label: c.T("col.unit")}, {Label: c.T("col.insource"), Format: f}, {Label: c.T("col.inwarehouse"), Format: f},
			{Label: c.T("col.explained"), Format: f}, {Label: c.T("col.difference"), Format: f.Change()}, {Label: c.T("col.detail"), Wide: true}}}
	open, all := 0, 0
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("reconciliation")), func(row []any) error {
		all++
		differs, explained := page.Value(row[5]).Float != 0, page.Value(row[4]).Float != 0
		if differs {
			open++
		}
		if all > comparisons && !differs && !explained {
			return nil
		}
		cells := []view.Value{view.T(c.Said(page.Text(row[0]))), orNone(c.Said(page.Text(row[1])))}
		integers := wholeNumbers(row[2:6])
		for i := 2; i <= 5; i++ {
			v := page.Value(row[i])
			if integers {
				format := view.Integer()
				format.Signed = i == 5
				v.Format = &format
			}
			cells = append(cells, v)
		}
		t.Rows = append(t.Rows, view.Row{Cells: append(cells, orNone(c.Said(page.Text(row[6]))))})
		return nil
	})
	if all > 0 {
		t.Insight = c.T("reconciliation.good")
		if open > 0 {
			t.Insight = c.T("reconciliation.open", "n", fmt.Sprint(open))
		}
	}
	if len(t.Rows) < all {
		t.Shown = c.T("reconciliation.shown", "n", fmt.Sprint(len(t.Rows)), "of", fmt.Sprint(all))
	}
	return t, err
}

// wholeNumbers tells whether no value has decimals.
func wholeNumbers(values []any) bool {
	for _, v := range values {
		if strings.Contains(page.Value(v).ExactText(), ".") {
			return false
		}
	}
	return true
}
