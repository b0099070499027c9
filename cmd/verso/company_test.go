package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"verso/olap/engine"
	"verso/olap/engine/duck"
	"verso/olap/warehouse"
	"verso/reports/web"
)

// sharedData finds a public data set, or skips the test.
func sharedData(t *testing.T, name string) string {
	t.Helper()
	root := os.Getenv("VERSO_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	path, err := filepath.Abs(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Skipf("public data set %s is not here (VERSO_DATA names its folder)", name)
	}
	return path
}

// needsAssets skips a test that builds a site where npm has not been run.
func needsAssets(t *testing.T) {
	t.Helper()
	if _, err := web.Load(); errors.Is(err, web.ErrNotBuilt) {
		t.Skip(err)
	}
}

// verso runs the command line in this process and returns what it printed.
func verso(t *testing.T, wantCode int, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(t.Context(), args, strings.NewReader(""), &out, &errs); code != wantCode {
		t.Fatalf("verso %s: exit code %d, want %d\n%s\n%s", strings.Join(args, " "), code, wantCode, out.String(), errs.String())
	}
	return out.String(), errs.String()
}

// smallCompany writes a folder of canonical CSV files with a verso.yaml: 300
// customers, 800 orders, 2,400 lines. It returns the path of the configuration.
func smallCompany(t *testing.T, dir string) string {
	t.Helper()
	rng := rand.New(rand.NewPCG(7, 1))
	var customers, headers, lines strings.Builder
	customers.WriteString("customer_id,customer_no,name,customer_type,region_code,created_date\n")
	for i := 1; i <= 300; i++ {
		fmt.Fprintf(&customers, "%d,C%04d,Customer %d,%s,%d0000,2020-01-01\n", i, i, i,
			[]string{"library", "university", "institute"}[i%3], 11+i%5)
	}
	headers.WriteString("order_id,order_no,customer_id,order_date,entry_channel\n")
	lines.WriteString("line_id,order_id,line_no,title_text,qty_ordered,unit_price,discount_pct\n")
	line := 0
	for o := 1; o <= 800; o++ {
		fmt.Fprintf(&headers, "%d,A%d,%d,20%d-%02d-%02d,web\n", o, o, 1+rng.IntN(300), 24+rng.IntN(2), 1+rng.IntN(12), 1+rng.IntN(28))
		for l := 1; l <= 3; l++ {
			line++
			fmt.Fprintf(&lines, "%d,%d,%d,Title %d,%d,%d.50,%d\n", line, o, l, rng.IntN(100), 1+rng.IntN(5), 20+rng.IntN(200), 5*rng.IntN(3))
		}
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("customer.csv", customers.String())
	write("order_header.csv", headers.String())
	write("order_line.csv", lines.String())
	write("verso.yaml", `version: 1
company: {name: Small company, currency: CNY}
as_of: 2025-12-31
keep: 2
sources:
  customer: {kind: file, path: customer.csv}
  order_header: {kind: file, path: order_header.csv}
  order_line: {kind: file, path: order_line.csv}
tables:
  customer:
    from: customer
    columns: {customer_id: customer_id, customer_no: customer_no, name: name, customer_type: customer_type, region_code: region_code, created_date: created_date}
  order_header:
    from: order_header
    columns: {order_id: order_id, order_no: order_no, customer_id: customer_id, order_date: order_date, entry_channel: entry_channel}
  order_line:
    from: order_line
    columns: {line_id: line_id, order_id: order_id, line_no: line_no, title_text: title_text, qty_ordered: qty_ordered, unit_price: unit_price, discount_pct: discount_pct}
`)
	return filepath.Join(dir, "verso.yaml")
}

// generation opens the published generation of a configuration's folder.
func generation(t *testing.T, dir string) engine.Database {
	t.Helper()
	db, release := pinned(t, dir)
	t.Cleanup(release)
	return db
}

// pinned is the same until it is released.
func pinned(t *testing.T, dir string) (db engine.Database, release func()) {
	t.Helper()
	w := openTestWarehouse(t, dir)
	s, err := w.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s.DB(), func() { s.Release(); w.Close() }
}

func openTestWarehouse(t *testing.T, dir string) *warehouse.Warehouse {
	t.Helper()
	w, err := warehouse.Open(filepath.Join(dir, "warehouse"), func(ctx context.Context, path string, readOnly bool) (engine.Database, error) {
		return duck.Open(ctx, duck.Options{Path: path, ReadOnly: readOnly})
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// figure is the single value of a query, as text.
func figure(t *testing.T, db engine.Querier, sql string) string {
	t.Helper()
	row, err := engine.One(t.Context(), db, engine.SQL(sql))
	if err != nil {
		t.Fatal(err)
	}
	return engine.Text(row[0])
}
