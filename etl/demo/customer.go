package demo

import "math"

// The latent ways of ordering.
const (
	segTextbook   = "textbook-only"
	segStanding   = "standing order"
	segFair       = "fair-only"
	segAgent      = "agent"
	segPrice      = "price-hunter"
	segOccasional = "occasional"
)

// favourite is a class a customer likes.
type favourite struct {
	class  int
	weight float64
}

// customer is one occupant of a slot while its history is made.
type customer struct {
	w        *world
	s        *bench
	d        *dice
	id       int64
	slot     int
	kindNo   int
	kind     *custKind
	plant    string
	segment  string
	lambda   float64 // lines a year
	elastic  float64
	created  day
	from     day // first day it can order
	first    day // first contact
	place    int
	owner    int
	discount float64 // percent
	ccy      int
	taste    []favourite
	drifted  int // new favourite after the drift, or -1
	fair     bool
	lumpy    bool // spends its budget at the end of the year
	textbook float64
	quoted   bool
	guarded  bool // too large to be left to chance: nothing befalls it lately
	contacts int
	dup      int64 // id of the duplicate record, 0 none
	mailed   bool  // on the list of the monthly e-mails
	arm      int   // campaign A: 0 not addressed, 1 treat, 2 control

	hazardMonth  int
	onset, death day
	cause, mode  string
	lostClass    int
	sleepFrom    day
	sleepTo      day
	exposed      int // months under doubled hazard
	lates        []day
	complaints   []complaint

	orders    []order
	lines     []line
	nextVols  []int32
	name      string
	nameEN    string
	lastOrder day
	lastYear  int64 // net of the last full year, ten-thousandths of CNY
	best      int64 // net of its best year
	year      int64
	net       int64
}

// complaint is what service did to the customer.
type complaint struct{ opened, resolved day }

// clear makes a customer ready for reuse, keeping its buffers.
func (c *customer) clear() {
	*c = customer{w: c.w, s: c.s, d: c.d, taste: c.taste[:0], lates: c.lates[:0], complaints: c.complaints[:0],
		orders: c.orders[:0], lines: c.lines[:0], nextVols: c.nextVols[:0],
		onset: noDay, death: noDay, sleepFrom: noDay, sleepTo: noDay, lastOrder: noDay, drifted: -1, lostClass: -1}
}

// bench is where the customers of one shard are made: their shard and buffers.
type bench struct {
	*shard
	cust     customer
	plans    []plan
	invoices []invoice
	bills    []bill
	due      []int
}

// writeCustomers writes every customer of shard i with all that belongs to it.
func writeCustomers(sh *shard, i int) error {
	s := &bench{shard: sh}
	s.ids.shard = int64(i)
	c := &s.cust
	c.w, c.s, c.d = s.w, s, s.d
	for _, slot := range s.w.shardSlots(i) {
		if err := s.ctx.Err(); err != nil {
			return err
		}
		s.d.reseed(s.w.o.Seed, streamSlot+uint64(slot.number))
		from := noDay
		for {
			c.clear()
			c.settle(slot, from)
			c.live()
			c.write()
			if c.death == noDay || c.death >= s.w.last-30 {
				break
			}
			from = c.death
		}
		s.alive++
	}
	return s.ids.check()
}

// settle makes a new occupant of a slot; after is the day the last one left,
// noDay for the first.
func (c *customer) settle(slot slotOf, after day) {
	w, d := c.w, c.d
	c.slot, c.kindNo, c.kind = slot.number, slot.kind, &w.kinds[slot.kind]
	c.id = c.s.ids.next(idCustomer)
	if after == noDay {
		c.created = w.first - day(d.between(20, 365*12))
		c.from = w.first
	} else {
		c.created = w.cal.onWork(after + 1)
		c.from = c.created
	}
	c.first = c.created - day(d.ExpFloat64()*60)
	c.hazardMonth = w.cal.monthIndex(c.from)
	c.lambda = d.gamma(c.kind.shape, c.kind.lines)
	if c.kindNo == kAgent {
		c.lambda = c.kind.stratum(d, c.slot-c.kind.firstSlot)
	}
	if w.effects && (c.kindNo == kLibrary || c.kindNo == kUniversity) {
		c.lambda *= plantRelief
	}
	c.elastic = -.4 + .04*d.NormFloat64()
	if d.chance(.15) {
		c.elastic = -2.2 + .15*d.NormFloat64()
	}
	c.segment = c.chooseSegment()
	c.place = d.pick(w.cityCum)
	c.owner = w.ownerOf(d, c.kindNo)
	if c.kindNo == kAgent {
		c.owner = w.agentOwner(c.slot - c.kind.firstSlot)
	}
	c.discount = math.Max(0, c.kind.discount+1.5*d.NormFloat64())
	c.fair = c.segment == segFair || d.chance(fairChance(c.kindNo))
	c.lumpy = (c.kindNo == kGovernment || c.kindNo == kLibrary) && d.chance(.15)
	c.quoted = c.kindNo != kReader && c.kindNo != kAgent && d.chance(.15)
	c.contacts = 1
	if c.kindNo != kReader {
		c.contacts = d.between(1, 3)
	}
	c.mailed = d.chance(.12)
	if c.kindNo == kReader && d.chance(.85) {
		c.arm = d.between(1, 2)
	}
	if c.kindNo == kAgent && d.chance(.08) {
		c.ccy = []int{cUSD, cHKD}[d.IntN(2)]
	} else if c.kindNo == kEnterprise && d.chance(.02) {
		c.ccy = cUSD
	}
	c.tasteFrom()
	c.applyPlant(after == noDay)
	c.guarded = c.plant == "" && c.lambda*c.kind.copies*450+c.textbook*7000 > 38000
	c.chooseSleep()
	if !w.effects {
		c.elastic, c.drifted, c.fair = -.4, -1, false
	}
	c.naming()
	if w.duplicated(c.slot) && after == noDay && c.plant == "" {
		c.dup = c.s.ids.next(idCustomer)
	}
}

