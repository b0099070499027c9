package cube

import "strings"

// sqlText gathers SQL and the args of its parameters in the order of the text.
type sqlText struct {
	strings.Builder
	args []any
}

// add writes text whose parameters are args.
func (s *sqlText) add(text string, args ...any) {
	s.WriteString(text)
	s.args = append(s.args, args...)
}

// marks is a list of n parameters.
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

// write adds the condition to a WHERE clause, where NULL counts as false. The
// positive conditions are false or NULL for facts without a member, so that the
// engine may turn the left join into an inner one. The negative ones are the
// exact complement of the positive: != and not_in keep facts without a value.
func (c *condition) write(s *sqlText) {
	f := c.field
	switch c.op {
	case "=", "in":
		c.writeIn(s)
	case "!=", "not_in":
		s.add("NOT COALESCE(")
		c.writeIn(s)
		s.add(", FALSE)")
	case "<", "<=", ">", ">=":
		s.add(f.known()+" AND "+f.comparable()+" "+c.op+" ?", c.values[0])
	case "between":
		s.add(f.known()+" AND "+f.comparable()+" BETWEEN ? AND ?", c.values...)
	case "contains":
		c.writeText(s, " > 0")
	case "starts":
		c.writeText(s, " = 1")
	case "is_null":
		s.add("(" + f.unknown() + " OR " + f.raw(f.attr.Column) + " IS NULL)")
	case "not_null":
		s.add(f.known() + " AND " + f.raw(f.attr.Column) + " IS NOT NULL")
	}
}

// comparable is the column for < and >.
func (f *field) comparable() string {
	if f.attr.ShowKey {
		return f.raw(f.attr.Key)
	}
	return f.raw(f.attr.Column)
}

// spellings are the ways a member may be written in a filter: in either
// language, by its key where that is shown, or as shown.
func (f *field) spellings() []string {
	a := f.attr
	list := []string{f.raw(a.Column)}
	if a.ColumnZH != "" {
		list = append(list, f.raw(a.ColumnZH))
	}
	if a.ShowKey {
		for _, name := range list {
			list = append(list, f.raw(a.Key)+" || ' ' || "+name)
		}
		list = append(list, f.raw(a.Key))
	}
	return list
}

func (c *condition) writeIn(s *sqlText) {
	f := c.field
	s.add("(")
	or := ""
	if len(c.values) > 0 {
		s.add(f.known() + " AND (")
		for i, spelling := range f.spellings() {
			if i > 0 {
				s.add(" OR ")
			}
			s.add(spelling+" IN ("+marks(len(c.values))+")", c.values...)
		}
		s.add(")")
		or = " OR "
	}
	if c.none {
		s.add(or + f.known() + " AND " + f.raw(f.attr.Column) + " IS NULL")
		or = " OR "
	}
	if c.unknown {
		s.add(or + f.unknown())
		if f.attr.Type == "text" {
			s.add(" OR " + f.raw(f.attr.Column) + " = " + unknownLiteral)
		}
	}
	s.add(")")
}

// writeText compares part of the value, ignoring case.
func (c *condition) writeText(s *sqlText, test string) {
	s.add(c.field.known() + " AND (")
	for i, spelling := range c.field.spellings() {
		if i > 0 {
			s.add(" OR ")
		}
		s.add("instr(lower("+spelling+"), lower(?))"+test, c.values[0])
	}
	s.add(")")
}
