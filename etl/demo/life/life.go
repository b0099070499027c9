package life

import (
	"math"
	"slices"

	"verso/etl/demo/calendar"
	"verso/etl/demo/dice"
)

// live makes the history of a customer: its orders year by year, each seen
// through what has befallen it until then.
func (c *customer) live() {
	w := c.w
	for y := c.from.Year(); y <= w.Last.Year(); y++ {
		c.year = 0
		dates := c.orderDates(y)
		for i := range dates {
			p := &dates[i]
			c.advance(p.day)
			if c.death != calendar.NoDay && p.day >= c.death {
				break
			}
			if p.kind != planTextbook && !c.d.Chance(c.vigour(p.day)) {
				continue
			}
			c.place1(p)
		}
		end := min(calendar.Date(y+1, 1, 1), w.Last+1)
		c.advance(end)
		c.best = max(c.best, c.year)
		if y == w.Ep.LastYear {
			c.lastYear = c.year
		}
		if c.death != calendar.NoDay && c.death < end {
			break
		}
	}
}

// vigour is the share of its usual orders a customer still places on a day.
func (c *customer) vigour(on calendar.Day) float64 {
	if c.sleepFrom != calendar.NoDay && on >= c.sleepFrom && on < c.sleepTo {
		return 0
	}
	v := 1.0
	if c.onset != calendar.NoDay && on >= c.onset && c.mode == "fade" {
		v = math.Exp(-3.5 * float64(on-c.onset) / float64(c.death-c.onset))
	}
	switch c.plant {
	case "silent":
		if on >= calendar.Date(c.w.Ep.LastYear, 12, 1) {
			return 0
		}
	case "halved":
		if on >= calendar.Date(c.w.Ep.LastYear+1, 1, 1) {
			return .22
		}
	case "owner_y_fades":
		if on > c.w.Ep.LeaveY {
			v *= math.Exp(-float64(on-c.w.Ep.LeaveY) / 45)
		}
	case "agent_unsold":
		if on < c.w.Ep.AgentsFrom {
			return .72
		}
	}
	return v
}

// advance lets the months until a day pass: each may bring the customer's
// leaving about.
func (c *customer) advance(to calendar.Day) {
	w := c.w
	for ; w.Cal.MonthStart(c.hazardMonth+1) <= to; c.hazardMonth++ {
		start := w.Cal.MonthStart(c.hazardMonth)
		if c.onset != calendar.NoDay || start < c.from || c.plant != "" {
			continue
		}
		if c.guarded && start >= c.quietSince() {
			continue
		}
		ratio := c.serviceRatio(start)
		if ratio >= 2 {
			c.exposed++
		}
		if c.d.Chance(c.kind.Hazard / 12 * ratio) {
			c.leave(start+calendar.Day(c.d.IntN(28)), ratio)
		}
	}
}

// serviceRatio is the hazard ratio of what service did in the half year before:
// two late deliveries or a complaint not resolved within 30 days double the
// hazard; a complaint resolved within 3 days adds a tenth.
func (c *customer) serviceRatio(on calendar.Day) float64 {
	if !c.w.Effects {
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
func (c *customer) leave(on calendar.Day, ratio float64) {
	d := c.d
	causes := []string{"service", "price", "competitor", "budget cut"}
	cum := []float64{.39, .62, .81, 1}
	if c.elastic < -1.5 {
		cum = []float64{.28, .62, .82, 1}
	}
	if ratio >= 2 {
		cum = []float64{.68, .80, .9, 1}
	}
	c.cause = causes[d.Pick(cum)]
	c.onset = on
	switch u := d.Float64(); {
	case !c.w.Effects || u < .45:
		c.mode, c.death = "sudden", on
	case u < .88 || len(c.taste) == 0:
		c.mode, c.death = "fade", on+calendar.Day(d.Between(183, 365))
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
	day      calendar.Day
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
		from, to := calendar.Date(y, m+1, 1), calendar.Date(y, m+2, 1)
		if from < c.from {
			from = c.from
		}
		if to > w.Last+1 {
			to = w.Last + 1
		}
		if from < to {
			share := float64(to-from) / float64(calendar.Date(y, m+2, 1)-calendar.Date(y, m+1, 1))
			total += w.Season(c.kind, y, m+1) * share
		}
		cum[m] = total
	}
	plans := c.s.plans[:0]
	if total > 0 {
		n := c.d.Poisson(c.lambda * total / 12)
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
	k := int(math.Ceil(float64(n) / c.kind.PerOrder * d.Uniform(.7, 1.2)))
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
func (c *customer) orderDay(y int, cum []float64) calendar.Day {
	w, d := c.w, c.d
	if c.segment == segFair && d.Chance(.9) {
		if f, ok := w.FairOf(y); ok && f.End+2 <= w.Last && f.End > c.from {
			return w.Cal.OnWork(min(f.End+calendar.Day(1+d.IntN(41)), w.Last-3))
		}
	}
	for range 20 {
		m := d.Pick(cum)
		if c.lumpy && calendar.Date(y, 12, 1) <= w.Last && calendar.Date(y, 12, 1) >= c.from {
			m = 10 + d.IntN(2)
		}
		days := w.Cal.Months[(y-w.Cal.First.Year())*12+m]
		if len(days) == 0 {
			continue
		}
		on := days[d.IntN(len(days))]
		if on >= c.from && on <= w.Last {
			return on
		}
	}
	return c.lastWork(c.from)
}

// lastWork is a working day at or after d that is not after the history.
func (c *customer) lastWork(d calendar.Day) calendar.Day {
	on := c.w.Cal.OnWork(d)
	for on > c.w.Last || !c.w.Cal.IsWorking(on) {
		on--
	}
	return on
}

// extras adds textbook lots and what campaigns bring.
func (c *customer) extras(plans []plan, y int) []plan {
	w, d := c.w, c.d
	add := func(on calendar.Day, kind, lines int, campaign int64) {
		on = w.Cal.OnWork(on)
		if lines > 0 && on >= c.from && on <= w.Last && w.Cal.IsWorking(on) {
			plans = append(plans, plan{on, kind, lines, campaign})
		}
	}
	if c.textbook > 0 {
		autumn, spring := d.Poisson(c.textbook*.62), d.Poisson(c.textbook*.38)
		if c.segment == segTextbook {
			autumn, spring = 3, 2
		}
		months := [...]int{4, 4, 5, 5, 5, 5, 6, 6, 6, 7}
		if autumn > 0 {
			add(calendar.Date(y, months[d.IntN(10)], d.Between(1, 28)), planTextbook, autumn, 0)
		}
		add(calendar.Date(y, 10+d.IntN(2), d.Between(9, 28)), planTextbook, spring, 0)
	}
	if !w.Effects {
		return plans
	}
	if f, ok := w.FairOf(y); ok && c.fair && c.segment != segFair && c.attends(y) {
		month := f.End.Month()
		extra := d.Poisson(.35 * c.lambda * 42 / 365 * w.Season(c.kind, y, month))
		for range extra {
			add(f.End+calendar.Day(1+d.IntN(41)), planFair, 1, f.Id)
		}
	}
	if c.arm == 1 && y == w.Ep.MailA.Year() && d.Chance(.02) {
		add(w.Ep.MailA+calendar.Day(1+d.IntN(13)), planMail, 1, w.CampaignID("A"))
	}
	return plans
}

// attends says whether the customer goes to the fair of a year.
func (c *customer) attends(y int) bool { return dice.Mix(uint64(c.id)*31+uint64(y))%4 != 0 }
