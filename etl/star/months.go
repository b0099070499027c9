package star

import (
	"context"
	"slices"

	"verso/olap/engine"
)

// monthSteps are customers month by month.
//
// What customers ordered, sent back, asked and cost is summed up by month whole in
// every build, and compared with the sums of the last one (see working), as is
// what they had bought up to the end of a month. An increment makes anew
//   - the months of customers of which a sum is different,
//   - from the first on up to which a customer had bought something else: these,
//     and the places of all customers in them, for customers of a month are ranked
//     among each other,
//   - where the place of a customer is another: that month, and those a month and a
//     year after it, whose states tell of it,
//   - all of a customer that has other months, another owner or place, or that
//     first ordered on another day,
//   - all from the month of the last build's as-of date on.
func monthSteps() []step {
	return []step{
		relation("month_order", "star_order_day"),
		relation("month_contact", ""),
		relation("month_capital", ""),
		{"month_receivable", "star_month_capital", ifColumn("star_receivable_span", "open", script("relations/month_receivable"))},
		{"month_landed", "star_month_landed", ifColumn("core.fact_order_line", "gross_margin", script("relations/month_landed"))},
		relation("month_spine", "star_month_running"),
		{"month_moved", "star_month_ranked", compareMonths},
		{"month_rank", "star_month_rank", rankMonths},
		customerMonths().step(),
		relation("dim_customer_state", "core.dim_customer_state"),
		relation("relations_tidy", ""),
	}
}

// customerMonths are the customers month by month.
func customerMonths() fact {
	return fact{
		name: "relations/fact_customer_month", table: "core.fact_customer_month", date: "date_key",
		parts: []part{{
			keys: []string{"customer_key", "month"}, due: "fact_customer_month",
			sliced: "SELECT b.customer_key, c.month, c.month AS day FROM star_month_bound AS b JOIN star_calendar_month AS c ON c.month BETWEEN b.first_month AND b.last_month",
		}},
		before:  []string{"relations/month_all", "relations/month_state"},
		spanned: []string{"relations/month_span", "relations/month_state"},
		some:    []string{"relations/month_some", "relations/month_state"},
		end:     "month >= (SELECT month FROM star_was_month)",
	}
}

// monthWorking are the working tables that months of customers are made of.
func monthWorking() []working {
	var out []working
	for _, name := range []string{"month_sale", "month_landed", "month_return", "month_activity", "month_message", "month_session", "month_ticket",
		"month_campaign", "month_due", "month_expense", "month_commission", "month_capital", "turn", "month_running"} {
		out = append(out, working{name: name, keys: []string{"customer_key", "month"}})
	}
	return out
}

// compareMonths finds what months of customers are made of that is something else
// than in the last build, and the months whose customers are to be ranked anew.
func compareMonths(ctx context.Context, b *builder) error {
	for _, w := range monthWorking() {
		if err := w.compare(ctx, b); err != nil {
			return err
		}
	}
	return b.either(ctx, []string{"relations/month_ranked_all"}, []string{"relations/month_moved"})
}

// rankMonths ranks the customers of months and keeps their places.
func rankMonths(ctx context.Context, b *builder) error {
	return b.either(ctx, []string{"relations/month_rank", "relations/month_rank_all"}, []string{"relations/month_rank", "relations/month_rank_some"})
}

// either runs one list of scripts in a whole build and another, which stands for
// it, in an increment.
func (b *builder) either(ctx context.Context, whole, some []string) error {
	end, err := b.insteadOf(whole...)
	if err != nil {
		return err
	}
	defer end()
	run := whole
	if b.whole == "" {
		run = some
	}
	for _, s := range run {
		if err := script(s)(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

// ifColumn runs a step where a table has a column: what costs of customers rest
// on is not worked out in every star.
func ifColumn(table, column string, run func(context.Context, *builder) error) func(context.Context, *builder) error {
	return func(ctx context.Context, b *builder) error {
		columns, _, err := engine.Describe(ctx, b.conn, table)
		if err != nil || !slices.ContainsFunc(columns, func(c engine.Described) bool { return c.Name == column }) {
			return err
		}
		return run(ctx, b)
	}
}
