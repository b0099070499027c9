package pages

import (
	"context"
	"slices"
	"strings"
	"testing"

	"verso/olap/olaptest"
	"verso/reports/page"
	"verso/reports/page/pagetest"
	"verso/reports/view"
)

// buildAll builds every page.
func buildAll(t testing.TB, c *page.Context) []view.Page {
	t.Helper()
	var out []view.Page
	for _, p := range All() {
		v, err := p.Build(context.Background(), c)
		if err != nil {
			t.Fatalf("%s: %v", p.Slug, err)
		}
		out = append(out, v)
	}
	return out
}

func TestPagesMatchTheirGoldenFiles(t *testing.T) {
	db := olaptest.Star(t)
	for _, lang := range []string{"en", "zh"} {
		for _, p := range buildAll(t, pagetest.Context(t, db, lang)) {
			pagetest.Golden(t, p.Slug+"."+lang+".txt", pagetest.Outline(p))
		}
	}
}

func TestTotalsAddUp(t *testing.T) {
	db := olaptest.Star(t)
	for _, lang := range []string{"en", "zh"} {
		for _, p := range buildAll(t, pagetest.Context(t, db, lang)) {
			pagetest.CheckWhole(t, p)
		}
	}
}

// The messages stay true and whole where data are scarce.
func TestMessagesAtTheEdges(t *testing.T) {
	all := []string{"DELETE FROM core.fact_order_line", "DELETE FROM core.fact_return", "DELETE FROM score.rfm", "DELETE FROM score.pyramid", "DELETE FROM score.concentration"}
	scores := all[2:]
	for _, c := range []struct {
		name       string
		statements []string
		page       string // by its slug
		finding    string // part of the finding in English
		so         string // part of the consequence
	}{
		{"no rows at all", all, "index", "No order lines have been loaded yet", "As soon as"},
		{"no rows, customers", all, "customers", "No order lines have been loaded yet", "As soon as"},
		{"no previous year", []string{"DELETE FROM core.fact_order_line WHERE order_date < DATE '2025-02-10'"}, "index", "Revenue since 1 January 2025 is CNY", "the data begin on 10 February 2025"},
		{"one row", append([]string{"DELETE FROM core.fact_order_line WHERE line_id <> (SELECT max(line_id) FROM core.fact_order_line WHERE net > 0 AND customer_key > 0)"}, scores...), "customers", "One single customer brings all revenue", "the data begin on"},
		{"nothing this year", []string{"DELETE FROM core.fact_order_line WHERE order_date >= DATE '2025-01-01'"}, "index", "There has been no revenue since 1 January 2025", "lost most"},
		{"nothing last year", []string{"DELETE FROM core.fact_order_line WHERE order_date BETWEEN DATE '2024-01-01' AND DATE '2024-12-31'"}, "index", "after none in the same days of last year", "added most"},
		{"revenue zero", []string{"UPDATE core.fact_order_line SET net = 0, gross = 0"}, "index", "There has been no revenue since", "stands out"},
		{"only corrections", []string{"UPDATE core.fact_order_line SET net = -net"}, "index", "is negative, −CNY", "lost most"},
		{"customers unknown", append([]string{"UPDATE core.fact_order_line SET customer_key = -1"}, scores...), "customers", "No order says who the customer is", "cannot be told whose"},
		{"no products", []string{"UPDATE core.fact_order_line SET title_key = -1, clc_key = -1, publisher_key = -1"}, "sales", "is the largest customer type", "Returns come to"},
		{"no margin", []string{"UPDATE core.fact_order_line SET cost = NULL, margin = NULL"}, "index", "Revenue since", "most"},
		{"no returns", []string{"DELETE FROM core.fact_return"}, "sales", "is the largest subject", "Returns have not been supplied"},
		{"counts do not add up", []string{"UPDATE meta.table_load SET loaded = loaded - 1 WHERE supplied"}, "quality", "source rows", "do not add up in: order_line"},
		{"no checks", []string{"DELETE FROM meta.check_result"}, "quality", "source rows", "No check has run"},
		{"a failed check", []string{"UPDATE meta.check_result SET passed = FALSE WHERE check_id = 'title.isbn'"}, "quality", "source rows", "1 of 2 checks did not pass"},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := olaptest.Star(t)
			pagetest.Exec(t, db, c.statements...)
			for _, lang := range []string{"en", "zh"} {
				pages := buildAll(t, pagetest.Context(t, db, lang))
				for _, p := range pages {
					pagetest.CheckWhole(t, p)
				}
				m := pages[slices.IndexFunc(pages, func(p view.Page) bool { return p.Slug == c.page })].Message
				if lang == "en" && (!strings.Contains(m.Finding, c.finding) || !strings.Contains(m.Consequence, c.so)) {
					t.Errorf("message:\n%s\n%s\nwant parts:\n%s\n%s", m.Finding, m.Consequence, c.finding, c.so)
				}
			}
		})
	}
}

func TestReadersAppearByNumber(t *testing.T) {
	db := olaptest.Star(t)
	pagetest.Exec(t, db, "UPDATE core.dim_customer SET customer_type = 'individual', name = 'Secret Name' WHERE customer_key > 0")
	for _, p := range buildAll(t, pagetest.Context(t, db, "en")) {
		if strings.Contains(pagetest.Outline(p), "Secret Name") {
			t.Errorf("%s names a reader", p.Slug)
		}
	}
}
