package flight

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/flight"
	"github.com/apache/arrow-go/v18/arrow/flight/flightsql"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"verso/olap/api"
	"verso/olap/engine"
	"verso/olap/sqlworker"
)

// preparedTime is how long a prepared statement is kept that nobody uses.
const preparedTime = time.Hour

// preparedBytes bounds what one person's prepared statements take, with the
// parameters bound to them.
const preparedBytes = 16 << 20

// statements are the prepared ones.
type statements struct {
	now  func() time.Time
	most int // of one person

	mu   sync.Mutex
	held map[string]*prepared
}

// prepared is a statement that a client comes back to.
type prepared struct {
	owner      string
	sql        string
	schema     *arrow.Schema
	told       string
	used       time.Time
	parameters json.RawMessage // bound last; nil: none
}

// size is what a statement takes, in bytes.
func (p *prepared) size() int { return preparedHead + len(p.sql) + len(p.parameters) }

// preparedHead is what a statement takes beside its text: its columns.
const preparedHead = 4 << 10

func newStatements(now func() time.Time, most int) *statements {
	return &statements{now: now, most: most, held: map[string]*prepared{}}
}

// add keeps a statement; those that nobody has used for long make room.
func (s *statements) add(p *prepared) (id string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, own := s.now(), 0
	for id, held := range s.held {
		switch {
		case now.Sub(held.used) > preparedTime:
			delete(s.held, id)
		case held.owner == p.owner:
			own++
		}
	}
	if err := s.room(p.owner, p.size()); err != nil {
		return "", err
	}
	if own >= s.most {
		return "", &api.Error{Status: http.StatusTooManyRequests, Code: "too_many", Message: fmt.Sprintf("you have %d statements prepared, which is the most", own), Hint: "close those that are done with"}
	}
	id, p.used = rand.Text(), now
	s.held[id] = p
	return id, nil
}

// room refuses what would take a person's statements beyond their bytes. The lock
// is held.
func (s *statements) room(owner string, more int) error {
	for _, held := range s.held {
		if held.owner == owner {
			more += held.size()
		}
	}
	if more <= preparedBytes {
		return nil
	}
	return &api.Error{Status: http.StatusTooManyRequests, Code: "too_many", Message: fmt.Sprintf("your prepared statements would take %d bytes, the most is %d", more, preparedBytes), Hint: "close those that are done with"}
}

// get copies a person's statement.
func (s *statements) get(ctx context.Context, id []byte) (prepared, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.find(ctx, id)
	if err != nil {
		return prepared{}, err
	}
	return *p, nil
}

// bind keeps the parameters of the next execution.
func (s *statements) bind(ctx context.Context, id []byte, parameters json.RawMessage) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.find(ctx, id)
	if err != nil {
		return err
	}
	if err := s.room(p.owner, len(parameters)-len(p.parameters)); err != nil {
		return err
	}
	p.parameters = parameters
	return nil
}

// find is a person's statement, which is used now. The lock is held.
func (s *statements) find(ctx context.Context, id []byte) (*prepared, error) {
	person, _ := personOf(ctx)
	p := s.held[string(id)]
	if p == nil || p.owner != person.Name {
		return nil, &api.Error{Status: http.StatusNotFound, Code: "not_found", Message: "no statement of that handle is prepared", Hint: "prepare it again"}
	}
	p.used = s.now()
	return p, nil
}

// CreatePreparedStatement looks at a statement and keeps it.
func (s *Server) CreatePreparedStatement(ctx context.Context, r flightsql.ActionCreatePreparedStatementRequest) (flightsql.ActionCreatePreparedStatementResult, error) {
	var result flightsql.ActionCreatePreparedStatementResult
	schema, parameters, told, err := s.describe(ctx, r.GetQuery())
	if err != nil {
		return result, err
	}
	person, _ := personOf(ctx)
	id, err := s.prepared.add(&prepared{owner: person.Name, sql: r.GetQuery(), schema: schema, told: told})
	if err != nil {
		return result, err
	}
	update := false
	return flightsql.ActionCreatePreparedStatementResult{Handle: []byte(id), DatasetSchema: schema, ParameterSchema: parameterSchema(parameters), IsUpdate: &update}, nil
}

