package replay

// rule says when the rows of a table come into being and what they show until
// their later facts have happened. Expressions are SQL over t (the row) and the
// joins; {end} is the moment after the evening shown.
type rule struct {
	born    string            // moment a row appears; "" is from before the history
	joins   string            // what born, show and changes read
	show    map[string]string // column → what it shows; others show what they end with
	changes []string          // moments after born on which a row changes, NULL for none
	number  string            // key column the generator leaves to be numbered
	key     string            // its value: it must stay the same every night
}

// ancient is the time stamp of rows from before the history.
const ancient = "TIMESTAMP '2000-01-01 00:00:00'"

// at is a column as a moment; dates count as six in the evening.
func at(column string) string { return "CAST(t." + column + " AS TIMESTAMP)" }

// on is a date column as a moment of its evening.
func on(column string) string { return at(column) + " + to_hours(18)" }

// until shows a column once a moment has come.
func until(moment, column string) string {
	return "CASE WHEN " + moment + " < {end} THEN t." + column + " END"
}

// known shows a column from its own moment on.
func known(column string) string { return until(at(column), column) }

// rules are the tables' rules; a table not named is there from the beginning.
func rules() map[string]rule {
	all := map[string]rule{}
	for _, part := range []map[string]rule{masters(), orders(), supply(), money(), relations()} {
		for name, r := range part {
			all[name] = r
		}
	}
	return all
}

// masters are customers, titles, people and reference data. Suppliers, units,
// places and the calendar are there from the beginning.
func masters() map[string]rule {
	const silent = "greatest(coalesce(o.last_order, CAST(t.created_date AS TIMESTAMP)), CAST(t.created_date AS TIMESTAMP))"
	const dormant = silent + " + to_days(366)"
	const lost = silent + " + to_days(1096)"
	const customer = "LEFT JOIN replay_customer AS c ON c.customer_id = t.customer_id"
	const month = "date_trunc('month', {end} - to_days(1))"
	const title = "LEFT JOIN replay_title AS p ON p.title_id = t.title_id"
	const listed = "CAST(p.first_listed AS TIMESTAMP) + to_hours(18)"
	return map[string]rule{
		"customer": {born: on("created_date"), joins: "LEFT JOIN replay_last_order AS o ON o.customer_id = t.customer_id",
			show: map[string]string{"status": "CASE WHEN t.status IN ('dormant', 'lost') AND " + dormant + " >= {end} AND {end} < {closing} THEN 'active' " +
				"WHEN t.status = 'lost' AND " + lost + " >= {end} AND {end} < {closing} THEN 'dormant' ELSE t.status END"},
			changes: []string{"CASE WHEN t.status IN ('dormant', 'lost') THEN least(" + dormant + ", {closing} - to_hours(6)) END",
				"CASE WHEN t.status = 'lost' THEN least(" + lost + ", {closing} - to_hours(6)) END"}},
		"customer_contact": {born: "greatest(" + on("valid_from") + ", CAST(c.created_date AS TIMESTAMP))", joins: customer,
			show: map[string]string{"valid_to": known("valid_to")}, changes: []string{on("valid_to")}},
		"customer_clc_interest": {born: "greatest(" + on("updated") + ", CAST(c.created_date AS TIMESTAMP))", joins: customer},
		"title": {born: on("first_listed"),
			show:    map[string]string{"pub_status": "CASE WHEN " + at("pub_date") + " >= {end} AND t.pub_status <> 'cancelled' THEN 'forthcoming' ELSE t.pub_status END"},
			changes: []string{"CASE WHEN t.pub_status <> 'forthcoming' THEN " + on("pub_date") + " END"}},
		"title_contributor": {born: listed, joins: title},
		"title_subject":     {born: listed, joins: title},
		"title_price":       {born: "greatest(" + on("valid_from") + ", " + listed + ")", joins: title},
		"catalogue":         {born: on("issue_date")},
		"catalogue_item": {born: "greatest(CAST(k.issue_date AS TIMESTAMP) + to_hours(18), " + listed + ")",
			joins: "LEFT JOIN replay_catalogue AS k ON k.catalogue_id = t.catalogue_id " + title},
		"channel_partner": {born: "CAST(c.created_date AS TIMESTAMP) + to_hours(18)", joins: customer},
		"employee": {born: on("hire_date"), show: map[string]string{"leave_date": known("leave_date")},
			changes: []string{on("leave_date")}},
		"price_policy": {born: on("valid_from")},
		"fx_rate":      {born: on("rate_date")},
		"rebate_agreement": {born: on("valid_from"),
			show: map[string]string{"accrual": "CAST(round(CAST(t.accrual AS DECIMAL(18, 4)) * datediff('month', " + at("valid_from") +
				", {end} - to_days(1)) / greatest(1, datediff('month', " + at("valid_from") + ", {closing} - to_days(1))), 0) AS DECIMAL(18, 4))"},
			changes: []string{"CASE WHEN " + month + " > " + at("valid_from") + " THEN " + month + " END"}},
	}
}

