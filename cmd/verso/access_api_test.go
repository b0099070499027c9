package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"verso/olap/access"
	"verso/olap/api"
	"verso/olap/api/audit"
	"verso/olap/api/saved"
	"verso/olap/sqlworker"
)

// byRole is a gate that takes who asks, and their role, from a header.
type byRole struct{}

func (byRole) Authenticate(r *http.Request) (access.Person, error) {
	return person(r.Header.Get("X-Role")), nil
}

// Whatever somebody who may see one region asks, by whatever door of the API and
// in whatever form, what is planted elsewhere does not come out; whoever may see
// everything gets it by the same requests.
func TestAccessByEveryDoor(t *testing.T) {
	g := guardedCompany(t)
	log, err := audit.Open(filepath.Join(g.dir, "audit.jsonl"), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	pool := sqlworker.NewPool(1, 2)
	defer pool.Close()
	handler, err := api.New(api.Options{Store: g.store, Gate: byRole{}, Clock: time.Now, Audit: log, Pool: pool, Saved: saved.Open(filepath.Join(g.dir, "saved"), time.Now),
		Limits: api.Limits{Threads: 1}})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(role, what, body string) (int, http.Header, string) { return askAs(t, handler, role, what, body) }
	for _, d := range doors() {
		asked := strings.Contains(d.what+d.body, "ZZELSE") // it echoes the question
		code, header, text := ask("north", d.what, d.body)
		_, _, all := ask("everything", d.what, d.body)
		rows, found := text, strings.Contains(all, elsewhere)
		if asked {
			rows = text[strings.LastIndex(text, `"rows":`)+1:]
			if i := strings.Index(rows, `"statement"`); i >= 0 {
				rows = rows[:i]
			}
		}
		if strings.Contains(rows, elsewhere) {
			t.Errorf("%s %.100s tells what is elsewhere: %.300s", d.what, d.body, rows)
		}
		if d.found && !found {
			t.Errorf("%s %.100s does not tell everything to who may see it: %d %.300s", d.what, d.body, code, all)
		}
		for _, data := range []string{"query", "why", "schema", "facts", "members", "POST sql?", "definitions", "lineage"} {
			if strings.Contains(d.what, data) && code == http.StatusOK && !strings.Contains(text, "totals are of these") {
				if notes, err := url.PathUnescape(header.Get("X-Verso-Notes")); err != nil || !strings.Contains(notes, "totals are of these") {
					t.Errorf("%s %.60s does not tell the policy: %.300s", d.what, d.body, text)
				}
			}
		}
	}
	for role, refused := range map[string][]string{
		"public":   {"POST sql", "POST facts"},
		"costless": {"POST facts"},
		"nobody":   {"GET me", "POST query", "GET schema"},
	} {
		for _, what := range refused {
			body := `{"sql":"SELECT 1","query":"sales by year show net"}`
			if what == "POST facts" {
				body = `{"query":"sales by year show net"}`
			}
			if code, _, text := ask(role, what, body); code != http.StatusForbidden || strings.Contains(text, g.dir) {
				t.Errorf("%s may %s: %d %.300s", role, what, code, text)
			}
		}
	}
	// What is hidden is not named.
	_, _, text := ask("costless", "GET cubes/sales", "")
	if strings.Contains(text, `"name":"cost"`) || strings.Contains(text, `"name":"margin"`) {
		t.Error("a hidden measure is listed")
	}
	if code, _, text := ask("costless", "POST query", "sales by year show margin"); code != http.StatusBadRequest && code != http.StatusUnprocessableEntity {
		t.Errorf("a hidden measure: %d %.300s", code, text)
	}
	// The same totals as by hand.
	want := firstColumn(t, g.whole, `SELECT CAST(sum(f.net) AS VARCHAR) AS n FROM core.fact_order_line AS f JOIN core.dim_customer AS c USING (customer_key) JOIN core.dim_geo AS g ON g.geo_key = c.geo_key WHERE g.area = 'North China'`)
	if _, _, text := ask("north", "POST query", "sales show net"); !strings.Contains(text, fmt.Sprintf(`"cells":["%s"]`, want[0])) {
		t.Errorf("want %s: %.1000s", want[0], text)
	}
	t.Run("network", func(t *testing.T) { byTheNetwork(t, g) })
}

// askAs is an answer of the API to a role.
func askAs(t *testing.T, handler http.Handler, role, what, body string) (int, http.Header, string) {
	t.Helper()
	method, path, _ := strings.Cut(what, " ")
	r := httptest.NewRequest(method, api.Root+path, strings.NewReader(body))
	r.Header.Set("X-Role", role)
	r.Header.Set("Content-Type", "application/json")
	if !strings.HasPrefix(body, "{") {
		r.Header.Set("Content-Type", "text/plain")
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w.Code, w.Header(), unpacked(t, w.Body.Bytes())
}

// door is a request by which what is elsewhere could come out.
type door struct {
	what, body string
	found      bool // everybody's answer has the planted name
}

func doors() []door {
	const names = "sales by customer.name show net"
	named := `"SELECT name FROM core.dim_customer ORDER BY name"`
	return []door{
		{"POST query?limit=100000", names, true},
		{"POST query?format=csv", names, true},
		{"POST query?format=xlsx", names, true},
		{"POST query?limit=100000", "sales by customer.name show net where customer.name = \"" + elsewhere + "\"", true},
		{"GET cubes/sales/members?attribute=customer.name&limit=5000", "", true},
		{"GET cubes/sales/members?attribute=customer.name&search=ZZELSEWHERE", "", true},
		{"POST facts", `{"query":"` + names + `","cell":"","limit":10000}`, true},
		{"POST facts?format=csv", `{"query":"` + names + `","cell":""}`, true},
		{"POST why", `{"cube":"sales","measure":"net","after":"2025","by":["customer.name"],"members":2000}`, true},
		{"POST sql", `{"sql":` + named + `}`, true},
		{"POST sql", `{"sql":` + named + `,"format":"csv"}`, true},
		{"POST sql", `{"sql":"SELECT name FROM core.dim_customer WHERE name = $n","parameters":{"n":"` + elsewhere + `"}}`, true},
		{"POST sql", `{"sql":"SELECT CAST(name AS INTEGER) FROM core.dim_customer WHERE name LIKE 'ZZELSE%'"}`, true},
		{"POST sql", `{"sql":"SELECT * FROM pragma_storage_info('core.dim_customer')"}`, false},
		{"POST sql", `{"sql":"SELECT stats FROM pragma_storage_info('core.dim_customer')"}`, false},
		{"POST sql", `{"sql":"SUMMARIZE core.dim_customer"}`, false},
		{"POST sql", `{"sql":"SELECT * FROM duckdb_databases()"}`, false},
		{"POST sql/check", `{"sql":` + named + `}`, false},
		{"GET schema", "", false},
		{"GET definitions", "", false},
		{"GET lineage?column=sales.net", "", false},
		{"GET cubes", "", false},
		{"GET cubes/sales", "", false},
		{"GET running", "", false},
	}
}

// unpacked is the text of an answer, of a workbook that of its parts.
func unpacked(t *testing.T, data []byte) string {
	t.Helper()
	if !bytes.HasPrefix(data, []byte("PK")) {
		return string(data)
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&b, r); err != nil {
			t.Fatal(err)
		}
		r.Close()
	}
	return b.String()
}
