package site

import (
	"encoding/json"
	"slices"

	"verso/reports/html"
	"verso/reports/page"
	"verso/reports/view"
)

// indexFile is the search index of a language: a script, since a page read from
// the disk may load no other kind of file.
const indexFile = "search.js"

// The kinds of things that the search finds, best first.
const (
	kindPage = iota
	kindTerm
	kindFigure
	kindMember
	kindSection
)

var kindWords = []string{"page", "term", "figure", "member", "section"}

// longestText is how much of a sentence the index keeps, in characters.
const longestText = 160

// entry is a thing that can be found: its kind, its page as a place in the list
// of pages, its anchor there, its name, and a sentence about it.
type entry struct {
	kind   int
	page   int
	anchor string
	name   string
	text   string
}

// MarshalJSON writes an entry as a list.
func (e entry) MarshalJSON() ([]byte, error) {
	return json.Marshal([]any{e.kind, e.page, e.anchor, e.name, e.text})
}

// entries are what can be found on a page: the page; and where it is one of the
// menu also its sections, charts, tables and terms, and what its tables list.
func entries(no int, v view.Page, all bool) []entry {
	out := []entry{{kindPage, no, "", v.Title, short(v.Message.Finding)}}
	if !all {
		return out
	}
	seen := map[string]bool{v.Title: true}
	add := func(e entry) {
		if key := e.anchor + "\x00" + e.name; e.name != "" && !seen[e.name] && !seen[key] {
			seen[key] = true
			out = append(out, e)
		}
	}
	for _, s := range v.Sections {
		add(entry{kindSection, no, s.ID, s.Title, short(s.Lead)})
		for _, b := range s.Blocks {
			switch {
			case b.Chart != nil:
				add(entry{kindFigure, no, b.Chart.ID, b.Chart.Title, short(b.Chart.Insight)})
			case b.Table != nil:
				add(entry{kindFigure, no, b.Table.ID, b.Table.Title, short(b.Table.Subtitle)})
				for _, e := range members(no, b.Table) {
					add(e)
				}
			}
			for _, t := range b.Terms {
				add(entry{kindTerm, no, s.ID, t.Name, short(t.Definition)})
			}
		}
	}
	return out
}

// members are what the rows of a table are about: the first text of each, with
// the first longer text beside it.
func members(no int, t *view.Table) []entry {
	var out []entry
	for _, row := range t.Rows {
		first := slices.IndexFunc(row.Cells, func(v view.Value) bool { return v.Kind == view.Text && v.Text != "" })
		if row.Kind != view.Leaf || first < 0 {
			continue
		}
		e := entry{kindMember, no, t.ID, short(row.Cells[first].Text), t.Title}
		for i := first + 1; i < len(row.Cells) && i < len(t.Columns); i++ {
			if t.Columns[i].Wide && row.Cells[i].Kind == view.Text && row.Cells[i].Text != "" {
				e.text = short(row.Cells[i].Text)
				break
			}
		}
		out = append(out, e)
	}
	return out
}

func short(text string) string {
	letters := []rune(text)
	if len(letters) <= longestText {
		return text
	}
	return string(letters[:longestText-1]) + "…"
}

// index is the search index of the pages of a language.
func index(c *page.Context, pages []placed, found [][]entry) (html.File, error) {
	var list struct {
		Kinds   []string    `json:"kinds"`
		Pages   [][2]string `json:"pages"` // address, title
		Entries []entry     `json:"entries"`
	}
	for _, k := range kindWords {
		list.Kinds = append(list.Kinds, c.T("search."+k))
	}
	for _, p := range pages {
		list.Pages = append(list.Pages, [2]string{p.Slug + ".html", c.Title(p.Page)})
	}
	list.Entries = slices.Concat(found...)
	text, err := json.Marshal(list)
	if err != nil {
		return html.File{}, err
	}
	return html.File{Path: indexFile, Data: slices.Concat([]byte("versoIndex="), text, []byte("\n"))}, nil
}
