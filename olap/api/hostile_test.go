package api_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"verso/olap/access"
	"verso/olap/api"
)

func TestBadInput(t *testing.T) {
	d := open(t, api.Limits{Body: 64 << 10})
	for _, c := range []struct {
		what, body string
		status     int
		has        string
		headers    []string
	}{
		{"POST query", "", 400, "the question is missing", nil},
		{"POST query", "{", 400, `"line":1`, nil},
		{"POST query", "{\n\"cube\":\"sales\",\n\"rows\":7}", 400, `"line":3`, nil},
		{"POST query", `{"cube":"sales","measures":["net"],"drop":1}`, 400, "drop", nil},
		{"POST query", "sales by year show net '", 400, `"column":24`, nil},
		{"POST query", "sales by year show net where customer.name = \"x'; DROP TABLE core.fact_order_line; --\"", 200, `"rows":[]`, nil},
		{"POST query", "nosuch by year show net", 400, `"code":"syntax"`, nil},
		{"POST query", `{"cube":"sales","measures":["net"],"rows":["x\"; DROP TABLE core.t; --"]}`, 422, `"part":"rows"`, nil},
		{"POST query", "sales by year show \xff\xfe", 400, "UTF-8", nil},
		{"POST query", "sales " + strings.Repeat("x", 70<<10), 413, "65536 bytes", nil},
		{"POST query?format=exe", "sales by year show net", 400, "json, csv", nil},
		{"POST query?limit=-1", "sales by year show net", 400, "no number", nil},
		{"POST query?limit=99999999999999999999", "sales by year show net", 400, "no number", nil},
		{"POST query?lang=../../etc", "sales by year show net", 400, "unknown language", nil},
		{"POST facts", `{"query":"sales by year show net","cell":"a|b|c|d"}`, 400, "cell", nil},
		{"POST facts", `{"query":"sales by year show net","cell":{"row":["x","y","z"]}}`, 422, "", nil},
		{"POST facts", `{"query":"sales by year show net","limit":-5}`, 422, "", nil},
		{"POST facts", `{"cell":""}`, 400, "the question is missing", nil},
		{"POST facts", `{"query":7}`, 400, "", nil},
		{"POST facts", `[]`, 400, `"code":"json"`, nil},
		{"POST facts", `{"query":"sales by year show net"} {"query":1}`, 400, "text follows", nil},
		{"POST facts", `{"query":"sales by year show net","cell":{"row":["'; DROP TABLE core.t; --"]}}`, 422, "is not a whole number", nil},
		{"POST why", `{"cube":"sales"}`, 400, "name a cube and a measure", nil},
		{"POST why", `{"cube":"sales","measure":"net","after":"yesteryear"}`, 400, "", nil},
		{"POST why", `{"cube":"sales","measure":"net'","after":"2024"}`, 422, "", nil},
		{"POST why", `{"query":"sales by year show net","cell":"(others)"}`, 400, "stands for no member", nil},
		{"POST navigate", `{"query":"sales by year show net","step":"fly"}`, 400, "unknown step", nil},
		{"POST navigate", `{"query":"sales by year show net","step":"drill_across","to":"nosuch"}`, 422, "navigation", nil},
		{"POST sql", `{"sql":""}`, 400, "no statement", nil},
		{"POST sql", `{"sql":";;; -- nothing\n/* at all */"}`, 400, "no statement", nil},
		{"POST sql", `{"sql":"SELECT 1","statement":2}`, 400, "statement 2 of 1", nil},
		{"POST sql", `{"sql":"` + strings.Repeat("SELECT 1;", 60) + `"}`, 400, "at once", nil},
		{"POST sql", `{"sql":"SELECT ?","parameters":[[1]]}`, 422, "no lists", nil},
		{"POST sql", `{"sql":"SELECT $a","parameters":{"b":1}}`, 422, "no parameter $b", nil},
		{"POST sql", `{"sql":"SELECT ?","parameters":"x"}`, 422, "give a list", nil},
		{"POST sql", `{"sql":"DROP TABLE core.fact_order_line"}`, 422, "refused", nil},
		{"POST sql?format=csv", `{"sql":"SELECT 1; SELECT 2"}`, 400, "one statement", nil},
		{"POST sql", "{\"sql\":\"SELECT 1\xff\"}", 400, "UTF-8", nil},
		{"GET cubes/..%2F..%2Fetc%2Fpasswd", "", 404, "not_found", nil},
		{"GET cubes/nosuch", "", 404, "did you mean", nil},
		{"GET cubes/sales/members", "", 400, "name the attribute", nil},
		{"GET cubes/sales/members?attribute=x%27%3B", "", 422, "", nil},
		{"GET lineage", "", 400, "name a column", nil},
		{"GET lineage?column=core.nosuch.x%27", "", 404, "nothing is called", nil},
		{"GET nosuch", "", 404, "nothing at this address", nil},
		{"POST me", "", 405, "POST is not for this address", nil},
		{"DELETE running/nosuch", "", 404, "no question of that id", nil},
		{"POST query", "sales by year show net", 403, "cross_origin", []string{"Origin: https://evil.example", "Sec-Fetch-Site: cross-site"}},
	} {
		r := d.ask(c.what, c.body, c.headers...)
		if c.what == "GET cubes/nosuch" {
			c.has = "no cube"
		}
		if r.status != c.status || !strings.Contains(r.body, c.has) {
			t.Errorf("%s %.100s\n  want %d %s, got %d %.300s", c.what, c.body, c.status, c.has, r.status, r.body)
		}
		if r.status >= 400 && r.at(t, "error.code") == nil {
			t.Errorf("%s: no code in %s", c.what, r.body)
		}
		if strings.Contains(r.body, d.dir) || strings.Contains(r.body, "goroutine") {
			t.Errorf("%s tells of the server's inside: %.300s", c.what, r.body)
		}
	}
	if r := d.ask("POST query", "sales by year show net"); r.status != http.StatusOK {
		t.Errorf("afterwards: %d %.300s", r.status, r.body)
	}
}

