// Package change answers "why did it change": for a measure between two slices
// of a cube, usually two periods, which members of which attributes contribute
// most, and for money the bridge of price, volume, mix, currency and cost.
//
// Everything is computed from cube answers in exact rational arithmetic, so the
// same data gives the same figures and words, and contributions add up to the
// change: what does not (distinct counts, whose members overlap) is shown as
// the residual.
package change

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"verso/olap"
	"verso/olap/compile"
	"verso/olap/cube"
)

// Question is what to explain.
type Question struct {
	Cube    string
	Measure string        // a sum, count, distinct count or ratio
	Before  Slice         // what After is compared with
	After   Slice         //
	Where   []cube.Filter // of both slices
	By      []string      // attributes to look at; nil: the cube's drivers, else all but those of its dates
	Members int           // members named per attribute; 0: 5
}

// Slice is one side of the comparison.
type Slice struct {
	Label string // in sentences: "2024"
	Time  *cube.Time
	Where []cube.Filter
}

// Answer is why the measure changed. Numbers are int64, engine.Decimal or
// float64 as the measure's own, in its unit; nil where there is no fact.
type Answer struct {
	Question Question
	Measure  *cube.Measure
	Unit     string // of the measure, the report currency filled in
	AsOf     string
	Run      string
	Facts    int64 // fact rows of both slices
	Before   any
	After    any
	Delta    any     // nil where Before and After are
	Splits   []Split // the most concentrated first; those of many members at the end
	Bridge   *Bridge // nil where the cube declares none for the measure
	Words    []string
}

// Split is the change along one attribute.
type Split struct {
	Field, Label string
	Count        int            // members with facts in either slice
	Members      []Contribution // the largest, by the size of their contribution
	Rest         *Contribution  // all other members together; nil where there are none
	Residual     any            // change that is no member's: 0 for sums
	// Concentration is how far the change departs from an even one, in which
	// every member would change by the same per cent: half the sum of the
	// distances, as a share of the larger of the two totals; 0 to 1. For ratios:
	// the sum of the sizes of the contributions over that of the change.
	Concentration float64
	Paradox       bool // Simpson's: the total moved against every one of its parts
	all           []Contribution
}

// Contribution is what one member adds to the change.
type Contribution struct {
	Key, Member   string
	Before, After any
	Delta         any     // its part of the change; they add up to it
	Share         float64 // Delta as a share of the whole change; 0 where that is none
	Rate, Mix     any     // of a ratio: by its own ratio changing, and by its weight changing
	exact         *big.Rat
	rate          *big.Rat
}

// manyMembers is where an attribute is too fine to tell a story: with so many
// members any change is concentrated on some.
const manyMembers = 200

func (s *Split) fine() bool { return s.Count > manyMembers }

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// same reports whether another attribute of the dimension, such as a title's
// ISBN beside its ID, splits the change in the same way.
func (s *Split) same(other Split) bool {
	mine, _, _ := strings.Cut(s.Field, ".")
	its, _, _ := strings.Cut(other.Field, ".")
	return mine == its && s.Count == other.Count && slices.EqualFunc(s.all, other.all, func(a, b Contribution) bool {
		return a.exact.Cmp(b.exact) == 0
	})
}

// defaultMembers are named for each attribute.
const defaultMembers = 5

// Explain answers a question. A question that cannot be answered is a
// *compile.QueryError.
func Explain(ctx context.Context, o *olap.Olap, q Question) (*Answer, error) {
	e, err := prepare(o, q)
	if err != nil {
		return nil, err
	}
	if err := e.totals(ctx); err != nil {
		return nil, err
	}
	for _, field := range e.question.By {
		s, err := e.split(ctx, field)
		if err != nil {
			return nil, err
		}
		if s.Count > 1 && !slices.ContainsFunc(e.answer.Splits, s.same) {
			e.answer.Splits = append(e.answer.Splits, *s)
		}
	}
	slices.SortStableFunc(e.answer.Splits, func(a, b Split) int {
		if c := cmp.Compare(b2i(a.fine()), b2i(b.fine())); c != 0 {
			return c
		}
		return cmp.Compare(b.Concentration, a.Concentration)
	})
	if e.answer.Bridge, err = e.bridge(ctx); err != nil {
		return nil, err
	}
	e.answer.Words = e.words()
	return e.answer, nil
}

// explanation is an answer in the making.
type explanation struct {
	olap          *olap.Olap
	cube          *cube.Cube
	question      Question
	answer        *Answer
	before, after *big.Rat // totals; nil where there is no value
	parts         []string // measures asked for: the measure, and the parts of a ratio
	weights       [2]*big.Rat
}

