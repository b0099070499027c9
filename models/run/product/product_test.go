package product

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"verso/models/job"
	"verso/models/job/jobtest"
	"verso/olap/engine"
)

func all() []job.Model {
	return []job.Model{Basket(BasketOptions{}), Catalogues(), Substitution(), Titles()}
}

func hold(t *testing.T, conn engine.Conn, want map[string]string) {
	t.Helper()
	for sql, w := range want {
		if got := jobtest.Value(t, conn, sql); got != w {
			t.Errorf("%s:\n%s, want %s", sql, got, w)
		}
	}
}

const classes = `
INSERT INTO core.dim_clc (clc_key, code, name_en, name_zh, level, l1_code, l2_code, bucket, bucket_name_en, bucket_name_zh) VALUES
 (1, 'O', 'Sciences', '数理', 1, 'O', NULL, 'O', 'Sciences', '数理'), (2, 'O1', 'Mathematics', '数学', 2, 'O', 'O1', 'O', 'Sciences', '数理'), (3, 'TP', 'Computing', '计算机', 2, 'T', 'TP', 'TP', 'Computing', '计算机'),
 (4, 'TP391', 'Processing', '处理', 4, 'T', 'TP', 'TP', 'Computing', '计算机'), (5, 'F', 'Economics', '经济', 1, 'F', NULL, 'F', 'Economics', '经济'),
 (6, 'D', 'Law', '法律', 1, 'D', NULL, 'D', 'Law', '法律'), (7, 'G', 'Education', '教育', 1, 'G', NULL, 'G', 'Education', '教育'), (-1, '(unknown)', NULL, NULL, NULL, '(unknown)', NULL, '(unknown)', NULL, NULL);`

// Sixty orders of sixty customers, of two or three titles each: 1 and 2 are in
// ten together and nowhere else, 3, 4 and 5 in the others, each as likely with
// any. Cancelled and late lines do not count.
const sixty = classes + `
INSERT INTO core.dim_title (title_key, title_id, title, isbn13, clc_key, work_id) VALUES (1, 'a', 'One', '111', 4, '1'), (2, 'b', 'Two', '222', 2, '2'), (3, 'c', 'Three', '333', 5, '3'), (4, 'd', 'Four', NULL, 6, '4'), (5, 'e', 'Five', '555', 7, '5');
INSERT INTO core.dim_customer (customer_key, customer_type) SELECT k, 'library' FROM range(1, 61) AS r (k);
INSERT INTO core.fact_order_line (line_id, order_key, customer_key, order_date, title_key, clc_key, qty, net)
SELECT 10 * k + i, k, k, DATE '2026-01-01' + CAST(k AS INTEGER), t, CASE t WHEN 1 THEN 4 WHEN 2 THEN 2 ELSE t + 2 END, 1, 10 FROM range(1, 61) AS r (k), range(0, 2) AS s (i), LATERAL (SELECT CASE WHEN k <= 10 THEN 1 + i ELSE 3 + (k + i * (1 + k // 3 % 2)) % 3 END AS t);
INSERT INTO core.fact_order_line (line_id, order_key, customer_key, order_date, title_key, clc_key, qty, net) VALUES (2001, 20, 20, '2026-02-01', 1, 4, 0, 0), (2002, 99, 20, '2026-12-01', 1, 4, 1, 10), (2003, 99, 20, '2026-12-01', 3, 5, 1, 10);`

