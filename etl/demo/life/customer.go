// Package life makes the history of the demo company's customers one by one:
// who they are, what they order, how goods and money flow, what service and
// campaigns do to them, when and why they leave.
package life

import (
	"math"

	"verso/etl/demo/calendar"
	"verso/etl/demo/dice"
	"verso/etl/demo/market"
)

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
	w        *market.World
	s        *bench
	d        *dice.Dice
	id       int64
	slot     int
	kindNo   int
	kind     *market.CustKind
	plant    string
	segment  string
	lambda   float64 // lines a year
	elastic  float64
	created  calendar.Day
	from     calendar.Day // first day it can order
	first    calendar.Day // first contact
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
	onset, death calendar.Day
	cause, mode  string
	lostClass    int
	sleepFrom    calendar.Day
	sleepTo      calendar.Day
	exposed      int // months under doubled hazard
	lates        []calendar.Day
	complaints   []complaint

	orders    []order
	lines     []line
	nextVols  []int32
	name      string
	nameEN    string
	lastOrder calendar.Day
	lastYear  int64 // net of the last full year, ten-thousandths of CNY
	best      int64 // net of its best year
	year      int64
}

// complaint is what service did to the customer.
type complaint struct{ opened, resolved calendar.Day }

// clear makes a customer ready for reuse, keeping its buffers.
func (c *customer) clear() {
	*c = customer{w: c.w, s: c.s, d: c.d, taste: c.taste[:0], lates: c.lates[:0], complaints: c.complaints[:0],
		orders: c.orders[:0], lines: c.lines[:0], nextVols: c.nextVols[:0],
		onset: calendar.NoDay, death: calendar.NoDay, sleepFrom: calendar.NoDay, sleepTo: calendar.NoDay, lastOrder: calendar.NoDay, drifted: -1, lostClass: -1}
}

// bench is where the customers of one shard are made: their shard and buffers.
type bench struct {
	*market.Shard
	cust     customer
	plans    []plan
	invoices []invoice
	bills    []bill
	due      []int
}

// Write writes every customer of shard i with all that belongs to it.
func Write(sh *market.Shard, i int) error {
	s := &bench{Shard: sh}
	s.Ids.Shard = int64(i)
	c := &s.cust
	c.w, c.s, c.d = s.W, s, s.D
	for _, slot := range s.W.ShardSlots(i) {
		if err := s.Ctx.Err(); err != nil {
			return err
		}
		s.D.Reseed(s.W.O.Seed, dice.StreamSlot+uint64(slot.Number))
		from := calendar.NoDay
		for {
			c.clear()
			c.settle(slot, from)
			c.live()
			c.write()
			if c.death == calendar.NoDay || c.death >= s.W.Last-30 {
				break
			}
			from = c.death
		}
		s.Alive++
	}
	return s.Ids.Check()
}

// settle makes a new occupant of a slot; after is the day the last one left,
// noDay for the first.
func (c *customer) settle(slot market.SlotOf, after calendar.Day) {
	w, d := c.w, c.d
	c.slot, c.kindNo, c.kind = slot.Number, slot.Kind, &w.Kinds[slot.Kind]
	c.id = c.s.Ids.Next(market.IdCustomer)
	if after == calendar.NoDay {
		c.created = w.First - calendar.Day(d.Between(20, 365*12))
		c.from = w.First
	} else {
		c.created = w.Cal.OnWork(after + 1)
		c.from = c.created
	}
	c.first = c.created - calendar.Day(d.ExpFloat64()*60)
	c.hazardMonth = w.Cal.MonthIndex(c.from)
	c.lambda = d.Gamma(c.kind.Shape, c.kind.Lines)
	if c.kindNo == market.KAgent {
		c.lambda = c.kind.Stratum(d, c.slot-c.kind.FirstSlot)
	}
	if w.Effects && (c.kindNo == market.KLibrary || c.kindNo == market.KUniversity) {
		c.lambda *= plantRelief
	}
	c.elastic = -.4 + .04*d.NormFloat64()
	if d.Chance(.15) {
		c.elastic = -2.2 + .15*d.NormFloat64()
	}
	c.segment = c.chooseSegment()
	c.place = d.Pick(w.CityCum)
	c.owner = w.OwnerOf(d, c.kindNo)
	if c.kindNo == market.KAgent {
		c.owner = w.AgentOwner(c.slot - c.kind.FirstSlot)
	}
	c.discount = math.Max(0, c.kind.Discount+1.5*d.NormFloat64())
	c.fair = c.segment == segFair || d.Chance(fairChance(c.kindNo))
	c.lumpy = (c.kindNo == market.KGovernment || c.kindNo == market.KLibrary) && d.Chance(.15)
	c.quoted = c.kindNo != market.KReader && c.kindNo != market.KAgent && d.Chance(.15)
	c.contacts = 1
	if c.kindNo != market.KReader {
		c.contacts = d.Between(1, 3)
	}
	c.mailed = d.Chance(.12)
	if c.kindNo == market.KReader && d.Chance(.85) {
		c.arm = d.Between(1, 2)
	}
	if c.kindNo == market.KAgent && d.Chance(.08) {
		c.ccy = []int{market.CUSD, market.CHKD}[d.IntN(2)]
	} else if c.kindNo == market.KEnterprise && d.Chance(.02) {
		c.ccy = market.CUSD
	}
	c.tasteFrom()
	c.applyPlant(after == calendar.NoDay)
	c.guarded = c.plant == "" && c.lambda*c.kind.Copies*450+c.textbook*7000 > 38000
	c.chooseSleep()
	if !w.Effects {
		c.elastic, c.drifted, c.fair = -.4, -1, false
	}
	c.naming()
	if w.Duplicated(c.slot) && after == calendar.NoDay && c.plant == "" {
		c.dup = c.s.Ids.Next(market.IdCustomer)
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
	case market.KAgent:
		return segAgent
	case market.KLibrary:
		return share(0, .35, .03)
	case market.KUniversity:
		seg := share(.12, .15, .06)
		if seg == segTextbook {
			c.textbook, c.lambda = 4.5, 0
		} else {
			c.lambda /= .88
			if c.d.Chance(.2) {
				c.textbook = 1.5
			}
		}
		return seg
	case market.KInstitute:
		return share(0, .25, .1)
	case market.KGovernment:
		return share(0, .2, .1)
	case market.KEnterprise:
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
		class := d.Pick(c.w.ClassCum)
		// The Dirichlet spread around the given weights.
		c.taste = append(c.taste, favourite{class, weights[i] * d.Gamma(40, 1)})
	}
	if d.Chance(.08) {
		c.drifted = d.Pick(c.w.ClassCum)
	}
}

