package olap_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"verso/olap"
	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/olaptest"
	"verso/olap/oracle"
	"verso/olap/oracle/oracletest"
	"verso/olap/rollup"
)

// everything lets rollups of any size be built.
func everything() rollup.Limits { return rollup.Limits{Cells: 1 << 30, Share: 100, Bits: 1 << 30} }

// randomRollups declares a few rollups by random attributes, some of them by
// those that the question uses.
func randomRollups(r *rand.Rand, m *cube.Model, n int) {
	m.Rollups = nil
	for i := range n {
		c := m.Cubes[r.IntN(len(m.Cubes))]
		for c.Virtual() {
			c = m.Cubes[r.IntN(len(m.Cubes))]
		}
		fields := c.FieldNames()
		r.Shuffle(len(fields), func(i, j int) { fields[i], fields[j] = fields[j], fields[i] })
		declared := &cube.Rollup{Name: fmt.Sprintf("r%d", i), Cube: c.Name, By: fields[:1+r.IntN(6)]}
		if r.IntN(3) > 0 && !strings.Contains(strings.Join(declared.By, " "), "date.") {
			declared.By = append(declared.By, []string{"date.month", "date.day", "date.week", "date.weekday"}[r.IntN(4)])
		}
		for _, x := range c.Measures {
			if x.Kind == cube.Distinct && r.IntN(3) > 0 {
				declared.Distinct = append(declared.Distinct, x.Name)
			}
		}
		m.Rollups = append(m.Rollups, declared)
	}
}

// withRollups makes a question that rollups can often answer: of attributes,
// filters and times that one of them has.
func withRollups(g *oracletest.Questions, declared []*cube.Rollup) cube.Query {
	r := g.Rand
	q := g.Next()
	chosen := declared[r.IntN(len(declared))]
	c := g.Model.Cube(chosen.Cube)
	fields := append([]string(nil), chosen.By...)
	r.Shuffle(len(fields), func(i, j int) { fields[i], fields[j] = fields[j], fields[i] })
	if q.Cube != c.Name || r.IntN(5) == 0 {
		return q
	}
	n := r.IntN(min(3, len(fields)) + 1)
	q.Rows, fields = fields[:n], fields[n:]
	q.Columns = nil
	if len(fields) > 0 && r.IntN(3) == 0 {
		q.Columns, fields = fields[:1], fields[1:]
	}
	q.Where = nil
	for range r.IntN(3) {
		q.Where = append(q.Where, g.FilterOn(c, chosen.By[r.IntN(len(chosen.By))]))
	}
	if len(q.Rows) == 0 {
		q.Top = nil
	}
	q.Totals = cube.Totals{Grand: r.IntN(2) == 0, Rows: len(q.Rows) > 0 && r.IntN(2) == 0, Cols: len(q.Columns) > 0 && r.IntN(2) == 0}
	var sort []cube.Sort
	for _, s := range q.Sort {
		if c.Measure(s.By) != nil {
			sort = append(sort, s)
		}
	}
	q.Sort = sort
	if q.Time != nil && r.IntN(2) == 0 {
		q.Time.From, q.Time.To = "2024-12-01", ""
	}
	return q
}

