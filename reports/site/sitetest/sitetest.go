// Package sitetest looks at a built report site in a real browser.
package sitetest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	cdpruntime "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Browser starts one headless chromium for a test, or skips.
func Browser(t testing.TB) context.Context {
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
	ctx, cancel = context.WithTimeout(ctx, 12*time.Minute)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Skipf("chromium does not start: %v", err)
	}
	return ctx
}

// Axe is the script of axe-core, or "" where npm has not installed it; then a
// skipped test says so by name.
func Axe(t *testing.T) string {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	script, err := os.ReadFile(filepath.Join(filepath.Dir(here), "..", "..", "web", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Run("axe-core", func(t *testing.T) {
			t.Skip("axe-core is not installed: accessibility is not checked (npm ci in reports/web)")
		})
	}
	return string(script)
}

// Look is one way to look at a page.
type Look struct {
	File  string // of the page
	Name  string // of the picture that is kept
	Theme string // "light" or "dark"
	Width int64  // pixels; below 600 a telephone
	Axe   string // script of axe-core; "" leaves it out
}

// Problems opens a page and lists what a reader would trip over: messages on the
// console, requests to anywhere but the page's own folder, a page that scrolls
// sideways, charts that do not come alive, and what axe finds. With VERSO_SHOTS
// set to a folder, a picture of the whole page is kept there.
func Problems(parent context.Context, l Look) ([]string, error) {
	ctx, cancel := chromedp.NewContext(parent)
	defer cancel()
	ctx, stop := context.WithTimeout(ctx, 90*time.Second)
	defer stop()
	var heard ear
	if err := chromedp.Listen(ctx, heard.hear); err != nil {
		return nil, err
	}
	if err := Call(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: l.Width, Height: 900, DeviceScaleFactor: 1, Mobile: l.Width < 600}); err != nil {
		return nil, err
	}
	if err := Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: l.Theme}}}); err != nil {
		return nil, err
	}
	if err := chromedp.Do(ctx, chromedp.Navigate("file://"+l.File)); err != nil {
		return nil, err
	}
	if _, err := Evaluate[any](ctx, ScrollThrough); err != nil {
		return nil, err
	}
	found, err := seen(ctx)
	if err != nil {
		return nil, err
	}
	if err := Keep(ctx, l.Name); err != nil {
		return nil, err
	}
	if l.Axe != "" {
		faults, err := axe(ctx, l.Axe)
		if err != nil {
			return nil, err
		}
		found = append(found, faults...)
	}
	return append(found, heard.list()...), nil
}

// Sheets prints a page on the paper that it asks for and counts the sheets; those
// that are not A4 upright are an error.
func Sheets(parent context.Context, file string) (int, error) {
	ctx, cancel := chromedp.NewContext(parent)
	defer cancel()
	ctx, stop := context.WithTimeout(ctx, 90*time.Second)
	defer stop()
	if err := chromedp.Do(ctx, chromedp.Navigate("file://"+file)); err != nil {
		return 0, err
	}
	asked := true
	out, err := chromedp.Call(ctx, cdppage.PrintToPDF, cdppage.PrintToPDFParams{PreferCSSPageSize: &asked, PrintBackground: &asked})
	if err != nil {
		return 0, err
	}
	boxes := mediaBox.FindAllSubmatch(out.Data, -1)
	for _, b := range boxes {
		wide, _ := strconv.ParseFloat(string(b[1]), 64)
		high, _ := strconv.ParseFloat(string(b[2]), 64)
		if wide < 593 || wide > 597 || high < 840 || high > 844 {
			return 0, fmt.Errorf("a sheet of %s × %s points is not A4 upright", b[1], b[2])
		}
	}
	return len(boxes), nil
}

// mediaBox is the size of a sheet in a PDF, in points.
var mediaBox = regexp.MustCompile(`/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]`)

// Inspect fails the test for every problem of a page.
func Inspect(t *testing.T, parent context.Context, l Look) {
	t.Helper()
	problems, err := Problems(parent, l)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Error(p)
	}
}

// ear collects what a page says and asks for.
type ear struct {
	mu   sync.Mutex
	said []string
}

func (h *ear) note(format string, args ...any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.said = append(h.said, fmt.Sprintf(format, args...))
}

func (h *ear) list() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string(nil), h.said...)
}

