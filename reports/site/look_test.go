package site

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"verso/reports/site/sitetest"
)

var update = flag.Bool("update", false, "keep how the pages look now")

// How pages of each form look is kept: figures and charts, tables, heat maps, a
// member, definitions; on a desk and on a telephone, light and dark, in both
// languages.
func TestPagesLookAsBefore(t *testing.T) {
	out := built(t)
	ctx := sitetest.Browser(t)
	for _, slug := range []string{"index", "sales", "customers", "region-east", "definitions"} {
		for _, v := range []struct {
			lang, theme string
			width       int64
		}{{"en", "light", 1440}, {"zh", "dark", 390}, {"zh", "light", 1440}, {"en", "dark", 390}} {
			if slug != "index" && (v.lang == "zh") == (v.width == 1440) {
				continue
			}
			name := fmt.Sprintf("%s-%s-%d-%s", slug, v.lang, v.width, v.theme)
			folder := map[string]string{"en": "", "zh": "zh"}[v.lang]
			t.Run(name, func(t *testing.T) {
				sitetest.Remember(t, ctx, sitetest.Look{File: filepath.Join(out, folder, slug+".html"), Name: "look-" + name, Theme: v.theme, Width: v.width},
					filepath.Join("testdata", "looks", name+".json"), *update)
			})
		}
	}
	t.Run("broken styles are seen", func(t *testing.T) { brokenStyles(t, out) })
}

// brokenStyles proves that the comparison can fail: with a style sheet that hides
// the charts, and with one that lets tables run out of the page.
func brokenStyles(t *testing.T, out string) {
	ctx := sitetest.Browser(t)
	look := sitetest.Look{File: filepath.Join(out, "sales.html"), Name: "look-broken", Theme: "light", Width: 390}
	good, err := sitetest.Photograph(ctx, look)
	if err != nil {
		t.Fatal(err)
	}
	again, err := sitetest.Photograph(ctx, look)
	if err != nil {
		t.Fatal(err)
	}
	if d := again.Differences(good); len(d) > 0 {
		t.Errorf("the same page looks different: %s", d)
	}
	sheets, err := filepath.Glob(filepath.Join(out, "assets", "app-*.css"))
	if err != nil || len(sheets) != 1 {
		t.Fatal(sheets, err)
	}
	style, err := os.ReadFile(sheets[0])
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct{ css, want string }{
		"charts vanish":   {".plot *{visibility:hidden!important}", "squares look different"},
		"tables overflow": {".scroll{overflow:visible!important}table{width:900px!important;min-width:900px!important}", "page stands at 0 0 "},
		"titles overlap":  {"h2{margin-top:-60px!important}", "h2#1 stands at"},
	} {
		if err := os.WriteFile(sheets[0], append(style[:len(style):len(style)], c.css...), 0o644); err != nil {
			t.Fatal(err)
		}
		bad, err := sitetest.Photograph(ctx, look)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(bad.Differences(good), "\n"); !strings.Contains(got, c.want) {
			t.Errorf("%s: not seen\n%s", what, got)
		}
		if missing := bad.Missing(good); what == "tables overflow" && len(missing) == 0 {
			t.Errorf("%s: not seen by the parts alone", what)
		}
	}
}
