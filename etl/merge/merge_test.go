package merge

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"verso/olap/engine"
	"verso/olap/engine/duck"
)

// bench merges rounds of one table in a database and in a model.
type bench struct {
	*testing.T
	conn  engine.Conn
	model model
	rand  *rand.Rand
	seg   int
	loads int
}

func newBench(t *testing.T, loads int, keyed bool, seed uint64) *bench {
	db, err := duck.Open(t.Context(), duck.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(); db.Close() })
	b := &bench{T: t, conn: conn, loads: loads, rand: rand.New(rand.NewPCG(seed, 1)), model: model{several: loads > 1, keyed: keyed}}
	b.exec("CREATE SCHEMA stage; CREATE SCHEMA quarantine; CREATE SCHEMA due")
	return b
}

func (b *bench) exec(sql string) {
	b.Helper()
	if _, err := b.conn.Exec(context.Background(), engine.SQL(sql)); err != nil {
		b.Fatalf("%v\n%s", err, sql)
	}
}

func (b *bench) list(sql string) []string {
	b.Helper()
	var out []string
	if err := engine.Rows(b.Context(), b.conn, engine.SQL(sql), func(row []any) error {
		out = append(out, strings.Clone(engine.Text(row[0])))
		return nil
	}); err != nil {
		b.Fatalf("%v\n%s", err, sql)
	}
	slices.Sort(out)
	return out
}

// text is a value as SQL, where nothing is null.
func literal(s string) string {
	if s == "" {
		return "NULL"
	}
	return engine.QuoteText(s)
}

func number(n int) string {
	if n == 0 {
		return "NULL"
	}
	return fmt.Sprint(n)
}

// stage makes the tables of newly staged rows and of those set aside.
func (b *bench) stage(loads []*load) {
	b.exec(`CREATE TABLE stage._t ("key" BIGINT, "text" VARCHAR, "at" BIGINT, "_row" BIGINT, "_load" INTEGER, "_seg" INTEGER, "_gone" BOOLEAN);
CREATE TABLE quarantine.t ("source" VARCHAR, "file" VARCHAR, "line" BIGINT, "record" BIGINT, "reason" VARCHAR, "column_name" VARCHAR, "value" VARCHAR, "raw" VARCHAR, "key" VARCHAR, "_load" INTEGER, "_seg" INTEGER)`)
	for _, l := range loads {
		for _, r := range l.rows {
			b.exec(fmt.Sprintf("INSERT INTO stage._t VALUES (%s, %s, %s, %d, %d, %d, false)", number(r.key), literal(r.text), number(r.at), r.no, r.load, r.seg))
		}
		for _, f := range l.bad {
			b.exec(fmt.Sprintf("INSERT INTO quarantine.t VALUES ('s', NULL, NULL, %d, %s, %s, NULL, %s, %s, %d, %d)", f.record, engine.QuoteText("bad "+f.column), literal(f.column), literal(f.raw), literal(f.key), f.load, f.seg))
		}
	}
}

// table describes the table to the merge.
func (b *bench) table(loads []*load) Table {
	t := Table{Name: "t", Columns: []string{`"key"`, `"text"`, `"at"`}, Latest: `"at"`, Several: b.loads > 1, Anew: len(loads) == b.loads,
		Changed: []Column{{"key", `s."key"`}}}
	if b.model.keyed {
		t.Key, t.Keyed = []string{`"key"`}, true
	}
	for _, l := range loads {
		t.Anew = t.Anew && l.Kind == Whole
		if len(l.gone) > 0 {
			l.Gone = fmt.Sprintf(`"_gone%d"`, l.No)
			b.exec(fmt.Sprintf(`CREATE OR REPLACE TEMP TABLE %s ("key" BIGINT)`, l.Gone))
			for _, key := range l.gone {
				b.exec(fmt.Sprintf("INSERT INTO %s VALUES (%d)", l.Gone, key))
			}
		}
		if l.before > 0 {
			l.Window = fmt.Sprintf(`(b."at" < %d)`, l.before)
		}
		t.Loads = append(t.Loads, l.Load)
	}
	return t
}

