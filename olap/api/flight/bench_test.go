//go:build duckdb_arrow

package flight_test

import (
	"errors"
	"net"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	arrowflight "github.com/apache/arrow-go/v18/arrow/flight"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

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
	c, ctx := login(b, address, "ann", "nna", wide()...)
	const sql = "SELECT id, net, day, x FROM r"
	bare, body := wire(b)
	var own, over, only, waited span
	for b.Loop() {
		rows := int64(0)
		own.add(func() {
			r, err := db.Query(b.Context(), engine.SQL(sql))
			if err != nil {
				b.Fatal(err)
			}
			defer r.Release()
			for r.Next() {
				rows += r.RecordBatch().NumRows()
			}
		})
		over.add(func() {
			info, err := c.Execute(ctx, sql)
			if err != nil {
				b.Fatal(err)
			}
			r, err := c.DoGet(ctx, info.Endpoint[0].Ticket)
			if err != nil {
				b.Fatal(err)
			}
			defer r.Release()
			for r.Next() {
				rows += r.RecordBatch().NumRows()
			}
			if r.Err() != nil {
				b.Fatal(r.Err())
			}
		})
		if rows != 2*benchRows {
			b.Fatal(rows)
		}
		only.add(func() { receive(b, bare, body) })
		waited.add(func() {
			r, err := sqlworker.RunEncoded(b.Context(), sqlworker.Request{Path: path, SQL: sql, MaxRows: 1 << 40, MaxBytes: 1 << 40, Threads: 4})
			if err != nil {
				b.Fatal(err)
			}
			defer r.Release()
			for r.Next() {
				r.Message().Free()
			}
		})
	}
	n := float64(b.N)
	for name, s := range map[string]span{"in-process": own, "flight": over, "grpc-alone": only, "worker-alone": waited} {
		b.ReportMetric(benchRows*n/s.wall.Seconds()/1e6, name+"-Mrows/s")
		b.ReportMetric(s.cpu.Seconds()/n, name+"-cpu-s")
	}
	b.ReportMetric(own.wall.Seconds()/over.wall.Seconds(), "share")
}

// wide are options of a client that reads much.
func wide() []grpc.DialOption {
	return []grpc.DialOption{grpc.WithReadBufferSize(256 << 10), grpc.WithInitialWindowSize(16 << 20), grpc.WithInitialConnWindowSize(16 << 20)}
}

// span is time on the clock and of processors, of this process and of workers
// that have ended.
type span struct{ wall, cpu time.Duration }

func (s *span) add(work func()) {
	began, used := time.Now(), processor()
	work()
	s.wall += time.Since(began)
	s.cpu += processor() - used
}

func processor() (sum time.Duration) {
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if syscall.Getrusage(who, &u) == nil {
			sum += time.Duration(u.Utime.Nano() + u.Stime.Nano())
		}
	}
	return sum
}

// ready sends messages that are ready beforehand: what gRPC and the client take
// by themselves.
type ready struct {
	arrowflight.BaseFlightServer
	body []byte
}

func (s *ready) DoGet(_ *arrowflight.Ticket, stream arrowflight.FlightService_DoGetServer) error {
	for range benchRows * 36 / len(s.body) {
		if err := stream.Send(&arrowflight.FlightData{DataHeader: s.body[:300], DataBody: s.body}); err != nil {
			return err
		}
	}
	return nil
}

// wire serves ready messages.
func wire(b *testing.B) (arrowflight.Client, *ready) {
	s := &ready{body: make([]byte, 2<<20)}
	server := grpc.NewServer(grpc.WriteBufferSize(256 << 10))
	arrowflight.RegisterFlightServiceServer(server, s)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }()
	b.Cleanup(server.Stop)
	c, err := arrowflight.NewClientWithMiddleware(listener.Addr().String(), nil, nil, append(wide(), grpc.WithTransportCredentials(insecure.NewCredentials()))...)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = c.Close() })
	return c, s
}

func receive(b *testing.B, c arrowflight.Client, s *ready) {
	stream, err := c.DoGet(b.Context(), &arrowflight.Ticket{})
	if err != nil {
		b.Fatal(err)
	}
	for range benchRows * 36 / len(s.body) {
		if _, err := stream.Recv(); err != nil {
			b.Fatal(err)
		}
	}
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
