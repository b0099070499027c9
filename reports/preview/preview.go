// Package preview shows the pages that editors write while they write them: a
// page is made from its file at every request, with what is wrong at its place,
// and is shown again when a file is saved.
package preview

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"verso/reports/html"
	"verso/reports/page"
	"verso/reports/view"
)

//go:embed reload.js
var reload []byte

// Root is the address below which the pages are.
const Root = "/preview/"

// policy is what a previewed page may load: what the site may, and the events.
const policy = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Options are what a preview is made of.
type Options struct {
	Renderer *html.Renderer
	Watched  []string // files and folders; saving one, or one in them, shows pages anew
	// Pages are the pages that editors write, read from their files now.
	Pages func() []page.Page
	// Open gives the published generation; the caller releases it.
	Open  func(context.Context) (s page.Source, release func(), err error)
	Lang  string // of addresses that name none
	Clock clockwork.Clock
	Log   *slog.Logger
}

// look is how often the files are looked at.
const look = 300 * time.Millisecond

// Handler serves /preview/: the list of pages, /preview/SLUG.html,
// /preview/LANG/SLUG.html and what they need.
type Handler struct {
	o Options

	mu     sync.Mutex
	tables map[string][]byte // files of the tables of pages shown last
}

// New is the handler.
func New(o Options) *Handler { return &Handler{o: o, tables: map[string][]byte{}} }

// ServeHTTP serves a page, or what it needs.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Security-Policy", policy)
	w.Header().Set("Cache-Control", "no-store")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.Error(w, "a preview is only looked at: GET and HEAD", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(path.Clean(r.URL.Path), strings.TrimSuffix(Root, "/"))
	name = strings.TrimPrefix(name, "/")
	switch {
	case name == "events":
		h.events(w, r)
		return
	case name == "reload.js":
		answer(w, "text/javascript; charset=utf-8", reload)
		return
	case strings.HasPrefix(name, "assets/"):
		for _, f := range h.o.Renderer.Assets() {
			if f.Path == name {
				answer(w, map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}[path.Ext(name)], f.Data)
				return
			}
		}
	case path.Ext(name) == ".csv":
		h.mu.Lock()
		data, ok := h.tables[name]
		h.mu.Unlock()
		if ok {
			answer(w, "text/csv; charset=utf-8", data)
			return
		}
	case name == "" || path.Ext(name) == ".html" || !strings.Contains(name, "."):
		h.page(w, r, strings.TrimSuffix(name, ".html"))
		return
	}
	http.Error(w, "the preview has no such file", http.StatusNotFound)
}

func answer(w http.ResponseWriter, kind string, data []byte) {
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(data) // a reader that has gone away gets nothing
}

// page shows the page of an address: SLUG, LANG/SLUG, LANG, or none for the list.
func (h *Handler) page(w http.ResponseWriter, r *http.Request, name string) {
	state := h.state() // before anything is read: what is saved meanwhile counts as later
	source, release, err := h.o.Open(r.Context())
	if err != nil {
		h.o.Log.Error("no preview", "error", err)
		http.Error(w, "there is no published generation to show pages of", http.StatusServiceUnavailable)
		return
	}
	defer release()
	lang, slug := h.o.Lang, name
	if first, rest, _ := strings.Cut(name, "/"); slices.Contains(source.Languages.Codes(), first) {
		lang, slug = first, rest
	}
	c, err := page.NewContext(r.Context(), source, lang)
	if err != nil {
		h.o.Log.Error("no preview", "error", err)
		http.Error(w, "the page cannot be made; the log says why", http.StatusInternalServerError)
		return
	}
	own := h.o.Pages()
	i := slices.IndexFunc(own, func(p page.Page) bool { return p.Slug == slug })
	var v view.Page
	switch {
	case slug == "" || slug == "index":
		slug, v = "index", list(c, own)
	case i < 0:
		http.Redirect(w, r, "/"+strings.TrimPrefix(r.URL.Path, Root), http.StatusSeeOther) // a page of the site
		return
	default:
		if v, err = own[i].Build(r.Context(), c); err != nil {
			h.o.Log.Error("a page cannot be previewed", "page", slug, "error", err)
			http.Error(w, "the page cannot be made; the log says why", http.StatusInternalServerError)
			return
		}
	}
	h.write(w, c, v, nav(c, own, lang, h.o.Lang, slug), state)
}

