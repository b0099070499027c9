package check

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"verso/etl/canon"
	"verso/etl/config"
	"verso/olap/engine"
)

// userRules compiles the user's own rules, by id. past is what earlier runs
// found, for drift.
func userRules(overrides map[string]config.Check, past map[string][]PastResult) []Definition {
	var out []Definition
	for _, id := range slices.Sorted(maps.Keys(overrides)) {
		if c := overrides[id]; c.Rule != nil {
			out = append(out, ruled(id, c, past[id]))
		}
	}
	return out
}

// ruled compiles one rule. Severity and threshold are those of the override
// that carries it.
func ruled(id string, c config.Check, past []PastResult) Definition {
	r := c.Rule
	d := Definition{ID: id, Family: id, Table: strings.TrimPrefix(r.Table, "stage."), Severity: Warn, Description: r.Description, Chinese: r.Chinese, Hint: r.Hint, User: c.Line, Free: true}
	if r.Description == "" {
		d.Description = described(r)
	}
	if d.Hint == "" {
		d.Hint = fmt.Sprintf("This is the rule %s of type %s in verso.yaml, line %d.", id, r.Type, c.Line)
	}
	if _, ok := canon.Lookup(d.Table); ok {
		d.Needs = []string{d.Table}
	}
	if d.Table == "" {
		d.Table = "(own)"
	}
	switch r.Type {
	case "row_count_drift":
		d.Threshold = 0.2
		rowDrift(&d, r, past)
	case "distribution_drift":
		d.Threshold = 0.1
		distribution(&d, r, past)
	case "sum_reconciliation":
		reconciled(&d, r, c.Threshold)
	case "custom_sql":
		d.Tested, d.Offenders = r.Tested, r.Select
		if d.Tested == "" {
			d.Tested = "SELECT 1"
		}
	case "freshness":
		fresh(&d, r)
	case "unique":
		repeated(&d, r)
	default:
		rowRule(&d, r)
	}
	return d
}

// described says what a rule without a description demands.
func described(r *config.Rule) string {
	columns := strings.Join(r.Columns, ", ")
	switch r.Type {
	case "not_null":
		return "Rows without " + columns
	case "unique":
		return "Rows that repeat " + columns
	case "reference":
		return columns + " that is not in " + r.References
	case "range":
		return columns + " outside its range"
	case "pattern":
		return columns + " not of the form " + r.Matches
	case "accepted_values":
		return columns + " with a value that is not accepted"
	case "freshness":
		return fmt.Sprintf("No %s within %d days of the as-of date", columns, r.MaxAge)
	case "row_count_drift":
		return "Rows more or fewer than in the last runs"
	case "distribution_drift":
		return "Rows that would have to change " + columns + " for it to be spread as in the last run"
	case "sum_reconciliation":
		return "Two sums that ought to be equal"
	}
	return "Rows that the user's SELECT returns"
}

// ruleTable is a table as SQL names it: canonical ones are in stage.
func ruleTable(name string) string {
	if schema, table, ok := strings.Cut(name, "."); ok {
		return q(schema) + "." + q(table)
	}
	return stage(name)
}

// ruleRows is FROM … WHERE … of the rows a rule looks at. The condition gets
// lines of its own, so that a comment in it ends where it ends.
func ruleRows(table, where string, more ...string) string {
	conditions := more
	if where != "" {
		conditions = append([]string{"(\n" + where + "\n)"}, more...)
	}
	from := " FROM " + ruleTable(table) + " AS x"
	if len(conditions) > 0 {
		from += " WHERE " + strings.Join(conditions, " AND ")
	}
	return from
}

func column(name string) string { return "x." + q(name) }

// identity are the columns that name an offender.
func identity(r *config.Rule) string {
	t, ok := canon.Lookup(strings.TrimPrefix(r.Table, "stage."))
	if !ok || len(t.Key) == 0 {
		return ""
	}
	return ids(&t, "x") + ", "
}

// rowRule is a rule that looks at each row alone, in any of its columns.
func rowRule(d *Definition, r *config.Rule) {
	var bad, given, values []string
	for _, name := range r.Columns {
		c := column(name)
		if r.Type == "not_null" {
			bad = append(bad, c+" IS NULL")
		} else {
			given = append(given, c+" IS NOT NULL")
			bad = append(bad, c+" IS NOT NULL AND NOT coalesce("+holds(r, c)+", false)")
		}
		values = append(values, fmt.Sprintf("%s AS %s", c, q("value_"+name)))
	}
	d.Tested = "SELECT count(*)" + ruleRows(r.Table, r.Where, anyOf(given)...)
	d.Offenders = "SELECT " + identity(r) + strings.Join(values, ", ") + ruleRows(r.Table, r.Where, anyOf(bad)...)
}