func (h *ear) hear(event any) {
	switch e := event.(type) {
	case *cdpruntime.EventExceptionThrown:
		h.note("console: %s %+v", e.ExceptionDetails.Text, e.ExceptionDetails.Exception)
	case *cdplog.EventEntryAdded:
		h.note("console: %s %s", e.Entry.Text, e.Entry.URL)
	case *cdpruntime.EventConsoleAPICalled:
		if e.Type == cdpruntime.ConsoleAPICalledTypeError || e.Type == cdpruntime.ConsoleAPICalledTypeWarning {
			for _, a := range e.Args {
				h.note("console: %v", a.Value)
			}
		}
	case *network.EventRequestWillBeSent:
		if !strings.HasPrefix(e.Request.URL, "file://") && !strings.HasPrefix(e.Request.URL, "data:") {
			h.note("request: %s", e.Request.URL)
		}
	}
}

// seen lists what the page itself shows to be wrong.
func seen(ctx context.Context) ([]string, error) {
	wide, err := Evaluate[[]string](ctx, overflowing)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, w := range wide {
		found = append(found, "wider than the page: "+w)
	}
	charts, err := Evaluate[[2]int](ctx, alive)
	if err != nil {
		return nil, err
	}
	if charts[0] != charts[1] {
		found = append(found, fmt.Sprintf("%d of %d charts came alive", charts[1], charts[0]))
	}
	return found, nil
}

// axe runs axe-core in the page.
func axe(ctx context.Context, script string) ([]string, error) {
	if _, err := Evaluate[any](ctx, script+";0"); err != nil {
		return nil, err
	}
	text, err := Evaluate[string](ctx, axeRun)
	if err != nil {
		return nil, err
	}
	var result struct {
		Passes     int
		Violations []struct {
			ID, Help string
			Nodes    []string
		}
	}
	if err := json.Unmarshal([]byte(text), &result); err != nil {
		return nil, err
	}
	var found []string
	if result.Passes < 20 {
		found = append(found, fmt.Sprintf("axe: looked at %d rules only", result.Passes))
	}
	for _, v := range result.Violations {
		found = append(found, fmt.Sprintf("axe: %s: %s\n  %s", v.ID, v.Help, strings.Join(v.Nodes, "\n  ")))
	}
	return found, nil
}

// Keep writes a picture of the whole page into the folder that VERSO_SHOTS names.
func Keep(ctx context.Context, name string) error {
	dir := os.Getenv("VERSO_SHOTS")
	if dir == "" {
		return nil
	}
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o644)
}

// Call sends one command to the tab.
func Call[P, R any](ctx context.Context, command cdp.Command[P, R], params P) error {
	_, err := chromedp.Call(ctx, command, params)
	return err
}

// Evaluate runs an expression in the page and waits for its promise.
func Evaluate[T any](ctx context.Context, expression string) (T, error) {
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise, chromedp.EvalAsValue))
}

const (
	// ScrollThrough shows every chart once, as a reader would, and comes back.
	ScrollThrough = `(async()=>{for(let y=0;y<document.documentElement.scrollHeight;y+=600){scrollTo({top:y,behavior:"instant"});await new Promise(r=>setTimeout(r,60))}
		scrollTo({top:0,behavior:"instant"});await new Promise(r=>setTimeout(r,150));return 0})()`
	// alive waits for the charts that a busy machine has not drawn yet, and counts
	// all and those that came alive.
	alive = `(async()=>{const all=[...document.querySelectorAll(".plot")],dead=()=>all.filter(p=>!p.matches(".is-live")||!p.querySelector(".live svg"));
		for(let i=0,d;i<80&&(d=dead()).length;i++){d[i%d.length].scrollIntoView({behavior:"instant"});await new Promise(r=>setTimeout(r,50))}
		scrollTo({top:0,behavior:"instant"});return[all.length,all.length-dead().length]})()`
	// overflowing lists what makes the page scroll sideways; where no element
	// can be named, the page itself.
	overflowing = `(()=>{const w=document.documentElement.clientWidth,s=document.documentElement.scrollWidth;if(s<=w)return[];
		const named=[...document.querySelectorAll("body *")].filter(e=>e.getBoundingClientRect().right>w+1&&!e.closest(".scroll,nav")).slice(0,5).map(e=>e.tagName+"."+e.className+" "+Math.round(e.getBoundingClientRect().right));
		return named.length?named:["the page, "+s+" pixels in "+w]})()`
	axeRun = `axe.run(document,{preload:false,iframes:false,resultTypes:["violations"],runOnly:["wcag2a","wcag2aa","wcag21a","wcag21aa","wcag22aa","best-practice"]}).then(r=>JSON.stringify({Passes:r.passes.length,Violations:r.violations.map(v=>({ID:v.id,Help:v.help,Nodes:v.nodes.slice(0,4).map(n=>n.html.slice(0,160)+" | "+(n.any[0]?n.any[0].message:""))}))}))`
)
