package html

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"verso/reports/language"
	"verso/reports/view"
)

// A band goes along its upper bound and back along the lower, apart where it is broken,
// under the line; the axis holds it. The chart library stacks its height on its foot.
func TestBandsLieBetweenTheirBounds(t *testing.T) {
	s := series("AC", view.AC, 40, 50, math.NaN(), 60, 70)
	s.Low, s.High = series("", 0, 30, 40, 1, 55, 60).Values, series("", 0, 45, 60, math.NaN(), 65, 180).Values
	c := &view.Chart{Kind: view.Lines, Format: view.Integer(), Categories: counted(5, "%d"), Series: []view.Series{s}}
	l := layLines(c, wide.in(language.English()))
	if l.scale.last < 180 {
		t.Errorf("the axis ends at %v, the band at 180", l.scale.last)
	}
	at := func(i int, v float64) string { return num(l.x(i)) + " " + num(l.panel.y(v)) }
	got := drawn(l, wide.in(language.English()))
	band := `<path d="M` + at(0, 45) + "L" + at(1, 60) + "L" + at(1, 40) + "L" + at(0, 30) + "ZM" + at(3, 65) + "L" + at(4, 180) + "L" + at(4, 60) + "L" + at(3, 55) + `Z" fill-opacity="0.15" class="f-ac"/>`
	if under := strings.Index(got, band); under < 0 || under > strings.Index(got, `fill="none"`) {
		t.Errorf("no %s before the line in\n%s", band, got)
	}
	o, err := l.option()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(o["series"])
	if err != nil {
		t.Fatal(err)
	}
	var drawnBy []struct {
		Name, Stack string
		Data        []any
		AreaStyle   *struct{ Opacity float64 }
	}
	if err := json.Unmarshal(text, &drawnBy); err != nil {
		t.Fatal(err)
	}
	if len(drawnBy) != 3 || drawnBy[0].Stack == "" || drawnBy[0].Stack != drawnBy[1].Stack || drawnBy[2].Stack != "" || drawnBy[1].AreaStyle == nil || drawnBy[1].AreaStyle.Opacity != bandShade {
		t.Fatalf("series %s", text)
	}
	if drawnBy[0].Data[4] != 60.0 || drawnBy[1].Data[4] != 120.0 || drawnBy[0].Data[2] != missing {
		t.Errorf("foot %v, height %v", drawnBy[0].Data, drawnBy[1].Data)
	}
}
