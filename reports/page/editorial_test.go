package page

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"verso/reports/language"
	"verso/reports/view"
)

// Annotations show on the months that they touch, on pages about the company or
// about their member, on charts of their measure.
func TestAnnotate(t *testing.T) {
	day := func(s string) time.Time { d, _ := time.Parse(time.DateOnly, s); return d }
	about := func(from, to, attribute, member, measure string) Annotation {
		return Annotation{From: day(from), To: day(to), Attribute: attribute, Member: member, Measure: measure, Text: Wording{"": "x"}}
	}
	c := &Context{Lang: language.English(), Editorial: Editorial{Annotations: []Annotation{
		about("2025-01-31", "2025-02-01", "", "", ""),
		about("2024-12-31", "2025-01-01", "", "", "margin"),
		about("2025-03-05", "2025-03-05", "region.area", "north", "net"),
		about("2025-04-01", "2025-05-01", "", "", "")}}}
	months := Months(day("2025-03-31"), 3)
	mark := func(first, last int, text string) view.Mark {
		return view.Mark{First: first, Last: last, Text: text}
	}
	first := mark(0, 1, "31 Jan 2025 – 1 Feb 2025: x")
	for name, x := range map[string]struct {
		c       *Context
		measure string
		want    []view.Mark
	}{
		"company": {c, "net", []view.Mark{first}},
		"margin":  {c, "margin", []view.Mark{first, mark(0, 0, "31 Dec 2024 – 1 Jan 2025: x")}},
		"member":  {c.On("region.area", "8", "North"), "net", []view.Mark{first, mark(2, 2, "5 Mar 2025: x")}},
		"another": {c.On("class.bucket", "North"), "net", []view.Mark{first}},
	} {
		ch := &view.Chart{}
		x.c.Annotate(ch, x.measure, months)
		if d := cmp.Diff(x.want, ch.Marks); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}
