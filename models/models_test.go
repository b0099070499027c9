package models

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"verso/models/job/jobtest"
	"verso/olap/engine"
)

// sharedData finds the folder of public data sets, or skips the test.
func sharedData(t *testing.T, name string) string {
	t.Helper()
	root := os.Getenv("VERSO_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "shared", "data")
	}
	path := filepath.Join(root, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("public data set %s is not here (VERSO_DATA names its folder)", name)
	}
	return path
}

// The figures are those that two other tools agree on for this data set
// (Quantity > 0, UnitPrice > 0, a customer), snapshot 2011-12-10.
func TestOnlineRetail(t *testing.T) {
	path := sharedData(t, "online_retail/online_retail.csv.gz")
	conn := jobtest.Open(t, "2011-12-10", `
CREATE TEMP TABLE raw AS SELECT * FROM read_csv(`+engine.QuoteText(path)+`, all_varchar = true);
INSERT INTO core.fact_order_line (customer_key, order_key, order_date, qty, net, margin)
SELECT CAST(CAST(CustomerID AS DOUBLE) AS INTEGER), dense_rank() OVER (ORDER BY InvoiceNo), CAST(InvoiceDate AS DATE), CAST(Quantity AS INTEGER),
    CAST(Quantity AS DECIMAL(18,4)) * CAST(UnitPrice AS DECIMAL(9,3)), NULL
FROM raw WHERE CAST(Quantity AS INTEGER) > 0 AND CAST(UnitPrice AS DOUBLE) > 0 AND CustomerID IS NOT NULL;
INSERT INTO core.dim_customer (customer_key) SELECT DISTINCT customer_key FROM core.fact_order_line;`)
	asOf := time.Date(2011, 12, 10, 0, 0, 0, 0, time.UTC)
	if err := Run(context.Background(), conn, Options{AsOf: asOf}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, sql string
		want      float64
		tolerance float64
	}{
		{"customers", "SELECT count(*) FROM score.rfm", 4338, 0},
		{"revenue", "SELECT sum(monetary) FROM score.rfm", 8911407.904, 0.0005},
		{"orders", "SELECT sum(frequency) FROM score.rfm", 18532, 0},
		{"R mean", "SELECT value FROM card.metric WHERE name = 'recency_mean'", 93.059, 0.0005},
		{"F mean", "SELECT value FROM card.metric WHERE name = 'frequency_mean'", 4.2720, 0.00005},
		{"M mean", "SELECT value FROM card.metric WHERE name = 'monetary_mean'", 2054.266, 0.0005},
		{"top 1 %", "SELECT value FROM card.metric WHERE name = 'revenue_top_1_share'", 0.3200, 0.00005},
		{"top 5 %", "SELECT value FROM card.metric WHERE name = 'revenue_top_5_share'", 0.5038, 0.00005},
		{"top 20 %", "SELECT value FROM card.metric WHERE name = 'revenue_top_20_share'", 0.7462, 0.00005},
		{"to 80 %", "SELECT value FROM card.metric WHERE name = 'revenue_to_80'", 1133, 0},
		{"Gini", "SELECT value FROM card.metric WHERE name = 'revenue_gini'", 0.7151, 0.00005},
		{"top tier", "SELECT count(*) FROM score.pyramid WHERE tier = 'top'", 44, 0},
		{"no margin", "SELECT count(*) FROM score.pyramid WHERE basis = 'margin'", 0, 0},
	} {
		if got := jobtest.Number(t, conn, c.sql); math.Abs(got-c.want) > c.tolerance {
			t.Errorf("%s: got %v, want %v ± %v", c.name, got, c.want, c.tolerance)
		}
	}
}

func TestEmptyWarehouse(t *testing.T) {
	conn := jobtest.Open(t, "2011-12-10")
	if err := Run(context.Background(), conn, Options{AsOf: time.Date(2011, 12, 10, 0, 0, 0, 0, time.UTC), Months: 12}); err != nil {
		t.Fatal(err)
	}
	if n := jobtest.Number(t, conn, "SELECT count(*) FROM card.model"); n != float64(len(Names())) {
		t.Errorf("%v cards", n)
	}
}

func TestNothingBeyondTheAsOfDate(t *testing.T) {
	conn := jobtest.Open(t, "2011-12-10", `
INSERT INTO core.dim_customer (customer_key) VALUES (1), (2), (3);
INSERT INTO core.fact_order_line (customer_key, order_key, order_date, net, margin) VALUES
	(1, 1, '2011-12-10', 10, 4), (1, 2, '2011-12-11', 99, 9), (2, 3, '2010-12-11', 5, -2), (2, 4, '2010-12-10', 7, 1), (-1, 5, '2011-01-01', 50, 5), (3, 6, '2011-06-01', 0, 0);
UPDATE core.fact_order_line SET qty = 1`)
	if err := Run(context.Background(), conn, Options{AsOf: time.Date(2011, 12, 10, 0, 0, 0, 0, time.UTC), Months: 12}); err != nil {
		t.Fatal(err)
	}
	for sql, want := range map[string]float64{
		"SELECT count(*) FROM score.rfm":                                                                        2,
		"SELECT monetary FROM score.rfm WHERE customer_key = 1":                                                 10,
		"SELECT value FROM score.pyramid WHERE customer_key = 1 AND basis = 'revenue'":                          10,
		"SELECT value FROM score.pyramid WHERE customer_key = 2 AND basis = 'revenue'":                          5,
		"SELECT tier_no FROM score.pyramid WHERE customer_key = 3 AND basis = 'revenue'":                        5,
		"SELECT tier_no FROM score.pyramid WHERE customer_key = 2 AND basis = 'margin'":                         5,
		"SELECT count(*) FROM score.pyramid WHERE customer_key = -1":                                            0,
		"SELECT value FROM score.concentration WHERE basis = 'revenue' AND share_of_customers = 1":              15,
		"SELECT customers FROM score.concentration WHERE basis = 'revenue' ORDER BY share_of_customers LIMIT 1": 1,
	} {
		if got := jobtest.Number(t, conn, sql); got != want {
			t.Errorf("%s: got %v, want %v", sql, got, want)
		}
	}
}
