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
	name    string // its column in the SQL: the name of the measure, with its scope
	measure *cube.Measure
	stream  *stream
	extra   string // not of facts but of the days they stand on: extraDays, extraWork; "": of facts
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
		p.addTerm(t)
		if a.ref.Calc == cube.LikeForLike {
			p.addPart(t.first(), extraWork)
		}
	}
}

func (p *plan) addTerm(t term) {
	if t.measure.Kind == cube.Ratio {
		p.addTerm(t.of(t.measure.Numerator))
		p.addTerm(t.of(t.measure.Denominator))
		return
	}
	p.addPart(t, "")
	if t.measure.OverTime == cube.Average {
		p.addPart(t, extraDays)
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
	if t.measure.Kind == cube.Distinct && extra == "" {
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

// number is the SQL of a measure in a scope from the parts of its level. A ratio
// divides there; by zero it has no value.
//
// Amounts are divided as whole ten-thousandths, their smallest unit: below 2^53
// of them (900 billion) the quotient is the correctly rounded one, so that equal
// ratios are equal numbers and tie in a ranking.
func (p *plan) number(t term) string {
	m := t.measure
	switch {
	case m.OverTime == cube.Average:
		return p.average(t)
	case m.Kind != cube.Ratio:
		return quote(p.part(t, "").name)
	}
	n, d := t.of(m.Numerator), t.of(m.Denominator)
	whole := n.measure.ValueType() == "decimal" || d.measure.ValueType() == "decimal"
	return divisible(p.number(n), n.measure.ValueType(), whole) + " / NULLIF(" + divisible(p.number(d), d.measure.ValueType(), whole) + ", 0)"
}

// divisible is a value of a type as DOUBLE, in ten-thousandths where asked.
func divisible(sql, kind string, tenThousandths bool) string {
	value := "CAST(" + sql + " AS DOUBLE)"
	switch {
	case tenThousandths && kind == "decimal":
		return "round(" + value + " * 10000)"
	case tenThousandths:
		return value + " * 10000"
	}
	return value
}

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
