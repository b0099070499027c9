// Package schema writes the JSON Schema of questions, for editors and clients
// that make them: JSON and YAML alike.
package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"verso/olap/cube"
)

// node is a JSON Schema, as far as questions need one. Its fields are written in
// this order.
type node struct {
	Schema      string   `json:"$schema,omitempty"`
	Title       string   `json:"title,omitempty"`
	Description string   `json:"description,omitempty"`
	Ref         string   `json:"$ref,omitempty"`
	Type        any      `json:"type,omitempty"` // a name or several
	Enum        []string `json:"enum,omitempty"`
	Format      string   `json:"format,omitempty"`
	Minimum     *int     `json:"minimum,omitempty"`
	MinItems    int      `json:"minItems,omitempty"`
	Items       *node    `json:"items,omitempty"`
	Properties  members  `json:"properties,omitempty"`
	Additional  *bool    `json:"additionalProperties,omitempty"`
	Required    []string `json:"required,omitempty"`
	Defs        members  `json:"$defs,omitempty"`
}

// members are schemas by name, written in their order.
type members []member

type member struct {
	name string
	node *node
}

// MarshalJSON writes an object with the members in their order.
func (m members) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, x := range m {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(x.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(x.node)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// Query is the JSON Schema (draft 2020-12) of cube.Query, made from the struct.
func Query() ([]byte, error) {
	m := &maker{}
	root, err := m.object(reflect.TypeFor[cube.Query]())
	if err != nil {
		return nil, err
	}
	root.Schema = "https://json-schema.org/draft/2020-12/schema"
	root.Title = "Question to a cube"
	root.Defs = m.defs
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err = e.Encode(root)
	return b.Bytes(), err
}

// maker gathers the structs that others refer to.
type maker struct{ defs members }

func (m *maker) object(t reflect.Type) (*node, error) {
	closed := false
	n := &node{Type: "object", Additional: &closed}
	for i := range t.NumField() {
		name, options, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		value, err := m.of(t.Field(i).Type, name)
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", t.Name(), name, err)
		}
		about, known := fields[t.Name()+"."+name]
		if !known {
			return nil, fmt.Errorf("%s.%s has no description", t.Name(), name)
		}
		value.Description, value.Enum, value.Format, value.MinItems = about.text, about.words, about.format, about.least
		n.Properties = append(n.Properties, member{name, value})
		if !slices.Contains(strings.Split(options, ","), "omitempty") {
			n.Required = append(n.Required, name)
		}
	}
	return n, nil
}

// of is the schema of a type; structs are defined once and referred to.
func (m *maker) of(t reflect.Type, key string) (*node, error) {
	switch t.Kind() {
	case reflect.Pointer:
		return m.of(t.Elem(), key)
	case reflect.String:
		return &node{Type: "string"}, nil
	case reflect.Bool:
		return &node{Type: "boolean"}, nil
	case reflect.Int:
		return &node{Type: "integer", Minimum: new(int)}, nil
	case reflect.Slice:
		items, err := m.of(t.Elem(), key)
		if key == "values" || key == "members" {
			items = &node{Type: []string{"string", "number", "boolean"}}
		}
		return &node{Type: "array", Items: items}, err
	case reflect.Struct:
		name := strings.ToLower(t.Name())
		if !slices.ContainsFunc(m.defs, func(d member) bool { return d.name == name }) {
			at := len(m.defs)
			m.defs = append(m.defs, member{name, nil}) // its place, and an end to recursion
			n, err := m.object(t)
			if err != nil {
				return nil, err
			}
			m.defs[at].node = n
		}
		return &node{Ref: "#/$defs/" + name}, nil
	}
	return nil, fmt.Errorf("no schema of a %s", t)
}
