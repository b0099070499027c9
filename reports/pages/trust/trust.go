// Package trust has the pages that tell whether the figures can be trusted and what they mean.
package trust

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
		{Slug: "quality", Build: quality},
		{Slug: "editions", Build: editions},
		{Slug: "models", Build: cards},
		{Slug: "definitions", Build: definitions},
	}
}
