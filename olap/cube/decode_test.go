package cube_test

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"verso/olap/cube"
)

const wholeJSON = `{
  "cube": "sales",
  "rows": [
    "region.area"
  ],
  "measures": [
    "net",
    "net@py:delta"
  ],
  "compare": [
    "py"
  ],
  "where": [
    {
      "field": "date.year",
      "op": "in",
      "values": [
        "2024",
        "2025"
      ]
    },
    {
      "any": [
        {
          "field": "customer.name",
          "op": "contains",
          "values": [
            "<a> \"b\""
          ]
        },
        {
          "field": "class.l1",
          "op": "is_null"
        }
      ]
    }
  ],
  "time": {
    "from": "2024-01-01"
  },
  "top": {
    "n": 10,
    "by": "net",
    "others": true
  },
  "totals": {
    "grand": true
  },
  "sort": [
    {
      "by": "net",
      "members": [
        "2025"
      ],
      "desc": true
    }
  ],
  "limit": 5
}
`

const wholeYAML = `cube: sales
rows: [region.area]
measures: [net, "net@py:delta"]
compare: [py]
where:
  - field: date.year
    op: in
    values: ["2024", "2025"]
  - any:
      - field: customer.name
        op: contains
        values: ["<a> \"b\""]
      - field: class.l1
        op: is_null
time:
  from: "2024-01-01"
top:
  n: 10
  by: net
  others: true
totals:
  grand: true
sort:
  - by: net
    members: ["2025"]
    desc: true
limit: 5
`

func wholeQuery() cube.Query {
	return cube.Query{Cube: "sales", Rows: []string{"region.area"}, Measures: []string{"net", "net@py:delta"}, Compare: []string{"py"},
		Where: []cube.Filter{{Field: "date.year", Op: "in", Values: []string{"2024", "2025"}},
			{Any: []cube.Filter{{Field: "customer.name", Op: "contains", Values: []string{`<a> "b"`}}, {Field: "class.l1", Op: "is_null"}}}},
		Time: &cube.Time{From: "2024-01-01"}, Top: &cube.Top{N: 10, By: "net", Others: true}, Totals: cube.Totals{Grand: true},
		Sort: []cube.Sort{{By: "net", Members: []string{"2025"}, Desc: true}}, Limit: 5}
}

func TestEncodeAndDecode(t *testing.T) {
	for _, c := range []struct {
		name, text string
		encode     func(cube.Query) ([]byte, error)
		decode     func([]byte) (cube.Query, error)
	}{{"JSON", wholeJSON, cube.EncodeJSON, cube.DecodeJSON}, {"YAML", wholeYAML, cube.EncodeYAML, cube.DecodeYAML}} {
		data, err := c.encode(wholeQuery())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.text, string(data)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
		got, err := c.decode([]byte(c.text))
		if diff := cmp.Diff(wholeQuery(), got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", c.name, err, diff)
		}
	}
}

// What means the same is read as the same.
func TestDecodeLeniently(t *testing.T) {
	want := cube.Query{Cube: "sales", Measures: []string{"net"}, Where: []cube.Filter{{Field: "date.year", Op: "=", Values: []string{"2025"}}}}
	for _, text := range []string{
		`{"cube":"sales","measures":["net"],"rows":[],"top":null,"time":{},"where":[{"field":"date.year","op":"=","values":[2025]}]}`,
		"\ufeff" + ` {"where":[{"any":[{"field":"date.year","op":"=","values":["2025"]}]}],"measures":["net"],"cube":"sales"} `,
	} {
		got, err := cube.DecodeJSON([]byte(text))
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", text, err, diff)
		}
	}
	for _, text := range []string{
		"# a question\ncube: sales\nmeasures:\n- net\nwhere:\n- {field: date.year, op: '=', values: [2025]}\nrows: []\nlimit:\n",
		"---\ncube: 'sales'\nmeasures: [\"net\"]\nwhere: [{field: date.year, op: \"=\", values: ['2025']}]\n",
	} {
		got, err := cube.DecodeYAML([]byte(text))
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", text, err, diff)
		}
	}
	got, err := cube.DecodeYAML([]byte("cube: c\nwhere: [{field: a, op: in, values: [2025-01, 2025-01-31, true, 007, 1.50, ~x, '']}]"))
	if diff := cmp.Diff([]string{"2025-01", "2025-01-31", "true", "007", "1.50", "~x", ""}, got.Where[0].Values); diff != "" || err != nil {
		t.Errorf("values are their text: %v %s", err, diff)
	}
}

