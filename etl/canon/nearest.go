package canon

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Normal is a name as names are compared: compatibility forms folded (full
// width to half width), lower case, letters and digits only. InvoiceNo,
// invoice_no and "Invoice no." are all invoiceno.
func Normal(name string) string {
	var b strings.Builder
	for _, r := range norm.NFKC.String(name) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// Nearest lists up to n of the names in among that are close enough to name
// to be what was meant, best first, ties in the order of among. Names are
// compared as Normal makes them, by edits (insert, delete, replace, swap of
// neighbours), or by one being the beginning of the other.
func Nearest(name string, among []string, n int) []string {
	type near struct {
		name     string
		distance int
	}
	want := []rune(Normal(name))
	var found []near
	for _, candidate := range among {
		have := []rune(Normal(candidate))
		d := edits(want, have)
		limit := max(1, min(len(want), len(have))/3)
		if d > limit && !prefixed(want, have) {
			continue
		}
		found = append(found, near{candidate, d})
	}
	slices.SortStableFunc(found, func(a, b near) int { return a.distance - b.distance })
	var names []string
	for _, f := range found {
		if len(names) < n && !slices.Contains(names, f.name) {
			names = append(names, f.name)
		}
	}
	return names
}

// prefixed reports whether the shorter of two names, of at least four
// characters, begins or ends the longer.
func prefixed(a, b []rune) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) < 4 {
		return false
	}
	return strings.HasPrefix(string(b), string(a)) || strings.HasSuffix(string(b), string(a))
}

// edits is the optimal string alignment distance of a and b.
func edits(a, b []rune) int {
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			replace := last[j-1]
			if a[i-1] != b[j-1] {
				replace++
			}
			row[j] = min(last[j]+1, row[j-1]+1, replace)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}

// Match finds the column that a source's column name means: by canonical name
// first, then by alias, both compared as Normal makes them.
func (t *Table) Match(name string) (Column, bool) {
	want := Normal(name)
	for _, c := range t.Columns {
		if Normal(c.Name) == want {
			return c, true
		}
	}
	for _, c := range t.Columns {
		for _, a := range c.Aliases {
			if Normal(a) == want {
				return c, true
			}
		}
	}
	return Column{}, false
}
