package main

import (
	"database/sql"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	_ "github.com/apache/arrow-go/v18/arrow/flight/flightsql/driver"
)

var answering = regexp.MustCompile(`"msg":"answering Arrow Flight SQL","address":"([^"]+)"`)

// TestServeFlight asks a running server over Flight SQL for what verso sql prints.
func TestServeFlight(t *testing.T) {
	t.Parallel()
	dir, _ := demoCompany(t, smallest...)
	config := filepath.Join(dir, "verso.yaml")
	const statement = "SELECT customer_type, count(*) AS customers, sum(customer_key) AS keys FROM core.dim_customer GROUP BY customer_type ORDER BY customer_type NULLS LAST"
	s := startServerWith(t, config, []string{"--flight", "127.0.0.1:0"})
	m := answering.FindStringSubmatch(s.out.String())
	if m == nil {
		t.Fatalf("no address of Flight SQL\n%s", s.out)
	}
	db, err := sql.Open("flightsql", "flightsql://"+m[1]+"?timeout=30s")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), statement)
	if err != nil {
		t.Fatalf("%v\n%s", err, s.out)
	}
	defer rows.Close()
	got := []string{"customer_type,customers,keys"}
	for rows.Next() {
		var cells [3]string
		if err := rows.Scan(&cells[0], &cells[1], &cells[2]); err != nil {
			t.Fatal(err)
		}
		got = append(got, strings.Join(cells[:], ","))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	printed, _ := verso(t, exitDone, "sql", "-c", config, statement, "--format", "csv")
	want(t, strings.Join(got, "\n"), strings.TrimSpace(strings.ReplaceAll(printed, "\r", "")))
	if code := s.stop(); code != exitDone {
		t.Errorf("exit code %d\n%s", code, s.out)
	}
}
