package digest

import (
	"bytes"
	"html/template"
	"image"
	"image/color"
	"image/png"
	"math"
	"strconv"
	"strings"

	"verso/reports/view"
)

// Sizes in points of the screen; pictures are drawn at twice of it, for screens
// with fine dots. No text is drawn: it stands in the HTML beside, in the fonts
// that the reader's program has for every script.
const (
	chartWidth, chartHeight = 540, 120
	lineWidth, lineHeight   = 96, 24
	fine                    = 2
)

// attach makes a picture part of the mail and returns the address it has there.
func (w *writer) attach(name string, m image.Image) (template.URL, error) {
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&b, m); err != nil {
		return "", err
	}
	id := name + "@verso"
	w.images = append(w.images, Image{ID: id, Name: name + ".png", PNG: b.Bytes()})
	return template.URL("cid:" + id), nil // made of constants here, so safe as an address
}

// ink is a colour of the palette.
func ink(palette map[string]string, name string) color.RGBA {
	n, err := strconv.ParseUint(strings.TrimPrefix(palette[name], "#"), 16, 32)
	if err != nil {
		return color.RGBA{A: 255}
	}
	return color.RGBA{R: uint8(n >> 16), G: uint8(n >> 8 & 255), B: uint8(n & 255), A: 255}
}

// canvas is an empty picture of a size in points.
func canvas(width, height int, ground color.RGBA) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, width*fine, height*fine))
	fill(m, m.Rect, ground)
	return m
}

func fill(m *image.RGBA, r image.Rectangle, c color.RGBA) {
	r = r.Intersect(m.Rect)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			m.SetRGBA(x, y, c)
		}
	}
}

// columns draws a chart of months: each with its actual column before the one of
// the year before, on one scale that begins at zero.
func columns(ch *view.Chart, palette map[string]string) image.Image {
	m := canvas(chartWidth, chartHeight, ink(palette, "surface"))
	low, high := 0.0, 0.0
	for _, s := range ch.Series {
		for _, v := range s.Values {
			if v.Has() {
				low, high = min(low, v.Float), max(high, v.Float)
			}
		}
	}
	if high == low {
		high = low + 1
	}
	height := float64(m.Rect.Dy() - 2*fine)
	y := func(v float64) int { return fine + int(math.Round((high-v)/(high-low)*height)) }
	slot := float64(m.Rect.Dx()) / float64(max(1, len(ch.Categories)))
	draw := func(role view.Role, from, to float64, c color.RGBA) {
		for _, s := range ch.Series {
			if s.Role != role {
				continue
			}
			for i, v := range s.Values {
				if v.Has() {
					top, bottom := min(y(v.Float), y(0)), max(y(v.Float), y(0))
					fill(m, image.Rect(int((float64(i)+from)*slot), top, int((float64(i)+to)*slot), bottom), c)
				}
			}
		}
	}
	draw(view.PY, .10, .62, ink(palette, "py"))
	draw(view.AC, .26, .84, ink(palette, "ac"))
	fill(m, image.Rect(0, y(0), m.Rect.Dx(), y(0)+fine), ink(palette, "ink3"))
	return m
}

// line draws the course of a key figure with a dot at its end; nil when there
// are not two values to join.
func line(values []view.Value, format view.Format, palette map[string]string) image.Image {
	low, high, known := math.Inf(1), math.Inf(-1), 0
	for _, v := range values {
		if v.Has() {
			x := format.Scaled(v.Float)
			low, high = min(low, x), max(high, x)
			known++
		}
	}
	if known < 2 {
		return nil
	}
	if high == low {
		low, high = low-1, high+1
	}
	m := canvas(lineWidth, lineHeight, ink(palette, "surface"))
	pad := 3.0 * fine
	wide, tall := float64(m.Rect.Dx())-2*pad, float64(m.Rect.Dy())-2*pad
	at := func(i int, v view.Value) dot {
		return dot{pad + wide*float64(i)/float64(len(values)-1), pad + tall*(high-format.Scaled(v.Float))/(high-low)}
	}
	var before *dot
	var end dot
	for i, v := range values {
		if !v.Has() {
			before = nil // a gap stays a gap
			continue
		}
		p := at(i, v)
		if before != nil {
			stroke(m, *before, p, 0.75*fine, ink(palette, "ac"))
		}
		before, end = &p, p
	}
	stroke(m, end, end, 2.2*fine, ink(palette, "accent"))
	return m
}

// dot is a place on a picture.
type dot struct{ x, y float64 }

// stroke draws a line with round ends; each dot of the picture is covered by as
// much as lies within half the line's width.
func stroke(m *image.RGBA, a, b dot, radius float64, c color.RGBA) {
	dx, dy := b.x-a.x, b.y-a.y
	length := dx*dx + dy*dy
	for y := int(min(a.y, b.y) - radius - 1); y <= int(max(a.y, b.y)+radius+1); y++ {
		for x := int(min(a.x, b.x) - radius - 1); x <= int(max(a.x, b.x)+radius+1); x++ {
			if !(image.Point{X: x, Y: y}).In(m.Rect) {
				continue
			}
			px, py := float64(x)+.5-a.x, float64(y)+.5-a.y
			t := 0.0
			if length > 0 {
				t = min(1, max(0, (px*dx+py*dy)/length))
			}
			cover := min(1, max(0, radius+.5-math.Hypot(px-t*dx, py-t*dy)))
			mix(m, x, y, c, cover)
		}
	}
}

// mix lays a colour over a dot.
func mix(m *image.RGBA, x, y int, c color.RGBA, cover float64) {
	if cover <= 0 {
		return
	}
	was := m.RGBAAt(x, y)
	blend := func(from, to uint8) uint8 {
		return uint8(math.Round(float64(from) + (float64(to)-float64(from))*cover))
	}
	m.SetRGBA(x, y, color.RGBA{R: blend(was.R, c.R), G: blend(was.G, c.G), B: blend(was.B, c.B), A: 255})
}
