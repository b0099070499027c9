package demo

import (
	"strconv"
	"strings"
)

// contactID is the number of one of the customer's people.
func (c *customer) contactID(k int) int64 { return c.id*4 + int64(k) + 1 }

// naming invents the customer's name.
func (c *customer) naming() {
	v, d, p := c.w.words, c.d, c.w.places[c.place]
	city := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(p.zh, "市"), "区"), "特别行政区")
	switch c.kindNo {
	case kLibrary:
		zh, en := v.pair(d, "library_kind", "library_kind_en")
		mz, me := "", ""
		if d.chance(.8) {
			mz, me = v.pair(d, "univ_mark", "univ_mark_en")
			me += " "
		}
		c.name, c.nameEN = city+mz+zh, p.en+" "+me+en
	case kUniversity:
		mz, me := v.pair(d, "univ_mark", "univ_mark_en")
		kz, ke := v.pair(d, "univ_kind", "univ_kind_en")
		dz, de := v.pair(d, "dept", "dept_en")
		if c.segment == segTextbook {
			dz, de = "教材科", "Textbook Office"
		}
		c.name, c.nameEN = city+mz+kz+dz, de+", "+p.en+" "+me+" "+ke
	case kInstitute:
		mz, me := v.pair(d, "univ_mark", "univ_mark_en")
		kz, ke := v.pair(d, "inst_kind", "inst_kind_en")
		c.name, c.nameEN = city+mz+kz, p.en+" "+me+" "+ke
	case kGovernment:
		kz, ke := v.pair(d, "gov_kind", "gov_kind_en")
		mz, me := v.pair(d, "univ_mark", "univ_mark_en")
		c.name, c.nameEN = city+mz+kz, p.en+" "+me+" "+ke
	case kEnterprise:
		mz, me := v.pair(d, "ent_mark", "ent_mark_en")
		kz, ke := v.pair(d, "ent_kind", "ent_kind_en")
		c.name, c.nameEN = city+mz+kz, p.en+" "+me+" "+ke
	case kAgent:
		mz, me := v.pair(d, "ent_mark", "ent_mark_en")
		kz, ke := v.pair(d, "agent_kind", "agent_kind_en")
		c.name, c.nameEN = city+mz+kz, p.en+" "+me+" "+ke
	default:
		c.name, c.nameEN = v.person(d)
	}
}

// subtype is a finer type, by name or chance.
func (c *customer) subtype() string {
	pick := func(words ...string) string { return words[mix(uint64(c.id))%uint64(len(words))] }
	switch c.kindNo {
	case kLibrary:
		if strings.Contains(c.name, "学") {
			return "school library"
		}
		return pick("public library", "public library", "special library")
	case kUniversity:
		return pick("key university", "provincial university", "provincial university", "college")
	case kInstitute:
		return pick("academy", "ministry institute", "provincial institute")
	case kAgent:
		return pick("foreign-language bookstore", "library supplier")
	}
	return ""
}

// status is what the company's own records say: it notices only long silence.
func (c *customer) status() string {
	last := max(c.lastOrder, c.created)
	switch silent := c.w.last - last; {
	case silent > 3*365 && c.death != noDay:
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
	names := stepNames()
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
		c.s.bigs = append(c.s.bigs, bigCustomer{c.id, c.lastYear, c.plant})
	}
}

