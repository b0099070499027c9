package cube

import (
	"slices"
	"strings"
)

// ParseWhere reads filters joined by "and" and "or":
//
//	date.year = 2025 and customer.type in (library, university)
//	class.l1 != T and (title.price_band is null or region.area = North)
//	date.month between 2025-01 and 2025-06
//	customer.name contains "Press" and region.area not in (North, (unknown))
//
// "and" binds tighter than "or"; brackets group, at most MaxGroups inside one
// another. Operators: = != <> < <= > >=, between … and …, starts, ends, is null,
// is not null; in (…), in set NAME, contains, under, key in (…), these five with
// not before them too; is all, which keeps everything. "not" before a condition
// or a group keeps exactly what it leaves out.
//
// A value is a word, or text in single or double quotes, the quote doubled
// inside; so is a field. (none) and (unknown) stand for members without a value
// and for the unknown member. Text without any filter gives nil. Names are
// checked when the query is compiled. An error is a *ParseError.
func ParseWhere(text string) ([]Filter, error) {
	if len(text) > MaxText {
		return nil, ErrorAt("where", text, MaxText, "more than %d bytes", MaxText)
	}
	p := &whereParser{text: text}
	p.next()
	if p.err == nil && p.token.kind == endToken {
		return nil, nil
	}
	filters := p.all()
	if p.err == nil && p.token.kind != endToken {
		p.fail("want \"and\", \"or\" or the end, found %s", p.token)
	}
	if p.err != nil {
		return nil, p.err
	}
	return filters, nil
}

// ReadWhere reads filters, at least one, inside a longer text, from byte from to
// the first word that cannot go on with them, which begins at byte end. Every
// field goes through name, if that is not nil, which gives the name to keep or
// says what is wrong with it.
func ReadWhere(text string, from int, name func(field, op string) (string, error)) (filters []Filter, end int, err error) {
	p := &whereParser{text: text, pos: from, name: name}
	p.next()
	filters = p.all()
	if p.err != nil {
		return nil, p.token.at, p.err
	}
	return filters, p.token.at, nil
}

// maxName bounds the bytes of a field.
const maxName = 1000

// whereParser reads one token ahead. The first error stays.
type whereParser struct {
	text  string
	pos   int // bytes
	depth int
	token token
	name  func(field, op string) (string, error)
	err   error
}

// fail notes an error at the token.
func (p *whereParser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = ErrorAt("where", p.text, p.token.at, format, args...)
	}
}

// all reads what stands at the top: filters of which every one must hold.
func (p *whereParser) all() []Filter {
	branches := [][]Filter{p.conjunction()}
	for p.err == nil && p.word("or", "或") {
		p.next()
		branches = append(branches, p.conjunction())
	}
	if len(branches) == 1 {
		return branches[0]
	}
	any := make([]Filter, len(branches))
	for i, b := range branches {
		any[i] = together(b)
	}
	return []Filter{{Any: any}}
}

// together is one filter that holds where all do.
func together(filters []Filter) Filter {
	if len(filters) == 1 {
		return filters[0]
	}
	return Filter{All: filters}
}

func (p *whereParser) conjunction() []Filter {
	filters := []Filter{p.unit()}
	for p.err == nil && p.word("and", "且") {
		p.next()
		filters = append(filters, p.unit())
	}
	return filters
}

// unit reads a condition or a group, with "not" before it or without.
func (p *whereParser) unit() Filter {
	not, at := false, p.token
	for p.err == nil && p.word("not", "非") {
		not, at = !not, p.token
		p.next()
	}
	f := p.positive()
	if p.err != nil || !not {
		return f
	}
	opposite, ok := Complement(f)
	if !ok {
		p.token = at
		p.fail("\"not\" has no exact opposite of starts and ends; ask for what is wanted instead, as with in (…) or not contains")
	}
	return opposite
}

func (p *whereParser) positive() Filter {
	if !p.symbol("(") {
		return p.condition()
	}
	if p.depth++; p.depth > MaxGroups {
		p.fail("more than %d groups inside one another", MaxGroups)
		return Filter{}
	}
	p.next()
	f := together(p.all())
	if p.err == nil && !p.symbol(")") {
		p.fail("want \"and\", \"or\" or the closing bracket, found %s", p.token)
	}
	p.depth--
	p.next()
	return f
}

