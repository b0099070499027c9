package cube

// The SQL of an attribute. Its members are told apart by the group columns;
// what is shown and what orders them follows from the member and is carried
// along as the least value of the group.

const unknownLiteral = "'" + Unknown + "'"

// column is a column of the intermediate results: its name, and how the first
// stage computes it.
type column struct {
	name string
	sql  string
}

func (f *field) raw(name string) string { return f.alias() + "." + quote(name) }

// shown is the SQL of the value in a language, NULL where there is none.
func (f *field) shown(lang string) string {
	a := f.attr
	value := f.raw(a.Column)
	if lang == "zh" && a.ColumnZH != "" {
		value = "COALESCE(" + f.raw(a.ColumnZH) + ", " + value + ")"
	}
	if a.ShowKey {
		value = "COALESCE(" + f.raw(a.Key) + " || ' ' || " + value + ", " + f.raw(a.Key) + ")"
	}
	if a.Type == "text" {
		return "CASE WHEN " + f.unknown() + " THEN " + unknownLiteral + " ELSE " + value + " END"
	}
	return "CASE WHEN " + f.unknown() + " THEN NULL ELSE " + value + " END"
}

// groups are the columns that tell the members apart.
func (f *field) groups(lang string) []column {
	a := f.attr
	switch {
	case a.Key == "" && a.Type == "text":
		return []column{{f.name, f.shown(lang)}}
	case a.Key == "":
		return []column{{f.name, f.shown(lang)}, {f.name + " #unknown", f.unknown()}}
	case a.Key == f.use.Of.Key && a.In == "":
		return []column{{f.name + " #key", "COALESCE(" + f.raw(a.Key) + ", -1)"}}
	}
	return []column{{f.name + " #key", "CASE WHEN " + f.unknown() + " THEN " + unknownLiteral + " ELSE " + f.raw(a.Key) + " END"}}
}

// carried are the columns that follow from the member.
func (f *field) carried(lang string) []column {
	a := f.attr
	var list []column
	if a.Key != "" {
		list = append(list, column{f.name, f.shown(lang)})
	}
	if a.Order != "" {
		list = append(list, column{f.name + " #order", f.raw(a.Order)})
	}
	if a.ID != "" {
		list = append(list, column{f.name + " #id", f.raw(a.ID)})
	}
	return list
}

// order is the ORDER BY list that puts members into their order: by the order
// column, else by value; "(none)" and then "(unknown)" at the end.
func (f *field) order() []string {
	a := f.attr
	value := quote(f.name)
	unknown := value + " = " + unknownLiteral
	if a.Type != "text" {
		unknown = quote(f.name + " #unknown")
	}
	keys := []string{"CASE WHEN " + unknown + " THEN 2 WHEN " + value + " IS NULL THEN 1 ELSE 0 END"}
	if a.Order != "" {
		keys = append(keys, quote(f.name+" #order")+" NULLS LAST")
	}
	keys = append(keys, value+" NULLS LAST")
	if a.Key != "" {
		keys = append(keys, quote(f.name+" #key")+" NULLS LAST")
	}
	return keys
}
