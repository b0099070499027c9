package star

import (
	"context"
	"fmt"
	"testing"
	"time"

	"verso/olap/engine/duck"
)

// TestArrivals holds the expected days of arrival against a company made by hand.
// Of the lines that came to "shipped abroad", more than half were in the port after
// 5 days and here after 10; the others stayed at sea 30 days and were here after 40.
// So a line that has been at sea for 6 days is one of the slow ones, although most
// of those that had waited 6 days were here after 10: they were in the port.
func TestArrivals(t *testing.T) {
	_, conn := newDatabase(t, "BIGINT", duck.Options{Threads: 1})
	asOf := day(t, "2025-06-30")
	var lines, orders, events []string
	line := func(id int, steps map[string]int) {
		orders = append(orders, fmt.Sprintf("%d, 'O%d', 1, '%s 08:00:00'", id, id, asOf.AddDate(0, 0, -steps["received"]).Format(time.DateOnly)))
		lines = append(lines, fmt.Sprintf("%d, %d, 1, 1, 1, 100", id, id))
		for _, stage := range []string{"received", "shipped_abroad", "arrived_port", "delivered"} {
			if ago, ok := steps[stage]; ok {
				events = append(events, fmt.Sprintf("%d, %d, '%s', '%s 09:00:00', 1", len(events)+1, id, stage, asOf.AddDate(0, 0, -ago).Format(time.DateOnly)))
			}
		}
	}
	for i := range 24 {
		began := 60 + i
		line(1+i, map[string]int{"received": began + 5, "shipped_abroad": began, "arrived_port": began - 5, "delivered": began - 10})
		if i%6 == 5 { // 20 slow ones, 24 fast
			continue
		}
		line(101+i, map[string]int{"received": began + 5, "shipped_abroad": began, "arrived_port": began - 30, "delivered": began - 40})
	}
	line(201, map[string]int{"received": 25, "shipped_abroad": 20})
	line(202, map[string]int{"received": 8, "shipped_abroad": 3})
	line(203, map[string]int{"received": 12, "shipped_abroad": 6})
	line(204, map[string]int{"received": 12, "shipped_abroad": 6, "arrived_port": 1})
	fill(t, conn, "customer", "customer_id, name", "1, 'Library'")
	fill(t, conn, "supplier", "supplier_id, name", "1, 'Press'")
	fill(t, conn, "title", "title_id, title, publisher_id", "1, 'Book', 1")
	fill(t, conn, "order_header", "order_id, order_no, customer_id, order_date", orders...)
	fill(t, conn, "order_line", "line_id, order_id, line_no, title_id, qty_ordered, unit_price", lines...)
	fill(t, conn, "order_line_stage_event", "event_id, line_id, stage, event_ts, qty", events...)
	if err := Build(context.Background(), conn, Options{AsOf: asOf, Currency: "CNY"}); err != nil {
		t.Fatal(err)
	}
	want(t, conn, `SELECT line_id, eta_p50, eta_p90 FROM core.fact_order_stage WHERE is_open ORDER BY CAST(line_id AS INTEGER)`,
		"201|2025-07-20|2025-07-20", // at sea since 10 June: with the slow ones 40 days
		"202|2025-07-07|2025-08-06", // since 27 June: more than half of all after 10 days, nearly all after 40
		"203|2025-08-03|2025-08-03", // since 24 June: the fast ones were in the port by now
		"204|2025-07-04|2025-07-09") // in the port since 29 June: 5 days for most, 10 for the others
}