// Complement is the filter that keeps exactly what f leaves out; false where no
// operator can say it.
func Complement(f Filter) (Filter, bool) {
	if f.Any != nil || f.All != nil {
		opposite := make([]Filter, 0, len(f.Any)+len(f.All))
		for _, member := range slices.Concat(f.Any, f.All) {
			o, ok := Complement(member)
			if !ok {
				return f, false
			}
			opposite = append(opposite, o)
		}
		if f.Any != nil {
			return Filter{All: opposite}, f.All == nil
		}
		return Filter{Any: opposite}, true
	}
	with := func(op string, values ...string) Filter { return Filter{Field: f.Field, Op: op, Values: values} }
	pairs := []string{"=", "!=", "in", "not_in", "contains", "not_contains", "in_set", "not_in_set",
		"under", "not_under", "key_in", "not_key_in", "is_null", "not_null"}
	if i := slices.Index(pairs, f.Op); i >= 0 {
		return with(pairs[i^1], f.Values...), true
	}
	// Comparisons leave out what has no value; their opposites keep it.
	compared := []string{"<", ">=", "<=", ">"}
	if i := slices.Index(compared, f.Op); i >= 0 {
		return Filter{Any: []Filter{with(compared[i^1], f.Values...), with("is_null")}}, true
	}
	if f.Op == "between" && len(f.Values) == 2 {
		return Filter{Any: []Filter{with("<", f.Values[0]), with(">", f.Values[1]), with("is_null")}}, true
	}
	return f, false
}

// condition reads one filter.
func (p *whereParser) condition() Filter {
	special := p.token.kind == wordToken && (p.token.text == None || p.token.text == Unknown)
	if p.token.kind != wordToken && p.token.kind != quotedToken || special || p.token.text == "" {
		p.fail("want an attribute such as customer.type, found %s", p.token)
		return Filter{}
	}
	if len(p.token.text) > maxName {
		p.fail("a name of %d bytes; at most %d", len(p.token.text), maxName)
		return Filter{}
	}
	f := Filter{Field: p.token.text}
	at := p.token
	p.next()
	p.operator(&f)
	if p.name != nil && p.err == nil {
		known, err := p.name(f.Field, f.Op)
		if err != nil {
			p.token = at
			p.fail("%v", err)
		}
		f.Field = known
	}
	return f
}

func (p *whereParser) operator(f *Filter) {
	word := strings.ToLower(p.token.text)
	switch {
	case p.token.kind == symbolToken && strings.ContainsAny(word, "=<>"):
		p.next()
		f.Op, f.Values = word, []string{p.value()}
	case p.word("contains", "starts", "ends"):
		p.next()
		if word != "contains" && p.word("with") {
			p.next()
		}
		f.Op, f.Values = word, []string{p.value()}
	case p.word("between"):
		p.next()
		from := p.value()
		p.keyword("and", "between takes two values: between a and b")
		f.Op, f.Values = word, []string{from, p.value()}
	case p.word("in", "under"):
		p.set(f, "")
	case p.word("not"):
		p.next()
		if p.word("contains") {
			p.next()
			f.Op, f.Values = "not_contains", []string{p.value()}
			return
		}
		if p.word("key") {
			p.next()
			p.keyword("in", "after key comes in: key in (1, 2)")
			f.Op, f.Values = "not_key_in", p.list()
			return
		}
		p.set(f, "not_")
	case p.word("key"):
		p.next()
		op := "key_in"
		if p.word("not") {
			p.next()
			op = "not_key_in"
		}
		p.keyword("in", "after key comes in: key in (1, 2)")
		f.Op, f.Values = op, p.list()
	case p.word("is"):
		p.next()
		if p.word("all") {
			p.next()
			f.Op = "all"
			return
		}
		f.Op = "is_null"
		if p.word("not") {
			f.Op = "not_null"
			p.next()
		}
		p.keyword("null", "after is comes null or not null")
	default:
		p.fail("after %s comes = != < <= > >= in, not in, between, contains, not contains, starts, ends, under, key in, is null or is not null; found %s", f.Field, p.token)
	}
}

// set reads in with a list, in set with the name of a set, or under with a
// member or a list of them.
func (p *whereParser) set(f *Filter, not string) {
	if p.word("under") {
		p.next()
		f.Op, f.Values = not+"under", p.oneOrMore()
		return
	}
	p.keyword("in", "after not comes in, contains, under or key in: not in (a, b)")
	f.Op = not + "in"
	if p.word("set") {
		p.next()
		f.Op, f.Values = not+"in_set", p.oneOrMore()
		return
	}
	f.Values = p.list()
}

// oneOrMore reads a value, or a list of them in brackets.
func (p *whereParser) oneOrMore() []string {
	if p.symbol("(") {
		return p.list()
	}
	return []string{p.value()}
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
