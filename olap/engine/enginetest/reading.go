package enginetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/apache/arrow-go/v18/arrow/array"

	"verso/olap/engine"
)

func testLargeResult(t *testing.T, db engine.Database) {
	r, err := db.Query(t.Context(), engine.SQL(`SELECT i AS "i", CAST(i AS VARCHAR) AS "s" FROM (`+numbers(6)+`) AS "x"`))
	if err != nil {
		t.Fatal(err)
	}
	var rows, sum int64
	batches := 0
	err = engine.Each(t.Context(), r, func(b arrow.RecordBatch) error {
		batches++
		rows += b.NumRows()
		for i := range int(b.NumRows()) {
			n, text := engine.Value(b.Column(0), i).(int64), b.Column(1).ValueStr(i)
			if text != fmt.Sprint(n) {
				return fmt.Errorf("row %d reads %q", n, text)
			}
			sum += n
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if rows != 1e6 || sum != 1e6*(1e6-1)/2 || batches < 2 {
		t.Errorf("%d rows in %d batches, sum %d", rows, batches, sum)
	}
}

func testStringsOutlive(t *testing.T, db engine.Database) {
	var kept []any
	err := engine.Rows(t.Context(), db, engine.SQL(`SELECT i AS "i", 'a text too long to be kept inline ' || CAST(i AS VARCHAR) AS "s" FROM (`+numbers(4)+`) AS "x" ORDER BY i`),
		func(row []any) error { kept = append(kept, row[1]); return nil })
	if err != nil {
		t.Fatal(err)
	}
	for range 5 { // use the memory again
		one(t, db, engine.SQL(`SELECT MAX(s) AS "m" FROM (SELECT 'other words of about the same length ' || CAST(i AS VARCHAR) AS "s" FROM (`+numbers(4)+`) AS "x") AS "y"`))
	}
	for i, v := range kept {
		if want := fmt.Sprint("a text too long to be kept inline ", i); v != want {
			t.Fatalf("row %d became %q", i, v)
		}
	}
}

func testReleaseOnce(t *testing.T, db engine.Database) {
	r, err := db.Query(t.Context(), engine.SQL(numbers(4)))
	if err != nil {
		t.Fatal(err)
	}
	r.Retain()
	r.Release()
	if !r.Next() {
		t.Error("a retained reader has ended:", r.Err())
	}
	r.Release()
	r.Release() // one too many must not free anything twice
	if r.Next() {
		t.Error("a released reader goes on")
	}
	for range 100 { // more than there are connections: each comes back exactly once
		r, err := db.Query(t.Context(), engine.SQL(`SELECT 1 AS "a"`))
		if err != nil {
			t.Fatal(err)
		}
		r.Release()
		r.Release()
	}
}

func testBounded(t *testing.T, db engine.Database) {
	var out []array.RecordReader
	defer func() {
		for _, r := range out {
			r.Release()
		}
		same(t, []any{int64(1)}, one(t, db, engine.SQL(`SELECT 1 AS "a"`)))
	}()
	for range 200 {
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		r, err := db.Query(ctx, engine.SQL(`SELECT 1 AS "a"`))
		if err != nil {
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Error(err)
			}
			return
		}
		out = append(out, r)
	}
	t.Error("200 readers at once: nothing bounds the connections")
}

func testConcurrentReaders(t *testing.T, db engine.Database) {
	var wg sync.WaitGroup
	for g := range 12 {
		wg.Go(func() {
			for k := range 15 {
				row, err := engine.One(t.Context(), db, engine.SQL(`SELECT COUNT(*) AS "n", MIN(i) AS "m" FROM (`+numbers(4)+`) AS "x" WHERE i >= ?`, g*100+k))
				if err != nil {
					t.Error(err)
					return
				}
				if row[0] != int64(10000-g*100-k) || row[1] != int64(g*100+k) {
					t.Errorf("goroutine %d, query %d: %v", g, k, row)
				}
			}
		})
	}
	wg.Wait()
}

func testConnReader(t *testing.T, db engine.Database) {
	c := conn(t, db)
	r, err := c.Query(t.Context(), engine.SQL(numbers(4)))
	if err != nil {
		t.Fatal(err)
	}
	same(t, []any{int64(1)}, one(t, c, engine.SQL(`SELECT 1 AS "a"`))) // while r is out
	var rows int64
	for r.Next() {
		rows += r.RecordBatch().NumRows()
	}
	if rows != 10000 || r.Err() != nil {
		t.Error(rows, r.Err())
	}
	r.Release()
	if r, err = c.Query(t.Context(), engine.SQL(numbers(4))); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(c.Close(), c.Close()); err != nil {
		t.Error(err)
	}
	r.Next() // may end or go on, but must not crash
	r.Release()
	if _, err := c.Query(t.Context(), engine.SQL(`SELECT 1 AS "a"`)); err == nil {
		t.Error("a closed connection answers")
	}
}

func testCloseWithReader(t *testing.T, db engine.Database) {
	r, err := db.Query(t.Context(), engine.SQL(numbers(5)))
	if err != nil {
		t.Fatal(err)
	}
	c, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	closed := make(chan error, 1)
	go func() { closed <- db.Close() }()
	select {
	case err := <-closed:
		if err == nil {
			t.Error("Close says nothing about what is still out")
		}
	case <-time.After(10 * time.Second):
		t.Fatal("Close hangs while a reader is out")
	}
	for r.Next() {
	}
	r.Release()
	c.Close()
	if _, err := db.Query(t.Context(), engine.SQL(`SELECT 1 AS "a"`)); err == nil {
		t.Error("a closed database answers")
	}
	if _, err := db.Conn(t.Context()); err == nil {
		t.Error("a closed database hands out connections")
	}
}
