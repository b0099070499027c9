package lineage

import "strings"

// split cuts SQL text into statements at the semicolons that end them.
func split(text string) []string {
	var out []string
	start := 0
	for i := 0; i < len(text); {
		if text[i] == ';' {
			out = append(out, text[start:i])
			start = i + 1
		}
		i += skip(text[i:])
	}
	out = append(out, text[start:])
	var kept []string
	for _, s := range out {
		if s = strings.TrimSpace(uncomment(s)); s != "" {
			kept = append(kept, s)
		}
	}
	return kept
}

// skip is the length of what stands at the start of text as one piece: a
// comment, a quoted text or name, or one byte.
func skip(text string) int {
	end := func(from int, close string) int {
		if n := strings.Index(text[from:], close); n >= 0 {
			return from + n + len(close)
		}
		return len(text)
	}
	switch {
	case strings.HasPrefix(text, "--"):
		return end(2, "\n")
	case strings.HasPrefix(text, "/*"):
		return end(2, "*/")
	case text[0] == '\'':
		return end(1, "'") // a doubled quote ends one text and begins the next
	case text[0] == '"':
		return end(1, `"`)
	}
	return 1
}

// uncomment takes comments out.
func uncomment(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		n := skip(text[i:])
		if strings.HasPrefix(text[i:], "--") || strings.HasPrefix(text[i:], "/*") {
			b.WriteByte('\n')
		} else {
			b.WriteString(text[i : i+n])
		}
		i += n
	}
	return b.String()
}

// statement is what a statement does, as far as it makes rows.
type statement struct {
	table   string   // made or written to
	names   []string // columns named: of a table defined, or of an INSERT
	query   string   // SELECT that gives the rows; "" for a table only defined
	replace bool     // what was there before is gone
	view    bool
	drop    bool
}

// understand reads the statements that make, fill and drop tables; ok is false
// for others.
func understand(text string) (s statement, ok bool) {
	w := words(text)
	switch {
	case w.take("CREATE"):
		s.replace = true
		w.takeAll("OR", "REPLACE", "TEMP", "TEMPORARY")
		s.view = w.take("VIEW")
		if !s.view && !w.take("TABLE") {
			return s, false
		}
		w.takeAll("IF", "NOT", "EXISTS")
		s.table = w.name()
		if w.at("(") {
			s.names = w.list()
		}
		if w.take("AS") {
			s.query = w.rest()
		}
		return s, s.table != ""
	case w.take("INSERT"):
		w.takeAll("OR", "REPLACE", "INTO")
		s.table = w.name()
		if w.at("(") && !w.selects() {
			s.names = w.list()
		}
		w.takeAll("BY", "NAME")
		s.query = w.rest()
		return s, s.table != "" && s.query != ""
	case w.take("DROP"):
		s.drop = true
		if !w.take("TABLE") && !w.take("VIEW") {
			return s, false
		}
		w.takeAll("IF", "EXISTS")
		s.table = w.name()
		return s, true
	}
	return s, false
}

// reader walks over a statement.
type reader struct {
	text string
	pos  int
}

func words(text string) *reader { return &reader{text: text} }

func (r *reader) space() {
	for r.pos < len(r.text) && strings.IndexByte(" \t\r\n", r.text[r.pos]) >= 0 {
		r.pos++
	}
}

func (r *reader) at(s string) bool {
	r.space()
	return strings.HasPrefix(r.text[r.pos:], s)
}

// take goes over a keyword that stands next.
func (r *reader) take(keyword string) bool {
	r.space()
	end := r.pos + len(keyword)
	if end > len(r.text) || !strings.EqualFold(r.text[r.pos:end], keyword) || end < len(r.text) && nameByte(r.text[end]) {
		return false
	}
	r.pos = end
	return true
}

// takeAll goes over any of the keywords, as long as they come.
func (r *reader) takeAll(keywords ...string) {
	for again := true; again; {
		again = false
		for _, k := range keywords {
			again = r.take(k) || again
		}
	}
}

func nameByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// name reads schema.table, quoted or not, and gives it without quotes.
func (r *reader) name() string {
	var b strings.Builder
	r.space()
	for r.pos < len(r.text) {
		c := r.text[r.pos]
		switch {
		case c == '"':
			n := skip(r.text[r.pos:])
			b.WriteString(strings.Trim(r.text[r.pos:r.pos+n], `"`))
			r.pos += n
		case c == '.' || nameByte(c):
			b.WriteByte(c)
			r.pos++
		default:
			return b.String()
		}
	}
	return b.String()
}

// list reads a list in parentheses and gives the first name of every item.
func (r *reader) list() []string {
	var out []string
	depth, fresh := 0, false
	for r.pos < len(r.text) {
		r.space()
		c := r.text[r.pos]
		switch {
		case c == '(':
			depth++
			r.pos++
			fresh = depth == 1
		case c == ')':
			depth--
			r.pos++
			if depth == 0 {
				return out
			}
		case c == ',':
			fresh = depth == 1
			r.pos++
		case fresh:
			fresh = false
			name := r.name()
			out = append(out, name)
			if name == "" {
				r.pos++
			}
		default:
			r.pos += skip(r.text[r.pos:])
		}
	}
	return out
}

// selects reports whether the parenthesis that stands next holds a SELECT.
func (r *reader) selects() bool {
	inner := &reader{text: r.text, pos: r.pos + 1}
	return inner.take("SELECT") || inner.take("WITH")
}

func (r *reader) rest() string { return strings.TrimSpace(r.text[r.pos:]) }
