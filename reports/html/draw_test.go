package html

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"verso/reports/language"
	"verso/reports/view"
)

var update = flag.Bool("update", false, "rewrite the golden drawings")

// element is one element of a drawing with its text.
type element struct {
	name  string
	attrs map[string]string
	text  string
}

func (e element) number(t *testing.T, name string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(e.attrs[name], 64)
	if err != nil {
		t.Fatalf("%s of %s %q: %v", name, e.name, e.text, err)
	}
	return v
}

// parts reads a drawing, which has to be well formed.
func parts(t *testing.T, drawing string) []element {
	t.Helper()
	dec := xml.NewDecoder(strings.NewReader(drawing))
	var out []element
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatalf("the drawing is not well formed: %v\n%s", err, drawing)
		}
		switch x := token.(type) {
		case xml.StartElement:
			e := element{name: x.Name.Local, attrs: map[string]string{}}
			for _, a := range x.Attr {
				e.attrs[a.Name.Local] = a.Value
			}
			out = append(out, e)
		case xml.CharData:
			out[len(out)-1].text += string(x)
		}
	}
}

// texts are the boxes that the texts of a drawing take, with a look at what
// stands in them.
func texts(t *testing.T, all []element, f frame) (boxes []box, said []string) {
	t.Helper()
	for _, e := range all {
		if e.name != "text" {
			continue
		}
		size := f.font
		if s := e.attrs["font-size"]; s != "" {
			n, err := strconv.Atoi(strings.TrimSuffix(s, "px"))
			if err != nil {
				t.Fatal(err)
			}
			size = n
		}
		boxes = append(boxes, lineBox(e.text, size, e.number(t, "x"), e.number(t, "y"), e.attrs["text-anchor"], 1))
		said = append(said, e.text)
	}
	return boxes, said
}

// No text leaves the frame or covers another, no mark leaves the frame, and
// numbers are numbers, whatever the chart holds.
func TestEverythingHasItsPlace(t *testing.T) {
	for _, c := range append(sampleCharts(), edgeCharts()...) {
		for _, f := range frames(c) {
			t.Run(fmt.Sprintf("%s-%d", c.ID, f.width), func(t *testing.T) {
				l := lay(c, f)
				all := parts(t, drawn(l, f))
				boxes, said := texts(t, all, f)
				for i, b := range boxes {
					if b.left < -.1 || b.top < -.1 || b.right > float64(f.width)+.1 || b.bottom > float64(f.height)+.1 {
						t.Errorf("%q leaves the frame: %+v", said[i], b)
					}
					for k := range i {
						inner := box{b.left + .1, b.top + .1, b.right - .1, b.bottom - .1}
						if inner.meets(boxes[k]) {
							t.Errorf("%q covers %q: %+v %+v", said[i], said[k], b, boxes[k])
						}
					}
				}
				for _, e := range all {
					if e.name == "rect" {
						x, y, w, h := e.number(t, "x"), e.number(t, "y"), e.number(t, "width"), e.number(t, "height")
						if x < 0 || y < 0 || w < 0 || h < 0 || x+w > float64(f.width)+.1 || y+h > float64(f.height)+.1 {
							t.Errorf("a rectangle leaves the frame: %v", e.attrs)
						}
					}
					for name, v := range e.attrs {
						if strings.Contains(v, "NaN") || strings.Contains(v, "Inf") {
							t.Errorf("%s of %s is %q", name, e.name, v)
						}
					}
				}
				o, err := l.option()
				if err != nil {
					t.Fatal(err)
				}
				if _, err := json.Marshal(o); err != nil {
					t.Error(err)
				}
				axes, _ := o["xAxis"].([]any)
				for _, axis := range axes { // a named axis keeps its name where the layout has room for it
					if a, _ := axis.(map[string]any); a["name"] != nil && a["name"] != "" && a["nameMoveOverlap"] != false {
						t.Errorf("the library may move the name %q out of the picture", a["name"])
					}
				}
			})
		}
	}
}