// budget is the yearly book budget the customer has told, 0 unknown, and its
// ratio to last year's purchases.
func (c *customer) budget() (int64, float64) {
	if c.kindNo > kGovernment || c.lastYear == 0 {
		return 0, 0
	}
	ratio := c.d.uniform(1.2, 2.9)
	if c.plant == "wallet" {
		ratio = c.d.uniform(5.5, 9)
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
	c.record(c.dup, name, "", c.created+day(30+c.d.IntN(200)), status, into, 0)
	c.s.sheet(tTruthDuplicate).int(c.id).int(c.dup).str(kind).bool(merged).end()
}

// merged says whether the duplicate was found and merged already: three of the
// whole company.
func (c *customer) merged() bool {
	return c.kindNo != kReader && c.s.w.merges[c.slot]
}

// variant is the name as the duplicate record has it.
func (c *customer) variant() (kind, name string) {
	switch mix(uint64(c.id)+99) % 4 {
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
func (c *customer) record(id int64, name, nameEN string, created day, status string, into, budget int64) {
	w := c.w
	p := w.places[c.place]
	sh := c.s.sheet(tCustomer)
	created = min(created, w.last)
	sh.int(id).str("C" + strconv.FormatInt(100000+id, 10)).str(name).str(nameEN).str(c.kind.name).str(c.subtype()).null().null()
	sh.str(p.code).str(countryOf(p.code)).str(strings.TrimSuffix(p.zh, "市")).str(postcode(p.code, id))
	sh.id(c.channelID(id)).int(int64(c.owner)).date(min(c.first, created)).str(c.source()).date(created).str(status).id(into)
	if c.kindNo == kReader {
		sh.null().null()
	} else {
		sh.money(int64(c.lambda*c.kind.copies*120)/1000*10_000_000 + 100_000_000).int(int64(c.creditDays()))
	}
	sh.id(w.policyOf(c.kindNo))
	if budget > 0 {
		sh.money(budget).int(1)
	} else {
		sh.nulls(2)
	}
	h := mix(uint64(id))
	sh.str([]string{"zh", "zh", "zh", "en"}[h%4]).str([]string{"e-mail", "phone", "mail", "wechat"}[h/4%4]).str([]string{"weekly", "monthly", "monthly", "quarterly"}[h/16%4])
	sh.bool(h/64%10 < 7).null().str("order system").str("PRS-" + strconv.FormatInt(id, 10))
	sh.time(max(c.lastOrder, created), 20*3600).end()
}

// postcode invents a postal code in the manner of the region.
func postcode(code string, id int64) string {
	if code >= "700000" {
		return ""
	}
	return code[:3] + strconv.FormatUint(100+mix(uint64(id))%900, 10)
}

// source is where the first contact came from.
func (c *customer) source() string {
	s := []string{"fair", "mailing", "visit", "referral", "web", "catalogue"}
	if c.kindNo == kReader {
		s = []string{"web", "web", "fair", "referral"}
	}
	return s[mix(uint64(c.slot)*3+uint64(c.created))%uint64(len(s))]
}

// channelID is the partner entry of an agent, or none.
func (c *customer) channelID(id int64) int64 {
	if c.kindNo == kAgent {
		return partnerBase + id
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
		zh, latin := w.words.person(d)
		role, dept := "reader", ""
		if c.kindNo == kReader {
			zh = c.name
		} else {
			role = [][]string{{"acquisition librarian", "director", "accountant"}, {"professor", "dean", "purchaser"},
				{"librarian", "researcher", "accountant"}, {"purchaser", "officer", "accountant"}, {"purchaser", "engineer", "accountant"},
				{"manager", "purchaser", "accountant"}}[c.kindNo][k]
			dept = "采访部"
		}
		id := c.contactID(k)
		mail := strings.ToLower(strings.ReplaceAll(latin, " ", ".")) + strconv.FormatInt(id%1000, 10) + "@example.cn"
		sh := c.s.sheet(tContact)
		sh.int(id).int(c.id).str(zh).str(role).str(dept).str("000-" + strconv.FormatUint(10000000+mix(uint64(id))%80000000, 10)).str(mail).bool(k == 0)
		sh.date(min(c.created, w.last)).null().end()
	}
	if d.chance(.5) {
		for i, f := range c.taste {
			weight := []float64{1, .6, .3}[i]
			c.s.sheet(tInterest).int(c.id).str(w.classes[f.class].code).float(weight).str("declared").date(min(c.created, w.last)).end()
		}
	}
	if c.kindNo == kAgent {
		c.partner()
	}
}

// partner writes the agent's side as a sales channel.
func (c *customer) partner() {
	w, d := c.w, c.d
	id := c.channelID(c.id)
	sh := c.s.sheet(tPartner)
	sh.int(id).int(c.id).str(c.name).str("agent").int(int64(d.between(1, 3))).null().str(w.places[c.place].code[:2])
	sh.str([]string{"gold", "silver", "registered"}[d.IntN(3)]).date(date(w.last.year()+1, 12, 31))
	sh.money(int64(c.lambda) * 9_000_000).int(90).money(int64(d.between(1, 10)) * 100_000_000).end()
	if d.chance(.5) {
		sh := c.s.sheet(tRebate)
		sh.int(id).int(id).str("net revenue").str(`[{"from":200000,"pct":1},{"from":500000,"pct":2}]`)
		sh.money(c.lastYear / 100 / 10000 * 10000).date(date(w.ep.lastYear, 1, 1)).null().end()
	}
}

// writeTruth writes what was planted on the customer.
func (c *customer) writeTruth() {
	w := c.w
	_, ratio := int64(0), 0.0
	if c.plant == "wallet" {
		ratio = 5.5
	}
	sh := c.s.sheet(tTruthCustomer)
	sh.int(c.id).int(int64(c.slot)).str(c.kind.name).str(c.segment).float(c.lambda).date(min(c.created, w.last))
	sh.date(c.onset).date(c.death).str(c.cause).str(c.mode).int(int64(c.exposed)).float(c.elastic).bool(c.fair).date(c.sleepFrom).date(c.sleepTo)
	if c.drifted >= 0 {
		sh.date(w.ep.drift)
	} else {
		sh.null()
	}
	sh.str(c.plant).float(ratio).end()
	ts := c.s.sheet(tTruthTaste)
	for i, f := range c.taste {
		ts.int(c.id).int(int64(i + 1)).str(w.classes[f.class].code).float(f.weight).date(c.from).end()
	}
	if c.drifted >= 0 && len(c.taste) > 0 && (c.death == noDay || c.death > w.ep.drift) {
		ts.int(c.id).int(1).str(w.classes[c.drifted].code).float(c.taste[0].weight).date(max(c.from, w.ep.drift)).end()
	}
}
