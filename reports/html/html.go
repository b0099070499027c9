// Package html writes a page of the report as HTML: templates, charts drawn as
// SVG while the page is made, and the chart options for the browser beside them.
package html

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"strings"

	"verso/reports/language"
	"verso/reports/view"
	"verso/reports/web"
)

//go:embed templates/*.html
var templateFiles embed.FS

// Renderer writes pages. It is safe for concurrent use.
type Renderer struct {
	templates *template.Template
	assets    []File
	names     map[string]string // "app.js" to its hashed file name
}

// Nav is what surrounds a page: the menu, the pages beside it, the index of all
// pages, and the way to the other language.
type Nav struct {
	Groups     []NavGroup
	Above      *NavItem // the page that leads here; nil for those of the menu
	Prev, Next *NavItem // the pages before and after it; nil at the ends
	Root       string   // path from the page's folder to the site's root: "" or "../"
	Index      string   // path of the search index; "": there is none
	Others     []Translation
}

// NavGroup is a heading of the menu with its pages.
type NavGroup struct {
	Title string // "": without a heading
	Items []NavItem
}

// NavItem is one page.
type NavItem struct{ Slug, Title string }

// Translation is the same page in another language.
type Translation struct{ Lang, Name, Href string }

// New prepares a renderer from the built assets. The assets must be complete:
// see web.Load, whose error says what to run.
func New(a web.Assets) (*Renderer, error) {
	if len(a.Charts) == 0 || len(a.App) == 0 || len(a.Style) == 0 {
		return nil, web.ErrNotBuilt
	}
	r := &Renderer{names: map[string]string{}}
	var err error
	if r.templates, err = template.New("").Funcs(functions()).ParseFS(templateFiles, "templates/*.html"); err != nil {
		return nil, err
	}
	for _, f := range []struct {
		name string
		data []byte
	}{{"app.css", a.Style}, {"app.js", a.App}, {"charts.js", a.Charts}} {
		sum := sha256.Sum256(f.data)
		stem, ext, _ := strings.Cut(f.name, ".")
		name := stem + "-" + hex.EncodeToString(sum[:])[:10] + "." + ext
		r.names[f.name] = name
		r.assets = append(r.assets, File{Path: "assets/" + name, Data: f.data})
	}
	return r, nil
}

// Assets are the scripts and styles of the site, by their path from its root.
func (r *Renderer) Assets() []File { return r.assets }

// Render writes one page. The same page gives the same bytes.
func (r *Renderer) Render(w io.Writer, p view.Page, nav Nav) error {
	m := &model{Page: p, Nav: nav, W: p.Lang.Words(language.Frame), names: r.names}
	if err := m.prepare(); err != nil {
		return fmt.Errorf("html: page %s: %w", p.Slug, err)
	}
	var b bytes.Buffer
	if err := r.templates.ExecuteTemplate(&b, "page", m); err != nil {
		return fmt.Errorf("html: page %s: %w", p.Slug, err)
	}
	_, err := w.Write(squeeze(b.Bytes()))
	return err
}

// functions are what templates need beyond their data.
func functions() template.FuncMap {
	return template.FuncMap{
		"sentence": view.Sentence,
		"args":     func(m, x any) map[string]any { return map[string]any{"M": m, "X": x} },
		"sheetOf": func(f *figure, size string) map[string]string {
			return map[string]string{"ID": f.ID, "Size": size, "Title": f.Title, "Desc": f.Desc}
		},
	}
}

// squeeze drops indentation and empty lines, which templates leave behind.
func squeeze(page []byte) []byte {
	var b bytes.Buffer
	for _, line := range bytes.Split(page, []byte("\n")) {
		if line = bytes.TrimSpace(line); len(line) > 0 {
			b.Write(line)
			b.WriteByte('\n')
		}
	}
	return b.Bytes()
}

// spec is what the browser needs of a chart.
type spec struct {
	Wide   map[string]any `json:"wide"`
	Narrow map[string]any `json:"narrow"`
	Series []string       `json:"series"` // names of the series that answer the pointer, "" for others
	Tips   []tip          `json:"tips"`
}

// tip is the text beside the pointer: a title and lines of name and number.
type tip struct {
	Title string      `json:"t"`
	Lines [][2]string `json:"l"`
}

// encode writes JSON that may stand inside a script element: <, > and & are
// escaped by the encoder.
func encode(v any) (template.JS, error) {
	text, err := json.Marshal(v)
	return template.JS(text), err //nolint:gosec // JSON with <, > and & escaped
}
