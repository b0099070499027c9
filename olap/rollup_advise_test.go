package olap_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"verso/olap"
	"verso/olap/cube"
	"verso/olap/olaptest"
	"verso/olap/rollup"
)

// What is proposed, once declared and built, answers what it was proposed for.
func TestAdviceServesWhatItSays(t *testing.T) {
	ctx := context.Background()
	db := olaptest.Star(t)
	m := modelOf(t)
	m.Rollups = nil
	questions := []rollup.Question{
		{Asked: 3, Took: 90 * time.Millisecond, Query: cube.Query{Cube: "sales", Rows: []string{"customer.type"}, Measures: []string{"net", "customers"}, Time: &cube.Time{From: "2025-01-01", To: "2025-03-31"}}},
		{Asked: 1, Took: 20 * time.Millisecond, Query: cube.Query{Cube: "sales", Rows: []string{"date.year", "channel.kind"}, Measures: []string{"margin_pct", "aov"}}},
		{Asked: 1, Took: 15 * time.Millisecond, Query: cube.Query{Cube: "sales", Rows: []string{"date.week"}, Measures: []string{"copies"}, Where: []cube.Filter{{Field: "class.l1", Op: "not_null"}}}},
		{Asked: 1, Took: 15 * time.Millisecond, Rollup: "known", Query: cube.Query{Cube: "sales", Rows: []string{"title.title"}, Measures: []string{"copies"}}},
		{Asked: 9, Took: 15 * time.Millisecond, Query: cube.Query{Cube: "no_more", Measures: []string{"copies"}}},
	}
	advice, err := rollup.Advise(ctx, db, m, questions, rollup.Budget{Bytes: 1 << 30, Limits: everything()})
	if err != nil {
		t.Fatal(err)
	}
	served := 0
	for i := range advice {
		t.Logf("%s: %d cells, %d bytes, %d askings, %v; distinct %v", advice[i].Rollup.Name, advice[i].Cells, advice[i].Bytes, advice[i].Asked, advice[i].Saves, advice[i].Rollup.Distinct)
		served += advice[i].Asked
		m.Rollups = append(m.Rollups, &advice[i].Rollup)
	}
	if served != 5 {
		t.Errorf("the advice serves %d askings, want 5", served)
	}
	if _, err := rollup.Build(ctx, db, m, rollup.Options{Limits: everything()}); err != nil {
		t.Fatal(err)
	}
	o, err := olap.Open(ctx, db, olap.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range advice {
		for _, q := range a.Serves {
			if e, err := o.Explain(q); err != nil || e.Rollup == "" {
				t.Errorf("%+v is not answered from a rollup: %v %v", q, e.Rejected, err)
			}
		}
	}
	list, err := rollup.List(ctx, db)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		for _, a := range advice {
			if a.Rollup.Name == s.Name && a.Cells != s.Rows {
				t.Errorf("%s: %d cells foretold, %d built", s.Name, a.Cells, s.Rows)
			}
		}
	}
	none, err := rollup.Advise(ctx, db, m, questions, rollup.Budget{Bytes: 10, Limits: everything()})
	if err != nil || len(none) != 0 {
		t.Errorf("a budget of ten bytes gives %v, %v", none, err)
	}
	if len(advice) > 0 && !strings.HasPrefix(advice[0].Rollup.Name, "sales_") {
		t.Errorf("name %s", advice[0].Rollup.Name)
	}
}
