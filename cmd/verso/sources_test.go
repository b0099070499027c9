package main

import (
	"bytes"
	"database/sql"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"verso/etl/source/mysql/mysqltest"

	_ "modernc.org/sqlite"
)

const sourcesConfig = `version: 1
as_of: 2024-12-31
company: {currency: EUR}
sources:
  shop: {kind: mysql, dsn: '${SHOP_DSN}', retry: {attempts: 2, wait: 10ms, longest: 20ms}}
  till: {kind: sqlite, path: till.db}
  web: {kind: http, url: '${WEB}/people.csv', headers: {Authorization: 'Bearer ${KEY}'}, content_type: text/csv, retry: {attempts: 3, wait: 10ms, longest: 20ms}}
  piped: {kind: file, path: "-", format: csv}
tables:
  order_header:
    from: shop
    select: SELECT no AS order_id, day AS order_date, who AS customer_id FROM orders
  order_line:
    from: till
    select: SELECT line AS line_id, no AS order_id, qty AS qty_ordered, price AS unit_price, title AS title_id FROM lines
  customer:
    from: web
    columns: {customer_id: id, name: name}
  title:
    from: piped
    columns: {title_id: id, title: name}
`

// TestFourSources refreshes one company out of MySQL, SQLite, a download and
// standard input, twice.
func TestFourSources(t *testing.T) {
	server := mysqltest.Start(t, nil)
	server.Exec(t, "CREATE TABLE orders (no int unsigned, day datetime, who bigint); INSERT INTO orders VALUES (1, '2024-03-01 10:00:00', 7), (2, '2024-04-02', 8)")
	dir := t.TempDir()
	db, err := sql.Open("sqlite", filepath.Join(dir, "till.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("CREATE TABLE lines (line INTEGER, no INTEGER, qty INTEGER, price DECIMAL(10,2), title INTEGER); INSERT INTO lines VALUES (1, 1, 2, 10, 5), (2, 1, 1, 5.25, 6), (3, 2, 3, 1.1, 5)"); err != nil {
		t.Fatal(err)
	}
	db.Close()
	busy := 1
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer geheim" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		if busy > 0 {
			busy--
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("ETag", `"1"`)
		w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		if r.Header.Get("If-None-Match") == `"1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Write([]byte("id,name\n7,北京图书馆\n8,Bo\n"))
	}))
	defer web.Close()
	t.Setenv("SHOP_DSN", server.DSN())
	t.Setenv("WEB", web.URL)
	t.Setenv("KEY", "geheim")
	config := filepath.Join(dir, "verso.yaml")
	if err := os.WriteFile(config, []byte(sourcesConfig), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, titles := range []string{"id,name\n5,Algebra\n6,统计学习方法\n", "id,name\n5,Algebra\n"} {
		var out, errs bytes.Buffer
		if code := run(t.Context(), []string{"refresh", "-c", config, "--skip", "models", "--skip", "site"}, strings.NewReader(titles), &out, &errs); code != exitDone {
			t.Fatalf("exit %d\n%s\n%s", code, out.String(), errs.String())
		}
		w := generation(t, dir)
		want := "customer: 2; order_header: 2; order_line: 3; title: " + map[bool]string{true: "2", false: "1"}[strings.Contains(titles, "6,")]
		if got := figure(t, w, "SELECT string_agg(table_name || ': ' || (loaded - deleted), '; ' ORDER BY table_name) FROM meta.table_load WHERE supplied"); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		if got := figure(t, w, "SELECT sum(qty_ordered * unit_price) FROM stage.order_line"); !strings.HasPrefix(got, "28.55") {
			t.Error(got)
		}
		if got := figure(t, w, "SELECT string_agg(file, ', ' ORDER BY file) FROM meta.extract WHERE file IS NOT NULL"); got != "people.csv, standard input" {
			t.Error(got)
		}
		if strings.Contains(out.String()+errs.String(), "geheim") {
			t.Error("a secret is told")
		}
	}
	out, _ := verso(t, exitDone, "doctor", "-c", config)
	for _, want := range []string{"source shop (mysql): readable, 3 columns; server", "source till (sqlite): readable, 5 columns; SQLite database", "source web (http); " + web.URL, "source piped (file): standard input"} {
		if !strings.Contains(out, want) {
			t.Errorf("doctor lacks %q:\n%s", want, out)
		}
	}
}
