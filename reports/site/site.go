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

	"golang.org/x/sync/errgroup"

	"verso/reports/html"
	"verso/reports/page"
	"verso/reports/web"
)

// Options say what to build from and where to.
type Options struct {
	Out    string      // folder of the site; its parent must exist
	Lang   string      // language at the root: "en" or "zh"; "" for the language of the run
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

// languageNames are the languages as their own readers write them.
var languageNames = map[string]string{"en": "English", "zh": "中文"}

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
	files := r.Assets()
	for _, lang := range langs {
		made, err := build(ctx, o, r, lang, langs, pages)
		if err != nil {
			return nil, fmt.Errorf("site: %w", err)
		}
		files = append(files, made...)
	}
	p, err := stage(o.Out, files)
	if err != nil {
		return nil, fmt.Errorf("site: %w", err)
	}
	p.Summary = Summary{Out: o.Out, Files: len(files)}
	for _, f := range files {
		if path.Ext(f.Path) == ".html" {
			p.Summary.Pages++
		}
		p.Summary.Bytes += int64(len(f.Data))
	}
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
	all := html.Languages()
	if !slices.Contains(all, first) {
		return nil, fmt.Errorf("site: no language %q; there are en and zh", first)
	}
	out := []string{first}
	for _, lang := range all {
		if lang != first {
			out = append(out, lang)
		}
	}
	return out, nil
}

// build makes the pages of one language.
func build(ctx context.Context, o Options, r *html.Renderer, lang string, langs []string, pages []page.Page) ([]html.File, error) {
	c, err := page.NewContext(ctx, o.Source, lang)
	if err != nil {
		return nil, err
	}
	all, err := place(ctx, c, pages)
	if err != nil {
		return nil, fmt.Errorf("%w (%s)", err, lang)
	}
	folder, groups := below(lang, langs), menu(c, pages)
	made, found := make([][]html.File, len(all)+1), make([][]entry, len(all))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(max(1, runtime.GOMAXPROCS(0)))
	for i, p := range all {
		g.Go(func() error {
			v, err := p.Build(ctx, c)
			if err != nil {
				return fmt.Errorf("page %s (%s): %w", p.Slug, lang, err)
			}
			page.NameQuestions(&v)
			var b bytes.Buffer
			if err := r.Render(&b, v, nav(c, p, lang, langs, groups)); err != nil {
				return err
			}
			made[i] = append(made[i], html.File{Path: path.Join(folder, p.Slug+".html"), Data: b.Bytes()})
			for _, f := range html.Exports(v) {
				made[i] = append(made[i], html.File{Path: path.Join(folder, f.Path), Data: f.Data})
			}
			found[i] = entries(i, v, p.above == nil)
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	f, err := index(c, all, found)
	if err != nil {
		return nil, err
	}
	f.Path = path.Join(folder, f.Path)
	made[len(all)] = []html.File{f}
	return slices.Concat(made...), nil
}

// below is the folder of a language: the root for the first.
func below(lang string, langs []string) string {
	if lang == langs[0] {
		return ""
	}
	return lang
}
