package explore_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"verso/reports/explore"
	"verso/reports/site/sitetest"
	"verso/reports/web"
)

// Names that would do harm if they were taken for markup.
const (
	harm  = `<img src=x onerror="document.title='harmed'">`
	harm2 = `"><script>document.title='harmed'</script>&lt;b&gt;`
)

// cells is a server whose answers are generated: a cube of so many rows and
// columns, in pages of 10,000 rows, a question of which costs reading so many lines.
func cells(t *testing.T, rows, columns, cost int) string {
	t.Helper()
	pages, err := explore.New("en")
	if errors.Is(err, web.ErrNotBuilt) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/explore", pages)
	mux.Handle("/explore/", pages)
	mux.Handle("/sql", pages)
	reply := func(path string, v any) {
		mux.HandleFunc("/api/v1/"+path, func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(v) })
	}
	reply("me", map[string]any{"person": map[string]any{"name": "a"}, "rights": map[string]any{"sql": true, "facts": true}, "as_of": "2026-06-30", "company": harm, "currency": "CNY"})
	reply("cubes", map[string]any{"cubes": []any{map[string]any{"name": "big", "title": harm, "description": harm2}}})
	reply("cubes/big", map[string]any{"name": "big", "title": harm, "description": harm2, "scenarios": []string{harm},
		"dimensions": []any{map[string]any{"name": "d", "title": harm, "description": harm2, "attributes": []any{map[string]any{"name": "d.a", "title": harm, "description": harm2, "type": "text"}}, "hierarchies": []any{}},
			map[string]any{"name": "t", "title": harm, "description": harm2, "date": true, "attributes": []any{}, "hierarchies": []any{}}},
		"measures": []any{map[string]any{"name": "m", "title": harm2, "description": harm, "unit": harm, "format": "money"}}})
	reply("cubes/big/members", map[string]any{"members": []any{map[string]any{"key": harm, "label": harm2}}, "more": true, "notes": []any{}})
	reply("query/check", map[string]any{"ok": true, "text": harm, "sql": harm2, "errors": []any{}, "completions": []any{}})
	reply("log", map[string]any{"log": []any{map[string]any{"door": "query", "what": harm, "outcome": "ok"}}})
	reply("cost", map[string]any{"source": "facts", "table": harm, "rows": cost, "past": map[string]any{"asked": 2, "median_ms": 12.4, "max_ms": 30}})
	reply("saved", map[string]any{"saved": []any{}})
	reply("why", map[string]any{"words": []string{harm}, "notes": []any{map[string]any{"kind": "answer", "text": harm2}}, "columns": []any{}, "rows": []any{}})
	mux.HandleFunc("/api/v1/query", func(w http.ResponseWriter, r *http.Request) {
		from, _ := strconv.Atoi(r.URL.Query().Get("cursor")) // none is 0
		_ = json.NewEncoder(w).Encode(page(from, rows, columns))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

// page is 10,000 rows of the answer.
func page(from, rows, columns int) map[string]any {
	heads := []any{map[string]any{"name": "d.a", "title": harm, "kind": "attribute", "type": "text", "unit": harm}}
	for c := range columns {
		heads = append(heads, map[string]any{"name": "m", "measure": "m", "title": harm2, "kind": "measure", "type": "decimal", "unit": "CNY", "format": "money",
			"members": []string{harm, fmt.Sprint("column ", c)}, "keys": []string{harm, fmt.Sprint(c)}})
	}
	to := min(from+10_000, rows)
	list := make([]any, 0, to-from)
	for r := from; r < to; r++ {
		values := make([]any, columns+1)
		values[0] = fmt.Sprint("row ", r)
		if r%3 == 0 {
			values[0] = harm
		}
		for c := range columns {
			values[c+1] = fmt.Sprintf("%d%03d.%04d", r, c, r%10_000)
		}
		list = append(list, map[string]any{"level": "row", "given": 1, "keys": []string{fmt.Sprint(r)}, "cells": values})
	}
	return map[string]any{"text": harm, "query": map[string]any{"cube": "big", "rows": []string{"d.a"}, "measures": []string{"m"}}, "facts": 1, "as_of": "2026-06-30", "took_ms": 1, "notes": []any{map[string]any{"kind": "policy", "text": harm}},
		"columns": heads, "rows": list, "row_count": rows, "offset": from, "more": to < rows, "cursor": strconv.Itoa(to)}
}

const (
	question = `/explore?q={"cube":"big","rows":["d.a"],"columns":["d.a"],"measures":["m"]}`
	loaded   = `document.body.dataset.ready==="true"&&!document.querySelector("main.is-busy")&&document.querySelector(".grid-row:not([hidden]) .cell:not([hidden])")`
)

// frames scrolls for a second in a direction and tells of the frames that were
// drawn: how many, the middle time and the longest in milliseconds, the longest
// that drawing itself took, and the elements of the grid at most.
const frames = `(async(dx,dy)=>{const g=document.querySelector("#grid"),times=[];let last=performance.now(),most=0;const begin=last;
	while(last-begin<1000){g.scrollLeft+=dx;g.scrollTop+=dy;await new Promise(r=>requestAnimationFrame(r));const now=performance.now();times.push(now-last);last=now;most=Math.max(most,g.querySelectorAll("*").length)}
	times.sort((a,b)=>a-b);return{frames:times.length,middle:times[times.length>>1],p95:times[Math.floor(times.length*0.95)],longest:times[times.length-1],nodes:most,top:g.scrollTop,left:g.scrollLeft}})`

type scrolled struct {
	Frames, Nodes        int
	Middle, P95, Longest float64
	Top, Left            float64
}

// A million cells scroll in both directions with a few hundred elements; heads
// and first columns stay, every cell shown is the right one, to the last.
func TestMillionCells(t *testing.T) {
	if testing.Short() {
		t.Skip("short: no browser")
	}
	home := cells(t, 20_000, 50, 1)
	p := sitetest.OpenTab(t, sitetest.Browser(t), home, question, "light", 1440)
	p.Wait(loaded)
	t.Logf("loaded and shown after %.0f ms", sitetest.Eval[float64](p, "performance.now()"))
	for _, direction := range []struct {
		name   string
		dx, dy int
	}{{"down", 0, 480}, {"right", 120, 0}, {"across", -60, 3000}} {
		s := sitetest.Eval[scrolled](p, fmt.Sprintf("%s(%d,%d)", frames, direction.dx, direction.dy))
		t.Logf("%s: %d frames in a second, middle %.1f ms, 95%% %.1f ms, longest %.1f ms; %d elements", direction.name, s.Frames, s.Middle, s.P95, s.Longest, s.Nodes)
		if s.Nodes > 2500 || s.Nodes < 100 {
			t.Errorf("%s: %d elements in the grid", direction.name, s.Nodes)
		}
		if s.Top+s.Left == 0 {
			t.Errorf("%s: nothing was scrolled", direction.name)
		}
		checkCells(t, p)
	}
	sitetest.Eval[any](p, `document.querySelector("#grid").focus()`)
	p.Press(kb.End, chromedp.ModifierCtrl)
	p.Wait(`document.querySelector("#grid .cell.now")?.textContent==="19,999,049.00"||document.querySelector("#grid .cell.now")?.textContent.startsWith("19,999,050")`)
	p.Press(kb.ArrowLeft+kb.ArrowUp, chromedp.ModifierShift)
	got := sitetest.Eval[string](p, `(()=>{const d=new DataTransfer();document.querySelector("#grid").dispatchEvent(new ClipboardEvent("copy",{clipboardData:d,bubbles:true}));return d.getData("text/plain")})()`)
	if want := "19998048.9998\t19998049.9998\n19999048.9999\t19999049.9999"; got != want {
		t.Errorf("copied %q, want %q", got, want)
	}
	checkCells(t, p)
}

// checkCells holds what is shown against what each place must show.
func checkCells(t *testing.T, p *sitetest.Tab) {
	t.Helper()
	wrong := sitetest.Eval[[]string](p, `(()=>{const out=[];let n=0;const box=document.querySelector("#grid").getBoundingClientRect();
		for(const e of document.querySelectorAll(".grid-row:not([hidden]) .cell:not([hidden])")){const[,r,c]=e.id.match(/-(-?\d+)-(\d+)$/).map(Number);n++;
			const exact=Number(r+String(c-1).padStart(3,"0"))+(r%10000)/10000;
			if(c>0&&Math.abs(Number(e.textContent.replace(/,/g,""))-exact)>0.0051)out.push(e.id+": "+e.textContent);
			if(c===0&&e.textContent!==(r%3?"row "+r:`+strconv.Quote(harm)+`))out.push(e.id+": "+e.textContent);
			const b=e.getBoundingClientRect();if(c===0&&Math.abs(b.left-box.left)>1)out.push(e.id+" is not in its place")}
		const head=[...document.querySelectorAll(".head-row.last .cell:not(.pin)")][0].getBoundingClientRect();
		if(Math.abs(document.querySelector(".head-row").getBoundingClientRect().top-box.top)>1||head.width<10)out.push("the heads are not in their place");
		if(n<100)out.push(n+" cells");return out.slice(0,5)})()`)
	for _, w := range wrong {
		t.Error(w)
	}
}

// Names with markup are text, in every part of the page.
func TestNamesAreText(t *testing.T) {
	if testing.Short() {
		t.Skip("short: no browser")
	}
	home := cells(t, 12, 3, 1)
	p := sitetest.OpenTab(t, sitetest.Browser(t), home, question+"&chart=1", "light", 1440)
	p.Wait(loaded + `&&document.querySelector(".figure svg")`)
	for _, tab := range []string{"question", "sql", "history"} {
		p.Click(`[data-do="` + tab + `"]`)
		p.Wait(`document.querySelector(".panel-body").childElementCount>0`)
	}
	p.Click(`.grid-row [id$="-0-1"]`)
	p.Press(kb.Enter)
	p.Wait(`document.querySelector(".menu")`)
	p.Press("w")
	p.Press(kb.Enter)
	p.Wait(`document.querySelector(".panel .words li")`)
	p.Click(`[data-chip="rows/d.a"]`)
	p.Wait(`document.querySelector(".menu")`)
	p.Press("f")
	p.Press(kb.Enter)
	p.Wait(`document.querySelector("dialog .tick")`)
	found := sitetest.Eval[[]string](p, `[document.title,...[...document.querySelectorAll("body script, body img")].map(e=>e.outerHTML)].filter(t=>!t.startsWith("Explorer"))`)
	if len(found) > 0 {
		t.Errorf("markup came alive: %q", found)
	}
	if shown := p.Text(".grid-row .cell.pin"); shown != harm {
		t.Errorf("the first member is shown as %q", shown)
	}
	for _, f := range p.Faults("explorer-harm", "") {
		t.Error(f)
	}
}