func TestRollupsEqualFactsAndOracle(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	asked, hits, inMemory, rejects := 0, 0, 0, map[string]int{}
	for star := range *stars {
		data := untidy(uint64(star))
		db := olaptest.Open(t, data)
		m := modelOf(t)
		r := rand.New(rand.NewPCG(uint64(star), 17))
		randomRollups(r, m, 6)
		built, err := rollup.Build(ctx, db, m, rollup.Options{Run: "test", Limits: everything(), Samples: 2, Seed: uint64(star)})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range built {
			if s.State != rollup.OK {
				t.Fatalf("star %d: %+v", star, s)
			}
		}
		var used string
		held := false
		note := func(a olap.Asked) {
			used, held = a.Rollup, a.Held
			for _, x := range a.Rejected {
				rejects[strings.Join(strings.Fields(x.Reason)[:3], " ")]++
			}
		}
		with, err := olap.Open(ctx, db, olap.Options{Model: m, Asked: note})
		if err != nil {
			t.Fatal(err)
		}
		without, err := olap.Open(ctx, db, olap.Options{Model: m, NoRollups: true})
		if err != nil {
			t.Fatal(err)
		}
		stored, err := olap.Open(ctx, db, olap.Options{Model: m, NoHeld: true, Asked: func(a olap.Asked) {
			if a.Held {
				t.Error("added up in memory nevertheless")
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
		lang := []string{"en", "zh"}[star%2]
		with, without, stored = with.In(lang), without.In(lang), stored.In(lang)
		truth := oracle.New(m, data)
		g := &oracletest.Questions{Rand: r, Model: m, Oracle: truth}
		for range *queries {
			q := withRollups(g, m.Rollups)
			text, _ := json.Marshal(q)
			got, err := with.Ask(ctx, q)
			if err != nil {
				e, _ := with.Explain(q)
				t.Fatalf("star %d: %s\n%v\n%s", star, text, err, e.SQL)
			}
			if asked++; used != "" {
				hits++
			}
			if held {
				inMemory++
				other, err := stored.Ask(ctx, q)
				if err != nil {
					t.Fatalf("star %d: %s\n%v", star, text, err)
				}
				if diff := cmp.Diff(other, got, cmp.Comparer(func(a, b engine.Decimal) bool { return a == b })); diff != "" {
					t.Fatalf("star %d: %s\nrollup %s (-database +memory)\n%s", star, text, used, diff)
				}
			}
			want, err := without.Ask(ctx, q)
			if err != nil {
				t.Fatalf("star %d: %s\n%v", star, text, err)
			}
			e, _ := with.Explain(q)
			if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b engine.Decimal) bool { return a == b })); diff != "" {
				t.Fatalf("star %d: %s\nrollup %s (-facts +rollup)\n%s\n%s\n%v", star, text, used, diff, e.SQL, e.Args)
			}
			if lang == "zh" {
				continue // the oracle speaks English
			}
			answer, err := truth.Evaluate(q)
			if err != nil {
				t.Fatalf("star %d: %s\n%v", star, text, err)
			}
			if diff := oracletest.Differs(got, answer); diff != "" {
				t.Fatalf("star %d: %s\n%s\n%s\n%v", star, text, diff, e.SQL, e.Args)
			}
		}
	}
	if inMemory*3 < hits || inMemory == hits {
		t.Errorf("%d of %d answers from rollups were added up in memory", inMemory, hits)
	}
	if hits*4 < asked {
		t.Errorf("only %d of %d questions were answered from a rollup", hits, asked)
	}
	t.Logf("%d random questions on %d warehouses, %d from rollups, %d of them in memory: with rollups = without = oracle; rejected: %v", asked, *stars, hits, inMemory, rejects)
}

// A rollup with a wrong row is found out, not used, and told on the page about
// the quality of the data.
func TestCorruptedRollupIsNotUsed(t *testing.T) {
	ctx := context.Background()
	db := olaptest.Star(t)
	m := modelOf(t)
	m.Rollups = []*cube.Rollup{{Name: "month", Cube: "sales", By: []string{"date.month", "customer.type"}, Distinct: []string{"customers"}}}
	for _, damage := range []string{
		`UPDATE rollup.month SET net = net + 0.0001 WHERE rowid = 3`,
		`UPDATE rollup.month SET customers = set_bit(customers, 1, 1 - get_bit(customers, 1)) WHERE rowid = 0`,
		`DELETE FROM rollup.month WHERE rowid = 5`,
		`INSERT INTO rollup.month SELECT * FROM rollup.month WHERE rowid = 1`,
		`UPDATE rollup.month__customer SET customer_type = 'wrong' WHERE "#id" = 2`,
	} {
		o := rollup.Options{Run: "test", Limits: everything(), Samples: 2, Seed: 5}
		if built, err := rollup.Build(ctx, db, m, o); err != nil || built[0].State != rollup.OK {
			t.Fatal(built, err)
		}
		o.Samples = 25
		if _, err := db.Exec(ctx, engine.SQL(damage)); err != nil {
			t.Fatal(err)
		}
		found, err := rollup.Recheck(ctx, db, m, o)
		if err != nil || found[0].State != rollup.Failed || found[0].Reason == "" {
			t.Errorf("%s: %+v, %v", damage, found, err)
			continue
		}
		with := open(t, db)
		q := cube.Query{Cube: "sales", Rows: []string{"customer.type"}, Measures: []string{"net", "customers"}}
		e, err := with.Explain(q)
		if err != nil || e.Rollup != "" || !strings.Contains(fmt.Sprint(e.Stages), "not month: failed its check") {
			t.Errorf("%s: the rollup is used: %+v %v", damage, e, err)
		}
		row, err := engine.One(ctx, db, engine.SQL(`SELECT passed, samples FROM meta.check_result WHERE check_id = 'rollup_month'`))
		if err != nil || row[0] != false || !strings.Contains(engine.Text(row[1]), "from the facts") {
			t.Errorf("%s: meta.check_result says %v, %v", damage, row, err)
		}
	}
}
