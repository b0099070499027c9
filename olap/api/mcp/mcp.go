// Package mcp lets an assistant ask cubes, read definitions and run SQL by the
// Model Context Protocol. Every tool is a request to the API, so that the same
// person sees the same, within the same limits, in the same audit.
package mcp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/google/jsonschema-go/jsonschema"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"verso/olap/api"
)

// door is how the audit names requests of assistants.
const door = "mcp"

// rows is how many rows a tool gives where the assistant names no number: what
// it reads costs it.
const rows = 200

// instructions tell an assistant how to go about it.
const instructions = `verso answers questions about the published data of one company, exactly. ` +
	`Call list_cubes, then describe_cube for the names of a cube's attributes and measures, members for the values of an attribute, then query. ` +
	`A question is: CUBE by ROW, … x COLUMN, … show MEASURE, … where ATTRIBUTE = VALUE and … time 2025 vs py top 10 ATTRIBUTE by MEASURE with others totals grand sort MEASURE desc. ` +
	`Prefer query to sql: every total of a cube is computed at its own level. Notes beside an answer say what a limit or a policy left out: pass them on.`

// Server offers the tools over a handler of the API.
func Server(handler http.Handler, version string) *sdk.Server {
	s := sdk.NewServer(&sdk.Implementation{Name: "verso", Version: version}, &sdk.ServerOptions{Instructions: instructions})
	for _, t := range tools() {
		no := false
		s.AddTool(&sdk.Tool{Name: t.name, Description: t.description, InputSchema: t.schema(),
			Annotations: &sdk.ToolAnnotations{ReadOnlyHint: true, IdempotentHint: true, DestructiveHint: &no, OpenWorldHint: &no, Title: t.name}},
			func(ctx context.Context, r *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
				return t.call(ctx, handler, r.Params.Arguments)
			})
	}
	return s
}

// tool is a request to the API that an assistant may make.
type tool struct {
	name, description string
	arguments         []argument
	request           func(in map[string]any) (method, path string, body any)
}

// argument is one of a tool's.
type argument struct {
	name, kind, description string
	required                bool
}

// tools is the one list of them.
func tools() []tool {
	lang := argument{"lang", "string", "language of titles and members: en or zh", false}
	cube := argument{"cube", "string", "name of a cube, such as sales", true}
	return []tool{
		{"list_cubes", "The cubes that can be asked: name, title, description, rows.", []argument{lang},
			func(in map[string]any) (string, string, any) { return http.MethodGet, "cubes?" + languageOf(in), nil }},
		{"describe_cube", "Dimensions with their attributes and hierarchies, and measures, of a cube, with what they mean.", []argument{cube, lang},
			func(in map[string]any) (string, string, any) {
				return http.MethodGet, "cubes/" + url.PathEscape(textOf(in, "cube")) + "?" + languageOf(in), nil
			}},
		{"members", "The members (values) of an attribute of a cube that have facts.", []argument{cube,
			{"attribute", "string", "dimension.attribute, such as customer.type", true}, {"search", "string", "part of the member's text", false}, {"limit", "integer", "members at most", false}, lang},
			func(in map[string]any) (string, string, any) {
				q := url.Values{"attribute": {textOf(in, "attribute")}, "search": {textOf(in, "search")}, "limit": {strconv.Itoa(numberOf(in, "limit", rows))}}
				return http.MethodGet, "cubes/" + url.PathEscape(textOf(in, "cube")) + "/members?" + q.Encode() + "&" + languageOf(in), nil
			}},
		{"query", "Ask a cube a question, such as: sales by customer.type x year show net, margin_pct where region.area = \"East China\" time 2024.. totals grand",
			[]argument{{"question", "string", "the question as text", true}, {"limit", "integer", "rows at most; more says whether there are others", false}, {"cursor", "string", "of the answer before, for the rows that follow", false}, lang},
			func(in map[string]any) (string, string, any) {
				q := url.Values{"q": {textOf(in, "question")}, "limit": {strconv.Itoa(numberOf(in, "limit", rows))}, "cursor": {textOf(in, "cursor")}}
				return http.MethodGet, "query?" + q.Encode() + "&" + languageOf(in), nil
			}},
		{"why", "Why a measure changed between two periods: which members contribute most, and for money the steps of price, volume, mix, currency and cost.",
			[]argument{cube, {"measure", "string", "name of a measure, such as net", true}, {"after", "string", "the period to explain: 2025, 2025-Q1, ytd; default ytd", false},
				{"before", "string", "the period to compare with; default the same days a year before", false}, {"where", "string", "filters, such as customer.type = library", false}, lang},
			func(in map[string]any) (string, string, any) {
				body := map[string]any{"cube": in["cube"], "measure": in["measure"], "after": textOf(in, "after"), "before": textOf(in, "before"), "where": textOf(in, "where")}
				return http.MethodPost, "why?" + languageOf(in), body
			}},
		{"definitions", "What measures and attributes mean, how they are computed, and the rules that every answer follows.",
			[]argument{{"search", "string", "part of a name or title", false}, lang},
			func(in map[string]any) (string, string, any) {
				return http.MethodGet, "definitions?" + url.Values{"search": {textOf(in, "search")}}.Encode() + "&" + languageOf(in), nil
			}},
		{"sql", "Run one SELECT (DuckDB's SQL) on the published tables, read-only. SHOW ALL TABLES lists them, DESCRIBE schema.table their columns.",
			[]argument{{"sql", "string", "the statement", true}, {"max_rows", "integer", "rows at most; more says whether there are others", false}},
			func(in map[string]any) (string, string, any) {
				return http.MethodPost, "sql", map[string]any{"sql": in["sql"], "max_rows": numberOf(in, "max_rows", rows)}
			}},
	}
}

