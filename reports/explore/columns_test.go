package explore_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"verso/reports/site/sitetest"
)

const (
	copied = `(()=>{const d=new DataTransfer();document.querySelector("#grid").dispatchEvent(new ClipboardEvent("copy",{clipboardData:d,bubbles:true}));return d.getData("text/plain")})()`
	heads  = `[...document.querySelectorAll(".head-row:not(.last) .cell span")].map(e=>e.textContent).filter(t=>t.startsWith("column")).join(",")`
	width  = `Math.round(document.querySelector(".head-row.last .cell:nth-child(3)").getBoundingClientRect().width)`
	left   = `Math.round(document.querySelector(".head-row.last .cell:nth-child(2)").getBoundingClientRect().left-document.querySelector("#grid").getBoundingClientRect().left)`
)

// pick chooses an item of the open menu.
func pick(p *sitetest.Tab, text string) {
	p.Wait(`document.querySelector(".menu")`)
	sitetest.Eval[any](p, `[...document.querySelectorAll(".menu-item")].find(e=>e.firstChild.textContent.startsWith("`+text+`")).click()`)
}

// Columns are made wider, moved, hidden and kept in view, by pointer and keyboard;
// what is copied is what is seen, and the address shows it again.
func TestColumns(t *testing.T) {
	if testing.Short() {
		t.Skip("short: no browser")
	}
	home := cells(t, 40, 12, 1)
	ctx := sitetest.Browser(t)
	p := sitetest.OpenTab(t, ctx, home, question, "light", 1440)
	p.Wait(loaded)
	sitetest.Eval[any](p, `document.querySelector("#grid").focus()`)
	wide := sitetest.Eval[int](p, width)
	p.Press(kb.ArrowRight + kb.ArrowRight)
	p.Press(kb.ArrowRight, chromedp.ModifierAlt)
	if now := sitetest.Eval[int](p, width); now != wide+24 {
		t.Errorf("the column is %d pixels wide, it was %d", now, wide)
	}
	p.Press(kb.ArrowRight, chromedp.ModifierAlt, chromedp.ModifierShift)
	p.Wait(heads + `.startsWith("column 0,column 2,column 1,column 3")`)
	p.Drag(".head-row.last .cell:nth-child(2)", ".head-row.last .cell:nth-child(4) .grip")
	p.Wait(heads + `.startsWith("column 2,column 1,column 0,column 3")`)
	p.Click(`[id$="-0-1"]`)
	p.Press(kb.Enter)
	pick(p, "Keep in view")
	before := sitetest.Eval[int](p, left)
	sitetest.Eval[any](p, `document.querySelector("#grid").scrollLeft=1600`)
	p.Wait(`document.querySelector("#grid").scrollLeft>200&&!(` + heads + `).includes("column 0")`)
	if after := sitetest.Eval[int](p, left); after != before || !strings.HasPrefix(sitetest.Eval[string](p, heads), "column 2,") {
		t.Errorf("the column kept in view was %d pixels from the left and is %d: %s", before, after, sitetest.Eval[string](p, heads))
	}
	sitetest.Eval[any](p, `document.querySelector("#grid").scrollLeft=0`)
	p.Click(`[id$="-0-1"]`)
	p.Press(kb.ArrowRight)
	p.Press(kb.Enter)
	pick(p, "Hide")
	p.Wait(heads + `.startsWith("column 2,column 0,column 3")&&document.querySelector(".notes").textContent.includes("hidden")`)
	p.Press(kb.ArrowLeft, chromedp.ModifierShift)
	p.Press(kb.ArrowDown, chromedp.ModifierShift)
	if got, want := sitetest.Eval[string](p, copied), "0002.0000\t0000.0000\n1002.0001\t1000.0001"; got != want {
		t.Errorf("copied %q, want %q", got, want)
	}
	for _, f := range p.Faults("explorer-columns", sitetest.Axe(t)) {
		t.Error(f)
	}
	other := sitetest.OpenTab(t, ctx, home, strings.TrimPrefix(sitetest.Eval[string](p, "location.href"), home), "light", 1440)
	other.Wait(loaded + `&&` + heads + `.startsWith("column 2,column 0,column 3")`)
	sitetest.Eval[any](p, `[...document.querySelectorAll(".notes button")].find(b=>b.textContent.includes("hidden")).click()`)
	p.Wait(heads + `.startsWith("column 2,column 1,column 0")`)
	p.Press("z", chromedp.ModifierCtrl)
	p.Wait(heads + `.startsWith("column 2,column 0")`)
}

// A chart is kept as a picture, with the names on it as text.
func TestPicture(t *testing.T) {
	if testing.Short() {
		t.Skip("short: no browser")
	}
	p := sitetest.OpenTab(t, sitetest.Browser(t), cells(t, 12, 4, 1), question+"&chart=1", "light", 1200)
	p.Wait(loaded + `&&document.querySelectorAll(".multiple svg").length===4`)
	sitetest.Eval[any](p, `(()=>{window.kept=[];const real=URL.createObjectURL;URL.createObjectURL=b=>{kept.push(b);return real(b)}})()`)
	for i, name := range []string{"SVG", "PNG"} {
		sitetest.Eval[any](p, `[...document.querySelectorAll(".figure-tools button")].find(b=>b.textContent==="`+name+`").click()`)
		p.Wait(`kept.length===` + string(rune('1'+i)))
	}
	svg := sitetest.Eval[string](p, `(async()=>{const d=new DOMParser().parseFromString(await kept[0].text(),"image/svg+xml");return d.querySelector("parsererror")?.textContent??d.documentElement.textContent+"|"+d.querySelectorAll("svg svg").length+"|"+d.querySelectorAll("script,img").length})()`)
	if !strings.Contains(svg, "column 3") || !strings.Contains(svg, harm) || !strings.HasSuffix(svg, "|4|0") || !strings.Contains(svg, "2026-06-30") {
		t.Errorf("the drawing has %.600s", svg)
	}
	png := sitetest.Eval[[]int](p, `(async()=>{const b=await createImageBitmap(kept[1]);return[b.width,b.height]})()`)
	if png[0] < 1000 || png[1] < 300 {
		t.Errorf("the picture has %v pixels", png)
	}
	sitetest.Eval[any](p, `(()=>{const s=document.querySelector(".figure-tools select");s.value="lines";s.dispatchEvent(new Event("change"))})()`)
	p.Wait(`!document.querySelector(".multiple")&&document.querySelector(".figure svg path")&&location.search.includes("chart=lines")`)
	for _, f := range p.Faults("explorer-picture", "") {
		t.Error(f)
	}
}

// What a question costs is said before it is asked; a dear one waits for a word.
func TestDearQuestion(t *testing.T) {
	if testing.Short() {
		t.Skip("short: no browser")
	}
	p := sitetest.OpenTab(t, sitetest.Browser(t), cells(t, 12, 4, 123_456_789), question, "light", 1000)
	p.Wait(`document.body.dataset.ready==="true"&&!document.querySelector("main.is-busy")&&document.querySelector(".start .strong")`)
	for _, box := range []string{".start", ".cost-line"} {
		if told := p.Text(box); !strings.Contains(told, "About 123,456,789 rows from the facts, usually 12 ms") {
			t.Errorf("%s says %q", box, told)
		}
	}
	if sitetest.Eval[int](p, `performance.getEntriesByType("resource").filter(e=>e.name.includes("/query?")).length`) != 0 {
		t.Error("it was asked before it was told to")
	}
	for _, f := range p.Faults("explorer-dear", sitetest.Axe(t)) {
		t.Error(f)
	}
	p.Click(".start .strong")
	p.Wait(loaded)
}
