package postgres

import (
	"encoding/binary"
	"fmt"
	"io"
)

// tapSize is the room for what one read takes from the socket.
const tapSize = 256 << 10

// largest is the longest message that is believed: the server's own limit.
const largest = 1 << 30

// tap stands between the socket and the driver. During an extract it takes the
// CopyData messages out of the stream, many at a time, and lets the driver see
// all others, so that neither the driver nor a channel handles single rows.
type tap struct {
	r        io.Reader
	buf      []byte
	from, to int
	left     int // of a message being passed on
	// rows takes whole CopyData messages, only lent; nil passes them on too.
	rows func(messages []byte) error
}

func newTap(r io.Reader) *tap { return &tap{r: r, buf: make([]byte, tapSize)} }

// width is the length of the message that starts with the five bytes of b.
func width(b []byte) int { return 1 + max(4, int(binary.BigEndian.Uint32(b[1:]))) }

// Read implements io.Reader for the driver.
func (t *tap) Read(p []byte) (int, error) {
	for {
		if n := t.pass(p); n > 0 || len(p) == 0 {
			return n, nil
		}
		need := 5
		if t.left > 0 {
			need = 1
		} else if b := t.buf[t.from:t.to]; len(b) >= 5 { // rows: the driver would have got anything else
			end := 0
			for len(b)-end >= 5 && b[end] == 'd' && len(b)-end >= width(b[end:]) {
				end += width(b[end:])
			}
			if end > 0 {
				t.from += end
				if err := t.rows(b[:end]); err != nil {
					return 0, err
				}
				continue
			}
			if need = width(b); need > largest {
				return 0, fmt.Errorf("the server announces a row of %d bytes", need)
			}
		}
		if err := t.fill(need); err != nil {
			return 0, err
		}
	}
}

// pass gives the driver what it may have of the buffer.
func (t *tap) pass(p []byte) int {
	end, limit := t.from, min(t.to, t.from+len(p))
	for end < limit {
		if t.left == 0 {
			if t.to-end < 5 || t.rows != nil && t.buf[end] == 'd' {
				break
			}
			t.left = width(t.buf[end:])
		}
		step := min(t.left, limit-end)
		end += step
		t.left -= step
	}
	n := copy(p, t.buf[t.from:end])
	t.from = end
	return n
}

// fill reads once, with room for need bytes from t.from.
func (t *tap) fill(need int) error {
	held := t.buf[t.from:t.to]
	switch {
	case need > len(t.buf):
		t.buf = make([]byte, max(need, 2*len(held)))
	case len(held) == 0 && len(t.buf) > tapSize:
		t.buf = make([]byte, tapSize) // after a very long row
	}
	t.from, t.to = 0, copy(t.buf, held)
	n, err := t.r.Read(t.buf[t.to:])
	t.to += n
	if n > 0 {
		return nil
	}
	if err == nil {
		err = io.ErrNoProgress
	}
	return err
}
