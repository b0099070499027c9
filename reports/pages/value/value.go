// Package value has the pages that tell the seven P's of customer value.
package value

import (
	"embed"

	"verso/reports/page"
)

//go:embed sql/*.sql
var sqlFiles embed.FS

func statement(name string) string { return page.Statement(sqlFiles, name) }

// desk is where a page is written: what every page has, and this package's own.
type desk struct{ *page.Context }

// part is a statement about all customers, or where a table that it needs is not open
// to the reader, its counterpart about those who are.
func (c desk) part(name, table string) string {
	if c.Lacks(table) {
		return statement(name + "_part")
	}
	return statement(name)
}

// Pages are the pages of this package in menu order.
func Pages() []page.Page {
	return []page.Page{
		{Slug: "profile", Build: profile},
		{Slug: "profit", Build: profit},
		{Slug: "clv", Build: clv},
		{Slug: "loyalty", Build: loyalty},
		{Slug: "sevenp", Build: sevenp},
		{Slug: "taste", Build: preferences},
	}
}
