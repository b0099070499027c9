package loyalty

import (
	"context"
	"strings"
	"testing"
	"time"

	"verso/models/job"
	"verso/models/job/jobtest"
	"verso/models/run/profitability"
	"verso/olap/engine"
)

func runAll(t *testing.T, conn engine.Conn, asOf time.Time) {
	t.Helper()
	j := &job.Job{Conn: conn, AsOf: asOf, Seed: 1, Months: 12}
	if err := j.Prepare(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := j.Feature(context.Background(), "window", asOf.AddDate(-1, 0, 1), asOf); err != nil {
		t.Fatal(err)
	}
	for _, m := range []job.Model{profitability.CLV(profitability.CLVOptions{}), Loyalty()} {
		if _, err := m.Run(context.Background(), j); err != nil {
			t.Fatalf("%s: %v", m.Name, err)
		}
	}
}

var asOf = time.Date(2025, 9, 15, 0, 0, 0, 0, time.UTC)

// Four customers: a library that comes every month, one that stopped in 2023, a
// university that is silent since June, and a reader of one purchase. Terms are
// all months but July and August.
const four = `
INSERT INTO core.dim_date (date_key, date, week_of_term)
SELECT CAST(strftime(d, '%Y%m%d') AS INTEGER), CAST(d AS DATE), CASE WHEN month(d) IN (7, 8) THEN NULL ELSE 1 END FROM range(DATE '2022-01-01', DATE '2027-12-31', INTERVAL 1 DAY) AS r (d);
INSERT INTO core.dim_customer (customer_key, customer_type) VALUES (1, 'library'), (2, 'library'), (3, 'university'), (4, 'individual');
INSERT INTO core.fact_order_line (customer_key, order_date, qty, net) SELECT 1, CAST(d AS DATE), 1, 100 FROM range(DATE '2022-01-10', DATE '2025-09-11', INTERVAL 1 MONTH) AS r (d);
INSERT INTO core.fact_order_line (customer_key, order_date, qty, net) SELECT 2, CAST(d AS DATE), 1, 100 FROM range(DATE '2022-01-20', DATE '2023-03-01', INTERVAL 1 MONTH) AS r (d);
INSERT INTO core.fact_order_line (customer_key, order_date, qty, net) SELECT 3, CAST(d AS DATE), 1, 300 FROM range(DATE '2024-02-05', DATE '2025-06-20', INTERVAL 28 DAY) AS r (d);
INSERT INTO core.fact_order_line (customer_key, order_date, qty, net) VALUES (4, '2025-08-01', 1, 20);`

func TestLoyaltyByHand(t *testing.T) {
	conn := jobtest.Open(t, "2025-09-15", four)
	runAll(t, conn, asOf)
	for sql, want := range map[string]string{
		"SELECT string_agg(customer_key || ' ' || status, ', ' ORDER BY customer_key) FROM score.loyalty": "1 active, 2 lost, 3 active, 4 new",
		// 27 May to 15 September without July and August: 35 and 15 days.
		"SELECT last_date || ' ' || CAST(silent_days AS INTEGER) FROM score.loyalty WHERE customer_key = 3":                              "2025-05-26 50",
		"SELECT CAST(silent_days AS INTEGER) || ' ' || CAST(usual_gap AS INTEGER) FROM score.loyalty WHERE customer_key = 1":             "5 31",
		"SELECT (SELECT loyalty FROM score.loyalty WHERE customer_key = 1) > (SELECT loyalty FROM score.loyalty WHERE customer_key = 2)": "true",
		"SELECT customers || ' of ' || size FROM score.retention WHERE cohort = DATE '2022-01-01' AND age = 4":                           "2 of 2",
		"SELECT customers || ' of ' || size FROM score.retention WHERE cohort = DATE '2022-01-01' AND age = 5":                           "1 of 2",
		"SELECT sum(value) FROM score.retention": jobtest.Value(t, conn, "SELECT sum(net) FROM core.fact_order_line"),
		"SELECT CAST(events AS VARCHAR) || ' of ' || at_risk FROM score.survival WHERE customer_type = 'library' AND events > 0": "1 of 2",
		"SELECT repeaters || ' of ' || buyers FROM score.rhythm WHERE customer_type = '(all)'":                                   "3 of 4",
	} {
		if got := jobtest.Value(t, conn, sql); got != want {
			t.Errorf("%s: %s, want %s", sql, got, want)
		}
	}
}

func TestLoyaltyOfNobody(t *testing.T) {
	for name, add := range map[string][]string{
		"nobody":       nil,
		"only returns": {"INSERT INTO core.dim_customer (customer_key) VALUES (1)", "INSERT INTO core.fact_return (customer_key, return_date, value) VALUES (1, '2025-01-01', 5)"},
	} {
		conn := jobtest.Open(t, "2025-09-15", add...)
		runAll(t, conn, asOf)
		if got := jobtest.Value(t, conn, "SELECT reading FROM card.model WHERE model = 'loyalty'"); !strings.HasPrefix(got, "No customer has bought") {
			t.Errorf("%s: %s", name, got)
		}
		if got := jobtest.Value(t, conn, "SELECT (SELECT count(*) FROM score.loyalty) + (SELECT count(*) FROM score.retention) + (SELECT count(*) FROM score.survival)"); got != "0" {
			t.Errorf("%s: %s rows", name, got)
		}
	}
}
