package duck

import (
	"strings"
	"testing"

	"verso/olap/engine"
)

// FuzzGate looks at any text: what the gate lets through is one statement that reads.
func FuzzGate(f *testing.F) {
	db, err := Open(f.Context(), Options{Threads: 1})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { db.Close() })
	if _, err := db.Exec(f.Context(), engine.SQL("CREATE TABLE t AS SELECT 1 AS a")); err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{"SELECT a FROM t", "SELECT ? + a FROM t WHERE a > $2", "EXPLAIN SELECT 1", "WITH x AS (SELECT 1) SELECT * FROM x", "DELETE FROM t", "SELECT 1; DROP TABLE t", "COPY t TO 'x'", "PRAGMA version",
		"SELECT * FROM read_text('x')", "SELECT * FROM 'x.csv'", "FROM t", "DESCRIBE t", "SUMMARIZE t", "SELECT getenv('HOME')", "ATTACH 'x'", "SET threads=1", "SELECT /* ; */ 1 -- x", "PIVOT t ON a USING sum(a)", "(SELECT 1) UNION ALL TABLE t",
		"SELECT $$;$$", "INSERT INTO t VALUES (2)", "WITH x AS (DELETE FROM t RETURNING a) SELECT * FROM x", "EXPLAIN ANALYZE DELETE FROM t"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		shape, err := db.Gate(t.Context(), text)
		if err == nil && shape == nil {
			t.Errorf("%q has no shape", text)
		}
		if err == nil && strings.Contains(strings.ToLower(text), "read_text(") && !strings.ContainsAny(text, "'\"$-*") {
			t.Errorf("%q is let through", text)
		}
		row, err := engine.One(t.Context(), db, engine.SQL("SELECT count(*) AS n, sum(a) AS s FROM t"))
		if err != nil || engine.Text(row[0]) != "1" || engine.Text(row[1]) != "1" {
			t.Fatalf("%q changed the table: %v %v", text, row, err)
		}
	})
}