// write answers with a page that shows itself anew, made from files in a state.
func (h *Handler) write(w http.ResponseWriter, c *page.Context, v view.Page, n html.Nav, state string) {
	var b bytes.Buffer
	if err := h.o.Renderer.Render(&b, v, n); err != nil {
		h.o.Log.Error("a page cannot be previewed", "page", v.Slug, "error", err)
		http.Error(w, "the page cannot be made; the log says why", http.StatusInternalServerError)
		return
	}
	h.mu.Lock()
	for _, f := range html.Exports(v) {
		folder := ""
		if !c.Lang.Is(h.o.Lang) {
			folder = c.Lang.Code
		}
		h.tables[path.Join(folder, f.Path)] = f.Data
	}
	h.mu.Unlock()
	text := bytes.Replace(b.Bytes(), []byte("default-src 'none';"), []byte("default-src 'none'; connect-src 'self';"), 1) // the page's own policy
	answer(w, "text/html; charset=utf-8", bytes.Replace(text, []byte("</head>"), []byte(`<script src="/preview/reload.js?`+state+`" defer></script></head>`), 1))
}

// nav is the menu of a preview: the list, and the pages.
func nav(c *page.Context, own []page.Page, lang, root, slug string) html.Nav {
	g := html.NavGroup{Items: []html.NavItem{{Slug: "index", Title: c.T("preview.title")}}}
	for _, p := range own {
		g.Items = append(g.Items, html.NavItem{Slug: p.Slug, Title: c.Title(p)})
	}
	n := html.Nav{Groups: []html.NavGroup{g}}
	if lang != root {
		n.Root = "../"
	}
	for _, l := range c.Languages.All() {
		if l.Code != lang {
			folder := ""
			if l.Code != root {
				folder = l.Code
			}
			n.Others = append(n.Others, html.Translation{Lang: l.Tag, Name: l.Name, Href: n.Root + path.Join(folder, slug+".html")})
		}
	}
	return n
}

// list is the page that lists the pages that editors write.
func list(c *page.Context, own []page.Page) view.Page {
	p := c.Page("index")
	p.Title = c.T("preview.title")
	p.Message = view.Message{Finding: c.T("preview.text", "n", page.Count(c.Lang, int64(len(own)))), Consequence: c.T("preview.so")}
	t := &view.Table{ID: "pages", Title: c.T("preview.pages"), Empty: c.T("preview.none"), Columns: []view.Column{{Label: c.T("preview.page")}, {Label: c.T("preview.file")}}}
	for _, x := range own {
		title := view.T(c.Title(x))
		title.Href = x.Slug + ".html"
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{title, view.T("pages/" + x.Slug + ".yaml")}})
	}
	p.Sections = []view.Section{{ID: "pages", Title: c.T("preview.pages"), Blocks: []view.Block{{Table: t}}}}
	return p
}

// events tells a page when a file was saved since the page was made. A connection
// that was cut comes back with what it knew, so that nothing saved meanwhile is
// missed.
func (h *Handler) events(w http.ResponseWriter, r *http.Request) {
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	known := r.Header.Get("Last-Event-ID")
	if known == "" {
		known = r.URL.RawQuery
	}
	fmt.Fprint(w, "retry: 500\n\n")
	if err := out.Flush(); err != nil {
		return
	}
	tick := h.o.Clock.NewTicker(look)
	defer tick.Stop()
	for {
		if now := h.state(); now != known {
			known = now
			fmt.Fprintf(w, "event: changed\nid: %s\ndata: saved\n\n", now)
			if err := out.Flush(); err != nil {
				return
			}
		}
		select {
		case <-r.Context().Done():
			return
		case <-tick.Chan():
		}
	}
}

// state tells whether the files are as they were: their names, sizes and times.
func (h *Handler) state() string {
	sum := sha256.New()
	for _, root := range h.o.Watched {
		_ = filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error { // what is not there has no state
			if err != nil || d.IsDir() {
				return nil
			}
			if info, err := os.Stat(name); err == nil {
				fmt.Fprintf(sum, "%s %d %d\n", name, info.Size(), info.ModTime().UnixNano())
			}
			return nil
		})
	}
	return hex.EncodeToString(sum.Sum(nil)[:12])
}
