package web

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"verso/etl/config"
	"verso/etl/source"
	"verso/etl/source/retry"
	"verso/etl/source/sourcetest"
	"verso/olap/engine"
	"verso/olap/engine/duck/ducktest"
)

func open(t testing.TB, c config.HTTP, o Options) *Source {
	t.Helper()
	if o.Cache == "" {
		o.Cache = t.TempDir()
	}
	o.Spool = t.TempDir()
	s, err := New("shop", config.Source{HTTP: c}, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s.(*Source)
}

func write(t *testing.T, path string, table sourcetest.Table) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := csv.NewWriter(f)
	row := make([]string, len(table.Columns))
	for i, c := range table.Columns {
		row[i] = c.Name
	}
	w.Write(row)
	for r := range table.Rows {
		for c := range row {
			if row[c] = table.Cell(r, c); row[c] == sourcetest.Null {
				row[c] = ""
			}
		}
		w.Write(row)
	}
	w.Flush()
	if err := w.Error(); err != nil {
		t.Fatal(err)
	}
}

func TestContract(t *testing.T) {
	dir := t.TempDir()
	server := httptest.NewServer(http.FileServer(http.Dir(dir)))
	t.Cleanup(server.Close)
	sourcetest.Run(t, sourcetest.Harness{Conn: ducktest.Scratch(t), EmptyIsNull: true, Files: true, Shown: server.URL + "/orders.csv",
		Open: func(t *testing.T, table sourcetest.Table) (source.Source, source.Request) {
			write(t, filepath.Join(dir, "orders.csv"), table)
			return open(t, config.HTTP{URL: server.URL + "/orders.csv"}, Options{}), source.Request{Name: table.Name}
		},
		Between: func(t *testing.T, _ source.Request) sourcetest.Network {
			return sourcetest.Network{Network: "tcp", Address: strings.TrimPrefix(server.URL, "http://"), Open: func(address string) source.Source {
				// A server without validators: every attempt begins anew.
				return open(t, config.HTTP{URL: "http://" + address + "/orders.csv"}, Options{Transport: bare{}})
			}}
		}})
}

// bare is a transport that loses what would let a download go on, and keeps no
// connection.
type bare struct{}

func (bare) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
	if err == nil {
		answer.Header.Del("Last-Modified")
	}
	return answer, err
}

// site serves what a test says, and remembers what it was asked.
type site struct {
	mu      sync.Mutex
	content []byte
	etag    string
	cut     int // the next answers end after so many bytes
	cuts    int
	asked   []string
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, strings.TrimSpace(r.Method+" "+r.Header.Get("Range")+" "+r.Header.Get("If-None-Match")))
	w.Header().Set("ETag", s.etag)
	if s.cuts > 0 && r.Method == http.MethodGet {
		s.cuts--
		w.Header().Set("Content-Length", fmt.Sprint(len(s.content)))
		w.Write(s.content[:s.cut])
		panic(http.ErrAbortHandler)
	}
	http.ServeContent(w, r, "orders.csv", time.Time{}, bytes.NewReader(s.content))
}

func land(t *testing.T, s source.Source, conn engine.Conn) (source.Report, error) {
	t.Helper()
	return s.Land(context.Background(), conn, source.Request{Name: "shop", Path: filepath.Join(t.TempDir(), "x.parquet")})
}

func lines(n int) []byte {
	var b bytes.Buffer
	b.WriteString("id,name\n")
	for i := range n {
		fmt.Fprintf(&b, "%d,name %d\n", i, i)
	}
	return b.Bytes()
}

func TestUnchanged(t *testing.T) {
	conn, at := ducktest.Scratch(t), &site{content: lines(10), etag: `"v1"`}
	server := httptest.NewServer(at)
	defer server.Close()
	cache := t.TempDir()
	for i, want := range []string{"downloaded", "unchanged: the last download is used", "downloaded"} {
		if i == 2 {
			at.content, at.etag = lines(20), `"v2"`
		}
		s := open(t, config.HTTP{URL: server.URL + "/orders.csv?since=1"}, Options{Cache: cache})
		r, err := land(t, s, conn)
		if err != nil || r.Files[0].Notes[0] != want || r.Landed != map[bool]int64{true: 20, false: 10}[i == 2] {
			t.Errorf("%d: %+v %v", i, r, err)
		}
		if r.Files[0].Path != server.URL+"/orders.csv?…" {
			t.Error(r.Files[0].Path)
		}
		s.Close()
	}
	if got := strings.Join(at.asked, "; "); got != `GET; GET  "v1"; GET  "v1"` {
		t.Error(got)
	}
	if kept, _ := filepath.Glob(cache + "/shop/*"); len(kept) != 2 {
		t.Error(kept)
	}
}

