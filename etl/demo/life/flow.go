package life

import (
	"math"

	"verso/etl/demo/calendar"
	"verso/etl/demo/dice"
	"verso/etl/demo/market"
	"verso/etl/demo/sheet"
)

// The steps of a line, in order.
const (
	StReceived = iota
	stOrdered
	stConfirmed
	stShipped
	stArrived
	stCleared
	stInspected
	stInbound
	stOutbound
	stDelivered
	Steps
)

// StepNames are the canonical stages of the steps.
func StepNames() [Steps]string {
	return [Steps]string{"received", "supplier_ordered", "supplier_confirmed", "shipped_abroad", "arrived_port",
		"customs_cleared", "inspected", "inbound", "outbound", "delivered"}
}

// flow is what becomes of a line. Days after the history have not happened.
type flow struct {
	days      [Steps]calendar.Day
	late      calendar.Day // days the second part follows the first
	first     int          // copies of the first part
	second    int          // copies of the second part
	short     int
	damaged   int
	cancelDay calendar.Day
	promised  calendar.Day
	po        int64
	period    int32
	rush      bool
	status    string
}

// send draws the way of a line through supplier, transport, customs, store.
func (c *customer) send(l *line, o *order) {
	w, d := c.w, c.d
	t := &w.Titles[l.title]
	s := &w.Suppliers[t.Sup]
	f := &l.flow
	f.rush, f.cancelDay = o.rush, calendar.NoDay
	k, closes := w.Period(t.Sup, o.day)
	f.period = int32(k)
	if o.rush {
		closes = w.Cal.OnWork(o.day + 1)
		f.po = rushPO + l.id
	} else {
		f.po = int64(t.Sup)*int64(w.Periods()) + int64(k) + 1
	}
	f.days[StReceived] = o.day
	f.days[stOrdered] = closes
	wait := max(0, t.Pub-closes)
	lead := calendar.Day(math.Max(1, math.Round(d.LogNormal(12, .6)*s.Speed)))
	if s.Code == "S1" && closes >= w.Ep.S1From {
		lead += 18
	}
	f.days[stConfirmed] = closes + min(calendar.Day(d.Between(1, 4)), lead)
	f.days[stShipped] = closes + wait + lead
	f.days[stArrived] = f.days[stShipped] + d.Days(10, .35)
	f.days[stCleared] = f.days[stArrived] + c.customs(f.days[stArrived])
	inspect := d.Days(2, .5)
	if at := f.days[stCleared]; w.Effects && at >= w.Ep.SlowFrom && at <= w.Ep.SlowTo {
		inspect += 4
	}
	f.days[stInspected] = w.Cal.OnWork(f.days[stCleared] + inspect)
	f.days[stInbound] = w.Cal.OnWork(f.days[stInspected] + 1)
	f.days[stOutbound] = w.Cal.OnWork(f.days[stInbound] + d.Days(2, .6))
	f.days[stDelivered] = w.Cal.OnWork(f.days[stOutbound] + calendar.Day(d.Between(1, 7)))
	f.promised = max(o.day+95, t.Pub+70)
	if l.textbook {
		f.promised = calendar.Date(o.day.Year(), 8, 25)
		if o.day.Month() >= 9 {
			f.promised = calendar.Date(o.day.Year()+1, 2, 15)
		}
	}
	c.divide(l, s)
	c.judge(l, o, t)
}

// customs draws the days at customs; some consignments are reviewed.
func (c *customer) customs(arrived calendar.Day) calendar.Day {
	n := c.d.Days(5, .5)
	share := .03
	if ep := &c.w.Ep; c.w.Effects && arrived >= ep.ReviewFrom && arrived <= ep.ReviewTo {
		share = .18
	}
	if c.d.Chance(share) {
		n += c.d.Days(30, .4)
	}
	return n
}

// divide splits the copies into those that come, come later, come short.
func (c *customer) divide(l *line, s *market.Supplier) {
	w, d := c.w, c.d
	f := &l.flow
	short, damaged := .010, .008
	if f.days[stOrdered] >= w.Ep.S2From {
		switch s.Code {
		case "S2":
			short = .12
		case "S3":
			damaged = .08
		}
	}
	for range l.qty {
		switch u := d.Float64(); {
		case u < short:
			f.short++
		case u < short+damaged:
			f.damaged++
		}
	}
	f.second = f.damaged
	f.late = calendar.Day(d.Between(20, 35))
	if f.damaged == 0 && l.qty-f.short >= 4 && d.Chance(.1) {
		f.second = (l.qty - f.short) / 2
		f.late = calendar.Day(d.Between(7, 25))
	}
	f.first = l.qty - f.short - f.second
}

// judge settles the state of a line at the end of the history and tells the
// customer's memory of late deliveries and complaints.
func (c *customer) judge(l *line, o *order, t *market.Title) {
	w, d := c.w, c.d
	f := &l.flow
	last := w.Last
	share := .012
	if t.Op && o.day > t.Listed+400 {
		share = .10
	}
	if d.Chance(share) {
		reasons := []string{"op", "op", "op", "op", "op", "op", "op", "price", "embargo", "customs", "duplicate", "customer"}
		f.cancelDay = f.days[stConfirmed] + calendar.Day(d.Between(1, 20))
		f.first, f.second, f.short, f.damaged = 0, 0, 0, 0
		f.status = "open"
		if f.cancelDay <= last {
			l.cancelled, l.reason, f.status = l.qty, reasons[d.IntN(len(reasons))], "cancelled"
		}
		return
	}
	if f.short > 0 && f.days[stInspected] <= last {
		l.cancelled, l.reason = f.short, "not found"
	}
	switch {
	case f.first+f.second == 0 && l.cancelled > 0:
		f.cancelDay, f.status = f.days[stInspected], "cancelled"
		return
	case f.arrived(0, last)+f.arrived(1, last) == f.first+f.second && l.cancelled == f.short:
		f.status = "delivered"
	case f.arrived(0, last)+f.arrived(1, last) > 0:
		f.status = "partial"
	default:
		f.status = "open"
	}
	delivered := f.days[stDelivered]
	if f.second > 0 && f.first == 0 {
		delivered += f.late
	}
	if delivered > f.promised && c.kindNo != market.KAgent {
		c.lates = append(c.lates, f.promised+5)
	}
	c.feel(l, o, delivered)
}

