// Package system knows the databases and exports of real systems: the tables
// they are recognised by and, for each canonical table, the SELECT that fills it.
// The SELECTs stand in plain files below systems/. What a database lacks is taken
// out of them, and said.
package system

import (
	"embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

//go:embed systems/*.sql
var files embed.FS

// System is one system that data comes from.
type System struct {
	Name       string   // as in verso init NAME
	Title      string   // in words
	Kinds      []string // kinds of source it can be read from, the usual one first: postgres, mysql, sqlite or file
	Env        string   // environment variable that is offered for the connection string
	IDs        string   // integer or text
	Currency   string   // report currency when none is given
	Company    string   // name of the company when none is given
	Source     string   // name of the source; a file's SELECTs read the table of this name
	Prefix     string   // what the names of tables usually begin with, where that is a choice of the installation
	Recognise  []string // tables (of a file: columns) that only this system has all of
	Verified   string   // what "verified" behind a column means
	Unverified string   // what "not verified" means
	About      []string // lines of comment at the top
	Maps       []Map
}

// Map is one SELECT that fills a canonical table. A table may have several.
type Map struct {
	Table string
	About []string // lines of comment
	Lost  string   // what the reports lack without it
	Head  []string // lines before the columns: WITH …, ending before SELECT
	Items []Item   // the columns
	Tail  []string // lines after the columns, from FROM on
}

// Item is one column of a SELECT.
type Item struct {
	Name     string   // canonical
	SQL      []string // lines of the expression, without AS
	Verified bool
	Note     string // what is to be known about it
}

// Table is one table or view of a database that was looked at, or one file.
type Table struct {
	Schema  string // "" where there is none, or it is the usual one
	Name    string
	View    bool
	Rows    int64 // an estimate; -1 when unknown
	Columns []Column
	Primary []string // columns of the primary key
	Foreign []ForeignKey
	Path    string // of a file
	Select  string // SELECT of all columns, in the database's own SQL; "" for a file
}

// Column is a column of it.
type Column struct {
	Name    string
	Type    string   // in the source's own words; "" when unknown
	Samples []string // values of some rows, "" for null
}

// ForeignKey says that Columns refer to the columns To of Table.
type ForeignKey struct {
	Columns []string
	Table   string
	To      []string
}

// Column finds a column by name, in any case.
func (t *Table) Column(name string) (Column, bool) {
	for _, c := range t.Columns {
		if strings.EqualFold(c.Name, name) {
			return c, true
		}
	}
	return Column{}, false
}

// parsed reads the embedded files once. They are part of the program and tested
// with it, so a fault in them is a fault of the build.
var parsed = sync.OnceValue(func() []System {
	entries, err := files.ReadDir("systems")
	if err != nil {
		panic(fmt.Sprintf("system: %v", err))
	}
	var all []System
	for _, e := range entries {
		text, err := files.ReadFile("systems/" + e.Name())
		if err != nil {
			panic(fmt.Sprintf("system: %v", err))
		}
		s, err := parse(string(text))
		if err != nil {
			panic(fmt.Sprintf("system: systems/%s: %v", e.Name(), err))
		}
		all = append(all, s)
	}
	return all
})

// List lists the systems, by name. The slice is the caller's, what it holds is
// shared and must not be changed.
func List() []System { return slices.Clone(parsed()) }

// Lookup finds the system of a name that can be read from a kind of source; "" is
// any kind, a database before a file.
func Lookup(name, kind string) (found System, ok bool) {
	for _, s := range parsed() {
		if s.Name != name || kind != "" && !slices.Contains(s.Kinds, kind) {
			continue
		}
		if s.Database() {
			return s, true
		}
		found, ok = s, true
	}
	return found, ok
}

// As is the system with the prefix that its tables have in a database: what
// stands before the first of Recognise there. tables nil: as it is.
func (s System) As(tables []Table) System {
	if s.Prefix == "" {
		return s
	}
	suffix := strings.TrimPrefix(s.Recognise[0], s.Prefix)
	prefix := s.Prefix
	for _, t := range tables {
		if strings.EqualFold(t.Name, s.Recognise[0]) {
			return s
		}
		if before, ok := strings.CutSuffix(t.Name, suffix); ok && plainName.MatchString(before) {
			prefix = before
		}
	}
	return s.replaced(s.Prefix, prefix)
}

var plainName = regexp.MustCompile(`^\w*$`)

// replaced is a copy of the system with a text of its SQL and tables replaced.
func (s System) replaced(old, now string) System {
	if old == now {
		return s
	}
	all := func(lines []string) []string {
		lines = slices.Clone(lines)
		for i := range lines {
			lines[i] = strings.ReplaceAll(lines[i], old, now)
		}
		return lines
	}
	s.Recognise, s.Maps = all(s.Recognise), slices.Clone(s.Maps)
	for i, m := range s.Maps {
		m.Head, m.Tail, m.Items = all(m.Head), all(m.Tail), slices.Clone(m.Items)
		for k := range m.Items {
			m.Items[k].SQL = all(m.Items[k].SQL)
		}
		s.Maps[i] = m
	}
	return s
}

// Database reports whether the system is read from a database.
func (s System) Database() bool { return !slices.Contains(s.Kinds, "file") }
