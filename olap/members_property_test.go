package olap_test

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"

	"verso/olap/compile"
	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/olaptest"
)

// randomGroup makes a filter or a group of them.
func randomGroup(r *rand.Rand, o *oracle, c *cube.Cube, depth int) cube.Filter {
	if depth == 0 || r.IntN(3) == 0 {
		names := c.FieldNames()
		f := randomFilter(r, o, c, names[r.IntN(len(names))])
		if f.Op == "contains" && r.IntN(2) == 0 {
			f.Op = "not_contains"
		}
		return f
	}
	var of []cube.Filter
	for range 1 + r.IntN(3) {
		of = append(of, randomGroup(r, o, c, depth-1))
	}
	if r.IntN(2) == 0 {
		return cube.Filter{Any: of}
	}
	return cube.Filter{All: of}
}

// holds evaluates a filter or group on a fact.
func (o *oracle) holds(c *cube.Cube, t *olaptest.Table, row []any, f cube.Filter) bool {
	if f.Any != nil {
		for _, g := range f.Any {
			if o.holds(c, t, row, g) {
				return true
			}
		}
		return false
	}
	for _, g := range f.All {
		if !o.holds(c, t, row, g) {
			return false
		}
	}
	switch {
	case f.All != nil:
		return true
	case f.Op == "not_contains":
		f.Op = "contains"
		return !o.keeps(c, o.member(c, t, row, f.Field), f)
	}
	return o.keeps(c, o.member(c, t, row, f.Field), f)
}

// Random groups of filters on untidy data keep what evaluating them fact by
// fact keeps.
func TestRandomGroupsEqualEvaluation(t *testing.T) {
	ctx := context.Background()
	for star := range *stars {
		data := untidy(uint64(star))
		db := olaptest.Open(t, data)
		e, o := open(t, db), newOracle(modelOf(t), data)
		r := rand.New(rand.NewPCG(uint64(star), 23))
		for range *queries {
			cubes := slices.DeleteFunc(slices.Clone(o.model.Cubes), (*cube.Cube).Virtual)
			c := cubes[r.IntN(len(cubes))]
			q := cube.Query{Cube: c.Name, Measures: []string{c.MeasureNames()[0]}}
			for range 1 + r.IntN(2) {
				q.Where = append(q.Where, randomGroup(r, o, c, 3))
			}
			table, err := e.Ask(ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			facts, want := o.data.Table(c.Table), int64(0)
		rows:
			for _, row := range facts.Rows {
				for _, f := range q.Where {
					if !o.holds(c, facts, row, f) {
						continue rows
					}
				}
				want++
			}
			if table.Facts != want {
				text, _ := json.Marshal(q)
				t.Fatalf("star %d: %s keeps %d facts, want %d", star, text, table.Facts, want)
			}
		}
	}
}

// Whatever is derived of a dimension can be put on an axis, in both languages
// and beside every calculated member, and its parts add up to the whole.
func TestDerivedAttributesAddUp(t *testing.T) {
	ctx := context.Background()
	for _, data := range []*olaptest.Data{olaptest.Build(olaptest.Default()), untidy(4)} {
		o := open(t, olaptest.Open(t, data))
		for _, c := range o.Cubes() {
			count := map[string]string{"sales": "lines", "returns": "return_lines"}[c.Name]
			if c.Virtual() {
				continue
			}
			for _, u := range c.Dimensions {
				names := []string{}
				for _, a := range u.Of.Derived {
					names = append(names, u.Name+"."+a.Name)
				}
				for _, a := range u.Of.Attributes {
					if len(a.Members) > 0 {
						names = append(names, u.Name+"."+a.Name+"+")
					}
				}
				for i, name := range names {
					lang := []string{"en", "zh"}[i%2]
					table, err := o.In(lang).Ask(ctx, cube.Query{Cube: c.Name, Rows: []string{name}, Measures: []string{count}, Totals: cube.Totals{Grand: true}})
					if err != nil {
						t.Fatal(name, err)
					}
					sum := int64(0)
					for _, r := range table.Rows {
						n, _ := engine.Int(r.Cells[1])
						if r.Level == 0 && (n != sum || n != table.Facts) {
							t.Errorf("%s %s: the parts have %d, the whole %d, facts are %d", c.Name, name, sum, n, table.Facts)
						}
						if !r.Calculated {
							sum += n
						}
					}
				}
			}
		}
	}
}

// The time of a ranked set needs the as-of date.
func TestRankedSetNeedsAsOf(t *testing.T) {
	_, err := compile.Compile(modelOf(t), cube.Query{Cube: "sales", Measures: []string{"net"}, Rows: []string{"customer.set_top_decile"}}, compile.Options{})
	if err == nil || err.Error() != "where: the set top_decile counts from the as-of date, which is not known" {
		t.Error(err)
	}
}
