package html

import (
	"embed"
	"fmt"
	"sort"

	"github.com/goccy/go-yaml"
)

//go:embed words/*.yaml
var wordFiles embed.FS

// words are the fixed texts of the page frame, by key, in one language.
type words map[string]string

// Languages are the languages the frame is written in, in menu order.
func Languages() []string { return []string{"en", "zh"} }

// loadWords reads the frame's texts of every language.
func loadWords() (map[string]words, error) {
	all := map[string]words{}
	for _, lang := range Languages() {
		text, err := wordFiles.ReadFile("words/" + lang + ".yaml")
		if err != nil {
			return nil, err
		}
		w := words{}
		if err := yaml.Unmarshal(text, &w); err != nil {
			return nil, fmt.Errorf("html: words/%s.yaml: %w", lang, err)
		}
		all[lang] = w
	}
	return all, nil
}

// keys are the sorted keys.
func (w words) keys() []string {
	out := make([]string, 0, len(w))
	for k := range w {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}
