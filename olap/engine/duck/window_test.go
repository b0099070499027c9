//go:build duckdb_arrow

package duck

import (
	"context"
	"testing"

	"verso/olap/engine"
)

// A window over a union, one side of which is empty, is counted at every run.
// DuckDB 1.5.5 stopped at it with an internal error, about once in 30 runs and
// only where several threads take part, and the database was unusable afterwards.
func TestWindowOverUnion(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db, err := Open(ctx, Options{Threads: 4})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	count := engine.SQL(`WITH one AS (SELECT i AS x FROM range(1) AS r (i)),
either AS (SELECT x FROM one WHERE x > 1 UNION ALL SELECT x FROM one WHERE NOT EXISTS (SELECT 1 FROM one WHERE x > 1))
SELECT count(*) OVER () AS n FROM either ORDER BY x LIMIT 5`)
	for i := range 500 {
		row, err := engine.One(ctx, db, count)
		if err != nil {
			t.Fatalf("run %d: %v", i, err)
		}
		if n, _ := engine.Int(row[0]); n != 1 {
			t.Fatalf("run %d: %d rows, want 1", i, n)
		}
	}
}
