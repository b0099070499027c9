package cube

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// DecodeJSON reads a question in JSON, strictly: unknown and repeated keys,
// wrong types, more than MaxText bytes, and anything after the end are errors, each a
// *ParseError at its place. Values of filters may be numbers or booleans and
// stand for their text. Empty lists and null are the same as none.
func DecodeJSON(data []byte) (Query, error) {
	d := &decoder{what: "JSON", text: string(data)}
	root, err := d.json(MaxText)
	if err != nil {
		return Query{}, err
	}
	return d.query(root)
}

// checkText refuses what is too long or no text.
func (d *decoder) checkText(most int) error {
	if len(d.text) > most {
		return d.failByte(most, "a question of %d bytes; at most %d", len(d.text), most)
	}
	for i, r := range d.text {
		if r == utf8.RuneError && !strings.HasPrefix(d.text[i:], string(utf8.RuneError)) {
			return d.failByte(i, "this is no UTF-8")
		}
	}
	return nil
}

// json reads the document; nil if it is empty.
func (d *decoder) json(most int) (*node, error) {
	if err := d.checkText(most); err != nil {
		return nil, err
	}
	const bom = "\ufeff"
	body := strings.TrimPrefix(d.text, bom)
	if strings.TrimSpace(body) == "" {
		return nil, nil
	}
	r := &jsonReader{decoder: d, tokens: json.NewDecoder(bytes.NewReader([]byte(body))), skipped: len(d.text) - len(body)}
	r.tokens.UseNumber()
	root, err := r.value(0)
	if err != nil {
		return nil, err
	}
	if _, at, err := r.next(); !errors.Is(err, io.EOF) {
		return nil, d.fail(at, "more after the end of the question")
	}
	return root, nil
}

type jsonReader struct {
	*decoder
	tokens  *json.Decoder
	skipped int // bytes before the document
}

// next is the next token and where it begins.
func (r *jsonReader) next() (json.Token, int, error) {
	at := int(r.tokens.InputOffset()) + r.skipped
	at += len(r.text[at:]) - len(strings.TrimLeft(r.text[at:], " \t\r\n,:"))
	t, err := r.tokens.Token()
	return t, at, err
}

func (r *jsonReader) broken(at int, err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return r.fail(len(r.text), "the document ends too early")
	}
	return r.fail(at, "this is no JSON: %v", err)
}

func (r *jsonReader) value(depth int) (*node, error) {
	t, at, err := r.next()
	if err != nil {
		return nil, r.broken(at, err)
	}
	if depth > maxNesting {
		return nil, r.fail(at, "more than %d lists and groups inside one another", maxNesting)
	}
	switch t := t.(type) {
	case json.Delim:
		if t == '{' {
			return r.object(at, depth)
		}
		return r.list(at, depth)
	case string:
		return &node{kind: textNode, text: t, at: at}, nil
	case json.Number:
		return &node{kind: numberNode, text: t.String(), at: at}, nil
	case bool:
		text := "false"
		if t {
			text = "true"
		}
		return &node{kind: boolNode, text: text, at: at}, nil
	}
	return &node{kind: nullNode, at: at}, nil
}

func (r *jsonReader) object(at, depth int) (*node, error) {
	n := &node{kind: objectNode, at: at}
	for r.tokens.More() {
		key, keyAt, err := r.next()
		if err != nil {
			return nil, r.broken(keyAt, err)
		}
		name, ok := key.(string)
		if !ok {
			return nil, r.fail(keyAt, "a key is text in quotes")
		}
		value, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		n.keys = append(n.keys, keyNode{name, keyAt, value})
	}
	return n, r.close()
}

func (r *jsonReader) list(at, depth int) (*node, error) {
	n := &node{kind: listNode, at: at}
	for r.tokens.More() {
		item, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		n.items = append(n.items, item)
	}
	return n, r.close()
}

func (r *jsonReader) close() error {
	_, at, err := r.next()
	if err != nil {
		return r.broken(at, err)
	}
	return nil
}