// orders are orders, their lines and what happens to them.
func orders() map[string]rule {
	const late = "LEFT JOIN replay_late_line AS y ON y.line_id = "
	return map[string]rule{
		"order_header": {born: at("order_date"),
			joins: "LEFT JOIN (SELECT order_id, max(ends) AS ends, max(CASE WHEN cancelled < {end} AND cancelled_net <> 0 THEN cancelled END) AS cancelled, " +
				"sum(CASE WHEN cancelled >= {end} THEN cancelled_net ELSE 0 END) AS more FROM replay_line_fate GROUP BY order_id) AS f ON f.order_id = t.order_id",
			show: map[string]string{
				"status": "CASE WHEN f.ends >= {end} THEN 'open' ELSE t.status END",
				"total":  "CASE WHEN f.more <> 0 THEN CAST(CAST(t.total AS DECIMAL(18, 4)) + f.more AS DECIMAL(18, 4)) ELSE CAST(t.total AS DECIMAL(18, 4)) END"},
			changes: []string{"f.ends", "f.cancelled"}},
		"order_line": {born: "greatest(CAST(h.order_date AS TIMESTAMP), coalesce(y.arrives, CAST(h.order_date AS TIMESTAMP)))",
			joins: "LEFT JOIN replay_all_order_header AS h ON h.order_id = t.order_id LEFT JOIN replay_line_fate AS f ON f.line_id = t.line_id " + late + "t.line_id",
			show: map[string]string{
				"status":        "CASE WHEN f.ends IS NULL OR f.ends < {end} THEN t.status WHEN f.begun OR f.delivered_first < {end} THEN 'partial' ELSE 'open' END",
				"qty_cancelled": "CASE WHEN f.cancelled >= {end} THEN 0 ELSE CAST(t.qty_cancelled AS INTEGER) END",
				"cancel_reason": "CASE WHEN f.cancelled >= {end} THEN NULL ELSE t.cancel_reason END"},
			changes: []string{"f.ends", "f.cancelled", "f.delivered_first"}},
		"order_line_stage_event": {born: "greatest(" + at("event_ts") + ", coalesce(y.arrives, " + at("event_ts") + "))", joins: late + "t.line_id",
			number: "event_id",
			key: "(CAST(t.line_id AS BIGINT) * 16 + CASE t.stage WHEN 'received' THEN 0 WHEN 'supplier_ordered' THEN 1 WHEN 'supplier_confirmed' THEN 2 " +
				"WHEN 'shipped_abroad' THEN 3 WHEN 'arrived_port' THEN 4 WHEN 'customs_cleared' THEN 5 WHEN 'inspected' THEN 6 WHEN 'inbound' THEN 7 " +
				"WHEN 'outbound' THEN 8 WHEN 'delivered' THEN 9 WHEN 'cancelled' THEN 10 ELSE 15 END) * 65536 + datediff('day', DATE '2000-01-01', CAST(" + at("event_ts") + " AS DATE))"},
		"return_line": {born: on("return_date")},
	}
}

