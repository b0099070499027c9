package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"verso/reports/site/sitetest"
)

// What leads from a question to another without text: filters, several sorts,
// pages of the report, and the page of slow questions.
func TestExplorerMore(t *testing.T) {
	needsBrowser(t)
	s, _ := workServer(t)
	ctx := sitetest.Browser(t)
	t.Run("filters", func(t *testing.T) { exploreFilters(t, ctx, s) })
	t.Run("filters saved", func(t *testing.T) { exploreSavedFilters(t, ctx, s) })
	t.Run("sort", func(t *testing.T) { exploreSort(t, ctx, s) })
	t.Run("back and forth", func(t *testing.T) { exploreBack(t, ctx, s) })
	t.Run("pages lead there and back", func(t *testing.T) { exploreFromPages(t, ctx, s) })
	t.Run("slow questions", func(t *testing.T) { exploreSlow(t, ctx, s) })
}

// textNow is the question that the page holds.
const textNow = `fetch("/api/v1/query/check",{method:"POST",headers:{"Content-Type":"application/json"},body:new URLSearchParams(location.search).get("q")}).then(r=>r.json()).then(x=>x.text)`

// filterPanel opens the panel of filters.
func filterPanel(p *sitetest.Tab) {
	p.Click(`.bar [data-do="filters"]`)
	p.Wait(`document.querySelector(".conditions [data-at=more]")`)
}

// Members as typed, none of several, a group, nodes of a hierarchy, a named set:
// the chips say them, the text is in step, and a chip takes them away.
func exploreFilters(t *testing.T, ctx context.Context, s *served) {
	p := explorer(t, ctx, s, "sales by customer.type show net")
	filterPanel(p)
	p.Click(`[data-at="add-"]`)
	p.Wait(`document.activeElement.matches("dialog input")`)
	p.Press("customer type")
	p.Press(kb.Enter)
	p.Wait(`document.querySelectorAll("dialog .tick").length>4`)
	p.Press("u")
	p.Wait(`[...document.querySelectorAll("dialog .tick")].every(e=>e.textContent.includes("u"))`)
	p.Press("niv")
	p.Wait(`document.querySelectorAll("dialog .tick").length===1`)
	p.Press(kb.ArrowDown + " ")
	p.Click("dialog .strong")
	p.Wait(`document.querySelector('[data-chip="filters/0"]')?.textContent==="Customer type: university"&&` + shown)
	p.Click(`.conds [aria-pressed]`)
	p.Wait(`document.querySelector('[data-chip="filters/0"]')?.textContent==="Customer type ≠ university"&&document.querySelectorAll(".grid-row:not([hidden])").length>3&&` + shown)
	p.Click(`.conds .cond [aria-haspopup]`)
	pick(p, "Classes")
	p.Wait(`document.querySelector("[role=treeitem]:focus")`)
	p.Press(kb.ArrowRight)
	p.Wait(`document.querySelector("[role=treeitem][aria-level='2']")`)
	p.Press(kb.ArrowDown + " ")
	for _, f := range p.Faults("explorer-nodes", sitetest.Axe(t)) {
		t.Error(f)
	}
	p.Click("dialog .strong")
	p.Wait(`document.querySelector(".group-box")&&` + shown)
	if chip := p.Text(`[data-chip="filters/0"]`); !strings.Contains(chip, "≠ university or ") || !strings.Contains(chip, " › ") {
		t.Errorf("the group is called %q", chip)
	}
	p.Click(`[data-at="more"]`)
	pick(p, "Top tenth of customers")
	p.Wait(`document.querySelector('[data-chip="filters/1"]')?.textContent.includes("Top tenth")&&` + shown)
	text := sitetest.Eval[string](p, textNow)
	for _, want := range []string{"customer.type not in (university) or (class.group key in (", "class.l1 key in (", "customer in set top_decile"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text is %q, without %q", text, want)
		}
	}
	for _, f := range p.Faults("explorer-filters", sitetest.Axe(t)) {
		t.Error(f)
	}
	p.Click(`[data-tab="question"]`)
	p.Wait(`document.querySelector(".panel .editor")?.shadowRoot?.querySelector(".cm-content")?.textContent.includes("university")`)
	sitetest.Eval[any](p, `document.querySelector(".panel .editor").shadowRoot.querySelector(".cm-content").focus()`)
	p.Press("a", chromedp.ModifierCtrl)
	p.Press("sales by customer.type show net where customer.type in (library, institute)")
	p.Press(kb.Escape)
	p.Press(kb.Enter, chromedp.ModifierCtrl)
	p.Wait(`document.querySelector('[data-chip="filters/0"]')?.textContent==="Customer type: library, institute"&&!document.querySelector('[data-chip="filters/1"]')&&` + shown)
	p.Click(`[data-chip="filters/0"] + .cross`)
	p.Wait(`!document.querySelector('[data-chip="filters/0"]')&&` + shown)
}