// A download that breaks off goes on where it ended; when the file changed in
// between, it begins anew.
func TestResume(t *testing.T) {
	for name, changed := range map[string]bool{"same": false, "changed": true} {
		t.Run(name, func(t *testing.T) {
			conn, at := ducktest.Scratch(t), &site{content: lines(50_000), etag: `"v1"`, cut: 300_000, cuts: 1}
			server := httptest.NewServer(at)
			defer server.Close()
			s := open(t, config.HTTP{URL: server.URL + "/orders.csv"}, Options{})
			patient := retry.Wrap("shop", s, retry.Policy{Wait: func(context.Context, time.Duration) error {
				if changed {
					at.mu.Lock()
					at.content, at.etag = lines(40_000), `"v2"`
					at.mu.Unlock()
				}
				return nil
			}})
			r, err := land(t, patient, conn)
			want, note := int64(50_000), "downloaded, from byte 300000 on"
			if changed {
				want, note = 40_000, "downloaded"
			}
			if err != nil || r.Landed != want || r.Attempts != 2 || !strings.HasPrefix(r.Files[0].Notes[0], note) || at.asked[1] != "GET bytes=300000-" {
				t.Errorf("%+v %v %v", r, at.asked, err)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	conn := ducktest.Scratch(t)
	var heard string
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { heard = r.Header.Get("X-Api-Key") }))
	defer other.Close()
	handler := http.NewServeMux()
	handler.HandleFunc("/page", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<html>")
	})
	handler.HandleFunc("/big", func(w http.ResponseWriter, _ *http.Request) {
		w.(http.Flusher).Flush() // no length is told
		w.Write(lines(1000))
	})
	handler.HandleFunc("/round", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/round", http.StatusFound) })
	handler.HandleFunc("/away", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL, http.StatusFound) })
	handler.HandleFunc("/busy", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	handler.HandleFunc("/locked", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	handler.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte("id\n"))
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	plain, secure := httptest.NewServer(handler), httptest.NewTLSServer(handler)
	defer plain.Close()
	defer secure.Close()
	closed, _ := net.Listen("tcp", "127.0.0.1:0")
	closed.Close()
	for _, c := range []struct {
		name    string
		conf    config.HTTP
		options Options
		passing bool
		want    string
	}{
		{"missing", config.HTTP{URL: plain.URL + "/none?token=geheim"}, Options{}, false, "answers 404 Not Found: check the url"},
		{"locked", config.HTTP{URL: plain.URL + "/locked"}, Options{}, false, "check headers"},
		{"busy", config.HTTP{URL: plain.URL + "/busy"}, Options{}, true, "cannot at the moment"},
		{"type", config.HTTP{URL: plain.URL + "/page", ContentType: "text/csv"}, Options{}, false, `is "text/html", not text/csv`},
		{"page", config.HTTP{URL: plain.URL + "/page"}, Options{}, false, "HTML page"},
		{"size", config.HTTP{URL: plain.URL + "/big", MaxSize: 1000}, Options{}, false, "larger than max_size"},
		{"round", config.HTTP{URL: plain.URL + "/round"}, Options{}, false, "more than five times"},
		{"nobody", config.HTTP{URL: "http://" + closed.Addr().String() + "/x"}, Options{}, true, "no server answers"},
		{"certificate", config.HTTP{URL: secure.URL + "/big"}, Options{}, false, "cannot be trusted"},
		{"unprotected", config.HTTP{URL: secure.URL + "/away"}, Options{Transport: secure.Client().Transport}, false, "not protected"},
		{"empty", config.HTTP{URL: plain.URL + "/away", Headers: map[string]string{"X-Api-Key": "geheim"}}, Options{}, false, "is empty"},
		{"stalled", config.HTTP{URL: plain.URL + "/slow"}, Options{Stall: 300 * time.Millisecond}, true, "nothing came any more"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := land(t, open(t, c.conf, c.options), conn)
			var u *source.UnreadableError
			if !errors.As(err, &u) || u.Passing != c.passing || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "geheim") {
				t.Errorf("%v", err)
			}
		})
	}
	if heard != "" {
		t.Error("another host was told", heard)
	}
}

func TestCancel(t *testing.T) {
	conn := ducktest.Scratch(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte("id\n"))
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	defer server.Close()
	s := open(t, config.HTTP{URL: server.URL}, Options{})
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(200*time.Millisecond, cancel)
	began := time.Now()
	if _, err := s.Land(ctx, conn, source.Request{Path: filepath.Join(t.TempDir(), "x")}); !errors.Is(err, context.Canceled) || time.Since(began) > time.Second {
		t.Errorf("%v after %v", err, time.Since(began))
	}
}
