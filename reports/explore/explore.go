// Package explore serves the pages for ad hoc work, the explorer, the SQL workbench
// and the slow questions: their frames, and the scripts and styles that fill them. What they
// show they ask of the API.
package explore

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"net/http"
	"path"
	"strings"

	"verso/reports/web"
)

//go:embed shell.html
var shell string

// assets is where scripts and styles lie, under names that hold their checksum.
const assets = "/explore/assets/"

// policy is what the pages may load: what lies on this server, and its answers.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// words are the texts of the frame; all others are in the scripts.
type words struct {
	Report, Explorer, SQL, Slow, Pages, Skip, Theme, Other, NoScript string
}

func texts(lang string) words {
	if lang == "zh" {
		return words{"报告", "探索", "SQL", "慢查询", "页面", "跳到内容", "浅色或深色", "English", "此页面需要 JavaScript。"}
	}
	return words{"Report", "Explorer", "SQL", "Slow questions", "Pages", "Skip to the content", "Light or dark", "中文", "This page needs JavaScript."}
}

// frame is a page as the template sees it.
type frame struct {
	Path, Script, Target string
	Title                string
	Lang, HTMLLang       string
	Other                string // the other language
	Home                 string // the report in this language
	Words                words
	Menu                 []link
	names                map[string]string
}

type link struct{ Path, Title string }

// Asset is the address of a file by its plain name.
func (f frame) Asset(name string) string { return assets + f.names[name] }

// file is an asset, plain and compressed.
type file struct {
	data, zipped []byte
	kind         string
}

// Handler serves /explore, /sql, /explore/slow and what lies below /explore/assets/.
type Handler struct {
	pages map[string][]byte // by path and language
	files map[string]file
	lang  string
}

// New makes the pages. lang, "en" or "zh", is that of an address without ?lang=.
// Where the browser's side is not built it is web.ErrNotBuilt.
func New(lang string) (*Handler, error) {
	h := &Handler{pages: map[string][]byte{}, files: map[string]file{}, lang: "en"}
	if lang == "zh" {
		h.lang = lang
	}
	names := map[string]string{}
	for name, kind := range map[string]string{"app.css": "text/css", "work.css": "text/css", "explore.js": "text/javascript", "workbench.js": "text/javascript", "slow.js": "text/javascript",
		"charts.js": "text/javascript", "editor.js": "text/javascript"} {
		data, err := web.File(name)
		if err != nil {
			return nil, fmt.Errorf("explore: %w", err)
		}
		sum := sha256.Sum256(data)
		base, ext := strings.TrimSuffix(name, path.Ext(name)), path.Ext(name)
		names[name] = base + "-" + hex.EncodeToString(sum[:5]) + ext
		h.files[names[name]] = file{data, zip(data), kind + "; charset=utf-8"}
	}
	return h, h.draw(names)
}

// zip compresses; writing to memory does not fail.
func zip(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(data)
	_ = w.Close()
	return b.Bytes()
}

// draw writes the frames of the pages in both languages.
func (h *Handler) draw(names map[string]string) error {
	t, err := template.New("shell").Parse(shell)
	if err != nil {
		return fmt.Errorf("explore: %w", err)
	}
	for _, lang := range []string{"en", "zh"} {
		w := texts(lang)
		f := frame{Lang: lang, HTMLLang: "en", Other: "zh", Home: "index.html", Words: w, Menu: []link{{"/explore", w.Explorer}, {"/sql", w.SQL}, {"/explore/slow", w.Slow}}, names: names}
		if lang == "zh" {
			f.HTMLLang, f.Other = "zh-CN", "en"
		}
		if lang != h.lang {
			f.Home = lang + "/index.html" // the report's first language lies at the top
		}
		for _, p := range []struct{ path, title, script, target string }{{"/explore", w.Explorer, "explore.js", "grid"}, {"/sql", w.SQL, "workbench.js", "main"},
			{"/explore/slow", w.Slow, "slow.js", "main"}} {
			f.Path, f.Title, f.Script, f.Target = p.path, p.title, p.script, p.target
			var b bytes.Buffer
			if err := t.Execute(&b, f); err != nil {
				return fmt.Errorf("explore: %w", err)
			}
			h.pages[p.path+" "+lang] = b.Bytes()
		}
	}
	return nil
}

// ServeHTTP serves a page or an asset.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "GET and HEAD only", http.StatusMethodNotAllowed)
		return
	}
	header := w.Header()
	header.Set("Content-Security-Policy", policy)
	if name, ok := strings.CutPrefix(r.URL.Path, assets); ok {
		h.asset(w, r, name)
		return
	}
	lang := r.URL.Query().Get("lang")
	if lang != "en" && lang != "zh" {
		lang = h.lang
	}
	page, ok := h.pages[r.URL.Path+" "+lang]
	if !ok {
		http.Error(w, "no such page; the explorer is at /explore, SQL at /sql", http.StatusNotFound)
		return
	}
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "no-cache")
	_, _ = w.Write(page) // a reader that has gone away gets nothing
}

func (h *Handler) asset(w http.ResponseWriter, r *http.Request, name string) {
	f, ok := h.files[name]
	if !ok {
		http.Error(w, "no such file", http.StatusNotFound)
		return
	}
	header := w.Header()
	header.Set("Content-Type", f.kind)
	header.Set("Cache-Control", "public, max-age=31536000, immutable") // the name holds the checksum
	header.Set("Vary", "Accept-Encoding")
	data := f.data
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		header.Set("Content-Encoding", "gzip")
		data = f.zipped
	}
	_, _ = w.Write(data) // as above
}
