package cube

import (
	"slices"
	"strings"
)

// Combine is a cube, some of whose measures another cube takes (drill-across).
type Combine struct {
	Cube     string   `yaml:"cube"`     // one with facts
	Measures []string `yaml:"measures"` // those it takes

	Of *Cube `yaml:"-"`
}

// Scenario is a second set of facts, such as a plan, that the measures of a
// cube can be compared with: a cube that has measures of the same names.
type Scenario struct {
	Name  string `yaml:"name"`  // as in net@plan
	Cube  string `yaml:"cube"`  // the one with its facts
	Label Text   `yaml:"label"` // empty: the label of its cube

	Of *Cube `yaml:"-"`
}

// Virtual reports whether the cube has no facts of its own.
func (c *Cube) Virtual() bool { return len(c.Combines) > 0 }

// Home is the cube whose facts a measure of c is computed from: c itself, or
// the one combined that the measure is taken from. Measures of c that are made
// of others are at home in c.
func (c *Cube) Home(m *Measure) *Cube {
	if home := c.home[m]; home != nil {
		return home
	}
	return c
}

// Scenario returns a scenario of the cube by name, or nil.
func (c *Cube) Scenario(name string) *Scenario {
	for _, s := range c.Scenarios {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// inOrder puts cubes that extend or combine after those they need.
func inOrder(cubes []placedCube) []placedCube {
	virtual := map[string]bool{}
	for _, c := range cubes {
		virtual[c.cube.Name] = virtual[c.cube.Name] || c.cube.Virtual() && !c.cube.Extends
	}
	rank := func(c placedCube) int {
		switch {
		case c.cube.Extends && virtual[c.cube.Name]:
			return 3
		case c.cube.Virtual():
			return 2
		case c.cube.Extends:
			return 1
		}
		return 0
	}
	sorted := slices.Clone(cubes)
	slices.SortStableFunc(sorted, func(a, b placedCube) int { return rank(a) - rank(b) })
	return sorted
}

// addVirtual adds a cube without facts: the measures it takes from others, its
// own, which are made of these, and the dimensions that all of them have.
func (l *loader) addVirtual(c *Cube, p place) {
	if c.Table != "" {
		l.fail(p.key("table"), "cube %s combines others and has no table of its own", c.Name)
	}
	if len(c.Dimensions) > 0 {
		l.fail(p.key("dimensions"), "cube %s combines others: its dimensions are those they share", c.Name)
		c.Dimensions = nil
	}
	for i, m := range c.Measures {
		if m.Column != "" || m.Kind == Count {
			l.fail(p.item("measures", i), "measure %s: cube %s has no facts; its own measures are made of those it combines", m.Name, c.Name)
		}
	}
	taken := l.take(c, p)
	l.fillCube(c, c, p)
	c.Measures = append(taken, c.Measures...)
	if first := c.Combines[0].Of; first != nil {
		for _, u := range first.Dimensions {
			if len(c.Lacking(u.Name)) == 0 {
				c.Dimensions = append(c.Dimensions, u)
				c.uses[u.Name] = u
			}
		}
	}
}

// take finds the measures that a cube takes from others.
func (l *loader) take(c *Cube, p place) (taken []*Measure) {
	for i, from := range c.Combines {
		at := p.item("combines", i)
		from.Of = l.model.cubes[from.Cube]
		switch {
		case from.Of == nil || from.Of.Virtual():
			l.fail(at, "cube %s: no cube %q with facts to combine; %s", c.Name, from.Cube, Hint(from.Cube, l.factCubes()))
			from.Of = nil
			continue
		case len(from.Measures) == 0:
			l.fail(at, "cube %s: say which measures of %s it takes", c.Name, from.Cube)
		}
		for j, name := range from.Measures {
			m := from.Of.measures[name]
			switch {
			case m == nil:
				l.fail(at.item("measures", j), "cube %s has no measure %q; %s", from.Cube, name, Hint(name, allMeasureNames(from.Of)))
				continue
			case c.measures[name] != nil:
				l.fail(at.item("measures", j), "cube %s has measure %s twice", c.Name, name)
				continue
			}
			c.measures[name], c.home[m] = m, from.Of
			for _, s := range m.Synonyms {
				if c.Measure(s) == nil {
					c.synonyms[s] = name
				}
			}
			taken = append(taken, m)
		}
	}
	return taken
}

// Lacking lists the combined cubes that do not have a dimension as the others
// do: by that name, and with the same members.
func (c *Cube) Lacking(use string) (cubes []*Cube) {
	var of *Dimension
	for _, from := range c.Combines {
		if from.Of == nil {
			continue
		}
		u := from.Of.Use(use)
		switch {
		case u == nil || of != nil && u.Of != of:
			cubes = append(cubes, from.Of)
		default:
			of = u.Of
		}
	}
	return cubes
}

// NotShared says why a cube that combines others does not have a dimension that
// some of them have, and what can be asked with it; "" where none has it.
func (c *Cube) NotShared(dimension string) string {
	var with, without []string
	for _, from := range c.Combines {
		if from.Of.Use(dimension) == nil {
			without = append(without, from.Cube)
			continue
		}
		with = append(with, strings.Join(from.Measures, ", ")+" (cube "+from.Cube+")")
	}
	switch {
	case len(with) == 0:
		return ""
	case len(without) == 0:
		return "its cubes have different dimensions named " + dimension + "; ask one of them: " + strings.Join(with, "; ")
	}
	return "cube " + strings.Join(without, ", ") + " does not have the dimension " + dimension + "; with it can be asked " + strings.Join(with, "; ")
}

// TellsApart reports whether facts can be told apart by an attribute of a
// dimension of the cube: not where those of the cube, or of one that it combines,
// stand for longer periods, such as a month for a plan.
func (c *Cube) TellsApart(use string, a *Attribute) bool {
	for _, from := range c.Combines {
		if from.Of != nil && !from.Of.TellsApart(use, a) {
			return false
		}
	}
	u := c.Use(use)
	return u == nil || u.Grain == "" || Nests(u.Grain, a.Grain)
}

func (l *loader) factCubes() (names []string) {
	for _, c := range l.model.Cubes {
		if !c.Virtual() {
			names = append(names, c.Name)
		}
	}
	return names
}

// placedScenario is a scenario whose cube is looked up when all are known.
type placedScenario struct {
	cube     *Cube
	scenario *Scenario
	place    place
}

// checkScenarios finds the cubes of scenarios.
func (l *loader) checkScenarios() {
	for _, x := range l.scenarios {
		c, s := x.cube, x.scenario
		if !l.name(x.place, "scenario", s.Name) {
			continue
		}
		s.Of = l.model.cubes[s.Cube]
		switch {
		case s.Name == "pp" || s.Name == "pw" || againstYear.MatchString(s.Name) || slices.Contains(windows, s.Name) || rollText.MatchString(s.Name):
			l.fail(x.place.key("name"), "scenario name %q has a meaning already", s.Name)
		case c.Scenario(s.Name) != s:
			l.fail(x.place.key("name"), "cube %s has scenario %s twice", c.Name, s.Name)
		case c.Virtual():
			l.fail(x.place, "cube %s combines others and has no scenarios of its own", c.Name)
		case s.Of == nil || s.Of.Virtual() || s.Of == c:
			l.fail(x.place.key("cube"), "scenario %s: no other cube %q with facts; %s", s.Name, s.Cube, Hint(s.Cube, l.factCubes()))
		case !slices.ContainsFunc(c.Measures, func(m *Measure) bool { return s.Of.measures[m.Name] != nil }):
			l.fail(x.place.key("cube"), "scenario %s: cube %s has no measure of a name that cube %s has: %s", s.Name, s.Cube, c.Name,
				strings.Join(firstNames(allMeasureNames(c)), ", "))
		}
	}
}

func firstNames(names []string) []string { return names[:min(len(names), 5)] }