func prepare(o *olap.Olap, q Question) (*explanation, error) {
	e := &explanation{olap: o, question: q}
	for _, c := range o.Cubes() {
		if c.Name == q.Cube {
			e.cube = c
		}
	}
	if e.cube == nil {
		// The compiler words the refusal.
		_, err := o.Explain(cube.Query{Cube: q.Cube, Measures: []string{q.Measure}})
		return nil, err
	}
	m := e.cube.Measure(q.Measure)
	if m == nil {
		_, err := o.Explain(cube.Query{Cube: q.Cube, Measures: []string{q.Measure}})
		return nil, err
	}
	home := e.cube.Home(m)
	switch {
	case m.OverTime == cube.Average:
		return nil, &compile.QueryError{Part: "measure", Name: m.Name, Message: fmt.Sprintf(
			"%s is an average over days, whose rounding leaves a rest; ask for a measure such as %s", m.Name, strings.Join(explainable(e.cube, 3), ", "))}
	case m.Kind == cube.Sum, m.Kind == cube.Count, m.Kind == cube.Distinct:
		e.parts = []string{m.Name}
	case m.Kind == cube.Ratio && (e.cube.Measure(m.Numerator) != home.Measure(m.Numerator) || e.cube.Measure(m.Denominator) != home.Measure(m.Denominator)):
		return nil, &compile.QueryError{Part: "measure", Name: m.Name, Message: fmt.Sprintf(
			"cube %s has %s without its parts %s and %s; ask cube %s", e.cube.Name, m.Name, m.Numerator, m.Denominator, home.Name)}
	case m.Kind == cube.Ratio:
		e.parts = []string{m.Name, m.Numerator, m.Denominator}
	default:
		return nil, &compile.QueryError{Part: "measure", Name: m.Name, Message: fmt.Sprintf(
			"%s is a %s: the changes of its members do not make up its own; ask for a sum, a count or a ratio such as %s",
			m.Name, m.Kind, strings.Join(explainable(e.cube, 3), ", "))}
	}
	if e.question.Members <= 0 {
		e.question.Members = defaultMembers
	}
	if e.question.By == nil {
		e.question.By = attributes(e.cube)
	}
	unit := m.Unit
	if unit == "currency" {
		unit = o.Run().Currency
	}
	e.answer = &Answer{Question: e.question, Measure: m, Unit: unit, AsOf: o.Run().AsOf, Run: o.Run().ID}
	return e, nil
}

// explainable are up to n measures whose change can be explained.
func explainable(c *cube.Cube, n int) (names []string) {
	for _, m := range c.Measures {
		if !m.Hidden && (m.Kind == cube.Sum || m.Kind == cube.Ratio || m.Kind == cube.Count) && len(names) < n {
			names = append(names, m.Name)
		}
	}
	return names
}

// attributes are those that a change is looked at by: the cube's drivers, else
// what it lists but its dates.
func attributes(c *cube.Cube) (fields []string) {
	if len(c.Drivers) > 0 {
		return c.Drivers
	}
	for _, u := range c.Dimensions {
		for _, a := range u.Of.Attributes {
			if !u.Of.Date && !a.Hidden {
				fields = append(fields, u.Name+"."+a.Name)
			}
		}
	}
	return fields
}

// query is one side of the comparison, by some attributes.
func (e *explanation) query(s Slice, measures []string, by ...string) cube.Query {
	return cube.Query{Cube: e.cube.Name, Rows: by, Measures: measures, Time: s.Time,
		Where: slices.Concat(e.question.Where, s.Where), Limit: maxMembers}
}

// maxMembers bounds the members of an attribute, and the items of a bridge.
const maxMembers = 1_000_000

func (e *explanation) totals(ctx context.Context) error {
	sides := [2]Slice{e.question.Before, e.question.After}
	var values [2]*big.Rat
	for i, s := range sides {
		t, err := e.olap.Ask(ctx, e.query(s, e.parts))
		if err != nil {
			return err
		}
		values[i] = rat(t.Rows[0].Cells[0])
		if e.answer.Measure.Kind == cube.Ratio {
			e.weights[i] = rat(t.Rows[0].Cells[2])
			values[i] = over(rat(t.Rows[0].Cells[1]), e.weights[i])
		}
		e.answer.Facts += t.Facts
		*[2]*any{&e.answer.Before, &e.answer.After}[i] = t.Rows[0].Cells[0]
	}
	e.before, e.after = values[0], values[1]
	if e.before != nil || e.after != nil {
		e.answer.Delta = e.value(minus(e.after, e.before))
	}
	return nil
}
