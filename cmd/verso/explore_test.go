package main

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"verso/reports/site/sitetest"
)

// workServer serves a copy of a company: people who work there leave traces.
func workServer(t *testing.T) (s *served, config string) {
	t.Helper()
	dir, _ := demoCompany(t, smallest...)
	own := t.TempDir()
	for _, name := range []string{"warehouse", "site"} {
		if err := os.CopyFS(filepath.Join(own, name), os.DirFS(filepath.Join(dir, name))); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "verso.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	config = filepath.Join(own, "verso.yaml")
	if err := os.WriteFile(config, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return startServer(t, config), config
}

// asked is what the command line answers.
func asked(t *testing.T, config string, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(t.Context(), append(args, "-c", config), strings.NewReader(""), &out, &errs); code != exitDone {
		t.Fatalf("%v: exit code %d: %s", args, code, errs.String())
	}
	return out.String()
}

// explorer opens the explorer with a question.
func explorer(t *testing.T, ctx context.Context, s *served, question string) *sitetest.Tab {
	t.Helper()
	p := sitetest.OpenTab(t, ctx, s.address, "/explore?ask="+url.QueryEscape(question), "light", 1440)
	p.Wait(shown)
	return p
}

const (
	ready   = `document.body.dataset.ready==="true"`
	idle    = ready + `&&!document.querySelector("main.is-busy")`
	shown   = idle + `&&document.querySelector(".grid-row:not([hidden]) .cell:not([hidden])")`
	copied  = `(()=>{const d=new DataTransfer();document.querySelector("#grid").dispatchEvent(new ClipboardEvent("copy",{clipboardData:d,bubbles:true}));return d.getData("text/plain")})()`
	columns = `[...document.querySelectorAll(".head-row.last .cell span")].map(e=>e.textContent).join("|")`
)

// wholeTable is all cells as a spreadsheet would take them.
func wholeTable(p *sitetest.Tab) string {
	sitetest.Eval[any](p, `document.querySelector("#grid").focus()`)
	p.Press("a", chromedp.ModifierCtrl)
	return sitetest.Eval[string](p, copied)
}

// pick chooses an item of the open menu by its text.
func pick(p *sitetest.Tab, text string) {
	p.Wait(`document.querySelector(".menu")`)
	sitetest.Eval[any](p, fmt.Sprintf(`(()=>{const all=[...document.querySelectorAll(".menu-item")];(all.find(e=>e.firstChild.textContent===%[1]q)??all.find(e=>e.firstChild.textContent.startsWith(%[1]q))).click()})()`, text))
}

func TestExplorer(t *testing.T) {
	needsBrowser(t)
	s, config := workServer(t)
	ctx := sitetest.Browser(t)
	t.Run("mouse", func(t *testing.T) { exploreByMouse(t, ctx, s) })
	t.Run("keys", func(t *testing.T) { exploreByKeys(t, ctx, s) })
	t.Run("drill and undo", func(t *testing.T) { exploreDrill(t, ctx, s) })
	t.Run("values are those of the command line", func(t *testing.T) { exploreValues(t, ctx, s, config) })
	t.Run("stop", func(t *testing.T) { exploreStop(t, ctx, s) })
	t.Run("link", func(t *testing.T) { exploreLink(t, ctx, s) })
	t.Run("text", func(t *testing.T) { exploreText(t, ctx, s) })
	t.Run("export", func(t *testing.T) { exploreExport(t, ctx, s, config) })
	t.Run("filter, save, why, facts", func(t *testing.T) { exploreBeside(t, ctx, s) })
	t.Run("looks", func(t *testing.T) { exploreLooks(t, ctx, s) })
	t.Run("report leads there", func(t *testing.T) { exploreFromReport(t, ctx, s, config) })
}

// The report leads to the explorer: from its menu, and with the question of what
// answers one.
func exploreFromReport(t *testing.T, ctx context.Context, s *served, config string) {
	pages := filepath.Join(filepath.Dir(config), "pages")
	if err := os.Mkdir(pages, 0o755); err != nil {
		t.Fatal(err)
	}
	const text = "title: Kinds\nmessage: Kinds of customers\nsections:\n  - title: All\n    blocks:\n      - {title: Kinds, table: 'sales by customer.type show net where channel.kind != \"fair\" totals grand time 2025'}\n"
	if err := os.WriteFile(filepath.Join(pages, "kinds.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	asked(t, config, "site")
	p := sitetest.OpenTab(t, ctx, s.address, "/kinds.html", "light", 1440)
	p.Wait(`document.querySelector('header.site nav a[href^="/explore"]')`)
	for _, f := range p.Faults("report-with-explorer", sitetest.Axe(t)) {
		t.Error(f)
	}
	p.Click(`.get a[href^="/explore"]`)
	p.Wait(`location.pathname==="/explore"&&document.querySelector('[data-chip="filters/0"]')&&` + shown)
}

// needsBrowser skips where tests are to be short.
func needsBrowser(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("short: no browser")
	}
}

// A table is put together by clicks and drags alone.
func exploreByMouse(t *testing.T, ctx context.Context, s *served) {
	p := sitetest.OpenTab(t, ctx, s.address, "/explore", "light", 1440)
	p.Wait(ready)
	p.Click(`.pick[data-field="net"]`)
	p.Wait(shown)
	sitetest.Eval[any](p, `[...document.querySelectorAll(".group")].forEach(d=>d.open=["Customer","Date"].includes(d.firstChild.textContent))`)
	p.Drag(`.pick[data-field="customer.type"]`, `#shelf-rows`)
	p.Wait(`document.querySelector('[data-chip="rows/customer.type"]')&&` + shown)
	p.Drag(`.pick[data-field="date.year"]`, `#shelf-columns`)
	p.Wait(`document.querySelector('[data-chip="columns/date.year"]')&&` + shown)
	if rows := sitetest.Eval[int](p, `Number(document.querySelector("#grid").getAttribute("aria-rowcount"))`); rows < 8 {
		t.Errorf("%d rows", rows)
	}
	p.Click(`[data-do="swap"]`)
	p.Wait(`document.querySelector('[data-chip="columns/customer.type"]')&&` + shown)
	p.Click(`[data-chip="rows/date.year"] + .cross`)
	p.Wait(`!document.querySelector('[data-chip="rows/date.year"]')&&` + shown)
	if got := sitetest.Eval[int](p, `document.querySelectorAll(".grid-row:not([hidden])").length`); got != 1 {
		t.Errorf("%d rows after the years were taken off", got)
	}
	for _, f := range p.Faults("explorer-mouse", "") {
		t.Error(f)
	}
}

// The same by the keyboard alone.
func exploreByKeys(t *testing.T, ctx context.Context, s *served) {
	p := sitetest.OpenTab(t, ctx, s.address, "/explore", "light", 1440)
	p.Wait(ready)
	focus := func(selector string) {
		t.Helper()
		for range 60 {
			if sitetest.Eval[bool](p, fmt.Sprintf(`document.activeElement.matches(%q)`, selector)) {
				return
			}
			p.Press(kb.Tab)
		}
		t.Fatalf("the tab key does not lead to %s but to %s", selector, sitetest.Eval[string](p, `document.activeElement.outerHTML.slice(0,200)`))
	}
	focus(`.fields input[type=search]`)
	p.Press("net sales")
	p.Press(kb.ArrowDown)
	p.Press(kb.Enter)
	p.Wait(`document.querySelector('[data-chip="measures/net"]')&&` + shown)
	p.Press(kb.ArrowUp + kb.ArrowUp)
	focus(`.fields input[type=search]`)
	p.Press("a", chromedp.ModifierCtrl)
	p.Press("customer type")
	p.Press(kb.ArrowDown)
	p.Press(kb.Enter)
	p.Wait(`document.querySelector('[data-chip="rows/customer.type"]')&&` + shown)
	focus(`[data-chip="rows/customer.type"]`)
	p.Press(kb.ArrowDown, chromedp.ModifierAlt)
	p.Wait(`document.activeElement.dataset.chip==="columns/customer.type"&&` + shown)
	p.Press(kb.ArrowUp, chromedp.ModifierAlt)
	p.Wait(`document.activeElement.dataset.chip==="rows/customer.type"&&` + shown)
	focus(`#grid`)
	p.Press(kb.ArrowDown + kb.ArrowRight + kb.ArrowUp + kb.ArrowUp)
	if now := sitetest.Eval[string](p, `document.getElementById(document.querySelector("#grid").getAttribute("aria-activedescendant"))?.getAttribute("role")??"none"`); now != "columnheader" {
		t.Errorf("two cells up from the second row is a %s", now)
	}
	p.Press(kb.Enter)
	p.Wait(`document.activeElement.matches(".menu-item")`)
	p.Press(kb.Enter)
	p.Wait(`document.querySelector('.cell.top[aria-sort=descending]')&&` + shown)
	p.Press("z", chromedp.ModifierCtrl)
	p.Wait(`!document.querySelector('.cell.top[aria-sort]')&&` + shown)
}

// A question that is stopped leaves the table of the one before, and says so.
func exploreStop(t *testing.T, ctx context.Context, s *served) {
	p := explorer(t, ctx, s, "sales by date.year show net")
	sitetest.Eval[any](p, `(()=>{const real=window.fetch;window.fetch=(u,o)=>u.includes("/query?")?new Promise((_,no)=>o.signal.addEventListener("abort",()=>no(o.signal.reason))):real(u,o)})()`)
	p.Click(`.pick[data-field="orders"]`)
	p.Wait(`document.querySelector("main.is-busy")`)
	p.Click(`[data-do="stop"]`)
	p.Wait(idle + `&&document.querySelector(".notes .caution")`)
	if box := p.Text(".trouble-box"); box != "" {
		t.Errorf("after stopping the page says %q", box)
	}
}

func exploreDrill(t *testing.T, ctx context.Context, s *served) {
	p := explorer(t, ctx, s, "sales by class.l1 show net sort net desc")
	before := wholeTable(p)
	first := p.Text(".grid-row .cell.pin")
	p.Click(".grid-row .cell.pin")
	p.Press(kb.Enter)
	pick(p, "Drill down")
	p.Wait(`document.querySelector('[data-chip="rows/class.l2"]')&&` + shown)
	if filter := p.Text(`[data-chip="filters/0"]`); filter == "" || wholeTable(p) == before {
		t.Errorf("drilling down into %q keeps nothing: %q", first, filter)
	}
	p.Click(`[data-do="across"]`)
	pick(p, "Roll up")
	p.Wait(`document.querySelector('[data-chip="rows/class.l1"]')&&!document.querySelector('[data-chip="filters/0"]')&&` + shown)
	p.Click(`[data-do="undo"]`)
	p.Wait(`document.querySelector('[data-chip="rows/class.l2"]')&&` + shown)
	p.Click(`[data-do="undo"]`)
	p.Wait(`document.querySelector('[data-chip="rows/class.l1"]')&&` + shown)
	if after := wholeTable(p); after != before {
		t.Errorf("undone twice the table is\n%s\nbefore it was\n%s", after, before)
	}
	p.Click(`[data-do="across"]`)
	pick(p, "Returns")
	p.Wait(`new URLSearchParams(location.search).get("q").includes('"cube":"returns"')&&` + shown)
}

// Every number is the one the command line gives, digit by digit.
func exploreValues(t *testing.T, ctx context.Context, s *served, config string) {
	question := "sales by customer.type, customer.name x date.year show net, margin_pct, orders vs py where customer.type in (library, university) totals all"
	p := explorer(t, ctx, s, question)
	lines := strings.Split(wholeTable(p), "\n")
	want := strings.Split(strings.TrimSpace(asked(t, config, "query", question, "--format", "csv")), "\n")
	heads := len(lines) - (len(want) - 1)
	if heads < 1 {
		t.Fatalf("%d lines, the command line has %d", len(lines), len(want))
	}
	for i, line := range want[1:] {
		theirs := strings.Split(strings.TrimSpace(line), ",")[3:] // level and members before
		ours := strings.Split(lines[heads+i], "\t")[2:]
		if !slices.EqualFunc(ours, theirs, sameText) {
			t.Fatalf("row %d: %q, the command line has %q", i+1, ours, theirs)
		}
	}
}

// sameText compares the texts of numbers; those with an exponent may be written
// without.
func sameText(a, b string) bool {
	if a == b || !strings.Contains(a+b, "e") {
		return a == b
	}
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	return errX == nil && errY == nil && x == y
}

func exploreLink(t *testing.T, ctx context.Context, s *served) {
	p := explorer(t, ctx, s, "sales by customer.type x date.year show net top 3 by net with others totals grand")
	sitetest.Eval[any](p, `[...document.querySelectorAll(".head-row.last .cell")].at(-1).dispatchEvent(new MouseEvent("contextmenu",{bubbles:true}))`)
	pick(p, "Shades")
	p.Wait(`document.querySelector(".cell.h5")`)
	link := sitetest.Eval[string](p, "location.href")
	other := sitetest.OpenTab(t, ctx, s.address, strings.TrimPrefix(link, s.address), "light", 1440)
	other.Wait(shown)
	if a, b := wholeTable(p), wholeTable(other); a != b || !strings.Contains(a, "(others)") {
		t.Errorf("the link shows\n%s\nnot\n%s", b, a)
	}
	if sitetest.Eval[int](other, `document.querySelectorAll(".cell.h5").length`) == 0 {
		t.Error("the link does not show the shades")
	}
}

// An error in the text is shown at its place, and mended.
func exploreText(t *testing.T, ctx context.Context, s *served) {
	p := explorer(t, ctx, s, "sales by customer.type show net")
	p.Click(`[data-do="question"]`)
	inEditor := `document.querySelector(".panel .editor").shadowRoot`
	p.Wait(inEditor + `?.querySelector(".cm-content")?.textContent.includes("customer.type")`)
	write := func(text string) {
		sitetest.Eval[any](p, inEditor+`.querySelector(".cm-content").focus()`)
		p.Press("a", chromedp.ModifierCtrl)
		p.Press(text)
	}
	write("sales by customer.type show nett")
	p.Press(kb.Escape)
	p.Click(".panel .strong")
	p.Wait(`document.querySelector(".told.bad")`)
	if told := p.Text(".told"); !strings.Contains(told, "Line 1, column 29") || !strings.Contains(told, "nett") {
		t.Errorf("told %q", told)
	}
	if marked := sitetest.Eval[string](p, inEditor+`.querySelector(".cm-lintRange-error")?.textContent??""`); marked != "nett" {
		t.Errorf("marked is %q", marked)
	}
	write("sales by customer.type show orders")
	p.Press(kb.Escape)
	p.Press(kb.Enter, chromedp.ModifierCtrl)
	p.Wait(`document.querySelector('[data-chip="measures/orders"]')&&` + shown)
	p.Click(`[data-tab="sql"]`)
	p.Wait(`document.querySelector(".panel .code")?.textContent.includes("SELECT")`)
	p.Click(`[data-tab="history"]`)
	p.Wait(`document.querySelectorAll(".steps li").length===2`)
}

// A file of the explorer is the file of the command line.
func exploreExport(t *testing.T, ctx context.Context, s *served, config string) {
	question := "sales by customer.type x date.year show net, margin_pct totals all"
	p := explorer(t, ctx, s, question)
	dir := t.TempDir()
	if err := sitetest.Call(p.Context(), browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir}); err != nil {
		t.Fatal(err)
	}
	for _, form := range []struct{ name, text string }{{"csv", "CSV"}, {"parquet", "Parquet"}, {"xlsx", "Excel"}, {"arrow", "Arrow"}} {
		p.Click(`[data-do="export"]`)
		pick(p, form.text)
		got := downloaded(t, filepath.Join(dir, "sales."+form.name))
		if form.name == "arrow" {
			if len(got) < 1000 {
				t.Errorf("%d bytes of Arrow", len(got))
			}
			continue
		}
		file := filepath.Join(t.TempDir(), "answer."+form.name)
		asked(t, config, "query", question, "--format", form.name, "--out", file)
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, the command line writes %d that differ", form.name, len(got), len(want))
		}
	}
	exploreExportSeen(t, explorer(t, ctx, s, "sales by customer.type show net, orders, copies"))
}

// A file holds the columns that are seen, as they are, and names the hidden ones.
func exploreExportSeen(t *testing.T, p *sitetest.Tab) {
	dir := t.TempDir()
	if err := sitetest.Call(p.Context(), browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir}); err != nil {
		t.Fatal(err)
	}
	sitetest.Eval[any](p, `document.querySelector("#grid").focus()`)
	p.Press(kb.ArrowRight)
	p.Press(kb.ArrowRight, chromedp.ModifierAlt, chromedp.ModifierShift) // net behind orders
	const heads = `[...document.querySelectorAll(".head-row.last .cell span:first-child")].map(e=>e.textContent).join()`
	p.Wait(heads + `==="Customer type,Orders,Net sales,Copies"&&` + shown)
	sitetest.Eval[any](p, `document.querySelector("#grid").focus()`)
	p.Press(kb.Home)
	p.Press(kb.ArrowRight)
	p.Press(kb.Enter)
	pick(p, "Hide")
	p.Wait(heads + `==="Customer type,Net sales,Copies"`)
	p.Click(`[data-do="export"]`)
	pick(p, "CSV")
	lines := strings.Split(string(downloaded(t, filepath.Join(dir, "sales.csv"))), "\r\n")
	if n := len(lines); lines[0] != "customer.type,net,copies" || n < 3 || lines[n-2] != "note,Hidden columns: Orders" {
		t.Errorf("%q", lines)
	}
}