// random is what a mapping brings: rows of a few keys, some of them as they were,
// bad ones, deleted keys, ranges read again.
func (b *bench) random(no int) *load {
	l := &load{Load: Load{No: no, Kind: Part, Segment: b.seg, Rejects: b.rand.IntN(4) == 0}}
	if b.rand.IntN(4) == 0 {
		l.Kind = Whole
	}
	l.rows, l.bad = b.rows(no)
	if l.Kind == Whole {
		return l
	}
	if b.rand.IntN(3) == 0 {
		l.before = 1 + b.rand.IntN(6)
	}
	if !b.model.keyed {
		for _, r := range b.model.rows {
			if r.load == no && b.rand.IntN(3) == 0 {
				l.Replaced = append(l.Replaced, Span{r.seg, r.no, r.no + int64(1+b.rand.IntN(2))})
			}
		}
		return l
	}
	for key := 1; key <= 12; key++ {
		if b.rand.IntN(6) == 0 && !slices.ContainsFunc(l.rows, func(r row) bool { return r.key == key }) {
			l.gone = append(l.gone, key)
		}
	}
	return l
}

// rows are new rows of a mapping and those set aside.
func (b *bench) rows(no int) (rows []row, bad []fault) {
	for key := 1; key <= 12; key++ {
		at := int64(len(rows) + len(bad))
		r := row{key: key, text: []string{"", "a", "b"}[b.rand.IntN(3)], at: b.rand.IntN(7), no: at, load: no, seg: b.seg}
		i := slices.IndexFunc(b.model.rows, func(r row) bool { return r.load == no && r.key == key })
		switch b.rand.IntN(8) {
		case 0, 1:
			rows = append(rows, r)
		case 2:
			if i >= 0 { // as it was, perhaps elsewhere
				r.text, r.at = b.model.rows[i].text, b.model.rows[i].at
				if b.rand.IntN(2) == 0 {
					r.no = b.model.rows[i].no
				}
				rows = append(rows, r)
			}
		case 3:
			f := fault{column: "text", raw: fmt.Sprint("raw", b.rand.IntN(2)), record: at, load: no, seg: b.seg}
			if b.model.keyed && b.rand.IntN(2) == 0 {
				f.key = fmt.Sprint(key)
			} else if b.rand.IntN(2) == 0 {
				f.column = ""
			}
			bad = append(bad, f)
		}
	}
	return rows, bad
}

// round merges what some mappings bring and compares.
func (b *bench) round(first bool) {
	b.seg++
	var loads []*load
	sure := b.rand.IntN(b.loads)
	for no := range b.loads {
		if first || no == sure || b.rand.IntN(3) > 0 {
			loads = append(loads, b.random(no))
		}
	}
	before := slices.Clone(b.model.rows)
	ctx := b.Context()
	t := b.table(loads)
	if first {
		b.stage(loads)
		b.model.fold(loads)
		b.settle(t)
		b.same()
		return
	}
	if err := Base(ctx, b.conn, "t"); err != nil {
		b.Fatal(err)
	}
	b.stage(loads)
	if err := Before(ctx, b.conn, t); err != nil {
		b.Fatal(err)
	}
	b.removed(t, loads)
	counts, err := Fold(ctx, b.conn, t)
	if err != nil {
		b.Fatal(err)
	}
	if diff := cmp.Diff(b.model.fold(loads), counts); diff != "" {
		b.Errorf("round %d: counts (-model +merge):\n%s", b.seg, diff)
	}
	b.settle(t)
	change, err := After(ctx, b.conn, t)
	if err != nil {
		b.Fatal(err)
	}
	b.same()
	b.told(before, change)
}

func (b *bench) settle(t Table) {
	if err := Settle(b.Context(), b.conn, t, "the same row", "another content", []string{"s0", "s1", "s2"}); err != nil {
		b.Fatal(err)
	}
	b.model.settle()
}

