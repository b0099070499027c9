package cold

import (
	"slices"
	"strings"
	"unicode"
)

// Tokens cuts text into words: runs of letters and digits of alphabetic
// scripts in lower case, of at least two characters and not digits only; and
// of Chinese, Japanese and Korean runs every pair of neighbouring characters,
// or the single character of a run of one. Each token is listed once, ascending.
func Tokens(text string) []string {
	var out []string
	var run []rune
	wide := false
	flush := func() {
		if wide {
			out = append(out, bigrams(run)...)
		} else if len(run) >= 2 && slices.ContainsFunc(run, unicode.IsLetter) {
			out = append(out, strings.ToLower(string(run)))
		}
		run = run[:0]
	}
	for _, r := range text {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) {
			flush()
			continue
		}
		if w := ideographic(r); w != wide {
			flush()
			wide = w
		}
		run = append(run, r)
	}
	flush()
	slices.Sort(out)
	return slices.Compact(out)
}

func ideographic(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

func bigrams(run []rune) []string {
	if len(run) == 1 {
		return []string{string(run)}
	}
	var out []string
	for i := 1; i < len(run); i++ {
		out = append(out, string(run[i-1:i+1]))
	}
	return out
}

// common drops words of one title and those of more than a fifth of them.
func common(cells [][]string) [][]string {
	count := map[string]int{}
	titles := 0
	for _, cell := range cells {
		if len(cell) > 0 {
			titles++
		}
		for _, w := range cell {
			count[w]++
		}
	}
	most := max(int(largestWord*float64(titles)), fewestWord)
	for i, cell := range cells {
		cells[i] = slices.DeleteFunc(cell, func(w string) bool { return count[w] < fewestWord || count[w] > most })
	}
	return cells
}
