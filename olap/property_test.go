package olap_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"verso/olap"
	"verso/olap/cube"
	"verso/olap/olaptest"
	"verso/olap/oracle"
	"verso/olap/oracle/oracletest"
)

var (
	stars   = flag.Int("stars", 6, "random warehouses in TestEngineEqualsOracle")
	queries = flag.Int("queries", 60, "random queries on each of them")
)

// untidy makes a small random warehouse with everything that data can do to a
// query: missing values, members of one name, ties, unknown members, facts that
// point to members their dimension does not have (on every other warehouse), and
// now and then no facts.
func untidy(seed uint64) *olaptest.Data {
	r := rand.New(rand.NewPCG(seed, 7))
	s := olaptest.Shape{Seed: seed, Customers: 1 + r.IntN(12), Titles: 1 + r.IntN(15), Orders: r.IntN(60),
		Nulls: 0.3 * r.Float64(), Unknown: 0.3 * r.Float64(), Ties: r.IntN(2) == 0,
		From: time.Date(2024, 11, 10, 0, 0, 0, 0, time.UTC), AsOf: time.Date(2025, 2, 20, 0, 0, 0, 0, time.UTC)}
	if seed%6 == 5 {
		s.Orders = 0
	}
	d := olaptest.Build(s)
	customers := d.Table("core.dim_customer")
	for _, row := range customers.Rows[1:] {
		if r.IntN(3) == 0 {
			row[customers.Column("name")] = "Same Name"
		}
	}
	for _, name := range []string{"core.fact_order_line", "core.fact_return"} {
		t := d.Table(name)
		for _, row := range t.Rows {
			if seed%2 == 0 && r.IntN(12) == 0 {
				column := []string{"customer_key", "title_key", "clc_key", "geo_key", "channel_key", "employee_key"}[r.IntN(6)]
				row[t.Column(column)] = int64(9999)
			}
		}
	}
	return d
}

// randomQuery makes a valid question.
func randomQuery(r *rand.Rand, m *cube.Model, o *oracle.Oracle) cube.Query {
	c := m.Cubes[r.IntN(len(m.Cubes))]
	q := cube.Query{Cube: c.Name}
	fields := c.FieldNames()
	r.Shuffle(len(fields), func(i, j int) { fields[i], fields[j] = fields[j], fields[i] })
	n := r.IntN(4)
	q.Rows, fields = fields[:n], fields[n:]
	if r.IntN(2) == 0 {
		n = 1 + r.IntN(2)
		q.Columns, fields = fields[:n], fields[n:]
	}
	measures := c.MeasureNames()
	r.Shuffle(len(measures), func(i, j int) { measures[i], measures[j] = measures[j], measures[i] })
	q.Measures = measures[:1+r.IntN(min(4, len(measures)))]
	q.Totals = cube.Totals{Grand: r.IntN(2) == 0, Rows: len(q.Rows) > 0 && r.IntN(2) == 0, Cols: len(q.Columns) > 0 && r.IntN(2) == 0}
	for range r.IntN(3) {
		all := c.FieldNames()
		q.Where = append(q.Where, randomFilter(r, o, c, all[r.IntN(len(all))]))
	}
	if r.IntN(3) == 0 {
		q.Time = &cube.Time{From: "2024-12-05", To: "2025-01-31"}
		if r.IntN(2) == 0 {
			q.Time.From = ""
		}
	}
	if len(q.Rows) > 0 && r.IntN(3) == 0 {
		q.Top = &cube.Top{N: 1 + r.IntN(4), By: measures[r.IntN(len(measures))], Others: r.IntN(2) == 0, Bottom: r.IntN(3) == 0}
	}
	if r.IntN(3) == 0 {
		q.Sort = append(q.Sort, cube.Sort{By: q.Measures[r.IntN(len(q.Measures))], Desc: r.IntN(2) == 0})
	}
	if len(q.Rows) > 0 && r.IntN(3) == 0 {
		q.Sort = append(q.Sort, cube.Sort{By: q.Rows[r.IntN(len(q.Rows))], Desc: r.IntN(2) == 0})
	}
	return q
}

// randomFilter takes values that occur, and sometimes one that does not.
func randomFilter(r *rand.Rand, o *oracle.Oracle, c *cube.Cube, field string) cube.Filter {
	occur := o.Shown(c.Name, field)
	var values []string
	for range 3 {
		v := "2024"
		if len(occur) > 0 && r.IntN(8) > 0 {
			v = occur[r.IntN(len(occur))]
		}
		values = append(values, v)
	}
	f := cube.Filter{Field: field, Op: "in", Values: values[:1+r.IntN(3)]}
	kind := c.Use(field[:slices.Index([]byte(field), '.')]).Of.Attribute(field[slices.Index([]byte(field), '.')+1:])
	typed := values[0]
	switch kind.Type {
	case "integer":
		typed = fmt.Sprint(2015 + r.IntN(11))
		if len(kind.Names) > 0 {
			typed = fmt.Sprint(1 + r.IntN(7))
		}
	case "date":
		typed = "2025-01-15"
	case "boolean":
		f.Values = []string{"true"}
	}
	if kind.Type != "text" && kind.Type != "boolean" {
		f.Values = []string{typed, "(none)", "(unknown)"}[:1+r.IntN(3)]
	}
	special := typed == "(none)" || typed == "(unknown)"
	switch op := r.IntN(9); {
	case op == 0:
		f.Op = "not_in"
	case op == 1:
		f.Op, f.Values = "!=", f.Values[:1]
	case op == 2:
		f.Op, f.Values = "is_null", nil
	case op == 3:
		f.Op, f.Values = "not_null", nil
	case op == 4 && !special && kind.Type != "boolean":
		f.Op, f.Values = []string{"<", "<=", ">", ">="}[r.IntN(4)], []string{typed}
	case op == 5 && !special && kind.Type != "boolean":
		f.Op, f.Values = "between", []string{typed, typed}
	case op == 6 && !special && kind.Type == "text":
		f.Op, f.Values = []string{"contains", "starts"}[r.IntN(2)], []string{typed[:min(3, len([]rune(typed)))]}
	}
	return f
}

func TestEngineEqualsOracle(t *testing.T) {
	ctx := context.Background()
	asked := 0
	for star := range *stars {
		data := untidy(uint64(star))
		db := olaptest.Open(t, data)
		engine, err := olap.Open(ctx, db, olap.Options{})
		if err != nil {
			t.Fatal(err)
		}
		model := modelOf(t)
		o := oracle.New(model, data)
		r := rand.New(rand.NewPCG(uint64(star), 11))
		for range *queries {
			q := randomQuery(r, model, o)
			text, _ := json.Marshal(q)
			got, err := engine.Ask(ctx, q)
			if err != nil {
				t.Fatalf("star %d: %s\n%v", star, text, err)
			}
			want, err := o.Evaluate(q)
			if err != nil {
				t.Fatalf("star %d: %s\n%v", star, text, err)
			}
			if diff := oracletest.Differs(got, want); diff != "" {
				e, _ := engine.Explain(q)
				t.Fatalf("star %d: %s\n%s\n%s\n%v", star, text, diff, e.SQL, e.Args)
			}
			asked++
		}
	}
	t.Logf("%d random queries on %d warehouses: engine = oracle", asked, *stars)
}
