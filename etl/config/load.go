package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Load reads and validates the configuration at path. env looks up environment
// variables (os.LookupEnv). Defaults are filled in, ${NAME} is replaced in dsn,
// dsn_file, path, warehouse and site, and paths are made absolute: a relative
// one is relative to the folder of the configuration. Whatever is wrong comes
// back at once in an *Error; the configuration is nil then.
func Load(path string, env func(string) (string, bool)) (*Config, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		p := Problem{Message: "cannot be read: " + rootCause(err)}
		if errors.Is(err, fs.ErrNotExist) {
			p = Problem{Message: "no such file", Hint: "verso init writes one; -c names another"}
		}
		return nil, &Error{File: path, Problems: []Problem{p}}
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return Parse(text, path, full, env)
}

// rootCause is the last error of a chain, without the path repeated.
func rootCause(err error) string {
	for errors.Unwrap(err) != nil {
		err = errors.Unwrap(err)
	}
	return err.Error()
}

// Parse is Load of a text: shown is the name in messages, full the absolute
// path it stands for, which relative paths start from.
func Parse(text []byte, shown, full string, env func(string) (string, bool)) (*Config, error) {
	r := &reader{
		lines:   strings.Split(string(text), "\n"),
		env:     env,
		anchors: map[string]ast.Node{},
		seen:    map[string]place{},
		own:     ownLanguages(filepath.Dir(full)),
	}
	c := defaults()
	c.File = full
	if root, ok := r.parse(text); ok {
		r.config(c, root)
		r.validate(c)
		absolute(c, filepath.Dir(full))
		r.folders(c)
	}
	if len(r.problems) > 0 {
		e := &Error{File: shown, Problems: r.problems}
		e.sort()
		return nil, e
	}
	return c, nil
}

// parse makes the syntax tree.
func (r *reader) parse(text []byte) (place, bool) {
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		var positioned yaml.Error
		if errors.As(err, &positioned) {
			hint := "check the indentation, the colons and the quotes around it"
			if strings.Contains(positioned.GetMessage(), "already defined") {
				hint = "keep one of the two, with everything under it"
			}
			r.report(positioned.GetToken(), hint, "not valid YAML: %s", positioned.GetMessage())
		} else {
			r.report(nil, "", "not valid YAML: %v", err)
		}
		return place{}, false
	}
	var bodies []ast.Node
	for _, d := range file.Docs {
		if d.Body != nil && !empty(d.Body) {
			bodies = append(bodies, d.Body)
		}
	}
	switch len(bodies) {
	case 0:
		r.report(nil, "verso init writes a configuration to start from", "the file is empty")
		return place{}, false
	case 1:
		root := place{value: r.resolve(bodies[0])}
		if _, ok := root.value.(ast.MapNode); !ok {
			r.report(root.at(), "a configuration starts with version: 1", "expected key: value lines, found %s", describe(root.value))
			return place{}, false
		}
		return root, true
	}
	r.report(startOf(bodies[1]), "remove the --- line and what follows", "a configuration is one YAML document")
	return place{}, false
}

// startOf is the token a node begins with.
func startOf(n ast.Node) *token.Token { return place{value: n}.at() }

// defaults is a configuration in which nothing was written.
func defaults() *Config {
	return &Config{
		Version:   1,
		Company:   Company{Currency: "CNY", Language: "en", FiscalYearStart: 1, WeekStart: "monday"},
		AsOf:      "latest",
		Warehouse: "warehouse",
		Site:      "site",
		Keep:      3,
		Landing:   Landing{CompactAfter: 30},
		Seed:      1,
		IDs:       "integer",
		Models:    Models{Months: 12, RFM: RFM{Mode: "quintile"}},
		Sources:   map[string]Source{},
		Tables:    map[string]Maps{},
		Checks:    map[string]Check{},
		Serve:     Serve{Addr: "127.0.0.1:8080"},
		Night:     Night{Timezone: "UTC", CatchUp: true, StaleAfter: 36 * time.Hour, Grace: 30 * time.Second, ResumeWithin: 6 * time.Hour, Recheck: 7},
		Alerts:    Alerts{On: Occasions()},
		Digest:    Letter{Pages: []string{"index", "sales", "customers"}},
	}
}

// absolute makes the paths absolute, from the folder of the configuration.
func absolute(c *Config, dir string) {
	from := func(path string) string {
		if path == "" || filepath.IsAbs(path) {
			return path
		}
		return filepath.Join(dir, path)
	}
	c.Warehouse, c.Site = filepath.Clean(from(c.Warehouse)), filepath.Clean(from(c.Site))
	for name, s := range c.Sources {
		if s.Path != "-" || s.Kind != "file" {
			s.Path = from(s.Path)
		}
		s.DSNFile = from(s.DSNFile)
		c.Sources[name] = s
	}
	c.Serve.TLS.Cert, c.Serve.TLS.Key = from(c.Serve.TLS.Cert), from(c.Serve.TLS.Key)
	c.Access.Policy, c.Access.Users = from(c.Access.Policy), from(c.Access.Users)
	if o := c.Access.OIDC; o != nil {
		o.SecretFile = from(o.SecretFile)
	}
	if e := c.Alerts.Email; e != nil {
		e.PasswordFile = from(e.PasswordFile)
	}
}
