package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"verso/reports/site/sitetest"
)

// Somebody who may see a part logs in, explores that part, which the page says,
// saves, and logs out.
func TestExplorerOfAPerson(t *testing.T) {
	needsBrowser(t)
	from, _ := demoCompany(t, smallest...)
	dir := t.TempDir()
	config := filepath.Join(dir, "verso.yaml")
	copyTo(t, filepath.Join(from, "verso.yaml"), config)
	appendTo(t, config, "\naccess: {policy: access.yaml, users: users.yaml}\n")
	appendTo(t, filepath.Join(dir, "access.yaml"), "version: 1\nroles:\n  libraries: {rows: {customer.type: library}, facts: true, pages: [index]}\n")
	copyGeneration(t, from, dir)
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"access", "add-user", "wang", "--role", "libraries", "-c", config}, strings.NewReader("correct horse\n"), &out, &errs); code != exitDone {
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	s := startServer(t, config)
	p := sitetest.OpenTab(t, sitetest.Browser(t), s.address, "/explore?ask=sales+by+customer.type+show+net+totals+grand", "light", 1440)
	p.Wait(`location.pathname==="/login"&&document.activeElement.name==="name"`)
	p.Press("wang")
	p.Press(kb.Tab)
	p.Press("correct horse")
	p.Press(kb.Enter)
	p.Wait(`location.pathname==="/explore"&&` + shown)
	if rows := sitetest.Eval[string](p, `[...document.querySelectorAll(".grid-row:not([hidden]) .pin")].map(e=>e.textContent).join()`); rows != "library,Total" {
		t.Errorf("the rows are %q", rows)
	}
	if note := p.Text(".notes .caution"); note == "" {
		t.Error("the page does not say that it shows a part")
	}
	if p.Text(".tools bdi") != "wang" {
		t.Error("the page does not say who is there")
	}
	if sitetest.Eval[bool](p, `document.querySelector('nav a[href^="/sql"]')!==null`) {
		t.Error("the menu leads to SQL, which is not allowed")
	}
	p.Click(`[data-do="save"]`)
	p.Wait(`document.activeElement.matches("dialog input")`)
	p.Press(kb.Enter)
	p.Click(`[data-do="saved"]`)
	p.Wait(`document.querySelector(".saved .step")`)
	for _, f := range p.Faults("explorer-person", sitetest.Axe(t)) {
		t.Error(f)
	}
	p.Go("/sql")
	p.Wait(ready)
	if text := p.Text("main"); !strings.Contains(text, "You may not ask in SQL here") {
		t.Errorf("SQL: %q", text)
	}
	p.Click(".theme-text")
	p.Wait(`location.pathname==="/login"`)
	p.Go("/explore")
	p.Wait(`location.pathname==="/login"`)
}

// copyGeneration copies the published generation of a company and returns where
// the copy is.
func copyGeneration(t *testing.T, from, to string) string {
	t.Helper()
	name, err := os.ReadFile(filepath.Join(from, "warehouse", "CURRENT"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("warehouse", "generations", strings.TrimSpace(string(name)))
	copyTo(t, filepath.Join(from, file), filepath.Join(to, file))
	copyTo(t, filepath.Join(from, "warehouse", "CURRENT"), filepath.Join(to, "warehouse", "CURRENT"))
	return filepath.Join(to, file)
}
