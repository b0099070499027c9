package page

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"verso/reports/language"
)

// Every key named in the code exists.
func TestKeysInTheCodeExist(t *testing.T) {
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
				if _, ok := language.English().Lookup(language.Pages, m[1]); !ok {
					t.Errorf("%s: no text %q", f, m[1])
				}
			}
		}
	}
	if calls < 500 {
		t.Errorf("%d texts are asked for in the code: the search misses pages", calls)
	}
}
