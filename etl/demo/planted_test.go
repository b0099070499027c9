package demo

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"verso/etl/demo/calendar"
)

// checkPlanted looks for planted effects in the data of a company of full size,
// with plain counts: what the analyses find better, they must find at all.
func checkPlanted(t *testing.T, dir string) {
	t.Run("suppliers", func(t *testing.T) { checkSuppliers(t, dir) })
	t.Run("campaign A", func(t *testing.T) { checkCampaignA(t, dir) })
	t.Run("returns of agents", func(t *testing.T) { checkAgents(t, dir) })
	t.Run("margin falls while classes rise", func(t *testing.T) { checkMix(t, dir) })
	t.Run("causes of churn", func(t *testing.T) { checkCauses(t, dir) })
}

func checkSuppliers(t *testing.T, dir string) {
	titles, orders, lines := read(t, dir, "title"), read(t, dir, "purchase_order"), read(t, dir, "purchase_line")
	publisher, placed := map[string]string{}, map[string]string{}
	for _, r := range titles.rows {
		publisher[titles.get(r, "title_id")] = titles.get(r, "publisher_id")
	}
	for _, r := range orders.rows {
		placed[orders.get(r, "po_id")] = orders.get(r, "po_date")
	}
	truth := read(t, dir, "truth_supplier")
	code, from := map[string]string{}, map[string]string{}
	for _, r := range truth.rows {
		code[truth.get(r, "supplier_id")] = truth.get(r, "code")
		from[truth.get(r, "code")] = truth.get(r, "valid_from")
	}
	var before, after []float64
	ordered, short, damaged := map[string]float64{}, map[string]float64{}, map[string]float64{}
	for _, r := range lines.rows {
		c, on := code[publisher[lines.get(r, "title_id")]], placed[lines.get(r, "po_id")]
		came := lines.get(r, "first_received")
		if c == "S1" && came != "" && on < "2026-05-01" {
			days := float64(calendar.ParseDay(came) - calendar.ParseDay(on))
			if on < from[c] {
				before = append(before, days)
			} else {
				after = append(after, days)
			}
		}
		if c != "" && on >= from["S2"] && on < "2026-03-01" {
			ordered[c] += float64(number(t, lines.get(r, "qty")))
			short[c] += float64(number(t, lines.get(r, "qty_short")))
			damaged[c] += float64(number(t, lines.get(r, "qty_damaged")))
		}
	}
	slices.Sort(before)
	slices.Sort(after)
	near(t, "days S1 became slower", after[len(after)/2]-before[len(before)/2], 18, .25)
	near(t, "share S2 is short of", short["S2"]/ordered["S2"], .12, .25)
	near(t, "share of S3 damaged", damaged["S3"]/ordered["S3"], .08, .25)
}

func checkCampaignA(t *testing.T, dir string) {
	truth := read(t, dir, "truth_campaign")
	id := ""
	for _, r := range truth.rows {
		if truth.get(r, "code") == "A" {
			id = truth.get(r, "campaign_id")
		}
	}
	targets, orders := read(t, dir, "campaign_target"), read(t, dir, "order_header")
	bought := map[string]bool{}
	for _, r := range orders.rows {
		if on := orders.get(r, "order_date")[:10]; on >= "2025-10-20" && on <= "2025-11-03" {
			bought[orders.get(r, "customer_id")] = true
		}
	}
	n, hit := map[string]float64{}, map[string]float64{}
	for _, r := range targets.rows {
		if targets.get(r, "campaign_id") != id {
			continue
		}
		arm := targets.get(r, "arm")
		n[arm]++
		if bought[targets.get(r, "customer_id")] {
			hit[arm]++
		}
	}
	if n["treat"] < 1863 || n["control"] < 1863 {
		t.Errorf("arms of %v: too small for the lift to show", n)
	}
	near(t, "rate of the controls", hit["control"]/n["control"], .04, .3)
	near(t, "rate of the treated", hit["treat"]/n["treat"], .06, .3)
}

