package html

import (
	"testing"

	"verso/reports/language"
	"verso/reports/view"
)

// Names at the ends of lines stand a line of text apart, whichever order the
// series come in; a line that ends earlier is named by itself.
func TestNamesOfLinesStandApart(t *testing.T) {
	ends := func(earlier bool, values ...float64) []float64 {
		c := &view.Chart{Kind: view.Lines, Format: view.Integer(), Categories: make([]string, 8)}
		if earlier {
			c.Series = append(c.Series, view.Series{Name: "AC", Values: []view.Value{view.N(1695)}})
		}
		for _, v := range values {
			c.Series = append(c.Series, view.Series{Name: "x", Values: []view.Value{7: view.N(v)}})
		}
		l := layLines(c, wide.in(language.English()))
		moved := make([]float64, len(l.ends))
		for i, e := range l.ends {
			moved[i] = e.off
		}
		if earlier {
			if moved[0] != 0 {
				t.Errorf("the name of the line that ends earlier moved by %v", moved[0])
			}
			moved = moved[1:]
		}
		return moved
	}
	high := 1827.0
	scale := float64(wide.height-54) * 0.75 / 2000 // the axis ends there
	for _, earlier := range []bool{true, false} {
		for _, values := range [][]float64{{1736, 1651, high}, {high, high, high}, {high, 1000, 10}, {10, high}} {
			moved := ends(earlier, values...)
			for i := range values {
				for k := range i {
					distance := (values[i]-values[k])*scale - (moved[i] - moved[k])
					if distance < 0 {
						distance = -distance
					}
					if distance < float64(wide.font)+2.5 {
						t.Errorf("%v: names %d and %d are %.1f pixels apart", values, i, k, distance)
					}
				}
			}
		}
	}
	if moved := ends(true, high, 1000, 10); moved[0] != 0 || moved[1] != 0 || moved[2] != 0 {
		t.Errorf("names far apart moved: %v", moved)
	}
}