func TestDecodeErrors(t *testing.T) {
	groups := strings.Repeat(`{"any":[`, 9) + `{"field":"a","op":"is_null"}` + strings.Repeat("]}", 9)
	for _, c := range []struct{ yaml, text, want string }{
		{"", ``, "JSON: column 1: nothing is asked; a question is a group of keys: cube, rows, columns, measures"},
		{"", `null`, "JSON: column 1: nothing is asked"},
		{"", `[1]`, "JSON: column 1: the question: want a group of keys (cube, rows, columns"},
		{"", "{\n \"cube\": \"sales\",\n \"measures\": 5}", "JSON: line 3, column 14: measures: want a list of names, found a number (5)\n   \"measures\": 5}\n               ^"},
		{"", `{"measures": "net"}`, "column 14: measures: want a list of names, found text (net)"},
		{"", `{"measures": ["net", 7]}`, "column 22: measures: want text, found a number (7)"},
		{"", `{"measures": ["net", null]}`, "column 22: measures: want text, found nothing"},
		{"", `{"mesures": ["net"]}`, `column 2: unknown key "mesures"; did you mean measures?`},
		{"", `{"top": {"n": 5, "bye": "net"}}`, `column 18: unknown key "bye" in top; did you mean by?`},
		{"", `{"top": {"n": 5.5}}`, "column 15: n: want a whole number from 0, found 5.5"},
		{"", `{"top": {"n": "5"}}`, "column 15: n: want a whole number, found text (5)"},
		{"", `{"limit": -1}`, "column 11: limit: want a whole number from 0, found -1"},
		{"", `{"totals": {"grand": "yes"}}`, "column 22: grand: want true or false, found text (yes)"},
		{"", `{"totals": true}`, "column 12: totals: want a group of keys (grand, rows, cols, colsub), found true or false (true)"},
		{"", `{"where": [{"field": "a", "op": "=", "values": [[1]]}]}`, "column 49: values: want text, found a list"},
		{"", `{"where": {"field": "a"}}`, "column 11: where: want a list of groups of keys (field, op, values, any, all), found a group of keys"},
		{"", `{"where": [{"any": []}]}`, "column 20: any: a group without filters"},
		{"", `{"where": [{"field": "a", "any": [{"field": "b"}]}]}`, "column 12: a filter is either a field"},
		{"", `{"where": [` + groups + `]}`, "more than 8 groups of filters inside one another"},
		{"", `{"cube": "a", "cube": "b"}`, `column 15: key "cube" is there twice`},
		{"", `{"cube": "a"`, "column 13: the document ends too early"},
		{"", `{"cube": "a"} {}`, "column 15: more after the end of the question"},
		{"", `{"cube": 'a'}`, "column 10: this is no JSON: invalid character"},
		{"", "{\"cube\": \"\xff\"}", "column 11: this is no UTF-8"},
		{"", strings.Repeat("[", 1000), "more than 24 lists and groups inside one another"},
		{"yaml", ``, "YAML: column 1: nothing is asked"},
		{"yaml", "cube: sales\nmeasures: 5\n", "YAML: line 2, column 11: measures: want a list of names, found a number (5)\n  measures: 5\n            ^"},
		{"yaml", "cube: sales\nmesures: [net]\n", `YAML: line 2, column 1: unknown key "mesures"; did you mean measures?`},
		{"yaml", "cube: sales\ncube: returns\n", "already defined"},
		{"yaml", "cube: sales\ntop: {n: 5, by: net, bottm: true}\n", `line 2, column 22: unknown key "bottm" in top; did you mean bottom?`},
		{"yaml", "cube: [sales\n", "this is no YAML"},
		{"yaml", "cube: &a sales\nrows: [*a]\n", "is not read in questions"},
		{"yaml", "cube: !!str sales\n", "is not read in questions"},
		{"yaml", "cube: sales\n---\ncube: returns\n", "a second document"},
		{"yaml", "just words", "the question: want a group of keys"},
		{"yaml", "? [a]\n: b\n", "YAML: "},
		{"yaml", strings.Repeat("[", 1000), "more than 24 lists and groups inside one another"},
		{"yaml", strings.Repeat("- ", 1000), "more than 24 lists and groups inside one another"},
		{"yaml", strings.Repeat("#", cube.MaxYAML+1), "at most 65536"},
	} {
		decode := cube.DecodeJSON
		if c.yaml != "" {
			decode = cube.DecodeYAML
		}
		_, err := decode([]byte(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.300s:\n%v\nwant %s", c.text, err, c.want)
			continue
		}
		checkPlace(t, c.text, err)
	}
}

func TestDecodeLongDocuments(t *testing.T) {
	for name, unit := range map[string]string{"brackets": "[", "braces": `{"where":`, "values": `"a",`, "keys": `"rows":[],`, "dashes": "- ", "indent": " a:\n", "lines": "a: b\n",
		"questions": "? ", "colons": ": ", "anchors": "&a ", "quotes": `"`, "spaces": " ", "bars": "|\n", "newlines": "\n", "stars": "*a ", "comments": "# x\n", "commas": ","} {
		for _, start := range []string{"", `{"measures":[`, "{", "where:\n", "measures: [", "- "} {
			for _, c := range []struct {
				size   int
				decode func([]byte) (cube.Query, error)
			}{{cube.MaxText, cube.DecodeJSON}, {cube.MaxYAML, cube.DecodeYAML}} {
				in := start + strings.Repeat(unit, (c.size-len(start))/len(unit))
				begin := time.Now()
				_, err := c.decode([]byte(in))
				checkPlace(t, in, err)
				if took := time.Since(begin); took > 5*time.Second {
					t.Errorf("%s after %q took %v: %.200v", name, start, took, err)
				}
			}
		}
	}
}

// checkPlace wants an error to be a *ParseError, short, at a place in the text.
func checkPlace(t *testing.T, in string, err error) {
	t.Helper()
	if err == nil {
		return
	}
	var parse *cube.ParseError
	if !errors.As(err, &parse) {
		t.Errorf("%.80q: %v is no *cube.ParseError", in, err)
		return
	}
	if most := utf8.RuneCountInString(in) + 1; parse.Column < 1 || parse.Column > most || parse.Message == "" {
		t.Errorf("%.80q: column %d of %d: %s", in, parse.Column, most, parse.Message)
	}
	if message := err.Error(); len(message) > 4000 {
		t.Errorf("%.80q: a message of %d bytes: %.300s", in, len(message), message)
	}
}

func fuzzDecode(f *testing.F, seeds []string, decode func([]byte) (cube.Query, error), encode func(cube.Query) ([]byte, error)) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		q, err := decode([]byte(in))
		checkPlace(t, in, err)
		if err != nil {
			return
		}
		data, err := encode(q)
		if err != nil {
			t.Fatal(err)
		}
		again, err := decode(data)
		if diff := cmp.Diff(q, again); diff != "" || err != nil {
			t.Errorf("%q written as\n%s\n%v\n%s", in, data, err, diff)
		}
	})
}

