package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"net/netip"
	"time"
)

// openProfiles answers Go's profiles (heap, goroutines, processor time) at an
// address that only this machine reaches: they show statements and names. It gives
// the address listened on; stop ends it.
func openProfiles(addr string) (listening string, stop func(), err error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return "", nil, fmt.Errorf("--profiles %s: %w", addr, err)
	}
	at, err := netip.ParseAddrPort(listener.Addr().String())
	if err != nil || !at.Addr().IsLoopback() {
		return "", nil, errors.Join(fmt.Errorf("--profiles %s: profiles are for this machine only: name an address such as 127.0.0.1:6060", addr), listener.Close())
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	web := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = web.Serve(listener) }() // it ends with stop
	return listener.Addr().String(), func() { _ = web.Close() }, nil
}
