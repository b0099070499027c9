package file

import "bytes"

type parsed uint8

const (
	whole        parsed = iota // a well-formed record
	needMore                   // the text ends inside the record
	unclosed                   // a quote is never closed
	trailingText               // text follows a closing quote
)

// parser splits one record that has quotes.
type parser struct {
	d      dialect
	b      []byte
	eof    bool
	fields []span
	odd    bool
	end    int // of the record without its line end
	width  int // of the record with its line end
	at     int // where it broke
}

func (p *parser) record() parsed {
	i := 0
	for {
		next, state, last := p.field(i)
		if state != whole {
			p.at = min(max(next, 0), len(p.b))
			return state
		}
		if last {
			return whole
		}
		i = next
	}
}

// field reads the field at i and what ends it; next is where the following
// field begins.
func (p *parser) field(i int) (next int, state parsed, last bool) {
	j := i
	for j < len(p.b) && p.b[j] == ' ' {
		j++
	}
	if j == len(p.b) && !p.eof {
		return j, needMore, false
	}
	if j == len(p.b) || p.b[j] != p.d.quote {
		return p.bare(i)
	}
	p.odd = p.odd || j > i
	closing, doubled := p.close(j + 1)
	if closing < 0 {
		if p.eof {
			return len(p.b), unclosed, false
		}
		return len(p.b), needMore, false
	}
	p.fields = append(p.fields, span{start: j + 1, end: closing, quoted: true, doubled: doubled})
	k := closing + 1
	for k < len(p.b) && p.b[k] == ' ' {
		k++
	}
	p.odd = p.odd || k > closing+1
	switch {
	case k == len(p.b):
		if !p.eof {
			return k, needMore, false
		}
		p.end, p.width = k, k
		return k, whole, true
	case p.b[k] == p.d.delim:
		return k + 1, whole, false
	case p.b[k] == '\n':
		p.end, p.width = k, k+1
		return k, whole, true
	case p.b[k] == '\r' && k+1 == len(p.b):
		if !p.eof {
			return k, needMore, false
		}
		p.end, p.width = k, k+1
		return k, whole, true
	case p.b[k] == '\r' && p.b[k+1] == '\n':
		p.end, p.width = k, k+2
		return k, whole, true
	}
	return k, trailingText, false
}

// close finds the closing quote from i on, -1 when the text ends before it.
func (p *parser) close(i int) (at int, doubled bool) {
	quote, escape := p.d.quote, p.d.escape
	for {
		if escape == quote {
			q := bytes.IndexByte(p.b[i:], quote)
			if q < 0 {
				return -1, doubled
			}
			i += q
			if i+1 == len(p.b) && !p.eof {
				return -1, doubled
			}
			if i+1 < len(p.b) && p.b[i+1] == quote {
				i, doubled = i+2, true
				continue
			}
			return i, doubled
		}
		for i < len(p.b) && p.b[i] != quote && p.b[i] != escape {
			i++
		}
		if i >= len(p.b) || i+1 == len(p.b) && !p.eof {
			return -1, doubled
		}
		if p.b[i] == quote {
			return i, doubled
		}
		doubled = true
		if i+1 < len(p.b) && (p.b[i+1] == quote || p.b[i+1] == escape) {
			i++
		}
		i++
	}
}

// bare reads an unquoted field; a quote inside it is an ordinary character.
func (p *parser) bare(i int) (next int, state parsed, last bool) {
	for j := i; j < len(p.b); j++ {
		switch c := p.b[j]; c {
		case p.d.delim:
			p.fields = append(p.fields, span{start: i, end: j})
			return j + 1, whole, false
		case '\n':
			stop := j
			if j > i && p.b[j-1] == '\r' {
				stop--
			}
			p.fields = append(p.fields, span{start: i, end: stop})
			p.end, p.width = stop, j+1
			return j, whole, true
		case p.d.quote:
			p.odd = true
		case '\r':
			p.odd = p.odd || j+1 < len(p.b) && p.b[j+1] != '\n'
		}
	}
	if !p.eof {
		return len(p.b), needMore, false
	}
	stop := len(p.b)
	if stop > i && p.b[stop-1] == '\r' {
		stop--
	}
	p.fields = append(p.fields, span{start: i, end: stop})
	p.end, p.width = stop, len(p.b)
	return stop, whole, true
}

// values appends the texts of the record's fields to into. They are valid as
// long as the record; columns cuts off the field after a trailing delimiter.
func (rec *record) values(d dialect, columns int, into [][]byte) [][]byte {
	if rec.fields == nil {
		rest := rec.raw
		for {
			i := bytes.IndexByte(rest, d.delim)
			if i < 0 || columns > 0 && len(into) == columns-1 && len(rest) == i+1 {
				into = append(into, bytes.TrimSuffix(rest, []byte{d.delim}))
				break
			}
			into = append(into, rest[:i])
			rest = rest[i+1:]
		}
		return into
	}
	for _, f := range rec.fields {
		v := rec.raw[f.start:f.end]
		if f.doubled {
			v = unescape(v, d)
		}
		into = append(into, v)
	}
	return into
}

func unescape(v []byte, d dialect) []byte {
	out := make([]byte, 0, len(v))
	for i := 0; i < len(v); i++ {
		if v[i] == d.escape && i+1 < len(v) && (v[i+1] == d.quote || v[i+1] == d.escape) {
			i++
		}
		out = append(out, v[i])
	}
	return out
}
