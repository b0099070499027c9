package cube

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// nodeKind is what a value of a JSON or YAML document is, in words.
type nodeKind string

const (
	objectNode nodeKind = "a group of keys"
	listNode   nodeKind = "a list"
	textNode   nodeKind = "text"
	numberNode nodeKind = "a number"
	boolNode   nodeKind = "true or false"
	nullNode   nodeKind = "nothing"
)

// node is a value of a document, with its place.
type node struct {
	kind  nodeKind
	text  string // of text, numbers and booleans, as written
	at    int    // where it begins: a byte; in YAML a packed line and column
	keys  []keyNode
	items []*node
}

type keyNode struct {
	name  string
	at    int
	value *node
}

// maxNesting bounds the lists and groups inside one another in a document: a few
// more than filters at MaxGroups have.
const maxNesting = 2*MaxGroups + 8

// decoder fills a question from a document. Which keys there are, and of which
// type, follows from the struct.
type decoder struct {
	what  string // JSON or YAML
	text  string
	place func(at int) int // the byte of a node's place; nil: places are bytes
}

func (d *decoder) fail(at int, format string, args ...any) error {
	if d.place != nil {
		at = d.place(at)
	}
	return d.failByte(at, format, args...)
}

func (d *decoder) failByte(at int, format string, args ...any) error {
	return ErrorAt(d.what, d.text, at, format, args...)
}

// query decodes a whole document.
func (d *decoder) query(root *node) (Query, error) {
	var q Query
	if root == nil || root.kind == nullNode {
		return q, d.failByte(0, "nothing is asked; a question is a group of keys: %s", strings.Join(keyNames(reflect.TypeFor[Query]()), ", "))
	}
	if err := d.into(reflect.ValueOf(&q).Elem(), root, "", 0); err != nil {
		return Query{}, err
	}
	return Canonical(q), nil
}

// into decodes a node into a value; path names it in messages and groups counts
// the groups of filters around it.
func (d *decoder) into(v reflect.Value, n *node, path string, groups int) error {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return d.into(v.Elem(), n, path, groups)
	case reflect.Struct:
		return d.group(v, n, path, groups)
	case reflect.Slice:
		return d.list(v, n, path, groups)
	case reflect.String:
		free := path == "values" || path == "members" // numbers stand for their text
		if n.kind != textNode && (!free || n.kind != numberNode && n.kind != boolNode) {
			return d.mismatch(v.Type(), n, path)
		}
		v.SetString(n.text)
	case reflect.Int:
		number, err := strconv.Atoi(n.text)
		if n.kind != numberNode {
			return d.mismatch(v.Type(), n, path)
		}
		if err != nil || number < 0 {
			return d.fail(n.at, "%s: want a whole number from 0, found %s", path, Shorten(n.text))
		}
		v.SetInt(int64(number))
	case reflect.Bool:
		if n.kind != boolNode {
			return d.mismatch(v.Type(), n, path)
		}
		v.SetBool(strings.EqualFold(n.text, "true"))
	default:
		return fmt.Errorf("%s: no way to read a %s", path, v.Type())
	}
	return nil
}

func (d *decoder) mismatch(want reflect.Type, n *node, path string) error {
	words := map[reflect.Kind]string{reflect.String: "text", reflect.Int: "a whole number", reflect.Bool: "true or false",
		reflect.Struct: "a group of keys", reflect.Slice: "a list"}[want.Kind()]
	switch {
	case want.Kind() == reflect.Struct:
		words += " (" + strings.Join(keyNames(want), ", ") + ")"
	case want.Kind() == reflect.Slice && want.Elem().Kind() == reflect.Struct:
		words += " of groups of keys (" + strings.Join(keyNames(want.Elem()), ", ") + ")"
	case want.Kind() == reflect.Slice && (path == "values" || path == "members"):
		words += " of values"
	case want.Kind() == reflect.Slice:
		words += " of names"
	}
	found := string(n.kind)
	if n.kind != objectNode && n.kind != listNode && n.kind != nullNode {
		found += " (" + Shorten(n.text) + ")"
	}
	if path == "" {
		path = "the question"
	}
	return d.fail(n.at, "%s: want %s, found %s", path, words, found)
}

func (d *decoder) list(v reflect.Value, n *node, path string, groups int) error {
	if n.kind != listNode {
		return d.mismatch(v.Type(), n, path)
	}
	list := reflect.MakeSlice(v.Type(), len(n.items), len(n.items))
	for i, item := range n.items {
		if err := d.into(list.Index(i), item, path, groups); err != nil {
			return err
		}
	}
	v.Set(list)
	return nil
}

func (d *decoder) group(v reflect.Value, n *node, path string, groups int) error {
	if n.kind != objectNode {
		return d.mismatch(v.Type(), n, path)
	}
	known := keyNames(v.Type())
	seen := map[string]bool{}
	for _, k := range n.keys {
		i := slices.Index(known, k.name)
		switch {
		case i < 0:
			return d.fail(k.at, "unknown key %q%s; %s", Shorten(k.name), inside(path), Hint(k.name, known))
		case seen[k.name]:
			return d.fail(k.at, "key %q is there twice%s", k.name, inside(path))
		}
		seen[k.name] = true
		if k.value.kind == nullNode {
			continue
		}
		below := groups
		if k.name == "any" || k.name == "all" {
			if below++; below > MaxGroups {
				return d.fail(k.at, "more than %d groups of filters inside one another", MaxGroups)
			}
			if len(k.value.items) == 0 && k.value.kind == listNode {
				return d.fail(k.value.at, "%s: a group without filters", k.name)
			}
		}
		if err := d.into(v.Field(i), k.value, k.name, below); err != nil {
			return err
		}
	}
	if f, ok := v.Interface().(Filter); ok {
		leaf := f.Field != "" || f.Op != "" || f.Values != nil
		if f.Any != nil && f.All != nil || leaf && (f.Any != nil || f.All != nil) {
			return d.fail(n.at, "a filter is either a field with op and values, or any of a list of filters, or all of one; not several of these at once")
		}
	}
	return nil
}

func inside(path string) string {
	if path == "" {
		return ""
	}
	return " in " + path
}

// keyNames are the keys of a struct, one for each of its fields.
func keyNames(t reflect.Type) (names []string) {
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
}
