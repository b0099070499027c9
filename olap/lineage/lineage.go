// Package lineage traces every column of the warehouse to where it comes from.
//
// What is traced is what ran: a [Recorder] stands in for the connection that the
// star and the models are built on and keeps the statements that made tables.
// [Trace] asks the engine to parse them (DuckDB's json_serialize_sql) and follows
// every output column through common tables, joins and subqueries to the columns
// of stored or temporary tables it is computed from. Rows written by the program
// itself are traced to all that it had read since its last write.
package lineage

import (
	"cmp"
	"slices"
	"strings"
)

// Column is a column of a table; the empty Name stands for which rows the table
// has: the conditions they were chosen and joined by.
type Column struct{ Table, Name string }

// String is table.column.
func (c Column) String() string {
	if c.Name == "" {
		return c.Table + " (rows)"
	}
	return c.Table + "." + c.Name
}

func compareColumns(a, b Column) int {
	return cmp.Or(strings.Compare(a.Table, b.Table), strings.Compare(a.Name, b.Name))
}

// Edge says that To is computed from From.
type Edge struct {
	To, From Column
	By       string // what computes it: an expression, a step of the program, a mapping
}

// Graph is what is known of all columns.
type Graph struct {
	edges  map[Column]map[Column]string // to → from → by
	tables map[string][]string          // columns in order, of every table made
	// Unresolved lists names that could not be traced, "table: name", sorted.
	Unresolved []string
}

// NewGraph is an empty graph.
func NewGraph() *Graph {
	return &Graph{edges: map[Column]map[Column]string{}, tables: map[string][]string{}}
}

// Add puts an edge in.
func (g *Graph) Add(e Edge) {
	if g.edges[e.To] == nil {
		g.edges[e.To] = map[Column]string{}
	}
	if _, known := g.edges[e.To][e.From]; !known {
		g.edges[e.To][e.From] = e.By
	}
}

// Edges are all edges, in order of what they lead to.
func (g *Graph) Edges() []Edge {
	var out []Edge
	for to, from := range g.edges {
		for f, by := range from {
			out = append(out, Edge{to, f, by})
		}
	}
	slices.SortFunc(out, func(a, b Edge) int {
		return cmp.Or(compareColumns(a.To, b.To), compareColumns(a.From, b.From))
	})
	return out
}

// From are the columns that c is computed from directly, in order.
func (g *Graph) From(c Column) []Edge {
	var out []Edge
	for f, by := range g.edges[c] {
		out = append(out, Edge{c, f, by})
	}
	slices.SortFunc(out, func(a, b Edge) int { return compareColumns(a.From, b.From) })
	return out
}

// Uses are the columns that are computed from c directly, in order.
func (g *Graph) Uses(c Column) []Edge {
	var out []Edge
	for to, from := range g.edges {
		if by, ok := from[c]; ok {
			out = append(out, Edge{to, c, by})
		}
	}
	slices.SortFunc(out, func(a, b Edge) int { return compareColumns(a.To, b.To) })
	return out
}

// Origins are the columns at the far end of every path from c: those that
// nothing known is before, in order.
func (g *Graph) Origins(c Column) []Column {
	seen := map[Column]bool{c: true}
	var out []Column
	for open := []Column{c}; len(open) > 0; {
		at := open[len(open)-1]
		open = open[:len(open)-1]
		if len(g.edges[at]) == 0 && at != c {
			out = append(out, at)
		}
		for from := range g.edges[at] {
			if !seen[from] {
				seen[from] = true
				open = append(open, from)
			}
		}
	}
	slices.SortFunc(out, compareColumns)
	return out
}

// Has reports whether the graph knows what c is computed from.
func (g *Graph) Has(c Column) bool { return len(g.edges[c]) > 0 }

// Columns are the columns of a table that something is known of, in order.
func (g *Graph) Columns(table string) []string {
	names := map[string]bool{}
	for to, from := range g.edges {
		if to.Table == table {
			names[to.Name] = true
		}
		for f := range from {
			if f.Table == table {
				names[f.Name] = true
			}
		}
	}
	delete(names, "")
	out := make([]string, 0, len(names))
	for name := range names {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// Tables are all tables of the graph, in order.
func (g *Graph) Tables() []string {
	names := map[string]bool{}
	for to, from := range g.edges {
		names[to.Table] = true
		for f := range from {
			names[f.Table] = true
		}
	}
	out := make([]string, 0, len(names))
	for name := range names {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}
