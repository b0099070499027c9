package compile

import (
	"strings"

	"verso/olap/cube"
)

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
	case "=", "in", "key_in", "under":
		return c.unknown
	case "!=", "not_in", "not_key_in", "not_under":
		return !c.unknown
	case "not_contains", "not_in_set":
		return true
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
	if len(c.op) > 4 && c.op[:4] == "not_" && c.op != "not_null" || c.op == "!=" {
		s.add("NOT ")
	}
	c.writePositive(s)
	s.add(" END")
}

// writePositive adds the condition, or what a negative one is the complement of.
func (c *condition) writePositive(s *sqlText) {
	f := c.field
	value := f.compared()
	switch c.op {
	case "=", "in", "!=", "not_in":
		c.writeIn(s)
	case "key_in", "not_key_in":
		c.writeKeyIn(s)
	case "under", "not_under":
		s.add("d." + quote(f.use.Of.Key) + ` IN (SELECT "#key" FROM ` + quote(listStage("under", c)) + ")")
	case "in_set", "not_in_set":
		for i, set := range c.sets {
			s.add([]string{"(", " OR "}[min(i, 1)] + setMember(set))
		}
		s.add(")")
	case "<", "<=", ">", ">=":
		s.add("COALESCE("+value+" "+c.op+" ?, FALSE)", c.values[0])
	case "between":
		s.add("COALESCE("+value+" BETWEEN ? AND ?, FALSE)", c.values...)
	case "contains", "not_contains":
		c.writeText(s, "instr(", ") > 0")
	case "starts":
		c.writeText(s, "instr(", ") = 1")
	case "ends":
		c.writeText(s, "ends_with(", ")")
	case "is_null":
		s.add(value + " IS NULL")
	case "not_null":
		s.add(value + " IS NOT NULL")
	}
}

// setMember is whether a row of the dimension is in a set, whose keys are
// joined to it.
func setMember(set *cube.Set) string { return quote(setStage(set)) + `."#key" IS NOT NULL` }

// compared is what is compared by size, and missing where the member is
// "(none)": the value, or what is shown before it.
func (f *field) compared() string {
	if lead := f.lead(); lead != "" {
		return f.raw(lead)
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
	lead := f.lead()
	if lead != "" && (a.ShowKey || a.Tree != nil) { // without it the member is "(none)", whatever else it has
		for i, name := range list {
			list[i] = "CASE WHEN " + f.raw(lead) + " IS NOT NULL THEN " + name + " END"
		}
	}
	if lead != "" {
		for _, name := range list {
			list = append(list, f.raw(lead)+" || ' ' || "+name)
		}
		list = append(list, f.raw(lead))
	}
	if a.Tree != nil && a.ID != "" {
		for _, name := range list {
			list = append(list, name+" || ' (' || "+f.raw(a.ID)+" || ')'")
		}
	}
	return list
}

// writeValues adds the right side of an IN.
func (c *condition) writeValues(s *sqlText) { c.writeList(s, "values", c.values) }

// writeKeys does so with the keys.
func (c *condition) writeKeys(s *sqlText) { c.writeList(s, "keys", c.keys) }

func (c *condition) writeList(s *sqlText, what string, values []any) {
	if len(values) > listFrom {
		s.add(`(SELECT "value" FROM ` + quote(listStage(what, c)) + ")")
		return
	}
	s.add("("+marks(len(values))+")", values...)
}

func (c *condition) writeIn(s *sqlText) {
	s.add("COALESCE(")
	if c.writeAnyOf(s) == "" {
		s.add("FALSE")
	}
	s.add(", FALSE)")
}

// writeSpellings adds that the row is written as one of the values.
func (c *condition) writeSpellings(s *sqlText, or string) string {
	for _, spelling := range c.field.spellings() {
		s.add(or + spelling + " IN ")
		c.writeValues(s)
		or = " OR "
	}
	return or
}

// writeAnyOf adds what makes a row one of the values, joined by OR. It returns
// what has to stand before a next one.
func (c *condition) writeAnyOf(s *sqlText) string {
	f, or := c.field, ""
	if len(c.values) > 0 {
		or = c.writeSpellings(s, or)
	}
	if c.none {
		s.add(or + f.compared() + " IS NULL")
		or = " OR "
	}
	if c.unknown && f.attr.Type == "text" {
		s.add(or + f.raw(f.attr.Column) + " = " + unknownLiteral)
		or = " OR "
	}
	return or
}

// writeKeyIn compares keys as answers carry them: what tells members apart,
// the same in every language. A calculated member stands for its values.
func (c *condition) writeKeyIn(s *sqlText) {
	f, a, or := c.field, c.field.attr, ""
	key := f.raw(a.Column)
	switch {
	case a.Tree != nil:
		key = "COALESCE(" + f.raw(a.Key) + ", -1)"
	case a.Key != "":
		key = f.raw(a.Key)
	}
	s.add("COALESCE(")
	add := func(test string) {
		s.add(or + key + test)
		or = " OR "
	}
	if len(c.keys) > 0 {
		add(" IN ")
		c.writeKeys(s)
	}
	switch {
	case c.none && a.Tree != nil:
		add(" = -1")
	case c.none:
		add(" IS NULL")
	}
	if textual := !f.byKey() && (a.Key != "" || a.Type == "text"); textual {
		if c.none {
			add(" = " + noneLiteral)
		}
		if c.unknown {
			add(" = " + unknownLiteral)
		}
	}
	if len(c.values) > 0 {
		or = c.writeSpellings(s, or)
	}
	if or == "" {
		s.add("FALSE")
	}
	s.add(", FALSE)")
}

// writeText compares part of the value, ignoring case.
func (c *condition) writeText(s *sqlText, function, test string) {
	s.add("COALESCE(")
	for i, spelling := range c.field.spellings() {
		if i > 0 {
			s.add(" OR ")
		}
		s.add(function+"lower("+spelling+"), lower(?)"+test, c.values[0])
	}
	s.add(", FALSE)")
}

// write adds a group of conditions, each written by one.
func (g *group) write(s *sqlText, one func(*condition)) {
	if g.condition != nil {
		one(g.condition)
		return
	}
	word := " AND "
	if g.any {
		word = " OR "
	}
	for i, x := range g.of {
		s.add([]string{"(", word}[min(i, 1)])
		x.write(s, one)
	}
	s.add(")")
}
