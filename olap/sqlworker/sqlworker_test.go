package sqlworker

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"verso/olap/engine"
	"verso/olap/engine/duck"
)

// TestMain lets the test binary be its own worker.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == Argument {
		os.Exit(Main(os.Stdin, os.Stdout))
	}
	if raceDetector {
		fmt.Println("skipped: the race detector needs more address space than a worker is given")
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func published(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "published.duckdb")
	db, err := duck.Open(t.Context(), duck.Options{Path: path, Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec(t.Context(), engine.SQL(`CREATE SCHEMA core;
		CREATE TABLE core.t AS SELECT range AS "k", 'name ' || range AS "name", (range * 1.5)::DECIMAL(18,4) AS "net" FROM range(5000);
		CHECKPOINT`))
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

// rows runs r and returns what came before the error.
func rows(ctx context.Context, r Request) (got [][]any, cut bool, err error) {
	return rowsOf(Run(ctx, r))
}

func rowsOf(result *Result, err error) (got [][]any, cut bool, _ error) {
	if err != nil {
		return nil, false, err
	}
	defer result.Release()
	for result.Next() {
		b := result.RecordBatch()
		for i := range int(b.NumRows()) {
			row := make([]any, b.NumCols())
			for c := range row {
				row[c] = engine.Value(b.Column(c), i)
			}
			got = append(got, row)
		}
	}
	return got, result.Cut(), result.Err()
}

func TestAnswers(t *testing.T) {
	path := published(t)
	cases := []struct {
		sql  string
		want [][]any
	}{
		{`SELECT k, name FROM core.t ORDER BY k DESC LIMIT 2`, [][]any{{int64(4999), "name 4999"}, {int64(4998), "name 4998"}}},
		{`SELECT 1 AS a, 2 AS a; -- same name twice`, [][]any{{int64(1), int64(2)}}},
		{`SELECT k FROM core.t WHERE false`, nil},
		{`SELECT [1, 2] AS l, 'a'::ENUM('a', 'b') AS e, NULL AS n, INTERVAL 1 DAY AS i, DATE '2025-06-30' AS d`,
			[][]any{{"[1, 2]", "a", nil, "1 day", time.Date(2025, 6, 30, 0, 0, 0, 0, time.UTC)}}},
		{`FROM core.t SELECT count(*) AS n`, [][]any{{int64(5000)}}},
	}
	for _, c := range cases {
		got, cut, err := rows(t.Context(), Request{Path: path, SQL: c.sql, Threads: 1})
		if diff := cmp.Diff(c.want, got); err != nil || cut || diff != "" {
			t.Errorf("%s: cut %v, %v\n%s", c.sql, cut, err, diff)
		}
	}
	got, _, err := rows(t.Context(), Request{Path: path, SQL: `EXPLAIN SELECT * FROM core.t`})
	if err != nil || len(got) == 0 || !strings.Contains(fmt.Sprint(got), "SCAN") {
		t.Error(got, err)
	}
	result, err := Run(t.Context(), Request{Path: path, SQL: `SELECT 1 AS a, 2 AS a`})
	if err != nil {
		t.Fatal(err)
	}
	defer result.Release()
	if f := result.Schema().Fields(); f[0].Name != "a" || f[1].Name != "a" {
		t.Error("column names changed:", f)
	}
}

func TestRefusalsAndErrors(t *testing.T) {
	path := published(t)
	_, _, err := rows(t.Context(), Request{Path: path, SQL: `DROP TABLE core.t`})
	var refused *duck.RefusedError
	if !errors.As(err, &refused) || refused.Hint == "" {
		t.Error(err)
	}
	var se *engine.StatementError
	if _, _, err = rows(t.Context(), Request{Path: path, SQL: `SELECT nosuch FROM core.t`}); !errors.As(err, &se) || !strings.Contains(se.Message, "nosuch") {
		t.Error(err)
	}
	if _, _, err = rows(t.Context(), Request{Path: path, SQL: `SELECT CAST(name AS INTEGER) FROM core.t`}); !errors.As(err, &se) {
		t.Error(err)
	}
	if _, _, err = rows(t.Context(), Request{Path: path + ".missing", SQL: `SELECT 1`}); err == nil || !strings.Contains(err.Error(), ".missing") {
		t.Error(err)
	}
	junk := filepath.Join(t.TempDir(), "junk.duckdb")
	if err := os.WriteFile(junk, bytes.Repeat([]byte("junk"), 5000), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err = rows(t.Context(), Request{Path: junk, SQL: `SELECT 1`}); !errors.Is(err, engine.ErrCorrupt) {
		t.Error(err)
	}
}

func TestCaps(t *testing.T) {
	path := published(t)
	var limit *LimitError
	got, _, err := rows(t.Context(), Request{Path: path, SQL: `SELECT k FROM core.t`, MaxRows: 4999})
	if !errors.As(err, &limit) || limit.What != "rows" || limit.Limit != 4999 || len(got) > 4999 {
		t.Error(len(got), err)
	}
	got, cut, err := rows(t.Context(), Request{Path: path, SQL: `SELECT k FROM core.t ORDER BY k`, MaxRows: 2500, CutRows: true})
	if err != nil || !cut || len(got) != 2500 || got[2499][0] != int64(2499) {
		t.Error(len(got), cut, err)
	}
	got, cut, err = rows(t.Context(), Request{Path: path, SQL: `SELECT k FROM core.t`, MaxRows: 5000, CutRows: true})
	if err != nil || cut || len(got) != 5000 {
		t.Error(len(got), cut, err)
	}
	if _, _, err = rows(t.Context(), Request{Path: path, SQL: `SELECT 1 AS a, k AS a FROM core.t`, MaxRows: 10}); !errors.As(err, &limit) {
		t.Error("a result that cannot be wrapped is not capped:", err)
	}
	_, _, err = rows(t.Context(), Request{Path: path, SQL: `SELECT k, name FROM core.t`, MaxBytes: 20_000})
	if !errors.As(err, &limit) || limit.What != "bytes" {
		t.Error(err)
	}
	// A row cap keeps DuckDB from computing what nobody will read.
	if _, cut, err = rows(t.Context(), Request{Path: path, SQL: `SELECT * FROM range(2000000000)`, MaxRows: 10, CutRows: true}); err != nil || !cut {
		t.Error(err)
	}
}

func TestTimeouts(t *testing.T) {
	path := published(t)
	cases := []struct {
		name, sql string
		killed    bool
	}{
		{"join", `SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range * b.range = -1`, false},
		{"recursion", `WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r`, false},
		{"one value that cannot be interrupted", `SELECT levenshtein(repeat('a', 400000), repeat('b', 400000))`, true},
		{"a list that cannot be interrupted", `SELECT list_reduce(range(60000000), lambda x, y: (x * 7 + y) % 1000003)`, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			_, _, err := rows(t.Context(), Request{Path: path, SQL: c.sql, Timeout: 500 * time.Millisecond, Threads: 1})
			took := time.Since(began)
			var timeout *TimeoutError
			if !errors.As(err, &timeout) || !errors.Is(err, context.DeadlineExceeded) {
				if c.killed && errors.Is(err, engine.ErrMemory) {
					return // stopped by its other limit
				}
				t.Fatal(err)
			}
			if took > 500*time.Millisecond+Grace+3*time.Second {
				t.Errorf("took %v", took)
			}
			if c.killed && !strings.Contains(err.Error(), "could not be interrupted") {
				t.Error(err)
			}
		})
	}
}

// The statements that took 4 to 20 GB in a process without a limit.
func TestMemory(t *testing.T) {
	path := published(t)
	for _, sql := range []string{
		`SELECT repeat('x', 2000000000) || repeat('y', 2000000000) AS a`,
		`SELECT printf('%2000000000d', 1) AS a`,
		`SELECT md5(repeat('x', 100000000) || range) AS a FROM range(1000)`,
		`SELECT list(range) AS a FROM range(400000000)`,
		`SELECT quantile_cont(range::DOUBLE, 0.5) AS a FROM range(600000000)`,
		`SELECT count(DISTINCT md5(range::VARCHAR)) AS a FROM range(200000000)`,
		`SELECT a FROM (SELECT md5(range::VARCHAR) || md5((range + 1)::VARCHAR) AS a FROM range(100000000)) ORDER BY a OFFSET 50000000`,
	} {
		t.Run(sql, func(t *testing.T) {
			_, _, err := rows(t.Context(), Request{Path: path, SQL: sql, Timeout: 20 * time.Second, AddressSpace: 3 << 30, MemoryBytes: 400 << 20, Threads: 1, MaxBytes: 1 << 20})
			if err == nil {
				t.Fatal("no error")
			}
			var died *DiedError
			if !errors.Is(err, engine.ErrMemory) && !errors.Is(err, context.DeadlineExceeded) && !errors.As(err, &died) {
				t.Fatal(err)
			}
			t.Log(err)
		})
	}
	got, _, err := rows(t.Context(), Request{Path: path, SQL: `SELECT count(*) AS n FROM core.t`})
	if err != nil || got[0][0] != int64(5000) {
		t.Fatal(got, err)
	}
}

func TestCrash(t *testing.T) {
	nested := strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)
	_, _, err := rows(t.Context(), Request{Path: published(t), SQL: `SELECT json_structure('` + nested + `') AS a`, Timeout: 10 * time.Second})
	var died *DiedError
	if !errors.As(err, &died) {
		t.Fatalf("%.300v", err)
	}
	t.Logf("%v", err)
}

func TestCancelAndAbandon(t *testing.T) {
	path := published(t)
	ctx, cancel := context.WithCancel(t.Context())
	timer := time.AfterFunc(200*time.Millisecond, cancel)
	defer timer.Stop()
	began := time.Now()
	_, _, err := rows(ctx, Request{Path: path, SQL: `SELECT levenshtein(repeat('a', 400000), repeat('b', 400000))`})
	if !errors.Is(err, context.Canceled) || time.Since(began) > 3*time.Second {
		t.Error(time.Since(began), err)
	}
	result, err := Run(t.Context(), Request{Path: path, SQL: `SELECT * FROM range(900000)`})
	if err != nil {
		t.Fatal(err)
	}
	result.Next()
	result.Release() // in the middle: the worker ends
	result.Release()
	if result.work.cmd.ProcessState == nil {
		t.Error("the worker still runs")
	}
	if result.Next() {
		t.Error("a released result goes on")
	}
}

// A worker whose parent is gone ends, even within a statement that cannot be interrupted.
func TestOrphan(t *testing.T) {
	r, err := Request{Path: published(t), SQL: `SELECT levenshtein(repeat('a', 400000), repeat('b', 400000))`}.complete()
	if err != nil {
		t.Fatal(err)
	}
	w, err := start(r.file())
	if err != nil {
		t.Fatal(err)
	}
	defer w.stop()
	request, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.stdin.Write(request); err != nil {
		t.Fatal(err)
	}
	time.Sleep(200 * time.Millisecond)
	w.stdin.Close()
	began := time.Now()
	_ = w.cmd.Wait()
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("ended after %v", took)
	}
}

func TestManyAtOnce(t *testing.T) {
	path := published(t)
	before := runtime.NumGoroutine()
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			got, _, err := rows(t.Context(), Request{Path: path, SQL: fmt.Sprintf(`SELECT %d AS i, count(*) AS n FROM core.t`, i), Threads: 1})
			if err != nil || got[0][0] != int64(i) {
				t.Error(got, err)
			}
		})
	}
	wg.Wait()
	for range 50 {
		if runtime.NumGoroutine() <= before+1 {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
}

func TestFrames(t *testing.T) {
	for name, bytes := range map[string]string{
		"nothing":          "",
		"half a head":      "D\x00",
		"half a frame":     "D\x00\x00\x00\x05ab",
		"data, no status":  "D\x00\x00\x00\x01a",
		"unknown kind":     "X\x00\x00\x00\x01a",
		"an enormous size": "D\xff\xff\xff\xffa",
		"bad status":       "S\x00\x00\x00\x01{",
	} {
		f := &frameReader{r: strings.NewReader(bytes)}
		var err error
		for buffer := make([]byte, 10); err == nil; {
			_, err = f.Read(buffer)
		}
		if err.Error() == "EOF" {
			t.Errorf("%s: taken for a whole answer", name)
		}
	}
}
