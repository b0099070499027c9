package life

import (
	"strconv"
	"strings"

	"verso/etl/demo/calendar"
	"verso/etl/demo/dice"
	"verso/etl/demo/market"
	"verso/etl/demo/sheet"
)

// contactID is the number of one of the customer's people.
func (c *customer) contactID(k int) int64 { return c.id*4 + int64(k) + 1 }

// naming invents the customer's name.
func (c *customer) naming() {
	v, d, p := c.w.Words, c.d, c.w.Places[c.place]
	city := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(p.Zh, "市"), "区"), "特别行政区")
	switch c.kindNo {
	case market.KLibrary:
		zh, en := v.Pair(d, "library_kind", "library_kind_en")
		mz, me := "", ""
		if d.Chance(.8) {
			mz, me = v.Pair(d, "univ_mark", "univ_mark_en")
			me += " "
		}
		c.name, c.nameEN = city+mz+zh, p.En+" "+me+en
	case market.KUniversity:
		mz, me := v.Pair(d, "univ_mark", "univ_mark_en")
		kz, ke := v.Pair(d, "univ_kind", "univ_kind_en")
		dz, de := v.Pair(d, "dept", "dept_en")
		if c.segment == segTextbook {
			dz, de = "教材科", "Textbook Office"
		}
		c.name, c.nameEN = city+mz+kz+dz, de+", "+p.En+" "+me+" "+ke
	case market.KInstitute:
		mz, me := v.Pair(d, "univ_mark", "univ_mark_en")
		kz, ke := v.Pair(d, "inst_kind", "inst_kind_en")
		c.name, c.nameEN = city+mz+kz, p.En+" "+me+" "+ke
	case market.KGovernment:
		kz, ke := v.Pair(d, "gov_kind", "gov_kind_en")
		mz, me := v.Pair(d, "univ_mark", "univ_mark_en")
		c.name, c.nameEN = city+mz+kz, p.En+" "+me+" "+ke
	case market.KEnterprise:
		mz, me := v.Pair(d, "ent_mark", "ent_mark_en")
		kz, ke := v.Pair(d, "ent_kind", "ent_kind_en")
		c.name, c.nameEN = city+mz+kz, p.En+" "+me+" "+ke
	case market.KAgent:
		mz, me := v.Pair(d, "ent_mark", "ent_mark_en")
		kz, ke := v.Pair(d, "agent_kind", "agent_kind_en")
		c.name, c.nameEN = city+mz+kz, p.En+" "+me+" "+ke
	default:
		c.name, c.nameEN = v.Person(d)
	}
}

// subtype is a finer type, by name or chance.
func (c *customer) subtype() string {
	pick := func(words ...string) string { return words[dice.Mix(uint64(c.id))%uint64(len(words))] }
	switch c.kindNo {
	case market.KLibrary:
		if strings.Contains(c.name, "学") {
			return "school library"
		}
		return pick("public library", "public library", "special library")
	case market.KUniversity:
		return pick("key university", "provincial university", "provincial university", "college")
	case market.KInstitute:
		return pick("academy", "ministry institute", "provincial institute")
	case market.KAgent:
		return pick("foreign-language bookstore", "library supplier")
	}
	return ""
}

// status is what the company's own records say: it notices only long silence.
func (c *customer) status() string {
	last := max(c.lastOrder, c.created)
	switch silent := c.w.Last - last; {
	case silent > 3*365 && c.death != calendar.NoDay:
		return "lost"
	case silent > 365:
		return "dormant"
	}
	return "active"
}

// write writes the customer with all that belongs to it.
func (c *customer) write() {
	c.settleMoney()
	c.writeOrders()
	names := StepNames()
	for i := range c.orders {
		o := &c.orders[i]
		for k := o.first; k < o.first+o.lines; k++ {
			c.writePurchase(o, &c.lines[k])
			c.writeEvents(o, &c.lines[k], &names)
		}
	}
	c.writeInvoices()
	c.visits()
	c.campaigning()
	c.pipeline()
	c.writeCustomer()
	c.writeContacts()
	c.writeTruth()
	if c.lastYear > 0 {
		c.s.Bigs = append(c.s.Bigs, market.BigCustomer{ID: c.id, Net: c.lastYear, Plant: c.plant})
	}
}

