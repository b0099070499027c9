package main

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"verso/reports/page/pagetest"
)

// TestFloorsAreLintRules holds the depguard rules of .golangci.yml to the table
// of floors, so that editors and the linter tell the same as TestFloors.
func TestFloorsAreLintRules(t *testing.T) {
	path := filepath.Join("..", "..", ".golangci.yml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "        # floors: begin", "        # floors: end"
	from, to := strings.Index(string(text), begin), strings.Index(string(text), end)
	if from < 0 || to < from {
		t.Fatal("the markers of the generated part are gone from .golangci.yml")
	}
	from += strings.IndexByte(string(text[from:]), '\n') + 1
	want := string(text[:from]) + depguardRules(listPackages(t)) + string(text[to:])
	if want == string(text) {
		return
	}
	if pagetest.Updating() {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Error(".golangci.yml is stale: run go test ./cmd/verso -run Floors -update")
}

func depguardRules(packages []goPackage) string {
	names := make([]string, 0, len(packages))
	for _, p := range packages {
		names = append(names, strings.TrimPrefix(p.ImportPath, "verso/"))
	}
	sort.Strings(names)
	var b strings.Builder
	for _, name := range names {
		allowed, _ := allowedImports(name)
		fmt.Fprintf(&b, "        %s:\n", strings.ReplaceAll(name, "/", "-"))
		fmt.Fprintf(&b, "          list-mode: lax\n          files: [\"**/%s/*.go\", \"!$test\"]\n", name)
		if list := depguardAllow(name, allowed); len(list) > 0 {
			fmt.Fprintf(&b, "          allow: [%s]\n", strings.Join(list, ", "))
		}
		b.WriteString("          deny:\n")
		if name != "cmd/verso" {
			b.WriteString("            - {pkg: verso/, desc: not on a lower floor}\n")
		}
		drivers := make([]string, 0, len(driverOwners))
		for driver, owners := range driverOwners {
			if !owned(name, owners) {
				drivers = append(drivers, driver)
			}
		}
		sort.Strings(drivers)
		for _, driver := range drivers {
			fmt.Fprintf(&b, "            - {pkg: %s, desc: only %s imports it}\n", driver, strings.Join(driverOwners[driver], " and "))
		}
	}
	return b.String()
}

func depguardAllow(name string, allowed []string) []string {
	var list []string
	for _, pattern := range allowed {
		switch prefix, wild := strings.CutSuffix(pattern, "/..."); {
		case pattern == "...":
		case wild:
			list = append(list, "verso/"+prefix+"/")
		default:
			list = append(list, "verso/"+pattern+"$")
		}
	}
	return list
}
