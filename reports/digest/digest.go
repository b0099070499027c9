// Package digest writes the morning mail: the messages of the report's pages,
// their key figures with comparisons, and pictures that every mail program
// shows. It asks nothing itself: every number is one that a page shows.
package digest

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"html/template"
	"path"
	"slices"
	"strings"

	"verso/reports/language"
	"verso/reports/page"
	"verso/reports/pages"
	"verso/reports/view"
	"verso/reports/web"
)

//go:embed digest.html
var files embed.FS

// Options say for whom a digest is.
type Options struct {
	Lang  string   // code of a language of the source; "" for that of the run
	URL   string   // of the site; "": no links
	Pages []string // slugs of the pages whose messages are sent, the most important first
	Name  string   // of the reader; may be empty
	// NoBriefing says in the mail that the briefing, which is wanted, could not be attached.
	NoBriefing bool
}

// Digest is one mail, for readers of one language.
type Digest struct {
	Lang    string
	Subject string
	Text    string
	HTML    string
	Images  []Image
}

// Image is a picture that the HTML shows as cid:ID.
type Image struct {
	ID, Name string
	PNG      []byte
}

// UnknownPageError is a page that the report does not have.
type UnknownPageError struct {
	Slug  string
	Known []string
}

// Error names the pages there are.
func (e *UnknownPageError) Error() string {
	return fmt.Sprintf("digest: the report has no page %q; its pages: %s", e.Slug, strings.Join(e.Known, ", "))
}

// Check refuses pages that the report does not have, with an *UnknownPageError.
func Check(slugs []string) error {
	var known []string
	for _, p := range pages.All() {
		known = append(known, p.Slug)
	}
	for _, slug := range slugs {
		if !slices.Contains(known, slug) {
			return &UnknownPageError{slug, known}
		}
	}
	return nil
}

