package main

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"verso/etl/config"
	"verso/olap/access/users"
	"verso/olap/cube"
	"verso/olap/engine"
)

// smallCellsGathered checks the rule on the file itself: whatever is asked is a
// union of combinations of at least so many customers.
func smallCellsGathered(t *testing.T, g *guarded) {
	l := g.as(t, person("public"))
	if l.Rights.MinimumCell != 5 || !strings.Contains(l.Rights.Told, "fewer than 5 customers") {
		t.Errorf("%+v", l.Rights)
	}
	r, err := g.store.Report(t.Context(), person("public"))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Gathered) < 10 {
		t.Errorf("facts gathered of %d tables", len(r.Gathered))
	}
	for _, x := range r.Gathered {
		cells := "customer_key <> -1"
		keys := "(SELECT customer_type FROM core.dim_customer d WHERE d.customer_key = f.customer_key)"
		for _, key := range []string{"geo_key", "date_key"} {
			if has := firstColumn(t, l.DB, "SELECT 1 FROM information_schema.columns WHERE table_schema || '.' || table_name = ? AND column_name = ?", x.Table, key); len(has) > 0 {
				column := map[string]string{"geo_key": "(SELECT area FROM core.dim_geo d WHERE d.geo_key = f.geo_key)", "date_key": "date_key"}[key]
				keys += ", " + column
			}
		}
		few := firstColumn(t, l.DB, "SELECT count(*) FROM (SELECT 1 FROM "+x.Table+" f WHERE "+cells+" GROUP BY "+keys+" HAVING count(DISTINCT customer_key) < 5)")
		if few[0] != "0" {
			t.Errorf("%s tells %s combinations of fewer than 5 customers apart", x.Table, few[0])
		}
		for _, c := range firstColumn(t, l.DB, `SELECT column_name FROM information_schema.columns WHERE table_schema || '.' || table_name = ?
AND column_name NOT IN ('customer_key', 'geo_key', 'date_key') AND data_type NOT IN ('DATE', 'BOOLEAN', 'TIMESTAMP')`, x.Table) {
			some := "count(DISTINCT customer_key) FILTER (WHERE " + engine.QuoteIdent(c) + " <> 0)"
			few := firstColumn(t, l.DB, "SELECT count(*) FROM (SELECT 1 FROM "+x.Table+" f WHERE "+cells+" GROUP BY "+keys+" HAVING "+some+" BETWEEN 1 AND 4)")
			if few[0] != "0" {
				t.Errorf("%s.%s: %s cells are of fewer than 5 customers who have any", x.Table, c, few[0])
			}
		}
		if text := firstColumn(t, l.DB, "SELECT column_name FROM information_schema.columns WHERE table_schema || '.' || table_name = ? AND data_type = 'VARCHAR'", x.Table); len(text) > 0 {
			t.Errorf("%s has the texts %v of single facts", x.Table, text)
		}
	}
	if got, want := askOne(t, l, "sales show net"), firstColumn(t, g.whole, "SELECT sum(net) FROM core.fact_order_line")[0]; got != want {
		t.Errorf("total %s, want %s: what is gathered stays in the totals", got, want)
	}
	// A cell that is told has the same value as in the whole.
	want := firstColumn(t, g.whole, `SELECT sum(f.net) FROM core.fact_order_line f JOIN core.dim_customer c USING (customer_key) JOIN core.dim_geo g ON g.geo_key = f.geo_key
WHERE c.customer_type = 'university' AND g.area = 'East China' AND f.date_key BETWEEN 20250101 AND 20250331`)[0]
	if got := askOne(t, l, `sales show net where customer.type = university and region.area = "East China" time 2025-Q1`); got != want {
		t.Errorf("universities of East China in a quarter: %s, want %s", got, want)
	}
	for _, q := range []cube.Query{
		{Cube: "sales", Measures: []string{"net"}, Rows: []string{"customer.name"}},
		{Cube: "sales", Measures: []string{"net"}, Rows: []string{"customer.id"}},
		{Cube: "sales", Measures: []string{"net"}, Rows: []string{"title.title"}},
		{Cube: "sales", Measures: []string{"net"}, Rows: []string{"date.month"}},
		{Cube: "sales", Measures: []string{"net"}, Where: []cube.Filter{{Field: "date.day", Op: "=", Values: []string{"2025-01-01"}}}},
		{Cube: "sales", Measures: []string{"net"}, Where: []cube.Filter{{Field: "customer.name", Op: "=", Values: []string{elsewhere}}}},
		{Cube: "sales", Measures: []string{"net"}, Time: &cube.Time{From: "2025-01-02", To: "2025-03-31"}},
		{Cube: "sales", Measures: []string{"net"}, Time: &cube.Time{From: "2025-01-01", To: "2025-02-28"}},
		{Cube: "sales", Measures: []string{"largest_line"}},
		{Cube: "sales", Measures: []string{"median_line_value"}},
		{Cube: "sales", Measures: []string{"rush_lines"}},
	} {
		if table, err := l.Olap.Ask(t.Context(), q); err == nil {
			t.Errorf("%+v is answered with %d rows", q, len(table.Rows))
		}
	}
	// By the names of customers nothing can be told apart: each is one customer.
	names := g.as(t, person("regions"))
	table, err := names.Olap.Ask(t.Context(), cube.Query{Cube: "sales", Measures: []string{"net"}, Rows: []string{"customer.name"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(table.Rows) != 1 || engine.Text(table.Rows[0].Cells[0]) != "(unknown)" {
		t.Errorf("%d names are told", len(table.Rows))
	}
}

// accessCommands runs the command line: users, tokens, and others' eyes.
func accessCommands(t *testing.T, g *guarded) {
	verso := func(stdin string, args ...string) (int, string, string) {
		var out, errs bytes.Buffer
		code := run(t.Context(), append(args, "-c", filepath.Join(g.dir, "verso.yaml")), strings.NewReader(stdin), &out, &errs)
		return code, out.String(), errs.String()
	}
	expect := func(code int, stdin string, args ...string) (string, string) {
		t.Helper()
		got, out, errs := verso(stdin, args...)
		if got != code {
			t.Errorf("verso %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), got, code, out, errs)
		}
		return out, errs
	}
	expect(exitDone, "correct horse\n", "access", "add-user", "anna", "--role", "north")
	expect(exitDone, "correct horse\n", "access", "add-user", "paul", "--role", "public")
	expect(exitUsage, "short\n", "access", "add-user", "eve", "--role", "north")
	expect(exitUsage, "correct horse\n", "access", "add-user", "eve", "--role", "unheard")
	expect(exitUsage, "correct horse\n", "access", "add-user", "eve<script>", "--role", "north")
	token, _ := expect(exitDone, "", "access", "token", "anna", "--days", "30")
	if !strings.HasPrefix(token, "verso_") {
		t.Errorf("token %q", token)
	}
	path := filepath.Join(g.dir, "users.yaml")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(data), strings.TrimSpace(token)) || strings.Contains(string(data), "correct horse") {
		t.Errorf("a secret is in the users file:\n%s", data)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if out, _ := expect(exitDone, "", "access", "list"); !strings.Contains(out, "anna") || strings.Contains(out, "argon2id") {
		t.Errorf("list:\n%s", out)
	}
	out, _ := expect(exitDone, "", "access", "check", "anna", "--tables")
	if !strings.Contains(out, "anna: 129 of 706 customers") || !strings.Contains(out, "about the company as a whole") {
		t.Errorf("check:\n%s", out)
	}
	want := firstColumn(t, g.whole, "SELECT count(*) FROM core.dim_customer WHERE customer_key IN ("+inNorth+")")[0]
	out, errs := expect(exitDone, "", "sql", "SELECT count(*) AS n FROM core.dim_customer", "--as", "anna", "--format", "csv")
	if fmt.Sprintf("n\r\n%s\r\n", want) != out || !strings.Contains(errs, "North China") {
		t.Errorf("%q, %q", out, errs)
	}
	expect(exitFailed, "", "sql", "SELECT 1", "--as", "paul")
	expect(exitFailed, "", "query", "sales", "show", "net", "--facts", "", "--as", "paul")
	expect(exitUsage, "", "sql", "SELECT 1", "--as", "nobody")
	site := filepath.Join(g.dir, "north")
	expect(exitDone, "", "site", "--as", "anna", "--out", site, "--lang", "en")
	expect(exitFailed, "", "site", "--as", "paul", "--out", filepath.Join(g.dir, "none"))
	pages := 0
	err = filepath.WalkDir(site, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if bytes.Contains(text, []byte("ZZELSEWHERE")) || bytes.Contains(text, []byte("ZZSOMEBODY")) {
			t.Errorf("%s holds a planted name", path)
		}
		if filepath.Ext(path) == ".html" {
			pages++
			if filepath.Base(path) == "sales.html" && !bytes.Contains(text, []byte("totals are of these")) && !bytes.Contains(text, []byte("合计只针对这些客户")) {
				t.Errorf("%s does not say that it is of some customers", path)
			}
		}
		return err
	})
	if err != nil || pages < 20 {
		t.Errorf("%d pages, %v", pages, err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, errs := expect(exitConfig, "", "access", "list"); !strings.Contains(errs, "chmod 600") {
		t.Errorf("a users file that others can read: %s", errs)
	}
}

// servedByRights asks a served report as several users, over a socket.
func servedByRights(t *testing.T, g *guarded) {
	path := filepath.Join(g.dir, "users.yaml")
	defer os.Remove(path)
	var f users.File
	tokens := map[string]string{}
	for _, u := range []users.User{{Name: "anna", Roles: []string{"north"}}, {Name: "lib", Roles: []string{"libraries"}},
		{Name: "paul", Roles: []string{"public"}}, {Name: "boss", Admin: true}} {
		text, token := users.NewToken(time.Now().Add(time.Hour))
		u.Tokens, tokens[u.Name] = []users.Token{token}, text
		f.Users = append(f.Users, u)
	}
	if err := f.Save(path); err != nil {
		t.Fatal(err)
	}
	a := &app{stdout: io.Discard, stderr: io.Discard, env: os.LookupEnv, now: time.Now, configPath: filepath.Join(g.dir, "verso.yaml")}
	cfg, err := a.loadReaderConfig()
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	guard, err := a.newGuard(cfg, "0.0.0.0:8080", false, log)
	if err != nil {
		t.Fatal(err)
	}
	defer guard.close()
	whole := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/healthz" {
			_, _ = io.WriteString(w, "the whole "+elsewhere)
		}
	})
	server := httptest.NewServer(guard.protect(a, cfg, whole, log))
	defer server.Close()
	get := func(name, path string) (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if name != "" {
			r.Header.Set("Authorization", "Bearer "+tokens[name])
		}
		answer, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, string(text)
	}
	for _, x := range []struct {
		name, path string
		status     int
		text       string // that the answer has
	}{
		{"", "/", http.StatusUnauthorized, ""},
		{"", "/healthz", http.StatusOK, ""},
		{"boss", "/", http.StatusOK, "the whole"},
		{"paul", "/", http.StatusForbidden, "no page"},
		{"anna", "/sales.html", http.StatusOK, "North China"},
		{"anna", "/metrics", http.StatusNotFound, ""},
		{"lib", "/index.html", http.StatusOK, "library"},
		{"lib", "/customers.html", http.StatusNotFound, ""},
		{"lib", "/../../verso.yaml", http.StatusNotFound, ""},
	} {
		status, text := get(x.name, x.path)
		if status != x.status || !strings.Contains(text, x.text) || x.name != "boss" && strings.Contains(text, elsewhere) && x.name != "lib" {
			t.Errorf("%q asks %s: %d, want %d with %q", x.name, x.path, status, x.status, x.text)
		}
	}
	if _, err := a.newGuard(&config.Config{Warehouse: cfg.Warehouse}, "0.0.0.0:8080", false, log); err == nil {
		t.Error("without users everybody on the network is served")
	}
}
