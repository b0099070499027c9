package lineage

import (
	"strings"

	"verso/olap/cube"
)

// Working reports whether a table only stood while the warehouse was built.
func Working(table string) bool {
	return !strings.ContainsAny(table, ".:") && table != "constant" && !strings.HasPrefix(table, CubeTable(""))
}

// CubeTable names a cube in the graph.
func CubeTable(name string) string { return "cube " + name }

// Shown is a column as people write it.
func Shown(c Column) string { return strings.TrimPrefix(c.String(), "cube ") }

// AddMeasures traces the measures of all cubes to the columns of their facts.
func AddMeasures(g *Graph, m *cube.Model) {
	for _, c := range m.Cubes {
		for _, measure := range c.Measures {
			to := Column{Table: CubeTable(c.Name), Name: measure.Name}
			for _, base := range measure.Bases() {
				if base != measure && c.Measure(base.Name) == base {
					g.Add(Edge{To: to, From: Column{Table: CubeTable(c.Name), Name: base.Name}, By: measure.Kind})
					continue
				}
				for _, column := range []string{base.Column, base.Times(), base.WhenKnown, base.WhenTrue} {
					if column != "" && c.Table != "" {
						g.Add(Edge{To: to, From: Column{Table: c.Table, Name: column}, By: measure.Kind})
					}
				}
			}
			if measure.Kind == cube.Count && c.Table != "" {
				g.Add(Edge{To: to, From: Column{Table: c.Table}, By: measure.Kind})
			}
		}
		for _, combined := range c.Combines {
			for _, name := range combined.Measures {
				g.Add(Edge{To: Column{Table: CubeTable(c.Name), Name: name},
					From: Column{Table: CubeTable(combined.Cube), Name: name}, By: "combined"})
			}
		}
	}
}

// SourcePrefix begins the names of the sources of verso.yaml in a graph.
const SourcePrefix = "source:"