// partDay is the day of a step for the first (0) or second (1) part.
func (f *flow) partDay(part, step int) calendar.Day {
	if part == 1 && step >= stShipped {
		return f.days[step] + f.late
	}
	return f.days[step]
}

// partQty is the number of copies of a part.
func (f *flow) partQty(part int) int {
	if part == 1 {
		return f.second
	}
	return f.first
}

// arrived is the number of copies of a part delivered until a day.
func (f *flow) arrived(part int, last calendar.Day) int {
	if f.partDay(part, stDelivered) <= last {
		return f.partQty(part)
	}
	return 0
}

// writeEvents writes the steps of a line that have happened.
func (c *customer) writeEvents(o *order, l *line, names *[Steps]string) {
	w := c.w
	if o.day < w.StageFrom {
		return
	}
	f := &l.flow
	second := func(step int) int { return 9*3600 + step*2400 + int(dice.Mix(uint64(l.id)*16+uint64(step))%2000) }
	put := func(stage string, on calendar.Day, sec, qty int, batch int64) {
		if on > w.Last || qty == 0 {
			return
		}
		sh := c.s.Sheet(sheet.TEvent)
		sh.Int(l.id).Str(stage).Time(on, sec).Int(int64(qty)).ID(batch)
		if stage == names[StReceived] {
			sh.Date(f.promised).End()
			return
		}
		sh.Null().End()
	}
	c.s.dirtyEvents(c, l)
	put(names[StReceived], f.days[StReceived], o.second, l.qty, 0)
	put(names[stOrdered], f.days[stOrdered], second(stOrdered), l.qty, f.batch())
	put(names[stConfirmed], f.days[stConfirmed], second(stConfirmed), l.qty, 0)
	for part := range 2 {
		for step := stShipped; step < Steps; step++ {
			on := f.partDay(part, step)
			batch := int64(0)
			if step == stCleared {
				batch = w.CustomsBatch(f.partDay(part, stCleared))
			}
			put(names[step], on, second(step), f.partQty(part), batch)
		}
	}
	if l.cancelled > 0 {
		on := f.cancelDay
		if on == calendar.NoDay {
			on = f.days[stInspected]
		}
		put("cancelled", on, second(Steps), l.cancelled, 0)
	}
}

// rushPO is added to the id of a line that has a purchase order of its own.
const rushPO = 1_000_000_000_000

// batch is the batch of a line's purchase order, 0 for rush orders.
func (f *flow) batch() int64 {
	if f.rush {
		return 0
	}
	return f.po
}

// writePurchase writes the purchase line of an order line, and the purchase
// order of a rush line.
func (c *customer) writePurchase(o *order, l *line) {
	w := c.w
	f := &l.flow
	t := &w.Titles[l.title]
	s := &w.Suppliers[t.Sup]
	ordered := f.days[stOrdered]
	received, shortBy, damaged := 0, 0, 0
	firstDay, lastDay := calendar.NoDay, calendar.NoDay
	for part := range 2 {
		if cleared := f.partDay(part, stCleared); cleared <= w.Last {
			n := int64(f.partQty(part))
			w.CustomsGrams[w.Week(cleared)].Add(int64(t.Weight) * n)
			w.CustomsValue[w.Week(cleared)].Add(l.each * n / 10000)
		}
		if on := f.partDay(part, stInbound); on <= w.Last && f.partQty(part) > 0 {
			received += f.partQty(part)
			if firstDay == calendar.NoDay {
				firstDay = on
			}
			lastDay = max(lastDay, on)
		}
	}
	report := ""
	if lastDay == firstDay {
		lastDay = calendar.NoDay // one receipt: the last is the first
	}
	if f.days[stInspected] <= w.Last {
		shortBy, damaged = f.short, f.damaged
	}
	if l.cancelled == l.qty {
		report = map[string]string{"op": "OP", "not found": "NF"}[l.reason]
	}
	sh := c.s.Sheet(sheet.TPOLine)
	sh.Int(f.po).Int(l.id).Int(int64(l.title) + 1).Int(int64(l.qty)).Money(l.cost).Int(int64(received)).Int(int64(shortBy)).Int(int64(damaged))
	sh.Date(ordered + calendar.Day(s.Quoted) + 21).Date(firstDay).Date(lastDay).Str(report).End()
	at := int(t.Sup)*w.Periods() + int(f.period)
	w.PeriodCost[at].Add(l.cost * int64(received))
	if !f.rush && !w.PeriodUsed[at].Load() {
		w.PeriodUsed[at].Store(true)
	}
	if f.rush {
		status := "open"
		if f.status == "delivered" || f.status == "cancelled" {
			status = "closed"
		}
		c.s.Sheet(sheet.TPO).Int(f.po).Int(int64(t.Sup) + 1).Date(min(ordered, w.Last)).Null().Str(w.Ccy[s.Ccy].Code).Str(status).End()
	}
}
