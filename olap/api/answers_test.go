package api_test

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/parquet/file"

	"verso/olap/api"
)

const monthly = "sales by customer.name, month show net, orders"

func TestFiles(t *testing.T) {
	d := open(t, api.Limits{})
	rows := int(d.ask("POST query?limit=1", monthly).at(t, "row_count").(float64))
	read := map[string]func(string) (int, error){
		"csv": func(s string) (int, error) {
			all, err := csv.NewReader(strings.NewReader(s)).ReadAll()
			return len(all) - 1, err
		},
		"arrow": func(s string) (n int, err error) {
			r, err := ipc.NewReader(strings.NewReader(s))
			if err != nil {
				return 0, err
			}
			defer r.Release()
			for r.Next() {
				n += int(r.RecordBatch().NumRows())
			}
			return n, r.Err()
		},
		"parquet": func(s string) (int, error) {
			r, err := file.NewParquetReader(bytes.NewReader([]byte(s)))
			if err != nil {
				return 0, err
			}
			defer r.Close()
			return int(r.NumRows()), nil
		},
	}
	sql := `{"sql":"SELECT customer_key, order_date, net FROM core.fact_order_line ORDER BY line_id"}`
	lines := int(d.ask("GET cubes/sales", "").at(t, "rows").(float64))
	facts := `{"query":"sales by year show net","cell":""}`
	for form, count := range read {
		for _, c := range []struct {
			what, body string
			want       int
		}{{"query", monthly, rows}, {"sql", sql, lines}, {"facts", facts, lines}} {
			r := d.ask("POST "+c.what+"?format="+form, c.body)
			n, err := count(r.body)
			if err != nil || n != c.want || r.status != http.StatusOK || !strings.Contains(r.header.Get("Content-Disposition"), "."+form+`"`) {
				t.Errorf("%s as %s: %d %v: %d rows, want %d, %v", c.what, form, r.status, r.header, n, c.want, err)
			}
		}
	}
	for _, what := range []string{"query?format=xlsx", "query?format=pivot"} {
		if r := d.ask("POST "+what, "sales by year show net"); !strings.HasPrefix(r.body, "PK") {
			t.Errorf("%s is no workbook: %d %.200s", what, r.status, r.body)
		}
	}
	byAccept := d.ask("POST query", "sales by year show net", "Accept: application/xml, text/csv;q=0.9")
	if got := byAccept.header.Get("Content-Type"); got != "text/csv; charset=utf-8" {
		t.Errorf("Accept gives %s", got)
	}
	// A file of more rows than the limit is an error, never cut.
	if r := d.ask("POST sql?format=csv", `{"sql":"SELECT * FROM range(100)","max_rows":99}`); r.status != http.StatusUnprocessableEntity && !strings.Contains(r.body, "too_large") {
		t.Errorf("%d %.300s", r.status, r.body)
	}
}

func TestETag(t *testing.T) {
	d := open(t, api.Limits{})
	const q = "sales by year show net"
	tag := d.ask("POST query", q).header.Get("ETag")
	if r := d.ask("POST query", q, "If-None-Match: "+tag); r.status != http.StatusNotModified || r.body != "" {
		t.Errorf("the same question: %d %s", r.status, r.body)
	}
	// The same question in another form of words and as JSON is the same.
	if r := d.ask("POST query", `{"cube":"sales","rows":["date.year"],"measures":["net"]}`, "If-None-Match: "+`"x", `+tag); r.status != http.StatusNotModified {
		t.Errorf("the question as JSON: %d", r.status)
	}
	for _, other := range []struct{ what, body, header string }{
		{"POST query", "sales by year show copies", ""},
		{"POST query?lang=zh", q, ""},
		{"POST query?format=csv", q, ""},
		{"POST query?limit=1", q, ""},
		{"POST query", q, "X-Who: clerk"},
	} {
		headers := []string{"If-None-Match: " + tag}
		if other.header != "" {
			headers = append(headers, other.header)
		}
		if r := d.ask(other.what, other.body, headers...); r.status != http.StatusOK {
			t.Errorf("%v: %d", other, r.status)
		}
	}
	d.api.SetEdition("other cubes")
	if r := d.ask("POST query", q, "If-None-Match: "+tag); r.status != http.StatusOK {
		t.Errorf("after the cubes changed: %d", r.status)
	}
	d.api.SetEdition("")
	publish(t, d.warehouse, "two", "")
	if r := d.ask("POST query", q, "If-None-Match: "+tag); r.status != http.StatusOK || !strings.Contains(r.body, "00000002-two") {
		t.Errorf("after a new generation: %d %.200s", r.status, r.body)
	}
}

