package view

import (
	"strings"
	"unicode"
)

// Sentence is a note with the full stop that it lacks, so that another one may
// follow: that of Chinese where it has Chinese characters. A note without letters
// or digits stays as it is.
func Sentence(note string) string {
	text := strings.TrimSpace(note)
	if text == "" || !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return note
	}
	end := []rune(strings.TrimRight(text, "”\"')）"))
	if len(end) == 0 || strings.ContainsRune(".!?:;…。！？：；", end[len(end)-1]) {
		return text
	}
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return text + "。"
	}
	return text + "."
}
