package olap_test

import (
	"cmp"
	"context"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"verso/olap"
	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/olaptest"
	"verso/olap/oracle/oracletest"
)

// untidy is the rows of a random warehouse whose facts have tidy days.
func untidy(seed uint64) *olaptest.Data { return oracletest.Rows(seed, oracletest.Features{}) }

// Random warehouses and questions for properties between answers, and the plain
// arithmetic that they are checked with.

// clutter makes a small warehouse with missing values, members of one name,
// ties, unknown members, and facts of members that their dimension does not have.
func clutter(seed uint64) *olaptest.Data {
	r := rand.New(rand.NewPCG(seed, 17))
	d := olaptest.Build(olaptest.Shape{Seed: seed, Customers: 1 + r.IntN(12), Titles: 1 + r.IntN(15), Orders: 20 + r.IntN(40),
		Nulls: 0.3 * r.Float64(), Unknown: 0.3 * r.Float64(), Ties: r.IntN(2) == 0,
		From: time.Date(2024, 11, 10, 0, 0, 0, 0, time.UTC), AsOf: time.Date(2025, 2, 20, 0, 0, 0, 0, time.UTC)})
	customers := d.Table("core.dim_customer")
	for _, row := range customers.Rows[1:] {
		if r.IntN(3) == 0 {
			row[customers.Column("name")] = "Same Name"
		}
	}
	facts := d.Table("core.fact_order_line")
	for _, row := range facts.Rows {
		if seed%2 == 0 && r.IntN(12) == 0 {
			row[facts.Column([]string{"customer_key", "title_key", "clc_key", "geo_key"}[r.IntN(4)])] = int64(9999)
		}
	}
	return d
}

// question makes a random question with filters by keys that occur.
func question(t *testing.T, r *rand.Rand, o *olap.Olap) cube.Query {
	t.Helper()
	cubes := slices.DeleteFunc(slices.Clone(o.Cubes()), (*cube.Cube).Virtual)
	c := cubes[r.IntN(len(cubes))]
	q := cube.Query{Cube: c.Name}
	fields := c.FieldNames()
	r.Shuffle(len(fields), func(i, j int) { fields[i], fields[j] = fields[j], fields[i] })
	n := r.IntN(4)
	q.Rows, fields = fields[:n:n], fields[n:]
	if r.IntN(2) == 0 {
		n = 1 + r.IntN(2)
		q.Columns, fields = fields[:n:n], fields[n:]
	}
	measures := c.MeasureNames()
	r.Shuffle(len(measures), func(i, j int) { measures[i], measures[j] = measures[j], measures[i] })
	q.Measures = measures[:1+r.IntN(min(4, len(measures)))]
	q.Totals = cube.Totals{Grand: r.IntN(2) == 0, Rows: r.IntN(2) == 0, Cols: r.IntN(2) == 0, ColSub: r.IntN(2) == 0}
	if r.IntN(2) == 0 {
		members, err := o.Ask(context.Background(), cube.Query{Cube: c.Name, Rows: fields[:1], Measures: c.MeasureNames()[:1]})
		if err != nil {
			t.Fatal(err)
		}
		f := cube.Filter{Field: fields[0], Op: []string{"key_in", "not_key_in"}[r.IntN(2)]}
		for range min(1+r.IntN(3), len(members.Rows)) {
			f.Values = append(f.Values, members.Rows[r.IntN(len(members.Rows))].Keys[0])
		}
		if len(f.Values) > 0 {
			q.Where = []cube.Filter{f}
		}
	}
	if r.IntN(3) == 0 {
		q.Time = &cube.Time{From: "2024-12-05", To: "2025-01-31"}
	}
	return q
}

// exactNumber is a number as it is, nil if it is none.
func exactNumber(v any) *big.Rat {
	switch n := v.(type) {
	case int64:
		return big.NewRat(n, 1)
	case float64:
		return new(big.Rat).SetFloat64(n)
	case engine.Decimal:
		scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n.Scale)), nil)
		return new(big.Rat).SetFrac(n.Num.BigInt(), scale)
	}
	return nil
}

// ordering compares numbers, those that are missing last.
func ordering(a, b any, desc bool) int {
	x, y := exactNumber(a), exactNumber(b)
	switch {
	case x == nil || y == nil:
		return cmp.Compare(btoi(x == nil), btoi(y == nil))
	case desc:
		return y.Cmp(x)
	}
	return x.Cmp(y)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// divide is a share as the rules say, by exact arithmetic.
func divide(a, b any) any {
	x, y := exactNumber(a), exactNumber(b)
	if x == nil || y == nil || y.Sign() == 0 {
		return nil
	}
	f, _ := x.Quo(x, y).Float64()
	return f
}

// modelOf is the shipped catalog, of the cubes that have facts.
func modelOf(t testing.TB) *cube.Model {
	t.Helper()
	return olaptest.Model(t, "")
}

// number is a number as a double, nil if it is none.
func number(v any) *float64 {
	f, ok := engine.Float(v)
	if !ok {
		return nil
	}
	return &f
}
