package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Error is everything that is wrong with a configuration. The command line
// exits with 3 for it.
type Error struct {
	File     string // as given to Load
	Problems []Problem
}

// Problem is one thing that is wrong, and what to do about it.
type Problem struct {
	Line    int    // from 1; 0 when it is about the file as a whole
	Column  int    // from 1, in characters
	Text    string // the line it is about, passwords masked
	Message string // what is wrong
	Hint    string // what to do; may be empty
}

// Error lists the problems in the order of the file: position, message, the
// line with a mark under the place, the hint.
func (e *Error) Error() string {
	var b strings.Builder
	for i, p := range e.Problems {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(e.File)
		if p.Line > 0 {
			fmt.Fprintf(&b, ":%d:%d", p.Line, p.Column)
		}
		fmt.Fprintf(&b, ": %s", p.Message)
		if p.Text != "" {
			fmt.Fprintf(&b, "\n    %s\n    %s^", p.Text, strings.Repeat(" ", max(0, p.Column-1)))
		}
		if p.Hint != "" {
			fmt.Fprintf(&b, "\n  %s", p.Hint)
		}
	}
	return b.String()
}

// sort puts the problems in the order of the file.
func (e *Error) sort() {
	slices.SortStableFunc(e.Problems, func(a, b Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
}

var (
	urlPassword = regexp.MustCompile(`(://[^:/?#@\s'"]*):([^\s'"]*)@`)
	keyPassword = regexp.MustCompile(`(?i)(password(?:_env)?|passwd|pwd)(\s*[=:]\s*)('[^']*'|"[^"]*"|[^\s&'"]+)`)
	reference   = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)
)

// mask hides passwords in text that is shown; references to variables stay.
func mask(text string) string {
	text = maskWeb(maskDriver(text))
	text = urlPassword.ReplaceAllStringFunc(text, func(m string) string {
		p := urlPassword.FindStringSubmatch(m)
		if p[2] == "" || onlyReference(p[2]) {
			return m
		}
		return p[1] + ":***@"
	})
	return keyPassword.ReplaceAllStringFunc(text, func(m string) string {
		p := keyPassword.FindStringSubmatch(m)
		if onlyReference(p[3]) {
			return m
		}
		return p[1] + p[2] + "***"
	})
}

// HasPassword reports whether a DSN, before its variables are put in, holds a
// password written out.
func HasPassword(dsn string) bool { return mask(dsn) != dsn }

// onlyReference reports whether text is one ${NAME}, quoted or not.
func onlyReference(text string) bool {
	text = strings.Trim(text, `'"`)
	return reference.FindString(text) == text && text != ""
}
