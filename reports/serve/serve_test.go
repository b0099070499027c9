package serve

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// publish puts a site in the place of the one before, as a refresh does.
func publish(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	next := dir + ".new"
	var list strings.Builder
	for name, text := range files {
		path := filepath.Join(next, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256([]byte(text))
		fmt.Fprintf(&list, "%s  %s\n", hex.EncodeToString(sum[:]), name)
	}
	if err := os.WriteFile(filepath.Join(next, manifest), []byte(list.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	old := dir + ".old"
	if err := os.Rename(dir, old); err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	if err := os.Rename(next, dir); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(old); err != nil {
		t.Fatal(err)
	}
}

func site(mark string) map[string]string {
	return map[string]string{"index.html": "<p>" + mark, "zh/index.html": "<p>中文" + mark, "data/x.csv": "a,b\n",
		"assets/app-1234567890.js": "1", "assets/app-1234567890.css": "p{}"}
}

func get(t *testing.T, h http.Handler, method, target string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestSite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "site")
	h := New(Options{Site: dir})
	if r := get(t, h, "GET", "/"); r.StatusCode != 503 || !strings.Contains(body(t, r), "no report has been published yet") {
		t.Errorf("before the first publication: %d", r.StatusCode)
	}
	publish(t, dir, site("one"))
	if err := os.WriteFile(filepath.Join(dir, "note.txt"), []byte("hand-made"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/etc/hostname", filepath.Join(dir, "out.txt")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		method, target string
		code           int
		kind, cache    string
	}{
		{"GET", "/", 200, "text/html; charset=utf-8", "no-cache"},
		{"GET", "/index.html", 200, "text/html; charset=utf-8", "no-cache"},
		{"HEAD", "/zh/", 200, "text/html; charset=utf-8", "no-cache"},
		{"GET", "/zh", 301, "text/html; charset=utf-8", ""},
		{"GET", "/data/x.csv", 200, "text/csv; charset=utf-8", "no-cache"},
		{"GET", "/assets/app-1234567890.js", 200, "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
		{"GET", "/assets/app-1234567890.css", 200, "text/css; charset=utf-8", "public, max-age=31536000, immutable"},
		{"GET", "/note.txt", 200, "text/plain; charset=utf-8", "no-cache"},
		{"GET", "/assets/", 404, "text/plain; charset=utf-8", "no-store"},
		{"GET", "/assets", 404, "text/plain; charset=utf-8", "no-store"},
		{"GET", "/data", 404, "text/plain; charset=utf-8", "no-store"},
		{"GET", "/.verso-site", 404, "text/plain; charset=utf-8", "no-store"},
		{"GET", "/out.txt", 404, "text/plain; charset=utf-8", "no-store"},
		{"GET", "/nothing.html", 404, "text/plain; charset=utf-8", "no-store"},
		{"POST", "/", 405, "text/plain; charset=utf-8", "no-store"},
		{"DELETE", "/index.html", 405, "text/plain; charset=utf-8", "no-store"},
	} {
		r := get(t, h, c.method, c.target)
		if r.StatusCode != c.code || r.Header.Get("Content-Type") != c.kind && c.code != 301 || r.Header.Get("Cache-Control") != c.cache {
			t.Errorf("%s %s: %d %q %q, want %d %q %q", c.method, c.target, r.StatusCode, r.Header.Get("Content-Type"), r.Header.Get("Cache-Control"), c.code, c.kind, c.cache)
		}
		for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy"} {
			if r.Header.Get(name) == "" {
				t.Errorf("%s %s: no %s", c.method, c.target, name)
			}
		}
	}
}

// A path that climbs, in whatever spelling, stays in the folder.
func TestNoWayOut(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "site")
	publish(t, dir, site("one"))
	if err := os.WriteFile(filepath.Join(filepath.Dir(dir), "secret"), []byte("secret"), 0o644); err != nil {
		t.Fatal(err)
	}
	h := New(Options{Site: dir})
	for _, target := range []string{"/../secret", "/%2e%2e/secret", "/..%2fsecret", "/zh/../../secret", "//secret", "/zh/..%5c..%5csecret", "/index.html/../../secret", "/%00", "//evil.example/zh"} {
		r := get(t, h, "GET", "http://host"+target)
		if text := body(t, r); r.StatusCode == 200 || text == "secret" {
			t.Errorf("%s: %d %q", target, r.StatusCode, text)
		}
		if to := r.Header.Get("Location"); strings.HasPrefix(to, "//") || strings.Contains(to, "://") {
			t.Errorf("%s leads away to %s", target, to)
		}
	}
}

func TestNotModified(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "site")
	publish(t, dir, site("one"))
	h := New(Options{Site: dir})
	tag := get(t, h, "GET", "/").Header.Get("ETag")
	if r := get(t, h, "GET", "/", "If-None-Match", tag); tag == "" || r.StatusCode != 304 {
		t.Errorf("the same page again: %d, tag %q", r.StatusCode, tag)
	}
	publish(t, dir, site("two"))
	r := get(t, h, "GET", "/", "If-None-Match", tag)
	if text := body(t, r); r.StatusCode != 200 || text != "<p>two" {
		t.Errorf("after publication: %d %q", r.StatusCode, text)
	}
}

// Readers during fifty publications get a whole page each time.
func TestPublicationWhileReading(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "site")
	publish(t, dir, site("0"))
	h := New(Options{Site: dir})
	done := make(chan struct{})
	var readers sync.WaitGroup
	var reads, gaps int
	var mu sync.Mutex
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				r := get(t, h, "GET", "/")
				text := body(t, r)
				mu.Lock()
				reads++
				switch {
				case r.StatusCode == 503: // between the two renames of this test; a refresh exchanges both folders at once
					gaps++
				case r.StatusCode != 200 && r.StatusCode != 404 || r.StatusCode == 200 && !strings.HasPrefix(text, "<p>"):
					t.Errorf("%d %q", r.StatusCode, text)
				}
				mu.Unlock()
			}
		})
	}
	for i := range 50 {
		publish(t, dir, site(fmt.Sprint(i)))
	}
	close(done)
	readers.Wait()
	t.Logf("%d reads, %d between two folders", reads, gaps)
}

func TestHealthAndReadiness(t *testing.T) {
	var stale error
	h := New(Options{Site: t.TempDir(), Ready: func() (State, error) { return State{Generation: "g", AgeSeconds: 5}, stale },
		Metrics: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, "verso_up 1") })})
	for target, want := range map[string]string{"/healthz": `{"status":"ok"}`, "/readyz": `{"status":"ready","generation":"g","age_seconds":5}`, "/metrics": "verso_up 1"} {
		if r := get(t, h, "GET", target); r.StatusCode != 200 || strings.TrimSpace(body(t, r)) != want {
			t.Errorf("%s: %d", target, r.StatusCode)
		}
	}
	stale = errors.New("the generation is 40h old")
	r := get(t, h, "GET", "/readyz")
	if text := body(t, r); r.StatusCode != 503 || !strings.Contains(text, "40h old") || r.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%d %s", r.StatusCode, text)
	}
}
