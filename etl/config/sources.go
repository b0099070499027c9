package config

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// kinds are the kinds of sources.
func kinds() []string { return []string{"file", "http", "postgres", "mysql", "sqlite"} }

// Database says that a source is asked with a SELECT.
func (s Source) Database() bool {
	return s.Kind == "postgres" || s.Kind == "mysql" || s.Kind == "sqlite"
}

func (r *reader) source(s *Source, p place) { r.mapping(p, r.fieldsOf(s)) }

// fieldsOf are the keys a source may have, of whatever kind.
func (r *reader) fieldsOf(s *Source) fields {
	return fields{
		"kind":     r.oneOf(&s.Kind, kinds()...),
		"path":     r.expanded(&s.Path),
		"format":   r.oneOf(&s.Format, "csv", "tsv", "parquet", "jsonl", "xlsx"),
		"encoding": r.encoding(&s.Encoding),
		"csv":      func(p place) { r.csv(&s.CSV, p) },
		"xlsx": func(p place) {
			r.mapping(p, fields{"sheet": r.plain(&s.XLSX.Sheet), "sheets": r.texts(&s.XLSX.Sheets),
				"header_row": r.integer(&s.XLSX.HeaderRow, 0, -1), "header_rows": r.integer(&s.XLSX.HeaderRows, 1, 20)})
		},
		"dsn":          r.dsn(&s.DSN),
		"dsn_file":     r.expanded(&s.DSNFile),
		"dates":        r.texts(&s.Dates),
		"decimal":      r.oneOf(&s.Decimal, ".", ","),
		"count":        r.boolean(&s.Count),
		"url":          r.url(&s.HTTP.URL),
		"headers":      func(p place) { r.headers(&s.HTTP, p) },
		"content_type": r.plain(&s.HTTP.ContentType),
		"max_size":     r.size(&s.HTTP.MaxSize),
		"on_failure":   r.oneOf(&s.OnFailure, OnFailureStop, OnFailureYesterday),
		"retry":        func(p place) { r.retry(&s.Retry, p) },
	}
}

// dsn reads a connection string. A password written out is refused.
func (r *reader) dsn(to *string) func(place) {
	return func(p place) {
		s, ok := r.word(p)
		if !ok {
			return
		}
		if HasPassword(s) {
			r.report(p.at(), "put ${NAME} in its place and the password into that environment variable, or name a file with dsn_file",
				"%s holds a password", p.path)
			return
		}
		r.expanded(to)(p)
	}
}

// url reads an address to download from.
func (r *reader) url(to *string) func(place) {
	return func(p place) {
		s, ok := r.word(p)
		if !ok {
			return
		}
		if HasPassword(s) || secretQuery.MatchString(s) {
			r.report(p.at(), "put ${NAME} in its place and the secret into that environment variable, or send it with headers:", "%s holds a secret", p.path)
			return
		}
		r.expanded(to)(p)
		if *to != "" && !webAddress.MatchString(*to) {
			r.report(p.at(), "it begins with https:// or http://", "%s is no address of the web", p.path)
		}
	}
}

var (
	webAddress   = regexp.MustCompile(`^https?://[^/\s]+`)
	secretQuery  = regexp.MustCompile(`(?i)([?&][^=&\s]*(?:token|key|secret|sig|signature|auth)=)([^&$\s"'][^&\s"']*)`)
	secretLine   = regexp.MustCompile(`(?i)([\w-]*(?:authorization|token|api-?key|secret|cookie)[\w-]*["']?\s*:\s*)([^,}]+)`)
	secretHeader = regexp.MustCompile(`(?i)auth|token|key|secret|cookie`)
	headerName   = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")
)

// headers reads what is sent with a request. Secrets come from the environment.
func (r *reader) headers(h *HTTP, p place) {
	h.Headers = map[string]string{}
	for _, e := range r.entries(p) {
		name := e.key.Value
		value, ok := r.word(e)
		switch {
		case !ok:
			continue
		case !headerName.MatchString(name):
			r.report(e.key, "such as Accept or Authorization", "%q is no name of a header", name)
		case secretHeader.MatchString(name) && !reference.MatchString(value):
			r.report(e.at(), "write ${NAME} for the secret and set NAME in the environment", "%s holds a secret", e.path)
		default:
			r.expanded(&value)(e)
			h.Headers[name] = value
		}
	}
}

var byteSize = regexp.MustCompile(`^([0-9]+) ?([KMGT]?B)$`)

// size reads a number of bytes, such as 500MB.
func (r *reader) size(to *int64) func(place) {
	return func(p place) {
		s, _ := r.word(p)
		m := byteSize.FindStringSubmatch(s)
		if m == nil || len(m[1]) > 9 {
			r.report(p.at(), "write a whole number and a unit, such as 500MB or 2GB", "%s cannot be %s", p.path, describe(p.value))
			return
		}
		n, _ := strconv.ParseInt(m[1], 10, 64)
		*to = n * map[string]int64{"B": 1, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}[m[2]]
	}
}