// supply are purchases, consignments and stock. A purchase order stands from
// the opening of its batch and bears the day's date until the batch closes.
func supply() map[string]rule {
	const rush = "1000000000000"
	const closed = "CASE WHEN CAST(t.po_id AS BIGINT) > " + rush + " THEN coalesce(f.ends, CAST(t.po_date AS TIMESTAMP)) ELSE CAST(t.po_date AS TIMESTAMP) + to_days(120) END"
	received := "coalesce(" + at("last_received") + ", " + at("first_received") + ")"
	return map[string]rule{
		"purchase_order": {born: "least(coalesce(CAST(b.open_ts AS TIMESTAMP), " + at("po_date") + "), " + at("po_date") + ")",
			joins: "LEFT JOIN replay_batch AS b ON b.batch_id = t.batch_id LEFT JOIN replay_line_fate AS f ON CAST(f.line_id AS BIGINT) = CAST(t.po_id AS BIGINT) - " + rush,
			show: map[string]string{
				"po_date": "CAST(least(" + at("po_date") + ", {end} - to_days(1)) AS DATE)",
				"status":  "CASE WHEN t.status = 'closed' AND " + closed + " >= {end} THEN 'open' ELSE t.status END"},
			changes: []string{"least(" + on("po_date") + ", {end} - to_hours(6))", "CASE WHEN t.status = 'closed' THEN " + closed + " END"}},
		"purchase_line": {born: "greatest(CAST(h.order_date AS TIMESTAMP), least(coalesce(CAST(b.open_ts AS TIMESTAMP), CAST(q.po_date AS TIMESTAMP)), CAST(q.po_date AS TIMESTAMP)), " +
			"coalesce(y.arrives, CAST(h.order_date AS TIMESTAMP)))",
			joins: "LEFT JOIN replay_order_line AS l ON l.line_id = t.order_line_id LEFT JOIN replay_order_header AS h ON h.order_id = l.order_id " +
				"LEFT JOIN replay_purchase_order AS q ON q.po_id = t.po_id LEFT JOIN replay_batch AS b ON b.batch_id = q.batch_id " +
				"LEFT JOIN replay_line_fate AS f ON f.line_id = t.order_line_id LEFT JOIN replay_late_line AS y ON y.line_id = t.order_line_id " +
				"LEFT JOIN (SELECT line_id, sum(qty) AS qty FROM replay_step WHERE stage = 'inbound' AND happened >= {end} GROUP BY line_id) AS s ON s.line_id = t.order_line_id",
			show: map[string]string{
				"qty_received": "CASE WHEN t.first_received IS NULL OR " + received + " < {end} THEN CAST(t.qty_received AS INTEGER) WHEN " + at("first_received") +
					" < {end} THEN greatest(CAST(t.qty_received AS INTEGER) - coalesce(CAST(s.qty AS INTEGER), 0), 0) ELSE 0 END",
				"qty_short":            "CASE WHEN f.inspected >= {end} THEN 0 ELSE CAST(t.qty_short AS INTEGER) END",
				"qty_damaged":          "CASE WHEN f.inspected >= {end} THEN 0 ELSE CAST(t.qty_damaged AS INTEGER) END",
				"first_received":       known("first_received"),
				"last_received":        known("last_received"),
				"supplier_report_code": "CASE WHEN f.cancelled >= {end} THEN NULL ELSE t.supplier_report_code END"},
			changes: []string{on("first_received"), on("last_received"), "f.inspected", "f.cancelled"},
			number:  "po_line_id", key: "t.order_line_id"},
		"batch": {born: at("open_ts"),
			show: map[string]string{"close_ts": known("close_ts"), "freight_cny": until(at("close_ts"), "freight_cny"),
				"duty_cny": until(at("close_ts"), "duty_cny"), "weight_kg": until(at("close_ts"), "weight_kg")},
			changes: []string{at("close_ts")}},
		"supplier_invoice":   {born: on("inv_date")},
		"supplier_payment":   {born: on("pay_date")},
		"inventory_snapshot": {born: on("snap_date")},
		"inventory_move":     {born: at("ts")},
	}
}

// money are invoices, payments and plans. Targets are set before their year,
// plans too; commission is reckoned on the fifth of the next month.
func money() map[string]rule {
	const paid = "LEFT JOIN replay_payment AS p ON p.payment_id = t.payment_id LEFT JOIN replay_trouble AS y ON y.table_name = 'payment' AND y.kind = 'late' AND y.key = CAST(t.payment_id AS VARCHAR)"
	const pay = "CAST(p.pay_date AS TIMESTAMP) + to_hours(18)"
	return map[string]rule{
		"invoice": {born: on("inv_date"), joins: "LEFT JOIN replay_invoice_fate AS f ON f.invoice_id = t.invoice_id",
			show:    map[string]string{"status": "CASE WHEN f.last_paid IS NULL OR f.last_paid < {end} THEN t.status WHEN f.begun OR f.first_paid < {end} THEN 'part paid' ELSE 'open' END"},
			changes: []string{"f.first_paid", "f.last_paid"}},
		"invoice_line": {born: "CAST(i.inv_date AS TIMESTAMP) + to_hours(18)", joins: "LEFT JOIN replay_invoice AS i ON i.invoice_id = t.invoice_id"},
		"payment":      {born: on("pay_date")},
		"payment_alloc": {born: "greatest(" + pay + ", coalesce(y.night, " + pay + "))",
			joins: paid},
		"expense":    {born: on("date")},
		"target":     {born: "CAST(substr(CAST(t.period AS VARCHAR), 1, 4) || '-01-01' AS TIMESTAMP) - to_days(31)"},
		"plan":       {born: "CAST(CAST(t.year AS VARCHAR) || '-01-01' AS TIMESTAMP) - to_days(31)"},
		"commission": {born: "least(CAST(CAST(t.period AS VARCHAR) || '-01' AS TIMESTAMP) + to_months(1) + to_days(4), {closing} - to_hours(6))"},
	}
}

