package file

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"
)

// Reading CSV records. The engine's own scan is fast but, at a lost closing
// quote, gives up the rest of the file. This reader finds the records by itself:
// it counts them, says of each whether the engine would read it the same way,
// and holds on to the rest of the file when one record is broken.
//
// A record is one line, or several when a quoted field holds line ends. It is
// broken when its quotes are not well formed (a field is never closed, or text
// follows the closing quote), or when it spans lines and does not have the
// header's number of fields. Of a broken record only the first line is rejected;
// reading goes on at the next line. So a lost quote costs the record it is in.
// Blank lines are no records. One empty field too many is a trailing delimiter
// and is dropped.

// maxRecord is the longest record read; memory is bounded by a few times of it.
const maxRecord = 32 << 20

// keepRaw is how much of a record beyond maxRecord is kept as its raw text.
const keepRaw = 128 << 10

type kind uint8

const (
	clean kind = iota // the engine reads it the same way
	odd               // readable, but rewritten before the engine sees it
	bad               // rejected
)

// Reasons of rejects: few and fixed, so that they can be counted.
const (
	tooFew     = "too few fields"
	tooMany    = "too many fields"
	lostQuote  = "quote not closed"
	afterQuote = "text after a closing quote"
	nulByte    = "NUL byte"
	notEncoded = "bytes that are not valid "
	tooLong    = "record longer than 32 MiB"
)

type span struct {
	start, end int // of the value inside raw
	quoted     bool
	doubled    bool // holds escapes to undo
}

type record struct {
	raw    []byte // without the line end; valid until the next call of next
	line   int64  // from 1
	number int64  // from 0, header not counted
	offset int64  // of its first byte in the decoded text
	kind   kind
	reason string
	fields []span // nil for a line without quotes: see values
}

// reader reads records of one decoded text.
type reader struct {
	d        dialect
	columns  int    // fields of a good record; 0: any
	encoding string // for the reason of undecodable bytes

	src    io.Reader
	buf    []byte
	pos    int   // of the next record in buf
	end    int   // of the data in buf
	seen   int   // bytes after pos known to hold no line end
	base   int64 // offset of buf[0] in the text
	eof    bool
	line   int64 // of the next record
	number int64

	lf, crlf  int64
	blank     int64 // blank lines passed over
	leadBlank bool  // one of them stood before the first record

	rec    record
	fields []span
}

func newReader(src io.Reader, d dialect) *reader {
	return &reader{d: d, src: src, buf: make([]byte, 256<<10), line: 1, encoding: utf8Name}
}

// fill reads more text behind the data, moving or growing the buffer.
func (r *reader) fill() error {
	if r.pos > 0 {
		copy(r.buf, r.buf[r.pos:r.end])
		r.base += int64(r.pos)
		r.end -= r.pos
		r.pos = 0
	}
	if r.end == len(r.buf) {
		grown := make([]byte, 2*len(r.buf))
		copy(grown, r.buf[:r.end])
		r.buf = grown
	}
	for range 100 {
		n, err := r.src.Read(r.buf[r.end:])
		if r.d.mac {
			for i, c := range r.buf[r.end : r.end+n] {
				if c == '\r' {
					r.buf[r.end+i] = '\n'
				}
			}
		}
		r.end += n
		if errors.Is(err, io.EOF) {
			r.eof = true
			return nil
		}
		if err != nil || n > 0 {
			return err
		}
	}
	return io.ErrNoProgress
}

// peek finds the next line: its text without the line end, and its width with
// it. A line beyond maxRecord has width -1.
func (r *reader) peek() (text []byte, width int, err error) {
	for {
		b := r.buf[r.pos:r.end]
		if i := bytes.IndexByte(b[r.seen:], '\n'); i >= 0 {
			if i += r.seen; i > maxRecord {
				return b[:keepRaw], -1, nil
			}
			if i > 0 && b[i-1] == '\r' {
				return b[:i-1], i + 1, nil
			}
			return b[:i], i + 1, nil
		}
		r.seen = len(b)
		if len(b) > maxRecord {
			return b[:keepRaw], -1, nil
		}
		if r.eof {
			if len(b) == 0 {
				return nil, 0, io.EOF
			}
			return bytes.TrimSuffix(b, []byte("\r")), len(b), nil
		}
		if err := r.fill(); err != nil {
			return nil, 0, err
		}
	}
}

// take moves past width bytes that hold lines line ends.
func (r *reader) take(width int, lines int64) {
	r.pos += width
	r.seen = 0
	r.line += lines
}

// skipLines passes over n lines of any content.
func (r *reader) skipLines(n int) error {
	for range n {
		_, width, err := r.peek()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case width < 0:
			if err := r.dropLine(); err != nil {
				return err
			}
			continue
		}
		r.take(width, 1)
	}
	return nil
}

