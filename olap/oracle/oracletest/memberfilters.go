package oracletest

import (
	"fmt"

	"verso/olap/cube"
)

// memberFilter is now and then a condition on trees or sets; without an
// operator at other times.
func (g *Questions) memberFilter(c *cube.Cube) cube.Filter {
	r := g.Rand
	u := c.Dimensions[r.IntN(len(c.Dimensions))]
	if n := len(u.Of.Parents); n > 0 && g.has(FilterUnder, 3) {
		f := cube.Filter{Field: u.Name + "." + u.Of.Parents[r.IntN(n)].Name, Op: []string{"under", "not_under"}[r.IntN(2)]}
		for range 1 + r.IntN(2) {
			f.Values = append(f.Values, []string{fmt.Sprint(1 + r.IntN(9)), "North", "U3", "U4 South", "T", "TP", "Employee 2", cube.Unknown}[r.IntN(8)])
		}
		return f
	}
	if n := len(u.Of.Sets); n > 0 && g.has(FilterSets, 3) {
		f := cube.Filter{Field: u.Name, Op: []string{"in_set", "not_in_set"}[r.IntN(2)]}
		for range 1 + r.IntN(2) {
			f.Values = append(f.Values, u.Of.Sets[r.IntN(n)].Name)
		}
		return f
	}
	return cube.Filter{}
}
