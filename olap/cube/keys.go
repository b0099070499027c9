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
	for _, d := range root.Docs {
		walkKeys(d.Body, reflect.TypeFor[document](), func(key *ast.MappingValueNode, known []string) {
			token := key.Key.GetToken()
			errs = append(errs, &CatalogError{Position{file, token.Position.Line, token.Position.Column},
				"unknown key \"" + token.Value + "\"; " + Hint(token.Value, known)})
		})
	}
	return errs
}

// walkKeys calls unknown with every key that the Go type has no field for. What
// an alias stands for is looked at where it is written.
func walkKeys(node ast.Node, t reflect.Type, unknown func(key *ast.MappingValueNode, known []string)) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch n := node.(type) {
	case *ast.AnchorNode:
		walkKeys(n.Value, t, unknown)
	case *ast.TagNode:
		walkKeys(n.Value, t, unknown)
	case *ast.SequenceNode:
		if t.Kind() == reflect.Slice {
			for _, item := range n.Values {
				walkKeys(item, t.Elem(), unknown)
			}
		}
	case *ast.MappingValueNode:
		walkKey(n, t, unknown)
	case *ast.MappingNode:
		for _, v := range n.Values {
			walkKey(v, t, unknown)
		}
	}
}

func walkKey(v *ast.MappingValueNode, t reflect.Type, unknown func(key *ast.MappingValueNode, known []string)) {
	if v.Key == nil || v.Key.GetToken() == nil || v.Key.IsMergeKey() {
		return
	}
	switch t.Kind() {
	case reflect.Map:
		walkKeys(v.Value, t.Elem(), unknown)
	case reflect.Struct:
		keys := yamlKeys(t)
		for _, k := range keys {
			if k.name == v.Key.GetToken().Value {
				walkKeys(v.Value, k.field.Type, unknown)
				return
			}
		}
		var known []string
		for _, k := range keys {
			known = append(known, k.name)
		}
		slices.Sort(known)
		unknown(v, known)
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
