package duck

import "testing"

// Where the count is not sure, the statement is planned to find it out.
func TestPlaceholders(t *testing.T) {
	for _, c := range []struct {
		sql  string
		n    int
		sure bool
	}{
		{`SELECT 1`, 0, true},
		{`SELECT ?, ? FROM t WHERE a = ?`, 3, true},
		{`SELECT '?', "a?b", $$?$$, $x$ ? $x$, E'\'?', ? -- ?`, 1, true},
		{`SELECT /* ? */ ?, 'it''s ?'`, 1, true},
		{`SELECT ?1, ?1`, 0, false},
		{`SELECT $1`, 0, false},
		{`SELECT $name`, 0, false},
		{`SELECT ?; SELECT ?`, 0, false},
		{`SELECT ';', ?`, 1, true},
	} {
		if n, sure := placeholders(c.sql); n != c.n || sure != c.sure {
			t.Errorf("%s: %d, %v; want %d, %v", c.sql, n, sure, c.n, c.sure)
		}
	}
}
