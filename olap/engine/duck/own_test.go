package duck

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"verso/olap/engine"
)

// DuckDB's own types read the same from both builds.
func TestTypes(t *testing.T) {
	db := open(t, Options{})
	cases := []struct {
		sql  string
		want any
	}{
		{`170141183460469231731687303715884105727::HUGEINT`, "170141183460469231731687303715884105727"},
		{`(-170141183460469231731687303715884105728)::HUGEINT`, "-170141183460469231731687303715884105728"},
		{`123::UHUGEINT`, "123"},
		{`18446744073709551615::UBIGINT`, uint64(18446744073709551615)},
		{`200::UTINYINT`, int64(200)},
		{`0.5::FLOAT`, 0.5},
		{`'b'::ENUM('a', 'b')`, "b"},
		{`'24a83a17-89df-4329-bafb-9420bf05dbbd'::UUID`, "24a83a17-89df-4329-bafb-9420bf05dbbd"},
		{`'{"z": 1.50, "a": [2]}'::JSON`, `{"z": 1.50, "a": [2]}`},
		{`[1, 2, NULL]`, "[1, 2, NULL]"},
		{`[['a'], []]`, "[[a], []]"},
		{`array_value(1, 2)`, "[1, 2]"},
		{`{'x': 1, 'y': 'q'}`, "{'x': 1, 'y': q}"},
		{`map {'k': 1}`, "{k=1}"},
		{`[DATE '2025-06-30']`, "[2025-06-30]"},
		{`INTERVAL '14 months 3 days 04:05:06.7'`, "1 year 2 months 3 days 04:05:06.7"},
		{`TIME '12:34:56.5'`, "12:34:56.5"},
		{`'2025-06-30 10:00:00+08'::TIMESTAMPTZ`, time.Date(2025, 6, 30, 2, 0, 0, 0, time.UTC)},
		{`'2025-01-01'::TIMESTAMP_S`, time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)},
		{`'2025-01-01 00:00:00.123'::TIMESTAMP_MS`, time.Date(2025, 1, 1, 0, 0, 0, 123e6, time.UTC)},
		{`'2025-01-01 00:00:00.123456789'::TIMESTAMP_NS`, time.Date(2025, 1, 1, 0, 0, 0, 123456789, time.UTC)},
		{`'a\x00b'::BLOB`, []byte("a\x00b")},
		{`NULL`, nil},
	}
	for _, c := range cases {
		row, err := engine.One(t.Context(), db, engine.SQL(`SELECT `+c.sql+` AS "v"`))
		if err != nil {
			t.Errorf("%s: %v", c.sql, err)
			continue
		}
		if d, ok := row[0].(engine.Decimal); ok {
			row[0] = d.String()
		}
		if diff := cmp.Diff([]any{c.want}, row); diff != "" {
			t.Errorf("%s: %s", c.sql, diff)
		}
	}
	// Two columns of one name, nested, ordered, over several batches.
	n := int64(0)
	err := engine.Rows(t.Context(), db, engine.SQL(`SELECT range AS "a", [range] AS "a" FROM range(5000) ORDER BY 1 DESC; -- end`), func(row []any) error {
		if row[0] != 4999-n || row[1] != "["+engine.Text(row[0])+"]" {
			t.Fatalf("row %d: %v", n, row)
		}
		n++
		return nil
	})
	if err != nil || n != 5000 {
		t.Error(n, err)
	}
}

func TestCastPlaceholders(t *testing.T) {
	casts := map[int]string{2: "D"}
	for in, want := range map[string]string{
		`? ? ?`:                    `? CAST(? AS D) ?`,
		`?2 ?1`:                    `CAST(?2 AS D) ?1`,
		`? '?' "?" ?`:              `? '?' "?" CAST(? AS D)`,
		`? 'it''s ?' ?`:            `? 'it''s ?' CAST(? AS D)`,
		`? -- ? '` + "\n" + `?`:    `? -- ? '` + "\n" + `CAST(? AS D)`,
		`? /* ? " */ ?`:            `? /* ? " */ CAST(? AS D)`,
		`? $$ ? $$ ?`:              `? $$ ? $$ CAST(? AS D)`,
		`? $tag$ ? $$ ? $tag$ ?`:   `? $tag$ ? $$ ? $tag$ CAST(? AS D)`,
		`? E'\' ?' ?`:              `? E'\' ?' CAST(? AS D)`,
		`? e'\\' ?`:                `? e'\\' CAST(? AS D)`,
		`name'? ?' ? ?`:            `name'? ?' ? CAST(? AS D)`,
		`? '书?' ?`:                 `? '书?' CAST(? AS D)`,
		`? 'open ?`:                `? 'open ?`,
		`? "a""?" ? /* not closed`: `? "a""?" CAST(? AS D) /* not closed`,
	} {
		if got := castPlaceholders(in, casts); got != want {
			t.Errorf("%s\n got %s\nwant %s", in, got, want)
		}
	}
}

