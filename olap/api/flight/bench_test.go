//go:build duckdb_arrow

package flight_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"verso/olap/api/flight"
	"verso/olap/engine"
	"verso/olap/engine/duck"
	"verso/olap/sqlworker"
)

const benchRows = 10_000_000

// BenchmarkRows reads ten million rows of four columns over Flight SQL on
// loopback, and beside it as the engine hands out the same batches in process,
// whole and streamed.
func BenchmarkRows(b *testing.B) {
	path := filepath.Join(b.TempDir(), "rows.duckdb")
	db, err := duck.Open(b.Context(), duck.Options{Path: path})
	if err != nil {
		b.Fatal(err)
	}
	_, err = db.Exec(b.Context(), engine.SQL(`CREATE TABLE r AS SELECT range AS id, CAST(range * 0.01 AS DECIMAL(18, 2)) AS net, DATE '2020-01-01' + CAST(range % 2000 AS INTEGER) AS day, range * 0.5::DOUBLE AS x FROM range(10000000); CHECKPOINT`))
	if err := errors.Join(err, db.Close()); err != nil {
		b.Fatal(err)
	}
	if db, err = duck.Open(b.Context(), duck.Options{Path: path, ReadOnly: true}); err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	address := start(b, files{path, path}, flight.Limits{Threads: 4})
	c, ctx := login(b, address, "ann", "nna")
	const sql = "SELECT id, net, day, x FROM r"
	var own, over time.Duration
	for b.Loop() {
		began := time.Now()
		r, err := db.Query(b.Context(), engine.SQL(sql))
		if err != nil {
			b.Fatal(err)
		}
		rows := int64(0)
		for r.Next() {
			rows += r.RecordBatch().NumRows()
		}
		r.Release()
		own += time.Since(began)
		began = time.Now()
		info, err := c.Execute(ctx, sql)
		if err != nil {
			b.Fatal(err)
		}
		remote, err := c.DoGet(ctx, info.Endpoint[0].Ticket)
		if err != nil {
			b.Fatal(err)
		}
		for remote.Next() {
			rows += remote.RecordBatch().NumRows()
		}
		err = remote.Err()
		remote.Release()
		over += time.Since(began)
		if err != nil || rows != 2*benchRows {
			b.Fatal(rows, err)
		}
	}
	n := float64(b.N)
	b.ReportMetric(benchRows*n/own.Seconds()/1e6, "in-process-Mrows/s")
	b.ReportMetric(benchRows*n/over.Seconds()/1e6, "flight-Mrows/s")
	b.ReportMetric(own.Seconds()/over.Seconds(), "share")
}

// BenchmarkFirstRow is the time to the first row of a small statement, with a
// worker that waits and without.
func BenchmarkFirstRow(b *testing.B) {
	path := database(b, "")
	pool := sqlworker.NewPool(2, 4)
	defer pool.Close()
	for name, run := range map[string]func() (*sqlworker.Result, error){
		"warm": func() (*sqlworker.Result, error) {
			return pool.Run(b.Context(), sqlworker.Request{Path: path, SQL: "SELECT region, net FROM core.sale LIMIT 10", Threads: 1})
		},
		"cold": func() (*sqlworker.Result, error) {
			return sqlworker.Run(b.Context(), sqlworker.Request{Path: path, SQL: "SELECT region, net FROM core.sale LIMIT 10", Threads: 1})
		},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				time.Sleep(150 * time.Millisecond) // people do not type as fast as workers start
				b.StartTimer()
				r, err := run()
				if err != nil || !r.Next() {
					b.Fatal(err)
				}
				r.Release()
			}
		})
	}
}
