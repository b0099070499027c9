package cube

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
)

// Canonical is the question in the one form that the decoders give: lists
// without items are nil, a range of time that says nothing is nil, and a group
// of one filter is the filter. It means the same.
func Canonical(q Query) Query {
	tidy(&q.Rows)
	tidy(&q.Columns)
	tidy(&q.Measures)
	tidy(&q.Compare)
	tidy(&q.Having)
	tidy(&q.Sort)
	q.Where = canonicalFilters(q.Where)
	for i := range q.Having {
		tidy(&q.Having[i].Values)
	}
	for i := range q.Sort {
		tidy(&q.Sort[i].Members)
	}
	if q.Time != nil && *q.Time == (Time{}) {
		q.Time = nil
	}
	return q
}

// tidy copies a list; one without items becomes nil.
func tidy[T any](list *[]T) { *list = append([]T(nil), *list...) }

func canonicalFilters(filters []Filter) []Filter {
	var list []Filter
	for _, f := range filters {
		tidy(&f.Values)
		f.Any, f.All = canonicalFilters(f.Any), canonicalFilters(f.All)
		if members := append(append([]Filter(nil), f.Any...), f.All...); len(members) == 1 {
			f = members[0]
		}
		list = append(list, f)
	}
	return list
}

// EncodeJSON writes a question in its canonical form, indented, as DecodeJSON
// reads it.
func EncodeJSON(q Query) ([]byte, error) {
	q = Canonical(q)
	if q.Measures == nil {
		q.Measures = []string{}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(q); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// EncodeYAML writes a question in its canonical form as DecodeYAML reads it:
// lists of names in one line, the others with one item a line.
func EncodeYAML(q Query) ([]byte, error) {
	data, err := EncodeJSON(q)
	if err != nil {
		return nil, err
	}
	d := &decoder{what: "JSON", text: string(data)}
	root, err := d.json(len(data))
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	writeKeys(&b, root, "", false)
	return []byte(b.String()), nil
}

// writeKeys writes a group; the first line is indented already in a list.
func writeKeys(b *strings.Builder, n *node, indent string, inList bool) {
	for i, k := range n.keys {
		if i > 0 || !inList {
			b.WriteString(indent)
		}
		b.WriteString(k.name + ":")
		writeValue(b, k.value, indent)
	}
}

func writeValue(b *strings.Builder, n *node, indent string) {
	switch {
	case n.kind == objectNode && len(n.keys) > 0:
		b.WriteString("\n")
		writeKeys(b, n, indent+"  ", false)
	case n.kind == objectNode:
		b.WriteString(" {}\n")
	case n.kind == listNode && len(n.items) > 0 && n.items[0].kind == objectNode:
		b.WriteString("\n")
		for _, item := range n.items {
			b.WriteString(indent + "  - ")
			writeKeys(b, item, indent+"    ", true)
		}
	case n.kind == listNode:
		parts := make([]string, len(n.items))
		for i, item := range n.items {
			parts[i] = scalar(item)
		}
		b.WriteString(" [" + strings.Join(parts, ", ") + "]\n")
	default:
		b.WriteString(" " + scalar(n) + "\n")
	}
}

// plainText is text that YAML reads as text without quotes, if it is none of
// the words that mean something else.
var (
	plainText = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)*(@[a-z0-9_.]+)?$`)
	yamlWords = regexp.MustCompile(`^(?i:true|false|yes|no|on|off|y|n|null|nan|inf)$`)
)

func scalar(n *node) string {
	if n.kind != textNode || plainText.MatchString(n.text) && !yamlWords.MatchString(n.text) {
		return n.text
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(n.text); err != nil {
		return `""` // text always encodes
	}
	// YAML takes these for control characters, JSON does not.
	return strings.NewReplacer("\x7f", `\u007f`, "\u0085", `\u0085`, "\ufeff", `\ufeff`).Replace(strings.TrimSuffix(b.String(), "\n"))
}
