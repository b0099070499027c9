package compile

import (
	"slices"

	"verso/olap/cube"
)

// Ingredient is a part as a rollup is filled with it.
type Ingredient struct {
	Name      string
	Measure   *cube.Measure
	Input     string // SQL of the value of a fact row f; "" for a count of all rows
	Aggregate string // SQL that aggregates the inputs, which go by Name
	KeyOf     string // a distinct count of this dimension's members, of all facts; "" for any other
}

// Distinct reports whether it is a distinct count, which does not add up.
func (i Ingredient) Distinct() bool { return i.Measure.Kind == cube.Distinct }

// Meaning changes whenever the ingredient means something else.
func (i Ingredient) Meaning() string {
	return i.Measure.Kind + " of " + i.Input + " as " + i.Measure.ValueType()
}

// Ingredients are the parts that a rollup holds, each once, in the order of
// the cube's measures; and those asked for that no rollup can hold.
func Ingredients(c *cube.Cube, r *cube.Rollup) (list []Ingredient, left []string) {
	p := &plan{cube: c}
	for _, m := range c.Measures {
		if len(r.Measures) == 0 && !slices.ContainsFunc(m.Bases(), func(b *cube.Measure) bool { return b.Kind == cube.Distinct || !(&part{measure: b}).merges() }) {
			p.addParts(plainly(m))
		}
	}
	for _, names := range [][]string{r.Measures, r.Distinct} {
		for _, name := range names {
			p.addParts(plainly(c.Measure(name)))
		}
	}
	for _, t := range p.parts {
		if !t.merges() {
			left = append(left, t.name)
			continue
		}
		i := Ingredient{Name: t.name, Measure: t.measure, Input: t.input(), Aggregate: t.aggregate()}
		if u := keyUse(c, t); u != nil && i.Distinct() && len(t.measure.KnownColumns()) == 0 && t.measure.WhenTrue == "" {
			i.KeyOf = u.Name
		}
		list = append(list, i)
	}
	return list, left
}

// plainly is a measure asked for as it stands.
func plainly(m *cube.Measure) *asked { return &asked{ref: cube.Ref{Measure: m.Name}, measure: m} }

// merges reports whether the part of a whole follows from what a rollup keeps
// of its parts, to the last digit: a sum of doubles depends on its order.
func (t *part) merges() bool {
	if t.extra != "" || t.measure.OverTime != "" {
		return false
	}
	switch t.measure.Kind {
	case cube.Count, cube.Min, cube.Max, cube.Distinct:
		return true
	case cube.Sum:
		return t.measure.ValueType() != "double"
	}
	return false
}
