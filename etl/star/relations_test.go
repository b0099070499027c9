package star

import (
	"context"
	"testing"

	"verso/olap/engine"
	"verso/olap/engine/duck"
)

// relationCompany is three customers, four titles and their orders, to which a
// test adds the dealings it is about.
func relationCompany(t *testing.T) engine.Conn {
	_, conn := newDatabase(t, "BIGINT", duck.Options{Threads: 1})
	fill(t, conn, "customer", "customer_id, name, customer_type, owner_employee_id", "1, 'Library', 'library', 5", "2, 'Institute', 'institute', 6", "3, 'Reader', 'individual', NULL")
	fill(t, conn, "customer_contact", "contact_id, customer_id, name", "11, 1, 'Li'", "12, 1, 'Wang'")
	fill(t, conn, "employee", "employee_id, name", "5, 'Zhao'", "6, 'Qian'")
	fill(t, conn, "title", "title_id, title", "1, 'One'", "2, 'Two'")
	return conn
}

// ordered adds an order of one line to stage.
func ordered(t *testing.T, conn engine.Conn, id, customer, day, rest string) {
	t.Helper()
	fill(t, conn, "order_header", "order_id, order_no, customer_id, order_date, salesperson_id, campaign_id", id+", 'O"+id+"', "+customer+", TIMESTAMP '"+day+" 10:00:00', 5, "+rest)
	fill(t, conn, "order_line", "line_id, order_id, line_no, title_id, qty_ordered, unit_price, unit_cost", id+", "+id+", 1, 1, 2, 50, 30")
}

func buildRelations(t *testing.T, conn engine.Conn) {
	t.Helper()
	if err := Build(context.Background(), conn, Options{AsOf: day(t, "2026-06-30"), Currency: "CNY"}); err != nil {
		t.Fatal(err)
	}
}

