package language

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
	xlanguage "golang.org/x/text/language"
)

//go:embed words/*.yaml
var wordFiles embed.FS

// Folder is the folder beside verso.yaml that holds languages of one's own.
const Folder = "languages"

// shipped are English and Chinese, read once.
var shipped = sync.OnceValue(func() [2]*Language {
	en := mustShip("en", nil)
	return [2]*Language{en, mustShip("zh", en)}
})

// English is the language that has every text.
func English() *Language { return shipped()[0] }

// Chinese is Simplified Chinese.
func Chinese() *Language { return shipped()[1] }

// file is what a language file holds.
type file struct {
	Language string            `yaml:"language"`
	Tag      string            `yaml:"tag"`
	Name     string            `yaml:"name"`
	Plural   string            `yaml:"plural"` // language whose CLDR rule of plurals holds; "" for its own
	Formats  Formats           `yaml:"formats"`
	Frame    map[string]string `yaml:"frame"`
	Pages    map[string]string `yaml:"pages"`
	Digest   map[string]string `yaml:"digest"`
	Said     yaml.MapSlice     `yaml:"said"`
}

// mustShip reads a language that comes with the program.
func mustShip(code string, behind *Language) *Language {
	var f file
	read := func(name string, into any) {
		text, err := wordFiles.ReadFile("words/" + name + ".yaml")
		if err == nil {
			err = yaml.UnmarshalWithOptions(text, into, yaml.Strict())
		}
		if err != nil {
			panic(fmt.Sprintf("language: words/%s.yaml: %v", name, err)) // a file of the program itself
		}
	}
	read(code, &f)
	read("frame."+code, &f.Frame)
	read("pages."+code, &f.Pages)
	read("digest."+code, &f.Digest)
	if code != "en" {
		read("said."+code, &f.Said)
	}
	l, err := f.language(behind)
	if err != nil {
		panic(fmt.Sprintf("language: words/%s.yaml: %v", code, err)) // a file of the program itself
	}
	return l
}

func (f file) language(behind *Language) (*Language, error) {
	l := &Language{Code: f.Language, Tag: f.Tag, Name: f.Name, Formats: f.Formats, said: newSayings(f.Said), behind: behind,
		texts: map[Section]map[string]string{Frame: filled(f.Frame), Pages: filled(f.Pages), Digest: filled(f.Digest)}}
	if behind != nil {
		l.Formats = f.Formats.over(behind.Formats)
	}
	if l.Tag == "" {
		l.Tag = l.Code
	}
	if l.Name == "" {
		l.Name = l.Code
	}
	rule := f.Plural
	if rule == "" {
		rule = l.Tag
	}
	var err error
	if l.plural, err = xlanguage.Parse(rule); err != nil {
		return nil, fmt.Errorf("plural: %q is no language of CLDR; write a code such as de, fr or pl", rule)
	}
	return l, nil
}

// filled are the texts that are not empty: an empty one is not translated.
func filled(texts map[string]string) map[string]string {
	out := map[string]string{}
	for key, text := range texts {
		if text != "" {
			out[key] = text
		}
	}
	return out
}

// Set is the languages of a report. The zero Set is English and Chinese.
type Set struct{ list []*Language }

// NewSet is a set of languages, in the order of menus.
func NewSet(list ...*Language) Set { return Set{list} }

// All are the languages in the order of menus.
func (s Set) All() []*Language {
	if len(s.list) == 0 {
		return []*Language{English(), Chinese()}
	}
	return slices.Clone(s.list)
}

// Codes are their codes.
func (s Set) Codes() []string {
	var out []string
	for _, l := range s.All() {
		out = append(out, l.Code)
	}
	return out
}

// Of is the language of a code. The error names those there are.
func (s Set) Of(code string) (*Language, error) {
	for _, l := range s.All() {
		if l.Code == code {
			return l, nil
		}
	}
	return nil, fmt.Errorf("there is no language %q: there are %s; another language is a file %s/%s.yaml, which verso words --lang %s begins",
		code, strings.Join(s.Codes(), ", "), Folder, code, code)
}

// Code is what a language may be called: a language of BCP 47, with a script or
// region where needed, or a name of private use such as x-long.
var Code = regexp.MustCompile(`^[a-z]{1,3}(-[A-Za-z0-9]{2,8})*$`)

// Load reads the languages of a report: those wanted, in their order, else English,
// Chinese and every file of the folder that says the frame of a page and the menu:
// a language begun is not offered to readers before. home is the company's own, which
// is always offered. A file that cannot be read is among the faults, and its language
// left out, as one is that is not offered yet; other faults leave the texts that they
// are about in English.
func Load(dir string, wanted []string, home string) (Set, []string) {
	found := map[string]*Language{"en": English(), "zh": Chinese()}
	var faults []string
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		faults = append(faults, err.Error())
	}
	order := []string{"en", "zh"}
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || filepath.Ext(name) != ".yaml" {
			continue
		}
		l, problems := Read(filepath.Join(dir, name))
		faults = append(faults, problems...)
		if l == nil {
			continue
		}
		if found[l.Code] == nil {
			if gaps := l.offerGaps(); len(wanted) > 0 || l.Code == home || len(gaps) == 0 {
				order = append(order, l.Code)
			} else {
				faults = append(faults, fmt.Sprintf("%s: %s is not offered to readers yet: %d of the %d texts of frame and menu are missing, such as %s; verso words --check %s lists what is missing, and site: {languages: [en, zh, %s]} offers it all the same",
					filepath.Join(dir, name), l.Name, len(gaps), len(l.offered()), gaps[0], l.Code, l.Code))
			}
		}
		found[l.Code] = l
	}
	if len(wanted) > 0 {
		order = wanted
	}
	var s Set
	for _, code := range order {
		if l := found[code]; l != nil {
			s.list = append(s.list, l)
		} else {
			faults = append(faults, fmt.Sprintf("there is no language %q: write %s, which verso words --lang %s begins", code, filepath.Join(dir, code+".yaml"), code))
		}
	}
	return s, faults
}

// Read reads a language file. Without a language, the faults say why.
func Read(path string) (*Language, []string) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, []string{err.Error()}
	}
	var f file
	if err := yaml.UnmarshalWithOptions(text, &f, yaml.Strict()); err != nil {
		return nil, []string{path + ": " + err.Error()}
	}
	code := strings.TrimSuffix(filepath.Base(path), ".yaml")
	if f.Language != code || !Code.MatchString(code) {
		return nil, []string{fmt.Sprintf("%s: language is %q: write the code of BCP 47 that the file is named after, such as de", path, f.Language)}
	}
	behind := English()
	if code == "en" || code == "zh" {
		behind = shipped()[slices.Index([]string{"en", "zh"}, code)]
	}
	l, err := f.language(behind)
	if err != nil {
		return nil, []string{path + ": " + err.Error()}
	}
	faults := l.faults()
	for i, fault := range faults {
		faults[i] = path + ": " + fault
	}
	return l, faults
}

func itoa(n int) string { return strconv.Itoa(n) }

func plain(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return fmt.Sprint(v)
}
