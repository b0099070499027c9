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

// write adds the condition. Conditions on a missing value are false, and the
// negative ones are the exact complement of the positive: != and not_in keep
// facts without a value.
func (c *condition) write(s *sqlText) {
	f := c.field
	value := f.raw(f.attr.Column)
	switch c.op {
	case "=", "in":
		c.writeIn(s)
	case "!=", "not_in":
		s.add("NOT ")
		c.writeIn(s)
	case "<", "<=", ">", ">=":
		s.add("COALESCE("+f.comparable()+" "+c.op+" ?, FALSE)", c.values[0])
	case "between":
		s.add("COALESCE("+f.comparable()+" BETWEEN ? AND ?, FALSE)", c.values...)
	case "contains":
		c.writeText(s, " > 0")
	case "starts":
		c.writeText(s, " = 1")
	case "is_null":
		s.add("(" + f.unknown() + " OR " + value + " IS NULL)")
	case "not_null":
		s.add("NOT (" + f.unknown() + " OR " + value + " IS NULL)")
	}
}

// comparable is the value for < and >, NULL for the unknown member.
func (f *field) comparable() string {
	value := f.raw(f.attr.Column)
	if f.attr.ShowKey {
		value = f.raw(f.attr.Key)
	}
	return "CASE WHEN " + f.unknown() + " THEN NULL ELSE " + value + " END"
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
		s.add("(NOT (" + f.unknown() + ") AND COALESCE(")
		for i, spelling := range f.spellings() {
			if i > 0 {
				s.add(" OR ")
			}
			s.add("COALESCE("+spelling+" IN ("+marks(len(c.values))+"), FALSE)", c.values...)
		}
		s.add(", FALSE))")
		or = " OR "
	}
	if c.none {
		s.add(or + "(NOT (" + f.unknown() + ") AND " + f.raw(f.attr.Column) + " IS NULL)")
		or = " OR "
	}
	if c.unknown {
		s.add(or + f.unknown())
		if f.attr.Type == "text" {
			s.add(" OR COALESCE(" + f.raw(f.attr.Column) + " = " + unknownLiteral + ", FALSE)")
		}
	}
	s.add(")")
}

// writeText compares part of the value, ignoring case.
func (c *condition) writeText(s *sqlText, test string) {
	f := c.field
	s.add("(NOT (" + f.unknown() + ") AND (")
	for i, spelling := range f.spellings() {
		if i > 0 {
			s.add(" OR ")
		}
		s.add("COALESCE(instr(lower("+spelling+"), lower(?))"+test+", FALSE)", c.values[0])
	}
	s.add("))")
}
