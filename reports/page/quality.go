package page

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"verso/olap/engine"
	"verso/reports/view"
)

// quality answers: can these numbers be trusted, and what became of every row?
func quality(ctx context.Context, c *Context) (view.Page, error) {
	p := c.page("quality")
	p.Meta = view.Meta{Measure: c.t("quality.measure"), Unit: c.t("quality.unit"), Period: c.t("quality.period", "date", view.LongDate(c.Lang, c.AsOf))}
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
		{ID: "rows", Title: c.t("quality.rows"), Lead: c.t("quality.rows.lead"), Blocks: []view.Block{{Table: c.loadTable(sum)}}},
		{ID: "checks", Title: c.t("quality.checks"), Lead: c.t("quality.checks.lead"), Blocks: []view.Block{{Table: checks}, {Width: view.Half, Table: summary}}},
		{ID: "quarantine", Title: c.t("quality.quarantine"), Lead: c.t("quality.quarantine.lead"), Blocks: []view.Block{{Table: reasons}}},
		{ID: "reconciliation", Title: c.t("quality.reconciliation"), Lead: c.t("quality.reconciliation.lead"), Blocks: []view.Block{{Table: reconciliation}}},
		{ID: "run", Title: c.t("quality.run"), Blocks: []view.Block{{Width: view.Half, Table: run}, {Width: view.Half, Table: models}, {Table: extracts}}},
		c.notSupplied(),
		{ID: "terms", Title: c.t("quality.terms"), Lead: c.t("quality.terms.lead"), Blocks: []view.Block{{Terms: c.terms()}}},
	}
	if twice != nil {
		p.Sections = slices.Insert(p.Sections, 2, view.Section{ID: "duplicates", Title: c.t("quality.twice"), Lead: c.t("quality.twice.lead"),
			Blocks: []view.Block{{Table: twice}}})
	}
	if trend != nil {
		p.Sections[1].Blocks = append(p.Sections[1].Blocks, view.Block{Table: trend})
	}
	if rollups != nil {
		p.Sections = slices.Insert(p.Sections, slices.IndexFunc(p.Sections, func(s view.Section) bool { return s.ID == "run" }), view.Section{ID: "kept", Title: c.t("quality.rollups"), Lead: c.t("quality.rollups.lead"),
			Blocks: []view.Block{{Table: rollups}}})
	}
	return p, nil
}

// loadSums adds the rows of all tables up.
type sums struct {
	read, loaded, quarantined int64
	open                      []string // tables whose counts do not add up
}

func (c *Context) loadSums() sums {
	var s sums
	for _, l := range c.loads {
		s.read, s.loaded, s.quarantined = s.read+l.read, s.loaded+l.loaded, s.quarantined+l.quarantined
		if l.read != l.loaded+l.quarantined {
			s.open = append(s.open, l.table)
		}
	}
	return s
}

func (c *Context) loadText(s sums) string {
	pairs := []string{"read", count(c.Lang, s.read), "loaded", count(c.Lang, s.loaded), "n", count(c.Lang, s.quarantined)}
	switch {
	case s.read == 0:
		return c.t("load.nothing")
	case s.quarantined == 0:
		return c.t("load.all", pairs...)
	}
	return c.t("load.some", append(pairs, "share", view.Percentage(float64(s.quarantined)/float64(s.read)))...)
}

// trustText is the consequence: do the counts add up, did the checks pass?
func (c *Context) trustText(s sums) string {
	if len(s.open) > 0 {
		return c.t("trust.open", "tables", strings.Join(s.open, c.t("list.comma")))
	}
	failed := int64(len(c.frame.FailedChecks))
	pairs := []string{"n", count(c.Lang, failed), "of", count(c.Lang, int64(c.frame.Checks))}
	switch {
	case c.frame.Checks == 0:
		return c.t("trust.unchecked")
	case failed == 0:
		return c.t("trust.good", pairs...)
	}
	return c.t("trust.failed", pairs...)
}

