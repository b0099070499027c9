package demo

import (
	"math"
	"slices"
)

// live makes the history of a customer: its orders year by year, each seen
// through what has befallen it until then.
func (c *customer) live() {
	w := c.w
	for y := c.from.year(); y <= w.last.year(); y++ {
		c.year = 0
		dates := c.orderDates(y)
		for i := range dates {
			p := &dates[i]
			c.advance(p.day)
			if c.death != noDay && p.day >= c.death {
				break
			}
			if p.kind != planTextbook && !c.d.chance(c.vigour(p.day)) {
				continue
			}
			c.place1(p)
		}
		end := min(date(y+1, 1, 1), w.last+1)
		c.advance(end)
		c.best = max(c.best, c.year)
		if y == w.ep.lastYear {
			c.lastYear = c.year
		}
		if c.death != noDay && c.death < end {
			break
		}
	}
}

// vigour is the share of its usual orders a customer still places on a day.
func (c *customer) vigour(on day) float64 {
	if c.sleepFrom != noDay && on >= c.sleepFrom && on < c.sleepTo {
		return 0
	}
	v := 1.0
	if c.onset != noDay && on >= c.onset && c.mode == "fade" {
		v = math.Exp(-3.5 * float64(on-c.onset) / float64(c.death-c.onset))
	}
	switch c.plant {
	case "silent":
		if on >= date(c.w.ep.lastYear, 12, 1) {
			return 0
		}
	case "halved":
		if on >= date(c.w.ep.lastYear+1, 1, 1) {
			return .22
		}
	case "owner_y_fades":
		if on > c.w.ep.leaveY {
			v *= math.Exp(-float64(on-c.w.ep.leaveY) / 45)
		}
	case "agent_unsold":
		if on < c.w.ep.agentsFrom {
			return .72
		}
	}
	return v
}

// advance lets the months until a day pass: each may bring the customer's
// leaving about.
func (c *customer) advance(to day) {
	w := c.w
	for ; w.cal.monthStart(c.hazardMonth+1) <= to; c.hazardMonth++ {
		start := w.cal.monthStart(c.hazardMonth)
		if c.onset != noDay || start < c.from || c.plant != "" {
			continue
		}
		if c.guarded && start >= c.quietSince() {
			continue
		}
		ratio := c.serviceRatio(start)
		if ratio >= 2 {
			c.exposed++
		}
		if c.d.chance(c.kind.hazard / 12 * ratio) {
			c.leave(start+day(c.d.IntN(28)), ratio)
		}
	}
}

// serviceRatio is the hazard ratio of what service did in the half year before:
// two late deliveries or a complaint not resolved within 30 days double the
// hazard; a complaint resolved within 3 days adds a tenth.
func (c *customer) serviceRatio(on day) float64 {
	if !c.w.effects {
		return 1
	}
	late := 0
	for _, d := range c.lates {
		if d < on && d >= on-183 {
			late++
		}
	}
	ratio := 1.0
	for _, k := range c.complaints {
		if k.opened >= on || k.opened < on-183 {
			continue
		}
		if k.resolved-k.opened > 30 && on-k.opened > 30 {
			return 2
		}
		if k.resolved-k.opened < 3 {
			ratio = 1.1
		}
	}
	if late >= 2 {
		return 2
	}
	return ratio
}

// leave decides why and how the customer goes.
func (c *customer) leave(on day, ratio float64) {
	d := c.d
	causes := []string{"service", "price", "competitor", "budget cut"}
	cum := []float64{.39, .62, .81, 1}
	if c.elastic < -1.5 {
		cum = []float64{.28, .62, .82, 1}
	}
	if ratio >= 2 {
		cum = []float64{.68, .80, .9, 1}
	}
	c.cause = causes[d.pick(cum)]
	c.onset = on
	switch u := d.Float64(); {
	case !c.w.effects || u < .45:
		c.mode, c.death = "sudden", on
	case u < .88 || len(c.taste) == 0:
		c.mode, c.death = "fade", on+day(d.between(183, 365))
	default:
		c.mode, c.lostClass = "partial", c.taste[0].class
	}
}

// The kinds of planned orders.
const (
	planUsual = iota
	planTextbook
	planFair
	planMail
)

// plan is one order to come.
type plan struct {
	day      day
	kind     int
	lines    int
	campaign int64
}

