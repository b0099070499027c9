package lineage

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// relation is a table inside a query, its columns traced to stored tables.
type relation struct {
	name    string // alias
	columns []traced
	rows    map[Column]bool // what its rows were chosen and joined by
	open    string          // a table whose columns are not known: it has any that is named
}

// traced is one column of a relation.
type traced struct {
	name string
	from map[Column]bool
	by   string // the expression
}

func (r *relation) names() []string {
	out := make([]string, len(r.columns))
	for i, c := range r.columns {
		out[i] = c.name
	}
	return out
}

func (r *relation) column(name string) *traced {
	for i := range r.columns {
		if strings.EqualFold(r.columns[i].name, name) {
			return &r.columns[i]
		}
	}
	if r.open != "" {
		return &traced{name: name, from: map[Column]bool{{r.open, name}: true}, by: name}
	}
	return nil
}

// scope is what names mean at a place in a query.
type scope struct {
	parent    *scope
	query     string
	common    map[string]*relation // WITH
	from      []*relation
	selected  []traced // select list so far: names that later items may use
	parameter map[string]bool
}

// table finds a common table by name.
func (s *scope) table(name string) *relation {
	for at := s; at != nil; at = at.parent {
		if rel := at.common[strings.ToLower(name)]; rel != nil {
			return rel
		}
	}
	return nil
}

// find is what a column name means, qualified or not.
func (s *scope) find(names []string) (map[Column]bool, bool) {
	for at := s; at != nil; at = at.parent {
		if from, ok := at.here(names); ok {
			return from, true
		}
	}
	return nil, false
}

func (s *scope) here(names []string) (map[Column]bool, bool) {
	name := names[len(names)-1]
	if len(names) > 1 {
		for _, rel := range s.from {
			if strings.EqualFold(rel.name, names[len(names)-2]) {
				if c := rel.column(name); c != nil {
					return c.from, true
				}
			}
		}
		// A field of a struct column reads as relation.column does.
		return s.here(names[:len(names)-1])
	}
	found := map[Column]bool{}
	ok := s.parameter[strings.ToLower(name)]
	for _, rel := range s.from {
		if c := rel.column(name); c != nil {
			maps.Copy(found, c.from)
			ok = true
		}
	}
	if !ok {
		for _, c := range s.selected {
			if strings.EqualFold(c.name, name) {
				return c.from, true
			}
		}
	}
	return found, ok
}

func object(v any) map[string]any { m, _ := v.(map[string]any); return m }
func list(v any) []any            { l, _ := v.([]any); return l }
func word(v any) string           { s, _ := v.(string); return s }

// node traces a query node.
func (t *tracer) node(n map[string]any, outer *scope) *relation {
	s := &scope{parent: outer, query: outer.query, common: map[string]*relation{}}
	for _, entry := range list(object(n["cte_map"])["map"]) {
		name := strings.ToLower(word(object(entry)["key"]))
		value := object(object(entry)["value"])
		rel := t.node(object(object(value["query"])["node"]), s)
		rename(rel, list(value["aliases"]))
		rel.name = name
		s.common[name] = rel
	}
	switch word(n["type"]) {
	case "SET_OPERATION_NODE":
		return t.union(n, s)
	case "RECURSIVE_CTE_NODE":
		return t.recursive(n, s)
	case "SELECT_NODE":
		return t.selectNode(n, s)
	}
	t.unresolved("query of kind " + word(n["type"]))
	return &relation{rows: map[Column]bool{}}
}

func rename(rel *relation, names []any) {
	for i, name := range names {
		if i < len(rel.columns) {
			rel.columns[i].name = word(name)
		}
	}
}

// union traces both sides, column by column.
func (t *tracer) union(n map[string]any, s *scope) *relation {
	sides := list(n["children"])
	if len(sides) == 0 {
		sides = []any{n["left"], n["right"]}
	}
	var out *relation
	for _, side := range sides {
		rel := t.node(object(side), s)
		if out == nil {
			out = rel
			continue
		}
		out = merged(out, rel)
	}
	return out
}

// merged joins the sources of two relations of the same columns.
func merged(a, b *relation) *relation {
	out := &relation{name: a.name, rows: maps.Clone(a.rows)}
	maps.Copy(out.rows, b.rows)
	for i, c := range a.columns {
		from := maps.Clone(c.from)
		if i < len(b.columns) {
			maps.Copy(from, b.columns[i].from)
		}
		out.columns = append(out.columns, traced{c.name, from, c.by})
	}
	return out
}

// recursive traces a recursive common table: its second part with the first one
// under its own name, and again with what that adds.
func (t *tracer) recursive(n map[string]any, s *scope) *relation {
	name := strings.ToLower(word(n["cte_name"]))
	first := t.node(object(n["left"]), s)
	rename(first, list(n["aliases"]))
	first.name = name
	for range 2 {
		s.common[name] = first
		first = merged(first, t.node(object(n["right"]), s))
	}
	return first
}

