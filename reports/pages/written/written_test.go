package written

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"verso/olap/olaptest"
	"verso/reports/page"
	"verso/reports/page/pagetest"
	"verso/reports/view"
)

const whole = `
title: {en: Our regions, zh: 我们的地区}
values:
  net: sales show net time 2025
  rate: sales show margin_pct time 2025
message: {en: "Regions brought {net} in 2025.", zh: "2025 年各地区带来 {net}。"}
so: "{rate}"
sections:
  - title: {en: Where, zh: 哪里}
    lead: {en: All of it., zh: 全部。}
    blocks:
      - figures: sales show net, net@py, net@py:delta, net@py:pct, orders time 2025
      - table: sales by region.area show net, net@py:delta top 2 by net with others totals all time 2025
        title: {en: By region, zh: 按地区}
        half: true
      - columns: sales by date.month show net, net@py time 2025
        title: {en: By month, zh: 按月}
      - lines: sales by date.month show net time 2025
        title: Lines
      - text: {en: "That is {net}.", zh: "即 {net}。"}
`

// load reads files of a folder and returns their pages and what was reported.
func load(t *testing.T, files map[string]string) (pages []page.Page, faults func() []string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var said []string
	return Load(dir, []string{"sales", "account-"}, []string{"en", "zh", "de"}, func(err error) { said = append(said, strings.ReplaceAll(err.Error(), dir+"/", "")) }), func() []string { return said }
}

func built(t *testing.T, c *page.Context, p page.Page) view.Page {
	t.Helper()
	v, err := p.Build(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// A page of a file is what its questions answer, in both languages, with totals
// that add up.
func TestAPageOfAFile(t *testing.T) {
	list, faults := load(t, map[string]string{"regions.yaml": whole, "notes.txt": "no page"})
	if len(list) != 1 || list[0].Slug != "regions" || len(faults()) > 0 {
		t.Fatalf("%d pages, faults %v", len(list), faults())
	}
	for _, lang := range []string{"en", "zh"} {
		v := built(t, pagetest.Context(t, olaptest.Star(t), lang), list[0])
		if len(faults()) > 0 {
			t.Fatal(faults())
		}
		pagetest.CheckWhole(t, v)
		pagetest.Golden(t, "regions."+lang+".txt", pagetest.Outline(v))
	}
}

// Each fault is named with its file and its place; the page says it too.
func TestFaultsAreNamed(t *testing.T) {
	ctx := pagetest.Context(t, olaptest.Star(t), "en")
	for name, c := range map[string]struct{ old, new, want string }{
		"not YAML":            {"title: {en", "title: [en", "regions.yaml"},
		"unknown key":         {"so:", "sow:", `[6:1] unknown field "sow"`},
		"no title":            {"title: {en: Our regions, zh: 我们的地区}\n", "", "the page has no title"},
		"no message":          {"message:", "so2:", "so2"},
		"language":            {"{en: Where, zh: 哪里}", "{en: Where, fr: Ou}", `no language "fr"`},
		"place of a language": {"{en: Where, zh: 哪里}", "{en: Where, de: Wo, fr: Ou}", `there is no language "fr": there are en, zh, de`},
		"placeholder":         {"That is {net}", "That is {gros}", "regions.yaml:19:15: {gros} is none of the values: net, rate"},
		"two kinds":           {"        title: Lines\n", "        title: Lines\n        table: sales show net\n", "regions.yaml:17:14: a block is one of"},
		"no block title":      {"        title: Lines\n", "", "the block has no title"},
		"unknown measure":     {"sales show net time 2025\n  rate", "sales show nett time 2025\n  rate", "regions.yaml:3:8: query: column 12"},
		"unknown cube":        {"table: sales by", "table: sails by", "regions.yaml:12:16: query: column 1: no cube"},
		"not one number":      {"net: sales show net time 2025", "net: sales by region.area show net time 2025", "regions.yaml:3:8: a value is one number"},
		"figures with rows":   {"figures: sales show net, net@py, net@py:delta, net@py:pct, orders", "figures: sales by region.area show net", "figures are a question with nothing after by"},
		"chart of two":        {"lines: sales by date.month show net", "lines: sales by date.month, region.area show net", "a chart is a question by one attribute"},
		"chart of units":      {"lines: sales by date.month show net", "lines: sales by date.month show net, orders", "a chart has one scale"},
		"columns":             {"show net, net@py time 2025\n        title: {en: By month", "show net, margin time 2025\n        title: {en: By month", "columns show a measure and its year before"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(whole, c.old, c.new, 1)
			if text == whole {
				t.Fatalf("the file has no %q", c.old)
			}
			text = strings.TrimPrefix(text, "\n")
			list, faults := load(t, map[string]string{"regions.yaml": text, "another.yaml": strings.TrimPrefix(whole, "\n")})
			if len(list) != 2 {
				t.Fatalf("%d pages", len(list))
			}
			if built(t, ctx, list[0]).Message.Consequence == "The rest of the report is complete." {
				t.Error("the other page is not made")
			}
			v := built(t, ctx, list[1])
			if len(faults()) != 1 || !strings.Contains(faults()[0], c.want) || !strings.HasPrefix(faults()[0], "regions.yaml") {
				t.Fatalf("reported %q, want %q", faults(), c.want)
			}
			note := v.Sections[0].Blocks[0].Note
			if note == nil || !strings.HasPrefix(note.Text, "regions.yaml") || !strings.Contains(note.Text, c.want) {
				t.Errorf("the page says %v", note)
			}
		})
	}
}

func TestNamesOfFiles(t *testing.T) {
	list, faults := load(t, map[string]string{"sales.yaml": whole, "Umsatz.yaml": whole, "account-7.yaml": whole, "a b.yaml": whole, "ok-1.yaml": whole})
	if len(list) != 1 || list[0].Slug != "ok-1" || len(faults()) != 4 {
		t.Errorf("%d pages, faults %v", len(list), faults())
	}
	if got := Load(filepath.Join(t.TempDir(), "none"), nil, nil, func(err error) { t.Error(err) }); len(got) != 0 {
		t.Error("pages of a folder that is not there")
	}
}

// Annotations show on the charts of editors' pages, at the periods that they touch
// whatever the length of those.
func TestAnnotationsOnWrittenCharts(t *testing.T) {
	list, _ := load(t, map[string]string{"regions.yaml": strings.Replace(whole, "lines: sales by date.month", "lines: sales by date.quarter", 1)})
	c := pagetest.Context(t, olaptest.Star(t), "en")
	day := func(month time.Month, d int) time.Time { return time.Date(2025, month, d, 0, 0, 0, 0, time.UTC) }
	c.Editorial.Annotations = []page.Annotation{{From: day(3, 31), To: day(4, 1), Text: page.Wording{"": "A fair"}}, {From: day(5, 1), To: day(5, 1), Measure: "margin", Text: page.Wording{"": "Other"}}}
	var marks [][]view.Mark
	for _, s := range built(t, c, list[0]).Sections {
		for _, b := range s.Blocks {
			if b.Chart != nil {
				marks = append(marks, b.Chart.Marks)
			}
		}
	}
	mark := func(first, last int) []view.Mark {
		return []view.Mark{{First: first, Last: last, Text: "31 Mar 2025 – 1 Apr 2025: A fair"}}
	}
	if d := cmp.Diff([][]view.Mark{mark(2, 3), mark(0, 1)}, marks); d != "" {
		t.Error(d)
	}
}
