package file

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"unicode/utf8"
)

// Reasons of rejected JSON lines.
const (
	noJSON   = "not valid JSON"
	noObject = "not a JSON object"
)

// describeJSON reads a whole file for its keys: one that first appears in the
// last line is a column too. They come in the order of their first appearance.
func (in *input) describeJSON(ctx context.Context) error {
	var keys []string
	seen := map[string]bool{}
	first := true
	err := in.jsonLines(ctx, nil, func(rec *record) error {
		if first && bytes.HasPrefix(bytes.TrimSpace(rec.raw), []byte("[")) {
			return fmt.Errorf("%s is one JSON array: write one object per line instead", in.name())
		}
		first = false
		if rec.kind == bad {
			return nil
		}
		return members(rec.raw, func(key, _ []byte) error {
			if !seen[string(key)] {
				seen[string(key)] = true
				keys = append(keys, string(key))
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	if len(keys) == 0 {
		return fmt.Errorf("%s has no line that is a JSON object with a key", in.name())
	}
	in.keys = keys
	in.columns, in.notes = uniqueNames(keys)
	return nil
}

// jsonLines reads the lines of a file; those that are no object come as bad.
func (in *input) jsonLines(ctx context.Context, sum hash.Hash, fn func(*record) error) (err error) {
	t, err := in.open(sum)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	r := newReader(t, dialect{})
	var number int64
	for {
		text, width, err := r.peek()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		rec := &record{raw: text, line: r.line, number: number, offset: r.base + int64(r.pos), kind: odd}
		if width < 0 {
			rec.raw, rec.kind, rec.reason = bytes.Clone(text), bad, tooLong
			if err := r.dropLine(); err != nil {
				return err
			}
		} else {
			r.take(width, 1)
			if len(bytes.TrimSpace(text)) == 0 {
				continue
			}
			rec.judgeJSON(in.encoding)
		}
		if number&0xfff == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		number++
		if err := fn(rec); err != nil {
			return err
		}
	}
}

func (rec *record) judgeJSON(encoding string) {
	t := bytes.TrimSpace(rec.raw)
	switch {
	case bytes.IndexByte(t, 0) >= 0 || bytes.Contains(t, []byte(`\u0000`)):
		rec.kind, rec.reason = bad, nulByte
	case !utf8.Valid(t):
		rec.kind, rec.reason = bad, notEncoded+encoding
	case !json.Valid(t):
		rec.kind, rec.reason = bad, noJSON
	case t[0] != '{':
		rec.kind, rec.reason = bad, noObject
	}
}

// walkJSON calls fn with every line; values are texts as written, null and
// absent keys empty, objects and arrays as their JSON text.
func (in *input) walkJSON(ctx context.Context, columns []string, sum hash.Hash, fn visit) error {
	at := map[string]int{}
	column := map[string]int{}
	for i, c := range columns {
		column[c] = i
	}
	for i, k := range in.keys {
		at[k] = column[in.columns[i]]
	}
	values := make([][]byte, len(columns))
	var current *record
	read := func() [][]byte {
		clear(values)
		// Valid lines cannot fail here; a key that came after the description
		// means that the file changed, which the landing notices.
		_ = members(current.raw, func(key, value []byte) error {
			if i, ok := at[string(key)]; ok {
				values[i] = jsonText(value)
			}
			return nil
		})
		return values
	}
	return in.jsonLines(ctx, sum, func(rec *record) error {
		current = rec
		return fn(rec, read)
	})
}

// jsonText is a JSON value as the text of a field.
func jsonText(value []byte) []byte {
	switch {
	case bytes.Equal(value, []byte("null")):
		return nil
	case value[0] != '"':
		return value
	case bytes.IndexByte(value, '\\') < 0:
		return value[1 : len(value)-1]
	}
	var s string
	if json.Unmarshal(value, &s) != nil {
		return value
	}
	return []byte(s)
}

// members calls fn with the keys and raw values of a valid JSON object.
func members(object []byte, fn func(key, value []byte) error) error {
	b := bytes.TrimSpace(object)
	i := 1
	skip := func() {
		for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\r' || b[i] == '\n' || b[i] == ',' || b[i] == ':') {
			i++
		}
	}
	for {
		skip()
		if i >= len(b) || b[i] == '}' {
			return nil
		}
		end := jsonEnd(b, i)
		key := jsonText(b[i:end])
		i = end
		skip()
		end = jsonEnd(b, i)
		if err := fn(key, b[i:end]); err != nil {
			return err
		}
		i = end
	}
}

// jsonEnd is where the valid JSON value at i ends.
func jsonEnd(b []byte, i int) int {
	depth := 0
	for i < len(b) {
		switch b[i] {
		case '"':
			for i++; b[i] != '"'; i++ {
				if b[i] == '\\' {
					i++
				}
			}
			if depth == 0 {
				return i + 1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 { // the end of the object around a number or word
				return i
			}
			if depth--; depth == 0 {
				return i + 1
			}
		case ',', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return i
			}
		}
		i++
	}
	return i
}
