package oracletest

import (
	"slices"
	"strings"

	"verso/olap/cube"
	"verso/olap/olaptest"
)

// Shrink makes a query that fails smaller, part by part, as long as it fails.
func Shrink(q cube.Query, fails func(cube.Query) bool) cube.Query {
	for smaller := true; smaller; {
		smaller = false
		for _, candidate := range smallerQueries(q) {
			if fails(candidate) {
				q, smaller = candidate, true
				break
			}
		}
	}
	return q
}

// smallerQueries are a query with one thing less, in every way there is.
func smallerQueries(q cube.Query) (list []cube.Query) {
	with := func(change func(*cube.Query)) {
		c := q
		change(&c)
		list = append(list, c)
	}
	for i := range q.Where {
		with(func(c *cube.Query) { c.Where = without(q.Where, i) })
	}
	for i := range q.Measures {
		if len(q.Measures) > 1 {
			with(func(c *cube.Query) {
				c.Measures = without(q.Measures, i)
				c.Sort = slices.DeleteFunc(slices.Clone(q.Sort), func(s cube.Sort) bool { return s.By == q.Measures[i] })
			})
		}
	}
	for i := range q.Rows {
		with(func(c *cube.Query) {
			c.Rows = without(q.Rows, i)
			c.Sort = slices.DeleteFunc(slices.Clone(q.Sort), func(s cube.Sort) bool { return s.By == q.Rows[i] })
			if len(c.Rows) == 0 || q.Top != nil && q.Top.Field == q.Rows[i] {
				c.Top = nil
			}
			if len(c.Rows) == 0 {
				c.Having = nil
			}
		})
	}
	for i := range q.Columns {
		with(func(c *cube.Query) {
			c.Columns = without(q.Columns, i)
			c.Sort = slices.DeleteFunc(slices.Clone(q.Sort), func(s cube.Sort) bool { return len(s.Members) > 0 })
		})
	}
	for i := range q.Sort {
		with(func(c *cube.Query) { c.Sort = without(q.Sort, i) })
	}
	for i := range q.Having {
		with(func(c *cube.Query) { c.Having = without(q.Having, i) })
	}
	for i := range q.Compare {
		with(func(c *cube.Query) { c.Compare = without(q.Compare, i) })
	}
	for _, change := range smallerParts(q) {
		with(change)
	}
	return list
}

// smallerParts simplify what cannot be left out.
func smallerParts(q cube.Query) (changes []func(*cube.Query)) {
	when := func(is bool, change func(*cube.Query)) {
		if is {
			changes = append(changes, change)
		}
	}
	when(q.Time != nil, func(c *cube.Query) { c.Time = nil })
	when(q.Top != nil, func(c *cube.Query) { c.Top = nil })
	if q.Top != nil {
		top := func(change func(*cube.Top)) func(*cube.Query) {
			return func(c *cube.Query) { t := *q.Top; change(&t); c.Top = &t }
		}
		when(q.Top.Others, top(func(t *cube.Top) { t.Others = false }))
		when(q.Top.Percent, top(func(t *cube.Top) { t.Percent = false }))
		when(q.Top.Field != "", top(func(t *cube.Top) { t.Field = "" }))
	}
	when(q.Totals.Grand, func(c *cube.Query) { c.Totals.Grand = false })
	when(q.Totals.Rows, func(c *cube.Query) { c.Totals.Rows = false })
	when(q.Totals.Cols, func(c *cube.Query) { c.Totals.Cols = false })
	when(q.Totals.ColSub, func(c *cube.Query) { c.Totals.ColSub = false })
	for i, f := range q.Where {
		for _, inner := range slices.Concat(f.Any, f.All) {
			when(true, func(c *cube.Query) { c.Where = replaced(q.Where, i, inner) })
		}
		for j := range f.Any {
			when(len(f.Any) > 1, func(c *cube.Query) { c.Where = replaced(q.Where, i, cube.Filter{Any: without(f.Any, j)}) })
		}
		for j := range f.All {
			when(len(f.All) > 1, func(c *cube.Query) { c.Where = replaced(q.Where, i, cube.Filter{All: without(f.All, j)}) })
		}
		for j := range f.Values {
			fewer := f
			fewer.Values = without(f.Values, j)
			when(strings.HasSuffix(f.Op, "in") && len(f.Values) > 1, func(c *cube.Query) { c.Where = replaced(q.Where, i, fewer) })
		}
	}
	for i, text := range q.Measures {
		r, err := cube.ParseRef(text)
		for _, simpler := range []cube.Ref{{Measure: r.Measure}, {Measure: r.Measure, Window: r.Window, Against: r.Against},
			{Measure: r.Measure, Against: r.Against, Calc: r.Calc}, {Measure: r.Measure, Window: r.Window}} {
			s := simpler.String()
			when(err == nil && simpler != r && !slices.Contains(q.Measures, s), func(c *cube.Query) {
				c.Measures = replaced(q.Measures, i, s)
				c.Sort = slices.DeleteFunc(slices.Clone(q.Sort), func(s cube.Sort) bool { return s.By == text })
			})
		}
	}
	return changes
}

func without[T any](list []T, i int) []T { return slices.Delete(slices.Clone(list), i, i+1) }

func replaced[T any](list []T, i int, v T) []T {
	list = slices.Clone(list)
	list[i] = v
	return list
}

// ShrinkFacts takes facts out of a table, halves first, then fewer, as long as
// the rest fails, in so many tries. The data is changed in place.
func ShrinkFacts(t *olaptest.Table, tries int, fails func() bool) {
	for size := (len(t.Rows) + 1) / 2; size > 0 && tries > 0; {
		removed := false
		for from := 0; from < len(t.Rows) && tries > 0; {
			all := t.Rows
			t.Rows = slices.Delete(slices.Clone(all), from, min(from+size, len(all)))
			tries--
			if fails() {
				removed = true
				continue
			}
			t.Rows = all
			from += size
		}
		if size == 1 && !removed {
			break
		}
		size = max(min(size/2, (len(t.Rows)+1)/2), 1)
		if len(t.Rows) == 0 {
			break
		}
	}
}