// Build writes the digest of a generation.
func Build(ctx context.Context, source page.Source, o Options) (*Digest, error) {
	if err := Check(o.Pages); err != nil {
		return nil, err
	}
	home, err := source.Language(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := source.Languages.Of(home); err != nil {
		home = "en"
	}
	if o.Lang == "" {
		o.Lang = home
	}
	c, err := page.NewContext(ctx, source, o.Lang)
	if err != nil {
		return nil, err
	}
	w := &writer{options: o, lang: c.Lang, company: c.Company, run: c.Run}
	if w.palette, err = web.LoadPalette(); err != nil {
		return nil, err
	}
	if o.Lang != home {
		w.folder = o.Lang
	}
	for _, slug := range o.Pages {
		i := slices.IndexFunc(pages.All(), func(p page.Page) bool { return p.Slug == slug })
		v, err := pages.All()[i].Build(ctx, c)
		if err != nil {
			return nil, fmt.Errorf("digest: page %s (%s): %w", slug, o.Lang, err)
		}
		w.pages = append(w.pages, v)
	}
	return w.write()
}

// writer is a digest in the making.
type writer struct {
	options Options
	company string
	run     string
	folder  string // of the language in the site; "" for the one at its root
	lang    *language.Language
	palette web.Palette
	pages   []view.Page
	images  []Image
}

// t is a text with its names filled in: pairs of name and value.
func (w *writer) t(key string, pairs ...string) string {
	return w.lang.Text(language.Digest, key, pairs...)
}

// letter is what the template shows.
type letter struct {
	Lang, Company, AsOf, Why string
	Banners                  []string
	Parts                    []part
	Figures                  []figure
	Heads                    [4]string
	Chart                    *chart
	Colours                  map[string]string
}

// part is the message of one page.
type part struct{ Title, Finding, Consequence, Link, Open string }

// figure is one key figure.
type figure struct {
	Label, Value, Unit, Change, Note, Colour string
	Trend                                    template.URL
	Alt                                      string
}

// chart is the columns of the months, with their figures as text.
type chart struct {
	Title, Subtitle, Insight, Alt string
	Image                         template.URL
	Width                         int
	Months                        []string
	Rows                          []chartRow
}

type chartRow struct {
	Name   string
	Colour string
	Cells  []string
}

func (w *writer) write() (*Digest, error) {
	if len(w.pages) == 0 {
		return nil, fmt.Errorf("digest: no pages to tell of")
	}
	first := w.pages[0]
	l := &letter{Lang: w.lang.Tag, Company: w.company, AsOf: w.t("asof", "date", first.Footer.AsOf), Colours: w.palette.Light,
		Why: w.t("why", "company", w.company, "run", w.run)}
	for _, b := range first.Banners {
		l.Banners = append(l.Banners, b.Text)
	}
	if w.options.NoBriefing {
		l.Banners = append(l.Banners, w.t("nobriefing"))
	}
	for _, p := range w.pages {
		l.Parts = append(l.Parts, part{p.Title, p.Message.Finding, p.Message.Consequence, w.link(p.Slug), w.t("open")})
	}
	if err := w.figures(l); err != nil {
		return nil, err
	}
	if err := w.months(l); err != nil {
		return nil, err
	}
	shape, err := template.ParseFS(files, "digest.html")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := shape.Execute(&b, l); err != nil {
		return nil, err
	}
	subject := first.Message.Finding
	if w.company != "" {
		subject = w.company + ": " + subject
	}
	return &Digest{Lang: w.options.Lang, Subject: subject, Text: w.text(l), HTML: b.String(), Images: w.images}, nil
}

// link is the address of a page; "" without an address of the site.
func (w *writer) link(slug string) string {
	if w.options.URL == "" {
		return ""
	}
	return strings.TrimSuffix(w.options.URL, "/") + "/" + path.Join(w.folder, slug+".html")
}

// figures takes the first row of key figures over.
func (w *writer) figures(l *letter) error {
	row := firstOf(w.pages, func(b view.Block) *view.KPIRow { return b.KPIs })
	if row == nil {
		return nil
	}
	versus := ""
	for _, k := range row.Items {
		if versus == "" {
			versus = k.Versus
		}
		f := figure{Label: k.Label, Value: view.Show(w.lang, k.Value, k.Format), Unit: k.Unit, Note: k.Note, Alt: w.t("trend.alt", "label", k.Label)}
		if k.Change.Has() {
			f.Change = view.Show(w.lang, k.Change, k.ChangeFormat)
		}
		if k.Relative.Has() {
			f.Change = view.Show(w.lang, k.Relative, view.Pct().Change())
		}
		f.Colour = w.palette.Light[map[view.Tone]string{view.Good: "good", view.Bad: "bad", view.Neutral: "ink2", view.Caution: "warn"}[k.Tone()]]
		if drawn := line(k.Trend, k.Format, w.palette.Light); drawn != nil {
			address, err := w.attach(fmt.Sprintf("trend-%d", len(l.Figures)+1), drawn)
			if err != nil {
				return err
			}
			f.Trend = address
		}
		l.Figures = append(l.Figures, f)
	}
	l.Heads = [4]string{w.t("figure"), w.t("value"), w.t("change", "versus", versus), w.t("course")}
	return nil
}

// months takes the first chart of months over.
func (w *writer) months(l *letter) error {
	ch := firstOf(w.pages, func(b view.Block) *view.Chart {
		if b.Chart != nil && b.Chart.Kind == view.TimeColumns {
			return b.Chart
		}
		return nil
	})
	if ch == nil {
		return nil
	}
	address, err := w.attach("months", columns(ch, w.palette.Light))
	if err != nil {
		return err
	}
	c := &chart{Title: ch.Title, Subtitle: ch.Subtitle, Insight: ch.Insight, Alt: w.t("chart.alt", "title", ch.Title), Image: address, Width: chartWidth}
	for _, name := range ch.Categories {
		c.Months = append(c.Months, strings.ReplaceAll(name, "\n", " "))
	}
	for _, s := range ch.Series {
		r := chartRow{Name: w.t(strings.ToLower(s.Role.String())), Colour: w.palette.Light[strings.ToLower(s.Role.String())]}
		for _, v := range s.Values {
			r.Cells = append(r.Cells, view.Show(w.lang, v, ch.Format))
		}
		c.Rows = append(c.Rows, r)
	}
	l.Chart = c
	return nil
}

// firstOf is the first block of a kind on any page, nil when there is none.
func firstOf[T any](pages []view.Page, of func(view.Block) *T) *T {
	for _, p := range pages {
		for _, s := range p.Sections {
			for _, b := range s.Blocks {
				if found := of(b); found != nil {
					return found
				}
			}
		}
	}
	return nil
}

// text is the digest for those who read mail as plain text.
func (w *writer) text(l *letter) string {
	var b strings.Builder
	add := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	add("%s\n%s\n", l.Company, l.AsOf)
	for _, s := range l.Banners {
		add("! %s\n", s)
	}
	for _, p := range l.Parts {
		add("%s\n%s", strings.ToUpper(p.Title), p.Finding)
		if p.Consequence != "" {
			add("%s", p.Consequence)
		}
		if p.Link != "" {
			add("%s", p.Link)
		}
		add("")
	}
	for _, f := range l.Figures {
		add("%s: %s", f.Label, strings.Join(strings.Fields(f.Value+" "+f.Unit+" "+bracket(f.Change)+" "+f.Note), " "))
	}
	if c := l.Chart; c != nil {
		add("\n%s\n%s", c.Title, c.Subtitle)
		for i, m := range c.Months {
			var cells []string
			for _, r := range c.Rows {
				cells = append(cells, r.Name+" "+r.Cells[i])
			}
			add("  %s: %s", m, strings.Join(cells, ", "))
		}
	}
	add("\n-- \n%s", l.Why)
	return b.String()
}

func bracket(text string) string {
	if text == "" {
		return ""
	}
	return "(" + text + ")"
}
