//go:build duckdb_arrow

package flight_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	arrowflight "github.com/apache/arrow-go/v18/arrow/flight"
	"github.com/apache/arrow-go/v18/arrow/flight/flightsql"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	grpcstatus "google.golang.org/grpc/status"

	"verso/olap/access"
	"verso/olap/api"
	"verso/olap/api/audit"
	"verso/olap/api/flight"
	"verso/olap/engine"
	"verso/olap/engine/duck"
	"verso/olap/sqlworker"
)

// TestMain lets the test binary be its own worker.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == sqlworker.Argument {
		os.Exit(sqlworker.Main(os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}

// people lets ann in, who sees everything, bob, who may not write SQL, and eve,
// who sees a cut, each with a password that is the name turned around.
type people struct{ gone *sync.Map } // names of who is let in no more; nil: nobody

func (p people) Authenticate(r *http.Request) (access.Person, error) {
	name, password, ok := r.BasicAuth()
	if p.gone != nil {
		if _, out := p.gone.Load(name); out {
			ok = false
		}
	}
	if r.Header.Get("Authorization") == "Bearer token-of-ann" {
		return access.Person{Name: "ann"}, nil
	}
	for _, known := range []string{"ann", "bob", "eve"} {
		if ok && name == known && password == string([]byte{known[2], known[1], known[0]}) {
			return access.Person{Name: name}, nil
		}
	}
	return access.Person{}, &api.Error{Status: http.StatusUnauthorized, Code: "unauthorized", Message: "name or password are wrong"}
}

// files is a store of one file for each kind of person.
type files struct{ whole, cut string }

func (f files) Open(_ context.Context, p access.Person) (*api.Lease, error) {
	lease := &api.Lease{Generation: "00000001-x.duckdb", Path: f.whole, Rights: access.Rights{SQL: p.Name != "bob"}, Release: func() {}}
	if p.Name == "eve" {
		lease.Path, lease.Rights.Cut, lease.Rights.Told = f.cut, "north", "Only what concerns the North."
	}
	return lease, nil
}

func database(t testing.TB, where string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "published.duckdb")
	db, err := duck.Open(t.Context(), duck.Options{Path: path, Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec(t.Context(), engine.SQL(`CREATE SCHEMA core; CREATE SCHEMA meta;
		CREATE TABLE core.sale AS SELECT range AS id, CASE WHEN range % 2 = 0 THEN 'North' ELSE 'South' END AS region, '名 ' || range AS name, CAST(range * 1.25 AS DECIMAL(18, 4)) AS net,
			DATE '2025-01-01' + CAST(range % 365 AS INTEGER) AS day, range / 7.0::DOUBLE AS share, CASE WHEN range % 5 > 0 THEN range END AS sparse FROM range(10000) `+where+`;
		CREATE TABLE meta.run AS SELECT 'r' AS run_id; CHECKPOINT`))
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

// serve starts a server and gives its address and audit log.
func serve(t *testing.T, l flight.Limits) (address, log string) {
	t.Helper()
	log = filepath.Join(t.TempDir(), "audit.jsonl")
	written, err := audit.Open(log, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	l.Threads = 1
	return start(t, files{database(t, ""), database(t, "WHERE range % 2 = 0")}, l, written), log
}

func start(t testing.TB, store api.Store, l flight.Limits, log ...*audit.Log) (address string) {
	t.Helper()
	return startWith(t, people{}, store, l, log...)
}

// startWith is start with a gate.
func startWith(t testing.TB, gate api.Gate, store api.Store, l flight.Limits, log ...*audit.Log) (address string) {
	t.Helper()
	return startOptions(t, gate, store, l, func(o *flight.Options) {
		if len(log) > 0 {
			o.Note = func(e audit.Entry) {
				if err := log[0].Write(e); err != nil {
					t.Error(err)
				}
			}
		}
	})
}

// startOptions is startWith with other options.
func startOptions(t testing.TB, gate api.Gate, store api.Store, l flight.Limits, change func(*flight.Options)) (address string) {
	t.Helper()
	pool := sqlworker.NewPool(1, 4)
	t.Cleanup(pool.Close)
	o := flight.Options{Store: store, Gate: gate, Workers: pool, Clock: time.Now, Version: "test", Limits: l}
	change(&o)
	s, err := flight.New(o)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(listener) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		s.Stop(ctx)
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return listener.Addr().String()
}

// login is a client that has shaken hands as somebody, and the context of its calls.
func login(t testing.TB, address, name, password string, options ...grpc.DialOption) (*flightsql.Client, context.Context) {
	t.Helper()
	c, err := flightsql.NewClient(address, nil, nil, append(options, grpc.WithTransportCredentials(insecure.NewCredentials()))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	ctx, err := c.Client.AuthenticateBasicToken(t.Context(), name, password)
	if err != nil {
		t.Fatal(err)
	}
	return c, ctx
}

// read gives the cells of the first endpoint, and the schema.
func read(ctx context.Context, c *flightsql.Client, info *arrowflight.FlightInfo) (rows []string, schema *arrow.Schema, err error) {
	r, err := c.DoGet(ctx, info.Endpoint[0].Ticket)
	if err != nil {
		return nil, nil, err
	}
	defer r.Release()
	for r.Next() {
		b := r.RecordBatch()
		for i := range int(b.NumRows()) {
			cells := make([]string, b.NumCols())
			for j := range cells {
				cells[j] = engine.Text(engine.Value(b.Column(j), i))
			}
			rows = append(rows, strings.Join(cells, "|"))
		}
	}
	return rows, r.Schema(), r.Err()
}

func TestStatements(t *testing.T) {
	address, log := serve(t, flight.Limits{})
	c, ctx := login(t, address, "ann", "nna")
	info, err := c.Execute(ctx, "SELECT id, region, name, net, day, share, sparse FROM core.sale ORDER BY id DESC LIMIT 2")
	if err != nil {
		t.Fatal(err)
	}
	rows, schema, err := read(ctx, c, info)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(rows, "\n"), "9999|South|名 9999|12498.7500|2025-05-25|1428.4285714285713|9999\n9998|North|名 9998|12497.5000|2025-05-24|1428.2857142857142|9998"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	promised, err := arrowflight.DeserializeSchema(info.Schema, memory.DefaultAllocator)
	if err != nil || !promised.Equal(schema) {
		t.Errorf("promised %v, got %v: %v", promised, schema, err)
	}
	info, err = c.Execute(ctx, "FROM core.sale SELECT sum(net) AS net, count(*) AS n")
	if err != nil {
		t.Fatal(err)
	}
	if rows, _, err = read(ctx, c, info); err != nil || strings.Join(rows, ",") != "62493750.0000|10000" {
		t.Error(rows, err)
	}
	eve, eveCtx := login(t, address, "eve", "eve")
	info, err = eve.Execute(eveCtx, "SELECT count(*) AS n, min(region) AS a, max(region) AS z FROM core.sale")
	if err != nil || string(info.AppMetadata) != "Only what concerns the North." {
		t.Fatal(string(info.GetAppMetadata()), err)
	}
	rows, schema, err = read(eveCtx, eve, info)
	metadata := schema.Metadata()
	if told, _ := metadata.GetValue("verso.told"); err != nil || strings.Join(rows, ",") != "5000|North|North" || told == "" {
		t.Error(rows, told, err)
	}
	text, err := os.ReadFile(log)
	if err != nil || strings.Count(string(text), `"door":"flight"`) != 3 || !strings.Contains(string(text), `"person":"eve"`) || !strings.Contains(string(text), `"cut":"north"`) || !strings.Contains(string(text), `"rows":2`) {
		t.Errorf("audit: %s, %v", text, err)
	}
}

// TestTakenOut takes somebody out whose session goes on.
func TestTakenOut(t *testing.T) {
	gone := &sync.Map{}
	address := startWith(t, people{gone}, files{database(t, ""), database(t, "WHERE range % 2 = 0")}, flight.Limits{Threads: 1})
	c, ctx := login(t, address, "ann", "nna")
	info, err := c.Execute(ctx, "SELECT 1 AS one")
	if err != nil {
		t.Fatal(err)
	}
	gone.Store("ann", true)
	if _, _, err := read(ctx, c, info); grpcstatus.Code(err) != codes.Unauthenticated {
		t.Errorf("a ticket from before: %v", err)
	}
	if _, err := c.Execute(ctx, "SELECT 1 AS one"); grpcstatus.Code(err) != codes.Unauthenticated {
		t.Errorf("a statement: %v", err)
	}
	if _, err := c.Prepare(ctx, "SELECT 1 AS one"); grpcstatus.Code(err) != codes.Unauthenticated {
		t.Errorf("a prepared statement: %v", err)
	}
}

// TestRefusals tries what a client may not do, and what is wrong.
func TestRefusals(t *testing.T) {
	address, _ := serve(t, flight.Limits{Rows: 100, Time: 2 * time.Second, Prepared: 2})
	c, ctx := login(t, address, "ann", "nna")
	bob, bobCtx := login(t, address, "bob", "bob")
	want := func(what string, code codes.Code, part string, err error) {
		t.Helper()
		if grpcstatus.Code(err) != code || err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%s: %v, want %v %q", what, err, code, part)
		}
	}
	_, err := c.Client.AuthenticateBasicToken(t.Context(), "ann", "wrong")
	want("wrong password", codes.Unauthenticated, "wrong", err)
	_, err = c.Execute(t.Context(), "SELECT 1")
	want("nobody", codes.Unauthenticated, "", err)
	_, err = c.Execute(metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer forged"), "SELECT 1")
	want("forged token", codes.Unauthenticated, "", err)
	_, err = bob.Execute(bobCtx, "SELECT 1")
	want("no right to SQL", codes.PermissionDenied, "may not write SQL", err)
	_, err = bob.GetTables(bobCtx, &flightsql.GetTablesOpts{})
	if err == nil {
		info, infoErr := bob.GetTables(bobCtx, &flightsql.GetTablesOpts{})
		if infoErr == nil {
			_, _, err = read(bobCtx, bob, info)
		}
	}
	want("tables without a right", codes.PermissionDenied, "", err)
	for sql, part := range map[string]string{
		"SELEC 1":                              "line 1, column 1",
		"SELECT nosuch FROM core.sale":         "nosuch",
		"DROP TABLE core.sale":                 "not a SELECT",
		"SELECT 1; SELECT 2":                   "2 statements",
		"SELECT * FROM read_csv('/etc/hosts')": "read_csv",
		"":                                     "",
	} {
		_, err = c.Execute(ctx, sql)
		want(sql, codes.InvalidArgument, part, err)
		_, err = c.Prepare(ctx, sql)
		want("prepare "+sql, codes.InvalidArgument, part, err)
	}
	_, err = c.ExecuteUpdate(ctx, "DELETE FROM core.sale")
	want("update", codes.Unimplemented, "", err)
	info, err := c.Execute(ctx, "FROM core.sale")
	if err == nil {
		_, _, err = read(ctx, c, info)
	}
	want("rows over the limit", codes.ResourceExhausted, "more than 100 rows", err)
	if info, err = c.Execute(ctx, "SELECT count(*) AS n FROM range(1000000000000) AS r (i)"); err == nil {
		_, _, err = read(ctx, c, info)
	}
	want("too long", codes.DeadlineExceeded, "", err)
	if info, err = c.Execute(ctx, "SELECT CASE WHEN i = 90 THEN error('boom') ELSE i END AS x FROM range(100) AS r (i)"); err == nil {
		_, _, err = read(ctx, c, info)
	}
	want("an error on the way", codes.InvalidArgument, "boom", err)
	_, err = c.DoGet(ctx, &arrowflight.Ticket{Ticket: []byte("rubbish")})
	if err == nil {
		t.Error("a ticket of rubbish is redeemed")
	}
	for range 2 {
		if _, err := c.Prepare(ctx, "SELECT 1"); err != nil {
			t.Fatal(err)
		}
	}
	_, err = c.Prepare(ctx, "SELECT 1")
	want("too many prepared", codes.ResourceExhausted, "2 statements prepared", err)
	if info, err = c.Execute(ctx, "SELECT 1 AS one"); err != nil {
		t.Fatal("the server does not answer any more:", err)
	}
	if rows, _, err := read(ctx, c, info); err != nil || len(rows) != 1 {
		t.Error(rows, err)
	}
}

func TestPrepared(t *testing.T) {
	address, _ := serve(t, flight.Limits{})
	c, ctx := login(t, address, "ann", "nna")
	p, err := c.Prepare(ctx, "SELECT count(*) AS n FROM core.sale WHERE id < ? AND region = ? AND share < ? AND day >= ?")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := p.ParameterSchema().String(), "1: type=int64, nullable|2: type=utf8, nullable|3: type=float64, nullable|4: type=date32, nullable"; strings.Join(fields(p.ParameterSchema()), "|") != want {
		t.Errorf("parameters %s", got)
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, p.ParameterSchema())
	defer b.Release()
	b.Field(0).(*array.Int64Builder).Append(1000)
	b.Field(1).(*array.StringBuilder).Append("North")
	b.Field(2).(*array.Float64Builder).Append(100)
	b.Field(3).(*array.Date32Builder).Append(arrow.Date32FromTime(time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC)))
	p.SetParameters(b.NewRecordBatch())
	info, err := p.Execute(ctx)
	if err != nil {
		t.Fatal(err)
	}
	rows, _, err := read(ctx, c, info)
	if err != nil || strings.Join(rows, ",") != "291" { // even ids below 700 whose day is the 60th of the year or a later one
		t.Error(rows, err)
	}
	if err := p.Close(ctx); err != nil {
		t.Error(err)
	}
	if _, err := p.Execute(ctx); err == nil {
		t.Error("a closed statement is executed")
	}
}

func fields(s *arrow.Schema) (list []string) {
	for _, f := range s.Fields() {
		list = append(list, f.String())
	}
	return list
}

func TestMetadata(t *testing.T) {
	address, _ := serve(t, flight.Limits{})
	c, ctx := login(t, address, "ann", "nna")
	catalog, schema, table := "verso", "co%", "s_le"
	for what, c2 := range map[string]struct {
		ask  func() (*arrowflight.FlightInfo, error)
		want string
	}{
		"catalogs": {func() (*arrowflight.FlightInfo, error) { return c.GetCatalogs(ctx) }, "verso"},
		"schemas":  {func() (*arrowflight.FlightInfo, error) { return c.GetDBSchemas(ctx, &flightsql.GetDBSchemasOpts{}) }, "verso|core verso|meta"},
		"tables":   {func() (*arrowflight.FlightInfo, error) { return c.GetTables(ctx, &flightsql.GetTablesOpts{}) }, "verso|core|sale|BASE TABLE verso|meta|run|BASE TABLE"},
		"tables by name": {func() (*arrowflight.FlightInfo, error) {
			return c.GetTables(ctx, &flightsql.GetTablesOpts{Catalog: &catalog, DbSchemaFilterPattern: &schema, TableNameFilterPattern: &table, TableTypes: []string{"TABLE"}})
		}, "verso|core|sale|BASE TABLE"},
		"views": {func() (*arrowflight.FlightInfo, error) {
			return c.GetTables(ctx, &flightsql.GetTablesOpts{TableTypes: []string{"VIEW"}})
		}, ""},
		"kinds": {func() (*arrowflight.FlightInfo, error) { return c.GetTableTypes(ctx) }, "BASE TABLE VIEW"},
		"primary key": {func() (*arrowflight.FlightInfo, error) {
			return c.GetPrimaryKeys(ctx, flightsql.TableRef{Table: "sale"})
		}, ""},
	} {
		info, err := c2.ask()
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		if rows, _, err := read(ctx, c, info); err != nil || strings.Join(rows, " ") != c2.want {
			t.Errorf("%s: %q, %v, want %q", what, rows, err, c2.want)
		}
	}
	info, err := c.GetTables(ctx, &flightsql.GetTablesOpts{IncludeSchema: true, TableNameFilterPattern: &table})
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.DoGet(ctx, info.Endpoint[0].Ticket)
	if err != nil || !r.Next() {
		t.Fatal(err)
	}
	defer r.Release()
	columns, err := arrowflight.DeserializeSchema(r.RecordBatch().Column(4).(*array.Binary).Value(0), memory.DefaultAllocator)
	if got, want := strings.Join(fields(columns), "|"), "id: type=int64, nullable|region: type=utf8, nullable|name: type=utf8, nullable|net: type=decimal(18, 4), nullable|day: type=date32, nullable|share: type=float64, nullable|sparse: type=int64, nullable"; err != nil || got != want {
		t.Errorf("%s, %v", got, err)
	}
	info, err = c.GetSqlInfo(ctx, []flightsql.SqlInfo{flightsql.SqlInfoFlightSqlServerName, flightsql.SqlInfoFlightSqlServerReadOnly})
	if err != nil {
		t.Fatal(err)
	}
	if rows, _, err := read(ctx, c, info); err != nil || len(rows) != 2 {
		t.Error(rows, err)
	}
}

// TestCancel ends a statement by its ticket, and another by leaving.
func TestCancel(t *testing.T) {
	address, log := serve(t, flight.Limits{Statements: 1})
	c, ctx := login(t, address, "ann", "nna")
	eve, eveCtx := login(t, address, "eve", "eve")
	const long = "SELECT count(*) AS n FROM range(1000000000000) AS r (i)"
	info, err := c.Execute(ctx, long)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		_, _, err := read(ctx, c, info)
		ended <- err
	}()
	for { // until it runs, and holds the only turn
		if refused, err := eve.CancelFlightInfo(eveCtx, &arrowflight.CancelFlightInfoRequest{Info: info}); err != nil || refused.Status != arrowflight.CancelStatusNotCancellable {
			t.Fatal("another person's statement:", refused.GetStatus(), err)
		}
		done, err := c.CancelFlightInfo(ctx, &arrowflight.CancelFlightInfoRequest{Info: info})
		if err != nil {
			t.Fatal(err)
		}
		if done.Status == arrowflight.CancelStatusCancelled {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	if err := <-ended; grpcstatus.Code(err) != codes.Canceled {
		t.Errorf("%v, want cancelled", err)
	}
	leaving, leave := context.WithCancel(ctx)
	info, err = c.Execute(leaving, long)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		_, _, err := read(leaving, c, info)
		ended <- err
	}()
	time.Sleep(50 * time.Millisecond)
	leave()
	<-ended
	for tries := 0; ; tries++ { // its turn comes back
		info, err = c.Execute(ctx, "SELECT 1 AS one")
		if err == nil {
			if _, _, err = read(ctx, c, info); err == nil {
				break
			}
		}
		if grpcstatus.Code(err) != codes.Unavailable || tries > 400 {
			t.Fatal(err)
		}
		time.Sleep(25 * time.Millisecond)
	}
	if text, err := os.ReadFile(log); err != nil || bytes.Count(text, []byte(`"outcome":"cancelled"`)) != 2 {
		t.Errorf("audit: %s, %v", text, err)
	}
}
