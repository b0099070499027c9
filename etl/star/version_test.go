package star

import (
	"context"
	"fmt"
	"testing"

	"verso/olap/engine/duck"
)

// changing is a company whose customer 1 became a university on 1 April, after
// a day of being an institute, and moved from Beijing to Shanghai on 1 May;
// customer 2 was renamed only, and customer 3 was first seen on 1 March.
func changing(t *testing.T, ids string) []string {
	_, conn := newDatabase(t, ids, duck.Options{Threads: 1})
	fill(t, conn, "customer", "customer_id, name, customer_type, region_code, owner_employee_id, channel_id, credit_days",
		"1, 'Uni', 'university', '310000', 1, 50, 60", "2, 'New name', 'library', NULL, NULL, NULL, NULL", "3, 'Late', 'agent', NULL, NULL, NULL, NULL",
		"4, 'Merged', 'agent', NULL, NULL, NULL, NULL")
	exec(t, conn, "UPDATE stage.customer SET merged_into = 1 WHERE customer_id = 4")
	exec(t, conn, "CREATE TABLE stage.customer_version AS SELECT *, CAST(NULL AS DATE) AS _from FROM stage.customer WHERE false")
	for _, v := range []string{
		"1, 'Lib', 'library', '110105', NULL, NULL, NULL, NULL", "1, 'Lib', 'institute', '110105', NULL, NULL, NULL, '2025-03-31'",
		"1, 'Uni', 'university', '110105', 1, 50, 60, '2025-04-01'", "1, 'Uni', 'university', '310000', 1, 50, 60, '2025-05-01'",
		"2, 'Old name', 'library', NULL, NULL, NULL, NULL, NULL", "2, 'New name', 'library', NULL, NULL, NULL, NULL, '2025-02-02'",
		"3, 'Late', 'agent', NULL, NULL, NULL, NULL, '2025-03-01'",
	} {
		exec(t, conn, "INSERT INTO stage.customer_version (customer_id, name, customer_type, region_code, owner_employee_id, channel_id, credit_days, _from) VALUES ("+v+")")
	}
	fill(t, conn, "employee", "employee_id, name, dept, manager_id", "1, 'Wang', 'sales', NULL", "2, 'Li', 'sales', 1")
	exec(t, conn, "CREATE TABLE stage.employee_version AS SELECT *, CAST(NULL AS DATE) AS _from FROM stage.employee")
	exec(t, conn, "UPDATE stage.employee_version SET dept = 'import' WHERE employee_id = 1")
	exec(t, conn, "INSERT INTO stage.employee_version SELECT *, DATE '2025-06-01' FROM stage.employee WHERE employee_id = 1")
	fill(t, conn, "supplier", "supplier_id, name, ccy, payment_days", "1, 'Press', 'USD', 90")
	exec(t, conn, "CREATE TABLE stage.supplier_version AS SELECT *, CAST(NULL AS DATE) AS _from FROM stage.supplier")
	exec(t, conn, "UPDATE stage.supplier_version SET payment_days = 30; INSERT INTO stage.supplier_version SELECT *, DATE '2025-06-15' FROM stage.supplier")
	fill(t, conn, "order_header", "order_id, customer_id, order_date",
		"1, 1, '2024-03-01'", "2, 1, '2025-03-31 23:00:00'", "3, 1, '2025-04-01'", "4, 1, '2025-04-30'", "5, 4, '2025-05-01'", "6, 2, '2025-02-02'", "7, 3, '2024-01-01'", "8, NULL, '2025-01-01'")
	for i := 1; i <= 8; i++ {
		fill(t, conn, "order_line", "line_id, order_id, qty_ordered, unit_price", fmt.Sprintf("%d, %d, 1, %d", 10+i, i, i))
	}
	fill(t, conn, "return_line", "return_id, line_id, customer_id, return_date, qty, value_cny",
		"1, 12, NULL, '2025-06-01', 1, 2", "2, NULL, 1, '2025-04-15', 1, 3", "3, NULL, NULL, '2025-04-15', 1, 4")
	if err := Build(context.Background(), conn, Options{AsOf: day(t, "2025-06-30"), Currency: "CNY"}); err != nil {
		t.Fatal(err)
	}
	want(t, conn, "SELECT customer_id, valid_from, valid_to, is_current, name, customer_type, province, owner, channel, credit_days FROM core.dim_customer_version ORDER BY customer_id NULLS FIRST, valid_from",
		"∅|1900-01-01|9999-12-31|true|(unknown)|(unknown)|(unknown)|(unknown)|(unknown)|∅",
		"1|1900-01-01|2025-03-31|false|Uni|library|Beijing|(unknown)|(unknown)|∅",
		"1|2025-03-31|2025-04-01|false|Uni|institute|Beijing|(unknown)|(unknown)|∅",
		"1|2025-04-01|2025-05-01|false|Uni|university|Beijing|Wang|50|60",
		"1|2025-05-01|9999-12-31|true|Uni|university|Shanghai|Wang|50|60",
		"2|1900-01-01|9999-12-31|true|New name|library|(unknown)|(unknown)|(unknown)|∅",
		"3|1900-01-01|9999-12-31|true|Late|agent|(unknown)|(unknown)|(unknown)|∅",
		"4|1900-01-01|9999-12-31|true|Merged|agent|(unknown)|(unknown)|(unknown)|∅")
	want(t, conn, "SELECT e.name, valid_from, valid_to, is_current, dept, manager_key FROM core.dim_employee_version e WHERE employee_key > 0 ORDER BY employee_key, valid_from",
		"Wang|1900-01-01|2025-06-01|false|import|-1", "Wang|2025-06-01|9999-12-31|true|sales|-1", "Li|1900-01-01|9999-12-31|true|sales|1")
	want(t, conn, "SELECT name, valid_from, payment_days, ccy FROM core.dim_supplier_version WHERE supplier_key > 0 ORDER BY valid_from",
		"Press|1900-01-01|30|USD", "Press|2025-06-15|90|USD")
	want(t, conn, "SELECT count(*), count(DISTINCT channel_key), min(valid_from), max(valid_to) FROM core.dim_channel_version",
		query(t, conn, "SELECT count(*), count(*), DATE '1900-01-01', DATE '9999-12-31' FROM core.dim_channel")[0])
	// The sales of the two types of customer 1, and of the one merged into it.
	want(t, conn, "SELECT c.customer_type, v.customer_type, sum(f.net) FROM core.fact_order_line f JOIN core.dim_customer c USING (customer_key) JOIN core.dim_customer_version v ON v.version_key = f.customer_version_key GROUP BY ALL ORDER BY ALL",
		"(unknown)|(unknown)|8.0000", "agent|agent|7.0000", "library|library|6.0000", "university|institute|2.0000", "university|library|1.0000", "university|university|12.0000")
	want(t, conn, "SELECT r.return_id, v.customer_type FROM core.fact_return r JOIN core.dim_customer_version v ON v.version_key = r.customer_version_key ORDER BY r.return_id",
		"1|institute", "2|university", "3|(unknown)")
	for _, table := range []string{"customer", "supplier", "employee", "channel"} {
		checkVersions(t, conn, table)
	}
	return query(t, conn, "SELECT version_key, customer_id, valid_from FROM core.dim_customer_version ORDER BY version_key")
}

func TestVersions(t *testing.T) {
	for _, ids := range []string{"BIGINT", "VARCHAR"} {
		t.Run(ids, func(t *testing.T) {
			if keys := changing(t, ids); len(keys) != 8 {
				t.Error(keys)
			}
		})
	}
}
