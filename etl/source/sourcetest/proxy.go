package sourcetest

import (
	"io"
	"net"
	"sync"
	"testing"
)

// Proxy passes TCP connections on to a server and cuts some of them, after the
// server has sent a number of bytes.
type Proxy struct {
	Address string // to connect to instead of the server

	mu       sync.Mutex
	after    int64
	cuts     int
	accepted int
	open     []net.Conn
}

// NewProxy starts a proxy in front of a server, for the length of the test.
func NewProxy(t testing.TB, network, address string) *Proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{Address: l.Addr().String()}
	t.Cleanup(func() {
		l.Close()
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, c := range p.open {
			c.Close()
		}
	})
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial(network, address)
			if err != nil {
				client.Close()
				continue
			}
			go p.serve(client, server)
		}
	}()
	return p
}

// Cut makes the next n connections on which the server sends so many bytes end
// there.
func (p *Proxy) Cut(n int, after int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cuts, p.after = n, after
}

// Accepted is the number of connections so far.
func (p *Proxy) Accepted() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.accepted
}

func (p *Proxy) serve(client, server net.Conn) {
	p.mu.Lock()
	p.accepted++
	p.open = append(p.open, client, server)
	limit := p.after
	p.mu.Unlock()
	defer client.Close()
	defer server.Close()
	go func() {
		_, _ = io.Copy(server, client) // ends with either side
		server.Close()
	}()
	if _, err := io.CopyN(client, server, limit); err != nil || p.cutNow() {
		return
	}
	_, _ = io.Copy(client, server)
}

// cutNow says whether a connection that came so far is to be cut.
func (p *Proxy) cutNow() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cuts--
	return p.cuts >= 0
}