// A set of filters is kept under a name and used again; members kept by their keys
// are called by their names.
func exploreSavedFilters(t *testing.T, ctx context.Context, s *served) {
	p := explorer(t, ctx, s, "sales by customer.name show net top 3 by net")
	name := p.Text(".grid-row .cell.pin")
	p.Click(".grid-row .cell.pin")
	p.Press(kb.Enter)
	pick(p, "Only ")
	p.Wait(`document.querySelector('[data-chip="filters/0"]')&&` + shown)
	if chip := p.Text(`[data-chip="filters/0"]`); chip != "Customer: "+name {
		t.Errorf("the chip says %q, want the name %q", chip, name)
	}
	filterPanel(p)
	p.Click(`[data-at="save"]`)
	p.Wait(`document.activeElement.matches("dialog input")`)
	p.Press("a", chromedp.ModifierCtrl)
	p.Press("The largest <b>")
	p.Press(kb.Enter)
	p.Wait(`document.querySelector(".saved .step")?.textContent==="The largest <b>"`)
	again := explorer(t, ctx, s, "sales by customer.type show net")
	filterPanel(again)
	again.Wait(`document.querySelector(".saved .step")`)
	again.Click(".saved .step")
	again.Wait(`document.querySelector('[data-chip="filters/0"]')?.textContent===` + strconv.Quote("Customer: "+name) + `&&` + shown)
	if rows := sitetest.Eval[int](again, `document.querySelectorAll(".grid-row:not([hidden])").length`); rows != 1 {
		t.Errorf("%d types of one customer", rows)
	}
}

// Rows are sorted by one column and then by another; equal ones of the first are in
// the order of the second.
func exploreSort(t *testing.T, ctx context.Context, s *served) {
	p := explorer(t, ctx, s, "sales by customer.name show orders, net")
	twice := func(column int, shift bool) {
		sitetest.Eval[any](p, fmt.Sprintf(`document.querySelectorAll(".head-row.last .cell")[%d].dispatchEvent(new MouseEvent("dblclick",{bubbles:true,shiftKey:%v}))`, column, shift))
	}
	twice(1, false)
	p.Wait(`document.querySelector('.head-row.last .cell:nth-child(2)[aria-sort=descending]')&&` + shown)
	twice(2, true)
	p.Wait(`document.querySelector('.head-row.last .cell:nth-child(3)[aria-sort=descending] sup')?.textContent==="2"&&` + shown)
	lines := strings.Split(wholeTable(p), "\n")[1:]
	ties := 0
	for i := 1; i < len(lines); i++ {
		a, b := strings.Split(lines[i-1], "\t"), strings.Split(lines[i], "\t")
		orders := [2]float64{number(t, a[1]), number(t, b[1])}
		if orders[0] < orders[1] {
			t.Fatalf("row %d: %q before %q", i, lines[i-1], lines[i])
		}
		if orders[0] == orders[1] {
			ties++
			if number(t, a[2]) < number(t, b[2]) {
				t.Fatalf("row %d of equal orders: %q before %q", i, lines[i-1], lines[i])
			}
		}
	}
	if ties == 0 {
		t.Error("no customers with as many orders: the second sort was not seen")
	}
}

