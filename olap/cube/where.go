package cube

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ParseError is text that is no filter or time range.
type ParseError struct {
	What    string // where or time
	Text    string
	Column  int // from 1, in characters
	Message string
}

// Error shows the text with a mark under the place.
func (e *ParseError) Error() string {
	return fmt.Sprintf("%s: column %d: %s\n  %s\n  %s^", e.What, e.Column, e.Message, e.Text, pad(e.Text, e.Column-1))
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

// ParseWhere reads filters joined by "and":
//
//	date.year = 2025 and customer.type in (library, university)
//	class.l1 != T and title.price_band is null
//	date.month between 2025-01 and 2025-06
//	customer.name contains "Press" and region.area not in (North, (unknown))
//
// Operators: = != <> < <= > >=, in (…), not in (…), between … and …,
// contains, starts, is null, is not null, key in (…), key not in (…). A value is a word, or text in single
// or double quotes, the quote doubled inside. (none) and (unknown) stand for
// members without a value and for the unknown member. Text without any filter
// gives nil. Names are checked when the query is compiled. An error is a
// *ParseError.
func ParseWhere(text string) ([]Filter, error) {
	p := &whereParser{text: text}
	p.next()
	var filters []Filter
	if p.token.kind == endToken {
		return nil, p.err
	}
	for {
		f := p.condition()
		if p.err != nil {
			return nil, p.err
		}
		filters = append(filters, f)
		switch {
		case p.token.kind == endToken:
			return filters, nil
		case p.word("and"):
			p.next()
		case p.word("or"):
			p.fail("\"or\" is not understood; for several values of one attribute write: in (a, b)")
		default:
			p.fail("want \"and\" or the end, found %s", p.token)
		}
		if p.err != nil {
			return nil, p.err
		}
	}
}

type tokenKind int

const (
	endToken tokenKind = iota
	wordToken
	quotedToken
	symbolToken // = != < <= > >= ( ) ,
)

type token struct {
	kind   tokenKind
	text   string
	column int
}

// String names the token in a message.
func (t token) String() string {
	if t.kind == endToken {
		return "the end"
	}
	return fmt.Sprintf("%q", t.text)
}

// whereParser reads one token ahead. The first error stays.
type whereParser struct {
	text  string
	pos   int // bytes
	token token
	err   error
}

func (p *whereParser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = &ParseError{What: "where", Text: p.text, Column: p.token.column, Message: fmt.Sprintf(format, args...)}
	}
	p.token.kind = endToken
}

// word reports whether the token is a keyword, in any case, without quotes.
func (p *whereParser) word(word string) bool {
	return p.token.kind == wordToken && strings.EqualFold(p.token.text, word)
}

func (p *whereParser) symbol(symbol string) bool {
	return p.token.kind == symbolToken && p.token.text == symbol
}

// next moves to the next token.
func (p *whereParser) next() {
	rest := p.text[p.pos:]
	trimmed := strings.TrimLeftFunc(rest, unicode.IsSpace)
	p.pos += len(rest) - len(trimmed)
	p.token = token{kind: endToken, column: utf8.RuneCountInString(p.text[:p.pos]) + 1}
	if trimmed == "" {
		return
	}
	for _, special := range []string{None, Unknown} {
		if strings.HasPrefix(trimmed, special) {
			p.take(wordToken, special, len(special))
			return
		}
	}
	for _, symbol := range []string{"!=", "<>", "<=", ">=", "=", "<", ">", "(", ")", ","} {
		if strings.HasPrefix(trimmed, symbol) {
			text := symbol
			if symbol == "<>" {
				text = "!="
			}
			p.take(symbolToken, text, len(symbol))
			return
		}
	}
	if quote := trimmed[0]; quote == '"' || quote == '\'' {
		p.quoted(trimmed, quote)
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
	return unicode.IsSpace(r) || strings.ContainsRune("()=<>!,'\"", r) || r == utf8.RuneError || unicode.IsControl(r)
}

func (p *whereParser) take(kind tokenKind, text string, bytes int) {
	p.token.kind, p.token.text = kind, text
	p.pos += bytes
}

func (p *whereParser) quoted(text string, quote byte) {
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
		p.take(quotedToken, b.String(), i+1)
		return
	}
	p.fail("the quote %c is not closed", quote)
}