// schema is the JSON Schema of a tool's arguments.
func (t tool) schema() *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "object", Properties: map[string]*jsonschema.Schema{}, AdditionalProperties: &jsonschema.Schema{Not: &jsonschema.Schema{}}}
	for _, a := range t.arguments {
		s.Properties[a.name] = &jsonschema.Schema{Type: a.kind, Description: a.description}
		if a.required {
			s.Required = append(s.Required, a.name)
		}
	}
	return s
}

// call makes the request. What the API refuses is a result that says so, for the
// assistant to read.
func (t tool) call(ctx context.Context, handler http.Handler, arguments json.RawMessage) (*sdk.CallToolResult, error) {
	in := map[string]any{}
	if len(arguments) > 0 {
		if err := json.Unmarshal(arguments, &in); err != nil {
			return refusal("the arguments are no object: " + err.Error()), nil
		}
	}
	if why := t.check(in); why != "" {
		return refusal(why), nil
	}
	method, path, body := t.request(in)
	var sent []byte
	if body != nil {
		var err error
		if sent, err = json.Marshal(body); err != nil {
			return nil, err
		}
	}
	r, err := http.NewRequestWithContext(api.Through(ctx, door), method, "http://local"+api.Root+path, bytes.NewReader(sent))
	if err != nil {
		return refusal("the arguments cannot be sent: " + err.Error()), nil
	}
	r.Header.Set("Content-Type", "application/json")
	w := &kept{header: http.Header{}, status: http.StatusOK}
	if !w.serve(handler, r) {
		return refusal("the answer was cut short: the server's log says why"), nil
	}
	if w.status != http.StatusOK {
		return refusal(w.body.String()), nil
	}
	return &sdk.CallToolResult{Content: []sdk.Content{&sdk.TextContent{Text: w.body.String()}}, StructuredContent: json.RawMessage(w.body.Bytes())}, nil
}

// check says what is wrong with the arguments; "" where nothing is.
func (t tool) check(in map[string]any) string {
	known := map[string]argument{}
	for _, a := range t.arguments {
		known[a.name] = a
		if a.required && textOf(in, a.name) == "" {
			return fmt.Sprintf("%s needs %s: %s", t.name, a.name, a.description)
		}
	}
	for name, v := range in {
		a, ok := known[name]
		_, isText := v.(string)
		_, isNumber := v.(float64)
		if !ok || a.kind == "string" && !isText || a.kind == "integer" && !isNumber {
			return fmt.Sprintf("%s does not take %s = %v", t.name, name, v)
		}
	}
	return ""
}

func refusal(text string) *sdk.CallToolResult {
	return &sdk.CallToolResult{IsError: true, Content: []sdk.Content{&sdk.TextContent{Text: text}}}
}

func textOf(in map[string]any, name string) string {
	text, _ := in[name].(string)
	return text
}

func numberOf(in map[string]any, name string, value int) int {
	if n, ok := in[name].(float64); ok && n >= 1 && n <= 1e6 {
		return int(n)
	}
	return value
}

func languageOf(in map[string]any) string { return "lang=" + url.QueryEscape(textOf(in, "lang")) }

// kept is an answer in memory.
type kept struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// serve has a request answered; false where the handler gave the answer up.
func (k *kept) serve(handler http.Handler, r *http.Request) (whole bool) {
	defer func() {
		p := recover()
		if err, _ := p.(error); p != nil && !errors.Is(err, http.ErrAbortHandler) {
			panic(p)
		}
	}()
	handler.ServeHTTP(k, r)
	return true
}

// Header is the header of the answer.
func (k *kept) Header() http.Header { return k.header }

// WriteHeader keeps the status.
func (k *kept) WriteHeader(status int) { k.status = status }

// Write keeps the body.
func (k *kept) Write(p []byte) (int, error) { return k.body.Write(p) }
