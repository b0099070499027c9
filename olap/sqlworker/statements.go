package sqlworker

import (
	"strings"
	"unicode/utf8"

	"verso/olap/engine/duck"
)

// RefusedError says why a person's SQL is not run.
type RefusedError = duck.RefusedError

// Statement is one of several statements in a text.
type Statement struct {
	Text   string // without the semicolon that ends it
	Line   int    // where it begins, from 1
	Column int    // in characters, from 1
}

// Split takes a text of statements apart at the semicolons that stand outside of
// strings, names in quotes and comments. What holds nothing but blanks and
// comments is none.
func Split(text string) []Statement {
	var list []Statement
	for start := 0; start < len(text); {
		end := duck.StatementEnd(text, start)
		begin := start + duck.BlankEnd(text[start:end])
		if begin < end {
			before := text[:begin]
			line := strings.LastIndexByte(before, '\n') + 1
			list = append(list, Statement{strings.TrimRight(text[begin:end], " \t\r\n\f\v"), strings.Count(before, "\n") + 1, utf8.RuneCountInString(before[line:]) + 1})
		}
		start = end + 1
	}
	return list
}
