package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"verso/olap/engine"
	"verso/reports/pages"
	"verso/reports/pdf"
	"verso/reports/site/sitetest"
)

// The site of a demo company, where every model has an answer.
func TestDemoSite(t *testing.T) {
	t.Parallel()
	dir, _ := demoCompany(t, smallest...)
	names := dataNames(t, generation(t, dir))
	for _, p := range pages.All() {
		t.Run("Chinese/"+p.Slug, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(dir, "site", "zh", p.Slug+".html"))
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range foreign(string(text), names, technical[p.Slug]) {
				t.Errorf("not Chinese: %s", found)
			}
		})
	}
	for _, folder := range []string{"", "zh"} {
		for _, p := range pages.All() {
			t.Run("whole/"+folder+p.Slug, func(t *testing.T) { isWhole(t, filepath.Join(dir, "site", folder, p.Slug+".html")) })
		}
	}
	t.Run("paper", func(t *testing.T) { onPaper(t, filepath.Join(dir, "verso.yaml")) })
	t.Run("browser", func(t *testing.T) { lookAround(t, filepath.Join(dir, "site")) })
}

// mostWeight is what a page may weigh as it comes over a network, compressed, without
// the scripts and styles that it shares.
const mostWeight = 150_000

var unfilled = regexp.MustCompile(`\{[a-z][a-z0-9_]*\}`)

// isWhole reports a page that is too heavy, and one with a text whose names were not
// filled in.
func isWhole(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(text); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	if packed.Len() > mostWeight {
		t.Errorf("%d bytes compressed, more than %d", packed.Len(), mostWeight)
	}
	if left := unfilled.FindAllString(tags.ReplaceAllString(unseen.ReplaceAllString(string(text), ""), " "), 5); left != nil {
		t.Errorf("not filled in: %s", left)
	}
}

// onPaper prints pages and a customer, or skips where there is no chromium.
func onPaper(t *testing.T, config string) {
	if _, err := pdf.Browser(""); err != nil {
		t.Skip(err)
	}
	out := filepath.Join(t.TempDir(), "a.pdf")
	sheets := func() int {
		t.Helper()
		data, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		return bytes.Count(data, []byte("/Type /Page\n"))
	}
	verso(t, exitDone, "site", "-c", config, "--pdf", out, "--pages", "index,sales")
	if n := sheets(); n < 5 || n > 20 {
		t.Errorf("two pages and their cover fill %d sheets", n)
	}
	for _, lang := range []string{"en", "zh"} {
		verso(t, exitDone, "site", "-c", config, "--pdf", out, "--pages", "briefing", "--landscape", "--lang", lang)
		if n := sheets(); n != 1 {
			t.Errorf("the briefing (%s) fills %d sheets, want 1", lang, n)
		}
	}
	verso(t, exitDone, "customer", "-c", config, "1", "--pdf", out)
	if n := sheets(); n < 1 || n > 2 {
		t.Errorf("a customer fills %d sheets, want at most 2", n)
	}
	if _, errs := verso(t, exitUsage, "site", "-c", config, "--pdf", out, "--pages", "nosuch"); !strings.Contains(errs, `no page "nosuch"`) {
		t.Errorf("a page that is not there: %s", errs)
	}
}

// lookAround opens every page in both languages, on a desk and on a telephone,
// light and dark; axe looks at one of each.
func lookAround(t *testing.T, root string) {
	ctx := sitetest.Browser(t)
	axe := sitetest.Axe(t)
	for _, p := range pages.All() {
		for _, l := range []struct {
			folder, name, theme string
			width               int64
			axe                 string
		}{{"", "en", "light", 1440, axe}, {"zh", "zh", "dark", 390, axe}, {"zh", "zh", "light", 1440, ""}, {"", "en", "dark", 390, ""}} {
			look := sitetest.Look{File: filepath.Join(root, l.folder, p.Slug+".html"), Name: fmt.Sprintf("demo-%s-%s-%d-%s", p.Slug, l.name, l.width, l.theme), Theme: l.theme, Width: l.width, Axe: l.axe}
			t.Run(look.Name, func(t *testing.T) {
				t.Parallel()
				sitetest.Inspect(t, ctx, look)
			})
		}
	}
}

// technical are the pages that show names of tables, columns, metrics and
// commands beside their text: there only three words in a row are prose.
var technical = map[string]bool{"models": true, "definitions": true, "quality": true}

