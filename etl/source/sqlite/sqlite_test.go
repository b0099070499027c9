package sqlite

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"verso/etl/config"
	"verso/etl/source"
	"verso/olap/engine"
	"verso/olap/engine/duck/ducktest"
)

func land(t testing.TB, s source.Source, conn engine.Conn, sql string) (source.Report, []string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.parquet")
	r, err := s.Land(context.Background(), conn, source.Request{Name: "x", SQL: sql, Path: path})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	err = engine.Rows(context.Background(), conn, engine.SQL("SELECT CAST(COLUMNS(*) AS VARCHAR) FROM read_parquet("+engine.QuoteText(path)+")"), func(row []any) error {
		texts := make([]string, len(row))
		for i, v := range row {
			if texts[i] = engine.Text(v); v == nil {
				texts[i] = "∅"
			}
		}
		out = append(out, strings.Join(texts, " | "))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return r, out
}

func TestTypes(t *testing.T) {
	conn := ducktest.Scratch(t)
	for _, c := range []struct {
		name, table, values, sql string
		types, rows, notes       []string
	}{
		{"one kind each", "a INTEGER, b REAL, c TEXT, d BLOB, e INTEGER, f REAL, g",
			"(1, 2, 'x', x'00ff', NULL, NULL, NULL), (-9223372036854775808, 0.1, '', 'text', NULL, NULL, NULL)", "SELECT * FROM t",
			[]string{"BIGINT", "DOUBLE", "VARCHAR", "VARCHAR", "BIGINT", "DOUBLE", "VARCHAR"},
			[]string{`1 | 2.0 | x | \x00ff | ∅ | ∅ | ∅`, "-9223372036854775808 | 0.1 |  | text | ∅ | ∅ | ∅"},
			[]string{"d: values of several types land as text: 1 text, 1 blob"}},
		{"mixed", "price DECIMAL(10,2), code INTEGER, big", "(10, 7, 9007199254740993), (10.5, 'A-7', 0.5), (NULL, 8.25, 'x')", "SELECT * FROM t",
			[]string{"VARCHAR", "VARCHAR", "VARCHAR"}, []string{"10 | 7 | 9007199254740993", "10.5 | A-7 | 0.5", "∅ | 8.25 | x"},
			[]string{"price: values of several types land as text: 1 integer, 1 real", "code: values of several types land as text: 1 integer, 1 real, 1 text", "big: values of several types land as text: 1 integer, 1 real, 1 text"}},
		{"dates", "a DATE, b DATETIME, c TIMESTAMP, d DATETIME, e INTEGER", "('2024-02-29', 1709164800, 1709164800500, 2460369.75, 1709164800), ('29.02.2024', 0, NULL, 2440587.5, 0)", "SELECT * FROM t",
			[]string{"VARCHAR", "TIMESTAMP", "TIMESTAMP", "TIMESTAMP", "BIGINT"},
			[]string{"2024-02-29 | 2024-02-29 00:00:00 | 2024-02-29 00:00:00.5 | 2024-02-29 06:00:00 | 1709164800", "29.02.2024 | 1970-01-01 00:00:00 | ∅ | 1970-01-01 00:00:00 | 0"},
			[]string{"b: whole numbers in a column declared DATETIME are read as seconds since 1970, UTC", "c: whole numbers in a column declared TIMESTAMP are read as milliseconds since 1970, UTC", "d: numbers in a column declared DATETIME are read as Julian days, UTC"}},
		{"order and expressions", "a INTEGER, b TEXT", "(3, 'c'), (1, 'a'), (2, 'b')", "SELECT b || '!' AS \"b\"\"x\", count(*) AS n FROM t GROUP BY b ORDER BY a DESC;",
			[]string{"VARCHAR", "BIGINT"}, []string{"c! | 1", "b! | 1", "a! | 1"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "my shop?#%.db")
			create(t, filepath.Join(filepath.Dir(path), "made.db"), "CREATE TABLE t ("+c.table+"); INSERT INTO t VALUES "+c.values).Close()
			if err := os.Rename(filepath.Join(filepath.Dir(path), "made.db"), path); err != nil {
				t.Fatal(err)
			}
			r, rows := land(t, open(t, path), conn, c.sql)
			var types []string
			for _, column := range r.Columns {
				types = append(types, column.Type)
			}
			if d := cmp.Diff(c.types, types); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(c.rows, rows); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(c.notes, r.Notes); d != "" {
				t.Error(d)
			}
		})
	}
}

// Rows that wait in the log beside the file are read, and nothing is written to
// file or log.
func TestWriteAheadLog(t *testing.T) {
	conn, path := ducktest.Scratch(t), filepath.Join(t.TempDir(), "shop.db")
	writer := create(t, path, "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1); PRAGMA wal_checkpoint(TRUNCATE); INSERT INTO t VALUES (2)")
	state := func() (out []string) {
		for _, p := range []string{path, path + "-wal"} {
			b, err := os.ReadFile(p)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, string(b))
		}
		return out
	}
	before := state()
	s := open(t, path)
	if _, rows := land(t, s, conn, "SELECT a FROM t ORDER BY a"); cmp.Diff([]string{"1", "2"}, rows) != "" {
		t.Error(rows)
	}
	if _, err := s.Land(context.Background(), conn, source.Request{Name: "x", SQL: "SELECT a FROM t", Path: filepath.Join(t.TempDir(), "x")}); err != nil {
		t.Fatal(err)
	}
	if cmp.Diff(before, state()) != "" {
		t.Error("reading changed the database")
	}
	if _, err := writer.Exec("INSERT INTO t VALUES (3)"); err != nil {
		t.Fatal(err)
	}
	if _, rows := land(t, s, conn, "SELECT a FROM t"); len(rows) != 2 {
		t.Error("the second extract sees another moment:", rows)
	}
	s.Close()
	if _, rows := land(t, s, conn, "SELECT a FROM t"); len(rows) != 3 {
		t.Error("after Close:", rows)
	}
}

