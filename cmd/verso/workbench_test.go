package main

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"verso/reports/site/sitetest"
)

func TestWorkbench(t *testing.T) {
	needsBrowser(t)
	s, config := workServer(t)
	ctx := sitetest.Browser(t)
	t.Run("run", func(t *testing.T) { workbenchRun(t, ctx, s, config) })
	t.Run("error at its place", func(t *testing.T) { workbenchError(t, ctx, s) })
	t.Run("cancel", func(t *testing.T) { workbenchCancel(t, ctx, s) })
	t.Run("parameters, explain, completion", func(t *testing.T) { workbenchMore(t, ctx, s) })
	t.Run("checked while typing", func(t *testing.T) { workbenchTyping(t, ctx, s) })
	t.Run("tables", func(t *testing.T) { workbenchTables(t, ctx, s) })
	t.Run("looks", func(t *testing.T) { workbenchLooks(t, ctx, s) })
}

// workbench opens the workbench with a text of statements.
func workbench(t *testing.T, ctx context.Context, s *served, sql string) *sitetest.Tab {
	t.Helper()
	p := sitetest.OpenTab(t, ctx, s.address, "/sql?sql="+url.QueryEscape(sql), "light", 1440)
	p.Wait(ready)
	return p
}

// settled is true after what is offered has been there long enough to be taken.
const settled = `new Promise(done=>setTimeout(()=>done(true),200))`

const sqlEditor = `document.querySelector(".desk .editor").shadowRoot`

func workbenchRun(t *testing.T, ctx context.Context, s *served, config string) {
	exact := "SELECT line_id, net, order_date FROM core.fact_order_line ORDER BY line_id LIMIT 300"
	p := workbench(t, ctx, s, "SELECT 12345678901234567890.123456789::DECIMAL(38,9) AS big, '<img src=x onerror=alert(1)>' AS text, NULL AS none;\n"+exact+";\n")
	sitetest.Eval[any](p, sqlEditor+`.querySelector(".cm-content").focus()`)
	p.Press(kb.Enter, chromedp.ModifierCtrl)
	p.Wait(shown)
	if got := wholeTable(p); got != "big\ttext\tnone\n12345678901234567890.123456789\t<img src=x onerror=alert(1)>\t" {
		t.Errorf("the first statement gives %q", got)
	}
	if types := sitetest.Eval[string](p, `[...document.querySelectorAll(".head-row.last small")].map(e=>e.textContent).join("|")`); !strings.HasPrefix(types, "DECIMAL(38,9)|VARCHAR") {
		t.Errorf("types %q", types)
	}
	p.Click(`[data-do="all"]`)
	p.Wait(idle + `&&document.querySelectorAll(".results .tab").length===2`)
	want := strings.NewReplacer(",", "\t", "\r", "").Replace(strings.TrimSpace(asked(t, config, "sql", exact, "--format", "csv")))
	if got := wholeTable(p); got != want {
		t.Errorf("the second statement gives %d bytes, the command line %d", len(got), len(want))
	}
	dir := t.TempDir()
	if err := sitetest.Call(p.Context(), browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir}); err != nil {
		t.Fatal(err)
	}
	sitetest.Eval[any](p, `[...document.querySelectorAll(".result-head .tool")].find(e=>e.textContent==="Export").click()`)
	pick(p, "CSV")
	if got := string(downloaded(t, filepath.Join(dir, "result.csv"))); got != asked(t, config, "sql", exact, "--format", "csv") {
		t.Errorf("the file has %d bytes", len(got))
	}
	for _, f := range p.Faults("workbench-run", "") {
		t.Error(f)
	}
}

func workbenchError(t *testing.T, ctx context.Context, s *served) {
	p := workbench(t, ctx, s, "SELECT 1 AS one;\n\nSELECT\n  nope\nFROM core.dim_date;\n")
	p.Click(`[data-do="all"]`)
	p.Wait(`document.querySelector(".trouble-box .banner")`)
	if told := p.Text(".trouble-box"); !strings.Contains(told, "Line 4, column 3") || !strings.Contains(told, "nope") {
		t.Errorf("told %q", told)
	}
	if marked := sitetest.Eval[string](p, sqlEditor+`.querySelector(".cm-lintRange-error")?.textContent??""`); marked != "nope" {
		t.Errorf("marked is %q", marked)
	}
	if got := wholeTable(p); got != "one\n1" {
		t.Errorf("the statement before gives %q", got)
	}
}

