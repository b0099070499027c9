// Package enginetest is the contract of olap/engine as a test suite. An engine
// is done when Test passes.
//
// The SQL in it is standard, so that any engine can run it: no table functions,
// no functions beyond CAST, COUNT, SUM, MIN and MAX.
package enginetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/google/go-cmp/cmp"

	"verso/olap/engine"
)

// Patience is how long after a cancel a statement may go on.
const Patience = 2 * time.Second

// Test runs the whole contract. Every call of open gives an empty database that
// can be written; the suite closes it.
func Test(t *testing.T, open func(t *testing.T) engine.Database) {
	TestReading(t, open)
	run(t, open, []check{
		{"Exec", testExec},
		{"Tables", testTables},
		{"Transactions", testTransactions},
		{"CancelExec", testCancelExec},
		{"IngestByName", testIngestByName},
		{"IngestTypes", testIngestTypes},
		{"IngestEmpty", testIngestEmpty},
		{"IngestRefuses", testIngestRefuses},
		{"IngestIsAtomic", testIngestAtomic},
		{"IngestCancel", testIngestCancel},
		{"IngestConcurrently", testIngestConcurrently},
		{"IngestFromAnotherReader", testIngestPipe},
	})
}

// TestReading runs the part of the contract that writes nothing, for a database
// that may be read-only and hold anything.
func TestReading(t *testing.T, open func(t *testing.T) engine.Database) {
	run(t, open, []check{
		{"Values", testValues},
		{"Nulls", testNulls},
		{"EmptyResult", testEmptyResult},
		{"StatementErrors", testStatementErrors},
		{"Arguments", testArguments},
		{"ArgumentsAreNotText", testArgumentsAreNotText},
		{"Cancel", testCancel},
		{"CancelOfReader", testCancelReader},
		{"LargeResult", testLargeResult},
		{"StringsOutliveTheBatch", testStringsOutlive},
		{"ReleaseOnce", testReleaseOnce},
		{"ConnectionsAreBounded", testBounded},
		{"ConcurrentReaders", testConcurrentReaders},
		{"ConnAndItsReader", testConnReader},
		{"CloseWithReaderOut", testCloseWithReader},
	})
}

type check struct {
	name string
	fn   func(t *testing.T, db engine.Database)
}

func run(t *testing.T, open func(t *testing.T) engine.Database, checks []check) {
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) {
			db := open(t)
			t.Cleanup(func() { db.Close() })
			c.fn(t, db)
		})
	}
}

// numbers is a query of n rows (a power of ten) counting from 0 in column i.
func numbers(zeros int) string {
	digit := `(SELECT 0 AS "d" UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 ` +
		`UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)`
	var from, sum []string
	scale := 1
	for z := range zeros {
		from = append(from, fmt.Sprintf(`%s AS "t%d"`, digit, z))
		sum = append(sum, fmt.Sprintf(`%d * t%d.d`, scale, z))
		scale *= 10
	}
	return "SELECT CAST(" + strings.Join(sum, " + ") + ` AS BIGINT) AS "i" FROM ` + strings.Join(from, " CROSS JOIN ")
}

// endless takes hours unless it is stopped.
func endless() string {
	return `SELECT COUNT(*) AS "n" FROM (` + numbers(6) + `) AS "a" CROSS JOIN (` + numbers(6) +
		`) AS "b" WHERE a.i * b.i = -1`
}

func one(t *testing.T, q engine.Querier, s engine.Statement) []any {
	t.Helper()
	row, err := engine.One(t.Context(), q, s)
	if err != nil {
		t.Fatal(err)
	}
	return row
}