// dropLine passes over a line that is longer than the buffer may grow.
func (r *reader) dropLine() error {
	for {
		if i := bytes.IndexByte(r.buf[r.pos:r.end], '\n'); i >= 0 {
			r.take(i+1, 1)
			return nil
		}
		r.pos, r.seen = r.end, 0
		if r.eof {
			return nil
		}
		if err := r.fill(); err != nil {
			return err
		}
	}
}

// next returns the next record, or io.EOF. The record is valid until the
// following call.
func (r *reader) next() (*record, error) {
	for {
		text, width, err := r.peek()
		if err != nil {
			return nil, err
		}
		r.rec = record{line: r.line, number: r.number, offset: r.base + int64(r.pos)}
		if width < 0 {
			raw := bytes.Clone(text)
			if err := r.dropLine(); err != nil {
				return nil, err
			}
			r.number++
			r.rec.raw, r.rec.kind, r.rec.reason = raw, bad, tooLong
			return &r.rec, nil
		}
		if len(text) == 0 {
			r.blank++
			r.leadBlank = r.leadBlank || r.number == 0
			r.take(width, 1)
			continue
		}
		r.number++
		if r.d.quote != 0 && bytes.IndexByte(text, r.d.quote) >= 0 {
			err = r.quoted()
		} else {
			r.plain(text, width)
		}
		if err != nil {
			return nil, err
		}
		r.check()
		return &r.rec, nil
	}
}

// plain handles a line without quotes.
func (r *reader) plain(text []byte, width int) {
	r.rec.raw = text
	r.ended(text, width)
	r.take(width, 1)
	n := bytes.Count(text, []byte{r.d.delim}) + 1
	r.count(n, n > 1 && text[len(text)-1] == r.d.delim)
	if r.rec.kind == clean && bytes.IndexByte(text, '\r') >= 0 {
		r.rec.kind = odd
	}
}

// ended counts the kind of line end that follows text.
func (r *reader) ended(text []byte, width int) {
	switch {
	case width == len(text)+2:
		r.crlf++
	case r.buf[r.pos+width-1] == '\n':
		r.lf++
	}
}

// count judges the number of fields n; trailing says that the last one is empty
// and unquoted.
func (r *reader) count(n int, trailing bool) {
	switch {
	case r.columns == 0 || n == r.columns:
	case n == r.columns+1 && trailing:
		r.rec.kind = odd
	case n < r.columns:
		r.rec.kind, r.rec.reason = bad, tooFew
	default:
		r.rec.kind, r.rec.reason = bad, tooMany
	}
}

// check rejects bytes that are no text.
func (r *reader) check() {
	switch rec := &r.rec; {
	case bytes.IndexByte(rec.raw, 0) >= 0:
		rec.kind, rec.reason = bad, nulByte
	case !utf8.Valid(rec.raw):
		rec.kind, rec.reason = bad, notEncoded+r.encoding
	}
}

// quoted handles a record whose first line has a quote.
func (r *reader) quoted() error {
	for {
		b := r.buf[r.pos:r.end]
		p := parser{d: r.d, b: b, eof: r.eof, fields: r.fields[:0]}
		state := p.record()
		r.fields = p.fields
		if state == needMore {
			if len(b) <= maxRecord {
				if err := r.fill(); err != nil {
					return err
				}
				continue
			}
			state = unclosed
		}
		if state == whole && p.end > maxRecord {
			state = unclosed
		}
		return r.judge(&p, state)
	}
}

// judge takes a parsed record or, when it is broken, its first line.
func (r *reader) judge(p *parser, state parsed) error {
	lines := int64(bytes.Count(p.b[:p.end], []byte{'\n'}))
	if state == whole {
		n := len(p.fields)
		last := p.fields[n-1]
		r.count(n, n > 1 && !last.quoted && last.start == last.end)
		if r.rec.kind != bad || lines == 0 {
			if r.rec.kind == odd {
				p.fields = p.fields[:n-1]
			}
			if p.odd && r.rec.kind == clean {
				r.rec.kind = odd
			}
			r.rec.raw, r.rec.fields = p.b[:p.end], p.fields
			if p.width > p.end {
				r.ended(p.b[:p.end], p.width)
				lines++
			}
			r.take(p.width, lines)
			return nil
		}
		state = unclosed
	}
	r.seen = 0
	text, width, err := r.peek()
	if err != nil {
		return err
	}
	r.rec.raw, r.rec.fields, r.rec.kind = text, nil, bad
	r.rec.reason = lostQuote
	if state == trailingText {
		r.rec.reason = afterQuote
		if bytes.Count(p.b[:p.at], []byte{'\n'}) > 0 {
			r.rec.reason = lostQuote // the quote that "closed" it stands in a later record
		}
	}
	r.ended(text, width)
	r.take(width, 1)
	return nil
}
