package written

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"verso/reports/page"
)

// editorialOf reads files of a folder.
func editorialOf(t *testing.T, files map[string]string) page.Editorial {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return Editorial(dir, []string{"region.area", "class.bucket"}, []string{"on_time", "reached"}, []string{"en", "zh", "de"})
}

const goodAnnotations = `
annotations:
  - from: 2025-02-10
    to: 2025-02-24
    member: {region.area: North}
    measure: net
    text: {en: A strike, zh: 停工, de: Streik}
  - date: 2024-11-02
    text: A fair
`

const goodGoals = `
goals:
  - goal: on_time
    baseline: 88.5%
    target: 95%
    milestones: {2025: 93%, 2026: 95 %}
    owner: {en: Logistics, zh: 物流部}
  - goal: reached
`

// A text in a language that the report has no file of is named with its place.
func TestEditorialLanguages(t *testing.T) {
	e := editorialOf(t, map[string]string{annotationsFile: strings.Replace(goodAnnotations, "de: Streik", "fr: Greve", 1), goalsFile: strings.Replace(goodGoals, "zh: 物流部", "pl: Logistyka", 1)})
	if len(e.Faults) != 2 || !strings.HasPrefix(e.Faults[0], `annotations.yaml:7:38: there is no language "fr"`) || !strings.HasPrefix(e.Faults[1], `goals.yaml:7:32: there is no language "pl"`) {
		t.Errorf("%q", e.Faults)
	}
}

func TestEditorialFiles(t *testing.T) {
	e := editorialOf(t, map[string]string{annotationsFile: goodAnnotations, goalsFile: goodGoals})
	if len(e.Faults) > 0 {
		t.Fatal(e.Faults)
	}
	if len(e.Annotations) != 2 || e.Annotations[0].Text.In("zh") != "A fair" || e.Annotations[1].Text.In("de") != "Streik" || e.Annotations[1].Text.In("zh") != "停工" ||
		e.Annotations[1].Attribute != "region.area" || e.Annotations[1].Member != "North" || !e.Annotations[1].To.Equal(time.Date(2025, 2, 24, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("annotations: %+v", e.Annotations)
	}
	if len(e.Targets) != 2 || e.Targets[0].Baseline.Float != .885 || e.Targets[0].Milestones[2026].Float != .95 || e.Targets[1].Target.Has() {
		t.Errorf("targets: %+v", e.Targets)
	}
	if e := editorialOf(t, nil); len(e.Annotations)+len(e.Targets)+len(e.Faults) != 0 {
		t.Errorf("no files: %+v", e)
	}
	if e := editorialOf(t, map[string]string{annotationsFile: "\n", goalsFile: "goals: []\n"}); len(e.Faults) != 0 {
		t.Errorf("empty files: %v", e.Faults)
	}
}

// A wrong file is named with what is wrong and where, and the other is still read.
func TestEditorialFaults(t *testing.T) {
	for _, c := range []struct{ name, file, old, new, want string }{
		{"unknown key", annotationsFile, "measure: net", "colour: net", `unknown field "colour"`},
		{"no YAML", annotationsFile, "annotations:", "annotations: [", "annotations.yaml: ["},
		{"no day", annotationsFile, "2024-11-02", "2024-13-02", `annotations.yaml:8:9: "2024-13-02" is no day`},
		{"both", annotationsFile, "date: 2024-11-02", "date: 2024-11-02\n    from: 2024-11-01\n    to: 2024-11-03", "either a date, or from and to"},
		{"half a range", annotationsFile, "    to: 2025-02-24\n", "", "annotations.yaml:3:9: an annotation has either"},
		{"backwards", annotationsFile, "to: 2025-02-24", "to: 2025-02-04", "2025-02-04 is before 2025-02-10"},
		{"no text", annotationsFile, "    text: A fair\n", "", "the annotation has no text"},
		{"no such attribute", annotationsFile, "region.area", "region.planet", `annotations.yaml:5:`},
		{"two members", annotationsFile, "{region.area: North}", "{region.area: North, class.bucket: O}", "about one member"},
		{"a language", annotationsFile, "zh: 停工", "fr: Grève", `no language "fr"`},
		{"no goal", goalsFile, "goal: reached", "goal: rich", `goals.yaml:8:11: there is no goal "rich"; there are on_time, reached`},
		{"twice", goalsFile, "goal: reached", "goal: on_time", "the goal on_time is there twice"},
		{"no percentage", goalsFile, "target: 95%", "target: 0.95", `goals.yaml:5:13: "0.95" is no percentage`},
		{"too much", goalsFile, "target: 95%", "target: 950%", "from 0% to 200%"},
		{"no year", goalsFile, "2025: 93%", "25: 93%", "25 is no year"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := map[string]string{annotationsFile: goodAnnotations, goalsFile: goodGoals}
			if !strings.Contains(files[c.file], c.old) {
				t.Fatalf("%q is not in the file", c.old)
			}
			files[c.file] = strings.Replace(files[c.file], c.old, c.new, 1)
			e := editorialOf(t, files)
			if len(e.Faults) != 1 || !strings.Contains(e.Faults[0], c.want) || !strings.HasPrefix(e.Faults[0], c.file) {
				t.Errorf("faults %q, want one with %q", e.Faults, c.want)
			}
			if (c.file == goalsFile) != (len(e.Annotations) == 2) || (c.file == annotationsFile) != (len(e.Targets) == 2) {
				t.Errorf("%d annotations and %d targets are left", len(e.Annotations), len(e.Targets))
			}
		})
	}
}
