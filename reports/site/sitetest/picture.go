package sitetest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Picture is how a page looks, small enough to keep: where its main parts stand,
// and the mean brightness of its squares.
type Picture struct {
	Made  string   `json:"made"`  // by which browser, with what fonts
	Boxes []string `json:"boxes"` // name, left, top, width and height in pixels
	Rows  []string `json:"rows"`  // of squares from the top, a character for each
}

// square is the side of a square in pixels; the pictures reach pictureHeight down.
const (
	square        = 40
	pictureHeight = 3000
)

// levels are the characters for brightness, dark to light, four of 255 apart.
const levels = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/"

// The tolerances: pixels that a part may stand elsewhere, levels that a square may
// be brighter or darker, and the share of squares that may be more than that.
const (
	boxTolerance   = 6
	levelTolerance = 2
	squaresAllowed = 0.004
)

// made tells browser and fonts apart: the browser's main version, and how wide
// letters are in the fonts of the page.
const made = `(()=>{const c=document.createElement("canvas").getContext("2d"),f=getComputedStyle(document.body).fontFamily;
	const w=s=>{c.font=s+" 16px "+f;return["Sales 1,234.5 mill","销售净额同比增长"].map(t=>c.measureText(t).width.toFixed(1)).join("/")};
	return (navigator.userAgent.match(/Chrome\/(\d+)/)||["","?"])[1]+" "+w("400")+" "+w("700")})()`

// boxes are the places of the main parts of a page within the picture; how far it
// scrolls sideways counts as a part, so that it is seen.
const boxes = `(()=>{const out=[],seen={};for(const e of document.querySelectorAll("header.site,nav,main,h1,h2,.message,.tile,figure,.plot,.sheet,table,footer")){
	const b=e.getBoundingClientRect();if(!b.width||!b.height||b.top+scrollY>%d)continue;const n=e.tagName.toLowerCase()+(e.classList[0]?"."+e.classList[0]:"");seen[n]=(seen[n]||0)+1;
	out.push([n+"#"+seen[n],b.left+scrollX,b.top+scrollY,b.width,b.height].map(v=>typeof v==="number"?Math.round(v):v).join(" "))}
	out.push("page 0 0 "+document.documentElement.scrollWidth+" 0");return out})()`

// Photograph opens a page and takes its picture, when its charts have come alive.
func Photograph(parent context.Context, l Look) (*Picture, error) {
	ctx, cancel := chromedp.NewContext(parent)
	defer cancel()
	ctx, stop := context.WithTimeout(ctx, 90*time.Second)
	defer stop()
	if err := Call(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: l.Width, Height: 900, DeviceScaleFactor: 1, Mobile: l.Width < 600}); err != nil {
		return nil, err
	}
	if err := Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: l.Theme}, {Name: "prefers-reduced-motion", Value: "reduce"}}}); err != nil {
		return nil, err
	}
	if err := chromedp.Do(ctx, chromedp.Navigate("file://"+l.File)); err != nil {
		return nil, err
	}
	if _, err := Evaluate[any](ctx, ScrollThrough); err != nil {
		return nil, err
	}
	if _, err := Evaluate[[2]int](ctx, alive); err != nil {
		return nil, err
	}
	p := &Picture{}
	var err error
	if p.Made, err = Evaluate[string](ctx, made); err != nil {
		return nil, err
	}
	if p.Boxes, err = Evaluate[[]string](ctx, fmt.Sprintf(boxes, pictureHeight)); err != nil {
		return nil, err
	}
	beyond := true
	shot, err := chromedp.Call(ctx, cdppage.CaptureScreenshot, cdppage.CaptureScreenshotParams{Format: cdppage.CaptureScreenshotFormatPng, CaptureBeyondViewport: &beyond,
		Clip: &cdppage.Viewport{Width: float64(l.Width), Height: pictureHeight, Scale: 1}})
	if err != nil {
		return nil, err
	}
	img, err := png.Decode(bytes.NewReader(shot.Data))
	if err != nil {
		return nil, err
	}
	p.Rows = squares(img)
	return p, Keep(ctx, l.Name)
}

// squares are the mean brightnesses of a picture.
func squares(img image.Image) []string {
	var rows []string
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y += square {
		var row strings.Builder
		for x := b.Min.X; x < b.Max.X; x += square {
			sum, n := 0.0, 0
			for v := y; v < min(y+square, b.Max.Y); v++ {
				for u := x; u < min(x+square, b.Max.X); u++ {
					r, g, bl, _ := img.At(u, v).RGBA()
					sum += (0.299*float64(r) + 0.587*float64(g) + 0.114*float64(bl)) / 257
					n++
				}
			}
			row.WriteByte(levels[min(len(levels)-1, int(sum/float64(n))/4)])
		}
		rows = append(rows, row.String())
	}
	return rows
}

