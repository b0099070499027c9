package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"verso/etl/ledger"
	"verso/etl/source/postgres/pgtest"
)

// shop is a verso.yaml over a PostgreSQL database; lines is the SELECT of the
// order lines.
func shop(t *testing.T, dir, lines string) string {
	t.Helper()
	text := `version: 1
as_of: 2024-12-31
sources:
  shop: {kind: postgres, dsn: '${SHOP_DSN}'}
tables:
  order_header:
    from: shop
    select: SELECT no AS order_id, day AS order_date, who AS customer_id FROM orders
  order_line:
    from: shop
    select: |
      ` + strings.ReplaceAll(lines, "\n", "\n      ") + "\n"
	path := filepath.Join(dir, "verso.yaml")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestBadDatabase asks one PostgreSQL server everything that goes wrong with
// databases. Each ends in its exit code and message, and the first generation
// stays published throughout.
func TestBadDatabase(t *testing.T) {
	dsn := pgtest.Start(t)
	pgtest.Exec(t, dsn, `CREATE TABLE orders (no integer, day timestamp, who integer);
		INSERT INTO orders VALUES (1, '2024-03-01', 7), (2, '2024-03-02', 8), (3, 'infinity', 8), (4, '0044-03-15 BC', 8), (5, NULL, 9);
		CREATE TABLE lines (line integer, no integer, qty numeric, price numeric);
		INSERT INTO lines VALUES (1, 1, 2, 10), (2, 2, 1, 5), (3, 2, 'NaN', 5), (4, 2, 1, 'Infinity'), (5, 2, 1e30, 1), (6, 2, 1.5, 1), (7, 1, 1, 1e40);
		CREATE TABLE secrets (no integer)`)
	t.Setenv("SHOP_DSN", dsn)
	dir := t.TempDir()
	const good = "SELECT line AS line_id, no AS order_id, qty AS qty_ordered, price AS unit_price\nFROM lines"
	config := shop(t, dir, strings.ReplaceAll(good, "FROM", "FROM /* mostly\n strange */"))
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(config, append(text, "checks: {mostly-quarantined: {severity: warn}}\n"...), 0o644); err != nil {
		t.Fatal(err)
	}
	verso(t, exitDone, "refresh", "-c", config, "--skip", "models")
	db := generation(t, dir)
	want := "order_header: 5 = 2 + 3; order_line: 7 = 2 + 5"
	if got := figure(t, db, "SELECT string_agg(table_name || ': ' || read || ' = ' || loaded || ' + ' || quarantined, '; ' ORDER BY table_name) FROM meta.table_load WHERE supplied"); got != want {
		t.Errorf("strange values: %s, want %s\n%s", got, want,
			strings.Join(lines(t, db, "SELECT reason || ': ' || coalesce(value, '') || ' in ' || raw FROM quarantine.order_line UNION ALL SELECT reason || ': ' || coalesce(value, '') || ' in ' || raw FROM quarantine.order_header"), "\n"))
	}
	before := currentOf(t, dir)
	for _, c := range []struct {
		name, lines string
		dsn         string
		code        int
		want        []string
	}{
		{"column", "SELECT line AS line_id, no AS order_id,\n  quantity AS qty_ordered, price AS unit_price\nFROM lines", dsn, exitConfig,
			[]string{"verso.yaml:10: table order_line from shop: the SELECT fails", "line 2, column 3 of the SELECT", `column "quantity" does not exist`, "quantity AS qty_ordered"}},
		{"table", "SELECT no FROM line", dsn, exitConfig, []string{`relation "line" does not exist`, "nearest known tables: lines"}},
		{"canonical", "SELECT line AS line_id, no AS order_id, qty AS qty_orderd, price AS unit_price FROM lines", dsn, exitConfig, []string{"verso.yaml:10", `no column "qty_orderd"`, "qty_ordered"}},
		{"missing", "SELECT line AS line_id, no AS order_id, qty AS qty_ordered FROM lines", dsn, exitConfig, []string{"nothing is mapped to unit_price"}},
		{"running", "SELECT line AS line_id, no AS order_id, 1 / (line - 1) AS qty_ordered, price AS unit_price FROM lines", dsn, exitConfig, []string{"the SELECT fails", "division by zero"}},
		{"writing", "DELETE FROM lines RETURNING line AS line_id, no AS order_id, qty AS qty_ordered, price AS unit_price", dsn, exitConfig, []string{"verso.yaml:11:13", "does not begin with SELECT"}},
		{"two", "SELECT 1; DELETE FROM lines", dsn, exitConfig, []string{"verso.yaml:11:13", "more than one statement"}},
		{"forbidden", "SELECT no AS order_id FROM secrets", strings.Replace(dsn, "user=postgres", "user="+pgtest.Locked+" password="+pgtest.LockedPassword, 1), exitConfig, []string{"permission denied", "the right to SELECT"}},
		{"password", good, strings.Replace(dsn, "user=postgres", "user="+pgtest.Locked+" password=wrong-secret", 1), exitSource, []string{"source shop: cannot connect to database postgres", "check user and password"}},
		{"database", good, strings.Replace(dsn, "dbname=postgres", "dbname=nosuch", 1), exitSource, []string{"there is no such database"}},
		{"server", good, "host=" + t.TempDir() + " port=5432 user=postgres dbname=postgres", exitSource, []string{"no server answers there"}},
		{"dsn", good, "postgres://reader:wrong-secret@ho st:x/db", exitConfig, []string{"the dsn cannot be read"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("SHOP_DSN", c.dsn)
			_, stderr := verso(t, c.code, "refresh", "-c", shop(t, dir, c.lines), "--skip", "models")
			for _, w := range c.want {
				if !strings.Contains(stderr, w) {
					t.Errorf("want %q in: %s", w, stderr)
				}
			}
			if strings.Contains(stderr, "wrong-secret") || strings.Contains(stderr, pgtest.LockedPassword) {
				t.Errorf("the message shows a password: %s", stderr)
			}
			noLeftovers(t, dir)
		})
	}
	t.Run("goes away", func(t *testing.T) {
		go terminate(t.Context(), dsn)
		_, stderr := verso(t, exitSource, "refresh", "-c", shop(t, dir, "SELECT i AS line_id, 1 AS order_id, 1 AS qty_ordered, 1 AS unit_price\nFROM generate_series(1, 1000000000) AS s(i)"), "--skip", "models")
		if !strings.Contains(stderr, "source shop: ") || !strings.Contains(stderr, "broke off") {
			t.Errorf("the message does not say that the source went away: %s", stderr)
		}
		noLeftovers(t, dir)
	})
	t.Run("interrupted", func(t *testing.T) {
		config := shop(t, dir, "SELECT i AS line_id, 1 AS order_id, 1 AS qty_ordered, 1 AS unit_price\nFROM generate_series(1, 1000000000) AS s(i)")
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(700*time.Millisecond, cancel)
		var out, errs bytes.Buffer
		if code := run(ctx, []string{"refresh", "-c", config}, strings.NewReader(""), &out, &errs); code != exitInterrupted {
			t.Errorf("exit code %d, want %d: %s", code, exitInterrupted, errs.String())
		}
		noLeftovers(t, dir)
	})
	if after := currentOf(t, dir); after != before {
		t.Errorf("published is %s, want %s", after, before)
	}
	runs, err := ledger.Read(filepath.Join(dir, "warehouse"))
	if err != nil || runs[len(runs)-1].Class != ledger.ClassInterrupted || runs[len(runs)-2].Class != ledger.ClassSource {
		t.Errorf("the ledger does not say that a source failed and a run was interrupted: %v", err)
	}
	pgtest.Exec(t, dsn, "DELETE FROM orders WHERE no > 2")
	verso(t, exitDone, "refresh", "-c", shop(t, dir, good+" WHERE line < 3"), "--skip", "models")
}

// terminate ends the server's process of a running extract half a second after
// it began.
func terminate(ctx context.Context, dsn string) {
	c, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return
	}
	defer c.Close(context.WithoutCancel(ctx))
	for ctx.Err() == nil {
		tag, err := c.Exec(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'COPY%generate_series%' AND state = 'active' AND now() - query_start > interval '500 ms'")
		if err != nil || tag.RowsAffected() > 0 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// currentOf is the name of the published generation.
func currentOf(t *testing.T, dir string) string {
	t.Helper()
	current, err := os.ReadFile(filepath.Join(dir, "warehouse", "CURRENT"))
	if err != nil {
		t.Fatal(err)
	}
	return string(current)
}
