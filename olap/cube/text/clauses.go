package text

import (
	"errors"
	"strconv"
	"strings"

	"verso/olap/cube"
)

// rangeWords are Chinese ranges of time as cube.ParseTime knows them.
var rangeWords = map[string]string{"今年": "this year", "去年": "previous year", "本季": "this quarter", "上季": "previous quarter",
	"本月": "this month", "上月": "previous month", "本周": "this week", "上周": "previous week", "全部": "all"}

// longestRange is how many words a range of time has at most.
const longestRange = 6

// time reads a range, which goes on to the next word of the grammar.
func (p *parser) time() {
	var words []token
	for p.err == nil && (p.tok.kind == wordToken && !reserved(p.tok.text) || p.tok.kind == quotedToken) && len(words) <= longestRange {
		words = append(words, p.tok)
		p.next()
	}
	if p.err != nil {
		return
	}
	if len(words) == 0 {
		p.fail("want a range such as 2025, 2025-Q1, 2025-01..2025-03, ytd or last 12 months; found %s", p.tok)
		return
	}
	t, err := p.rangeOf(words)
	if err != nil {
		// What follows a range that is whole was meant for something else.
		for i := len(words) - 1; i > 0; i-- {
			if _, err := p.rangeOf(words[:i]); err == nil {
				p.noClause(words[i])
				return
			}
		}
		message := err.Error()
		var e *cube.ParseError
		if errors.As(err, &e) {
			message = e.Message
		}
		p.failAt(words[0].at, "%s", message)
		return
	}
	if p.skip("on") {
		if t == nil {
			t = &cube.Time{}
		}
		t.Field = p.dimension()
	}
	p.q.Time = t
}

func (p *parser) rangeOf(words []token) (*cube.Time, error) {
	var parts []string
	for _, w := range words {
		text := w.text
		if r := rangeWords[text]; r != "" {
			text = r
		}
		parts = append(parts, text)
	}
	return cube.ParseTime(strings.Join(parts, " "), p.asOf)
}

func (p *parser) dimension() string {
	if !p.isName() {
		p.wanted("a date dimension such as date")
		return ""
	}
	name := p.tok.text
	if p.names != nil {
		known, err := p.names.dimension(name)
		if err != nil {
			p.fail("%v", err)
			return ""
		}
		name = known
	}
	p.next()
	return name
}

// top reads N[%] [ROW] by REF [with others].
func (p *parser) top(bottom bool) {
	const wanted = "how many, such as top 10 customer.name by net or top 5% by net"
	t := &cube.Top{Bottom: bottom}
	if number, percent := strings.CutSuffix(p.tok.text, "%"); percent && p.tok.kind == wordToken {
		n, err := strconv.Atoi(number)
		if err != nil || n < 1 {
			p.fail("want %s; found %s", wanted, p.tok)
			return
		}
		t.N, t.Percent = n, true
		p.next()
	} else {
		t.N = p.number(wanted)
		t.Percent = p.skip("percent", "%")
	}
	if t.Percent && t.N > 100 {
		p.fail("%d per cent is more than all", t.N)
	}
	if p.err == nil && !p.word("by", "按") && p.isName() {
		t.Field = p.attribute()
	}
	if p.err == nil && !p.skip("by", "按") {
		p.fail("top %d of what? write by and a measure, as in top 10 customer.name by net; found %s", t.N, p.tok)
	}
	t.By = p.ref()
	if p.skip("with") {
		t.Others = p.skip("others", "其余")
		if !t.Others {
			p.fail("after with comes others; found %s", p.tok)
		}
	} else {
		t.Others = p.skip("others", "其余")
	}
	p.q.Top = t
}

// totalKinds are the totals that can be asked for.
var totalKinds = []string{"grand", "rows", "cols", "colsub", "all"}

// totals reads kinds of totals.
func (p *parser) totals() {
	t := &p.q.Totals
	for p.err == nil {
		switch {
		case p.tok.kind != wordToken:
			p.fail("want the totals: %s; found %s", cube.OrList(totalKinds), p.tok)
		case p.word("grand", "总计"):
			t.Grand = true
		case p.word("rows", "行"):
			t.Rows = true
		case p.word("cols", "columns", "列"):
			t.Cols = true
		case p.word("colsub"):
			t.ColSub = true
		case p.word("all", "全部"):
			t.Grand, t.Rows, t.Cols = true, true, true
		default:
			p.fail("no totals %s; %s", p.tok, cube.Hint(p.tok.text, totalKinds))
		}
		p.next()
		if !p.symbol(",") {
			return
		}
		p.next()
	}
}

// sort reads what orders the rows.
func (p *parser) sort() {
	for p.err == nil {
		var s cube.Sort
		if rest, desc := strings.CutPrefix(p.tok.text, "-"); desc && p.tok.kind == wordToken && rest != "" {
			s.Desc = true
			p.tok.text = rest
			p.tok.at++
		}
		s.By = p.sortKey()
		if p.skip("under", "下") {
			s.Members = p.members()
		}
		switch {
		case s.Desc:
		case p.skip("desc", "降序"):
			s.Desc = true
		default:
			p.skip("asc", "升序")
		}
		p.q.Sort = append(p.q.Sort, s)
		if !p.symbol(",") {
			return
		}
		p.next()
	}
}

// sortKey reads a row attribute or a measure.
func (p *parser) sortKey() string {
	if !p.isName() {
		p.wanted("a measure or a row attribute")
		return ""
	}
	text := p.tok.text
	if p.names != nil && p.names.isAttribute(text) {
		return p.attribute()
	}
	if p.names == nil && !strings.ContainsAny(text, "@:") {
		p.next()
		return text
	}
	return p.ref()
}

// members reads one member, or several in brackets.
func (p *parser) members() (list []string) {
	member := func() string {
		if p.tok.kind != quotedToken && p.tok.kind != wordToken {
			p.fail("want a member of the columns, such as 2025-Q1, or several in brackets; found %s", p.tok)
		}
		text := p.tok.text
		p.next()
		return text
	}
	if !p.symbol("(") {
		return []string{member()}
	}
	p.next()
	list = p.list(member)
	if p.err == nil && !p.symbol(")") {
		p.fail("want a comma or the closing bracket, found %s", p.tok)
	}
	p.next()
	return list
}