// Campaigns: programme and waves, arms, what follows within 14 days and not on
// the 15th, several people of one customer, shares of cost, responses of others.
func TestCampaigns(t *testing.T) {
	conn := relationCompany(t)
	fill(t, conn, "campaign", "campaign_id, name, type, parent_campaign_id, plan_start, act_start, act_end",
		"1, 'Programme', 'promo', NULL, NULL, NULL, NULL", "2, 'Mail', 'email', 1, DATE '2026-03-01', DATE '2026-03-03', DATE '2026-03-03'", "3, 'Second wave', 'email', 2, NULL, NULL, NULL",
		"4, 'Round', 'promo', 5, NULL, NULL, NULL", "5, 'And round', 'promo', 4, NULL, NULL, NULL")
	fill(t, conn, "campaign_cost", "campaign_id, date, kind, amount", "2, DATE '2026-03-01', 'print', 100", "2, NULL, 'postage', 1", "2, DATE '1800-01-01', 'print', 7", "9, DATE '2026-03-01', NULL, 5")
	fill(t, conn, "campaign_target", "campaign_id, customer_id, contact_id, arm, sent_ts, cost",
		"2, 1, 11, 'treat', TIMESTAMP '2026-03-03 09:00:00', 2", "2, 1, 12, 'treat', TIMESTAMP '2026-03-03 09:00:00', 2", "2, 2, NULL, 'control', NULL, 0",
		"3, NULL, 11, 'treat', TIMESTAMP '2026-03-20 09:00:00', 3", "2, 3, NULL, 'treat', TIMESTAMP '1700-01-01 00:00:00', 1")
	fill(t, conn, "campaign_response", "campaign_id, customer_id, contact_id, type, ts, value", "2, 1, 11, 'click', TIMESTAMP '2026-03-05 08:00:00', NULL",
		"2, 3, NULL, 'open', TIMESTAMP '2026-03-05 08:00:00', NULL", "2, 1, NULL, 'unsubscribe', TIMESTAMP '2026-03-06 08:00:00', NULL")
	ordered(t, conn, "1", "1", "2026-03-17", "2") // the 14th day
	ordered(t, conn, "2", "2", "2026-03-18", "NULL")
	ordered(t, conn, "3", "1", "2026-03-02", "404")
	buildRelations(t, conn)
	want(t, conn, "SELECT campaign_key, campaign_id, parent_key, programme, level, start_slip_days FROM core.dim_campaign ORDER BY campaign_key",
		"-1|∅|-1|(unknown)|∅|∅", "1|1|-1|Programme|1|∅", "2|2|1|Programme|2|2", "3|3|2|Programme|3|∅", "4|4|-1|Round|1|∅", "5|5|4|Round|2|∅")
	want(t, conn, "SELECT campaign_key, date_key, amount FROM core.fact_campaign_cost ORDER BY amount", "2|20260303|1.0000", "-1|20260301|5.0000", "2|20260301|100.0000")
	want(t, conn, `SELECT campaign_id, contact_id, date_key, arm, send_no, is_first, sent, cost, shared_cost, opened, clicked, unsubscribed, responded, days_to_response, ordered, orders, net, margin
FROM core.fact_campaign_target ORDER BY campaign_id, contact_id NULLS LAST`,
		"2|11|20260303|treat|1|true|1|2.0000|50.5000|1|1|1|1|2|1|1|100.0000|40.0000",
		"2|12|20260303|treat|2|false|1|2.0000|50.5000|0|0|0|0|∅|0|0|0.0000|∅",
		"2|∅|20260303|control|0|true|0|0.0000|0.0000|0|0|0|0|∅|0|0|0.0000|∅",
		"3|11|20260320|treat|3|true|1|3.0000|0.0000|0|0|0|0|∅|0|0|0.0000|∅")
	want(t, conn, "SELECT customer_key, off_target, days_since_sent FROM core.fact_campaign_response ORDER BY customer_key, date", "1|false|2", "1|false|3", "3|true|∅")
	want(t, conn, "SELECT order_id, campaign_key FROM core.fact_order_line ORDER BY order_id", "1|2", "2|-1", "3|-1")
	want(t, conn, "SELECT record, reason, value FROM quarantine.campaign_target", "4|sent_ts: outside the calendar|1700-01-01 00:00:00")
	want(t, conn, "SELECT table_name, staged, facts, quarantined FROM meta.star_balance WHERE table_name LIKE 'campaign%' ORDER BY table_name",
		"campaign_cost|4|3|1", "campaign_response|3|3|0", "campaign_target|5|4|1")
}

