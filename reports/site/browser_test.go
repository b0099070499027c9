package site

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// browser starts one headless chromium for a test, or skips.
func browser(t *testing.T) context.Context {
	t.Helper()
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skip("no chromium: the pages are not looked at in a browser")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("no-first-run", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.UserDataDir(t.TempDir()))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 4*time.Minute)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Skipf("chromium does not start: %v", err)
	}
	return ctx
}

// look is one way to look at a page.
type look struct {
	page, lang, theme string
	width             int64
}

func (l look) name() string { return fmt.Sprintf("%s-%s-%d-%s", l.page, l.lang, l.width, l.theme) }

// The pages in a real browser, from files: nothing overflows, nothing is
// refused or fails, and axe finds no fault. With VERSO_SHOTS set to a folder,
// every look is kept there as a picture.
func TestPagesInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("short: no browser")
	}
	out := built(t)
	axe, err := os.ReadFile(filepath.Join("..", "web", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Log("axe-core is not installed: accessibility is not checked (npm ci in reports/web)")
	}
	ctx := browser(t)
	for _, page := range []string{"index", "sales", "customers", "quality"} {
		for _, l := range []look{{page, "en", "light", 1440}, {page, "zh", "dark", 1440}, {page, "zh", "light", 390}, {page, "en", "dark", 390}, {page, "en", "light", 1920}} {
			t.Run(l.name(), func(t *testing.T) { inspect(t, ctx, out, l, string(axe)) })
		}
	}
}

func inspect(t *testing.T, parent context.Context, out string, l look, axe string) {
	ctx, cancel := chromedp.NewContext(parent)
	defer cancel()
	ctx, stop := context.WithTimeout(ctx, 40*time.Second)
	defer stop()
	var mu sync.Mutex
	var problems []string
	note := func(text string) {
		mu.Lock()
		defer mu.Unlock()
		problems = append(problems, text)
	}
	err := chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			note(fmt.Sprintf("%s %+v", e.ExceptionDetails.Text, e.ExceptionDetails.Exception))
		case *cdplog.EventEntryAdded:
			note(e.Entry.Text)
		case *runtime.EventConsoleAPICalled:
			if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
				for _, a := range e.Args {
					note(fmt.Sprint(a.Value))
				}
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	folder := out
	if l.lang != "en" {
		folder = filepath.Join(out, l.lang)
	}
	call(t, ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: l.width, Height: 900, DeviceScaleFactor: 1, Mobile: l.width < 600})
	call(t, ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: l.theme}}})
	if err := chromedp.Do(ctx, chromedp.Navigate("file://"+filepath.Join(folder, l.page+".html"))); err != nil {
		t.Fatal(err)
	}
	evaluate[any](t, ctx, scrollThrough)
	overflow := evaluate[[]string](t, ctx, overflowing)
	charts := evaluate[int](t, ctx, `document.querySelectorAll(".plot").length`)
	live := evaluate[int](t, ctx, `document.querySelectorAll(".plot.is-live .live svg").length`)
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	keep(t, l.name(), picture)
	mu.Lock()
	defer mu.Unlock()
	for _, p := range problems {
		t.Errorf("console: %s", p)
	}
	for _, o := range overflow {
		t.Errorf("wider than the page: %s", o)
	}
	if charts != live {
		t.Errorf("%d of %d charts came alive", live, charts)
	}
	if axe != "" {
		checkAxe(t, ctx, axe)
	}
}

// Without its script, and on paper, a page shows the drawings made at build time.
func TestPagesWithoutScriptAndOnPaper(t *testing.T) {
	if testing.Short() {
		t.Skip("short: no browser")
	}
	out := built(t)
	parent := browser(t)
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
				evaluate[any](t, ctx, scrollThrough)
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
			picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
			if err != nil {
				t.Fatal(err)
			}
			keep(t, c.name, picture)
		})
	}
}

// call sends one command to the tab.
func call[P, R any](t *testing.T, ctx context.Context, command cdp.Command[P, R], params P) {
	t.Helper()
	if _, err := chromedp.Call(ctx, command, params); err != nil {
		t.Fatal(err)
	}
}

// keep writes a picture into the folder that VERSO_SHOTS names.
func keep(t *testing.T, name string, picture []byte) {
	t.Helper()
	if dir := os.Getenv("VERSO_SHOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o644); err != nil {
			t.Error(err)
		}
	}
}

// checkAxe runs axe-core in the page.
func checkAxe(t *testing.T, ctx context.Context, axe string) {
	t.Helper()
	evaluate[any](t, ctx, axe+";0")
	found := evaluate[string](t, ctx, axeRun)
	var result struct {
		Passes     int
		Violations []struct {
			ID, Help string
			Nodes    []string
		}
	}
	if err := json.Unmarshal([]byte(found), &result); err != nil {
		t.Fatal(err)
	}
	if result.Passes < 20 {
		t.Errorf("axe looked at %d rules only", result.Passes)
	}
	for _, v := range result.Violations {
		t.Errorf("axe: %s: %s\n  %s", v.ID, v.Help, strings.Join(v.Nodes, "\n  "))
	}
}

const (
	// scrollThrough shows every chart once, as a reader would, and comes back.
	scrollThrough = `(async()=>{for(let y=0;y<document.documentElement.scrollHeight;y+=600){scrollTo({top:y,behavior:"instant"});await new Promise(r=>setTimeout(r,60))}
		scrollTo({top:0,behavior:"instant"});await new Promise(r=>setTimeout(r,150));return 0})()`
	// overflowing lists what makes the page scroll sideways.
	overflowing = `(()=>{const w=document.documentElement.clientWidth;if(document.documentElement.scrollWidth<=w)return[];
		return[...document.querySelectorAll("body *")].filter(e=>e.getBoundingClientRect().right>w+1&&!e.closest(".scroll,nav")).slice(0,5).map(e=>e.tagName+"."+e.className+" "+Math.round(e.getBoundingClientRect().right))})()`
	axeRun = `axe.run(document,{preload:false,iframes:false,resultTypes:["violations"],runOnly:["wcag2a","wcag2aa","wcag21a","wcag21aa","wcag22aa","best-practice"]}).then(r=>JSON.stringify({Passes:r.passes.length,Violations:r.violations.map(v=>({ID:v.id,Help:v.help,Nodes:v.nodes.slice(0,4).map(n=>n.html.slice(0,160)+" | "+(n.any[0]?n.any[0].message:""))}))}))`
)

// evaluate runs an expression in the page and waits for its promise.
func evaluate[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise, chromedp.EvalAsValue))
	if err != nil {
		t.Fatal(err)
	}
	return v
}
