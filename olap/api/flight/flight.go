// Package flight answers SQL over Arrow Flight SQL, for database clients, Python
// and R. Statements run where those of the HTTP API do: in a worker process of
// their own, over the file that holds what the person may see.
package flight

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/flight"
	"github.com/apache/arrow-go/v18/arrow/flight/flightsql"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/keepalive"

	"verso/olap/access"
	"verso/olap/api"
	"verso/olap/api/audit"
	"verso/olap/sqlworker"
)

// Catalog is the name of the one catalog there is.
const Catalog = "verso"

// Options are what the server stands on. Store, Gate, Workers and Clock are needed.
type Options struct {
	Store   api.Store
	Gate    api.Gate
	Workers Workers
	Clock   func() time.Time
	Log     *slog.Logger      // nil: silent
	Note    func(audit.Entry) // hears of every statement that ended; nil: nobody does
	TLS     *tls.Config       // nil: plain
	Version string            // of verso
	Limits  Limits
}

// Workers run statements; a sqlworker.Pool does.
type Workers interface {
	Run(context.Context, sqlworker.Request) (*sqlworker.Result, error)
	Describe(context.Context, sqlworker.Request) (*arrow.Schema, error)
	RunEncoded(context.Context, sqlworker.Request) (*sqlworker.Encoded, error)
}

// Limits bound what one statement, one person and all of them may take. The zero
// value has the defaults.
type Limits struct {
	Rows       int64         // of a result; 0: 100 million
	Bytes      int64         // of a result as Arrow; 0: 64 GiB
	Time       time.Duration // a statement may run, to its last row; 0: 10 minutes
	Statements int           // that run at a time; others are told to come again; 0: 8
	Prepared   int           // statements that one person may have prepared; 0: 100
	Memory     int64         // of one worker, see sqlworker.Request.MemoryBytes; 0: its default
	Threads    int           // of one worker; 0: 2
}

func (l Limits) withDefaults() Limits {
	orInt(&l.Rows, 100_000_000)
	orInt(&l.Bytes, 64<<30)
	orInt(&l.Statements, 8)
	orInt(&l.Prepared, 100)
	orInt(&l.Threads, 2)
	orInt(&l.Time, 10*time.Minute)
	return l
}

func orInt[N int | int64 | time.Duration](n *N, value N) {
	if *n <= 0 {
		*n = value
	}
}

// Server answers Flight SQL.
type Server struct {
	flightsql.BaseServer
	o        Options
	turns    chan struct{} // one for each statement that runs
	sessions *sessions
	prepared *statements
	running  *running
	grpc     *grpc.Server
}

// New is a server over a store.
func New(o Options) (*Server, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.Limits = o.Limits.withDefaults()
	s := &Server{o: o, turns: make(chan struct{}, o.Limits.Statements), sessions: newSessions(o.Clock), prepared: newStatements(o.Clock, o.Limits.Prepared), running: &running{}}
	for id, value := range map[flightsql.SqlInfo]any{
		flightsql.SqlInfoFlightSqlServerName:         "verso",
		flightsql.SqlInfoFlightSqlServerVersion:      o.Version,
		flightsql.SqlInfoFlightSqlServerArrowVersion: arrow.PkgVersion,
		flightsql.SqlInfoFlightSqlServerReadOnly:     true,
		flightsql.SqlInfoFlightSqlServerSql:          true,
		flightsql.SqlInfoFlightSqlServerSubstrait:    false,
		flightsql.SqlInfoFlightSqlServerTransaction:  int32(flightsql.SqlTransactionNone),
		flightsql.SqlInfoFlightSqlServerCancel:       true,
		flightsql.SqlInfoIdentifierQuoteChar:         `"`,
		flightsql.SqlInfoDDLCatalog:                  false,
		flightsql.SqlInfoDDLSchema:                   false,
		flightsql.SqlInfoDDLTable:                    false,
	} {
		if err := s.RegisterSqlInfo(id, value); err != nil {
			return nil, fmt.Errorf("flight: %w", err)
		}
	}
	options := []grpc.ServerOption{
		grpc.ChainUnaryInterceptor(s.unary), grpc.ChainStreamInterceptor(s.stream),
		grpc.MaxRecvMsgSize(maxRequest), grpc.MaxConcurrentStreams(64), grpc.WriteBufferSize(writeBuffer), grpc.ForceServerCodecV2(newCodec()),
		grpc.ConnectionTimeout(20 * time.Second),
		grpc.KeepaliveParams(keepalive.ServerParameters{MaxConnectionIdle: 30 * time.Minute, Time: 2 * time.Minute, Timeout: 20 * time.Second}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 20 * time.Second, PermitWithoutStream: true}),
	}
	if o.TLS != nil {
		options = append(options, grpc.Creds(credentials.NewTLS(o.TLS)))
	}
	s.grpc = grpc.NewServer(options...)
	flight.RegisterFlightServiceServer(s.grpc, &service{flightsql.NewFlightServer(s), s})
	return s, nil
}

// maxRequest is the size of a message of a client: a statement, its parameters.
const maxRequest = 4 << 20

// writeBuffer is how much is written to a connection at once.
const writeBuffer = 256 << 10

// Serve answers until Stop; it closes the listener.
func (s *Server) Serve(listener net.Listener) error { return s.grpc.Serve(listener) }

// Stop lets the statements that run finish until ctx ends, then ends them.
func (s *Server) Stop(ctx context.Context) {
	done := make(chan struct{})
	go func() {
		s.grpc.GracefulStop()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
		s.grpc.Stop()
		<-done
	}
}

// lease opens what the person of the call may see, which must include SQL.
func (s *Server) lease(ctx context.Context) (*api.Lease, access.Person, error) {
	person, ok := personOf(ctx)
	if !ok {
		return nil, person, errUnknown
	}
	lease, err := s.o.Store.Open(ctx, person)
	if err != nil {
		return nil, person, err
	}
	if !lease.Rights.SQL {
		lease.Release()
		return nil, person, errNoSQL
	}
	return lease, person, nil
}

// request is a statement within the server's limits.
func (s *Server) request(lease *api.Lease, sql string) sqlworker.Request {
	l := s.o.Limits
	return sqlworker.Request{Path: lease.Path, SQL: sql, Timeout: l.Time, MaxRows: l.Rows, MaxBytes: l.Bytes, MemoryBytes: l.Memory, Threads: l.Threads}
}
