package taste

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"verso/models/job/jobtest"
	"verso/olap/engine"
)

const classes = `INSERT INTO core.dim_clc (clc_key, code, name_en, name_zh, level, l1_code, l2_code, l3_code, bucket) VALUES
(-1, '(unknown)', '(unknown)', '未知', 0, '(unknown)', NULL, NULL, NULL), (0, '未分类', 'Unclassified', '未分类', 0, '未分类', NULL, NULL, NULL),
(1, 'O1', 'Mathematics', '数学', 2, 'O', 'O1', NULL, 'O'), (2, 'I2', 'Chinese literature', '中国文学', 2, 'I', 'I2', NULL, 'I'), (3, 'K8', 'Biography', '传记', 2, 'K', 'K8', NULL, 'K')`

const titles = `INSERT INTO core.dim_title (title_key, title_id, clc_key, language, publisher, series_id) VALUES
(1, 'a', 1, 'eng', 'Press', NULL), (2, 'b', 1, 'eng', 'Press', NULL), (3, 'c', 1, 'eng', 'Press', NULL), (4, 'd', 2, 'chi', 'House', NULL), (5, 'e', 2, 'chi', 'House', NULL), (6, 'f', 0, NULL, NULL, NULL)`

func line(id, customer, title, class, qty int, day string) string {
	return fmt.Sprintf("INSERT INTO core.fact_order_line (line_id, customer_key, title_key, clc_key, qty, qty_cancelled, order_date) VALUES (%d, %d, %d, %d, %d, 0, DATE '%s')", id, customer, title, class, qty, day)
}

func company(t *testing.T, more ...string) engine.Conn {
	statements := append([]string{classes, titles,
		"INSERT INTO core.dim_customer (customer_key, customer_id, name, customer_type) VALUES (1, 'x-1', 'One', 'library'), (2, 'x-2', 'Two', 'library'), (3, 'x-3', 'Three', 'individual')"}, more...)
	return jobtest.Open(t, "2025-06-30", statements...)
}

// TestShares holds shares against arithmetic. Customer 1 keeps three lines of O1
// (one of 10,000 copies) and one of I2, one returned and one without a class;
// customer 2 two of I2. Every day is the as-of date, so nothing has decayed.
// within = (6/12 + 2/2)/2 = 0.75, base = (3 + 100·0.5)/106 = 0.5, so
// α = (1 - 0.75)/(0.75 - 0.5) = 1, and O1 of customer 1 = (3 + 0.5)/(4 + 1) = 0.7.
func TestShares(t *testing.T) {
	conn := company(t, line(1, 1, 1, 1, 10000, "2025-06-30"), line(2, 1, 2, 1, 1, "2025-06-30"), line(3, 1, 3, 1, 2, "2025-06-30"), line(4, 1, 4, 2, 1, "2025-06-30"),
		line(5, 1, 5, 2, 3, "2025-06-30"), "INSERT INTO core.fact_return (return_id, line_id, return_date, qty) VALUES (1, 5, DATE '2025-06-30', 3)",
		line(6, 1, 6, 0, 1, "2025-06-30"), line(7, 2, 4, 2, 1, "2025-06-30"), line(8, 2, 5, 2, 1, "2025-06-30"),
		"INSERT INTO core.bridge_customer_interest VALUES (3, 3, 1, NULL)")
	jobtest.Run(t, conn, "2025-06-30", Taste())
	for _, c := range []struct {
		customer      int
		member        string
		share, affine float64
	}{{1, "O1", .7, 1.4}, {1, "I2", .3, .6}, {2, "I2", 2.5 / 3, 5. / 3}} {
		at := fmt.Sprintf(" FROM score.taste WHERE customer_key = %d AND kind = 'subject' AND member = '%s'", c.customer, c.member)
		if got := jobtest.Number(t, conn, "SELECT share"+at); math.Abs(got-c.share) > 1e-9 {
			t.Errorf("customer %d, %s: share %v, want %v", c.customer, c.member, got, c.share)
		}
		if got := jobtest.Number(t, conn, "SELECT affinity"+at); math.Abs(got-c.affine) > 1e-9 {
			t.Errorf("customer %d, %s: affinity %v, want %v", c.customer, c.member, got, c.affine)
		}
	}
	for sql, want := range map[string]string{
		`SELECT "lines" FROM score.taste_profile WHERE customer_key = 1`:                                                         "5", // with the one without a class
		"SELECT top_code FROM score.taste_profile WHERE customer_key = 1":                                                        "O1",
		"SELECT breadth FROM score.taste_profile WHERE customer_key = 1":                                                         "2.0000", // 4·3/(3·2)
		"SELECT language FROM score.taste_profile WHERE customer_key = 2":                                                        "chi",
		"SELECT declared_unbought FROM score.taste_profile WHERE customer_key = 3":                                               "1",
		"SELECT sentence FROM score.taste_profile WHERE customer_key = 3":                                                        "Has bought nothing yet; said to care for one subject.",
		"SELECT sentence_zh FROM score.taste_profile WHERE customer_key = 3":                                                     "尚未购买；自述关注 1 个学科。",
		"SELECT unserved FROM score.taste_demand WHERE code = 'K8'":                                                              "1",
		"SELECT count(*) FROM score.taste WHERE isnan(share) OR isinf(share) OR isnan(affinity)":                                 "0",
		"SELECT round(value * 8) FROM card.metric WHERE model = 'taste' AND name = 'unclassified'":                               "1", // 1 of 7 lines kept
		"SELECT count(*) FROM (SELECT customer_key, kind, level, member FROM score.taste GROUP BY ALL HAVING count(*) > 1) AS d": "0",
	} {
		if got := jobtest.Value(t, conn, sql); got != want {
			t.Errorf("%s: %s, want %s", sql, got, want)
		}
	}
	sentence := jobtest.Value(t, conn, "SELECT sentence FROM score.taste_profile WHERE customer_key = 1")
	if !strings.Contains(sentence, "Mathematics (O1): 70 % of reading against 50 % of customers alike") {
		t.Error(sentence)
	}
}

