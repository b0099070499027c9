package formula

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of a formula.
const (
	maxFormulaText  = 4000 // bytes
	maxFormulaDepth = 40   // brackets within brackets
	maxDigits       = 18   // of a number
)

// functions are those of formulas, with the least and the largest number of
// their arguments.
func functions() map[string][2]int {
	return map[string][2]int{"abs": {1, 1}, "min": {2, 20}, "max": {2, 20}, "coalesce": {2, 20}, "nullif": {2, 2}, "if": {3, 3}}
}

// Parse reads an expression over measures:
//
//	net - coalesce(cost, 0)
//	(copies + cancelled) × 100 ÷ nullif(lines, 0)
//	if(orders > 10, net / orders, 0)
//
// with + - * / (also − × ÷), brackets, numbers such as 12 and 0.25, names of
// measures and the functions abs, min, max, coalesce, nullif and if(a < b, x,
// y), comparing by = != <> < <= > >=. The names are not looked up. An error is a
// *Error.
func Parse(text string) (*Expr, error) {
	p := &formulaParser{text: OneLine(text)}
	if len(text) > maxFormulaText {
		p.fail("the formula is longer than %d bytes", maxFormulaText)
		return nil, p.err
	}
	p.next()
	e := p.sum()
	if p.err == nil && p.token.kind != endToken {
		p.fail("want + - * / or the end, found %s", p.token)
	}
	if p.err != nil {
		return nil, p.err
	}
	return e, nil
}

// OneLine is text on one line, each character where it was.
func OneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		return r
	}, strings.TrimRightFunc(text, unicode.IsSpace))
}

// Error is text that is no formula.
type Error struct {
	Column  int // from 1, in characters
	Message string
}

// Error gives the column and the message.
func (e *Error) Error() string { return fmt.Sprintf("column %d: %s", e.Column, e.Message) }

type tokenKind int

const (
	endToken tokenKind = iota
	wordToken
	numberToken
	symbolToken
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
	return strconv.Quote(t.text)
}

// formulaParser reads one token ahead. The first error stays.
type formulaParser struct {
	text  string
	pos   int // bytes
	depth int
	token token
	err   error
}

func (p *formulaParser) fail(format string, args ...any) {
	p.failAt(max(p.token.column, 1), format, args...)
}

func (p *formulaParser) failAt(column int, format string, args ...any) {
	if p.err == nil {
		p.err = &Error{Column: column, Message: fmt.Sprintf(format, args...)}
	}
	p.token.kind = endToken
}

// next moves to the next token.
func (p *formulaParser) next() {
	rest := strings.TrimLeftFunc(p.text[p.pos:], unicode.IsSpace)
	p.pos = len(p.text) - len(rest)
	p.token = token{kind: endToken, column: utf8.RuneCountInString(p.text[:p.pos]) + 1}
	if rest == "" || p.err != nil {
		return
	}
	for _, symbol := range append(comparisons(), "+", "-", "*", "/", "−", "×", "÷", "(", ")", ",") {
		if strings.HasPrefix(rest, symbol) {
			meant, other := map[string]string{"<>": "!=", "−": "-", "*": OpTimes, "/": OpDivide}[symbol]
			if !other {
				meant = symbol
			}
			p.take(symbolToken, meant, len(symbol))
			return
		}
	}
	kind, end := wordToken, strings.IndexFunc(rest, notInName)
	if rest[0] >= '0' && rest[0] <= '9' || rest[0] == '.' {
		kind, end = numberToken, strings.IndexFunc(rest, notInNumber)
	}
	if end < 0 {
		end = len(rest)
	}
	if end == 0 {
		r, _ := utf8.DecodeRuneInString(rest)
		p.fail("unexpected %q", r)
		return
	}
	p.take(kind, rest[:end], end)
	if kind == numberToken {
		p.checkNumber()
	}
}

func notInName(r rune) bool {
	return r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
}

func notInNumber(r rune) bool { return r != '.' && notInName(r) }

func (p *formulaParser) take(kind tokenKind, text string, bytes int) {
	p.token.kind, p.token.text = kind, text
	p.pos += bytes
}

// checkNumber refuses what is no plain number, and drops zeros in front.
func (p *formulaParser) checkNumber() {
	whole, decimals, dot := strings.Cut(p.token.text, ".")
	digits := func(s string) bool {
		return !strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	}
	switch {
	case whole == "" || dot && decimals == "" || !digits(whole) || !digits(decimals):
		p.fail("%s is no number; write 12 or 0.25", p.token)
		return
	case len(whole)+len(decimals) > maxDigits || len(decimals) > 8:
		p.fail("%s has too many digits; at most %d, 8 of them decimals", p.token, maxDigits)
		return
	}
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	p.token.text = whole
	if dot {
		p.token.text += "." + decimals
	}
}

func (p *formulaParser) symbol(symbol string) bool {
	return p.token.kind == symbolToken && p.token.text == symbol
}

// enter counts a bracket; it reports whether the formula may go on.
func (p *formulaParser) enter() bool {
	if p.depth++; p.depth > maxFormulaDepth {
		p.fail("more than %d brackets within one another", maxFormulaDepth)
	}
	return p.err == nil
}

