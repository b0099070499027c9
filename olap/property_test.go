package olap_test

import (
	"context"
	"encoding/json"
	"flag"
	"math/rand/v2"
	"testing"

	"verso/olap/oracle"
	"verso/olap/oracle/oracletest"
)

// The nightly run is
//
//	go test -tags duckdb_arrow ./olap -run 'EngineEqualsOracle|Metamorphic' -stars 120 -queries 100 -timeout 60m
//
// 12,000 questions and some 10,000 comparisons of answers; a seed that fails is repeated with -star N.
var (
	stars   = flag.Int("stars", 6, "random warehouses for the engine to be judged on")
	queries = flag.Int("queries", 40, "random questions to each of them")
	star    = flag.Int("star", -1, "only the warehouse of this seed")
)

// features are what random questions use: "" is on, else the reason why not.
var features = oracletest.Features{
	oracletest.ScopeYears:    "",
	oracletest.ScopePeriod:   "",
	oracletest.ScopeWeekday:  "",
	oracletest.ScopeWindow:   "",
	oracletest.ScopeRoll:     "",
	oracletest.ScopeBoth:     "",
	oracletest.ScopeScenario: "",
	oracletest.OverTime:      "",
	oracletest.Combined:      "",
	oracletest.CalcDelta:     "",
	oracletest.CalcOpenDays:  "",
	oracletest.CalcShare:     "",
	oracletest.CalcRank:      "",
	oracletest.CalcRunning:   "",
	oracletest.CalcIndex:     "",
	oracletest.CompareWith:   "",
	oracletest.HavingRows:    "",
	oracletest.TopPercent:    "",
	oracletest.TopField:      "",
	oracletest.ColSub:        "",
	oracletest.SortMembers:   "",
	oracletest.FilterGroups:  "",
	oracletest.FilterText:    "",
	oracletest.FilterKeys:    "",
	oracletest.FilterUnder:   "",
	oracletest.FilterSets:    "",
	oracletest.AxisTree:      "",
	oracletest.AxisSet:       "",
	oracletest.AxisAlso:      "",
	oracletest.RowKeys:       "",
	oracletest.NamelessKeyed: "",
	oracletest.OddDays:       "",
	oracletest.DanglingDays:  "",
	oracletest.TwoDates:      "",
}

// seeds are the warehouses that a run takes.
func seeds() (list []uint64) {
	for s := range *stars {
		if *star < 0 || s == 0 {
			list = append(list, uint64(max(s, *star)))
		}
	}
	return list
}

func TestEngineEqualsOracle(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	asked, refused := 0, 0
	for _, seed := range seeds() {
		w := oracletest.Untidy(t, seed, features)
		o, closing, err := w.Open(ctx, 2)
		if err != nil {
			t.Fatal(err)
		}
		truth := oracle.New(w.Model, w.Data)
		g := &oracletest.Questions{Rand: rand.New(rand.NewPCG(seed, 11)), Model: w.Model, Oracle: truth, Features: features}
		for range *queries {
			q := g.Next()
			asked++
			diff, both := oracletest.Judge(ctx, o, truth, q)
			if both {
				refused++
			}
			if diff != "" {
				text, _ := json.Marshal(q)
				t.Errorf("star %d: %s\n%s", seed, text, diff)
				t.Fatal(w.Explain(t, o, q))
			}
		}
		closing()
	}
	if refused*100 > asked*15 && asked > 100 {
		t.Errorf("%d of %d questions are refused by both", refused, asked)
	}
	t.Logf("%d random questions on %d warehouses: engine = oracle; %d refused by both", asked, len(seeds()), refused)
}
