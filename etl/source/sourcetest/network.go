package sourcetest

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"verso/etl/source"
	"verso/etl/source/retry"
)

// Network is how the suite gets between a source and its server.
type Network struct {
	Network, Address string // of the server
	// Open is the source, reaching the server at another address.
	Open func(address string) source.Source
}

// aCut is after how many bytes connections are cut: some thousand rows.
const aCut = 200_000

// dies lands a table from a server whose connection breaks off midway.
func (h Harness) dies(t *testing.T) {
	_, req, proxy, s := h.between(t, 100_000)
	proxy.Cut(1, aCut)
	req.Path = filepath.Join(t.TempDir(), "x.parquet")
	_, err := s.Land(context.Background(), h.Conn, req)
	var u *source.UnreadableError
	if !errors.As(err, &u) || !u.Passing {
		t.Fatalf("a broken connection is %T %v; want an UnreadableError that passes", err, err)
	}
	if !strings.Contains(err.Error(), "broke off") {
		t.Errorf("the message does not say what happened: %v", err)
	}
	leftovers(t, req.Path, 0)
}

// between is a table behind a proxy.
func (h Harness) between(t *testing.T, rows int) (Table, source.Request, *Proxy, source.Source) {
	t.Helper()
	if h.Between == nil {
		t.Skip("the source has no network")
	}
	table := order(rows)
	_, req := h.Open(t, table)
	network := h.Between(t, req)
	proxy := NewProxy(t, network.Network, network.Address)
	s := network.Open(proxy.Address)
	t.Cleanup(func() { s.Close() })
	return table, req, proxy, s
}

// reconnect lands a table at the third attempt, whole and only once.
func (h Harness) reconnect(t *testing.T) {
	table, req, proxy, s := h.between(t, 100_000)
	proxy.Cut(2, aCut)
	var waits []time.Duration
	patient := retry.Wrap("erp", s, retry.Policy{Seed: 1, Wait: func(_ context.Context, d time.Duration) error {
		waits = append(waits, d)
		return nil
	}})
	req.Path = filepath.Join(t.TempDir(), "x.parquet")
	r, err := patient.Land(context.Background(), h.Conn, req)
	if err != nil {
		t.Fatal(err)
	}
	if r.Attempts != 3 || len(r.Notes) < 2 || r.Read != int64(table.Rows) || r.Landed != r.Read {
		t.Errorf("%+v", r)
	}
	if len(waits) != 2 || waits[0] > time.Second || waits[1] < time.Second || proxy.Accepted() < 3 {
		t.Errorf("waits %v, %d connections", waits, proxy.Accepted())
	}
	leftovers(t, req.Path, 1)
	h.inPlace(t, req.Path, table.Rows)

	proxy.Cut(3, aCut)
	if again, ok := s.(interface{ Forget() error }); ok { // what an earlier landing kept
		if err := again.Forget(); err != nil {
			t.Fatal(err)
		}
	}
	s.Close()
	req.Path = filepath.Join(t.TempDir(), "y.parquet")
	if _, err := patient.Land(context.Background(), h.Conn, req); err == nil || !strings.Contains(err.Error(), "attempt 3 of 3") {
		t.Errorf("three broken connections: %v", err)
	}
	leftovers(t, req.Path, 0)
}
