package lineage

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"verso/olap/engine"
	"verso/olap/engine/duck"
)

// open gives a recorder over a database with a few tables.
func open(t *testing.T) *Recorder {
	if duck.Arrow != "native" {
		t.Skip("needs -tags duckdb_arrow")
	}
	db, err := duck.Open(context.Background(), duck.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	conn, err := db.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	exec(t, conn, `CREATE SCHEMA s; CREATE TABLE s.a (id INTEGER, x INTEGER, y INTEGER, tags VARCHAR[]); CREATE TABLE s.b (id INTEGER, z INTEGER, "odd name" INTEGER); CREATE SCHEMA meta`)
	return Record(conn)
}

func exec(t *testing.T, conn engine.Conn, sql string) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), engine.SQL(sql)); err != nil {
		t.Fatal(err)
	}
}

func schema(table string) []string {
	return map[string][]string{"s.a": {"id", "x", "y", "tags"}, "s.b": {"id", "z", "odd name"}}[table]
}

// from lists what each column of table m comes from, "column: sources".
func from(g *Graph, table string) []string {
	lines := map[string][]string{}
	for _, e := range g.Edges() {
		if e.To.Table == table {
			lines[e.To.Name] = append(lines[e.To.Name], e.From.String())
		}
	}
	var out []string
	for name, sources := range lines {
		out = append(out, name+": "+strings.Join(sources, ", "))
	}
	slices.Sort(out)
	return out
}

func TestTrace(t *testing.T) {
	for _, c := range []struct {
		name, sql string
		want      []string
	}{
		{"plain", `CREATE TABLE m AS SELECT id, x + y AS xy, 5 AS five FROM s.a WHERE y > 1`,
			[]string{": s.a.y", "five: constant.5", "id: s.a.id", "xy: s.a.x, s.a.y"}},
		{"join, cte, alias", `CREATE TABLE m AS WITH k AS (SELECT id AS i, sum(x) AS total FROM s.a GROUP BY id)
			SELECT k.total, b."odd name" AS odd FROM k LEFT JOIN s.b ON b.id = k.i`,
			[]string{": s.a.id, s.b.id", "odd: s.b.odd name", "total: s.a.x"}},
		{"star and exclude", `CREATE TABLE m AS SELECT * EXCLUDE (tags), y * 2 AS twice FROM s.a`,
			[]string{"id: s.a.id", "twice: s.a.y", "x: s.a.x", "y: s.a.y"}},
		{"union", `CREATE TABLE m AS SELECT id AS v FROM s.a UNION ALL SELECT z FROM s.b WHERE id = 1`,
			[]string{": s.b.id", "v: s.a.id, s.b.z"}},
		{"window, case", `CREATE TABLE m AS SELECT row_number() OVER (PARTITION BY x ORDER BY y) AS n, CASE WHEN x > 0 THEN y END AS c FROM s.a`,
			[]string{"c: s.a.x, s.a.y", "n: s.a.x, s.a.y"}},
		{"subqueries", `CREATE TABLE m AS SELECT (SELECT max(z) FROM s.b WHERE b.id = a.id) AS top FROM s.a WHERE EXISTS (SELECT 1 FROM s.b WHERE b.z = a.x)`,
			[]string{": s.a.x, s.b.z", "top: s.a.id, s.b.id, s.b.z"}},
		{"insert by position", `CREATE TABLE m (p INTEGER, q INTEGER); INSERT INTO m SELECT x, y FROM s.a; INSERT INTO m (q, p) SELECT z, id FROM s.b`,
			[]string{"p: s.a.x, s.b.id", "q: s.a.y, s.b.z"}},
		{"temporary table", `CREATE OR REPLACE TEMP TABLE w AS SELECT x AS v FROM s.a; CREATE TABLE m AS SELECT v FROM w; DROP TABLE w`,
			[]string{"v: w.v"}},
		{"replaced", `CREATE TABLE m AS SELECT x AS v FROM s.a; CREATE OR REPLACE TABLE m AS SELECT z AS v FROM s.b`,
			[]string{"v: s.b.z"}},
		{"working table used twice", `CREATE TEMP TABLE w AS SELECT x AS v FROM s.a; CREATE TABLE m AS SELECT v FROM w; CREATE OR REPLACE TEMP TABLE w AS SELECT z AS v FROM s.b; CREATE TABLE n AS SELECT v FROM w`,
			[]string{"v: s.a.x"}},
		{"recursive", `CREATE TABLE m AS WITH RECURSIVE r(i, up) AS (SELECT id, x FROM s.a UNION ALL SELECT r.i, b.z FROM r JOIN s.b ON b.id = r.up) SELECT i, up FROM r`,
			[]string{": s.a.x, s.b.id, s.b.z", "i: s.a.id", "up: s.a.x, s.b.z"}},
		{"values and unnest", `CREATE TABLE m AS SELECT v.n, u.tag FROM s.a, (VALUES (1), (2)) AS v (n), (SELECT unnest(tags) AS tag FROM s.a) AS u`,
			[]string{"n: constant.v.n", "tag: s.a.tags"}},
		{"lambda", `CREATE TABLE m AS SELECT list_transform(tags, lambda t: t || CAST(x AS VARCHAR)) AS marked FROM s.a`,
			[]string{"marked: s.a.tags, s.a.x"}},
		{"using", `CREATE TABLE m AS SELECT id, z FROM s.a JOIN s.b USING (id)`,
			[]string{": s.a.id, s.b.id", "id: s.a.id, s.b.id", "z: s.b.z"}},
		{"semicolon in a text", `CREATE TABLE m AS SELECT 'a;b' AS t, x FROM s.a -- not; here
			; INSERT INTO m /* nor; here */ SELECT 'it''s; fine', z FROM s.b`,
			[]string{`t: constant."a;b", constant."it's; fine"`, "x: s.a.x, s.b.z"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := open(t)
			exec(t, r, c.sql)
			g := NewGraph()
			if err := r.Trace(t.Context(), g, schema); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, from(g, "m")); diff != "" {
				t.Error(diff)
			}
			if len(g.Unresolved) > 0 {
				t.Error(g.Unresolved)
			}
		})
	}
}

