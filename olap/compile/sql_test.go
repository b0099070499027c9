package compile_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"verso/olap/catalog"
	"verso/olap/compile"
	"verso/olap/cube"
)

// The stages and the SQL of typical questions, to be reviewed when they change.
func TestGoldenSQL(t *testing.T) {
	m := shipped(t)
	archives(t, "sql", func(t *testing.T, file func(string) (string, bool)) string {
		text, _ := file("query.json")
		var q struct {
			cube.Query
			Lang     string
			Complete []string
			Depths   map[string]int
		}
		err := json.Unmarshal([]byte(text), &q)
		if err != nil {
			t.Fatal(err)
		}
		complete := map[string]bool{}
		for _, name := range q.Complete {
			complete[name] = true
		}
		m := m
		if own, ok := file("own.yaml"); ok {
			m = extended(t, own)
		}
		c, err := compile.Compile(m, q.Query, compile.Options{Lang: q.Lang, Complete: complete, Depths: q.Depths, AsOf: asOf})
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(c.SQL, "?"); n != len(c.Args) {
			t.Errorf("%d parameters, %d args", n, len(c.Args))
		}
		if n := strings.Count(c.CountSQL, "?"); n != len(c.Args)-1 {
			t.Errorf("count: %d parameters, %d args", n, len(c.Args)-1)
		}
		var b strings.Builder
		for _, s := range c.Stages {
			fmt.Fprintf(&b, "# %s\n%s\n", s.Name, s.Text)
		}
		fmt.Fprintf(&b, "# sql\n%s\n# args\n", c.SQL)
		for _, a := range c.Args {
			fmt.Fprintf(&b, "%T %v\n", a, a)
		}
		return strings.TrimSuffix(b.String(), "\n")
	})
}

// extended is the shipped cubes with more beside them.
func extended(t *testing.T, own string) *cube.Model {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "own.yaml"), []byte(own), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := catalog.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Whatever stands in a query's values, none of it gets into the SQL.
func TestValuesStayOutOfSQL(t *testing.T) {
	m := shipped(t)
	const value = `zq'"; DROP TABLE x; --`
	for _, op := range []string{"=", "!=", "in", "not_in", "<", "<=", ">", ">=", "contains", "not_contains", "starts", "ends", "key_in", "not_key_in"} {
		field := "customer.name"
		if strings.Contains(op, "key") {
			field = "class.l1"
		}
		c, err := compile.Compile(m, cube.Query{Cube: "sales", Measures: []string{"net"},
			Where: []cube.Filter{{Field: field, Op: op, Values: []string{value}}}}, compile.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(c.SQL, "zq") || !slices.Contains(c.Args, any(value)) {
			t.Errorf("%s: %s\n%v", op, c.SQL, c.Args)
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	m := shipped(b)
	q := cube.Query{Cube: "sales", Rows: []string{"customer.type", "class.l1"}, Columns: []string{"date.year"}, Measures: []string{"net", "orders", "aov"},
		Where: []cube.Filter{{Field: "region.area", Op: "=", Values: []string{"East"}}}, Top: &cube.Top{N: 5, By: "net", Others: true},
		Totals: cube.Totals{Grand: true, Rows: true, Cols: true}}
	for b.Loop() {
		if _, err := compile.Compile(m, q, compile.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
