package olaptest

import (
	"sort"
	"time"
)

func (b *builder) orders() {
	t := b.data.table("core.fact_order_line", `line_id order_id order_key order_no line_no date_key order_date customer_key title_key clc_key
		geo_key channel_key employee_key publisher_key currency_key campaign_key qty qty_cancelled gross discount net net_ccy rate tax cost margin net_constant cost_constant
		is_rush is_textbook term status source source_row`)
	titles, customers := b.data.Table("core.dim_title"), b.data.Table("core.dim_customer")
	days := int(b.shape.AsOf.Sub(b.shape.From).Hours()/24) + 1
	when := make([]time.Time, b.shape.Orders)
	for i := range when {
		when[i] = b.shape.From.AddDate(0, 0, b.rng.IntN(days))
	}
	sort.Slice(when, func(i, j int) bool { return when[i].Before(when[j]) })
	line := 0
	for o, date := range when {
		customer := b.key(b.shape.Customers)
		geo := int64(-1)
		if customer > 0 {
			geo = customers.Rows[customer][customers.Column("geo_key")].(int64)
			b.seen(customers.Rows[customer], customers, date)
		}
		channel, employee, currency := b.key(len(channels)), b.key(len(employees)), 1+b.rng.IntN(len(currencies))
		for n := range 1 + b.rng.IntN(5) {
			line++
			title := b.key(b.shape.Titles)
			a := b.amounts(titles, title, currency)
			class, publisher, textbook := int64(-1), int64(-1), false
			if title > 0 {
				class = titles.Rows[title][titles.Column("clc_key")].(int64)
				publisher = titles.Rows[title][titles.Column("publisher_key")].(int64)
				textbook = titles.Rows[title][titles.Column("is_textbook")].(bool)
			}
			_, term, _, _ := academicTerm(date)
			t.add(10000+line, 500+o, o+1, "O"+date.Format("20060102"), n+1, dateKey(date), date, customer, title, class,
				geo, channel, employee, publisher, currency, campaignOf(o), a.qty, a.cancelled, Money(a.gross), Money(a.gross-a.net), Money(a.net),
				Money(a.net*10000/currencies[currency-1].rate), rate(currencies[currency-1].rate), Money(a.net*9/100), a.cost, a.margin, Money(a.constant), a.costConstant,
				b.rng.IntN(10) == 0, textbook, term, "delivered", "fixture", line)
		}
	}
}

// campaignOf is the campaign that an order names: every third one does.
func campaignOf(order int) int {
	if order%3 != 0 {
		return -1
	}
	return 1 + order/3%len(campaigns)
}

// seen notes an order date on a customer: first and last order, cohort.
func (b *builder) seen(row []any, t *Table, date time.Time) {
	if row[t.Column("first_order_date")] == nil {
		row[t.Column("first_order_date")] = date
		row[t.Column("cohort_month")] = date.Format("2006-01")
		row[t.Column("cohort_year")] = int64(date.Year())
	}
	row[t.Column("last_order_date")] = date
}

type amounts struct {
	qty, cancelled int
	gross, net     int64
	cost, margin   any
	constant       int64 // net at constant rates: foreign currencies were three in a hundred dearer
	costConstant   any
}

func (b *builder) amounts(titles *Table, title, currency int) amounts {
	a := amounts{qty: 1 + b.rng.IntN(12)}
	if b.rng.IntN(15) == 0 {
		a.cancelled = a.qty
		a.qty = 0
	}
	price := int64(40_0000)
	if title > 0 {
		price = units(titles.Rows[title][titles.Column("list_price")])
	}
	discount := int64(5 * b.rng.IntN(6))
	if b.shape.Ties {
		a.qty, discount = 1+a.qty%2, 0
	}
	a.gross = int64(a.qty) * price * currencies[currency-1].rate / 10000
	a.net = a.gross - a.gross*discount/100
	a.constant = a.net
	if currency > 1 {
		a.constant = a.net * 103 / 100
	}
	if b.rng.Float64() >= b.shape.Nulls*3 {
		cost := a.gross * int64(55+b.rng.IntN(30)) / 100
		a.cost, a.margin, a.costConstant = Money(cost), Money(a.net-cost), Money(cost*101/100)
	}
	return a
}

func rate(tenThousandths int64) any {
	d := Money(tenThousandths * 10000)
	d.Scale = 8
	return d
}

