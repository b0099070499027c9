package site

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"verso/reports/site/sitetest"
)

// watch notes when the charts in the window came alive, before anything else runs.
const watch = `(()=>{const seen=()=>[...document.querySelectorAll(".plot")].filter(p=>{const b=p.getBoundingClientRect();return b.top<innerHeight&&b.bottom>0});
	globalThis.chartsAt=null;new MutationObserver(()=>{if(chartsAt===null&&document.readyState!=="loading"){const all=seen();if(all.every(p=>p.matches(".is-live")))chartsAt=performance.now()}}).observe(document,{subtree:true,childList:true,attributes:true,attributeFilter:["class"]})})()`

// opened waits for the page and gives when its first content was painted, and when
// the charts in the window had come alive (null where there are none), in ms since
// it was asked for.
const opened = `new Promise(done=>{const tell=()=>{const p=performance.getEntriesByName("first-contentful-paint")[0];
	const all=[...document.querySelectorAll(".plot")].filter(e=>{const b=e.getBoundingClientRect();return b.top<innerHeight&&b.bottom>0});
	if(p&&all.every(e=>e.matches(".is-live")))done([p.startTime,all.length?(chartsAt??performance.now()):0]);else setTimeout(tell,20)};tell()})`

// BenchmarkOpen opens pages from files in a headless chromium, each time in a new
// tab, and gives the medians in milliseconds until the first content is painted
// (fcp-ms) and until the charts in the window answer the pointer (charts-ms; their
// drawings are there with the first content). VERSO_SITE names a built site to be
// measured instead of the one of the tests.
func BenchmarkOpen(b *testing.B) {
	root, pages := os.Getenv("VERSO_SITE"), []string{"index", "briefing", "sales", "customers", "accounts", "clv", "products", "sevenp", "questions", "definitions"}
	if root == "" {
		root = built(b)
	}
	if found, err := filepath.Glob(filepath.Join(root, "account-*.html")); err == nil && len(found) > 0 {
		pages = append(pages, filepath.Base(found[0][:len(found[0])-len(".html")]))
	}
	ctx := sitetest.Browser(b)
	for _, slug := range pages {
		b.Run(slug, func(b *testing.B) {
			var paint, charts []float64
			for b.Loop() {
				times, err := openOnce(ctx, filepath.Join(root, slug+".html"))
				if err != nil {
					b.Fatal(err)
				}
				paint, charts = append(paint, times[0]), append(charts, times[1])
			}
			b.ReportMetric(median(paint), "fcp-ms")
			b.ReportMetric(median(charts), "charts-ms")
		})
	}
}

func openOnce(parent context.Context, file string) ([]float64, error) {
	ctx, cancel := chromedp.NewContext(parent)
	defer cancel()
	ctx, stop := context.WithTimeout(ctx, 30*time.Second)
	defer stop()
	if err := sitetest.Call(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: 1440, Height: 900, DeviceScaleFactor: 1}); err != nil {
		return nil, err
	}
	if err := sitetest.Call(ctx, cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: watch}); err != nil {
		return nil, err
	}
	if err := chromedp.Do(ctx, chromedp.Navigate("file://"+file)); err != nil {
		return nil, err
	}
	return sitetest.Evaluate[[]float64](ctx, opened)
}

func median(list []float64) float64 {
	slices.Sort(list)
	if len(list) == 0 {
		return 0
	}
	return list[len(list)/2]
}
