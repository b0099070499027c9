package star

import (
	"fmt"
	"strconv"
)

// around is a day like day, now and then a few days after the as-of date.
func (n *nights) around() string {
	if n.r.IntN(6) == 0 {
		return "'" + n.asOf.AddDate(0, 0, 1+n.r.IntN(3)).Format(isoDay) + "'"
	}
	return n.day()
}

// one is an id of a table, now and then of none.
func (n *nights) one(table, key string) string {
	ids := query(n.t, n.step, fmt.Sprintf("SELECT %[1]s FROM stage.%[2]s ORDER BY %[1]s", key, table))
	if len(ids) == 0 || n.r.IntN(15) == 0 {
		return n.pick("404", "987")
	}
	return ids[n.r.IntN(len(ids))]
}

// event is an order line that comes to a stage.
func (n *nights) event() {
	line := n.one("order_line", "line_id")
	for range 1 + n.r.IntN(3) {
		n.row("order_line_stage_event", "event_id, line_id, stage, event_ts, qty, batch_id, employee_id, promised_date",
			n.id(), line, n.pick("'received'", "'supplier_ordered'", "'supplier_confirmed'", "'inbound'", "'outbound'", "'delivered'", "'delivered'", "'cancelled'"),
			n.around(), n.pick("NULL", "1", "2"), n.pick("NULL", n.upTo(8)), n.pick("NULL", n.upTo(4)), n.pick("NULL", n.around()))
	}
}

// longAgo is a line that came to two stages about a year ago.
func (n *nights) longAgo() {
	line := n.one("order_line", "line_id")
	for _, stage := range []string{"'supplier_ordered'", "'inbound'"} {
		n.row("order_line_stage_event", "event_id, line_id, stage, qty, event_ts", n.id(), line, stage, 1,
			"'"+n.asOf.AddDate(0, 0, -360-n.r.IntN(8)).Format(isoDay)+"'")
	}
}

func (n *nights) batch() {
	id := 1 + n.r.IntN(8)
	if query(n.t, n.step, fmt.Sprintf("SELECT count(*) FROM stage.batch WHERE batch_id = '%d'", id))[0] == "0" {
		n.row("batch", "batch_id, batch_type, supplier_id, open_ts, freight_cny, weight_kg", id,
			n.pick("'supplier_order'", "'consolidation'", "'delivery'"), n.upTo(4), n.day(), n.pick("NULL", "0", "12.34"), n.pick("NULL", "3.5"))
	}
}

// bill is an invoice, with lines or without.
func (n *nights) bill() {
	id := n.id()
	n.row("invoice", "invoice_id, customer_id, inv_date, due_date, ccy, total, tax, status", id, n.upTo(12), n.around(), n.pick("NULL", n.around()), n.ccy(),
		n.pick("100", "20", "-5", "0"), n.pick("NULL", "3"), n.pick("NULL", "'open'", "'draft'", "'void'"))
	for range n.r.IntN(3) {
		n.billLine(id)
	}
}

func (n *nights) billLine(invoice int) {
	n.both("INSERT INTO stage.invoice_line (invoice_id, line_id, qty, amount, tax, source, _row) VALUES (%d, %s, %s, %s, %s, 'test', %d)",
		invoice, n.pick("NULL", n.one("order_line", "line_id"), n.one("order_line", "line_id")), n.pick("NULL", "1", "2"), n.pick("50", "17.5"), n.pick("NULL", "1"), n.id())
}

// pay is a payment and what it settles.
func (n *nights) pay() {
	id := n.id()
	n.row("payment", "payment_id, customer_id, pay_date, amount, ccy, method", id, n.upTo(12), n.around(), n.pick("100", "20", "7"), n.ccy(), n.pick("'cash'", "'Card'", "NULL"))
	for range n.r.IntN(3) {
		n.both("INSERT INTO stage.payment_alloc (payment_id, invoice_id, amount, source, _row) VALUES (%d, %s, %s, 'test', %d)",
			id, n.one("invoice", "invoice_id"), n.pick("20", "100", "5"), n.id())
	}
}

// owe is an invoice of a supplier, or a payment of one.
func (n *nights) owe() {
	if n.r.IntN(2) == 0 {
		n.row("supplier_invoice", "inv_id, supplier_id, inv_date, due_date, amount_fcy, ccy, po_id", n.id(), n.upTo(4), n.around(), n.pick("NULL", n.around()),
			n.pick("30", "300", "-2"), n.ccy(), n.pick("NULL", n.one("purchase_order", "po_id")))
		return
	}
	n.row("supplier_payment", "pay_id, inv_id, pay_date, amount_fcy, fx_settle", n.id(), n.one("supplier_invoice", "inv_id"), n.around(), n.pick("30", "12"), n.pick("NULL", "7.7"))
}

func (n *nights) keyless(table, assignment string) {
	n.both("UPDATE stage.%s SET %s WHERE (_row * 7919 + %d) %% %d = 0", table, assignment, n.r.IntN(1000), 15+n.r.IntN(40))
}

