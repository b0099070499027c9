package flight

import (
	"context"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/flight"
	"github.com/apache/arrow-go/v18/arrow/flight/flightsql"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	grpcstatus "google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"verso/olap/sqlworker"
)

// stream is that of a client who has not logged in.
type stream struct {
	grpc.ServerStream
	ctx context.Context
}

func (s stream) Context() context.Context { return s.ctx }

func (stream) Send(*flight.FlightData) error { return nil }

func (stream) SendMsg(any) error { return nil }

// FuzzTicket redeems any ticket and asks by any descriptor: nobody known gets an
// error, whatever it says.
func FuzzTicket(f *testing.F) {
	s, err := New(Options{Clock: time.Now})
	if err != nil {
		f.Fatal(err)
	}
	v := &service{flightsql.NewFlightServer(s), s}
	for _, text := range []string{`{"id":"x","sql":"SELECT 1"}`, `{"id":""}`, `{`, `{"id":"x","sql":"SELECT ?","parameters":[1]}`} {
		ticket, err := flightsql.CreateStatementQueryTicket([]byte(text))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(ticket)
	}
	f.Add([]byte("\n\x00"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := v.DoGet(&flight.Ticket{Ticket: text}, stream{ctx: t.Context()}); status(err) != nil && grpcstatus.Code(status(err)) == codes.Internal {
			t.Errorf("%q: %v", text, err)
		}
		if _, err := v.GetFlightInfo(t.Context(), &flight.FlightDescriptor{Type: flight.DescriptorCMD, Cmd: text}); status(err) != nil && grpcstatus.Code(status(err)) == codes.Internal {
			t.Errorf("descriptor %q: %v", text, err)
		}
	})
}

// FuzzCodec holds the codec of worker's messages against that of protocol buffers.
func FuzzCodec(f *testing.F) {
	f.Add([]byte("header"), []byte("body"))
	f.Add([]byte{}, make([]byte, 5000))
	f.Fuzz(func(t *testing.T, header, body []byte) {
		freed := false
		got, err := newCodec().Marshal(&sqlworker.Message{Header: header, Body: body, Free: func() { freed = true }})
		if err != nil {
			t.Fatal(err)
		}
		var read flight.FlightData
		if err := proto.Unmarshal(got.Materialize(), &read); err != nil || string(read.DataHeader) != string(header) || string(read.DataBody) != string(body) {
			t.Errorf("%q %q came as %q %q: %v", header, body, read.DataHeader, read.DataBody, err)
		}
		got.Free()
		if !freed {
			t.Error("the body was not given back")
		}
	})
}
