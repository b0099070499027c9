package propose

import (
	"fmt"
	"strings"

	"verso/etl/canon"
	"verso/etl/canon/system"
)

// Options are what a proposed configuration is written with.
type Options struct {
	Kind     string // postgres, mysql, sqlite or file
	DSN      string // of postgres and mysql, as it shall stand in verso.yaml
	Path     string // of sqlite
	Source   string // name of the source; of files each has its own
	Looked   string // what was looked at, in words
	Likely   []string
	Company  string
	Currency string
	Language string
	Scalar   func(string) string // writes a text as a YAML scalar
}

// Render writes the configuration of a proposal. The error says what is missing
// when no order could be made of the tables; the text is written all the same,
// for a person to go on with.
func (p Proposal) Render(o Options) ([]byte, []string, error) {
	w := &writer{p: p, o: o}
	w.top()
	w.sources()
	w.line("")
	w.line("tables:")
	var used []string
	for _, t := range p.Tables {
		if t.Used() {
			used = append(used, t.Canonical.Name)
			w.table(t, "")
		}
	}
	for _, t := range p.Tables {
		if !t.Used() {
			w.table(t, "# ")
		}
	}
	return []byte(w.b.String()), used, p.complete()
}

// complete is the error of a proposal without orders.
func (p Proposal) complete() error {
	var lacking []string
	for _, name := range []string{"order_header", "order_line"} {
		found := false
		for _, t := range p.Tables {
			if t.Canonical.Name != name {
				continue
			}
			if found = t.Used(); !found {
				lacking = append(lacking, fmt.Sprintf("%s: %s is like it, but nothing was found for %s", name, t.Source.Name, strings.Join(t.Missing, ", ")))
				found = true
			}
		}
		if !found {
			lacking = append(lacking, name+": no table looks like it")
		}
	}
	if lacking == nil {
		return nil
	}
	return &IncompleteError{lacking}
}

// IncompleteError is a proposal that nothing can be reported from yet.
type IncompleteError struct{ Lacking []string }

// Error says what is missing.
func (e *IncompleteError) Error() string {
	return "the proposal is not complete: say where the rest comes from\n  " + strings.Join(e.Lacking, "\n  ")
}

type writer struct {
	b strings.Builder
	p Proposal
	o Options
}

func (w *writer) line(format string, args ...any) {
	if len(args) > 0 {
		format = fmt.Sprintf(format, args...)
	}
	w.b.WriteString(strings.TrimRight(format, " ") + "\n")
}

func (w *writer) top() {
	w.line("# verso.yaml proposed for %s, written by: verso init", oneLine(w.o.Looked))
	w.line("#")
	w.line("# This is a guess from names, types, keys and some rows: look at every line. Behind each")
	w.line("# column stands how sure the guess is, from 0 to 1, and why. What is below %.2f is left", Threshold)
	w.line("# as a comment. \"verso canon TABLE\" explains the canonical columns.")
	for _, l := range w.o.Likely {
		w.line("# Note: " + oneLine(l))
	}
	if err := w.p.complete(); err != nil {
		w.line("# Note: " + strings.ReplaceAll(err.Error(), "\n", "\n# Note: "))
	}
	if len(w.p.Unused) > 0 {
		w.line("# Not used: " + oneLine(strings.Join(w.p.Unused, ", ")))
	}
	w.line("version: 1")
	w.line("company:")
	w.line("  name: " + w.o.Scalar(w.o.Company))
	w.line("  currency: %s   # a database does not say: change it if amounts are in another", w.o.Currency)
	w.line("  language: " + w.o.Language)
	w.line("  fiscal_year_start: 1")
	w.line("")
	w.line("as_of: latest     # the last order date found")
	w.line("ids: %s   # %s", w.p.IDs, oneLine(w.p.IDsWhy))
	w.line("")
}

func (w *writer) sources() {
	w.line("sources:")
	if w.o.Kind == "file" {
		done := map[string]bool{}
		for _, t := range w.p.Tables {
			if !done[t.Source.Name] {
				done[t.Source.Name] = true
				w.line("  %s: {kind: file, path: %s}", t.Source.Name, w.o.Scalar(t.Source.Path))
			}
		}
		return
	}
	w.line("  %s:", w.o.Source)
	w.line("    kind: " + w.o.Kind)
	if w.o.Kind == "sqlite" {
		w.line("    path: " + w.o.Scalar(w.o.Path))
		return
	}
	w.line("    dsn: " + w.o.Scalar(w.o.DSN))
}

// table writes one table; lead "# " makes all of it a comment.
func (w *writer) table(t Table, lead string) {
	source := w.o.Source
	if w.o.Kind == "file" {
		source = t.Source.Name
	}
	w.line("  # %s: %s, %.2f sure by %s.", t.Canonical.Name, oneLine(t.Source.Name), t.Confidence, oneLine(t.Reason))
	if len(t.Missing) > 0 {
		w.line("  # Left out: nothing sure was found for %s.", strings.Join(t.Missing, ", "))
	}
	w.line("  %s%s:", lead, t.Canonical.Name)
	w.line("  %s  from: %s", lead, source)
	if w.o.Kind == "file" && !t.Grouped && !t.computed() {
		w.line("  %s  columns:", lead)
		for _, c := range t.Columns {
			mark := ""
			if !c.Taken() {
				mark = "# "
			}
			w.line("  %s    %s%s: %s  # %.2f: %s", lead, mark, c.Canonical.Name, w.o.Scalar(c.Source), c.Confidence, oneLine(c.Reason))
		}
		w.line("")
		return
	}
	w.line("  %s  select: |", lead)
	w.sql(t, "  "+lead+"    ")
	w.line("")
}

