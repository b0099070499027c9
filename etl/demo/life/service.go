package life

import (
	"math"

	"verso/etl/demo/calendar"
	"verso/etl/demo/dice"
	"verso/etl/demo/market"
	"verso/etl/demo/sheet"
)

// feel lets a line cause questions and complaints.
func (c *customer) feel(l *line, o *order, delivered calendar.Day) {
	d, w := c.d, c.w
	lateBy := delivered - l.flow.promised
	switch {
	case lateBy > 0 && d.Chance(.25):
		c.ticket(l, l.flow.promised+calendar.Day(d.Between(2, 15)), "complaint", "late delivery", true)
	case lateBy > 0 && d.Chance(.4):
		c.ticket(l, l.flow.promised+calendar.Day(d.Between(0, 10)), "arrival_time", "late delivery", false)
	case d.Chance(.004):
		c.ticket(l, delivered+calendar.Day(d.Between(1, 10)), "complaint", []string{"damaged copy", "wrong book", "invoice error"}[d.IntN(3)], true)
	case d.Chance(.11):
		c.ticket(l, o.day+calendar.Day(d.Between(10, 45)), []string{"inquiry_status", "inquiry_status", "arrival_time", "invoice", "price", "catalogue", "other"}[d.IntN(7)], "", false)
	}
	if c.plant == "complained" && o.day.Year() == w.Ep.LastYear && o.day.Month() >= 3 && o.day.Month() <= 10 && !c.complained(w.Ep.LastYear) {
		c.ticket(l, o.day+calendar.Day(d.Between(20, 40)), "complaint", "wrong book", true)
	}
}

// complained says whether there was a complaint in a year.
func (c *customer) complained(year int) bool {
	for _, k := range c.complaints {
		if k.opened.Year() == year {
			return true
		}
	}
	return false
}

// ticket writes one request and, for a complaint, remembers it.
func (c *customer) ticket(l *line, opened calendar.Day, kind, cause string, isComplaint bool) {
	w, d := c.w, c.d
	if opened > w.Last {
		return
	}
	if isComplaint && (c.guarded || c.plant != "" && c.plant != "complained") && opened.Year() >= w.Ep.LastYear {
		kind, isComplaint = "other", false
	}
	second := 9*3600 + d.IntN(8*3600)
	opened = w.Cal.OnWork(opened)
	if opened > w.Last {
		return
	}
	answered := opened
	answerSec := second + d.Between(300, 7200)
	if d.Chance(.3) {
		answered, answerSec = w.Cal.OnWork(opened+1), 9*3600+d.IntN(4*3600)
	}
	resolved := w.Cal.OnWork(max(answered, opened+calendar.Day(d.LogNormal(3, 1))))
	if isComplaint && d.Chance(.15) {
		resolved = opened + calendar.Day(d.Between(45, 160))
	}
	if isComplaint {
		c.complaints = append(c.complaints, complaint{opened, resolved})
	}
	id := c.s.Ids.Next(market.IdTicket)
	transfers := d.PoissonSmall(.35)
	owner := w.ServiceDesk(d)
	sh := c.s.Sheet(sheet.TTicket)
	sh.Int(id).Int(c.id).Int(c.contactID(0)).Str([]string{"phone", "e-mail", "web", "wechat"}[d.IntN(4)]).Time(opened, second).Str(kind)
	sh.Str([]string{"low", "normal", "normal", "high"}[d.IntN(4)]).Int(l.id)
	c.timeOrNull(sh, answered, answerSec)
	c.timeOrNull(sh, resolved, 17*3600+d.IntN(3600))
	reopened := 0
	if d.Chance(.05) {
		reopened = 1
	}
	minutes := int(math.Max(3, math.Round(d.LogNormal(18, .7))))
	sh.Int(int64(reopened)).Int(int64(transfers)).Int(int64(minutes)).Int(int64(owner)).Str("service").Str(cause).Bool(isComplaint).End()
	c.ticketEvents(id, opened, second, answered, answerSec, resolved, transfers)
	if answered <= w.Last && resolved <= w.Last && d.Chance(.25) {
		score := 8 + d.IntN(3)
		if resolved-opened > 10 || isComplaint {
			score = 2 + d.IntN(6)
		}
		c.s.Sheet(sheet.TSurvey).Int(c.s.Ids.Next(market.IdSurvey)).Int(c.id).Int(id).Date(min(resolved+3, w.Last)).Str("satisfied with the answer").Int(int64(score)).Null().End()
	}
}

// timeOrNull writes a moment, or nothing when it has not come yet.
func (c *customer) timeOrNull(sh *sheet.Sheet, on calendar.Day, second int) {
	if on > c.w.Last {
		on = calendar.NoDay
	}
	sh.Time(on, second)
}

