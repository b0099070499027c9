package demo

import (
	"math"
	"slices"
)

// taxRate is the value-added tax on books, contained in prices, in percent.
const taxRate = 9

// invoice is one bill to a customer.
type invoice struct {
	id       int64
	customer int64
	day, due day
	total    int64 // ten-thousandths of the currency
	paid     int64
	payDay   day // day the payment is planned for
	first    int // position of its bills
	bills    int
}

// bill is one delivered part of a line, to be invoiced.
type bill struct {
	line, part int
	customer   int64
	day        day
	amount     int64
}

// settleMoney writes returns, invoices and payments of the customer.
func (c *customer) settleMoney() {
	c.s.bills = c.s.bills[:0]
	c.s.invoices = c.s.invoices[:0]
	for i := range c.lines {
		l := &c.lines[i]
		for part := range 2 {
			if n := l.flow.arrived(part, c.w.last); n > 0 {
				if l.flow.partDay(part, stDelivered) >= c.w.moneyFrom {
					c.bill(i, part, n)
				}
				c.maybeReturn(l, part, n)
			}
		}
	}
	slices.SortStableFunc(c.s.bills, func(a, b bill) int {
		if a.customer != b.customer {
			return int(a.customer - b.customer)
		}
		return int(a.day - b.day)
	})
	c.makeInvoices()
	c.pay()
}

// bill notes a delivered part at its share of the line's value.
func (c *customer) bill(i, part, n int) {
	l := &c.lines[i]
	gross := l.unit * int64(n)
	c.s.bills = append(c.s.bills, bill{i, part, c.orders[l.order].customer, l.flow.partDay(part, stDelivered),
		mulMoney(gross, 1_000_000-l.discount, 1_000_000)})
}

// maybeReturn lets some of the delivered copies come back.
func (c *customer) maybeReturn(l *line, part, n int) {
	d, w := c.d, c.w
	on := l.flow.partDay(part, stDelivered)
	back, reason, disposition := 0, "", "restock"
	if c.kindNo == kAgent {
		share := .12
		if c.plant == "agent_unsold" && on >= w.ep.agentsFrom {
			share = .25
		}
		for range n {
			if d.chance(share) {
				back++
			}
		}
		on += day(d.between(60, 180))
		reason = "unsold"
	} else if d.chance(.015) {
		back = d.between(1, n)
		on += day(d.between(2, 40))
		reason = []string{"damaged", "wrong", "late", "duplicate", "customer error", "other"}[d.IntN(6)]
		if reason == "damaged" {
			disposition = "supplier"
		}
	}
	on = w.cal.onWork(on)
	if back == 0 || on > w.last {
		return
	}
	sh := c.s.sheet(tReturn)
	sh.int(c.s.ids.next(idReturn)).int(l.id).int(c.orders[l.order].customer).int(int64(l.title) + 1)
	if c.s.dirtyDate(tReturn, on) {
		sh.int(int64(back))
	} else {
		sh.date(on).int(int64(back))
	}
	sh.money(l.net / int64(l.qty) * int64(back)).str(reason).str(disposition).end()
}

// makeInvoices bills what was delivered within four weeks together.
func (c *customer) makeInvoices() {
	w := c.w
	bills := c.s.bills
	for from := 0; from < len(bills); {
		to := from + 1
		for to < len(bills) && bills[to].customer == bills[from].customer && bills[to].day-bills[from].day <= 27 {
			to++
		}
		on := bills[to-1].day
		inv := invoice{id: c.s.ids.next(idInvoice), customer: bills[from].customer, day: on, first: from, bills: to - from}
		inv.due = on + day(c.creditDays())
		for k := from; k < to; k++ {
			inv.total += bills[k].amount
		}
		inv.payDay = c.payDay(on)
		if inv.payDay > w.last {
			inv.payDay = noDay
		}
		c.s.invoices = append(c.s.invoices, inv)
		from = to
	}
}