// budget is the yearly book budget the customer has told, 0 unknown, and its
// ratio to last year's purchases.
func (c *customer) budget() (int64, float64) {
	if c.kindNo > market.KGovernment || c.lastYear == 0 {
		return 0, 0
	}
	ratio := c.d.Uniform(1.2, 2.9)
	if c.plant == "wallet" {
		ratio = c.d.Uniform(5.5, 9)
	}
	return int64(float64(c.lastYear)*ratio) / 10_000_000 * 10_000_000, ratio
}

// writeCustomer writes the record, and a second one for a duplicate.
func (c *customer) writeCustomer() {
	budget, _ := c.budget()
	c.record(c.id, c.name, c.nameEN, c.created, c.status(), 0, budget)
	c.s.dirtyCustomer(c, budget)
	if c.dup == 0 {
		return
	}
	kind, name := c.variant()
	merged := c.merged()
	status, into := c.status(), int64(0)
	if merged {
		status, into = "merged", c.id
	}
	c.record(c.dup, name, "", c.created+calendar.Day(30+c.d.IntN(200)), status, into, 0)
	c.s.Sheet(sheet.TTruthDuplicate).Int(c.id).Int(c.dup).Str(kind).Bool(merged).End()
}

// merged says whether the duplicate was found and merged already: three of the
// whole company.
func (c *customer) merged() bool {
	return c.kindNo != market.KReader && c.s.W.Merges[c.slot]
}

// variant is the name as the duplicate record has it.
func (c *customer) variant() (kind, name string) {
	switch dice.Mix(uint64(c.id)+99) % 4 {
	case 0:
		if s := strings.Replace(c.name, "大学", "大", 1); s != c.name {
			return "abbreviated", s
		}
		if s := strings.Replace(c.name, "有限公司", "公司", 1); s != c.name {
			return "abbreviated", s
		}
	case 1:
		return "space inside", strings.Replace(c.name, string([]rune(c.name)[:2]), string([]rune(c.name)[:2])+" ", 1)
	case 2:
		if s := strings.Replace(c.name, "图书馆", "圖書館", 1); s != c.name {
			return "traditional characters", s
		}
	}
	return "old number", c.name
}

// record writes one customer row.
func (c *customer) record(id int64, name, nameEN string, created calendar.Day, status string, into, budget int64) {
	w := c.w
	p := w.Places[c.place]
	sh := c.s.Sheet(sheet.TCustomer)
	created = min(created, w.Last)
	sh.Int(id).Str("C" + strconv.FormatInt(100000+id, 10)).Str(name).Str(nameEN).Str(c.kind.Name).Str(c.subtype()).Null().Null()
	sh.Str(p.Code).Str(market.CountryOf(p.Code)).Str(strings.TrimSuffix(p.Zh, "市")).Str(postcode(p.Code, id))
	sh.ID(c.channelID()).Int(int64(c.owner)).Date(min(c.first, created)).Str(c.source()).Date(created).Str(status).ID(into)
	if c.kindNo == market.KReader {
		sh.Null().Null()
	} else {
		sh.Money(int64(c.lambda*c.kind.Copies*120)/1000*10_000_000 + 100_000_000).Int(int64(c.creditDays()))
	}
	sh.ID(w.PolicyOf(c.kindNo))
	if budget > 0 {
		sh.Money(budget).Int(1)
	} else {
		sh.Nulls(2)
	}
	h := dice.Mix(uint64(id))
	sh.Str([]string{"zh", "zh", "zh", "en"}[h%4]).Str([]string{"e-mail", "phone", "mail", "wechat"}[h/4%4]).Str([]string{"weekly", "monthly", "monthly", "quarterly"}[h/16%4])
	sh.Bool(h/64%10 < 7).Null().Str("order system").Str("PRS-" + strconv.FormatInt(id, 10))
	sh.Time(max(c.lastOrder, created), 20*3600).End()
}

// postcode invents a postal code in the manner of the region.
func postcode(code string, id int64) string {
	if code >= "700000" {
		return ""
	}
	return code[:3] + strconv.FormatUint(100+dice.Mix(uint64(id))%900, 10)
}

// source is where the first contact came from.
func (c *customer) source() string {
	s := []string{"fair", "mailing", "visit", "referral", "web", "catalogue"}
	if c.kindNo == market.KReader {
		s = []string{"web", "web", "fair", "referral"}
	}
	return s[dice.Mix(uint64(c.slot)*3+uint64(c.created))%uint64(len(s))]
}