func TestErrors(t *testing.T) {
	conn, dir := ducktest.Scratch(t), t.TempDir()
	path := filepath.Join(dir, "shop.db")
	create(t, path, "CREATE TABLE orders (order_id INTEGER, shipped_date DATE); WITH RECURSIVE n (a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n WHERE a < 1000) INSERT INTO orders SELECT a, '2024-01-01' FROM n").Close()
	text, damaged := filepath.Join(dir, "text.db"), filepath.Join(dir, "damaged.db")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for p, content := range map[string][]byte{text: []byte("order_id,day\n1,2\n and more"), damaged: append(append([]byte{}, whole[:4096]...), make([]byte, len(whole)-4096)...)} {
		if err := os.WriteFile(p, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name, path, sql string
		unreadable      bool
		want            []string
	}{
		{"table", path, "SELECT order_id FROM ordrs", false, []string{"no such table: ordrs", "nearest known tables: orders"}},
		{"column", path, "SELECT order_id,\n  shiped_date FROM orders", false, []string{"line 2, column 3", "nearest known columns: shipped_date", "    ^"}},
		{"syntax", path, "SELECT order_id FROMM orders WHERE", false, []string{"syntax error"}},
		{"writing", path, "DELETE FROM orders", false, []string{"syntax error"}},
		{"twice", path, "SELECT order_id, shipped_date AS order_id FROM orders", false, []string{"two columns are called"}},
		{"empty", path, ";", false, []string{"has no SELECT"}},
		{"missing", filepath.Join(dir, "none.db"), "SELECT 1", true, []string{"there is no file"}},
		{"folder", dir, "SELECT 1", true, []string{"is a folder"}},
		{"text", text, "SELECT 1", true, []string{"is no SQLite database"}},
		{"damaged", damaged, "SELECT order_id FROM orders", true, []string{"is damaged"}},
		{"lies", path, "SELECT order_id FROM orders WHERE random() % 2 = 0", true, []string{"announced"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			to := filepath.Join(t.TempDir(), "x.parquet")
			_, err := open(t, c.path).Land(context.Background(), conn, source.Request{Name: "x", SQL: c.sql, Path: to})
			if err == nil {
				t.Fatal("no error")
			}
			for _, w := range append(c.want, "source erp") {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q lacks in: %v", w, err)
				}
			}
			var u *source.UnreadableError
			if errors.As(err, &u) != c.unreadable {
				t.Errorf("%T %v", err, err)
			}
			if left, _ := filepath.Glob(filepath.Dir(to) + "/*"); len(left) > 0 {
				t.Error("left", left)
			}
		})
	}
	if _, err := New("erp", config.Source{}, ""); err == nil {
		t.Error("no path, no error")
	}
}

