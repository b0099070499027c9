package config

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// Report is what the report site holds.
type Report struct {
	Languages []string // codes of those it is written in, in the order of menus; none: English, Chinese and every file of the folder languages
	Customers int      // how many customers have a page: 0 for the key customers, 60 of them at most; -1 for all
	Keep      int      // how many earlier editions are kept whole; default none
}

// site reads the folder of the report site, alone or with what it holds.
func (r *reader) site(c *Config, p place) {
	if _, ok := p.value.(ast.MapNode); !ok {
		r.expanded(&c.Site)(p)
		return
	}
	r.mapping(p, fields{
		"folder":    r.expanded(&c.Site),
		"languages": r.languages(&c.Report.Languages),
		"customers": r.customers(&c.Report.Customers),
		"keep":      r.integer(&c.Report.Keep, 0, 1000),
	})
}

// customers reads key, all or a number.
func (r *reader) customers(to *int) func(place) {
	return func(p place) {
		s, ok := r.word(p)
		if !ok {
			return
		}
		n, err := strconv.Atoi(s)
		switch {
		case s == "key":
			*to = 0
		case s == "all":
			*to = -1
		case err == nil && n > 0:
			*to = n
		default:
			r.report(p.at(), "write key for the key customers, all, or how many", "%s cannot be %q", p.path, s)
		}
	}
}

// languages reads codes of languages that there are.
func (r *reader) languages(to *[]string) func(place) {
	return func(p place) {
		r.texts(to)(p)
		for i, code := range *to {
			at := p
			if e, ok := r.seen[p.path+"["+strconv.Itoa(i)+"]"]; ok {
				at = e
			}
			if slices.Index(*to, code) < i {
				r.report(at.at(), "name each once", "%s is named twice in %s", code, p.path)
			}
			r.known(at, code)
		}
	}
}

// language reads the code of a language that there is.
func (r *reader) language(to *string) func(place) {
	return func(p place) {
		s, ok := r.word(p)
		if ok && r.known(p, s) {
			*to = s
		}
	}
}

// known reports a language that there is not.
func (r *reader) known(p place, code string) bool {
	codes := append([]string{"en", "zh"}, r.own...)
	if slices.Contains(codes, code) {
		return true
	}
	r.report(p.at(), "accepted: "+strings.Join(codes, ", ")+"; verso words --lang CODE begins the file of another", "%s cannot be %q", p.path, code)
	return false
}

// ownLanguages are the codes of the language files beside a configuration.
func ownLanguages(dir string) []string {
	files, err := filepath.Glob(filepath.Join(dir, "languages", "*.yaml"))
	if err != nil { // a folder whose name is a pattern: none are known
		return nil
	}
	var codes []string
	for _, f := range files {
		codes = append(codes, strings.TrimSuffix(filepath.Base(f), ".yaml"))
	}
	return codes
}
