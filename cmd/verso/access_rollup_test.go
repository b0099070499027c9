package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"verso/olap"
	"verso/olap/api/store"
	"verso/olap/cube/text"
)

// cutsHaveRollups asks a cut with its rollups and without: the answers are the
// same, and rollups gave some. A cut of a minimum of customers has none.
func cutsHaveRollups(t *testing.T, g *guarded) {
	if err := os.RemoveAll(filepath.Join(g.dir, "warehouse", "cuts")); err != nil {
		t.Fatal(err)
	}
	for role, want := range map[string]bool{"north": true, "costless": true, "public": false} {
		s := g.newStoreWith(t, func(o *store.Options) { o.RollupFacts = 1 })
		lease, err := s.Open(t.Context(), person(role))
		if err != nil {
			t.Fatal(err)
		}
		facts, err := olap.Open(t.Context(), lease.DB, olap.Options{Model: lease.Olap.Model(), NoRollups: true})
		if err != nil {
			t.Fatal(err)
		}
		asOf, err := dateOf(lease.Olap.Run().AsOf)
		if err != nil {
			t.Fatal(err)
		}
		used := 0
		for _, question := range []string{"sales by year show net totals grand", "sales by customer.type show net", "sales by quarter show net, copies time 2024..",
			"sales by region.area show net, discount_rate", "sales by class.l1 x year show gross, net totals all"} {
			q, err := text.ParseWith(lease.Olap.Model(), question, asOf)
			if err != nil {
				continue // not in this cut
			}
			with, err := lease.Olap.Answer(t.Context(), q)
			if err != nil {
				t.Errorf("%s: %s: %v", role, question, err)
				continue
			}
			without, err := facts.Ask(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(fmt.Sprintf("%+v", without.Rows), fmt.Sprintf("%+v", with.Table.Rows)); diff != "" {
				t.Errorf("%s: %s: facts (-) and %q (+) differ\n%s", role, question, with.Rollup, diff)
			}
			if with.Rollup != "" {
				used++
			}
		}
		if used > 0 != want {
			t.Errorf("%s: %d questions answered from rollups", role, used)
		}
		lease.Release()
	}
}