// condition reads one filter.
func (p *whereParser) condition() Filter {
	if p.token.kind != wordToken || p.token.text == None || p.token.text == Unknown {
		p.fail("want an attribute such as customer.type, found %s", p.token)
		return Filter{}
	}
	f := Filter{Field: p.token.text}
	p.next()
	switch {
	case p.token.kind == symbolToken && strings.ContainsAny(p.token.text, "=<>"):
		f.Op = p.token.text
		p.next()
		f.Values = []string{p.value()}
	case p.word("contains"), p.word("starts"):
		f.Op = strings.ToLower(p.token.text)
		p.next()
		f.Values = []string{p.value()}
	case p.word("between"):
		f.Op = "between"
		p.next()
		from := p.value()
		p.keyword("and", "between takes two values: between a and b")
		f.Values = []string{from, p.value()}
	case p.word("in"):
		p.next()
		f.Op, f.Values = "in", p.list()
	case p.word("not"):
		p.next()
		p.keyword("in", "after not comes in: not in (a, b)")
		f.Op, f.Values = "not_in", p.list()
	case p.word("key"):
		p.next()
		f.Op = "key_in"
		if p.word("not") {
			f.Op = "key_not_in"
			p.next()
		}
		p.keyword("in", "after key comes in or not in: key in (a, b)")
		f.Values = p.list()
	case p.word("is"):
		f.Op = "is_null"
		p.next()
		if p.word("not") {
			f.Op = "not_null"
			p.next()
		}
		p.keyword("null", "after is comes null or not null")
	default:
		p.fail("after %s comes = != < <= > >= in, not in, between, contains, starts, is null or is not null; found %s", f.Field, p.token)
	}
	return f
}

func (p *whereParser) keyword(word, message string) {
	if !p.word(word) {
		p.fail("%s; found %s", message, p.token)
		return
	}
	p.next()
}

func (p *whereParser) value() string {
	if p.token.kind != wordToken && p.token.kind != quotedToken {
		p.fail("want a value, found %s", p.token)
		return ""
	}
	text := p.token.text
	p.next()
	return text
}

func (p *whereParser) list() (values []string) {
	if !p.symbol("(") {
		p.fail("want a list in brackets: (a, b); found %s", p.token)
		return nil
	}
	p.next()
	for p.err == nil {
		values = append(values, p.value())
		if p.err == nil && !p.symbol(",") {
			break
		}
		p.next()
	}
	if p.err == nil && !p.symbol(")") {
		p.fail("want a comma or the closing bracket, found %s", p.token)
	}
	p.next()
	return values
}

// FormatWhere writes filters as ParseWhere reads them.
func FormatWhere(filters []Filter) string {
	var parts []string
	for _, f := range filters {
		parts = append(parts, formatFilter(f))
	}
	return strings.Join(parts, " and ")
}

func formatFilter(f Filter) string {
	values := make([]string, len(f.Values))
	for i, v := range f.Values {
		values[i] = formatValue(v)
	}
	switch f.Op {
	case "in", "not_in", "key_in", "key_not_in":
		return f.Field + " " + strings.ReplaceAll(f.Op, "_", " ") + " (" + strings.Join(values, ", ") + ")"
	case "between":
		return f.Field + " between " + strings.Join(values, " and ")
	case "is_null":
		return f.Field + " is null"
	case "not_null":
		return f.Field + " is not null"
	}
	return f.Field + " " + f.Op + " " + strings.Join(values, " ")
}

func formatValue(v string) string {
	if v == None || v == Unknown || v != "" && strings.IndexFunc(v, endsWord) < 0 {
		return v
	}
	return `"` + strings.ReplaceAll(v, `"`, `""`) + `"`
}