// removed compares the sums over the earlier rows that are replaced.
func (b *bench) removed(t Table, loads []*load) {
	want, got := map[int]string{}, map[int]string{}
	for _, l := range loads {
		var n, sum int
		for _, r := range b.model.rows {
			again := slices.ContainsFunc(l.rows, func(f row) bool { return f.key == r.key })
			if !b.model.keyed {
				again = l.Kind == Whole || l.inWindow(r) || l.inSpan(r.seg, r.no)
			}
			if r.load == l.No && again {
				n, sum = n+1, sum+r.at
			}
		}
		if n > 0 {
			want[l.No] = fmt.Sprintf("%d rows, %d", n, sum)
		}
	}
	err := Removed(b.Context(), b.conn, t, []string{"count(*)", `coalesce(sum(b."at"), 0)`}, func(load int, sums []any) {
		got[load] = fmt.Sprintf("%s rows, %s", engine.Text(sums[0]), engine.Text(sums[1]))
	})
	if err != nil {
		b.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		b.Errorf("round %d: removed (-model +merge):\n%s", b.seg, diff)
	}
}

// same compares the rows shown, held and set aside with the model.
func (b *bench) same() {
	b.Helper()
	const text = `SELECT coalesce("key", 0) || '|' || coalesce("text", '') || '|' || coalesce("at", 0) || '|' || "_load" || '|' || CAST("_gone" AS VARCHAR) || '|' || "_row" || '|' || "_seg" FROM stage.`
	if diff := cmp.Diff(b.model.list(false), b.list(text+"_t")); diff != "" {
		b.Fatalf("round %d: rows (-model +merge):\n%s", b.seg, diff)
	}
	if b.model.several && b.model.keyed {
		if diff := cmp.Diff(b.model.list(true), b.list(text+"_held_t")); diff != "" {
			b.Fatalf("round %d: held (-model +merge):\n%s", b.seg, diff)
		}
	}
	aside := b.list(`SELECT coalesce("key", '') || '|' || coalesce("column_name", '') || '|' || CASE WHEN "_load" < 0 THEN "reason" ELSE coalesce("raw", '') END || '|' || "record" || '|' || "_load" || '|' || "_seg" FROM quarantine.t`)
	if diff := cmp.Diff(b.model.faults(), aside); diff != "" {
		b.Fatalf("round %d: set aside (-model +merge):\n%s", b.seg, diff)
	}
}

// told compares what the merge says has changed with the rows before and now.
func (b *bench) told(before []row, change Change) {
	compare := difference
	if !b.model.keyed {
		compare = unkeyedDifference
	}
	keys, want := compare(before, b.model.rows)
	if diff := cmp.Diff(want, change); diff != "" {
		b.Errorf("round %d: change (-model +merge):\n%s", b.seg, diff)
	}
	var texts []string
	for _, key := range keys {
		texts = append(texts, fmt.Sprint(key))
	}
	slices.Sort(texts)
	if diff := cmp.Diff(texts, b.list("SELECT CAST(key AS VARCHAR) FROM due.changed_t")); diff != "" {
		b.Errorf("round %d: due (-model +merge):\n%s", b.seg, diff)
	}
	b.exec("DROP TABLE due.changed_t")
	if left := b.list("SELECT table_name FROM duckdb_tables() WHERE temporary AND table_name NOT LIKE '\\_gone%' ESCAPE '\\'"); len(left) > 0 {
		b.Errorf("round %d: left behind: %v", b.seg, left)
	}
}

// A random history of segments, merged one after the other, is at every moment what
// the rules say of it.
func TestMerge(t *testing.T) {
	for name, x := range map[string]struct {
		loads int
		keyed bool
	}{"one mapping": {1, true}, "three mappings": {3, true}, "rows without a key": {1, false}, "two mappings without a key": {2, false}} {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(2) {
				b := newBench(t, x.loads, x.keyed, seed)
				for i := range 16 {
					b.round(i == 0)
				}
			}
		})
	}
}
