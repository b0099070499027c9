package html

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	xhtml "golang.org/x/net/html"

	"verso/reports/view"
	"verso/reports/web"
)

// renderer returns a renderer or skips where the assets are not built.
func renderer(t testing.TB) *Renderer {
	t.Helper()
	a, err := web.Load()
	if err != nil {
		t.Skip(err)
	}
	r, err := New(a)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var testNav = Nav{Groups: []NavGroup{{Title: "The business", Items: []NavItem{{"index", "Overview"}, {"sales", "Sales"}}}}, Others: []Translation{{"zh", "中文", "zh/index.html"}}}

func render(t testing.TB, r *Renderer, p view.Page) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.Render(&b, p, testNav); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// walk visits every element.
func walk(n *xhtml.Node, fn func(*xhtml.Node)) {
	if n.Type == xhtml.ElementNode {
		fn(n)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		walk(c, fn)
	}
}

func attr(n *xhtml.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func parse(t testing.TB, text string) *xhtml.Node {
	t.Helper()
	root, err := xhtml.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func TestPageIsSoundHTML(t *testing.T) {
	r := renderer(t)
	text := render(t, r, sample())
	checkPage(t, text)
	if n := len(text); n > 150_000 {
		t.Errorf("the page has %d bytes, more than 150,000", n)
	}
	for _, want := range []string{`lang="en"`, "30 June 2025", "2025-06-30-1a2b3c4d", "72,345", "1 of 14 failed", "ISBN check digit: 28 titles"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

// checkPage holds a page to what every page owes.
func checkPage(t *testing.T, text string) {
	t.Helper()
	counts := map[string]int{}
	ids := map[string]bool{}
	figures, charts := 0, 0
	walk(parse(t, text), func(n *xhtml.Node) {
		counts[n.Data]++
		for _, a := range n.Attr {
			if strings.HasPrefix(strings.ToLower(a.Key), "on") {
				t.Errorf("%s has a handler %s", n.Data, a.Key)
			}
			if a.Key == "style" {
				t.Errorf("%s has an inline style", n.Data)
			}
			if (a.Key == "src" || a.Key == "href") && strings.Contains(a.Val, ":") && a.Val != "data:," {
				t.Errorf("%s points outside the site: %s", n.Data, a.Val)
			}
			if a.Key == "id" {
				if ids[a.Val] {
					t.Errorf("id %s is there twice", a.Val)
				}
				ids[a.Val] = true
			}
		}
		switch {
		case n.Data == "script" && attr(n, "src") == "" && attr(n, "type") != "application/json":
			t.Error("an inline script")
		case n.Data == "style":
			t.Error("an inline style sheet")
		case n.Data == "figure":
			figures++
			checkFigure(t, n)
			if strings.Contains(attr(n, "class"), "chart") {
				charts++
			}
		}
	})
	if counts["h1"] != 1 || counts["main"] != 1 || counts["nav"] != 1 {
		t.Errorf("h1 %d, main %d, nav %d; want one of each", counts["h1"], counts["main"], counts["nav"])
	}
	if figures == 0 {
		t.Error("no figure")
	}
}

// checkFigure holds a figure to its title, its table and its CSV, and a chart to
// drawings that say what they show.
func checkFigure(t *testing.T, figure *xhtml.Node) {
	t.Helper()
	id, counts := attr(figure, "id"), map[string]int{}
	walk(figure, func(n *xhtml.Node) {
		counts[n.Data]++
		if n.Data == "a" && strings.HasSuffix(attr(n, "href"), ".csv") {
			counts["csv"]++
		}
		if n.Data == "svg" && strings.Contains(attr(n, "class"), "sheet") {
			counts["sheet"]++
			if attr(n, "role") != "img" || attr(n, "aria-labelledby") == "" {
				t.Errorf("%s: a drawing without role or name", id)
			}
		}
	})
	chart := strings.Contains(attr(figure, "class"), "chart")
	if counts["h3"] != 1 || counts["csv"] != 1 || (chart && counts["table"] != 1) {
		t.Errorf("%s: titles %d, CSV %d, tables %d; want one of each", id, counts["h3"], counts["csv"], counts["table"])
	}
	if chart && (counts["sheet"] != 2 || counts["title"] != 2 || counts["desc"] != 2) {
		t.Errorf("%s: drawings %d, titles %d, descriptions %d; want two of each", id, counts["sheet"], counts["title"], counts["desc"])
	}
}

func TestRenderingTwiceGivesTheSameBytes(t *testing.T) {
	r, again := renderer(t), renderer(t)
	first := render(t, r, sample())
	for i, other := range []*Renderer{r, again} {
		if render(t, other, sample()) != first {
			t.Errorf("rendering %d differs", i+2)
		}
	}
}

// evil are texts that try to leave their place.
var evil = []string{
	`</script><script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, `<svg onload=alert(1)>`,
	`__f__alert(1)__f__`, `{{.}} ${alert(1)} {b} {c}`, "\u202egnp.exe", "javascript:alert(1)", "]]><x/>", "\u2028<b>",
	strings.Repeat("沉默", 200), strings.Repeat("W", 400), "-->", "@ac", "&lt;b&gt;", "a\x00b",
}

// poison puts a text into every field of a page that comes from data.
func poison(p view.Page, s string) view.Page {
	p.Title, p.Message = s, view.Message{Finding: s, Consequence: s}
	p.Meta = view.Meta{Measure: s, Unit: s, Period: s, Scenario: s}
	p.Banners = []view.Note{{Text: s}}
	p.Footer = view.Footer{Company: s, AsOf: s, Run: s, Rows: []view.Count{{Label: s, Rows: 1}}, Checks: 1, FailedChecks: []string{s}, Definitions: s}
	for i := range p.Sections {
		section := &p.Sections[i]
		section.Title, section.Lead = s, s
		for k := range section.Blocks {
			poisonBlock(&section.Blocks[k], s)
		}
	}
	return p
}

func poisonBlock(b *view.Block, s string) {
	switch {
	case b.KPIs != nil:
		b.KPIs.Title = s
		for i := range b.KPIs.Items {
			k := &b.KPIs.Items[i]
			k.Label, k.Unit, k.Versus, k.Note = s, s, s, s
		}
	case b.Chart != nil:
		c := b.Chart
		c.Title, c.Subtitle, c.Insight, c.XName, c.YName = s, s, s, s, s
		c.Categories = append([]string(nil), c.Categories...)
		for i := range c.Categories {
			c.Categories[i] = s + strconv.Itoa(i)
		}
		for i := range c.Rows {
			c.Rows[i] = s + strconv.Itoa(i)
		}
		for i := range c.Series {
			c.Series[i].Name = s
		}
		for i := range c.Marks {
			c.Marks[i].Text = s
		}
		poisonTable(&c.Table, s)
	case b.Table != nil:
		poisonTable(b.Table, s)
	case b.Note != nil:
		b.Note.Text = s
	case b.Absent != nil:
		b.Absent.Title, b.Absent.Text, b.Absent.Tables = s, s, []string{s}
	}
	for i := range b.Terms {
		b.Terms[i] = view.Term{Name: s, Definition: s}
	}
}

func poisonTable(t *view.Table, s string) {
	t.Title, t.Subtitle, t.Insight, t.Shown, t.Filters, t.Footnotes = s, s, s, s, s, []string{s}
	for i := range t.Columns {
		t.Columns[i].Label, t.Columns[i].Unit = s, s
	}
	for i := range t.Rows {
		for k, c := range t.Rows[i].Cells {
			if c.Kind == view.Text {
				t.Rows[i].Cells[k] = view.Value{Kind: view.Text, Text: s, Href: s}
			}
		}
	}
}

func TestNoTextLeavesItsPlace(t *testing.T) {
	r := renderer(t)
	clean := elements(t, render(t, r, sample()))
	for i, s := range evil {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			text := render(t, r, poison(sample(), s))
			root := parse(t, text)
			walk(root, func(n *xhtml.Node) {
				if n.Data == "img" || n.Data == "x" || n.Data == "b" && n.Parent != nil && n.Parent.Data == "td" {
					t.Errorf("a text became the element %s", n.Data)
				}
				for _, a := range n.Attr {
					if strings.HasPrefix(a.Key, "on") || a.Key == "href" && strings.HasPrefix(a.Val, "javascript") {
						t.Errorf("a text became the attribute %s of %s", a.Key, n.Data)
					}
				}
			})
			for element, n := range clean {
				if got := elements(t, text)[element]; element == "script" && got != n {
					t.Errorf("%d %s elements instead of %d", got, element, n)
				}
			}
		})
	}
}

func elements(t *testing.T, text string) map[string]int {
	t.Helper()
	out := map[string]int{}
	walk(parse(t, text), func(n *xhtml.Node) { out[n.Data]++ })
	return out
}

func TestCSVHoldsWhatIsShown(t *testing.T) {
	files := Exports(sample())
	if len(files) != 7 {
		t.Fatalf("%d files, want 7", len(files))
	}
	var regions string
	for _, f := range files {
		if f.Path == "data/index-regions.csv" {
			regions = string(f.Data)
		}
	}
	for _, want := range []string{"\ufeffRegion,AC (CNY),PY (CNY)", "East China,5200000,4100000,1100000,0.268", "Total,9600000,9000000,600000,0.067", "as of,30 June 2025", "run,2025-06-30-1a2b3c4d"} {
		if !strings.Contains(regions, want) {
			t.Errorf("the CSV lacks %q:\n%s", want, regions)
		}
	}
	table := view.Table{Columns: []view.Column{{Label: "=cmd()"}}, Rows: []view.Row{{Cells: []view.Value{view.T("@SUM(A1)")}}}}
	if got := string(tableCSV(view.Page{}, table)); !strings.Contains(got, "'=cmd()") || !strings.Contains(got, "'@SUM(A1)") {
		t.Errorf("a formula goes through: %q", got)
	}
}

func TestWithoutAssets(t *testing.T) {
	if _, err := New(web.Assets{}); !errors.Is(err, web.ErrNotBuilt) {
		t.Errorf("got %v", err)
	}
}

// luminance is the relative luminance of WCAG 2.2.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	if !regexp.MustCompile(`^#[0-9a-f]{6}$`).MatchString(hex) {
		t.Fatalf("%q is no colour", hex)
	}
	l := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, _ := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		l += weight * c
	}
	return l
}

func contrast(t *testing.T, a, b string) float64 {
	x, y := luminance(t, a), luminance(t, b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

// WCAG 2.2: 4.5 for text (1.4.3), 3 for marks (1.4.11), in both themes.
func TestPaletteHasContrast(t *testing.T) {
	p, err := web.LoadPalette()
	if err != nil {
		t.Fatal(err)
	}
	for theme, c := range map[string]map[string]string{"light": p.Light, "dark": p.Dark} {
		for _, ground := range []string{"surface", "ground", "wash"} {
			for _, ink := range []string{"ink", "ink2", "ink3", "accent", "good", "bad", "warn"} {
				if got := contrast(t, c[ink], c[ground]); got < 4.5 {
					t.Errorf("%s: %s on %s: %.2f, want 4.5", theme, ink, ground, got)
				}
			}
		}
		for _, mark := range []string{"ac", "py", "accent", "accent2", "good", "bad"} {
			if got := contrast(t, c[mark], c["surface"]); got < 3 {
				t.Errorf("%s: %s on surface: %.2f, want 3", theme, mark, got)
			}
		}
		for _, step := range []string{"1", "2", "3", "4", "5"} {
			if got := contrast(t, c["on"+step], c["heat"+step]); got < 4.5 {
				t.Errorf("%s: text on heat%s: %.2f, want 4.5", theme, step, got)
			}
		}
		if got := contrast(t, c["ac"], c["py"]); got < 2.5 {
			t.Errorf("%s: actual against previous year: %.2f", theme, got)
		}
	}
}
