package main

import (
	"net/url"
	"strings"
	"testing"

	"verso/reports/site/sitetest"
)

// Keys as WebDriver names them.
const (
	foxEnter   = "\uE007"
	foxEscape  = "\uE00C"
	foxDown    = "\uE015"
	foxControl = "\uE009"
	foxEnd     = "\uE010"
)

// The main path in another browser: a page of the report, a question put together
// by hand, columns moved, a filter, SQL completed and run.
func TestFirefox(t *testing.T) {
	needsBrowser(t)
	f := sitetest.OpenFirefox(t, 1440, 900)
	s, _ := workServer(t)
	f.Go(s.address + "/sales.html")
	f.Wait(`document.querySelector('.get a[href^="/explore"]')&&document.querySelector(".plot.is-live svg")`)
	f.Keep("firefox-page")
	f.Go(s.address + "/explore?chart=1&ask=" + url.QueryEscape("sales by customer.type x date.year show net totals all"))
	f.Wait(shown + `&&document.querySelectorAll(".multiple svg").length>1`)
	f.Drag(".head-row.last .cell:nth-child(3) .grip", 60, 0)
	f.Wait(`location.search.includes("widths")`)
	f.Drag(".head-row.last .cell:nth-child(3) span", 300, 0)
	f.Wait(`location.search.includes("order")`)
	f.Keep("firefox-explorer")
	f.Click(`[data-chip="rows/customer.type"]`)
	f.Wait(`document.querySelector(".menu-item:focus")`)
	f.Press("f")
	f.Press(foxEnter)
	f.Wait(`document.querySelectorAll("dialog .tick").length>4`)
	f.Press("lib")
	f.Wait(`document.querySelectorAll("dialog .tick").length===1`)
	f.Press(foxDown)
	f.Press(" ")
	f.Click("dialog .strong")
	f.Wait(`document.querySelector('[data-chip="filters/0"]')?.textContent==="Customer type: library"&&` + shown)
	var rows []string
	f.Eval(`[...document.querySelectorAll(".grid-row:not([hidden])")].map(e=>e.textContent)`, &rows)
	if text := strings.Join(rows, "|"); len(rows) != 2 || !strings.Contains(text, "library") {
		t.Errorf("the rows are %q", text)
	}
	f.Go(s.address + "/sql?sql=" + url.QueryEscape("SELECT f.net FROM core.fact_order_line f WHERE f."))
	f.Wait(ready + `&&document.querySelector(".schema details")`)
	f.Click(".desk .editor")
	f.Press(foxEnd, foxControl)
	f.Press("qty_can")
	f.Wait(sqlEditor + `.querySelector(".cm-tooltip-autocomplete li")?.textContent.startsWith("qty_cancelled")`)
	f.Press(foxEscape)
	f.Press("celled > 0 LIMIT 3")
	f.Press(foxEnter, foxControl)
	f.Wait(shown)
	f.Keep("firefox-sql")
}
