package compile

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

// onUnknown is whether the condition holds for the unknown member. Negative
// conditions are the exact complement of the positive: != and not_in keep facts
// without a value.
func (c *condition) onUnknown() bool {
	switch c.op {
	case "=", "in", "key_in":
		return c.unknown
	case "!=", "not_in", "key_not_in":
		return !c.unknown
	}
	return c.op == "is_null"
}

// write adds the condition on a row of the dimension: TRUE or FALSE, never
// NULL.
func (c *condition) write(s *sqlText) {
	f := c.field
	unknown := "FALSE"
	if c.onUnknown() {
		unknown = "TRUE"
	}
	s.add("CASE WHEN d." + quote(f.use.Of.Key) + " = -1 THEN " + unknown + " ELSE ")
	value := f.raw(f.attr.Column)
	if f.attr.ShowKey {
		value = f.raw(f.attr.Key)
	}
	switch c.op {
	case "=", "in":
		c.writeIn(s)
	case "!=", "not_in":
		s.add("NOT ")
		c.writeIn(s)
	case "key_in":
		c.writeKeys(s)
	case "key_not_in":
		s.add("NOT ")
		c.writeKeys(s)
	case "<", "<=", ">", ">=":
		s.add("COALESCE("+value+" "+c.op+" ?, FALSE)", c.values[0])
	case "between":
		s.add("COALESCE("+value+" BETWEEN ? AND ?, FALSE)", c.values...)
	case "contains":
		c.writeText(s, " > 0")
	case "starts":
		c.writeText(s, " = 1")
	case "is_null":
		s.add(value + " IS NULL")
	case "not_null":
		s.add(value + " IS NOT NULL")
	}
	s.add(" END")
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
	s.add("COALESCE(")
	or := ""
	for _, spelling := range f.spellings() {
		if len(c.values) > 0 {
			s.add(or+spelling+" IN ("+marks(len(c.values))+")", c.values...)
			or = " OR "
		}
	}
	if c.none {
		value := f.raw(f.attr.Column)
		if f.attr.ShowKey {
			value = f.raw(f.attr.Key)
		}
		s.add(or + value + " IS NULL")
		or = " OR "
	}
	if c.unknown && f.attr.Type == "text" {
		s.add(or + f.raw(f.attr.Column) + " = " + unknownLiteral)
		or = " OR "
	}
	if or == "" {
		s.add("FALSE")
	}
	s.add(", FALSE)")
}

// writeText compares part of the value, ignoring case.
func (c *condition) writeText(s *sqlText, test string) {
	s.add("COALESCE(")
	for i, spelling := range c.field.spellings() {
		if i > 0 {
			s.add(" OR ")
		}
		s.add("instr(lower("+spelling+"), lower(?))"+test, c.values[0])
	}
	s.add(", FALSE)")
}