var (
	unseen  = regexp.MustCompile(`(?s)<script.*?</script>|<style.*?</style>|<header.*?</header>|<code.*?</code>|<head>.*?</head>`)
	codes   = regexp.MustCompile(`(?s)<th scope="row"[^>]*>.*?</th>`)
	tags    = regexp.MustCompile(`<[^>]*>`)
	spoken  = regexp.MustCompile(` (?:aria-label|title|alt)="([^"]*)"`)
	command = regexp.MustCompile(`verso [a-z]+( [-a-z_]+)*`)
	word    = regexp.MustCompile(`[A-Za-z][A-Za-z'’_.-]{2,}`)
	latin   = regexp.MustCompile(`[A-Za-z][A-Za-z0-9'’&.,()/ -]*`)
	prose   = regexp.MustCompile(`[A-Za-z][A-Za-z'’-]*(?:[ ,;:]+[A-Za-z][A-Za-z'’-]*){2,}`)
)

// lexicon are names and signs that Chinese texts use as they are.
var lexicon = setOf(`CSV ABC XYZ RFM BIC AUC MBG NBD Pareto Gamma Gamma-Gamma Kaplan-Meier Aalen-Johansen Cox Wilson Wheat Morrison Benjamini Hochberg
	CUSUM GMROI VIP Croston Syntetos-Boylan Teunter-Syntetos-Babai SBA TSB EUR USD GBP CNY JPY English verso benchmark Verbraken NDCG reached`)

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// foreign lists the texts of a page that are neither Chinese nor names of the
// data, signs or codes.
func foreign(page string, names map[string]bool, isTechnical bool) []string {
	page = unseen.ReplaceAllString(page, "")
	var texts []string
	for _, m := range spoken.FindAllStringSubmatch(page, -1) {
		texts = append(texts, m[1])
	}
	if isTechnical {
		page = codes.ReplaceAllString(page, "")
	}
	texts = append(texts, tags.Split(page, -1)...)
	var out []string
	for _, text := range texts {
		text = strings.TrimSpace(html.UnescapeString(text))
		if names[text] || strings.HasPrefix(text, "verso ") {
			continue
		}
		bare := command.ReplaceAllString(text, "")
		if isTechnical {
			if prose.MatchString(bare) {
				out = append(out, text)
			}
			continue
		}
		for _, w := range word.FindAllString(withoutNames(bare, names), -1) {
			if w = strings.Trim(w, ".-'’"); !lexicon[w] && !names[w] && !strings.ContainsAny(w, "_.") {
				out = append(out, text)
				break
			}
		}
	}
	return out
}

// withoutNames takes the names in the data out of a sentence.
func withoutNames(text string, names map[string]bool) string {
	for _, run := range latin.FindAllString(text, -1) {
		if names[strings.TrimSpace(run)] {
			text = strings.Replace(text, run, " ", 1)
		}
	}
	return text
}

// dataNames are the names in the data, which stay as they are written.
func dataNames(t *testing.T, db engine.Querier) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	err := engine.Rows(t.Context(), db, engine.SQL(`SELECT title FROM core.dim_title UNION SELECT publisher FROM core.dim_title UNION SELECT name FROM core.dim_supplier
		UNION SELECT name FROM core.dim_campaign UNION SELECT name FROM core.dim_customer UNION SELECT company FROM meta.run`), func(row []any) error {
		names[engine.Text(row[0])] = true
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// The search must be able to fail: English in any place of a page is found, and
// names, codes and Chinese are not.
func TestForeignWordsAreFound(t *testing.T) {
	names := map[string]bool{"The Quiet Voyage": true}
	const page = `<head><title>Sales</title></head><header>English</header><main><p>%s</p><script>var english words here</script></main>`
	for _, c := range []struct {
		text      string
		technical bool
		found     int
	}{
		{"销售净额 891 万元（ABC）", false, 0},
		{"The Quiet Voyage", false, 0},
		{"方法 croston", false, 1},
		{"customers with a purchase", false, 1},
		{"其中最大的是 The Quiet Voyage：短缺", false, 0},
		{"其中最大的是 The Quiet Voyage of books：短缺", false, 1},
		{`<span aria-label="Data table">表</span>`, false, 1},
		{"见 score.customer_cost 与 <code>anything goes here</code>", false, 0},
		{"verso query 'sales by area show net'", false, 0},
		{"net 之和", true, 0},
		{"sum read, sum staged", true, 1},
		{`<table><tr><th scope="row" class="word">mean of all</th></tr></table>`, true, 0},
		{`<table><tr><td>mean of all</td></tr></table>`, true, 1},
	} {
		if got := foreign(strings.Replace(page, "%s", c.text, 1), names, c.technical); len(got) != c.found {
			t.Errorf("%s: found %q, want %d", c.text, got, c.found)
		}
	}
}
