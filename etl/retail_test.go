package etl

import (
	"os"
	"path/filepath"
	"testing"

	"verso/etl/config"
)

// dataFolder is the folder of the real data sets, or the test is skipped.
func dataFolder(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("VERSO_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "data")
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the data set %s is not here: set VERSO_DATA", name)
	}
	return path
}

// TestOnlineRetail loads the UCI Online Retail data (Chen 2015): 541,909 rows,
// 25,900 invoices, 4,372 customers, 135,080 rows without a customer, 10,624
// with a negative quantity, 5,268 exact repeats, 2 with a negative price.
func TestOnlineRetail(t *testing.T) {
	path := dataFolder(t, "online_retail/online_retail.csv.gz")
	b := newBench(t)
	b.cfg.IDs = "text"
	b.cfg.Company.Currency = "GBP"
	b.cfg.Sources["sales"] = config.Source{Kind: "file", Path: path}
	b.mapping("order_header", config.Map{From: "sales", Select: `SELECT "InvoiceNo" AS order_id, min("InvoiceDate") AS order_date, min("CustomerID") AS customer_id, min("Country") AS ship_to_region
FROM sales GROUP BY "InvoiceNo"`})
	b.mapping("order_line", config.Map{From: "sales", Columns: map[string]string{
		"order_id": "InvoiceNo", "title_id": "StockCode", "title_text": "Description", "qty_ordered": "Quantity", "unit_price": "UnitPrice"}})
	r := b.must()
	for _, l := range r.Loads {
		t.Logf("%s: read %d, loaded %d, quarantined %d", l.Table, l.Read, l.Loaded, l.Quarantined)
	}
	for _, s := range r.Run.Steps {
		t.Logf("%s %.3f s %d rows %d MB", s.Name, s.Seconds, s.Rows, s.PeakBytes>>20)
	}
	b.want(`SELECT table_name, read, loaded, quarantined FROM meta.table_load WHERE supplied ORDER BY 1`,
		"order_header|25900|25900|0", "order_line|541909|541907|2")
	b.want(`SELECT reason, rows FROM meta.quarantine_reason`, "unit_price: less than 0|2")
	b.want(`SELECT tested, offenders, passed FROM meta.check_result WHERE check_id = 'duplicate-rows.sales'`, "541909|5268|false")
	b.want(`SELECT tested, offenders FROM meta.check_result WHERE check_id = 'line-without-customer'`, "541907|135078")
	b.want(`SELECT (SELECT count(*) FROM core.fact_order_line), (SELECT count(*) FROM core.fact_return)`, "531283|10624")
	b.want(`SELECT count(DISTINCT customer_id) FROM stage.order_header`, "4372")
	b.want(`SELECT count(*) FROM stage.order_header WHERE customer_id LIKE '%.0'`, "0")
	b.want(`SELECT count(*) FROM meta.reconciliation WHERE difference <> 0`, "0")
	// Revenue of lines with a quantity and price above zero and a customer.
	b.want(`SELECT count(*), sum(f.net) FROM core.fact_order_line f WHERE f.customer_key > 0 AND f.qty > 0 AND f.net > 0`, "397884|8911407.9040")
	if t.Failed() {
		for _, row := range b.rows(`SELECT check_id, tested, offenders, passed, samples FROM meta.check_result ORDER BY 1`) {
			t.Log(row)
		}
	}
}
