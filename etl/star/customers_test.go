package star

import "fmt"

// act is a contact, a message, a visit of the site or a ticket.
func (n *nights) act() {
	switch n.r.IntN(5) {
	case 0, 1:
		n.row("activity", "activity_id, customer_id, contact_id, employee_id, type, start_ts, minutes, km, promise", n.id(), n.pick("NULL", n.upTo(12)), n.upTo(6), n.upTo(4),
			n.pick("'visit'", "'call_out'", "'call_in'", "'meeting'", "'mail'", "'chat'"), n.around(), n.pick("NULL", "30"), n.pick("NULL", "12.5"), n.pick("NULL", "'a discount'"))
	case 2:
		n.row("message", "msg_id, dir, ts, customer_id, contact_id, replied_ts", n.id(), n.pick("'in'", "'out'"), n.around(), n.pick("NULL", n.upTo(12)), n.upTo(6), n.pick("NULL", n.around()))
	case 3:
		n.both("INSERT INTO stage.web_session (visitor_id, start_ts, pages, referrer, matched_contact_id, source, _row) VALUES ('v%d', %s, 3, %s, %s, 'test', %d)",
			n.r.IntN(5), n.around(), n.pick("NULL", "'mail'", "'search'"), n.upTo(6), n.id())
	default:
		n.ticket()
	}
}

func (n *nights) ticket() {
	n.row("ticket", "ticket_id, customer_id, contact_id, channel, opened_ts, type, severity, line_id, first_response_ts, resolved_ts, reopened, transfers, minutes_spent, owner_employee_id, is_complaint",
		n.id(), n.pick("NULL", n.upTo(12), n.upTo(12)), n.upTo(6), n.pick("NULL", "'phone'"), n.around(), n.pick("'price'", "'return'", "'complaint'", "'whim'"), n.pick("NULL", "'high'"),
		n.pick("NULL", n.one("order_line", "line_id")), n.pick("NULL", n.around()), n.pick("NULL", n.around()), n.pick("NULL", "1"), n.pick("NULL", "2"), n.pick("NULL", "15"), n.upTo(4), n.pick("NULL", "true"))
}

// campaigns are how many there may be.
const campaigns = 20

// campaign is a campaign, somebody it addresses, a response or a cost.
func (n *nights) campaign() {
	switch n.r.IntN(6) {
	case 0:
		id := 1 + n.r.IntN(campaigns) // between others, whose keys then move
		if query(n.t, n.step, fmt.Sprintf("SELECT count(*) FROM stage.campaign WHERE campaign_id = '%d'", id))[0] == "0" {
			n.row("campaign", "campaign_id, name, type, parent_campaign_id, act_start, owner_employee_id", id, "'c'", "'email'", n.pick("NULL", n.upTo(campaigns)), n.pick("NULL", n.around()), n.upTo(4))
		}
	case 1, 2, 3:
		n.both("INSERT INTO stage.campaign_target (campaign_id, customer_id, contact_id, arm, sent_ts, cost, source, _row) VALUES (%s, %s, %s, %s, %s, %s, 'test', %d)",
			n.upTo(campaigns), n.pick("NULL", n.upTo(12)), n.pick("NULL", n.upTo(6)), n.pick("'treat'", "'treat'", "'control'"), n.pick("NULL", n.around(), n.around()), n.pick("NULL", "2"), n.id())
	case 4:
		n.both("INSERT INTO stage.campaign_response (campaign_id, customer_id, contact_id, type, ts, value, source, _row) VALUES (%s, %s, %s, %s, %s, NULL, 'test', %d)",
			n.upTo(campaigns), n.pick("NULL", n.upTo(12)), n.pick("NULL", n.upTo(6)), n.pick("'click'", "'open'", "'unsubscribe'", "'reply'"), n.around(), n.id())
	default:
		n.both("INSERT INTO stage.campaign_cost (campaign_id, date, kind, amount, source, _row) VALUES (%s, %s, 'print', %s, 'test', %d)", n.upTo(campaigns), n.pick("NULL", n.around()), n.pick("100", "7"), n.id())
	}
}