func mustExec(t *testing.T, q engine.Execer, text string, args ...any) int64 {
	t.Helper()
	n, err := q.Exec(t.Context(), engine.SQL(text, args...))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func conn(t *testing.T, db engine.Database) engine.Conn {
	t.Helper()
	c, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func same(t *testing.T, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b decimal128.Num) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
}

// dec reads a decimal with its scale from its text.
func dec(text string) engine.Decimal {
	_, fraction, _ := strings.Cut(text, ".")
	n, err := decimal128.FromString(text, 38, int32(len(fraction)))
	if err != nil {
		panic(err)
	}
	return engine.Decimal{Num: n, Scale: int32(len(fraction))}
}

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

func testValues(t *testing.T, db engine.Database) {
	cases := []struct {
		sql  string
		want any
	}{
		{`CAST(1 AS BOOLEAN)`, true},
		{`CAST(-7 AS SMALLINT)`, int64(-7)},
		{`CAST(2147483647 AS INTEGER)`, int64(2147483647)},
		{`CAST(-9223372036854775807 AS BIGINT)`, int64(-9223372036854775807)},
		{`CAST(0.1 AS DOUBLE)`, 0.1},
		{`CAST('12345678901234.5678' AS DECIMAL(18,4))`, dec("12345678901234.5678")},
		{`CAST('-0.0001' AS DECIMAL(18,4))`, dec("-0.0001")},
		{`CAST('7' AS DECIMAL(4,1))`, dec("7.0")},
		{`CAST('-1234567890123456789012345678.9012345678' AS DECIMAL(38,10))`, dec("-1234567890123456789012345678.9012345678")},
		{`CAST('99999999999999999999999999999999999999' AS DECIMAL(38,0))`, dec("99999999999999999999999999999999999999")},
		{`'it''s "书" é'`, `it's "书" é`},
		{`''`, ""},
		{`CAST('2024-02-29' AS DATE)`, day(2024, 2, 29)},
		{`CAST('1899-12-31' AS DATE)`, day(1899, 12, 31)},
		{`CAST('0001-01-01' AS DATE)`, day(1, 1, 1)},
		{`CAST('9999-12-31' AS DATE)`, day(9999, 12, 31)},
		{`CAST('2025-06-30 23:59:59.123456' AS TIMESTAMP)`, time.Date(2025, 6, 30, 23, 59, 59, 123456000, time.UTC)},
		{`CAST('1969-12-31 23:59:59.999999' AS TIMESTAMP)`, time.Date(1969, 12, 31, 23, 59, 59, 999999000, time.UTC)},
	}
	for _, c := range cases {
		t.Run(c.sql, func(t *testing.T) {
			same(t, []any{c.want}, one(t, db, engine.SQL(`SELECT `+c.sql+` AS "v"`)))
		})
	}
	// Sums of whole numbers may be wider than 64 bits: Int reads them.
	row := one(t, db, engine.SQL(`SELECT SUM(CAST(v AS BIGINT)) AS "s" FROM (SELECT 9223372036854775806 AS "v" UNION ALL SELECT 1) AS "x"`))
	if n, ok := engine.Int(row[0]); !ok || n != 9223372036854775807 {
		t.Errorf("sum of bigints: %v", row)
	}
	row = one(t, db, engine.SQL(`SELECT SUM(CAST(v AS DECIMAL(18,4))) AS "s" FROM (SELECT '0.1' AS "v" UNION ALL SELECT '0.2') AS "x"`))
	same(t, "0.3000", engine.Text(row[0]))
}

func testNulls(t *testing.T, db engine.Database) {
	types := []string{"BOOLEAN", "SMALLINT", "INTEGER", "BIGINT", "DOUBLE", "DECIMAL(18,4)", "DECIMAL(38,2)", "VARCHAR", "DATE", "TIMESTAMP"}
	var items []string
	for i, typ := range types {
		items = append(items, fmt.Sprintf(`CAST(NULL AS %s) AS "c%d"`, typ, i))
	}
	same(t, make([]any, len(types)), one(t, db, engine.SQL("SELECT "+strings.Join(items, ", "))))
	var got []any
	err := engine.Rows(t.Context(), db, engine.SQL(`SELECT v AS "v" FROM (SELECT 1 AS "k", 'a' AS "v" UNION ALL SELECT 2, NULL UNION ALL SELECT 3, '') AS "x" ORDER BY k`),
		func(row []any) error { got = append(got, row[0]); return nil })
	if err != nil {
		t.Fatal(err)
	}
	same(t, []any{"a", nil, ""}, got)
}

func testEmptyResult(t *testing.T, db engine.Database) {
	r, err := db.Query(t.Context(), engine.SQL(`SELECT i AS "whole", CAST('a' AS VARCHAR) AS "text" FROM (`+numbers(1)+`) AS "x" WHERE i < 0`))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	if n := r.Schema().NumFields(); n != 2 || r.Schema().Field(0).Name != "whole" || r.Schema().Field(1).Type.ID() != arrow.STRING {
		t.Error("the schema of an empty result:", r.Schema())
	}
	for r.Next() {
		if r.RecordBatch().NumRows() > 0 {
			t.Error("rows in an empty result")
		}
	}
	if r.Err() != nil {
		t.Error(r.Err())
	}
	if _, err := engine.One(t.Context(), db, engine.SQL(`SELECT 1 AS "a" WHERE 1 = 0`)); err == nil {
		t.Error("One accepted no row")
	}
}

func testStatementErrors(t *testing.T, db engine.Database) {
	cases := []struct{ name, sql, says string }{
		{"syntax", `SELECT 1 FRM x`, ""},
		{"unknown table", `SELECT 1 AS "a" FROM no_such_table`, "no_such_table"},
		{"unknown column", `SELECT no_such_column FROM (SELECT 1 AS "a") AS "x"`, "no_such_column"},
		{"cast", `SELECT CAST('12x' AS INTEGER) AS "a"`, "12x"},
		{"empty", ``, ""},
		{"cast in the last of many rows", `SELECT CAST(CASE WHEN i = 99999 THEN 'bad row' ELSE '1' END AS INTEGER) AS "a" FROM (` + numbers(5) + `) AS "x"`, "bad row"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r, err := db.Query(t.Context(), engine.SQL(c.sql))
			if err == nil {
				r.Release()
				t.Fatal("no error from Query")
			}
			var se *engine.StatementError
			if !errors.As(err, &se) {
				t.Fatalf("want a StatementError, got %T: %v", err, err)
			}
			if se.SQL != c.sql || se.Message == "" || !strings.Contains(se.Message, c.says) {
				t.Errorf("SQL %q, message %q", se.SQL, se.Message)
			}
		})
	}
	same(t, []any{int64(1)}, one(t, db, engine.SQL(`SELECT 1 AS "a"`)))
}

