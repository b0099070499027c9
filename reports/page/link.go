package page

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"verso/reports/view"
)

// Ref is a member of an attribute by the key that cubes give it (olap.Row.Keys):
// the same in every language, but not from night to night.
type Ref struct{ Attribute, Key string }

// Place tells the context which pages there are, so that rows about a member
// lead to its page. It is called once, before pages are built.
func (c *Context) Place(pages []Page) {
	c.places, c.slugs = map[Ref]string{}, map[string]bool{}
	for _, p := range pages {
		c.slugs[p.Slug] = true
		if p.About != (Ref{}) {
			c.places[p.About] = p.Slug
		}
	}
}

// Has tells whether the report has a page of the menu, which a reader may not be
// shown; where no pages were placed, as for a single page, it has all.
func (c *Context) Has(slug string) bool { return c.slugs == nil || c.slugs[slug] }

// Linked is the value with the way to the page about a member, where there is one.
func (c *Context) Linked(v view.Value, attribute, key string) view.Value {
	if slug, ok := c.places[Ref{attribute, key}]; ok {
		v.Href = slug + ".html"
	}
	return v
}

// Slug is the file name of the page about a member by its number in the source,
// with what a file name cannot hold written as hexadecimal digits, so that no two
// numbers meet.
func Slug(prefix, id string) string {
	var b strings.Builder
	b.WriteString(prefix + "-")
	for _, r := range id {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r == '-' {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "_%x_", r)
		}
	}
	return fitted(b.String())
}

// slugBytes is how long the name of a page may be: a file system takes 255 bytes,
// and the files of its tables are named after it.
const slugBytes = 120

// fitted shortens a name that is too long to one that no other name gives.
func fitted(name string) string {
	if len(name) <= slugBytes {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return name[:slugBytes-17] + "-" + hex.EncodeToString(sum[:8])
}

// WordSlug is a file name for a member known by its name in English, such as
// "region-north-china"; [Slug] where the name has other letters. Two names may
// give one file name.
func WordSlug(prefix, name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return strings.ContainsRune(" &,.'-_/()", r) })
	plain := strings.Join(words, "-")
	if plain == "" || strings.Trim(plain, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return Slug(prefix, name)
	}
	return fitted(prefix + "-" + plain)
}
