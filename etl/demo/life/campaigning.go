package life

import (
	"verso/etl/demo/calendar"
	"verso/etl/demo/dice"
	"verso/etl/demo/market"
	"verso/etl/demo/sheet"
)

// campaigning writes what campaigns addressed to the customer and what it did.
func (c *customer) campaigning() {
	w, d := c.w, c.d
	for i := range w.Campaigns {
		k := &w.Campaigns[i]
		if k.Start < c.from || c.death != calendar.NoDay && k.Start > c.death {
			continue
		}
		id := int64(i + 1)
		switch {
		case k.Code == "A":
			c.mailA(id, k)
		case k.Code == "B":
			if c.kindNo != market.KReader && (c.lambda*c.kind.Copies > 35) {
				c.target(id, k, "treat", 600_000)
				if d.Chance(.05) {
					c.respond(id, "reply", k.Start+calendar.Day(d.Between(3, 20)), 0)
				}
			}
		case k.Kind == "fair":
			if c.fair && c.attends(k.Start.Year()) {
				c.target(id, k, "treat", 0)
				c.respond(id, []string{"register", "card", "visit"}[d.IntN(3)], k.Start+calendar.Day(d.IntN(3)), 0)
			}
		case k.Kind == "email" && c.mailed:
			c.newsletter(id, k)
		case k.Kind == "catalogue_mailing" && c.kindNo != market.KReader && (uint64(i)+uint64(c.slot))%5 == 0:
			c.target(id, k, "treat", 180_000)
		}
	}
	for i := range c.orders {
		if o := &c.orders[i]; o.campaign != 0 {
			c.respond(o.campaign, "order", o.day, o.total)
		}
	}
}

// mailA addresses the treated readers of campaign A and names its controls.
func (c *customer) mailA(id int64, k *market.Campaign) {
	switch c.arm {
	case 1:
		c.target(id, k, "treat", 2_000)
		if c.d.Chance(.22) {
			c.respond(id, "open", k.Start+calendar.Day(c.d.IntN(4)), 0)
		}
	case 2:
		sh := c.s.Sheet(sheet.TCampaignTarget)
		sh.Int(id).Int(c.id).Int(c.contactID(0)).Str("control").Null().Money(0).End()
	}
}

// newsletter is a monthly e-mail: 30 % open it, a third of these click; the
// third mail of a month is answered 30 % less.
func (c *customer) newsletter(id int64, k *market.Campaign) {
	d := c.d
	c.target(id, k, "treat", 1_000)
	open, click := .30, .35
	if k.Nth == 3 && c.w.Effects {
		open *= .7
	}
	if !d.Chance(open) {
		return
	}
	on := k.Start + calendar.Day(d.IntN(3))
	c.respond(id, "open", on, 0)
	if d.Chance(click) {
		c.respond(id, "click", on, 0)
	}
	if k.Nth == 3 && d.Chance(.03) {
		c.respond(id, "unsubscribe", on, 0)
	}
}

// target writes one customer addressed.
func (c *customer) target(id int64, k *market.Campaign, arm string, cost int64) {
	sh := c.s.Sheet(sheet.TCampaignTarget)
	sh.Int(id).Int(c.id).Int(c.contactID(0)).Str(arm).Time(k.Start, 9*3600).Money(cost).End()
}

// respond writes one reaction.
func (c *customer) respond(id int64, kind string, on calendar.Day, value int64) {
	if on > c.w.Last {
		return
	}
	sh := c.s.Sheet(sheet.TCampaignResponse)
	sh.Int(id).Int(c.id).Int(c.contactID(0)).Str(kind).Time(on, 10*3600+int(dice.Mix(uint64(c.id)+uint64(id))%25000))
	if value > 0 {
		sh.Money(value).End()
		return
	}
	sh.Null().End()
}
