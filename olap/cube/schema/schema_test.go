package schema_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"verso/olap/catalog"
	"verso/olap/cube"
	"verso/olap/cube/schema"
	"verso/olap/cube/text"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestQuery(t *testing.T) {
	got, err := schema.Query()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", "query.schema.json")
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What the decoder reads conforms, what it refuses for its keys and types does
// not.
func TestQueriesConform(t *testing.T) {
	data, err := schema.Query()
	if err != nil {
		t.Fatal(err)
	}
	var root map[string]any
	if err := json.Unmarshal(data, &root); err != nil {
		t.Fatal(err)
	}
	check := func(text []byte) string {
		var v any
		if err := json.Unmarshal(text, &v); err != nil {
			t.Fatal(err)
		}
		return violation(root, root, v, "question")
	}
	questions := []string{"sales by class.l1 x date.year show net, net@py:pct where not (a.b under T or c in set s) and (d.e is null or f.g key in (1)) and h.i between 1 and 2" +
		" having net > 5 time 2025 on date vs py bottom 5% class.l1 by net with others totals grand, rows, cols, colsub sort net under (a, b) desc limit 5"}
	for _, e := range catalog.Examples() {
		questions = append(questions, e.Text)
	}
	for _, question := range questions {
		q, err := text.Parse(question, time.Date(2026, 6, 30, 0, 0, 0, 0, time.UTC))
		if err != nil {
			t.Fatal(err)
		}
		encoded, err := cube.EncodeJSON(q)
		if err != nil {
			t.Fatal(err)
		}
		if bad := check(encoded); bad != "" {
			t.Errorf("%s: %s", question, bad)
		}
	}
	for _, bad := range []string{`{"cube":"a"}`, `{"cube":"a","measures":5}`, `{"cube":"a","measures":[],"top":{"n":"1","by":"a"}}`, `{"cube":"a","measures":[],"mesures":[]}`,
		`{"cube":"a","measures":[],"where":[{"field":"a","op":"like"}]}`, `{"cube":"a","measures":[],"limit":-1}`, `{"cube":"a","measures":[],"where":[{"any":[]}]}`, `{"cube":"a","measures":[],"where":[{"any":[{"fild":"a"}]}]}`} {
		if check([]byte(bad)) == "" {
			t.Errorf("%s conforms", bad)
		}
	}
}

// violation is a small judge of the keywords that the schema uses.
func violation(root, s map[string]any, v any, path string) string {
	if ref, ok := s["$ref"].(string); ok {
		name := strings.TrimPrefix(ref, "#/$defs/")
		return violation(root, root["$defs"].(map[string]any)[name].(map[string]any), v, path)
	}
	kinds := map[reflect.Kind]string{reflect.Map: "object", reflect.Slice: "array", reflect.String: "string", reflect.Float64: "number", reflect.Bool: "boolean"}
	kind := kinds[reflect.ValueOf(v).Kind()]
	number, isNumber := v.(float64)
	allowed := fmt.Sprint(s["type"])
	if !strings.Contains(allowed, kind) && (allowed != "integer" || !isNumber || number != float64(int(number))) {
		return fmt.Sprintf("%s is %s, not %s", path, kind, allowed)
	}
	if least, ok := s["minimum"].(float64); ok && number < least {
		return path + " is too small"
	}
	if words, ok := s["enum"].([]any); ok && !slices.Contains(words, v) {
		return fmt.Sprintf("%s: %v", path, v)
	}
	switch v := v.(type) {
	case []any:
		if least, ok := s["minItems"].(float64); ok && len(v) < int(least) {
			return path + " has too few items"
		}
		for i, item := range v {
			if bad := violation(root, s["items"].(map[string]any), item, fmt.Sprintf("%s[%d]", path, i)); bad != "" {
				return bad
			}
		}
	case map[string]any:
		properties := s["properties"].(map[string]any)
		required, _ := s["required"].([]any)
		for _, name := range required {
			if _, ok := v[name.(string)]; !ok {
				return fmt.Sprintf("%s has no %s", path, name)
			}
		}
		for name, value := range v {
			p, ok := properties[name].(map[string]any)
			if !ok {
				return fmt.Sprintf("%s has an unknown %s", path, name)
			}
			if bad := violation(root, p, value, path+"."+name); bad != "" {
				return bad
			}
		}
	}
	return ""
}
