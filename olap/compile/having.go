package compile

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"verso/olap/cube"
)

// test is a condition on a measure of the finest rows.
type test struct {
	by     *asked
	label  string
	op     string
	values []any
}

// tests are the operators of conditions on measures and how many numbers each
// takes.
var tests = []struct {
	name   string
	values int
}{{"=", 1}, {"!=", 1}, {"<", 1}, {"<=", 1}, {">", 1}, {">=", 1}, {"between", 2}, {"is_null", 0}, {"not_null", 0}}

// decimalText is a number that DECIMAL(38,10) holds.
var decimalText = regexp.MustCompile(`^[+-]?[0-9]{1,28}(\.[0-9]{1,10})?$`)

// bindHaving checks the conditions on measures and types their numbers. They
// apply to the finest rows that a ranking keeps.
func (p *plan) bindHaving() error {
	for _, h := range p.query.Having {
		if len(p.rows) == 0 {
			return refuse("having", h.By, "a condition on a measure keeps rows, and there is nothing on the rows; put an attribute there")
		}
		by, err := p.plainRef("having", h.By)
		if err != nil {
			return err
		}
		var known []string
		want := -1
		for _, t := range tests {
			known = append(known, t.name)
			if t.name == h.Op {
				want = t.values
			}
		}
		switch {
		case want < 0:
			return refuse("having", h.Op, "%s: no operator %q; %s", h.By, h.Op, cube.Hint(h.Op, known))
		case len(h.Values) != want:
			return refuse("having", h.By, "%s %s takes %s, got %d", h.By, h.Op, []string{"no value", "one value", "two values"}[want], len(h.Values))
		}
		kind, _, _ := by.measure.Shown(by.ref.Calc)
		t := &test{by: by, label: p.cube.Caption(by.ref, p.lang), op: h.Op}
		for _, text := range h.Values {
			v, err := parseNumber(kind, text)
			if err != nil {
				return refuse("having", text, "%s: %q is not %s", h.By, text, err)
			}
			t.values = append(t.values, v)
		}
		p.having = append(p.having, t)
	}
	return nil
}

// parseNumber reads a number to compare a measure with; its error completes
// "… is not". Exact numbers stay text and are cast in SQL.
func parseNumber(kind, text string) (any, error) {
	switch kind {
	case "date":
		if d, err := time.Parse(time.DateOnly, text); err == nil {
			return d, nil
		}
		return nil, fmt.Errorf("a date; write YYYY-MM-DD")
	case "double":
		number, percent := strings.CutSuffix(text, "%")
		v, err := strconv.ParseFloat(number, 64)
		if err != nil || v-v != 0 {
			return nil, fmt.Errorf("a number; write 0.25 or 25%%")
		}
		if percent {
			v /= 100
		}
		return v, nil
	}
	if !decimalText.MatchString(text) {
		return nil, fmt.Errorf("a number of at most 28 digits and 10 decimals; write 1000 or 0.5")
	}
	return text, nil
}

// write adds the condition on a row of "levels": TRUE or FALSE. A row
// without a value satisfies is_null only.
func (t *test) write(s *sqlText, value string) {
	mark := "?"
	if _, exact := firstValue(t.values).(string); exact {
		mark = "CAST(? AS DECIMAL(38,10))"
	}
	switch t.op {
	case "is_null":
		s.add(value + " IS NULL")
	case "not_null":
		s.add(value + " IS NOT NULL")
	case "between":
		s.add("COALESCE("+value+" BETWEEN "+mark+" AND "+mark+", FALSE)", t.values...)
	default:
		op := t.op
		if op == "!=" {
			op = "<>"
		}
		s.add("COALESCE("+value+" "+op+" "+mark+", FALSE)", t.values...)
	}
}

func firstValue(values []any) any {
	if len(values) == 0 {
		return nil
	}
	return values[0]
}

func (p *plan) showHaving() string {
	var lines []string
	for _, h := range p.query.Having {
		lines = append(lines, strings.TrimSpace(h.By+" "+h.Op+" "+strings.Join(h.Values, " and ")))
	}
	if len(lines) == 0 {
		return ""
	}
	which := "finest rows, all columns together"
	if p.top != nil {
		which = "finest rows of the members that the ranking keeps, all columns together"
	}
	return strings.Join(append(lines, "of the "+which+"; totals cover all"), "\n")
}

// test finds the finest rows that satisfy the conditions on measures, and keeps
// them, the levels above them, and the totals. A row that gathers the rest of a
// ranking is not tested: it stays as long as its parent.
func (r *renderer) test() {
	if len(r.having) == 0 {
		return
	}
	var groups []column
	for _, f := range r.rows {
		groups = append(groups, f.groups(r.lang)...)
	}
	r.stage("tested", "(\n  SELECT "+strings.Join(names(groups), listSep)+listSep)
	for i, t := range r.having {
		if i > 0 {
			r.text.add("\n    AND ")
		}
		t.write(&r.text, r.value(t.by))
	}
	other, parent, always := "", `l."#rows"`, `l."#rows" = 0`
	if r.top != nil {
		other = ` AND "#other" = 0`
		parent = fmt.Sprintf(`CASE WHEN l."#other" = 1 THEN %d ELSE l."#rows" END`, r.top.at)
		if r.top.at == 0 {
			always += ` OR l."#other" = 1`
		}
	}
	for _, c := range r.keepMembers(`"levels"`) {
		other += " AND " + c
	}
	r.text.add(fmt.Sprintf(" AS \"#pass\"\n  FROM \"levels\"\n  WHERE \"#rows\" = %d AND \"#columns\" = 0%s\n)", len(r.rows), other))

	rowLevel := fmt.Sprint(len(r.rows))
	var sets []string
	for i := range r.rows {
		rowLevel += " - GROUPING(" + quote(r.rows[i].groups(r.lang)[0].name) + ")"
		sets = append(sets, "("+strings.Join(r.groupingSet(level{rows: i + 1, cols: 0}, false), ", ")+")")
	}
	slices.Reverse(sets)
	r.stage("held", "(\n  SELECT "+strings.Join(append(names(groups), "CAST("+rowLevel+` AS INTEGER) AS "#rows"`), listSep)+
		"\n  FROM \"tested\"\n  WHERE \"#pass\"\n  GROUP BY GROUPING SETS (\n    "+strings.Join(sets, ",\n    ")+")\n)")

	on := []string{`h."#rows" = ` + parent}
	for _, c := range groups {
		on = append(on, "h."+quote(c.name)+" IS NOT DISTINCT FROM l."+quote(c.name))
	}
	r.stage("answer", "(\n  SELECT l.*\n  FROM \"levels\" AS l LEFT JOIN \"held\" AS h ON "+strings.Join(on, " AND ")+
		"\n  WHERE "+always+` OR h."#rows" IS NOT NULL`+"\n)")
}
