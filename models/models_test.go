package models

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"verso/models/job"
	"verso/models/job/jobtest"
	"verso/models/pyramid"
	"verso/models/rfm"
	"verso/models/run/profiling"
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

// onlineRetail is a star of that data set as of 2011-12-10: Quantity > 0,
// UnitPrice > 0, a customer.
func onlineRetail(t *testing.T) engine.Conn {
	t.Helper()
	path := sharedData(t, "online_retail/online_retail.csv.gz")
	return jobtest.Open(t, "2011-12-10", `
CREATE TEMP TABLE raw AS SELECT * FROM read_csv(`+engine.QuoteText(path)+`, all_varchar = true);
INSERT INTO core.fact_order_line (customer_key, order_key, order_date, qty, net, margin)
SELECT CAST(CAST(CustomerID AS DOUBLE) AS INTEGER), dense_rank() OVER (ORDER BY InvoiceNo), CAST(InvoiceDate AS DATE), CAST(Quantity AS INTEGER),
    CAST(Quantity AS DECIMAL(18,4)) * CAST(UnitPrice AS DECIMAL(9,3)), NULL
FROM raw WHERE CAST(Quantity AS INTEGER) > 0 AND CAST(UnitPrice AS DOUBLE) > 0 AND CustomerID IS NOT NULL;
INSERT INTO core.dim_customer (customer_key) SELECT DISTINCT customer_key FROM core.fact_order_line;`)
}

// The figures are those that two other tools agree on for this data set
// (Quantity > 0, UnitPrice > 0, a customer), snapshot 2011-12-10.
func TestOnlineRetail(t *testing.T) {
	conn := onlineRetail(t)
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

// Half a year against the half year before: what moved closes on both sides with
// sums over the lines, and the reading says the same.
func TestOnlineRetailMoves(t *testing.T) {
	conn := onlineRetail(t)
	j := &job.Job{Conn: conn, AsOf: time.Date(2011, 12, 10, 0, 0, 0, 0, time.UTC), Seed: 1, Months: 6}
	if err := j.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, m := range []job.Model{profiling.RFM(rfm.Options{}), profiling.Pyramid(pyramid.Options{}), profiling.Moves(pyramid.Options{}, rfm.Options{}), profiling.Completeness()} {
		if _, err := m.Run(t.Context(), j); err != nil {
			t.Fatal(err)
		}
	}
	const now, before = "order_date BETWEEN DATE '2011-06-11' AND DATE '2011-12-10'", "order_date BETWEEN DATE '2010-12-11' AND DATE '2011-06-10'"
	const moved = "SELECT coalesce(sum(customers), 0) FROM score.tier_migration WHERE basis = 'revenue' AND "
	const lines = "SELECT count(DISTINCT customer_key) FROM core.fact_order_line WHERE "
	for sql, same := range map[string]string{
		moved + "to_tier_no <= 4":   lines + now,
		moved + "from_tier_no <= 4": lines + before,
		moved + "move = 'left'":     lines + before + " AND customer_key NOT IN (SELECT customer_key FROM core.fact_order_line WHERE " + now + ")",
		moved + "move = 'new'":      lines + now + " AND customer_key NOT IN (SELECT customer_key FROM core.fact_order_line WHERE order_date <= DATE '2011-06-10')",
		moved + "move = 'returned'": lines + now + " AND customer_key IN (SELECT customer_key FROM core.fact_order_line WHERE order_date < DATE '2010-12-11') AND customer_key NOT IN (SELECT customer_key FROM core.fact_order_line WHERE " + before + ")",
		moved + "true":              "SELECT 4338",
		moved + "from_tier = 'top'": "SELECT CAST(ceil(0.01 * n) AS INTEGER) FROM (" + lines + before + ") AS c (n)",
		"SELECT sum(value_now) FROM score.tier_migration WHERE basis = 'revenue'":    "SELECT sum(net) FROM core.fact_order_line WHERE " + now,
		"SELECT sum(value_before) FROM score.tier_migration WHERE basis = 'revenue'": "SELECT sum(net) FROM core.fact_order_line WHERE " + before,
		"SELECT sum(value_before) FROM score.tier_migration WHERE basis = 'rfm'":     "SELECT sum(net) FROM core.fact_order_line WHERE order_date <= DATE '2011-06-10'",
		"SELECT count(*) FROM score.customer_completeness":                           "SELECT 4338",
		"SELECT count(*) FROM score.customer_completeness WHERE is_stale":            "SELECT 0",
	} {
		if got, want := jobtest.Number(t, conn, sql), jobtest.Number(t, conn, same); got != want {
			t.Errorf("%s: %v, want %v", sql, got, want)
		}
	}
}

func TestEmptyWarehouse(t *testing.T) {
	conn := jobtest.Open(t, "2011-12-10")
	if err := Run(context.Background(), conn, Options{AsOf: time.Date(2011, 12, 10, 0, 0, 0, 0, time.UTC), Months: 12}); err != nil {
		t.Fatal(err)
	}
	// Every model leaves a card that says why there is nothing; recommend leaves one
	// for each of its three lists.
	want := append(Names(), "recommend_new", "title_demand", "part_churn", "fade") // written by another model of its name
	slices.Sort(want)
	got := jobtest.Value(t, conn, "SELECT string_agg(model, ' ' ORDER BY model) FROM card.model WHERE reading <> '' AND reading_zh <> ''")
	if got != strings.Join(want, " ") {
		t.Errorf("cards with a reading: %s\nwant %s", got, strings.Join(want, " "))
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
