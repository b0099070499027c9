package product

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"verso/models/job/jobtest"
)

// shelf is six titles as of 2026-06-30. One sells every month and is in stock;
// Two sold 20 copies in one order and 5 came back; Three sells a little, its stock
// has not moved for a year; Four was sold two years ago and has stock that never
// moved; Five is new; Six was listed and never ordered, and has a newer edition,
// Five.
const shelf = classes + `
INSERT INTO core.dim_title (title_key, title_id, title, clc_key, publisher_key, level, work_id, first_listed, pub_date) VALUES
 (1, 'a', 'One', 2, 7, 'academic', '1', '2020-01-01', '2020-02-01'), (2, 'b', 'Two', 2, 7, 'academic', '2', '2025-07-01', NULL), (3, 'c', 'Three', 5, 8, 'trade', '3', NULL, '2021-01-01'),
 (4, 'd', 'Four', 5, 8, 'trade', '4', '2021-01-01', NULL), (5, 'e', 'Five', 4, 8, 'textbook', '6', '2026-05-01', NULL), (6, 'f', 'Six', 4, 8, 'textbook', '6', '2022-01-01', NULL), (-1, '(unknown)', '(unknown)', -1, -1, NULL, NULL, NULL, NULL);
INSERT INTO core.dim_customer (customer_key, customer_type) VALUES (1, 'library');
INSERT INTO core.fact_order_line (line_id, order_key, customer_key, order_date, title_key, clc_key, qty, net, margin, gross_margin)
SELECT 100 + m, 100 + m, 1, DATE '2024-07-15' + INTERVAL (m) MONTH, 1, 2, CASE WHEN m % 2 = 0 THEN 2 ELSE 4 END, 50, 20, CASE WHEN m = 23 THEN 10 END FROM range(0, 24) AS r (m);
INSERT INTO core.fact_order_line (line_id, order_key, customer_key, order_date, title_key, clc_key, qty, net, margin) VALUES
 (1, 1, 1, '2026-03-01', 2, 2, 20, 300, 100), (2, 2, 1, '2026-01-10', 3, 5, 1, 40, NULL), (3, 3, 1, '2025-11-10', 3, 5, 1, 40, 15), (4, 4, 1, '2024-06-30', 4, 5, 1, 70, 30), (5, 5, 1, '2026-06-01', 5, 4, 1, 20, 5),
 (6, 6, 1, '2026-07-01', 6, 4, 9, 900, 500), (7, 7, 1, '2026-05-01', 3, 5, 0, 0, NULL), (8, 8, 1, '2025-01-05', 2, 2, 3, 30, 10);
INSERT INTO core.fact_return (return_id, line_id, return_date, title_key, qty, value, from_order_line) VALUES
 (1, 1, '2026-04-01', 2, 5, 75, false), (2, 8, '2025-12-01', 2, 1, 10, false), (3, NULL, '2026-02-01', 2, 1, 15, false), (4, 1, '2026-02-01', 1, 1, 25, true);
INSERT INTO core.fact_inventory (snap_date, warehouse_key, title_key, qty_on_hand, value)
SELECT last_day(DATE '2025-05-01' + INTERVAL (m) MONTH), 1, t, CASE t WHEN 1 THEN 24 - m ELSE 10 END, CASE t WHEN 1 THEN 240 - 10 * m WHEN 3 THEN 100 ELSE 50 END FROM range(0, 14) AS r (m), (VALUES (1), (3), (4)) AS s (t);
INSERT INTO core.fact_inventory_move (move_id, move_date, title_key, qty, qty_in, qty_out) VALUES
 (1, '2025-06-01', 3, 10, 10, 0), (2, '2025-08-01', 1, 30, 0, 30), (3, '2025-09-01', 1, 20, 20, 0), (4, '2025-06-30', 3, 2, 0, 2), (5, '2026-07-01', 1, 99, 0, 99);`

