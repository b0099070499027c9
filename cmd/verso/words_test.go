package main

import (
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"verso/olap/engine"
	"verso/reports/language"
	"verso/reports/pages"
	"verso/reports/site/sitetest"
)

// long writes a text as a pseudo-language does: in brackets, and longer by 40 %.
func long(text string) string {
	var b strings.Builder
	for n := len([]rune(text)) * 2 / 5; n > 0; n -= 6 {
		b.WriteString(" " + strings.Repeat("~", min(n, 6)))
	}
	return "⟦" + text + b.String() + "⟧"
}

// pseudo fills a language file in: every text is its English, written long.
func pseudo(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var f map[string]any
	if err := yaml.Unmarshal(text, &f); err != nil {
		t.Fatal(err)
	}
	formats := f["formats"].(map[string]any)
	formats["not_applicable"] = "⟦n⟧"
	formats["decimal"], formats["group"], formats["percent"] = ":", "'", "⟦%⟧"
	for _, key := range []string{"months", "months_short"} {
		for i, name := range formats[key].([]any) {
			formats[key].([]any)[i] = "⟦" + name.(string) + "⟧"
		}
	}
	for _, m := range formats["magnitudes"].([]any) {
		m.(map[string]any)["long"] = "\u00a0⟦" + fmt.Sprint(m.(map[string]any)["short"]) + "⟧"
	}
	for _, s := range language.Sections() {
		for key := range f[string(s)].(map[string]any) {
			en, ok := language.English().Lookup(s, key)
			if !ok {
				t.Fatalf("%s.%s has no English", s, key)
			}
			f[string(s)].(map[string]any)[key] = long(en)
		}
	}
	for en := range f["said"].(map[string]any) {
		f["said"].(map[string]any)[en] = long(en)
	}
	if text, err = yaml.Marshal(f); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

var (
	bracketed = regexp.MustCompile(`⟦[^⟦⟧]*⟧`)
	shortened = regexp.MustCompile(`⟦[^⟦⟧<"]*…`)
	chinese   = regexp.MustCompile(`\p{Han}[\p{Han} ]+`)
	menuOf    = regexp.MustCompile(`(?s)<header.*?</header>`)
)

// outside is a page without what the language's file says.
func outside(page string) string {
	for {
		next := bracketed.ReplaceAllString(page, "|")
		if next == page {
			return shortened.ReplaceAllString(page, "|")
		}
		page = next
	}
}

// A third language is one file: with a pseudo-language whose every text is in
// brackets, pages say nothing outside of them but data, and nothing is cut off
// although every text is longer.
func TestThirdLanguage(t *testing.T) {
	t.Parallel()
	company, _ := demoCompany(t, smallest...)
	dir := t.TempDir()
	config := filepath.Join(dir, "verso.yaml")
	text, err := os.ReadFile(filepath.Join(company, "verso.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	own := func(more string) {
		changed := strings.NewReplacer("\nwarehouse: warehouse", "\nwarehouse: "+filepath.Join(company, "warehouse"), "\nsite: site", "\nsite: {folder: site"+more+"}").Replace(string(text))
		if err := os.WriteFile(config, []byte(changed), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	own("")
	verso(t, exitDone, "words", "-c", config, "--lang", "qps")
	file := filepath.Join(dir, "languages", "qps.yaml")
	pseudo(t, file)
	if out, _ := verso(t, exitDone, "words", "-c", config, "--check", "qps"); !strings.Contains(out, ": 0 texts are missing and shown in English, 0 are wrong") {
		t.Errorf("a full file lacks something: %s", out)
	}
	own(", languages: [en, qps]")
	verso(t, exitDone, "site", "-c", config, "--lang", "qps", "--out", filepath.Join(dir, "site"))
	names := dataNames(t, generation(t, company))
	err = engine.Rows(t.Context(), generation(t, company), engine.SQL("SELECT name FROM core.dim_employee UNION SELECT name FROM core.dim_channel"), func(row []any) error {
		names[engine.Text(row[0])] = true
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Run("briefing on one sheet", func(t *testing.T) {
		if n, err := sitetest.Sheets(sitetest.Browser(t), filepath.Join(dir, "site", "briefing.html")); err != nil || n != 1 {
			t.Errorf("with every text longer the briefing fills %d sheets, %v", n, err)
		}
	})
	for _, p := range pages.All() {
		t.Run(p.Slug, func(t *testing.T) {
			onlyBracketed(t, filepath.Join(dir, "site", p.Slug+".html"), names, technical[p.Slug])
		})
	}
	if _, err := os.Stat(filepath.Join(dir, "site", "zh")); err == nil {
		t.Error("a language that is not named is written")
	}
	if _, err := os.Stat(filepath.Join(dir, "site", "en", "index.html")); err != nil {
		t.Error(err)
	}
	t.Run("browser", func(t *testing.T) {
		ctx := sitetest.Browser(t)
		for _, slug := range []string{"index", "sales", "customers", "churn", "flow", "quality"} {
			for _, width := range []int64{390, 1440} {
				look := sitetest.Look{File: filepath.Join(dir, "site", slug+".html"), Name: fmt.Sprintf("pseudo-%s-%d", slug, width), Theme: "light", Width: width}
				t.Run(look.Name, func(t *testing.T) {
					t.Parallel()
					sitetest.Inspect(t, ctx, look)
				})
			}
		}
	})
}

// onlyBracketed reports what a page says outside of brackets.
func onlyBracketed(t *testing.T, file string, names map[string]bool, isTechnical bool) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	bare := outside(string(text))
	for _, found := range foreign(bare, names, isTechnical) {
		t.Errorf("outside of the language's file: %s", found)
	}
	for _, part := range tags.Split(menuOf.FindString(bare), -1) {
		if part = strings.TrimSpace(html.UnescapeString(part)); word.MatchString(part) && part != "English" && !names[part] {
			t.Errorf("in the menu: %s", part)
		}
	}
	for _, part := range tags.Split(unseen.ReplaceAllString(bare, ""), -1) {
		if part = strings.TrimSpace(html.UnescapeString(part)); names[part] {
			continue
		}
		for _, run := range chinese.FindAllString(part, -1) {
			if run = strings.TrimSpace(run); !names[run] {
				t.Errorf("Chinese outside of the language's file: %s in %s", run, part)
			}
		}
	}
}

// What is wrong in a language file is named, and the text it is about is shown in
// English.
func TestWrongLanguageFiles(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct{ text, want string }{
		"de": {"language: de\npages:\n  page.sales: Umsatz {x}\n  page.nosuch: Nichts\n", `pages.page.sales: there is no {x} here`},
		"fr": {"language: de\n", `fr.yaml: language is "de"`},
		"nl": {"language: nl\nformats: {decimal: '.', group: '.'}\n", "formats.group is the same sign as decimal"},
		"pl": {"language: pl\npages: [1]\n", "pl.yaml: [2:8]"},
		"sv": {"language: sv\nformats: {long_date: '{day} {moon}'}\n", "formats.long_date there is no {moon} here"},
	} {
		path := filepath.Join(dir, name+".yaml")
		if err := os.WriteFile(path, []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		l, faults := language.Read(path)
		if !strings.Contains(strings.Join(faults, "\n"), c.want) {
			t.Errorf("%s: got %q, want %q", name, faults, c.want)
		}
		if name == "de" && l.Text(language.Pages, "page.sales") != "Sales" {
			t.Errorf("a wrong text is shown: %s", l.Text(language.Pages, "page.sales"))
		}
	}
}
