package flight

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"sync"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/flight"
	"github.com/apache/arrow-go/v18/arrow/flight/flightsql"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"verso/olap/access"
	"verso/olap/api"
	"verso/olap/api/audit"
	"verso/olap/sqlworker"
)

// handle is what a ticket of a statement holds. It gives no rights: whoever
// redeems it is known anew, and the statement is looked at again.
type handle struct {
	ID         string          `json:"id"` // by which it can be cancelled
	SQL        string          `json:"sql"`
	Parameters json.RawMessage `json:"parameters,omitempty"`
}

// GetFlightInfoStatement tells the columns of a statement and how to have its rows.
func (s *Server) GetFlightInfoStatement(ctx context.Context, q flightsql.StatementQuery, d *flight.FlightDescriptor) (*flight.FlightInfo, error) {
	schema, _, told, err := s.describe(ctx, q.GetQuery())
	if err != nil {
		return nil, err
	}
	return info(handle{ID: rand.Text(), SQL: q.GetQuery()}, schema, told, d)
}

// GetSchemaStatement tells the columns of a statement.
func (s *Server) GetSchemaStatement(ctx context.Context, q flightsql.StatementQuery, _ *flight.FlightDescriptor) (*flight.SchemaResult, error) {
	schema, _, _, err := s.describe(ctx, q.GetQuery())
	if err != nil {
		return nil, err
	}
	return &flight.SchemaResult{Schema: flight.SerializeSchema(schema, memory.DefaultAllocator)}, nil
}

// info is where the rows of a statement are: here.
func info(h handle, schema *arrow.Schema, told string, d *flight.FlightDescriptor) (*flight.FlightInfo, error) {
	text, err := json.Marshal(h)
	if err != nil {
		return nil, err
	}
	ticket, err := flightsql.CreateStatementQueryTicket(text)
	if err != nil {
		return nil, err
	}
	return &flight.FlightInfo{Schema: flight.SerializeSchema(schema, memory.DefaultAllocator), FlightDescriptor: d, AppMetadata: []byte(told),
		Endpoint: []*flight.FlightEndpoint{{Ticket: &flight.Ticket{Ticket: ticket}}}, TotalRecords: -1, TotalBytes: -1}, nil
}

// describe looks at a statement without running it. told is what the policy has
// said beside its answer.
func (s *Server) describe(ctx context.Context, sql string) (schema *arrow.Schema, parameters []sqlworker.Parameter, told string, err error) {
	lease, _, err := s.lease(ctx)
	if err != nil {
		return nil, nil, "", err
	}
	defer lease.Release()
	if schema, err = s.o.Workers.Describe(ctx, s.request(lease, sql)); err != nil {
		return nil, nil, "", err
	}
	if parameters, err = sqlworker.ParametersOf(schema); err != nil {
		return nil, nil, "", err
	}
	return tellingSchema(schema, lease.Rights.Told), parameters, lease.Rights.Told, nil
}

// tellingSchema says in a schema's metadata what is said beside its rows.
func tellingSchema(schema *arrow.Schema, told string) *arrow.Schema {
	if told == "" {
		return arrow.NewSchema(schema.Fields(), nil)
	}
	metadata := arrow.MetadataFrom(map[string]string{"verso.told": told})
	return arrow.NewSchema(schema.Fields(), &metadata)
}

// run starts a statement.
func (s *Server) run(ctx context.Context, h handle) (*work, error) {
	lease, person, err := s.lease(ctx)
	if err != nil {
		return nil, err
	}
	w := &work{server: s, lease: lease, entry: audit.Entry{Time: s.o.Clock(), ID: h.ID, Person: person.Name, Asker: person.Asker, Door: "flight", What: h.SQL,
		Generation: lease.Generation, Cut: lease.Rights.Cut, Outcome: "ok"}}
	select {
	case s.turns <- struct{}{}:
	default:
		w.entry.Outcome = errBusy.Code
		lease.Release()
		s.note(w.entry)
		return nil, errBusy
	}
	w.ctx, w.cancel = context.WithCancelCause(ctx)
	s.running.add(h.ID, person, w.cancel)
	r := s.request(lease, h.SQL)
	r.Parameters = h.Parameters
	if w.result, err = s.o.Workers.RunEncoded(w.ctx, r); err != nil {
		w.end(err)
		return nil, err
	}
	return w, nil
}

// work is a statement that runs.
type work struct {
	server *Server
	lease  *api.Lease
	ctx    context.Context
	cancel context.CancelCauseFunc
	result *sqlworker.Encoded
	entry  audit.Entry
}

// send hands the result on, as the worker encoded it, and ends the statement.
func (w *work) send(stream flight.FlightService_DoGetServer) (err error) {
	defer func() { w.end(err) }()
	defer w.result.Release()
	// A writer without batches writes the schema.
	schema := flight.NewRecordWriter(stream, ipc.WithSchema(tellingSchema(w.result.Schema(), w.lease.Rights.Told)))
	if err := schema.Close(); err != nil {
		return err
	}
	for w.result.Next() {
		m := w.result.Message()
		if w.ctx.Err() != nil {
			m.Free()
			return context.Cause(w.ctx)
		}
		if err := stream.SendMsg(&m); err != nil {
			return err
		}
		w.entry.Rows = m.Rows
	}
	return w.result.Err()
}

// end gives everything back and writes the statement into the audit log.
func (w *work) end(err error) {
	w.server.running.remove(w.entry.ID)
	w.cancel(nil)
	w.lease.Release()
	<-w.server.turns
	w.entry.Took = w.server.o.Clock().Sub(w.entry.Time)
	if err != nil {
		w.entry.Outcome = api.Told(err).Code
	}
	w.server.note(w.entry)
}

// note tells of a statement that ended.
func (s *Server) note(e audit.Entry) {
	if s.o.Note != nil {
		s.o.Note(e)
	}
}

// CancelFlightInfo ends the statement of a ticket, by its own person or an
// administrator.
func (s *Server) CancelFlightInfo(ctx context.Context, r *flight.CancelFlightInfoRequest) (flight.CancelFlightInfoResult, error) {
	person, _ := personOf(ctx)
	stopped := false
	for _, e := range r.GetInfo().GetEndpoint() {
		ticket, err := flightsql.GetStatementQueryTicket(e.GetTicket())
		var h handle
		if err != nil || json.Unmarshal(ticket.GetStatementHandle(), &h) != nil {
			return flight.CancelFlightInfoResult{}, errTicket
		}
		stopped = s.running.stop(h.ID, person) || stopped
	}
	if stopped {
		return flight.CancelFlightInfoResult{Status: flight.CancelStatusCancelled}, nil
	}
	return flight.CancelFlightInfoResult{Status: flight.CancelStatusNotCancellable}, nil
}

// running are the statements that run, by the id of their tickets.
type running struct {
	mu   sync.Mutex
	work map[string]cancellable
}

type cancellable struct {
	owner  string
	cancel context.CancelCauseFunc
}

func (r *running) add(id string, p access.Person, cancel context.CancelCauseFunc) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.work == nil {
		r.work = map[string]cancellable{}
	}
	r.work[id] = cancellable{p.Name, cancel}
}

func (r *running) remove(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.work, id)
}

// stop reports whether there was something to end.
func (r *running) stop(id string, p access.Person) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	w, ok := r.work[id]
	if !ok || w.owner != p.Name && !p.Admin {
		return false
	}
	w.cancel(context.Canceled)
	return true
}
