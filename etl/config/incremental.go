package config

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"verso/etl/canon"
)

// Incremental says how a refresh finds what changed at the source of a mapping
// since the last one. In YAML it is one of
//
//	incremental: {by: updated_at, overlap: 2d}     rows whose column is at least its last value less the overlap
//	incremental: {by: key}                         rows whose key is above the last one seen
//	incremental: {window: order_date, days: 60}    rows of the last days, read again whole: what is no longer there was deleted
//	incremental: {by: files}                       files of a folder not seen before; a changed file is read again whole
//	incremental: {log: "SELECT order_id, op, changed_at FROM …"}   the keys that a log of changes in the source names
//	incremental: {compare: true}                   everything is read, and only what differs is kept
//
// Columns are canonical. Rows whose column is null are read every time.
type Incremental struct {
	By      string `yaml:"by"`      // a column of the table, key, or files
	Overlap string `yaml:"overlap"` // with by: a column: how far before the last value to begin, such as 2d, 36h, or a number for a column of numbers
	Window  string `yaml:"window"`  // a column of the table
	Days    int    `yaml:"days"`    // with window: how many days to read again
	Log     string `yaml:"log"`     // a SELECT in the source: the key's columns, op (delete, d: deleted) and changed_at
	Compare bool   `yaml:"compare"`
	Line    int    `yaml:"-"` // line in verso.yaml, for messages
}

// Landing says how long what was extracted is kept.
type Landing struct {
	CompactAfter int `yaml:"compact_after"` // increments after which an extract's chain is folded into one file; default 30
}

// The ways of Incremental.
const (
	ByKey   = "key"
	ByFiles = "files"
)

var overlapForm = regexp.MustCompile(`^([0-9]+)([dh]?)$`)

// OverlapHours is the overlap in hours, for columns of dates and times; ok is
// false when it is written as a bare number above zero.
func (i *Incremental) OverlapHours() (hours int, ok bool) {
	m := overlapForm.FindStringSubmatch(i.Overlap)
	if m == nil {
		return 0, i.Overlap == ""
	}
	n, err := strconv.Atoi(m[1])
	switch {
	case err != nil:
		return 0, false
	case m[2] == "d":
		return 24 * n, true
	case m[2] == "h":
		return n, true
	}
	return 0, n == 0
}

// OverlapNumber is the overlap of a column of numbers; ok is false when it is
// written with a unit of time.
func (i *Incremental) OverlapNumber() (n int64, ok bool) {
	if i.Overlap == "" {
		return 0, true
	}
	n, err := strconv.ParseInt(i.Overlap, 10, 64)
	return n, err == nil && n >= 0
}

// incremental reads how a mapping finds what changed.
func (r *reader) incremental(table canon.Table, to **Incremental) func(place) {
	return func(p place) {
		i := &Incremental{}
		if at := p.at(); at != nil {
			i.Line = at.Position.Line
		}
		var compare *bool
		r.mapping(p, fields{
			"by": r.plain(&i.By),
			"overlap": func(p place) {
				if s, ok := r.word(p); ok && !overlapForm.MatchString(s) {
					r.report(p.at(), "write days or hours, such as 2d or 36h; for a column of numbers a number", "%s cannot be %q", p.path, s)
				} else {
					i.Overlap = s
				}
			},
			"window":  r.plain(&i.Window),
			"days":    r.integer(&i.Days, 1, -1),
			"log":     r.selectSQL(&i.Log),
			"compare": r.boolean(&compare),
		})
		i.Compare = compare != nil && *compare
		*to = i
		r.oneWay(table, i, p)
	}
}

