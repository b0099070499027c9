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
// Facts, their keys, the tables that drive them, and what else makes rows due:
//   - fact_sales: key invoice_id; due.invoice; invoice_line (its invoice_id),
//     order_line, purchases and supplier payments (through line_id), fx_rate.
//   - fact_receivable: key invoice_id; due.invoice; payment_alloc, payment. As of:
//     what is open and overdue changes every day, so every row is due every night.
//   - fact_payment: key payment_id; due.payment; payment_alloc, invoice, fx_rate.
//   - fact_payable: key inv_id; due.supplier_invoice; supplier_payment. As of.
//   - fact_supplier_payment: key pay_id; due.supplier_payment; supplier_invoice.
//   - fact_receivable_balance, fact_payable_balance: as of, made whole.
//   - fact_plan, fact_target: made whole; a row depends on others of its month.
//   - fact_expense, fact_commission: no key; due.expense, due.commission.
//
// star_invoice, star_payment, star_allocation and what is made of them hold all
// rows of stage: an invoice's balance needs all of its payments.
func moneySteps() []step {
	return []step{
		{"dim_money", "core.dim_expense_kind", script("money/dim_money")},
		{"dim_ageing", "core.dim_ageing", script("money/dim_ageing")},
		{"invoice", "star_invoice", script("money/invoice")},
		{"fact_sales", "core.fact_sales", script("money/fact_sales")},
		{"payment", "star_allocation", script("money/payment")},
		{"fact_receivable", "core.fact_receivable", script("money/fact_receivable")},
		{"fact_payment", "core.fact_payment", script("money/fact_payment")},
		{"supplier_invoice", "star_supplier_invoice", script("money/supplier_invoice")},
		{"fact_payable", "core.fact_payable", script("money/fact_payable")},
		{"fact_supplier_payment", "core.fact_supplier_payment", script("money/fact_supplier_payment")},
		{"balance_day", "star_balance_day", script("money/balance_day")},
		{"fact_receivable_balance", "core.fact_receivable_balance", script("money/fact_receivable_balance")},
		{"fact_payable_balance", "core.fact_payable_balance", script("money/fact_payable_balance")},
		{"goal", "star_goal_month", script("money/goal")},
		{"fact_plan", "core.fact_plan", script("money/fact_plan")},
		{"fact_target", "core.fact_target", script("money/fact_target")},
		{"fact_expense", "core.fact_expense", script("money/fact_expense")},
		{"fact_commission", "core.fact_commission", script("money/fact_commission")},
		{"quarantine_money", "", script("money/quarantine")},
	}
}
