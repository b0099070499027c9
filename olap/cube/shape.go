package cube

import "slices"

// Shape is a question without the values that it filters and sorts by: which
// attributes, operators and measures it has. Logs keep shapes, for values may be
// names of people.
func Shape(q Query) Query {
	q.Where = shapes(q.Where)
	q.Sort = slices.Clone(q.Sort)
	for i := range q.Sort {
		q.Sort[i].Members = nil
	}
	return q
}

func shapes(filters []Filter) (list []Filter) {
	for _, f := range filters {
		list = append(list, Filter{Field: f.Field, Op: f.Op, Any: shapes(f.Any), All: shapes(f.All)})
	}
	return list
}
