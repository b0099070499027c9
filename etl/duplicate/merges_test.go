package duplicate

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"verso/olap/engine"
	"verso/olap/engine/duck"
)

func TestParseMerges(t *testing.T) {
	tests := map[string]struct {
		text string
		want []Merge
		bad  string
	}{
		"none":          {"", nil, ""},
		"comments":      {"# nothing yet\n", nil, ""},
		"empty list":    {"merges:\n", nil, ""},
		"one":           {"merges:\n  - {customer: 603, into: '602'}\n", []Merge{{"603", "602", 2}}, ""},
		"kept as is":    {"merges:\n- customer: 007\n  into: a-b\n", []Merge{{"007", "a-b", 2}}, ""},
		"unknown key":   {"merge:\n", nil, `m.yaml:1:1: unknown key "merge"`},
		"unknown below": {"merges:\n  - {customer: 1, to: 2}\n", nil, `m.yaml:2:19: unknown key "to"`},
		"half":          {"merges:\n  - {customer: 1}\n", nil, "must say customer and into"},
		"no list":       {"merges: 5\n", nil, "merges must be a list"},
		"no mapping":    {"- 1\n", nil, "the file must be a mapping"},
		"text entry":    {"merges:\n  - 1 into 2\n", nil, "m.yaml:2:5: an entry must say"},
		"list as id":    {"merges:\n  - {customer: [1], into: 2}\n", nil, "customer is no id"},
		"itself":        {"merges:\n  - {customer: 1, into: 1}\n", nil, "customer 1 is merged into itself"},
		"twice":         {"merges:\n  - {customer: 1, into: 2}\n  - {customer: 1, into: 3}\n", nil, "merged already in line 2"},
		"circle":        {"merges:\n  - {customer: 1, into: 2}\n  - {customer: 2, into: 3}\n  - {customer: 3, into: 1}\n", nil, "leads back to itself"},
		"no YAML":       {"merges: [\n", nil, "not YAML"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := parseMerges("m.yaml", []byte(tt.text))
			if tt.bad != "" {
				var fault *FileError
				if !errors.As(err, &fault) || !strings.Contains(err.Error(), tt.bad) {
					t.Errorf("want %q, got %v", tt.bad, err)
				}
				return
			}
			if err != nil || cmp.Diff(tt.want, got) != "" {
				t.Error(err, cmp.Diff(tt.want, got))
			}
		})
	}
}

// TestAddMerge holds that what the user wrote stays, whatever names and ids hold.
func TestAddMerge(t *testing.T) {
	path := filepath.Join(t.TempDir(), MergesFile)
	if got, err := ReadMerges(path); got != nil || err != nil {
		t.Fatal(got, err)
	}
	hostile := "it's: {#}"
	for _, m := range []Merge{{Customer: "2", Into: "1"}, {Customer: hostile, Into: "1"}, {Customer: "4", Into: "\"5\""}} {
		if err := AddMerge(path, m, "first\nmerges: gone\u2028x"); err != nil {
			t.Fatal(err)
		}
	}
	got, err := ReadMerges(path)
	if err != nil || len(got) != 3 || got[1].Customer != hostile || got[2].Into != `"5"` {
		t.Errorf("%+v, %v", got, err)
	}
	before, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(string(before), "# Customers that") {
		t.Fatal(string(before), err)
	}
	for _, m := range []Merge{{Customer: "2", Into: "9"}, {Customer: "1", Into: "2"}, {Customer: "7", Into: "7"}} {
		if err := AddMerge(path, m, ""); err == nil {
			t.Errorf("%+v was added", m)
		}
	}
	if after, _ := os.ReadFile(path); string(after) != string(before) {
		t.Errorf("a refused merge changed the file:\n%s", after)
	}
	own := filepath.Join(t.TempDir(), MergesFile)
	if err := os.WriteFile(own, []byte("# mine\nmerges:\n- customer: 5 # why\n  into: 4"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := AddMerge(own, Merge{Customer: "6", Into: "4"}, "c"); err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(own); string(text) != "# mine\nmerges:\n- customer: 5 # why\n  into: 4\n# c\n- {customer: '6', into: '4'}\n" {
		t.Errorf("%s", text)
	}
	flow := filepath.Join(t.TempDir(), MergesFile)
	if err := os.WriteFile(flow, []byte("merges: [{customer: 5, into: 4}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := AddMerge(flow, Merge{Customer: "6", Into: "4"}, "c"); err == nil || !strings.Contains(err.Error(), "by hand") {
		t.Error(err)
	}
}

// TestBuild holds the way through the tables, with hostile texts, and that what
// is merged is proposed no more.
func TestBuild(t *testing.T) {
	if duck.Arrow != "native" {
		t.Skip("needs -tags duckdb_arrow")
	}
	ctx := context.Background()
	db, err := duck.Open(ctx, duck.Options{MaxConns: 1, Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	const schema = `CREATE SCHEMA stage; CREATE SCHEMA meta;
CREATE TABLE stage.customer (customer_id BIGINT, customer_no VARCHAR, name VARCHAR, name_en VARCHAR, customer_type VARCHAR, region_code VARCHAR, country VARCHAR, city VARCHAR, address VARCHAR, postcode VARCHAR, vat_no VARCHAR, created_date DATE, first_contact_date DATE, parent_customer_id BIGINT, merged_into BIGINT, is_deleted BOOLEAN);
CREATE TABLE stage.customer_contact (contact_id BIGINT, customer_id BIGINT, phone VARCHAR, email VARCHAR);
CREATE TABLE stage.order_header (order_id BIGINT, customer_id BIGINT, contact_id BIGINT);`
	if _, err := conn.Exec(ctx, engine.SQL(schema)); err != nil {
		t.Fatal(err)
	}
	build := func(want int) []Candidate {
		t.Helper()
		n, _, err := Build(ctx, conn, Options{})
		if err != nil || n != want {
			t.Fatalf("%d, %v; want %d", n, err, want)
		}
		stored, err := Stored(ctx, conn)
		if err != nil || len(stored) != want {
			t.Fatalf("%+v, %v", stored, err)
		}
		return stored
	}
	if got, err := Stored(ctx, conn); got != nil || err != nil {
		t.Errorf("%v, %v", got, err)
	}
	if err := WriteMerges(ctx, conn, nil); err != nil {
		t.Fatal(err)
	}
	build(0)
	hostile := "'); DROP TABLE stage.customer; --"
	for id := 1; id <= 3; id++ {
		if _, err := conn.Exec(ctx, engine.SQL("INSERT INTO stage.customer (customer_id, name, region_code, created_date) VALUES (?, ?, 'r', DATE '2020-01-01')", id, hostile)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := conn.Exec(ctx, engine.SQL("INSERT INTO stage.customer_contact VALUES (1, 1, '12345678', NULL); INSERT INTO stage.order_header VALUES (1, 2, 1)")); err != nil {
		t.Fatal(err)
	}
	got := build(3)
	if got[0].Keep != "1" || got[0].Drop != "2" || got[0].KeepName != hostile || !strings.Contains(Explain(got[0].Reasons), "orders of one by a contact person of the other") {
		t.Errorf("%+v", got[0])
	}
	if err := WriteMerges(ctx, conn, []Merge{{"2", "1", 7}}); err != nil {
		t.Fatal(err)
	}
	if got = build(1); got[0].Keep != "1" || got[0].Drop != "3" {
		t.Errorf("%+v", got)
	}
}
