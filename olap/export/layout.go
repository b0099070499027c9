package export

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// minText is how narrow a column of text may become on a narrow screen.
const minText = 12

// grid is a table of text to be aligned.
type grid struct {
	head  [][]string // lines of headings
	rows  []line
	right []bool // columns of numbers
	max   int    // screen width; 0: unlimited
	color bool
	left  func(columns int) string // says how many columns did not fit
}

// line is a row; a strong one is a total, a ruled one has a line above it.
type line struct {
	cells  []string
	strong bool
	ruled  bool
}

// clean makes text fit one line and keeps control characters, which could
// steer a terminal, out of it.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r):
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// Clean makes text fit one line and takes control characters out of it.
func Clean(s string) string { return clean(s) }

// Width is how many columns of a terminal the text takes.
func Width(s string) int { return columns(s) }

// columns is how many columns of a terminal the text takes: two for Chinese
// characters, none for combining marks.
func columns(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case width.LookupRune(r).Kind() == width.EastAsianWide, width.LookupRune(r).Kind() == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// shorten cuts text to n columns, marking the cut.
func shorten(s string, n int) string {
	if columns(s) <= n {
		return s
	}
	var b strings.Builder
	used := 0
	for _, r := range s {
		w := columns(string(r))
		if used+w > n-1 {
			break
		}
		used += w
		b.WriteRune(r)
	}
	return b.String() + "…"
}

// widths measures the columns and, where the screen is narrower, takes room
// from text columns and then leaves out columns on the right. It returns the
// widths of the columns that are shown.
func (g *grid) widths() []int {
	w := make([]int, len(g.right))
	measure := func(cells []string) {
		for i, c := range cells {
			w[i] = max(w[i], columns(c))
		}
	}
	for _, h := range g.head {
		measure(h)
	}
	for _, r := range g.rows {
		measure(r.cells)
	}
	if g.max <= 0 {
		return w
	}
	total := func() int {
		n := 2 * (len(w) - 1)
		for _, c := range w {
			n += c
		}
		return n
	}
	for total() > g.max {
		widest := -1
		for i, c := range w {
			if !g.right[i] && c > minText && (widest < 0 || c > w[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			break
		}
		w[widest]--
	}
	for len(w) > 1 && total() > g.max {
		w = w[:len(w)-1]
	}
	return w
}

const (
	bold  = "\x1b[1m"
	dim   = "\x1b[2m"
	plain = "\x1b[0m"
)

// write prints the grid.
func (g *grid) write(out io.Writer) error {
	w := bufio.NewWriter(out)
	widths := g.widths()
	paint := func(text, code string) {
		if g.color && code != "" {
			text = code + text + plain
		}
		w.WriteString(text + "\n")
	}
	for _, h := range g.head {
		paint(g.join(h, widths), bold)
	}
	paint(rule(widths, "─"), dim)
	for _, r := range g.rows {
		code := ""
		if r.ruled {
			paint(rule(widths, "─"), dim)
		}
		if r.strong {
			code = bold
		}
		paint(g.join(r.cells, widths), code)
	}
	if missing := len(g.right) - len(widths); missing > 0 && g.left != nil {
		w.WriteString(g.left(missing) + "\n")
	}
	return w.Flush()
}

func rule(widths []int, mark string) string {
	parts := make([]string, len(widths))
	for i, n := range widths {
		parts[i] = strings.Repeat(mark, n)
	}
	return strings.Join(parts, "  ")
}

func (g *grid) join(cells []string, widths []int) string {
	var b strings.Builder
	for i, n := range widths {
		if i > 0 {
			b.WriteString("  ")
		}
		text := shorten(cells[i], n)
		fill := strings.Repeat(" ", max(0, n-columns(text)))
		if g.right[i] {
			b.WriteString(fill + text)
		} else {
			b.WriteString(text + fill)
		}
	}
	return strings.TrimRight(b.String(), " ")
}

// plural is a count with its noun.
func plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%s %s", fixed(n, 0), many)
}
