package star

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"verso/olap/engine"
)

// Money says how amounts are valued beside the rates of their days. The zero
// value is the defaults.
type Money struct {
	// ConstantYear is the year whose average rates are the constant rates; 0 is
	// the last full calendar year before the as-of date.
	ConstantYear int
	// ConstantRates are fixed constant rates, report currency per unit, by
	// currency; the others follow ConstantYear.
	ConstantRates map[string]float64
	// BalanceDays is for how many days up to the as-of date open balances are
	// kept by day; before them by month end. 0 is 92.
	BalanceDays int
	// Costs are configured cost rates by name, as in meta.cost_rate.
	Costs map[string]float64
	// People are the kinds of expense that pay for people's time, in lower case;
	// nil is the usual words for salaries.
	People []string
}

// balanceDays is the default of Money.BalanceDays: a quarter of a year.
const balanceDays = 92

// peopleWords are the kinds of expense that pay for people's time.
func peopleWords() []string {
	return []string{"salary", "salaries", "wage", "wages", "payroll", "personnel", "bonus", "social insurance",
		"工资", "薪酬", "薪资", "奖金", "社保", "人工"}
}

// given puts the choices of Money into star_given.
func given(ctx context.Context, b *builder) error {
	if err := script("money/given")(ctx, b); err != nil {
		return err
	}
	m := b.options.Money
	if m.ConstantYear != 0 && (m.ConstantYear < 1900 || m.ConstantYear > 2199) {
		return fmt.Errorf("year of the constant rates %d: want a year such as %d", m.ConstantYear, b.options.AsOf.Year()-1)
	}
	if m.BalanceDays < 0 {
		return fmt.Errorf("balances for %d days: want none or more", m.BalanceDays)
	}
	type row struct {
		subject, name string
		value         float64
	}
	rows := []row{
		{"constant_year", "", float64(cmp.Or(m.ConstantYear, b.options.AsOf.Year()-1))},
		{"balance_days", "", float64(cmp.Or(m.BalanceDays, balanceDays))},
	}
	for _, ccy := range slices.Sorted(maps.Keys(m.ConstantRates)) {
		rows = append(rows, row{"rate", ccy, m.ConstantRates[ccy]})
	}
	for _, name := range slices.Sorted(maps.Keys(m.Costs)) {
		rows = append(rows, row{"cost", name, m.Costs[name]})
	}
	people := m.People
	if people == nil {
		people = peopleWords()
	}
	for _, kind := range people {
		rows = append(rows, row{"people", kind, 0})
	}
	values := make([]string, len(rows))
	for i, r := range rows {
		values[i] = fmt.Sprintf("(%s, %s, %s)", engine.QuoteText(r.subject), engine.QuoteText(r.name), strconv.FormatFloat(r.value, 'f', 8, 64))
	}
	_, err := b.conn.Exec(ctx, engine.SQL("INSERT INTO star_given VALUES "+strings.Join(values, ", ")))
	return err
}

// moneySteps are what was billed, owed, paid, planned and spent.
//
// What is known of invoices, payments and what these settle is worked out whole
// every night, for a balance needs all payments, and compared with that of the
// night before (see working); of what is different, facts are made anew. Beside it
//   - fact_sales: key invoice_id; invoice_line, the order lines and returns billed,
//     and the rates of the days these were ordered on.
//   - fact_receivable, fact_payable: what is open and overdue changes every day, so
//     open invoices, and those dated or due after the last build, are due too.
//   - fact_payment: key payment_id; the invoices it settles, the methods of payment.
//   - fact_supplier_payment: key pay_id; nothing else.
//   - fact_receivable_balance, fact_payable_balance: customer or supplier and day; what changed of an invoice by day
//     is compared with that of the last build; of whom it is another, the balances from that day on.
//   - fact_plan, fact_target: made whole; a row depends on others of its month.
//   - fact_expense, fact_commission: no key; made whole.
func moneySteps() []step {
	return []step{
		{"dim_money", "core.dim_expense_kind", script("money/dim_money")},
		{"dim_ageing", "core.dim_ageing", script("money/dim_ageing")},
		{"invoice", "star_invoice", script("money/invoice")},
		{"payment", "star_allocation", script("money/payment")},
		{"supplier_invoice", "star_supplier_invoice", script("money/supplier_invoice")},
		{"compare_money", "", compareMoney},
		moneyFact("sales", "invoice", "invoice_id", "invoice_line", "order_line").step(),
		moneyFact("receivable", "invoice", "invoice_id").step(),
		moneyFact("payment", "payment", "payment_id").step(),
		moneyFact("payable", "supplier_invoice", "inv_id").step(),
		moneyFact("supplier_payment", "supplier_payment", "pay_id").step(),
		{"balance_day", "star_balance_day", script("money/balance_day")},
		{"receivable_span", "star_receivable_span", script("money/receivable_span")},
		{"payable_span", "star_payable_span", script("money/payable_span")},
		{"balance_moved", "", compareBalances},
		moneyBalance("receivable", "customer_key").step(),
		moneyBalance("payable", "supplier_key").step(),
		{"goal", "star_goal_month", script("money/goal")},
		{"fact_plan", "core.fact_plan", script("money/fact_plan")},
		{"fact_target", "core.fact_target", script("money/fact_target")},
		{"fact_expense", "core.fact_expense", script("money/fact_expense")},
		{"fact_commission", "core.fact_commission", script("money/fact_commission")},
		{"quarantine_money", "", script("money/quarantine")},
	}
}

// moneyFact is a fact of money of one row, or a few, a key of its driver.
func moneyFact(name, driver, key string, reads ...string) fact {
	return fact{
		name: "money/fact_" + name, table: "core.fact_" + name, date: "date_key",
		parts: []part{{driver: driver, keys: []string{key}, due: "fact_" + name}},
		reads: reads,
		aged:  name == "receivable" || name == "payable",
	}
}

// moneyBalance is a fact of what was open with customers or suppliers day by day.
// Of whom something is different, the days from that on are made anew, and of all
// the days that were not kept in the last build.
func moneyBalance(name, key string) fact {
	return fact{
		name: "money/fact_" + name + "_balance", table: "core.fact_" + name + "_balance", date: "date_key",
		parts:  []part{{keys: []string{key, "date_key"}, due: "fact_" + name + "_balance"}},
		before: []string{"money/" + name + "_all"},
		some:   []string{},
		end:    "date > (SELECT as_of FROM star_was)",
	}
}

// compareBalances finds what balances are made of that is something else than in
// the last build, and the day from which on this concerns whom.
func compareBalances(ctx context.Context, b *builder) error {
	for _, w := range []working{
		{name: "balance_day", keys: []string{"date_key"}},
		{name: "receivable_event", keys: []string{"customer_key", "invoice_id", "day"}},
		{name: "payable_event", keys: []string{"supplier_key", "inv_id", "day"}},
	} {
		if err := w.compare(ctx, b); err != nil {
			return err
		}
	}
	for _, name := range []string{"receivable", "payable"} {
		if err := b.either(ctx, []string{"money/" + name + "_all"}, []string{"money/" + name + "_some"}); err != nil {
			return err
		}
	}
	return nil
}