// Differences lists what is different in a page from how it looked before.
func (p *Picture) Differences(before *Picture) []string {
	var out []string
	was := map[string]string{}
	for _, line := range before.Boxes {
		name, at, _ := strings.Cut(line, " ")
		was[name] = at
	}
	for _, line := range p.Boxes {
		name, at, _ := strings.Cut(line, " ")
		old, known := was[name]
		delete(was, name)
		if !known {
			out = append(out, fmt.Sprintf("%s is new, at %s", name, at))
		} else if apart(at, old) > boxTolerance {
			out = append(out, fmt.Sprintf("%s stands at %s, not at %s", name, at, old))
		}
	}
	for _, line := range before.Boxes {
		if name, at, _ := strings.Cut(line, " "); was[name] != "" {
			out = append(out, fmt.Sprintf("%s is gone from %s", name, at))
		}
	}
	return append(out, p.unlike(before)...)
}

// apart is the largest distance between the numbers of two places.
func apart(a, b string) int {
	var places [2][4]int
	for i, s := range []string{a, b} {
		to := &places[i]
		if _, err := fmt.Sscan(s, &to[0], &to[1], &to[2], &to[3]); err != nil {
			return boxTolerance + 1
		}
	}
	most := 0
	for i, v := range places[0] {
		most = max(most, v-places[1][i], places[1][i]-v)
	}
	return most
}

// unlike says where squares are brighter or darker, where they are too many.
func (p *Picture) unlike(before *Picture) []string {
	n, all := 0, 0
	var where []string
	for y, row := range before.Rows {
		for x := range row {
			all++
			now := byte('0')
			if y < len(p.Rows) && x < len(p.Rows[y]) {
				now = p.Rows[y][x]
			}
			if d := strings.IndexByte(levels, now) - strings.IndexByte(levels, row[x]); d > levelTolerance || d < -levelTolerance {
				n++
				where = append(where, fmt.Sprintf("%d,%d", x*square, y*square))
			}
		}
	}
	if float64(n) <= squaresAllowed*float64(all) {
		return nil
	}
	return []string{fmt.Sprintf("%d of %d squares look different, first those at %s", n, all, strings.Join(where[:min(len(where), 8)], " "))}
}

// Missing lists the main parts of a picture kept that this one does not have or has
// beside them, and whether the page scrolls sideways: what no other browser and no
// other fonts change. Parts near the lower edge of the pictures are left out, since
// other fonts push them in or out.
func (p *Picture) Missing(before *Picture) []string {
	names := func(boxes []string) map[string]bool {
		out := map[string]bool{}
		for _, line := range boxes {
			name, at, _ := strings.Cut(line, " ")
			var place [4]int
			if _, err := fmt.Sscan(at, &place[0], &place[1], &place[2], &place[3]); err == nil && place[1] < pictureHeight*2/3 {
				out[name] = true
			}
		}
		return out
	}
	all := func(boxes []string) map[string]bool {
		out := map[string]bool{}
		for _, line := range boxes {
			name, _, _ := strings.Cut(line, " ")
			out[name] = true
		}
		return out
	}
	var out []string
	nearNow, nearBefore, now, was := names(p.Boxes), names(before.Boxes), all(p.Boxes), all(before.Boxes)
	for _, name := range slices.Sorted(maps.Keys(nearBefore)) {
		if !now[name] {
			out = append(out, name+" is gone")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(nearNow)) {
		if !was[name] {
			out = append(out, name+" is new")
		}
	}
	if a, b := widthOf(p.Boxes), widthOf(before.Boxes); a != b {
		out = append(out, fmt.Sprintf("the page is %d pixels wide, and was %d", a, b))
	}
	return out
}

// widthOf is how far a page reaches to the right; 0 where that was not kept.
func widthOf(boxes []string) int {
	var left, top, width int
	for _, line := range boxes {
		if at, ok := strings.CutPrefix(line, "page "); ok {
			if _, err := fmt.Sscan(at, &left, &top, &width); err == nil {
				return width
			}
		}
	}
	return 0
}

// Remember compares a page with the picture kept in a file, or keeps it there with
// update. Where another browser or other fonts made the kept one only the parts of
// the page are compared, and it skips then: places and brightness would differ by
// these alone.
func Remember(t *testing.T, parent context.Context, l Look, file string, update bool) {
	t.Helper()
	now, err := Photograph(parent, l)
	if err != nil {
		t.Fatal(err)
	}
	if update {
		text, err := json.MarshalIndent(now, "", " ")
		if err == nil {
			err = os.MkdirAll(filepath.Dir(file), 0o755)
		}
		if err == nil {
			err = os.WriteFile(file, append(text, '\n'), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var before Picture
	if err := json.Unmarshal(text, &before); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	if before.Made != now.Made {
		for _, d := range now.Missing(&before) {
			t.Errorf("%s; if it is meant, keep the new look with -update", d)
		}
		t.Skipf("the picture was made by chromium %s, this is chromium %s (version and widths of letters): make it anew with -update", before.Made, now.Made)
	}
	for _, d := range now.Differences(&before) {
		t.Errorf("%s; if it is meant, keep the new look with -update", d)
	}
}
