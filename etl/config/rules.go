package config

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"verso/etl/canon"
)

// Rule is a check of the user's own, an entry under checks: that has a type. All
// types take table (a canonical table, or schema.table), where (an SQL condition
// on its rows), severity (default warn), threshold (share of the tested rows
// that may offend; default 0), description (one text, or en and zh) and hint.
//
//	checks:
//	  tax-number:       {type: not_null, table: customer, column: vat_no, where: "customer_type = 'enterprise'", threshold: 0.05}
//	  one-no-each:      {type: unique, table: customer, columns: [customer_no]}
//	  known-region:     {type: reference, table: customer, column: region_code, references: geo.region_code}
//	  sane-price:       {type: range, table: order_line, column: unit_price, min: 0, max: 100000}
//	  number-form:      {type: pattern, table: customer, column: customer_no, matches: "C[0-9]{6}"}
//	  known-ways:       {type: accepted_values, table: order_header, column: entry_channel, values: [web, fax]}
//	  orders-arrive:    {type: freshness, table: order_header, column: order_date, max_age: 3}
//	  as-many-lines:    {type: row_count_drift, table: order_line, runs: 7, threshold: 0.2}
//	  same-currencies:  {type: distribution_drift, table: order_line, column: list_ccy, threshold: 0.1}
//	  same-prices:      {type: distribution_drift, table: order_line, column: unit_price, bins: 10}
//	  sums-agree:       {type: sum_reconciliation, tolerance: 0.01, left: {table: core.fact_order_line, column: net},
//	                     right: {select: "SELECT sum(net) FROM core.fact_order_line"}}
//	  own-select:       {type: custom_sql, select: "SELECT order_id FROM stage.order_header WHERE …", tested: "SELECT count(*) FROM stage.order_header"}
type Rule struct {
	Type        string
	Table       string // as written; "" in types that need none
	Columns     []string
	Where       string
	Description string
	Chinese     string // description in Chinese
	Hint        string
	References  string   // reference: table.column
	Min, Max    *string  // range: numbers or dates as text, both allowed
	Matches     string   // pattern: RE2 expression for the whole value
	Values      []string // accepted_values
	MaxAge      int      // freshness: days before the as-of date
	Runs        int      // row_count_drift: runs of which the median is expected; default 7
	Bins        int      // distribution_drift: bins of a number; 0: every value is one
	Left, Right Sum      // sum_reconciliation
	Tolerance   float64  // sum_reconciliation: allowed difference, beside the share threshold
	Select      string   // custom_sql: offenders
	Tested      string   // custom_sql: number of rows tested; "": 1
}

// Sum is one side of a sum_reconciliation: a SELECT of one number, or the sum of
// a column.
type Sum struct{ Table, Column, Where, Select string }

// ruleKeys are the keys of each type beside those that all types have.
var ruleKeys = map[string][]string{
	"not_null": {"column", "columns"}, "unique": {"column", "columns"}, "reference": {"column", "columns", "references"},
	"range": {"column", "columns", "min", "max"}, "pattern": {"column", "columns", "matches"}, "accepted_values": {"column", "columns", "values"},
	"freshness": {"column", "max_age"}, "row_count_drift": {"runs"}, "distribution_drift": {"column", "bins"},
	"sum_reconciliation": {"left", "right", "tolerance"}, "custom_sql": {"select", "tested"},
}

// isRule tells a rule of the user's own from an override.
func isRule(p place) bool {
	m, ok := p.value.(ast.MapNode)
	if !ok {
		return false
	}
	for it := m.MapRange(); it.Next(); {
		if it.Key().GetToken().Value == "type" {
			return true
		}
	}
	return false
}