// orderDates plans the orders of a year in order of date.
func (c *customer) orderDates(y int) []plan {
	w := c.w
	var cum [12]float64
	total := 0.0
	for m := range 12 {
		from, to := date(y, m+1, 1), date(y, m+2, 1)
		if from < c.from {
			from = c.from
		}
		if to > w.last+1 {
			to = w.last + 1
		}
		if from < to {
			share := float64(to-from) / float64(date(y, m+2, 1)-date(y, m+1, 1))
			total += w.season(c.kind, y, m+1) * share
		}
		cum[m] = total
	}
	plans := c.s.plans[:0]
	if total > 0 {
		n := c.d.poisson(c.lambda * total / 12)
		plans = c.spread(plans, y, n, cum[:])
		plans = c.extras(plans, y)
	}
	slices.SortFunc(plans, func(a, b plan) int {
		if a.day != b.day {
			return int(a.day - b.day)
		}
		return a.kind - b.kind
	})
	c.s.plans = plans
	return plans
}

// spread makes orders of n lines over the year.
func (c *customer) spread(plans []plan, y, n int, cum []float64) []plan {
	if n == 0 {
		return plans
	}
	d := c.d
	k := int(math.Ceil(float64(n) / c.kind.perOrder * d.uniform(.7, 1.2)))
	if c.segment == segStanding {
		k = min(n, max(k, 10))
	}
	if c.guarded || c.plant != "" {
		k = max(k, n/4) // large accounts order often and evenly
	}
	if c.lumpy {
		k = max(1, k/4)
	}
	k = max(1, min(k, n))
	at := len(plans)
	for range k {
		plans = append(plans, plan{day: c.orderDay(y, cum), lines: 1})
	}
	for range n - k {
		plans[at+d.IntN(k)].lines++
	}
	return plans
}

// orderDay draws the day of an order within the year.
func (c *customer) orderDay(y int, cum []float64) day {
	w, d := c.w, c.d
	if c.segment == segFair && d.chance(.9) {
		if f, ok := w.fairOf(y); ok && f.end+2 <= w.last && f.end > c.from {
			return w.cal.onWork(min(f.end+day(1+d.IntN(41)), w.last-3))
		}
	}
	for range 20 {
		m := d.pick(cum)
		if c.lumpy && date(y, 12, 1) <= w.last && date(y, 12, 1) >= c.from {
			m = 10 + d.IntN(2)
		}
		days := w.cal.months[(y-w.cal.first.year())*12+m]
		if len(days) == 0 {
			continue
		}
		on := days[d.IntN(len(days))]
		if on >= c.from && on <= w.last {
			return on
		}
	}
	return c.lastWork(c.from)
}

// lastWork is a working day at or after d that is not after the history.
func (c *customer) lastWork(d day) day {
	on := c.w.cal.onWork(d)
	for on > c.w.last || !c.w.cal.isWorking(on) {
		on--
	}
	return on
}

// extras adds textbook lots and what campaigns bring.
func (c *customer) extras(plans []plan, y int) []plan {
	w, d := c.w, c.d
	add := func(on day, kind, lines int, campaign int64) {
		on = w.cal.onWork(on)
		if lines > 0 && on >= c.from && on <= w.last && w.cal.isWorking(on) {
			plans = append(plans, plan{on, kind, lines, campaign})
		}
	}
	if c.textbook > 0 {
		autumn, spring := d.poisson(c.textbook*.62), d.poisson(c.textbook*.38)
		if c.segment == segTextbook {
			autumn, spring = 3, 2
		}
		months := [...]int{4, 4, 5, 5, 5, 5, 6, 6, 6, 7}
		if autumn > 0 {
			add(date(y, months[d.IntN(10)], d.between(1, 28)), planTextbook, autumn, 0)
		}
		add(date(y, 10+d.IntN(2), d.between(9, 28)), planTextbook, spring, 0)
	}
	if !w.effects {
		return plans
	}
	if f, ok := w.fairOf(y); ok && c.fair && c.segment != segFair && c.attends(y) {
		month := f.end.month()
		extra := d.poisson(.35 * c.lambda * 42 / 365 * w.season(c.kind, y, month))
		for range extra {
			add(f.end+day(1+d.IntN(41)), planFair, 1, f.id)
		}
	}
	if c.arm == 1 && y == w.ep.mailA.year() && d.chance(.02) {
		add(w.ep.mailA+day(1+d.IntN(13)), planMail, 1, w.campaignID("A"))
	}
	return plans
}

// attends says whether the customer goes to the fair of a year.
func (c *customer) attends(y int) bool { return mix(uint64(c.id)*31+uint64(y))%4 != 0 }
