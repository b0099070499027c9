package site

import (
	"context"
	"fmt"
	"path"

	"verso/reports/html"
	"verso/reports/page"
)

// placed is a page with its place in the site.
type placed struct {
	page.Page
	above      *page.Page // the page that leads to it; nil for those of the menu
	prev, next *page.Page // of the menu, or of the same page above
}

// place puts the pages of the menu in a row, then those that each leads to.
func place(ctx context.Context, c *page.Context, pages []page.Page) ([]placed, error) {
	all := inRow(pages, nil)
	for i := range pages {
		if pages[i].Below == nil {
			continue
		}
		below, err := pages[i].Below(ctx, c)
		if err != nil {
			return nil, fmt.Errorf("pages below %s: %w", pages[i].Slug, err)
		}
		all = append(all, inRow(below, &pages[i])...)
	}
	known := make([]page.Page, len(all))
	for i, p := range all {
		known[i] = p.Page
	}
	c.Place(known)
	return all, nil
}

func inRow(pages []page.Page, above *page.Page) []placed {
	out := make([]placed, len(pages))
	for i := range pages {
		out[i] = placed{Page: pages[i], above: above}
		if i > 0 && alike(pages[i-1], pages[i]) {
			out[i].prev = &pages[i-1]
		}
		if i+1 < len(pages) && alike(pages[i], pages[i+1]) {
			out[i].next = &pages[i+1]
		}
	}
	return out
}

// alike tells whether one leafs from a page to the next: not from the last region
// to the first salesperson.
func alike(a, b page.Page) bool { return a.About.Attribute == b.About.Attribute }

// menu are the headings of the menu with their pages.
func menu(c *page.Context, pages []page.Page) []html.NavGroup {
	var groups []html.NavGroup
	for i := range pages {
		if i == 0 || pages[i].Group != pages[i-1].Group {
			g := html.NavGroup{}
			if pages[i].Group != "" {
				g.Title = c.T("group." + pages[i].Group)
			}
			groups = append(groups, g)
		}
		g := &groups[len(groups)-1]
		g.Items = append(g.Items, *item(c, &pages[i]))
	}
	return groups
}

func item(c *page.Context, p *page.Page) *html.NavItem {
	if p == nil {
		return nil
	}
	return &html.NavItem{Slug: p.Slug, Title: c.Title(*p)}
}

// named is a language as its own readers write it.
func named(c *page.Context, code string) string {
	if l, err := c.Languages.Of(code); err == nil {
		return l.Name
	}
	return code
}

// nav is what surrounds a page: the menu, the pages beside it, and the way to it
// in the other languages.
func nav(c *page.Context, p placed, lang string, langs []string, groups []html.NavGroup) html.Nav {
	n := html.Nav{Groups: groups, Above: item(c, p.above), Prev: item(c, p.prev), Next: item(c, p.next), Index: indexFile + "?" + c.Run}
	if lang != langs[0] {
		n.Root = "../"
	}
	for _, other := range langs {
		if other != lang {
			n.Others = append(n.Others, html.Translation{Lang: other, Name: named(c, other),
				Href: n.Root + path.Join(below(other, langs), p.Slug+".html")})
		}
	}
	return n
}