var ruleName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,60}$`)

// rule reads one rule.
func (r *reader) rule(c *Check, p place) {
	if !ruleName.MatchString(p.key.Value) {
		r.report(p.key, "use small letters, digits, - and _, such as tax-number", "%q cannot name a rule", p.key.Value)
	}
	rule := &Rule{}
	c.Rule = rule
	r.ruleType(rule, p)
	if rule.Type == "" {
		return
	}
	known := fields{
		"type": func(place) {}, "table": r.plain(&rule.Table), "where": r.condition(&rule.Where), "severity": r.oneOf(&c.Severity, "error", "warn", "info", "off"),
		"threshold": r.rowShare(&c.Threshold), "description": func(p place) { r.description(rule, p) }, "hint": r.plain(&rule.Hint),
	}
	every := fields{
		"column": r.texts(&rule.Columns), "columns": r.texts(&rule.Columns), "references": r.plain(&rule.References), "min": r.bound(&rule.Min), "max": r.bound(&rule.Max),
		"matches": r.expression(&rule.Matches), "values": r.anyTexts(&rule.Values), "max_age": r.integer(&rule.MaxAge, 0, 10_000), "runs": r.integer(&rule.Runs, 1, 100),
		"bins": r.integer(&rule.Bins, 2, 50), "tolerance": r.amount(&rule.Tolerance, 0, 1e15), "select": r.selectSQL(&rule.Select), "tested": r.selectSQL(&rule.Tested),
		"left": func(p place) { r.sum(&rule.Left, p) }, "right": func(p place) { r.sum(&rule.Right, p) },
	}
	for _, key := range ruleKeys[rule.Type] {
		known[key] = every[key]
	}
	r.mapping(p, known)
	r.ruleNeeds(rule, p)
}

func (r *reader) ruleType(rule *Rule, p place) {
	for it := p.value.(ast.MapNode).MapRange(); it.Next(); {
		if key := it.Key().GetToken(); key.Value == "type" {
			r.oneOf(&rule.Type, slices.Sorted(maps.Keys(ruleKeys))...)(place{p.below("type"), key, r.resolve(it.Value())})
		}
	}
}

// required are the keys a type cannot do without; of "a|b" one.
var required = map[string][]string{
	"not_null": {"table", "column|columns"}, "unique": {"table", "column|columns"}, "reference": {"table", "column|columns", "references"},
	"range": {"table", "column|columns", "min|max"}, "pattern": {"table", "column|columns", "matches"}, "accepted_values": {"table", "column|columns", "values"},
	"freshness": {"table", "column", "max_age"}, "row_count_drift": {"table"}, "distribution_drift": {"table", "column"},
	"sum_reconciliation": {"left", "right"}, "custom_sql": {"select"},
}

func (r *reader) ruleNeeds(rule *Rule, p place) {
	for _, need := range required[rule.Type] {
		found := 0
		for _, key := range strings.Split(need, "|") {
			if r.wrote(p.below(key)) {
				found++
			}
		}
		if found == 0 {
			r.report(p.key, "add "+strings.ReplaceAll(need, "|", ": or ")+":", "%s of type %s does not say %s", p.path, rule.Type, strings.ReplaceAll(need, "|", " or "))
		}
	}
	if r.wrote(p.below("column")) && r.wrote(p.below("columns")) {
		r.report(r.keyOf(p.below("columns")), "keep one of them", "%s has both column and columns", p.path)
	}
	if one := rule.Type == "freshness" || rule.Type == "distribution_drift"; one && len(rule.Columns) > 1 {
		r.report(r.keyOf(p.below("column")), "write one rule for each", "%s takes one column", p.path)
	}
	table, ok := r.ruleTable(rule.Table, p.below("table"))
	if ok {
		key := "column"
		if r.wrote(p.below("columns")) {
			key = "columns"
		}
		for _, name := range rule.Columns {
			r.ruleColumn(table, name, p.below(key))
		}
	}
	if rule.References != "" {
		name, column, dotted := cutLast(rule.References)
		at := p.below("references")
		if !dotted || name == "" || column == "" {
			r.report(r.seen[at].at(), "write table.column, such as customer.customer_id", "%s is no column: %q", at, rule.References)
		} else if table, ok := r.ruleTable(name, at); ok {
			r.ruleColumn(table, column, at)
		}
		if len(rule.Columns) > 1 {
			r.report(r.keyOf(p.below("columns")), "write one rule for each", "%s takes one column", p.path)
		}
	}
}

// cutLast splits table.column, of which the table may be schema.table.
func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndex(s, ".")
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

var dottedName = regexp.MustCompile(`^(stage|core|score|feature|meta|quarantine)\.[A-Za-z_][A-Za-z0-9_]*$`)

// ruleTable finds a canonical table; ok is false for tables of other schemas,
// of which the columns are not known here, and for what was reported.
func (r *reader) ruleTable(name, path string) (table canon.Table, ok bool) {
	if name == "" {
		return table, false
	}
	if table, ok = canon.Lookup(strings.TrimPrefix(name, "stage.")); ok {
		return table, true
	}
	if dottedName.MatchString(name) && !strings.HasPrefix(name, "stage.") {
		return table, false
	}
	hint := "write a canonical table (verso canon lists them), or one of the warehouse such as core.fact_order_line"
	if near := canon.Nearest(name, canon.Names(), 3); near != nil {
		hint = fmt.Sprintf("did you mean %s? %s", strings.Join(near, " or "), hint)
	}
	r.report(r.seen[path].at(), hint, "%s names no table: %q", path, name)
	return table, false
}

func (r *reader) ruleColumn(table canon.Table, name, path string) {
	if _, ok := table.Column(name); ok {
		return
	}
	names := make([]string, len(table.Columns))
	for i, c := range table.Columns {
		names[i] = c.Name
	}
	hint := fmt.Sprintf("verso canon %s lists its columns", table.Name)
	if near := canon.Nearest(name, names, 3); near != nil {
		hint = fmt.Sprintf("did you mean %s? %s", strings.Join(near, " or "), hint)
	}
	r.report(r.seen[path].at(), hint, "%s: %s has no column %q", path, table.Name, name)
}

// rowShare reads a share of rows.
func (r *reader) rowShare(to **float64) func(place) {
	return func(p place) {
		s, quoted, _ := scalar(p.value)
		f, err := strconv.ParseFloat(s, 64)
		switch {
		case err != nil || quoted:
			r.report(p.at(), "", "%s must be a number from 0 to 1, not %s", p.path, describe(p.value))
		case !(f >= 0 && f <= 1):
			r.report(p.at(), "it is a share of rows: write 0.05 for 5 %", "%s must be from 0 to 1, not %s", p.path, s)
		default:
			*to = &f
		}
	}
}

// description reads one text, or one each in en and zh.
func (r *reader) description(rule *Rule, p place) {
	if _, ok := p.value.(ast.MapNode); ok {
		r.mapping(p, fields{"en": r.plain(&rule.Description), "zh": r.plain(&rule.Chinese)})
		return
	}
	r.plain(&rule.Description)(p)
}

// bound reads a number or a date.
func (r *reader) bound(to **string) func(place) {
	return func(p place) {
		s, ok := r.word(p)
		if !ok {
			return
		}
		_, notNumber := strconv.ParseFloat(s, 64)
		_, notDate := ParseAsOf(s)
		if notNumber != nil && notDate != nil || strings.ContainsAny(strings.ToLower(s), "nx_") {
			r.report(p.at(), "write a number, or a date such as 2020-01-31", "%s cannot be %q", p.path, s)
			return
		}
		*to = &s
	}
}

// expression reads a regular expression.
func (r *reader) expression(to *string) func(place) {
	return func(p place) {
		s, ok := r.word(p)
		if !ok {
			return
		}
		if _, err := regexp.Compile(s); err != nil {
			r.report(p.at(), "write an RE2 expression for the whole value, such as C[0-9]{6}", "%s is no regular expression: %s", p.path, strings.TrimPrefix(err.Error(), "error parsing regexp: "))
			return
		}
		*to = s
	}
}

// anyTexts reads a list of texts in which numbers stand as written.
func (r *reader) anyTexts(to *[]string) func(place) {
	return func(p place) {
		r.texts(to)(p)
		if len(*to) == 0 {
			r.report(p.at(), "list what is accepted", "%s is empty", p.path)
		}
	}
}

// condition reads an SQL condition, which must stand in brackets on its own.
func (r *reader) condition(to *string) func(place) {
	return func(p place) {
		s, ok := r.word(p)
		if !ok {
			return
		}
		if !balanced(s) {
			r.report(p.at(), "write what would follow WHERE, such as status = 'active'", "%s is no condition on its own: brackets, quotes or comments are not closed, or a semicolon is in it", p.path)
			return
		}
		*to = s
	}
}

// balanced reports whether SQL ends what it begins, and nothing more.
func balanced(sql string) bool {
	if strings.TrimSpace(sql) == "" {
		return false
	}
	for rest := sql; rest != ""; {
		n := skip(rest)
		if n == 0 {
			n = 1
		} else if n == len(rest) && !closed(rest) {
			return false
		}
		rest = rest[n:]
	}
	depth := 0
	for _, c := range blanked(sql) {
		switch c {
		case '(':
			depth++
		case ')':
			depth--
		case ';':
			return false
		}
		if depth < 0 {
			return false
		}
	}
	return depth == 0
}

// closed reports whether a comment, text or quoted name that reaches to the end
// is closed there. A line's comment needs no end: the condition gets a line of
// its own.
func closed(s string) bool {
	switch {
	case strings.HasPrefix(s, "--"):
		return true
	case strings.HasPrefix(s, "/*"):
		return len(s) >= 4 && strings.HasSuffix(s, "*/")
	case s[0] == '\'' || s[0] == '"':
		return len(s) >= 2 && s[len(s)-1] == s[0]
	}
	tag := dollarQuote.FindString(s)
	return len(s) >= 2*len(tag) && strings.HasSuffix(s, tag)
}

// sum reads one side of a reconciliation.
func (r *reader) sum(s *Sum, p place) {
	r.mapping(p, fields{"table": r.plain(&s.Table), "column": r.plain(&s.Column), "where": r.condition(&s.Where), "select": r.selectSQL(&s.Select)})
	switch {
	case s.Select != "" && (s.Table != "" || s.Column != "" || s.Where != ""):
		r.report(p.key, "keep the SELECT alone, or table and column", "%s has both select and table", p.path)
	case s.Select == "" && (s.Table == "" || s.Column == ""):
		r.report(p.key, "write {table: …, column: …}, or {select: SELECT of one number}", "%s does not say what to add up", p.path)
	case s.Table != "":
		if table, ok := r.ruleTable(s.Table, p.below("table")); ok {
			r.ruleColumn(table, s.Column, p.below("column"))
		}
	}
}
