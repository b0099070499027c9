package oracle

import (
	"slices"

	"verso/olap/cube"
)

// Extra holds what the evaluator understands and the model has no fields for.
// Where the model gains a field, the function of this file that reads Extra
// reads the model instead, and nothing else changes.
type Extra struct {
	Measures   map[string]Definition        // "cube.measure" → how it is computed, instead of the model's
	Scenarios  map[string]map[string]string // cube → scenario → the cube that holds it
	Combines   map[string][]string          // virtual cube → the cubes whose measures it has
	Sets       map[string]Set               // named sets
	Trees      map[string]Tree              // dimension → its parents
	Levels     map[string]int               // "dimension.attribute" → depth from 1 in the dimension's tree
	Hidden     map[string][]string          // "dimension.attribute" → keys of members left out of the rows and columns
	Defaults   map[string]cube.Filter       // dimension → what holds where a query says nothing of the dimension
	Calculated map[string][]Calculated      // "dimension.attribute" → further members
}

// Definition is how a measure is computed.
type Definition struct {
	Kind        string // of cube, or one of the kinds below
	Column      string
	WhenKnown   string
	Numerator   string
	Denominator string
	Weight      string  // weighted: the column of weights
	Quantile    float64 // quantile: 0 to 1
	OverTime    string  // sum: "", last, first, average
	Formula     *Formula
	Type        string
	LowerWins   bool
}

// Kinds of measures beside those of the model.
const (
	Average  = "average"  // mean of the known values
	Weighted = "weighted" // mean of the values by weight, over facts that have both
	Quantile = "quantile" // between the closest ranks, linearly
	Formulas = "formula"
	Approx   = "approx" // distinct count within Tolerance
)

// Tolerance is the relative error that an approximate distinct count may have.
const Tolerance = 0.1

// Formula is arithmetic over measures: a measure, a number, or an operator
// between two formulas.
type Formula struct {
	Measure     string
	Number      string // a decimal
	Op          byte   // + - * /
	Left, Right *Formula
}

// Set is a named set of members of an attribute: those of facts that a
// condition keeps, or the best by a measure among all of the cube's facts.
type Set struct {
	Where   []cube.Filter
	N       int
	Percent bool
	By      string
	Bottom  bool
}

// Tree is a parent-child hierarchy: the column of the parent's key in the
// dimension's table, -1 or no value above the roots.
type Tree struct{ Parent string }

// Calculated is a member made of others: its facts are theirs.
type Calculated struct {
	Name string
	Keys []string
}

// definition is how a measure of a cube is computed.
func (o *Oracle) definition(c *cube.Cube, name string) Definition {
	if d, ok := o.extra.Measures[c.Name+"."+name]; ok {
		return d
	}
	m := c.Measure(name)
	return Definition{Kind: m.Kind, Column: m.Column, WhenKnown: m.WhenKnown, Numerator: m.Numerator,
		Denominator: m.Denominator, Type: m.ValueType(), LowerWins: m.LowerIsBetter}
}

// measureName is the measure's own name, found by name or synonym.
func (o *Oracle) measureName(c *cube.Cube, name string) string {
	for _, part := range o.parts(c) {
		if _, ok := o.extra.Measures[part.Name+"."+name]; ok {
			return name
		}
		if m := part.Measure(name); m != nil {
			return m.Name
		}
	}
	return ""
}

// parts are the cubes whose facts a cube stands for: itself, or those combined.
func (o *Oracle) parts(c *cube.Cube) (list []*cube.Cube) {
	for _, name := range o.extra.Combines[c.Name] {
		list = append(list, o.model.Cube(name))
	}
	if list == nil {
		list = []*cube.Cube{c}
	}
	return list
}

// cubeOf is the cube whose facts a measure is over, in a scenario or none.
func (o *Oracle) cubeOf(c *cube.Cube, measure, scenario string) *cube.Cube {
	for _, part := range o.parts(c) {
		if _, ok := o.extra.Measures[part.Name+"."+measure]; !ok && part.Measure(measure) == nil {
			continue
		}
		if scenario == "" {
			return part
		}
		other := o.extra.Scenarios[part.Name][scenario]
		if other == "" {
			refuse("cube %s has no %s", part.Name, scenario)
		}
		return o.model.Cube(other)
	}
	panic("oracle: no measure " + measure + " in cube " + c.Name)
}

// grainOf is the period that an attribute of a date dimension names: year,
// half, quarter, month, week or day; "" if it recurs, as weekdays do.
//
// Choice: a term counts as a half year, fiscal and academic years as years.
func grainOf(a *cube.Attribute) string {
	switch a.Name {
	case "year", "fiscal_year", "academic_year":
		return "year"
	case "quarter", "fiscal_quarter":
		return "quarter"
	case "term":
		return "half"
	case "half", "month", "week", "day":
		return a.Name
	}
	return ""
}

// The columns of a date dimension that windows need beside the date itself.
const (
	fiscalYear   = "fiscal_year"
	academicYear = "academic_year"
	workday      = "is_workday"
)

// hidden reports whether a member is left out of rows and columns.
func (o *Oracle) hidden(field string, m *member) bool {
	return slices.Contains(o.extra.Hidden[field], m.key())
}
