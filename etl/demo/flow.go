package demo

import "math"

// The steps of a line, in order.
const (
	stReceived = iota
	stOrdered
	stConfirmed
	stShipped
	stArrived
	stCleared
	stInspected
	stInbound
	stOutbound
	stDelivered
	steps
)

// stepNames are the canonical stages of the steps.
func stepNames() [steps]string {
	return [steps]string{"received", "supplier_ordered", "supplier_confirmed", "shipped_abroad", "arrived_port",
		"customs_cleared", "inspected", "inbound", "outbound", "delivered"}
}

// flow is what becomes of a line. Days after the history have not happened.
type flow struct {
	days      [steps]day
	late      day // days the second part follows the first
	first     int // copies of the first part
	second    int // copies of the second part
	short     int
	damaged   int
	cancelDay day
	promised  day
	po        int64
	period    int32
	rush      bool
	status    string
}

// send draws the way of a line through supplier, transport, customs, store.
func (c *customer) send(l *line, o *order) {
	w, d := c.w, c.d
	t := &w.titles[l.title]
	s := &w.suppliers[t.sup]
	f := &l.flow
	f.rush, f.cancelDay = o.rush, noDay
	k, closes := w.period(t.sup, o.day)
	f.period = int32(k)
	if o.rush {
		closes = w.cal.onWork(o.day + 1)
		f.po = rushPO + l.id
	} else {
		f.po = int64(t.sup)*int64(w.periods()) + int64(k) + 1
	}
	f.days[stReceived] = o.day
	f.days[stOrdered] = closes
	wait := max(0, t.pub-closes)
	lead := day(math.Max(1, math.Round(d.logNormal(12, .6)*s.speed)))
	if s.code == "S1" && closes >= w.ep.s1From {
		lead += 18
	}
	f.days[stConfirmed] = closes + min(day(d.between(1, 4)), lead)
	f.days[stShipped] = closes + wait + lead
	f.days[stArrived] = f.days[stShipped] + d.days(10, .35)
	f.days[stCleared] = f.days[stArrived] + c.customs(f.days[stArrived])
	inspect := d.days(2, .5)
	if at := f.days[stCleared]; w.effects && at >= w.ep.slowFrom && at <= w.ep.slowTo {
		inspect += 4
	}
	f.days[stInspected] = w.cal.onWork(f.days[stCleared] + inspect)
	f.days[stInbound] = w.cal.onWork(f.days[stInspected] + 1)
	f.days[stOutbound] = w.cal.onWork(f.days[stInbound] + d.days(2, .6))
	f.days[stDelivered] = w.cal.onWork(f.days[stOutbound] + day(d.between(1, 7)))
	f.promised = max(o.day+95, t.pub+70)
	if l.textbook {
		f.promised = date(o.day.year(), 8, 25)
		if o.day.month() >= 9 {
			f.promised = date(o.day.year()+1, 2, 15)
		}
	}
	c.divide(l, s)
	c.judge(l, o, t)
}

// customs draws the days at customs; some consignments are reviewed.
func (c *customer) customs(arrived day) day {
	n := c.d.days(5, .5)
	share := .03
	if ep := &c.w.ep; c.w.effects && arrived >= ep.reviewFrom && arrived <= ep.reviewTo {
		share = .18
	}
	if c.d.chance(share) {
		n += c.d.days(30, .4)
	}
	return n
}

