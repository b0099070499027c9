package enginetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"verso/olap/engine"
)

func testExec(t *testing.T, db engine.Database) {
	mustExec(t, db, `CREATE TABLE a (k INTEGER, v VARCHAR); CREATE TABLE b (k INTEGER)`)
	if n := mustExec(t, db, `INSERT INTO a VALUES (1, 'x'), (2, 'y')`); n != 2 {
		t.Errorf("INSERT counted %d", n)
	}
	if n := mustExec(t, db, `UPDATE a SET v = ? WHERE k = ?`, "it's", 2); n != 1 {
		t.Errorf("UPDATE counted %d", n)
	}
	same(t, []any{"it's"}, one(t, db, engine.SQL(`SELECT v AS "v" FROM a WHERE k = 2`)))
	_, err := db.Exec(t.Context(), engine.SQL(`INSERT INTO a VALUES (3, 'z'); INSERT INTO nowhere VALUES (1)`))
	var se *engine.StatementError
	if !errors.As(err, &se) || !strings.Contains(se.Message, "nowhere") {
		t.Errorf("want a StatementError about nowhere, got %v", err)
	}
}

func testTables(t *testing.T, db engine.Database) {
	mustExec(t, db, `CREATE TABLE t (k INTEGER, name VARCHAR, price DECIMAL(18,4), day DATE, moment TIMESTAMP, ok BOOLEAN, f DOUBLE)`)
	at := time.Date(2025, 6, 30, 4, 5, 6, 7000, time.UTC)
	mustExec(t, db, `INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?)`, 1, "书", dec("12.3400"), day(2025, 6, 30), at, true, 0.5)
	mustExec(t, db, `INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?)`, 2, nil, nil, nil, nil, nil, nil)
	want := []any{int64(1), "书", dec("12.3400"), day(2025, 6, 30), at, true, 0.5}
	same(t, want, one(t, db, engine.SQL(`SELECT k AS "k", name AS "name", price AS "price", day AS "day", moment AS "moment", ok AS "ok", f AS "f" FROM t WHERE k = 1`)))
	same(t, []any{int64(2), nil, nil, nil, nil, nil, nil},
		one(t, db, engine.SQL(`SELECT k AS "k", name AS "name", price AS "price", day AS "day", moment AS "moment", ok AS "ok", f AS "f" FROM t WHERE k = 2`)))
}

func testTransactions(t *testing.T, db engine.Database) {
	mustExec(t, db, `CREATE TABLE t (k INTEGER)`)
	c := conn(t, db)
	mustExec(t, c, `BEGIN TRANSACTION`)
	mustExec(t, c, `INSERT INTO t VALUES (1)`)
	same(t, []any{int64(0)}, one(t, db, engine.SQL(`SELECT COUNT(*) AS "n" FROM t`)))
	mustExec(t, c, `ROLLBACK`)
	same(t, []any{int64(0)}, one(t, c, engine.SQL(`SELECT COUNT(*) AS "n" FROM t`)))
	// What a failed text left open on a shared connection is gone.
	if _, err := db.Exec(t.Context(), engine.SQL(`BEGIN TRANSACTION; INSERT INTO t VALUES (2); SELECT no_such_column FROM t`)); err == nil {
		t.Fatal("no error")
	}
	same(t, []any{int64(0)}, one(t, db, engine.SQL(`SELECT COUNT(*) AS "n" FROM t`)))
	mustExec(t, db, `INSERT INTO t VALUES (3)`)
	same(t, []any{int64(1)}, one(t, c, engine.SQL(`SELECT COUNT(*) AS "n" FROM t`)))
}

func testCancelExec(t *testing.T, db engine.Database) {
	mustExec(t, db, `CREATE TABLE t (k BIGINT)`)
	c := conn(t, db)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err := c.Exec(ctx, engine.SQL(`INSERT INTO t `+endless()))
	stopped(t, err, context.DeadlineExceeded, time.Now())
	mustExec(t, c, `INSERT INTO t VALUES (1)`)
	same(t, []any{int64(1)}, one(t, db, engine.SQL(`SELECT COUNT(*) AS "n" FROM t`)))
}

