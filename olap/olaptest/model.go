package olaptest

import (
	"slices"
	"strings"
	"testing"

	"verso/olap/catalog"
	"verso/olap/cube"
)

// Model is the shipped catalog and that of a folder ("" for none), of which it
// lists only the cubes whose facts a warehouse made here has.
func Model(t testing.TB, dir string) *cube.Model {
	t.Helper()
	m, err := catalog.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	shipped := m
	if dir != "" {
		if shipped, err = catalog.Load(""); err != nil {
			t.Fatal(err)
		}
	}
	missing := map[string]bool{}
	for _, c := range shipped.Cubes {
		missing[c.Name] = !holds(m.Cube(c.Name))
	}
	m.Cubes = slices.DeleteFunc(m.Cubes, func(c *cube.Cube) bool { return missing[c.Name] })
	for _, c := range m.Cubes {
		c.Scenarios = slices.DeleteFunc(c.Scenarios, func(s *cube.Scenario) bool { return missing[s.Of.Name] })
	}
	return m
}

// holds reports whether the schema has the facts of a cube, or of all cubes
// that it combines. Of score.title it has what attributes of titles read, no facts.
func holds(c *cube.Cube) bool {
	for _, part := range c.Combines {
		if !holds(part.Of) {
			return false
		}
	}
	return c.Virtual() || c.Table != "score.title" && strings.Contains(schema, "CREATE TABLE "+c.Table+" (")
}