// Tickets: repeats, first contact, hours that make no sense, the level of
// service on the as-of date; messages without answer; contacts meanwhile.
func TestService(t *testing.T) {
	conn := relationCompany(t)
	fill(t, conn, "ticket", "ticket_id, customer_id, contact_id, opened_ts, type, first_response_ts, resolved_ts, reopened, transfers, minutes_spent, owner_employee_id, is_complaint, is_deleted",
		"1, 1, NULL, TIMESTAMP '2026-05-01 10:00:00', 'price', TIMESTAMP '2026-05-01 11:30:00', TIMESTAMP '2026-05-02 10:00:00', 0, 0, 10, 5, false, NULL",
		"2, NULL, 11, TIMESTAMP '2026-05-08 09:00:00', 'price', TIMESTAMP '2026-05-08 08:00:00', TIMESTAMP '2026-05-08 12:00:00', 0, 0, 5, 6, NULL, NULL",
		"3, 1, NULL, TIMESTAMP '2026-05-09 09:00:00', 'complaint', NULL, NULL, NULL, 2, NULL, NULL, NULL, NULL",
		"4, 2, NULL, TIMESTAMP '2026-06-30 09:00:00', 'price', NULL, NULL, 0, 0, 1, 404, NULL, NULL",
		"5, 2, NULL, TIMESTAMP '2026-06-29 09:00:00', 'price', NULL, NULL, 0, 0, 1, 404, NULL, true")
	fill(t, conn, "survey_response", "survey_id, customer_id, ticket_id, date, question, score", "1, NULL, 1, DATE '2026-05-03', 'ok?', 9", "1, 1, 1, DATE '2026-05-04', 'ok?', 6", "2, 2, NULL, DATE '2026-05-04', NULL, NULL")
	fill(t, conn, "message", "msg_id, dir, ts, customer_id, replied_ts", "1, 'in', TIMESTAMP '2026-06-01 10:00:00', 1, TIMESTAMP '2026-06-03 16:00:00'", "2, 'in', TIMESTAMP '2026-06-30 10:00:00', 1, NULL",
		"3, 'in', TIMESTAMP '2026-06-20 10:00:00', 9, NULL", "4, 'out', TIMESTAMP '2026-06-20 10:00:00', 1, NULL")
	fill(t, conn, "activity", "activity_id, customer_id, employee_id, type, start_ts, minutes, km, promise", "1, 1, 5, 'visit', TIMESTAMP '2026-05-20 10:00:00', 60, 12.5, 'a discount'",
		"2, 1, 5, 'call_in', TIMESTAMP '2026-05-20 11:00:00', 6, NULL, NULL", "3, 2, NULL, 'call_out', TIMESTAMP '2026-05-20 11:00:00', 6, NULL, NULL")
	fill(t, conn, "expense", "employee_id, customer_id, date, kind, amount", "5, 1, DATE '2026-05-20', 'travel', 30")
	ordered(t, conn, "1", "1", "2026-06-03", "NULL")
	buildRelations(t, conn)
	want(t, conn, `SELECT ticket_id, customer_key, employee_key, response_hours, resolution_hours, complaints, repeats, first_contact, resolved, open, breached, overdue, csat FROM core.fact_ticket ORDER BY ticket_id`,
		"1|1|1|1.5000|24.0000|0|0|0|1|0|0|0|7.5000", "2|1|2|∅|3.0000|0|1|1|1|0|0|0|∅", "3|1|-1|∅|∅|1|0|0|0|1|1|1|∅", "4|2|-1|∅|∅|0|0|0|0|1|0|0|∅")
	want(t, conn, "SELECT survey_id, customer_key, employee_key, answers, promoters, detractors FROM core.fact_survey ORDER BY date, survey_id", "1|1|1|1|1|0", "1|1|1|1|0|1", "2|2|2|0|0|0")
	want(t, conn, "SELECT msg_id, customer_key, received, answered, unanswered, late, reply_hours FROM core.fact_message ORDER BY msg_id",
		"1|1|1|1|0|1|54.0000", "2|1|1|0|1|0|∅", "3|-1|1|0|1|1|∅", "4|1|0|0|0|0|∅")
	want(t, conn, "SELECT activity_id, employee_key, cost, visits, followed, orders, net, during_ticket, promises FROM core.fact_activity ORDER BY activity_id",
		"1|1|72.5000|1|1|1|100.0000|1|1", "2|1|6.0000|0|1|1|100.0000|0|0", "3|-1|6.0000|0|0|0|0.0000|0|0")
	want(t, conn, "SELECT contact_cost, ticket_cost, expense_cost, cost_to_serve, contribution FROM core.fact_customer_month WHERE customer_key = 1 AND month = DATE '2026-05-01'",
		"78.5000|15.0000|30.0000|123.5000|-123.5000")
}

