package compile

import (
	"fmt"
	"slices"
	"strings"

	"verso/olap/cube"
)

// part is a base aggregate over fact rows, computed by the database; ratios
// are made of parts.
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
	if m.Kind == cube.Ratio {
		p.addParts(p.cube.Measure(m.Numerator))
		p.addParts(p.cube.Measure(m.Denominator))
		return
	}
	if _, known := p.partOf[m.Name]; known {
		return
	}
	p.partOf[m.Name] = m.Name
	p.parts = append(p.parts, &part{name: m.Name, measure: m})
	if m.Kind == cube.Distinct {
		p.additive = false
	}
}

// partsOf are the parts that a measure is made of, each once.
func (p *plan) partsOf(m *cube.Measure) (list []*part) {
	if m.Kind == cube.Ratio {
		n, d := p.partsOf(p.cube.Measure(m.Numerator)), p.partsOf(p.cube.Measure(m.Denominator))
		for _, t := range slices.Concat(n, d) {
			if !slices.Contains(list, t) {
				list = append(list, t)
			}
		}
		return list
	}
	for _, t := range p.parts {
		if t.name == p.partOf[m.Name] {
			list = append(list, t)
		}
	}
	return list
}

// input is the SQL of the value that a fact row contributes, "" for a count of
// all rows.
func (t *part) input() string {
	m := t.measure
	column := "f." + quote(m.Column)
	switch m.Kind {
	case cube.Count:
		if m.WhenKnown == "" {
			return ""
		}
		return "CASE WHEN f." + quote(m.WhenKnown) + " IS NOT NULL THEN 1 END"
	case cube.Distinct:
		column = "NULLIF(" + column + ", -1)"
	}
	if m.WhenKnown == "" {
		return column
	}
	return "CASE WHEN f." + quote(m.WhenKnown) + " IS NOT NULL THEN " + column + " END"
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
	case cube.Min:
		return "min(" + column + ")"
	case cube.Max:
		return "max(" + column + ")"
	}
	return t.sum()
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

// value is the SQL of a measure from the parts of its level. A ratio divides
// there; by zero it has no value.
//
// Amounts are divided as whole ten-thousandths, their smallest unit: below 2^53
// of them (900 billion) the quotient is the correctly rounded one, so that equal
// ratios are equal numbers and tie in a ranking.
func (p *plan) value(m *cube.Measure) string {
	if m.Kind != cube.Ratio {
		return quote(p.partOf[m.Name])
	}
	n, d := p.cube.Measure(m.Numerator), p.cube.Measure(m.Denominator)
	whole := n.ValueType() == "decimal" || d.ValueType() == "decimal"
	return p.divisible(n, whole) + " / NULLIF(" + p.divisible(d, whole) + ", 0)"
}

// divisible is a part of a ratio as DOUBLE, in ten-thousandths where asked.
func (p *plan) divisible(m *cube.Measure, tenThousandths bool) string {
	value := "CAST(" + p.value(m) + " AS DOUBLE)"
	switch {
	case tenThousandths && m.ValueType() == "decimal":
		return "round(" + value + " * 10000)"
	case tenThousandths:
		return value + " * 10000"
	}
	return value
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
