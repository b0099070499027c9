package lineage

import (
	"encoding/json"
	"maps"
	"strings"
)

// expression collects the columns that an expression, or any part of a parsed
// query, reads.
func (t *tracer) expression(v any, s *scope) map[Column]bool {
	out := map[Column]bool{}
	t.collect(v, s, out)
	return out
}

func (t *tracer) collect(v any, s *scope, out map[Column]bool) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			t.collect(item, s, out)
		}
	case map[string]any:
		switch word(v["class"]) {
		case "COLUMN_REF":
			t.reference(v, s, out)
		case "SUBQUERY":
			rel := t.node(object(object(v["subquery"])["node"]), s)
			for _, c := range rel.columns {
				maps.Copy(out, c.from)
			}
			maps.Copy(out, rel.rows)
			t.collect(v["child"], s, out)
		case "LAMBDA":
			inner := &scope{parent: s, query: s.query, parameter: parameters(v["lhs"])}
			t.collect(v["expr"], inner, out)
		default:
			for _, item := range v {
				t.collect(item, s, out)
			}
		}
	}
}

// parameters are the names that a lambda gives to its arguments.
func parameters(v any) map[string]bool {
	out := map[string]bool{}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, item := range v {
				walk(item)
			}
		case map[string]any:
			if names := list(v["column_names"]); len(names) > 0 {
				out[strings.ToLower(word(names[len(names)-1]))] = true
			}
			for _, item := range v {
				walk(item)
			}
		}
	}
	walk(v)
	return out
}

// reference is a column by name.
func (t *tracer) reference(v map[string]any, s *scope, out map[Column]bool) {
	var names []string
	for _, name := range list(v["column_names"]) {
		names = append(names, word(name))
	}
	from, ok := s.find(names)
	if !ok {
		// The name of a table in the place of a column stands for its whole row.
		for at := s; at != nil && !ok; at = at.parent {
			for _, rel := range at.from {
				if len(names) == 1 && strings.EqualFold(rel.name, names[0]) {
					ok = true
					for _, c := range rel.columns {
						maps.Copy(out, c.from)
					}
				}
			}
		}
	}
	if !ok {
		t.unresolved("column " + strings.Join(names, "."))
		return
	}
	maps.Copy(out, from)
}

// excerptMost is how much of an expression is kept to be shown.
const excerptMost = 200

// excerpt is the text of a select item, from where it begins to the comma that
// ends it. The place the engine tells is that of its first or its leading word,
// so the text may begin inside it; it is for people.
func (t *tracer) excerpt(e map[string]any, s *scope) string {
	if c := word(e["class"]); c == "COLUMN_REF" {
		return strings.Join(wordsOf(list(e["column_names"])), ".")
	} else if c == "CONSTANT" {
		value := object(e["value"])
		if value["is_null"] == true {
			return "NULL"
		}
		text, _ := json.Marshal(value["value"])
		return string(text)
	}
	at := first(e, len(s.query))
	if at >= len(s.query) {
		return word(e["function_name"])
	}
	depth := 0
	for i := at; i < len(s.query); {
		switch c := s.query[i]; {
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case (c == ',' || c == ')') && depth == 0, depth == 0 && keywordFrom(s.query[i:]):
			return shorten(s.query[at:i])
		}
		i += skip(s.query[i:])
	}
	return shorten(s.query[at:])
}

// keywordFrom reports whether the select list ends here.
func keywordFrom(text string) bool {
	return len(text) > 5 && strings.EqualFold(text[1:5], "FROM") && !nameByte(text[0]) && !nameByte(text[5])
}

func wordsOf(list []any) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = word(v)
	}
	return out
}

// first is the first place in the query that any part of an expression has.
func first(v any, least int) int {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			least = min(least, first(item, least))
		}
	case map[string]any:
		if n, ok := v["query_location"].(json.Number); ok {
			if at, err := n.Int64(); err == nil && at >= 0 && int(at) < least {
				least = int(at)
			}
		}
		for _, item := range v {
			least = min(least, first(item, least))
		}
	}
	return least
}

func shorten(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > excerptMost {
		return string(runes[:excerptMost-1]) + "…"
	}
	return text
}
