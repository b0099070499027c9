package cube

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind int

const (
	endToken tokenKind = iota
	wordToken
	quotedToken
	symbolToken // = != < <= > >= ( ) ,
)

type token struct {
	kind tokenKind
	text string
	at   int // byte at which it begins
}

// String names the token in a message.
func (t token) String() string {
	if t.kind == endToken {
		return "the end"
	}
	return fmt.Sprintf("%q", Shorten(t.text))
}

// Shorten is text for a message: the start of it where it is long.
func Shorten(text string) string {
	const most = 60
	n := 0
	for i := range text {
		if n++; n > most {
			return text[:i] + "…"
		}
	}
	return text
}

func (p *whereParser) word(words ...string) bool {
	for _, w := range words {
		if p.token.kind == wordToken && strings.EqualFold(p.token.text, w) {
			return true
		}
	}
	return false
}

func (p *whereParser) symbol(symbol string) bool {
	return p.token.kind == symbolToken && p.token.text == symbol
}

// symbols are the operators and brackets, the longer before what they begin
// with, and how they are kept.
var symbols = [][2]string{{"!=", "!="}, {"<>", "!="}, {"<=", "<="}, {">=", ">="}, {"≠", "!="}, {"≤", "<="}, {"≥", ">="},
	{"=", "="}, {"<", "<"}, {">", ">"}, {"(", "("}, {")", ")"}, {",", ","}}

// next moves to the next token.
func (p *whereParser) next() {
	if p.err != nil {
		return
	}
	rest := p.text[p.pos:]
	trimmed := strings.TrimLeftFunc(rest, unicode.IsSpace)
	p.pos += len(rest) - len(trimmed)
	p.token = token{kind: endToken, at: p.pos}
	if trimmed == "" {
		return
	}
	for _, special := range []string{None, Unknown} {
		if strings.HasPrefix(trimmed, special) {
			p.take(wordToken, special, len(special))
			return
		}
	}
	for _, s := range symbols {
		if strings.HasPrefix(trimmed, s[0]) {
			p.take(symbolToken, s[1], len(s[0]))
			return
		}
	}
	if quote := trimmed[0]; quote == '"' || quote == '\'' {
		text, length, closed := Unquote(trimmed)
		if !closed {
			p.fail("the quote %c is not closed", quote)
			return
		}
		p.take(quotedToken, text, length)
		return
	}
	end := strings.IndexFunc(trimmed, endsWord)
	switch {
	case end < 0:
		end = len(trimmed)
	case end == 0:
		r, _ := utf8.DecodeRuneInString(trimmed)
		p.fail("unexpected %q; put values with special characters in quotes", r)
		return
	}
	p.take(wordToken, trimmed[:end], end)
}

func endsWord(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune("()=<>≠≤≥!,'\"", r) || r == utf8.RuneError || unicode.IsControl(r)
}

func (p *whereParser) take(kind tokenKind, text string, bytes int) {
	p.token.kind, p.token.text = kind, text
	p.pos += bytes
}

// Unquote reads text in quotes, single or double, from the start of text: what
// they hold, a doubled quote being one, and how many bytes it took.
func Unquote(text string) (content string, length int, closed bool) {
	quote := text[0]
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		if text[i] != quote {
			b.WriteByte(text[i])
			continue
		}
		if i+1 < len(text) && text[i+1] == quote {
			b.WriteByte(quote)
			i++
			continue
		}
		return b.String(), i + 1, true
	}
	return "", 0, false
}

// Quote writes text in double quotes as Unquote reads it.
func Quote(text string) string { return `"` + strings.ReplaceAll(text, `"`, `""`) + `"` }
