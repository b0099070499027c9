// Package serve gives the report site over HTTP as it lies in its folder. A site
// published while the server runs is served from the next request on.
package serve

import (
	"bufio"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"mime"
	"net/http"
	"os"
	"path"
	"strings"
	"sync"
	"time"
)

// Options are what is served.
type Options struct {
	Site    string                // folder of the report site
	Metrics http.Handler          // nil: no /metrics
	API     http.Handler          // of /api/; nil: none
	Work    http.Handler          // of /explore and /sql, the pages for ad hoc work; nil: none
	Preview http.Handler          // of /preview/, the pages that editors write; nil: none
	Ready   func() (State, error) // of /readyz; nil: always ready
	Log     *slog.Logger          // nil: silent
	Clock   func() time.Time      // times requests for the log; nil: they are not logged
	Hosts   []string              // names by which the server may be called, in lower case; none: any
}

// State is what /readyz answers.
type State struct {
	Generation string  `json:"generation,omitempty"`
	AsOf       string  `json:"as_of,omitempty"`
	AgeSeconds float64 `json:"age_seconds,omitempty"`
}

// New is the handler of all addresses: the site, /healthz (the process runs),
// /readyz (a published generation can be read and is not stale) and /metrics.
func New(o Options) http.Handler {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	mux.HandleFunc("GET /readyz", ready(o))
	if o.Metrics != nil {
		mux.Handle("GET /metrics", o.Metrics)
	}
	if o.API != nil {
		mux.Handle("/api/", o.API)
	}
	if o.Work != nil {
		for _, path := range []string{"/explore", "/explore/", "/sql"} {
			mux.Handle(path, o.Work)
		}
	}
	if o.Preview != nil {
		mux.Handle("/preview/", o.Preview)
	}
	mux.Handle("/", &folder{dir: o.Site, log: o.Log, work: o.Work != nil})
	return logged(o.Log, o.Clock, secured(called(o.Hosts, mux)))
}

func ready(o Options) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		type reply struct {
			Status string `json:"status"`
			Reason string `json:"reason,omitempty"`
			State
		}
		r := reply{Status: "ready"}
		code := http.StatusOK
		if o.Ready != nil {
			state, err := o.Ready()
			r.State = state
			if err != nil {
				r.Status, r.Reason, code = "not ready", err.Error(), http.StatusServiceUnavailable
			}
		}
		answer(w, code, r)
	}
}

// answer writes a small JSON document that nobody may keep.
func answer(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	// A reader that has gone away gets nothing; nothing else can fail here.
	_ = json.NewEncoder(w).Encode(v)
}

// policy is what a page of the site may load: only what lies beside it.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// secured sets the headers of every answer.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		stricter(h, r)
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		next.ServeHTTP(w, r)
	})
}

// folder serves the files of a site. The folder may be exchanged for another at
// any time.
type folder struct {
	dir  string
	log  *slog.Logger
	work bool // there are pages for ad hoc work beside it

	mu   sync.Mutex
	open *edition
}

// edition is one published site: the folder as it was opened, and the checksum
// of every file that verso wrote into it.
type edition struct {
	root *os.Root
	info fs.FileInfo
	sums map[string]string
	uses int // requests that read from it, and one for being the latest
}

// manifest is the site's own list of its files: checksum, two spaces, name.
const manifest = ".verso-site"

// take gives the site that is published now; the caller gives it back.
func (f *folder) take() (*edition, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	info, err := os.Stat(f.dir)
	if err != nil {
		return nil, err
	}
	if f.open == nil || !os.SameFile(f.open.info, info) {
		next, err := openEdition(f.dir)
		if err != nil {
			return nil, err
		}
		if f.open != nil {
			f.drop(f.open)
			f.log.Info("a new site is served", "folder", f.dir)
		}
		f.open = next
	}
	f.open.uses++
	return f.open, nil
}

