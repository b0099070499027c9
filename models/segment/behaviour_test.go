package segment

import (
	"math"
	"math/rand/v2"
	"testing"
)

// behaviour is how one kind of customer of a book importer orders.
type behaviour struct {
	share     float64 // of all customers
	orders    float64 // a year, mean; each customer has its own rate
	spread    float64 // gamma shape of the rates
	lines     float64 // an order
	copies    float64 // a line
	textbook  float64 // share of lines
	standing  float64
	fair      float64 // share of orders in the weeks of the fair
	discount  float64 // mean, in points of 100
	autumn    float64 // share of orders in the textbook season
	returning float64 // share of copies
}

// Six unequal kinds: textbook-only, standing order, fair-only, agent,
// price-hunter, occasional.
var behaviours = []behaviour{
	{.12, 4, 3, 8, 20, .95, .00, .03, 12, .85, .02},
	{.09, 14, 4, 5, 1.1, .05, .85, .05, 8, .25, .01},
	{.08, 2.5, 4, 9, 1.3, .05, .02, .92, 15, .20, .01},
	{.02, 90, 3, 12, 4, .15, .05, .08, 30, .30, .14},
	{.17, 6, 2, 3, 1.2, .08, .02, .12, 34, .30, .03},
	{.52, 2.5, 1.5, 2, 1.1, .10, .03, .08, 6, .30, .01},
}

func gamma(rng *rand.Rand, shape float64) float64 {
	// Marsaglia & Tsang (2000), shape at least 1.
	d := shape - 1./3
	for {
		z := rng.NormFloat64()
		v := 1 + z/math.Sqrt(9*d)
		if v > 0 && math.Log(rng.Float64()) < z*z/2+d-d*v*v*v+d*math.Log(v*v*v) {
			return d * v * v * v
		}
	}
}

func poisson(rng *rand.Rand, mean float64) (k int) {
	for left := mean; ; k++ {
		if left -= rng.ExpFloat64(); left < 0 {
			return k
		}
	}
}

func binomial(rng *rand.Rand, n int, p float64) (k int) {
	for range n {
		if rng.Float64() < p {
			k++
		}
	}
	return k
}

// company draws customers with three years of orders and measures them; noise
// is the share of their habits that they take from the average customer.
func company(seed uint64, customers int, noise float64) (d Data, truth []int) {
	rng := rand.New(rand.NewPCG(seed, 77))
	d.Features = []Feature{
		{Name: "orders a year", Transform: Log1p, High: Words{"orders often", "下单频繁"}, Low: Words{"orders rarely", "下单少"}},
		{Name: "copies a line", Transform: Log1p, High: Words{"many copies a title", "复本多"}, Low: Words{"single copies", "单册购买"}},
		{Name: "spend", Transform: Log1p, Unit: 100, High: Words{"high spend", "消费高"}, Low: Words{"low spend", "消费低"}},
		{Name: "textbook share", Transform: Logit, High: Words{"textbooks", "教材为主"}, Low: Words{"no textbooks", "不买教材"}},
		{Name: "standing order share", Transform: Logit, High: Words{"standing orders", "长期订单"}, Low: Words{"no standing orders", "无长期订单"}},
		{Name: "fair share", Transform: Logit, High: Words{"buys at the fair", "书展采购"}, Low: Words{"not at the fair", "书展外采购"}},
		{Name: "discount", High: Words{"big discounts", "折扣高"}, Low: Words{"list price", "折扣低"}},
		{Name: "textbook season share", Transform: Logit, High: Words{"in textbook season", "教材季采购"}, Low: Words{"outside textbook season", "非教材季采购"}},
		{Name: "return share", Transform: Logit, High: Words{"returns much", "退货多"}, Low: Words{"returns little", "退货少"}},
	}
	d.Columns = make([][]float64, len(d.Features))
	var average behaviour
	for _, b := range behaviours {
		average.textbook += b.share * b.textbook
		average.standing += b.share * b.standing
		average.fair += b.share * b.fair
		average.discount += b.share * b.discount
		average.autumn += b.share * b.autumn
	}
	for len(truth) < customers {
		kind, u := 0, rng.Float64()
		for u > behaviours[kind].share && kind < len(behaviours)-1 {
			u -= behaviours[kind].share
			kind++
		}
		b := behaviours[kind]
		own := noise * 2 * rng.Float64() // how much of an average customer this one is
		mix := func(x, y float64) float64 { return x*(1-own) + y*own }
		const years = 3
		orders := poisson(rng, years*b.orders*gamma(rng, b.spread)/b.spread)
		if orders == 0 {
			continue // bought nothing: no behaviour to see
		}
		lines := orders + poisson(rng, float64(orders)*(b.lines-1))
		copies := lines + poisson(rng, float64(lines)*(b.copies-1)*gamma(rng, 4)/4)
		autumn, fair := binomial(rng, orders, mix(b.autumn, average.autumn)), binomial(rng, orders, mix(b.fair, average.fair))
		textbook, standing := binomial(rng, lines, mix(b.textbook, average.textbook)), binomial(rng, lines, mix(b.standing, average.standing))
		n, l := float64(orders), float64(lines)
		row := []float64{n / years, float64(copies) / l, float64(copies) * 300 * math.Exp(.5*rng.NormFloat64()), float64(textbook) / l, float64(standing) / l,
			float64(fair) / n, mix(b.discount, average.discount) + 12/math.Sqrt(n)*rng.NormFloat64(), float64(autumn) / n,
			float64(binomial(rng, copies, b.returning)) / float64(copies)}
		for c, v := range row {
			d.Columns[c] = append(d.Columns[c], v)
		}
		truth = append(truth, kind)
	}
	return d, truth
}

// Three companies of the demo's size, with little and with more noise.
func TestSixUnequalBehaviours(t *testing.T) {
	for seed, noise := range []float64{.1, .25, .25} {
		d, truth := company(uint64(seed), 5000, noise)
		m := fit(t, d, Options{Bootstraps: 5, SilhouetteRows: 800})
		found := agreement(t, truth, m)
		t.Logf("company %d, noise %.2f: adjusted Rand %.3f. %s", seed, noise, found, m.Choice.Words.EN)
		if found < .6 {
			t.Errorf("company %d, noise %.2f: adjusted Rand %.3f", seed, noise, found)
		}
		for _, s := range m.Segments {
			t.Logf("%5d %s | %s: Jaccard %.2f %s, silhouette %.2f", s.Rows, s.Name.EN, s.Name.ZH, s.Jaccard, s.Verdict, s.Silhouette)
		}
	}
}
