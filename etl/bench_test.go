package etl

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"verso/etl/canon"
	"verso/etl/cast"
	"verso/etl/config"
	"verso/olap/engine"
	"verso/olap/engine/duck"
)

// benchRows is how many order lines the benchmarks stage: VERSO_BENCH_ROWS, or
// a million.
func benchRows() int {
	if n, err := strconv.Atoi(os.Getenv("VERSO_BENCH_ROWS")); err == nil {
		return n
	}
	return 1_000_000
}

// BenchmarkStage types clean order lines out of text Parquet, beside the same
// columns with DuckDB's own try_cast and nothing else.
func BenchmarkStage(b *testing.B) {
	if duck.Arrow != "native" {
		b.Skip("needs -tags duckdb_arrow")
	}
	ctx := context.Background()
	dir := b.TempDir()
	landed := filepath.Join(dir, "lines.parquet")
	scratch, err := duck.Open(ctx, duck.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer scratch.Close()
	_, err = scratch.Exec(ctx, engine.SQL(fmt.Sprintf(`COPY (
  SELECT CAST(i AS VARCHAR) AS line_id, CAST(i // 4 AS VARCHAR) AS order_id, CAST(i %% 7 + 1 AS VARCHAR) AS line_no, CAST((i * 7919) %% 400000 AS VARCHAR) AS title_id,
    CAST(1 + i %% 9 AS VARCHAR) AS qty_ordered, CASE WHEN i %% 50 = 0 THEN '1' END AS qty_cancelled, CAST(CAST((i * 31 %% 100000) / 100.0 + 1 AS DECIMAL(18,2)) AS VARCHAR) AS unit_price,
    CAST(i %% 30 AS VARCHAR) AS discount_pct, CAST(TIMESTAMP '2015-01-01 08:00:00' + to_seconds(i) AS VARCHAR) AS updated_at, CASE WHEN i %% 3 = 0 THEN 'open' ELSE 'delivered' END AS status
  FROM range(%d) AS t(i)) TO %s (FORMAT parquet, COMPRESSION zstd)`, benchRows(), engine.QuoteText(landed))))
	if err != nil {
		b.Fatal(err)
	}
	table, _ := canon.Lookup("order_line")
	names := []string{"line_id", "order_id", "line_no", "title_id", "qty_ordered", "qty_cancelled", "unit_price", "discount_pct", "updated_at", "status"}
	columns := map[string]mapped{}
	plain := "CREATE TABLE plain AS SELECT "
	for i, n := range names {
		c, _ := table.Column(n)
		columns[n] = mapped{n, "VARCHAR"}
		if i > 0 {
			plain += ", "
		}
		plain += fmt.Sprintf("TRY_CAST(%s AS %s) AS %s", q(n), cast.EngineType(c.Type, false), q(n))
	}
	plain += " FROM read_parquet(" + engine.QuoteText(landed) + ")"
	st := &staging{table: &table, source: "s", hasRow: true, columns: columns, how: map[string]cast.Reading{}, fast: true,
		from: `(SELECT *, file_row_number AS "_row" FROM read_parquet(` + engine.QuoteText(landed) + `, file_row_number = true))`}
	all := []*staging{st}
	for name, statements := range map[string][]string{
		"plain": {plain},
		"typed": {"CREATE SCHEMA stage", createStore(&table, all), st.insert(all), "SELECT count(*) FROM " + storeName("order_line") + " WHERE " + isBad},
	} {
		b.Run(name, func(b *testing.B) {
			for i := range b.N {
				db, err := duck.Open(ctx, duck.Options{Path: filepath.Join(dir, fmt.Sprintf("%s-%d.duckdb", name, i))})
				if err != nil {
					b.Fatal(err)
				}
				for _, s := range statements {
					if _, err := db.Exec(ctx, engine.SQL(s)); err != nil {
						b.Fatal(err)
					}
				}
				db.Close()
				for _, f := range []string{".duckdb", ".duckdb.wal"} {
					os.Remove(filepath.Join(dir, fmt.Sprintf("%s-%d%s", name, i, f)))
				}
			}
			b.ReportMetric(float64(benchRows())*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// BenchmarkRefresh takes order lines in CSV and Parquet from landing to checked
// star and reports the seconds and the peak memory of each step.
func BenchmarkRefresh(b *testing.B) {
	for _, format := range []string{"csv", "parquet"} {
		b.Run(format, func(b *testing.B) {
			for range b.N {
				benchRefresh(b, format)
			}
			b.ReportMetric(float64(benchRows())*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

func benchRefresh(b *testing.B, format string) {
	b.StopTimer()
	t := newBench(b)
	scratch, err := duck.Open(context.Background(), duck.Options{})
	if err != nil {
		b.Fatal(err)
	}
	n := benchRows()
	for name, sql := range map[string]string{
		"lines": fmt.Sprintf(`SELECT i AS line_id, i // 4 AS order_id, (i * 7919) %% 400000 AS title_id, 1 + i %% 9 AS qty_ordered,
    CAST((i * 31 %% 100000) / 100.0 + 1 AS DECIMAL(18,2)) AS unit_price, i %% 30 AS discount_pct FROM range(%d) AS t(i)`, n),
		"heads": fmt.Sprintf(`SELECT i AS order_id, (i * 31) %% 100000 AS customer_id, TIMESTAMP '2015-01-01 08:00:00' + to_seconds(i * 60) AS order_date FROM range(%d) AS t(i)`, n/4+1),
	} {
		path := filepath.Join(t.dir, name+"."+format)
		if _, err := scratch.Exec(context.Background(), engine.SQL("COPY ("+sql+") TO "+engine.QuoteText(path))); err != nil {
			b.Fatal(err)
		}
		t.cfg.Sources[name] = config.Source{Kind: "file", Path: path}
	}
	scratch.Close()
	t.mapping("order_header", config.Map{From: "heads", Columns: identity("order_id", "customer_id", "order_date")})
	t.mapping("order_line", config.Map{From: "lines", Columns: identity("line_id", "order_id", "title_id", "qty_ordered", "unit_price", "discount_pct")})
	b.StartTimer()
	r := t.must()
	for _, s := range r.Run.Steps {
		b.ReportMetric(s.Seconds, s.Name+"-s")
		b.ReportMetric(float64(s.PeakBytes>>20), s.Name+"-MB")
	}
}