func TestPaging(t *testing.T) {
	d := open(t, api.Limits{Page: 100})
	whole := d.ask("POST query?limit=100000", monthly)
	all := whole.json(t)["rows"].([]any)
	var got []any
	cursor := ""
	for page := 0; ; page++ {
		r := d.ask("POST query?cursor="+cursor, monthly)
		v := r.json(t)
		rows := v["rows"].([]any)
		got = append(got, rows...)
		more, _ := v["more"].(bool)
		if told := strings.Contains(fmt.Sprint(v["notes"]), "the others follow"); told != more {
			t.Fatalf("page %d: more %v, told %v", page, more, told)
		}
		if !more {
			break
		}
		if cursor, _ = v["cursor"].(string); len(rows) != 100 || cursor == "" {
			t.Fatalf("page %d has %d rows, cursor %q", page, len(rows), cursor)
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(all) || len(all) < 300 {
		t.Errorf("%d rows in pages, %d at once", len(got), len(all))
	}
	first, _ := d.ask("POST query", monthly).json(t)["cursor"].(string)
	for what, r := range map[string]reply{
		"another question":  d.ask("POST query?cursor="+first, "sales by customer.name, month show net"),
		"no cursor":         d.ask("POST query?cursor=abc", monthly),
		"a negative number": d.ask("POST query?cursor="+url.QueryEscape("eyJvZiI6IiIsImF0IjotMX0"), monthly),
	} {
		if r.status != http.StatusGone && r.status != http.StatusBadRequest {
			t.Errorf("%s: %d %.200s", what, r.status, r.body)
		}
	}
	publish(t, d.warehouse, "two", "")
	if r := d.ask("POST query?cursor="+first, monthly); r.status != http.StatusGone {
		t.Errorf("a cursor of the generation before: %d %.200s", r.status, r.body)
	}
}

func TestCompressed(t *testing.T) {
	d := open(t, api.Limits{})
	plain := d.ask("POST query?format=csv", monthly, "Accept-Encoding: identity")
	squeezed := d.ask("POST query?format=csv", monthly, "Accept-Encoding: gzip")
	if squeezed.header.Get("Content-Encoding") != "gzip" || len(squeezed.body) > len(plain.body)/2 {
		t.Fatalf("%v: %d of %d bytes", squeezed.header, len(squeezed.body), len(plain.body))
	}
	r, err := gzip.NewReader(strings.NewReader(squeezed.body))
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(r); err != nil || string(text) != plain.body {
		t.Errorf("not the same: %v", err)
	}
}

// What a policy takes away, and that it does, is visible in every form.
func TestRights(t *testing.T) {
	d := open(t, api.Limits{})
	clerk := "X-Who: clerk"
	for _, what := range []string{"sql", "sql/check"} {
		if r := d.ask("POST "+what, `{"sql":"SELECT 1"}`, clerk); r.status != http.StatusForbidden || !strings.Contains(r.body, "you may not write SQL") {
			t.Errorf("%s: %d %s", what, r.status, r.body)
		}
	}
	if r := d.ask("POST facts", `{"query":"sales by year show net"}`, clerk); r.status != http.StatusForbidden {
		t.Errorf("facts: %d %s", r.status, r.body)
	}
	const told = `{"kind":"policy","text":"Only your region."}`
	for what, body := range map[string]string{"POST query": "sales by year show net", "POST why": `{"cube":"sales","measure":"net","after":"2024"}`,
		"GET cubes/sales/members?attribute=customer.type": "", "GET schema": "", "GET me": ""} {
		if r := d.ask(what, body, clerk); !strings.Contains(r.body, told) && !strings.Contains(r.body, `"told":"Only your region."`) {
			t.Errorf("%s does not tell the policy: %.300s", what, r.body)
		}
	}
	csvAnswer := d.ask("POST query?format=csv", "sales by year show net", clerk)
	if notes, err := url.PathUnescape(csvAnswer.header.Get("X-Verso-Notes")); err != nil || notes != "Only your region." {
		t.Errorf("a file tells %q, %v", notes, err)
	}
	// Everybody sees their own questions, an administrator all.
	if r := d.ask("GET log", "", clerk); strings.Contains(r.body, `"person":"boss"`) || !strings.Contains(r.body, `"person":"clerk"`) {
		t.Errorf("the clerk's log: %.300s", r.body)
	}
	if r := d.ask("GET log", ""); !strings.Contains(r.body, `"person":"clerk"`) {
		t.Errorf("the administrator's log: %.300s", r.body)
	}
	if r := d.ask("GET me", "", "X-Who: nobody"); r.status != http.StatusUnauthorized {
		t.Errorf("nobody: %d %s", r.status, r.body)
	}
}

func TestSaved(t *testing.T) {
	d := open(t, api.Limits{})
	ann, bob := "X-Who: ann", "X-Who: bob"
	made := d.ask("POST saved", `{"kind":"sql","title":"Mine","content":{"sql":"SELECT 1"}}`, ann)
	id, _ := made.at(t, "id").(string)
	if made.status != http.StatusCreated || made.header.Get("Location") != api.Root+"saved/"+id {
		t.Fatalf("%d %v %s", made.status, made.header, made.body)
	}
	for _, c := range []struct {
		what, body, who string
		status          int
		has             string
	}{
		{"GET saved/" + id, "", ann, 200, `"content":{"sql":"SELECT 1"}`},
		{"GET saved/" + id, "", bob, 404, `not_found`},
		{"GET saved", "", bob, 200, `{"saved":[]}`},
		{"PUT saved/" + id, `{"kind":"sql","title":"Ours","content":2,"shared":true,"version":1}`, ann, 200, `"version":2`},
		{"PUT saved/" + id, `{"kind":"sql","title":"Late","content":2,"version":1}`, ann, 409, `conflict`},
		{"GET saved", "", bob, 200, `"title":"Ours"`},
		{"GET saved/" + id, "", bob, 200, `"owner":"ann"`},
		{"PUT saved/" + id, `{"kind":"sql","title":"Stolen","content":2}`, bob, 422, `somebody else`},
		{"DELETE saved/" + id, "", bob, 422, `somebody else`},
		{"POST saved", `{"kind":"poem","title":"x","content":1}`, ann, 422, `question, sql, view or filters`},
		{"POST saved", `{"kind":"sql","title":" ","content":1}`, ann, 422, `give it a title`},
		{"POST saved", `{"kind":"sql","title":"x"}`, ann, 422, `no JSON`},
		{"POST saved", `{"kind":"sql","title":"x","content":"` + strings.Repeat("y", 300<<10) + `"}`, ann, 422, `262144 bytes`},
		{"POST saved", `{"kind":"sql","title":"` + strings.Repeat("名", 201) + `","content":1}`, ann, 422, `200 characters`},
		{"GET saved/..%2F..%2Faudit.jsonl", "", ann, 404, `not_found`},
		{"GET saved/" + strings.Repeat("*", 26), "", ann, 404, `not_found`},
		{"DELETE saved/" + id, "", ann, 204, ``},
		{"GET saved/" + id, "", ann, 404, `not_found`},
	} {
		if r := d.ask(c.what, c.body, c.who); r.status != c.status || !strings.Contains(r.body, c.has) {
			t.Errorf("%s %.80s by %s: %d %.300s", c.what, c.body, c.who, r.status, r.body)
		}
	}
}

// Files hold the columns that a reader sees, in their order, and say which are
// hidden; what is no arrangement of the answer is refused, and so is one of a
// generation that was replaced.
func TestFilesAsSeen(t *testing.T) {
	d := open(t, api.Limits{})
	const question = "sales by customer.type show net, orders, copies"
	generation := d.ask("POST query", question).at(t, "generation").(string)
	of := func(form, columns string) string {
		return "POST query?" + url.Values{"format": {form}, "columns": {columns}, "generation": {generation}}.Encode()
	}
	whole := strings.Split(d.ask("POST query?format=csv", question).body, "\r\n")
	seen := strings.Split(d.ask(of("csv", "0,3,1"), question).body, "\r\n")
	for i, line := range whole[:len(whole)-1] {
		f := strings.Split(line, ",")
		if want := strings.Join([]string{f[0], f[3], f[1]}, ","); seen[i] != want {
			t.Errorf("line %d is %q, want %q", i, seen[i], want)
		}
	}
	if rest := strings.Join(seen[len(whole)-1:], "|"); rest != "|note,Hidden columns: Orders|" {
		t.Errorf("%q", rest)
	}
	if r := d.ask(of("csv", "0,1,3,2")+"&lang=zh", question); strings.Contains(r.body, "note") || r.status != http.StatusOK {
		t.Errorf("%d %s", r.status, r.body)
	}
	for _, form := range []string{"json", "xlsx", "parquet", "arrow"} {
		r := d.ask(of(form, "0,3")+"&lang=zh", question)
		notes, err := url.PathUnescape(r.header.Get("X-Verso-Notes"))
		if err != nil || r.status != http.StatusOK || form != "json" && !strings.HasPrefix(notes, "隐藏的列：") {
			t.Errorf("%s: %d %q, %v", form, r.status, notes, err)
		}
		if form == "json" && (len(r.at(t, "columns").([]any)) != 2 || !strings.Contains(r.body, "隐藏的列：")) {
			t.Errorf("%.500s", r.body)
		}
	}
	for columns, status := range map[string]int{"0,9": 400, "1,0": 400, "0,1,1": 400, "0,-1": 400, "x": 400, "1": 400} {
		if r := d.ask(of("csv", columns), question); r.status != status {
			t.Errorf("%s: %d %s", columns, r.status, r.body)
		}
	}
	if r := d.ask(of("pivot", "0,1"), question); r.status != http.StatusBadRequest {
		t.Errorf("a pivot table: %d %s", r.status, r.body)
	}
	publish(t, d.warehouse, "two", "")
	if r := d.ask(of("csv", "0,1"), question); r.status != http.StatusConflict {
		t.Errorf("of a generation replaced: %d %s", r.status, r.body)
	}
}
