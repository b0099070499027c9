package demo

import (
	"math"
	"strconv"
)

// pipeline writes the lead the customer came from, its opportunities, its
// standing contract, and some of its letters and visits to the web site.
func (c *customer) pipeline() {
	w, d := c.w, c.d
	if c.kindNo != kReader && c.created >= w.first && c.created <= w.last {
		sh := c.s.sheet(tLead)
		touched := w.cal.onWork(c.first + day(d.IntN(6)))
		sh.int(c.id).str(c.source()).null().str(w.words.one(d, "surname_zh") + "老师").str(c.name).str(w.places[c.place].code).date(c.first)
		sh.time(touched, 10*3600).str("converted").float(roundTo(d.uniform(40, 95), 1)).int(c.id).null().end()
	}
	c.opportunities()
	if c.segment == segStanding && c.lambda > 8 {
		from := max(c.from, date(w.ep.lastYear, 1, 1))
		if from <= w.last && (c.death == noDay || c.death > from) {
			sh := c.s.sheet(tContract)
			sh.int(c.s.ids.next(idContract)).int(c.id).date(from).date(from + 730).money(int64(c.lambda*450/1000) * 10_000_000).end()
		}
	}
	c.letters()
}

// opportunities writes larger deals in the making, and how they ended.
func (c *customer) opportunities() {
	w, d := c.w, c.d
	if c.kindNo == kReader {
		return
	}
	from := max(c.from, date(w.ep.lastYear-1, 1, 1))
	for range d.poisson(math.Min(c.lambda/45, 3)) {
		span := int(w.last - from)
		if span < 30 {
			return
		}
		on := w.cal.onWork(from + day(d.IntN(span)))
		if on > w.last || c.death != noDay && on > c.death {
			continue
		}
		closed := w.cal.onWork(on + day(d.logNormal(60, .6)))
		won := d.chance(.42)
		id := c.s.ids.next(idOpp)
		stage, prob := "won", int64(100)
		switch {
		case closed > w.last:
			stage, prob = "proposal", 50
		case !won:
			stage, prob = "lost", 0
		}
		sh := c.s.sheet(tOpp)
		sh.int(id).int(c.id).null().int(int64(c.owner)).date(on).money(int64(d.logNormal(30, .8)) * 10_000_000).money(prob * 10000).str(stage).date(on + 75)
		if closed > w.last {
			sh.nulls(2)
		} else {
			sh.date(closed).bool(won)
		}
		if stage == "lost" {
			sh.str([]string{"price", "delivery time", "budget cut", "competitor"}[d.IntN(4)]).str(w.words.one(d, "competitor")).end()
		} else {
			sh.nulls(2).end()
		}
		hist := c.s.sheet(tOppHist)
		hist.int(id).str("qualified").time(on, 10*3600).end()
		if mid := on + (closed-on)/2; mid <= w.last {
			hist.int(id).str("proposal").time(mid, 11*3600).end()
		}
		if closed <= w.last {
			hist.int(id).str(stage).time(closed, 16*3600).end()
		}
	}
}

// letters writes messages and web sessions of the last year.
func (c *customer) letters() {
	w, d := c.w, c.d
	mean := math.Min(c.lambda/12, 6)
	for range d.poisson(mean) {
		on := w.cal.onWork(w.last - day(d.IntN(360)) - 4)
		if on < c.from || on > w.last || c.death != noDay && on > c.death {
			continue
		}
		second := 9*3600 + d.IntN(8*3600)
		sh := c.s.sheet(tMessage)
		sh.int(c.s.ids.next(idMessage)).str("in").time(on, second).int(c.id).int(c.contactID(0)).int(int64(c.owner))
		sh.str([]string{"new titles", "delivery", "invoice", "quotation"}[d.IntN(4)])
		if answered := w.cal.onWork(on + day(d.IntN(4))); answered <= w.last && d.chance(.9) {
			sh.time(max(answered, on), min(second+d.between(600, 20000), 86399)).end()
		} else {
			sh.null().end()
		}
	}
	for range d.poisson(math.Min(c.lambda/8+.3, 8)) {
		on := w.last - day(d.IntN(360))
		if on < c.from || c.death != noDay && on > c.death {
			continue
		}
		sh := c.s.sheet(tSession)
		sh.str("v"+strconv.FormatUint(mix(uint64(c.id))%1e10, 36)).time(on, 7*3600+d.IntN(16*3600)).int(int64(d.geometric(5))).str([]string{"search", "e-mail", "direct", "portal"}[d.IntN(4)])
		if d.chance(.6) {
			sh.int(c.contactID(0)).end()
		} else {
			sh.null().end()
		}
	}
}
