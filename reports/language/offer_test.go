package language

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A language is offered to readers when frame and menu are in it, when it is named,
// and when it is the company's own; until then it is said what is missing.
func TestOfferedLanguages(t *testing.T) {
	dir := t.TempDir()
	var b bytes.Buffer
	if err := WriteTemplate(&b, "de", nil, nil, nil); err != nil {
		t.Fatal(err)
	}
	begun := b.String()
	var filled strings.Builder
	section := ""
	for _, line := range strings.Split(begun, "\n") {
		if name, ok := strings.CutSuffix(line, ":"); ok && !strings.HasPrefix(line, " ") {
			section = name
		}
		key := strings.TrimSpace(line)
		if strings.HasSuffix(line, `: ""`) && (section == "frame" || strings.HasPrefix(key, `"page.`) || strings.HasPrefix(key, `"group.`)) {
			line = strings.TrimSuffix(line, `""`) + `"Wort"`
		}
		filled.WriteString(line + "\n")
	}
	short := strings.Replace(filled.String(), `"page.sales": "Wort"`, `"page.sales": ""`, 1)
	if short == filled.String() {
		t.Fatal("page.sales is not where it is sought")
	}
	for name, c := range map[string]struct {
		text    string
		wanted  []string
		home    string
		offered bool
		fault   string
	}{
		"begun":             {begun, nil, "en", false, "Deutsch is not offered to readers yet: "},
		"frame and menu":    {filled.String(), nil, "en", true, ""},
		"one page unnamed":  {short, nil, "en", false, "1 of the "},
		"named":             {begun, []string{"en", "de"}, "en", true, ""},
		"the company's own": {begun, nil, "de", true, ""},
	} {
		if err := os.WriteFile(filepath.Join(dir, "de.yaml"), []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		s, faults := Load(dir, c.wanted, c.home)
		if got := slices.Contains(s.Codes(), "de"); got != c.offered {
			t.Errorf("%s: offered %v, want %v", name, got, c.offered)
		}
		if said := strings.Join(faults, "\n"); !strings.Contains(said, c.fault) || c.fault == "" && said != "" {
			t.Errorf("%s: faults %q", name, said)
		}
	}
	if got := Begun(dir); !slices.Equal(got, []string{"en", "zh", "de"}) {
		t.Errorf("begun: %v", got)
	}
}
