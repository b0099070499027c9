package preset

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"verso/etl/config"
)

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

func TestNorthwind(t *testing.T) {
	text, report, err := Render("northwind", Inputs{})
	if err != nil {
		t.Fatal(err)
	}
	c := load(t, text)
	if c.Company.Currency != "USD" || c.IDs != "text" || c.Sources["northwind"].Kind != "postgres" {
		t.Errorf("got %+v", c)
	}
	if len(report.Tables) != len(c.Tables) {
		t.Errorf("reports %v, maps %d tables", report.Tables, len(c.Tables))
	}
	for _, name := range report.Tables {
		if len(c.Tables[name]) != 1 {
			t.Errorf("%s is not mapped", name)
		}
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
		if got := scalar(in); got != want {
			t.Errorf("scalar(%q) = %s, want %s", in, got, want)
		}
	}
}
