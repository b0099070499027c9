package site

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"

	"verso/reports/html"
	"verso/reports/page"
	"verso/reports/view"
	"verso/reports/web"
)

// WriteDocument writes pages of the report bound together, in one language, as
// document.html into a folder with the styles it needs, and returns its path. With
// more than one page it has a cover with the contents.
func WriteDocument(ctx context.Context, dir string, c *page.Context, landscape bool, pages ...page.Page) (string, error) {
	a, err := web.Load()
	if err != nil {
		return "", fmt.Errorf("site: %w", err)
	}
	r, err := html.New(a)
	if err != nil {
		return "", fmt.Errorf("site: %w", err)
	}
	d := html.Document{Lang: c.Lang, Title: c.T("document.title"), Company: c.Company, AsOf: c.Frame.AsOf, Landscape: landscape}
	for _, p := range pages {
		v, err := p.Build(ctx, c)
		if err != nil {
			return "", fmt.Errorf("site: page %s (%s): %w", p.Slug, c.Lang, err)
		}
		d.Pages = append(d.Pages, v)
	}
	if len(pages) > 1 {
		d.Contents = menu(c, pages)
	}
	return writeDocument(dir, r, d)
}

// WriteVisit is WriteDocument for one page that is built already, small enough to
// take along.
func WriteVisit(dir string, c *page.Context, v view.Page) (string, error) {
	a, err := web.Load()
	if err != nil {
		return "", fmt.Errorf("site: %w", err)
	}
	r, err := html.New(a)
	if err != nil {
		return "", fmt.Errorf("site: %w", err)
	}
	return writeDocument(dir, r, html.Document{Lang: c.Lang, Title: v.Title, Company: c.Company, AsOf: c.Frame.AsOf, Compact: true, Pages: []view.Page{v}})
}

func writeDocument(dir string, r *html.Renderer, d html.Document) (string, error) {
	var b bytes.Buffer
	if err := r.WriteDocument(&b, d); err != nil {
		return "", fmt.Errorf("site: %w", err)
	}
	for _, f := range append(r.Assets(), html.File{Path: "document.html", Data: b.Bytes()}) {
		name := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return "", fmt.Errorf("site: %w", err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			return "", fmt.Errorf("site: %w", err)
		}
	}
	return filepath.Join(dir, "document.html"), nil
}