// returns sends back part of every sixteenth line some weeks later, within the
// shape's dates.
func (b *builder) returns() {
	t := b.data.table("core.fact_return", `return_id line_id date_key return_date customer_key title_key clc_key geo_key channel_key
		employee_key publisher_key order_key qty value reason disposition from_order_line source source_row`)
	lines := b.data.Table("core.fact_order_line")
	at := func(row []any, column string) any { return row[lines.Column(column)] }
	for i, row := range lines.Rows {
		qty := at(row, "qty").(int64)
		date := at(row, "order_date").(time.Time).AddDate(0, 0, 20+i%30)
		if i%16 != 3 || qty == 0 || date.After(b.shape.AsOf) {
			continue
		}
		back := 1 + int(qty)/3
		order := at(row, "order_key")
		if b.rng.Float64() < b.shape.Unknown {
			order = -1
		}
		t.add(len(t.Rows)+1, at(row, "line_id"), dateKey(date), date, at(row, "customer_key"), at(row, "title_key"), at(row, "clc_key"),
			at(row, "geo_key"), at(row, "channel_key"), at(row, "employee_key"), at(row, "publisher_key"), order,
			back, Money(units(at(row, "net"))/qty*int64(back)), b.maybe(pick(b, []string{"damaged", "wrong title", "unsold"})),
			"restock", false, "fixture", i+1)
	}
}

// scores ranks the customers that bought: pyramid tiers by net at 1, 5, 20 and
// 100 percent, and quintiles of recency, frequency and value.
func (b *builder) scores() {
	type buyer struct {
		key          int64
		net          int64
		orders, days int
		r, f, m      int
	}
	buyers := map[int64]*buyer{}
	lines := b.data.Table("core.fact_order_line")
	orders := map[int64]bool{}
	total := int64(0)
	for _, row := range lines.Rows {
		key, net := row[lines.Column("customer_key")].(int64), units(row[lines.Column("net")])
		if key < 0 {
			continue
		}
		if buyers[key] == nil {
			buyers[key] = &buyer{key: key}
		}
		w := buyers[key]
		w.net += net
		total += net
		if order := row[lines.Column("order_key")].(int64); !orders[order] {
			orders[order] = true
			w.orders++
		}
		w.days = int(b.shape.AsOf.Sub(row[lines.Column("order_date")].(time.Time)).Hours() / 24)
	}
	list := make([]*buyer, 0, len(buyers))
	for key := int64(1); key <= int64(b.shape.Customers); key++ {
		if buyers[key] != nil {
			list = append(list, buyers[key])
		}
	}
	quintile := func(less func(a, b *buyer) bool, set func(w *buyer, q int)) {
		sort.SliceStable(list, func(i, j int) bool { return less(list[i], list[j]) })
		for i, w := range list {
			set(w, 1+5*i/len(list))
		}
	}
	quintile(func(a, b *buyer) bool { return a.days > b.days }, func(w *buyer, q int) { w.r = q })
	quintile(func(a, b *buyer) bool { return a.orders < b.orders }, func(w *buyer, q int) { w.f = q })
	quintile(func(a, b *buyer) bool { return a.net < b.net }, func(w *buyer, q int) { w.m = q })
	sort.SliceStable(list, func(i, j int) bool { return list[i].net > list[j].net })
	rfm := b.data.table("score.rfm", "customer_key as_of recency_days frequency monetary r_score f_score m_score cell segment mode")
	pyramid := b.data.table("score.pyramid", "customer_key as_of basis value rank share cum_share tier tier_no")
	curve := b.data.table("score.concentration", "basis share_of_customers customers value share_of_value")
	placed := b.data.table("score.customer_place", "customer_key as_of segment_no segment segment_zh loyalty_status move")
	kinds := [...][4]string{{"orders now and then", "零散订购", "active", "stayed"}, {"standing orders", "长期订购", "new", "new"}, {"textbooks", "教材采购", "dormant", "down"}}
	sum := int64(0)
	for i, w := range list {
		kind := int(w.key) % len(kinds)
		k := kinds[kind]
		placed.add(w.key, b.shape.AsOf, kind+1, k[0], k[1], k[2], k[3])
		sum += w.net
		rfm.add(w.key, b.shape.AsOf, w.days, w.orders, Money(w.net), w.r, w.f, w.m,
			string([]byte{byte('0' + w.r), byte('0' + w.f), byte('0' + w.m)}), segment(w.r, w.f), "quintile")
		share := float64(i+1) / float64(len(list))
		tier, no := tierOf(share)
		for _, basis := range []string{"revenue", "margin"} {
			pyramid.add(w.key, b.shape.AsOf, basis, Money(w.net), i+1, float64(w.net)/float64(max(total, 1)),
				float64(sum)/float64(max(total, 1)), tier, no)
		}
		curve.add("revenue", share, i+1, Money(sum), float64(sum)/float64(max(total, 1)))
	}
}

