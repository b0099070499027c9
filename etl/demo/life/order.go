package life

import (
	"math"
	"strconv"

	"verso/etl/demo/calendar"
	"verso/etl/demo/dice"
	"verso/etl/demo/market"
	"verso/etl/demo/sheet"
)

// order is one order of a customer.
type order struct {
	id       int64
	customer int64
	day      calendar.Day
	second   int
	channel  string
	staff    int
	campaign int64
	rush     bool
	first    int // position of its lines
	lines    int
	total    int64 // ten-thousandths of the order's currency
	fx       int64 // CNY per unit of the order's currency
}

// line is one order line with its way through the company.
type line struct {
	id        int64
	order     int
	no        int
	title     int32
	qty       int
	cancelled int
	reason    string
	unit      int64 // before discount, ten-thousandths of the order's currency
	discount  int64 // ten-thousandths of a percent
	net       int64 // of the copies not cancelled, ten-thousandths of CNY
	each      int64 // net of one copy, ten-thousandths of CNY
	quote     int64 // rate the price was made with
	cost      int64 // per copy, ten-thousandths of the supplier's currency
	textbook  bool
	flow      flow
}

// place1 places a planned order: its header and lines, and what becomes of
// them.
func (c *customer) place1(p *plan) {
	w, d := c.w, c.d
	o := order{id: c.s.Ids.Next(market.IdOrder), customer: c.id, day: p.day, first: len(c.lines), campaign: p.campaign,
		staff: c.owner, channel: c.channel(p), fx: 1e8}
	o.second = 8*3600 + 1800 + d.IntN(9*3600)
	o.rush = p.kind == planUsual && d.Chance(.025)
	if c.dup > 0 && p.day < w.Last-200 && d.Chance(.3) {
		o.customer = c.dup
	}
	if c.ccy != market.CCNY {
		o.fx = w.Fx.At(c.ccy, p.day)
	}
	if d.Chance(.06) && c.plant == "" {
		o.staff = w.OwnerOf(d, c.kindNo)
	}
	index := len(c.orders)
	c.orders = append(c.orders, o)
	for i := range p.lines {
		c.addLine(index, i+1, p)
	}
	op := &c.orders[index]
	op.lines = len(c.lines) - op.first
	if op.lines == 0 {
		c.orders = c.orders[:index]
		return
	}
	c.lastOrder = p.day
	for i := op.first; i < len(c.lines); i++ {
		l := &c.lines[i]
		l.each = sheet.MulMoney(sheet.MulMoney(l.unit, 1_000_000-l.discount, 1_000_000), op.fx, 1e8)
		net := sheet.MulMoney(l.unit*int64(l.qty-l.cancelled), 1_000_000-l.discount, 1_000_000)
		op.total += net
		l.net = sheet.MulMoney(net, op.fx, 1e8)
		c.year += l.net
		w.CountDemand(l.title, op.day, l.qty-l.cancelled)
	}
}

// channel draws the way an order comes in; fax gives way to the web over the
// years.
func (c *customer) channel(p *plan) string {
	d := c.d
	web := .15 + .05*float64(p.day.Year()-c.w.First.Year())
	switch {
	case p.kind == planFair:
		return "fair"
	case p.kind == planMail:
		return "web"
	case c.kindNo == market.KReader && d.Chance(.8), d.Chance(web):
		return "web"
	case c.kindNo == market.KAgent:
		return []string{"agent", "agent", "edi", "e-mail"}[d.IntN(4)]
	}
	return []string{"e-mail", "e-mail", "e-mail", "phone", "phone", "fax", "mail", "visit"}[d.IntN(8)]
}

// addLine adds one line to an order, unless the class was lost to a rival.
func (c *customer) addLine(index, no int, p *plan) {
	w, d := c.w, c.d
	l := line{order: index, no: len(c.lines) - c.orders[index].first + 1}
	l.title = c.chooseTitle(index, p)
	t := &w.Titles[l.title]
	if c.lostClass >= 0 && int(t.Class) == c.lostClass && p.day >= c.onset {
		return
	}
	l.id = c.s.Ids.Next(market.IdLine)
	l.textbook = t.Level == market.Textbook && p.kind == planTextbook
	l.qty = d.Geometric(c.kind.Copies)
	if p.kind == planTextbook {
		l.qty = c.lot()
	} else if c.guarded || c.plant != "" {
		l.qty = min(l.qty, 8)
	}
	l.unit, l.quote = w.PriceOf(t, p.day)
	if c.ccy != market.CCNY {
		l.unit = sheet.MulMoney(l.unit, 1e8, c.orders[index].fx) / 100 * 100
	}
	l.discount = c.discountOn(l.qty, p)
	s := &w.Suppliers[t.Sup]
	l.cost = int64(math.Round(float64(t.Price) * (1 - s.Discount)))
	c.lines = append(c.lines, l)
	at := &c.lines[len(c.lines)-1]
	c.send(at, &c.orders[index])
	if c.quoted && d.Chance(.4) {
		c.quoteFor(at, &c.orders[index])
	}
	if v := w.NextVol[l.title]; v >= 0 {
		c.nextVols = append(c.nextVols, v)
	}
}

// lot is the number of copies of a textbook: log-normal, but even for those who
// buy little else and for large accounts.
func (c *customer) lot() int {
	if c.segment == segTextbook || c.guarded {
		return c.d.Between(20, 46)
	}
	return min(max(5, int(math.Round(c.d.LogNormal(25, .8)))), 150)
}