func parameterSchema(parameters []sqlworker.Parameter) *arrow.Schema {
	types := map[sqlworker.Kind]arrow.DataType{
		sqlworker.KindInteger: arrow.PrimitiveTypes.Int64, sqlworker.KindNumber: arrow.PrimitiveTypes.Float64, sqlworker.KindBoolean: arrow.FixedWidthTypes.Boolean,
		sqlworker.KindDate: arrow.FixedWidthTypes.Date32, sqlworker.KindTimestamp: arrow.FixedWidthTypes.Timestamp_us, sqlworker.KindText: arrow.BinaryTypes.String,
	}
	fields := make([]arrow.Field, len(parameters))
	for i, p := range parameters {
		fields[i] = arrow.Field{Name: p.Name, Type: types[p.Kind], Nullable: true}
	}
	return arrow.NewSchema(fields, nil)
}

// ClosePreparedStatement forgets a statement.
func (s *Server) ClosePreparedStatement(ctx context.Context, r flightsql.ActionClosePreparedStatementRequest) error {
	if _, err := s.prepared.get(ctx, r.GetPreparedStatementHandle()); err != nil {
		return err
	}
	s.prepared.mu.Lock()
	defer s.prepared.mu.Unlock()
	delete(s.prepared.held, string(r.GetPreparedStatementHandle()))
	return nil
}

// DoPutPreparedStatementQuery binds the parameters of one execution.
func (s *Server) DoPutPreparedStatementQuery(ctx context.Context, q flightsql.PreparedStatementQuery, r flight.MessageReader, _ flight.MetadataWriter) ([]byte, error) {
	var rows [][]any
	for r.Next() {
		batch := r.RecordBatch()
		if len(rows)+int(batch.NumRows()) > 1 {
			return nil, &api.Error{Status: http.StatusBadRequest, Code: "parameters", Message: "a query takes one row of parameters"}
		}
		for i := range int(batch.NumRows()) {
			row := make([]any, batch.NumCols())
			for c := range row {
				row[c] = parameter(batch.Column(c), i)
			}
			rows = append(rows, row)
		}
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	var bound json.RawMessage
	if len(rows) == 1 {
		var err error
		if bound, err = json.Marshal(rows[0]); err != nil {
			return nil, &api.Error{Status: http.StatusBadRequest, Code: "parameters", Message: "the parameters: " + err.Error()}
		}
	}
	return q.GetPreparedStatementHandle(), s.prepared.bind(ctx, q.GetPreparedStatementHandle(), bound)
}

// parameter is a value as JSON: numbers and truths as they are, the rest as text.
func parameter(a arrow.Array, i int) any {
	if a.IsNull(i) {
		return nil
	}
	switch a := a.(type) {
	case *array.Boolean:
		return a.Value(i)
	case *array.Float64:
		return a.Value(i)
	case *array.Float32:
		return float64(a.Value(i))
	}
	if arrow.IsInteger(a.DataType().ID()) {
		return json.Number(a.ValueStr(i))
	}
	return engine.Text(engine.Value(a, i))
}

// GetFlightInfoPreparedStatement tells how to have the rows of a statement with
// the parameters bound last.
func (s *Server) GetFlightInfoPreparedStatement(ctx context.Context, q flightsql.PreparedStatementQuery, d *flight.FlightDescriptor) (*flight.FlightInfo, error) {
	p, err := s.prepared.get(ctx, q.GetPreparedStatementHandle())
	if err != nil {
		return nil, err
	}
	return info(handle{ID: rand.Text(), SQL: p.sql, Parameters: p.parameters}, p.schema, p.told, d)
}

// GetSchemaPreparedStatement tells the columns of a statement.
func (s *Server) GetSchemaPreparedStatement(ctx context.Context, q flightsql.PreparedStatementQuery, _ *flight.FlightDescriptor) (*flight.SchemaResult, error) {
	p, err := s.prepared.get(ctx, q.GetPreparedStatementHandle())
	if err != nil {
		return nil, err
	}
	return &flight.SchemaResult{Schema: flight.SerializeSchema(p.schema, memory.DefaultAllocator)}, nil
}