func segment(r, f int) string {
	switch {
	case r >= 4 && f >= 4:
		return "champions"
	case r >= 3 && f >= 3:
		return "loyal"
	case r >= 4:
		return "new"
	case f >= 4:
		return "at_risk"
	}
	return "lost"
}

func tierOf(share float64) (string, int) {
	switch {
	case share <= 0.02:
		return "top", 1
	case share <= 0.06:
		return "major", 2
	case share <= 0.21:
		return "ordinary", 3
	}
	return "small", 4
}

// standings places titles by their keys, so that every class, XYZ and phase occurs
// and some titles have no XYZ.
func (b *builder) standings() {
	standing := b.data.table("score.title", "title_key as_of abc xyz phase phase_no")
	phases := [...]string{"introduction", "growth", "mature", "decline", "dead"}
	for _, row := range b.data.Table("core.dim_title").Rows {
		key, ok := row[0].(int64)
		if !ok || key < 0 || key%11 == 0 {
			continue
		}
		var xyz any
		if n := key % 4; n < 3 {
			xyz = string("XYZ"[n])
		}
		standing.add(key, b.shape.AsOf, string("ABCN"[key%4]), xyz, phases[key%5], int(1+key%5))
	}
}

// records fills the tables about the run itself.
func (b *builder) records() {
	asOf := b.shape.AsOf
	b.data.table("meta.run", "run_id as_of seed version config_digest company currency language fiscal_year_start").
		add(asOf.Format(time.DateOnly)+"-0f1e2d3c", asOf, 1, "fixture", "0f1e2d3c", "Fixture Books", "CNY", "en", 1)
	lines := len(b.data.Table("core.fact_order_line").Rows)
	b.data.table("meta.extract", "source extract file format encoding dialect bytes sha256 read landed rejected").
		add("fixture", "order_line", "order_line.csv", "csv", "utf-8", ",\"", 100*lines, "00", lines+3, lines+2, 1)
	loads := b.data.table("meta.table_load", "table_name source supplied read loaded quarantined")
	loads.add("order_line", "fixture", true, lines+2, lines, 2)
	loads.add("ticket", nil, false, 0, 0, 0)
	b.data.table("meta.quarantine_reason", "table_name source reason rows").
		add("order_line", "fixture", "qty_ordered: not a whole number", 2)
	checks := b.data.table("meta.check_result", "check_id table_name severity description hint tested offenders threshold passed samples")
	checks.add("order_line.customer", "order_line", "warn", "every line has a known customer", "load the missing customers", lines, 40, 0.05, true, `["line 10012"]`)
	checks.add("title.isbn", "title", "error", "ISBN check digits hold", "correct the ISBN in the source", 120, 0, 0.01, true, "[]")
	b.data.table("meta.reconciliation", "subject unit source_value warehouse_value explained difference detail").
		add("order lines", "rows", Money(int64(lines+2)*10000), Money(int64(lines)*10000), Money(2*10000), Money(0), "2 quarantined")
	b.data.table("card.model", "model version as_of seed rows definition reading definition_zh reading_zh").
		add("rfm", "1", asOf, 1, len(b.data.Table("score.rfm").Rows), "quintiles of recency, frequency and value", "who buys often, lately and much", "近度、频度、金额的五分位", "谁近来常买、买得多")
	b.data.table("card.parameter", "model name value value_zh").add("rfm", "mode", "quintile", "")
	b.data.table("card.metric", "model name value unit reading reading_zh").add("rfm", "gini", 0.5, "", "how unequal customers are", "客户之间有多不均")
	b.data.table("card.feature", "model name definition definition_zh").add("rfm", "recency_days", "days since the last order", "距最近一次下单的天数")
}
