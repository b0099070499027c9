package html

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"verso/reports/language"
	"verso/reports/view"
)

// Pages bound together keep their figures and links apart, and texts of the data
// cannot leave the margin they are written in.
func TestDocument(t *testing.T) {
	r := renderer(t)
	leaf := func(slug, to string) view.Page {
		name := view.T("Ada")
		name.Href = to
		return view.Page{Slug: slug, Lang: language.English(), Title: slug + `";}</style><script>alert(1)</script>`, Message: view.Message{Finding: "found"}, Sections: []view.Section{{ID: "part", Title: "Part", Blocks: []view.Block{
			{Table: &view.Table{ID: "list", Title: "List", Columns: []view.Column{{Label: "Who"}}, Rows: []view.Row{{Cells: []view.Value{name}}}}},
			{Chart: &view.Chart{ID: "curve", Kind: view.Lines, Title: "Curve", Categories: []string{"a", "b"}, Series: []view.Series{{Name: "s", Values: []view.Value{view.N(1), view.N(2)}}}}}}}}}
	}
	var b bytes.Buffer
	d := Document{Lang: language.English(), Title: "Report", Company: `Müller & Söhne "\`, Contents: []NavGroup{{Title: "All", Items: []NavItem{{"one", "One"}, {"two", "Two"}}}},
		Pages: []view.Page{leaf("one", "two.html#list"), leaf("two", "elsewhere.html")}}
	if err := r.WriteDocument(&b, d); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(text, -1) {
		if ids[m[1]] {
			t.Errorf("%s is there twice", m[1])
		}
		ids[m[1]] = true
	}
	links := regexp.MustCompile(` href="#([^"]+)"`).FindAllStringSubmatch(text, -1)
	for _, m := range links {
		if !ids[m[1]] {
			t.Errorf("a link to #%s leads nowhere", m[1])
		}
	}
	if len(links) != 3 || strings.Contains(text, "elsewhere") || strings.Contains(text, "<script") || strings.Count(text, "</style>") != 1 {
		t.Errorf("%d links in\n%s", len(links), text)
	}
	if !strings.Contains(text, `content:"M\0000fcller \000026 S\0000f6hne \000022\00005c"`) {
		t.Error("the company is not in the margin as it is written")
	}
}
