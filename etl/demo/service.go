package demo

import "math"

// feel lets a line cause questions and complaints.
func (c *customer) feel(l *line, o *order, delivered day) {
	d, w := c.d, c.w
	lateBy := delivered - l.flow.promised
	switch {
	case lateBy > 0 && d.chance(.25):
		c.ticket(l, l.flow.promised+day(d.between(2, 15)), "complaint", "late delivery", true)
	case lateBy > 0 && d.chance(.4):
		c.ticket(l, l.flow.promised+day(d.between(0, 10)), "arrival_time", "late delivery", false)
	case d.chance(.004):
		c.ticket(l, delivered+day(d.between(1, 10)), "complaint", []string{"damaged copy", "wrong book", "invoice error"}[d.IntN(3)], true)
	case d.chance(.11):
		c.ticket(l, o.day+day(d.between(10, 45)), []string{"inquiry_status", "inquiry_status", "arrival_time", "invoice", "price", "catalogue", "other"}[d.IntN(7)], "", false)
	}
	if c.plant == "complained" && o.day.year() == w.ep.lastYear && o.day.month() >= 3 && o.day.month() <= 10 && !c.complained(w.ep.lastYear) {
		c.ticket(l, o.day+day(d.between(20, 40)), "complaint", "wrong book", true)
	}
}

// complained says whether there was a complaint in a year.
func (c *customer) complained(year int) bool {
	for _, k := range c.complaints {
		if k.opened.year() == year {
			return true
		}
	}
	return false
}

// ticket writes one request and, for a complaint, remembers it.
func (c *customer) ticket(l *line, opened day, kind, cause string, isComplaint bool) {
	w, d := c.w, c.d
	if opened > w.last {
		return
	}
	if isComplaint && (c.guarded || c.plant != "" && c.plant != "complained") && opened.year() >= w.ep.lastYear {
		kind, isComplaint = "other", false
	}
	second := 9*3600 + d.IntN(8*3600)
	opened = w.cal.onWork(opened)
	if opened > w.last {
		return
	}
	answered := opened
	answerSec := second + d.between(300, 7200)
	if d.chance(.3) {
		answered, answerSec = w.cal.onWork(opened+1), 9*3600+d.IntN(4*3600)
	}
	resolved := w.cal.onWork(max(answered, opened+day(d.logNormal(3, 1))))
	if isComplaint && d.chance(.15) {
		resolved = opened + day(d.between(45, 160))
	}
	if isComplaint {
		c.complaints = append(c.complaints, complaint{opened, resolved})
	}
	id := c.s.ids.next(idTicket)
	transfers := d.poissonSmall(.35)
	owner := w.serviceDesk(d)
	sh := c.s.sheet(tTicket)
	sh.int(id).int(c.id).int(c.contactID(0)).str([]string{"phone", "e-mail", "web", "wechat"}[d.IntN(4)]).time(opened, second).str(kind)
	sh.str([]string{"low", "normal", "normal", "high"}[d.IntN(4)]).int(l.id)
	c.timeOrNull(sh, answered, answerSec)
	c.timeOrNull(sh, resolved, 17*3600+d.IntN(3600))
	reopened := 0
	if d.chance(.05) {
		reopened = 1
	}
	minutes := int(math.Max(3, math.Round(d.logNormal(18, .7))))
	sh.int(int64(reopened)).int(int64(transfers)).int(int64(minutes)).int(int64(owner)).str("service").str(cause).bool(isComplaint).end()
	c.ticketEvents(id, opened, second, answered, answerSec, resolved, transfers)
	if answered <= w.last && resolved <= w.last && d.chance(.25) {
		score := 8 + d.IntN(3)
		if resolved-opened > 10 || isComplaint {
			score = 2 + d.IntN(6)
		}
		c.s.sheet(tSurvey).int(c.s.ids.next(idSurvey)).int(c.id).int(id).date(min(resolved+3, w.last)).str("satisfied with the answer").int(int64(score)).null().end()
	}
}

// timeOrNull writes a moment, or nothing when it has not come yet.
func (c *customer) timeOrNull(sh *sheet, on day, second int) {
	if on > c.w.last {
		on = noDay
	}
	sh.time(on, second)
}

// ticketEvents writes the steps of a request of the last two years.
func (c *customer) ticketEvents(id int64, opened day, second int, answered day, answerSec int, resolved day, transfers int) {
	sh, last := c.s.sheet(tTicketEvent), c.w.last
	if opened < last-730 {
		return
	}
	sh.int(id).time(opened, second).str("opened").null().str("service").end()
	for i := range min(transfers, 3) {
		to := []string{"import", "distribution", "orders"}[i]
		sh.int(id).time(opened, second+60*(i+1)).str("transferred").str("service").str(to).end()
	}
	if answered <= last {
		sh.int(id).time(answered, answerSec).str("answered").str("service").null().end()
	}
	if resolved <= last {
		sh.int(id).time(resolved, 20*3600).str("resolved").str("service").null().end()
	}
}