func TestRulesByHand(t *testing.T) {
	conn := jobtest.Open(t, "2026-06-30", sixty)
	jobtest.Run(t, conn, "2026-06-30", Basket(BasketOptions{}))
	hold(t, conn, map[string]string{
		"SELECT string_agg(antecedent || ' > ' || consequent, ', ' ORDER BY rule_no) FROM score.basket_rule WHERE level = 'order_title'":                                                                                                     "One > Two, Two > One",
		"SELECT antecedent_code || ' ' || consequent_code || ' ' || count || ' ' || customers || ' of ' || baskets || ' ' || antecedent_count || ' ' || consequent_count FROM score.basket_rule WHERE level = 'order_title' AND rule_no = 1": "111 222 10 10 of 60 10 10",
		"SELECT confidence || ' ' || lift || ' ' || coalesce(CAST(conviction AS VARCHAR), 'certain') FROM score.basket_rule WHERE level = 'order_title' AND rule_no = 1":                                                                     "1.0 6.0 certain",
		"SELECT round(leverage - (10/60 - 1/36), 12) FROM score.basket_rule WHERE level = 'order_title' AND rule_no = 1":                                                                                                                     "0",
		// Baskets of two: 120 places, 110 outside title 1, 10 of them beside it: ten copies of 2 make 10 · 10 / 110.
		"SELECT round(expected_by_size - 100/110.0, 12) FROM score.basket_rule WHERE level = 'order_title' AND rule_no = 1":                          "0",
		"SELECT round(lift_by_size - 11, 9) FROM score.basket_rule WHERE level = 'order_title' AND rule_no = 1":                                      "0",
		"SELECT string_agg(antecedent || ' > ' || consequent_zh, ', ' ORDER BY rule_no) FROM score.basket_rule WHERE level = 'order_class'":          "Sciences > 计算机, Computing > 数理",
		"SELECT string_agg(antecedent_code || ' > ' || consequent_code, ', ' ORDER BY rule_no) FROM score.basket_rule WHERE level = 'order_subject'": "O1 > TP, TP > O1",
		// Five are frequent: 5 · 4 pairs, and of classes, which may be three in a rule,
		// 3 for each of the four frequent pairs.
		"SELECT string_agg(tests, ' ' ORDER BY level) FROM score.basket_level WHERE level IN ('order_class', 'order_title')":         "32 20",
		"SELECT string_agg(control_rules, ' ' ORDER BY level) FROM score.basket_level WHERE level IN ('order_class', 'order_title')": "0 0",
		"SELECT count(*) FROM score.basket_rule WHERE level = 'customer_class'":                                                      "2",
	})
	// Fisher's probability of all ten of ten in sixty: 1 in C(60, 10); two rules of
	// 20 tests have it, so q is 20/2 times that.
	ways, _ := math.Lgamma(61)
	a, _ := math.Lgamma(11)
	b, _ := math.Lgamma(51)
	for column, want := range map[string]float64{"p": math.Exp(a + b - ways), "q": 10 * math.Exp(a+b-ways)} {
		if got := jobtest.Number(t, conn, "SELECT "+column+" FROM score.basket_rule WHERE level = 'order_title' AND rule_no = 1"); math.Abs(got/want-1) > 1e-9 {
			t.Errorf("%s: %v, want %v", column, got, want)
		}
	}
	if got := jobtest.Value(t, conn, "SELECT reading FROM card.model"); !strings.Contains(got, "titles in one order: 2 of 20 tests") {
		t.Error(got)
	}
}

func TestFewCustomersMakeNoRule(t *testing.T) {
	conn := jobtest.Open(t, "2026-06-30", sixty, "UPDATE core.fact_order_line SET customer_key = customer_key % 4 + 1 WHERE customer_key <= 10")
	jobtest.Run(t, conn, "2026-06-30", Basket(BasketOptions{}))
	hold(t, conn, map[string]string{"SELECT count(*) FROM score.basket_rule WHERE level LIKE 'order%'": "0"})
}

func TestMoreBasketsThanAreLookedAt(t *testing.T) {
	conn := jobtest.Open(t, "2026-06-30", sixty)
	jobtest.Run(t, conn, "2026-06-30", Basket(BasketOptions{MaxBaskets: 25}))
	hold(t, conn, map[string]string{
		// The last four months hold two of the orders, those of March; five hold thirty.
		"SELECT from_date || ' ' || baskets FROM score.basket_level WHERE level = 'order_title'":   "2026-03-01 2",
		"SELECT value FROM card.parameter WHERE name = 'order_title.months'":                       "4",
		"SELECT baskets FROM score.basket_level WHERE level = 'customer_series'":                   "0",
		"SELECT contains(reading, 'of the last 4 months: there are more baskets') FROM card.model": "true",
	})
	jobtest.Run(t, conn, "2026-06-30", Basket(BasketOptions{MaxBaskets: 1}))
	hold(t, conn, map[string]string{
		"SELECT value FROM card.parameter WHERE name = 'order_title.months'": "3",
	})
}

