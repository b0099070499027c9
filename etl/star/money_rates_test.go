package star

import (
	"context"
	"testing"

	"verso/olap/engine/duck"
)

// A minute costs what people were paid by the minutes they worked, unless it is
// configured; the other rates are configured or stated defaults.
func TestCostRates(t *testing.T) {
	_, conn := newDatabase(t, "BIGINT", duck.Options{Threads: 1})
	fill(t, conn, "calendar_event", "date, kind, name", "'2025-05-01', 'holiday', 'Labour day'")
	fill(t, conn, "employee", "employee_id, name, hire_date, leave_date", "1, 'a', NULL, NULL", "2, 'b', '2025-05-20', NULL", "3, 'c', NULL, '2025-04-30'")
	fill(t, conn, "expense", "employee_id, date, kind, amount, is_deleted",
		"1, '2025-04-30', 'Salary', 10560, NULL", // April: 22 working days
		"NULL, '2025-05-31', '工资 ', 20160, NULL", // May: 21 working days, 1 and 2
		"1, '2025-04-15', 'travel', 500, NULL",   // no time
		"1, '2025-06-05', 'salary', 99999, NULL", // the month is not full yet
		"1, '2024-05-31', 'salary', 99999, NULL", // too long ago
		"1, '2025-04-30', 'salary', 99999, true") // deleted
	build := func(m Money) {
		t.Helper()
		if err := Build(context.Background(), conn, Options{AsOf: day(t, "2025-06-15"), Currency: "CNY", Money: m}); err != nil {
			t.Fatal(err)
		}
	}
	build(Money{})
	// (10560 + 20160) / (22 + 2 x 21 days of 480 minutes) = 30720 / 30720.
	want(t, conn, "SELECT name, value, source FROM meta.cost_rate WHERE name IN ('minute', 'minute.ticket.complaint', 'km', 'capital') ORDER BY name",
		"capital|0.06000000|default", "km|1.00000000|default",
		"minute|1.00000000|derived: 30720.0000 paid for 30720 working minutes, 2025-04 to 2025-05",
		"minute.ticket.complaint|1.00000000|as minute: derived: 30720.0000 paid for 30720 working minutes, 2025-04 to 2025-05")
	build(Money{Costs: map[string]float64{"minute": 1.25, "minute.ticket.complaint": 2, "capital": 0.045}})
	want(t, conn, "SELECT name, value, source FROM meta.cost_rate WHERE name IN ('minute', 'minute.ticket.complaint', 'minute.activity.visit', 'capital') ORDER BY name",
		"capital|0.04500000|configured", "minute|1.25000000|configured", "minute.activity.visit|1.25000000|as minute: configured", "minute.ticket.complaint|2.00000000|configured")
	build(Money{People: []string{"payroll"}})
	want(t, conn, "SELECT count(*), min(value), min(source) FROM meta.cost_rate WHERE name = 'minute'", "1|1.00000000|default")
	want(t, conn, "SELECT count(*), count(DISTINCT name) FROM meta.cost_rate", "19|19")
}
