package life

import (
	"math"
	"slices"

	"verso/etl/demo/calendar"
	"verso/etl/demo/market"
	"verso/etl/demo/sheet"
)

// taxRate is the value-added tax on books, on top of prices, in percent.
const taxRate = 9

// invoice is one bill to a customer.
type invoice struct {
	id       int64
	customer int64
	day, due calendar.Day
	total    int64 // ten-thousandths of the currency, tax included
	tax      int64
	paid     int64
	payDay   calendar.Day // day the payment is planned for
	first    int          // position of its bills
	bills    int
}

// bill is one delivered part of a line, to be invoiced.
type bill struct {
	line, part int
	customer   int64
	day        calendar.Day
	amount     int64
}

// settleMoney writes returns, invoices and payments of the customer.
func (c *customer) settleMoney() {
	c.s.bills = c.s.bills[:0]
	c.s.invoices = c.s.invoices[:0]
	for i := range c.lines {
		l := &c.lines[i]
		for part := range 2 {
			if n := l.flow.arrived(part, c.w.Last); n > 0 {
				if l.flow.partDay(part, stDelivered) >= c.w.MoneyFrom {
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
		sheet.MulMoney(gross, 1_000_000-l.discount, 1_000_000)})
}

// maybeReturn lets some of the delivered copies come back.
func (c *customer) maybeReturn(l *line, part, n int) {
	d, w := c.d, c.w
	on := l.flow.partDay(part, stDelivered)
	back, reason, disposition := 0, "", "restock"
	if c.kindNo == market.KAgent {
		share := .12
		if c.plant == "agent_unsold" && on >= w.Ep.AgentsFrom {
			share = .25
		}
		for range n {
			if d.Chance(share) {
				back++
			}
		}
		on += calendar.Day(d.Between(60, 180))
		reason = "unsold"
	} else if d.Chance(.015) {
		back = d.Between(1, n)
		on += calendar.Day(d.Between(2, 40))
		reason = []string{"damaged", "wrong", "late", "duplicate", "customer error", "other"}[d.IntN(6)]
		if reason == "damaged" {
			disposition = "supplier"
		}
	}
	on = w.Cal.OnWork(on)
	if back == 0 || on > w.Last {
		return
	}
	sh := c.s.Sheet(sheet.TReturn)
	sh.Int(c.s.Ids.Next(market.IdReturn)).Int(l.id).Int(c.orders[l.order].customer).Int(int64(l.title) + 1)
	if c.s.dirtyDate(sheet.TReturn, on) {
		sh.Int(int64(back))
	} else {
		sh.Date(on).Int(int64(back))
	}
	sh.Money(l.each * int64(back)).Str(reason).Str(disposition).End()
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
		inv := invoice{id: c.s.Ids.Next(market.IdInvoice), customer: bills[from].customer, day: on, first: from, bills: to - from}
		inv.due = on + calendar.Day(c.creditDays())
		for k := from; k < to; k++ {
			tax := taxOn(bills[k].amount)
			inv.total += bills[k].amount + tax
			inv.tax += tax
		}
		inv.payDay = c.payDay(on)
		if inv.payDay > w.Last {
			inv.payDay = calendar.NoDay
		}
		c.s.invoices = append(c.s.invoices, inv)
		from = to
	}
}

// creditDays is the credit of the customer's type.
func (c *customer) creditDays() int {
	switch c.kindNo {
	case market.KReader:
		return 0
	case market.KAgent:
		return 90
	case market.KEnterprise:
		return 30
	}
	return 60
}

// payDay draws the day an invoice is paid: log-normal by type; universities
// leave some to December; some agents' invoices wait half a year and more.
func (c *customer) payDay(on calendar.Day) calendar.Day {
	d, k := c.d, c.kind
	if k.PayDays == 0 {
		return on
	}
	after := calendar.Day(math.Round(d.LogNormal(k.PayDays, k.PaySigma)))
	if c.kindNo == market.KAgent && d.Chance(.05) {
		after = max(after, calendar.Day(180+d.ExpFloat64()*60))
	}
	pay := on + after
	if c.kindNo == market.KUniversity && d.Chance(.3) && on.Month() >= 6 && on.Month() < 12 {
		pay = max(on, calendar.Date(on.Year(), 12, d.Between(5, 28)))
	}
	return c.w.Cal.OnWork(pay)
}

// pay groups what is paid on neighbouring days into one payment; some agents
// pay in two instalments.
func (c *customer) pay() {
	w := c.w
	due := c.s.due[:0]
	for i := range c.s.invoices {
		if c.s.invoices[i].payDay != calendar.NoDay {
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
		if c.kindNo == market.KAgent && c.d.Chance(.12) {
			part = 60
		}
		c.payment(due[from:to], on, part)
		if rest := w.Cal.OnWork(on + 45); part < 100 && rest <= w.Last {
			c.payment(due[from:to], rest, 100)
		}
		from = to
	}
}

// payment writes one payment that brings the invoices to a share of their
// totals.
func (c *customer) payment(due []int, on calendar.Day, percent int64) {
	id := c.s.Ids.Next(market.IdPayment)
	total := int64(0)
	for _, i := range due {
		inv := &c.s.invoices[i]
		amount := sheet.MulMoney(inv.total, percent, 100) - inv.paid
		inv.paid += amount
		total += amount
		c.s.Sheet(sheet.TAlloc).Int(id).Int(inv.id).Money(amount).End()
	}
	method := "bank transfer"
	if c.kindNo == market.KReader {
		method = []string{"alipay", "wechat pay", "card"}[id%3]
	}
	sh := c.s.Sheet(sheet.TPayment)
	sh.Int(id).Int(c.s.invoices[due[0]].customer).Date(on).Money(total).Str(c.w.Ccy[c.ccy].Code).Str(method).End()
}

// writeInvoices writes the invoices and their lines.
func (c *customer) writeInvoices() {
	sh, ls := c.s.Sheet(sheet.TInvoice), c.s.Sheet(sheet.TInvoiceLine)
	for i := range c.s.invoices {
		inv := &c.s.invoices[i]
		status := "open"
		switch {
		case inv.paid == inv.total:
			status = "paid"
		case inv.paid > 0:
			status = "part paid"
		}
		sh.Int(inv.id).Int(inv.customer).Date(inv.day).Date(inv.due).Str(c.w.Ccy[c.ccy].Code)
		sh.Money(inv.total).Money(inv.tax).Str(status).End()
		bills := c.s.bills[inv.first : inv.first+inv.bills]
		for k, b := range bills {
			if b.joins(bills[:k]) {
				continue
			}
			l := &c.lines[b.line]
			qty, amount, tax := l.flow.partQty(b.part), b.amount, taxOn(b.amount)
			for _, other := range bills[k+1:] {
				if other.line == b.line {
					qty, amount, tax = qty+l.flow.partQty(other.part), amount+other.amount, tax+taxOn(other.amount)
				}
			}
			ls.Int(inv.id).Int(l.id).Int(int64(qty)).Money(amount).Money(tax).End()
		}
	}
}

// joins says whether a bill of the same line came before: both parts of a line
// on one invoice are one line of it.
func (b bill) joins(before []bill) bool {
	for _, a := range before {
		if a.line == b.line {
			return true
		}
	}
	return false
}

// taxOn is the tax on a net amount, to the hundredth.
func taxOn(amount int64) int64 { return sheet.MulMoney(amount, taxRate, 100*100) * 100 }