func testArguments(t *testing.T, db engine.Database) {
	stamp := time.Date(2025, 6, 30, 12, 30, 0, 0, time.UTC)
	cases := []struct {
		sql  string
		args []any
		want any
	}{
		{`CAST(? AS BOOLEAN)`, []any{true}, true},
		{`CAST(? AS BIGINT) + 1`, []any{41}, int64(42)},
		{`CAST(? AS BIGINT)`, []any{int64(1) << 40}, int64(1) << 40},
		{`CAST(? AS DOUBLE)`, []any{0.25}, 0.25},
		{`CAST(? AS VARCHAR)`, []any{"书's \"x\" \\ ? $1"}, "书's \"x\" \\ ? $1"},
		{`CAST(? AS VARCHAR)`, []any{nil}, nil},
		{`CAST(? AS DATE)`, []any{day(2025, 6, 30)}, day(2025, 6, 30)},
		{`CAST(? AS TIMESTAMP)`, []any{stamp}, stamp},
		{`CAST('2025-06-30' AS DATE) = ?`, []any{day(2025, 6, 30)}, true},
		{`CAST('2025-06-30' AS DATE) < ?`, []any{stamp}, true}, // the time of day counts
		{`CAST('2025-06-30 12:30:00' AS TIMESTAMP) = ?`, []any{stamp}, true},
		{`CAST('2025-06-30 12:30:00' AS TIMESTAMP) = ?`, []any{stamp.In(time.FixedZone("", 8*3600))}, true},
		{`?`, []any{dec("12.50")}, dec("12.50")},
		{`CAST('1.2346' AS DECIMAL(18,4)) > ?`, []any{dec("1.23456")}, true}, // never rounded to the column's scale
		{`CAST('0.1' AS DECIMAL(18,4)) + ?`, []any{dec("0.2000")}, dec("0.3000")},
		{`CAST('-1.5' AS DECIMAL(18,4)) = ?`, []any{dec("-1.5")}, true},
		{`'?' || ? || '-- ?' /* ? */`, []any{"x"}, "?x-- ?"},
		{`CAST(? AS BIGINT) - CAST(? AS BIGINT)`, []any{3, 5}, int64(-2)},
	}
	for _, c := range cases {
		t.Run(c.sql, func(t *testing.T) {
			same(t, []any{c.want}, one(t, db, engine.SQL(`SELECT `+c.sql+` AS "v"`, c.args...)))
		})
	}
	same(t, []any{dec("7.0"), "?"}, one(t, db, engine.SQL(`SELECT ? AS "a?", '?' AS "b"`, dec("7.0"))))
	for name, s := range map[string]engine.Statement{
		"too few":   engine.SQL(`SELECT CAST(? AS BIGINT) + CAST(? AS BIGINT) AS "v"`, 1),
		"too many":  engine.SQL(`SELECT CAST(? AS BIGINT) AS "v"`, 1, 2),
		"for none":  engine.SQL(`SELECT 1 AS "v"`, 1),
		"none":      engine.SQL(`SELECT CAST(? AS BIGINT) AS "v"`),
		"of a kind": engine.SQL(`SELECT CAST(? AS BIGINT) AS "v"`, struct{}{}),
	} {
		if row, err := engine.One(t.Context(), db, s); err == nil {
			t.Errorf("arguments %s: no error but %v", name, row)
		}
	}
}