// channelID is the partner entry of an agent, or none.
func (c *customer) channelID() int64 {
	if c.kindNo == market.KAgent {
		return partnerBase + c.id
	}
	return 0
}

// partnerBase is added to an agent's customer id for its partner id.
const partnerBase = 900_000_000

// writeContacts writes the people of the customer, its declared interests and,
// for an agent, its partner record.
func (c *customer) writeContacts() {
	w, d := c.w, c.d
	for k := range c.contacts {
		zh, latin := w.Words.Person(d)
		role, dept := "reader", ""
		if c.kindNo == market.KReader {
			zh = c.name
		} else {
			role = [][]string{{"acquisition librarian", "director", "accountant"}, {"professor", "dean", "purchaser"},
				{"librarian", "researcher", "accountant"}, {"purchaser", "officer", "accountant"}, {"purchaser", "engineer", "accountant"},
				{"manager", "purchaser", "accountant"}}[c.kindNo][k]
			dept = "采访部"
		}
		id := c.contactID(k)
		mail := strings.ToLower(strings.ReplaceAll(latin, " ", ".")) + strconv.FormatInt(id%1000, 10) + "@example.cn"
		sh := c.s.Sheet(sheet.TContact)
		sh.Int(id).Int(c.id).Str(zh).Str(role).Str(dept).Str("000-" + strconv.FormatUint(10000000+dice.Mix(uint64(id))%80000000, 10)).Str(mail).Bool(k == 0)
		sh.Date(min(c.created, w.Last)).Null().End()
	}
	if d.Chance(.5) {
		for i, f := range c.taste {
			weight := []float64{1, .6, .3}[i]
			c.s.Sheet(sheet.TInterest).Int(c.id).Str(w.Classes[f.class].Code).Float(weight).Str("declared").Date(min(c.created, w.Last)).End()
		}
	}
	if c.kindNo == market.KAgent {
		c.partner()
	}
}

// partner writes the agent's side as a sales channel.
func (c *customer) partner() {
	w, d := c.w, c.d
	id := c.channelID()
	sh := c.s.Sheet(sheet.TPartner)
	sh.Int(id).Int(c.id).Str(c.name).Str("agent").Int(int64(d.Between(1, 3))).Null().Str(w.Places[c.place].Code[:2])
	sh.Str([]string{"gold", "silver", "registered"}[d.IntN(3)]).Date(calendar.Date(w.Last.Year()+1, 12, 31))
	sh.Money(int64(c.lambda) * 9_000_000).Int(90).Money(int64(d.Between(1, 10)) * 100_000_000).End()
	if d.Chance(.5) {
		sh := c.s.Sheet(sheet.TRebate)
		sh.Int(id).Int(id).Str("net revenue").Str(`[{"from":200000,"pct":1},{"from":500000,"pct":2}]`)
		sh.Money(c.lastYear / 100 / 10000 * 10000).Date(calendar.Date(w.Ep.LastYear, 1, 1)).Null().End()
	}
}

// writeTruth writes what was planted on the customer.
func (c *customer) writeTruth() {
	w := c.w
	_, ratio := int64(0), 0.0
	if c.plant == "wallet" {
		ratio = 5.5
	}
	sh := c.s.Sheet(sheet.TTruthCustomer)
	sh.Int(c.id).Int(int64(c.slot)).Str(c.kind.Name).Str(c.segment).Float(c.lambda).Date(min(c.created, w.Last))
	sh.Date(c.onset).Date(c.death).Str(c.cause).Str(c.mode).Int(int64(c.exposed)).Float(c.elastic).Bool(c.fair).Date(c.sleepFrom).Date(c.sleepTo)
	if c.drifted >= 0 {
		sh.Date(w.Ep.Drift)
	} else {
		sh.Null()
	}
	sh.Str(c.plant).Float(ratio).End()
	ts := c.s.Sheet(sheet.TTruthTaste)
	for i, f := range c.taste {
		ts.Int(c.id).Int(int64(i + 1)).Str(w.Classes[f.class].Code).Float(f.weight).Date(c.from).End()
	}
	if c.drifted >= 0 && len(c.taste) > 0 && (c.death == calendar.NoDay || c.death > w.Ep.Drift) {
		ts.Int(c.id).Int(1).Str(w.Classes[c.drifted].Code).Float(c.taste[0].weight).Date(max(c.from, w.Ep.Drift)).End()
	}
}
