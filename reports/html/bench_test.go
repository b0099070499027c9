package html

import (
	"testing"

	"verso/reports/language"
	"verso/reports/view"
)

// A drawing at both sizes, and the option for the browser that goes with it.
func BenchmarkDraw(b *testing.B) {
	for _, c := range sampleCharts() {
		b.Run(c.ID, func(b *testing.B) {
			for b.Loop() {
				for _, f := range frames(c) {
					_ = drawn(lay(c, f), f)
				}
			}
		})
		b.Run(c.ID+"/option", func(b *testing.B) {
			for b.Loop() {
				for _, f := range frames(c) {
					if _, err := lay(c, f).option(); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

// BenchmarkRender makes a whole page.
func BenchmarkRender(b *testing.B) {
	r, p := renderer(b), sample()
	for b.Loop() {
		render(b, r, p)
	}
}

// frames are the sizes a chart is drawn at.
func frames(c *view.Chart) []frame {
	return []frame{wide.sized(c).in(language.English()), narrow.sized(c).in(language.English())}
}

// sampleCharts are the charts of the sample page.
func sampleCharts() []*view.Chart {
	var out []*view.Chart
	for _, s := range sample().Sections {
		for _, b := range s.Blocks {
			if b.Chart != nil {
				out = append(out, b.Chart)
			}
		}
	}
	return append(out, sampleRadar())
}

// sampleRadar is a radar; the sample page has none.
func sampleRadar() *view.Chart {
	c := &view.Chart{ID: "radar", Kind: view.Radar, Title: "Seven P's", Format: view.Integer(),
		Categories: []string{"Profiling", "Persistency", "Profitability", "Performance", "Prospecting", "Product", "Promotion"}}
	for i, role := range []view.Role{view.AC, view.Reference} {
		s := view.Series{Name: "Customer", Role: role}
		for k := range c.Categories {
			s.Values = append(s.Values, view.N(float64(30+10*k-20*i)))
		}
		c.Series = append(c.Series, s)
	}
	return c
}