func (f *folder) giveBack(e *edition) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.drop(e)
}

// drop closes an edition that nobody reads from any more.
func (f *folder) drop(e *edition) {
	if e.uses--; e.uses == 0 {
		_ = e.root.Close() // it was only read
	}
}

func openEdition(dir string) (*edition, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	e := &edition{root: root, sums: map[string]string{}, uses: 1}
	if e.info, err = root.Stat("."); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	list, err := root.Open(manifest)
	if errors.Is(err, fs.ErrNotExist) {
		return e, nil // no site of verso, or an older one: served without checksums
	}
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	defer list.Close()
	for lines := bufio.NewScanner(list); lines.Scan(); {
		if sum, name, ok := strings.Cut(lines.Text(), "  "); ok {
			e.sums[name] = sum
		}
	}
	return e, nil
}

// ServeHTTP serves one file.
func (f *folder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		refuse(w, http.StatusMethodNotAllowed, "this server only shows reports: GET and HEAD")
		return
	}
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	if name == "" || strings.HasSuffix(r.URL.Path, "/") {
		name = path.Join(name, "index.html")
	}
	for _, part := range strings.Split(name, "/") {
		if strings.HasPrefix(part, ".") {
			refuse(w, http.StatusNotFound, "no such page; the report begins at /")
			return
		}
	}
	if f.work && strings.HasSuffix(name, ".html") {
		// The pages are the same files with and without a server: this tells them.
		http.SetCookie(w, &http.Cookie{Name: "verso_work", Value: "1", Path: "/", SameSite: http.SameSiteStrictMode})
	}
	// The folder may be exchanged between opening it and reading from it: then
	// the file is looked for in the new one.
	for range 2 {
		e, err := f.take()
		if err != nil {
			w.Header().Set("Retry-After", "60")
			refuse(w, http.StatusServiceUnavailable, "no report has been published yet")
			return
		}
		found := e.serve(w, r, name)
		f.giveBack(e)
		if found {
			return
		}
	}
	refuse(w, http.StatusNotFound, "no such page; the report begins at /")
}

// serve writes a file, or reports that there is none.
func (e *edition) serve(w http.ResponseWriter, r *http.Request, name string) bool {
	file, err := e.root.Open(name)
	if err != nil {
		return false
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return false
	}
	if info.IsDir() {
		if _, err := e.root.Stat(path.Join(name, "index.html")); err != nil {
			return false
		}
		// path.Base keeps the address on this server whatever it began with.
		http.Redirect(w, r, path.Base(name)+"/", http.StatusMovedPermanently)
		return true
	}
	if !info.Mode().IsRegular() {
		return false
	}
	h := w.Header()
	h.Set("Content-Type", contentType(name))
	h.Set("Cache-Control", "no-cache") // asked again each time, answered 304 while it is the same
	if sum := e.sums[name]; sum != "" {
		h.Set("ETag", `"`+sum[:min(32, len(sum))]+`"`)
		if strings.HasPrefix(name, "assets/") {
			h.Set("Cache-Control", "public, max-age=31536000, immutable") // the name holds the checksum
		}
	}
	http.ServeContent(w, r, "", info.ModTime().Truncate(time.Second), file)
	return true
}

// contentType is the type of a file by its name, the same on every machine.
func contentType(name string) string {
	switch ext := strings.ToLower(path.Ext(name)); ext {
	case ".html":
		return "text/html; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".csv":
		return "text/csv; charset=utf-8"
	case ".json":
		return "application/json; charset=utf-8"
	case ".txt":
		return "text/plain; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".xlsx":
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	default:
		if t := mime.TypeByExtension(ext); t != "" {
			return t
		}
		return "application/octet-stream"
	}
}

// refuse answers with one line for people.
func refuse(w http.ResponseWriter, code int, text string) {
	w.Header().Set("Cache-Control", "no-store")
	http.Error(w, text, code)
}
