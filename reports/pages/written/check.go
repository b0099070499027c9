package written

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// writing is a file as it was read.
type writing struct {
	path   string
	source []byte
	spec   spec

	languages []string // codes that texts may have
}

// fault is an error at a place of the file, such as $.sections[0].title.
func (w *writing) fault(place, format string, args ...any) *Fault {
	err := fmt.Errorf(format, args...)
	path, pathErr := yaml.PathString(place)
	if pathErr != nil {
		return &Fault{w.path, err}
	}
	node, pathErr := path.ReadNode(bytes.NewReader(w.source))
	if pathErr != nil || node == nil || node.GetToken() == nil {
		return &Fault{w.path, err}
	}
	at := node.GetToken().Position
	return &Fault{fmt.Sprintf("%s:%d:%d", w.path, at.Line, at.Column), err}
}

// check finds what can be found without data.
func (w *writing) check() error {
	s := &w.spec
	if s.Title.in("en") == "" {
		return w.fault("$", "the page has no title")
	}
	if s.Message.in("en") == "" {
		return w.fault("$", "the page has no message: the line that answers its question")
	}
	if len(s.Sections) == 0 {
		return w.fault("$", "the page has no sections")
	}
	for _, name := range slices.Sorted(maps.Keys(s.Values)) {
		if !names.MatchString(name) {
			return w.fault("$.values", "%q is no name of a value: lower-case letters, digits and hyphens", name)
		}
	}
	if err := w.languagesOf("$.title", s.Title); err != nil {
		return err
	}
	if err := errors.Join(w.placeholders("$.message", s.Message), w.placeholders("$.so", s.So)); err != nil {
		return err
	}
	for i, part := range s.Sections {
		at := fmt.Sprintf("$.sections[%d]", i)
		if part.Title.in("en") == "" {
			return w.fault(at, "section %d has no title", i+1)
		}
		if err := errors.Join(w.languagesOf(at+".title", part.Title), w.placeholders(at+".lead", part.Lead)); err != nil {
			return err
		}
		for k, b := range part.Blocks {
			if err := w.checkBlock(fmt.Sprintf("%s.blocks[%d]", at, k), b); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *writing) checkBlock(at string, b block) error {
	kinds := 0
	for _, q := range []string{b.Figures, b.Table, b.Columns, b.Lines} {
		if q != "" {
			kinds++
		}
	}
	if len(b.Text) > 0 {
		kinds++
	}
	if kinds != 1 {
		return w.fault(at, "a block is one of figures, table, columns, lines and text; this is %d of them", kinds)
	}
	if b.Figures == "" && len(b.Text) == 0 && b.Title.in("en") == "" {
		return w.fault(at, "the block has no title")
	}
	for name, text := range map[string]Text{"text": b.Text, "title": b.Title, "insight": b.Insight} {
		if err := w.placeholders(at+"."+name, text); err != nil {
			return err
		}
	}
	return nil
}

var placeholder = regexp.MustCompile(`\{([^{}]*)\}`)

// languagesOf are those of the report.
func (w *writing) languagesOf(at string, t map[string]string) error {
	for _, lang := range slices.Sorted(maps.Keys(t)) {
		if lang != "" && !slices.Contains(w.languages, lang) {
			return w.fault(at+"."+lang, "there is no language %q: there are %s; another one is a file languages/%s.yaml, which verso words begins", lang, strings.Join(w.languages, ", "), lang)
		}
	}
	return nil
}

// placeholders are known values only, and languages those of the report.
func (w *writing) placeholders(at string, t Text) error {
	if err := w.languagesOf(at, t); err != nil {
		return err
	}
	for _, lang := range slices.Sorted(maps.Keys(t)) {
		for _, m := range placeholder.FindAllStringSubmatch(t[lang], -1) {
			if _, known := w.spec.Values[m[1]]; !known {
				return w.fault(at, "{%s} is none of the values: %s", m[1], strings.Join(slices.Sorted(maps.Keys(w.spec.Values)), ", "))
			}
		}
	}
	return nil
}
