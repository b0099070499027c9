package compile

import "slices"

// A condition that holds for no unknown member keeps only facts whose member is
// there: its dimension is narrowed before the join, which is then an inner one.
// That lets the database choose the order of joins by how much each of them
// leaves, and skip facts by the keys that are left.

// narrows reports whether a condition is put to the rows of the dimension alone:
// not one in a group, which another condition may make good.
func (j *join) narrows(c *condition) bool { return !c.inner && (j.inner || !c.onUnknown()) }

// isInner reports whether facts without a member are of no account.
func (j *join) isInner() bool {
	return j.inner || slices.ContainsFunc(j.where, j.narrows)
}

// narrow adds the conditions on the rows of the dimension.
func (j *join) narrow(s *sqlText) {
	lead := "\n    WHERE "
	for _, c := range j.where {
		if j.narrows(c) {
			s.add(lead)
			if c.several() || !c.writePlain(s, "d."+quote(j.use.Of.Key), c.field.raw(c.field.attr.Column)) {
				c.write(s)
			}
			lead = "\n      AND "
		}
	}
}

// several reports whether a condition is a list of values. DuckDB guesses that a
// list keeps a fifth, and that a key other than -1 keeps another fifth of that;
// as one condition it guesses once.
func (c *condition) several() bool { return c.op == "in" && len(c.values) > 1 }

// maxPlain bounds the values of a condition written without its table of cases.
const maxPlain = 50

// writePlain adds a condition as statistics of a column are kept for: a column
// compared with values. It reports whether the condition has that form.
func (c *condition) writePlain(s *sqlText, key, value string) bool {
	known := key + " <> -1 AND " + value
	switch {
	case c.field.attr.Tree != nil || c.field.attr.Set != nil:
		return false
	case c.none || c.unknown || len(c.field.spellings()) != 1 || len(c.values) == 0 || len(c.values) > maxPlain:
		return false
	case c.op == "=" || c.op == "in":
		s.add(known+" IN ("+marks(len(c.values))+")", c.values...)
	case c.op == "between":
		s.add(known+" BETWEEN ? AND ?", c.values...)
	case slices.Contains([]string{"<", "<=", ">", ">="}, c.op):
		s.add(known+" "+c.op+" ?", c.values...)
	default:
		return false
	}
	return true
}

// onKey reports whether a condition is on the number by which facts name the
// member itself, every one of which is known to be there: the facts alone say
// whether it holds.
func (j *join) onKey(c *condition) bool {
	a := c.field.attr
	return j.inner && a.In == "" && a.Column == j.use.Of.Key && c.writePlain(&sqlText{}, "", "")
}

// keyConditions takes the conditions that the facts alone decide out of the
// joins, and the joins that nothing else is needed from.
func (s *source) keyConditions() (list []*condition) {
	var joins []*join
	for _, j := range s.joins {
		own := slices.DeleteFunc(slices.Clone(j.where), func(c *condition) bool {
			if !j.onKey(c) {
				return false
			}
			list = append(list, c)
			return true
		})
		if len(own) == len(j.where) || len(own)+len(j.fields) > 0 {
			joins = append(joins, &join{use: j.use, inner: j.inner, beside: j.beside, fields: j.fields, where: own})
		}
	}
	s.joins = joins
	return list
}
