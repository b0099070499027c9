package demo

// campaigning writes what campaigns addressed to the customer and what it did.
func (c *customer) campaigning() {
	w, d := c.w, c.d
	for i := range w.campaigns {
		k := &w.campaigns[i]
		if k.start < c.from || c.death != noDay && k.start > c.death {
			continue
		}
		id := int64(i + 1)
		switch {
		case k.code == "A":
			c.mailA(id, k)
		case k.code == "B":
			if c.kindNo != kReader && (c.lambda*c.kind.copies > 35) {
				c.target(id, k, "treat", 600_000)
				if d.chance(.05) {
					c.respond(id, "reply", k.start+day(d.between(3, 20)), 0)
				}
			}
		case k.kind == "fair":
			if c.fair && c.attends(k.start.year()) {
				c.target(id, k, "treat", 0)
				c.respond(id, []string{"register", "card", "visit"}[d.IntN(3)], k.start+day(d.IntN(3)), 0)
			}
		case k.kind == "email" && c.mailed:
			c.newsletter(id, k)
		case k.kind == "catalogue_mailing" && c.kindNo != kReader && (uint64(i)+uint64(c.slot))%5 == 0:
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
func (c *customer) mailA(id int64, k *campaign) {
	switch c.arm {
	case 1:
		c.target(id, k, "treat", 2_000)
		if c.d.chance(.22) {
			c.respond(id, "open", k.start+day(c.d.IntN(4)), 0)
		}
	case 2:
		sh := c.s.sheet(tCampaignTarget)
		sh.int(id).int(c.id).int(c.contactID(0)).str("control").null().money(0).end()
	}
}

// newsletter is a monthly e-mail: 30 % open it, a third of these click; the
// third mail of a month is answered 30 % less.
func (c *customer) newsletter(id int64, k *campaign) {
	d := c.d
	c.target(id, k, "treat", 1_000)
	open, click := .30, .35
	if k.nth == 3 && c.w.effects {
		open *= .7
	}
	if !d.chance(open) {
		return
	}
	on := k.start + day(d.IntN(3))
	c.respond(id, "open", on, 0)
	if d.chance(click) {
		c.respond(id, "click", on, 0)
	}
	if k.nth == 3 && d.chance(.03) {
		c.respond(id, "unsubscribe", on, 0)
	}
}

// target writes one customer addressed.
func (c *customer) target(id int64, k *campaign, arm string, cost int64) {
	sh := c.s.sheet(tCampaignTarget)
	sh.int(id).int(c.id).int(c.contactID(0)).str(arm).time(k.start, 9*3600).money(cost).end()
}

// respond writes one reaction.
func (c *customer) respond(id int64, kind string, on day, value int64) {
	if on > c.w.last {
		return
	}
	sh := c.s.sheet(tCampaignResponse)
	sh.int(id).int(c.id).int(c.contactID(0)).str(kind).time(on, 10*3600+int(mix(uint64(c.id)+uint64(id))%25000))
	if value > 0 {
		sh.money(value).end()
		return
	}
	sh.null().end()
}
