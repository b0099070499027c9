// Package pages is the list of the report's pages: the menu.
package pages

import (
	"slices"

	"verso/reports/page"
	"verso/reports/pages/account"
	"verso/reports/pages/answer"
	"verso/reports/pages/flow"
	"verso/reports/pages/front"
	"verso/reports/pages/market"
	"verso/reports/pages/risk"
	"verso/reports/pages/trust"
	"verso/reports/pages/value"
)

// All are the pages in menu order.
func All() []page.Page {
	return slices.Concat(front.Pages(), answer.Pages(), value.Pages(), account.Pages(), risk.Pages(), market.Pages(), flow.Pages(), trust.Pages())
}