func anyOf(conditions []string) []string {
	if len(conditions) == 0 {
		return nil
	}
	return []string{"((" + strings.Join(conditions, ") OR (") + "))"}
}

// holds is the condition that a given value keeps the rule.
func holds(r *config.Rule, c string) string {
	text := "CAST(" + c + " AS VARCHAR)"
	switch r.Type {
	case "reference":
		i := strings.LastIndex(r.References, ".")
		return "CAST(" + c + " AS VARCHAR) IN (SELECT CAST(y." + q(r.References[i+1:]) + " AS VARCHAR) FROM " + ruleTable(r.References[:i]) + " AS y WHERE y." + q(r.References[i+1:]) + " IS NOT NULL)"
	case "pattern":
		return "regexp_full_match(" + text + ", " + engine.QuoteText(r.Matches) + ")"
	case "accepted_values":
		quoted := make([]string, len(r.Values))
		for i, v := range r.Values {
			quoted[i] = engine.QuoteText(v)
		}
		return text + " IN (" + strings.Join(quoted, ", ") + ")"
	}
	var both []string
	for _, side := range []struct {
		op    string
		limit *string
	}{{">=", r.Min}, {"<=", r.Max}} {
		if side.limit != nil {
			both = append(both, fmt.Sprintf("%s %s %s", c, side.op, limit(*side.limit)))
		}
	}
	return strings.Join(both, " AND ")
}

// limit is a number, or a date, as SQL writes it.
func limit(s string) string {
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		return "CAST(" + engine.QuoteText(s) + " AS DECIMAL(38,8))"
	}
	return "CAST(" + engine.QuoteText(s) + " AS DATE)"
}

func repeated(d *Definition, r *config.Rule) {
	var names, given []string
	for _, name := range r.Columns {
		names = append(names, column(name))
		given = append(given, column(name)+" IS NOT NULL")
	}
	list := strings.Join(names, ", ")
	d.Tested = "SELECT count(*)" + ruleRows(r.Table, r.Where, given...)
	d.Offenders = "SELECT " + list + `, count(*) - 1 AS "repeats"` + ruleRows(r.Table, r.Where, given...) + " GROUP BY " + list + " HAVING count(*) > 1"
	d.Count = "SELECT CAST(coalesce(sum(o.\"repeats\"), 0) AS BIGINT) FROM (\n" + d.Offenders + "\n) AS o"
}

func fresh(d *Definition, r *config.Rule) {
	d.Tested = "SELECT 1"
	d.Offenders = fmt.Sprintf(`SELECT CAST(max(%s) AS DATE) AS "latest", (SELECT max(r.as_of) FROM meta.run AS r) AS "as_of"%s HAVING max(%[1]s) IS NULL OR date_diff('day', CAST(max(%[1]s) AS DATE), (SELECT max(r.as_of) FROM meta.run AS r)) > %[3]d`,
		column(r.Columns[0]), ruleRows(r.Table, r.Where), r.MaxAge)
}

// reconciled compares two sums; tolerance and threshold both widen what is
// allowed, so the share is spent here.
func reconciled(d *Definition, r *config.Rule, threshold *float64) {
	share := 0.0
	if threshold != nil {
		share = *threshold
	}
	d.Spent = true
	d.Tested = "SELECT 1"
	d.Offenders = fmt.Sprintf(`SELECT s."left", s."right", s."left" - s."right" AS "value" FROM (SELECT CAST((
%s
) AS DECIMAL(38,4)) AS "left", CAST((
%s
) AS DECIMAL(38,4)) AS "right") AS s WHERE s."left" IS NULL OR s."right" IS NULL OR abs(s."left" - s."right") > CAST(%s AS DECIMAL(38,4)) + CAST(%s AS DECIMAL(9,8)) * abs(s."left")`,
		sumSQL(r.Left), sumSQL(r.Right), engine.QuoteText(strconv.FormatFloat(r.Tolerance, 'f', -1, 64)), engine.QuoteText(strconv.FormatFloat(share, 'f', -1, 64)))
}

func sumSQL(s config.Sum) string {
	if s.Select != "" {
		return s.Select
	}
	return "SELECT coalesce(sum(" + column(s.Column) + "), 0)" + ruleRows(s.Table, s.Where)
}