// divide splits the copies into those that come, come later, come short.
func (c *customer) divide(l *line, s *supplier) {
	w, d := c.w, c.d
	f := &l.flow
	short, damaged := .010, .008
	if f.days[stOrdered] >= w.ep.s2From {
		switch s.code {
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
	f.late = day(d.between(20, 35))
	if f.damaged == 0 && l.qty-f.short >= 4 && d.chance(.1) {
		f.second = (l.qty - f.short) / 2
		f.late = day(d.between(7, 25))
	}
	f.first = l.qty - f.short - f.second
}

// judge settles the state of a line at the end of the history and tells the
// customer's memory of late deliveries and complaints.
func (c *customer) judge(l *line, o *order, t *title) {
	w, d := c.w, c.d
	f := &l.flow
	last := w.last
	share := .012
	if t.op && o.day > t.listed+400 {
		share = .10
	}
	if d.chance(share) {
		reasons := []string{"op", "op", "op", "op", "op", "op", "op", "price", "embargo", "customs", "duplicate", "customer"}
		f.cancelDay = f.days[stConfirmed] + day(d.between(1, 20))
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
	if delivered > f.promised && c.kindNo != kAgent {
		c.lates = append(c.lates, f.promised+5)
	}
	c.feel(l, o, delivered)
}

// partDay is the day of a step for the first (0) or second (1) part.
func (f *flow) partDay(part, step int) day {
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
func (f *flow) arrived(part int, last day) int {
	if f.partDay(part, stDelivered) <= last {
		return f.partQty(part)
	}
	return 0
}

// writeEvents writes the steps of a line that have happened.
func (c *customer) writeEvents(o *order, l *line, names *[steps]string) {
	w := c.w
	if o.day < w.stageFrom {
		return
	}
	f := &l.flow
	second := func(step int) int { return 9*3600 + step*2400 + int(mix(uint64(l.id)*16+uint64(step))%2000) }
	put := func(stage string, on day, sec, qty int, batch int64) {
		if on > w.last || qty == 0 {
			return
		}
		sh := c.s.sheet(tEvent)
		sh.int(l.id).str(stage).time(on, sec).int(int64(qty)).id(batch)
		if stage == names[stReceived] {
			sh.date(f.promised).end()
			return
		}
		sh.null().end()
	}
	c.s.dirtyEvents(c, l)
	put(names[stReceived], f.days[stReceived], o.second, l.qty, 0)
	put(names[stOrdered], f.days[stOrdered], second(stOrdered), l.qty, f.batch())
	put(names[stConfirmed], f.days[stConfirmed], second(stConfirmed), l.qty, 0)
	for part := range 2 {
		for step := stShipped; step < steps; step++ {
			on := f.partDay(part, step)
			batch := int64(0)
			if step == stCleared {
				batch = w.customsBatch(f.partDay(part, stCleared))
			}
			put(names[step], on, second(step), f.partQty(part), batch)
		}
	}
	if l.cancelled > 0 {
		on := f.cancelDay
		if on == noDay {
			on = f.days[stInspected]
		}
		put("cancelled", on, second(steps), l.cancelled, 0)
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
	t := &w.titles[l.title]
	s := &w.suppliers[t.sup]
	ordered := f.days[stOrdered]
	received, shortBy, damaged := 0, 0, 0
	firstDay, lastDay := noDay, noDay
	for part := range 2 {
		if on := f.partDay(part, stInbound); on <= w.last && f.partQty(part) > 0 {
			received += f.partQty(part)
			if firstDay == noDay {
				firstDay = on
			}
			lastDay = max(lastDay, on)
			w.customsGrams[w.week(f.partDay(part, stCleared))].Add(int64(t.weight) * int64(f.partQty(part)))
			w.customsValue[w.week(f.partDay(part, stCleared))].Add(l.net / int64(l.qty) * int64(f.partQty(part)) / 10000)
		}
	}
	report := ""
	if lastDay == firstDay {
		lastDay = noDay // one receipt: the last is the first
	}
	if f.days[stInspected] <= w.last {
		shortBy, damaged = f.short, f.damaged
	}
	if l.cancelled == l.qty {
		report = map[string]string{"op": "OP", "not found": "NF"}[l.reason]
	}
	sh := c.s.sheet(tPOLine)
	sh.int(f.po).int(l.id).int(int64(l.title) + 1).int(int64(l.qty)).money(l.cost).int(int64(received)).int(int64(shortBy)).int(int64(damaged))
	sh.date(ordered + day(s.quoted) + 21).date(firstDay).date(lastDay).str(report).end()
	at := int(t.sup)*w.periods() + int(f.period)
	w.periodCost[at].Add(l.cost * int64(received))
	if !f.rush && !w.periodUsed[at].Load() {
		w.periodUsed[at].Store(true)
	}
	if f.rush {
		status := "open"
		if f.status == "delivered" || f.status == "cancelled" {
			status = "closed"
		}
		c.s.sheet(tPO).int(f.po).int(int64(t.sup) + 1).date(min(ordered, w.last)).null().str(w.ccy[s.ccy].code).str(status).end()
	}
}
