package star

import (
	"context"
	"slices"
	"testing"
)

// TestSlices makes large facts a span of days at a time: their rows stand as they
// do when they are made at once.
func TestSlices(t *testing.T) {
	t.Parallel()
	n := newNights(t, 5, "BIGINT")
	n.nightOf(func() {
		goodsCompany(n)
		for range 120 {
			n.order()
		}
		for range 60 {
			n.row("order_line_stage_event", "event_id, line_id, stage, event_ts, qty", n.id(), 1+n.r.IntN(10), n.pick("'received'", "'confirmed'", "'inbound'", "'delivered'"), n.day(), n.pick("1", "NULL"))
		}
	})
	whole := Options{AsOf: n.asOf, Currency: "CNY"}
	if err := buildFrom(context.Background(), n.step, scripts, whole, n.steps); err != nil {
		t.Fatal(err)
	}
	whole.SliceRows = 25
	if err := buildFrom(context.Background(), n.fresh, scripts, whole, n.steps); err != nil {
		t.Fatal(err)
	}
	for table, order := range map[string]string{"core.fact_order_line": "", "core.fact_order_stage": "", "core.fact_stage_event": "", "core.fact_customer_month": "",
		"meta.star_observed": " ORDER BY t", "meta.star_landed_line": " ORDER BY t", "quarantine.order_line": ""} {
		rows := "SELECT CAST(t AS VARCHAR) FROM " + table + " AS t" + order
		once, sliced := query(t, n.step, rows), query(t, n.fresh, rows)
		if !slices.Equal(once, sliced) {
			t.Errorf("%s: %d rows made at once, %d by spans of days; only once %s, only by spans %s", table, len(once), len(sliced), only(once, sliced), only(sliced, once))
		}
		if len(once) < 26 && table[:5] == "core." {
			t.Errorf("%s: only %d rows: nothing was made in spans", table, len(once))
		}
	}
}
