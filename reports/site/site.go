// Package site writes the report as a folder: the pages in both languages, the
// CSV behind every figure, and the scripts and styles they share.
//
// The language of the company stands at the root of the folder, the other one in
// a folder of its own ("zh/" or "en/") with the same file names, and every page
// links to itself in the other language. The folder works from file://, and a
// failed build leaves the one before it in place.
package site

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"verso/reports/html"
	"verso/reports/page"
	"verso/reports/web"
)

// Options say what to build from and where to.
type Options struct {
	Out    string      // folder of the site; its parent must exist
	Lang   string      // code of the language at the root; "" for the language of the run
	Source page.Source // the generation
	// Assets are the built scripts and styles; empty for those in the binary.
	Assets web.Assets
}

// Summary is what was written.
type Summary struct {
	Out   string
	Pages int // in all languages
	Files int // pages, CSV, scripts and styles
	Bytes int64
}

// Build makes every page in every language and publishes the folder. The same
// generation gives the same bytes.
func Build(ctx context.Context, o Options, pages ...page.Page) (Summary, error) {
	p, err := Prepare(ctx, o, pages...)
	if err != nil {
		return Summary{}, err
	}
	return p.Summary, p.Publish()
}

// Prepare makes every page and writes the folder beside the published one,
// durable but not yet visible. The caller publishes or discards it.
func Prepare(ctx context.Context, o Options, pages ...page.Page) (*Pending, error) {
	if len(pages) == 0 {
		return nil, errors.New("site: no pages to build")
	}
	assets := o.Assets
	if len(assets.App) == 0 {
		var err error
		if assets, err = web.Load(); err != nil {
			return nil, fmt.Errorf("site: %w", err)
		}
	}
	r, err := html.New(assets)
	if err != nil {
		return nil, fmt.Errorf("site: %w", err)
	}
	source, release := o.Source.Remembering()
	defer release()
	o.Source = source
	langs, err := languages(ctx, o)
	if err != nil {
		return nil, err
	}
	p, err := begin(o.Out)
	if err != nil {
		return nil, fmt.Errorf("site: %w", err)
	}
	m := &maker{renderer: r, folder: p.folder}
	if err := m.make(ctx, o.Source, langs, pages); err != nil {
		return nil, fmt.Errorf("site: %w", p.abandon(err))
	}
	if err := p.folder.finish(); err != nil {
		return nil, fmt.Errorf("site: %w", p.abandon(err))
	}
	p.Summary = Summary{Out: o.Out, Files: len(p.folder.sums), Pages: m.pages, Bytes: p.folder.bytes}
	p.folder = nil
	return p, nil
}

// languages are the languages to build, the one of the root first.
func languages(ctx context.Context, o Options) ([]string, error) {
	first := o.Lang
	if first == "" {
		var err error
		if first, err = o.Source.Language(ctx); err != nil {
			return nil, fmt.Errorf("site: %w", err)
		}
	}
	if first == "" {
		first = "en"
	}
	all := o.Source.Languages.Codes()
	if !slices.Contains(all, first) {
		if o.Lang == "" && len(all) > 0 { // the company's is not among those wanted
			first = all[0]
		} else {
			return nil, fmt.Errorf("site: no language %q; there are %s", first, strings.Join(all, ", "))
		}
	}
	out := []string{first}
	for _, lang := range all {
		if lang != first {
			out = append(out, lang)
		}
	}
	return out, nil
}

// maker makes the pages of a site.
type maker struct {
	renderer *html.Renderer
	folder   *folder
	pages    int // made
}

// edition is the site in one language.
type edition struct {
	context *page.Context
	lang    string
	langs   []string // the one of the root first
	groups  []html.NavGroup
	pages   []placed
	at      map[string]int // places of pages by slug
	found   [][]entry
}

// make makes every page in every language, a page in all of them at a time: what
// it asks is then asked once.
func (m *maker) make(ctx context.Context, source page.Source, langs []string, pages []page.Page) error {
	var editions []*edition
	for _, lang := range langs {
		c, err := page.NewContext(ctx, source, lang)
		if err != nil {
			return err
		}
		e := &edition{context: c, lang: lang, langs: langs, groups: menu(c, pages), at: map[string]int{}}
		if e.pages, err = place(ctx, c, pages); err != nil {
			return fmt.Errorf("%w (%s)", err, lang)
		}
		for i, p := range e.pages {
			e.at[p.Slug] = i
		}
		e.found = make([][]entry, len(e.pages))
		editions = append(editions, e)
		m.pages += len(e.pages)
	}
	for _, f := range m.renderer.Assets() {
		if err := m.folder.add(f); err != nil {
			return err
		}
	}
	g, within := errgroup.WithContext(ctx)
	g.SetLimit(max(1, runtime.GOMAXPROCS(0)))
	for _, p := range editions[0].pages {
		g.Go(func() error {
			for _, e := range editions {
				i, ok := e.at[p.Slug]
				if !ok || len(e.pages) != len(editions[0].pages) {
					return fmt.Errorf("page %s: the languages %s have different pages", p.Slug, strings.Join(langs, ", "))
				}
				if err := m.page(within, e, i); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for _, e := range editions {
		f, err := index(e.context, e.pages, e.found)
		if err != nil {
			return err
		}
		f.Path = path.Join(below(e.lang, langs), f.Path)
		if err := m.folder.add(f); err != nil {
			return err
		}
	}
	return nil
}

// page makes one page of a language, with the files of its tables.
func (m *maker) page(ctx context.Context, e *edition, i int) error {
	p, folder := e.pages[i], below(e.lang, e.langs)
	v, err := p.Build(ctx, e.context)
	if err != nil {
		return fmt.Errorf("page %s (%s): %w", p.Slug, e.lang, err)
	}
	page.NameQuestions(&v)
	unlink(&v, e.at)
	var b bytes.Buffer
	if err := m.renderer.Render(&b, v, nav(e.context, p, e.lang, e.langs, e.groups)); err != nil {
		return err
	}
	if err := m.folder.add(html.File{Path: path.Join(folder, p.Slug+".html"), Data: b.Bytes()}); err != nil {
		return err
	}
	for _, f := range html.Exports(v) {
		if err := m.folder.add(html.File{Path: path.Join(folder, f.Path), Data: f.Data}); err != nil {
			return err
		}
	}
	e.found[i] = entries(i, v, p.above == nil)
	return nil
}

// below is the folder of a language: the root for the first.
func below(lang string, langs []string) string {
	if lang == langs[0] {
		return ""
	}
	return lang
}
