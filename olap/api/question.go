package api

import (
	"encoding/json"
	"strings"
	"time"

	"verso/olap"
	"verso/olap/cube"
	"verso/olap/cube/text"
)

// question is a question in a JSON body: an object, or its text.
type question struct {
	raw json.RawMessage
}

// UnmarshalJSON keeps what was sent; it is read with the names of a model.
func (q *question) UnmarshalJSON(data []byte) error {
	q.raw = append(json.RawMessage(nil), data...)
	return nil
}

// read is the question with the full names.
func (q *question) read(o *olap.Olap) (cube.Query, error) {
	if len(q.raw) == 0 || string(q.raw) == "null" {
		return cube.Query{}, refusef("question", `{"query": "sales by year show net"}`, "the question is missing")
	}
	if q.raw[0] != '"' {
		return cube.DecodeJSON(q.raw)
	}
	var typed string
	if err := json.Unmarshal(q.raw, &typed); err != nil {
		return cube.Query{}, refusef("json", "", "the question: %v", err)
	}
	return parseQuestion(o, typed)
}

// parseQuestion reads a question that a person typed.
func parseQuestion(o *olap.Olap, typed string) (cube.Query, error) {
	asOf, err := time.Parse(time.DateOnly, o.Run().AsOf)
	if err != nil {
		return cube.Query{}, err
	}
	return text.ParseWith(o.Model(), typed, asOf)
}

// bodyQuestion is the question that is the whole body, or, of a GET, the
// parameter q: text, or JSON, which begins with a brace.
func (r *request) bodyQuestion(o *olap.Olap) (q cube.Query, typed string, err error) {
	if r.Method == "GET" || r.Method == "HEAD" {
		typed = r.URL.Query().Get("q")
	} else if typed, err = r.text(); err != nil {
		return q, "", err
	}
	trimmed := strings.TrimSpace(typed)
	switch {
	case trimmed == "":
		return q, typed, refusef("question", "send a question as JSON or text: sales by year show net", "the question is missing")
	case strings.HasPrefix(trimmed, "{") && !r.isText():
		q, err = cube.DecodeJSON([]byte(typed))
	default:
		q, err = parseQuestion(o, typed)
	}
	return q, typed, err
}

// textOf is a question as text.
func textOf(q cube.Query) string { return text.Format(cube.Canonical(q)) }
