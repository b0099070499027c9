package cube

import (
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// unknownKeys are the keys of a file that no catalog has, all of them, each with
// those it may have been meant for.
func unknownKeys(file string, root *ast.File) (errs []error) {
	w := &keyWalk{known: map[reflect.Type][]yamlKey{}, unknown: func(key *ast.MappingValueNode, known []string) {
		token := key.Key.GetToken()
		errs = append(errs, &CatalogError{Position{file, token.Position.Line, token.Position.Column},
			"unknown key \"" + token.Value + "\"; " + Hint(token.Value, known)})
	}}
	for _, d := range root.Docs {
		w.node(d.Body, reflect.TypeFor[document]())
	}
	return errs
}

// keyWalk calls unknown with every key that the Go type has no field for. What
// an alias stands for is looked at where it is written.
type keyWalk struct {
	known   map[reflect.Type][]yamlKey // of the structs seen so far
	unknown func(key *ast.MappingValueNode, known []string)
}

func (w *keyWalk) node(node ast.Node, t reflect.Type) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch n := node.(type) {
	case *ast.AnchorNode:
		w.node(n.Value, t)
	case *ast.TagNode:
		w.node(n.Value, t)
	case *ast.SequenceNode:
		if t.Kind() == reflect.Slice {
			for _, item := range n.Values {
				w.node(item, t.Elem())
			}
		}
	case *ast.MappingValueNode:
		w.key(n, t)
	case *ast.MappingNode:
		for _, v := range n.Values {
			w.key(v, t)
		}
	}
}

func (w *keyWalk) key(v *ast.MappingValueNode, t reflect.Type) {
	if v.Key == nil || v.Key.GetToken() == nil || v.Key.IsMergeKey() {
		return
	}
	switch t.Kind() {
	case reflect.Map:
		w.node(v.Value, t.Elem())
	case reflect.Struct:
		keys, seen := w.known[t]
		if !seen {
			keys = yamlKeys(t)
			w.known[t] = keys
		}
		for _, k := range keys {
			if k.name == v.Key.GetToken().Value {
				w.node(v.Value, k.field.Type)
				return
			}
		}
		var known []string
		for _, k := range keys {
			known = append(known, k.name)
		}
		slices.Sort(known)
		w.unknown(v, known)
	}
}

// yamlKey is a field of a struct as a catalog file writes it.
type yamlKey struct {
	name  string
	field reflect.StructField
}

// yamlKeys are the keys of a struct, in its order.
func yamlKeys(t reflect.Type) (keys []yamlKey) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if f.IsExported() && name != "" && name != "-" {
			keys = append(keys, yamlKey{name, f})
		}
	}
	return keys
}
