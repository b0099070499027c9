package site

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"verso/reports/site/sitetest"
)

// The comparison can be switched off, and its differences shown as a share, in
// tables and charts; what was there comes back.
func TestComparisonInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("short: no browser")
	}
	out := built(t)
	ctx, cancel := chromedp.NewContext(sitetest.Browser(t))
	defer cancel()
	ctx, stop := context.WithTimeout(ctx, 60*time.Second)
	defer stop()
	if err := chromedp.Do(ctx, chromedp.Navigate("file://"+filepath.Join(out, "index.html"))); err != nil {
		t.Fatal(err)
	}
	const live = `document.querySelectorAll("#months .live svg text").length>0`
	evaluate[any](t, ctx, `document.querySelector("#months").scrollIntoView({behavior:"instant"})`)
	waitFor(t, ctx, live)
	press := func(n string) {
		evaluate[any](t, ctx, `document.querySelectorAll(".compare button")[`+n+`].click()`)
		waitFor(t, ctx, live)
	}
	const seen = `[...document.querySelectorAll("figure.table th[data-c]")].filter(h=>!h.hidden).map(h=>h.dataset.c)`
	has := func(kind string) bool { return evaluate[bool](t, ctx, seen+`.includes("`+kind+`")`) }
	const texts = `[...document.querySelectorAll("#months .live svg text")].map(e=>e.textContent)`
	bars := func() int {
		return int(evaluate[float64](t, ctx, `document.querySelectorAll("#months .live svg path").length`))
	}
	all := bars()
	if !has("py") || !has("abs") || !has("rel") || evaluate[bool](t, ctx, texts+`.some(s=>s.includes("%"))`) {
		t.Error("at first not everything is shown as drawn")
	}
	press("3")
	if !has("py") || has("abs") || !has("rel") || !evaluate[bool](t, ctx, texts+`.some(s=>/^[+−][\d.]+%$/.test(s))`) {
		t.Error("differences as a share are not shown so")
	}
	press("2")
	if !has("abs") || has("rel") || evaluate[bool](t, ctx, texts+`.some(s=>s.includes("%"))`) {
		t.Error("absolute differences are not shown so")
	}
	press("0")
	if has("py") || has("abs") || has("rel") || bars() >= all {
		t.Errorf("the comparison is still shown; %d of %d marks are drawn", bars(), all)
	}
	press("0")
	press("1")
	if !has("py") || !has("abs") || !has("rel") || bars() != all {
		t.Error("what was there did not come back")
	}
}