func workbenchCancel(t *testing.T, ctx context.Context, s *served) {
	p := workbench(t, ctx, s, "SELECT count(*) FROM range(100000) a, range(100000) b, range(1000) c WHERE a.range * b.range % 7 = c.range % 5")
	p.Click(`[data-do="run"]`)
	p.Wait(`document.querySelector("main.is-busy")`)
	p.Wait(`fetch("/api/v1/running").then(r=>r.json()).then(x=>x.running.length===1)`)
	p.Click(`[data-do="stop"]`)
	p.Wait(idle + `&&document.querySelector(".result-head").textContent.includes("Cancelled")`)
	p.Wait(`fetch("/api/v1/running").then(r=>r.json()).then(x=>x.running.length===0)`)
}

func workbenchMore(t *testing.T, ctx context.Context, s *served) {
	p := workbench(t, ctx, s, "SELECT $n + 1 AS more, $word AS word, '$no' AS text -- $neither")
	p.Wait(`document.querySelectorAll(".params input").length===2`)
	sitetest.Eval[any](p, `document.querySelector(".params input").focus()`)
	p.Press("41")
	p.Press(kb.Tab)
	p.Press("it's")
	p.Press(kb.Enter)
	p.Wait(shown)
	if got := wholeTable(p); got != "more\tword\ttext\n42\tit's\t$no" {
		t.Errorf("with parameters %q", got)
	}
	p.Click(`[data-do="save"]`)
	p.Wait(`document.activeElement.matches("dialog input")`)
	p.Press("a", chromedp.ModifierCtrl)
	p.Press("Kept <i>")
	p.Press(kb.Enter)
	p.Wait(`document.querySelector(".desk .tab[aria-selected=true]").textContent==="Kept <i>"`)
	p.Click(`[data-do="close"]`)
	p.Wait(`![...document.querySelectorAll(".desk .tab")].some(e=>e.textContent==="Kept <i>")`)
	p.Click(`[data-do="saved"]`)
	p.Wait(`document.querySelector("dialog .step")?.textContent==="Kept <i>"`)
	p.Click("dialog .step")
	p.Wait(`document.querySelectorAll(".params input").length===2`)
	p.Go("/sql?sql=" + url.QueryEscape("SELECT net FROM core.fact_order_line WHERE net > 5"))
	p.Wait(ready)
	p.Click(`[data-do="explain"]`)
	p.Wait(idle + `&&document.querySelector(".plan").textContent.includes("fact_order_line")`)
	sitetest.Eval[any](p, sqlEditor+`.querySelector(".cm-content").focus()`)
	p.Press(kb.End)
	p.Press(" AND qty_c")
	p.Wait(sqlEditor + `.querySelector(".cm-tooltip-autocomplete li")?.textContent.includes("qty_cancelled")`)
	p.Press(kb.Escape)
}