// loadTable shows read = loaded + set aside for every table and source.
func (c *Context) loadTable(s sums) *view.Table {
	n := view.Integer()
	t := &view.Table{ID: "loads", Title: c.t("loads.title"), Subtitle: c.t("quality.unit"), Empty: c.t("load.nothing"),
		Columns: []view.Column{{Label: c.t("col.table")}, {Label: c.t("col.source")}, {Label: c.t("col.read"), Format: n}, {Label: c.t("col.loaded"), Format: n},
			{Label: c.t("col.quarantined"), Format: n}, {Label: c.t("col.quarantined"), Unit: "%", Format: view.Format{Style: view.Percent, Decimals: 2}, Visual: view.Share},
			{Label: c.t("col.adds")}}}
	for _, l := range c.loads {
		if !l.supplied {
			continue
		}
		adds := c.t("adds.yes")
		if l.read != l.loaded+l.quarantined {
			adds = c.t("adds.no", "n", view.Figure(float64(l.read-l.loaded-l.quarantined), 0, true))
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.tableName(l.table)), orNone(l.source), view.I(l.read), view.I(l.loaded), view.I(l.quarantined),
			view.Ratio(view.I(l.quarantined), view.I(l.read)), view.T(adds)}})
	}
	if len(t.Rows) > 0 {
		adds := c.t("adds.yes")
		if len(s.open) > 0 {
			adds = c.t("adds.no", "n", view.Figure(float64(s.read-s.loaded-s.quarantined), 0, true))
		}
		t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: []view.Value{view.T(c.t("row.total")), {}, view.I(s.read), view.I(s.loaded), view.I(s.quarantined),
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
func (c *Context) tableName(name string) string { return name }

// findings is how many checks with findings are listed.
const findings = 60

// checkTable lists the checks that found something, failures first.
func (c *Context) checkTable(ctx context.Context) (*view.Table, error) {
	n := view.Integer()
	t := &view.Table{ID: "checks-table", Title: c.t("checks.title"), Subtitle: c.t("checks.sub"), Empty: c.t("checks.nothing"),
		Columns: []view.Column{{Label: c.t("col.check"), Wide: true}, {Label: c.t("col.table")}, {Label: c.t("col.severity")}, {Label: c.t("col.tested"), Format: n},
			{Label: c.t("col.offenders"), Format: n}, {Label: c.t("col.threshold"), Unit: "%", Format: view.Format{Style: view.Percent, Decimals: 2}},
			{Label: c.t("col.result")}, {Label: c.t("col.samples"), Wide: true}, {Label: c.t("col.hint"), Wide: true}}}
	found := 0
	words, err := c.checkWords(ctx)
	if err != nil {
		return nil, err
	}
	err = engine.Rows(ctx, c.db, engine.SQL(statement("checks")), func(row []any) error {
		passed, _ := row[6].(bool)
		if passed && whole(row[4]) == 0 {
			return nil
		}
		if found++; found > findings {
			return nil
		}
		result := c.t("check.passed")
		if !passed {
			result = c.t("check.breached")
		}
		examples := ""
		if !personal[text(row[1])] {
			examples = samples(text(row[9]))
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(words.of(text(row[0]), text(row[3]))), view.T(text(row[1])), view.T(c.memberLabel("severity", row[2])),
			value(row[5]), value(row[4]), value(row[7]), view.T(result), orNone(examples), orNone(text(row[8]))}})
		return nil
	})
	if found > findings {
		t.Shown = c.t("checks.shown", "n", fmt.Sprint(findings), "of", fmt.Sprint(found))
	}
	failed := len(c.frame.FailedChecks)
	if c.frame.Checks == 0 {
		t.Empty = c.t("trust.unchecked")
	} else if t.Insight = c.t("checks.text", "n", fmt.Sprint(failed), "of", fmt.Sprint(c.frame.Checks)); failed == 0 {
		t.Insight = c.t("checks.good", "of", fmt.Sprint(c.frame.Checks))
	}
	return t, err
}