// spend is an expense or a commission.
func (n *nights) spend() {
	if n.r.IntN(2) == 0 {
		n.both("INSERT INTO stage.expense (employee_id, customer_id, date, kind, amount, source, _row) VALUES (%s, %s, %s, %s, %s, 'test', %d)",
			n.upTo(4), n.pick("NULL", n.upTo(12)), n.around(), n.pick("'travel'", "'travel'", "'salary'"), n.pick("30", "4.5"), n.id())
		return
	}
	month := n.asOf.AddDate(0, -n.r.IntN(8), 0)
	n.both("INSERT INTO stage.commission (employee_id, period, amount, source, _row) VALUES (%s, '%s', %s, 'test', %d)", n.upTo(4),
		n.pick(month.Format("2006-01"), month.Format("2006"), fmt.Sprintf("%dQ%d", month.Year(), (int(month.Month())+2)/3), "soon"), n.pick("100", "12"), n.id())
}

func (n *nights) quote() {
	n.row("quote", "quote_id, customer_id, title_id, price, ccy, valid_from, valid_to, employee_id", n.id(), n.upTo(12), n.upTo(12), n.pick("10", "12.5", "NULL"), n.ccy(), n.around(),
		n.pick("NULL", n.around()), n.upTo(4))
}

func (n *nights) contact() {
	id := 1 + n.r.IntN(6)
	if query(n.t, n.step, fmt.Sprintf("SELECT count(*) FROM stage.customer_contact WHERE contact_id = '%d'", id))[0] == "0" {
		n.row("customer_contact", "contact_id, customer_id, name", id, n.upTo(12), "'p'")
	}
}

// customers are what may happen in a night between customers and us.
func (n *nights) customers() []func() {
	return []func(){
		n.act, n.act, n.act, n.ticket, n.campaign, n.campaign, n.spend, n.quote, n.quote, n.contact,
		func() { n.set("activity", "activity_id", "start_ts = "+n.around()) },
		func() { n.set("activity", "activity_id", "customer_id = "+n.upTo(12)) },
		func() { n.set("activity", "activity_id", "is_deleted = "+n.pick("true", "NULL")) },
		func() { n.set("message", "msg_id", "replied_ts = "+n.around()) },
		func() { n.set("message", "msg_id", "ts = "+n.around()) },
		func() { n.remove("message", "msg_id") },
		func() { n.set("ticket", "ticket_id", "opened_ts = "+n.around()) },
		func() { n.set("ticket", "ticket_id", "customer_id = "+n.upTo(12)) },
		func() { n.set("ticket", "ticket_id", "resolved_ts = "+n.pick("NULL", n.around())) },
		func() { n.set("ticket", "ticket_id", "type = "+n.pick("'price'", "'invoice'")) },
		func() { n.remove("ticket", "ticket_id") },
		func() { n.set("quote", "quote_id", "price = "+n.pick("9", "10")+", ccy = "+n.ccy()) },
		func() { n.set("quote", "quote_id", "valid_to = "+n.pick("NULL", n.around())) },
		func() { n.set("quote", "quote_id", "customer_id = "+n.upTo(12)+", title_id = "+n.upTo(12)) },
		func() { n.set("quote", "quote_id", "is_deleted = "+n.pick("true", "NULL")) },
		func() { n.remove("quote", "quote_id") },
		func() { n.keyless("campaign_target", "sent_ts = "+n.around()) },
		func() { n.keyless("campaign_target", "is_deleted = "+n.pick("true", "NULL")) },
		func() { n.keyless("expense", "amount = "+n.pick("1", "33")) },
		func() { n.keyless("commission", "amount = "+n.pick("1", "33")) },
		func() { n.keyless("web_session", "start_ts = "+n.around()) },
		func() { n.set("campaign", "campaign_id", "act_start = "+n.around()) },
		func() { n.set("customer_contact", "contact_id", "customer_id = "+n.upTo(12)) },
		func() {
			n.both("INSERT INTO stage.survey_response (survey_id, customer_id, ticket_id, date, question, score, source, _row) VALUES (%[1]d, %[2]s, %[3]s, %[4]s, 'ok?', %[5]s, 'test', %[1]d)",
				n.id(), n.pick("NULL", n.upTo(12)), n.pick("NULL", n.one("ticket", "ticket_id")), n.around(), n.pick("9", "6", "NULL"))
		},
	}
}
