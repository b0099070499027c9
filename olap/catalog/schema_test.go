package catalog

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"verso/olap/cube"
)

// comments are what the source of package cube says of its structs and fields.
func comments(t *testing.T) func(structName, field string) string {
	t.Helper()
	found := map[[2]string]string{}
	paths, err := filepath.Glob("../cube/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.TYPE {
				continue
			}
			for _, s := range g.Specs {
				spec := s.(*ast.TypeSpec)
				of, ok := spec.Type.(*ast.StructType)
				if !ok {
					continue
				}
				found[[2]string{spec.Name.Name, ""}] = line(g.Doc)
				for _, f := range of.Fields.List {
					for _, name := range f.Names {
						found[[2]string{spec.Name.Name, name.Name}] = line(f.Doc) + line(f.Comment)
					}
				}
			}
		}
	}
	return func(structName, field string) string { return found[[2]string{structName, field}] }
}

func line(c *ast.CommentGroup) string { return strings.Join(strings.Fields(c.Text()), " ") }

// The shipped JSON Schema is the one that the Go model gives.
func TestSchemaIsNotStale(t *testing.T) {
	got, err := cube.JSONSchema(comments(t))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "schema.json", got)
}

// validator checks values against a JSON Schema, as far as catalogs use it.
type validator struct {
	defs map[string]any
	errs []string
}

func (v *validator) check(path string, s map[string]any, value any) {
	if ref, ok := s["$ref"].(string); ok {
		v.check(path, v.defs[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any), value)
		return
	}
	fail := func(format string, args ...any) { v.errs = append(v.errs, path+": "+fmt.Sprintf(format, args...)) }
	kind := map[reflect.Kind]string{reflect.Map: "object", reflect.Slice: "array", reflect.String: "string", reflect.Bool: "boolean",
		reflect.Uint64: "integer", reflect.Int64: "integer", reflect.Float64: "number"}[reflect.ValueOf(value).Kind()]
	if want := s["type"].(string); kind != want && (want != "number" || kind != "integer") {
		fail("is %s, want %s", kind, want)
		return
	}
	switch x := value.(type) {
	case string:
		if enum, ok := s["enum"].([]any); ok && !slices.Contains(enum, any(x)) {
			fail("%q is not one of %v", x, enum)
		}
		if pattern, ok := s["pattern"].(string); ok && !regexp.MustCompile(pattern).MatchString(x) {
			fail("%q does not match %s", x, pattern)
		}
	case []any:
		for i, item := range x {
			v.check(fmt.Sprintf("%s[%d]", path, i), s["items"].(map[string]any), item)
		}
	case map[string]any:
		v.object(path, s, x, fail)
	case float64:
		if most, ok := s["maximum"].(float64); ok && x > most {
			fail("%v is more than %v", x, most)
		}
	}
}

func (v *validator) object(path string, s, x map[string]any, fail func(string, ...any)) {
	required, _ := s["required"].([]any)
	for _, name := range required {
		if x[name.(string)] == nil {
			fail("%s is missing", name)
		}
	}
	properties, _ := s["properties"].(map[string]any)
	for name, value := range x {
		of, ok := properties[name].(map[string]any)
		if more, any := s["additionalProperties"].(map[string]any); !ok && any {
			of, ok = more, true
		}
		if !ok {
			fail("unknown key %s", name)
			continue
		}
		v.check(path+"."+name, of, value)
	}
}

func validate(t *testing.T, data []byte) []string {
	t.Helper()
	var s map[string]any
	if err := json.Unmarshal(Schema(), &s); err != nil {
		t.Fatal(err)
	}
	var value map[string]any
	if err := yaml.Unmarshal(data, &value); err != nil {
		t.Fatal(err)
	}
	v := &validator{defs: s["$defs"].(map[string]any)}
	v.check("$", s, value)
	slices.Sort(v.errs)
	return v.errs
}

// The shipped files meet the schema; what does not is found.
func TestShippedFilesMeetTheSchema(t *testing.T) {
	for _, name := range shippedFiles {
		data, err := shipped.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range validate(t, data) {
			t.Errorf("%s: %s", name, e)
		}
	}
	bad := `
cubes:
  - name: Sales Cube
    table: facts
    mesures: []
    measures:
      - {name: a, kind: total, format: euro, q: 1.5, hidden: 1, synonyms: x}
      - {kind: sum}
`
	want := []string{
		"$.cubes[0].measures[0].format: \"euro\" is not one of", "$.cubes[0].measures[0].hidden: is integer, want boolean",
		"$.cubes[0].measures[0].kind: \"total\" is not one of", "$.cubes[0].measures[0].q: 1.5 is more than 1",
		"$.cubes[0].measures[0].synonyms: is string, want array", "$.cubes[0].measures[1]: name is missing",
		"$.cubes[0].name: \"Sales Cube\" does not match", "$.cubes[0].table: \"facts\" does not match", "$.cubes[0]: unknown key mesures",
	}
	got := validate(t, []byte(bad))
	if len(got) != len(want) {
		t.Fatalf("found %q", got)
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("%q, want %q", got[i], want[i])
		}
	}
}

// Every key has a description, in the editor as in the Go source.
func TestSchemaDescribesEveryKey(t *testing.T) {
	var s struct {
		Defs map[string]struct {
			Description string
			Properties  map[string]struct{ Description string }
		} `json:"$defs"`
	}
	if err := json.Unmarshal(Schema(), &s); err != nil {
		t.Fatal(err)
	}
	plain := []string{"label", "description", "table", "name", "en", "zh", "attributes", "hierarchies", "dimensions", "measures", "levels"}
	for name, d := range s.Defs {
		if d.Description == "" {
			t.Errorf("%s has no description", name)
		}
		for key, p := range d.Properties {
			if p.Description == "" && !slices.Contains(plain, key) {
				t.Errorf("%s.%s has no description", name, key)
			}
		}
	}
}