// Every statement is checked while it is typed, errors stand at their places with
// what to do about them; names are completed behind a dot; the text is laid out.
func workbenchTyping(t *testing.T, ctx context.Context, s *served) {
	p := workbench(t, ctx, s, "SELECT 1 AS one;\nSELECT nope FROM core.dim_date;\nSELECT * FROM read_csv('/etc/passwd');\n")
	const marked = `[...` + sqlEditor + `.querySelectorAll(".cm-lintRange-error")].map(e=>e.textContent).join("|")`
	p.Wait(`(` + marked + `).startsWith("nope|")`)
	if runs := sitetest.Eval[int](p, `performance.getEntriesByType("resource").filter(e=>/\/sql\?/.test(e.name)&&e.name.includes("/api/")).length`); runs != 0 {
		t.Errorf("%d statements were run", runs)
	}
	if all := sitetest.Eval[string](p, marked); strings.Count(all, "|") != 1 {
		t.Errorf("marked are %q", all)
	}
	sitetest.Eval[any](p, sqlEditor+`.querySelector(".cm-lintRange-error").dispatchEvent(new MouseEvent("mousemove",{bubbles:true}))`)
	sitetest.Eval[any](p, sqlEditor+`.querySelector(".cm-content").focus()`)
	p.Press("a", chromedp.ModifierCtrl)
	p.Press("with k as (select channel_key, sum(net) as total from core.fact_order_line group by 1) select f.line_id, k.channel_key from core.fact_order_line f join k using (channel_key) where f.qty_c")
	p.Wait(sqlEditor + `.querySelector(".cm-tooltip-autocomplete li")?.textContent.includes("qty_cancelled")&&` + settled)
	p.Press(kb.Enter)
	p.Press(" > 0 and k.tot")
	p.Wait(sqlEditor + `.querySelector(".cm-tooltip-autocomplete li")?.textContent.includes("total")&&` + settled)
	p.Press(kb.Enter)
	p.Press(" > 0 limit 5")
	p.Press(kb.Escape)
	p.Wait(`(` + marked + `)===""`)
	p.Click(`[data-do="format"]`)
	p.Wait(sqlEditor + `.querySelectorAll(".cm-line").length>8`)
	if text := sitetest.Eval[string](p, sqlEditor+`.querySelector(".cm-content").innerText`); !strings.Contains(text, "f.qty_cancelled > 0") || !strings.Contains(text, "AND k.total > 0") || !strings.Contains(text, "GROUP BY") {
		t.Errorf("laid out is %q", text)
	}
	p.Click(`[data-do="all"]`)
	p.Wait(shown)
	sitetest.Eval[any](p, `document.querySelector(".head-row.last .cell").dispatchEvent(new MouseEvent("dblclick",{bubbles:true}))`)
	p.Wait(`document.querySelector('.head-row.last .cell[aria-sort=descending]')`)
	lines := strings.Split(wholeTable(p), "\n")[1:]
	for i := 1; i < len(lines); i++ {
		if a, b := strings.Split(lines[i-1], "\t"), strings.Split(lines[i], "\t"); number(t, a[0]) < number(t, b[0]) {
			t.Errorf("%q before %q", lines[i-1], lines[i])
		}
	}
	for _, f := range p.Faults("workbench-typing", sitetest.Axe(t)) {
		t.Error(f)
	}
}

func workbenchTables(t *testing.T, ctx context.Context, s *served) {
	p := workbench(t, ctx, s, "SELECT 1")
	sitetest.Eval[any](p, `document.querySelector(".schema input").focus()`)
	p.Press("fact_order_line")
	p.Wait(`document.querySelectorAll(".schema details details").length>0`)
	sitetest.Eval[any](p, `[...document.querySelectorAll(".schema details details summary")].find(e=>e.textContent==="fact_order_line").click()`)
	p.Wait(`[...document.querySelectorAll(".schema .pick")].some(e=>e.textContent.startsWith("net"))`)
	sitetest.Eval[any](p, `[...document.querySelectorAll(".schema .pick")].find(e=>e.firstChild.textContent==="net").click()`)
	pick(p, "Where it comes from")
	p.Wait(`document.querySelector("dialog .words li")`)
	if text := p.Text("dialog"); !strings.Contains(text, "order_line.unit_price") {
		t.Errorf("lineage: %q", text)
	}
	for _, f := range p.Faults("workbench-lineage", sitetest.Axe(t)) {
		t.Error(f)
	}
	p.Press(kb.Escape)
	sitetest.Eval[any](p, `[...document.querySelectorAll(".schema .pick")].find(e=>e.textContent==="First rows").click()`)
	p.Wait(shown + `&&document.querySelector("#grid").getAttribute("aria-rowcount")==="201"`)
}

func workbenchLooks(t *testing.T, ctx context.Context, s *served) {
	axe := sitetest.Axe(t)
	sql := url.QueryEscape("SELECT c.name AS channel, count(*) AS lines, sum(f.net) AS net\nFROM core.fact_order_line AS f\nJOIN core.dim_channel AS c ON c.channel_key = f.channel_key\nGROUP BY c.name\nORDER BY net DESC NULLS LAST, channel\nLIMIT 40; -- the largest")
	for _, l := range []struct {
		lang, theme string
		width       int64
	}{{"en", "light", 1440}, {"zh", "dark", 1440}, {"zh", "light", 390}, {"en", "dark", 390}} {
		name := fmt.Sprintf("workbench-%s-%s-%d", l.lang, l.theme, l.width)
		t.Run(name, func(t *testing.T) {
			p := sitetest.OpenTab(t, ctx, s.address, "/sql?lang="+l.lang+"&sql="+sql, l.theme, l.width)
			p.Wait(ready)
			p.Click(`[data-do="run"]`)
			p.Wait(shown)
			for _, f := range p.Faults(name, axe) {
				t.Error(f)
			}
		})
	}
}
