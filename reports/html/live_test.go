package html

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"verso/reports/site/sitetest"
	"verso/reports/view"
)

// chartPage is a page of charts, written into a folder with its scripts.
func chartPage(t *testing.T, all []*view.Chart) string {
	t.Helper()
	r := renderer(t)
	p := sample()
	s := view.Section{ID: "charts", Title: "Charts"}
	for _, c := range all {
		c.Title, c.Insight = c.ID, c.ID
		c.Table.Columns = []view.Column{{Label: "x"}}
		s.Blocks = append(s.Blocks, view.Block{Chart: c})
	}
	p.Sections = []view.Section{s}
	var b bytes.Buffer
	if err := r.Render(&b, p, Nav{}); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, f := range append(r.Assets(), File{Path: "index.html", Data: b.Bytes()}) {
		name := filepath.Join(dir, "assets", filepath.Base(f.Path))
		if f.Path == "index.html" {
			name = filepath.Join(dir, f.Path)
		}
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "index.html")
}

// The chart that takes the place of a drawing in the browser has its bars,
// cells, dots, lines and texts where the drawing has them. Shown smaller, its
// texts are not, and still none is cut off or covers another.
func TestLiveChartsStandWhereTheDrawingsDo(t *testing.T) {
	if testing.Short() {
		t.Skip("short: no browser")
	}
	file := chartPage(t, append(sampleCharts(), edgeCharts()...))
	parent := sitetest.Browser(t)
	for _, c := range []struct{ width, compare string }{{"640px", compareDrawings}, {"352px", compareDrawings}, {"530px", lookAtTexts}, {"328px", lookAtTexts}} {
		t.Run(c.width, func(t *testing.T) {
			ctx, cancel := chromedp.NewContext(parent)
			defer cancel()
			ctx, stop := context.WithTimeout(ctx, 90*time.Second)
			defer stop()
			if err := sitetest.Call(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: 1440, Height: 900, DeviceScaleFactor: 1}); err != nil {
				t.Fatal(err)
			}
			if err := chromedp.Do(ctx, chromedp.Navigate("file://"+file)); err != nil {
				t.Fatal(err)
			}
			if alive, err := sitetest.Evaluate[bool](ctx, strings.ReplaceAll(atWidth, "WIDTH", c.width)); err != nil || !alive {
				t.Fatal("the charts did not come alive: ", err)
			}
			if err := sitetest.Keep(ctx, "live-"+c.width); err != nil {
				t.Fatal(err)
			}
			looked, err := sitetest.Evaluate[int](ctx, `var versoLook=`+c.compare+`;versoLook[0]`)
			if err != nil {
				t.Fatal(err)
			}
			if looked < 500 {
				t.Errorf("only %d marks and texts were looked at", looked)
			}
			problems, err := sitetest.Evaluate[[]string](ctx, `versoLook[1]`)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range problems {
				t.Error(p)
			}
		})
	}
}

const (
	// atWidth shows the charts at a width and waits until all are live at it.
	atWidth = `(async()=>{const plots=[...document.querySelectorAll(".plot")];
		for(const p of plots)p.style.width=p.style.maxWidth="WIDTH";
		window.innerWidth=1;dispatchEvent(new Event("resize"));
		const alive=p=>{const svg=p.querySelector(".live svg");return svg&&p.classList.contains("is-live")&&Math.abs(svg.getBoundingClientRect().width-parseFloat("WIDTH"))<1};
		for(let i=0;i<400;i++){
			const waits=plots.filter(p=>!alive(p));
			if(!waits.length)return true;
			waits[i%waits.length].scrollIntoView({behavior:"instant"});
			await new Promise(r=>setTimeout(r,50));
		}
		return false})()`
	// compareDrawings looks for every mark and text of a drawing in the live
	// chart: how many there were, and those that are not there.
	compareDrawings = `(()=>{let n=0;const wrong=[];
		for(const plot of document.querySelectorAll(".plot")){
			const home=plot.getBoundingClientRect(),id=plot.closest("figure").id;
			const sheet=[...plot.querySelectorAll(".sheet")].find(s=>s.getBoundingClientRect().width>0);
			const at=e=>{const r=e.getBoundingClientRect();return[r.left-home.left,r.top-home.top,r.right-home.left,r.bottom-home.top]};
			const live=[...plot.querySelectorAll(".live svg *")].filter(e=>e.tagName!=="g"&&e.tagName!=="svg");
			const marks=live.filter(e=>e.tagName!=="text").map(at),said=live.filter(e=>e.tagName==="text").map(e=>[e.textContent,at(e)]);
			const near=(a,b,d)=>a.every((v,i)=>Math.abs(v-b[i])<=d);
			for(const e of sheet.querySelectorAll("rect,circle,path,text")){
				const box=at(e);n++;
				if(e.tagName==="text"){
					const middle=b=>[(b[0]+b[2])/2,(b[1]+b[3])/2],here=said.filter(s=>s[0]===e.textContent);
					if(!here.some(s=>near(middle(s[1]),middle(box),4)))wrong.push(id+": text "+e.textContent+" "+middle(box).map(Math.round)+", live at "+here.map(s=>middle(s[1]).map(Math.round).join()).join(" or ")+(here.length?"":" "+said.map(s=>s[0]).slice(0,12)));
				}else if(!marks.some(m=>near(m,box,3)))wrong.push(id+": "+e.tagName+"."+e.getAttribute("class")+" "+box.map(Math.round));
			}
			const drawn=new Set([...sheet.querySelectorAll("text")].map(e=>e.textContent));
			for(const s of said)if(s[0].trim()&&!drawn.has(s[0]))wrong.push(id+": live only: "+s[0]);
		}
		return[n,wrong]})()`
	// lookAtTexts finds texts of live charts that leave their chart or cover
	// another by more than a line's edge: how many texts there were, and those.
	lookAtTexts = `(()=>{let n=0;const wrong=[];
		for(const live of document.querySelectorAll(".live")){
			const home=live.getBoundingClientRect(),id=live.closest("figure").id;
			const said=[...live.querySelectorAll("svg text")].filter(e=>e.textContent.trim()).map(e=>[e.textContent,e.getBoundingClientRect()]);
			said.forEach(([text,r],i)=>{n++;
				if(r.left<home.left-1||r.right>home.right+1||r.top<home.top-3||r.bottom>home.bottom+3)wrong.push(id+": "+text+" leaves the chart");
				for(const[other,o]of said.slice(0,i))if(r.left+1<o.right&&o.left+1<r.right&&r.top+5<o.bottom&&o.top+5<r.bottom)wrong.push(id+": "+text+" covers "+other);
			});
		}
		return[n,wrong]})()`
)
