package page

import (
	"embed"
	"fmt"
	"path"
	"strings"

	"github.com/goccy/go-yaml"

	"verso/olap/engine"
	"verso/reports/view"
)

//go:embed words/*.yaml
var wordFiles embed.FS

//go:embed sql/*.sql
var sqlFiles embed.FS

// catalog is the texts of the pages in one language, by key. A text holds
// {names} that are filled in; a key ending in ".one" is used for exactly one.
type catalog map[string]string

// loadCatalog reads the texts of a language.
func loadCatalog(lang string) (catalog, error) {
	data, err := wordFiles.ReadFile("words/" + lang + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("page: no texts in language %q (there are: en, zh)", lang)
	}
	c := catalog{}
	if err := yaml.Unmarshal(data, &c); err != nil {
		return nil, fmt.Errorf("page: words/%s.yaml: %w", lang, err)
	}
	return c, nil
}

// T is a text with its names filled in: pairs of name and value. A pair "n" of
// "1" picks the text for one where there is one.
func (c *Context) T(key string, pairs ...string) string {
	s, ok := c.Words[key]
	for i := 0; i+1 < len(pairs); i += 2 {
		if one, found := c.Words[key+".one"]; found && pairs[i] == "n" && pairs[i+1] == "1" {
			s, ok = one, true
		}
	}
	if !ok {
		return "[" + key + "]"
	}
	if len(pairs) == 0 {
		return s
	}
	filled := make([]string, len(pairs))
	for i, p := range pairs {
		filled[i] = p
		if i%2 == 0 {
			filled[i] = "{" + p + "}"
		}
	}
	return strings.NewReplacer(filled...).Replace(s)
}

// Statement is the SQL of a file of the folder sql of a package, by name.
func Statement(files embed.FS, name string) string {
	data, err := files.ReadFile(path.Join("sql", name+".sql"))
	if err != nil {
		panic("page: no statement " + name) // a name in the package's own code
	}
	return string(data)
}

// Shared is the SQL of what every page may ask: run, checks, counts, loads.
func Shared(name string) string { return Statement(sqlFiles, name) }

// Text is a value of the engine as Text; NULL is "".
func Text(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return x
	}
	return fmt.Sprint(v)
}

// Whole is a value of the engine as a Whole number; NULL is 0.
func Whole(v any) int64 {
	switch x := v.(type) {
	case int64:
		return x
	case engine.Decimal:
		return int64(x.Float64())
	case float64:
		return int64(x)
	}
	return 0
}

// Count writes a whole number in a sentence.
func Count(_ string, n int64) string { return view.Figure(float64(n), 0, false) }
