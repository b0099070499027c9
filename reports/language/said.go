package language

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
)

// sayings are sentences by what they are in English: those that a refresh, its
// checks and the models left in the generation, names of the catalog, questions.
// {1}, {2} stand for numbers, or for names.
type sayings struct {
	whole   map[string]string // numbers as {1}, {2}
	english []string
	gaps    []saying // in the order of the file
}

// saying is a sentence with gaps for names.
type saying struct {
	english *regexp.Regexp
	begins  string // what it begins with
	said    string
}

var (
	gap     = regexp.MustCompile(`\\\{\d\\\}`)
	anyGap  = regexp.MustCompile(`\{\d\}`)
	numeral = regexp.MustCompile(`[0-9][0-9,]*(?:\.[0-9]+)?`)
)

func newSayings(lines yaml.MapSlice) sayings {
	s := sayings{whole: map[string]string{}}
	for _, l := range lines {
		en, said := plain(l.Key), plain(l.Value)
		if said == "" {
			continue
		}
		masked, _ := masked(en)
		s.whole[masked] = said
		s.whole[en] = said
		s.english = append(s.english, en)
		if !strings.Contains(en, "{1}") {
			continue
		}
		pattern := regexp.QuoteMeta(en)
		if rest, first := strings.CutPrefix(pattern, `\{1\}`); first { // a name, so that other sentences with this end do not match
			pattern = `(\S+)` + rest
		}
		begins, _, _ := strings.Cut(en, "{")
		s.gaps = append(s.gaps, saying{regexp.MustCompile("^" + gap.ReplaceAllString(pattern, "(.+?)") + "$"), begins, said})
	}
	return s
}

// Sayings are the sentences that the language says, by their English, in the order
// of its file.
func (l *Language) Sayings() []string { return l.said.english }

// masked is a sentence with its numbers as {1}, {2}, and the numbers.
func masked(s string) (text string, numbers []string) {
	text = numeral.ReplaceAllStringFunc(s, func(n string) string {
		numbers = append(numbers, n)
		return "{" + strconv.Itoa(len(numbers)) + "}"
	})
	return text, numbers
}

// Said is a sentence given in English: as the language's file has it, or as it
// is.
func (l *Language) Said(english string) string {
	said, _ := l.said.find(english, l)
	return said
}

func (s sayings) find(english string, l *Language) (string, bool) {
	if said, ok := s.whole[english]; ok {
		return said, true
	}
	text, numbers := masked(english)
	if said, ok := s.whole[text]; ok {
		return refill(said, numbers, l), true
	}
	for _, g := range s.gaps {
		if !strings.HasPrefix(english, g.begins) {
			continue
		}
		if m := g.english.FindStringSubmatch(english); m != nil {
			return refill(g.said, m[1:], l), true
		}
	}
	return english, false
}

// refill puts the parts back in one pass, numbers as the language writes them.
func refill(said string, parts []string, l *Language) string {
	return anyGap.ReplaceAllStringFunc(said, func(g string) string {
		i, err := strconv.Atoi(g[1 : len(g)-1])
		if err != nil || i < 1 || i > len(parts) {
			return g
		}
		return l.renumbered(parts[i-1])
	})
}

// renumbered writes the numbers of an English text in the language.
func (l *Language) renumbered(text string) string {
	if l.Decimal == "." && l.Group == "," {
		return text
	}
	return numeral.ReplaceAllStringFunc(text, func(n string) string {
		return strings.NewReplacer(",", l.Group, ".", l.Decimal).Replace(n)
	})
}
