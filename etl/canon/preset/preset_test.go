package preset

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"verso/etl/config"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares a rendered configuration with the reviewed one.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s differs; rewrite it with -update after looking\n%s", path, d)
	}
}

// load checks that a rendered configuration is one.
func load(t *testing.T, text []byte) *config.Config {
	t.Helper()
	path := filepath.Join(t.TempDir(), "verso.yaml")
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(path, func(string) (string, bool) { return "postgres://reader@localhost/db", true })
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return c
}

func TestUnknownPreset(t *testing.T) {
	_, _, err := Render("northwin", Inputs{})
	if err == nil || !strings.Contains(err.Error(), "did you mean northwind?") {
		t.Errorf("got %v", err)
	}
}

func TestNorthwindRefusesPasswords(t *testing.T) {
	_, _, err := Render("northwind", Inputs{DSN: "postgres://me:secret@localhost/northwind"})
	if err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
}

func TestScalar(t *testing.T) {
	for in, want := range map[string]string{
		"orders.csv": "orders.csv", "a: b": "'a: b'", "it's": "'it''s'", "no": "'no'",
		"书店": "书店", "${X}": "'${X}'", "12": "'12'", "tab\t": `"tab\t"`,
	} {
		if got := Scalar(in); got != want {
			t.Errorf("scalar(%q) = %s, want %s", in, got, want)
		}
	}
}

func TestCanonical(t *testing.T) {
	files := []File{
		{Path: "data/order_line.csv", Columns: columns("订单号|行号|数量|单价|颜色", "7|1|2|9.50|红")},
		{Path: "data/Order-Header.parquet", Columns: []Column{{Name: "order_id", Type: "BIGINT", Samples: []string{"7"}}, {Name: "InvoiceNo", Type: "VARCHAR"}, {Name: "date", Type: "DATE"}}},
		{Path: "data/order_line.parquet", Columns: columns("order_id|qty|price", "7|2|9.50")},
		{Path: "data/customers.csv", Columns: columns("customer_id|name", "1|A")},
		{Path: "data/supplier.xlsx", Columns: columns("supplier|name", "1|A")},
		{Path: "data/title.csv.gz", Encoding: "gb18030", Columns: columns("编号|title_id|书名", "x|007|算法")},
		{Path: "data/readme.txt"},
	}
	text, report, err := Render("canonical", Inputs{Company: "Page", Files: files})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "canonical.yaml", text)
	c := load(t, text)
	if c.IDs != "text" { // 007 would not come back from a number
		t.Errorf("ids %s", c.IDs)
	}
	if d := cmp.Diff([]string{"title", "order_header", "order_line"}, report.Tables); d != "" {
		t.Error(d)
	}
	notes := strings.Join(report.Notes, "\n")
	for _, want := range []string{"颜色", "order_line.parquet is left out", "did you mean customer?", "supplier.xlsx is left out", "readme", "InvoiceNo"} {
		if !strings.Contains(notes, want) {
			t.Errorf("the notes lack %q:\n%s", want, notes)
		}
	}
	if _, _, err := Render("canonical", Inputs{Files: files[3:]}); err == nil || !strings.Contains(err.Error(), "order_header") {
		t.Errorf("got %v", err)
	}
}