// Leads, opportunities with their stages, and quotations that conflict, come to
// an order, or have no rate.
func TestPipeline(t *testing.T) {
	conn := relationCompany(t)
	fill(t, conn, "lead", "lead_id, lead_source, created_date, first_touch_ts, status, converted_customer_id, lost_reason", "1, 'fair', DATE '2026-01-10', TIMESTAMP '2026-01-12 09:00:00', 'converted', 1, NULL",
		"2, 'web', DATE '2026-01-10', NULL, 'lost', NULL, NULL", "3, 'web', DATE '2026-01-10', TIMESTAMP '2026-01-09 09:00:00', NULL, NULL, NULL")
	fill(t, conn, "opportunity", "opp_id, customer_id, owner_employee_id, created_date, amount, probability, stage, expected_close, closed_date, won",
		"1, 1, 5, DATE '2026-01-01', 1000, 60, 'proposal', DATE '2026-05-01', NULL, NULL", "2, 2, 5, NULL, 500, 100, 'won', DATE '2026-02-01', DATE '2026-02-11', true", "3, 2, 5, DATE '2026-03-01', 200, 10, 'closed', NULL, DATE '2026-03-05', NULL")
	fill(t, conn, "opp_stage_hist", "opp_id, stage, ts", "1, 'qualified', TIMESTAMP '2026-01-01 10:00:00'", "1, 'proposal', TIMESTAMP '2026-06-20 10:00:00'", "2, 'qualified', TIMESTAMP '2026-01-20 10:00:00'", "2, 'won', TIMESTAMP '2026-02-11 10:00:00'")
	fill(t, conn, "fx_rate", "rate_date, ccy, rate, kind", "DATE '2026-05-22', 'EUR', 8, 'mid'")
	fill(t, conn, "quote", "quote_id, customer_id, title_id, price, ccy, valid_from, valid_to, employee_id", "1, 1, 1, 50, 'CNY', DATE '2026-06-01', DATE '2026-06-10', 5", "2, 1, 1, 48, NULL, DATE '2026-06-10', NULL, 6",
		"3, 1, 2, 10, 'EUR', DATE '2026-05-23', DATE '2026-05-30', 6", "4, 1, 2, 10, 'EUR', DATE '2026-05-26', DATE '2026-05-29', 6", "5, 2, 1, 50, 'CNY', DATE '2026-06-01', DATE '2026-06-30', 5")
	ordered(t, conn, "1", "1", "2026-06-04", "NULL")
	buildRelations(t, conn)
	want(t, conn, "SELECT lead_id, days_to_touch, days_to_order, touched, converted, lost, open, ordered FROM core.fact_lead ORDER BY lead_id", "1|2|145|1|1|0|0|1", "2|∅|∅|0|0|1|0|0", "3|∅|∅|1|0|0|1|0")
	want(t, conn, "SELECT opp_id, date_key, open, won, lost, amount_open, weighted, cycle_days, age_days, stage_days, slip_days, overdue FROM core.fact_opportunity ORDER BY opp_id",
		"1|20260101|1|0|0|1000.0000|600.0000|∅|180|10|∅|1", "2|20260120|0|1|0|0.0000|0.0000|22|∅|∅|10|0", "3|20260301|0|0|1|0.0000|0.0000|4|∅|∅|∅|0")
	want(t, conn, "SELECT opp_id, place, days, left_stage, is_in_stage FROM core.fact_opportunity_stage ORDER BY opp_id, place", "1|1|170|1|0", "1|2|10|0|1", "2|1|22|1|0", "2|2|∅|0|0")
	want(t, conn, "SELECT quote_id, price, accepted, days_to_order, net, conflicts, pending FROM core.fact_quote ORDER BY quote_id",
		"1|50.0000|1|3|100.0000|1|0", "2|48.0000|0|∅|0.0000|1|0", "3|80.0000|0|∅|0.0000|0|0", "5|50.0000|0|∅|0.0000|0|1")
	want(t, conn, "SELECT record, reason, value FROM quarantine.quote", "3|no rate|EUR on 2026-05-26")
}

