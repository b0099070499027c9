package promotion

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"

	"verso/models/frame"
	"verso/models/job"
	"verso/models/uplift"
)

const (
	// fewestQuotes is how many a customer needs to be judged.
	fewestQuotes = 20
	// fewestInGroup is how many customers a group needs for an elasticity of its own.
	fewestInGroup = 10
	// mostBuyers bounds the customers whose purchases stand in for quotations.
	mostBuyers = 3000
)

// What to do about a customer's price.
const (
	adviseDiscount = "discount"
	adviseServe    = "serve"
	adviseWatch    = "watch"
)

// Price says how strongly each customer answers to price and whether price is
// what counts for it, into score.price and score.elasticity: from quotations and,
// where there are none, from what was paid and taken.
func Price() job.Model { return job.Model{Name: "price", Run: runPrice} }

// answers are quotations or purchases, one element each.
type answers struct {
	quotes   bool
	key      []int64
	customer []string
	price    []float64
	response []float64 // accepted, or the quantity
	kind     map[int64]string
	cost     map[int64]float64 // cost of a customer's purchases ÷ their value before discount
	all      float64           // the same of everyone; NaN when no cost is known
}

func runPrice(ctx context.Context, j *job.Job) (int64, error) {
	a, err := readAnswers(ctx, j)
	if err != nil {
		return 0, err
	}
	e := &uplift.Elasticity{Reason: "no quotations and no purchases of titles that several bought"}
	if len(a.key) > 0 {
		if e, err = a.fit(false); err != nil {
			return 0, err
		}
	}
	n, err := a.write(ctx, j, e)
	if err != nil {
		return 0, err
	}
	if err := a.writeGroups(ctx, j, e); err != nil {
		return 0, err
	}
	return n, j.Save(ctx, a.card(e, n))
}

func readAnswers(ctx context.Context, j *job.Job) (*answers, error) {
	if err := j.Feature(ctx, "quote_answer"); err != nil {
		return nil, err
	}
	f, err := j.Frame(ctx, "SELECT customer_key, ratio, accepted AS response FROM feature.quote_answer ORDER BY customer_key, date, quote_id")
	if err != nil {
		return nil, err
	}
	a := &answers{quotes: true}
	a.add(f)
	if len(a.key) == 0 {
		a.quotes = false
		if err := j.Feature(ctx, "purchase_price", fewestQuotes, mostBuyers); err != nil {
			return nil, err
		}
		if f, err = j.Frame(ctx, "SELECT customer_key, ratio, quantity AS response FROM feature.purchase_price ORDER BY customer_key, order_date, line_id"); err != nil {
			return nil, err
		}
		a.add(f)
	}
	return a, a.readCustomers(ctx, j)
}

func (a *answers) add(f *frame.Frame) {
	keys, ratio, response := f.Column("customer_key"), f.Column("ratio"), f.Column("response")
	for i := range f.Rows() {
		a.key, a.customer = append(a.key, int64(keys[i])), append(a.customer, fmt.Sprintf("%010d", int64(keys[i])))
		a.price, a.response = append(a.price, ratio[i]), append(a.response, response[i])
	}
}

// readCustomers reads types and what the goods cost.
func (a *answers) readCustomers(ctx context.Context, j *job.Job) error {
	a.kind, a.cost, a.all = map[int64]string{}, map[int64]float64{}, math.NaN()
	if len(a.key) == 0 {
		return nil
	}
	if err := j.Each(ctx, "SELECT customer_key, coalesce(customer_type, '') AS customer_type FROM core.dim_customer WHERE customer_key <> -1 ORDER BY customer_key", func(no int64, name string) { a.kind[no] = name }); err != nil {
		return err
	}
	f, err := j.Frame(ctx, `SELECT l.customer_key, sum(l.cost) AS cost, sum(l.gross) AS gross
FROM core.fact_order_line AS l
CROSS JOIN meta.run AS r
WHERE l.cost IS NOT NULL AND l.qty > 0 AND l.gross > 0 AND l.order_date <= r.as_of
GROUP BY l.customer_key
ORDER BY l.customer_key`)
	if err != nil {
		return err
	}
	var cost, gross float64
	for i := range f.Rows() {
		c, g := f.Column("cost")[i], f.Column("gross")[i]
		a.cost[int64(f.Column("customer_key")[i])] = c / g
		cost, gross = cost+c, gross+g
	}
	if gross > 0 {
		a.all = cost / gross
	}
	return nil
}

