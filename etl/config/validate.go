package config

import (
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/token"

	"verso/etl/canon"
)

// validate checks what depends on more than one place of the file.
func (r *reader) validate(c *Config) {
	for _, name := range slices.Sorted(maps.Keys(c.Sources)) {
		s := c.Sources[name]
		p := "sources." + name
		if empty(r.seen[p].value) || len(r.entriesSeen(p)) == 0 {
			continue
		}
		r.kind(&s, p)
		c.Sources[name] = s
		r.dates(s, p)
	}
	r.mailed(c)
	r.oneInput(c)
	if !r.wrote("sources") {
		r.report(r.keyOf("sources"), "write what to read: sources: {orders: {kind: file, path: orders.csv}}", "no sources are declared")
	}
	if !r.wrote("tables") {
		r.report(r.keyOf("tables"), "map at least order_header and order_line", "no tables are mapped")
	}
	for _, name := range slices.Sorted(maps.Keys(c.Tables)) {
		for i, m := range c.Tables[name] {
			r.oneOfBoth(c, name, i, m)
		}
	}
	lines, headers := c.Tables["order_line"], c.Tables["order_header"]
	if len(lines) > 0 && len(headers) == 0 {
		r.report(r.keyOf("tables.order_line"), "map order_header too: order_id and order_date",
			"order_line is mapped without order_header, so no line has a date")
	}
}

// wrote reports whether something stands under a path.
func (r *reader) wrote(path string) bool { return !empty(r.seen[path].value) }

func (r *reader) keyOf(path string) *token.Token { return r.seen[path].key }

// entriesSeen are the paths directly below one that was written.
func (r *reader) entriesSeen(path string) []string {
	var all []string
	for p := range r.seen {
		if rest, ok := strings.CutPrefix(p, path+"."); ok && !strings.Contains(rest, ".") {
			all = append(all, rest)
		}
	}
	return all
}

// format checks that csv and xlsx options stand beside a format that reads them.
func (r *reader) format(s *Source, p string) {
	if e, ok := r.seen[p+".csv"]; ok && s.Format != "" && s.Format != "csv" && s.Format != "tsv" {
		r.report(e.key, "remove it, or change the format", "%s does not apply to format %s", e.path, s.Format)
	}
	if e, ok := r.seen[p+".xlsx"]; ok && s.Format != "" && s.Format != "xlsx" {
		r.report(e.key, "remove it, or change the format", "%s does not apply to format %s", e.path, s.Format)
	}
	if e, ok := r.seen[p+".xlsx.sheets"]; ok && s.XLSX.Sheet != "" {
		r.report(e.key, "keep one of them", "%s.xlsx has both sheet and sheets", p)
	}
	if e, ok := r.seen[p+".encoding"]; ok && (s.Format == "parquet" || s.Format == "xlsx") {
		r.report(e.key, "remove it: such files carry their own encoding", "%s does not apply to format %s", e.path, s.Format)
	}
	quote, delimiter := s.CSV.Quote, s.CSV.Delimiter
	if quote != "" && quote == delimiter {
		r.report(r.seen[p+".csv.quote"].at(), "", "%s.csv has the same quote and delimiter", p)
	}
}

// dates checks strptime formats.
func (r *reader) dates(s Source, p string) {
	for i, f := range s.Dates {
		path := fmt.Sprintf("%s.dates[%d]", p, i)
		e, ok := r.seen[path]
		if !ok {
			e = r.seen[p+".dates"]
		}
		if bad := strptime.ReplaceAllString(f, ""); f == "" || bad == f || strings.Contains(bad, "%") {
			r.report(e.at(), "write a strptime format, such as %d.%m.%Y or %Y-%m-%d %H:%M:%S", "%s is no date format: %q", path, f)
		}
	}
}

var strptime = regexp.MustCompile(`%-?[aAbBcdDfFgGHIjmMnpSTuUVwWxXyYzZ%]`)

// oneOfBoth checks one mapping: where from, and by columns or by select.
func (r *reader) oneOfBoth(c *Config, table string, i int, m Map) {
	p := "tables." + table
	if _, list := r.seen[fmt.Sprintf("%s[%d]", p, i)]; list {
		p = fmt.Sprintf("%s[%d]", p, i)
	}
	at := startOf(r.seen[p].value)
	if empty(r.seen[p].value) || len(r.entriesSeen(p)) == 0 {
		return
	}
	source, known := c.Sources[m.From]
	switch {
	case !r.wrote(p + ".from"):
		r.report(at, "add from: one of the sources", "%s does not say from which source", p)
	case !known && len(c.Sources) > 0:
		names := slices.Sorted(maps.Keys(c.Sources))
		hint := "declared sources: " + strings.Join(names, ", ")
		if near := canon.Nearest(m.From, names, 1); near != nil {
			hint = fmt.Sprintf("did you mean %s? %s", near[0], hint)
		}
		r.report(r.seen[p+".from"].at(), hint, "%s.from names %q, which is no source", p, m.From)
	}
	_, columns := r.seen[p+".columns"]
	_, query := r.seen[p+".select"]
	switch {
	case columns && query:
		r.report(r.keyOf(p+".columns"), "keep one of them", "%s has both select and columns", p)
	case !columns && !query && !r.unknownKeys(p):
		r.report(at, "add columns: canonical column: source column, or select: a SELECT", "%s has neither select nor columns", p)
	case columns && known && source.Database():
		r.report(r.keyOf(p+".columns"), "write select: SELECT … AS \"order_id\" … FROM …", "%s reads a database, which needs a select", p)
	}
	r.fits(c, table, m, p)
	for j := range i {
		if other := c.Tables[table][j]; other.From == m.From && other.Select == m.Select && reflect.DeepEqual(other.Columns, m.Columns) {
			r.report(at, "remove one of them: every row would come twice", "%s repeats the mapping of line %d", p, other.Line)
		}
	}
}

// unknownKeys reports whether a mapping has keys that are reported already.
func (r *reader) unknownKeys(p string) bool {
	return slices.ContainsFunc(r.entriesSeen(p), func(key string) bool {
		return key != "from" && key != "select" && key != "columns" && key != "incremental"
	})
}

// folders checks that warehouse and site are apart; paths are absolute here.
func (r *reader) folders(c *Config) {
	if c.Warehouse == c.Site || under(c.Site, c.Warehouse) || under(c.Warehouse, c.Site) {
		p, ok := r.seen["site"]
		if !ok {
			p = r.seen["warehouse"]
		}
		r.report(p.at(), "give each a folder of its own", "warehouse and site share a folder")
	}
}

// under reports whether path lies below dir.
func under(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != "." && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}
