package site

import (
	"strings"

	"verso/reports/view"
)

// unlink takes away what leads from a page to pages that the site does not have, as
// that of a reader who may see some pages only. The texts stay.
func unlink(p *view.Page, at map[string]int) {
	gone := func(href string) bool {
		file, _, _ := strings.Cut(href, "#")
		slug, isPage := strings.CutSuffix(file, ".html")
		if !isPage || strings.Contains(slug, "/") {
			return false
		}
		_, known := at[slug]
		return !known
	}
	if gone(p.Footer.Definitions) {
		p.Footer.Definitions = ""
	}
	kept := p.See[:0]
	for _, v := range p.See {
		if !gone(v.Href) {
			kept = append(kept, v)
		}
	}
	p.See = kept
	clear := func(t *view.Table) {
		for _, row := range t.Rows {
			for i := range row.Cells {
				if gone(row.Cells[i].Href) {
					row.Cells[i].Href = ""
				}
			}
		}
	}
	for _, s := range p.Sections {
		for _, b := range s.Blocks {
			if b.Chart != nil {
				clear(&b.Chart.Table)
			}
			if b.Table != nil {
				clear(b.Table)
			}
		}
	}
}
