package main

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"verso/olap"
	"verso/olap/cube"
	"verso/olap/engine"
)

// TestCubesEqualTheirSQL compares the cubes with SQL written by hand on the demo
// company; TestOnlineRetail does it on a real shop's data.
func TestCubesEqualTheirSQL(t *testing.T) {
	t.Parallel()
	dir, _ := demoCompany(t, smallest...)
	db := generation(t, dir)
	cubesEqualTheirSQL(t, db)
	productsEqualTheirSQL(t, db)
	questionsAreAnswered(t, db)
	customersAreTold(t, dir, db)
}

// cubesEqualTheirSQL asks the shipped cubes for every measure they list, by
// customer type and year with all totals, and compares each cell with SQL
// written by hand (testdata/cubes). A file that begins with "-- rows: field" is
// by that field instead, for cubes without customers; a second line "-- columns:
// field" stands for the year, for cubes without dates.
func cubesEqualTheirSQL(t *testing.T, db engine.Database) {
	t.Helper()
	o, err := olap.Open(t.Context(), db, olap.Options{Lang: "en"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range o.Cubes() {
		text, err := os.ReadFile(filepath.Join("testdata", "cubes", c.Name+".sql"))
		if err != nil {
			t.Errorf("cube %s has no SQL written by hand: %v", c.Name, err)
			continue
		}
		want := handAnswer(t, db, string(text))
		rows, columns := "customer.type", "date.year"
		if head, ok := strings.CutPrefix(string(text), "-- rows: "); ok {
			var rest string
			rows, rest, _ = strings.Cut(head, "\n")
			if head, ok := strings.CutPrefix(rest, "-- columns: "); ok {
				columns, _, _ = strings.Cut(head, "\n")
			}
		}
		q := cube.Query{Cube: c.Name, Rows: []string{rows}, Columns: []string{columns}, Measures: c.MeasureNames(),
			Totals: cube.Totals{Grand: true, Cols: true}}
		table, err := o.Ask(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		cells := compareWithHand(t, c.Name, table, want)
		if len(want) > 1 && cells != len(want)*len(q.Measures) { // else it has no facts
			t.Errorf("%s: %d cells compared, by hand there are %d", c.Name, cells, len(want)*len(q.Measures))
		}
		t.Logf("%s: %d cells equal", c.Name, cells)
	}
}

// handAnswer is the rows of the SQL by "type year", each by column name.
func handAnswer(t *testing.T, db engine.Database, sql string) map[string]map[string]any {
	t.Helper()
	r, err := db.Query(t.Context(), engine.SQL(strings.TrimSuffix(strings.TrimSpace(sql), ";")))
	if err != nil {
		t.Fatal(err)
	}
	fields := r.Schema().Fields()
	rows := map[string]map[string]any{}
	defer r.Release()
	for r.Next() {
		batch := r.RecordBatch()
		for i := range int(batch.NumRows()) {
			row := map[string]any{}
			for c := range fields {
				row[fields[c].Name] = engine.Value(batch.Column(c), i)
			}
			rows[engine.Text(row["type"])+" "+engine.Text(row["year"])] = row
		}
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

func compareWithHand(t *testing.T, name string, table *olap.Table, want map[string]map[string]any) (cells int) {
	t.Helper()
	for _, r := range table.Rows {
		kind := "(total)"
		if len(r.Keys) > 0 {
			kind = r.Keys[0]
		}
		for i, c := range table.Columns {
			if c.Kind != "measure" {
				continue
			}
			year := "(total)"
			if len(c.Keys) > 0 {
				year = c.Keys[0]
			}
			row := want[kind+" "+year]
			if row == nil {
				continue // a cell without facts
			}
			expected, known := row[c.Name]
			if !known {
				t.Fatalf("%s: the SQL has no column %s", name, c.Name)
			}
			if !sameAsHand(r.Cells[i], expected) {
				t.Errorf("%s %s of %s %s: %v, by hand %v", name, c.Name, kind, year, r.Cells[i], expected)
			}
			cells++
		}
	}
	return cells
}

// sameAsHand compares exactly; quotients, which the cube divides in one step and
// the SQL in two, to 12 digits.
func sameAsHand(got, want any) bool {
	x, xok := engine.Float(got)
	y, yok := engine.Float(want)
	_, isFloat := got.(float64)
	if xok && yok && isFloat {
		return math.Abs(x-y) <= 1e-12*math.Max(math.Abs(x), math.Abs(y))
	}
	a, b := engine.Text(got), engine.Text(want)
	if xok && yok {
		trim := func(s string) string {
			if strings.Contains(s, ".") {
				s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
			}
			return s
		}
		return trim(a) == trim(b)
	}
	return slices.Equal([]byte(a), []byte(b)) && (got == nil) == (want == nil)
}
