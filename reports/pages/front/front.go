// Package front has the pages that tell what was sold, to whom, and what came back.
package front

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
		{Slug: "index", Build: overview},
		{Slug: "sales", Build: sales},
		{Slug: "customers", Build: customers},
	}
}
