// Package language holds the languages that reports are written in: the texts of
// pages, frame and mail, and how numbers, amounts and dates are written. English
// and Chinese come with verso; any other language is one file, read by [Read].
// What a language lacks is shown in English.
package language

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/feature/plural"
	xlanguage "golang.org/x/text/language"
)

// Section is a part of the texts of a language.
type Section string

// The sections: the frame of every page, the pages, and the mail of the morning.
const (
	Frame  Section = "frame"
	Pages  Section = "pages"
	Digest Section = "digest"
)

// Said is the section of sentences known by their English.
const Said Section = "said"

// Sections are those with keys, in the order of a file.
func Sections() []Section { return []Section{Frame, Pages, Digest} }

// Language is one language. It is not changed once made, and safe for concurrent
// use.
type Language struct {
	Code string // "en", "zh", "de": also the folder of its pages
	Tag  string // as browsers are told: "en", "zh-CN"
	Name string // as its own readers write it
	Formats

	texts  map[Section]map[string]string
	said   sayings
	plural xlanguage.Tag
	hear   func(Section, string)
	behind *Language // where a text is looked for that this one lacks; nil for English
}

// Heard is the language telling of every text that is asked for: its section and
// key, or the English of a sentence.
func (l *Language) Heard(hear func(Section, string)) *Language {
	own := *l
	own.hear = hear
	return &own
}

// String is the code.
func (l *Language) String() string { return l.Code }

// Equal tells whether both are the same language: there is one of each.
func (l *Language) Equal(other *Language) bool { return l == other }

// Is tells whether it is the language of a code.
func (l *Language) Is(code string) bool { return l.Code == code }

// Lookup finds a text, in English where the language lacks it.
func (l *Language) Lookup(s Section, key string) (string, bool) {
	if l.hear != nil {
		l.hear(s, key)
	}
	for at := l; at != nil; at = at.behind {
		if text, ok := at.texts[s][key]; ok {
			return text, true
		}
	}
	return "", false
}

// Words are the texts of a section by key, those that it lacks in English.
func (l *Language) Words(s Section) map[string]string {
	out := map[string]string{}
	if l.behind != nil {
		out = l.behind.Words(s)
	}
	for key, text := range l.texts[s] {
		out[key] = text
	}
	return out
}

// Text is a text with its names filled in: pairs of name and value. A pair named n
// picks the form for its number, as the language's rule of plurals has it: the text
// of KEY.one, KEY.few and so on, where there is one.
func (l *Language) Text(s Section, key string, pairs ...string) string {
	text, ok := "", false
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] == "n" {
			text, ok = l.numbered(s, key, pairs[i+1])
		}
	}
	if !ok {
		if text, ok = l.Lookup(s, key); !ok {
			return "[" + key + "]"
		}
	}
	return fill(text, pairs)
}

// fill puts the values of pairs of name and value in their places. Between two Chinese
// characters, one of the text and one of a value, no space stands: a text has one
// there for values that are numbers or Latin.
func fill(text string, pairs []string) string {
	if len(pairs) == 0 {
		return text
	}
	var b strings.Builder
	rest, end := text, rune(0) // the rune that the last value ended with
	for {
		at := placeholder.FindStringIndex(rest)
		piece := rest
		if at != nil {
			piece = rest[:at[0]]
		}
		if after, spaced := strings.CutPrefix(piece, " "); spaced && isHan(end) && isHan(first(after)) {
			piece = after
		}
		if at == nil {
			return b.String() + piece
		}
		value := rest[at[0]:at[1]]
		for i := 0; i+1 < len(pairs); i += 2 {
			if "{"+pairs[i]+"}" == value {
				value = pairs[i+1]
				break
			}
		}
		if before, spaced := strings.CutSuffix(piece, " "); spaced && isHan(first(value)) && (isHan(last(before)) || before == "" && isHan(end)) {
			piece = before
		}
		b.WriteString(piece)
		b.WriteString(value)
		rest, end = rest[at[1]:], last(value)
	}
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

func first(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

func last(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}

// numbered is the text for a number as the nearest language that has the key
// writes it.
func (l *Language) numbered(s Section, key, n string) (string, bool) {
	if l.hear != nil {
		l.hear(s, key)
	}
	for at := l; at != nil; at = at.behind {
		if category := at.category(l.digits(n)); category != "other" { // the text of the key itself
			if text, ok := at.texts[s][key+"."+category]; ok {
				return text, true
			}
		}
		if _, ok := at.texts[s][key]; ok {
			return "", false
		}
	}
	return "", false
}

// digits is a written number without its grouping, with a point.
func (l *Language) digits(n string) string {
	return strings.NewReplacer(l.Group, "", l.Decimal, ".", "−", "-").Replace(n)
}

// category is the plural category of a number: "one", "few", "other".
func (l *Language) category(n string) string {
	whole, fraction, _ := strings.Cut(n, ".")
	i, err := strconv.Atoi(whole)
	if err != nil {
		return "other"
	}
	if l.Code == "zh" && n == "1" {
		return "one" // its grammar has no plural; its texts for one thing say it in another way
	}
	digits, _ := strconv.Atoi(fraction) // none: 0
	return categoryName(plural.Cardinal.MatchPlural(l.plural, i, len(fraction), len(fraction), digits, digits))
}

func categoryName(f plural.Form) string {
	switch f {
	case plural.Zero:
		return "zero"
	case plural.One:
		return "one"
	case plural.Two:
		return "two"
	case plural.Few:
		return "few"
	case plural.Many:
		return "many"
	}
	return "other"
}

// categories are the plural categories of a language for whole numbers beside
// "other", in CLDR's order.
func (l *Language) categories() []string {
	found := map[string]bool{}
	for n := range 1200 {
		found[l.category(strconv.Itoa(n))] = true
	}
	found[l.category("1000000")] = true
	var out []string
	for _, name := range []string{"zero", "one", "two", "few", "many"} {
		if found[name] {
			out = append(out, name)
		}
	}
	return out
}

// Either is the text of a pair in English and Chinese that is in neither of them:
// in another language what its file says for the English one.
func (l *Language) Either(en, zh string) string {
	if l.hear != nil && zh != "" {
		l.hear(Said, en)
	}
	switch {
	case l.Code == "zh" && zh != "":
		return zh
	case l.Code == "zh" || l.behind == nil:
		return en
	}
	return l.Said(en)
}

// pluralKey splits KEY.one into key and category.
var pluralKey = regexp.MustCompile(`^(.+)\.(zero|one|two|few|many)$`)