// A fault of verso's own is told without its inside, and logged with it.
func TestPanic(t *testing.T) {
	d := open(t, api.Limits{})
	r := d.ask("GET me", "", "X-Who: panic")
	if r.status != http.StatusInternalServerError || strings.Contains(r.body, "gate") {
		t.Errorf("%d %s", r.status, r.body)
	}
	if !strings.Contains(d.log.String(), "a fault in the gate") {
		t.Errorf("not logged: %s", d.log)
	}
}

// dial opens a connection of bytes.
func (d *desk) dial(t *testing.T, send string) *net.TCPConn {
	t.Helper()
	c, err := net.Dial("tcp", d.server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if _, err := io.WriteString(c, send); err != nil {
		t.Fatal(err)
	}
	return c.(*net.TCPConn)
}

// A client that closes its side in the middle of its request gets an answer.
func TestHalfClosed(t *testing.T) {
	d := open(t, api.Limits{})
	c := d.dial(t, "POST /api/v1/query HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\nsales by")
	if err := c.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(c)
	if err != nil || !strings.Contains(string(text), "400 Bad Request") {
		t.Errorf("%v %s", err, text)
	}
	whole := d.dial(t, "POST /api/v1/query HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 22\r\nConnection: close\r\n\r\nsales by year show net")
	if err := whole.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(whole); err != nil || !strings.Contains(string(text), "HTTP/1.1 ") {
		t.Errorf("%v %s", err, text)
	}
}

// A client that does not read is cut off, and what it asked for ends.
func TestSlowReader(t *testing.T) {
	d := open(t, api.Limits{Write: 100 * time.Millisecond, Statements: 1})
	body := `{"sql":"SELECT repeat('x', 1000) || range AS a FROM range(60000)","format":"csv"}`
	d.dial(t, fmt.Sprintf("POST /api/v1/sql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body))
	for d.ask("GET running", "").body != `{"running":[]}`+"\n" {
		time.Sleep(10 * time.Millisecond)
	}
	// The one turn for SQL is free again.
	if r := d.ask("POST sql", `{"sql":"SELECT 1 AS a"}`); r.status != http.StatusOK {
		t.Errorf("%d %s", r.status, r.body)
	}
}

// await gives the id of the one question that runs.
func (d *desk) await(t *testing.T) string {
	t.Helper()
	for range 1000 {
		list := d.ask("GET running", "").json(t)["running"].([]any)
		if len(list) == 1 {
			return list[0].(map[string]any)["id"].(string)
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("nothing runs")
	return ""
}

// endless cannot be interrupted: one value takes longer than anybody waits.
const endless = `{"sql":"SELECT levenshtein(repeat('a', 400000), repeat('b', 400000)) AS a"}`

func TestCancel(t *testing.T) {
	d := open(t, api.Limits{})
	done := make(chan reply, 1)
	go func() {
		r, err := d.try(context.Background(), "POST sql", endless, "X-Who: ann")
		if err != nil {
			t.Error(err)
		}
		done <- r
	}()
	id := d.await(t)
	if r := d.ask("DELETE running/"+id, "", "X-Who: bob"); r.status != http.StatusNotFound {
		t.Errorf("somebody else's: %d", r.status)
	}
	if r := d.ask("DELETE running/"+id, "", "X-Who: ann"); r.status != http.StatusNoContent {
		t.Errorf("one's own: %d %s", r.status, r.body)
	}
	r := <-done
	if r.status != 499 || !strings.Contains(r.body, `"cancelled"`) || r.header.Get("X-Query-Id") != id {
		t.Errorf("%d %v %s", r.status, r.header, r.body)
	}
	if r := d.ask("GET log?limit=1", "", "X-Who: ann"); !strings.Contains(r.body, `"outcome":"cancelled"`) {
		t.Errorf("%s", r.body)
	}
}

func TestTurns(t *testing.T) {
	d := open(t, api.Limits{PerPerson: 1, Statements: 1, Wait: 50 * time.Millisecond, Time: time.Minute})
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { _, _ = d.try(ctx, "POST sql", endless, "X-Who: ann") }) // ends with ctx
	d.await(t)
	if r := d.ask("POST query", "sales by year show net", "X-Who: ann"); r.status != http.StatusTooManyRequests || r.header.Get("Retry-After") == "" {
		t.Errorf("a second of one person: %d %s", r.status, r.body)
	}
	if r := d.ask("POST sql", `{"sql":"SELECT 1"}`, "X-Who: bob"); r.status != http.StatusServiceUnavailable || !strings.Contains(r.body, "1 questions run") {
		t.Errorf("a second statement: %d %s", r.status, r.body)
	}
	if r := d.ask("POST query", "sales by year show net", "X-Who: bob"); r.status != http.StatusOK {
		t.Errorf("a question of another: %d %s", r.status, r.body)
	}
	d.api.SetLimits(api.Limits{PerPerson: 5, Statements: 2, Threads: 1})
	if r := d.ask("POST sql", `{"sql":"SELECT 1"}`, "X-Who: ann"); r.status != http.StatusOK {
		t.Errorf("with more turns: %d %s", r.status, r.body)
	}
	cancel()
	wg.Wait()
	for d.ask("GET running", "").body != `{"running":[]}`+"\n" {
		time.Sleep(5 * time.Millisecond)
	}
}

func TestTimeLimit(t *testing.T) {
	d := open(t, api.Limits{Time: 300 * time.Millisecond})
	r := d.ask("POST sql", `{"sql":"SELECT count(*) AS n FROM range(100000000000) AS a, range(1000) AS b"}`)
	if r.status != http.StatusGatewayTimeout || !strings.Contains(r.body, `"timeout"`) {
		t.Errorf("%d %s", r.status, r.body)
	}
}

// Generations change and the old ones are deleted while people ask: nobody gets
// an error, and every answer is of one generation.
func TestGenerationsChange(t *testing.T) {
	d := open(t, api.Limits{Statements: 8})
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for i, c := range []struct{ what, body string }{
		{"POST query", "sales by year show net totals grand"}, {"POST query?format=csv", monthly}, {"POST sql", `{"sql":"SELECT count(*) AS n FROM core.fact_order_line"}`},
		{"GET schema", ""}, {"POST facts", `{"query":"sales by year show net","cell":"2024","limit":5}`},
	} {
		wg.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				r, err := d.try(context.Background(), c.what, c.body, fmt.Sprintf("X-Who: p%d", i))
				if err != nil || r.status != http.StatusOK {
					t.Errorf("%s: %d %.300s %v", c.what, r.status, r.body, err)
					return
				}
			}
		})
	}
	for _, run := range []string{"two", "three", "four"} {
		publish(t, d.warehouse, run, "")
		if _, err := d.warehouse.Prune(1); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	wg.Wait()
	if r := d.ask("GET me", ""); !strings.Contains(r.body, "00000004-four") {
		t.Error(r.body)
	}
}

// A file that is taken away under the server is an error that says so; the next
// generation is served again.
func TestGenerationDisappears(t *testing.T) {
	d := open(t, api.Limits{})
	if r := d.ask("GET me", ""); r.status != http.StatusOK {
		t.Fatal(r.body)
	}
	found, err := filepath.Glob(filepath.Join(d.dir, "warehouse", "generations", "*.duckdb"))
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	if err := os.Remove(found[0]); err != nil {
		t.Fatal(err)
	}
	r := d.ask("POST sql", `{"sql":"SELECT count(*) AS n FROM core.fact_order_line"}`)
	if r.status != http.StatusOK && r.status != http.StatusServiceUnavailable && r.status != http.StatusInternalServerError || strings.Contains(r.body, d.dir) {
		t.Errorf("%d %s", r.status, r.body)
	}
	publish(t, d.warehouse, "two", "")
	if r := d.ask("POST sql", `{"sql":"SELECT count(*) AS n FROM core.fact_order_line"}`); r.status != http.StatusOK {
		t.Errorf("%d %s", r.status, r.body)
	}
}

// The audit holds a line for every request, and no secret.
func TestAudit(t *testing.T) {
	d := open(t, api.Limits{})
	d.ask("POST query", "sales by year show net", "X-Who: ann", "Authorization: Bearer s3cret-token", "Cookie: verso=s3cret-cookie")
	d.ask("POST sql", `{"sql":"SELECT nosuch"}`, "X-Who: ann")
	d.ask("GET me", "", "X-Who: nobody")
	f, err := os.Open(filepath.Join(d.dir, "audit.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var lines []string
	for s := bufio.NewScanner(f); s.Scan(); {
		lines = append(lines, s.Text())
	}
	text := strings.Join(lines, "\n")
	if len(lines) != 3 || strings.Contains(text, "s3cret") {
		t.Fatalf("%d lines\n%s", len(lines), text)
	}
	for i, want := range [][]string{
		{`"person":"ann"`, `"door":"query"`, `"what":"sales by date.year show net"`, `"generation":"00000001-one.duckdb"`, `"rows":3`, `"outcome":"ok"`},
		{`"door":"sql"`, `"what":"SELECT nosuch"`, `"outcome":"statement"`, `"status":422`},
		{`"outcome":"unauthorized"`, `"status":401`},
	} {
		for _, part := range want {
			if !strings.Contains(lines[i], part) {
				t.Errorf("line %d has no %s: %s", i+1, part, lines[i])
			}
		}
	}
}

// slowStore hands out nothing until it is let.
type slowStore struct{ opened, let chan struct{} }

func (s slowStore) Open(ctx context.Context, _ access.Person) (*api.Lease, error) {
	s.opened <- struct{}{}
	select {
	case <-s.let:
		return nil, errors.New("let go")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// What a client sends slowly, or stops sending, is waited for before anything is
// opened for it: one that closes its side in the middle is told at once, however
// long the opening takes; one that sends byte by byte keeps nobody waiting and is
// cut off in the end, as is one that never finishes its headers. One that has gone
// is noticed while what it asked for is still being opened.
func TestSlowSender(t *testing.T) {
	held := slowStore{make(chan struct{}, 1), make(chan struct{})}
	a, err := api.New(api.Options{Store: held, Gate: headerGate{}, Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(a)
	server.Config.ReadHeaderTimeout, server.Config.ReadTimeout = 200*time.Millisecond, 400*time.Millisecond
	server.Start()
	defer server.Close()
	d := &desk{t: t, server: server}
	const head = "POST /api/v1/query HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 22\r\n\r\n"
	half := d.dial(t, head+"sales by")
	if err := half.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(half); err != nil || !strings.Contains(string(text), "400 Bad Request") {
		t.Errorf("half closed: %v %s", err, text)
	}
	slow, endless := d.dial(t, head), d.dial(t, "POST /api/v1/query HTTP/1.1\r\nHost: x\r\n")
	go func() {
		for _, c := range []byte("sales by year show ne") { // one short
			if _, err := slow.Write([]byte{c}); err != nil {
				return
			}
			if _, err := fmt.Fprintf(endless, "X-%c: y\r\n", c); err != nil {
				return
			}
			time.Sleep(30 * time.Millisecond)
		}
	}()
	for name, c := range map[string]*net.TCPConn{"a body byte by byte": slow, "headers without an end": endless} {
		if text, err := io.ReadAll(c); strings.Contains(string(text), "200 OK") {
			t.Errorf("%s: %v %s", name, err, text)
		}
	}
	select {
	case <-held.opened:
		t.Error("a generation was opened for half a question")
	default:
	}
	whole := d.dial(t, head+"sales by year show net")
	<-held.opened
	if err := whole.Close(); err != nil {
		t.Fatal(err)
	}
	server.Close() // waits for requests: ours has ended though nothing was opened
}
