package answer

import (
	"encoding/json"
	"math"
	"regexp"
	"strings"
	"time"
	"unicode"

	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/view"
)

// found is the column that says how much a statement found; without it, or with
// 0, there is nothing to tell.
const found = "found_n"

// longest is how many letters of a name stand in an answer.
const longest = 60

// row is the one row of a statement, by column.
type row map[string]any

// none tells whether a statement found nothing.
func (r row) none() bool {
	n, ok := engine.Float(r[found])
	return !ok || n == 0
}

// figures are the numbers and dates of a row, exact; names stay out of it.
func (r row) figures() map[string]any {
	out := map[string]any{}
	for column, v := range r {
		switch x := page.Value(v); {
		case strings.HasSuffix(column, "_id"):
		case x.Has() && !math.IsNaN(x.Float) && !math.IsInf(x.Float, 0):
			out[column] = json.Number(x.ExactText())
		case x.Kind == view.Date:
			out[column] = x.ExactText()
		}
	}
	return out
}

// place is a {column} of a sentence. {column:one|many} writes the number with the
// word that fits it, {column?one|many} that word alone.
var place = regexp.MustCompile(`\{([a-z0-9_]+)(?:([:?])([^|{}]*)\|([^|{}]*))?\}`)

// optional is a [part] of a sentence that is left out where one of its columns is
// not known.
var optional = regexp.MustCompile(`\[([^\[\]]*)\]`)

// writer writes sentences in the language of a page.
type writer struct {
	*page.Context
	words map[string]Text
}

// fill writes a sentence with the figures of a row, in one pass: what a name
// holds is never read as a place.
func (w writer) fill(sentence string, r row) string {
	sentence = optional.ReplaceAllStringFunc(sentence, func(part string) string {
		part = part[1 : len(part)-1]
		for _, m := range place.FindAllStringSubmatch(part, -1) {
			if r[m[1]] == nil {
				return ""
			}
		}
		return part
	})
	return place.ReplaceAllStringFunc(sentence, func(s string) string {
		m := place.FindStringSubmatch(s)
		text := w.show(m[1], r)
		if m[2] == "" {
			return text
		}
		word := m[4]
		if n, ok := engine.Float(r[m[1]]); ok && n == 1 {
			word = m[3]
		}
		if m[2] == "?" {
			return word
		}
		return text + "\u00a0" + word
	})
}

// show writes one column as its name says; what is not known is a dash.
//
//	_n        a count          _money   an amount of the report's currency
//	_pct      a share of 1     _points  a difference of shares, in percentage points
//	_days     days             _hours   hours
//	_x        a plain figure   _date    a day
//	_name     a name: that in _zh beside it in Chinese; a customer's, where _kind
//	          and _id stand beside it, by the rule of pages
//	_type     a type of customer
//	_word     a word of questions.yaml
func (w writer) show(column string, r row) string {
	v := r[column]
	cut := strings.LastIndexByte(column, '_')
	if v == nil || cut < 0 {
		return "–"
	}
	base, ending := column[:cut], column[cut+1:]
	switch ending {
	case "date":
		if t, ok := v.(time.Time); ok {
			return view.LongDate(w.Lang, t)
		}
		return "–"
	case "name":
		return w.name(base, r)
	case "type":
		return clean(w.MemberLabel("customer.type", v))
	case "word":
		if t, ok := w.words[strings.ToLower(page.Text(v))]; ok {
			return t.in(w.Lang)
		}
		return clean(page.Text(v))
	}
	x, ok := engine.Float(v)
	if !ok || math.IsNaN(x) || math.IsInf(x, 0) {
		return "–"
	}
	return w.figure(ending, x)
}

// figure writes a number by the ending of its column.
func (w writer) figure(ending string, x float64) string {
	switch ending {
	case "money":
		return strings.ReplaceAll(view.Money(w.Lang, w.Currency, x), " ", "\u00a0")
	case "pct":
		return view.Percentage(w.Lang, x)
	case "points":
		return view.Figure(w.Lang, x*100, 1, true)
	case "days", "hours":
		if math.Abs(x) < 10 && x != math.Trunc(x) {
			return view.Figure(w.Lang, x, 1, false)
		}
		return view.Figure(w.Lang, x, 0, false)
	case "x":
		return view.Figure(w.Lang, x, 2, false)
	}
	return view.Figure(w.Lang, x, 0, false)
}

// name is a name as a page may show it.
func (w writer) name(base string, r row) string {
	text := page.Text(r[base+"_name"])
	if kind, ok := r[base+"_kind"]; ok {
		return clean(w.CustomerName(page.Text(r[base+"_id"]), text, page.Text(kind)))
	}
	return clean(w.InLanguage(text, page.Text(r[base+"_zh"])))
}

// clean keeps a name to one line of what can be seen, not too long.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if letters := []rune(s); len(letters) > longest {
		return string(letters[:longest]) + "…"
	}
	return s
}