// plantRelief makes room for the planted customers, who are large libraries and
// universities, so that the means of these types stay as given.
const plantRelief = .85

// fairChance is how likely a type visits the book fairs.
func fairChance(kind int) float64 {
	return [...]float64{.35, .2, .2, .1, .08, .8, .02}[kind]
}

// chooseSegment draws the latent way of ordering.
func (c *customer) chooseSegment() string {
	u := c.d.Float64()
	share := func(textbooks, standing, fair float64) string {
		switch {
		case u < textbooks:
			return segTextbook
		case u < textbooks+standing:
			return segStanding
		case u < textbooks+standing+fair:
			return segFair
		case c.elastic < -1.5:
			return segPrice
		}
		return segOccasional
	}
	switch c.kindNo {
	case kAgent:
		return segAgent
	case kLibrary:
		return share(0, .35, .03)
	case kUniversity:
		seg := share(.12, .15, .06)
		if seg == segTextbook {
			c.textbook, c.lambda = 4.5, 0
		} else {
			c.lambda /= .88
			if c.d.chance(.2) {
				c.textbook = 1.5
			}
		}
		return seg
	case kInstitute:
		return share(0, .25, .1)
	case kGovernment:
		return share(0, .2, .1)
	case kEnterprise:
		return share(0, .03, .2)
	}
	return share(0, 0, 0)
}

// tasteFrom draws one to three favourite classes.
func (c *customer) tasteFrom() {
	d := c.d
	weights := []float64{.45, .22, .13}
	n := 1 + d.IntN(3)
	for i := range n {
		class := d.pick(c.w.classCum)
		// The Dirichlet spread around the given weights.
		c.taste = append(c.taste, favourite{class, weights[i] * d.gamma(40, 1)})
	}
	if d.chance(.08) {
		c.drifted = d.pick(c.w.classCum)
	}
}

// applyPlant gives a chosen slot its fate. Its occupant is there from the
// beginning and outlives the history.
func (c *customer) applyPlant(firstOccupant bool) {
	p, ok := c.w.plants[c.slot]
	if !ok || !firstOccupant {
		return
	}
	c.plant, c.lambda = p.name, p.lambda
	c.textbook, c.drifted, c.ccy, c.lumpy = 0, -1, cCNY, false
	if c.segment == segTextbook || c.segment == segFair {
		c.segment = segOccasional
	}
	switch p.name {
	case "owner_x":
		c.owner, c.discount = c.w.employeeX(), c.kind.discount+13+2*c.d.Float64()
		if c.kindNo == kAgent {
			c.discount -= 5
		}
	case "owner_y", "owner_y_fades":
		c.owner = c.w.employeeY()
	case "silent", "halved", "complained":
		c.quoted, c.segment = false, segStanding
	}
}

// chooseSleep lets one in ten fall asleep for 8 to 14 months without leaving.
func (c *customer) chooseSleep() {
	if !c.w.effects || c.plant != "" || c.kindNo == kReader || c.kindNo == kAgent || !c.d.chance(.10) {
		return
	}
	span := int(c.w.last - c.from)
	if span < 400 {
		return
	}
	c.sleepFrom = c.from + day(c.d.IntN(span))
	c.sleepTo = c.sleepFrom + day(c.d.between(240, 420))
	if c.guarded && c.sleepTo > c.quietSince() {
		c.sleepFrom, c.sleepTo = noDay, noDay
	}
}

// quietSince is the day from which nothing befalls large customers but what is
// planted.
func (c *customer) quietSince() day { return date(c.w.ep.lastYear-1, 7, 1) }

// pickClass draws a class by taste on a day.
func (c *customer) pickClass(on day) int {
	d := c.d
	u := d.Float64()
	class := -1
	for i, f := range c.taste {
		if u < f.weight {
			class = f.class
			if i == 0 && c.drifted >= 0 && on >= c.w.ep.drift {
				class = c.drifted
			}
			break
		}
		u -= f.weight
	}
	if class < 0 {
		class = d.pick(c.w.classCum)
	}
	if c.w.effects && on >= c.w.ep.mixFrom && !c.w.classes[class].low && d.chance(.35) {
		class = d.pick(c.w.lowCum)
	}
	return class
}

// shelfOf draws the shelf of a line.
func (c *customer) shelfOf(class int) int {
	u := c.d.Float64()
	for i, p := range c.kind.shelf {
		if u < p {
			if c.w.classes[class].trade && i == shelfAcademic {
				return shelfTrade
			}
			return i
		}
		u -= p
	}
	return shelfAcademic
}
