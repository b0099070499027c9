package compile

import "verso/olap/cube"

// The SQL of an attribute. Everything about a member is worked out on the rows
// of its dimension, before facts are joined: what tells it apart from others
// (the group columns), and what is shown and what orders it (carried along,
// as it follows from the member).
//
// In these columns NULL is the unknown member, whether the fact points to -1 or
// to a key the dimension does not have. Text says "(none)" where a member has no
// value; other types are NULL there and have a second column, " #known".

const (
	unknownLiteral = "'" + cube.Unknown + "'"
	noneLiteral    = "'" + cube.None + "'"
)

// column is a column of a dimension as facts see it: its name, and its SQL on
// the rows of the dimension.
type column struct {
	name string
	sql  string
	any  bool // any value of a group will do: the dimension's key is in the group
}

// raw is a column of the dimension's table or of the table beside it that
// holds the attribute.
func (f *field) raw(name string) string {
	switch {
	case f.attr.Set != nil:
		return "(" + setMember(f.attr.Set) + ")"
	case f.attr.Tree != nil:
		return quote(levelAlias(f.attr)) + "." + quote(name)
	case f.attr.In != "":
		return quote("beside "+f.attr.In) + "." + quote(name)
	}
	return "d." + quote(name)
}

// member is the SQL of a value, or of nothing for the unknown member.
func (f *field) member(value string) string {
	return "CASE WHEN d." + quote(f.use.Of.Key) + " <> -1 THEN " + value + " END"
}

// text makes sure that NULL is left to the unknown member.
func text(value string) string {
	return "NULLIF(COALESCE(" + value + ", " + noneLiteral + "), " + unknownLiteral + ")"
}

// shown is the column of the value in a language.
func (f *field) shown(lang string) column {
	a := f.attr
	value := f.raw(a.Column)
	if lang == "zh" && a.ColumnZH != "" {
		value = "COALESCE(" + f.raw(a.ColumnZH) + ", " + value + ")"
	}
	if lead := f.lead(); lead != "" {
		value = f.raw(lead) + " || COALESCE(' ' || " + value + ", '')"
	}
	if a.Type == "text" {
		value = text(value)
	}
	return column{f.name, f.member(value), f.byKey()}
}

// byKey reports whether members are told apart by the dimension's own key.
func (f *field) byKey() bool { return f.attr.Key == f.use.Of.Key && f.attr.In == "" }

// lead is the column shown before the value, or "".
func (f *field) lead() string {
	if f.attr.ShowKey {
		return f.attr.Key
	}
	return f.attr.Lead
}

// translated reports whether the value shown is a translation of the one that
// tells members apart.
func (f *field) translated(lang string) bool {
	return lang == "zh" && f.attr.ColumnZH != "" && f.attr.Key == ""
}

// groups are the columns that tell the members apart.
func (f *field) groups(lang string) []column {
	a := f.attr
	switch {
	case f.translated(lang):
		return []column{{f.name + " #key", f.member(text(f.raw(a.Column))), false}}
	case a.Key == "" && a.Type == "text":
		return []column{f.shown(lang)}
	case a.Key == "":
		return []column{f.shown(lang), {f.name + " #known", f.member("TRUE"), false}}
	case a.Tree != nil:
		// A member above the level has no ancestor there: -1, shown as "(none)".
		return []column{{f.name + " #key", f.member("COALESCE(" + f.raw(a.Key) + ", -1)"), false}}
	case f.byKey():
		return []column{{f.name + " #key", f.member(f.raw(a.Key)), false}}
	}
	return []column{{f.name + " #key", f.member(text(f.raw(a.Key))), false}}
}

// carried are the columns that follow from the member.
func (f *field) carried(lang string) []column {
	a := f.attr
	var list []column
	if a.Key != "" || f.translated(lang) {
		list = append(list, f.shown(lang))
	}
	if a.Order != "" {
		list = append(list, column{f.name + " #order", f.member(f.raw(a.Order)), f.byKey()})
	}
	if a.ID != "" {
		list = append(list, column{f.name + " #id", f.member(f.raw(a.ID)), f.byKey()})
	}
	return list
}

// order is the ORDER BY list that puts members into their order: by the order
// column, else by value; "(none)" and then "(unknown)" at the end.
func (f *field) order(lang string) []string {
	a := f.attr
	value := quote(f.name)
	last := "CASE WHEN " + value + " IS NULL THEN 2 WHEN " + value + " = " + noneLiteral + " THEN 1 ELSE 0 END"
	if a.Type != "text" {
		last = "CASE WHEN " + quote(f.name+" #known") + " IS NULL THEN 2 WHEN " + value + " IS NULL THEN 1 ELSE 0 END"
	}
	keys := []string{last}
	if a.Order != "" {
		keys = append(keys, quote(f.name+" #order")+" NULLS LAST")
	}
	keys = append(keys, value+" NULLS LAST")
	if a.Key != "" || f.translated(lang) {
		keys = append(keys, quote(f.name+" #key")+" NULLS LAST")
	}
	return keys
}