// Contracts that run, that ended and were renewed, and that no fact can hold;
// and what is recorded of a customer: people who are still there, and subjects
// it declared itself.
func TestContractsAndProfiles(t *testing.T) {
	conn := relationCompany(t)
	fill(t, conn, "contract", "contract_id, customer_id, start_date, end_date, value", "1, 1, DATE '2024-01-01', DATE '2024-12-31', 1000", "2, 1, DATE '2025-03-01', DATE '2027-02-28', 1200",
		"3, 2, DATE '2024-01-01', DATE '2024-12-31', 500", "4, 2, DATE '2025-06-01', NULL, NULL", "5, 99, DATE '2026-01-01', DATE '2026-12-31', 7", "6, 1, DATE '1700-01-01', NULL, NULL")
	fill(t, conn, "customer_contact", "contact_id, customer_id, name, phone, email, role, valid_to", "21, 2, 'Wu', '10', ' ', 'dean', NULL", "22, 2, 'Xu', NULL, 'x@y', NULL, DATE '2025-01-01'")
	fill(t, conn, "customer_clc_interest", "customer_id, clc_code, declared_or_observed", "2, 'TP3', 'declared'", "2, 'TP3', 'declared'", "2, 'O1', 'observed'", "3, 'I2', NULL")
	buildRelations(t, conn)
	want(t, conn, "SELECT contract_id, customer_key, date_key, value, running, ended, renewed FROM core.fact_contract ORDER BY contract_id",
		"1|1|20240101|1000.0000|0|1|1", "2|1|20250301|1200.0000|1|0|0", "3|2|20240101|500.0000|0|1|0", "4|2|20250601|∅|1|0|0", "5|-1|20260101|7.0000|1|0|0")
	want(t, conn, "SELECT record, reason FROM quarantine.contract", "5|start_date: outside the calendar")
	want(t, conn, "SELECT * FROM core.fact_customer_profile", "1|2|0|0|0|0", "2|1|1|0|1|1", "3|0|0|0|0|1")
}

// A customer orders every 10 days, is lost after 180, comes back, and is lost
// again; another orders once a year and is never lost; a third never orders.
func TestCustomerMonths(t *testing.T) {
	conn := relationCompany(t)
	for i, d := range []string{"2023-01-01", "2023-01-11", "2023-01-21", "2025-03-05"} {
		ordered(t, conn, string(rune('1'+i)), "1", d, "NULL")
	}
	ordered(t, conn, "5", "2", "2023-01-31", "NULL")
	ordered(t, conn, "6", "2", "2023-06-30", "NULL")
	ordered(t, conn, "7", "2", "2025-01-31", "NULL")
	fill(t, conn, "activity", "activity_id, customer_id, employee_id, type, start_ts, minutes", "1, 3, 5, 'visit', TIMESTAMP '2023-03-20 10:00:00', 60")
	fill(t, conn, "commission", "employee_id, period, amount", "5, '2023Q1', 8", "5, '2025', 2", "5, 'soon', 100")
	buildRelations(t, conn)
	// After 2023-01-21 the median gap is 10 days, the floor 180 counts: lost on 2023-07-21. After 2025-03-05 the
	// gaps are 10, 10, 774: the median stays 10, lost on 2025-09-02.
	want(t, conn, "SELECT month, is_new, is_reactivated, is_lost, is_open, recency_days, lost_after_days FROM core.fact_customer_month WHERE customer_key = 1 AND is_new + is_reactivated + is_lost > 0 ORDER BY month",
		"2023-01-01|1|0|0|1|10|180", "2023-07-01|0|0|1|0|191|180", "2025-03-01|0|1|0|1|26|180", "2025-09-01|0|0|1|0|209|180")
	// Gaps of the second are 150 and 581 days: it has 450 days after the second order, and is lost on 2024-09-23; after
	// the third it has 3 x 365.5.
	want(t, conn, "SELECT month, is_new, is_reactivated, is_lost, is_open, lost_after_days FROM core.fact_customer_month WHERE customer_key = 2 AND is_new + is_reactivated + is_lost > 0 ORDER BY month",
		"2023-01-01|1|0|0|1|180", "2024-09-01|0|0|1|0|450", "2025-01-01|0|1|0|1|1096")
	want(t, conn, "SELECT customer_key, count(*), min(month), max(month), max(is_open) FROM core.fact_customer_month GROUP BY customer_key ORDER BY customer_key",
		"1|42|2023-01-01|2026-06-01|1", "2|42|2023-01-01|2026-06-01|1", "3|25|2023-03-01|2025-03-01|0")
	want(t, conn, "SELECT customer_key, month, commission FROM core.fact_customer_month WHERE commission <> 0 ORDER BY customer_key, month",
		"1|2023-01-01|6.0000", "1|2025-03-01|1.0000", "2|2023-01-01|2.0000", "2|2025-01-01|1.0000")
	want(t, conn, "SELECT f.month, is_active_12m, was_active_12m, is_retained_12m, net_12m, net_before_12m, s.tier, s.previous_tier, s.year_ago_tier, s.rfm_cell, s.tenure FROM core.fact_customer_month f JOIN core.dim_customer_state s USING (state_key) WHERE customer_key = 2 AND month IN (DATE '2023-01-01', DATE '2024-05-01', DATE '2025-01-01') ORDER BY month",
		"2023-01-01|1|0|0|100.0000|0.0000|small|∅|∅|422|under 1 year", "2024-05-01|1|1|1|100.0000|100.0000|top|top|small|422|1 to 2 years", "2025-01-01|1|1|1|100.0000|100.0000|top|inactive|top|433|2 to 5 years")
	want(t, conn, "SELECT count(*) FROM information_schema.tables WHERE table_name LIKE 'star_%' AND table_schema <> 'meta'", "0")
}

