package language

import (
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
)

var placeholder = regexp.MustCompile(`\{([a-z][a-z0-9_]*)\}`)

// placeholders are the names of a text, sorted, each once.
func placeholders(text string) []string {
	var out []string
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		out = append(out, m[1])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Required are the keys of a section that a language has to have: those of English,
// and of what English says for one thing a text for each of its plurals.
func (l *Language) Required(s Section) []string {
	en := English().texts[s]
	var out []string
	for key := range en {
		m := pluralKey.FindStringSubmatch(key)
		if m == nil {
			out = append(out, key)
			continue
		}
		if !counted(en, m[1]) {
			out = append(out, key)
			continue
		}
		for _, category := range l.categories() {
			out = append(out, m[1]+"."+category)
		}
	}
	sort.Strings(out)
	return slices.Compact(out)
}

// english is the text that a key is a translation of.
func english(s Section, key string) (string, bool) {
	en := English().texts[s]
	if text, ok := en[key]; ok {
		return text, true
	}
	if m := pluralKey.FindStringSubmatch(key); m != nil && counted(en, m[1]) {
		return en[m[1]], true
	}
	return "", false
}

// counted tells whether a text has a form for one thing beside it.
func counted(en map[string]string, key string) bool {
	_, many := en[key]
	_, one := en[key+".one"]
	return many && one
}

// allowed are the names that a translation of a text may have: those of its
// English, and of the form for several where it is one of a number.
func allowed(s Section, key, text string) []string {
	names := placeholders(text)
	if m := pluralKey.FindStringSubmatch(key); m != nil && counted(English().texts[s], m[1]) {
		names = append(names, placeholders(English().texts[s][m[1]])...)
	}
	return names
}

// Missing are the texts that the language shows in English: keys of its sections
// as SECTION.KEY, and those of the sentences given in English that it does not say.
func (l *Language) Missing(sentences []string) []string {
	if l.behind == nil {
		return nil
	}
	var out []string
	for _, s := range Sections() {
		for _, key := range l.Required(s) {
			if _, ok := l.texts[s][key]; !ok {
				out = append(out, string(s)+"."+key)
			}
		}
	}
	if l.Code == "zh" { // its sentences stand beside the English ones
		return out
	}
	seen := map[string]bool{}
	for _, sentence := range sentences {
		if sentence == "" || seen[sentence] {
			continue
		}
		seen[sentence] = true
		if _, ok := l.said.find(sentence, l); !ok {
			out = append(out, "said."+sentence)
		}
	}
	return out
}

// faults are what is wrong in a language's texts. A text that names what its English
// does not have is dropped, so that the English one is shown.
func (l *Language) faults() []string {
	var out []string
	for _, f := range l.Formats.faults() {
		out = append(out, "formats."+f[0]+" "+f[1])
	}
	for _, s := range Sections() {
		keys := make([]string, 0, len(l.texts[s]))
		for key := range l.texts[s] {
			keys = append(keys, key)
		}
		sort.Strings(keys)
		for _, key := range keys {
			text := l.texts[s][key]
			en, known := english(s, key)
			if !known {
				out = append(out, fmt.Sprintf("%s.%s is no text of the report", s, key))
				delete(l.texts[s], key)
				continue
			}
			var wrong []string
			for _, name := range placeholders(text) {
				if !slices.Contains(allowed(s, key, en), name) {
					wrong = append(wrong, "{"+name+"}")
				}
			}
			if len(wrong) > 0 {
				out = append(out, fmt.Sprintf("%s.%s: there is no %s here; its English is %q", s, key, strings.Join(wrong, ", "), en))
				delete(l.texts[s], key)
			}
		}
	}
	return out
}

// Lost are the texts that leave out what their English says: {names} of it that
// they do not have. That may be meant.
func (l *Language) Lost() []string {
	var out []string
	for _, s := range Sections() {
		for _, key := range l.Required(s) {
			text, ok := l.texts[s][key]
			en, _ := english(s, key)
			if !ok || l.behind == nil {
				continue
			}
			var lost []string
			for _, name := range placeholders(en) {
				if !slices.Contains(placeholders(text), name) && (name != "n" || !pluralKey.MatchString(key)) {
					lost = append(lost, "{"+name+"}")
				}
			}
			if len(lost) > 0 {
				out = append(out, fmt.Sprintf("%s.%s leaves out %s", s, key, strings.Join(lost, ", ")))
			}
		}
	}
	return out
}
