package page

import (
	"slices"
	"strings"
	"time"

	"verso/reports/view"
)

// Wording is a text in the languages of the report, by their codes; "" is for all.
type Wording map[string]string

// In is the text in a language; where it has none, that of another.
func (w Wording) In(lang string) string {
	for _, l := range []string{lang, "", "en", "zh"} {
		if s := w[l]; s != "" {
			return s
		}
	}
	return ""
}

// Annotation explains days on the charts over time that show what it is about.
type Annotation struct {
	From, To  time.Time // both included
	Attribute string    // such as region.area; "": the whole company
	Member    string    // as cubes name it, or its number in the source
	Measure   string    // "": every measure
	Text      Wording
}

// Target is what editors say of one of the goals; empty parts leave what the data
// say.
type Target struct {
	Goal       string     // its code
	Baseline   view.Value // share of 1
	Target     view.Value // of the year that the scoreboard is about
	Milestones map[int64]view.Value
	Owner      Wording
	Source     string // where it was read: file and line
}

// Editorial is what editors add to the data in files.
type Editorial struct {
	Annotations []Annotation
	Targets     []Target
	Faults      []string // files that could not be used, and why
}

// scope is the member that a page is about.
type scope struct {
	attribute string
	names     []string // what it may be called
}

// On is the context of a page about a member: annotations about it show on its
// charts. names are what the member may be called.
func (c *Context) On(attribute string, names ...string) *Context {
	own := *c
	own.scope = scope{attribute, names}
	return &own
}

// shows tells whether an annotation belongs on the charts of the page.
func (c *Context) shows(a Annotation, measure string) bool {
	if a.Measure != "" && a.Measure != measure {
		return false
	}
	return a.Attribute == "" || a.Attribute == c.scope.attribute && slices.ContainsFunc(c.scope.names, func(name string) bool { return strings.EqualFold(name, a.Member) })
}

// Annotate marks what editors say of the months of a chart of a measure. Months
// without an annotation stay as they are.
func (c *Context) Annotate(ch *view.Chart, measure string, months []time.Time) {
	ch.Marks = append(ch.Marks, c.Marks(measure, months, nextMonth)...)
}

func nextMonth(t time.Time) time.Time { return t.AddDate(0, 1, 0) }

// MonthMarks are what editors say of months of a measure, for a sparkline.
func (c *Context) MonthMarks(measure string, months []time.Time) []view.Mark {
	return c.Marks(measure, months, nextMonth)
}

// Marks are what editors say of a measure in periods, each by its first day; next
// is the first day after one.
func (c *Context) Marks(measure string, periods []time.Time, next func(time.Time) time.Time) []view.Mark {
	var out []view.Mark
	for _, a := range c.Editorial.Annotations {
		if !c.shows(a, measure) {
			continue
		}
		first, last := -1, -1
		for i, p := range periods {
			if !a.To.Before(p) && a.From.Before(next(p)) {
				if first < 0 {
					first = i
				}
				last = i
			}
		}
		if first >= 0 {
			out = append(out, view.Mark{First: first, Last: last, Text: c.T("annotation.text", "when", c.Days(a.From, a.To), "text", a.Text.In(c.Lang.Code))})
		}
	}
	return out
}

// Days writes a day, or days from one to another.
func (c *Context) Days(from, to time.Time) string {
	if from.Equal(to) {
		return view.ShortDate(c.Lang, from)
	}
	return c.T("annotation.days", "from", view.ShortDate(c.Lang, from), "to", view.ShortDate(c.Lang, to))
}
