package site

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"verso/reports/site/sitetest"
)

// Pages in a real browser, from files, in both languages: nothing overflows,
// nothing is refused, asked for elsewhere or fails, and axe finds no fault. With
// VERSO_SHOTS set to a folder, every look is kept there as a picture. (All pages
// of a demo company are looked at by the tests of the command line.)
func TestPagesInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("short: no browser")
	}
	out := built(t)
	ctx := sitetest.Browser(t)
	axe := sitetest.Axe(t)
	for _, slug := range []string{"index", "sales", "customers", "quality"} {
		for _, l := range []struct {
			folder, name, theme string
			width               int64
		}{{"", "en", "light", 1440}, {"zh", "zh", "dark", 1440}, {"zh", "zh", "light", 390}, {"", "en", "dark", 390}, {"", "en", "light", 1920}} {
			look := sitetest.Look{File: filepath.Join(out, l.folder, slug+".html"), Name: fmt.Sprintf("%s-%s-%d-%s", slug, l.name, l.width, l.theme), Theme: l.theme, Width: l.width, Axe: axe}
			t.Run(look.Name, func(t *testing.T) { sitetest.Inspect(t, ctx, look) })
		}
	}
}

// Without its script, and on paper, a page shows the drawings made at build time.
func TestPagesWithoutScriptAndOnPaper(t *testing.T) {
	if testing.Short() {
		t.Skip("short: no browser")
	}
	out := built(t)
	parent := sitetest.Browser(t)
	for _, c := range []struct {
		name, media  string
		width, sheet int64
		script       bool
	}{
		{"no-script-1440", "screen", 1440, 640, false},
		{"no-script-390", "screen", 390, 352, false},
		{"paper", "print", 740, 0, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := chromedp.NewContext(parent)
			defer cancel()
			ctx, stop := context.WithTimeout(ctx, 40*time.Second)
			defer stop()
			call(t, ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: c.width, Height: 900, DeviceScaleFactor: 1})
			if !c.script {
				call(t, ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
			}
			if err := chromedp.Do(ctx, chromedp.Navigate("file://"+filepath.Join(out, "customers.html"))); err != nil {
				t.Fatal(err)
			}
			if c.script {
				evaluate[any](t, ctx, sitetest.ScrollThrough)
			}
			call(t, ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: c.media,
				Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}})
			plots := evaluate[int](t, ctx, `document.querySelectorAll(".plot").length`)
			shown := evaluate[int](t, ctx, `[...document.querySelectorAll(".sheet")].filter(s=>s.getBoundingClientRect().width>0&&getComputedStyle(s).visibility==="visible").length`)
			live := evaluate[int](t, ctx, `[...document.querySelectorAll(".live")].filter(s=>s.getBoundingClientRect().width>0).length`)
			if plots == 0 || shown != plots || live != 0 {
				t.Errorf("%d charts, %d drawings and %d live charts shown", plots, shown, live)
			}
			if c.media == "print" {
				if ground := evaluate[string](t, ctx, `getComputedStyle(document.querySelector("main")).backgroundColor`); ground != "rgb(255, 255, 255)" {
					t.Errorf("the paper is %s", ground)
				}
			}
			if err := sitetest.Keep(ctx, c.name); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// call sends one command to the tab.
func call[P, R any](t *testing.T, ctx context.Context, command cdp.Command[P, R], params P) {
	t.Helper()
	if err := sitetest.Call(ctx, command, params); err != nil {
		t.Fatal(err)
	}
}

// evaluate runs an expression in the page and waits for its promise.
func evaluate[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	v, err := sitetest.Evaluate[T](ctx, expression)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// The search finds pages, figures and what tables list, by the keyboard alone, in
// both languages, from files.
func TestSearchInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("short: no browser")
	}
	out := built(t)
	parent := sitetest.Browser(t)
	for _, c := range []struct{ folder, words, first, href string }{
		{"", "data qual", "Data quality and run", "quality.html"},
		{"zh", "数据质量", "数据质量与运行", "quality.html"},
		{"", "defINitions", "Definitions", "definitions.html"},
	} {
		t.Run(c.words, func(t *testing.T) {
			ctx, cancel := chromedp.NewContext(parent)
			defer cancel()
			ctx, stop := context.WithTimeout(ctx, 40*time.Second)
			defer stop()
			folder := filepath.Join(out, c.folder)
			if err := chromedp.Do(ctx, chromedp.Navigate("file://"+filepath.Join(folder, "customers.html"))); err != nil {
				t.Fatal(err)
			}
			evaluate[any](t, ctx, fmt.Sprintf(`(()=>{const f=document.querySelector(".search input");f.focus();f.value=%q;f.dispatchEvent(new Event("input"))})()`, c.words))
			waitFor(t, ctx, `document.querySelectorAll(".hits li").length>0`)
			if first := evaluate[string](t, ctx, `document.querySelector(".hits li[aria-selected=true] bdi").textContent`); first != c.first {
				t.Errorf("the first found is %q, want %q", first, c.first)
			}
			evaluate[any](t, ctx, `document.querySelector(".search input").dispatchEvent(new KeyboardEvent("keydown",{key:"Enter"}))`)
			waitFor(t, ctx, fmt.Sprintf(`location.href.endsWith(%q)&&document.readyState==="complete"`, c.href))
		})
	}
	t.Run("nothing", func(t *testing.T) {
		ctx, cancel := chromedp.NewContext(parent)
		defer cancel()
		if err := chromedp.Do(ctx, chromedp.Navigate("file://"+filepath.Join(out, "index.html"))); err != nil {
			t.Fatal(err)
		}
		evaluate[any](t, ctx, `(()=>{const f=document.querySelector(".search input");f.focus();f.value="<img src=x onerror=alert(1)> qqq";f.dispatchEvent(new Event("input"))})()`)
		waitFor(t, ctx, `document.querySelector(".said").textContent!==""&&document.querySelector(".hits").hidden`)
	})
}

// waitFor waits until an expression is true on the page.
func waitFor(t *testing.T, ctx context.Context, expression string) {
	t.Helper()
	for range 200 {
		if evaluate[bool](t, ctx, expression) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("never true: %s", expression)
}
