package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// unknownShop is a database of no system that is known.
const unknownShop = `
CREATE TABLE clients (client_id integer PRIMARY KEY, company_name text, city text, country text);
CREATE TABLE products (sku text PRIMARY KEY, description text, isbn text, price decimal(9,2));
CREATE TABLE sales_orders (order_no integer PRIMARY KEY, client_id integer REFERENCES clients (client_id), order_date date, currency text, warehouse_flag integer);
CREATE TABLE sales_order_items (id integer PRIMARY KEY, order_no integer REFERENCES sales_orders (order_no), sku text REFERENCES products (sku), qty integer, unit_price decimal(9,2), discount decimal(4,3));
CREATE TABLE audit_log (id integer PRIMARY KEY, happened datetime, what text);
CREATE TABLE archive (id integer PRIMARY KEY);
INSERT INTO clients VALUES (1, 'Uni Library', 'Boston', 'US'), (2, 'City Books', 'Kiel', 'DE');
INSERT INTO products VALUES ('A1', 'Atlas', '9783161484100', 20), ('B2', 'Lexicon', '9780306406157', 30);
INSERT INTO sales_orders VALUES (1001, 1, '2024-01-05', 'CNY', 0), (1002, 2, '2024-01-06', 'CNY', 1), (1003, 1, '2024-02-01', 'CNY', 0);
INSERT INTO sales_order_items VALUES (1, 1001, 'A1', 2, 20.00, 0.1), (2, 1001, 'B2', 1, 30.00, 0), (3, 1002, 'A1', 4, 20.00, 0.25), (4, 1003, 'B2', 3, 30.00, 0);
`

// TestInitUnknown proposes a mapping of an unknown database and of a folder of
// files, and refreshes both as they were proposed.
func TestInitUnknown(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		`SELECT sum(gross) FROM core.fact_order_line`:                       "240",
		`SELECT sum(net) FROM core.fact_order_line`:                         "216", // 36 + 30 + 60 + 90
		`SELECT count(*) FROM core.dim_customer WHERE name = 'Uni Library'`: "1",
		`SELECT count(*) FROM core.dim_title WHERE isbn_valid`:              "2",
		`SELECT sum(quarantined) FROM meta.table_load`:                      "0",
	}
	t.Run("sqlite", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "shop.sqlite")
		execSQLite(t, path, unknownShop)
		refreshed(t, []string{"proposed: order_line ← sales_order_items", "proposed: customer ← clients"}, want, "--dsn", path)
	})
	t.Run("folder of files", func(t *testing.T) {
		dir := t.TempDir()
		for name, text := range map[string]string{
			"clients.csv":           "client_id,company_name,city\n1,Uni Library,Boston\n2,City Books,Kiel\n",
			"products.csv":          "sku,description,isbn,price\nA1,Atlas,9783161484100,20\nB2,Lexicon,9780306406157,30\n",
			"sales_orders.csv":      "order_no,client_id,order_date\n1001,1,2024-01-05\n1002,2,2024-01-06\n1003,1,2024-02-01\n",
			"sales_order_items.csv": "order_no,sku,qty,unit_price,discount\n1001,A1,2,20.00,0.1\n1001,B2,1,30.00,0\n1002,A1,4,20.00,0.25\n1003,B2,3,30.00,0\n",
		} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		refreshed(t, nil, want, "--file", dir)
	})
}

// TestInitBad holds what is said when a source cannot be looked at.
func TestInitBad(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "numbers.sqlite")
	execSQLite(t, path, "CREATE TABLE numbers (id integer PRIMARY KEY, n integer); CREATE TABLE empty_orders (order_id integer PRIMARY KEY, order_date date)")
	for _, tt := range []struct {
		name string
		code int
		says string
		args []string
	}{
		{"no preset and no source", exitUsage, "name a preset, or a source to look at", nil},
		{"unknown preset", exitUsage, "did you mean tryton?", []string{"trytn"}},
		{"a preset without a source", exitUsage, "tryton needs --dsn, such as --dsn '${TRYTON_DSN}'", []string{"tryton"}},
		{"a password", exitConfig, "holds a password", []string{"--dsn", "postgres://me:hunter2@localhost/db"}},
		{"an unset variable", exitConfig, "NOT_SET_DSN is not set", []string{"--dsn", "${NOT_SET_DSN}"}},
		{"no such file", exitSource, "nosuch.sqlite", []string{"--dsn", filepath.Join(dir, "nosuch.sqlite")}},
		{"no server", exitSource, "127.0.0.1", []string{"--dsn", "postgres://me@127.0.0.1:1/db"}},
		{"the wrong kind", exitConfig, "reads a source of kind postgres, not sqlite", []string{"tryton", "--dsn", path}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, errs := verso(t, tt.code, append([]string{"init", "--dir", filepath.Join(dir, "new")}, tt.args...)...)
			if !strings.Contains(errs, tt.says) || strings.Contains(errs, "hunter2") {
				t.Errorf("says %q, want %q", errs, tt.says)
			}
		})
	}
	out, _ := verso(t, exitDone, "init", "--dsn", path, "--dir", filepath.Join(dir, "thin"))
	if !strings.Contains(out, "the proposal is not complete") || !strings.Contains(out, "order_line: no table looks like it") {
		t.Errorf("got %s", out)
	}
	text, err := os.ReadFile(filepath.Join(dir, "thin", "verso.yaml"))
	if err != nil || !strings.Contains(string(text), "# Not used: ") {
		t.Errorf("%v\n%s", err, text)
	}
}