// build makes a batch of rows given as values.
func build(t *testing.T, alloc memory.Allocator, schema *arrow.Schema, rows ...[]any) arrow.RecordBatch {
	t.Helper()
	b := array.NewRecordBuilder(alloc, schema)
	defer b.Release()
	for _, row := range rows {
		for i, v := range row {
			if v == nil {
				b.Field(i).AppendNull()
			} else if err := b.Field(i).AppendValueFromString(fmt.Sprint(v)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return b.NewRecordBatch()
}

func reader(t *testing.T, schema *arrow.Schema, batches ...arrow.RecordBatch) array.RecordReader {
	t.Helper()
	r, err := array.NewRecordReader(schema, batches)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range batches {
		b.Release()
	}
	return r
}

func schemaOf(fields ...arrow.Field) *arrow.Schema { return arrow.NewSchema(fields, nil) }

func field(name string, typ arrow.DataType) arrow.Field {
	return arrow.Field{Name: name, Type: typ, Nullable: true}
}

func testIngestByName(t *testing.T, db engine.Database) {
	mustExec(t, db, `CREATE SCHEMA core; CREATE TABLE core.t (k INTEGER, "odd ""name" VARCHAR, extra INTEGER DEFAULT 7, price DECIMAL(18,4))`)
	alloc := memory.NewCheckedAllocator(memory.NewGoAllocator())
	schema := schemaOf(field(`odd "name`, arrow.BinaryTypes.String), field("price", arrow.PrimitiveTypes.Int64), field("k", arrow.PrimitiveTypes.Int32))
	r := reader(t, schema,
		build(t, alloc, schema, []any{"a", 10, 1}, []any{nil, nil, 2}),
		build(t, alloc, schema),
		build(t, alloc, schema, []any{"书", 30, 3}))
	n, err := conn(t, db).Ingest(t.Context(), "core.t", r)
	if err != nil || n != 3 {
		t.Fatal(n, err)
	}
	r.Release()
	alloc.AssertSize(t, 0)
	var got [][]any
	err = engine.Rows(t.Context(), db, engine.SQL(`SELECT k AS "k", "odd ""name" AS "o", extra AS "e", price AS "p" FROM core.t ORDER BY k`),
		func(row []any) error { got = append(got, append([]any(nil), row...)); return nil })
	if err != nil {
		t.Fatal(err)
	}
	same(t, [][]any{
		{int64(1), "a", int64(7), dec("10.0000")},
		{int64(2), nil, int64(7), nil},
		{int64(3), "书", int64(7), dec("30.0000")},
	}, got)
}

func testIngestTypes(t *testing.T, db engine.Database) {
	cases := []struct {
		sql   string
		arrow arrow.DataType
		text  string
		want  any
	}{
		{"BOOLEAN", arrow.FixedWidthTypes.Boolean, "true", true},
		{"SMALLINT", arrow.PrimitiveTypes.Int8, "-5", int64(-5)},
		{"INTEGER", arrow.PrimitiveTypes.Uint16, "65535", int64(65535)},
		{"BIGINT", arrow.PrimitiveTypes.Int64, "-9223372036854775807", int64(-9223372036854775807)},
		{"DOUBLE", arrow.PrimitiveTypes.Float32, "0.5", 0.5},
		{"DOUBLE", arrow.PrimitiveTypes.Float64, "0.1", 0.1},
		{"DECIMAL(18,4)", &arrow.Decimal128Type{Precision: 18, Scale: 4}, "-12.3456", dec("-12.3456")},
		{"DECIMAL(18,4)", &arrow.Decimal128Type{Precision: 38, Scale: 2}, "12.34", dec("12.3400")},
		{"DECIMAL(38,2)", &arrow.Decimal128Type{Precision: 38, Scale: 2}, "-123456789012345678901234567890.12", dec("-123456789012345678901234567890.12")},
		{"VARCHAR", arrow.BinaryTypes.String, "a text long enough not to be kept inline 书", "a text long enough not to be kept inline 书"},
		{"VARCHAR", arrow.BinaryTypes.LargeString, "large", "large"},
		{"VARCHAR", &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}, "word", "word"},
		{"DATE", arrow.FixedWidthTypes.Date32, "1899-12-31", day(1899, 12, 31)},
		{"TIMESTAMP", arrow.FixedWidthTypes.Timestamp_us, "2025-06-30 12:00:00.000001Z", time.Date(2025, 6, 30, 12, 0, 0, 1000, time.UTC)},
		{"TIMESTAMP", &arrow.TimestampType{Unit: arrow.Second}, "2025-06-30 12:00:00", time.Date(2025, 6, 30, 12, 0, 0, 0, time.UTC)},
	}
	c := conn(t, db)
	for i, k := range cases {
		t.Run(fmt.Sprint(k.sql, " from ", k.arrow), func(t *testing.T) {
			table := fmt.Sprint("t", i)
			mustExec(t, db, "CREATE TABLE "+table+" (id INTEGER, v "+k.sql+")")
			schema := schemaOf(field("id", arrow.PrimitiveTypes.Int32), field("v", k.arrow))
			r := reader(t, schema, build(t, memory.DefaultAllocator, schema, []any{1, k.text}, []any{2, nil}))
			defer r.Release()
			if n, err := c.Ingest(t.Context(), table, r); err != nil || n != 2 {
				t.Fatal(n, err)
			}
			same(t, []any{k.want}, one(t, db, engine.SQL(`SELECT v AS "v" FROM `+table+` WHERE id = 1`)))
			same(t, []any{nil}, one(t, db, engine.SQL(`SELECT v AS "v" FROM `+table+` WHERE id = 2`)))
		})
	}
}

var keySchema = schemaOf(field("k", arrow.PrimitiveTypes.Int64))

func testIngestEmpty(t *testing.T, db engine.Database) {
	mustExec(t, db, `CREATE TABLE t (k BIGINT)`)
	r := reader(t, keySchema)
	defer r.Release()
	if n, err := conn(t, db).Ingest(t.Context(), "t", r); n != 0 || err != nil {
		t.Error(n, err)
	}
}

func testIngestRefuses(t *testing.T, db engine.Database) {
	mustExec(t, db, `CREATE TABLE t (k BIGINT NOT NULL)`)
	c := conn(t, db)
	cases := []struct {
		name, table, says string
		schema            *arrow.Schema
		row               []any
	}{
		{"missing table", "nowhere", "nowhere", keySchema, []any{1}},
		{"missing table, no rows", "nowhere", "nowhere", keySchema, nil},
		{"unknown column", "t", "other", schemaOf(field("k", arrow.PrimitiveTypes.Int64), field("other", arrow.PrimitiveTypes.Int64)), []any{1, 2}},
		{"bad value", "t", "twelve", schemaOf(field("k", arrow.BinaryTypes.String)), []any{"twelve"}},
		{"broken constraint", "t", "NOT NULL", keySchema, []any{nil}},
	}
	for _, k := range cases {
		t.Run(k.name, func(t *testing.T) {
			var batches []arrow.RecordBatch
			if k.row != nil {
				batches = append(batches, build(t, memory.DefaultAllocator, k.schema, k.row))
			}
			r := reader(t, k.schema, batches...)
			defer r.Release()
			_, err := c.Ingest(t.Context(), k.table, r)
			var se *engine.StatementError
			if !errors.As(err, &se) || !strings.Contains(err.Error(), k.says) {
				t.Errorf("want a StatementError that says %q, got %v", k.says, err)
			}
			same(t, []any{int64(0)}, one(t, c, engine.SQL(`SELECT COUNT(*) AS "n" FROM t`)))
		})
	}
}

// script is a reader that does as it is told before each batch.
type script struct {
	array.RecordReader
	step  int
	steps []func() error // of batch i; beyond the last the stream goes on as it is
	err   error
}

func (s *script) Next() bool {
	if s.step < len(s.steps) && s.steps[s.step] != nil {
		if s.err = s.steps[s.step](); s.err != nil {
			return false
		}
	}
	s.step++
	return s.RecordReader.Next()
}

func (s *script) Err() error {
	if s.err != nil {
		return s.err
	}
	return s.RecordReader.Err()
}

// batches makes n batches of a size that makes engines flush in between.
func batches(t *testing.T, alloc memory.Allocator, n int) array.RecordReader {
	t.Helper()
	var all []arrow.RecordBatch
	for b := range n {
		kb := array.NewInt64Builder(alloc)
		for i := range 130_000 {
			kb.Append(int64(b*130_000 + i))
		}
		k := kb.NewArray()
		kb.Release()
		all = append(all, array.NewRecordBatch(keySchema, []arrow.Array{k}, int64(k.Len())))
		k.Release()
	}
	return reader(t, keySchema, all...)
}

func testIngestAtomic(t *testing.T, db engine.Database) {
	mustExec(t, db, `CREATE TABLE t (k BIGINT); INSERT INTO t VALUES (-1)`)
	c := conn(t, db)
	broke := errors.New("the source broke")
	for name, last := range map[string]func() error{
		"error": func() error { return broke },
		"panic": func() error { panic(broke) },
	} {
		t.Run(name, func(t *testing.T) {
			alloc := memory.NewCheckedAllocator(memory.NewGoAllocator())
			r := &script{RecordReader: batches(t, alloc, 3), steps: []func() error{nil, nil, last}}
			_, err := c.Ingest(t.Context(), "t", r)
			if err == nil || !strings.Contains(err.Error(), broke.Error()) || name == "error" && !errors.Is(err, broke) {
				t.Errorf("want the error of the reader, got %v", err)
			}
			r.Release()
			alloc.AssertSize(t, 0)
			same(t, []any{int64(1), int64(-1)}, one(t, c, engine.SQL(`SELECT COUNT(*) AS "n", MAX(k) AS "m" FROM t`)))
			mustExec(t, c, `UPDATE t SET k = -1`) // the connection can write
		})
	}
}

func testIngestCancel(t *testing.T, db engine.Database) {
	mustExec(t, db, `CREATE TABLE t (k BIGINT)`)
	c := conn(t, db)
	for at := range 3 {
		ctx, cancel := context.WithCancel(t.Context())
		steps := make([]func() error, 3)
		steps[at] = func() error { cancel(); return nil }
		r := &script{RecordReader: batches(t, memory.DefaultAllocator, 4), steps: steps}
		began := time.Now()
		_, err := c.Ingest(ctx, "t", r)
		stopped(t, err, context.Canceled, began)
		r.Release()
		_, err = c.Ingest(ctx, "t", r)
		stopped(t, err, context.Canceled, time.Now())
		same(t, []any{int64(0)}, one(t, c, engine.SQL(`SELECT COUNT(*) AS "n" FROM t`)))
	}
	r := batches(t, memory.DefaultAllocator, 1)
	defer r.Release()
	if n, err := c.Ingest(t.Context(), "t", r); err != nil || n != 130_000 {
		t.Error("after cancels:", n, err)
	}
}

func testIngestConcurrently(t *testing.T, db engine.Database) {
	const tables = 4
	for i := range tables {
		mustExec(t, db, fmt.Sprintf(`CREATE TABLE t%d (k BIGINT)`, i))
	}
	var wg sync.WaitGroup
	for i := range tables {
		c, r := conn(t, db), batches(t, memory.DefaultAllocator, i+1)
		wg.Go(func() {
			defer r.Release()
			if n, err := c.Ingest(t.Context(), fmt.Sprint("t", i), r); err != nil || n != int64(i+1)*130_000 {
				t.Error(n, err)
			}
		})
	}
	wg.Wait()
	for i := range tables {
		n := int64(i+1) * 130_000
		same(t, []any{n, n, n - 1}, one(t, db, engine.SQL(fmt.Sprintf(`SELECT COUNT(*) AS "n", COUNT(DISTINCT k) AS "d", MAX(k) AS "m" FROM t%d`, i))))
	}
}

func testIngestPipe(t *testing.T, db engine.Database) {
	mustExec(t, db, `CREATE TABLE t (i BIGINT, s VARCHAR)`)
	r, err := db.Query(t.Context(), engine.SQL(`SELECT CAST(i AS VARCHAR) AS "s", i AS "i" FROM (`+numbers(5)+`) AS "x"`))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	if n, err := conn(t, db).Ingest(t.Context(), "t", r); err != nil || n != 100_000 {
		t.Fatal(n, err)
	}
	same(t, []any{int64(100_000), int64(0)}, one(t, db, engine.SQL(`SELECT COUNT(*) AS "n", COUNT(CASE WHEN CAST(i AS VARCHAR) <> s THEN 1 END) AS "bad" FROM t`)))
}