// sum reads terms joined by + and -.
func (p *formulaParser) sum() *Expr {
	first := p.product()
	e := &Expr{Op: OpAdd, Args: []*Expr{first}, Column: first.Column}
	for p.err == nil && (p.symbol("+") || p.symbol("-")) {
		minus := p.symbol("-")
		p.next()
		term := p.product()
		if minus {
			term = &Expr{Op: OpNegative, Args: []*Expr{term}, Column: term.Column}
		}
		e.Args = append(e.Args, term)
	}
	if len(e.Args) == 1 {
		return first
	}
	return e
}

// product reads factors joined by × and ÷, from left to right.
func (p *formulaParser) product() *Expr {
	e := p.factor()
	for p.err == nil && (p.symbol(OpTimes) || p.symbol(OpDivide)) {
		op := p.token.text
		p.next()
		e = &Expr{Op: op, Args: []*Expr{e, p.factor()}, Column: e.Column}
	}
	return e
}

// factor reads a number, a measure, a function, brackets, or the negative of
// one.
func (p *formulaParser) factor() *Expr {
	e := &Expr{Column: p.token.column}
	if !p.enter() {
		return e
	}
	defer func() { p.depth-- }()
	switch {
	case p.symbol("-"):
		p.next()
		e.Op, e.Args = OpNegative, []*Expr{p.factor()}
	case p.symbol("("):
		p.next()
		e = p.sum()
		p.close("the closing bracket")
	case p.token.kind == numberToken:
		e.Op, e.Number = OpNumber, p.token.text
		p.next()
	case p.token.kind == wordToken:
		e.Name = p.token.text
		p.next()
		if p.symbol("(") {
			e.Op, e.Name = e.Name, ""
			p.call(e)
			break
		}
		e.Op = OpMeasure
	default:
		p.fail("want a measure, a number, a function or an opening bracket, found %s", p.token)
	}
	return e
}

func (p *formulaParser) close(what string) {
	if p.err == nil && !p.symbol(")") {
		p.fail("want %s, found %s", what, p.token)
	}
	p.next()
}

// call reads the arguments of a function.
func (p *formulaParser) call(e *Expr) {
	count, ok := functions()[e.Op]
	if !ok {
		p.failAt(e.Column, "no function %q; known: abs, coalesce, if, max, min, nullif", e.Op)
		return
	}
	p.next()
	for p.err == nil {
		arg := p.sum()
		if e.Op == "if" && len(e.Args) == 0 {
			arg = p.comparison(arg)
		}
		e.Args = append(e.Args, arg)
		if p.err != nil || !p.symbol(",") {
			break
		}
		p.next()
	}
	p.close("a comma or the closing bracket")
	switch n := len(e.Args); {
	case count[0] == count[1] && n != count[0]:
		p.failAt(e.Column, "%s takes exactly %d, here it has %d", e.Op, count[0], n)
	case n < count[0] || n > count[1]:
		p.failAt(e.Column, "%s takes %d to %d values, here it has %d", e.Op, count[0], count[1], n)
	}
}

func (p *formulaParser) comparison(left *Expr) *Expr {
	for _, op := range comparisons() {
		if p.symbol(op) {
			p.next()
			return &Expr{Op: op, Args: []*Expr{left, p.sum()}, Column: left.Column}
		}
	}
	p.fail("if begins with a comparison, such as if(orders > 0, …); want = != < <= > or >=, found %s", p.token)
	return left
}

// String writes the expression as Parse reads it.
func (e *Expr) String() string {
	switch e.Op {
	case OpMeasure:
		return e.Name
	case OpNumber:
		return e.Number
	case OpNegative:
		return "-" + e.Args[0].inner(true)
	case OpTimes, OpDivide:
		return e.Args[0].inner(false) + " " + e.Op + " " + e.Args[1].inner(true)
	case OpAdd:
		var b strings.Builder
		for i, a := range e.Args {
			switch {
			case i == 0:
				b.WriteString(a.summand())
			case a.Op == OpNegative:
				b.WriteString(" - " + a.Args[0].summand())
			default:
				b.WriteString(" + " + a.summand())
			}
		}
		return b.String()
	}
	args := make([]string, len(e.Args))
	for i, a := range e.Args {
		args[i] = a.String()
	}
	if e.Type == "boolean" || len(args) == 2 && strings.ContainsAny(e.Op, "=<>") {
		return args[0] + " " + e.Op + " " + args[1]
	}
	return e.Op + "(" + strings.Join(args, ", ") + ")"
}

// summand is the text within a sum: a sum in brackets.
func (e *Expr) summand() string {
	if e.Op == OpAdd {
		return "(" + e.String() + ")"
	}
	return e.String()
}

// inner is the text within a product: sums in brackets, on the right products
// too.
func (e *Expr) inner(right bool) string {
	if e.Op == OpAdd || right && (e.Op == OpTimes || e.Op == OpDivide) {
		return "(" + e.String() + ")"
	}
	return e.String()
}
