// Package preset writes a commented verso.yaml for a source system it knows,
// or for files it has been shown a sample of. It reads nothing itself: the
// caller looks at the files and hands over names, types and samples.
package preset

import (
	"bytes"
	"embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"verso/etl/canon"
	"verso/etl/canon/system"
)

//go:embed templates/*.tmpl
var templates embed.FS

// Preset is one kind of source that a configuration can be written for.
type Preset struct {
	Name    string // as in verso init NAME
	Meaning string // one line
	Needs   string // what Inputs must hold: "dsn", "file", "dsn or file", or "folder"
}

// List is every preset, in the order they are offered.
func List() []Preset {
	all := []Preset{
		{"flat-orders", "one file of sales lines from any system; the columns are guessed from names and content", "file"},
		{"canonical", "a folder of files named after the canonical tables", "folder"},
	}
	for _, s := range system.List() {
		needs := "dsn"
		if !s.Database() {
			needs = "file"
		}
		if i := slices.IndexFunc(all, func(p Preset) bool { return p.Name == s.Name }); i >= 0 {
			all[i].Needs = "dsn or file"
			all[i].Meaning += ", or " + s.Title
			continue
		}
		all = append(all, Preset{s.Name, s.Title, needs})
	}
	return all
}

// Column is a column of a file, as sniffed.
type Column struct {
	Name    string
	Type    string   // the engine's type; "" or VARCHAR for text files
	Samples []string // values of the first rows in file order, "" for null; the same number for every column
}

// File is a file that was looked at.
type File struct {
	Path     string // as it shall stand in verso.yaml
	Format   string // csv, tsv, parquet, jsonl, xlsx; "": leave it to detection
	Encoding string // "": leave it to detection
	Columns  []Column
}

// Inputs are what a configuration is written from. Only Files (flat-orders:
// one; canonical: those of the folder) or DSN (databases) matter, the rest has
// defaults.
type Inputs struct {
	Files    []File
	DSN      string            // such as ${NORTHWIND_DSN}; never with a password
	Kind     string            // of the database: postgres, mysql or sqlite; "": the preset's usual one
	Database string            // path of a SQLite database
	Tables   []system.Table    // what the database was seen to hold; nil: it was not looked at
	Source   string            // name of the source; default from the preset or the file
	Company  string            // name of the company
	Currency string            // report currency; "": guessed, else CNY
	Language string            // en or zh; "": en
	Map      map[string]string // flat-orders: what a column is used for → the column
}

// Report is what a preset decided, for the person who called it.
type Report struct {
	Guess    *Guess   // flat-orders only
	Tables   []string // canonical tables that are mapped
	Notes    []string // what was left out or should be looked at
	Proposed []string // what was proposed for each table, of sources without a preset
}

// Render writes the configuration of a preset. The text passes config.Load
// from any folder in which the paths of Inputs are right.
func Render(name string, in Inputs) ([]byte, Report, error) {
	if in.Language == "" {
		in.Language = "en"
	}
	switch name {
	case "flat-orders":
		return flatOrders(in)
	case "canonical":
		return canonical(in)
	}
	kind := in.Kind
	if len(in.Files) > 0 {
		kind = "file"
	}
	if s, ok := system.Lookup(name, kind); ok {
		return ofSystem(s, in)
	}
	if s, ok := system.Lookup(name, ""); ok {
		return nil, Report{}, fmt.Errorf("preset %s reads a source of kind %s, not %s", name, strings.Join(s.Kinds, " or "), kind)
	}
	var names []string
	for _, p := range List() {
		names = append(names, p.Name)
	}
	hint := "presets: " + strings.Join(names, ", ")
	if near := canon.Nearest(name, names, 1); near != nil {
		hint = fmt.Sprintf("did you mean %s? %s", near[0], hint)
	}
	return nil, Report{}, fmt.Errorf("there is no preset %q; %s", name, hint)
}

// fill executes an embedded template.
func fill(name string, data any) ([]byte, error) {
	t, err := template.New(name).Funcs(template.FuncMap{
		"yaml":    Scalar,
		"ident":   ident,
		"indent":  indent,
		"join":    strings.Join,
		"percent": func(f float64) float64 { return 100 * f },
	}).ParseFS(templates, "templates/"+name)
	if err != nil {
		return nil, fmt.Errorf("preset template %s: %w", name, err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		return nil, fmt.Errorf("preset template %s: %w", name, err)
	}
	return b.Bytes(), nil
}

var plainScalar = regexp.MustCompile(`^[\p{L}_./][\p{L}\p{N}_./ -]*$`)

// Scalar writes a text as a YAML scalar, in quotes where it needs them.
func Scalar(s string) string {
	switch strings.ToLower(s) {
	case "true", "false", "null", "yes", "no", "on", "off", "y", "n":
	default:
		if plainScalar.MatchString(s) && strings.TrimSpace(s) == s {
			return s
		}
	}
	if strings.ContainsAny(s, "\n\r\t") {
		return fmt.Sprintf("%q", s)
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}

// ident quotes an SQL identifier.
func ident(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// literal quotes an SQL text.
func literal(s string) string { return `'` + strings.ReplaceAll(s, `'`, `''`) + `'` }

// indent moves every line but the first n spaces to the right.
func indent(n int, s string) string {
	return strings.ReplaceAll(s, "\n", "\n"+strings.Repeat(" ", n))
}
