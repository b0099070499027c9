package text

import (
	"slices"
	"strings"
	"unicode"

	"verso/olap/cube"
)

// Completion is a way in which a question can go on.
type Completion struct {
	Text  string `json:"text"`  // what is to be written
	Title string `json:"title"` // what it means
	Kind  string `json:"kind"`  // cube, attribute, measure, scope, calculation, clause, period or word
	From  int    `json:"from"`  // the character from which it replaces the text, from 0
}

// completions is how many ways are offered at most.
const completions = 50

// Complete says how a question can go on at a character of its text, from 0. The
// text may be unfinished and wrong elsewhere.
func Complete(m *cube.Model, text string, at int, lang string) []Completion {
	runes := []rune(text)
	at = min(max(at, 0), len(runes))
	from := at
	for from > 0 && partOfName(runes[from-1]) {
		from--
	}
	c := &completer{model: m, lang: lang, prefix: strings.ToLower(string(runes[from:at])), from: from}
	before := strings.Fields(strings.NewReplacer(",", " , ", "(", " ( ", ")", " ) ").Replace(string(runes[:from])))
	if len(before) == 0 {
		for _, x := range m.Cubes {
			c.add("cube", x.Name, x.Label.In(lang))
		}
		return c.list
	}
	c.cube = m.Cube(before[0])
	if c.cube == nil {
		return nil
	}
	c.offer(before[1:])
	return c.list
}

func partOfName(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("_.@:%", r)
}

// completer gathers what fits a prefix.
type completer struct {
	model  *cube.Model
	cube   *cube.Cube
	lang   string
	prefix string
	from   int
	list   []Completion
}

// add offers a text whose beginning, or a word of whose title, is the prefix.
func (c *completer) add(kind, text, title string) {
	if len(c.list) >= completions || !c.fits(text) && !c.fits(title) {
		return
	}
	c.list = append(c.list, Completion{text, title, kind, c.from})
}

func (c *completer) fits(text string) bool {
	lower := strings.ToLower(text)
	if strings.HasPrefix(lower, c.prefix) {
		return true
	}
	for _, part := range strings.FieldsFunc(lower, func(r rune) bool { return r == '.' || r == ' ' || r == '_' }) {
		if strings.HasPrefix(part, c.prefix) {
			return true
		}
	}
	return unicodeStart(c.prefix) && strings.Contains(lower, c.prefix)
}

// unicodeStart reports whether a prefix is in a script without blanks.
func unicodeStart(prefix string) bool {
	for _, r := range prefix {
		return r >= 0x2e80
	}
	return false
}

// offer lists what may stand after the words of a question.
func (c *completer) offer(words []string) {
	at, last := clause(""), ""
	for _, w := range words {
		if known, isClause := clauseWords[strings.ToLower(w)]; isClause && !(at == topClause && known == rowsClause) {
			at = known
		}
		last = strings.ToLower(w)
	}
	begun := clauseWords[last] == "" && last != "," && last != "(" // a name stands before: the clause may be over
	switch at {
	case rowsClause, columnsClause, whereClause:
		c.attributes()
	case showClause, havingClause:
		c.measures()
	case topClause:
		c.measures()
		c.attributes()
	case sortClause:
		c.measures()
		c.attributes()
		c.words("word", "desc", "asc", "under")
	case timeClause:
		c.words("period", "ytd", "last 12 months", "last 4 quarters", "previous year", "this year", "all")
	case vsClause:
		c.words("scope", "py", "pp", "pw")
	case totalsClause:
		c.words("word", "all", "grand", "rows", "cols", "colsub")
	}
	if at == "" || begun {
		for _, w := range clauseList {
			c.add("clause", w, "")
		}
	}
}

func (c *completer) words(kind string, list ...string) {
	for _, w := range list {
		c.add(kind, w, "")
	}
}

func (c *completer) attributes() {
	for _, u := range c.cube.Dimensions {
		for _, a := range slices.Concat(u.Of.Attributes, u.Of.Derived) {
			if !a.Hidden {
				c.add("attribute", u.Name+"."+a.Name, a.Label.In(c.lang))
			}
		}
	}
}

// measures offers measures; after @ their scopes, after : their calculations.
func (c *completer) measures() {
	if head, _, found := strings.Cut(c.prefix, ":"); found {
		for _, x := range cube.Calculations() {
			c.add("calculation", head+":"+x, "")
		}
		return
	}
	if head, _, found := strings.Cut(c.prefix, "@"); found {
		for _, x := range cube.Scopes() {
			c.add("scope", head+"@"+x, "")
		}
		return
	}
	for _, m := range c.cube.Measures {
		if !m.Hidden {
			c.add("measure", m.Name, m.Label.In(c.lang))
		}
	}
}
