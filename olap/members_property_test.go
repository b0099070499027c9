package olap_test

import (
	"context"
	"testing"

	"verso/olap/compile"
	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/olaptest"
)

// Whatever is derived of a dimension can be put on an axis, in both languages
// and beside every calculated member, and its parts add up to the whole.
func TestDerivedAttributesAddUp(t *testing.T) {
	ctx := context.Background()
	for _, data := range []*olaptest.Data{olaptest.Build(olaptest.Default()), untidy(4)} {
		o := open(t, olaptest.Open(t, data))
		for _, c := range o.Cubes() {
			count := map[string]string{"sales": "lines", "returns": "return_lines"}[c.Name]
			if c.Virtual() {
				continue // asked through the cubes that it combines
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