// applyPlant gives a chosen slot its fate. Its occupant is there from the
// beginning and outlives the history.
func (c *customer) applyPlant(firstOccupant bool) {
	p, ok := c.w.Plants[c.slot]
	if !ok || !firstOccupant {
		return
	}
	c.plant, c.lambda = p.Name, p.Lambda
	c.textbook, c.drifted, c.ccy, c.lumpy = 0, -1, market.CCNY, false
	if c.segment == segTextbook || c.segment == segFair {
		c.segment = segOccasional
	}
	switch p.Name {
	case "owner_x":
		c.owner, c.discount = c.w.EmployeeX(), c.kind.Discount+13+2*c.d.Float64()
		if c.kindNo == market.KAgent {
			c.discount -= 5
		}
	case "owner_y", "owner_y_fades":
		c.owner = c.w.EmployeeY()
	case "silent", "halved", "complained":
		c.quoted, c.segment = false, segStanding
	}
}

// chooseSleep lets one in ten fall asleep for 8 to 14 months without leaving.
func (c *customer) chooseSleep() {
	if !c.w.Effects || c.plant != "" || c.kindNo == market.KReader || c.kindNo == market.KAgent || !c.d.Chance(.10) {
		return
	}
	span := int(c.w.Last - c.from)
	if span < 400 {
		return
	}
	c.sleepFrom = c.from + calendar.Day(c.d.IntN(span))
	c.sleepTo = c.sleepFrom + calendar.Day(c.d.Between(240, 420))
	if c.guarded && c.sleepTo > c.quietSince() {
		c.sleepFrom, c.sleepTo = calendar.NoDay, calendar.NoDay
	}
}

// quietSince is the day from which nothing befalls large customers but what is
// planted.
func (c *customer) quietSince() calendar.Day { return calendar.Date(c.w.Ep.LastYear-1, 7, 1) }

// pickClass draws a class by taste on a day.
func (c *customer) pickClass(on calendar.Day) int {
	d := c.d
	u := d.Float64()
	class := -1
	for i, f := range c.taste {
		if u < f.weight {
			class = f.class
			if i == 0 && c.drifted >= 0 && on >= c.w.Ep.Drift {
				class = c.drifted
			}
			break
		}
		u -= f.weight
	}
	if class < 0 {
		class = d.Pick(c.w.ClassCum)
	}
	if c.w.Effects && on >= c.w.Ep.MixFrom && !c.w.Classes[class].Low && d.Chance(.45) {
		class = d.Pick(c.w.LowCum)
	}
	return class
}

// shelfOf draws the shelf of a line.
func (c *customer) shelfOf(class int) int {
	u := c.d.Float64()
	for i, p := range c.kind.Shelf {
		if u < p {
			if c.w.Classes[class].Trade && i == market.ShelfAcademic {
				return market.ShelfTrade
			}
			return i
		}
		u -= p
	}
	return market.ShelfAcademic
}