// dealings are what may happen in a night beside orders.
func (n *nights) dealings() []func() {
	return []func(){
		n.event, n.event, n.event, n.event, n.batch, n.bill, n.bill, n.pay, n.pay, n.owe, n.owe,
		func() { n.set("order_line_stage_event", "event_id", "event_ts = "+n.around()) },
		n.longAgo,
		func() { n.set("order_line_stage_event", "event_id", "qty = "+n.pick("1", "3")) },
		func() { n.set("title", "title_id", "weight_g = "+n.pick("NULL", "450")+", pages = 120") },
		func() { n.set("order_line_stage_event", "event_id", "stage = "+n.pick("'delivered'", "'inbound'")) },
		func() { n.set("order_line_stage_event", "event_id", "line_id = "+n.one("order_line", "line_id")) },
		func() { n.set("order_line_stage_event", "event_id", "batch_id = "+n.upTo(8)) },
		func() { n.set("order_line_stage_event", "event_id", "is_deleted = "+n.pick("true", "NULL")) },
		func() { n.remove("order_line_stage_event", "event_id") },
		func() { n.set("batch", "batch_id", "batch_type = "+n.pick("'customs'", "'delivery'")) },
		func() { n.set("batch", "batch_id", "freight_cny = "+n.pick("99.5", "NULL")) },
		func() { n.remove("batch", "batch_id") },
		func() {
			n.set("order_line", "line_id", "cancel_reason = "+n.pick("'customer'", "'op'", "'whim'")+", qty_cancelled = 1")
		},
		func() { n.set("order_line", "line_id", "term = "+n.pick("'2025F'", "'2026S'")+", is_textbook = true") },
		func() {
			n.set("order_line", "line_id", "status = "+n.pick("'delivered'", "'cancelled'", "'open'", "NULL"))
		},
		func() { n.set("order_header", "order_id", "required_date = "+n.around()) },
		func() {
			n.set("purchase_line", "po_line_id", "due_date = "+n.around()+", confirmed_date = "+n.around()+", title_id = "+n.upTo(12))
		},
		func() { n.set("purchase_line", "po_line_id", "first_received = "+n.around()+", qty_received = 1") },
		func() { n.set("purchase_order", "po_id", "batch_id = "+n.upTo(8)) },
		func() { n.set("purchase_order", "po_id", "supplier_id = "+n.upTo(4)) },
		func() { n.set("purchase_order", "po_id", "is_deleted = "+n.pick("true", "NULL")) },
		func() {
			n.both("INSERT INTO stage.title_price (title_id, price, ccy, valid_from, source, _row) VALUES (%s, %s, %s, %s, 'test', %d)",
				n.upTo(12), n.pick("8", "9.5"), n.pick("'USD'", "'CNY'"), n.pick("NULL", n.day()), n.id())
		},
		func() { n.set("title", "title_id", "list_price = "+n.pick("5", "70")+", list_ccy = "+n.ccy()) },
		func() { n.set("title", "title_id", "pub_date = "+n.around()) },
		func() { n.set("supplier", "supplier_id", "discount_std = "+n.pick("20", "NULL")) },
		func() { n.set("invoice", "invoice_id", "inv_date = "+n.around()) },
		func() { n.set("invoice", "invoice_id", "total = "+n.pick("50", "20")) },
		func() { n.set("invoice", "invoice_id", "customer_id = "+n.upTo(12)) },
		func() { n.set("invoice", "invoice_id", "status = "+n.pick("'void'", "NULL")) },
		func() { n.set("invoice", "invoice_id", "is_deleted = "+n.pick("true", "NULL")) },
		func() { n.remove("invoice", "invoice_id") },
		func() { n.keyless("invoice_line", "amount = "+n.pick("1", "33")) },
		func() { n.keyless("invoice_line", "line_id = "+n.one("order_line", "line_id")) },
		func() { n.keyless("invoice_line", "is_deleted = "+n.pick("true", "NULL")) },
		func() {
			id, _ := strconv.Atoi(n.one("invoice", "invoice_id"))
			n.billLine(id)
		},
		func() { n.set("payment", "payment_id", "pay_date = "+n.around()) },
		func() { n.set("payment", "payment_id", "ccy = "+n.ccy()+", amount = 20") },
		func() { n.set("payment", "payment_id", "customer_id = "+n.upTo(12)) },
		func() { n.set("payment", "payment_id", "is_deleted = "+n.pick("true", "NULL")) },
		func() { n.remove("payment", "payment_id") },
		func() { n.keyless("payment_alloc", "amount = "+n.pick("3", "20")) },
		func() { n.keyless("payment_alloc", "invoice_id = "+n.one("invoice", "invoice_id")) },
		func() { n.both("DELETE FROM stage.payment_alloc WHERE (_row + %d) %% 17 = 0", n.r.IntN(17)) },
		func() { n.set("supplier_invoice", "inv_id", "inv_date = "+n.around()+", amount_fcy = 31") },
		func() { n.set("supplier_invoice", "inv_id", "po_id = "+n.one("purchase_order", "po_id")) },
		func() { n.remove("supplier_invoice", "inv_id") },
		func() { n.set("supplier_payment", "pay_id", "fx_settle = "+n.pick("NULL", "8.1")) },
		func() { n.set("supplier_payment", "pay_id", "pay_date = "+n.around()) },
		func() { n.set("supplier_payment", "pay_id", "inv_id = "+n.one("supplier_invoice", "inv_id")) },
		func() { n.remove("supplier_payment", "pay_id") },
		func() {
			n.set("customer", "customer_id", "credit_days = "+n.pick("NULL", "10")+", credit_limit = "+n.pick("NULL", "100"))
		},
	}
}
