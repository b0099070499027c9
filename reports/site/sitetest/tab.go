package sitetest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// Tab is a page of a server that a test drives as a person would.
type Tab struct {
	t    *testing.T
	ctx  context.Context
	home string
	ear  ear
}

const tabTime = 90 * time.Second // of one tab

// OpenTab opens a page, as wide as said, in a theme. Requests to anywhere but home
// (scheme and host) count as problems.
func OpenTab(t *testing.T, parent context.Context, home, path, theme string, width int64) *Tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(parent)
	t.Cleanup(cancel)
	ctx, stop := context.WithTimeout(ctx, tabTime)
	t.Cleanup(stop)
	p := &Tab{t: t, ctx: ctx, home: home}
	p.must(chromedp.Listen(ctx, p.hear))
	p.must(Call(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 900, DeviceScaleFactor: 1, Mobile: width < 600}))
	p.must(Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}}}))
	p.Go(path)
	return p
}

func (p *Tab) hear(event any) {
	if e, ok := event.(*network.EventRequestWillBeSent); ok {
		if u := e.Request.URL; !strings.HasPrefix(u, p.home+"/") && !strings.HasPrefix(u, "data:") && !strings.HasPrefix(u, "blob:"+p.home) {
			p.ear.note("request: %s", u)
		}
		return
	}
	p.ear.hear(event)
}

func (p *Tab) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// Context is that of the tab.
func (p *Tab) Context() context.Context { return p.ctx }

// Go opens another page of the server.
func (p *Tab) Go(path string) {
	p.t.Helper()
	p.must(chromedp.Do(p.ctx, chromedp.Navigate(p.home+path)))
}

// Press presses keys, which go to what has the focus.
func (p *Tab) Press(keys string, with ...chromedp.Modifier) {
	p.t.Helper()
	p.must(chromedp.Do(p.ctx, chromedp.KeyEvent(keys, chromedp.KeyModifiers(with...))))
}

// Click clicks the middle of the first element of a selector.
func (p *Tab) Click(selector string) {
	p.t.Helper()
	x, y := p.middle(selector)
	p.must(chromedp.Do(p.ctx, chromedp.MouseClickXY(x, y)))
}

func (p *Tab) middle(selector string) (x, y float64) {
	p.t.Helper()
	at := Eval[[]float64](p, fmt.Sprintf(`(()=>{const e=document.querySelector(%q);if(!e)return[];const at=()=>{const b=e.getBoundingClientRect();return[b.x+b.width/2,b.y+b.height/2]};const[x,y]=at();if(x<0||y<0||x>innerWidth||y>innerHeight)e.scrollIntoView({block:"center",behavior:"instant"});return at()})()`, selector))
	if len(at) != 2 {
		p.t.Fatalf("the page has no %s", selector)
	}
	return at[0], at[1]
}

// Drag drags one element onto another with the mouse.
func (p *Tab) Drag(from, to string) {
	p.t.Helper()
	x, y := p.middle(from)
	toX, toY := p.middle(to)
	mouse := func(kind input.DispatchMouseEventType, x, y float64) {
		p.must(chromedp.Do(p.ctx, chromedp.MouseEvent(kind, x, y, chromedp.ButtonLeft)))
	}
	mouse(input.DispatchMouseEventTypeMousePressed, x, y)
	for _, share := range []float64{0.2, 0.6, 1} {
		mouse(input.DispatchMouseEventTypeMouseMoved, x+(toX-x)*share, y+(toY-y)*share)
	}
	mouse(input.DispatchMouseEventTypeMouseReleased, toX, toY)
}

// Eval evaluates an expression in the page and waits for its promise.
func Eval[T any](p *Tab, expression string) T {
	p.t.Helper()
	v, err := Evaluate[T](p.ctx, expression)
	if err != nil {
		p.t.Fatalf("%v\n%s", err, expression)
	}
	return v
}

// Text is the text of the first element of a selector; "" where there is none.
func (p *Tab) Text(selector string) string {
	p.t.Helper()
	return Eval[string](p, fmt.Sprintf(`document.querySelector(%q)?.textContent??""`, selector))
}

// Wait waits until an expression is true; a page that is being exchanged for
// another has none that is.
func (p *Tab) Wait(expression string) {
	p.t.Helper()
	for range 400 {
		if so, err := Evaluate[bool](p.ctx, "(async()=>Boolean(await("+expression+")))()"); err == nil && so {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	p.t.Errorf("never true: %s\n%s", expression, strings.Join(p.ear.list(), "\n"))
	p.t.Fatal(Eval[string](p, `document.body.innerText.slice(0,1500)`))
}

// Faults lists what the page said on its console, asked for elsewhere, what is
// wider than it, and what axe finds; with VERSO_SHOTS set, a picture is kept under
// the name.
func (p *Tab) Faults(name, axeScript string) []string {
	p.t.Helper()
	p.must(Keep(p.ctx, name))
	found := p.ear.list()
	for _, wide := range Eval[[]string](p, overflowing) {
		found = append(found, "wider than the page: "+wide)
	}
	if axeScript == "" {
		return found
	}
	faults, err := axe(p.ctx, axeScript)
	p.must(err)
	return append(found, faults...)
}