func TestTitlesByHand(t *testing.T) {
	conn := jobtest.Open(t, "2026-06-30", shelf)
	jobtest.Run(t, conn, "2026-06-30", Substitution(), Titles())
	at := func(columns, key string) string {
		return "SELECT concat_ws(' ', " + columns + ") FROM score.title WHERE title_key = " + key
	}
	hold(t, conn, map[string]string{
		"SELECT string_agg(title, ' ') FROM (SELECT title FROM score.title ORDER BY rowid) AS t": "One Two Three Five Four Six",
		// After returns: 600 - 25, 300 - 75 - 15, 80 and 20 of 885; the copy of Two that
		// came back of a line of 2025 is of that line's period. Two begins at 65.0 %.
		at("abc, abc_rank, round(abc_share, 6), round(abc_cumulated, 6)", "1"): "A 1 0.649718 0.649718",
		at("abc, net, returned, copies, copies_returned, return_rate", "2"):    "A 300.0000 90.0000 20 6 0.3",
		at("abc, round(abc_cumulated, 6)", "3"):                                "B 0.977401",
		at("abc, abc_margin", "5"):                                             "C C",
		at("abc, coalesce(xyz, '-'), net", "4"):                                "N - 0.0000",
		// 12 lines of 20, of which one is 10 landed; 100; 15; 5: of 350.
		at("margin, net_costed, abc_margin", "1"): "230.0000 600.0000 A",
		at("margin, net_costed, abc_margin", "3"): "15.0000 40.0000 B",
		// Twelve of 2 and twelve of 4: mean 3, variance 24/23.
		at("xyz, monthly_mean, months, round(monthly_cv, 9)", "1"): "X 3.0 24 " + trim(math.Sqrt(24.0/23)/3),
		// Sold in January 2025 before it was listed: seventeen months from February, 20
		// copies in one of them.
		at("xyz, months, round(monthly_cv, 9)", "2"):     "Z 17 " + trim(math.Sqrt(17)),
		at("coalesce(xyz, '-'), months", "5"):            "- 2",
		at("phase, age_days, origin_date", "1"):          "mature 2372 2020-01-01",
		at("phase, first_sale, origin_date", "2"):        "mature 2025-01-05 2025-01-05",
		at("phase, last_sale", "3"):                      "mature 2026-01-10",
		at("phase, last_sale", "4"):                      "dead 2024-06-30",
		at("phase, age_days", "5"):                       "introduction 60",
		at("phase, coalesce(newer_edition_key, 0)", "6"): "dead 5",
		// Counts of July to June: 22 … 11 copies, mean value 165; margin 230.
		at("stock, stock_value, mean_stock_value, stock_margin, round(gmroi, 9)", "1"): "11 110.0000 165.0000 230.0000 " + trim(230.0/165),
		// 23 at the end of June, 20 came, 30 went; 11 last 365 · 11 / 30 days.
		at("round(sell_through, 9), round(cover_days, 9), excess_value, is_dead, idle_days", "1"): trim(30.0/43) + " " + trim(365*11/30.0) + " 0.0000 false 333",
		// The last of it went a year ago to the day; nothing since, so all is excess.
		at("is_dead, dead_value, idle_days, excess_value", "3"): "true 100.0000 365 100.0000",
		at("gmroi, stock_margin, round(cover_days, 9)", "4"):    "0.0 0.0000",
		// It never moved while moves are on record, thirteen months.
		at("is_dead, dead_value, idle_days, stock", "4"):                                                                          "true 50.0000 394 10",
		at("coalesce(CAST(stock AS VARCHAR), 'none'), coalesce(CAST(is_dead AS VARCHAR), 'none')", "5"):                           "none none",
		"SELECT string_agg(abc || xyz || titles, ' ') FROM (SELECT abc, xyz, titles FROM score.title_matrix ORDER BY rowid) AS m": "AX1 AZ1 BZ1 C-1 N-2",
		"SELECT sum(net) || ' ' || sum(titles) FROM score.title_matrix":                                                           "1000.0000 6",
		"SELECT string_agg(value, ' ' ORDER BY name) FROM card.metric WHERE name IN ('dead_titles', 'dead_value')":                "2.0 150.0",
	})
}

func trim(v float64) string {
	return strings.TrimRight(strings.TrimRight(jsonNumber(math.Round(v*1e9)/1e9), "0"), ".")
}