// discountOn is the discount of a line, to half a percent, in ten-thousandths
// of a percent.
func (c *customer) discountOn(qty int, p *plan) int64 {
	v := c.discount + 1.2*c.d.NormFloat64()
	if p.kind == planTextbook {
		v += 3
	}
	if qty >= 10 {
		v += 2
	}
	if c.segment == segPrice {
		v += 2
	}
	return int64(math.Round(min(max(v, 0), 40)*2)) * 5000
}

// chooseTitle draws the title of a line: the next volume of a series, a class
// that goes with the line before, or taste.
func (c *customer) chooseTitle(index int, p *plan) int32 {
	w, d := c.w, c.d
	o := &c.orders[index]
	if p.kind == planTextbook {
		return w.PickTitle(d, c.pickClass(p.day), market.ShelfTextbook, p.day)
	}
	for i, v := range c.nextVols {
		if w.Titles[v].Listed <= p.day {
			c.nextVols = append(c.nextVols[:i], c.nextVols[i+1:]...)
			if d.Chance(.7) {
				return v
			}
			break
		}
	}
	class := c.pickClass(p.day)
	if n := len(c.lines); n > o.first && w.Effects && d.Chance(.3) {
		if other := w.GoesWith(int(w.Titles[c.lines[n-1].title].Class)); other >= 0 {
			class = other
		}
	}
	shelf := c.shelfOf(class)
	t := w.PickTitle(d, class, shelf, p.day)
	if c.kind.Dearer != 0 && d.Chance(math.Abs(c.kind.Dearer)) {
		u := w.PickTitle(d, class, shelf, p.day)
		a, _ := w.PriceOf(&w.Titles[t], p.day)
		b, _ := w.PriceOf(&w.Titles[u], p.day)
		if (b > a) == (c.kind.Dearer > 0) {
			t = u
		}
	}
	for range 2 {
		if !c.has(o.first, t) {
			break
		}
		t = w.PickTitle(d, class, shelf, p.day)
	}
	return t
}

// has says whether the order that begins at a line holds a title already.
func (c *customer) has(first int, t int32) bool {
	for i := first; i < len(c.lines); i++ {
		if c.lines[i].title == t {
			return true
		}
	}
	return false
}

// writeOrders writes the headers and lines of the customer.
func (c *customer) writeOrders() {
	w := c.w
	sh := c.s.Sheet(sheet.TOrder)
	for i := range c.orders {
		o := &c.orders[i]
		status := "delivered"
		for k := o.first; k < o.first+o.lines; k++ {
			if st := c.lines[k].flow.status; st == "open" || st == "partial" {
				status = "open"
			}
		}
		c.s.dirtyOrder(o)
		sh.Int(o.id).Str("SO" + strconv.Itoa(o.day.Year()%100) + "-" + strconv.FormatInt(o.id, 10)).Int(o.customer)
		sh.Int(c.contactID(int(dice.Mix(uint64(o.id))%uint64(c.contacts)))).Time(o.day, o.second).Str(o.channel).ID(int64(o.staff))
		sh.Null().ID(o.campaign).ID(c.catalogueFor(o)).Bool(o.rush).Date(o.required(c)).Str(w.Ccy[c.ccy].Code)
		if c.ccy == market.CCNY {
			sh.Null()
		} else {
			sh.Rate(o.fx)
		}
		sh.Str(w.Places[c.place].Code).Str(status).Money(o.total).End()
		for k := o.first; k < o.first+o.lines; k++ {
			c.writeLine(o, &c.lines[k])
		}
	}
}

// required is the day the customer asks for, if it does.
func (o *order) required(c *customer) calendar.Day {
	l := &c.lines[o.first]
	switch {
	case l.textbook:
		return l.flow.promised
	case o.rush:
		return o.day + 40
	}
	return calendar.NoDay
}

// writeLine writes one order line.
func (c *customer) writeLine(o *order, l *line) {
	w := c.w
	t := &w.Titles[l.title]
	s := &w.Suppliers[t.Sup]
	sh := c.s.Sheet(sheet.TLine)
	if c.s.dirtyLine(c, o, l) {
		return
	}
	sh.Int(l.id).Int(o.id).Int(int64(l.no)).Int(int64(l.title) + 1).Null().Int(int64(l.qty)).Int(int64(l.cancelled)).Str(l.reason)
	sh.Money(t.Price).Str(w.Ccy[s.Ccy].Code).Rate(l.quote).Money(l.discount).Money(l.unit).Bool(l.textbook)
	sh.Str(termOf(l.textbook, o.day)).Str(l.flow.status).End()
	months := len(w.Cal.Months)
	m := w.Cal.MonthIndex(o.day)
	w.OwnerMonth[o.staff*months+m].Add(l.net / 100)
	w.ListedSold[int(w.Classes[t.Class].Code[0]-'A')*months+m].Add(l.net / 100)
	c.s.Net += l.net
	c.s.LineNo++
}

// termOf is the term a textbook is for.
func termOf(textbook bool, on calendar.Day) string {
	if !textbook {
		return ""
	}
	y := on.Year()
	if on.Month() >= 9 {
		return strconv.Itoa(y+1) + "S"
	}
	return strconv.Itoa(y) + "F"
}

// catalogueFor is the catalogue an order refers to: that of its first title's
// kind, of the month before; one order in three names one.
func (c *customer) catalogueFor(o *order) int64 {
	w := c.w
	h := dice.Mix(uint64(o.id) + 5)
	month := w.Cal.MonthIndex(o.day) - w.Cal.MonthIndex(w.First) - 1
	if h%3 != 0 || c.kindNo == market.KReader || month < 0 {
		return 0
	}
	return w.CatalogueID(w.CatalogueCode(&w.Titles[c.lines[o.first].title]), month)
}
