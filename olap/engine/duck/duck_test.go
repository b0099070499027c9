package duck

import (
	"context"
	"path/filepath"
	"testing"

	"verso/olap/engine"
)

func TestOpenWriteReopen(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "a.duckdb")
	db, err := Open(ctx, Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(ctx, engine.SQL("CREATE SCHEMA core; CREATE TABLE core.t AS SELECT range::INTEGER AS k, (range * 1.5)::DECIMAL(18,4) AS m FROM range(10)")); err != nil {
		t.Fatal(err)
	}
	c, err := db.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Query(ctx, engine.SQL("SELECT k + 100 AS k, m FROM core.t"))
	if err != nil {
		t.Fatal(err)
	}
	d, err := db.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	n, err := d.Ingest(ctx, "core.t", r)
	r.Release()
	if err != nil || n != 10 {
		t.Fatal(n, err)
	}
	c.Close()
	d.Close()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db, err = Open(ctx, Options{Path: path, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	row, err := engine.One(ctx, db, engine.SQL("SELECT count(*) AS n, sum(m) AS m FROM core.t WHERE k >= ?", 0))
	if err != nil {
		t.Fatal(err)
	}
	if engine.Text(row[0]) != "20" || engine.Text(row[1]) != "135.0000" {
		t.Fatal(row)
	}
}
