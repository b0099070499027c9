package cube

import (
	"encoding/json"
	"reflect"
	"strings"
)

// schema is a JSON Schema, as far as catalogs need one. Its fields are written
// in this order.
type schema struct {
	Schema      string      `json:"$schema,omitempty"`
	Title       string      `json:"title,omitempty"`
	Description string      `json:"description,omitempty"`
	Ref         string      `json:"$ref,omitempty"`
	Type        string      `json:"type,omitempty"`
	Enum        []string    `json:"enum,omitempty"`
	Pattern     string      `json:"pattern,omitempty"`
	Minimum     *float64    `json:"minimum,omitempty"`
	Maximum     *float64    `json:"maximum,omitempty"`
	Items       *schema     `json:"items,omitempty"`
	Properties  *properties `json:"properties,omitempty"`
	Additional  any         `json:"additionalProperties,omitempty"` // false, or the schema of values
	Required    []string    `json:"required,omitempty"`
	Defs        *properties `json:"$defs,omitempty"`
}

// properties are schemas by name, in order.
type properties struct {
	names   []string
	schemas map[string]*schema
}

func (p *properties) set(name string, s *schema) {
	if p.schemas == nil {
		p.schemas = map[string]*schema{}
	}
	if p.schemas[name] == nil {
		p.names = append(p.names, name)
	}
	p.schemas[name] = s
}

// MarshalJSON writes the properties in their order.
func (p *properties) MarshalJSON() ([]byte, error) {
	var b strings.Builder
	b.WriteByte('{')
	for i, name := range p.names {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := json.Marshal(name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(p.schemas[name])
		if err != nil {
			return nil, err
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return []byte(b.String()), nil
}

// JSONSchema is the JSON Schema of catalog files, made from the Go model: the
// keys and types of its structs, the words that a key may have, and what
// describe says of a struct ("Measure", "") or of a field ("Measure", "Kind").
func JSONSchema(describe func(structName, field string) string) ([]byte, error) {
	g := &schemaMaker{describe: describe, defs: &properties{}}
	root := g.object(reflect.TypeFor[document]())
	root.Schema = "https://json-schema.org/draft/2020-12/schema"
	root.Title = "Cube catalog"
	root.Defs = g.defs
	text, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		return nil, err
	}
	return append(text, '\n'), nil
}

type schemaMaker struct {
	describe func(structName, field string) string
	defs     *properties
}

// words are the values that text keys are limited to.
func words(structName, key string) []string {
	switch structName + "." + key {
	case "Measure.kind":
		return Kinds()
	case "Measure.format":
		return Formats()
	case "Measure.type":
		return []string{"decimal", "integer", "double", "date"}
	case "Measure.weight_type":
		return []string{"decimal", "integer"}
	case "Attribute.type":
		return []string{"text", "integer", "date", "boolean"}
	}
	return nil
}

const (
	namePattern  = "^[a-z_][a-z0-9_]*$"
	tablePattern = "^[^.]+\\.[^.]+$"
)

// object is the schema of a struct.
func (g *schemaMaker) object(t reflect.Type) *schema {
	s := &schema{Type: "object", Description: g.describe(t.Name(), ""), Properties: &properties{}, Additional: false}
	for _, k := range yamlKeys(t) {
		of := g.of(k.field.Type)
		of.Description = g.describe(t.Name(), k.field.Name)
		of.Enum = words(t.Name(), k.name)
		switch {
		case k.name == "name":
			of.Pattern = namePattern
			s.Required = append(s.Required, k.name)
		case k.name == "table":
			of.Pattern = tablePattern
		case k.name == "q":
			of.Minimum, of.Maximum = new(float64), new(float64)
			*of.Maximum = 1
		}
		s.Properties.set(k.name, of)
	}
	return s
}

// of is the schema of a type; structs are referred to by name.
func (g *schemaMaker) of(t reflect.Type) *schema {
	switch t.Kind() {
	case reflect.Pointer:
		return g.of(t.Elem())
	case reflect.Struct:
		name := strings.ToLower(t.Name())
		if g.defs.schemas[name] == nil {
			g.defs.set(name, &schema{}) // its place, and an end to recursion
			g.defs.set(name, g.object(t))
		}
		return &schema{Ref: "#/$defs/" + name}
	case reflect.Slice:
		return &schema{Type: "array", Items: g.of(t.Elem())}
	case reflect.Map:
		return &schema{Type: "object", Additional: g.of(t.Elem())}
	case reflect.Bool:
		return &schema{Type: "boolean"}
	case reflect.Int:
		return &schema{Type: "integer"}
	case reflect.Float64:
		return &schema{Type: "number"}
	}
	return &schema{Type: "string"}
}
