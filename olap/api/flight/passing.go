package flight

import (
	"crypto/rand"
	"encoding/json"

	"github.com/apache/arrow-go/v18/arrow/flight"
	"github.com/apache/arrow-go/v18/arrow/flight/flightsql"
	"google.golang.org/grpc/encoding"
	_ "google.golang.org/grpc/encoding/proto" // the codec of all other messages
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"

	"verso/olap/sqlworker"
)

// service hands the rows of statements on as the worker encoded them; all else
// goes the way of the Flight SQL library.
type service struct {
	flight.FlightServer
	server *Server
}

// DoGet answers a ticket.
func (v *service) DoGet(t *flight.Ticket, stream flight.FlightService_DoGetServer) error {
	h, known, err := v.server.handleOf(t, stream)
	if err != nil {
		return err
	}
	if !known {
		return v.FlightServer.DoGet(t, stream)
	}
	w, err := v.server.run(stream.Context(), h)
	if err != nil {
		return err
	}
	return w.send(stream)
}

// handleOf is the statement of a ticket, if it is of one.
func (s *Server) handleOf(t *flight.Ticket, stream flight.FlightService_DoGetServer) (h handle, known bool, err error) {
	var command anypb.Any
	if proto.Unmarshal(t.GetTicket(), &command) != nil {
		return h, false, errTicket
	}
	m, err := command.UnmarshalNew()
	if err != nil {
		return h, false, errTicket
	}
	switch m := m.(type) {
	case flightsql.StatementQueryTicket:
		if err := json.Unmarshal(m.GetStatementHandle(), &h); err != nil || h.ID == "" {
			return h, false, errTicket
		}
		return h, true, nil
	case flightsql.PreparedStatementQuery:
		p, err := s.prepared.get(stream.Context(), m.GetPreparedStatementHandle())
		return handle{ID: rand.Text(), SQL: p.sql, Parameters: p.parameters}, true, err
	}
	return h, false, nil
}

// codec is that of protocol buffers, and that of messages of workers, whose bodies
// it does not copy.
type codec struct{ encoding.CodecV2 }

func newCodec() codec { return codec{encoding.GetCodecV2("proto")} }

// The fields of FlightData in Flight.proto.
const (
	fieldHeader = 2
	fieldBody   = 1000
)

// Marshal encodes a message.
func (c codec) Marshal(v any) (mem.BufferSlice, error) {
	m, ok := v.(*sqlworker.Message)
	if !ok {
		return c.CodecV2.Marshal(v)
	}
	head := protowire.AppendTag(nil, fieldHeader, protowire.BytesType)
	head = protowire.AppendBytes(head, m.Header)
	head = protowire.AppendTag(head, fieldBody, protowire.BytesType)
	head = protowire.AppendVarint(head, uint64(len(m.Body)))
	slices := mem.BufferSlice{mem.SliceBuffer(head)}
	if mem.IsBelowBufferPoolingThreshold(len(m.Body)) {
		m.Free() // it was not lent: so small ones come by value
		return append(slices, mem.SliceBuffer(m.Body)), nil
	}
	return append(slices, mem.NewBuffer(&m.Body, returning{m.Free})), nil
}

// returning is the pool that a body goes back to when it has been sent.
type returning struct{ free func() }

// Get is never called: nothing is taken from it.
func (returning) Get(n int) *[]byte {
	b := make([]byte, n)
	return &b
}

// Put gives the body back.
func (r returning) Put(*[]byte) { r.free() }
