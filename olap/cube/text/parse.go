package text

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"verso/olap/cube"
)

// parser reads one token ahead. The first error stays.
type parser struct {
	text  string
	what  string // what the text is, for messages; "": a query
	asOf  time.Time
	names *names // nil: names are kept as written
	pos   int    // bytes
	tok   token
	seen  map[clause]bool
	q     cube.Query
	err   error
}

// end wants the end of the text.
func (p *parser) end() {
	if p.err == nil && p.tok.kind != endToken {
		p.fail("want a comma or the end, found %s", p.tok)
	}
}

// cube reads the name of the cube.
func (p *parser) cube() {
	if p.err != nil {
		return
	}
	if !p.isName() {
		example := "sales by customer.type show net"
		if known := p.names.cubes(); len(known) > 0 {
			example = cube.OrList(known)
		}
		p.fail("want the name of a cube first, found %s; write %s", p.tok, example)
		return
	}
	p.q.Cube = p.tok.text
	if p.names != nil {
		name, err := p.names.find(p.tok.text)
		if err != nil {
			p.fail("%v", err)
			return
		}
		p.q.Cube = name
	}
	p.next()
}

// clause reads the clause that the token begins.
func (p *parser) clause() {
	at := p.tok
	c := clauseWords[strings.ToLower(at.text)]
	if at.kind != wordToken {
		c = ""
	}
	if p.symbol("×") {
		c = columnsClause
	}
	if c == "" {
		p.noClause(at)
		return
	}
	if p.seen[c] {
		p.fail("%s is there twice; put all of it in one", c)
		return
	}
	p.seen[c] = true
	p.next()
	p.body(c, at)
}

func (p *parser) body(c clause, at token) {
	switch c {
	case rowsClause:
		p.q.Rows = p.list(p.attribute)
	case columnsClause:
		p.q.Columns = p.list(p.attribute)
	case showClause:
		p.q.Measures = p.list(p.ref)
	case whereClause:
		p.where()
	case havingClause:
		p.having()
	case timeClause:
		p.time()
	case vsClause:
		p.q.Compare = p.list(p.scope)
	case topClause:
		lower := strings.ToLower(at.text)
		p.top(lower == "bottom" || lower == "后")
	case totalsClause:
		p.totals()
	case sortClause:
		p.skip("by", "按")
		p.sort()
	case limitClause:
		p.q.Limit = p.number("the largest number of rows wanted, such as limit 500")
	}
}

// noClause says what is wrong where a clause was wanted.
func (p *parser) noClause(at token) {
	if at.kind == symbolToken || at.kind == quotedToken {
		p.failAt(at.at, "want a clause or the end, found %s; clauses: %s", at, strings.Join(clauseList, ", "))
		return
	}
	hint := cube.Hint(at.text, clauseList)
	if !strings.HasPrefix(hint, "did you mean") {
		hint = "a further name takes a comma before it; clauses: " + strings.Join(clauseList, ", ")
	}
	p.failAt(at.at, "%s begins no clause; %s", at, hint)
}

// isName reports whether the token may be a name: a word that does not belong
// to the grammar, or text in quotes.
func (p *parser) isName() bool {
	switch p.tok.kind {
	case quotedToken:
		return p.tok.text != ""
	case wordToken:
		return !reserved(p.tok.text)
	}
	return false
}

// list reads names with commas between them.
func (p *parser) list(item func() string) (names []string) {
	for p.err == nil {
		names = append(names, item())
		if !p.symbol(",") {
			break
		}
		p.next()
	}
	return names
}

// wanted notes that something else was wanted; a word of the grammar in the
// place of a name is pointed out.
func (p *parser) wanted(what string) {
	quote := ""
	if p.tok.kind == wordToken && reserved(p.tok.text) {
		quote = ", a word of the grammar (a name that is the same stands in quotes)"
	}
	p.fail("want %s, found %s%s", what, p.tok, quote)
}

func (p *parser) attribute() string {
	if !p.isName() {
		p.wanted("an attribute such as customer.type")
		return ""
	}
	name := p.tok.text
	if p.names != nil {
		known, err := p.names.attribute(name)
		if err != nil {
			p.fail("%v", err)
			return ""
		}
		name = known
	}
	p.next()
	return name
}

