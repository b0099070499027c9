package ssb_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"verso/olap"
	"verso/olap/engine"
	"verso/olap/engine/duck"
	"verso/olap/ssb"
)

// star is the benchmark at a scale, in memory.
func star(t testing.TB, s ssb.Scale, threads int) engine.Database {
	t.Helper()
	ctx := context.Background()
	db, err := duck.Open(ctx, duck.Options{Threads: threads})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	conn, err := db.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := ssb.Generate(ctx, conn, s); err != nil {
		t.Fatal(err)
	}
	return db
}

func open(t testing.TB, db engine.Database) *olap.Olap {
	t.Helper()
	model, err := ssb.Model()
	if err != nil {
		t.Fatal(err)
	}
	o, err := olap.Open(context.Background(), db, olap.Options{Model: model})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func cases(t testing.TB) []ssb.Case {
	t.Helper()
	list, err := ssb.Cases()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// Every query gives the same answer from the cube as from the SQL written by
// hand. The smaller
// star has too few suppliers for the queries by city.
func TestCubeAnswersAsHandWrittenSQL(t *testing.T) {
	found := map[string]bool{}
	for _, s := range []ssb.Scale{{Factor: 0.01, Seed: 1}, {Factor: 0.05, Seed: 7}} {
		db := star(t, s, 2)
		o := open(t, db)
		for _, c := range cases(t) {
			t.Run(fmt.Sprint(s.Factor, " ", c.Name), func(t *testing.T) {
				hand, err := ssb.Hand(t.Context(), db, c)
				if err != nil {
					t.Fatal(err)
				}
				found[c.Name] = found[c.Name] || len(hand) > 0
				if c.Query == nil {
					t.Skip(c.Annex + " are not built")
				}
				rows, err := ssb.Ask(t.Context(), o, c)
				if err != nil {
					t.Fatal(err)
				}
				if err := ssb.Compare(c, hand, rows); err != nil {
					t.Error(err)
				}
			})
		}
	}
	for _, c := range cases(t) {
		if !found[c.Name] {
			t.Errorf("%s finds nothing on any star: comparing shows nothing", c.Name)
		}
	}
}

// A comparison that could not fail would show nothing.
func TestCompareFindsDifferences(t *testing.T) {
	c := ssb.Case{Name: "c"}
	table := func(cells ...any) [][]any { return [][]any{cells} }
	for _, d := range []struct {
		hand [][]any
		got  [][]any
		want string
	}{
		{[][]any{{"a", int64(1), 0.5, nil}}, table("a", int64(1), 0.5, nil), ""},
		{[][]any{{"a"}}, nil, "c: 1 rows by hand, 0 from the cube"},
		{[][]any{{"a"}}, table("a", "b"), "c: row 1: 1 columns by hand, 2 from the cube"},
		{[][]any{{"a", int64(1)}}, table("a", int64(2)), "c: row 1, column 2: 1 by hand, 2 from the cube"},
		{[][]any{{nil}}, table(int64(0)), "c: row 1, column 1: <nil> by hand, 0 from the cube"},
		{[][]any{{0.5}}, table(0.5000000001), "c: row 1, column 1: 0.5 by hand, 0.5000000001 from the cube"},
	} {
		got := ""
		if err := ssb.Compare(c, d.hand, d.got); err != nil {
			got = err.Error()
		}
		if got != d.want {
			t.Errorf("got %q, want %q", got, d.want)
		}
	}
}

// digest is a number that changes with any value or order of any table.
func digest(t *testing.T, db engine.Database) string {
	t.Helper()
	var all []string
	for _, table := range []string{"date", "customer", "supplier", "part", "discount", "quantity", "lineorder", "balance"} {
		row, err := engine.One(t.Context(), db, engine.SQL(fmt.Sprintf(`SELECT count(*), sum(CAST(hash(t.rowid, t) AS HUGEINT)) FROM ssb.%s AS t`, table)))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, table+" "+engine.Text(row[0])+" "+engine.Text(row[1]))
	}
	return strings.Join(all, "\n")
}

func TestSameSeedSameRowsOnAnyCores(t *testing.T) {
	one := digest(t, star(t, ssb.Scale{Factor: 0.1, Seed: 7}, 1))
	if four := digest(t, star(t, ssb.Scale{Factor: 0.1, Seed: 7}, 4)); one != four {
		t.Errorf("one thread\n%s\nfour threads\n%s", one, four)
	}
	if other := digest(t, star(t, ssb.Scale{Factor: 0.1, Seed: 8}, 4)); one == other {
		t.Error("another seed gives the same rows")
	}
}

// Cardinalities, ranges and formulas are those of the benchmark.
func TestGeneratedAsPublished(t *testing.T) {
	db := star(t, ssb.Scale{Factor: 0.1, Seed: 1}, 2)
	for _, c := range []struct{ what, sql, want string }{
		{"dates", `SELECT count(*) FROM ssb.date WHERE d_datekey > 0`, "2557"},
		{"years", `SELECT min(d_year) || '-' || max(d_year) FROM ssb.date`, "1992-1998"},
		{"customers", `SELECT count(*) FROM ssb.customer WHERE c_custkey BETWEEN 1 AND 3000`, "3000"},
		{"suppliers", `SELECT count(*) FROM ssb.supplier WHERE s_suppkey BETWEEN 1 AND 200`, "200"},
		{"parts", `SELECT count(*) FROM ssb.part WHERE p_partkey BETWEEN 1 AND 20000`, "20000"},
		{"regions, nations, cities", `SELECT count(DISTINCT c_region) || ' ' || count(DISTINCT c_nation) || ' ' || count(DISTINCT c_city) FROM ssb.customer WHERE c_custkey > 0`, "5 25 250"},
		{"a nation has one region", `SELECT count(DISTINCT c_nation || c_region) FROM ssb.customer WHERE c_custkey > 0`, "25"},
		{"manufacturers, categories, brands", `SELECT count(DISTINCT p_mfgr) || ' ' || count(DISTINCT p_category) || ' ' || count(DISTINCT p_brand1) FROM ssb.part WHERE p_partkey > 0`, "5 25 1000"},
		{"about four lines an order", `SELECT count(*) BETWEEN 595000 AND 605000 FROM ssb.lineorder`, "true"},
		{"lines of an order", `SELECT min(n) || '-' || max(n) FROM (SELECT count(*) AS n FROM ssb.lineorder GROUP BY lo_orderkey)`, "1-7"},
		{"discount, quantity, tax", `SELECT min(lo_discount) || '-' || max(lo_discount) || ' ' || min(lo_quantity) || '-' || max(lo_quantity) || ' ' || min(lo_tax) || '-' || max(lo_tax) FROM ssb.lineorder`, "0-10 1-50 0-8"},
		{"discounts equally often", `SELECT min(n) > 0.97 * avg(n) AND max(n) < 1.03 * avg(n) FROM (SELECT count(*) AS n FROM ssb.lineorder GROUP BY lo_discount)`, "true"},
		{"discount and quantity independent", `SELECT abs(corr(lo_discount, lo_quantity)) < 0.01 AND abs(corr(lo_custkey, lo_suppkey)) < 0.01 AND abs(corr(lo_partkey, lo_suppkey)) < 0.01 FROM ssb.lineorder`, "true"},
		{"dates of orders", `SELECT min(lo_orderdate) || '-' || max(lo_orderdate) FROM ssb.lineorder`, "19920101-19980802"},
		{"commit dates 30 to 90 days later", `SELECT min(c - o) || '-' || max(c - o) FROM (SELECT strptime(CAST(lo_commitdate AS VARCHAR), '%Y%m%d')::DATE AS c, strptime(CAST(lo_orderdate AS VARCHAR), '%Y%m%d')::DATE AS o FROM ssb.lineorder)`, "30-90"},
		{"revenue", `SELECT count(*) FROM ssb.lineorder WHERE lo_revenue <> lo_extendedprice * (100 - lo_discount) // 100`, "0"},
		{"price from part", `SELECT count(*) FROM ssb.lineorder WHERE lo_extendedprice <> lo_quantity * (90000 + (lo_partkey // 10) % 20001 + 100 * (lo_partkey % 1000))`, "0"},
		{"supply cost", `SELECT count(*) FROM ssb.lineorder WHERE lo_supplycost <> 6 * (lo_extendedprice // lo_quantity) // 10`, "0"},
		{"order total", `SELECT count(*) FROM (SELECT lo_ordtotalprice AS t, sum(lo_extendedprice * (100 - lo_discount) // 100 * (100 + lo_tax) // 100) AS s FROM ssb.lineorder GROUP BY lo_orderkey, lo_ordtotalprice) WHERE t <> s`, "0"},
		{"discounted and profit", `SELECT count(*) FROM ssb.lineorder WHERE lo_discounted <> lo_extendedprice * lo_discount OR lo_profit <> lo_revenue - lo_supplycost`, "0"},
		{"unknown members", `SELECT (SELECT count(*) FROM ssb.date WHERE d_datekey = -1) + (SELECT count(*) FROM ssb.customer WHERE c_custkey = -1) + (SELECT count(*) FROM ssb.supplier WHERE s_suppkey = -1) + (SELECT count(*) FROM ssb.part WHERE p_partkey = -1)`, "4"},
		{"as of the last day with facts", `SELECT CAST(strftime(as_of, '%Y%m%d') AS INTEGER) = (SELECT max(lo_orderdate) FROM ssb.lineorder) FROM meta.run`, "true"},
		{"balances: 79 month ends", `SELECT count(*) || ' ' || count(DISTINCT b_datekey) FROM ssb.balance`, "237000 79"},
	} {
		row, err := engine.One(t.Context(), db, engine.SQL(c.sql))
		if err != nil {
			t.Fatal(c.what, err)
		}
		if got := engine.Text(row[0]); got != c.want {
			t.Errorf("%s: got %s, want %s", c.what, got, c.want)
		}
	}
}

func TestScaleOutOfRange(t *testing.T) {
	for _, s := range []ssb.Scale{{Factor: 0}, {Factor: -1}, {Factor: 1000}, {Factor: 1, Seed: -1}} {
		if err := ssb.Generate(t.Context(), nil, s); err == nil {
			t.Errorf("%+v is accepted", s)
		}
	}
}

// The bench compares and measures every case it is given, and leaves out by name
// what the cubes refuse.
func TestBench(t *testing.T) {
	db := star(t, ssb.Scale{Factor: 0.001, Seed: 1}, 2)
	tick := time.Time{}
	var mu sync.Mutex
	b := &ssb.Bench{DB: db, Ways: []ssb.Way{{Name: "cube", Olap: open(t, db)}}, Rounds: 2, Now: func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		tick = tick.Add(time.Millisecond)
		return tick
	}}
	all := cases(t)
	r, err := b.Run(t.Context(), all[0])
	if err != nil {
		t.Fatal(err)
	}
	if r.Rows != 1 || r.Hand.Median != 1 || len(r.Ways) != 1 || r.Ways[0].Ratio != 1 || r.Ways[0].Over != 0 || !r.Ways[0].Within() {
		t.Errorf("%+v", r)
	}
	r, err = b.Run(t.Context(), all[len(all)-1])
	if err != nil || r.Skipped == "" || len(r.Ways) != 0 || r.Hand.Median != 1 {
		t.Errorf("%+v %v", r, err)
	}
	wrong := all[0]
	wrong.SQL = "SELECT 1"
	var different *ssb.DifferenceError
	if _, err := b.Run(t.Context(), wrong); !errors.As(err, &different) {
		t.Errorf("a different answer: %v", err)
	}
	for way := -1; way < 1; way++ {
		load, err := b.Clients(t.Context(), all[:3], way, 4, 2)
		if err != nil || load.Questions != 24 {
			t.Errorf("%+v %v", load, err)
		}
	}
}
