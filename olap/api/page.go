package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"

	"verso/olap/api/audit"
)

// pagesBytes bounds the encoded pages kept. They are those of answers that were
// asked for again.
const pagesBytes = 32 << 20

// encodedPage is a page of an answer as JSON, on either side of the time it took,
// and what the log tells of it.
type encodedPage struct {
	before, after []byte
	rows          int64
	rollup        string
	rejected      []string
}

// tookField is where the time stands. Within a JSON string the quotes would be
// escaped, so it stands nowhere else.
const tookField = `"took_ms":`

// encode fills in the page.
func (p *encodedPage) encode(out answer) error {
	out.TookMS = 0
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(out); err != nil {
		return err
	}
	before, after, ok := bytes.Cut(b.Bytes(), []byte(tookField+"0"))
	if !ok {
		return errors.New("an encoded answer tells no time")
	}
	p.before, p.after = append(bytes.Clone(before), tookField...), bytes.Clone(after)
	return nil
}

func (p *encodedPage) size() int64 { return int64(len(p.before)+len(p.after)) + pageHead }

// pageHead is what a page takes besides its bytes.
const pageHead = 512

// of tells the log what the page is.
func (p *encodedPage) of(e *audit.Entry) {
	e.Rows, e.Rollup, e.Rejected = p.rows, p.rollup, p.rejected
}

// writePage answers with a page.
func (a *API) writePage(r *request, p *encodedPage) error {
	r.w.Header().Set("Content-Type", mediaTypes["json"]+"; charset=utf-8")
	took := milliseconds(a.o.Clock().Sub(r.entry.Time))
	body := make([]byte, 0, len(p.before)+len(p.after)+16)
	body = append(body, p.before...)
	body = strconv.AppendFloat(body, took, 'f', -1, 64)
	_, err := r.w.Write(append(body, p.after...))
	return err
}
