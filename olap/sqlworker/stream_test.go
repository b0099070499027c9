//go:build duckdb_arrow

package sqlworker

import (
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"verso/olap/engine"
)

// TestStream reads results larger than the worker may hold, of types that are not
// easily joined, and one that fails on the way.
func TestStream(t *testing.T) {
	path := published(t)
	sum := func(sql string, r Request) (rows int64, batches int, err error) {
		r.Path, r.SQL = path, sql
		result, err := Run(t.Context(), r)
		if err != nil {
			return 0, 0, err
		}
		defer result.Release()
		for result.Next() {
			rows, batches = rows+result.RecordBatch().NumRows(), batches+1
		}
		return rows, batches, result.Err()
	}
	// 3 GB of rows through a worker of 3 GiB, which reserves half of that itself.
	rows, batches, err := sum("SELECT i, repeat('x', 1000) AS t FROM range(3000000) AS r (i)", Request{MaxRows: 1 << 40, MaxBytes: 1 << 40, AddressSpace: 3 << 30, Threads: 1})
	if err != nil || rows != 3_000_000 || batches < 1000 || batches > 5000 { // messages stay below what clients take

		t.Errorf("%d rows in %d batches: %v", rows, batches, err)
	}
	rows, batches, err = sum("SELECT i FROM range(3000000) AS r (i)", Request{MaxRows: 1 << 40, Threads: 1})
	if err != nil || rows != 3_000_000 || batches > 100 {
		t.Errorf("%d rows in %d batches: %v", rows, batches, err)
	}
	rows, _, err = sum(`SELECT CAST(CASE WHEN i % 3 = 0 THEN 'a' WHEN i % 3 = 1 THEN 'b' END AS ENUM ('b', 'a')) AS e, [i, NULL] AS l, {'a': i, 'b': [i::VARCHAR]} AS s, MAP {i: 'x'} AS m,
		CAST(i AS DECIMAL(20, 2)) AS d, i::HUGEINT AS h, NULL AS n FROM range(20000) AS r (i)`, Request{Threads: 1})
	if err != nil || rows != 20000 {
		t.Errorf("%d rows: %v", rows, err)
	}
	var statement *engine.StatementError
	rows, _, err = sum("SELECT CASE WHEN i = 900000 THEN error('boom') ELSE i END AS x FROM range(1000000) AS r (i)", Request{MaxRows: 1 << 40, Threads: 1})
	if rows >= 900_000 || !errors.As(err, &statement) || !strings.Contains(statement.Message, "boom") || !strings.HasPrefix(statement.SQL, "SELECT CASE") {
		t.Errorf("%d rows: %v", rows, err)
	}
}

// TestDescribe tells columns and parameters without running anything.
func TestDescribe(t *testing.T) {
	pool := NewPool(1, 2)
	defer pool.Close()
	r := Request{Path: published(t),
		SQL: "SELECT i AS a, CAST(i AS DECIMAL(9, 2)) AS b, 'x' AS a FROM range(1000000000000) AS r (i) WHERE i > ? AND CAST(i AS VARCHAR) LIKE $2 AND i / 2.5::DOUBLE < $3"}
	schema, err := pool.Describe(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range schema.Fields() {
		got = append(got, f.Name+" "+f.Type.String())
	}
	parameters, err := ParametersOf(schema)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range parameters {
		got = append(got, p.Name+" "+string(p.Kind))
	}
	if want := "a int64, b decimal(9, 2), a utf8, 1 integer, 2 text, 3 number"; strings.Join(got, ", ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, ", "), want)
	}
	// The worker that knows the statement runs it, and no other one.
	r.SQL = "SELECT i FROM range(10) AS r (i) WHERE i > ? AND i < $2"
	if _, err := pool.Describe(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	f, err := r.complete()
	if err != nil {
		t.Fatal(err)
	}
	knows := pool.take(f.file(), r.SQL)
	if knows == nil || pool.take(f.file(), "SELECT 1") == knows {
		t.Fatal("no worker waits that knows the statement")
	}
	pool.put(&waiting{f.file(), r.SQL, knows})
	r.Parameters = []byte(`[1, 5]`)
	encoded, err := pool.RunEncoded(t.Context(), r)
	if err != nil || encoded.work != knows {
		t.Fatal("another worker ran it, or", err)
	}
	defer encoded.Release()
	rows := int64(0)
	for encoded.Next() {
		m := encoded.Message()
		rows = m.Rows
		m.Free()
	}
	if err := encoded.Err(); err != nil || rows != 3 {
		t.Errorf("%d rows: %v", rows, err)
	}
	if _, err := pool.Describe(t.Context(), Request{Path: r.Path, SQL: "SELECT nosuch"}); err == nil {
		t.Error("a statement that cannot be bound was described")
	}
	if pool.take(f.file(), "SELECT nosuch") == knows {
		t.Error("the worker of a statement that failed waits")
	}
}

// A message is there until it is freed, also when its result was released and
// forgotten long before: a client that reads slowly is sent it from where it lies.
// Were the memory given back meanwhile, the reading would end the process.
func TestMessageOutlivesItsResult(t *testing.T) {
	path := published(t)
	take := func() (list []Message) {
		e, err := RunEncoded(t.Context(), Request{Path: path, SQL: "SELECT range AS i, range * 7 AS j FROM range(300000)", Threads: 1})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Release()
		for len(list) < 4 && e.Next() {
			if m := e.Message(); len(m.Body) > minShared {
				list = append(list, m)
			} else {
				m.Free()
			}
		}
		return list
	}
	messages := take()
	for range 5 {
		runtime.GC()
		time.Sleep(5 * time.Millisecond) // for what is to be done about what was collected
	}
	sum := 0
	for _, m := range messages {
		for _, b := range m.Body {
			sum += int(b)
		}
	}
	if len(messages) == 0 || sum == 0 {
		t.Errorf("%d messages that add up to %d", len(messages), sum)
	}
	for _, m := range messages {
		m.Free()
	}
}
