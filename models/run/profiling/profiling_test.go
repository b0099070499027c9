package profiling

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"verso/models/job"
	"verso/models/job/jobtest"
	"verso/models/pyramid"
	"verso/models/rfm"
	"verso/olap/engine"
)

// runAll runs the models of profiling over the 12 months up to a day.
func runAll(t *testing.T, conn engine.Conn, asOf string, months int) {
	t.Helper()
	day, err := time.Parse(time.DateOnly, asOf)
	if err != nil {
		t.Fatal(err)
	}
	j := &job.Job{Conn: conn, AsOf: day, Seed: 1, Months: months}
	if err := j.Prepare(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, m := range []job.Model{RFM(rfm.Options{}), Pyramid(pyramid.Options{}), Moves(pyramid.Options{}, rfm.Options{}), Segments(SegmentOptions{}), Completeness()} {
		if _, err := m.Run(context.Background(), j); err != nil {
			t.Fatalf("%s: %v", m.Name, err)
		}
	}
	unusable(t, conn)
}

// unusable fails the test for a NaN or an infinity in a table of scores.
func unusable(t *testing.T, conn engine.Conn) {
	t.Helper()
	var checks []string
	err := engine.Rows(context.Background(), conn, engine.SQL("SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = 'score' AND data_type = 'DOUBLE' ORDER BY 1, 2"), func(r []any) error {
		column := engine.QuoteIdent(engine.Text(r[1]))
		checks = append(checks, fmt.Sprintf("SELECT count(*) AS n FROM score.%s WHERE isnan(%s) OR isinf(%s)", engine.QuoteIdent(engine.Text(r[0])), column, column))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := jobtest.Value(t, conn, "SELECT sum(n) FROM ("+strings.Join(checks, " UNION ALL ")+")"); n != "0" {
		t.Errorf("%s scores are no numbers", n)
	}
}

func wants(t *testing.T, conn engine.Conn, values map[string]string) {
	t.Helper()
	for sql, want := range values {
		if got := jobtest.Value(t, conn, sql); got != want {
			t.Errorf("%s: %s, want %s", sql, got, want)
		}
	}
}

// A hundred customers bought for 100, 99, … 1 in 2024: one top, four major,
// fifteen ordinary, eighty small. In 2025 the first and the last but one buy
// nothing, the last buys most of all, one is new, one comes back after two years,
// one never bought and one bought in 2022 only.
const hundred = `
INSERT INTO core.dim_customer (customer_key) SELECT CAST(k AS INTEGER) FROM range(1, 105) AS r (k);
INSERT INTO core.fact_order_line (customer_key, order_key, order_date, qty, net) SELECT CAST(k AS INTEGER), CAST(k AS INTEGER), DATE '2024-05-05', 1, 101 - k FROM range(1, 101) AS r (k);
INSERT INTO core.fact_order_line (customer_key, order_key, order_date, qty, net) SELECT CAST(k AS INTEGER), CAST(1000 + k AS INTEGER), DATE '2025-05-05', 1, 101 - k FROM range(2, 99) AS r (k);
INSERT INTO core.fact_order_line (customer_key, order_key, order_date, qty, net) VALUES (100, 2000, '2025-06-01', 1, 1000), (101, 2001, '2025-06-01', 1, 0.5),
    (104, 2002, '2022-06-01', 1, 9), (104, 2003, '2025-06-01', 1, 0.4), (103, 2004, '2022-06-01', 1, 9);`

func TestMovesByHand(t *testing.T) {
	conn := jobtest.Open(t, "2025-12-31", hundred)
	runAll(t, conn, "2025-12-31", 12)
	const revenue = "FROM score.tier_migration WHERE basis = 'revenue'"
	wants(t, conn, map[string]string{
		"SELECT string_agg(customer_key || ' ' || from_tier || ' ' || to_tier || ' ' || move, ', ' ORDER BY customer_key) FROM score.tier_move WHERE basis = 'revenue' AND move <> 'stayed'": "1 top inactive left, 99 small inactive left, 100 small top up, 101 never small new, 102 never inactive absent, 103 inactive inactive absent, 104 inactive small returned",
		"SELECT sum(customers) " + revenue:                                                          "104",
		"SELECT sum(customers) " + revenue + " AND move = 'stayed'":                                 "97",
		"SELECT string_agg(customers, ' ' ORDER BY to_tier_no) " + revenue + " AND move = 'stayed'": "4 15 78",
		"SELECT sum(value_before) " + revenue:                                                       jobtest.Value(t, conn, "SELECT sum(net) FROM core.fact_order_line WHERE order_date BETWEEN DATE '2024-01-01' AND DATE '2024-12-31'"),
		"SELECT sum(value_now) " + revenue:                                                          jobtest.Value(t, conn, "SELECT sum(net) FROM core.fact_order_line WHERE order_date BETWEEN DATE '2025-01-01' AND DATE '2025-12-31'"),
		// Closing on the side of today: the tiers of the pyramid.
		"SELECT count(*) FROM (SELECT to_tier, sum(customers) " + revenue + " GROUP BY to_tier EXCEPT SELECT tier, count(*) FROM score.pyramid WHERE basis = 'revenue' GROUP BY tier)": "0",
		"SELECT sum(customers) FROM score.tier_migration WHERE basis = 'rfm'":                         "103",
		"SELECT sum(customers) FROM score.tier_migration WHERE basis = 'rfm' AND from_tier = 'never'": "1",
		"SELECT count(*) FROM score.tier_migration WHERE basis = 'margin'":                            "0",
		"SELECT value FROM card.metric WHERE model = 'moves' AND name = 'revenue_up_change'":          "999",
		"SELECT value FROM card.metric WHERE model = 'moves' AND name = 'revenue_came'":               "2",
		"SELECT reading FROM card.model WHERE model = 'moves'":                                        "Against the window before 1 customers moved up, 0 down, 97 stayed in their tier; 2 bought no more and 2 came or came back.",
		"SELECT value FROM card.parameter WHERE model = 'moves' AND name = 'before_from'":             "2024-01-01",
		"SELECT value FROM card.parameter WHERE model = 'moves' AND name = 'before_to'":               "2024-12-31",
	})
}

func TestMovesWithoutAWindowBefore(t *testing.T) {
	conn := jobtest.Open(t, "2025-12-31", hundred)
	runAll(t, conn, "2025-12-31", 0)
	wants(t, conn, map[string]string{
		"SELECT count(*) FROM score.tier_move":                 "0",
		"SELECT count(*) FROM score.tier_migration":            "0",
		"SELECT reading FROM card.model WHERE model = 'moves'": "The window is all history, so there is none before it.",
	})
}

// A window before that the data do not reach back to is none: nobody moved up only
// because little was known of him.
func TestMovesBeforeTheData(t *testing.T) {
	conn := jobtest.Open(t, "2025-12-31", hundred, "DELETE FROM core.fact_order_line WHERE order_date < '2024-02-02'; INSERT INTO core.fact_order_line (line_id, order_key, order_date, customer_key, net) VALUES (99001, 99001, '2024-02-02', 1, 1);")
	runAll(t, conn, "2025-12-31", 12)
	wants(t, conn, map[string]string{
		"SELECT count(*) FROM score.tier_move":                 "0",
		"SELECT count(*) FROM score.tier_migration":            "0",
		"SELECT reading FROM card.model WHERE model = 'moves'": "The data begin on 2024-02-02, so the window before is not known whole and nobody is said to have moved.",
	})
}

// Two libraries, of which the company has credit limits, and a reader, of whom it
// has none.
func TestCompletenessByHand(t *testing.T) {
	conn := jobtest.Open(t, "2025-12-31", `
INSERT INTO core.dim_customer (customer_key, name, customer_type, geo_key, channel_key, owner_employee_key, credit_limit, created_date) VALUES
    (1, 'A', 'library', 5, -1, 3, 100, '2019-01-01'), (2, ' ', 'library', -1, -1, 3, NULL, '2025-11-01'), (3, 'C', 'individual', 5, -1, -1, NULL, '2019-01-01'), (4, 'D', 'individual', 5, -1, -1, NULL, NULL);
INSERT INTO core.fact_customer_profile VALUES (1, 2, 1, 0, 0, 0);
INSERT INTO core.fact_order_line (customer_key, order_date, qty, net) VALUES (1, '2023-12-30', 1, 5), (3, '2023-12-31', 1, 5), (1, '2026-02-01', 1, 5);
INSERT INTO core.fact_message (customer_key, date) VALUES (3, '2024-06-01');`)
	runAll(t, conn, "2025-12-31", 12)
	wants(t, conn, map[string]string{
		"SELECT known || ' of ' || customers || ' ' || share FROM score.completeness WHERE customer_type = 'library' AND field = 'credit_limit'": "1 of 2 0.5",
		"SELECT is_counted FROM score.completeness WHERE customer_type = 'individual' AND field = 'credit_limit'":                                "false",
		"SELECT string_agg(field, ' ' ORDER BY place) FROM score.completeness WHERE customer_type = 'library' AND is_counted":                    "name type region owner person phone credit_limit",
		"SELECT string_agg(customer_key || ' ' || known || '/' || fields, ', ' ORDER BY customer_key) FROM score.customer_completeness":          "1 7/7, 2 2/7, 3 3/3, 4 3/3",
		"SELECT missing FROM score.customer_completeness WHERE customer_key = 2":                                                                 "name, region, person, phone, credit_limit",
		"SELECT string_agg(customer_key || ' ' || is_stale, ', ' ORDER BY customer_key) FROM score.customer_completeness":                        "1 true, 2 false, 3 false, 4 true",
		"SELECT touch || ' ' || days_since_touch FROM score.customer_completeness WHERE customer_key = 3":                                        "message 578",
		"SELECT value FROM card.metric WHERE model = 'completeness' AND name = 'completeness'":                                                   "0.75",
		"SELECT count(*) FROM score.completeness": "38",
	})
}

// kinds are customers that order in four ways, told apart by their number: from
// 100 now and then, from 200 one line every five weeks, from 300 textbooks, from
// 400 after the book fair.
const kinds = `
INSERT INTO core.dim_date (date_key, date, fair_name) SELECT CAST(strftime(d, '%Y%m%d') AS INTEGER), CAST(d AS DATE), CASE WHEN month(d) = 6 AND day(d) BETWEEN 18 AND 22 THEN 'Fair ' || year(d) END
FROM range(DATE '2022-01-01', DATE '2025-12-31', INTERVAL 1 DAY) AS r (d);
INSERT INTO core.dim_customer (customer_key, customer_type) SELECT CAST(k AS INTEGER), 'library' FROM (SELECT unnest(range(100, 160)) AS k UNION ALL SELECT unnest(range(200, 230)) UNION ALL SELECT unnest(range(300, 320)) UNION ALL SELECT unnest(range(400, 420)));
CREATE TEMP MACRO u(k, o, n) AS CAST(CAST('0x' || substr(md5(k || '.' || o || '.' || n), 1, 6) AS INTEGER) AS DOUBLE) / 16777216;
CREATE TEMP TABLE placed AS
SELECT k, o, DATE '2023-01-01' + CAST(floor(1090 * u(k, o, 1)) AS INTEGER) AS day, 1 + floor(8 * u(k, o, 2)) AS lines, 0 AS textbooks FROM range(100, 160) AS a (k), range(0, 8) AS b (o)
UNION ALL SELECT k, o, DATE '2023-01-01' + CAST(floor(1090 * u(k, o, 1)) AS INTEGER), 1 + CASE WHEN u(k, o, 2) < .2 THEN 1 ELSE 0 END, 0 FROM range(200, 230) AS a (k), range(0, 30) AS b (o)
UNION ALL SELECT k, o, DATE '2023-01-01' + CAST(floor(1090 * u(k, o, 1)) AS INTEGER), 3, 2 + CASE WHEN u(k, o, 2) < .8 THEN 1 ELSE 0 END FROM range(300, 320) AS a (k), range(0, 6) AS b (o)
UNION ALL SELECT k, o, make_date(2023 + o % 3, 6, 23) + CAST(floor(CASE WHEN u(k, o, 3) < .9 THEN 42 ELSE 180 END * u(k, o, 1)) AS INTEGER), 1 + floor(8 * u(k, o, 2)), 0 FROM range(400, 420) AS a (k), range(0, 6) AS b (o);
INSERT INTO core.fact_order_line (customer_key, order_key, order_date, qty, gross, discount, net, is_textbook)
SELECT CAST(k AS INTEGER), CAST(k * 100 + o AS INTEGER), day, CASE WHEN n < textbooks THEN 30 ELSE 1 END, 100, 5, 95, n < textbooks FROM placed, range(0, 9) AS l (n) WHERE n < lines;`

func TestSegmentsByHabits(t *testing.T) {
	conn := jobtest.Open(t, "2025-12-31", kinds)
	runAll(t, conn, "2025-12-31", 12)
	const kind = "SELECT kind, name, n, max(n) OVER (PARTITION BY kind) AS most FROM (SELECT customer_key // 100 AS kind, name, count(*) AS n FROM score.segment GROUP BY ALL)"
	wants(t, conn, map[string]string{
		"SELECT string_agg(kind || ' ' || name, ', ' ORDER BY kind) FROM (" + kind + ") WHERE n = most":                "1 orders now and then, 2 standing orders, 3 textbooks, 4 buys after book fairs",
		"SELECT sum(n) >= 127 FROM (" + kind + ") WHERE n = most":                                                      "true",
		"SELECT string_agg(name_zh, ', ' ORDER BY name_zh) FROM (SELECT DISTINCT segment, name_zh FROM score.segment)": "书展采购, 教材采购, 长期订购, 零散订购",
		"SELECT string_agg(segments, ' ') FROM score.segment_choice WHERE is_chosen":                                   "4",
		"SELECT bool_and(is_known) FROM score.segment":                                                                 "true",
		"SELECT fact_1 FROM score.segment WHERE customer_key = 301":                                                    jobtest.Value(t, conn, "SELECT count(*) FILTER (WHERE is_textbook) || ' of ' || count(*) || ' lines are textbooks' FROM core.fact_order_line WHERE customer_key = 301"),
		"SELECT fact_1_zh FROM score.segment WHERE customer_key = 401":                                                 "6 单中 5 单在书展后六周内",
		"SELECT count(*) FROM score.segment":                                                                           "130",
		"SELECT count(*) FROM score.segment_profile":                                                                   fmt.Sprint(4 * len(measures)),
		"SELECT round(mean, 6) || ' ' || customers FROM score.segment_profile WHERE feature = 'lines_an_order' AND name = 'standing orders'": jobtest.Value(t, conn, `WITH c AS (
    SELECT customer_key, count(*) / count(DISTINCT order_key) AS lines FROM core.fact_order_line GROUP BY 1)
SELECT round(avg(lines), 6) || ' ' || count(*) FROM c JOIN score.segment s USING (customer_key) WHERE s.name = 'standing orders'`),
		"SELECT round(mean, 6) || ' ' || round(others_mean, 6) || ' ' || round(difference, 6) FROM score.segment_profile WHERE feature = 'fair_share' AND name = 'buys after book fairs'": jobtest.Value(t, conn, `WITH o AS (
    SELECT customer_key, order_key, max(CASE WHEN order_date BETWEEN make_date(year(order_date), 6, 23) AND make_date(year(order_date), 6, 22) + 42 THEN 1 ELSE 0 END) AS fair
    FROM core.fact_order_line GROUP BY ALL), c AS (SELECT o.customer_key, s.name = 'buys after book fairs' AS it, avg(fair) AS fair FROM o JOIN score.segment s USING (customer_key) GROUP BY ALL)
SELECT round(avg(fair) FILTER (WHERE it), 6) || ' ' || round(avg(fair) FILTER (WHERE NOT it), 6) || ' ' || round((avg(fair) FILTER (WHERE it) - avg(fair) FILTER (WHERE NOT it)) / stddev_pop(fair), 6) FROM c`),
	})
	if again := jobtest.Number(t, conn, "SELECT found_again FROM score.segment_choice WHERE is_chosen"); again < .99 {
		t.Errorf("found again %v", again)
	}
}

// A contract makes a standing order of few orders; a customer with too few
// orders is placed but marked; an order after the as-of date does not count.
func TestSegmentsOfContractsAndOfTheUnknown(t *testing.T) {
	conn := jobtest.Open(t, "2025-12-31", kinds,
		"INSERT INTO core.fact_contract (contract_id, customer_key, start_date, end_date) VALUES (1, 101, '2025-01-01', '2026-12-31'), (2, 102, '2020-01-01', '2022-06-30')",
		"INSERT INTO core.dim_customer (customer_key, customer_type) VALUES (900, 'library')",
		"INSERT INTO core.fact_order_line (customer_key, order_key, order_date, qty, net) VALUES (900, 1, '2025-03-01', 1, 5), (103, 2, '2026-01-01', 1, 5)")
	runAll(t, conn, "2025-12-31", 12)
	wants(t, conn, map[string]string{
		"SELECT string_agg(name, ', ' ORDER BY customer_key) FROM score.segment WHERE customer_key IN (101, 102)": "standing orders, orders now and then",
		"SELECT is_known || ' ' || orders FROM score.segment WHERE customer_key = 900":                            "false 1",
		"SELECT orders FROM score.segment WHERE customer_key = 103":                                               "8",
		"SELECT sum(customers) FROM (SELECT DISTINCT segment, customers FROM score.segment_profile)":              "130",
	})
}

// Every table is there, in full, and the reading says why it is empty.
func TestProfilingOfOddData(t *testing.T) {
	many := "INSERT INTO core.dim_customer (customer_key) SELECT CAST(k AS INTEGER) FROM range(1, 41) AS r (k);"
	for name, c := range map[string]struct{ add, reading string }{
		"nobody":         {"", "No segments: of 0 customers"},
		"one customer":   {"INSERT INTO core.dim_customer (customer_key) VALUES (1); INSERT INTO core.fact_order_line (customer_key, order_key, order_date, qty, net) SELECT 1, CAST(k AS INTEGER), DATE '2025-01-01' + CAST(k AS INTEGER), 1, 5 FROM range(0, 9) AS r (k)", "No segments: of 1 customers"},
		"all alike":      {many + "INSERT INTO core.fact_order_line (customer_key, order_key, order_date, qty, net) SELECT CAST(k AS INTEGER), CAST(100 * k + o AS INTEGER), DATE '2025-01-01' + CAST(o AS INTEGER), 1, 5 FROM range(1, 41) AS r (k), range(0, 9) AS s (o)", "No segments: of 40 customers"},
		"one day":        {many + "INSERT INTO core.fact_order_line (customer_key, order_key, order_date, qty, net) SELECT CAST(k AS INTEGER), CAST(k AS INTEGER), DATE '2025-01-01', 1, k FROM range(1, 41) AS r (k)", "No segments: of 40 customers that ordered since 2023-01-01, 0 did so 5 times or more"},
		"only returns":   {many + "INSERT INTO core.fact_order_line (customer_key, order_key, order_date, qty, net) SELECT CAST(k AS INTEGER), CAST(k AS INTEGER), DATE '2025-01-01', -1, -k FROM range(1, 41) AS r (k); INSERT INTO core.fact_return (customer_key, return_date, qty, value) VALUES (1, '2025-02-01', 1, 5)", "No segments: of 0 customers"},
		"thirty years":   {many + "INSERT INTO core.fact_order_line (customer_key, order_key, order_date, qty, net) SELECT CAST(k AS INTEGER), CAST(1000 * k + o AS INTEGER), DATE '1995-06-01' + CAST(o * 30 + k AS INTEGER), 1, k FROM range(1, 41) AS r (k), range(0, 370) AS s (o) WHERE DATE '1995-06-01' + CAST(o * 30 + k AS INTEGER) <= DATE '2025-12-31'", ""},
		"nothing is new": {many + "INSERT INTO core.fact_order_line (customer_key, order_key, order_date, qty, net) SELECT CAST(k AS INTEGER), CAST(k AS INTEGER), DATE '1996-01-01', 1, k FROM range(1, 41) AS r (k)", "No segments: of 0 customers"},
	} {
		t.Run(name, func(t *testing.T) {
			statements := []string{}
			if c.add != "" {
				statements = append(statements, c.add)
			}
			conn := jobtest.Open(t, "2025-12-31", statements...)
			runAll(t, conn, "2025-12-31", 12)
			if got := jobtest.Value(t, conn, "SELECT reading FROM card.model WHERE model = 'segments'"); c.reading != "" && !strings.HasPrefix(got, c.reading) {
				t.Errorf("%q, want %q", got, c.reading)
			}
			wants(t, conn, map[string]string{
				"SELECT count(*) FROM card.model WHERE model IN ('moves', 'segments', 'completeness') AND reading <> '' AND reading_zh <> ''":                                                                                                    "3",
				"SELECT count(DISTINCT table_name) FROM duckdb_columns() WHERE schema_name = 'score' AND table_name IN ('segment', 'segment_profile', 'segment_choice', 'tier_move', 'tier_migration', 'completeness', 'customer_completeness')": "7",
			})
		})
	}
}

// The same on one core and on four.
func TestProfilingIsTheSameOnAnyNumberOfCores(t *testing.T) {
	var prints []string
	for _, threads := range []int{1, 4} {
		conn := jobtest.Open(t, "2025-12-31", kinds, fmt.Sprintf("SET threads = %d", threads))
		runAll(t, conn, "2025-12-31", 12)
		print := ""
		for _, table := range []string{"segment", "segment_profile", "segment_choice", "tier_move", "tier_migration", "completeness", "customer_completeness"} {
			print += jobtest.Value(t, conn, "SELECT md5(string_agg(CAST(r AS VARCHAR), '|' ORDER BY r.rowid)) FROM (SELECT rowid, * FROM score."+table+") AS r") + " "
		}
		prints = append(prints, print)
	}
	if prints[0] != prints[1] {
		t.Errorf("on one core %s, on four %s", prints[0], prints[1])
	}
}
