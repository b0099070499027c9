package page

import (
	"os"
	"regexp"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func keysOf(c catalog) []string {
	out := make([]string, 0, len(c))
	for k := range c {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// Both languages say the same things, and may only fill in the same names.
func TestLanguagesHaveTheSameKeys(t *testing.T) {
	en, err := loadCatalog("en")
	if err != nil {
		t.Fatal(err)
	}
	zh, err := loadCatalog("zh")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(keysOf(en), keysOf(zh)); d != "" {
		t.Fatalf("keys differ (-en +zh):\n%s", d)
	}
	for k := range en {
		if strings.TrimSpace(en[k]) == "" && k != "joint" || strings.TrimSpace(zh[k]) == "" {
			t.Errorf("%s is empty", k)
		}
	}
}

// Every key named in the code exists.
func TestKeysInTheCodeExist(t *testing.T) {
	en, err := loadCatalog("en")
	if err != nil {
		t.Fatal(err)
	}
	call := regexp.MustCompile(`c\.t\("([a-z_.]+[a-z])"[,)]`)
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		text, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range call.FindAllStringSubmatch(string(text), -1) {
			if _, ok := en[m[1]]; !ok {
				t.Errorf("%s: no text %q", f.Name(), m[1])
			}
		}
	}
}