// relations are campaigns, leads, talks and service. A campaign is announced
// two months ahead.
func relations() map[string]rule {
	const campaign = "LEFT JOIN replay_campaign AS k ON k.campaign_id = t.campaign_id"
	const ticket = "LEFT JOIN replay_trouble AS y ON y.table_name = 'ticket' AND y.kind = 'late' AND y.key = CAST(t.ticket_id AS VARCHAR)"
	const ended = "least(greatest(CASE WHEN t.status = 'converted' THEN CAST(c.created_date AS TIMESTAMP) ELSE coalesce(CAST(t.first_touch_ts AS TIMESTAMP), CAST(t.created_date AS TIMESTAMP)) + to_days(30) END, CAST(t.created_date AS TIMESTAMP)) + to_hours(1), {closing} - to_hours(6))"
	open := func(column string) string {
		return "CASE WHEN t.status <> 'new' AND " + ended + " < {end} THEN t." + column + " END"
	}
	settled := func(column, before string) string {
		return "CASE WHEN " + at("closed_date") + " >= {end} THEN " + before + " ELSE t." + column + " END"
	}
	return map[string]rule{
		"campaign": {born: on("plan_start") + " - to_days(60)",
			show:    map[string]string{"act_start": known("act_start"), "act_end": known("act_end")},
			changes: []string{on("act_start"), on("act_end")}},
		"campaign_cost":     {born: on("date")},
		"campaign_target":   {born: "coalesce(" + at("sent_ts") + ", CAST(k.plan_start AS TIMESTAMP) + to_hours(18))", joins: campaign},
		"campaign_response": {born: at("ts")},
		"lead": {born: on("created_date"), joins: "LEFT JOIN replay_customer AS c ON c.customer_id = t.converted_customer_id",
			show: map[string]string{"first_touch_ts": known("first_touch_ts"), "converted_customer_id": open("converted_customer_id"),
				"lost_reason": open("lost_reason"), "status": "CASE WHEN t.status <> 'new' AND " + ended + " >= {end} THEN 'new' ELSE t.status END"},
			changes: []string{at("first_touch_ts"), "CASE WHEN t.status <> 'new' THEN " + ended + " END"}},
		"opportunity": {born: on("created_date"),
			show: map[string]string{"closed_date": known("closed_date"), "won": until(at("closed_date"), "won"), "lost_reason": settled("lost_reason", "NULL"),
				"competitor": settled("competitor", "NULL"), "stage": settled("stage", "'proposal'"), "probability": settled("probability", "'50'")},
			changes: []string{on("closed_date")}},
		"opp_stage_hist": {born: at("ts")},
		"quote":          {born: on("valid_from")},
		"contract":       {born: on("start_date")},
		"activity":       {born: at("start_ts")},
		"message":        {born: at("ts"), show: map[string]string{"replied_ts": known("replied_ts")}, changes: []string{at("replied_ts")}},
		"web_session":    {born: at("start_ts")},
		"ticket": {born: at("opened_ts"),
			show: map[string]string{"first_response_ts": known("first_response_ts"), "resolved_ts": known("resolved_ts"),
				"reopened":      "CASE WHEN " + at("resolved_ts") + " >= {end} THEN 0 ELSE CAST(t.reopened AS INTEGER) END",
				"minutes_spent": "CASE WHEN " + at("resolved_ts") + " >= {end} THEN 0 ELSE CAST(t.minutes_spent AS INTEGER) END",
				"root_cause":    "CASE WHEN " + at("resolved_ts") + " >= {end} THEN NULL ELSE t.root_cause END"},
			changes: []string{at("first_response_ts"), at("resolved_ts")}},
		"ticket_event":    {born: "greatest(" + at("ts") + ", coalesce(y.night, " + at("ts") + "))", joins: ticket},
		"survey_response": {born: "greatest(" + on("date") + ", coalesce(y.night, " + on("date") + "))", joins: ticket},
	}
}