// downloaded waits for a file.
func downloaded(t *testing.T, path string) []byte {
	t.Helper()
	for range 400 {
		if data, err := os.ReadFile(path); err == nil && len(data) > 0 {
			return data
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatalf("%s never came", path)
	return nil
}

func exploreBeside(t *testing.T, ctx context.Context, s *served) {
	p := explorer(t, ctx, s, "sales by date.year, customer.type show net time 2025")
	p.Click(`[data-chip="rows/customer.type"]`)
	pick(p, "Filter")
	p.Wait(`document.querySelectorAll("dialog .tick input").length>4`)
	check := func(name string) {
		t.Helper()
		for _, f := range p.Faults(name, sitetest.Axe(t)) {
			t.Error(f)
		}
	}
	check("explorer-filter")
	p.Press("lib")
	p.Wait(`[...document.querySelectorAll("dialog .tick")].length===1`)
	sitetest.Eval[any](p, `[...document.querySelectorAll("dialog .tick")].find(e=>e.textContent==="library").querySelector("input").click()`)
	p.Click("dialog .strong")
	p.Wait(`document.querySelector('[data-chip="filters/0"]')?.textContent.includes("library")&&` + shown)
	if rows := sitetest.Eval[int](p, `document.querySelectorAll(".grid-row:not([hidden])").length`); rows != 1 {
		t.Errorf("%d rows of libraries", rows)
	}
	p.Click(".grid-row .cell.num")
	p.Press(kb.Enter)
	pick(p, "Why did this change")
	p.Wait(`document.querySelector(".panel .words li")`)
	if words := p.Text(".panel .words"); !strings.Contains(words, "2024") {
		t.Errorf("why: %q", words)
	}
	p.Click(".grid-row .cell.num")
	p.Press(kb.Enter)
	pick(p, "Lines behind this")
	p.Wait(`document.querySelector("dialog .grid-row:not([hidden]) .cell")`)
	check("explorer-facts")
	p.Press(kb.Escape)
	p.Wait(`!document.querySelector("dialog")`)
	p.Click(`[data-do="save"]`)
	p.Wait(`document.activeElement.matches("dialog input")`)
	p.Press("a", chromedp.ModifierCtrl)
	p.Press(`<b>Libraries</b> & "others"`)
	p.Press(kb.Enter)
	p.Wait(`!document.querySelector("dialog")`)
	p.Go("/explore")
	p.Wait(ready)
	p.Click(`[data-do="saved"]`)
	p.Wait(`document.querySelector(".saved .step")?.textContent==='<b>Libraries</b> & "others"'`)
	p.Click(".saved .step")
	p.Wait(`document.querySelector('[data-chip="filters/0"]')&&` + shown)
	check("explorer-beside")
	p.Click(`[data-do="ranking"]`)
	p.Wait(`document.querySelector("dialog")`)
	check("explorer-ranking")
}

// exploreLooks looks at the page in all its forms.
func exploreLooks(t *testing.T, ctx context.Context, s *served) {
	axe := sitetest.Axe(t)
	question := url.QueryEscape("sales by customer.type, channel.kind x date.year show net, margin_pct vs py totals all time 2025..2026")
	for _, l := range []struct {
		lang, theme string
		width       int64
	}{{"en", "light", 1440}, {"zh", "dark", 1440}, {"zh", "light", 390}, {"en", "dark", 390}} {
		name := fmt.Sprintf("explorer-%s-%s-%d", l.lang, l.theme, l.width)
		t.Run(name, func(t *testing.T) {
			p := sitetest.OpenTab(t, ctx, s.address, "/explore?chart=1&lang="+l.lang+"&ask="+question, l.theme, l.width)
			p.Wait(shown + `&&document.querySelector(".figure svg")`)
			p.Click(`[data-do="sql"]`)
			p.Wait(`document.querySelector(".panel .code")`)
			for _, f := range p.Faults(name, axe) {
				t.Error(f)
			}
		})
	}
}
