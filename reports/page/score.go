package page

import (
	"math"
	"strings"

	"verso/reports/view"
)

// SevenParts are the seven P's in their order, as score.sevenp_part names them.
var SevenParts = []string{"profiling", "persistency", "profitability", "performance", "prospecting", "product", "promotion"}

// PartName is one of the seven P's in the page's language.
func (c *Context) PartName(part string) string { return c.T("sevenp.part." + part) }

// PartNames are the seven P's in the page's language.
func (c *Context) PartNames() []string {
	names := make([]string, len(SevenParts))
	for i, part := range SevenParts {
		names[i] = c.PartName(part)
	}
	return names
}

// Points is the format of scores of 0 to 100.
func Points() view.Format { return view.Format{Style: view.Decimal, Decimals: 0} }

// TierLabel is a tier in the page's language; "(all)" is all of them.
func (c *Context) TierLabel(name string) string {
	if name == "(all)" {
		return c.T("sevenp.all")
	}
	return c.MemberLabel("customer.tier", name)
}

// ScoreFact writes one of the two figures behind a score of the seven P's.
func (c *Context) ScoreFact(code string, v view.Value) string {
	if segment, ok := strings.CutPrefix(code, "segment_"); ok {
		return c.MemberLabel("customer.segment", segment)
	}
	if status, ok := strings.CutPrefix(code, "status_"); ok {
		return c.T("loyalty.status." + status)
	}
	if !v.Has() {
		return ""
	}
	text := Count(c.Lang, int64(math.Round(v.Float)))
	switch code {
	case "contribution", "net", "future":
		text = c.SignedAmount(v)
		if v.Float >= 0 {
			text = c.Amount(v)
		}
	case "contribution_rate", "main_share", "net_change":
		text = view.Show(c.Lang, v, view.Pct())
		if code == "net_change" {
			text = view.Show(c.Lang, v, view.Pct().Change())
		}
	case "expected_orders":
		text = view.Figure(c.Lang, v.Float, 1, false)
	}
	return c.T("sevenp.fact."+code, "v", text)
}
