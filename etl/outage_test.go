package etl

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"verso/etl/config"
	"verso/etl/ledger"
	"verso/etl/outage"
	"verso/olap/engine"
)

// A source that cannot be read is replaced by its last landing where the
// configuration says so, and that is told in the ledger and in the generation.
func TestYesterdaysData(t *testing.T) {
	b := newBench(t)
	b.file("lines", "order_id,order_date,customer_id,qty,price\n1,2024-03-05,7,2,10\n")
	b.file("people", "customer_id,name\n7,Seven\n")
	b.mapping("order_header", config.Map{From: "lines", Columns: identity("order_id", "order_date", "customer_id")})
	b.mapping("order_line", config.Map{From: "lines", Columns: map[string]string{"order_id": "order_id", "qty_ordered": "qty", "unit_price": "price"}})
	b.mapping("customer", config.Map{From: "people", Columns: identity("customer_id", "name")})
	b.must()
	people := b.cfg.Sources["people"]
	if err := os.Remove(people.Path); err != nil {
		t.Fatal(err)
	}
	if result, err := b.refresh(); Classify(err) != ledger.ClassSource || len(result.Run.Stale) != 0 {
		t.Fatalf("without on_failure: %v", err)
	}
	people.OnFailure = config.OnFailureYesterday
	b.cfg.Sources["people"] = people
	b.file("lines", "order_id,order_date,customer_id,qty,price\n1,2024-03-05,7,2,10\n2,2024-03-06,7,1,10\n")
	for night := range 4 { // longer than landings are kept
		result := b.must()
		want := []outage.Stale{{Source: "people", Since: "2024-03-05", Reason: result.Run.Stale[0].Reason}}
		if d := cmp.Diff(want, result.Run.Stale); d != "" {
			t.Fatalf("night %d: %s", night, d)
		}
		row, err := engine.One(t.Context(), b.db, engine.SQL(`SELECT (SELECT string_agg("source" || ' ' || "since", ', ') FROM meta.stale_source), (SELECT min(name) FROM stage.customer), (SELECT count(*) FROM stage.order_line)`))
		if err != nil {
			t.Fatal(err)
		}
		if got := []any{row[0], row[1], row[2]}; cmp.Diff([]any{"people 2024-03-05", "Seven", int64(2)}, got) != "" {
			t.Fatalf("night %d: %v", night, got)
		}
	}
	runs, err := ledger.Read(b.cfg.Warehouse)
	if err != nil {
		t.Fatal(err)
	}
	last := runs[len(runs)-1]
	if len(last.Stale) != 1 || len(last.Extracts) != 2 || last.Extracts[0].StaleSince != "2024-03-05" || last.Extracts[0].Landed != 1 || last.Extracts[1].StaleSince != "" {
		t.Errorf("the ledger says %+v, %+v", last.Stale, last.Extracts)
	}
	if x := last.Extracts[1]; x.SourceBytes == 0 || x.LandedBytes == 0 || x.Read != 2 || x.Attempts != 1 {
		t.Errorf("figures of an extract: %+v", x)
	}
	if v := last.Versions; v.Verso == "" || !strings.HasPrefix(v.Go, "go1.") {
		t.Errorf("versions: %+v", v)
	}
	b.file("people", "customer_id,name\n7,Siete\n")
	people.Path = b.cfg.Sources["people"].Path
	b.cfg.Sources["people"] = people
	if result := b.must(); len(result.Run.Stale) != 0 {
		t.Errorf("still stale: %v", result.Run.Stale)
	}
}

// A source that was never read has no yesterday.
func TestNoYesterday(t *testing.T) {
	b := newBench(t)
	b.file("lines", "order_id,order_date,customer_id,qty,price\n1,2024-03-05,7,2,10\n")
	b.mapping("order_header", config.Map{From: "lines", Columns: identity("order_id", "order_date", "customer_id")})
	b.mapping("order_line", config.Map{From: "lines", Columns: map[string]string{"order_id": "order_id", "qty_ordered": "qty", "unit_price": "price"}})
	b.cfg.Sources["lines"] = config.Source{Kind: "file", Path: filepath.Join(b.dir, "nowhere.csv"), OnFailure: config.OnFailureYesterday}
	_, err := b.refresh()
	if Classify(err) != ledger.ClassSource || !strings.Contains(err.Error(), "nothing was landed before") {
		t.Errorf("%v", err)
	}
}