// Demand of forty titles each that halves in 180 days or stays, watched for two
// years: what was planted is found within its interval.
func TestHalfLifeOfPlantedDemand(t *testing.T) {
	conn := jobtest.Open(t, "2026-06-30", classes, `
INSERT INTO core.dim_customer (customer_key, customer_type) VALUES (1, 'library');
INSERT INTO core.dim_title (title_key, title_id, title, clc_key, level, first_listed) SELECT k, k, k, 2, CASE WHEN k <= 40 THEN 'fading' ELSE 'steady' END, '2024-01-01' FROM range(1, 81) AS r (k);
INSERT INTO core.fact_order_line (line_id, order_key, customer_key, order_date, title_key, clc_key, qty, net)
SELECT 100 * k + i, 100 * k + i, 1, DATE '2024-01-01' + CAST(floor(CASE WHEN k <= 40 THEN -180 * log2(1 - (i + .5) / 20 * (1 - pow(2, -730 / 180.0))) ELSE (i + .5) / 20 * 730 END) AS INTEGER), k, 2, 1 + i % 7, 10
FROM range(1, 81) AS r (k), range(0, 20) AS s (i)`,
		"INSERT INTO core.fact_order_line (line_id, order_key, customer_key, order_date, title_key, clc_key, qty, net) VALUES (1, 1, 1, '2023-12-31', -1, -1, 1, 1), (2, 2, 1, '2023-12-31', 1, -1, 0, 1)",
		"INSERT INTO core.dim_title (title_key, title_id, title, level, first_listed) VALUES (99, 'z', 'z', NULL, '2020-01-01')", "INSERT INTO core.fact_order_line (line_id, order_key, customer_key, order_date, title_key, clc_key, qty, net) VALUES (3, 3, 1, '2023-12-30', 99, -1, 1, 1)")
	jobtest.Run(t, conn, "2026-06-30", Substitution(), Titles())
	if h := jobtest.Number(t, conn, `SELECT half_life_days FROM score.life_cycle WHERE "by" = 'level' AND code = 'fading'`); math.Abs(h-180) > 3 {
		t.Errorf("half-life of %v days, planted 180", h)
	}
	hold(t, conn, map[string]string{
		`SELECT titles || ' ' || lines || ' ' || watched_titles FROM score.life_cycle WHERE "by" = 'level' AND code = 'fading'`: "40 800 40",
		`SELECT half_life_days IS NULL OR half_life_days > 10000 FROM score.life_cycle WHERE code = 'steady'`:                   "true",
		`SELECT abs(share_180 - (1 - .5) / (1 - pow(2, -730 / 180.0))) < .03 FROM score.life_cycle WHERE code = 'fading'`:       "true",
		`SELECT abs(half_life_days - 180) < 10 FROM score.title WHERE title_key = 1`:                                            "true",
		`SELECT half_life_of FROM score.title WHERE title_key = 1`:                                                              "title",
		`SELECT string_agg(code, ' ') FROM (SELECT code FROM score.life_cycle ORDER BY rowid) AS l`:                             "(all) fading steady O",
	})
}

const listed = classes + `
INSERT INTO core.dim_customer (customer_key, customer_type) VALUES (1, 'library'), (2, 'library'), (3, 'individual');
INSERT INTO core.dim_catalogue (catalogue_key, code) VALUES (1, 'T'), (2, 'S');
INSERT INTO core.fact_catalogue_listing (catalogue_key, title_key, catalogue_id, title_id, issue_date, page, is_mature, is_hit, copies_90, net_90, days_to_first_order) VALUES
 (1, 1, 1, 1, '2026-01-01', 1, true, true, 5, 50, 3), (1, 2, 1, 2, '2026-01-01', 2, true, false, 0, 0, 200), (1, 3, 1, 3, '2026-01-01', 3, true, true, 1, 9, 20),
 (2, 4, 2, 4, '2026-01-01', 1, true, false, 0, 0, NULL), (2, 5, 2, 5, '2026-06-01', 1, false, NULL, 7, 70, 2);
INSERT INTO core.fact_order_line (line_id, order_key, customer_key, order_date, title_key, clc_key, qty, net) VALUES
 (1, 1, 1, '2026-01-04', 1, 2, 3, 30), (2, 2, 2, '2026-03-31', 1, 2, 2, 20), (3, 3, 3, '2026-01-21', 3, 2, 1, 9), (4, 4, 1, '2026-04-01', 4, 2, 1, 9), (5, 5, 1, '2026-06-03', 5, 2, 7, 70), (6, 6, 1, '2026-01-05', 2, 2, 0, 0);`

func TestCataloguesByHand(t *testing.T) {
	conn := jobtest.Open(t, "2026-06-30", listed)
	jobtest.Run(t, conn, "2026-06-30", Catalogues())
	at := func(columns, code, third, kind string) string {
		return "SELECT concat_ws(' ', " + columns + ") FROM score.catalogue WHERE code = '" + code + "' AND page_third = '" + third + "' AND customer_type = '" + kind + "'"
	}
	hold(t, conn, map[string]string{
		at("listings, hits, hit_rate, copies, copies_per_title, net, days_p50", "(all)", "(all)", "(all)"): "4 2 0.5 6 1.5 59.0000 11.5",
		// Wilson's interval of 2 in 4: .5 ± (1.96/(1 + 3.84/4))·√(1/16 + 3.84/64).
		at("round(low, 5), round(high, 5)", "(all)", "(all)", "(all)"):               "0.15004 0.84996",
		at("listings, hits", "T", "first", "(all)"):                                  "1 1",
		at("listings, hits", "T", "middle", "(all)"):                                 "1 0",
		at("listings, hits", "S", "(none)", "(all)"):                                 "1 0",
		at("listings, hits, copies, net, days_p50", "T", "(all)", "library"):         "3 1 5 50.0000 3.0",
		at("listings, hits, copies, net, days_p50", "(all)", "(all)", "individual"):  "4 1 1 9.0000 20.0",
		at("listings, hits, round(low, 5), round(high, 5)", "S", "(all)", "library"): "1 0 0.0 0.79345",
		"SELECT code || page_third || customer_type FROM score.catalogue LIMIT 1":    "(all)(all)(all)",
		"SELECT value FROM card.metric WHERE name = 'hit_rate'":                      "0.5",
	})
}

