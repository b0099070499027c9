package star

import (
	"context"
	"fmt"
	"strconv"

	"verso/olap/engine"
)

// Landed is what the sources do not say of the cost of bringing copies in.
type Landed struct {
	HandlingPerCopy float64 // report currency for each copy kept
	GramsPerPage    float64 // weight of titles without one, by their pages; 0 is 1.5
	GramsPerCopy    float64 // weight of titles without pages either; 0 is 600
}

// flowSteps follow goods from the order to the shelf: stages, batches, purchases,
// stock, catalogues. dim_batch, dim_catalogue, dim_order_flags and the costs of
// batches come earlier, because core.fact_order_line reads them.
//
// What makes rows due beside a change of the driving table itself:
//
//	fact                    key                    driving table           due rows also by
//	fact_order_line         line_id                order_line              all lines of a batch whose row, events or lines changed; the order's customer when its first order changed
//	fact_order_stage        line_id                order_line              its stage events, purchase lines, invoice lines and allocations, batch;
//	                                                                       every line that is or was open, each night: ages and expected dates are of the as-of date
//	fact_stage_event        event_id               order_line_stage_event  all events of a line with a changed event, its order line, batch
//	fact_purchase_line      po_line_id             purchase_line           its purchase order, payments of it, order line, title prices, supplier; lines whose due date passes
//	fact_inventory          snap_date, warehouse,  inventory_snapshot      moves of the title in the year before the count
//	                        title_id
//	fact_inventory_move     move_id                inventory_move
//	fact_catalogue_listing  catalogue_id, title_id catalogue_item          order lines of the title; listings that mature
//	fact_batch_cost         made whole by step landed
func flowSteps() []step {
	return []step{
		{"dim_stage", "core.dim_stage", script("flow/dim_stage")},
		{"dim_age_band", "core.dim_age_band", script("flow/dim_age_band")},
		{"dim_reason", "core.dim_reason", script("flow/dim_reason")},
		{"dim_warehouse", "core.dim_warehouse", script("flow/dim_warehouse")},
		{"final_stage", "star_final_stage", script("flow/final_stage")},
		{"flow_moved", "", increments("flow/moved")},
		orderStages().step(),
		stageEvents().step(),
		purchaseLines().step(),
		{"fact_inventory_move", "core.fact_inventory_move", script("flow/fact_inventory_move")},
		{"fact_inventory", "core.fact_inventory", script("flow/fact_inventory")},
		{"fact_catalogue_listing", "core.fact_catalogue_listing", script("flow/fact_catalogue_listing")},
		{"flow_tidy", "", script("flow/tidy")},
	}
}

// orderStages are the courses of the order lines.
func orderStages() fact {
	return fact{
		name: "flow/fact_order_stage", table: "core.fact_order_stage", date: "date_key",
		parts: []part{{driver: "order_line", keys: []string{"line_id"}, due: "fact_order_stage"}},
		reads: []string{"order_header", "order_line_stage_event", "purchase_line", "purchase_order", "invoice", "invoice_line", "payment", "payment_alloc",
			"batch", "supplier", "calendar_event"},
		before: []string{"flow/order_flow", "flow/eta"},
		aged:   true,
	}
}

// stageEvents are the events of order lines.
func stageEvents() fact {
	return fact{
		name: "flow/fact_stage_event", table: "core.fact_stage_event", date: "date_key",
		parts: []part{{driver: "order_line_stage_event", keys: []string{"event_id"}, due: "fact_stage_event"}},
		reads: []string{"order_line"},
	}
}

// purchaseLines are what was ordered from suppliers.
func purchaseLines() fact {
	return fact{
		name: "flow/fact_purchase_line", table: "core.fact_purchase_line", date: "date_key",
		parts: []part{{driver: "purchase_line", keys: []string{"po_line_id"}, due: "fact_purchase_line"}},
		reads: []string{"purchase_order", "order_line", "title", "title_price", "supplier"},
	}
}

// landed states what the configuration says of landed cost, then shares the
// batches' freight and duty.
func landed(ctx context.Context, b *builder) error {
	o := b.options.Landed
	if o.HandlingPerCopy < 0 || o.GramsPerPage < 0 || o.GramsPerCopy < 0 {
		return fmt.Errorf("landed cost: negative handling or weight: %+v", o)
	}
	if o.GramsPerPage == 0 {
		o.GramsPerPage = 1.5
	}
	if o.GramsPerCopy == 0 {
		o.GramsPerCopy = 600
	}
	number := func(x float64) string { return strconv.FormatFloat(x, 'f', 4, 64) }
	_, err := b.conn.Exec(ctx, engine.SQL(
		`CREATE OR REPLACE TABLE meta.star_landed AS
SELECT CAST(? AS DECIMAL(18, 4)) AS handling_per_copy, CAST(? AS DECIMAL(18, 4)) AS grams_per_page, CAST(? AS DECIMAL(18, 4)) AS grams_per_copy`,
		number(o.HandlingPerCopy), number(o.GramsPerPage), number(o.GramsPerCopy)))
	if err != nil {
		return err
	}
	return script("flow/landed")(ctx, b)
}
