package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"verso/etl/star"
	"verso/olap/catalog"
	"verso/olap/engine"
	"verso/olap/engine/duck"
	"verso/olap/rollup"
)

// aNight changes some order lines and customers of a company, and says so.
const aNight = `
CREATE TABLE stage.lines AS SELECT * FROM stage.order_line;
DROP VIEW stage.order_line;
ALTER TABLE stage.lines RENAME TO order_line;
CREATE SCHEMA IF NOT EXISTS due;
CREATE OR REPLACE TABLE due.changed_order_line AS
SELECT l.line_id FROM stage.order_line l JOIN stage.order_header h ON h.order_id = l.order_id
JOIN (SELECT date_key, row_number() OVER (ORDER BY date_key DESC) AS n FROM (SELECT DISTINCT date_key FROM core.fact_order_line) AS d) AS d
  ON d.date_key = CAST(strftime(h.order_date, '%Y%m%d') AS INTEGER) AND d.n IN (3, 120)
WHERE l.qty_ordered > 0;
UPDATE stage.order_line SET qty_ordered = qty_ordered + 1 WHERE line_id IN (SELECT line_id FROM due.changed_order_line);
CREATE OR REPLACE TABLE meta.stage_change AS
SELECT table_name, CASE WHEN table_name = 'order_line' THEN 'some' ELSE 'none' END AS mode, 0 AS inserted, 0 AS updated, 0 AS deleted
FROM (SELECT DISTINCT table_name FROM meta.table_load);
`

// After an increment the rollups of the changed days are what a build of all of
// them makes, and answer as the facts do.
func TestRollupsAfterAnIncrement(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dir, _ := demoCompany(t, smallest...)
	db := copyOfGeneration(t, dir)
	conn, err := db.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	row, err := engine.One(ctx, conn, engine.SQL("SELECT CAST(as_of AS VARCHAR), currency, fiscal_year_start FROM meta.run"))
	if err != nil {
		t.Fatal(err)
	}
	asOf, err := time.Parse(time.DateOnly, engine.Text(row[0]))
	if err != nil {
		t.Fatal(err)
	}
	month, _ := engine.Int(row[2])
	o := star.Options{AsOf: asOf, Currency: engine.Text(row[1]), FiscalYearStart: int(month), Version: version}
	model, err := catalog.Load("")
	if err != nil {
		t.Fatal(err)
	}
	ro := rollup.Options{Run: "test", Limits: rollup.Limits{Cells: 1 << 40, Share: 1e9, Bits: 1 << 40}, Samples: 20}
	if _, err := rollup.Build(ctx, conn, model, ro); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(ctx, engine.SQL(aNight)); err != nil {
		t.Fatal(err)
	}
	if err := star.Build(ctx, conn, o); err != nil {
		t.Fatal(err)
	}
	changed, err := star.Changed(ctx, conn)
	if err != nil {
		t.Fatal(err)
	}
	if days := changed["core.fact_order_line"]; len(days) != 2 {
		t.Errorf("changed days %v, want two", days)
	}
	statuses, err := rollup.Update(ctx, conn, model, changedDays(changed), ro)
	if err != nil {
		t.Fatal(err)
	}
	used := 0
	for _, s := range statuses {
		if s.State == rollup.Failed {
			t.Errorf("%s: %s", s.Name, s.Reason)
		}
		if s.State == rollup.OK {
			used++
		}
	}
	if used == 0 {
		t.Error("no rollup is in use")
	}
	updated := rollupTables(t, conn)
	if _, err := rollup.Build(ctx, conn, model, ro); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(rollupTables(t, conn), updated); diff != "" {
		t.Errorf("built (-) and updated (+) differ:\n%s", diff)
	}
}

// rollupTables are digests of the rollups' cells.
func rollupTables(t *testing.T, q engine.Querier) map[string]string {
	t.Helper()
	var names []string
	err := engine.Rows(context.Background(), q, engine.SQL("SELECT table_name FROM information_schema.tables WHERE table_schema = 'rollup' ORDER BY 1"), func(row []any) error {
		names = append(names, engine.Text(row[0]))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, name := range names {
		row, err := engine.One(context.Background(), q, engine.SQL("SELECT md5(string_agg(CAST(c AS VARCHAR), chr(10) ORDER BY CAST(c AS VARCHAR))) FROM rollup."+engine.QuoteIdent(name)+" AS c"))
		if err != nil {
			t.Fatal(err)
		}
		out[name] = engine.Text(row[0])
	}
	return out
}

// copyOfGeneration opens a copy of the published generation for writing.
func copyOfGeneration(t *testing.T, dir string) *duck.DB {
	t.Helper()
	w := openTestWarehouse(t, dir)
	defer w.Close()
	list, err := w.Generations()
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	content, err := os.ReadFile(list[0].Path)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "copy.duckdb")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := duck.Open(context.Background(), duck.Options{Path: path, Threads: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}
