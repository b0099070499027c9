package serve

import (
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

// called lets requests through that name one of the hosts: a page elsewhere that
// has its own name point at this server names another. Without hosts all do.
func called(hosts []string, next http.Handler) http.Handler {
	if len(hosts) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		host = strings.ToLower(strings.Trim(host, "[]"))
		if !slices.Contains(hosts, host) {
			refuse(w, http.StatusMisdirectedRequest, "this server is not called by that name; serve.hosts of the configuration lists the names it has")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Loopback are the names of this machine as seen from itself.
func Loopback() []string { return []string{"localhost", "127.0.0.1", "::1"} }

// logged writes a line for every request but those of monitoring. Addresses are
// written without their parameters, which may hold questions.
func logged(log *slog.Logger, now func() time.Time, next http.Handler) http.Handler {
	if now == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/healthz", "/readyz", "/metrics":
			next.ServeHTTP(w, r)
			return
		}
		began := now()
		seen := &watched{ResponseWriter: w, status: http.StatusOK}
		defer func() {
			log.Info("request", "method", r.Method, "path", r.URL.Path, "status", seen.status, "bytes", seen.bytes, "took", now().Sub(began),
				"from", r.RemoteAddr, "id", w.Header().Get("X-Query-Id"))
		}()
		next.ServeHTTP(seen, r)
	})
}

// watched notes what is answered.
type watched struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// WriteHeader notes the status.
func (w *watched) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Write counts bytes.
func (w *watched) Write(p []byte) (int, error) {
	n, err := w.ResponseWriter.Write(p)
	w.bytes += int64(n)
	return n, err
}

// Unwrap is for http.ResponseController.
func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// stricter tells browsers to come by TLS only, where they came by it.
func stricter(h http.Header, r *http.Request) {
	if r.TLS != nil {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}
