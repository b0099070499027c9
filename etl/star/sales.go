package star

// linesByDay are the order lines and the days of their orders, by which what is
// made of them is in order.
const linesByDay = "SELECT l.line_id, o.order_date AS day FROM stage.order_line AS l LEFT JOIN star_order AS o ON o.order_id = l.order_id"

// orderLines are the order lines. A line is due with its order (header, and
// what the order takes of customer, region, channel, salesperson, currency,
// rate and calendar), with what it takes of its title, and with the purchase
// lines that tell its cost, their purchase orders and their rates.
func orderLines() fact {
	return fact{
		name: "fact_order_line", table: "core.fact_order_line", date: "date_key", tells: "line_id",
		parts: []part{{
			driver: "order_line", keys: []string{"line_id"}, due: "fact_order_line", sliced: linesByDay,
			along: map[string][]string{"purchase_line": {"order_line_id"}},
		}},
		reads:  []string{"order_header", "purchase_line", "purchase_order"},
		before: []string{"cost"},
		after:  []string{"quarantine"},
	}
}

// returns are the return lines, due with the order line they come back from,
// their customer and their title, and order lines of a negative quantity, due
// as order lines are.
func returns() fact {
	return fact{
		name: "fact_return", table: "core.fact_return", date: "date_key",
		parts: []part{
			{driver: "return_line", keys: []string{"return_id"}, where: "NOT from_order_line", due: "fact_return"},
			{driver: "order_line", keys: []string{"line_id"}, where: "from_order_line", due: "fact_return_line"},
		},
		after: []string{"quarantine_return"},
	}
}
