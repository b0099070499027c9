package api

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"verso/olap"
	"verso/olap/access"
	"verso/olap/compile"
	"verso/olap/cube"
	"verso/olap/cube/text"
	"verso/olap/olaptest"
)

// fixed is a store of one warehouse in memory.
type fixed struct{ lease Lease }

func (f fixed) Open(context.Context, access.Person) (*Lease, error) {
	l := f.lease
	l.Release = func() {}
	return &l, nil
}

// anybody is a gate that lets everybody in.
type anybody struct{}

func (anybody) Authenticate(*http.Request) (access.Person, error) {
	return access.Person{Name: "local", Admin: true, By: "open"}, nil
}

func desk(f *testing.F) *API {
	f.Helper()
	o, err := olap.Open(f.Context(), olaptest.Star(f), olap.Options{Model: olaptest.Model(f, ""), Limits: olap.Limits{Time: 5 * time.Second}})
	if err != nil {
		f.Fatal(err)
	}
	a, err := New(Options{Store: fixed{Lease{Generation: "g", Olap: o, Rights: access.Rights{Facts: true}}}, Gate: anybody{}, Clock: time.Now, Limits: Limits{Page: 50, Time: 5 * time.Second}})
	if err != nil {
		f.Fatal(err)
	}
	return a
}

// answersAny sends a body and holds the answer to what every answer must be:
// JSON, no fault of the server.
func answersAny(t *testing.T, a *API, method, path, kind, body string) {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", kind)
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	var v any
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil || w.Code == http.StatusInternalServerError || !utf8.Valid(w.Body.Bytes()) {
		t.Errorf("%s %s %q: %d %.300s", method, path, body, w.Code, w.Body)
	}
}

func FuzzQuestion(f *testing.F) {
	a := desk(f)
	for _, s := range []string{
		"sales by year show net", "sales by customer.type × quarter show net, orders@py:delta where area = \"North\" totals all",
		`{"cube":"sales","rows":["date.year"],"measures":["net"],"where":[{"field":"customer.type","op":"in","values":["library"]}]}`,
		`{"cube":"sales","measures":["net"],"top":{"n":3,"by":"net"},"sort":[{"by":"net","desc":true}]}`,
		"sales by customer.name top 3 by net with others show net sort net desc limit 2", "sales by year show net having net > 1e400", "\x00", "{", `{"cube":`, "销售 按 年 显示 销售净额",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		answersAny(t, a, http.MethodPost, Root+"query/check", "application/json", body)
		answersAny(t, a, http.MethodPost, Root+"query/check", "text/plain", body)
	})
}

func FuzzBodies(f *testing.F) {
	a := desk(f)
	for _, s := range []string{
		`{"query":"sales by year show net","cell":"2024","limit":1}`, `{"query":{"cube":"sales","measures":["net"]},"cell":{"row":["x"]}}`,
		`{"query":"sales by year show net","step":"drill_down","field":"date.year","keys":["2024"]}`, `{"query":"sales by year show net","step":"pivot"}`,
		`{"cube":"sales","measure":"net","after":"2024","by":["customer.type"],"members":1}`, `{"kind":"sql","title":"x","content":{}}`, `[]`, `{"query":7}`, `{"cell":"a|b|c|d","query":""}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		for _, path := range []string{"facts", "navigate", "saved"} {
			answersAny(t, a, http.MethodPost, Root+path, "application/json", body)
		}
		var why whyRequest
		if decode(body, &why) == nil {
			lease, err := a.o.Store.Open(t.Context(), access.Person{})
			if err != nil {
				t.Fatal(err)
			}
			if q, err := whyQuestion(lease.Olap, why); err == nil && (q.Cube == "" || q.Measure == "") { // read, not explained: that takes long
				t.Errorf("%q: %+v", body, q)
			}
		}
	})
}

// FuzzAddress asks by address, with any parameters, everything that is asked so.
func FuzzAddress(f *testing.F) {
	a := desk(f)
	for _, s := range []string{"q=sales+by+year+show+net", "q=sales&limit=-1", "limit=99999999999999999999", "lang=zh&search=%ff%fe", "attribute=customer.type&search='", "cursor=eyJvZiI6IiIsImF0IjotMX0",
		"since=2026-01-31&min_ms=1", "column=sales.net&uses=true", "format=pivot&q={", "slow=%00", ";;&&==", "%zz"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, query string) {
		for _, path := range []string{"query", "cubes/sales/members", "log", "log/slow", "lineage", "definitions", "me", "saved/x"} {
			r := httptest.NewRequest(http.MethodGet, Root+path, nil)
			r.URL.RawQuery = query
			w := httptest.NewRecorder()
			a.ServeHTTP(w, r)
			if w.Code == http.StatusInternalServerError {
				t.Errorf("%s?%s: %d %.300s", path, query, w.Code, w.Body)
			}
		}
	})
}

func FuzzCursor(f *testing.F) {
	q := cube.Query{Cube: "sales", Measures: []string{"net"}}
	for _, s := range []string{"", cursorOf(7, "g", q), cursorOf(0, "h", q), "eyJvZiI6IiIsImF0IjotMX0", "####"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		at, err := offsetOf(typed, "g", q)
		if at < 0 || err != nil && at != 0 {
			t.Errorf("%q gives %d, %v", typed, at, err)
		}
	})
}

func FuzzCell(f *testing.F) {
	for _, s := range []string{"", "F,F2|2024|net", `"a""b"||`, "|||", `"`, "a,,b", "(unknown),(others)||net"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		c, err := compile.ParseCell(typed)
		if err != nil {
			return
		}
		again, err := compile.ParseCell(c.String())
		if err != nil || again.String() != c.String() {
			t.Errorf("%q is written %q and read back as %q, %v", typed, c.String(), again.String(), err)
		}
	})
}

