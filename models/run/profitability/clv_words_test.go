package profitability

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// Every finding and warning of the fit has a Chinese sentence.
func TestFindingsAreInChinese(t *testing.T) {
	sentences := regexp.MustCompile(`append\((?:found|s\.Boundary), "([^"]+)"\)`)
	count := 0
	for _, name := range []string{"../../clv/fit.go", "../../clv/spend.go"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range sentences.FindAllStringSubmatch(string(text), -1) {
			count++
			if strings.TrimSpace(foundZH[m[1]]) == "" {
				t.Errorf("%s: no Chinese for %q", name, m[1])
			}
		}
	}
	if count != len(foundZH) {
		t.Errorf("%d sentences found, %d translated", count, len(foundZH))
	}
}