// kind checks that a source has what its kind needs and nothing of another's.
func (r *reader) kind(s *Source, p string) {
	key := r.keyOf(p)
	if !r.wrote(p + ".kind") {
		hint := "add kind: " + strings.Join(kinds(), ", or kind: ")
		switch {
		case r.wrote(p + ".path"):
			hint = "add kind: file"
		case r.wrote(p + ".url"):
			hint = "add kind: http"
		case strings.HasPrefix(s.DSN, "mysql:"), strings.HasPrefix(s.DSN, "mariadb:"):
			hint = "add kind: mysql"
		case r.wrote(p+".dsn") || r.wrote(p+".dsn_file"):
			hint = "add kind: postgres"
		}
		r.report(key, hint, "%s has no kind", p)
		return
	}
	apply := map[string]string{
		"file":     "path format encoding csv xlsx dates decimal",
		"http":     "url headers content_type max_size format encoding csv xlsx dates decimal",
		"postgres": "dsn dsn_file",
		"mysql":    "dsn dsn_file count",
		"sqlite":   "path dates decimal",
	}
	if mine, ok := apply[s.Kind]; ok {
		own := append(strings.Fields(mine), "kind", "retry", "on_failure")
		for _, name := range slices.Sorted(maps.Keys(r.fieldsOf(&Source{}))) {
			if e, ok := r.seen[p+"."+name]; ok && !slices.Contains(own, name) {
				r.report(e.key, "remove it, or change the kind", "%s does not apply to a source of kind %s", e.path, s.Kind)
			}
		}
	}
	r.needs(s, p)
}

// needs checks that a source says where its data is.
func (r *reader) needs(s *Source, p string) {
	key := r.keyOf(p)
	switch s.Kind {
	case "file", "sqlite":
		if !r.wrote(p + ".path") {
			hint := "add path: a file, a folder or a pattern such as orders/*.csv"
			if s.Kind == "sqlite" {
				hint = "add path: the database file"
			}
			r.report(key, hint, "%s has no path", p)
		} else if remote.MatchString(s.Path) {
			r.report(r.seen[p+".path"].at(), "use kind: http with url: for a file of the web, or copy the file here first", "%s.path is not a local path", p)
		} else if s.Path == "-" && s.Kind == "sqlite" {
			r.report(r.seen[p+".path"].at(), "save it as a file first", "a SQLite database cannot be read from standard input")
		}
	case "http":
		if !r.wrote(p + ".url") {
			r.report(key, "add url: https://…, the address of one file", "%s has no url", p)
		}
	case "postgres", "mysql":
		dsn, file := r.wrote(p+".dsn"), r.wrote(p+".dsn_file")
		if dsn && file {
			r.report(r.keyOf(p+".dsn_file"), "keep one of them", "%s has both dsn and dsn_file", p)
		} else if !dsn && !file {
			r.report(key, "add dsn: ${NAME}, an environment variable with the connection string, or dsn_file: a file that holds it",
				"%s has neither dsn nor dsn_file", p)
		}
	}
	if s.Kind == "file" || s.Kind == "http" {
		r.format(s, p)
	}
}

// oneInput checks that standard input is read by one source only.
func (r *reader) oneInput(c *Config) {
	first := ""
	for _, name := range slices.Sorted(maps.Keys(c.Sources)) {
		if s := c.Sources[name]; s.Kind != "file" || s.Path != "-" {
			continue
		}
		if first != "" {
			r.report(r.seen["sources."+name+".path"].at(), "give one of them a file", "standard input is read by both %s and %s", first, name)
		}
		first = name
	}
}

var remote = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]+://`)

// driverPassword is a password in the form of the Go driver for MySQL.
var driverPassword = regexp.MustCompile(`([^:/@\s"'{]+):([^\s:@"']+)@((?:tcp|tcp6|unix)?[(/])`)

func maskDriver(text string) string {
	return driverPassword.ReplaceAllStringFunc(text, func(m string) string {
		p := driverPassword.FindStringSubmatch(m)
		if onlyReference(p[2]) {
			return m
		}
		return fmt.Sprintf("%s:***@%s", p[1], p[3])
	})
}

// maskWeb hides secrets in addresses and headers.
func maskWeb(text string) string {
	text = secretQuery.ReplaceAllString(text, "${1}***")
	return secretLine.ReplaceAllStringFunc(text, func(m string) string {
		p := secretLine.FindStringSubmatch(m)
		if reference.MatchString(p[2]) {
			return m
		}
		return p[1] + "***"
	})
}

// SourceOf is the source that a connection string, or the path of a database
// file, stands for: by the beginning of a URL, the form of the driver for MySQL,
// or the ending of a file (.db, .sqlite, .sqlite3). ok is false when it does not
// tell, such as a lone ${NAME}. In the source, dsn stands as it was given.
func SourceOf(dsn string) (s Source, ok bool) {
	scheme, _, _ := strings.Cut(strings.ToLower(dsn), ":")
	file, _, _ := strings.Cut(strings.ToLower(dsn), "?")
	switch {
	case scheme == "mysql" || scheme == "mariadb", driverForm.MatchString(dsn):
		return Source{Kind: "mysql", DSN: dsn}, true
	case scheme == "postgres" || scheme == "postgresql", postgresWords.MatchString(dsn):
		return Source{Kind: "postgres", DSN: dsn}, true
	case scheme == "http" || scheme == "https":
		return Source{Kind: "http", HTTP: HTTP{URL: dsn}}, true
	case scheme == "sqlite" || scheme == "sqlite3":
		_, path, _ := strings.Cut(dsn, ":")
		return Source{Kind: "sqlite", Path: strings.TrimPrefix(path, "//")}, true
	case strings.HasSuffix(file, ".db"), strings.HasSuffix(file, ".sqlite"), strings.HasSuffix(file, ".sqlite3"):
		return Source{Kind: "sqlite", Path: dsn}, true
	}
	return Source{}, false
}

var (
	driverForm    = regexp.MustCompile(`@(tcp|tcp6|unix)?\([^)]*\)/`)
	postgresWords = regexp.MustCompile(`(^|\s)(dbname|sslmode)\s*=`)
)