// oneWay checks that exactly one way is chosen, with what belongs to it.
func (r *reader) oneWay(table canon.Table, i *Incremental, p place) {
	var ways []string
	for _, name := range []string{"by", "window", "log", "compare"} {
		if r.wrote(p.below(name)) {
			ways = append(ways, name)
		}
	}
	const choose = "write one of by: <column>, by: key, by: files, window: <column> with days, log: SELECT …, compare: true"
	switch {
	case len(ways) == 0:
		r.report(p.at(), choose, "%s does not say how changes are found", p.path)
		return
	case len(ways) > 1:
		r.report(r.keyOf(p.below(ways[1])), choose, "%s names two ways: %s", p.path, strings.Join(ways, " and "))
		return
	}
	for name, way := range map[string]string{"overlap": "by", "days": "window"} {
		if e, ok := r.seen[p.below(name)]; ok && ways[0] != way {
			r.report(e.key, "remove it", "%s means nothing without %s", e.path, way)
		}
	}
	switch {
	case i.By == ByFiles || i.By == ByKey:
		if e, ok := r.seen[p.below("overlap")]; ok {
			r.report(e.key, "remove it", "%s means nothing with by: %s", e.path, i.By)
		}
		if i.By == ByKey && (len(table.Key) != 1) {
			r.report(r.seen[p.below("by")].at(), "use by: <column> or compare: true", "%s has no key of one column", table.Name)
		}
	case ways[0] == "by":
		r.watermark(table, i, r.seen[p.below("by")])
	case ways[0] == "window":
		r.window(table, i, p)
	case ways[0] == "compare" && !i.Compare:
		r.report(r.seen[p.below("compare")].at(), "write compare: true, or remove incremental", "%s is false", p.below("compare"))
	}
	if (ways[0] == "log" || ways[0] == "compare" || ways[0] == "by" && i.By != ByFiles) && len(table.Key) == 0 {
		r.report(r.seen[p.below(ways[0])].key, "use window: <column> with days, or by: files, or remove incremental", "rows of %s have no key, so a changed row cannot find its earlier self", table.Name)
	}
}

func (r *reader) watermark(table canon.Table, i *Incremental, p place) {
	c, ok := r.dated(table, i.By, p, canon.Date, canon.Timestamp, canon.Integer, canon.ID)
	if !ok {
		return
	}
	number := c.Type == canon.Integer || c.Type == canon.ID
	if _, fits := i.OverlapHours(); !number && !fits {
		r.report(r.seen[strings.TrimSuffix(p.path, "by")+"overlap"].at(), "write days or hours, such as 2d or 36h", "%s is a %s, so overlap needs a unit", c.Name, c.Type)
	}
	if _, fits := i.OverlapNumber(); number && !fits {
		r.report(r.seen[strings.TrimSuffix(p.path, "by")+"overlap"].at(), "write a bare number", "%s is a number, so overlap cannot have a unit of time", c.Name)
	}
}

func (r *reader) window(table canon.Table, i *Incremental, p place) {
	if _, ok := r.dated(table, i.Window, r.seen[p.below("window")], canon.Date, canon.Timestamp); ok && i.Days == 0 {
		r.report(r.keyOf(p.below("window")), "add days: 60", "%s does not say how many days", p.path)
	}
}

// dated finds a column that must be of one of the types.
func (r *reader) dated(table canon.Table, name string, p place, types ...canon.Type) (canon.Column, bool) {
	c, ok := table.Column(name)
	if !ok {
		var names []string
		for _, c := range table.Columns {
			if slices.Contains(types, c.Type) {
				names = append(names, c.Name)
			}
		}
		hint := "columns that can be used: " + strings.Join(names, ", ")
		if near := canon.Nearest(name, names, 1); near != nil {
			hint = fmt.Sprintf("did you mean %s? %s", near[0], hint)
		}
		r.report(p.at(), hint, "%s has no column %q", table.Name, name)
		return c, false
	}
	if !slices.Contains(types, c.Type) {
		r.report(p.at(), "use a column of dates or times", "%s.%s is a %s, which does not grow with time", table.Name, name, c.Type)
		return c, false
	}
	return c, true
}

// fits checks a way against the source of the mapping.
func (r *reader) fits(c *Config, table string, m Map, p string) {
	i := m.Incremental
	source, known := c.Sources[m.From]
	if i == nil || !known {
		return
	}
	p += ".incremental"
	database := source.Database()
	switch {
	case i.By == ByFiles && database:
		r.report(r.keyOf(p), "use by: <column>, window, log or compare", "%s is a database: it has no files", m.From)
	case !database && i.By != ByFiles && !i.Compare:
		r.report(r.keyOf(p), "use by: files for a folder that files are added to, or compare: true", "%s reads files, which cannot be asked for a part of their rows", m.From)
	case !database && i.Compare && m.Select != "":
		r.report(r.keyOf(p), "map by columns, or remove incremental", "rows that a SELECT makes of a file cannot be compared with the file")
	}
	if database {
		return
	}
	for other, all := range c.Tables {
		for _, o := range all {
			if itself := other == table && o.Line == m.Line; itself || o.From != m.From {
				continue
			}
			if o.Incremental == nil || o.Incremental.By != i.By || o.Incremental.Compare || i.Compare {
				r.report(r.keyOf(p), "give every mapping of "+m.From+" incremental: {by: files}", "%s feeds table %s too, which would be read another way", m.From, other)
				return
			}
		}
	}
}
