package main

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"verso/olap/engine"
)

// TestDemoTwice makes the demo company twice in different folders: every table
// of the warehouse and every byte of the site must be the same.
func TestDemoTwice(t *testing.T) {
	t.Parallel()
	tables, sites := [2]map[string]string{}, [2]map[string]string{}
	first, _ := demoCompany(t, dirty...)
	second := t.TempDir()
	verso(t, exitDone, append([]string{"demo", "--dir", second}, dirty...)...)
	for i, dir := range []string{first, second} {
		tables[i] = tableDigests(t, generation(t, dir))
		sites[i] = fileDigests(t, filepath.Join(dir, "site"))
	}
	if len(tables[0]) < 150 || len(sites[0]) < 40 {
		t.Fatalf("only %d tables and %d files to compare", len(tables[0]), len(sites[0]))
	}
	if diff := cmp.Diff(tables[0], tables[1]); diff != "" {
		t.Error("tables differ:\n", diff)
	}
	if diff := cmp.Diff(sites[0], sites[1]); diff != "" {
		t.Error("site files differ:\n", diff)
	}
}

// tableDigests reads every table and view of a generation in stored order.
func tableDigests(t *testing.T, db engine.Querier) map[string]string {
	t.Helper()
	digests := map[string]string{}
	err := engine.Rows(t.Context(), db, engine.SQL(`SELECT table_schema || '.' || '"' || table_name || '"' FROM information_schema.tables
		WHERE table_catalog = 'verso' ORDER BY 1`), func(row []any) error {
		digests[engine.Text(row[0])] = ""
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range digests {
		h := sha256.New()
		err := engine.Rows(t.Context(), db, engine.SQL("SELECT * FROM "+name), func(row []any) error {
			for _, v := range row {
				fmt.Fprintf(h, "%T %v\x00", v, v)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		digests[name] = fmt.Sprintf("%x", h.Sum(nil))
	}
	return digests
}

func fileDigests(t *testing.T, dir string) map[string]string {
	t.Helper()
	digests := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(dir, path)
		digests[relative] = fmt.Sprintf("%x", sha256.Sum256(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return digests
}

// TestDemoAddsUp checks on a dirty demo company what must hold of any data.
func TestDemoAddsUp(t *testing.T) {
	t.Parallel()
	dir, _ := demoCompany(t, dirty...)
	db := generation(t, dir)
	checkKnown(t, db, []known{
		{"rows lost", "SELECT count(*) FROM meta.table_load WHERE read <> loaded + quarantined", "0"},
		{"unexplained differences", "SELECT count(*) FROM meta.reconciliation WHERE difference <> 0", "0"},
		{"facts without a date", "SELECT count(*) FROM core.fact_order_line AS f WHERE NOT EXISTS (SELECT 1 FROM core.dim_date AS d WHERE d.date_key = f.date_key)", "0"},
		{"facts without a customer member", "SELECT count(*) FROM core.fact_order_line AS f WHERE NOT EXISTS (SELECT 1 FROM core.dim_customer AS d WHERE d.customer_key = f.customer_key)", "0"},
		{"cancelled lines cost nothing", "SELECT count(*) FROM core.fact_order_line WHERE qty = 0 AND (cost <> 0 OR margin <> 0)", "0"},
		{"net is gross less discount", "SELECT count(*) FROM core.fact_order_line WHERE net <> gross - discount", "0"},
		{"class weights of a title sum to 1", "SELECT count(*) FROM (SELECT title_key FROM core.bridge_title_clc GROUP BY title_key HAVING abs(sum(weight) - 1) > 1e-9)", "0"},
	})
	if n := figure(t, db, "SELECT count(*) FROM meta.table_load WHERE quarantined > 0"); n == "0" {
		t.Error("the dirty company left nothing in quarantine")
	}
	verso(t, exitDone, "check", "-c", filepath.Join(dir, "verso.yaml"))
}
