package compile

import (
	"fmt"
	"strconv"
	"strings"

	"verso/olap/cube"
	"verso/olap/formula"
)

// sqlOf gives the SQL of an aggregate of facts in the group at hand.
type sqlOf func(base *cube.Measure) string

// valueOf is the SQL of a measure's value from its bases, computed within one
// row of a level. It is the same for every scope of time: what differs is where
// the bases stand.
func valueOf(m *cube.Measure, base sqlOf) string {
	e := m.Expr()
	if e == nil {
		return base(m)
	}
	if e.Op == formula.OpDivide {
		return base.divide(e)
	}
	sql := base.of(e)
	if e.Type == "integer" {
		return "CAST(" + sql + " AS BIGINT)"
	}
	return sql
}

// of is the SQL of an expression: integers as BIGINT or DECIMAL(38,0), decimals
// as DECIMAL(38, their scale), doubles as DOUBLE.
func (base sqlOf) of(e *formula.Expr) string {
	switch e.Op {
	case formula.OpMeasure:
		return base.measure(e)
	case formula.OpNumber:
		return cast(e.Number, e.Type, e.Scale)
	case formula.OpAdd:
		return base.add(e)
	case formula.OpTimes:
		return "(" + base.factor(e, e.Args[0]) + " * " + base.factor(e, e.Args[1]) + ")"
	case formula.OpDivide:
		return "(" + base.divide(e) + ")"
	case formula.OpNegative:
		return "(- " + base.of(e.Args[0]) + ")"
	case formula.OpRoot:
		return "sqrt(" + base.of(e.Args[0]) + ")"
	case "abs":
		return "abs(" + base.of(e.Args[0]) + ")"
	case "if":
		c := e.Args[0]
		kind, scale := formula.WidestType(c.Args)
		return fmt.Sprintf("CASE WHEN %s %s %s THEN %s ELSE %s END", base.as(c.Args[0], kind, scale), c.Op, base.as(c.Args[1], kind, scale),
			base.as(e.Args[1], e.Type, e.Scale), base.as(e.Args[2], e.Type, e.Scale))
	case "nullif":
		kind, scale := formula.WidestType(e.Args)
		value := "NULLIF(" + base.list(e.Args, kind, scale) + ")"
		if kind == e.Type && scale == e.Scale {
			return value
		}
		return cast(value, e.Type, e.Scale)
	}
	function := map[string]string{"min": "LEAST", "max": "GREATEST", "coalesce": "COALESCE"}[e.Op]
	return function + "(" + base.list(e.Args, e.Type, e.Scale) + ")"
}

// measure is the value of another measure, in the SQL type that its type goes
// by: what the database gives for a least value is that of the column.
func (base sqlOf) measure(e *formula.Expr) string {
	m := cube.Of(e.Measure)
	if inner := m.Expr(); inner != nil {
		return base.of(inner)
	}
	if m.Counts() || m.Kind == cube.Sum && e.Type == "integer" {
		return base(m)
	}
	return cast(base(m), e.Type, e.Scale)
}

func cast(sql, kind string, scale int) string {
	switch kind {
	case "decimal":
		return "CAST(" + sql + " AS DECIMAL(38," + strconv.Itoa(scale) + "))"
	case "double":
		return "CAST(" + sql + " AS DOUBLE)"
	}
	return "CAST(" + sql + " AS BIGINT)"
}

// as is an expression in a type that holds its values.
func (base sqlOf) as(e *formula.Expr, kind string, scale int) string {
	switch {
	case e.Type == kind && e.Scale == scale:
		return base.of(e)
	case kind == "integer":
		return base.of(e)
	case e.Op == formula.OpNumber:
		return cast(e.Number, kind, scale)
	case e.Op == formula.OpMeasure && e.Measure.Expr() == nil:
		return cast(base(cube.Of(e.Measure)), kind, scale)
	}
	return cast(base.of(e), kind, scale)
}

func (base sqlOf) list(args []*formula.Expr, kind string, scale int) string {
	list := make([]string, len(args))
	for i, a := range args {
		list[i] = base.as(a, kind, scale)
	}
	return strings.Join(list, ", ")
}

// add is a sum in which what is missing counts as 0, unless all is.
func (base sqlOf) add(e *formula.Expr) string {
	var sum strings.Builder
	var there []string
	certain := false
	for i, a := range e.Args {
		sign := " + "
		if a.Op == formula.OpNegative {
			sign, a = " - ", a.Args[0]
		}
		if i == 0 && sign == " + " {
			sign = ""
		}
		value := base.as(a, e.Type, e.Scale)
		present := a.Op == formula.OpNumber || a.Op == formula.OpMeasure && cube.Of(a.Measure).Counts()
		certain = certain || present
		there = append(there, value)
		if a.Op != formula.OpNumber {
			value = "COALESCE(" + value + ", 0)"
		}
		sum.WriteString(sign + value)
	}
	if certain {
		return "(" + strings.TrimPrefix(sum.String(), " ") + ")"
	}
	return "CASE WHEN COALESCE(" + strings.Join(there, ", ") + ") IS NOT NULL THEN " + strings.TrimPrefix(sum.String(), " ") + " END"
}

// factor is a factor of a product: exact where the product is.
func (base sqlOf) factor(product, e *formula.Expr) string {
	if product.Type == "double" {
		return base.as(e, "double", 0)
	}
	return base.as(e, "decimal", e.Scale)
}

// divide divides; by zero there is no value.
//
// Amounts are divided as whole ten-thousandths, their smallest unit: below 2^53
// of them (900 billion) the quotient is the correctly rounded one, so that equal
// ratios are equal numbers and tie in a ranking. Products of amounts have more
// decimals, and the same holds for their smallest unit.
func (base sqlOf) divide(e *formula.Expr) string {
	a, b := e.Args[0], e.Args[1]
	scale := max(a.Scale, b.Scale)
	if a.Type == "double" || b.Type == "double" {
		scale = 0
	}
	return base.units(a, scale) + " / NULLIF(" + base.units(b, scale) + ", 0)"
}

// units is a part of a quotient as DOUBLE, in units of so many decimals.
func (base sqlOf) units(e *formula.Expr, scale int) string {
	value := base.of(e)
	if e.Op == formula.OpMeasure && e.Measure.Expr() == nil {
		value = base(cube.Of(e.Measure))
	}
	return inUnits(value, e.Type, scale)
}

// inUnits is a value of a type as DOUBLE, in units of so many decimals.
func inUnits(value, kind string, scale int) string {
	value = "CAST(" + value + " AS DOUBLE)"
	unit := "1" + strings.Repeat("0", scale)
	switch {
	case scale == 0:
		return value
	case kind == "decimal":
		return "round(" + value + " * " + unit + ")"
	}
	return value + " * " + unit
}
