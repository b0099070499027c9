package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What the site holds is read beside its folder; a folder alone leaves the rest.
func TestSite(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "languages", "de.yaml")
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("language: de\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	parse := func(site string) (*Config, error) {
		return Parse([]byte(strings.Replace(good, "\nsite: ", "\n# site: ", 1)+"\nsite: "+site+"\n"), "verso.yaml", filepath.Join(dir, "verso.yaml"), environment)
	}
	for site, want := range map[string]Report{
		"out":                                          {},
		"{folder: out, customers: all}":                {Customers: -1},
		"{folder: out, customers: 250, keep: 3}":       {Customers: 250, Keep: 3},
		"{folder: out, languages: [de, en]}":           {Languages: []string{"de", "en"}},
		"{folder: out, customers: key, languages: zh}": {Languages: []string{"zh"}},
	} {
		c, err := parse(site)
		if err != nil {
			t.Errorf("%s: %v", site, err)
			continue
		}
		if d := cmp.Diff(want, c.Report); d != "" || filepath.Base(c.Site) != "out" {
			t.Errorf("%s: %s, folder %s", site, d, c.Site)
		}
	}
	for site, want := range map[string]string{
		"{customers: some}":     `site.customers cannot be "some"`,
		"{customers: 0}":        `site.customers cannot be "0"`,
		"{languages: [en, fr]}": `site.languages[1] cannot be "fr"`,
		"{languages: [en, en]}": "en is named twice in site.languages",
		"{keep: -1}":            "site.keep must be from 0 to 1000",
		"{dir: out}":            `unknown key "dir" in site`,
	} {
		if _, err := parse(site); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", site, err, want)
		}
	}
}