func (a *answers) fit(oneClass bool) (*uplift.Elasticity, error) {
	o := uplift.ElasticityOptions{Least: fewestQuotes, OneClass: oneClass}
	if a.quotes {
		o.Group = func(customer string) string {
			key, _ := strconv.ParseInt(customer, 10, 64) // 0, of no type, for what is no key
			return a.kind[key]
		}
		return uplift.FitAcceptance(uplift.Quotes{Customer: a.customer, Price: a.price, Accepted: a.response}, o)
	}
	return uplift.FitElasticity(uplift.Purchases{Customer: a.customer, Price: a.price, Quantity: a.response}, o)
}

// of are the answers of the customers that keep wants.
func (a *answers) of(keep func(key int64) bool) *answers {
	out := &answers{quotes: a.quotes}
	for i, k := range a.key {
		if keep(k) {
			out.key, out.customer = append(out.key, k), append(out.customer, a.customer[i])
			out.price, out.response = append(out.price, a.price[i]), append(out.response, a.response[i])
		}
	}
	return out
}

// advice is what the probability that price counts says to do.
func advice(transaction float64) string {
	switch {
	case transaction > .5:
		return adviseDiscount
	case transaction < .2:
		return adviseServe
	}
	return adviseWatch
}

// best is the price, against the usual one, that earns most: it maximises
// (price − cost)·price^elasticity, which gives elasticity·cost/(1 + elasticity)
// below −1; within the prices that were tried.
func best(elasticity, cost, low, high float64) float64 {
	switch {
	case !(cost > 0):
		return math.NaN()
	case elasticity >= -1:
		return high
	}
	return min(max(elasticity*cost/(1+elasticity), low), high)
}

func (a *answers) write(ctx context.Context, j *job.Job, e *uplift.Elasticity) (int64, error) {
	var keys, quotes []int64
	var class, advise []string
	columns := map[string][]float64{}
	mean, taken := map[int64]float64{}, map[int64]float64{}
	for i, k := range a.key {
		mean[k] += a.price[i]
		taken[k] += a.response[i]
	}
	low, high := tried(a.price)
	fitted := e.Spread > 0 || e.TwoClasses || e.SE > 0
	for _, c := range e.Customers {
		if c.Purchases < fewestQuotes || !c.PriceChanged || !fitted {
			continue
		}
		key, err := strconv.ParseInt(c.Customer, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("customer %q: %w", c.Customer, err)
		}
		cost, ok := a.cost[key]
		if !ok {
			cost = a.all
		}
		n := float64(c.Purchases)
		if !a.quotes && !e.TwoClasses {
			c.Transaction = .5 // nothing is known
		}
		keys, quotes, class, advise = append(keys, key), append(quotes, int64(c.Purchases)), append(class, c.Class), append(advise, advice(c.Transaction))
		for name, v := range map[string]float64{"accepted": taken[key], "price": mean[key] / n, "own": c.Own, "own_se": c.OwnSE, "elasticity": c.Shrunk, "elasticity_se": c.ShrunkSE, "transaction": c.Transaction, "best_price": best(c.Shrunk, cost, low, high)} {
			if name == "accepted" && !a.quotes || name == "transaction" && !a.quotes && !e.TwoClasses {
				v = math.NaN()
			}
			columns[name] = append(columns[name], known(v))
		}
	}
	list := []job.Column{job.Col("customer_key", keys), job.Col("quotes", quotes), job.Col("class", class), job.Col("advice", advise)}
	for _, name := range []string{"accepted", "price", "own", "own_se", "elasticity", "elasticity_se", "transaction", "best_price"} {
		list = append(list, job.Col(name, columns[name]))
	}
	return int64(len(keys)), j.Score(ctx, priceSQL, nil, list...)
}

// tried is the range of most prices: the twentieth at either end is left off.
func tried(price []float64) (low, high float64) {
	if len(price) == 0 {
		return 1, 1
	}
	sorted := slices.Clone(price)
	slices.Sort(sorted)
	n := len(sorted) - 1
	return sorted[n/20], sorted[n-n/20]
}

