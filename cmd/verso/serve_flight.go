package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"time"

	"verso/olap/api/flight"
)

// flightStop is how long statements may go on when the server is told to stop.
const flightStop = 10 * time.Second

// openFlight answers Arrow Flight SQL beside the HTTP API: to the same people,
// from the same store and workers, into the same audit log. It gives the address
// listened on; failed hears of the end of the server. stop ends it.
func (s *server) openFlight(addr string, p *apiParts, g *guard, failed chan<- error) (listening string, stop func(), err error) {
	l := s.config.Serve.Limits
	o := flight.Options{Gate: g.gate, Store: g.store, Workers: p.pool, Clock: s.app.now, Log: s.log, Note: p.handler.Note, Version: version,
		Limits: flight.Limits{Statements: l.Statements, Memory: int64(l.MemoryMB) << 20, Threads: l.Threads}}
	if s.cert.Load() != nil {
		o.TLS = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: s.certificate, NextProtos: []string{"h2"}}
	}
	server, err := flight.New(o)
	if err != nil {
		return "", nil, err
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return "", nil, fmt.Errorf("--flight %s: %w", addr, err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := server.Serve(listener); err != nil {
			failed <- err
		}
	}()
	return listener.Addr().String(), func() {
		ctx, cancel := context.WithTimeout(context.Background(), flightStop)
		defer cancel()
		server.Stop(ctx)
		<-done
	}, nil
}