// The browser's own buttons lead back and forth through the questions, and the
// steps go with them.
func exploreBack(t *testing.T, ctx context.Context, s *served) {
	p := explorer(t, ctx, s, "sales by customer.type show net")
	p.Click(`.pick[data-field="orders"]`)
	p.Wait(`document.querySelector('[data-chip="measures/orders"]')&&` + shown)
	sitetest.Eval[any](p, `history.back()`)
	p.Wait(`!document.querySelector('[data-chip="measures/orders"]')&&document.querySelector('[data-do="undo"]').disabled&&` + shown)
	sitetest.Eval[any](p, `history.forward()`)
	p.Wait(`document.querySelector('[data-chip="measures/orders"]')&&document.querySelector('[data-do="redo"]').disabled&&` + shown)
	p.Click(`[data-do="undo"]`)
	p.Wait(`!document.querySelector('[data-chip="measures/orders"]')&&` + shown)
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	if text == "" {
		return 0
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A table of a shipped page opens in the explorer with the same figures, which leads
// back; a page from a file leads nowhere, without an error.
func exploreFromPages(t *testing.T, ctx context.Context, s *served) {
	p := sitetest.OpenTab(t, ctx, s.address, "/sales.html", "light", 1440)
	p.Wait(`document.querySelector('.get a[href^="/explore"]')`)
	const tables = `[...document.querySelectorAll('figure.table:has(.get a[href^="/explore"])')]`
	if n := sitetest.Eval[int](p, tables+".length"); n < 3 {
		t.Fatalf("%d tables lead to the explorer", n)
	}
	id := sitetest.Eval[string](p, tables+"[0].id")
	figures := sitetest.Eval[[]string](p, tables+`[0].querySelectorAll?[...`+tables+`[0].querySelectorAll("tbody tr:not(.total):not(.rest)")].map(r=>r.querySelector("td[data-v]").dataset.v):[]`)
	sitetest.Eval[any](p, `document.querySelector("#`+id+` .get a[href^='/explore']").click()`)
	p.Wait(`location.pathname==="/explore"&&` + shown)
	cells := map[string]bool{}
	for _, line := range strings.Split(wholeTable(p), "\n") {
		for _, cell := range strings.Split(line, "\t") {
			if n, err := strconv.ParseFloat(cell, 64); err == nil {
				cells[fmt.Sprintf("%.4f", n)] = true
			}
		}
	}
	found := 0
	for _, f := range figures {
		if n, err := strconv.ParseFloat(f, 64); err == nil && cells[fmt.Sprintf("%.4f", n)] {
			found++
		}
	}
	if found == 0 || found != len(figures) {
		t.Errorf("of %d figures of %s the explorer shows %d", len(figures), id, found)
	}
	p.Click(".back")
	p.Wait(`location.pathname==="/sales.html"&&location.hash==="#` + id + `"`)
	p.Go("/explore?from=" + "%2F%2Felsewhere.example%2Fx.html")
	p.Wait(ready)
	if !sitetest.Eval[bool](p, `document.querySelector(".back").hidden`) {
		t.Error("the way back leads elsewhere")
	}
	exploreFromFigure(t, p, s)
}

// A key figure of a page opens in the explorer with its own value.
func exploreFromFigure(t *testing.T, p *sitetest.Tab, s *served) {
	p.Go("/index.html")
	p.Wait(`document.querySelector('.kpi .get a[href^="/explore"]')`)
	label := sitetest.Eval[string](p, `document.querySelector('.kpi:has(.get a) .name').textContent`)
	address := sitetest.Eval[string](p, `document.querySelector('.kpis+.get a').getAttribute("href")`)
	_, text := s.get("/" + address)
	lines := csv.NewReader(strings.NewReader(text))
	lines.FieldsPerRecord = -1
	figures, err := lines.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	value := ""
	for _, row := range figures {
		if row[0] == label {
			value = row[2]
		}
	}
	sitetest.Eval[any](p, `document.querySelector('.kpi .get a').click()`)
	p.Wait(`location.pathname==="/explore"&&` + shown)
	want, err := strconv.ParseFloat(value, 64)
	if err != nil {
		t.Fatalf("%s: %v", label, err)
	}
	cells := strings.Fields(wholeTable(p))
	if !slices.ContainsFunc(cells, func(cell string) bool { n, err := strconv.ParseFloat(cell, 64); return err == nil && n == want }) {
		t.Errorf("%s is %q on the page; the explorer shows %q", label, value, cells)
	}
}

// The page of slow questions tells what was asked, from where it was answered, and
// which rollups would help.
func exploreSlow(t *testing.T, ctx context.Context, s *served) {
	explorer(t, ctx, s, "sales by customer.type show net where customer.type in (library)")
	for _, lang := range []string{"en", "zh"} {
		p := sitetest.OpenTab(t, ctx, s.address, "/explore/slow?lang="+lang, "dark", 1440)
		p.Wait(ready)
		p.Wait(`[...document.querySelectorAll(".slow td a")].some(a=>a.textContent.includes("customer.type in (library)"))`)
		p.Click(".slow .strong")
		p.Wait(`document.querySelector(".advice")&&!document.querySelector(".slow .strong").disabled`)
		if text := p.Text(".advice"); !strings.Contains(text, "customer.type") {
			t.Errorf("advised: %s", text)
		}
		for _, f := range p.Faults("slow-"+lang, sitetest.Axe(t)) {
			t.Error(f)
		}
	}
}