// group is one line of score.elasticity.
type group struct {
	grouping, name   string
	customers, lines int
	share            float64
	mean, se         float64
}

func (a *answers) groups(e *uplift.Elasticity) ([]group, error) {
	var out []group
	if e.SE > 0 {
		out = append(out, group{"all", "(all)", len(e.Customers), e.Rows, 1, e.Mean, e.SE})
	}
	if e.TwoClasses {
		for k, name := range []string{uplift.Relationship, uplift.Transaction} {
			g := group{"class", name, e.Counts[name], 0, e.Classes[k].Weight, e.Classes[k].Mean, math.NaN()}
			if se := e.Classes[k].SE; se > 0 {
				g.se = se
			}
			for _, c := range e.Customers {
				if c.Class == name {
					g.lines += c.Purchases
				}
			}
			out = append(out, g)
		}
	}
	if a.quotes {
		for _, g := range e.Groups {
			if g.Customers >= fewestInGroup {
				out = append(out, group{"customer type", g.Name, g.Customers, g.Rows, float64(g.Customers) / float64(len(e.Customers)), g.Mean, g.SE})
			}
		}
		return out, nil
	}
	customers := map[string]map[int64]bool{}
	for _, k := range a.key {
		if customers[a.kind[k]] == nil {
			customers[a.kind[k]] = map[int64]bool{}
		}
		customers[a.kind[k]][k] = true
	}
	var kinds []string
	for name, c := range customers {
		if len(c) >= fewestInGroup {
			kinds = append(kinds, name)
		}
	}
	slices.Sort(kinds)
	for _, name := range kinds {
		part := a.of(func(k int64) bool { return a.kind[k] == name })
		r, err := part.fit(true)
		if err != nil {
			return nil, err
		}
		if r.SE > 0 {
			out = append(out, group{"customer type", name, len(r.Customers), r.Rows, float64(len(r.Customers)) / float64(len(e.Customers)), r.Mean, r.SE})
		}
	}
	return out, nil
}

func (a *answers) writeGroups(ctx context.Context, j *job.Job, e *uplift.Elasticity) error {
	list, err := a.groups(e)
	if err != nil {
		return err
	}
	const z = 1.959963984540054
	var grouping, name []string
	var customers, lines []int64
	var share, mean, low, high []float64
	for _, g := range list {
		grouping, name = append(grouping, g.grouping), append(name, g.name)
		customers, lines = append(customers, int64(g.customers)), append(lines, int64(g.lines))
		share, mean, low, high = append(share, g.share), append(mean, g.mean), append(low, g.mean-z*g.se), append(high, g.mean+z*g.se)
	}
	return j.Score(ctx, elasticitySQL, nil, job.Col("grouping", grouping), job.Col("name", name), job.Col("customers", customers), job.Col("quotes", lines),
		job.Col("share", share), job.Col("elasticity", mean), job.Col("low", low), job.Col("high", high))
}

