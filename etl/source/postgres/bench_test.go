package postgres

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"verso/etl/source"
	"verso/etl/source/postgres/pgtest"
	"verso/etl/source/rowgroup"
	"verso/olap/engine/duck/ducktest"
)

const salesLines = `CREATE UNLOGGED TABLE order_line AS
SELECT g AS line_id, g / 4 AS order_id, (g %% 4 + 1)::int2 AS line_no, (g * 31 %% 20000)::int AS customer_id,
 'T' || lpad((g * 17 %% 50000)::text, 6, '0') AS title_id, date '2020-01-01' + (g / 5000)::int AS order_date,
 (g %% 5 + 1)::int AS qty, (g * 13 %% 200000 / 100.0)::numeric(18,4) AS unit_price, (g %% 4 * 5)::numeric(9,4) AS discount_pct,
 'note ' || g * 7919 %% 1000 AS note, g::float8 / 7 AS weight
FROM generate_series(1::bigint, %d) AS g`

// BenchmarkExtract compares an extract of sales lines, into Arrow records of a
// row group and into the synced Parquet file, with draining the same COPY to
// nowhere: in turns on the same connection, so that a busy machine disturbs all
// alike. The drain finds the ends of the messages and does nothing else; every
// ratio is of one turn's extract to the same turn's drain. VERSO_PG_ROWS sets
// the rows, VERSO_PG_TURNS the turns.
//
//	go test -tags duckdb_arrow -run '^$' -bench Extract -benchtime 1x ./etl/source/postgres
func BenchmarkExtract(b *testing.B) {
	setting := func(name string, usual int) int {
		if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
			return n
		}
		return usual
	}
	count, turns := setting("VERSO_PG_ROWS", 5_000_000), setting("VERSO_PG_TURNS", 5)
	dsn := pgtest.Start(b)
	pgtest.Exec(b, dsn, fmt.Sprintf(salesLines, count))
	pgtest.Exec(b, dsn, "SELECT sum(line_id) FROM order_line") // warm, hint bits set
	x := &extracts{b: b, s: open(b, dsn), count: count}
	conn, path := ducktest.Scratch(b), filepath.Join(b.TempDir(), "x.parquet")
	x.drain()
	for b.Loop() {
		var drain, records, land series
		for range turns {
			drain.time(x.drain)
			records.time(x.records)
			land.time(func() {
				r, err := x.s.Land(context.Background(), conn, source.Request{Name: "x", SQL: extractSQL, Path: path})
				if err != nil || r.Landed != int64(count) {
					b.Fatal(r.Landed, err)
				}
			})
		}
		for name, s := range map[string]*series{"drained": &drain, "arrow": &records, "landed": &land} {
			b.ReportMetric(float64(count)/slices.Min(s.seconds)/1e6, "Mrows/s-"+name)
			b.ReportMetric(s.cpu/float64(turns)/float64(count), "µs-cpu/row-"+name)
			if s != &drain {
				ratios := make([]float64, turns)
				for i := range ratios {
					ratios[i] = drain.seconds[i] / s.seconds[i]
				}
				slices.Sort(ratios)
				b.ReportMetric(ratios[turns/2], "ratio-median-"+name)
				b.ReportMetric(slices.Min(drain.seconds)/slices.Min(s.seconds), "ratio-best-"+name)
			}
		}
		b.ReportMetric(0, "ns/op")
	}
	if info, err := os.Stat(path); err == nil {
		b.ReportMetric(float64(info.Size())/1e6, "MB-file")
	}
}

const extractSQL = "SELECT * FROM order_line"

// series are the times of one way to read, and this process's work for it.
type series struct {
	seconds []float64
	cpu     float64 // microseconds
}

func (s *series) time(f func()) {
	busy := func() float64 {
		var u syscall.Rusage
		syscall.Getrusage(syscall.RUSAGE_SELF, &u)
		return float64(u.Utime.Sec+u.Stime.Sec)*1e6 + float64(u.Utime.Usec+u.Stime.Usec)
	}
	before, began := busy(), time.Now()
	f()
	s.seconds = append(s.seconds, time.Since(began).Seconds())
	s.cpu += busy() - before
}

type extracts struct {
	b     *testing.B
	s     *Source
	count int
}

// copy runs the COPY of the extract as Land does.
func (x *extracts) copy(rows func(*plan) func([]byte) error) {
	ctx := context.Background()
	if err := x.s.begin(ctx); err != nil {
		x.b.Fatal(err)
	}
	defer x.s.end()
	p, err := x.s.plan(ctx, source.Request{Name: "x", SQL: extractSQL})
	if err != nil {
		x.b.Fatal(err)
	}
	if _, err := x.s.copy(ctx, p, rows(p)); err != nil {
		x.b.Fatal(err)
	}
}

func (x *extracts) drain() {
	x.copy(func(*plan) func([]byte) error { return func([]byte) error { return nil } })
}

func (x *extracts) records() {
	var d *decoder
	got := int64(0)
	x.copy(func(p *plan) func([]byte) error {
		d = newDecoder(p, &arrows{plan: p, batch: rowgroup.NewBatch(len(p.columns)), got: func(r arrow.RecordBatch) error {
			got += r.NumRows()
			return nil
		}}, nil)
		d.trusted = true
		return d.messages
	})
	if err := d.finish(); err != nil || got != int64(x.count) {
		x.b.Fatal(got, err)
	}
}
