package html

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// The elements and attributes of a drawing that reach the page. Everything else
// (scripts, styles, links, event handlers, the library's own marks) is dropped.
var (
	svgElements = map[string]bool{"g": true, "path": true, "rect": true, "circle": true, "line": true,
		"polyline": true, "polygon": true, "text": true, "tspan": true, "defs": true, "clipPath": true}
	svgAttributes = map[string]bool{"d": true, "x": true, "y": true, "width": true, "height": true,
		"r": true, "cx": true, "cy": true, "x1": true, "x2": true, "y1": true, "y2": true, "points": true,
		"transform": true, "fill": true, "stroke": true, "fill-opacity": true, "stroke-opacity": true,
		"opacity": true, "stroke-width": true, "stroke-dasharray": true, "stroke-linejoin": true,
		"text-anchor": true, "dominant-baseline": true, "clip-path": true, "id": true,
		"font-size": true, "font-weight": true, "paint-order": true}
	// svgDefaults are said once, in the style sheet or on the drawing itself.
	svgDefaults = map[string]string{"dominant-baseline": "central", "text-anchor": "middle", "stroke-linejoin": "bevel"}
	longNumber  = regexp.MustCompile(`-?\d+\.\d{2,}`)
	ownIDs      = regexp.MustCompile(`zr\d+-c(\d+)`)
)

// cleanSVG turns the library's SVG into what stands in a page: only known
// elements, colours as classes that follow the theme, short numbers, ids that do not depend on what was drawn before.
// It returns the inside of the svg element.
func cleanSVG(id, raw string, names map[string]string) (string, error) {
	dec := xml.NewDecoder(strings.NewReader(legal(raw)))
	var b strings.Builder
	var open []string // the elements being written
	skip := 0         // depth inside a dropped element
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return b.String(), nil
		}
		if err != nil {
			return "", fmt.Errorf("the drawing is not well formed: %w", err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if t.Name.Local == "svg" && len(open) == 0 && skip == 0 {
				continue
			}
			if skip > 0 || !svgElements[t.Name.Local] || invisible(t) {
				skip++
				continue
			}
			open = append(open, t.Name.Local)
			b.WriteString("<" + t.Name.Local)
			writeAttributes(&b, id, t.Attr, names)
			b.WriteString(">")
		case xml.EndElement:
			if skip > 0 {
				skip--
				continue
			}
			if n := len(open); n > 0 {
				b.WriteString("</" + open[n-1] + ">")
				open = open[:n-1]
			}
		case xml.CharData:
			if n := len(open); skip == 0 && n > 0 && (open[n-1] == "text" || open[n-1] == "tspan") {
				if err := xml.EscapeText(&b, t); err != nil {
					return "", err
				}
			}
		}
	}
}

// legal replaces what XML cannot hold, such as NUL, in texts that came with the
// data.
func legal(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == '\ufffe' || r == '\uffff' {
			return '\ufffd'
		}
		return r
	}, s)
}

// invisible tells the full-size rectangle without fill that backs every drawing.
func invisible(t xml.StartElement) bool {
	if t.Name.Local != "rect" {
		return false
	}
	fill, stroke := "", ""
	for _, a := range t.Attr {
		switch a.Name.Local {
		case "fill":
			fill = a.Value
		case "stroke":
			stroke = a.Value
		}
	}
	return fill == "none" && stroke == ""
}

// writeAttributes writes the known attributes, and the classes of the colours.
func writeAttributes(b *strings.Builder, id string, attrs []xml.Attr, names map[string]string) {
	var classes []string
	put := func(name, value string) {
		b.WriteString(" " + name + `="`)
		_ = xml.EscapeText(b, []byte(value))
		b.WriteString(`"`)
	}
	for _, a := range attrs {
		name, value := a.Name.Local, a.Value
		if name == "style" {
			for _, d := range strings.Split(value, ";") {
				property, v, _ := strings.Cut(d, ":")
				if property == "font-size" || property == "font-weight" {
					put(property, v)
				}
			}
			continue
		}
		if !svgAttributes[name] || a.Name.Space != "" {
			continue
		}
		if hex := strings.ToLower(value); (name == "fill" || name == "stroke") && names[hex] != "" {
			classes = append(classes, name[:1]+"-"+names[hex])
		}
		if hex := strings.ToLower(value); (name == "fill" || name == "stroke") && names[hex] != "" {
			continue // the class says it
		}
		if svgDefaults[name] == value {
			continue
		}
		value = ownIDs.ReplaceAllString(value, id+"-c$1")
		if name != "id" && name != "clip-path" && !strings.Contains(value, "matrix") {
			value = longNumber.ReplaceAllStringFunc(value, shortNumber)
		}
		put(name, value)
	}
	if len(classes) > 0 {
		put("class", strings.Join(classes, " "))
	}
}

// shortNumber keeps one decimal, which is finer than a screen shows.
func shortNumber(s string) string {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return s
	}
	return num(f)
}

// num writes a coordinate with at most one decimal.
func num(f float64) string {
	s := strings.TrimSuffix(strconv.FormatFloat(f, 'f', 1, 64), ".0")
	if s == "-0" {
		return "0"
	}
	return s
}