func testArgumentsAreNotText(t *testing.T, db engine.Database) {
	for _, hostile := range []string{`'; SELECT 1; --`, `' OR '1'='1`, `"`, `\'`, "a\x00b", `?`, `$1`, `%s`, "\n--", `书') UNION SELECT 'x`} {
		row := one(t, db, engine.SQL(`SELECT CAST(? AS VARCHAR) AS "v", COUNT(*) AS "n" FROM (SELECT 'a' AS "c" UNION ALL SELECT 'b') AS "x" WHERE c = ?`, hostile, hostile))
		same(t, []any{hostile, int64(0)}, row)
	}
}

func stopped(t *testing.T, err error, want error, since time.Time) {
	t.Helper()
	if took := time.Since(since); took > Patience {
		t.Errorf("stopped %v after the cancel", took)
	}
	if !errors.Is(err, want) {
		t.Errorf("want %v, got %v", want, err)
	}
	var se *engine.StatementError
	if errors.As(err, &se) {
		t.Error("a cancel is not an error of the statement")
	}
}

func testCancel(t *testing.T, db engine.Database) {
	c := conn(t, db)
	for name, q := range map[string]engine.QueryExecer{"conn": c, "database": db} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			var cancelled time.Time
			timer := time.AfterFunc(100*time.Millisecond, func() { cancelled = time.Now(); cancel() })
			defer timer.Stop()
			_, err := q.Query(ctx, engine.SQL(endless()))
			stopped(t, err, context.Canceled, cancelled)
			same(t, []any{int64(1)}, one(t, q, engine.SQL(`SELECT 1 AS "a"`)))

			ctx, cancel = context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			_, err = q.Query(ctx, engine.SQL(endless()))
			stopped(t, err, context.DeadlineExceeded, time.Now())
			same(t, []any{int64(2)}, one(t, q, engine.SQL(`SELECT 2 AS "a"`)))

			_, err = q.Query(ctx, engine.SQL(`SELECT 1 AS "a"`))
			stopped(t, err, context.DeadlineExceeded, time.Now())
			_, err = q.Exec(ctx, engine.SQL(`SELECT 1 AS "a"`))
			stopped(t, err, context.DeadlineExceeded, time.Now())
		})
	}
}

func testCancelReader(t *testing.T, db engine.Database) {
	ctx, cancel := context.WithCancel(t.Context())
	r, err := db.Query(ctx, engine.SQL(numbers(5)))
	if err != nil {
		t.Fatal(err)
	}
	if !r.Next() {
		t.Fatal(r.Err())
	}
	cancel()
	for r.Next() {
	}
	if !errors.Is(r.Err(), context.Canceled) {
		t.Errorf("a reader whose context ended says %v", r.Err())
	}
	r.Release()
	same(t, []any{int64(1)}, one(t, db, engine.SQL(`SELECT 1 AS "a"`)))
}
