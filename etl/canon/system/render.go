package system

import (
	"fmt"
	"slices"
	"strings"
)

// Options are what a configuration of a system is written with.
type Options struct {
	Kind      string   // of the source; "": the usual one of the system
	DSN, Path string   // where the source is; "" DSN: the system's variable
	Extra     []string // further lines of the source, such as "encoding: gb18030"
	Company   string
	Currency  string
	Language  string
	Tables    []Table             // what was looked at; nil: nothing
	Scalar    func(string) string // writes a text as a YAML scalar
}

// Report tells what was written.
type Report struct {
	Tables []string // canonical tables that are mapped
	Notes  []string
}

// Render writes the configuration of a system.
func (s System) Render(o Options) ([]byte, Report) {
	o = s.defaults(o)
	s = s.As(o.Tables).replaced("{{currency}}", o.Currency)
	w := &writer{s: s, o: o}
	fitted := s.Fit(o.Tables)
	w.report.Notes = fitted.Notes
	w.top(fitted)
	w.source()
	w.line("")
	w.line("tables:")
	w.tables(fitted)
	return []byte(w.b.String()), w.report
}

func (s System) defaults(o Options) Options {
	if o.Kind == "" {
		o.Kind = s.Kinds[0]
	}
	if o.DSN == "" {
		o.DSN = "${" + s.Env + "}"
	}
	if o.Company == "" {
		o.Company = s.Company
	}
	if o.Currency == "" {
		o.Currency = s.Currency
	}
	if o.Language == "" {
		o.Language = "en"
	}
	return o
}

type writer struct {
	b      strings.Builder
	s      System
	o      Options
	report Report
}

func (w *writer) line(format string, args ...any) {
	if len(args) > 0 {
		format = fmt.Sprintf(format, args...)
	}
	w.b.WriteString(strings.TrimRight(format, " ") + "\n")
}

// top writes the comment and the company.
func (w *writer) top(f Fitted) {
	w.line("# verso.yaml for %s, written by: verso init %s", w.s.Title, w.s.Name)
	w.line("#")
	w.line("# Each table below is filled by one SELECT; the names of its columns are canonical")
	w.line(`# ("verso canon TABLE" explains them). Behind each column:`)
	if w.s.Verified != "" {
		w.line("#   verified      %s", w.s.Verified)
	}
	w.line("#   not verified  %s", w.s.Unverified)
	for _, a := range w.s.About {
		w.line("# " + a)
	}
	if w.o.Tables == nil {
		w.line("# Note: the source was not looked at; what it lacks shows at the first refresh.")
	}
	for _, n := range f.Notes {
		w.line("# Note: " + n)
	}
	w.line("version: 1")
	w.line("company:")
	w.line("  name: " + w.o.Scalar(w.o.Company))
	w.line("  currency: " + w.o.Currency)
	w.line("  language: " + w.o.Language)
	w.line("  fiscal_year_start: 1")
	w.line("")
	w.line("as_of: latest     # the last order date found")
	w.line("ids: " + w.s.IDs)
	w.line("")
}

func (w *writer) source() {
	w.line("sources:")
	w.line("  %s:", w.s.Source)
	w.line("    kind: " + w.o.Kind)
	if w.o.Kind == "file" || w.o.Kind == "sqlite" {
		w.line("    path: " + w.o.Scalar(w.o.Path))
	} else {
		w.line("    # The connection string comes from the environment and never stands here; a")
		w.line("    # password goes into the variable too, or into a file named by dsn_file.")
		w.line("    dsn: " + w.o.Scalar(w.o.DSN))
	}
	for _, e := range w.o.Extra {
		w.line("    " + e)
	}
}

// tables writes the maps, those of one canonical table together.
func (w *writer) tables(f Fitted) {
	done := map[string]bool{}
	for _, m := range f.Maps {
		if done[m.Table] {
			continue
		}
		done[m.Table] = true
		var of []FittedMap
		present := 0
		for _, other := range f.Maps {
			if other.Table == m.Table {
				of = append(of, other)
				if other.Absent == "" {
					present++
				}
			}
		}
		w.table(m.Table, of, present)
	}
}

func (w *writer) table(name string, maps []FittedMap, present int) {
	if present > 0 {
		w.report.Tables = append(w.report.Tables, name)
		if len(maps) > 1 {
			w.line("  %s:", name)
		}
	}
	for _, m := range maps {
		switch {
		case m.Absent != "":
			w.line("  # %s is left out: %s%s.", name, m.Absent, lost(m.Map))
		case len(maps) > 1:
			w.about(m, "    ")
			w.line("    - from: " + w.s.Source)
			w.line("      select: |")
			w.sql(m, "        ")
		default:
			w.about(m, "  ")
			w.line("  %s:", name)
			w.line("    from: " + w.s.Source)
			w.line("    select: |")
			w.sql(m, "      ")
		}
	}
	w.line("")
}

func (w *writer) about(m FittedMap, indent string) {
	for _, a := range m.About {
		w.line(indent + "# " + a)
	}
	for _, d := range m.Dropped {
		w.line(indent + "# " + strings.ToUpper(d[:1]) + d[1:] + ".")
	}
}

func (w *writer) sql(m FittedMap, indent string) {
	for _, l := range m.Head {
		w.line(indent + l)
	}
	for i, item := range m.Items {
		lines := item.SQL
		comma, mark := ",", "verified"
		if i == len(m.Items)-1 {
			comma = ""
		}
		if !item.Verified {
			mark = "not verified"
		}
		if item.Note != "" {
			mark += ": " + item.Note
		}
		lead := "       "
		if i == 0 {
			lead = "SELECT "
		}
		for k, l := range lines {
			if k == len(lines)-1 {
				l += fmt.Sprintf(` AS "%s"%s  -- %s`, item.Name, comma, mark)
			}
			w.line(indent + lead + l)
			lead = "       "
		}
	}
	for _, l := range m.Tail {
		w.line(indent + optional.ReplaceAllString(l, ""))
	}
}

// Missing is the error of a source that lacks the tables nothing can be done
// without; nil when it has them.
func (s System) Missing(mapped, notes []string) error {
	for _, name := range []string{"order_header", "order_line"} {
		if !slices.Contains(mapped, name) {
			return fmt.Errorf("this is no source for preset %s: it lacks what %s needs, which cannot be done without\n  %s",
				s.Name, name, strings.Join(notes, "\n  "))
		}
	}
	return nil
}
