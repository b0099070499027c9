package text

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"verso/olap/cube"
)

type tokenKind int

const (
	endToken tokenKind = iota
	wordToken
	quotedToken
	symbolToken // , ( ) × = != < <= > >=
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
	return strconv.Quote(cube.Shorten(t.text))
}

// symbols are the signs, the longer before what they begin with, and how they
// are kept.
var symbols = [][2]string{{"!=", "!="}, {"<>", "!="}, {"<=", "<="}, {">=", ">="}, {"≠", "!="}, {"≤", "<="}, {"≥", ">="},
	{"=", "="}, {"<", "<"}, {">", ">"}, {"(", "("}, {")", ")"}, {"（", "("}, {"）", ")"},
	{",", ","}, {"，", ","}, {"、", ","}, {"×", "×"}, {"*", "×"}}

// members are the shown members that have brackets in their names.
var members = []string{cube.None, cube.Unknown, "(others)", "(total)"}

func endsWord(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune("()（）,，、=<>≠≤≥!×*'\"", r) || r == utf8.RuneError
}

// next moves to the next token.
func (p *parser) next() {
	if p.err != nil {
		return
	}
	rest := strings.TrimLeftFunc(p.text[p.pos:], unicode.IsSpace)
	p.pos = len(p.text) - len(rest)
	p.tok = token{kind: endToken, at: p.pos}
	if rest == "" {
		return
	}
	for _, m := range members {
		if strings.HasPrefix(rest, m) {
			p.take(wordToken, m, len(m))
			return
		}
	}
	for _, s := range symbols {
		if strings.HasPrefix(rest, s[0]) {
			p.take(symbolToken, s[1], len(s[0]))
			return
		}
	}
	if rest[0] == '"' || rest[0] == '\'' {
		content, length, closed := cube.Unquote(rest)
		if !closed {
			p.fail("the quote %c is not closed", rest[0])
			return
		}
		p.take(quotedToken, content, length)
		return
	}
	end := strings.IndexFunc(rest, endsWord)
	if end < 0 {
		end = len(rest)
	}
	if end == 0 {
		r, _ := utf8.DecodeRuneInString(rest)
		p.fail("unexpected %q; put names with special characters in quotes", r)
		return
	}
	p.take(wordToken, rest[:end], end)
}

// maxName bounds the bytes of a name.
const maxName = 1000

func (p *parser) take(kind tokenKind, text string, bytes int) {
	if len(text) > maxName {
		p.fail("a name of %d bytes; at most %d", len(text), maxName)
		return
	}
	p.tok.kind, p.tok.text = kind, text
	p.pos += bytes
}

func (p *parser) symbol(s string) bool { return p.tok.kind == symbolToken && p.tok.text == s }

// word reports whether the token is one of the words.
func (p *parser) word(words ...string) bool {
	if p.tok.kind != wordToken {
		return false
	}
	for _, w := range words {
		if strings.EqualFold(p.tok.text, w) {
			return true
		}
	}
	return false
}

// skip moves on if the token is one of the words.
func (p *parser) skip(words ...string) bool {
	found := p.word(words...)
	if found {
		p.next()
	}
	return found
}

// fail notes an error at the token; the first error stays.
func (p *parser) fail(format string, args ...any) { p.failAt(p.tok.at, format, args...) }

func (p *parser) failAt(at int, format string, args ...any) {
	if p.err == nil {
		what := p.what
		if what == "" {
			what = "query"
		}
		p.err = cube.ErrorAt(what, p.text, at, format, args...)
	}
}