// selectNode traces a SELECT.
func (t *tracer) selectNode(n map[string]any, s *scope) *relation {
	out := &relation{rows: map[Column]bool{}}
	t.fromTable(object(n["from_table"]), s, out.rows)
	for _, item := range list(n["select_list"]) {
		e := object(item)
		if word(e["class"]) == "STAR" {
			t.star(e, s, out)
		} else {
			out.columns = append(out.columns, traced{t.outputName(e), t.expression(e, s), t.excerpt(e, s)})
		}
		s.selected = out.columns
	}
	for _, key := range []string{"where_clause", "having", "qualify"} {
		maps.Copy(out.rows, t.expression(n[key], s))
	}
	maps.Copy(out.rows, t.groups(n, s))
	return out
}

// groups are the columns grouped by; GROUP BY 1 names one of the select list.
func (t *tracer) groups(n map[string]any, s *scope) map[Column]bool {
	out := map[Column]bool{}
	for _, g := range list(n["group_expressions"]) {
		maps.Copy(out, t.expression(g, s))
	}
	return out
}

// outputName is the name a select item gets.
func (t *tracer) outputName(e map[string]any) string {
	if alias := word(e["alias"]); alias != "" {
		return alias
	}
	if names := list(e["column_names"]); len(names) > 0 {
		return word(names[len(names)-1])
	}
	return word(e["function_name"])
}

// star adds what * stands for.
func (t *tracer) star(e map[string]any, s *scope, out *relation) {
	left := map[string]bool{}
	for _, name := range list(e["exclude_list"]) {
		left[strings.ToLower(word(name))] = true
	}
	seen := map[string]bool{}
	for _, rel := range s.from {
		if of := word(e["relation_name"]); of != "" && !strings.EqualFold(of, rel.name) {
			continue
		}
		if rel.open != "" {
			out.columns = append(out.columns, traced{anything, map[Column]bool{{rel.open, anything}: true}, anything})
		}
		for _, c := range rel.columns {
			key := strings.ToLower(c.name)
			if !left[key] && !(seen[key] && len(s.from) > 1) {
				out.columns = append(out.columns, c)
			}
			seen[key] = true
		}
	}
}

// fromTable adds what stands in FROM to the scope; conditions of joins go to
// rows.
func (t *tracer) fromTable(f map[string]any, s *scope, rows map[Column]bool) {
	switch word(f["type"]) {
	case "BASE_TABLE":
		rel := t.base(f, s)
		maps.Copy(rows, rel.rows)
		s.from = append(s.from, rel)
	case "SUBQUERY":
		rel := t.node(object(object(f["subquery"])["node"]), s)
		rename(rel, list(f["column_name_alias"]))
		rel.name = word(f["alias"])
		maps.Copy(rows, rel.rows)
		s.from = append(s.from, rel)
	case "JOIN":
		t.fromTable(object(f["left"]), s, rows)
		t.fromTable(object(f["right"]), s, rows)
		maps.Copy(rows, t.expression(f["condition"], s))
		for _, name := range list(f["using_columns"]) {
			if from, ok := s.find([]string{word(name)}); ok {
				maps.Copy(rows, from)
			}
		}
	case "TABLE_FUNCTION", "EXPRESSION_LIST":
		t.valuesTable(f, s)
	case "EMPTY", "":
	default:
		t.unresolved("FROM of kind " + word(f["type"]))
	}
}

// base is a stored or common table.
func (t *tracer) base(f map[string]any, s *scope) *relation {
	schema, name := word(f["schema_name"]), word(f["table_name"])
	alias := word(f["alias"])
	if alias == "" {
		alias = name
	}
	if word(f["catalog_name"]) == "temp" {
		schema = ""
	}
	if schema == "" {
		if rel := s.table(name); rel != nil {
			out := *rel
			out.name = alias
			return &out
		}
	} else {
		name = schema + "." + name
	}
	out := &relation{name: alias, rows: map[Column]bool{}}
	columns := t.columns(name)
	if columns == nil {
		t.unresolved("table " + name)
	}
	if slices.Equal(columns, []string{anything}) {
		out.open, columns = name, nil
	}
	for _, c := range columns {
		out.columns = append(out.columns, traced{c, map[Column]bool{{name, c}: true}, c})
	}
	rename(out, list(f["column_name_alias"]))
	return out
}

// valuesTable is VALUES or a table function: every column of it may come from
// all that it is given.
func (t *tracer) valuesTable(f map[string]any, s *scope) {
	from := t.expression(f["function"], s)
	width := 1
	for _, row := range list(f["values"]) {
		width = max(width, len(list(row)))
		maps.Copy(from, t.expression(row, s))
	}
	rel := &relation{name: word(f["alias"]), rows: map[Column]bool{}}
	names := list(f["column_name_alias"])
	for i := range max(width, len(names)) {
		name := fmt.Sprintf("col%d", i)
		if i < len(names) {
			name = word(names[i])
		} else if function := word(object(f["function"])["function_name"]); function != "" {
			name = function
		}
		rel.columns = append(rel.columns, traced{name, from, ""})
	}
	if rel.name == "" {
		rel.name = word(object(f["function"])["function_name"])
	}
	s.from = append(s.from, rel)
}
