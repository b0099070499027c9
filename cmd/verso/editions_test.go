package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"verso/reports/page"
)

// Editions are kept in order, each run once, the earliest dropped; a page sees
// those before its own run.
func TestEditionsAreKept(t *testing.T) {
	e := editionsOf(t.TempDir())
	report := func(err error) { t.Error(err) }
	runs := func(before string) string {
		t.Helper()
		list, err := e.before(before, report)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, one := range list {
			out = append(out, one.Run)
		}
		return strings.Join(out, " ")
	}
	if got := runs("a"); got != "" {
		t.Errorf("an empty folder has %s", got)
	}
	for _, run := range []string{"a", "b", "a", "c"} {
		if _, err := e.save(page.Edition{Run: run, AsOf: "2025-06-30"}); err != nil {
			t.Fatal(err)
		}
	}
	for before, want := range map[string]string{"a": "", "b": "a", "c": "b a", "d": "c b a"} {
		if got := runs(before); got != want {
			t.Errorf("before %s are %q, want %q", before, got, want)
		}
	}
	for i := range keptEditions {
		if _, err := e.save(page.Edition{Run: fmt.Sprintf("r%02d", i)}); err != nil {
			t.Fatal(err)
		}
	}
	names, err := e.names()
	if err != nil || len(names) != keptEditions || names[0] != "000004-r00.json" {
		t.Errorf("%d editions are kept, the first %v, %v", len(names), names[0], err)
	}
	if err := os.WriteFile(filepath.Join(string(e), names[0]), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	faults := 0
	list, err := e.before("new", func(error) { faults++ })
	if err != nil || faults != 1 || len(list) != keptEditions-1 {
		t.Errorf("beside a broken one %d are read, %d reported, %v", len(list), faults, err)
	}
}
