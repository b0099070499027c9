// Package clc reads class codes of the Chinese Library Classification: it
// knows the table of classes (22 main classes and the second level, shipped;
// deeper ones from the user), its explicit parents, the world areas, and the
// notation of codes. Pure Go, no database.
package clc

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Row is a class as a table lists it.
type Row struct {
	Code        string // as printed: TP391.4, I3/7, G649.3/.7
	Parent      string // code of the class above; "" is found from the code
	NameZH      string
	NameEN      string
	Alternative bool   // listed in brackets: not used for shelving
	AreaBase    string // what stands before the digits of a world area; "" where the class is not split by area
}

// Node is a class in its place.
type Node struct {
	Row
	Level int      // 1 for a main class
	Path  []string // codes from the main class down to this one
}

// Area is a member of the world area table.
type Area struct{ Code, NameEN, NameZH, Parent string }

// Table is a set of classes with parents, ready for [Table.Parse].
type Table struct {
	nodes map[string]*Node  // by code
	keys  map[string]string // code without dots, ranges expanded → code
	areas map[string]Area
}

//go:embed data/classes.csv
var classesCSV string

//go:embed data/areas.csv
var areasCSV string

// Shipped returns the classes that come with verso: the 22 main classes, the
// second level and a few of the third.
func Shipped() []Row {
	records := mustRead(classesCSV)
	rows := make([]Row, len(records))
	for i, r := range records {
		rows[i] = Row{Code: r[0], Parent: r[1], NameZH: r[2], NameEN: r[3], Alternative: r[4] != "", AreaBase: r[5]}
	}
	return rows
}

// Areas returns the world areas that come with verso, continents and countries.
func Areas() []Area {
	records := mustRead(areasCSV)
	areas := make([]Area, len(records))
	for i, r := range records {
		areas[i] = Area{Code: r[0], NameEN: r[1], NameZH: r[2], Parent: r[3]}
	}
	return areas
}

// mustRead reads an embedded file without its header.
func mustRead(text string) [][]string {
	records, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		panic("clc: embedded table: " + err.Error())
	}
	return records[1:]
}