// creditDays is the credit of the customer's type.
func (c *customer) creditDays() int {
	switch c.kindNo {
	case kReader:
		return 0
	case kAgent:
		return 90
	case kEnterprise:
		return 30
	}
	return 60
}

// payDay draws the day an invoice is paid: log-normal by type; universities
// leave some to December; some agents' invoices wait half a year and more.
func (c *customer) payDay(on day) day {
	d, k := c.d, c.kind
	if k.payDays == 0 {
		return on
	}
	after := day(math.Round(d.logNormal(k.payDays, k.paySigma)))
	if c.kindNo == kAgent && d.chance(.05) {
		after = max(after, day(180+d.ExpFloat64()*60))
	}
	pay := on + after
	if c.kindNo == kUniversity && d.chance(.3) && on.month() >= 6 && on.month() < 12 {
		pay = max(on, date(on.year(), 12, d.between(5, 28)))
	}
	return c.w.cal.onWork(pay)
}

// pay groups what is paid on neighbouring days into one payment; some agents
// pay in two instalments.
func (c *customer) pay() {
	w := c.w
	due := c.s.due[:0]
	for i := range c.s.invoices {
		if c.s.invoices[i].payDay != noDay {
			due = append(due, i)
		}
	}
	inv := c.s.invoices
	slices.SortStableFunc(due, func(a, b int) int {
		if inv[a].customer != inv[b].customer {
			return int(inv[a].customer - inv[b].customer)
		}
		return int(inv[a].payDay - inv[b].payDay)
	})
	c.s.due = due
	for from := 0; from < len(due); {
		to := from + 1
		first := &inv[due[from]]
		for to < len(due) && inv[due[to]].customer == first.customer && inv[due[to]].payDay-first.payDay <= 4 {
			to++
		}
		on := inv[due[to-1]].payDay
		part := int64(100)
		if c.kindNo == kAgent && c.d.chance(.12) {
			part = 60
		}
		c.payment(due[from:to], on, part)
		if rest := w.cal.onWork(on + 45); part < 100 && rest <= w.last {
			c.payment(due[from:to], rest, 100)
		}
		from = to
	}
}

// payment writes one payment that brings the invoices to a share of their
// totals.
func (c *customer) payment(due []int, on day, percent int64) {
	id := c.s.ids.next(idPayment)
	total := int64(0)
	for _, i := range due {
		inv := &c.s.invoices[i]
		amount := mulMoney(inv.total, percent, 100) - inv.paid
		inv.paid += amount
		total += amount
		c.s.sheet(tAlloc).int(id).int(inv.id).money(amount).end()
	}
	method := "bank transfer"
	if c.kindNo == kReader {
		method = []string{"alipay", "wechat pay", "card"}[id%3]
	}
	sh := c.s.sheet(tPayment)
	sh.int(id).int(c.s.invoices[due[0]].customer).date(on).money(total).str(c.w.ccy[c.ccy].code).str(method).end()
}

// writeInvoices writes the invoices and their lines.
func (c *customer) writeInvoices() {
	sh, ls := c.s.sheet(tInvoice), c.s.sheet(tInvoiceLine)
	for i := range c.s.invoices {
		inv := &c.s.invoices[i]
		status := "open"
		switch {
		case inv.paid == inv.total:
			status = "paid"
		case inv.paid > 0:
			status = "part paid"
		}
		sh.int(inv.id).int(inv.customer).date(inv.day).date(inv.due).str(c.w.ccy[c.ccy].code)
		sh.money(inv.total).money(taxIn(inv.total)).str(status).end()
		for _, b := range c.s.bills[inv.first : inv.first+inv.bills] {
			l := &c.lines[b.line]
			ls.int(inv.id).int(l.id).int(int64(l.flow.partQty(b.part))).money(b.amount).money(taxIn(b.amount)).end()
		}
	}
}

// taxIn is the tax contained in a gross amount, to the hundredth.
func taxIn(amount int64) int64 { return mulMoney(amount, taxRate, (100+taxRate)*100) * 100 }