// Where open receivables are known, they cost their share of the year by days.
func TestCapitalOfReceivables(t *testing.T) {
	conn := relationCompany(t)
	ordered(t, conn, "1", "1", "2026-01-10", "NULL")
	fill(t, conn, "invoice", "invoice_id, customer_id, inv_date, total", "1, 1, DATE '2026-01-11', 3650", "2, 1, DATE '2026-06-21', 365")
	fill(t, conn, "payment", "payment_id, customer_id, pay_date, amount", "1, 1, DATE '2026-02-10', 3650")
	fill(t, conn, "payment_alloc", "payment_id, invoice_id, amount", "1, 1, 3650")
	buildRelations(t, conn)
	want(t, conn, "SELECT month, capital_cost, margin, margin_landed, contribution FROM core.fact_customer_month WHERE capital_cost <> 0 ORDER BY month",
		"2026-01-01|12.6000|40.0000|40.0000|27.4000", // 21 days x 10 x .06
		"2026-02-01|5.4000|∅|∅|-5.4000", "2026-06-01|0.6000|∅|∅|-0.6000")
}

// Without customers, employees and campaigns these are made of what names them.
func TestDealingsInferTheirMembers(t *testing.T) {
	_, conn := newDatabase(t, "VARCHAR", duck.Options{Threads: 1})
	fill(t, conn, "activity", "activity_id, customer_id, employee_id, type, start_ts", "'1', 'C1', 'E1', 'visit', TIMESTAMP '2026-05-20 10:00:00'")
	fill(t, conn, "ticket", "ticket_id, customer_id, opened_ts", "'1', 'C2', TIMESTAMP '2026-05-20 10:00:00'")
	fill(t, conn, "campaign_target", "campaign_id, customer_id, arm", "'K', 'C3', 'treat'")
	buildRelations(t, conn)
	want(t, conn, "SELECT customer_id, is_inferred FROM core.dim_customer WHERE customer_key <> -1 ORDER BY customer_id", "C1|true", "C2|true", "C3|true")
	want(t, conn, "SELECT a.customer_key, e.employee_id FROM core.fact_activity a JOIN core.dim_employee e USING (employee_key)", "1|E1")
	want(t, conn, "SELECT t.customer_key, t.date_key, c.name, c.is_inferred FROM core.fact_campaign_target t JOIN core.dim_campaign c USING (campaign_key)", "3|-1|K|true")
	want(t, conn, "SELECT customer_key, month, tickets, contacts FROM core.fact_customer_month WHERE tickets + contacts > 0 ORDER BY customer_key", "1|2026-05-01|0|1", "2|2026-05-01|1|0")
}