// A column of a number is as high as the number times the scale, stands on zero
// in the middle of its category, and differences have the same scale.
func TestColumnsHaveTheirHeights(t *testing.T) {
	c := &view.Chart{Kind: view.TimeColumns, Better: 1, Format: view.Integer(), Categories: counted(4, "%d"),
		Series: []view.Series{series("AC", view.AC, 40, -10, 0, 30), series("PY", view.PY, 20, 10, 5, 30)}}
	// The room is 320-16-34-38-16 pixels for 40+10 and 20+20 units.
	const perUnit = 216.0 / 90
	want := map[string][]string{"f-py": nil, "f-ac": nil, "f-good": nil, "f-bad": nil}
	rect := func(class string, middle, width, zero, v float64) {
		top, height := zero-v*perUnit, v*perUnit
		if v < 0 {
			top, height = zero, -v*perUnit
		}
		want[class] = append(want[class], fmt.Sprintf("%s %s %s %s", num(middle-width/2), num(top), num(width), num(height)))
	}
	zero := 320 - 38 - 16 - 10*perUnit
	differences := 16 + 20*perUnit
	for i, v := range []float64{20, 10, 5, 30} {
		rect("f-py", 4+158*(float64(i)+.5)-48*.15, 48, zero, v)
	}
	for i, v := range []float64{40, -10, 30} {
		rect("f-ac", 4+158*([]float64{0, 1, 3}[i]+.5)+48*.15, 48, zero, v)
	}
	rect("f-good", 4+79, 36, differences, 20)
	rect("f-bad", 4+158+79, 36, differences, -20)
	rect("f-bad", 4+2*158+79, 36, differences, -5)
	got := map[string][]string{}
	for _, e := range parts(t, drawn(lay(c, wide.in(language.English())), wide.in(language.English()))) {
		if e.name == "rect" {
			got[e.attrs["class"]] = append(got[e.attrs["class"]], strings.Join([]string{e.attrs["x"], e.attrs["y"], e.attrs["width"], e.attrs["height"]}, " "))
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// Lines pass through their numbers and stop where there are none; a number
// without neighbours is a dot.
func TestLinesPassThroughTheirNumbers(t *testing.T) {
	c := &view.Chart{Kind: view.Lines, Format: view.Integer(), Categories: counted(5, "%d"),
		Series: []view.Series{series("AC", view.AC, 0, 100, math.NaN(), 50, math.NaN()), series("FC", view.FC, math.NaN(), math.NaN(), math.NaN(), 20, 80)}}
	l := layLines(c, wide.in(language.English()))
	x := func(i int) string { return num(l.plot.left + (float64(i)+.5)*(l.plot.right-l.plot.left)/5) }
	y := func(v float64) string { return num(280 - v/100*(280-14)) }
	got := drawn(l, wide.in(language.English()))
	for _, want := range []string{
		`<path fill="none" d="M` + x(0) + " " + y(0) + "L" + x(1) + " " + y(100) + `" stroke-width="2.5" stroke-linejoin="round" class="s-ac"/>`,
		`<circle cx="` + x(3) + `" cy="` + y(50) + `" r="2" class="f-ac"/>`,
		`<path fill="none" d="M` + x(3) + " " + y(20) + "L" + x(4) + " " + y(80) + `" stroke-width="2" stroke-linejoin="round" stroke-dasharray="8,4" class="s-ac"/>`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}

// The bars of a mirror share a scale and begin at the middle; a cell fills its
// place in the grid; a curve goes through its shares; a score lies on its spoke.
func TestOtherFormsHaveTheirPlaces(t *testing.T) {
	m := layMirror(&view.Chart{Kind: view.Mirror, Format: view.Pct(), Categories: counted(2, "%d"),
		Series: []view.Series{series("a", view.Other, .1, .4), series("b", view.Other, .8, .2)}}, wide.in(language.English()))
	if a, b := m.bar(0, 1), m.bar(1, 0); a.right != 256 || b.left != 384 || num(b.right-b.left) != num(m.length) || num(a.right-a.left) != num(m.length/2) {
		t.Errorf("bars %+v and %+v of at most %v", a, b, m.length)
	}
	h := layHeat(&view.Chart{Kind: view.Heat, Categories: counted(4, "%d"), Rows: counted(2, "R %d"), Cells: []view.Cell{{X: 3, Y: 1, Shade: 5, Label: "9"}}}, wide.sized(&view.Chart{Kind: view.Heat, Rows: counted(2, "")}))
	if got, want := h.box(h.cells[0]), (box{60 + 3*144 + 1, 2 + h.height + 1, 635, h.plot.bottom - 1}); got != want {
		t.Errorf("cell %+v, want %+v", got, want)
	}
	k := layCurve(&view.Chart{Kind: view.Curve, Points: []view.Point{{X: .5, Y: .25}}}, wide.in(language.English()))
	if x, y := k.place(k.points[0].point); x != 44+574/2. || y != 268-(268-14)/4. {
		t.Errorf("point %v %v", x, y)
	}
	r := layRadar(radarOf("four", counted(4, "%d")), wide.in(language.English()))
	if p := r.at(1, r.radius*r.scores[0][1].v/100); num(p.x) != num(320+r.radius*.4) || num(p.y) != num(.52*320) {
		t.Errorf("score at %+v", p)
	}
}

func TestTicksAreRound(t *testing.T) {
	for _, c := range []struct {
		low, high, least float64
		want             string
	}{
		{0, 62, 0, "0 20 40 60 80"}, {0, 101, 0, "0 25 50 75 100 125"}, {0, 1, 1, "0 1"}, {0, 3, 1, "0 1 2 3"}, {0, 3, 0, "0 1 2 3"},
		{-9, 9, 0, "−10 −5 0 5 10"}, {0, 0, 1, "0 1"}, {0, .00003, 0, "0.00000 0.00001 0.00002 0.00003"}, {0, 4e13, 0, "0 1e+13 2e+13 3e+13 4e+13"},
		{0, 12, 0, "0 3 6 9 12"}, {0, 1.1, 0, "0.00 0.25 0.50 0.75 1.00 1.25"}, {0, 35000, 1, "0 10,000 20,000 30,000 40,000"},
	} {
		if got := strings.Join(niceTicks(language.English(), c.low, c.high, 4, c.least).texts, " "); got != c.want {
			t.Errorf("%v to %v: %s, want %s", c.low, c.high, got, c.want)
		}
	}
}

func TestTextsAreCut(t *testing.T) {
	for _, c := range []struct {
		text  string
		width float64
		want  string
	}{{"Ordinary", 100, "Ordinary"}, {"Ordinary", 40, "Ordi…"}, {"普通客户", 36, "普通…"}, {"two words", 33, "two…"}, {"W", 3, ""}, {" a\n b ", 50, "a b"}, {"", 5, ""}} {
		got := shorten(c.text, 12, c.width)
		if got != c.want || textWidth(got, 12) > c.width {
			t.Errorf("%q in %v: %q of %.1f, want %q", c.text, c.width, got, textWidth(got, 12), c.want)
		}
	}
}

func TestNamesUnderAnAxis(t *testing.T) {
	months := counted(24, "%02d")
	months[6], months[18] = "01\n2024", "01\n2025"
	if got := under(months, 10, 30, narrow.in(language.English())); !slices.Equal(got[:11], months[:11]) {
		t.Errorf("with room: %q", got)
	}
	// Every third would fit, but the years are among every fourth or sixth.
	got := under(months, 10, 8, narrow.in(language.English()))
	if got[6] != months[6] || got[18] != months[18] || got[7] != "" {
		t.Errorf("narrow: %q", got)
	}
}

// The drawings of the sample page, reviewed by eye.
func TestGoldenDrawings(t *testing.T) {
	for _, c := range sampleCharts() {
		for _, f := range frames(c) {
			name := filepath.Join("testdata", fmt.Sprintf("%s-%d.svg", c.ID, f.width))
			body := strings.NewReplacer("/><", "/>\n<", "</text><", "</text>\n<").Replace(drawn(lay(c, f), f))
			got := fmt.Sprintf("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" text-anchor=\"middle\">\n%s\n</svg>\n", f.width, f.height, body)
			if *update {
				if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				continue
			}
			want, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got); d != "" {
				t.Errorf("%s (go test ./reports/html -update rewrites it):\n%s", name, d)
			}
		}
	}
}

// What comes from the data is text in the drawing too.
func TestDrawingsEscape(t *testing.T) {
	for _, s := range evil {
		for _, c := range sampleCharts() {
			b := view.Block{Chart: c}
			poisonBlock(&b, s)
			for i := range c.Cells {
				c.Cells[i].Label, c.Cells[i].Small = s, s
			}
			for _, f := range frames(c) {
				for _, e := range parts(t, drawn(lay(c, f), f)) {
					switch e.name {
					case "g", "rect", "circle", "path", "text":
					default:
						t.Errorf("%s: %q became the element %s", c.ID, s, e.name)
					}
				}
			}
		}
	}
}
