package language

import (
	"fmt"
	"io"
	"sort"
	"strconv"
	"strings"

	xlanguage "golang.org/x/text/language"
	"golang.org/x/text/language/display"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

// Sentence is a text known by its English, and where it is shown.
type Sentence struct{ English, Where string }

// WriteTemplate writes a language file to be filled in: every text empty, with its
// English above it and where it is shown, numbers as CLDR has them. Texts of have,
// which may be nil, are kept.
func WriteTemplate(w io.Writer, code string, have *Language, used map[string][]string, sentences []Sentence) error {
	tag, err := xlanguage.Parse(code)
	if err != nil {
		return fmt.Errorf("%q is no code of a language: %w", code, err)
	}
	l := have
	if l == nil {
		if l, err = begun(code, tag); err != nil {
			return err
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# The report in %s. A text left empty is shown in English; {names} are filled in and stay as they\n# are. verso words --check %s says what is missing and what is wrong.\nlanguage: %s\ntag: %s\nname: %s\n",
		display.English.Tags().Name(tag), code, code, quote(l.Tag), quote(l.Name))
	fmt.Fprintf(&b, "# Language of CLDR by whose rule plurals are chosen: %s.\nplural: %s\n", strings.Join(append(l.categories(), "other"), ", "), quote(l.plural.String()))
	writeFormats(&b, l)
	for _, s := range Sections() {
		fmt.Fprintf(&b, "\n%s:\n", s)
		for _, key := range l.Required(s) {
			en, _ := english(s, key)
			writeText(&b, key, en, strings.Join(used[string(s)+"."+key], ", "), l.texts[s][key])
		}
	}
	b.WriteString("\n# Sentences of checks and models, names of the catalog, questions, by their English. {1}, {2} are what\n# was a number or name there.\nsaid:\n")
	for _, s := range distinct(sentences) {
		said := l.said.whole[s.English]
		if s.Where != "" {
			fmt.Fprintf(&b, "  # %s\n", s.Where)
		}
		fmt.Fprintf(&b, "  %s: %s\n", quote(s.English), quote(said))
	}
	_, err = io.WriteString(w, b.String())
	return err
}

// begun is a language with nothing but what CLDR says of it.
func begun(code string, tag xlanguage.Tag) (*Language, error) {
	f := file{Language: code, Name: display.Self.Name(tag)}
	sample := message.NewPrinter(tag).Sprint(number.Decimal(1234567.5, number.MinFractionDigits(1)))
	if digits := strings.FieldsFunc(sample, func(r rune) bool { return r >= '0' && r <= '9' }); len(digits) > 1 {
		f.Formats.Group, f.Formats.Decimal = digits[0], digits[len(digits)-1]
	}
	share := message.NewPrinter(tag).Sprint(number.Percent(0.5))
	if percent := strings.TrimLeft(share, "0123456789"); percent != share && percent != "" {
		f.Formats.Percent = percent
	}
	return f.language(English())
}

func writeFormats(b *strings.Builder, l *Language) {
	f, en := l.Formats, English().Formats
	b.WriteString("# {day} {day2} {month} {mon} {month1} {month2} {year} of dates; two digits are called 2.\nformats:\n")
	for _, p := range [][3]string{
		{"decimal", f.Decimal, en.Decimal}, {"group", f.Group, en.Group}, {"percent", f.Percent, en.Percent}, {"not_applicable", f.Absent, en.Absent},
		{"long_date", f.LongDate, en.LongDate}, {"short_date", f.ShortDate, en.ShortDate}, {"month_year", f.MonthYear, en.MonthYear}, {"month", f.Month, en.Month},
		{"range", f.Range, en.Range}, {"range_day", f.RangeDay, en.RangeDay}, {"range_same_year", f.RangeSameYear, en.RangeSameYear},
		{"amount", f.Amount, en.Amount}, {"unit", f.AmountUnit, en.AmountUnit},
	} {
		fmt.Fprintf(b, "  %s: %s\n", p[0], quote(p[1]))
	}
	list := func(names []string) string {
		quoted := make([]string, len(names))
		for i, n := range names {
			quoted[i] = quote(n)
		}
		return "[" + strings.Join(quoted, ", ") + "]"
	}
	fmt.Fprintf(b, "  months: %s\n  months_short: %s\n  magnitudes:\n", list(f.Months), list(f.MonthsShort))
	for _, m := range f.Magnitudes {
		fmt.Fprintf(b, "    - {of: %s, short: %s, long: %s}\n", strconv.FormatFloat(m.Of, 'f', -1, 64), quote(m.Short), quote(m.Long))
	}
	if len(f.Currencies) > 0 {
		b.WriteString("  currencies:\n")
		codes := make([]string, 0, len(f.Currencies))
		for code := range f.Currencies {
			codes = append(codes, code)
		}
		sort.Strings(codes)
		for _, code := range codes {
			fmt.Fprintf(b, "    %s: %s\n", code, quote(f.Currencies[code]))
		}
	}
}

func writeText(b *strings.Builder, key, en, where, text string) {
	for i, line := range strings.Split(en, "\n") {
		note := line
		if i == 0 && where != "" {
			note += "  (" + where + ")"
		}
		fmt.Fprintf(b, "  # %s\n", note)
	}
	fmt.Fprintf(b, "  %s: %s\n", quote(key), quote(text))
}

// distinct are the sentences by their English, each once with the first place.
func distinct(list []Sentence) []Sentence {
	seen := map[string]bool{}
	var out []Sentence
	for _, s := range list {
		if s.English != "" && !seen[s.English] {
			seen[s.English] = true
			out = append(out, s)
		}
	}
	return out
}

// Masked is a sentence with its numbers as {1}, {2}, as language files name it.
func Masked(s string) string {
	text, _ := masked(s)
	return text
}

// quote writes a text as a YAML string on one line.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`, "\u00a0", `\u00a0`, "\u202f", `\u202f`).Replace(s) + `"`
}
