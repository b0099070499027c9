package cube

import (
	"errors"
	"slices"
	"strings"

	"verso/olap/formula"
)

// resolver gives the measures of a cube that are computed from others their
// expressions: those that they need first.
type resolver struct {
	*loader
	cube *Cube
	done map[*Measure]bool // resolved, true where it went well
	path []string
}

// resolve looks up what the measures of all cubes are computed from, and checks
// what can only be checked then.
func (l *loader) resolve() {
	done := map[*Measure]bool{}
	for _, c := range l.model.Cubes { // those that combine others come last
		r := &resolver{loader: l, cube: c, done: done}
		for _, m := range c.Measures {
			if home := c.Home(m); home != c { // taken from there
				for _, base := range m.Bases() {
					c.home[base] = home
				}
				continue
			}
			if c.measures[m.Name] != m { // a second one of the name, reported
				continue
			}
			if r.measure(m) {
				l.dates(m, l.places[m])
			}
			l.shadows(c, m)
		}
	}
}

// shadows refuses measures by whose names rows or columns could be asked for.
func (l *loader) shadows(c *Cube, m *Measure) {
	for i, name := range append([]string{m.Name}, m.Synonyms...) {
		p, what := l.places[m].key("name"), "measure "+name
		if i > 0 {
			p, what = l.places[m].item("synonyms", i-1), "synonym "+name+" of measure "+m.Name
		}
		for _, u := range c.Dimensions {
			switch {
			case c.uses[u.Name] != u:
			case u.Name == name:
				l.fail(p, "%s has the name of a dimension of cube %s; choose another", what, c.Name)
			case u.Of.Attribute(name) != nil:
				l.fail(p, "%s has the name of an attribute, %s.%s; choose another", what, u.Name, name)
			}
		}
	}
}

// measure reports whether all that m is computed from is there. What is wrong is
// reported once.
func (r *resolver) measure(m *Measure) bool {
	if ok, known := r.done[m]; known {
		return ok
	}
	p := r.places[m]
	if at := slices.Index(r.path, m.Name); at >= 0 {
		loop := append(slices.Clone(r.path[at:]), m.Name)
		r.fail(p.key("name"), "measure %s is computed from itself: %s", m.Name, strings.Join(loop, " → "))
		r.done[m] = false
		return false
	}
	r.path = append(r.path, m.Name)
	ok := r.expression(m, p)
	r.path = r.path[:len(r.path)-1]
	if _, failed := r.done[m]; failed { // in a circle
		return false
	}
	r.done[m] = ok
	return ok
}

func (r *resolver) expression(m *Measure, p place) bool {
	switch m.Kind {
	case Ratio:
		n, d := r.part(m, p, "numerator", m.Numerator), r.part(m, p, "denominator", m.Denominator)
		if n == nil || d == nil {
			return false
		}
		m.expr = divide(n, d)
	case Formula:
		if m.Formula == "" {
			return false
		}
		e, err := formula.Parse(m.Formula)
		var wrong *formula.Error
		if errors.As(err, &wrong) {
			r.inFormula(m, p, wrong.Column, wrong.Message)
			return false
		}
		if !r.names(m, e, p) {
			return false
		}
		if len(e.Bases()) == 0 {
			r.inFormula(m, p, 1, "it names no measure, so it says nothing about facts; write it with one, such as facts * 2")
			return false
		}
		m.expr = e
	default:
		r.only(m, p, "numerator", m.Numerator == "")
		r.only(m, p, "denominator", m.Denominator == "")
		m.expand()
		return slices.Contains(Kinds(), m.Kind)
	}
	m.expr.Infer()
	if m.expr.Size() > formula.MaxSize {
		r.fail(p, "measure %s has more than %d terms when everything it is computed from is written out", m.Name, formula.MaxSize)
		m.expr = nil
		return false
	}
	return true
}

// part is the numerator or denominator of a ratio.
func (r *resolver) part(m *Measure, p place, key, name string) *formula.Expr {
	if name == "" {
		r.fail(p, "measure %s: a ratio needs a %s", m.Name, key)
		return nil
	}
	of := r.cube.measures[name]
	switch {
	case of == nil:
		r.fail(p.key(key), "measure %s: no measure %q; %s", m.Name, name, Hint(name, allMeasureNames(r.cube)))
	case !r.measure(of):
	case of.ValueType() == "date":
		r.fail(p.key(key), "measure %s: %s is a date, not a number", m.Name, name)
	default:
		return &formula.Expr{Op: formula.OpMeasure, Name: of.Name, Measure: of}
	}
	return nil
}

// inFormula reports what is wrong at a column of the measure's formula.
func (r *resolver) inFormula(m *Measure, p place, column int, message string) {
	r.fail(p.key("formula"), "measure %s: %v", m.Name,
		&ParseError{What: "formula", Text: formula.OneLine(m.Formula), Column: column, Message: message})
}

// names looks up the measures of a formula; all that are wrong are reported.
func (r *resolver) names(m *Measure, e *formula.Expr, p place) bool {
	ok := true
	for _, a := range e.Args {
		ok = r.names(m, a, p) && ok
	}
	if e.Op != formula.OpMeasure {
		return ok
	}
	wrong := func(message string) bool {
		r.inFormula(m, p, e.Column, message)
		return false
	}
	of := r.cube.Measure(e.Name)
	switch {
	case of == nil:
		others := slices.DeleteFunc(allMeasureNames(r.cube), func(name string) bool { return name == m.Name })
		return wrong("no measure " + e.Name + "; " + Hint(e.Name, others))
	case !r.measure(of):
		return false
	case of.ValueType() == "date":
		return wrong(of.Name + " is a date, not a number")
	}
	e.Measure, e.Name = of, of.Name
	return ok
}
