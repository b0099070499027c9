// Package pages is the list of the report's pages: the menu.
package pages

import (
	"slices"

	"verso/olap/cube"
	"verso/reports/language"
	"verso/reports/page"
	"verso/reports/pages/account"
	"verso/reports/pages/answer"
	"verso/reports/pages/flow"
	"verso/reports/pages/front"
	"verso/reports/pages/market"
	"verso/reports/pages/member"
	"verso/reports/pages/risk"
	"verso/reports/pages/trust"
	"verso/reports/pages/value"
)

// All are the pages in menu order, each under the heading it stands under.
func All() []page.Page {
	all := slices.Concat(
		under("business", front.Pages(), flow.Board(), answer.Pages()),
		under("customers", value.Pages(), account.Pages(), risk.Pages()),
		under("market", market.Pages(), flow.Channel(), member.Pages()),
		under("operations", flow.Pages()),
		under("trust", trust.Pages()))
	return slices.Insert(all, 1, under("business", []page.Page{front.Briefing(all)})...)
}

// With are the pages of the report with those that editors wrote, which stand
// before what is said about the data.
func With(written []page.Page) []page.Page {
	all := All()
	at := slices.IndexFunc(all, func(p page.Page) bool { return p.Group == "trust" })
	return slices.Insert(all, at, under("own", written)...)
}

// MemberAttributes are the attributes whose members have pages of their own.
func MemberAttributes() []string { return member.Attributes() }

// Prefixes are the beginnings of the addresses of pages about members and customers.
func Prefixes() []string { return append(member.Prefixes(), "account-") }

// GoalCodes are the names of the goals in plans and files.
func GoalCodes() []string { return flow.GoalCodes() }

// Sentences are the texts known by their English that a language of one's own says
// beside the words of the pages: names and definitions of the catalog, the
// questions, and what the checks say.
func Sentences(m *cube.Model) []string {
	return slices.Concat(trust.Sentences(m), answer.Sentences(), language.Chinese().Sayings())
}

func under(group string, lists ...[]page.Page) []page.Page {
	all := slices.Concat(lists...)
	for i := range all {
		all[i].Group = group
	}
	return all
}