// ticketEvents writes the steps of a request of the last two years.
func (c *customer) ticketEvents(id int64, opened calendar.Day, second int, answered calendar.Day, answerSec int, resolved calendar.Day, transfers int) {
	sh, last := c.s.Sheet(sheet.TTicketEvent), c.w.Last
	if opened < last-730 {
		return
	}
	sh.Int(id).Time(opened, second).Str("opened").Null().Str("service").End()
	for i := range min(transfers, 3) {
		to := []string{"import", "distribution", "orders"}[i]
		sh.Int(id).Time(opened, second+60*(i+1)).Str("transferred").Str("service").Str(to).End()
	}
	if answered <= last {
		sh.Int(id).Time(answered, answerSec).Str("answered").Str("service").Null().End()
	}
	if resolved <= last {
		sh.Int(id).Time(resolved, 20*3600).Str("resolved").Str("service").Null().End()
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
	c.quote(l.title, l.unit, ratio, o.day-calendar.Day(d.Between(1, 14)), o.day)
	l.discount = int64(math.Round((1-ratio)*200)) * 5000
	if l.discount < 0 {
		l.unit = sheet.MulMoney(l.unit, 1_000_000-l.discount, 1_000_000) / 1000 * 1000
		l.discount = 0
	}
	mean := base * meanPower(c.elastic)
	for d.Chance(1 - mean) {
		t := w.PickTitle(d, c.pickClass(o.day), market.ShelfAcademic, o.day)
		unit, _ := w.PriceOf(&w.Titles[t], o.day)
		c.quote(t, unit, c.offer(false, base), o.day-calendar.Day(d.Between(1, 14)), o.day)
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
		r := c.d.Uniform(.75, 1.25)
		p := math.Min(base*math.Pow(r, c.elastic), 1)
		if accepted == c.d.Chance(p) {
			return dice.RoundTo(r, 200)
		}
	}
}

// quote writes one offer.
func (c *customer) quote(t int32, unit int64, ratio float64, from, until calendar.Day) {
	if from < c.w.First {
		return
	}
	price := int64(math.Round(float64(unit)*ratio/1000)) * 1000
	sh := c.s.Sheet(sheet.TQuote)
	sh.Int(c.s.Ids.Next(market.IdQuote)).Int(c.id).Int(int64(t) + 1).Money(price).Str(c.w.Ccy[c.ccy].Code)
	sh.Date(c.w.Cal.OnWork(from)).Date(until + 16).Int(int64(c.owner)).End()
}

// visits writes what the sales side did: visits and calls of the last three
// years, and what they cost.
func (c *customer) visits() {
	w, d := c.w, c.d
	if c.kindNo == market.KReader {
		return
	}
	mean := math.Min(.6+c.lambda/25, 8)
	if c.plant == "owner_x" {
		mean = 30
	}
	from := max(c.from, calendar.Date(w.Ep.LastYear-1, 1, 1))
	until := w.Last
	if c.death != calendar.NoDay {
		until = min(until, c.death+90)
	}
	if owner := w.Staff[c.owner-1]; owner.Leave != calendar.NoDay {
		until = min(until, owner.Leave)
	}
	if until <= from {
		return
	}
	for range d.Poisson(mean * float64(until-from) / 365) {
		on := w.Cal.OnWork(from + calendar.Day(d.IntN(int(until-from))))
		if on > w.Last {
			continue
		}
		c.visit(on)
	}
}

// visit writes one contact and the expense of a journey.
func (c *customer) visit(on calendar.Day) {
	d := c.d
	kind := []string{"visit", "call_out", "call_out", "call_in", "meeting", "mail", "demo"}[d.IntN(7)]
	if c.plant == "owner_x" && d.Chance(.6) {
		kind = "visit"
	}
	sh := c.s.Sheet(sheet.TActivity)
	sh.Int(c.s.Ids.Next(market.IdActivity)).Int(c.id).Int(c.contactID(0)).Int(int64(c.owner)).Str(kind).Time(on, 9*3600+d.IntN(8*3600))
	minutes, km := d.Between(5, 25), 0.0
	if kind == "visit" || kind == "meeting" || kind == "demo" {
		minutes = d.Between(40, 180)
		km = math.Round(d.LogNormal(35, 1))
		amount := int64(math.Round(120+km*1.6+d.ExpFloat64()*180)) * 10000
		if c.plant == "owner_x" {
			amount *= 3
		}
		c.s.Sheet(sheet.TExpense).Int(int64(c.owner)).Int(c.id).Date(on).Str([]string{"travel", "travel", "meal", "gift"}[d.IntN(4)]).Money(amount).End()
	}
	sh.Int(int64(minutes)).Float(km).Str([]string{"catalogue", "order", "complaint", "relationship", "payment"}[d.IntN(5)])
	sh.Str([]string{"interested", "order expected", "no need", "call back"}[d.IntN(4)]).Null()
	if d.Chance(.3) {
		sh.Date(on + calendar.Day(d.Between(5, 40))).End()
		return
	}
	sh.Null().End()
}
