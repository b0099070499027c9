package cube

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	yamltoken "github.com/goccy/go-yaml/token"
)

// MaxYAML bounds the bytes of a question in YAML; longer ones, with long lists
// of values, are written in JSON.
const MaxYAML = 64 << 10

// DecodeYAML reads a question in YAML as DecodeJSON reads it in JSON. Anchors,
// aliases, tags and several documents are refused.
func DecodeYAML(data []byte) (Query, error) {
	d := &decoder{what: "YAML", text: string(data)}
	d.place = d.byteOf
	root, err := d.yaml()
	if err != nil {
		return Query{}, err
	}
	return d.query(root)
}

func (d *decoder) yaml() (*node, error) {
	if err := d.checkText(MaxYAML); err != nil {
		return nil, err
	}
	if err := d.nesting(); err != nil {
		return nil, err
	}
	file, err := d.parseYAML()
	if err != nil {
		return nil, err
	}
	var bodies []ast.Node
	for _, doc := range file.Docs {
		if doc.Body != nil && doc.Body.Type() != ast.CommentType {
			bodies = append(bodies, doc.Body)
		}
	}
	switch len(bodies) {
	case 0:
		return nil, nil
	case 1:
		return d.convert(bodies[0], 0)
	}
	return nil, d.fail(placeOf(bodies[1]), "a second document; one question at a time")
}

// nesting refuses what nests so deeply that reading it would take long, before
// it is read. Brackets inside text count too.
func (d *decoder) nesting() error {
	depth, dashes := 0, 0
	for i, r := range d.text {
		switch r {
		case '[', '{':
			depth++
		case ']', '}':
			depth--
		case '-':
			if strings.HasPrefix(d.text[i+1:], " ") {
				dashes++
			}
		}
		if r != '-' && r != ' ' {
			dashes = 0
		}
		if depth > 4*maxNesting || dashes > maxNesting {
			return d.failByte(i, "more than %d lists and groups inside one another", maxNesting)
		}
	}
	return nil
}

// parseYAML parses. The library panics on some malformed documents; that is an
// error like any other.
func (d *decoder) parseYAML() (file *ast.File, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = d.failByte(0, "this cannot be read as YAML (%.200s)", fmt.Sprint(r))
		}
	}()
	file, err = parser.ParseBytes([]byte(d.text), 0)
	var y yaml.Error
	if errors.As(err, &y) {
		return nil, d.fail(packed(y.GetToken()), "this is no YAML: %s", Shorten(y.GetMessage()))
	}
	if err != nil {
		return nil, d.failByte(0, "this is no YAML: %s", Shorten(err.Error()))
	}
	return file, nil
}

// packed is the line and column of a token in one number.
func packed(t *yamltoken.Token) int {
	if t == nil || t.Position == nil {
		return 0
	}
	return t.Position.Line<<24 | t.Position.Column&(1<<24-1)
}

func placeOf(n ast.Node) int { return packed(n.GetToken()) }

// byteOf is the byte of a packed place.
func (d *decoder) byteOf(place int) int {
	at := 0
	for range place>>24 - 1 {
		end := strings.IndexByte(d.text[at:], '\n')
		if end < 0 {
			return len(d.text)
		}
		at += end + 1
	}
	left := place&(1<<24-1) - 1
	for i := range d.text[at:] {
		if left <= 0 {
			return at + i
		}
		left--
	}
	return len(d.text)
}

// convert turns what the library read into nodes.
func (d *decoder) convert(n ast.Node, depth int) (*node, error) {
	if n == nil {
		return &node{kind: nullNode}, nil
	}
	at := placeOf(n)
	if depth > maxNesting {
		return nil, d.fail(at, "more than %d lists and groups inside one another", maxNesting)
	}
	switch n := n.(type) {
	case *ast.MappingNode:
		return d.mapping(n.Values, depth)
	case *ast.MappingValueNode:
		return d.mapping([]*ast.MappingValueNode{n}, depth)
	case *ast.SequenceNode:
		list := &node{kind: listNode, at: at}
		for _, v := range n.Values {
			item, err := d.convert(v, depth+1)
			if err != nil {
				return nil, err
			}
			list.items = append(list.items, item)
		}
		return list, nil
	case *ast.StringNode:
		return &node{kind: textNode, text: n.Value, at: at}, nil
	case *ast.LiteralNode:
		return &node{kind: textNode, text: n.Value.Value, at: at}, nil
	case *ast.IntegerNode, *ast.FloatNode:
		return &node{kind: numberNode, text: n.GetToken().Value, at: at}, nil
	case *ast.BoolNode:
		return &node{kind: boolNode, text: n.GetToken().Value, at: at}, nil
	case *ast.NullNode:
		return &node{kind: nullNode, at: at}, nil
	}
	return nil, d.fail(at, "%s is not read in questions; write the value itself", strings.ToLower(n.Type().String()))
}

func (d *decoder) mapping(values []*ast.MappingValueNode, depth int) (*node, error) {
	group := &node{kind: objectNode}
	for i, v := range values {
		key, ok := v.Key.(*ast.StringNode)
		if !ok {
			return nil, d.fail(placeOf(v.Key), "a key is a word, found %s", Shorten(v.Key.GetToken().Value))
		}
		if i == 0 {
			group.at = placeOf(key)
		}
		value, err := d.convert(v.Value, depth+1)
		if err != nil {
			return nil, err
		}
		group.keys = append(group.keys, keyNode{name: key.Value, at: placeOf(key), value: value})
	}
	return group, nil
}
