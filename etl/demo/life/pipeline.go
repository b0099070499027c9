package life

import (
	"math"
	"strconv"

	"verso/etl/demo/calendar"
	"verso/etl/demo/dice"
	"verso/etl/demo/market"
	"verso/etl/demo/sheet"
)

// pipeline writes the lead the customer came from, its opportunities, its
// standing contract, and some of its letters and visits to the web site.
func (c *customer) pipeline() {
	w, d := c.w, c.d
	if c.kindNo != market.KReader && c.created >= w.First && c.created <= w.Last {
		sh := c.s.Sheet(sheet.TLead)
		touched := w.Cal.OnWork(c.first + calendar.Day(d.IntN(6)))
		sh.Int(c.id).Str(c.source()).Null().Str(w.Words.One(d, "surname_zh") + "老师").Str(c.name).Str(w.Places[c.place].Code).Date(c.first)
		sh.Time(touched, 10*3600).Str("converted").Float(dice.RoundTo(d.Uniform(40, 95), 1)).Int(c.id).Null().End()
	}
	c.opportunities()
	if c.segment == segStanding && c.lambda > 8 {
		from := max(c.from, calendar.Date(w.Ep.LastYear, 1, 1))
		if from <= w.Last && (c.death == calendar.NoDay || c.death > from) {
			sh := c.s.Sheet(sheet.TContract)
			sh.Int(c.s.Ids.Next(market.IdContract)).Int(c.id).Date(from).Date(from + 730).Money(int64(c.lambda*450/1000) * 10_000_000).End()
		}
	}
	c.letters()
}

// opportunities writes larger deals in the making, and how they ended.
func (c *customer) opportunities() {
	w, d := c.w, c.d
	if c.kindNo == market.KReader {
		return
	}
	from := max(c.from, calendar.Date(w.Ep.LastYear-1, 1, 1))
	for range d.Poisson(math.Min(c.lambda/45, 3)) {
		span := int(w.Last - from)
		if span < 30 {
			return
		}
		on := w.Cal.OnWork(from + calendar.Day(d.IntN(span)))
		if on > w.Last || c.death != calendar.NoDay && on > c.death {
			continue
		}
		closed := w.Cal.OnWork(on + calendar.Day(d.LogNormal(60, .6)))
		won := d.Chance(.42)
		id := c.s.Ids.Next(market.IdOpp)
		stage, prob := "won", int64(100)
		switch {
		case closed > w.Last:
			stage, prob = "proposal", 50
		case !won:
			stage, prob = "lost", 0
		}
		sh := c.s.Sheet(sheet.TOpp)
		sh.Int(id).Int(c.id).Null().Int(int64(c.owner)).Date(on).Money(int64(d.LogNormal(30, .8)) * 10_000_000).Money(prob * 10000).Str(stage).Date(on + 75)
		if closed > w.Last {
			sh.Nulls(2)
		} else {
			sh.Date(closed).Bool(won)
		}
		if stage == "lost" {
			sh.Str([]string{"price", "delivery time", "budget cut", "competitor"}[d.IntN(4)]).Str(w.Words.One(d, "competitor")).End()
		} else {
			sh.Nulls(2).End()
		}
		hist := c.s.Sheet(sheet.TOppHist)
		hist.Int(id).Str("qualified").Time(on, 10*3600).End()
		if mid := on + (closed-on)/2; mid <= w.Last {
			hist.Int(id).Str("proposal").Time(mid, 11*3600).End()
		}
		if closed <= w.Last {
			hist.Int(id).Str(stage).Time(closed, 16*3600).End()
		}
	}
}

// letters writes messages and web sessions of the last year.
func (c *customer) letters() {
	w, d := c.w, c.d
	mean := math.Min(c.lambda/12, 6)
	for range d.Poisson(mean) {
		on := w.Cal.OnWork(w.Last - calendar.Day(d.IntN(360)) - 4)
		if on < c.from || on > w.Last || c.death != calendar.NoDay && on > c.death {
			continue
		}
		second := 9*3600 + d.IntN(8*3600)
		sh := c.s.Sheet(sheet.TMessage)
		sh.Int(c.s.Ids.Next(market.IdMessage)).Str("in").Time(on, second).Int(c.id).Int(c.contactID(0)).Int(int64(c.owner))
		sh.Str([]string{"new titles", "delivery", "invoice", "quotation"}[d.IntN(4)])
		if answered := w.Cal.OnWork(on + calendar.Day(d.IntN(4))); answered <= w.Last && d.Chance(.9) {
			sh.Time(max(answered, on), min(second+d.Between(600, 20000), 86399)).End()
		} else {
			sh.Null().End()
		}
	}
	for range d.Poisson(math.Min(c.lambda/8+.3, 8)) {
		on := w.Last - calendar.Day(d.IntN(360))
		if on < c.from || c.death != calendar.NoDay && on > c.death {
			continue
		}
		sh := c.s.Sheet(sheet.TSession)
		sh.Str("v"+strconv.FormatUint(dice.Mix(uint64(c.id))%1e10, 36)).Time(on, 7*3600+d.IntN(16*3600)).Int(int64(d.Geometric(5))).Str([]string{"search", "e-mail", "direct", "portal"}[d.IntN(4)])
		if d.Chance(.6) {
			sh.Int(c.contactID(0)).End()
		} else {
			sh.Null().End()
		}
	}
}
