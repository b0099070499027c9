// Package written makes pages of the report from YAML files that editors write:
// a message, questions to the cubes, and how their answers are shown.
//
//	title: {en: Publishers, zh: 出版社}
//	values:
//	  net: sales show net time ytd
//	message: {en: "Publishers brought {net} this year.", zh: "今年出版社带来 {net}。"}
//	sections:
//	  - title: {en: Who, zh: 谁}
//	    blocks:
//	      - figures: sales show net, margin, orders time ytd
//	      - table: sales by publisher.name show net top 10 by net with others totals all time ytd
//	        title: {en: The ten largest, zh: 前十名}
//	      - columns: sales by date.month show net time last 12 months
//	      - text: {en: A sentence., zh: 一句话。}
//
// The file's name is the page's address. A text may be one string for all
// languages.
package written

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"

	"verso/reports/page"
	"verso/reports/view"
)

// Text is a text in the languages of the report.
type Text map[string]string

// UnmarshalYAML reads one text for all languages, or one for each.
func (t *Text) UnmarshalYAML(data []byte) error {
	var one string
	if err := yaml.Unmarshal(data, &one); err == nil {
		*t = Text{"": one}
		return nil
	}
	var each map[string]string
	if err := yaml.Unmarshal(data, &each); err != nil {
		return errors.New("a text is a string, or one for each language, as in {en: Sales, zh: 销售}")
	}
	*t = each
	return nil
}

// in is the text in a language; where it has none, that of another.
func (t Text) in(lang string) string {
	for _, l := range []string{lang, "", "en", "zh"} {
		if s := t[l]; s != "" {
			return s
		}
	}
	return ""
}

// spec is a file.
type spec struct {
	Title    Text              `yaml:"title"`
	Values   map[string]string `yaml:"values"` // questions with one number for an answer, by the names texts use
	Message  Text              `yaml:"message"`
	So       Text              `yaml:"so"` // the second line of the message
	Sections []section         `yaml:"sections"`
}

type section struct {
	Title  Text    `yaml:"title"`
	Lead   Text    `yaml:"lead"`
	Blocks []block `yaml:"blocks"`
}

// block is exactly one of figures, table, columns, lines and text.
type block struct {
	Figures string `yaml:"figures"`
	Table   string `yaml:"table"`
	Columns string `yaml:"columns"`
	Lines   string `yaml:"lines"`
	Text    Text   `yaml:"text"`
	Title   Text   `yaml:"title"`
	Insight Text   `yaml:"insight"`
	Half    bool   `yaml:"half"`
}

// Fault is what is wrong with a file, and where.
type Fault struct {
	File string
	Err  error // with line and column where they are known
}

// Error names the file.
func (f *Fault) Error() string { return f.File + ": " + f.Err.Error() }

// Unwrap is what is wrong.
func (f *Fault) Unwrap() error { return f.Err }

var names = regexp.MustCompile(`^[a-z][a-z0-9-]{0,60}$`)

// Load reads the pages of a folder, in the order of their files' names; none
// where there is no such folder. A file with a fault is a page that says so, and
// the fault is reported, once: a *Fault, when the file is read or when its page is
// made, which may be side by side with others. taken are the addresses that other
// pages have; one that ends with a hyphen is the beginning of many. languages are the
// codes that texts may have.
func Load(dir string, taken, languages []string, report func(error)) []page.Page {
	files, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		report(err)
		return nil
	}
	var pages []page.Page
	isTaken := func(slug string) bool {
		return slices.Contains(taken, slug) || slices.ContainsFunc(taken, func(t string) bool { return strings.HasSuffix(t, "-") && strings.HasPrefix(slug, t) })
	}
	for _, f := range files {
		slug, isPage := strings.CutSuffix(f.Name(), ".yaml")
		if !isPage || f.IsDir() {
			continue
		}
		path := filepath.Join(dir, f.Name())
		if !names.MatchString(slug) || isTaken(slug) {
			report(&Fault{path, fmt.Errorf("%q cannot be the address of a page: lower-case letters, digits and hyphens, and none of %s", slug, strings.Join(taken, ", "))})
			continue
		}
		var once sync.Once
		say := func(err error) { once.Do(func() { report(err) }) }
		p, err := readPage(path, slug, languages, say)
		if err != nil {
			say(err)
			p = faulty(slug, err)
		}
		pages = append(pages, p)
	}
	return pages
}

func readPage(path, slug string, languages []string, report func(error)) (page.Page, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return page.Page{}, &Fault{path, err}
	}
	w := writing{path: path, source: data, languages: languages}
	if err := yaml.UnmarshalWithOptions(data, &w.spec, yaml.Strict()); err != nil {
		return page.Page{}, &Fault{path, errors.New(yaml.FormatError(err, false, true))}
	}
	if err := w.check(); err != nil {
		return page.Page{}, err
	}
	return page.Page{Slug: slug, Label: func(c *page.Context) string { return w.spec.Title.in(c.Lang.Code) }, Build: func(ctx context.Context, c *page.Context) (view.Page, error) {
		v, err := w.page(ctx, c, slug)
		var fault *Fault
		if errors.As(err, &fault) {
			report(fault)
			return faulty(slug, fault).Build(ctx, c)
		}
		return v, err
	}}, nil
}

// faulty is a page that says what is wrong with its file.
func faulty(slug string, fault error) page.Page {
	return page.Page{Slug: slug, Label: func(*page.Context) string { return slug }, Build: func(_ context.Context, c *page.Context) (view.Page, error) {
		p := c.Page(slug)
		p.Title = slug
		p.Message = view.Message{Finding: c.T("written.fault"), Consequence: c.T("written.fault.so")}
		p.Sections = []view.Section{{ID: "fault", Title: c.T("written.fault.where"), Blocks: []view.Block{{Note: &view.Note{Tone: view.Bad, Text: inFolder(fault)}}}}}
		return p, nil
	}}
}

// inFolder is a fault with its file by its name alone, for readers.
func inFolder(err error) string {
	var f *Fault
	if errors.As(err, &f) {
		return filepath.Base(f.File) + ": " + f.Err.Error()
	}
	return err.Error()
}