func FuzzPlace(f *testing.F) {
	f.Add("Parser Error: x\n\nLINE 1: SELECT y\n               ^", "SELECT y")
	f.Add("Binder Error: x\n\nLINE 99999999999999999999: ...y...\n ^", "")
	f.Fuzz(func(t *testing.T, message, sql string) {
		if _, line, column := place(message, sql); line < 0 || column < 0 {
			t.Errorf("line %d, column %d", line, column)
		}
	})
}

func FuzzComplete(f *testing.F) {
	m := olaptest.Model(f, "")
	f.Add("sales by cu", 11)
	f.Add("sales show net@", 15)
	f.Add("销售 按", 2)
	f.Fuzz(func(t *testing.T, typed string, at int) {
		for _, c := range text.Complete(m, typed, at, "en") {
			if c.From < 0 || c.From > len([]rune(typed)) || c.Text == "" {
				t.Errorf("%q at %d: %+v", typed, at, c)
			}
		}
	})
}

// Every address is in the OpenAPI document, and every address of the document
// answers.
func TestOpenAPI(t *testing.T) {
	w := httptest.NewRecorder()
	a, err := New(Options{Clock: time.Now, Gate: anybody{}})
	if err != nil {
		t.Fatal(err)
	}
	a.ServeHTTP(w, httptest.NewRequest(http.MethodGet, Root+"openapi.json", nil))
	var doc struct {
		Paths      map[string]map[string]any
		Components struct{ Schemas, Responses, Parameters map[string]any }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{}
	for path, methods := range doc.Paths {
		for method := range methods {
			if method != "parameters" {
				told[strings.ToUpper(method)+" "+strings.TrimPrefix(path, "/")] = true
			}
		}
	}
	for _, r := range a.list() {
		if !told[r.method+" "+r.path] {
			t.Errorf("%s %s is not in the document", r.method, r.path)
		}
		delete(told, r.method+" "+r.path)
	}
	for left := range told {
		t.Errorf("the document has %s, which nothing answers", left)
	}
	for _, ref := range references(w.Body.String()) {
		kind, name, _ := strings.Cut(strings.TrimPrefix(ref, "#/components/"), "/")
		if map[string]map[string]any{"schemas": doc.Components.Schemas, "responses": doc.Components.Responses, "parameters": doc.Components.Parameters}[kind][name] == nil {
			t.Errorf("nothing is at %s", ref)
		}
	}
}

func references(text string) (list []string) {
	for _, part := range strings.Split(text, `"$ref": "`)[1:] {
		ref, _, _ := strings.Cut(part, `"`)
		list = append(list, ref)
	}
	return list
}
