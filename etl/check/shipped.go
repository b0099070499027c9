package check

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"sync"

	"verso/etl/canon"
	"verso/etl/config"
)

//go:embed sql/*.sql
var shipped embed.FS

// parsed reads the embedded checks once; they are part of the program, so a
// fault in them is a fault of the build.
var parsed = sync.OnceValue(func() []Definition {
	files, err := fs.Glob(shipped, "sql/*.sql")
	if err != nil {
		panic(err)
	}
	var out []Definition
	for _, name := range files {
		text, err := shipped.ReadFile(name)
		if err != nil {
			panic(err)
		}
		d, err := parse(strings.TrimSuffix(strings.TrimPrefix(name, "sql/"), ".sql"), string(text))
		if err != nil {
			panic(err)
		}
		out = append(out, d)
	}
	return out
})

// parse reads a check file: a head of "-- key: value" lines, then the SELECT of
// offenders. The file's name is the check's id.
func parse(id, text string) (Definition, error) {
	d := Definition{ID: id, Family: id}
	for {
		line, rest, _ := strings.Cut(text, "\n")
		comment, ok := strings.CutPrefix(line, "-- ")
		if !ok {
			break
		}
		text = rest
		key, value, _ := strings.Cut(comment, ":")
		if err := d.set(key, strings.TrimSpace(value)); err != nil {
			return d, fmt.Errorf("check %s: %w", id, err)
		}
	}
	d.Offenders = strings.TrimRight(strings.TrimSpace(text), ";")
	if d.Severity == "" || d.Tested == "" || d.Offenders == "" || d.Description == "" || d.Hint == "" {
		return d, fmt.Errorf("check %s: severity, tested, description, hint and the SELECT must be given", id)
	}
	return d, nil
}

func (d *Definition) set(key, value string) (err error) {
	switch key {
	case "table":
		d.Table = value
	case "severity":
		d.Severity = value
	case "threshold":
		d.Threshold, err = strconv.ParseFloat(value, 64)
	case "needs":
		for _, t := range strings.Split(value, ",") {
			if t = strings.TrimSpace(t); t != "" {
				d.Needs = append(d.Needs, t)
			}
		}
	case "description":
		d.Description = value
	case "hint":
		d.Hint = value
	case "tested":
		d.Tested = value
	default:
		err = fmt.Errorf("unknown key %q", key)
	}
	return err
}

// Definitions lists the checks for a warehouse to which these canonical tables
// were supplied, each with so many rows: first those made from the declaration of the tables, then the
// shipped files, by id.
func Definitions(tables []canon.Table, supplied map[string]int64) []Definition {
	var out []Definition
	for i := range tables {
		if _, ok := supplied[tables[i].Name]; ok {
			out = append(out, ofTable(&tables[i], supplied)...)
		}
	}
	return append(out, parsed()...)
}

// Known refuses overrides of checks that do not exist, whatever is supplied: an
// *UnknownError. It needs no database. nil tables are canon.Tables().
func Known(tables []canon.Table, overrides map[string]config.Check) error {
	if tables == nil {
		tables = canon.Tables()
	}
	return known(nil, tables, overrides)
}

func known(all []Definition, tables []canon.Table, overrides map[string]config.Check) error {
	ids := map[string]bool{duplicateFamily: true}
	every := map[string]int64{}
	for _, t := range tables {
		every[t.Name] = 0
	}
	for _, d := range append(Definitions(tables, every), all...) {
		ids[d.ID], ids[d.Family] = true, true
	}
	var names []string
	for id := range ids {
		names = append(names, id)
	}
	slices.Sort(names)
	var wrong []string
	for id, o := range overrides {
		if o.Rule != nil {
			if ids[id] {
				return &TakenError{ID: id, Line: o.Line}
			}
			continue
		}
		if !ids[id] && !strings.HasPrefix(id, duplicateFamily+".") {
			wrong = append(wrong, id)
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	slices.Sort(wrong)
	return &UnknownError{ID: wrong[0], Line: overrides[wrong[0]].Line, Near: canon.Nearest(wrong[0], names, 3)}
}
