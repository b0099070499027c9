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
//	                                                                       of open lines that are not due, ages and expected dates are set to those of the as-of date
//	star_observed           line_id                order_line              its stage events, purchase lines; those of lines with an event a year ago
//	fact_stage_event        event_id               order_line_stage_event  all events of a line with a changed event, its order line, batch
//	fact_purchase_line      po_line_id             purchase_line           its purchase order, payments of it, order line, title prices, supplier; lines whose due date passes
//	fact_inventory          snap_date, warehouse,  inventory_snapshot      moves of the title in the year before the count
//	                        title_id
//	fact_inventory_move     move_id                inventory_move
//	fact_catalogue_listing  catalogue_id, title_id catalogue_item          order lines of the title; listings that mature
//	fact_batch_cost         batch_id               batch                   its events, purchase orders and their lines; order lines in it that count otherwise; weights of titles
//	star_landed_line        line_id                order_line              its purchase lines, their purchase orders and rates; its shares of batches
func flowSteps() []step {
	return []step{
		{"dim_stage", "core.dim_stage", script("flow/dim_stage")},
		{"dim_age_band", "core.dim_age_band", script("flow/dim_age_band")},
		{"dim_reason", "core.dim_reason", script("flow/dim_reason")},
		{"dim_warehouse", "core.dim_warehouse", script("flow/dim_warehouse")},
		{"final_stage", "star_final_stage", script("flow/final_stage")},
		{"flow_moved", "", increments("flow/moved")},
		observed().step(),
		orderStages().step(),
		stageEvents().step(),
		purchaseLines().step(),
		{"fact_inventory_move", "core.fact_inventory_move", script("flow/fact_inventory_move")},
		{"fact_inventory", "core.fact_inventory", script("flow/fact_inventory")},
		{"fact_catalogue_listing", "core.fact_catalogue_listing", script("flow/fact_catalogue_listing")},
		{"flow_tidy", "", script("flow/tidy")},
	}
}

// observed is how long order lines took from stage to stage, which tells when open
// ones will be here.
func observed() fact {
	return fact{
		name: "flow/observed", table: "meta.star_observed", unsorted: true,
		parts: []part{{
			driver: "order_line", keys: []string{"line_id"}, due: "observed", sliced: linesByDay,
			along: map[string][]string{"order_line_stage_event": {"line_id"}},
		}},
		reads: []string{"order_header", "order_line_stage_event", "purchase_line", "purchase_order", "supplier"},
	}
}

// orderStages are the courses of the order lines.
func orderStages() fact {
	return fact{
		name: "flow/fact_order_stage", table: "core.fact_order_stage", date: "date_key",
		parts: []part{{driver: "order_line", keys: []string{"line_id"}, due: "fact_order_stage", sliced: linesByDay}},
		reads: []string{"order_header", "order_line_stage_event", "purchase_line", "purchase_order", "invoice", "invoice_line", "payment", "payment_alloc",
			"batch", "supplier", "calendar_event"},
		shared: []string{"flow/eta"},
		before: []string{"flow/order_flow", "flow/order_open", "flow/order_age"},
		some:   []string{"flow/order_flow", "flow/order_open", "flow/order_waiting", "flow/order_age"},
		aging:  []string{"flow/order_aged"},
	}
}

// stageEvents are the events of order lines.
func stageEvents() fact {
	return fact{
		name: "flow/fact_stage_event", table: "core.fact_stage_event", date: "date_key",
		parts: []part{{driver: "order_line_stage_event", keys: []string{"event_id"}, due: "fact_stage_event", sliced: "SELECT event_id, CAST(event_ts AS DATE) AS day FROM stage.order_line_stage_event"}},
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

// titleWeights states what the configuration says of landed cost, and what copies
// of titles weigh.
func titleWeights(ctx context.Context, b *builder) error {
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
	if err := script("flow/title_weight")(ctx, b); err != nil {
		return err
	}
	return working{name: "title_weight", keys: []string{"title_id"}}.compare(ctx, b)
}

// batchCosts are freight and duty of batches, shared among their lines.
func batchCosts() fact {
	return fact{
		name: "flow/fact_batch_cost", table: "core.fact_batch_cost", tells: "line_id",
		parts: []part{{
			driver: "batch", keys: []string{"batch_id"}, due: "fact_batch_cost",
			of: "f.batch_key IN (SELECT w.batch_key FROM star_was_batch AS w JOIN due.key_fact_batch_cost AS k ON CAST(k.batch_id AS VARCHAR) = w.batch_id)",
		}},
		reads:  []string{"order_header", "order_line", "order_line_stage_event", "purchase_order", "purchase_line", "title"},
		before: []string{"flow/batch_line"},
	}
}

// landedLines are what it cost to bring order lines in.
func landedLines() fact {
	return fact{
		name: "flow/landed_line", table: "meta.star_landed_line", tells: "line_id", unsorted: true,
		parts: []part{{
			driver: "order_line", keys: []string{"line_id"}, due: "landed_line",
			sliced: linesByDay + "\nUNION ALL\nSELECT DISTINCT p.order_line_id, CAST(NULL AS DATE) FROM stage.purchase_line AS p WHERE p.order_line_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM stage.order_line AS l WHERE l.line_id = p.order_line_id)",
			along:  map[string][]string{"purchase_line": {"order_line_id"}},
		}},
		reads: []string{"batch", "order_line_stage_event", "purchase_line", "purchase_order"},
	}
}
