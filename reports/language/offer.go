package language

import (
	"os"
	"strings"
)

// offered are the texts without which a language is not offered to readers, as
// SECTION.KEY: all of the frame, and the names of pages and of the menu's headings.
func (l *Language) offered() []string {
	var out []string
	for _, key := range l.Required(Frame) {
		out = append(out, string(Frame)+"."+key)
	}
	for _, key := range l.Required(Pages) {
		if strings.HasPrefix(key, "page.") || strings.HasPrefix(key, "group.") {
			out = append(out, string(Pages)+"."+key)
		}
	}
	return out
}

// offerGaps are those of them that the language lacks.
func (l *Language) offerGaps() []string {
	var out []string
	for _, name := range l.offered() {
		s, key, _ := strings.Cut(name, ".")
		if _, ok := l.texts[Section(s)][key]; !ok {
			out = append(out, name)
		}
	}
	return out
}

// Begun are the codes of English, Chinese and every language that has a file in a
// folder, offered to readers or not.
func Begun(dir string) []string {
	out := []string{"en", "zh"}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return out
	}
	for _, e := range entries {
		code, isFile := strings.CutSuffix(e.Name(), ".yaml")
		if isFile && !e.IsDir() && code != "en" && code != "zh" && Code.MatchString(code) {
			out = append(out, code)
		}
	}
	return out
}
