package compile

import (
	"errors"
	"slices"
	"strings"

	"verso/olap/cube"
)

// asked is a column of numbers: a measure, in a scope of time, with a
// calculation.
type asked struct {
	ref     cube.Ref // with the measure's own name
	measure *cube.Measure
}

// ofAnswer are the calculations made of a finished answer, not in SQL.
var ofAnswer = []string{cube.ShareParent, cube.ShareRow, cube.ShareColumn, cube.ShareTotal, cube.Rank, cube.Running, cube.Index}

// computed is what SQL computes: the Ref without a calculation made of the
// finished answer.
func (a *asked) computed() cube.Ref {
	r := a.ref
	if slices.Contains(ofAnswer, r.Calc) {
		r.Calc = ""
	}
	return r
}

// plainRef reads a Ref that SQL can compare: its calculation, if any, is not
// one of the answer.
func (p *plan) plainRef(part, text string) (*asked, error) {
	a, err := p.ask(part, text)
	if err == nil && a.computed() != a.ref {
		return nil, refuse(part, text, "%s is calculated from the finished answer; use %s, or the same without %s", a.ref, a.computed(), a.ref.Calc)
	}
	return a, err
}

// isRef reports whether a sort key is a measure asked for.
func (p *plan) isRef(key string) bool {
	return slices.ContainsFunc(p.measures, func(a *asked) bool { return a.ref.String() == key })
}

// sortRef is the measure asked for that a name means; "" if it is no measure.
func (p *plan) sortRef(name string) (string, error) {
	measure, _, _ := strings.Cut(name, ":")
	measure, _, _ = strings.Cut(measure, "@")
	if p.cube.Measure(measure) == nil {
		return "", nil
	}
	a, err := p.ask("sort", name)
	switch {
	case err != nil:
		return "", err
	case !p.isRef(a.ref.String()):
		return "", refuse("sort", name, "%s is not among the measures asked for", a.ref)
	case a.ref.Calc == cube.Running || a.ref.Calc == cube.Index:
		return "", refuse("sort", name, "%s depends on the order of the rows; sort by %s", a.ref, a.computed())
	}
	return a.ref.String(), nil
}

func summable(c *cube.Cube) (names []string) {
	for _, name := range c.MeasureNames() {
		if k := c.Measure(name).Kind; k == cube.Sum || k == cube.Count {
			names = append(names, name)
		}
	}
	return names
}

// scope is the part of a Ref that says which facts a cell takes.
type scope struct{ window, against string }

func scopeOf(r cube.Ref) scope { return scope{r.Window, r.Against} }

func (s scope) text() string { return cube.Ref{Window: s.window, Against: s.against}.Scope() }

// ask finds the measure of a Ref and checks its scope.
func (p *plan) ask(part, text string) (*asked, error) {
	if p.cube.Measure(text) == nil && !strings.ContainsAny(text, "@:") {
		_, err := p.measure(part, text) // refuses attributes and other names
		return nil, err
	}
	ref, err := cube.ParseRef(text)
	if err != nil {
		var parse *cube.ParseError
		if errors.As(err, &parse) {
			return nil, refuse(part, text, "%s: %s", text, parse.Message)
		}
		return nil, err
	}
	m, err := p.measure(part, ref.Measure)
	if err != nil {
		return nil, err
	}
	ref.Measure = m.Name
	a := &asked{ref, m}
	return a, p.checkRef(part, a)
}

// checkRef refuses comparisons that the cube does not have and calculations
// that the measure does not allow.
func (p *plan) checkRef(part string, a *asked) error {
	r, m := a.ref, a.measure
	if r.Against != "" && !timeComparison(r.Against) {
		s := p.cube.Scenario(r.Against)
		if s == nil {
			return refuse(part, r.String(), "%s: nothing named %q to compare with; %s", r, r.Against, cube.Hint(r.Against, p.comparisons()))
		}
		if s.Of.Measure(m.Name) == nil {
			return refuse(part, r.String(), "%s: cube %s, the %s of %s, has no measure %s; it has %s", r, s.Cube, s.Name, p.cube.Name, m.Name,
				cube.OrList(s.Of.MeasureNames()))
		}
	}
	compared := r.Calc == cube.Delta || r.Calc == cube.Pct || r.Calc == cube.LikeForLike
	switch {
	case r.Calc == cube.Running && (m.Kind != cube.Sum && m.Kind != cube.Count || m.Stock() || r.Window != ""):
		return refuse(part, r.String(), "%s does not add up, so it has no running total; ask for sums and counts of facts: %s",
			a.computed(), strings.Join(firstOf(summable(p.cube), 5), ", "))
	case (compared || r.Calc != "" && r.Calc != cube.Rank) && m.ValueType() == "date":
		return refuse(part, r.String(), "%s is a date, not a number", m.Name)
	case r.Calc == cube.LikeForLike && p.cube.Scenario(r.Against) != nil:
		return refuse(part, r.String(), "%s: lfl compares the days of two periods; a %s has none of its own, ask for %s:pct", r, r.Against, cube.Ref{Measure: r.Measure, Window: r.Window, Against: r.Against})
	case r.Calc == cube.LikeForLike && m.Stock():
		return refuse(part, r.String(), "%s: %s is not added up over days, so it has no value per day; ask for %s:pct", r, m.Name, cube.Ref{Measure: r.Measure, Window: r.Window, Against: r.Against})
	}
	return nil
}

