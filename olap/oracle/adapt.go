package oracle

import (
	"slices"

	"verso/olap/cube"
	"verso/olap/formula"
)

// Definition is how a measure is computed, as the model says it.
type Definition struct {
	Kind        string // of cube
	Column      string
	WhenKnown   string
	WhenTrue    string
	Numerator   string
	Denominator string
	Weight      string        // weighted: the column of weights
	Quantile    float64       // quantile: 0 to 1
	OverTime    string        // sum: "", last, first, average
	Formula     *formula.Expr // formula: as parsed; what it means is for the evaluator to say
	Type        string
	Scale       int
	LowerWins   bool
}

// Tolerance is the relative error that an approximate distinct count may have:
// four standard errors.
const Tolerance = 4 * cube.ApproxError

// definition is how a measure of a cube is computed.
func (o *Oracle) definition(c *cube.Cube, name string) Definition {
	m := c.Measure(name)
	d := Definition{Kind: m.Kind, Column: m.Column, WhenKnown: m.WhenKnown, WhenTrue: m.WhenTrue, Numerator: m.Numerator,
		Denominator: m.Denominator, Weight: m.Weight, Type: m.ValueType(), Scale: m.Scale(), LowerWins: m.LowerIsBetter}
	if d.OverTime = m.OverTime; d.OverTime == cube.Average {
		d.Type, d.Scale = m.ColumnType() // of the sum that is divided
	}
	if m.Q != nil {
		d.Quantile = *m.Q
	}
	if m.Kind == cube.Formula {
		d.Formula = m.Expr()
	}
	return d
}

// measureName is the measure's own name, found by name or synonym.
func (o *Oracle) measureName(c *cube.Cube, name string) string {
	if m := c.Measure(name); m != nil {
		return m.Name
	}
	return ""
}

// parts are the cubes whose facts a cube stands for: itself, or those combined.
func (o *Oracle) parts(c *cube.Cube) (list []*cube.Cube) {
	for _, from := range c.Combines {
		list = append(list, from.Of)
	}
	if list == nil {
		list = []*cube.Cube{c}
	}
	return list
}

// cubeOf is the cube whose facts a measure is over, in a scenario or none.
func (o *Oracle) cubeOf(c *cube.Cube, measure, scenario string) *cube.Cube {
	in := c.Home(c.Measure(measure))
	if scenario == "" {
		return in
	}
	s := c.Scenario(scenario)
	if s == nil || s.Of.Measure(measure) == nil {
		refuse("cube %s has no %s of %s", c.Name, scenario, measure)
	}
	return s.Of
}

// grainOf is the period that an attribute of a date dimension names: year,
// half, quarter, month, week or day; "" if it recurs, as weekdays do. A term
// counts as a half year, fiscal and academic years as years.
func grainOf(a *cube.Attribute) string {
	switch a.Grain {
	case "fiscal_year", "academic_year":
		return "year"
	case "fiscal_quarter":
		return "quarter"
	case "term":
		return "half"
	}
	return a.Grain
}

// The columns of a date dimension that windows need beside the date itself.
const (
	fiscalYear   = "fiscal_year"
	academicYear = "academic_year"
	workday      = "is_workday"
)

// hidden reports whether a member of an attribute is left out of rows and columns.
func (o *Oracle) hidden(a *cube.Attribute, m *member) bool {
	return slices.ContainsFunc(a.Hide, m.is)
}
