package duck

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"verso/olap/engine"
)

// published makes a finished file with a table, a view and a macro.
func published(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "published.duckdb")
	db := open(t, Options{Path: path})
	for _, s := range []string{
		`CREATE SCHEMA core`,
		`CREATE TABLE core.t AS SELECT range AS "k", 'name ' || range AS "name", (range % 3)::VARCHAR AS "kind", (range * 1.5)::DECIMAL(18,4) AS "net" FROM range(1000)`,
		`CREATE VIEW core.v AS SELECT k AS "k" FROM core.t WHERE k < 10`,
		`CREATE MACRO core.twice(x) AS 2 * x`,
		`CHECKPOINT`,
	} {
		if _, err := db.Exec(t.Context(), engine.SQL(s)); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func sandboxed(t *testing.T, path string) *DB {
	t.Helper()
	db, err := OpenSandboxed(t.Context(), path, SandboxOptions{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestGateLetsThrough(t *testing.T) {
	db := sandboxed(t, published(t))
	for _, sql := range []string{
		`SELECT count(*) FROM core.t`,
		`select k, net from core.t where name = 'it''s; DROP TABLE x' -- comment; with semicolon`,
		`/* a */ SELECT 1 AS a;`,
		`FROM core.t SELECT k LIMIT 3`,
		`FROM core.v`,
		`VALUES (1), (2)`,
		`TABLE core.v`,
		`(SELECT 1 AS a) UNION ALL (SELECT 2)`,
		`WITH a AS (SELECT k AS k FROM core.t) SELECT max(k) FROM a`,
		`WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT sum(n) FROM r`,
		`SELECT core.twice(21)`,
		`SELECT * FROM range(5)`,
		`SELECT unnest([1, 2, 3])`,
		`SELECT * FROM unnest([1, 2, 3])`,
		`SELECT * FROM generate_series(1, 3)`,
		`DESCRIBE core.t`,
		`SHOW TABLES`,
		`SHOW ALL TABLES`,
		`SUMMARIZE core.t`,
		`EXPLAIN SELECT * FROM core.t`,
		`explain analyze select count(*) from core.t`,
		`EXPLAIN (FORMAT json) SELECT 1`,
		`SELECT * FROM duckdb_columns()`,
		`SELECT * FROM information_schema.tables`,
		`SELECT table_name FROM duckdb_tables`,
		`SELECT getvariable('x')`,
		`SELECT current_setting('threads')`,
		`SELECT * FROM query('SELECT 1 AS a')`,
		`SELECT * FROM query_table('core.t')`,
		`UNPIVOT (SELECT 1 AS a, 2 AS b) ON a, b INTO NAME n VALUE v`,
		`SELECT * FROM (PIVOT core.t ON kind IN ('0', '1') USING sum(net))`,
		`SELECT k, sum(net) OVER (ORDER BY k) FROM core.t QUALIFY row_number() OVER (ORDER BY k) < 3`,
		`SELECT json_extract('{"a": 1}', '$.a')`,
		`SELECT * FROM core.t TABLESAMPLE 10 ROWS`,
	} {
		if err := db.CheckSelect(t.Context(), sql); err != nil {
			t.Errorf("%s\n  does not pass: %v", sql, err)
			continue
		}
		if err := engine.Rows(t.Context(), db, engine.SQL(sql), func([]any) error { return nil }); err != nil && !strings.Contains(sql, "query_table") {
			t.Errorf("%s\n  passes, but: %v", sql, err)
		}
	}
}

type refusal struct{ sql, says string }

// otherStatements are no SELECT, or not exactly one.
func otherStatements() []refusal {
	return []refusal{
		{``, "0 statements"},
		{`-- nothing`, "0 statements"},
		{`SELECT 1; SELECT 2`, "2 statements"},
		{`SELECT 1; DROP TABLE core.t`, "not a SELECT"},
		{`INSERT INTO core.t VALUES (1)`, "not a SELECT"},
		{`UPDATE core.t SET k = 1`, "not a SELECT"},
		{`DELETE FROM core.t`, "not a SELECT"},
		{`CREATE TABLE x AS SELECT 1`, "not a SELECT"},
		{`CREATE TEMP TABLE x AS SELECT 1`, "not a SELECT"},
		{`CREATE MACRO m() AS 1`, "not a SELECT"},
		{`COPY core.t TO '/tmp/x.csv'`, "not a SELECT"},
		{`EXPLAIN COPY core.t TO '/tmp/x.csv'`, "not a SELECT"},
		{`EXPLAIN ANALYZE INSERT INTO core.t VALUES (1)`, "not a SELECT"},
		{`EXPORT DATABASE '/tmp/x'`, "not a SELECT"},
		{`ATTACH '/tmp/x.db'`, "not a SELECT"},
		{`DETACH verso`, "not a SELECT"},
		{`USE memory`, "not a SELECT"},
		{`SET memory_limit = '100GB'`, "not a SELECT"},
		{`RESET memory_limit`, "not a SELECT"},
		{`SET VARIABLE x = 1`, "not a SELECT"},
		{`PRAGMA threads = 8`, "not a SELECT"},
		{`PRAGMA version`, "not a SELECT"},
		{`CALL enable_logging('QueryLog')`, "not a SELECT"},
		{`CHECKPOINT`, "not a SELECT"},
		{`BEGIN`, "not a SELECT"},
		{`PREPARE p AS SELECT 1`, "not a SELECT"},
		{`EXECUTE p`, "not a SELECT"},
		{`LOAD httpfs`, "not a SELECT"},
		{`INSTALL httpfs`, "not a SELECT"},
		{`CREATE SECRET s (TYPE s3)`, "not a SELECT"},
		{`PIVOT core.t ON kind USING sum(net)`, "not a SELECT"},
	}
}

// outsideFunctions are SELECTs that reach outside of the tables of path.
func outsideFunctions(path, secret string) []refusal {
	return []refusal{
		{`SELECT * FROM read_csv('` + secret + `')`, "read_csv()"},
		{`SELECT * FROM read_text('/etc/passwd')`, "read_text()"},
		{`SELECT * FROM "READ_BLOB"('` + path + `')`, "read_blob()"},
		{`SELECT * FROM system.main.read_json('/etc/passwd')`, "read_json()"},
		{`SELECT (SELECT count(*) FROM read_parquet('x'))`, "read_parquet()"},
		{`WITH a AS (SELECT * FROM glob('/*')) SELECT * FROM a`, "glob()"},
		{`SELECT * FROM core.t WHERE k IN (SELECT size FROM read_blob('/etc/passwd'))`, "read_blob()"},
		{`SELECT * FROM parquet_metadata('x')`, "parquet_metadata()"},
		{`SELECT * FROM parquet_scan('x')`, "parquet_scan()"},
		{`SELECT * FROM sniff_csv('/etc/passwd')`, "sniff_csv()"},
		{`SELECT * FROM arrow_scan(1, 2, 3)`, "arrow_scan()"},
		{`SELECT * FROM '` + secret + `'`, "reads like a file"},
		{`SELECT * FROM "x.parquet"`, "reads like a file"},
		{`SELECT * FROM 'https://example.org/x'`, "reads like a file"},
		{`DESCRIBE '` + secret + `'`, "reads like a file"},
		{`SELECT * FROM enable_logging('QueryLog')`, "enable_logging()"},
		{`SELECT * FROM disable_logging()`, "disable_logging()"},
		{`SELECT * FROM truncate_duckdb_logs()`, "truncate_duckdb_logs()"},
		{`SELECT * FROM duckdb_logs()`, "duckdb_logs()"},
		{`SELECT * FROM duckdb_logs`, "what others run"},
		{`SELECT * FROM system.main.DUCKDB_LOGS`, "what others run"},
		{`SELECT * FROM duckdb_secrets()`, "duckdb_secrets()"},
		{`SELECT * FROM duckdb_temporary_files()`, "duckdb_temporary_files()"},
		{`SELECT * FROM checkpoint()`, "checkpoint()"},
		{`SELECT * FROM force_checkpoint()`, "force_checkpoint()"},
		{`SELECT write_log('x')`, "write_log()"},
		{`SELECT sleep_ms(10000)`, "sleep_ms()"},
		{`SELECT k FROM core.t ORDER BY sleep_ms(k)`, "sleep_ms()"},
		{`SELECT list_transform([1], lambda x: write_log('x'))`, "write_log()"},
		{`SELECT nextval('s')`, "nextval()"},
		{`SELECT getenv('HOME')`, "getenv()"},
		{`SELECT * FROM query('SELECT * FROM read_text(''/etc/passwd'')')`, "read_text()"},
		{`SELECT * FROM query('DROP TABLE core.t')`, "not a SELECT"},
		{`SELECT * FROM query('SELECT * FROM rea' || 'd_text(''x'')')`, "computed text in query()"},
		{`SELECT * FROM query(getvariable('x'))`, "computed text in query()"},
		{`SELECT * FROM query_table('` + secret + `')`, "reads like a file"},
		{`SELECT * FROM query_table(['core.t', 'x.csv'])`, "reads like a file"},
		{`SELECT * FROM json_execute_serialized_sql('{}')`, "json_execute_serialized_sql()"},
		{`SELECT ? AS a`, "has parameters"},
		{`SELECT $x AS a`, "has parameters"},
	}
}

func TestGateRefuses(t *testing.T) {
	path := published(t)
	db := sandboxed(t, path)
	secret := filepath.Join(t.TempDir(), "secret.csv")
	if err := os.WriteFile(secret, []byte("a,b\n1,2\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range append(otherStatements(), outsideFunctions(path, secret)...) {
		err := db.CheckSelect(t.Context(), c.sql)
		var r *RefusedError
		if !errors.As(err, &r) || !strings.Contains(err.Error(), c.says) || r.Hint == "" {
			t.Errorf("%s\n  want a refusal that says %q, got: %v", c.sql, c.says, err)
		}
	}
	for _, sql := range []string{`SELEC 1`, `SELECT FROM WHERE`, `SELECT * FROM core.nosuch`, strings.Repeat("(", 5000) + "1"} {
		err := db.CheckSelect(t.Context(), sql)
		var se *engine.StatementError
		if !errors.As(err, &se) {
			t.Errorf("%.40s: want a StatementError, got %v", sql, err)
		}
	}
}

// What the gate lets through by mistake must still find everything closed.
func TestSandboxWithoutGate(t *testing.T) {
	path := published(t)
	outside := filepath.Join(t.TempDir(), "x.csv")
	if err := os.WriteFile(outside, []byte("a,b\n1,2\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, o := range map[string]SandboxOptions{"closed": {Threads: 1}, "spilling": {Threads: 1, TempDir: t.TempDir()}} {
		t.Run(name, func(t *testing.T) {
			db, err := OpenSandboxed(t.Context(), path, o)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			closed := []string{
				`INSERT INTO core.t VALUES (1, 'x', 'x', 1)`,
				`CREATE TABLE core.x AS SELECT 1 AS "a"`,
				`DROP TABLE core.t`,
				`SELECT * FROM read_csv('` + outside + `')`,
				`SELECT * FROM '` + outside + `'`,
				`SELECT * FROM read_text('/etc/passwd')`,
				`SELECT * FROM glob('/etc/*')`,
				`COPY core.t TO '` + outside + `.out'`,
				`ATTACH '` + outside + `.db' AS "o"`,
				`EXPORT DATABASE '` + outside + `.dir'`,
				`SET memory_limit = '100GB'`,
				`SET enable_external_access = true`,
				`SET lock_configuration = false`,
				`RESET enable_external_access`,
				`SET disabled_filesystems = ''`,
				`SET temp_directory = '/tmp'`,
				`PRAGMA threads = 8`,
				`LOAD httpfs`,
				`INSTALL httpfs`,
			}
			if o.TempDir == "" {
				closed = append(closed, `SELECT * FROM read_blob('`+path+`')`, `ATTACH '`+path+`' AS "again" (READ_ONLY)`)
			}
			for _, sql := range closed {
				if _, err := db.Exec(t.Context(), engine.SQL(sql)); err == nil {
					t.Errorf("%s works", sql)
				}
			}
			row, err := engine.One(t.Context(), db, engine.SQL(`SELECT count(*) AS "n" FROM core.t`))
			if err != nil || row[0] != int64(1000) {
				t.Error(row, err)
			}
		})
	}
}
