package lineage

import (
	"fmt"
	"slices"
	"strings"

	"verso/olap/cube"
)

// Find gives the columns that a name means: a column (core.fact_order_line.net),
// a measure (sales.net), or all columns of a table. The error names what is near.
func (g *Graph) Find(name string) ([]Column, error) {
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		table, column := name[:i], name[i+1:]
		for _, t := range []string{table, CubeTable(table)} {
			columns := g.Columns(t)
			if slices.Contains(columns, column) {
				return []Column{{Table: t, Name: column}}, nil
			}
			if len(columns) > 0 {
				return nil, fmt.Errorf("%s has no column %q; %s", table, column, cube.Hint(column, columns))
			}
		}
	}
	for _, t := range []string{name, CubeTable(name)} {
		if columns := g.Columns(t); len(columns) > 0 {
			var out []Column
			for _, c := range columns {
				out = append(out, Column{Table: t, Name: c})
			}
			return append(out, Column{Table: t}), nil
		}
	}
	return nil, fmt.Errorf("nothing is called %q; name a table.column such as core.fact_order_line.net, or cube.measure such as sales.net; %s", name, cube.Hint(name, g.Tables()))
}

// Path is all that leads to columns, or from them, in words.
type Path struct {
	Of      []string   `json:"of"`
	Origins []string   `json:"origins,omitempty"` // the far ends of what leads there
	Edges   []PathEdge `json:"edges"`             // the nearest first
}

// PathEdge says that To is computed from From.
type PathEdge struct {
	To   string `json:"to"`
	From string `json:"from"`
	By   string `json:"by,omitempty"`
}

// Path follows columns to what they are computed from; with uses, to what is
// computed from them.
func (g *Graph) Path(start []Column, uses bool) Path {
	p := Path{Edges: []PathEdge{}}
	for _, c := range start {
		p.Of = append(p.Of, Shown(c))
		if !uses {
			for _, o := range g.Origins(c) {
				p.Origins = append(p.Origins, Shown(o))
			}
		}
	}
	seen := map[Column]bool{}
	for open := slices.Clone(start); len(open) > 0; {
		c := open[0]
		open = open[1:]
		if seen[c] {
			continue
		}
		seen[c] = true
		edges := g.From(c)
		if uses {
			edges = g.Uses(c)
		}
		for _, e := range edges {
			p.Edges = append(p.Edges, PathEdge{Shown(e.To), Shown(e.From), e.By})
			if uses {
				open = append(open, e.To)
			} else {
				open = append(open, e.From)
			}
		}
	}
	return p
}