// quoteFor writes the offers around a line that came of one: the accepted offer
// and those that were declined. Acceptance follows (price/list)^elasticity; the
// offers are drawn backwards from the outcome (Bayes), so that the number of
// lines stays as planned.
func (c *customer) quoteFor(l *line, o *order) {
	w, d := c.w, c.d
	base := .38
	ratio := c.offer(true, base)
	c.quote(l.title, l.unit, ratio, o.day-day(d.between(1, 14)), o.day)
	l.discount = int64(math.Round((1-ratio)*200)) * 5000
	if l.discount < 0 {
		l.unit = mulMoney(l.unit, 1_000_000-l.discount, 1_000_000) / 1000 * 1000
		l.discount = 0
	}
	mean := base * meanPower(c.elastic)
	for d.chance(1 - mean) {
		t := w.pickTitle(d, c.pickClass(o.day), shelfAcademic, o.day)
		unit, _ := w.priceOf(&w.titles[t], o.day)
		c.quote(t, unit, c.offer(false, base), o.day-day(d.between(1, 14)), o.day)
	}
}

// meanPower is the mean of r^e for r even in 0.75 to 1.25.
func meanPower(e float64) float64 {
	if math.Abs(e+1) < 1e-6 {
		return math.Log(1.25/.75) / .5
	}
	return (math.Pow(1.25, e+1) - math.Pow(.75, e+1)) / (e + 1) / .5
}

// offer draws the price of an accepted or declined offer relative to list.
func (c *customer) offer(accepted bool, base float64) float64 {
	for {
		r := c.d.uniform(.75, 1.25)
		p := math.Min(base*math.Pow(r, c.elastic), 1)
		if accepted == c.d.chance(p) {
			return roundTo(r, 200)
		}
	}
}

// quote writes one offer.
func (c *customer) quote(t int32, unit int64, ratio float64, from, until day) {
	if from < c.w.first {
		return
	}
	price := int64(math.Round(float64(unit)*ratio/1000)) * 1000
	sh := c.s.sheet(tQuote)
	sh.int(c.s.ids.next(idQuote)).int(c.id).int(int64(t) + 1).money(price).str(c.w.ccy[c.ccy].code)
	sh.date(c.w.cal.onWork(from)).date(until + 16).int(int64(c.owner)).end()
}

// visits writes what the sales side did: visits and calls of the last three
// years, and what they cost.
func (c *customer) visits() {
	w, d := c.w, c.d
	if c.kindNo == kReader {
		return
	}
	mean := math.Min(.6+c.lambda/25, 8)
	if c.plant == "owner_x" {
		mean = 30
	}
	from := max(c.from, date(w.ep.lastYear-1, 1, 1))
	until := w.last
	if c.death != noDay {
		until = min(until, c.death+90)
	}
	if owner := w.staff[c.owner-1]; owner.leave != noDay {
		until = min(until, owner.leave)
	}
	if until <= from {
		return
	}
	for range d.poisson(mean * float64(until-from) / 365) {
		on := w.cal.onWork(from + day(d.IntN(int(until-from))))
		if on > w.last {
			continue
		}
		c.visit(on)
	}
}

// visit writes one contact and the expense of a journey.
func (c *customer) visit(on day) {
	d := c.d
	kind := []string{"visit", "call_out", "call_out", "call_in", "meeting", "mail", "demo"}[d.IntN(7)]
	if c.plant == "owner_x" && d.chance(.6) {
		kind = "visit"
	}
	sh := c.s.sheet(tActivity)
	sh.int(c.s.ids.next(idActivity)).int(c.id).int(c.contactID(0)).int(int64(c.owner)).str(kind).time(on, 9*3600+d.IntN(8*3600))
	minutes, km := d.between(5, 25), 0.0
	if kind == "visit" || kind == "meeting" || kind == "demo" {
		minutes = d.between(40, 180)
		km = math.Round(d.logNormal(35, 1))
		amount := int64(math.Round(120+km*1.6+d.ExpFloat64()*180)) * 10000
		if c.plant == "owner_x" {
			amount *= 3
		}
		c.s.sheet(tExpense).int(int64(c.owner)).int(c.id).date(on).str([]string{"travel", "travel", "meal", "gift"}[d.IntN(4)]).money(amount).end()
	}
	sh.int(int64(minutes)).float(km).str([]string{"catalogue", "order", "complaint", "relationship", "payment"}[d.IntN(5)])
	sh.str([]string{"interested", "order expected", "no need", "call back"}[d.IntN(4)]).null()
	if d.chance(.3) {
		sh.date(on + day(d.between(5, 40))).end()
		return
	}
	sh.null().end()
}