// TestUnresolved names what cannot be traced instead of leaving it out.
func TestUnresolved(t *testing.T) {
	r := open(t)
	exec(t, r, `CREATE TABLE s.later (v INTEGER); CREATE TABLE m AS SELECT v FROM s.later`)
	g := NewGraph()
	if err := r.Trace(t.Context(), g, func(string) []string { return nil }); err != nil {
		t.Fatal(err)
	}
	g2 := NewGraph()
	r.log = append(r.log, entry{sql: `CREATE TABLE m2 AS SELECT v FROM gone.away`})
	if err := r.Trace(t.Context(), g2, func(string) []string { return nil }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"m2: column v", "m2: table gone.away"}, g2.Unresolved); diff != "" {
		t.Error(diff)
	}
}

func TestSaveLoadInlineOrigins(t *testing.T) {
	r := open(t)
	exec(t, r, `CREATE TEMP TABLE w AS SELECT x AS v, y FROM s.a; CREATE TEMP TABLE w2 AS SELECT v + y AS sum FROM w; CREATE TABLE m AS SELECT sum * 2 AS double FROM w2`)
	g := NewGraph()
	if err := r.Trace(t.Context(), g, schema); err != nil {
		t.Fatal(err)
	}
	if err := Save(t.Context(), r.Conn, g); err != nil {
		t.Fatal(err)
	}
	loaded, err := Load(t.Context(), r.Conn)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(g.Edges(), loaded.Edges()); diff != "" {
		t.Error(diff)
	}
	short := loaded.Inline(func(table string) bool { return strings.HasPrefix(table, "w") })
	if diff := cmp.Diff([]string{"double: s.a.x, s.a.y"}, from(short, "m")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Column{{"s.a", "x"}, {"s.a", "y"}}, loaded.Origins(Column{"m", "double"})); diff != "" {
		t.Error(diff)
	}
	if uses := loaded.Uses(Column{"s.a", "y"}); len(uses) != 1 || uses[0].To != (Column{"w", "y"}) {
		t.Error(uses)
	}
}
