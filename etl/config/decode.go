package config

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// config reads the top of the file.
func (r *reader) config(c *Config, root place) {
	r.mapping(root, fields{
		"version":   r.version(&c.Version),
		"company":   func(p place) { r.company(&c.Company, p) },
		"as_of":     r.asOf(&c.AsOf),
		"warehouse": r.expanded(&c.Warehouse),
		"site":      func(p place) { r.site(c, p) },
		"keep":      r.integer(&c.Keep, 1, 0),
		"seed":      r.seed(&c.Seed),
		"ids":       r.oneOf(&c.IDs, "integer", "text"),
		"engine":    func(p place) { r.engine(&c.Engine, p) },
		"models":    func(p place) { r.models(&c.Models, p) },
		"landed":    func(p place) { r.landed(&c.Landed, p) },
		"costs":     func(p place) { r.costs(&c.Costs, p) },
		"sources":   func(p place) { r.sources(c, p) },
		"tables":    func(p place) { r.tables(c, p) },
		"checks":    func(p place) { r.checks(c, p) },
		"landing": func(p place) {
			r.mapping(p, fields{"compact_after": r.integer(&c.Landing.CompactAfter, 1, -1)})
		},
		"night":  func(p place) { r.night(&c.Night, p) },
		"alerts": func(p place) { r.alerts(&c.Alerts, p) },
		"digest": func(p place) { r.digest(&c.Digest, p) },
		"serve":  func(p place) { r.serve(&c.Serve, p) },
		"access": func(p place) { r.access(&c.Access, p) },
	})
}

func (r *reader) version(to *int) func(place) {
	return func(p place) {
		if s, _, _ := scalar(p.value); s != "1" {
			r.report(p.at(), "this program reads version 1", "unknown version %s", describe(p.value))
			return
		}
		*to = 1
	}
}

func (r *reader) asOf(to *string) func(place) {
	return func(p place) {
		s, ok := r.word(p)
		if !ok {
			return
		}
		if _, err := ParseAsOf(s); err != nil && s != "latest" {
			r.report(p.at(), "write a date such as 2025-06-30, or latest for the last order date found", "as_of cannot be %q", s)
			return
		}
		*to = s
	}
}

func (r *reader) seed(to *int64) func(place) {
	return func(p place) {
		s, _, _ := scalar(p.value)
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			r.report(p.at(), "", "seed must be a whole number, not %s", describe(p.value))
			return
		}
		*to = n
	}
}

func (r *reader) company(c *Company, p place) {
	r.mapping(p, fields{
		"name":              r.plain(&c.Name),
		"currency":          r.currency(&c.Currency),
		"language":          r.language(&c.Language),
		"fiscal_year_start": r.integer(&c.FiscalYearStart, 1, 12),
		"week_start":        r.oneOf(&c.WeekStart, "monday", "sunday"),
		"constant_rates":    r.constantRates(&c.ConstantRates),
		"balance_days":      r.integer(&c.BalanceDays, 1, 3660),
	})
}

var iso4217 = regexp.MustCompile(`^[A-Z]{3}$`)

func (r *reader) currency(to *string) func(place) {
	return func(p place) {
		s, ok := r.word(p)
		if !ok {
			return
		}
		hint := "write an ISO 4217 code of three capital letters, such as CNY, EUR or USD"
		meant := map[string]string{"RMB": "CNY", "CNH": "CNY", "NTD": "TWD", "UKP": "GBP", "YEN": "JPY"}
		if iso := meant[strings.ToUpper(s)]; iso != "" {
			hint = "the ISO 4217 code is " + iso
		} else if iso4217.MatchString(s) {
			*to = s
			return
		} else if iso4217.MatchString(strings.ToUpper(s)) {
			hint = "write " + strings.ToUpper(s)
		}
		r.report(p.at(), hint, "%s cannot be %q", p.path, s)
	}
}

var memorySize = regexp.MustCompile(`^[0-9]+(\.[0-9]+)? ?([KMGT]i?B)$`)

func (r *reader) engine(e *Engine, p place) {
	r.mapping(p, fields{
		"threads": r.integer(&e.Threads, 0, -1),
		"memory": func(p place) {
			s, ok := r.word(p)
			if ok && !memorySize.MatchString(s) {
				r.report(p.at(), "write a number and a unit, such as 3GB or 800MB", "%s cannot be %q", p.path, s)
				return
			}
			e.Memory = s
		},
	})
}