func checkAgents(t *testing.T, dir string) {
	truth, lines, orders, returns := read(t, dir, "truth_customer"), read(t, dir, "order_line"), read(t, dir, "order_header"), read(t, dir, "return_line")
	kind, customer := map[string]string{}, map[string]string{}
	for _, r := range truth.rows {
		if truth.get(r, "customer_type") == "agent" {
			kind[truth.get(r, "customer_id")] = "agent"
			if truth.get(r, "plant") == "agent_unsold" {
				kind[truth.get(r, "customer_id")] = "unsold"
			}
		}
	}
	sold, back := map[string]float64{}, map[string]float64{}
	inTime := map[string]bool{}
	for _, r := range orders.rows {
		if on := orders.get(r, "order_date")[:10]; on >= "2025-01-01" && on < "2025-09-01" {
			customer[orders.get(r, "order_id")] = kind[orders.get(r, "customer_id")]
		}
	}
	for _, r := range lines.rows {
		if k := customer[lines.get(r, "order_id")]; k != "" {
			inTime[lines.get(r, "line_id")] = true
			sold[k] += float64(number(t, lines.get(r, "qty_ordered")) - number(t, lines.get(r, "qty_cancelled")))
		}
	}
	for _, r := range returns.rows {
		if inTime[returns.get(r, "line_id")] {
			back[kind[returns.get(r, "customer_id")]] += float64(number(t, returns.get(r, "qty")))
		}
	}
	near(t, "unsold share of agents", back["agent"]/sold["agent"], .12, .15)
	near(t, "unsold share of the two", back["unsold"]/sold["unsold"], .25, .15)
}

// checkMix compares the margins of 2023 and 2024: purchase cost at the quoted
// rate, so that rates play no part.
func checkMix(t *testing.T, dir string) {
	titles, orders, lines, bought := read(t, dir, "title"), read(t, dir, "order_header"), read(t, dir, "order_line"), read(t, dir, "purchase_line")
	class, year, cost := map[string]string{}, map[string]string{}, map[string]float64{}
	for _, r := range titles.rows {
		class[titles.get(r, "title_id")] = titles.get(r, "clc_primary")[:1]
	}
	for _, r := range orders.rows {
		if orders.get(r, "ccy") == "CNY" {
			year[orders.get(r, "order_id")] = orders.get(r, "order_date")[:4]
		}
	}
	for _, r := range bought.rows {
		cost[bought.get(r, "order_line_id")] = float64(amount(t, bought.get(r, "unit_cost_fcy")))
	}
	type sums struct{ net, cost float64 }
	total := map[string]sums{}
	for _, r := range lines.rows {
		y := year[lines.get(r, "order_id")]
		if y != "2023" && y != "2024" {
			continue
		}
		qty := float64(number(t, lines.get(r, "qty_ordered")))
		rate, err := strconv.ParseFloat(lines.get(r, "fx_rate"), 64)
		if err != nil {
			t.Fatal(err)
		}
		net := qty * float64(amount(t, lines.get(r, "unit_price"))) * (1 - float64(amount(t, lines.get(r, "discount_pct")))/1e6)
		for _, key := range []string{y, y + class[lines.get(r, "title_id")]} {
			s := total[key]
			total[key] = sums{s.net + net, s.cost + qty*cost[lines.get(r, "line_id")]*rate}
		}
	}
	margin := func(key string) float64 { return 1 - total[key].cost/total[key].net }
	if a, b := margin("2023"), margin("2024"); b > a-.003 {
		t.Errorf("total margin %.4f, then %.4f: it does not fall", a, b)
	}
	for _, c := range strings.Split("BCDFGHIJKOPQRSTX", "") {
		if a, b := margin("2023"+c), margin("2024"+c); b < a {
			t.Errorf("class %s: margin %.4f, then %.4f: it does not rise", c, a, b)
		}
	}
}

func checkCauses(t *testing.T, dir string) {
	d := read(t, dir, "truth_customer")
	n, all := map[string]float64{}, 0.0
	for _, r := range d.rows {
		if c := d.get(r, "cause"); c != "" {
			n[c]++
			all++
		}
	}
	for cause, want := range map[string]float64{"service": .35, "price": .25, "competitor": .20, "budget cut": .20} {
		if got := n[cause] / all; math.Abs(got-want) > .04 {
			t.Errorf("%s: %.3f of the leavers, want about %.2f", cause, got, want)
		}
	}
}