// checkSummary counts all checks by severity.
func (c *Context) checkSummary(ctx context.Context) (*view.Table, error) {
	n := view.Integer()
	t := &view.Table{ID: "checks-summary", Title: c.t("checks.summary"), Subtitle: c.t("checks.summary.sub"), Empty: c.t("trust.unchecked"),
		Columns: []view.Column{{Label: c.t("col.severity")}, {Label: c.t("quality.checks"), Format: n}, {Label: c.t("col.passed"), Format: n},
			{Label: c.t("col.failed"), Format: n}, {Label: c.t("col.found"), Format: n}}}
	var sum [4]int64
	err := engine.Rows(ctx, c.db, engine.SQL(statement("check_summary")), func(row []any) error {
		cells := []view.Value{view.T(c.memberLabel("severity", row[0]))}
		for i := range sum {
			sum[i] += whole(row[i+1])
			cells = append(cells, view.I(whole(row[i+1])))
		}
		t.Rows = append(t.Rows, view.Row{Cells: cells})
		return nil
	})
	if len(t.Rows) > 0 {
		cells := []view.Value{view.T(c.t("row.total"))}
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
func samples(list string) string {
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
				parts = append(parts, k+" "+fmt.Sprint(fields[k]))
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
func (c *Context) reasonTable(ctx context.Context) (*view.Table, error) {
	held := map[string]bool{}
	err := engine.Rows(ctx, c.db, engine.SQL(statement("quarantine_tables")), func(row []any) error {
		held[text(row[0])] = true
		return nil
	})
	if err != nil {
		return nil, err
	}
	t := &view.Table{ID: "reasons", Title: c.t("reasons.title"), Subtitle: c.t("quality.unit"), Empty: c.t("reasons.none"),
		Columns: []view.Column{{Label: c.t("col.reason"), Wide: true}, {Label: c.t("col.table")}, {Label: c.t("col.source")},
			{Label: c.t("col.rows"), Format: view.Integer(), Visual: view.Share}, {Label: c.t("col.samples"), Wide: true}},
		Footnotes: []string{c.t("foot.samples")}}
	type reason struct {
		table, source, why string
		rows               int64
	}
	var list []reason
	err = engine.Rows(ctx, c.db, engine.SQL(statement("reasons")), func(row []any) error {
		list = append(list, reason{text(row[0]), text(row[1]), text(row[2]), whole(row[3])})
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
		t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: []view.Value{view.T(c.t("row.total")), {}, {}, view.I(total), {}}})
	}
	return t, nil
}

// quarantined are the first rows of a reason: line, and what stood there.
func (c *Context) quarantined(ctx context.Context, table, source, why string) (string, error) {
	var out []string
	s := engine.SQL(`SELECT line, record, column_name, value FROM quarantine.`+engine.QuoteIdent(table)+
		` WHERE reason = ? AND coalesce(source, '') = ? ORDER BY file NULLS LAST, line NULLS LAST, record NULLS LAST, value NULLS LAST LIMIT 3`, why, source)
	err := engine.Rows(ctx, c.db, s, func(row []any) error {
		place := c.t("sample.line", "line", count(c.Lang, whole(row[0])))
		if row[0] == nil {
			place = c.t("sample.record", "record", count(c.Lang, whole(row[1])))
		}
		if v := text(row[3]); v != "" && !personal[table] {
			place += " " + c.t("sample.value", "value", short(v))
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
func (c *Context) reconciliationTable(ctx context.Context) (*view.Table, error) {
	f := view.Format{Style: view.Decimal, Decimals: 2}
	t := &view.Table{ID: "reconciliation-table", Title: c.t("reconciliation.title"), Empty: c.t("reconciliation.none"),
		Columns: []view.Column{{Label: c.t("col.subject")}, {Label: c.t("col.unit")}, {Label: c.t("col.insource"), Format: f}, {Label: c.t("col.inwarehouse"), Format: f},
			{Label: c.t("col.explained"), Format: f}, {Label: c.t("col.difference"), Format: f.Change()}, {Label: c.t("col.detail"), Wide: true}}}
	open, all := 0, 0
	err := engine.Rows(ctx, c.db, engine.SQL(statement("reconciliation")), func(row []any) error {
		all++
		differs, explained := value(row[5]).Float != 0, value(row[4]).Float != 0
		if differs {
			open++
		}
		if all > comparisons && !differs && !explained {
			return nil
		}
		cells := []view.Value{view.T(text(row[0])), orNone(text(row[1]))}
		integers := wholeNumbers(row[2:6])
		for i := 2; i <= 5; i++ {
			v := value(row[i])
			if integers {
				format := view.Integer()
				format.Signed = i == 5
				v.Format = &format
			}
			cells = append(cells, v)
		}
		t.Rows = append(t.Rows, view.Row{Cells: append(cells, orNone(text(row[6])))})
		return nil
	})
	if all > 0 {
		t.Insight = c.t("reconciliation.good")
		if open > 0 {
			t.Insight = c.t("reconciliation.open", "n", fmt.Sprint(open))
		}
	}
	if len(t.Rows) < all {
		t.Shown = c.t("reconciliation.shown", "n", fmt.Sprint(len(t.Rows)), "of", fmt.Sprint(all))
	}
	return t, err
}

// wholeNumbers tells whether no value has decimals.
func wholeNumbers(values []any) bool {
	for _, v := range values {
		if strings.Contains(value(v).ExactText(), ".") {
			return false
		}
	}
	return true
}
