// Package market has the pages that tell what sells through whom, what comes next
// and what promotion does.
package market

import (
	"embed"

	"verso/reports/page"
)

//go:embed sql/*.sql
var sqlFiles embed.FS

func statement(name string) string { return page.Statement(sqlFiles, name) }

// desk is where a page is written: what every page has, and this package's own.
type desk struct{ *page.Context }

// Pages are the pages of this package in menu order.
func Pages() []page.Page {
	return []page.Page{
		{Slug: "performance", Build: performance},
		{Slug: "salesforce", Build: salesforce},
		{Slug: "products", Build: products},
		{Slug: "future", Build: future},
		{Slug: "recommendations", Build: recommendations},
		{Slug: "promotion", Build: promotion},
	}
}