func timeComparison(against string) bool {
	_, years := cube.Ref{Against: against}.YearsBack()
	return years || against == "pp" || against == "pw"
}

// comparisons are those of the cube.
func (p *plan) comparisons() []string {
	list := []string{"py", "pp", "pw", "py2"}
	for _, s := range p.cube.Scenarios {
		list = append(list, s.Name)
	}
	return list
}

// resolveMeasures finds what is asked for. With Compare, every measure asked for
// without scope and calculation is followed by its value, the difference and
// its share for each comparison.
func (p *plan) resolveMeasures() error {
	q := &p.query
	for _, c := range q.Compare {
		if ref, err := cube.ParseRef("x@" + c); err != nil || ref.Against != c {
			return refuse("compare", c, "%q is nothing to compare with; %s", c, cube.Hint(c, p.comparisons()))
		}
	}
	var names []string
	for _, name := range q.Measures {
		a, err := p.ask("measures", name)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(p.measures, func(x *asked) bool { return x.ref == a.ref }) {
			if len(q.Compare) > 0 && a.ref.Against != "" {
				continue // the comparison has brought it along
			}
			return refuse("measures", name, "%s is asked for twice", a.ref)
		}
		p.measures = append(p.measures, a)
		names = append(names, name)
		if a.ref.Scope() != "" || a.ref.Calc != "" {
			continue
		}
		for _, c := range q.Compare {
			for _, calc := range []string{"", cube.Delta, cube.Pct} {
				text := cube.Ref{Measure: a.ref.Measure, Against: c, Calc: calc}.String()
				if slices.Contains(names, text) {
					continue
				}
				with, err := p.ask("compare", text)
				if err != nil {
					return err
				}
				p.measures = append(p.measures, with)
				names = append(names, text)
			}
		}
	}
	q.Measures, q.Compare = names, nil
	return nil
}

// term is a measure of a cube in a scope.
type term struct {
	home    *cube.Cube // whose facts, or whose other measures, it is made of
	measure *cube.Measure
	scope   scope
}

// term is a measure asked for, in a scope; in that of a scenario it is the
// scenario's measure of the same name.
func (p *plan) term(a *asked, s scope) term {
	if x := p.cube.Scenario(s.against); x != nil {
		return term{x.Of, x.Of.Measure(a.measure.Name), s}
	}
	return term{p.cube.Home(a.measure), a.measure, s}
}

// termsOf are the terms of what is asked for: two where it compares.
func (p *plan) termsOf(a *asked) []term {
	list := []term{p.term(a, scopeOf(a.ref))}
	if a.ref.Calc == cube.Delta || a.ref.Calc == cube.Pct || a.ref.Calc == cube.LikeForLike {
		list = append([]term{p.term(a, scopeOf(a.ref.Base()))}, list...)
	}
	return list
}

// bases are the base aggregates that a term is computed from.
func (t term) bases() (list []term) {
	for _, base := range t.measure.Bases() {
		list = append(list, term{t.home.Home(base), base, t.scope})
	}
	return list
}

func (t term) name() string {
	return cube.Ref{Measure: t.measure.Name, Window: t.scope.window, Against: t.scope.against}.String()
}

// describe says how a column of numbers is shown.
func (p *plan) describe(a *asked, column int) Value {
	kind, unit, format := a.measure.Shown(a.ref.Calc)
	return Value{Ref: a.ref, Measure: a.measure, Label: p.cube.Caption(a.ref, p.lang), Type: kind, Unit: unit, Format: format, Column: column}
}