// The rules of the public groceries baskets, loaded as order lines: 463 at a
// support of .006 and a confidence of .25, as the R package arules finds.
func TestGroceries(t *testing.T) {
	root := os.Getenv("VERSO_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "..", "shared", "data")
	}
	path := filepath.Join(root, "groceries", "groceries.csv")
	if _, err := os.Stat(path); err != nil {
		t.Skip("public data set groceries is not here (VERSO_DATA names its folder)")
	}
	conn := jobtest.Open(t, "2026-06-30", `
CREATE TEMP TABLE raw AS SELECT row_number() OVER () AS k, string_split(line, ',') AS items FROM read_csv(`+engine.QuoteText(path)+`, columns = {'line': 'VARCHAR'}, delim = '\t', header = false, quote = '');
CREATE TEMP TABLE bought AS SELECT k, trim(unnest(items)) AS item FROM raw;
INSERT INTO core.dim_title (title_key, title_id, title) SELECT row_number() OVER (ORDER BY item), item, item FROM (SELECT DISTINCT item FROM bought) AS i;
INSERT INTO core.fact_order_line (order_key, customer_key, order_date, title_key, clc_key, qty) SELECT b.k, -1, DATE '2026-06-01', t.title_key, -1, 1 FROM bought AS b INNER JOIN core.dim_title AS t ON t.title_id = b.item`)
	jobtest.Run(t, conn, "2026-06-30", Basket(BasketOptions{MinSupport: .006, MinConfidence: .25, MaxLength: 4, Untested: true}))
	hold(t, conn, map[string]string{
		"SELECT baskets || ' ' || items FROM score.basket_level WHERE level = 'order_title'":                                                                                                                              "9835 169",
		"SELECT antecedent || ' > ' || consequent || ' ' || count || ' ' || round(support, 6) || ' ' || round(confidence, 5) || ' ' || round(lift, 6) FROM score.basket_rule WHERE level = 'order_title' AND rule_no = 1": "herbs > root vegetables 69 0.007016 0.43125 3.956477",
		"SELECT count(*) FROM score.basket_rule WHERE level = 'order_title'":                                                                                                                                              "463",
	})
	// With the tests, and no thresholds but the stated ones, fewer but sound rules
	// remain, none in shuffled baskets.
	jobtest.Run(t, conn, "2026-06-30", Basket(BasketOptions{}))
	if n := jobtest.Number(t, conn, "SELECT rules FROM score.basket_level WHERE level = 'order_title'"); n < 20 || n > 1000 {
		t.Errorf("%v rules", n)
	}
	hold(t, conn, map[string]string{"SELECT control_rules FROM score.basket_level WHERE level = 'order_title'": "0"})
}

// A series of two. Of eight who order to the end, three of four with the first
// volume take the second, and one without; a fifth buyer of the first never comes
// back and had no occasion.
const series = classes + `
INSERT INTO core.dim_title (title_key, title_id, title, clc_key, series_id, first_listed) VALUES (1, 'a', 'Volume 1', 2, 's', '2024-01-01'), (2, 'b', 'Volume 2', 2, 's', '2025-01-01'), (3, 'c', 'Other', 5, NULL, '2020-01-01');
INSERT INTO core.dim_customer (customer_key, customer_type) SELECT k, 'library' FROM range(1, 10) AS r (k);
INSERT INTO core.fact_order_line (line_id, order_key, customer_key, order_date, title_key, clc_key, qty, net)
SELECT k, k, k, DATE '2024-06-01', CASE WHEN k <= 4 OR k = 9 THEN 1 ELSE 3 END, 2, 1, 10 FROM range(1, 10) AS r (k);
INSERT INTO core.fact_order_line (line_id, order_key, customer_key, order_date, title_key, clc_key, qty, net)
SELECT 100 + k, 100 + k, k, DATE '2025-06-01', CASE WHEN k <= 3 OR k = 5 THEN 2 ELSE 3 END, 2, 1, 10 FROM range(1, 9) AS r (k);`

func TestNextVolumeByHand(t *testing.T) {
	conn := jobtest.Open(t, "2026-06-30", series)
	jobtest.Run(t, conn, "2026-06-30", Basket(BasketOptions{}))
	hold(t, conn, map[string]string{
		"SELECT round(value, 4) FROM card.metric WHERE name = 'continuation'":                                    "0.75",
		"SELECT tests || ' ' || rules_found || ' ' || rules FROM score.basket_level WHERE level = 'next_volume'": "1 1 0", // 17 of 70 ways: chance
	})
	// Ninety more who order to the end and take neither leave no doubt.
	conn = jobtest.Open(t, "2026-06-30", series, "INSERT INTO core.fact_order_line (line_id, order_key, customer_key, order_date, title_key, clc_key, qty, net) SELECT k, k, k, DATE '2026-01-01', 3, 5, 1, 1 FROM range(1000, 1092) AS r (k)")
	jobtest.Run(t, conn, "2026-06-30", Basket(BasketOptions{}))
	hold(t, conn, map[string]string{
		"SELECT antecedent || ' > ' || consequent || ' ' || count || '/' || antecedent_count || ' ' || consequent_count || '/' || baskets FROM score.basket_rule WHERE level = 'next_volume'": "Volume 1 > Volume 2 3/4 4/100",
		"SELECT round(lift, 6) FROM score.basket_rule WHERE level = 'next_volume'":                                                                                                            "18.75",
	})
}
