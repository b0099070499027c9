package compile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"verso/olap/cube"
)

// part is a base aggregate over fact rows, computed by the database; averages,
// ratios and formulas are made of parts.
type part struct {
	name    string // its column in the SQL: the name of the measure, with its scope
	measure *cube.Measure
	stream  *stream
	extra   string  // not of facts but of the days they stand on: extraDays, extraWork; "": of facts
	stored  Storage // how the rollup in the place of the facts keeps it; "" with facts
}

// findParts breaks the measures down to base aggregates, those that the
// ranking needs included, and finds out whether all of them can be added up
// from finer groups.
func (p *plan) findParts() error {
	p.additive = true
	for _, m := range p.measures {
		p.addParts(m)
	}
	if t := p.query.Top; t != nil {
		by, err := p.plainRef("top", t.By)
		if err != nil {
			return err
		}
		p.addParts(by)
	}
	for _, h := range p.query.Having {
		by, err := p.plainRef("having", h.By)
		if err != nil {
			return err
		}
		p.addParts(by)
	}
	return nil
}

// addParts adds what a column of numbers is made of.
func (p *plan) addParts(a *asked) {
	for _, t := range p.termsOf(a) {
		for _, base := range t.bases() {
			p.addPart(base, "")
			if base.measure.OverTime == cube.Average {
				p.addPart(base, extraDays)
			}
		}
		if a.ref.Calc == cube.LikeForLike {
			p.addPart(t.bases()[0], extraWork)
		}
	}
}

// addPart adds a base aggregate that is not there yet.
func (p *plan) addPart(t term, extra string) {
	if p.part(t, extra) != nil {
		return
	}
	x := &part{name: t.name() + extra, measure: t.measure, stream: p.stream(t), extra: extra}
	for _, other := range p.parts {
		if other.name == x.name { // measures of two cubes by one name
			x.name = t.home.Name + "." + x.name
		}
	}
	p.parts = append(p.parts, x)
	if !t.measure.Additive() && extra == "" {
		p.additive = false
	}
}

// part is the base aggregate of a term, nil if there is none yet.
func (p *plan) part(t term, extra string) *part {
	for _, x := range p.parts {
		if x.measure == t.measure && x.extra == extra && x.stream.is(t) {
			return x
		}
	}
	return nil
}

// partsOf are the parts that a column of numbers is made of, each once.
func (p *plan) partsOf(a *asked) (list []*part) {
	q := &plan{cube: p.cube}
	q.addParts(a)
	for _, t := range p.parts {
		if slices.ContainsFunc(q.parts, func(x *part) bool {
			return x.measure == t.measure && x.extra == t.extra && x.stream.same(t.stream)
		}) {
			list = append(list, t)
		}
	}
	return list
}

// input is the SQL of the value that a fact row contributes, "" for a count of
// all rows.
func (t *part) input() string {
	m := t.measure
	value := t.column()
	var conditions []string
	for _, column := range m.KnownColumns() {
		conditions = append(conditions, "f."+quote(column)+" IS NOT NULL")
	}
	if m.WhenTrue != "" {
		conditions = append(conditions, "f."+quote(m.WhenTrue))
	}
	switch {
	case len(conditions) > 0:
		return "CASE WHEN " + strings.Join(conditions, " AND ") + " THEN " + value + " END"
	case m.Kind == cube.Count:
		return ""
	}
	return value
}

// column is the SQL of the value aggregated.
func (t *part) column() string {
	m := t.measure
	column := "f." + quote(m.Column)
	switch {
	case m.Kind == cube.Count:
		return "1"
	case m.Kind == cube.Distinct, m.Kind == cube.Approx:
		return "NULLIF(" + column + ", -1)"
	case m.Times() != "" && m.Scale() == 0:
		return "CAST(" + column + " AS DECIMAL(19,0)) * f." + quote(m.Times())
	case m.Times() != "":
		return column + " * f." + quote(m.Times())
	}
	return column
}

// aggregate is the SQL that aggregates the inputs of fact rows.
func (t *part) aggregate() string {
	column := quote(t.name)
	switch t.measure.Kind {
	case cube.Count:
		if t.input() == "" {
			return "count(*)"
		}
		return "count(" + column + ")"
	case cube.Distinct:
		return "count(DISTINCT " + column + ")"
	case cube.Approx:
		return "approx_count_distinct(" + column + ")"
	case cube.Min:
		return "min(" + column + ")"
	case cube.Max:
		return "max(" + column + ")"
	case cube.Quantile:
		return t.quantile()
	}
	return t.sum()
}

// quantile is exact: of dates the one at or before the place, of numbers
// between the two neighbours of the place in proportion, a double. Amounts are
// taken in ten-thousandths, so that nothing is lost in between.
func (t *part) quantile() string {
	column, q := quote(t.name), strconv.FormatFloat(*t.measure.Q, 'f', -1, 64)
	if end := map[string]string{"0": "min(", "1": "max("}[q]; end != "" { // the ends are values themselves
		if t.measure.Type == "date" {
			return end + column + ")"
		}
		return "CAST(" + end + column + ") AS DOUBLE)"
	}
	switch t.measure.Type {
	case "date":
		return "quantile_disc(" + column + ", " + q + ")"
	case "integer":
		return "quantile_cont(CAST(" + column + " AS BIGINT), " + q + ")"
	case "double":
		return "quantile_cont(CAST(" + column + " AS DOUBLE), " + q + ")"
	}
	return "quantile_cont(CAST(" + column + " * 10000 AS BIGINT), " + q + ") / 10000"
}

// again is the SQL that aggregates the aggregates of finer groups.
func (t *part) again() string {
	switch t.measure.Kind {
	case cube.Distinct:
		return t.distinctAgain()
	case cube.Count:
		return "CAST(COALESCE(sum(" + quote(t.name) + "), 0) AS BIGINT)"
	case cube.Min, cube.Max:
		return t.aggregate()
	}
	return t.sum()
}

func (t *part) sum() string {
	s := "sum(" + quote(t.name) + ")"
	if t.measure.ValueType() == "integer" {
		return "CAST(" + s + " AS BIGINT)"
	}
	return s
}

// number is the SQL of a measure in a scope from the parts of its level.
func (p *plan) number(t term) string {
	return valueOf(t.measure, func(base *cube.Measure) string {
		b := term{t.home.Home(base), base, t.scope}
		if base.OverTime == cube.Average {
			return p.average(b)
		}
		return p.part(b, "").value()
	})
}

// perRow reports whether the value of a measure is more than a column of its
// level.
func perRow(m *cube.Measure) bool { return m.Expr() != nil || m.OverTime == cube.Average }

func (p *plan) showParts() string {
	var lines []string
	for _, t := range p.parts {
		if t.extra != "" {
			continue
		}
		of := t.input()
		if of == "" {
			of = "facts"
		}
		lines = append(lines, fmt.Sprintf("%s: %s of %s", t.name, t.measure.Kind, of))
	}
	if p.additive {
		return strings.Join(append(lines, "all add up: levels come from the finest one"), "\n")
	}
	return strings.Join(append(lines, "not all add up: every level comes from the facts"), "\n")
}
