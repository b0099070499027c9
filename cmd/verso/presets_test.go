package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"verso/etl/source/mysql/mysqltest"
)

// refreshed initialises a configuration, refreshes it and holds sums of the
// warehouse against numbers worked out by hand.
func refreshed(t *testing.T, said []string, want map[string]string, args ...string) {
	t.Helper()
	needsAssets(t)
	dir := t.TempDir()
	out, _ := verso(t, exitDone, append(append([]string{"init"}, args...), "--dir", dir)...)
	for _, s := range said {
		if !strings.Contains(out, s) {
			t.Errorf("init does not say %q:\n%s", s, out)
		}
	}
	verso(t, exitDone, "refresh", "-c", filepath.Join(dir, "verso.yaml"))
	db := generation(t, dir)
	for sql, value := range want {
		if got := figure(t, db, "SELECT CAST(("+sql+") AS VARCHAR)"); got != value && !sameNumber(got, value) {
			t.Errorf("%s: %s, want %s", sql, got, value)
		}
	}
}

func writeText(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestShopifyPreset: order #1001 of two lines (40.00 less 4.00, and 30.00), #1002
// of one (20.00), #1003 refunded whole (30.00 and 3 × 30.00), #1004 of two lines
// refunded 10.00 in part, #1005 cancelled, #1006 in another currency.
func TestShopifyPreset(t *testing.T) {
	t.Parallel()
	file := writeText(t, "orders_export.csv", `Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Discount Code,Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Lineitem discount,Billing Name,Billing Street,Billing Company,Billing City,Billing Zip,Billing Country,Cancelled at,Refunded Amount,Vendor,Outstanding Balance
#1001,A@x.org,paid,2024-01-15 10:05:00 -0500,fulfilled,2024-01-16 09:00:00 -0500,yes,USD,66.00,SPRING,4.00,2024-01-15 10:00:00 -0500,2,Atlas,20.00,ATL-1,4.00,Ann,1 Main St,Uni Library,Boston,02110,US,,0.00,Page,0.00
#1001,a@x.org,,,,,,,,,,2024-01-15 10:00:00 -0500,1,Lexicon,30.00,LEX-2,0.00,,,,,,,,,Page,
#1002,b@x.org,pending,,unfulfilled,,no,USD,20.00,,,2024-02-01 08:59:59 -0500,1,Atlas,20.00,ATL-1,0.00,Bob,2 Low St,,Kiel,24103,DE,,0.00,Page,20.00
#1003,a@x.org,refunded,2024-02-03 09:00:00 -0500,fulfilled,2024-02-04 09:00:00 -0500,yes,USD,120.00,SPRING,,2024-02-03 07:00:00 -0500,1,Lexicon,30.00,LEX-2,0.00,Ann,1 Main St,Uni Library,Boston,02110,US,,120.00,Page,0.00
#1003,a@x.org,,,,,,,,,,2024-02-03 07:00:00 -0500,3,Poster,30.00,,0.00,,,,,,,,,Leaf,
#1004,b@x.org,partially_refunded,2024-02-05 09:00:00 -0500,,,no,USD,50.00,,,2024-02-05 07:00:00 -0500,1,Atlas,20.00,ATL-1,0.00,Bob,2 Low St,,Kiel,24103,DE,,10.00,Page,0.00
#1004,b@x.org,,,,,,,,,,2024-02-05 07:00:00 -0500,1,Lexicon,30.00,LEX-2,0.00,,,,,,,,,Page,
#1005,c@x.org,voided,,,,no,USD,20.00,,,2024-02-06 07:00:00 -0500,1,Atlas,20.00,ATL-1,0.00,Cid,3 Up St,,Ulm,89073,DE,2024-02-06 08:00:00 -0500,0.00,Page,0.00
`)
	refreshed(t, []string{"tables: order_header, order_line, order_line_stage_event, return_line, campaign, customer, title"}, map[string]string{
		`SELECT count(*) FROM stage.order_header`:                                                                              "5",
		`SELECT sum(gross) FROM core.fact_order_line`:                                                                          "260", // 70 + 20 + 120 + 50
		`SELECT sum(net) FROM core.fact_order_line`:                                                                            "256",
		`SELECT sum(value) FROM core.fact_return`:                                                                              "130",
		`SELECT sum(value) FROM core.fact_return WHERE qty > 0`:                                                                "120",
		`SELECT sum(qty) FROM core.fact_return`:                                                                                "4",
		`SELECT string_agg(line_id || '=' || value, ' ' ORDER BY line_id) FROM core.fact_return WHERE qty = 0`:                 "#1004/1=4.0000 #1004/2=6.0000",
		`SELECT count(*) FROM stage.order_line_stage_event WHERE stage = 'paid'`:                                               "6", // lines of 1001, 1003, 1004
		`SELECT count(*) FROM stage.order_line_stage_event WHERE stage = 'outbound'`:                                           "4",
		`SELECT count(*) FROM stage.order_header WHERE campaign_id = 'SPRING'`:                                                 "2",
		`SELECT act_start || '..' || act_end FROM stage.campaign`:                                                              "2024-01-15..2024-02-03",
		`SELECT count(*) FROM stage.customer`:                                                                                  "3",
		`SELECT customer_type || ' ' || name FROM stage.customer WHERE customer_id = 'a@x.org'`:                                "enterprise Uni Library",
		`SELECT customer_id FROM stage.order_header WHERE order_id = '#1001'`:                                                  "a@x.org",
		`SELECT publisher FROM stage.title WHERE title_id = 'Poster'`:                                                          "Leaf",
		`SELECT sum(quarantined) FROM meta.table_load`:                                                                         "0",
		`SELECT count(*) FROM core.fact_order_line WHERE qty > 0 AND order_id = '#1005'`:                                       "0",
		`SELECT min(CAST(event_ts AS VARCHAR)) FROM stage.order_line_stage_event WHERE stage = 'paid' AND line_id = '#1001/2'`: "2024-01-15 10:05:00",
	}, "shopify", "--file", file)
}

// TestWooCommerceExportPreset: two orders of USD 2 × 10.00 less 10 %, 1 × 5.00 and
// 3 × 4.00, the last with one copy refunded.
func TestWooCommerceExportPreset(t *testing.T) {
	t.Parallel()
	file := writeText(t, "orders.csv", `order_id,order_number,date,status,order_currency,customer_id,billing_first_name,billing_last_name,billing_company,billing_email,billing_postcode,billing_city,billing_country,item_id,item_product_id,item_name,item_sku,item_quantity,item_subtotal,item_total,item_refunded,item_refunded_qty
7,7,2024-03-01 10:00:00,completed,USD,12,Ann,Lee,Uni Library,ann@x.org,02110,Boston,US,21,5,Atlas,ATL,2,20.00,18.00,0,0
7,7,2024-03-01 10:00:00,completed,USD,12,Ann,Lee,Uni Library,ann@x.org,02110,Boston,US,22,6,Lexicon,LEX,1,5.00,5.00,0,0
8,8,2024-03-02 10:00:00,completed,USD,0,Bob,Ray,,Bob@x.org,24103,Kiel,DE,23,7,Poster,,3,12.00,12.00,-4.00,-1
9,9,2024-03-03 10:00:00,cancelled,USD,0,Bob,Ray,,bob@x.org,24103,Kiel,DE,24,7,Poster,,1,4.00,4.00,0,0
`)
	refreshed(t, nil, map[string]string{
		`SELECT sum(net) FROM core.fact_order_line`:                                    "35",
		`SELECT sum(qty) FROM core.fact_order_line`:                                    "6",
		`SELECT sum(value) FROM core.fact_return`:                                      "4",
		`SELECT sum(qty) FROM core.fact_return`:                                        "1",
		`SELECT string_agg(customer_id, ' ' ORDER BY customer_id) FROM stage.customer`: "12 bob@x.org",
		`SELECT sum(quarantined) FROM meta.table_load`:                                 "0",
	}, "woocommerce", "--file", file)
}

// TestGravityPreset refreshes a book shop with a history of states and compares
// with SQL of its own over the same SQLite file.
func TestGravityPreset(t *testing.T) {
	t.Parallel()
	shop := sqliteShop(t, "testdata/gravity/shop.sql")
	ask := func(sql string) string { return askSQLite(t, shop, sql) }
	const cancelled = `(SELECT h.order_id FROM order_history AS h WHERE h.status_id = 5)`
	refreshed(t, []string{"this is book shops shaped like the Gravity Bookstore sample"}, map[string]string{
		`SELECT sum(net) FROM core.fact_order_line`:                                                        ask(`SELECT printf('%.2f', sum(price)) FROM order_line WHERE order_id NOT IN ` + cancelled),
		`SELECT count(*) FROM stage.order_line`:                                                            ask(`SELECT count(*) FROM order_line`),
		`SELECT sum(value) FROM core.fact_return`:                                                          ask(`SELECT printf('%.2f', sum(l.price)) FROM order_line AS l WHERE l.order_id IN (SELECT h.order_id FROM order_history AS h WHERE h.status_id = 6)`),
		`SELECT count(*) FROM stage.customer`:                                                              ask(`SELECT count(*) FROM customer`),
		`SELECT count(*) FROM stage.title_contributor`:                                                     ask(`SELECT count(*) FROM book_author`),
		`SELECT count(*) FROM stage.order_line_stage_event WHERE stage = 'delivered'`:                      ask(`SELECT count(*) FROM order_history AS h JOIN order_line AS l ON l.order_id = h.order_id WHERE h.status_id = 4`),
		`SELECT max(CAST(event_ts AS VARCHAR)) FROM stage.order_line_stage_event WHERE stage = 'outbound'`: ask(`SELECT max(status_date) FROM order_history WHERE status_id = 3`),
		`SELECT count(*) FROM stage.order_line_stage_event WHERE stage = 'cancelled'`:                      ask(`SELECT count(*) FROM order_line WHERE order_id IN ` + cancelled),
		`SELECT count(*) FROM core.dim_title WHERE isbn_valid`:                                             ask(`SELECT count(*) FROM book`),
		`SELECT sum(quarantined) FROM meta.table_load`:                                                     "0",
	}, "--dsn", shop)
}

// TestMySQLPresets refreshes WooCommerce, Dolibarr and Koha from tables of their
// shape in a real MariaDB.
func TestMySQLPresets(t *testing.T) {
	for name, want := range map[string]map[string]string{
		"woocommerce": {
			`SELECT sum(net) FROM core.fact_order_line`:                              "43", // 18 + 5 + 20
			`SELECT sum(gross) FROM core.fact_order_line`:                            "45",
			`SELECT sum(value) FROM core.fact_return`:                                "10",
			`SELECT count(*) FROM stage.campaign`:                                    "1",
			`SELECT name FROM stage.customer WHERE customer_id=1`:                    "Ann Lee",
			`SELECT count(*) FROM stage.order_line_stage_event WHERE stage = 'paid'`: "2",
		},
		"dolibarr": {
			`SELECT sum(net) FROM core.fact_order_line`:                             "141.5", // 2 × 50 less 5 %, 3 × 15.5
			`SELECT sum(total) FROM stage.order_header WHERE status <> 'cancelled'`: "141.5",
			`SELECT count(*) FROM stage.order_header`:                               "3",
			`SELECT credit_limit FROM stage.customer`:                               "5000",
			`SELECT name FROM stage.supplier`:                                       "Page",
			`SELECT name FROM stage.employee`:                                       "Eve Doe",
		},
		"koha": {
			`SELECT sum(net) FROM core.fact_order_line`:                                                                                          "130", // 2 × 40 + 1 × 50
			`SELECT annual_book_budget FROM stage.customer WHERE customer_id = 'MAIN'`:                                                           "9000",
			`SELECT sum(l.qty * l.unit_cost_fcy) FROM stage.purchase_line l JOIN stage.purchase_order p USING (po_id) WHERE p.supplier_id = '1'`: "84",
			`SELECT sum(qty * unit_cost_fcy) FROM stage.purchase_line`:                                                                           "134",
			`SELECT lead_days_quoted FROM stage.supplier WHERE supplier_id = '1'`:                                                                "21",
			`SELECT sum(qty) FROM stage.order_line_stage_event WHERE stage = 'delivered'`:                                                        "2",
		},
	} {
		t.Run(name, func(t *testing.T) {
			script, err := os.ReadFile("testdata/mysql/" + name + ".sql")
			if err != nil {
				t.Fatal(err)
			}
			server := mysqltest.Start(t, nil)
			server.Exec(t, string(script))
			t.Setenv("SHOP_DSN", server.DSN())
			want[`SELECT sum(quarantined) FROM meta.table_load`] = "0"
			refreshed(t, []string{"this is "}, want, "--dsn", "${SHOP_DSN}", "--currency", "EUR")
		})
	}
}