// Texts that are none are set aside with their row.
func TestRejects(t *testing.T) {
	conn, path := ducktest.Scratch(t), filepath.Join(t.TempDir(), "shop.db")
	create(t, path, "CREATE TABLE t (a INTEGER, b TEXT); INSERT INTO t VALUES (1, 'good'), (2, CAST(x'ff41' AS TEXT)), (3, 'nul' || char(0)), (4, 'good')").Close()
	if r, rows := land(t, open(t, path), conn, "SELECT a, b FROM t"); r.Read != 4 || r.Landed != 2 || r.Rejected != 2 || cmp.Diff([]string{"1 | good", "4 | good"}, rows) != "" {
		t.Errorf("%+v %v", r, rows)
	}
}

func TestCancel(t *testing.T) {
	conn, path := ducktest.Scratch(t), filepath.Join(t.TempDir(), "shop.db")
	create(t, path, "CREATE TABLE t (a INTEGER)").Close()
	s := open(t, path)
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(200*time.Millisecond, cancel)
	began := time.Now()
	_, err := s.Land(ctx, conn, source.Request{Name: "x", SQL: "WITH RECURSIVE n (a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n) SELECT count(a) AS c FROM n", Path: filepath.Join(t.TempDir(), "x")})
	if !errors.Is(err, context.Canceled) || time.Since(began) > 1200*time.Millisecond {
		t.Errorf("%v after %v", err, time.Since(began))
	}
	if _, rows := land(t, s, conn, "SELECT count(*) AS n FROM t"); rows[0] != "0" {
		t.Error("afterwards:", rows)
	}
}

func TestTables(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.db")
	create(t, path, `CREATE TABLE customers (id INTEGER PRIMARY KEY, region VARCHAR(20)); CREATE TABLE "order lines" (order_id INT NOT NULL, line INT, customer INT REFERENCES customers, PRIMARY KEY (order_id, line));
		CREATE VIEW v AS SELECT id FROM customers; CREATE INDEX i ON customers (region); INSERT INTO customers VALUES (1, 'n'), (2, 's'); ANALYZE`).Close()
	got, err := open(t, path).Tables(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	want := []source.Table{
		{Name: "customers", Select: `SELECT "id", "region" FROM "customers"`, Rows: 2, Primary: []string{"id"},
			Columns: []source.TableColumn{{Name: "id", Type: "INTEGER"}, {Name: "region", Type: "VARCHAR(20)", Nullable: true}}},
		{Name: "order lines", Select: `SELECT "order_id", "line", "customer" FROM "order lines"`, Rows: -1, Primary: []string{"order_id", "line"},
			Columns: []source.TableColumn{{Name: "order_id", Type: "INT"}, {Name: "line", Type: "INT"}, {Name: "customer", Type: "INT", Nullable: true}},
			Foreign: []source.ForeignKey{{Columns: []string{"customer"}, Table: "customers", To: []string{"id"}}}},
		{Name: "v", Select: `SELECT "id" FROM "v"`, View: true, Rows: -1, Columns: []source.TableColumn{{Name: "id", Type: "INTEGER", Nullable: true}}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if what, err := open(t, path).Check(context.Background()); err != nil || !strings.Contains(what, "SQLite database") {
		t.Error(what, err)
	}
}
