package sevenp

import (
	"math"
	"strings"
	"testing"
	"time"

	"verso/models/job/jobtest"
	"verso/models/pyramid"
	"verso/models/rfm"
	"verso/models/run/loyalty"
	"verso/models/run/profiling"
	"verso/models/run/profitability"
	"verso/olap/engine"
)

func run7(t *testing.T, conn engine.Conn, asOf time.Time) {
	t.Helper()
	jobtest.Run(t, conn, asOf.Format(time.DateOnly), profiling.RFM(rfm.Options{}), profiling.Pyramid(pyramid.Options{}), profitability.Profit(),
		profitability.CLV(profitability.CLVOptions{}), loyalty.Loyalty(), SevenP())
}

var asOf = time.Date(2025, 9, 15, 0, 0, 0, 0, time.UTC)

// Four customers: two libraries that buy every month, one twice as much as the
// other; a university that stopped; a reader of one purchase.
const four = `
INSERT INTO core.dim_date (date_key, date, week_of_term)
SELECT CAST(strftime(d, '%Y%m%d') AS INTEGER), CAST(d AS DATE), 1 FROM range(DATE '2022-01-01', DATE '2027-12-31', INTERVAL 1 DAY) AS r (d);
INSERT INTO core.dim_clc (clc_key, bucket) VALUES (1, 'TP'), (2, 'I');
INSERT INTO core.dim_customer (customer_key, customer_type) VALUES (1, 'library'), (2, 'library'), (3, 'university'), (4, 'individual');
INSERT INTO core.fact_order_line (customer_key, clc_key, order_date, qty, net) SELECT 1, 1 + CAST(month(d) % 2 AS INTEGER), CAST(d AS DATE), 1, 200 FROM range(DATE '2023-10-10', DATE '2025-09-11', INTERVAL 1 MONTH) AS r (d);
INSERT INTO core.fact_order_line (customer_key, clc_key, order_date, qty, net) SELECT 2, 1, CAST(d AS DATE), 1, 100 FROM range(DATE '2023-10-20', DATE '2025-09-11', INTERVAL 1 MONTH) AS r (d);
INSERT INTO core.fact_order_line (customer_key, clc_key, order_date, qty, net) SELECT 3, 1, CAST(d AS DATE), 1, 300 FROM range(DATE '2023-10-05', DATE '2024-05-20', INTERVAL 28 DAY) AS r (d);
INSERT INTO core.fact_order_line (customer_key, clc_key, order_date, qty, net) VALUES (4, 1, '2025-08-01', 1, 20);
INSERT INTO core.fact_customer_month (customer_key, month, net) SELECT customer_key, CAST(date_trunc('month', order_date) AS DATE), CAST(sum(net) AS DECIMAL(18, 4)) FROM core.fact_order_line GROUP BY ALL;
UPDATE core.fact_customer_month SET sent = 2, responded = 1 WHERE customer_key = 1 AND month = DATE '2025-03-01';
UPDATE core.fact_customer_month SET sent = 2, responded = 0 WHERE customer_key = 2 AND month = DATE '2025-03-01';`

func TestSevenPByHand(t *testing.T) {
	conn := jobtest.Open(t, "2025-09-15", four)
	run7(t, conn, asOf)
	score := func(customer, part string) float64 {
		return jobtest.Number(t, conn, "SELECT score FROM score.sevenp_part WHERE part = '"+part+"' AND customer_key = "+customer)
	}
	// Net sales of twelve months: 2400, 1200, 0, 20, so places 100, 66.7, 0, 33.3;
	// of the twelve before: 2400, 1200, 2700, 0.
	for customer, want := range map[string]float64{"1": 50 + 25, "2": 33.333 + 25*(1-100./2300), "3": 0, "4": 16.667 + 50} {
		if customer == "2" { // its October of the year before falls on the 20th, after none: eleven months to the as-of date
			want = 33.333 + 25*(1+(jobtest.Number(t, conn, "SELECT net - net_before FROM feature.sevenp WHERE customer_key = 2"))/jobtest.Number(t, conn, "SELECT net + net_before FROM feature.sevenp WHERE customer_key = 2"))
		}
		if got := score(customer, "performance"); math.Abs(got-want) > .06 {
			t.Errorf("performance of %s: %v, want %v", customer, got, want)
		}
	}
	// Two subjects against one, one and one: the equal ones share the middle of three.
	for customer, want := range map[string]float64{"1": 100, "2": 33.3, "3": 33.3, "4": 33.3} {
		if got := score(customer, "product"); got != want {
			t.Errorf("product of %s: %v, want %v", customer, got, want)
		}
	}
	for sql, want := range map[string]string{
		"SELECT string_agg(customer_key || ' ' || score, ', ' ORDER BY customer_key) FROM score.sevenp_part WHERE part = 'promotion'":             "1 100.0, 2 0.0",
		"SELECT fact_1 || ' ' || value_1 || ' ' || fact_2 || ' ' || value_2 FROM score.sevenp_part WHERE part = 'promotion' AND customer_key = 1": "sent 2.0 responded 1.0",
		"SELECT percentile FROM score.sevenp_part WHERE part = 'performance' AND customer_key = 3":                                                "50",
		"SELECT percentile FROM score.sevenp_part WHERE part = 'performance' AND customer_key = 1":                                                "100",
		"SELECT count(*) FROM score.sevenp WHERE promotion IS NULL AND parts < 7":                                                                 "2",
		"SELECT count(*) FROM score.sevenp_part WHERE score < 0 OR score > 100 OR score IS NULL OR isnan(score)":                                  "0",
		"SELECT count(*) FROM score.sevenp WHERE \"before\" IS NOT NULL":                                                                          "0",
	} {
		if got := jobtest.Value(t, conn, sql); got != want {
			t.Errorf("%s: %s, want %s", sql, got, want)
		}
	}
	weights := map[string]float64{}
	total := 0.
	for _, p := range parts {
		weights[p.name] = float64(p.weight)
		total += float64(p.weight)
	}
	if total != 100 {
		t.Errorf("the weights add up to %v", total)
	}
	sum, known := 0., 0.
	for name, w := range weights {
		if name == "profitability" { // no line has a cost
			continue
		}
		sum, known = sum+w*score("1", name), known+w
	}
	if got := jobtest.Number(t, conn, "SELECT composite FROM score.sevenp WHERE customer_key = 1"); math.Abs(got-sum/known) > .051 {
		t.Errorf("composite %v, want %v", got, sum/known)
	}
}

