package compile

import (
	"fmt"
	"strconv"
	"strings"

	"verso/olap/cube"
)

// part is a base aggregate over fact rows, computed by the database; averages,
// ratios and formulas are made of parts.
type part struct {
	name    string // its column in the SQL: the name of the first measure that is it
	measure *cube.Measure
}

// findParts breaks the measures down to base aggregates, those that the
// ranking and conditions need included, and finds out whether all of them can be added up
// from finer groups.
func (p *plan) findParts() error {
	p.additive = true
	for _, m := range p.measures {
		p.addParts(m)
	}
	if t := p.query.Top; t != nil {
		m, err := p.plainRef("top", t.By)
		if err != nil {
			return err
		}
		p.addParts(m)
	}
	for _, h := range p.query.Having {
		m, err := p.plainRef("having", h.By)
		if err != nil {
			return err
		}
		p.addParts(m)
	}
	return nil
}

func (p *plan) addParts(m *cube.Measure) {
	for _, base := range m.Bases() {
		if _, known := p.partOf[base.Name]; known {
			continue
		}
		p.partOf[base.Name] = base.Name
		p.parts = append(p.parts, &part{name: base.Name, measure: base})
		if !base.Additive() {
			p.additive = false
		}
	}
}

// partsOf are the parts that a measure is made of, each once.
func (p *plan) partsOf(m *cube.Measure) (list []*part) {
	for _, base := range m.Bases() {
		for _, t := range p.parts {
			if t.name == p.partOf[base.Name] {
				list = append(list, t)
			}
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

// value is the SQL of a measure from the parts of its level.
func (p *plan) value(m *cube.Measure) string {
	return valueOf(m, func(base *cube.Measure) string { return quote(p.partOf[base.Name]) })
}

func (p *plan) showParts() string {
	var lines []string
	for _, t := range p.parts {
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
