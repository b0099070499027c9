package postgres

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"verso/etl/source"
	"verso/etl/source/postgres/pgtest"
)

// BenchmarkExtract compares an extract of sales lines with draining the same
// COPY to nowhere, in turns on the same server, and reports the ratio of the
// rates (1 would be a landing that costs nothing). VERSO_PG_ROWS sets the rows.
//
//	go test -tags duckdb_arrow -run '^$' -bench Extract -benchtime 1x ./etl/source/postgres
func BenchmarkExtract(b *testing.B) {
	count := 5_000_000
	if n, err := strconv.Atoi(os.Getenv("VERSO_PG_ROWS")); err == nil {
		count = n
	}
	dsn := pgtest.Start(b)
	pgtest.Exec(b, dsn, fmt.Sprintf(`CREATE UNLOGGED TABLE order_line AS
SELECT g AS line_id, g / 4 AS order_id, (g %% 4 + 1)::int2 AS line_no, (g * 31 %% 20000)::int AS customer_id,
 'T' || lpad((g * 17 %% 50000)::text, 6, '0') AS title_id, date '2020-01-01' + (g / 5000)::int AS order_date,
 (g %% 5 + 1)::int AS qty, (g * 13 %% 200000 / 100.0)::numeric(18,4) AS unit_price, (g %% 4 * 5)::numeric(9,4) AS discount_pct,
 'note ' || g * 7919 %% 1000 AS note, g::float8 / 7 AS weight
FROM generate_series(1::bigint, %d) AS g`, count))
	pgtest.Exec(b, dsn, "SELECT sum(line_id) FROM order_line") // warm, hint bits set
	s, conn := open(b, dsn), scratch(b)
	ctx := context.Background()
	const sql = "SELECT * FROM order_line"
	drain := func() time.Duration {
		if err := s.begin(ctx); err != nil {
			b.Fatal(err)
		}
		defer s.end()
		began := time.Now()
		if _, err := s.conn.PgConn().CopyTo(ctx, io.Discard, "COPY ("+sql+") TO STDOUT (FORMAT binary)"); err != nil {
			b.Fatal(err)
		}
		return time.Since(began)
	}
	path := filepath.Join(b.TempDir(), "x.parquet")
	land := func() time.Duration {
		began := time.Now()
		r, err := s.Land(ctx, conn, source.Request{Name: "x", SQL: sql, Path: path})
		if err != nil || r.Landed != int64(count) {
			b.Fatal(r.Landed, err)
		}
		return time.Since(began)
	}
	cpu := func() float64 { // microseconds of this process
		var u syscall.Rusage
		syscall.Getrusage(syscall.RUSAGE_SELF, &u)
		return float64(u.Utime.Sec+u.Stime.Sec)*1e6 + float64(u.Utime.Usec+u.Stime.Usec)
	}
	drain()
	for b.Loop() {
		var busy float64
		var drained, landed time.Duration
		for range 3 { // the best of three turns each: the machine is not ours alone
			if d := drain(); drained == 0 || d < drained {
				drained = d
			}
			before := cpu()
			d := land()
			busy += cpu() - before
			if landed == 0 || d < landed {
				landed = d
			}
		}
		b.ReportMetric(busy/3/float64(count), "µs-cpu/row")
		rate := func(d time.Duration) float64 { return float64(count) / d.Seconds() / 1e6 }
		b.ReportMetric(rate(drained), "Mrows/s-drained")
		b.ReportMetric(rate(landed), "Mrows/s-landed")
		b.ReportMetric(drained.Seconds()/landed.Seconds(), "ratio")
	}
}