// A run of a later date tells the change since the one before; the same date again
// compares with what that one compared with.
func TestChangeSinceTheLastRun(t *testing.T) {
	conn := jobtest.Open(t, "2025-09-15", four)
	run7(t, conn, asOf)
	first := jobtest.Number(t, conn, "SELECT composite FROM score.sevenp WHERE customer_key = 2")
	if _, err := conn.Exec(t.Context(), engine.SQL("UPDATE meta.run SET as_of = DATE '2025-12-15'")); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		run7(t, conn, asOf.AddDate(0, 3, 0))
		now := jobtest.Number(t, conn, "SELECT composite FROM score.sevenp WHERE customer_key = 2")
		if got := jobtest.Number(t, conn, "SELECT change FROM score.sevenp WHERE customer_key = 2"); math.Abs(got-(now-first)) > .051 || now == first {
			t.Errorf("change %v, want %v", got, now-first)
		}
		if got := jobtest.Value(t, conn, "SELECT count(*) FROM score.sevenp_part WHERE abs(change - (score - \"before\")) < 0.051"); got != jobtest.Value(t, conn, "SELECT count(*) FROM score.sevenp_part") {
			t.Errorf("%s parts have a change", got)
		}
		if got := jobtest.Value(t, conn, "SELECT DISTINCT before_as_of FROM score.sevenp"); !strings.HasPrefix(got, "2025-09-15") {
			t.Errorf("compared with %s", got)
		}
	}
}

func TestNobody(t *testing.T) {
	for name, statements := range map[string]string{
		"no customer": "SELECT 1", "a customer without purchases": "INSERT INTO core.dim_customer (customer_key, customer_type) VALUES (1, 'library')",
	} {
		conn := jobtest.Open(t, "2025-09-15", statements)
		run7(t, conn, asOf)
		if got := jobtest.Value(t, conn, "SELECT reading FROM card.model WHERE model = 'sevenp'"); !strings.Contains(got, "nothing to score") {
			t.Errorf("%s: %s", name, got)
		}
	}
	one := jobtest.Open(t, "2025-09-15", "INSERT INTO core.dim_customer (customer_key) VALUES (1)", "INSERT INTO core.fact_order_line (customer_key, order_date, qty, net) VALUES (1, '2025-08-01', 1, 20)")
	run7(t, one, asOf)
	if got := jobtest.Value(t, one, "SELECT count(*) FROM score.sevenp WHERE composite BETWEEN 0 AND 100"); got != "1" {
		t.Errorf("one customer: %s", got)
	}
}

// Without classes nobody has points for subjects; where the data begin within the
// last two years nobody is compared with the twelve months before, and Performance
// is the place by net sales alone; without costs nobody costs more than he brings.
func TestSevenPOfThinData(t *testing.T) {
	conn := jobtest.Open(t, "2025-09-15", four, "UPDATE core.fact_order_line SET clc_key = -1", "DELETE FROM core.fact_order_line WHERE order_date < DATE '2024-10-01'",
		"DELETE FROM core.fact_customer_month WHERE month < DATE '2024-10-01'", "UPDATE core.fact_customer_month SET contact_cost = 900")
	run7(t, conn, asOf)
	for sql, want := range map[string]string{
		"SELECT count(product) || ' ' || count(profitability) || ' ' || count(*) FROM score.sevenp":             "0 0 3",
		"SELECT string_agg(score, ' ' ORDER BY customer_key) FROM score.sevenp_part WHERE part = 'performance'": "100.0 50.0 0.0",
		"SELECT count(value_2) FROM score.sevenp_part WHERE part = 'performance'":                               "0",
		"SELECT count(*) FROM score.sevenp WHERE policy IN ('renegotiate', 'cut_cost')":                         "0",
	} {
		if got := jobtest.Value(t, conn, sql); got != want {
			t.Errorf("%s: %s, want %s", sql, got, want)
		}
	}
}
