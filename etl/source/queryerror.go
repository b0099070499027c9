package source

import (
	"fmt"
	"slices"
	"strings"
)

// QueryError is a SELECT that the database refuses.
type QueryError struct {
	Source  string
	Extract string
	Message string // the database's own words
	Code    string // the database's, such as an SQLSTATE
	Line    int    // in the SELECT, from 1; 0 where the database names no place
	Column  int    // in the line, in characters, from 1
	Text    string // the line
	Hint    string // what to do; the nearest known names
	Cause   error
}

// Error shows the place, the line with a mark under it, and the hint.
func (e *QueryError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "source %s, extract %s: ", e.Source, e.Extract)
	if e.Line > 0 {
		fmt.Fprintf(&b, "line %d, column %d of the SELECT: ", e.Line, e.Column)
	}
	b.WriteString(e.Message)
	if e.Text != "" {
		fmt.Fprintf(&b, "\n    %s\n    %s^", e.Text, strings.Repeat(" ", max(0, e.Column-1)))
	}
	if e.Hint != "" {
		b.WriteString("\n  " + e.Hint)
	}
	return b.String()
}

// Unwrap returns the driver's error.
func (e *QueryError) Unwrap() error { return e.Cause }

// Place turns a position in characters, from 1, into line, column and the line's text.
func Place(sql string, position int) (line, column int, text string) {
	line, column = 1, 1
	runes := []rune(sql)
	start := 0
	for i := 0; i < position-1 && i < len(runes); i++ {
		column++
		if runes[i] == '\n' {
			line, column, start = line+1, 1, i+1
		}
	}
	end := start
	for end < len(runes) && runes[end] != '\n' && runes[end] != '\r' {
		end++
	}
	return line, column, strings.ReplaceAll(string(runes[start:end]), "\t", " ")
}

// Nearest lists the known names closest to a wrong one, as a hint; what names
// them, such as tables.
func Nearest(wrong string, known []string, what string) string {
	if len(known) == 0 {
		return "the user sees no " + what + ": has the database been filled, and may the user read it?"
	}
	type candidate struct {
		name string
		far  int
	}
	var all []candidate
	lower := strings.ToLower(wrong)
	for _, k := range known {
		bare := strings.ToLower(k[strings.LastIndexByte(k, '.')+1:])
		far := distance(lower, bare)
		if strings.Contains(bare, lower) || strings.Contains(lower, bare) {
			far = min(far, 2)
		}
		all = append(all, candidate{k, far})
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return a.far - b.far })
	limit := max(2, len(lower)/2)
	var close []string
	for _, c := range all {
		if c.far <= limit && len(close) < 5 {
			close = append(close, c.name)
		}
	}
	if len(close) > 0 {
		return "nearest known " + what + ": " + strings.Join(close, ", ")
	}
	if len(known) > 12 {
		known = append(known[:12:12], "…")
	}
	return "known " + what + ": " + strings.Join(known, ", ")
}

// distance is the number of edits between two names (Levenshtein).
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		last := row[0]
		row[0] = i + 1
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			last, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, last+cost)
		}
	}
	return row[len(y)]
}
