package digest

import (
	"bytes"
	"errors"
	"image/png"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"verso/olap"
	"verso/olap/engine"
	"verso/olap/olaptest"
	"verso/reports/page"
	"verso/reports/pages"
	"verso/reports/view"
)

func sourceOf(t *testing.T, db engine.Database) page.Source {
	t.Helper()
	o, err := olap.Open(t.Context(), db, olap.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return page.FromOlap(o, db)
}

func build(t *testing.T, source page.Source, o Options) *Digest {
	t.Helper()
	d, err := Build(t.Context(), source, o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// The digest says what the pages say: their messages, and every key figure and
// month as they are written there.
func TestNumbersAreThoseOfThePages(t *testing.T) {
	source := sourceOf(t, olaptest.Star(t))
	for _, lang := range []string{"en", "zh"} {
		d := build(t, source, Options{Lang: lang, URL: "https://reports.example.org/", Pages: []string{"index", "sales"}})
		c, err := page.NewContext(t.Context(), source, lang)
		if err != nil {
			t.Fatal(err)
		}
		said := func(what string) {
			t.Helper()
			if !strings.Contains(d.Text, what) || !strings.Contains(d.HTML, escape(what)) {
				t.Errorf("%s: the digest does not say %q", lang, what)
			}
		}
		for _, p := range pages.All() {
			if p.Slug != "index" && p.Slug != "sales" {
				continue
			}
			v, err := p.Build(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			said(v.Message.Finding)
			said(v.Message.Consequence)
			if p.Slug != "index" {
				continue
			}
			if want := c.Company + ": " + v.Message.Finding; d.Subject != want {
				t.Errorf("%s: subject %q, want %q", lang, d.Subject, want)
			}
			for _, s := range v.Sections {
				for _, b := range s.Blocks {
					if b.KPIs != nil {
						for _, k := range b.KPIs.Items {
							said(view.Show(c.Lang, k.Value, k.Format))
						}
					}
					if b.Chart != nil && b.Chart.Kind == view.TimeColumns {
						for _, v := range b.Chart.Series[0].Values {
							said(view.Show(c.Lang, v, b.Chart.Format))
						}
					}
				}
			}
		}
		link := "https://reports.example.org/index.html"
		if home, _ := source.Language(t.Context()); lang != home {
			link = "https://reports.example.org/" + lang + "/index.html"
		}
		said(link)
		if strings.Contains(d.HTML+d.Text, "{") {
			t.Errorf("%s: a name was not filled in", lang)
		}
	}
}

func escape(text string) string {
	return strings.NewReplacer("&", "&amp;", "+", "&#43;", "'", "&#39;", `"`, "&#34;").Replace(text)
}

var address = regexp.MustCompile(`(?:src|href|url)\s*[=(]\s*"?([^" )>]+)`)

// Nothing is fetched from anywhere: pictures are parts of the mail, each used,
// each one that can be decoded, and links lead to the site alone.
func TestNothingFromOutside(t *testing.T) {
	d := build(t, sourceOf(t, olaptest.Star(t)), Options{URL: "https://reports.example.org", Pages: []string{"index", "customers"}})
	shown := map[string]bool{}
	for _, m := range address.FindAllStringSubmatch(d.HTML, -1) {
		switch to := m[1]; {
		case strings.HasPrefix(to, "cid:"):
			shown[strings.TrimPrefix(to, "cid:")] = true
		case !strings.HasPrefix(to, "https://reports.example.org/"):
			t.Errorf("the mail refers to %s", to)
		}
	}
	if strings.Contains(d.HTML, "<script") || strings.Contains(d.HTML, "ZgotmplZ") || strings.Contains(d.HTML, "<svg") {
		t.Error("the HTML holds what mail programs do not show")
	}
	for _, i := range d.Images {
		m, err := png.Decode(bytes.NewReader(i.PNG))
		if err != nil || !shown[i.ID] || m.Bounds().Dx() < 100 {
			t.Errorf("%s: shown %v, %v", i.ID, shown[i.ID], err)
		}
		delete(shown, i.ID)
	}
	if len(d.Images) < 3 || len(shown) != 0 {
		t.Errorf("%d pictures; not in the mail: %v", len(d.Images), shown)
	}
	if n := len(d.HTML); n > 100_000 {
		t.Errorf("%d bytes: some programs cut mail at 102 KB", n)
	}
}

func TestSameBytes(t *testing.T) {
	source := sourceOf(t, olaptest.Star(t))
	o := Options{Lang: "zh", Pages: []string{"index"}}
	if d := cmp.Diff(build(t, source, o), build(t, source, o)); d != "" {
		t.Error(d)
	}
}

// A briefing that is wanted and cannot be printed is not silently missing.
func TestNoBriefing(t *testing.T) {
	source := sourceOf(t, olaptest.Star(t))
	for lang, want := range map[string]string{"en": "The briefing could not be printed", "zh": "一页简报未能打印"} {
		with := build(t, source, Options{Lang: lang, Pages: []string{"index"}, NoBriefing: true})
		without := build(t, source, Options{Lang: lang, Pages: []string{"index"}})
		if !strings.Contains(with.Text, want) || !strings.Contains(with.HTML, want) || strings.Contains(without.Text, want) {
			t.Errorf("%s: %s", lang, with.Text)
		}
	}
}

func TestUnknownPage(t *testing.T) {
	var unknown *UnknownPageError
	if err := Check([]string{"index", "salse"}); !errors.As(err, &unknown) || !strings.Contains(err.Error(), "customers") {
		t.Errorf("%v", err)
	}
}

// The picture is the numbers: the tallest column belongs to the largest value,
// negative ones hang below the line, and a month without data has none.
func TestColumns(t *testing.T) {
	palette := map[string]string{"surface": "#ffffff", "ac": "#000001", "py": "#000002", "ink3": "#000003"}
	ch := &view.Chart{Categories: []string{"a", "b", "c", "d"}, Series: []view.Series{{Role: view.AC, Values: []view.Value{view.N(10), view.N(5), view.N(-5), {}}}}}
	m := columns(ch, palette)
	slot := m.Bounds().Dx() / 4
	var heights []int
	for i := range 4 {
		n := 0
		for y := range m.Bounds().Dy() {
			if r, g, b, _ := m.At(i*slot+slot/2, y).RGBA(); r == 0 && g == 0 && b == 0x0101 {
				n++
			}
		}
		heights = append(heights, n)
	}
	if heights[3] != 0 || heights[0] < 2*heights[1]-2 || heights[0] > 2*heights[1]+2 || heights[2] < heights[1]-4 || heights[2] > heights[1]+1 {
		t.Errorf("heights %v", heights)
	}
	if line([]view.Value{view.N(1), {}}, view.Format{}, palette) != nil {
		t.Error("a line of one value")
	}
}
