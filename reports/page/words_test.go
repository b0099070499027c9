package page

import (
	"os"
	"path/filepath"
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
	call := regexp.MustCompile(`c\.T\("([a-z_.]+[a-z])"[,)]`)
	calls := 0
	for _, pattern := range []string{"*.go", "../pages/*/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if strings.HasSuffix(f, "_test.go") {
				continue
			}
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range call.FindAllStringSubmatch(string(text), -1) {
				calls++
				if _, ok := en[m[1]]; !ok {
					t.Errorf("%s: no text %q", f, m[1])
				}
			}
		}
	}
	if calls < 500 {
		t.Errorf("%d texts are asked for in the code: the search misses pages", calls)
	}
}