func FuzzCastPlaceholders(f *testing.F) {
	for _, s := range []string{`SELECT ?`, `'?`, `$$?$$`, `e'\`, `/*?`, `--?`, `"?"`, `?9?`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		if got := castPlaceholders(sql, nil); got != sql {
			t.Errorf("%q became %q without a cast", sql, got)
		}
		_ = WithoutExplain(sql)
	})
}

func TestFaults(t *testing.T) {
	dir := t.TempDir()
	junk := filepath.Join(dir, "junk.duckdb")
	if err := os.WriteFile(junk, bytes.Repeat([]byte("junk "), 4000), 0o644); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name string
		o    Options
		kind error
	}{
		{"junk", Options{Path: junk, ReadOnly: true}, engine.ErrCorrupt},
		{"missing", Options{Path: filepath.Join(dir, "missing.duckdb"), ReadOnly: true}, fs.ErrNotExist},
		{"missing folder", Options{Path: filepath.Join(dir, "no", "such.duckdb")}, fs.ErrNotExist},
	}
	for _, c := range cases {
		_, err := Open(t.Context(), c.o)
		var fault *engine.FaultError
		if !errors.As(err, &fault) || !errors.Is(err, c.kind) || !strings.Contains(err.Error(), c.o.Path) {
			t.Errorf("%s: want %v, got %v", c.name, c.kind, err)
		}
	}
	db := open(t, Options{MemoryLimit: "50MB", TempDir: "/dev/null/none", Threads: 1})
	_, err := db.Query(t.Context(), engine.SQL(`SELECT list(range) AS "l" FROM range(50000000)`))
	if !errors.Is(err, engine.ErrMemory) || strings.Contains(err.Error(), "SET threads") {
		t.Error(err)
	}
}

// What does not fit into memory spills beside the file, and nothing stays.
func TestSpill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.duckdb")
	db := open(t, Options{Path: path, MemoryLimit: "60MB", Threads: 1})
	c, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Exec(t.Context(), engine.SQL(`CREATE TEMP TABLE t AS SELECT md5(range::VARCHAR) || md5((range + 1)::VARCHAR) AS "a" FROM range(2000000)`)); err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(path + ".tmp"); err != nil || len(entries) == 0 {
		t.Error("nothing was spilled to the folder beside the file:", entries, err)
	}
	if err := errors.Join(c.Close(), db.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + ".tmp"); !errors.Is(err, fs.ErrNotExist) {
		t.Error("the spill folder stays:", err)
	}
}

func TestBusyFile(t *testing.T) {
	if path := os.Getenv("VERSO_DUCK_HOLD"); path != "" { // the other process
		db := open(t, Options{Path: path})
		if _, err := db.Exec(t.Context(), engine.SQL("CREATE TABLE t (a INTEGER)")); err != nil {
			t.Fatal(err)
		}
		os.Stdout.WriteString("held\n")
		time.Sleep(time.Minute)
		return
	}
	path := filepath.Join(t.TempDir(), "a.duckdb")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := osexec.Command(self, "-test.run=^TestBusyFile$")
	cmd.Env = append(os.Environ(), "VERSO_DUCK_HOLD="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Signal(syscall.SIGKILL); _ = cmd.Wait() }()
	if _, err := out.Read(make([]byte, 5)); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Options{Path: path, ReadOnly: true}); !errors.Is(err, engine.ErrBusy) {
		t.Error(err)
	}
}

// A file that is full of rows from Ingest holds no trace of how they came.
func TestIngestLeavesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.duckdb")
	db := open(t, Options{Path: path})
	if _, err := db.Exec(t.Context(), engine.SQL("CREATE TABLE t (m DECIMAL(18,4))")); err != nil {
		t.Fatal(err)
	}
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	schema := arrow.NewSchema([]arrow.Field{{Name: "m", Type: &arrow.Decimal128Type{Precision: 18, Scale: 4}}}, nil)
	for i := range 3 {
		b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
		b.Field(0).(*array.Decimal128Builder).Append(decimal128.FromI64(int64(i)))
		batch := b.NewRecordBatch()
		r, err := array.NewRecordReader(schema, []arrow.RecordBatch{batch})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		if i == 1 {
			cancel()
		}
		if _, err := conn.Ingest(ctx, "t", r); (err != nil) != (i == 1) {
			t.Error(i, err)
		}
		cancel()
		row, err := engine.One(t.Context(), conn, engine.SQL(`SELECT current_database() AS "d", (SELECT count(*) FROM duckdb_views() WHERE view_name LIKE 'verso%') AS "n"`))
		if err != nil || row[0] != Catalog || row[1] != int64(0) {
			t.Error(row, err)
		}
		r.Release()
		batch.Release()
		b.Release()
	}
	if err := errors.Join(conn.Close(), db.Close()); err != nil {
		t.Fatal(err)
	}
	db = open(t, Options{Path: path, ReadOnly: true})
	row, err := engine.One(t.Context(), db, engine.SQL(`SELECT count(*) AS "n", (SELECT count(*) FROM duckdb_views() WHERE NOT internal) AS "views" FROM t`))
	if err != nil || row[0] != int64(2) || row[1] != int64(0) {
		t.Error(row, err)
	}
}

func TestReadParquet(t *testing.T) {
	db := open(t, Options{})
	dir := t.TempDir()
	a, b := filepath.Join(dir, "it's a.parquet"), filepath.Join(dir, "b.parquet")
	for i, p := range []string{a, b} {
		if _, err := db.Exec(t.Context(), engine.SQL("COPY (SELECT range AS k FROM range("+[]string{"3", "2"}[i]+")) TO "+engine.QuoteText(p))); err != nil {
			t.Fatal(err)
		}
	}
	row, err := engine.One(t.Context(), db, engine.SQL(`SELECT count(*) AS "n", max(file_row_number) AS "m", min(file_row_number) AS "z" FROM `+db.Dialect().ReadParquet(a, b)))
	if err != nil || row[0] != int64(5) || row[1] != int64(2) || row[2] != int64(0) {
		t.Error(row, err)
	}
}

// A list is one parameter, whatever is in it.
func TestListParameters(t *testing.T) {
	ctx := context.Background()
	db, err := Open(ctx, Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	texts := []string{"a", "", "it's", "出版", "x\x1fy", `["q"]`}
	for _, c := range []struct {
		sql  string
		arg  any
		want string
	}{
		{`SELECT string_agg(v, '|' ORDER BY v) AS "t" FROM (SELECT unnest(CAST(? AS VARCHAR[])) AS v) AS x`, texts, "|[\"q\"]|a|it's|x\x1fy|出版"},
		{`SELECT CAST(sum(v) AS VARCHAR) AS "t" FROM (SELECT unnest(CAST(? AS BIGINT[])) AS v) AS x`, []int64{1, -5, 1 << 40}, "1099511627772"},
		{`SELECT CAST(max(v) AS VARCHAR) AS "t" FROM (SELECT unnest(CAST(CAST(? AS VARCHAR[]) AS DATE[])) AS v) AS x`, []string{"2024-02-29", "2023-01-01"}, "2024-02-29"},
		{`SELECT CAST(count(*) AS VARCHAR) AS "t" FROM (SELECT unnest(CAST(? AS VARCHAR[])) AS v) AS x`, make([]string, 100_000), "100000"},
	} {
		row, err := engine.One(ctx, db, engine.SQL(c.sql, c.arg))
		if err != nil || row[0] != c.want {
			t.Errorf("%s: %v, %v", c.sql, row, err)
		}
	}
}

// Pages kept for reading go; the limit, and what can be read, stay as they were.
func TestForget(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "kept.duckdb")
	db, err := Open(ctx, Options{Path: path, MemoryLimit: "1GB", Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(ctx, engine.SQL("CREATE TABLE kept AS SELECT hash(range) AS a FROM range(20_000_000); CHECKPOINT")); err != nil {
		t.Fatal(err)
	}
	value := func(sql string) int64 {
		t.Helper()
		row, err := engine.One(ctx, db, engine.SQL(sql))
		if err != nil {
			t.Fatal(err)
		}
		n, _ := engine.Int(row[0])
		return n
	}
	const held = "SELECT CAST(sum(memory_usage_bytes) AS BIGINT) FROM duckdb_memory()"
	distinct := value("SELECT count(DISTINCT a % 1000) FROM kept")
	before := value(held)
	if err := Forget(ctx, db); err != nil {
		t.Fatal(err)
	}
	if after := value(held); before < 100<<20 || after > 80<<20 {
		t.Errorf("%d bytes held before, %d after", before, after)
	}
	if n := value("SELECT count(DISTINCT a % 1000) FROM kept"); n != distinct {
		t.Errorf("%d values, before %d", n, distinct)
	}
	if n := value("SELECT count(*) FROM duckdb_settings() WHERE name = 'memory_limit' AND value LIKE '953% MiB'"); n != 1 {
		t.Error("the limit is another")
	}
}
