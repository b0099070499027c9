package cube

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxText bounds the bytes of a question, a filter or a time range as text.
const MaxText = 1 << 20

// MaxGroups bounds the groups of filters inside one another.
const MaxGroups = 8

// ParseError is text that is no question, filter, measure or time range.
type ParseError struct {
	What    string // query, where, measure, time …
	Text    string
	Column  int // from 1, in characters of the whole text
	Message string
}

// Error shows the line with a mark under the place.
func (e *ParseError) Error() string {
	number, column, line := e.line()
	where := fmt.Sprintf("column %d", column)
	if strings.Contains(strings.TrimRight(e.Text, "\n"), "\n") {
		where = fmt.Sprintf("line %d, column %d", number, column)
	}
	shown, at := excerpt(line, column)
	return fmt.Sprintf("%s: %s: %s\n  %s\n  %s^", e.What, where, e.Message, shown, pad(shown, at-1))
}

// Line is the line and the column in it, from 1.
func (e *ParseError) Line() (line, column int) {
	line, column, _ = e.line()
	return line, column
}

func (e *ParseError) line() (number, column int, line string) {
	number, column, start := 1, 1, 0
	left := e.Column - 1
	for i, r := range e.Text {
		if left <= 0 {
			break
		}
		left--
		column++
		if r == '\n' {
			number, column, start = number+1, 1, i+1
		}
	}
	line, _, _ = strings.Cut(e.Text[start:], "\n")
	return number, column, line
}

// excerptWidth is how many characters of a long line a message shows.
const excerptWidth = 120

// excerpt is the part of a line around a column, on one line, and the column in
// it.
func excerpt(line string, column int) (string, int) {
	clean := func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}
	line = strings.Map(clean, line)
	if utf8.RuneCountInString(line) <= excerptWidth {
		return line, column
	}
	runes := []rune(line)
	from := min(max(0, column-1-excerptWidth/2), len(runes)-excerptWidth)
	shown, at := string(runes[from:from+excerptWidth]), column-from
	if from > 0 {
		shown, at = "…"+shown, at+1
	}
	if from+excerptWidth < len(runes) {
		shown += "…"
	}
	return shown, at
}

// pad is n columns of blanks, wide characters counted twice.
func pad(text string, n int) string {
	var b strings.Builder
	for _, r := range text {
		if n == 0 {
			break
		}
		n--
		b.WriteByte(' ')
		if r >= 0x2e80 {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// ErrorAt is a *ParseError at a byte of the text.
func ErrorAt(what, text string, at int, format string, args ...any) *ParseError {
	at = min(max(at, 0), len(text))
	return &ParseError{What: what, Text: text, Column: utf8.RuneCountInString(text[:at]) + 1, Message: fmt.Sprintf(format, args...)}
}
