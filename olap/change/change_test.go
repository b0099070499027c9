package change_test

import (
	"context"
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"verso/olap"
	"verso/olap/change"
	"verso/olap/compile"
	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/olaptest"
)

func years(t testing.TB) (*olap.Olap, *olaptest.Data) {
	t.Helper()
	s := olaptest.Default()
	s.From, s.AsOf = time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2024, 12, 31, 0, 0, 0, 0, time.UTC)
	s.Orders, s.Customers, s.Titles, s.Nulls, s.Unknown = 400, 30, 25, 0.1, 0.1
	d := olaptest.Build(s)
	return openData(t, d), d
}

func openData(t testing.TB, d *olaptest.Data) *olap.Olap {
	t.Helper()
	o, err := olap.Open(context.Background(), olaptest.Open(t, d), olap.Options{Lang: "en"})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func year(y string) change.Slice {
	return change.Slice{Label: y, Time: &cube.Time{From: y + "-01-01", To: y + "-12-31"}}
}

func explain(t testing.TB, o *olap.Olap, q change.Question) *change.Answer {
	t.Helper()
	q.Cube = "sales"
	if q.Before.Time == nil && q.Before.Where == nil {
		q.Before, q.After = year("2023"), year("2024")
	}
	a, err := change.Explain(context.Background(), o, q)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func exact(t testing.TB, v any) *big.Rat {
	t.Helper()
	if v == nil {
		return new(big.Rat)
	}
	r, ok := new(big.Rat).SetString(engine.Text(v))
	if !ok {
		t.Fatalf("%v is no number", v)
	}
	return r
}

// What the members of an attribute add up to, the rest and the residual
// included.
func sumOf(t testing.TB, s change.Split) *big.Rat {
	sum := exact(t, s.Residual)
	for _, c := range s.Members {
		sum.Add(sum, exact(t, c.Delta))
	}
	if s.Rest != nil {
		sum.Add(sum, exact(t, s.Rest.Delta))
	}
	return sum
}

func TestContributionsAddUpToTheChange(t *testing.T) {
	o, _ := years(t)
	for _, measure := range []string{"net", "gross", "copies", "lines", "margin", "cost", "customers", "orders"} {
		a := explain(t, o, change.Question{Measure: measure})
		if len(a.Splits) < 8 {
			t.Errorf("%s: only %d attributes", measure, len(a.Splits))
		}
		want := new(big.Rat).Sub(exact(t, a.After), exact(t, a.Before))
		for _, s := range a.Splits {
			if got := sumOf(t, s); got.Cmp(want) != 0 {
				t.Errorf("%s by %s: contributions add up to %s, the change is %s", measure, s.Field, got.FloatString(4), want.FloatString(4))
			}
			if additive := measure != "customers" && measure != "orders"; additive && exact(t, s.Residual).Sign() != 0 {
				t.Errorf("%s by %s: a sum has a residual of %v", measure, s.Field, s.Residual)
			}
		}
	}
}

func TestRatioContributions(t *testing.T) {
	o, _ := years(t)
	for _, measure := range []string{"margin_pct", "net_per_copy", "price_realisation", "aov"} {
		a := explain(t, o, change.Question{Measure: measure, By: []string{"customer.type", "class.l1"}})
		want := a.After.(float64) - a.Before.(float64)
		for _, s := range a.Splits {
			got, _ := sumOf(t, s).Float64()
			if d := got - want; d > 1e-9 || d < -1e-9 {
				t.Errorf("%s by %s: %v, want %v", measure, s.Field, got, want)
			}
			for _, c := range s.Members {
				if d := c.Rate.(float64) + c.Mix.(float64) - c.Delta.(float64); d > 1e-9 || d < -1e-9 {
					t.Errorf("%s by %s: rate and mix of %s do not make its contribution", measure, s.Field, c.Member)
				}
			}
		}
	}
}

// The bridge closes exactly, and its steps are those of the definition worked
// out row by row.
func TestBridgeCloses(t *testing.T) {
	o, d := years(t)
	for _, measure := range []string{"net", "margin"} {
		a := explain(t, o, change.Question{Measure: measure})
		if a.Bridge == nil {
			t.Fatalf("no bridge of %s", measure)
		}
		sum, steps := new(big.Rat), map[string]*big.Rat{}
		for _, s := range a.Bridge.Steps {
			steps[s.Name] = exact(t, s.Amount)
			sum.Add(sum, steps[s.Name])
		}
		if want := exact(t, a.Delta); sum.Cmp(want) != 0 {
			t.Errorf("%s: the steps add up to %s, the change is %s", measure, sum.FloatString(4), want.FloatString(4))
		}
		for name, want := range stepsByHand(t, d, measure == "margin") {
			difference := new(big.Rat).Sub(steps[name], want)
			if difference.Abs(difference).Cmp(big.NewRat(1, 10_000)) > 0 {
				t.Errorf("%s %s is %s, by hand %s", measure, name, steps[name].FloatString(4), want.FloatString(4))
			}
		}
	}
}

// stepsByHand computes volume and price of the bridge from the fact rows.
func stepsByHand(t testing.TB, d *olaptest.Data, margin bool) map[string]*big.Rat {
	facts := d.Table("core.fact_order_line")
	titles, classes, currencies := facts.Column("title_key"), facts.Column("clc_key"), facts.Column("currency_key")
	bucket := map[int64]string{}
	clc := d.Table("core.dim_clc")
	for _, row := range clc.Rows {
		bucket[row[clc.Column("clc_key")].(int64)] = engine.Text(row[clc.Column("bucket")])
	}
	type side struct{ q, a, f, c *big.Rat }
	items := map[string]*[2]side{}
	all := [2]side{}
	zero := func(r *big.Rat) *big.Rat {
		if r == nil {
			return new(big.Rat)
		}
		return r
	}
	for _, row := range facts.Rows {
		if margin && row[facts.Column("cost")] == nil || row[facts.Column("order_date")] == nil {
			continue
		}
		at := map[int]int{2023: 0, 2024: 1}[row[facts.Column("order_date")].(time.Time).Year()]
		key := engine.Text(row[titles]) + "/" + bucket[row[classes].(int64)] + "/" + engine.Text(row[currencies])
		if items[key] == nil {
			items[key] = &[2]side{}
		}
		for _, s := range []*side{&items[key][at], &all[at]} {
			s.q = new(big.Rat).Add(zero(s.q), exact(t, row[facts.Column("qty")]))
			s.a = new(big.Rat).Add(zero(s.a), exact(t, row[facts.Column("net")]))
			s.f = new(big.Rat).Add(zero(s.f), exact(t, row[facts.Column("net_ccy")]))
			s.c = new(big.Rat).Add(zero(s.c), exact(t, row[facts.Column("cost")]))
		}
	}
	amount := func(s side) *big.Rat {
		if margin {
			return new(big.Rat).Sub(zero(s.a), zero(s.c))
		}
		return zero(s.a)
	}
	volume := new(big.Rat).Sub(zero(all[1].q), zero(all[0].q))
	volume.Mul(volume, amount(all[0])).Quo(volume, all[0].q)
	price := new(big.Rat)
	for key, s := range items {
		if s[0].q == nil || s[1].q == nil || s[0].q.Sign() == 0 || s[1].q.Sign() == 0 || strings.HasPrefix(key, "-1/") {
			continue
		}
		p0 := new(big.Rat).Quo(s[0].f, s[0].q)
		p1 := new(big.Rat).Quo(s[1].f, s[1].q)
		step := new(big.Rat).Sub(p1, p0)
		step.Mul(step, s[1].q).Mul(step, new(big.Rat).Quo(s[0].a, s[0].f))
		price.Add(price, step)
	}
	return map[string]*big.Rat{"volume": volume, "price": price}
}

// Two groups: the margin of each rises, their mix moves to the poorer one, and
// the total falls.
func TestSimpsonsParadoxIsCalledOut(t *testing.T) {
	d := olaptest.Build(olaptest.Default())
	facts := d.Table("core.fact_order_line")
	row := func(date time.Time, class int64, net, cost int64) []any {
		r := slices.Clone(facts.Rows[0])
		r[facts.Column("order_date")], r[facts.Column("date_key")] = date, int64(date.Year()*10000+101)
		r[facts.Column("clc_key")] = class
		r[facts.Column("net")], r[facts.Column("gross")] = olaptest.Money(net), olaptest.Money(net)
		r[facts.Column("cost")], r[facts.Column("margin")] = olaptest.Money(cost), olaptest.Money(net-cost)
		return r
	}
	before, after := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	rich, poor := mainClasses(d)
	facts.Rows = [][]any{row(before, rich, 9000, 4500), row(before, poor, 1000, 900), row(after, rich, 1000, 480), row(after, poor, 9000, 8000)}
	a := explain(t, openData(t, d), change.Question{Measure: "margin_pct", By: []string{"class.l1"}, Before: year("2024"), After: year("2025")})
	if len(a.Splits) != 1 || !a.Splits[0].Paradox {
		t.Fatalf("no paradox: %+v", a.Splits)
	}
	if words := strings.Join(a.Words, " "); !strings.Contains(words, "Simpson") || !strings.Contains(words, "fell") {
		t.Errorf("the words do not say it: %s", words)
	}
	for _, c := range a.Splits[0].Members {
		if c.Rate.(float64) <= 0 {
			t.Errorf("%s: rate %v, want a rise", c.Member, c.Rate)
		}
	}
}

// mainClasses are the keys of two classes of different letters.
func mainClasses(d *olaptest.Data) (a, b int64) {
	t := d.Table("core.dim_clc")
	first := ""
	for _, row := range t.Rows {
		l1, key := engine.Text(row[t.Column("l1_code")]), row[t.Column("clc_key")].(int64)
		switch {
		case key == -1 || l1 == "":
		case first == "":
			first, a = l1, key
		case l1 != first:
			return a, key
		}
	}
	return a, -1
}

func TestNothingBefore(t *testing.T) {
	o, _ := years(t)
	a := explain(t, o, change.Question{Measure: "net", Before: year("1999"), After: year("2024"), By: []string{"customer.type"}})
	if a.Before != nil || engine.Text(a.Delta) != engine.Text(a.After) {
		t.Errorf("before %v, change %v of %v", a.Before, a.Delta, a.After)
	}
	if !strings.Contains(a.Words[0], "nothing in 1999") {
		t.Error(a.Words)
	}
	none := explain(t, o, change.Question{Measure: "net", Before: year("1998"), After: year("1999"), By: []string{"customer.type"}})
	if none.Delta != nil || len(none.Splits) != 0 || none.Bridge != nil {
		t.Errorf("%+v", none)
	}
}

func TestRefusals(t *testing.T) {
	o, _ := years(t)
	for _, q := range []change.Question{{Cube: "sale", Measure: "net"}, {Cube: "sales", Measure: "nett"},
		{Cube: "sales", Measure: "net", By: []string{"customer.kind"}, Before: year("2023"), After: year("2024")}} {
		_, err := change.Explain(context.Background(), o, q)
		var refused *compile.QueryError
		if !errors.As(err, &refused) {
			t.Errorf("%+v: %v", q, err)
		}
	}
}

func TestSlicesByFilter(t *testing.T) {
	o, d := years(t)
	slice := func(kind string) change.Slice {
		return change.Slice{Label: kind, Where: []cube.Filter{{Field: "customer.type", Op: "=", Values: []string{kind}}}}
	}
	types := d.Table("core.dim_customer")
	kinds := map[string]bool{}
	for _, row := range types.Rows {
		kinds[engine.Text(row[types.Column("customer_type")])] = true
	}
	if !kinds["library"] || !kinds["university"] {
		t.Skip("the star has no libraries or universities")
	}
	a := explain(t, o, change.Question{Measure: "net", Before: slice("library"), After: slice("university"), By: []string{"class.l1"}})
	if !strings.Contains(a.Words[0], "from library to university") {
		t.Error(a.Words[0])
	}
}
