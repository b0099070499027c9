package html

import (
	"bytes"
	"fmt"
	"html/template"
	"io"
	"strings"

	"verso/reports/language"
	"verso/reports/view"
)

// Document is pages bound together for paper.
type Document struct {
	Lang      *language.Language
	Title     string
	Company   string
	AsOf      string
	Landscape bool
	Compact   bool       // small, in two columns: for a visit
	Contents  []NavGroup // nil: no cover
	Pages     []view.Page
}

// sheetSize is the paper of a page of one sheet, whatever that of the others.
const sheetSize = "A4;margin:11mm 12mm 10mm"

// documentModel is a document as the template sees it.
type documentModel struct {
	Document
	W      map[string]string
	Style  string
	Sheets template.CSS
	Leaves []leaf
}

// leaf is a page of a document; the last has what stands at the foot of a page.
type leaf struct {
	Page   *model
	IsLast bool
}

// WriteDocument writes pages one after the other as one HTML file, whose style is
// among the Assets. Each page begins on a new sheet with its title in the margin;
// what leads to another of the pages leads to it within the document, and other
// links are text. It changes the identifiers of the pages' figures.
func (r *Renderer) WriteDocument(w io.Writer, d Document) error {
	texts := d.Lang.Words(language.Frame)
	m := documentModel{Document: d, W: texts, Style: "assets/" + r.names["app.css"]}
	within := map[string]bool{}
	for _, p := range d.Pages {
		within[p.Slug] = true
	}
	size := "A4"
	if d.Landscape {
		size = "A4 landscape"
	}
	if d.Compact {
		size += ";margin:11mm 10mm"
	}
	var sheets strings.Builder
	fmt.Fprintf(&sheets, "@page{size:%s}\n", size)
	for i, p := range d.Pages {
		size := size
		if p.OneSheet {
			size = sheetSize
		}
		bind(&p, within)
		bound := &model{Page: p, Paper: true, W: texts, names: r.names}
		if err := bound.prepare(); err != nil {
			return fmt.Errorf("html: page %s: %w", p.Slug, err)
		}
		m.Leaves = append(m.Leaves, leaf{bound, i == len(d.Pages)-1})
		fmt.Fprintf(&sheets, "@page leaf%d{size:%s;@top-left{content:%s}@top-right{content:%s}}\n#%s{page:leaf%d}\n", i, size, cssText(p.Title), cssText(d.Company), p.Slug, i)
	}
	m.Sheets = template.CSS(sheets.String()) //nolint:gosec // slugs are file names of ours, texts are escaped by cssText
	var b bytes.Buffer
	if err := r.templates.ExecuteTemplate(&b, "document", m); err != nil {
		return fmt.Errorf("html: document: %w", err)
	}
	_, err := w.Write(squeeze(b.Bytes()))
	return err
}

// bind makes the identifiers of a page its own within a document, and its links
// those of the document.
func bind(p *view.Page, within map[string]bool) {
	link := func(href string) string {
		file, anchor, _ := strings.Cut(href, "#")
		slug := strings.TrimSuffix(file, ".html")
		switch {
		case !within[slug]:
			return ""
		case anchor == "":
			return "#" + slug
		}
		return "#" + slug + "-" + anchor
	}
	p.Footer.Definitions = link(p.Footer.Definitions)
	p.See = nil // a link of the screen
	table := func(t *view.Table) {
		for i := range t.Rows {
			for k := range t.Rows[i].Cells {
				if cell := &t.Rows[i].Cells[k]; cell.Href != "" {
					cell.Href = link(cell.Href)
				}
			}
		}
	}
	for i := range p.Sections {
		s := &p.Sections[i]
		s.ID = p.Slug + "-" + s.ID
		for _, b := range s.Blocks {
			switch {
			case b.Chart != nil:
				b.Chart.ID = p.Slug + "-" + b.Chart.ID
				table(&b.Chart.Table)
			case b.Table != nil:
				b.Table.ID = p.Slug + "-" + b.Table.ID
				table(b.Table)
			}
		}
	}
}

// cssText writes a text as a string of CSS: everything but letters, digits and
// spaces as its code point.
func cssText(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		if r == ' ' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "\\%06x", r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