// TestChangeIsFound: forty visits to mathematics, then forty to biography.
func TestChangeIsFound(t *testing.T) {
	more := []string{"INSERT INTO core.dim_title (title_key, title_id, clc_key) SELECT 100 + i, CAST(100 + i AS VARCHAR), CASE WHEN i < 40 THEN 1 ELSE 3 END FROM range(80) AS r (i)",
		"INSERT INTO core.fact_order_line (line_id, customer_key, title_key, clc_key, qty, qty_cancelled, order_date) SELECT i, 1, 100 + i, 1, 1, 0, DATE '2024-12-01' + CAST(i AS INTEGER) FROM range(80) AS r (i)",
		// The others read both all the time, so neither is on the rise.
		"INSERT INTO core.fact_order_line (line_id, customer_key, title_key, clc_key, qty, qty_cancelled, order_date) SELECT 1000 + i, 2, 100 + (i * 37) % 80, 1, 1, 0, DATE '2023-01-01' + CAST(i AS INTEGER) FROM range(800) AS r (i)"}
	conn := company(t, more...)
	jobtest.Run(t, conn, "2025-06-30", Taste())
	for sql, want := range map[string]string{
		"SELECT CAST(drift_date AS VARCHAR) FROM score.taste_profile WHERE customer_key = 1":   "2025-01-10",
		"SELECT drift_from || ' ' || drift_to FROM score.taste_profile WHERE customer_key = 1": "O1 K8",
		"SELECT top_code FROM score.taste_profile WHERE customer_key = 1":                      "K8",
		"SELECT has_drifted FROM score.taste_profile WHERE customer_key = 2":                   "false",
		"SELECT drift_tested FROM score.taste_profile WHERE customer_key = 2":                  "true",
	} {
		if got := jobtest.Value(t, conn, sql); got != want {
			t.Errorf("%s: %s, want %s", sql, got, want)
		}
	}
}

// TestNothingToRead: without rows the tables stand with their columns, and the
// card says why they are empty.
func TestNothingToRead(t *testing.T) {
	for name, statements := range map[string][]string{
		"nothing":          nil,
		"no class":         {line(1, 1, 6, 0, 1, "2025-06-30")},
		"only returns":     {line(1, 1, 1, 1, -1, "2025-06-30")},
		"unknown customer": {line(1, -1, 1, 1, 1, "2025-06-30")},
		"one customer":     {line(1, 1, 1, 1, 1, "1995-01-01"), line(2, 1, 4, 2, 1, "2025-06-30")},
	} {
		conn := company(t, statements...)
		jobtest.Run(t, conn, "2025-06-30", Taste())
		if jobtest.Value(t, conn, "SELECT reading <> '' AND reading_zh <> '' FROM card.model WHERE model = 'taste'") != "true" {
			t.Errorf("%s: no reading", name)
		}
		for table, columns := range map[string]float64{"taste": 15, "taste_profile": 36, "taste_demand": 13} {
			if got := jobtest.Number(t, conn, "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'score' AND table_name = '"+table+"'"); got != columns {
				t.Errorf("%s: score.%s has %v columns", name, table, got)
			}
		}
		if got := jobtest.Value(t, conn, "SELECT count(*) FROM score.taste_profile WHERE sentence IS NULL OR sentence_zh IS NULL"); got != "0" {
			t.Errorf("%s: %s rows without a sentence", name, got)
		}
	}
}