// Title 1 runs out for one month between two counts with stock; title 2 is of its
// class and level and takes thirty orders in that month and two in each of the
// months around, where the others of the shelf (3) have ten in each.
const runOut = classes + `
INSERT INTO core.dim_title (title_key, title_id, title, clc_key, level, work_id, first_listed) SELECT k, k, 'Title ' || k, 2, 'academic', CASE WHEN k IN (4, 5) THEN 'w' END, CASE WHEN k = 5 THEN DATE '2026-01-10' ELSE DATE '2020-01-01' END FROM range(1, 6) AS r (k);
INSERT INTO core.dim_customer (customer_key, customer_type) SELECT k, 'library' FROM range(1, 100) AS r (k);
INSERT INTO core.fact_inventory (snap_date, warehouse_key, title_key, qty_on_hand, value)
SELECT last_day(DATE '2025-06-01' + INTERVAL (m) MONTH), 1, 1, CASE WHEN m = 5 THEN 0 ELSE 5 END, 10 FROM range(0, 12) AS r (m);
INSERT INTO core.fact_order_line (line_id, order_key, customer_key, order_date, title_key, clc_key, qty, net)
SELECT 1000 * m + i, 1000 * m + i, 1 + i, DATE '2025-07-05' + INTERVAL (m) MONTH + INTERVAL (i % 20) DAY, CASE WHEN i < 10 THEN 3 ELSE 2 END, 2, 1, 10
FROM range(0, 11) AS r (m), range(0, 40) AS s (i) WHERE i < CASE WHEN m = 5 THEN 40 ELSE 12 END;
INSERT INTO core.fact_order_line (line_id, order_key, customer_key, order_date, title_key, clc_key, qty, net)
SELECT 90000 + 100 * m + i, 90000 + 100 * m + i, 1 + i, DATE '2025-07-05' + INTERVAL (m) MONTH, CASE WHEN m < 6 THEN 4 ELSE 5 END, 2, 1, 10 FROM range(0, 12) AS r (m), range(0, 5) AS s (i);`

func TestSubstitutionByHand(t *testing.T) {
	conn := jobtest.Open(t, "2026-06-30", runOut)
	jobtest.Run(t, conn, "2026-06-30", Substitution(), Titles())
	hold(t, conn, map[string]string{
		// Out in December; near are October, November, January and February.
		"SELECT string_agg(stretch || CASE WHEN is_out THEN ' out' ELSE '' END, ', ' ORDER BY stretch) FROM feature.stock_state":                                                                                "4, 5, 6 out, 7, 8",
		"SELECT concat_ws(' ', orders_before, orders_after, days_before, days_after, is_substitute, substitute_rank) FROM score.substitution WHERE kind = 'stock_out' AND title_key = 1 AND substitute_key = 2": "8 30 120 31 true 1",
		// Peers: titles 3 and 4 have 40 + 10 and 10 + 5; title 5, of January, 0 + … is a peer too: 10.
		"SELECT concat_ws(' ', peers_before, peers_after) FROM score.substitution WHERE kind = 'stock_out' AND title_key = 1 AND substitute_key = 2":      "60 15",
		"SELECT round(ratio - (30.5 / 8.5) / (15.5 / 60.5), 9) FROM score.substitution WHERE kind = 'stock_out' AND title_key = 1 AND substitute_key = 2": "0",
		"SELECT count(*) FROM score.substitution WHERE kind = 'stock_out' AND is_substitute":                                                              "1",
		"SELECT substitute_key FROM score.title WHERE title_key = 1":                                                                                      "2",
		"SELECT newer_edition_key FROM score.title WHERE title_key = 4":                                                                                   "5",
		// Six months before January and six from it: thirty orders, then none.
		"SELECT concat_ws(' ', title_key, substitute_key, orders_before, orders_after, is_substitute) FROM score.substitution WHERE kind = 'edition'": "4 5 0 30 true",
		// The peers of 2020 in the same months: 1 none, 3 ten each but for June, 2 two and thirty.
		"SELECT concat_ws(' ', peers_before, peers_after) FROM score.substitution WHERE kind = 'edition'": "60 100",
	})
}

func jsonNumber(v float64) string { return strconv.FormatFloat(v, 'f', 9, 64) }
