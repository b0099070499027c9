package main

import (
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// byTheNetwork comes to a running server by its doors: what a user's role does not
// show is behind none of them, and a policy that changes is taken over.
func byTheNetwork(t *testing.T, g *guarded) {
	config := filepath.Join(g.dir, "verso.yaml")
	for name, role := range map[string]string{"li": "libraries", "cui": "public"} {
		verso(t, exitDone, "access", "add-user", name, "-c", config, "--role", role, "--no-password")
	}
	tokens := map[string]string{}
	for _, name := range []string{"li", "cui"} {
		out, _ := verso(t, exitDone, "access", "token", name, "-c", config, "--days", "1")
		tokens[name] = strings.Fields(out)[0]
	}
	s := startServerWith(t, config, []string{"--flight", "127.0.0.1:0"})
	ask := func(who, method, path, kind, body string) (int, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, s.address+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", kind)
		if who != "" {
			r.Header.Set("Authorization", "Bearer "+tokens[who])
		}
		answer, err := http.DefaultClient.Do(r)
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
	for _, path := range []string{"/", "/metrics", "/api/v1/me", "/sales.html"} {
		if code, text := ask("", http.MethodGet, path, "", ""); code != http.StatusUnauthorized {
			t.Errorf("%s is shown to nobody: %d %s", path, code, text)
		}
	}
	if code, _ := ask("", http.MethodGet, "/healthz", "", ""); code != http.StatusOK {
		t.Errorf("healthz: %d", code)
	}
	if code, text := ask("li", http.MethodGet, "/metrics", "", ""); code == http.StatusOK {
		t.Errorf("li reads the metrics: %.100s", text)
	}
	const question = "sales by customer.type show net totals grand"
	whole, _ := verso(t, exitDone, "query", "-c", config, question+" where customer.type in (library)", "--format", "csv")
	_, cut := ask("li", http.MethodPost, "/api/v1/query?format=csv", "text/plain", question)
	same := func(text string) string { return strings.ReplaceAll(strings.TrimSpace(text), "\r", "") }
	if got, want := same(cut), same(whole); !strings.Contains(got, "library") || strings.Count(got, "\n") != 2 || !strings.HasSuffix(want, got[strings.LastIndex(got, ","):]) {
		t.Errorf("li sees\n%s\nwant\n%s", got, want)
	}
	if code, text := ask("cui", http.MethodPost, "/api/v1/sql", "application/json", `{"sql": "SELECT 1"}`); code != http.StatusForbidden {
		t.Errorf("cui writes SQL: %d %s", code, text)
	}
	const statement = "SELECT string_agg(DISTINCT customer_type, ',') AS t, count(*) AS n FROM core.dim_customer WHERE customer_key > 0"
	code, answered := ask("li", http.MethodPost, "/api/v1/sql", "application/json", fmt.Sprintf("{%q: %q}", "sql", statement))
	if code != http.StatusOK || !strings.Contains(answered, "library") || strings.Contains(answered, "university") {
		t.Errorf("%d %s", code, answered)
	}
	overFlight(t, s, tokens["li"], statement)
	theirPages(t, s, ask)
	policy := filepath.Join(g.dir, "access.yaml")
	text, err := os.ReadFile(policy)
	if err != nil {
		t.Fatal(err)
	}
	closed := strings.Replace(string(text), "libraries: {rows: {customer.type: library}, sql: true,", "libraries: {rows: {customer.type: library}, sql: false,", 1)
	if err := os.WriteFile(policy, []byte(closed), 0o600); err != nil || closed == string(text) {
		t.Fatal("the policy was not changed", err)
	}
	wait(t, s.out, "the changed policy", func() bool {
		code, _ := ask("li", http.MethodPost, "/api/v1/sql", "application/json", `{"sql": "SELECT 1"}`)
		return code == http.StatusForbidden
	})
}

// overFlight asks the statement as a user who may see libraries only.
func overFlight(t *testing.T, s *served, token, statement string) {
	t.Helper()
	m := answering.FindStringSubmatch(s.out.String())
	if m == nil {
		t.Fatalf("no address of Flight SQL\n%s", s.out)
	}
	for _, c := range []struct {
		token string
		known bool
	}{{token, true}, {"verso_forged", false}} {
		db, err := sql.Open("flightsql", "flightsql://"+m[1]+"?timeout=30s&token="+c.token)
		if err != nil {
			t.Fatal(err)
		}
		var kinds string
		var n int
		err = db.QueryRowContext(t.Context(), statement).Scan(&kinds, &n)
		if c.known && (err != nil || kinds != "library" || n == 0) || !c.known && err == nil {
			t.Errorf("known %v: %s %d, %v", c.known, kinds, n, err)
		}
		db.Close()
	}
}

// theirPages waits for the site of a role and looks at what is in it.
func theirPages(t *testing.T, s *served, ask func(who, method, path, kind, body string) (int, string)) {
	t.Helper()
	var index string
	wait(t, s.out, "the site of libraries", func() bool {
		code, text := ask("li", http.MethodGet, "/", "", "")
		index = text
		return code == http.StatusOK
	})
	if !strings.Contains(index, "customer.type is library") {
		t.Error("the page does not say that it shows a part")
	}
	if code, text := ask("li", http.MethodGet, "/sales.html", "", ""); code != http.StatusOK || strings.Contains(text, "university") {
		t.Errorf("%d: the page of libraries tells of universities", code)
	}
	if code, _ := ask("li", http.MethodGet, "/churn.html", "", ""); code != http.StatusNotFound {
		t.Errorf("a page that the role does not show: %d", code)
	}
}
