package duck

import (
	"testing"

	"verso/olap/engine"
)

// Databases that are open at once share the memory of one, and say what they hold.
func TestMemoryShared(t *testing.T) {
	for _, c := range []struct {
		limit string
		part  int
		want  string
	}{{"4GiB", 0, "4.0 GiB"}, {"4GiB", 8, "512.0 MiB"}, {"600MiB", 8, "256.0 MiB"}} {
		db, err := Open(t.Context(), Options{MemoryLimit: c.limit, MemoryPart: c.part})
		if err != nil {
			t.Fatal(err)
		}
		row, err := engine.One(t.Context(), db, engine.SQL("SELECT current_setting('memory_limit') AS memory_limit"))
		if err != nil || engine.Text(row[0]) != c.want {
			t.Errorf("%s in %d parts: %v, %v", c.limit, c.part, row, err)
		}
		before, err := Held(t.Context(), db)
		if err != nil {
			t.Error(err)
		}
		if _, err := db.Exec(t.Context(), engine.SQL("CREATE TABLE t AS SELECT range AS n FROM range(1000000)")); err != nil {
			t.Error(err)
		}
		if after, err := Held(t.Context(), db); err != nil || after < before+1<<20 {
			t.Errorf("%d bytes before a table, %d after, %v", before, after, err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}
