package soak

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// hostile sends what must be refused, with the status that refuses it.
func hostile(ctx context.Context, c *call) error {
	type attempt struct {
		method, path, body string
		want               []int
	}
	refused := []int{http.StatusBadRequest, http.StatusForbidden, http.StatusUnprocessableEntity}
	a := pick(c.random,
		attempt{http.MethodPost, "/api/v1/query", `{"cube":`, refused},
		attempt{http.MethodPost, "/api/v1/query", `{"cube":"sales","measures":["net"],"nosuch":1}`, refused},
		attempt{http.MethodPost, "/api/v1/query", "sales by nosuch show net", refused},
		attempt{http.MethodPost, "/api/v1/query", "sales by customer.type show net where customer.type = \"x'; DROP TABLE core.dim_customer; --\"", []int{http.StatusOK}},
		attempt{http.MethodPost, "/api/v1/query", "sales by \xff\xfe show net", refused},
		attempt{http.MethodPost, "/api/v1/query", strings.Repeat("sales ", 300_000), []int{http.StatusRequestEntityTooLarge}},
		attempt{http.MethodPost, "/api/v1/query?cursor=AAAA", "sales by year show net", refused},
		attempt{http.MethodPost, "/api/v1/query?lang=xx", "sales by year show net", refused},
		attempt{http.MethodPost, "/api/v1/sql", `{"sql":"COPY core.dim_customer TO '/tmp/x.csv'"}`, refused},
		attempt{http.MethodPost, "/api/v1/sql", `{"sql":"SELECT * FROM read_text('/etc/passwd')"}`, refused},
		attempt{http.MethodPost, "/api/v1/sql", `{"sql":"SELECT getenv('HOME')"}`, refused},
		attempt{http.MethodPost, "/api/v1/sql", `{"sql":"DELETE FROM core.dim_customer"}`, refused},
		attempt{http.MethodGet, "/api/v1/saved/..%2f..%2fverso.yaml", "", []int{http.StatusNotFound, http.StatusBadRequest}},
		attempt{http.MethodGet, "/%2e%2e/%2e%2e/etc/passwd", "", []int{http.StatusNotFound, http.StatusBadRequest, http.StatusMovedPermanently, http.StatusTemporaryRedirect, http.StatusForbidden}},
		attempt{http.MethodGet, "/api/v1/nosuch", "", []int{http.StatusNotFound}},
		attempt{http.MethodDelete, "/api/v1/query", "", []int{http.StatusMethodNotAllowed}},
		attempt{http.MethodDelete, "/api/v1/running/NOSUCH", "", []int{http.StatusNotFound}},
	)
	if _, err := c.ask(ctx, a.method, a.path, a.body, a.want...); err != nil {
		return err
	}
	forged := *c
	forged.client = c.far
	forged.person.Token = "verso_" + strings.Repeat("ab", 6) + "_forged"
	_, err := forged.ask(ctx, http.MethodGet, "/api/v1/me", "", http.StatusUnauthorized, http.StatusTooManyRequests)
	return err
}

// letGo is how long the server may keep a connection whose other end sends no more.
// It reads requests before it does anything for them, so that it knows at once.
const letGo = 45 * time.Second

// broken speaks HTTP badly: cut off, half closed, slow, or not HTTP at all. The
// server may say what it likes; it must let go of the connection.
func broken(ctx context.Context, c *call) error {
	u, err := url.Parse(c.target.URL)
	if err != nil {
		return err
	}
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", u.Host)
	if err != nil {
		return err
	}
	defer conn.Close()
	head := fmt.Sprintf("POST /api/v1/query HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: text/plain\r\nContent-Length: 30\r\n\r\n", u.Host, c.person.Token)
	text := pick(c.random, "\x16\x03\x01\x02\x00\x01\x00", "GET / HTTP/9.9\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", head+"sales", head[:40], "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n")
	if _, err := io.WriteString(conn, text); err != nil {
		return nil // it has let go already
	}
	if tcp, ok := conn.(*net.TCPConn); ok && c.random.IntN(2) == 0 {
		_ = tcp.CloseWrite()
		_ = tcp.SetReadDeadline(c.o.Clock().Add(letGo))
		if _, err := io.Copy(io.Discard, tcp); err != nil && strings.Contains(err.Error(), "timeout") {
			return fmt.Errorf("after %.20q and the end of sending the connection stays open", text)
		}
	}
	return nil
}