// expanded reads a text in which ${NAME} stands for an environment variable.
func (r *reader) expanded(to *string) func(place) {
	return func(p place) {
		s, ok := r.word(p)
		if !ok {
			return
		}
		missing := false
		s = reference.ReplaceAllStringFunc(s, func(ref string) string {
			name := reference.FindStringSubmatch(ref)[1]
			value, ok := r.env(name)
			if !ok {
				missing = true
				r.report(p.at(), fmt.Sprintf("set it before running, such as: export %s=…", name),
					"%s needs the environment variable %s, which is not set", p.path, name)
			}
			return value
		})
		if i := strings.Index(s, "${"); i >= 0 && !missing {
			r.report(p.at(), "write ${NAME}, letters, digits and underscores only", "%s holds a malformed variable", p.path)
			missing = true
		}
		if !missing && strings.TrimSpace(s) == "" {
			r.report(p.at(), "", "%s is empty", p.path)
		}
		*to = s
	}
}

var sourceName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)

func (r *reader) sources(c *Config, p place) {
	lower := map[string]string{}
	for _, e := range r.entries(p) {
		name := e.key.Value
		if !sourceName.MatchString(name) || len(name) > 60 {
			r.report(e.key, "use letters, digits and underscores, beginning with a letter: it names a table in SQL and a folder",
				"a source cannot be called %q", name)
		}
		if other, ok := lower[strings.ToLower(name)]; ok {
			r.report(e.key, "give one of them another name", "two sources share a name but for capitals: %s and %s", other, name)
		}
		lower[strings.ToLower(name)] = name
		var s Source
		if empty(e.value) {
			r.report(e.key, "give it a kind and a path or dsn", "source %s is empty", name)
		}
		r.source(&s, e)
		c.Sources[name] = s
	}
}

// encodings are the accepted names and what each is kept as.
func encodings() map[string]string {
	return map[string]string{
		"utf-8": "utf-8", "utf-16le": "utf-16le", "utf-16be": "utf-16be",
		"gb18030": "gb18030", "gbk": "gb18030", "big5": "big5", "latin-1": "latin-1",
	}
}

func (r *reader) encoding(to *string) func(place) {
	return func(p place) {
		s, ok := r.word(p)
		if !ok {
			return
		}
		e, ok := encodings()[strings.ToLower(s)]
		if !ok {
			r.choice(p, s, []string{"utf-8", "utf-16le", "utf-16be", "gb18030", "gbk", "big5", "latin-1"})
			return
		}
		*to = e
	}
}

func (r *reader) csv(c *CSV, p place) {
	r.mapping(p, fields{
		"delimiter": r.character(&c.Delimiter),
		"quote":     r.character(&c.Quote),
		"escape":    r.character(&c.Escape),
		"header":    r.boolean(&c.Header),
		"skip":      r.integer(&c.Skip, 0, -1),
		"null":      r.plain(&c.Null),
	})
}

// character reads a text of one character; tab and \t stand for the tabulator.
func (r *reader) character(to *string) func(place) {
	return func(p place) {
		s, ok := r.word(p)
		if !ok {
			return
		}
		if s == "tab" || s == `\t` {
			s = "\t"
		}
		if len([]rune(s)) != 1 {
			r.report(p.at(), `write one character in quotes, such as ";", or tab`, "%s must be one character, not %q", p.path, s)
			return
		}
		*to = s
	}
}

func (r *reader) checks(c *Config, p place) {
	for _, e := range r.entries(p) {
		check := Check{Line: e.key.Position.Line}
		if isRule(e) {
			r.rule(&check, e)
			c.Checks[e.key.Value] = check
			continue
		}
		r.mapping(e, fields{
			"severity":  r.oneOf(&check.Severity, "error", "warn", "info", "off"),
			"threshold": r.rowShare(&check.Threshold),
		})
		if empty(e.value) {
			r.report(e.key, "give it a severity or a threshold, or remove it", "check %s changes nothing", e.key.Value)
		}
		c.Checks[e.key.Value] = check
	}
}

// list reads one value or a list of values, each as a place of its own.
func (r *reader) list(p place) []place {
	seq, ok := p.value.(*ast.SequenceNode)
	if !ok {
		return []place{p}
	}
	var all []place
	for i, n := range seq.Values {
		e := place{fmt.Sprintf("%s[%d]", p.path, i), p.key, r.resolve(n)}
		r.seen[e.path] = e
		all = append(all, e)
	}
	return all
}