// Merge lays the user's rows over the shipped ones: a code that is in both
// keeps what the user leaves empty.
func Merge(shipped, user []Row) []Row {
	at := make(map[string]int, len(shipped)+len(user))
	merged := make([]Row, 0, len(shipped)+len(user))
	for _, r := range shipped {
		at[r.Code] = len(merged)
		merged = append(merged, r)
	}
	for _, r := range user {
		r.Code, r.Alternative = tidy(r.Code, r.Alternative)
		r.Parent, _ = tidy(r.Parent, false)
		i, known := at[r.Code]
		if !known {
			at[r.Code] = len(merged)
			merged = append(merged, r)
			continue
		}
		old := &merged[i]
		old.Parent = first(r.Parent, old.Parent)
		old.NameZH = first(r.NameZH, old.NameZH)
		old.NameEN = first(r.NameEN, old.NameEN)
		old.Alternative = old.Alternative || r.Alternative
	}
	return merged
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// tidy brings a listed code to the form of the table: [C7] and {F123} lose
// their brackets.
func tidy(code string, alternative bool) (string, bool) {
	code = strings.ToUpper(strings.TrimSpace(norm.NFKC.String(code)))
	alternative = alternative || strings.Contains(code, "[")
	return strings.NewReplacer("[", "", "]", "", "{", "", "}", "").Replace(code), alternative
}

// Note is something odd about a table of classes.
type Note struct{ Code, Text string }

var listed = regexp.MustCompile(`^[A-Z]{1,2}(?:-\d+)?[\d.]*(?:/[A-Z]{0,2}[\d.]+)?$`)

// New builds a table. Rows that are no class codes or come twice are left out,
// parents that are unknown or go round in a circle are replaced: all of it noted.
func New(rows []Row, areas []Area) (*Table, []Note) {
	t := &Table{nodes: map[string]*Node{}, keys: map[string]string{}, areas: map[string]Area{}}
	for _, a := range areas {
		t.areas[a.Code] = a
	}
	var notes []Note
	for _, r := range rows {
		switch {
		case !listed.MatchString(r.Code):
			notes = append(notes, Note{r.Code, "not a class code: left out"})
		case t.nodes[r.Code] != nil:
			notes = append(notes, Note{r.Code, "listed twice: the first is kept"})
		default:
			t.nodes[r.Code] = &Node{Row: r}
		}
	}
	codes := t.codes()
	t.index(codes)
	notes = append(notes, t.place(codes)...)
	return t, notes
}

// codes lists the codes of the table in ascending order.
func (t *Table) codes() []string {
	codes := make([]string, 0, len(t.nodes))
	for code := range t.nodes {
		codes = append(codes, code)
	}
	sort.Strings(codes)
	return codes
}

// index fills keys: every code under its own, then ranges under what is free.
func (t *Table) index(codes []string) {
	for _, code := range codes {
		if !strings.Contains(code, "/") {
			t.keys[bare(code)] = code
		}
	}
	for _, code := range codes {
		if !strings.Contains(code, "/") {
			continue
		}
		keys, base := expand(code)
		for _, key := range keys {
			if _, taken := t.keys[key]; !taken {
				t.keys[key] = code
			}
		}
		if n := t.nodes[code]; n.AreaBase == "" {
			n.AreaBase = base
		}
	}
}

// bare is a code without its dots, which are only punctuation.
func bare(code string) string { return strings.ReplaceAll(code, ".", "") }

// expand lists the keys of a range such as I3/7, D73/77 or G649.3/.7. A range
// over 3 to 7, the continents of the world area table, is split by area: base
// is what stands before the area, "" otherwise.
func expand(code string) (keys []string, base string) {
	from, to, _ := strings.Cut(bare(code), "/")
	to = strings.TrimLeft(to, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	if n := len(from) - len(to); n >= 1 {
		stem, low := from[:n], from[n:]
		lo, okLo := number(low)
		hi, okHi := number(to)
		if okLo && okHi && lo < hi && hi-lo < 1000 {
			for i := lo; i <= hi; i++ {
				keys = append(keys, fmt.Sprintf("%s%0*d", stem, len(to), i))
			}
			head := from[:len(from)-1]
			if keys[0] == head+"3" && keys[len(keys)-1] == head+"7" {
				base = head
			}
			return keys, base
		}
	}
	return []string{from}, ""
}

func number(digits string) (n int, ok bool) {
	if digits == "" || len(digits) > 6 {
		return 0, false
	}
	for _, c := range []byte(digits) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

// place resolves parents, levels and paths.
func (t *Table) place(codes []string) []Note {
	var notes []Note
	at := make(map[string]int32, len(codes))
	for i, code := range codes {
		at[code] = int32(i)
	}
	parents := make([]int32, len(codes))
	for i, code := range codes {
		n := t.nodes[code]
		given, known := at[n.Parent]
		switch {
		case n.Parent != "" && known:
			parents[i] = given
			continue
		case n.Parent != "":
			notes = append(notes, Note{code, "parent " + n.Parent + " is not in the table: taken from the code"})
		}
		parents[i] = t.byPrefix(code, at)
	}
	for i := range parents {
		if !circular(parents, int32(i)) {
			continue
		}
		parents[i] = none
		if main, ok := at[codes[i][:1]]; ok && parents[main] == none && int(main) != i {
			parents[i] = main // a class that goes round in a circle hangs under its letter
		}
		notes = append(notes, Note{codes[i], "its parents go round in a circle: cut here"})
	}
	for i, code := range codes {
		n := t.nodes[code]
		n.Parent = ""
		if parents[i] != none {
			n.Parent = codes[parents[i]]
		}
		for k := int32(i); k != none; k = parents[k] {
			n.Path = append(n.Path, codes[k])
		}
		slices.Reverse(n.Path)
		n.Level = len(n.Path)
	}
	return notes
}

// none is the parent of a class at the top.
const none int32 = -1

// circular says whether the parents of class i lead back to it.
func circular(parents []int32, i int32) bool {
	slow, fast := i, parents[i]
	for fast != i && fast != none && fast != slow {
		if slow = parents[slow]; parents[fast] == none || parents[fast] == i {
			return parents[fast] == i
		}
		fast = parents[parents[fast]]
	}
	return fast == i
}

// byPrefix finds the class with the longest code that begins this one.
func (t *Table) byPrefix(code string, at map[string]int32) int32 {
	key, _, _ := strings.Cut(bare(code), "/")
	for n := len(key) - 1; n >= 1; n-- {
		if found, ok := t.keys[key[:n]]; ok && found != code {
			return at[found]
		}
	}
	return none
}

// Node returns the class with this code, or nil.
func (t *Table) Node(code string) *Node { return t.nodes[code] }

// Nodes returns all classes in the order of their codes.
func (t *Table) Nodes() []*Node {
	nodes := make([]*Node, 0, len(t.nodes))
	for _, code := range t.codes() {
		nodes = append(nodes, t.nodes[code])
	}
	return nodes
}
