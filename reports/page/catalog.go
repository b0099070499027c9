package page

import (
	"embed"
	"fmt"
	"path"

	"verso/olap/engine"
	"verso/reports/language"
	"verso/reports/view"
)

//go:embed sql/*.sql
var sqlFiles embed.FS

// T is a text with its names filled in: pairs of name and value. A pair named n
// picks the text for its number where there is one.
func (c *Context) T(key string, pairs ...string) string {
	return c.Lang.Text(language.Pages, key, pairs...)
}

// Word is the text of a key, and whether there is one.
func (c *Context) Word(key string) (string, bool) { return c.Lang.Lookup(language.Pages, key) }

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
func Count(lang *language.Language, n int64) string { return view.Figure(lang, float64(n), 0, false) }