func FuzzDecodeJSON(f *testing.F) {
	fuzzDecode(f, []string{wholeJSON, `{"cube":null}`, `{"where":[{"all":[{"any":[]}]}]}`, `{"limit":1e3}`, "\ufeff{}", `{"a":1}x`}, cube.DecodeJSON, cube.EncodeJSON)
}

func FuzzDecodeYAML(f *testing.F) {
	fuzzDecode(f, []string{wholeYAML, "cube: ~", "cube: |\n a\n b\n", "{cube: 'a''b'}", "- a", "? a\n: b", "cube: \"\\u0085\\n\"", "cube: !!x &a y"}, cube.DecodeYAML, cube.EncodeYAML)
}

func FuzzParseRef(f *testing.F) {
	for _, s := range []string{"net", "net@py", "net@ytd.py:pct", "net@roll12m.py2:lfl", "a:share.parent", "@", ":", "a@b@c:d", "销售@py:delta", "售@"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		r, err := cube.ParseRef(in)
		checkPlace(t, in, err)
		if err != nil {
			return
		}
		again, err := cube.ParseRef(r.String())
		if again != r || err != nil || r.String() != in {
			t.Errorf("%q is read as %+v, written as %q and read as %+v, %v", in, r, r.String(), again, err)
		}
	})
}
