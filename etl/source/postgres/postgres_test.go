package postgres

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"verso/etl/config"
	"verso/etl/source"
	"verso/etl/source/postgres/pgtest"
	"verso/olap/engine"
	"verso/olap/engine/duck/ducktest"
)

func open(t testing.TB, dsn string) *Source {
	t.Helper()
	s, err := New("erp", config.Source{DSN: dsn}, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s.(*Source)
}

func rows(t testing.TB, conn engine.Conn, path string) (out []string) {
	t.Helper()
	err := engine.Rows(context.Background(), conn, engine.SQL("SELECT * FROM read_parquet("+engine.QuoteText(path)+")"), func(row []any) error {
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
	return out
}

// northwind finds the sample database's file.
func northwind(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("VERSO_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "data")
	}
	path := filepath.Join(dir, "northwind", "northwind.sql")
	if _, err := os.Stat(path); err != nil {
		t.Skip("the Northwind sample is not there: set VERSO_DATA")
	}
	return path
}

func TestNorthwind(t *testing.T) {
	file := northwind(t)
	dsn := pgtest.Start(t)
	pgtest.Load(t, dsn, file)
	s, conn := open(t, dsn), ducktest.Scratch(t)
	dir := t.TempDir()
	for table, want := range map[string]int64{"customers": 91, "orders": 830, "order_details": 2155} {
		req := source.Request{Name: table, SQL: "SELECT * FROM " + table, Path: filepath.Join(dir, table+".parquet")}
		r, err := s.Land(context.Background(), conn, req)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(rows(t, conn, req.Path)); r.Read != want || r.Landed != want || r.Rejected != 0 || int64(got) != want {
			t.Errorf("%s: read %d landed %d rejected %d, file %d; want %d", table, r.Read, r.Landed, r.Rejected, got, want)
		}
	}
	net := source.Request{Name: "net", Path: filepath.Join(dir, "net.parquet"),
		SQL: "SELECT round(sum(unit_price::numeric * quantity * (1 - discount::numeric)), 2)::numeric(18,4) AS net, sum(quantity) AS units FROM order_details"}
	if _, err := s.Land(context.Background(), conn, net); err != nil {
		t.Fatal(err)
	}
	if got := rows(t, conn, net.Path); got[0] != "1265793.0400 | 51317" {
		t.Error(got)
	}
	sample, err := s.Sample(context.Background(), conn, source.Request{SQL: "SELECT customer_id, country FROM customers ORDER BY 1"}, 2)
	if err != nil || cmp.Diff([][]string{{"ALFKI", "Germany"}, {"ANATR", "Mexico"}}, sample) != "" {
		t.Error(sample, err)
	}
}

func TestTypes(t *testing.T) {
	dsn := pgtest.Start(t)
	pgtest.Exec(t, dsn, `
CREATE TYPE mood AS ENUM ('sad', '开心');
CREATE DOMAIN price AS numeric(18,4);
CREATE TABLE t (id int4, b bool, i2 int2, i8 int8, f4 float4, f8 float8, n9 numeric(9,2), n18 price, n38 numeric(38,10), n numeric,
  t text, v varchar(20), c char(8), nm name, u uuid, j json, jb jsonb, e mood, d date, ts timestamp, tz timestamptz, tm time, iv interval, a int[], bin bytea, m money);
INSERT INTO t VALUES
 (1, true, -32768, 9223372036854775807, 1.5, 0.1, 1234567.89, -99999999999999.9999, 1234567890123456789012345678.0123456789, 0.00010,
  '图书 "x"', 'v', 'ab', 'n', '00112233-4455-6677-8899-aabbccddeeff', '{"a": 1}', '{"b": [1, 2]}', '开心', '2024-02-29', '2024-02-29 12:34:56.789012', '2024-02-29 12:34:56+08', '23:59:59', '1 day 02:00:00', '{1,2}', '\x00ff', 1234.50),
 (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
 (3, false, 0, -9223372036854775808, 0, -1e300, 0, 0, -0.0000000001, -123456789012345678901234567890123456789012.5, '', '', '', '', '00000000-0000-0000-0000-000000000000', 'null', 'null', 'sad', '0001-01-01', '1969-12-31 23:59:59.999999', '1970-01-01', '00:00', '0', '{}', '', 0);`)
	s, conn := open(t, dsn), ducktest.Scratch(t)
	req := source.Request{Name: "t", SQL: "SELECT * FROM t ORDER BY id;\n", Path: filepath.Join(t.TempDir(), "t.parquet")}
	r, err := s.Land(context.Background(), conn, req)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"1 | true | -32768 | 9223372036854775807 | 1.5 | 0.1 | 1234567.89 | -99999999999999.9999 | 1234567890123456789012345678.0123456789 | 0.00010 | " +
			`图书 "x" | v | ab | n | 00112233-4455-6677-8899-aabbccddeeff | {"a": 1} | {"b": [1, 2]} | 开心 | 2024-02-29 | 2024-02-29 12:34:56.789012 | 2024-02-29 04:34:56 | 23:59:59 | 1 day 02:00:00 | {1,2} | \x00ff | 1234.5000`,
		"2" + strings.Repeat(" | ∅", 25),
		"3 | false | 0 | -9223372036854775808 | 0 | -1e+300 | 0.00 | 0.0000 | -0.0000000001 | -123456789012345678901234567890123456789012.5 |  |  |  |  | 00000000-0000-0000-0000-000000000000 | null | null | sad | 0001-01-01 | 1969-12-31 23:59:59.999999 | 1970-01-01 | 00:00:00 | 00:00:00 | {} | \\x | 0.0000",
	}
	if d := cmp.Diff(want, rows(t, conn, req.Path)); d != "" {
		t.Errorf("rows (-want +got):\n%s", d)
	}
	// What the source says of its columns is what the file has.
	var described []source.Column
	err = engine.Rows(context.Background(), conn, engine.SQL("DESCRIBE SELECT * FROM "+engine.QuoteText(req.Path)), func(row []any) error {
		described = append(described, source.Column{Name: engine.Text(row[0]), Type: engine.Text(row[1])})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(r.Columns, described); d != "" {
		t.Errorf("columns (-said +found):\n%s", d)
	}
}

func TestRejects(t *testing.T) {
	dsn := pgtest.Start(t)
	pgtest.Exec(t, dsn, `CREATE TABLE t (id int, n numeric(10,2), f numeric, d date, ts timestamp);
INSERT INTO t VALUES (1, 1, 1, '2024-01-01', '2024-01-01'), (2, 'NaN', 1, NULL, NULL), (3, 1, 'Infinity', NULL, NULL),
 (4, 1, 1, 'infinity', NULL), (5, 1, 1, NULL, '-infinity'), (6, 2, -2, '2024-01-02', NULL);`)
	s, conn := open(t, dsn), ducktest.Scratch(t)
	req := source.Request{Name: "t", SQL: "SELECT * FROM t ORDER BY id", Path: filepath.Join(t.TempDir(), "t.parquet")}
	r, err := s.Land(context.Background(), conn, req)
	if err != nil || r.Read != 6 || r.Landed != 2 || r.Rejected != 4 {
		t.Fatal(r, err)
	}
	want := []string{
		"erp | 0 | 1 | n: numeric value is not a number or infinite | id=2\tn=NaN\tf=1\td=NULL\tts=NULL",
		"erp | 0 | 2 | f: numeric value is not a number or infinite | id=3\tn=1.00\tf=Infinity\td=NULL\tts=NULL",
		"erp | 0 | 3 | d: date is infinite | id=4\tn=1.00\tf=1\td=infinity\tts=NULL",
		"erp | 0 | 4 | ts: date is infinite | id=5\tn=1.00\tf=1\td=NULL\tts=-infinity",
	}
	if d := cmp.Diff(want, rows(t, conn, source.RejectsPath(req.Path))); d != "" {
		t.Error(d)
	}
}

func TestQueryErrors(t *testing.T) {
	dsn := pgtest.Start(t)
	pgtest.Exec(t, dsn, `CREATE TABLE orders (order_id int, shipped_date date, qty int); CREATE SCHEMA crm; CREATE TABLE crm.contacts (id int); INSERT INTO orders VALUES (1, NULL, 0)`)
	s, conn := open(t, dsn), ducktest.Scratch(t)
	for _, c := range []struct{ sql, want string }{
		{"SELECT *\nFROM ordrs", "line 2, column 6 of the SELECT: relation \"ordrs\" does not exist\n    FROM ordrs\n         ^\n  nearest known tables: orders"},
		{"SELECT id FROM contact", "nearest known tables: crm.contacts"},
		{"SELECT order_id,\n       o.shiped_date\nFROM orders o", "line 2, column 8 of the SELECT: column o.shiped_date does not exist\n           o.shiped_date\n           ^\n  nearest known columns: shipped_date"},
		{"SELECT order_id FORM orders", `syntax error at or near "orders"`},
		{"DELETE FROM orders RETURNING order_id", "sources are only read"},
		{"SELECT 1/qty AS x FROM orders", "division by zero"},
		{"SELECT order_id, order_id FROM orders", `two columns are called "order_id"`},
		{"", "has no SELECT"},
	} {
		path := filepath.Join(t.TempDir(), "x.parquet")
		_, err := s.Land(context.Background(), conn, source.Request{Name: "x", SQL: c.sql, Path: path})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q:\n%v\nwant %s", c.sql, err, c.want)
		}
		if left, _ := filepath.Glob(filepath.Dir(path) + "/*"); len(left) > 0 {
			t.Errorf("%q left %v", c.sql, left)
		}
	}
	// The connection is as good as before.
	if _, err := s.Columns(context.Background(), conn, source.Request{SQL: "SELECT order_id FROM orders"}); err != nil {
		t.Error(err)
	}
}

func TestUnreachable(t *testing.T) {
	dsn := pgtest.Start(t)
	conn := ducktest.Scratch(t)
	for name, c := range map[string]struct{ dsn, want string }{
		"password": {strings.Replace(dsn, "user=postgres", "user="+pgtest.Locked+" password=wrong-but-secret", 1), "check user and password"},
		"database": {strings.Replace(dsn, "dbname=postgres", "dbname=nosuch", 1), "no such database"},
		"socket":   {strings.Replace(dsn, "port=5432", "port=5999", 1), "no server answers"},
		"refused":  {"postgres://u:wrong-but-secret@127.0.0.1:1/db", "no server answers"},
	} {
		_, err := open(t, c.dsn).Columns(context.Background(), conn, source.Request{Name: "x", SQL: "SELECT 1 AS a"})
		var u *source.UnreadableError
		if !errors.As(err, &u) || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "wrong-but-secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := New("erp", config.Source{DSN: "postgres://u:wrong-but-secret@h:99999999/x"}, ""); err == nil || strings.Contains(err.Error(), "secret") {
		t.Error(err)
	}
	good := strings.Replace(dsn, "user=postgres", "user="+pgtest.Locked+" password="+pgtest.LockedPassword, 1)
	if _, err := open(t, good).Columns(context.Background(), conn, source.Request{Name: "x", SQL: "SELECT 1 AS a"}); err != nil {
		t.Error(err)
	}
}

// Several extracts of one source see one state of the database.
func TestOneSnapshot(t *testing.T) {
	dsn := pgtest.Start(t)
	pgtest.Exec(t, dsn, "CREATE TABLE a AS SELECT 1 AS x; CREATE TABLE b AS SELECT 1 AS x")
	s, conn := open(t, dsn), ducktest.Scratch(t)
	land := func(table string) int64 {
		r, err := s.Land(context.Background(), conn, source.Request{Name: table, SQL: "SELECT x FROM " + table, Path: filepath.Join(t.TempDir(), "x.parquet")})
		if err != nil {
			t.Fatal(err)
		}
		return r.Landed
	}
	first := land("a")
	pgtest.Exec(t, dsn, "INSERT INTO a VALUES (2); INSERT INTO b VALUES (2)")
	if second, again := land("b"), land("a"); first != 1 || second != 1 || again != 1 {
		t.Error(first, second, again)
	}
}

const endless = "SELECT g AS id, 'text number ' || g AS t FROM generate_series(1, 50000000) AS g"

// A server that ends the connection half way leaves no file, and the next
// extract connects again.
func TestServerGoesAway(t *testing.T) {
	dsn := pgtest.Start(t)
	s, conn := open(t, dsn), ducktest.Scratch(t)
	dir := t.TempDir()
	go func() {
		c, err := pgx.Connect(context.Background(), dsn)
		if err != nil {
			return
		}
		defer c.Close(context.Background())
		for range 200 {
			time.Sleep(50 * time.Millisecond)
			tag, _ := c.Exec(context.Background(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'COPY%' AND now() - query_start > interval '500 ms'")
			if tag.RowsAffected() > 0 {
				return
			}
		}
	}()
	_, err := s.Land(context.Background(), conn, source.Request{Name: "big", SQL: endless, Path: filepath.Join(dir, "big.parquet")})
	var u *source.UnreadableError
	if !errors.As(err, &u) || !strings.Contains(err.Error(), "broke off in the extract big after") {
		t.Error(err)
	}
	if left, _ := filepath.Glob(dir + "/*"); len(left) > 0 {
		t.Error("left", left)
	}
	if _, err := s.Land(context.Background(), conn, source.Request{Name: "one", SQL: "SELECT 1 AS a", Path: filepath.Join(dir, "one.parquet")}); err != nil {
		t.Error("afterwards:", err)
	}
}

func TestCancel(t *testing.T) {
	dsn := pgtest.Start(t)
	s, conn := open(t, dsn), ducktest.Scratch(t)
	dir := t.TempDir()
	for name, end := range map[string]error{"cancel": context.Canceled, "deadline": context.DeadlineExceeded} {
		ctx, cancel := context.WithTimeout(context.Background(), 700*time.Millisecond)
		if name == "cancel" {
			ctx, cancel = context.WithCancel(context.Background())
			time.AfterFunc(700*time.Millisecond, cancel)
		}
		began := time.Now()
		_, err := s.Land(ctx, conn, source.Request{Name: "big", SQL: endless, Path: filepath.Join(dir, "big.parquet")})
		cancel()
		if !errors.Is(err, end) || time.Since(began) > 5*time.Second {
			t.Errorf("%s: %v after %v", name, err, time.Since(began))
		}
		if left, _ := filepath.Glob(dir + "/*"); len(left) > 0 {
			t.Error("left", left)
		}
	}
}