func (p *parser) ref() string {
	if !p.isName() {
		p.wanted("a measure such as net or net@py:delta")
		return ""
	}
	text := p.tok.text
	r, err := cube.ParseRef(text)
	if err != nil {
		p.inner(err)
		return ""
	}
	if p.names != nil {
		name, err := p.names.measure(r.Measure)
		if err != nil {
			p.fail("%v", err)
			return ""
		}
		r.Measure = name
		text = r.String()
	}
	p.next()
	return text
}

// inner puts an error about the token alone at its place in the whole text.
func (p *parser) inner(err error) {
	var e *cube.ParseError
	if !errors.As(err, &e) {
		p.fail("%v", err)
		return
	}
	at := p.tok.at
	if p.tok.kind == wordToken {
		at += byteOf(e.Text, e.Column)
	}
	p.failAt(at, "%s", e.Message)
}

// byteOf is where a column begins.
func byteOf(text string, column int) int {
	for i := range text {
		if column--; column <= 0 {
			return i
		}
	}
	return len(text)
}

func (p *parser) scope() string {
	if !p.isName() {
		p.wanted("what to compare with: py, pp, pw, py2 or a scenario such as plan")
		return ""
	}
	text := p.tok.text
	if r, err := cube.ParseRef("x@" + text); err != nil || r.Against != text || text == "" {
		p.fail("%s is nothing to compare with; write py, pp, pw, py2 or a scenario such as plan", p.tok)
		return ""
	}
	p.next()
	return text
}

func (p *parser) where() {
	var name func(field, op string) (string, error)
	if p.names != nil {
		name = p.names.filtered
	}
	if p.err != nil {
		return
	}
	filters, end, err := cube.ReadWhere(p.text, p.tok.at, name)
	if err != nil {
		p.err = err
		return
	}
	p.q.Where, p.pos = filters, end
	p.next()
	if p.symbol(",") {
		p.fail("conditions are joined by and or or, not by commas")
	}
}

func (p *parser) having() {
	for p.err == nil {
		h := cube.Having{By: p.ref()}
		switch {
		case p.tok.kind == symbolToken && strings.ContainsAny(p.tok.text, "=<>"):
			h.Op = p.tok.text
			p.next()
			h.Values = []string{p.decimal()}
		case p.skip("between"):
			h.Op = "between"
			low := p.decimal()
			if p.err == nil && !p.skip("and", "且") {
				p.fail("between takes two numbers: between a and b; found %s", p.tok)
			}
			h.Values = []string{low, p.decimal()}
		case p.skip("is"):
			h.Op = "is_null"
			if p.skip("not") {
				h.Op = "not_null"
			}
			if p.err == nil && !p.skip("null") {
				p.fail("after is comes null or not null; found %s", p.tok)
			}
		default:
			p.fail("after %s comes = != < <= > >=, between a and b, is null or is not null; found %s", h.By, p.tok)
		}
		p.q.Having = append(p.q.Having, h)
		if !p.symbol(",") && !p.word("and", "且") {
			break
		}
		p.next()
	}
	if p.word("or", "或") {
		p.fail("having takes conditions joined by and; or is for where")
	}
}

var decimalText = regexp.MustCompile(`^([+-]?)(\d{1,40})(?:\.(\d{1,40}))?(%?)$`)

// decimal reads a number as it is written; per cent become hundredths.
func (p *parser) decimal() string {
	m := decimalText.FindStringSubmatch(p.tok.text)
	if p.tok.kind != wordToken && p.tok.kind != quotedToken || m == nil {
		p.fail("want a number such as 1000 or -0.5, found %s", p.tok)
		return ""
	}
	text := p.tok.text
	if m[4] != "" {
		digits := "00" + m[2]
		whole := strings.TrimLeft(digits[:len(digits)-2], "0")
		fraction := strings.TrimRight(digits[len(digits)-2:]+m[3], "0")
		text = strings.TrimPrefix(m[1], "+") + whole
		if whole == "" {
			text += "0"
		}
		if fraction != "" {
			text += "." + fraction
		}
	}
	p.next()
	return text
}

// number reads a whole number from 1.
func (p *parser) number(what string) int {
	n, err := strconv.Atoi(p.tok.text)
	if p.tok.kind != wordToken || err != nil || n < 1 || n > 1_000_000_000 {
		p.fail("want %s; found %s", what, p.tok)
		return 0
	}
	p.next()
	return n
}