func (a *answers) card(e *uplift.Elasticity, scored int64) job.Card {
	c := job.Card{Model: "price", Version: 1, Rows: scored, Outputs: []string{"price", "elasticity"},
		Definition: job.Words{
			EN: "Elasticity of a customer: by how many percent its chance to accept a quotation changes for each percent of price against what is usual for the title; drawn towards that of all as far as the quotations leave it open. Two classes of customers where the data show two: transaction (price counts) and relationship. Causes only if prices were not set by how likely the customer was to buy.",
			ZH: "客户价格弹性：报价相对该书通常价格每变动百分之一，接受可能性变动的百分比；报价不足时向总体收缩。数据显示两类时分为交易型（看价格）与关系型。仅当报价不取决于客户购买意愿时才有因果意义。"},
		Features: []job.Feature{{Name: "price", Definition: job.Words{EN: "quoted ÷ usual price of the title at the time", ZH: "报价 ÷ 当时该书通常价格"}}, {Name: "quotation", Definition: job.Words{EN: "no longer valid at the as-of date", ZH: "截止日已失效"}}}}
	if !a.quotes {
		c.Features = []job.Feature{{Name: "price", Definition: job.Words{EN: "net price of a copy ÷ median of the title", ZH: "单册净价 ÷ 该书中位数"}}, {Name: "quantity", Definition: job.Words{EN: "copies ÷ median of the title; discounts for quantity look like elasticity here", ZH: "册数 ÷ 该书中位数；数量折扣在此会显得像弹性"}}}
	}
	unit := job.Words{EN: "quotations", ZH: "次报价"}
	if !a.quotes {
		unit = job.Words{EN: "order lines", ZH: "条订单行"}
		c.Definition = job.Words{
			EN: "Elasticity of a customer, from its purchases, for want of quotations: by how many percent the copies it takes change for each percent of price paid against what is usual for the title; drawn towards that of all as far as the purchases leave it open. Two classes of customers where the data show two: transaction (price counts) and relationship. Causes only if prices did not follow the quantity or how likely the customer was to buy.",
			ZH: "客户价格弹性，因无报价而取自购买：实付价格相对该书通常价格每变动百分之一，其购买册数变动的百分比；购买不足时向总体收缩。数据显示两类时分为交易型（看价格）与关系型。仅当价格不取决于数量或客户购买意愿时才有因果意义。"}
	}
	c.Parameter("fewest", fewestQuotes)
	c.Metric("used", float64(e.Rows), "rows", job.Words{EN: "quotations, or purchases where there are none, that were used", ZH: "所用报价（无报价者用购买）"})
	if e.SE > 0 {
		c.Metric("elasticity", e.Mean, "", job.Wordsf("mean over customers, ± %.2f", "客户平均，± %.2f", 1.96*e.SE))
		c.Metric("spread", e.Spread, "", job.Words{EN: "standard deviation between customers, noise taken off", ZH: "客户间标准差，已扣除噪声"})
	}
	switch {
	case len(a.key) == 0:
		c.Reading = job.Words{EN: "There are no quotations and no purchases of titles that several customers bought, so nothing is known of how customers answer to price.", ZH: "没有报价记录，也没有多个客户购买同一品种的记录，无法得知客户对价格的反应。"}
	case !(e.SE > 0):
		c.Reading = job.Words{EN: "No elasticity can be told: " + e.Reason + ".", ZH: "无法估计弹性：报价不足或从无差异。"}
	case !e.TwoClasses:
		what := job.Words{EN: "acceptance", ZH: "接受率"}
		if !a.quotes {
			what = job.Words{EN: "the copies taken", ZH: "购买册数"}
		}
		c.Reading = job.Wordsf("One percent of price moves %[4]s by %.1[1]f percent; customers do not fall into two classes, so those below −1 stand for them. %[2]d have %[3]d %[6]s or more.", "价格每变动 1 %%，%[5]s变动 %.1[1]f %%；客户未分成两类，以弹性低于 −1 者代之。%[2]d 个客户有至少 %[3]d %[7]s。",
			e.Mean, scored, fewestQuotes, what.EN, what.ZH, unit.EN, unit.ZH)
	default:
		c.Metric("transaction", e.Classes[1].Weight, "share", job.Words{EN: "of customers for whom price counts", ZH: "看重价格的客户比例"})
		c.Metric("elasticity.transaction", e.Classes[1].Mean, "", job.Words{EN: "of those", ZH: "这些客户的值"})
		c.Metric("elasticity.relationship", e.Classes[0].Mean, "", job.Words{EN: "of the others", ZH: "其余客户的值"})
		what := job.Words{EN: "orders", ZH: "订单"}
		if !a.quotes {
			what = job.Words{EN: "copies taken", ZH: "购买册数"}
		}
		c.Reading = job.Wordsf("For %.0[1]f %% of customers price counts: a percent dearer costs %.1[2]f %% of the %[8]s, for the others %.1[3]f %%. Of %[4]d customers with %[5]d %[10]s or more, price counts for %[6]d and service for %[7]d.",
			"%.0[1]f %% 的客户看重价格：每贵 1 %%，%[9]s少 %.1[2]f %%；其余客户少 %.1[3]f %%。%[4]d 个有至少 %[5]d %[11]s的客户中，%[6]d 个看重价格，%[7]d 个看重服务。",
			100*e.Classes[1].Weight, -e.Classes[1].Mean, -e.Classes[0].Mean, scored, fewestQuotes, e.Counts[uplift.Transaction], e.Counts[uplift.Relationship], what.EN, what.ZH, unit.EN, unit.ZH)
	}
	return c
}