// computed reports whether a column that is taken is more than a source column.
func (t Table) computed() bool {
	for _, c := range t.Columns {
		if c.Taken() && (c.With != "" || c.Hundred) {
			return true
		}
	}
	return false
}

func (w *writer) sql(t Table, indent string) {
	var taken, left []Column
	for _, c := range t.Columns {
		if c.Taken() {
			taken = append(taken, c)
		} else {
			left = append(left, c)
		}
	}
	for i, c := range taken {
		start, comma := "       ", ","
		if i == 0 {
			start = "SELECT "
		}
		if i == len(taken)-1 {
			comma = ""
		}
		w.line("%s%s%s AS %s%s  -- %.2f: %s", indent, start, w.expression(t, c), w.quote(c.Canonical.Name), comma, c.Confidence, oneLine(c.Reason))
	}
	for _, c := range left {
		w.line("%s       -- %s AS %s,  -- %.2f: %s", indent, w.expression(t, c), w.quote(c.Canonical.Name), c.Confidence, oneLine(c.Reason))
	}
	name := w.quote(t.Source.Name)
	if t.Source.Schema != "" {
		name = w.quote(t.Source.Schema) + "." + name
	}
	w.line(indent + "FROM " + name)
	key := w.key(t)
	if t.Grouped {
		w.line(indent + "WHERE " + key + " IS NOT NULL")
		w.line(indent + "GROUP BY " + key)
	}
	if key != "" {
		w.line(indent + "ORDER BY " + key)
	}
}

// expression is a column as it is selected.
func (w *writer) expression(t Table, c Column) string {
	x := w.quote(c.Source)
	switch {
	case c.With != "":
		x = fmt.Sprintf("concat(%s, ' ', %s)", x, w.quote(c.With))
	case c.Hundred && w.o.Kind == "file":
		x = fmt.Sprintf("100 * TRY_CAST(%s AS DECIMAL(18,6))", x)
	case c.Hundred:
		x = fmt.Sprintf("CAST(CAST(%s AS decimal(12,6)) * 100 AS decimal(9,4))", x)
	}
	if t.Grouped && c.Canonical.Name != "order_id" {
		x = "min(" + x + ")"
	}
	return x
}

// key is what rows are put in order by: the key, else the first column taken.
func (w *writer) key(t Table) string {
	var keys []string
	for _, name := range t.Canonical.Key {
		if c, ok := t.Column(name); ok && c.Taken() {
			keys = append(keys, w.quote(c.Source))
		}
	}
	if keys == nil && !t.Grouped {
		for _, name := range t.Source.Primary {
			keys = append(keys, w.quote(name))
		}
	}
	if keys == nil && w.o.Kind == "file" {
		return "_row"
	}
	return strings.Join(keys, ", ")
}

// quote quotes an identifier for the kind of database.
func (w *writer) quote(name string) string {
	if w.o.Kind == "mysql" {
		return "`" + strings.ReplaceAll(name, "`", "``") + "`"
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

// oneLine keeps a comment a comment: a name from a database may hold anything.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 {
			return ' '
		}
		return r
	}, s)
}

// Usable leaves out tables and columns whose names cannot stand in a
// configuration, and says which.
func Usable(tables []system.Table) (good []system.Table, notes []string) {
	for _, t := range tables {
		if oneLine(t.Name) != t.Name || strings.TrimSpace(t.Name) == "" {
			notes = append(notes, fmt.Sprintf("table %q is left out: its name cannot be written", t.Name))
			continue
		}
		var columns []system.Column
		for _, c := range t.Columns {
			if oneLine(c.Name) != c.Name || strings.TrimSpace(c.Name) == "" || canon.Normal(c.Name) == "row" && strings.HasPrefix(c.Name, "_") {
				notes = append(notes, fmt.Sprintf("column %q of %s is left out: its name cannot be written", c.Name, t.Name))
				continue
			}
			columns = append(columns, c)
		}
		t.Columns = columns
		good = append(good, t)
	}
	return good, notes
}

// Summary is the table in one line, for the terminal.
func (t Table) Summary() string {
	taken := 0
	for _, c := range t.Columns {
		if c.Taken() {
			taken++
		}
	}
	if !t.Used() {
		return fmt.Sprintf("%s ← %s, left as a comment: nothing sure for %s", t.Canonical.Name, t.Source.Name, strings.Join(t.Missing, ", "))
	}
	return fmt.Sprintf("%s ← %s (%.2f): %d columns, %d left as comments", t.Canonical.Name, t.Source.Name, t.Confidence, taken, len(t.Columns)-taken)
}
