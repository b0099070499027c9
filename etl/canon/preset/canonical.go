package preset

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"verso/etl/canon"
)

// mapped is one file with the canonical table it fills.
type mapped struct {
	File
	Table   canon.Table
	Source  string
	Columns []columnPair
}

// columnPair is a canonical column and the source column it comes from.
type columnPair struct{ Canonical, Source string }

// canonicalData is what the template of canonical is filled with.
type canonicalData struct {
	Inputs
	Mapped      []mapped
	Notes       []string
	IDs, IDsWhy string
}

// Pad lines up the comment after ids.
func (d canonicalData) Pad() int { return 13 - len(d.IDs) }

// canonical renders the configuration of a folder of files named after the
// canonical tables. What is not recognised is reported, not fatal.
func canonical(in Inputs) ([]byte, Report, error) {
	d := canonicalData{Inputs: in, IDs: "integer", IDsWhy: "every number sampled is a whole number; text takes any code"}
	if d.Currency == "" {
		d.Currency = "CNY"
	}
	files := slices.Clone(in.Files)
	slices.SortStableFunc(files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	taken := map[string]string{}
	for _, f := range files {
		m, notes, ok := match(f)
		d.Notes = append(d.Notes, notes...)
		if !ok {
			continue
		}
		if other := taken[m.Table.Name]; other != "" {
			d.Notes = append(d.Notes, fmt.Sprintf("%s is left out: %s is read from %s", f.Path, m.Table.Name, other))
			continue
		}
		taken[m.Table.Name] = f.Path
		d.Mapped = append(d.Mapped, m)
	}
	order := map[string]int{}
	for i, name := range canon.Names() {
		order[name] = i
	}
	slices.SortStableFunc(d.Mapped, func(a, b mapped) int { return order[a.Table.Name] - order[b.Table.Name] })
	report := Report{Notes: d.Notes}
	for _, m := range d.Mapped {
		report.Tables = append(report.Tables, m.Table.Name)
	}
	for _, t := range canon.Tables() {
		if t.Minimal && taken[t.Name] == "" {
			return nil, report, fmt.Errorf("the folder has no usable file for %s, which cannot be done without%s", t.Name, list(d.Notes))
		}
	}
	d.ids()
	text, err := fill("canonical.yaml.tmpl", d)
	return text, report, err
}

// list puts notes below an error.
func list(notes []string) string {
	if len(notes) == 0 {
		return ""
	}
	return "\n  " + strings.Join(notes, "\n  ")
}

// match finds the table a file is named after and maps its columns.
func match(f File) (mapped, []string, bool) {
	stem, _, _ := strings.Cut(filepath.Base(filepath.FromSlash(f.Path)), ".")
	var table canon.Table
	for _, t := range canon.Tables() {
		if canon.Normal(t.Name) == canon.Normal(stem) {
			table = t
		}
	}
	if table.Name == "" {
		hint := ""
		if near := canon.Nearest(stem, canon.Names(), 1); near != nil {
			hint = fmt.Sprintf(" (did you mean %s?)", near[0])
		}
		return mapped{}, []string{fmt.Sprintf("%s is left out: there is no canonical table %s%s", f.Path, stem, hint)}, false
	}
	m := mapped{File: f, Table: table, Source: table.Name}
	var notes []string
	from := map[string]string{}
	for _, exact := range []bool{true, false} {
		for _, c := range f.Columns {
			col, ok := table.Match(c.Name)
			if !ok || exact != (canon.Normal(col.Name) == canon.Normal(c.Name)) {
				continue
			}
			if other, ok := from[col.Name]; ok {
				notes = append(notes, fmt.Sprintf("%s: column %s is left out: %s is read from %s", f.Path, c.Name, col.Name, other))
				continue
			}
			from[col.Name] = c.Name
		}
	}
	for _, c := range f.Columns {
		if _, ok := table.Match(c.Name); !ok {
			notes = append(notes, fmt.Sprintf("%s: column %q is not known in %s and left out", f.Path, c.Name, table.Name))
		}
	}
	var missing []string
	for _, c := range table.Columns {
		switch source, ok := from[c.Name]; {
		case ok:
			m.Columns = append(m.Columns, columnPair{c.Name, source})
		case c.Required:
			missing = append(missing, c.Name)
		}
	}
	if len(missing) > 0 {
		notes = append(notes, fmt.Sprintf("%s is left out: it has no column for %s", f.Path, strings.Join(missing, ", ")))
		return m, notes, false
	}
	return m, notes, true
}

// ids decides the type of ids: integer when every sample of every id can be
// one and stays as it is written.
func (d *canonicalData) ids() {
	for _, m := range d.Mapped {
		byName := map[string]Column{}
		for _, c := range m.File.Columns {
			byName[c.Name] = c
		}
		for _, p := range m.Columns {
			col, _ := m.Table.Column(p.Canonical)
			if col.Type == canon.ID && !integerKeys(byName[p.Source]) {
				d.IDs = "text"
				d.IDsWhy = fmt.Sprintf("there are codes that are no whole numbers, such as %s in %s", p.Source, m.Table.Name)
				return
			}
		}
	}
}
