package config

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"verso/etl/canon"
)

// tables reads the mappings onto canonical tables.
func (r *reader) tables(c *Config, p place) {
	for _, e := range r.entries(p) {
		table, ok := canon.Lookup(e.key.Value)
		if !ok {
			r.unknownTable(e)
			continue
		}
		if empty(e.value) {
			r.report(e.key, "give it from and columns or select, or remove it", "table %s is not mapped to anything", table.Name)
			continue
		}
		var all Maps
		for _, m := range r.list(e) {
			all = append(all, r.oneMap(table, m))
		}
		c.Tables[table.Name] = all
	}
}

func (r *reader) unknownTable(e place) {
	hint := "verso canon lists the tables"
	if near := canon.Nearest(e.key.Value, canon.Names(), 3); near != nil {
		hint = fmt.Sprintf("did you mean %s? %s", strings.Join(near, " or "), hint)
	}
	r.report(e.key, hint, "there is no canonical table %q", e.key.Value)
}

// oneMap reads one mapping of a table.
func (r *reader) oneMap(table canon.Table, p place) Map {
	m := Map{}
	if at := p.at(); at != nil {
		m.Line = at.Position.Line
	}
	r.mapping(p, fields{
		"from":        r.plain(&m.From),
		"select":      r.selectSQL(&m.Select),
		"columns":     func(p place) { m.Columns = r.columns(table, p) },
		"incremental": r.incremental(table, &m.Incremental),
	})
	if empty(p.value) {
		r.report(p.key, "", "%s is empty", p.path)
	}
	return m
}

// columns reads canonical column → source column.
func (r *reader) columns(table canon.Table, p place) map[string]string {
	columns := map[string]string{}
	meant := map[string]bool{} // by a misspelt key, which is reported already
	for _, e := range r.entries(p) {
		if _, ok := table.Column(e.key.Value); !ok {
			meant[r.unknownColumn(table, e)] = true
			continue
		}
		var from string
		if empty(e.value) {
			r.report(e.key, "name the source's column, or remove the line", "%s names no column", e.path)
			continue
		}
		r.text(&from)(e)
		if s, _, ok := scalar(e.value); ok && strings.TrimSpace(s) == "" {
			r.report(e.at(), "name the source's column, or remove the line", "%s names no column", e.path)
		}
		columns[e.key.Value] = from
	}
	if _, ok := p.value.(ast.MapNode); !ok {
		return columns
	}
	var missing []string
	for _, c := range table.Columns {
		if _, ok := r.seen[p.below(c.Name)]; c.Required && !ok && !meant[c.Name] {
			missing = append(missing, c.Name)
		}
	}
	if len(missing) > 0 {
		r.report(p.key, fmt.Sprintf("add %s: <the source's column>", missing[0]),
			"%s lacks the required %s", p.path, strings.Join(missing, ", "))
	}
	return columns
}

// unknownColumn reports a column the table does not have, and returns the one
// that was meant, if that can be told.
func (r *reader) unknownColumn(table canon.Table, e place) (meant string) {
	name := e.key.Value
	value, _, _ := scalar(e.value)
	hint := fmt.Sprintf("verso canon %s lists its columns", table.Name)
	var names []string
	for _, c := range table.Columns {
		names = append(names, c.Name)
	}
	if _, ok := table.Column(value); ok {
		meant = value
		hint = fmt.Sprintf("the canonical column comes first: write %s: %s", value, name)
	} else if c, ok := table.Match(name); ok {
		meant = c.Name
		hint = fmt.Sprintf("it is called %s here: write %s: %s", c.Name, c.Name, value)
	} else if near := canon.Nearest(name, names, 3); near != nil {
		meant = near[0]
		hint = fmt.Sprintf("did you mean %s? %s", strings.Join(near, " or "), hint)
	}
	r.report(e.key, hint, "%s has no column %q", table.Name, name)
	return meant
}

// selectSQL reads one SELECT; a semicolon at its end is dropped.
func (r *reader) selectSQL(to *string) func(place) {
	return func(p place) {
		s, ok := r.word(p)
		if !ok {
			return
		}
		s = strings.TrimSpace(s)
		code := strings.TrimSpace(blanked(s))
		for strings.HasSuffix(code, ";") && strings.HasSuffix(s, ";") {
			s, code = strings.TrimSpace(s[:len(s)-1]), strings.TrimSpace(code[:len(code)-1])
		}
		words := strings.Fields(strings.ToLower(strings.TrimLeft(code, "( \t\r\n")))
		switch {
		case len(words) == 0:
			r.report(p.at(), "write a SELECT whose column names are canonical", "%s is empty", p.path)
		case words[0] != "select" && words[0] != "with":
			r.report(p.at(), "write a SELECT whose column names are canonical; to name a table write SELECT … FROM it",
				"%s does not begin with SELECT or WITH but with %q", p.path, words[0])
		case strings.Contains(code, ";"):
			r.report(p.at(), "remove what follows the first semicolon", "%s holds more than one statement", p.path)
		}
		*to = s
	}
}

// blanked is SQL with its comments, texts and quoted names replaced by spaces.
func blanked(sql string) string {
	var b strings.Builder
	for sql != "" {
		n := skip(sql)
		if n == 0 {
			b.WriteByte(sql[0])
			n = 1
		} else {
			b.WriteByte(' ')
		}
		sql = sql[n:]
	}
	return b.String()
}

// skip is the length of the comment, text or quoted name that sql begins with,
// 0 when it begins with none of them. What is not closed reaches to the end.
func skip(sql string) int {
	end := ""
	switch {
	case strings.HasPrefix(sql, "--"):
		end = "\n"
	case strings.HasPrefix(sql, "/*"):
		end = "*/"
	case sql[0] == '\'' || sql[0] == '"':
		end = sql[:1]
	case sql[0] == '$':
		tag := dollarQuote.FindString(sql)
		if tag == "" {
			return 0
		}
		end = tag
	default:
		return 0
	}
	start := len(end)
	if end == "\n" || end == "*/" {
		start = 2
	}
	i := strings.Index(sql[start:], end)
	if i < 0 {
		return len(sql)
	}
	return start + i + len(end)
}

var dollarQuote = regexp.MustCompile(`^\$([A-Za-z_][A-Za-z0-9_]*)?\$`)
