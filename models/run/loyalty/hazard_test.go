package loyalty

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"verso/models/job/jobtest"
	"verso/olap/engine"
)

const days = `
INSERT INTO core.dim_date (date_key, date) SELECT CAST(strftime(d, '%Y%m%d') AS INTEGER), CAST(d AS DATE) FROM range(DATE '2018-01-01', DATE '2027-12-31', INTERVAL 1 DAY) AS r (d);`

func wants(t *testing.T, conn engine.Conn, values map[string]string) {
	t.Helper()
	for sql, want := range values {
		if got := jobtest.Value(t, conn, sql); got != want {
			t.Errorf("%s: %s, want %s", sql, got, want)
		}
	}
}

// Customer 1 orders every 30 days for a year, fades and stops; customer 2 goes
// on; customer 3 came twice only.
func TestIntervalsOfRisk(t *testing.T) {
	conn := jobtest.Open(t, "2025-12-31", days, `
INSERT INTO core.dim_customer (customer_key, customer_type) VALUES (1, 'library'), (2, 'library'), (3, 'library');
INSERT INTO core.fact_order_line (customer_key, order_date, qty, net) SELECT 1, CAST(d AS DATE), 1, 100 FROM range(DATE '2023-01-05', DATE '2024-06-10', INTERVAL 30 DAY) AS r (d);
INSERT INTO core.fact_order_line (customer_key, order_date, qty, net) VALUES (1, '2024-12-01', 1, 100), (3, '2023-01-01', 1, 5), (3, '2023-02-01', 1, 5);
INSERT INTO core.fact_order_line (customer_key, order_date, qty, net) SELECT 2, CAST(d AS DATE), 1, 100 FROM range(DATE '2023-01-05', DATE '2025-12-31', INTERVAL 30 DAY) AS r (d);
INSERT INTO core.fact_order_stage (customer_key, promised_date, days_late) VALUES (2, '2024-03-31', 4), (2, '2024-04-01', 9), (2, '2024-05-01', 0), (1, '2024-12-20', 3);
INSERT INTO core.fact_ticket (customer_key, date, complaints, resolution_hours) VALUES (2, '2024-07-10', 1, 71), (2, '2024-07-11', 1, 72), (2, '2024-07-12', 1, 721), (2, '2024-07-13', 1, NULL), (2, '2024-07-14', 0, 999);`)
	jobtest.Run(t, conn, "2025-12-31", Hazard())
	// 18 days of orders from 2023-01-05 to 2024-05-29 every 30 days, one more on
	// 2024-12-01: the usual gap is 696/18 = 38.7 days. Customer 1 is silent for 395
	// days. Within the year before the last order it ordered 6 times up to
	// 2024-05-29 and once in the 186 days after it.
	wants(t, conn, map[string]string{
		"SELECT string_agg(customer_key || ' ' || is_lost, ', ' ORDER BY customer_key) FROM feature.hazard_customer":                                               "1 true, 2 false",
		"SELECT round(usual_gap, 2) || ' ' || third_day FROM feature.hazard_customer WHERE customer_key = 1":                                                       "38.67 2023-03-06",
		"SELECT stop_day FROM feature.hazard_customer WHERE customer_key = 1":                                                                                      "2024-07-06", // 29 May and 38 days
		"SELECT stop_day FROM feature.hazard_customer WHERE customer_key = 2":                                                                                      "2025-08-03", // the as-of date less 180 days, and 30
		"SELECT min(DATE '1970-01-01' + entry) || ' ' || max(DATE '1970-01-01' + exit) || ' ' || sum(is_lost) FROM feature.hazard_interval WHERE customer_key = 1": "2023-04-01 2024-07-06 1",
		"SELECT count(*) FROM feature.hazard_interval WHERE customer_key = 1":                                                                                      "16",
		"SELECT sum(is_lost) FROM feature.hazard_interval WHERE customer_key = 2":                                                                                  "0",
		// What was promised in the 183 days before the month began, not on its first day.
		"SELECT late FROM feature.hazard_interval WHERE customer_key = 2 AND entry = DATE '2024-04-01' - DATE '1970-01-01'":                                      "1",
		"SELECT late FROM feature.hazard_interval WHERE customer_key = 2 AND entry = DATE '2024-10-01' - DATE '1970-01-01'":                                      "1",
		"SELECT late FROM feature.hazard_interval WHERE customer_key = 2 AND entry = DATE '2024-11-01' - DATE '1970-01-01'":                                      "0",
		"SELECT unresolved || ' ' || quick || ' ' || slow FROM feature.hazard_interval WHERE customer_key = 2 AND entry = DATE '2024-08-01' - DATE '1970-01-01'": "0 1 3",
		"SELECT unresolved || ' ' || quick || ' ' || slow FROM feature.hazard_interval WHERE customer_key = 2 AND entry = DATE '2024-09-01' - DATE '1970-01-01'": "2 1 1",
		"SELECT unresolved || ' ' || quick || ' ' || slow FROM feature.hazard_interval WHERE customer_key = 2 AND entry = DATE '2025-02-01' - DATE '1970-01-01'": "0 0 0",
		// Net and order days a year, of what was bought before the month.
		"SELECT round(size, 4) || ' ' || round(orders, 4) FROM feature.hazard_interval WHERE customer_key = 1 AND entry = DATE '2023-04-01' - DATE '1970-01-01'": "300.0 3.0",
		"SELECT round(size, 4) FROM feature.hazard_interval WHERE customer_key = 1 AND entry = DATE '2024-06-01' - DATE '1970-01-01'":                            jobtest.Value(t, conn, "SELECT round(1800 / (CAST(DATE '2024-06-01' - DATE '2023-01-05' AS DOUBLE) / 365.25), 4)"),
	})
}

// simulated are customers that order every 20 days and leave with a chance of 2 %
// a month, of ratio times as much in the half year after a complaint left open.
func simulated(customers int, ratio float64) string {
	rng := rand.New(rand.NewPCG(11, 7))
	begin := time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)
	end := time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC)
	var lives, tickets []string
	for c := 1; c <= customers; c++ {
		start := begin.AddDate(0, 0, rng.IntN(60))
		stop, opened := end, []time.Time(nil)
		for day := start.AddDate(0, 2, 1-start.Day()); day.Before(end); day = day.AddDate(0, 1, 0) {
			hazard := .02
			if slices.ContainsFunc(opened, func(o time.Time) bool { since := day.Sub(o).Hours() / 24; return since > 30 && since <= 183 }) {
				hazard *= ratio
			}
			if rng.Float64() < hazard {
				stop = day.AddDate(0, 0, rng.IntN(28))
				break
			}
			if rng.Float64() < .03 {
				on := day.AddDate(0, 0, rng.IntN(28))
				opened = append(opened, on)
				tickets = append(tickets, fmt.Sprintf("(%d, DATE '%s', 1, 2000)", c, on.Format(time.DateOnly)))
			}
		}
		lives = append(lives, fmt.Sprintf("(%d, DATE '%s', DATE '%s')", c, start.Format(time.DateOnly), stop.Format(time.DateOnly)))
	}
	return `CREATE TEMP TABLE life (k INTEGER, start DATE, stop DATE); INSERT INTO life VALUES ` + strings.Join(lives, ", ") + `;
INSERT INTO core.dim_customer (customer_key, customer_type) SELECT k, 'library' FROM life;
INSERT INTO core.fact_order_line (customer_key, order_date, qty, net) SELECT k, CAST(d AS DATE), 1, 100 FROM life, range(CAST(start AS TIMESTAMP), CAST(stop AS TIMESTAMP), INTERVAL 20 DAY) AS r (d);
INSERT INTO core.fact_ticket (customer_key, date, complaints, resolution_hours) VALUES ` + strings.Join(tickets, ", ")
}

// A ratio that was planted is found, one that was not is not, and chance is 1.
func TestPlantedHazard(t *testing.T) {
	for _, c := range []struct{ planted, low, high float64 }{{2, 1.6, 2.5}, {1, .8, 1.25}} {
		conn := jobtest.Open(t, "2025-12-31", days, simulated(1500, c.planted))
		jobtest.Run(t, conn, "2025-12-31", Hazard())
		const worth = "FROM score.hazard WHERE model = 'together' AND covariate = "
		if got := jobtest.Number(t, conn, "SELECT hazard_ratio "+worth+"'service_failure'"); got < c.low || got > c.high {
			t.Errorf("planted %v, found %.2f", c.planted, got)
		}
		wants(t, conn, map[string]string{
			fmt.Sprintf("SELECT lower < %v AND upper > %v %s'service_failure'", c.planted, c.planted, worth): "true",
			"SELECT lower < 1 AND upper > 1 AND p > .05 " + worth + "'placebo'":                              "true",
			"SELECT proportional_p > .01 " + worth + "'service_failure'":                                     "true",
			"SELECT note LIKE 'not in the model%' AND hazard_ratio IS NULL " + worth + "'late_once'":         "true",
			"SELECT losses " + worth + "'service_failure'":                                                   jobtest.Value(t, conn, "SELECT count(*) FROM feature.hazard_interval WHERE is_lost = 1 AND (late >= 2 OR unresolved > 0)"),
		})
	}
}

func TestHazardOfOddData(t *testing.T) {
	buys := "INSERT INTO core.dim_customer (customer_key) VALUES (1); INSERT INTO core.fact_order_line (customer_key, order_date, qty, net) "
	for name, c := range map[string]struct{ add, reading string }{
		"nobody":       {"SELECT 1", "No hazard ratios: nobody was at risk"},
		"no calendar":  {buys + "SELECT 1, CAST(d AS DATE), 1, 5 FROM range(DATE '2024-01-01', DATE '2025-12-31', INTERVAL 9 DAY) AS r (d)", "No hazard ratios: nobody was at risk"},
		"one customer": {days + buys + "SELECT 1, CAST(d AS DATE), 1, 5 FROM range(DATE '2024-01-01', DATE '2025-12-31', INTERVAL 9 DAY) AS r (d)", "No hazard ratios: none of the 1 customers watched was lost"},
		"one day":      {days + buys + "SELECT 1, DATE '2024-01-01', 1, 5", "No hazard ratios: nobody was at risk"},
		"only returns": {days + buys + "SELECT 1, CAST(d AS DATE), -1, -5 FROM range(DATE '2024-01-01', DATE '2025-12-31', INTERVAL 9 DAY) AS r (d)", "No hazard ratios: nobody was at risk"},
		"one lost":     {days + buys + "SELECT 1, CAST(d AS DATE), 1, 5 FROM range(DATE '2023-01-01', DATE '2023-12-31', INTERVAL 9 DAY) AS r (d)", "No hazard ratios: survival: no covariate varies"},
	} {
		t.Run(name, func(t *testing.T) {
			conn := jobtest.Open(t, "2025-12-31", c.add)
			jobtest.Run(t, conn, "2025-12-31", Hazard(), Renewal())
			if got := jobtest.Value(t, conn, "SELECT reading FROM card.model WHERE model = 'hazard'"); !strings.HasPrefix(got, c.reading) {
				t.Errorf("%q, want %q", got, c.reading)
			}
			wants(t, conn, map[string]string{
				"SELECT (SELECT count(*) FROM score.hazard) + (SELECT count(*) FROM score.contract_retention)": "0",
				"SELECT starts_with(reading, 'No renewals') FROM card.model WHERE model = 'renewal'":           "true",
			})
		})
	}
}

// Contracts: customer 1 renewed twice and runs, 2 did not renew, 3 runs in its
// first, 4 let 91 days pass, 5 renewed once and left. Years: customer 6 was there
// before the data; 7 bought in its first, second, third and fifth year; 8 in its
// first only; 9 came too late to be told.
func TestRenewalsByHand(t *testing.T) {
	conn := jobtest.Open(t, "2025-12-31", `
INSERT INTO core.dim_customer (customer_key, customer_type, created_date) SELECT k, 'library', CASE WHEN k = 6 THEN DATE '2010-01-01' ELSE DATE '2020-02-01' END FROM range(1, 10) AS r (k);
INSERT INTO core.fact_contract (contract_id, customer_key, start_date, end_date, renewed) VALUES
    (1, 1, '2021-01-01', '2022-12-31', 1), (2, 1, '2023-01-01', '2024-12-31', 1), (3, 1, '2025-01-01', '2026-12-31', 0),
    (4, 2, '2021-01-01', '2022-12-31', 0), (5, 3, '2025-01-01', '2026-12-31', 0), (6, 4, '2021-01-01', '2021-12-31', 0), (7, 4, '2022-06-01', '2023-05-31', 0),
    (8, 5, '2021-01-01', '2021-12-31', 1), (9, 5, '2022-01-01', '2022-12-31', 0), (10, 6, '2024-01-01', '2025-11-30', 0);
INSERT INTO core.fact_order_line (customer_key, order_date, qty, net) VALUES (6, '2020-01-15', 1, 5), (6, '2021-01-15', 1, 5),
    (7, '2020-03-01', 1, 5), (7, '2021-04-01', 1, 5), (7, '2022-05-01', 1, 5), (7, '2024-05-01', 1, 5), (8, '2022-01-01', 1, 5), (8, '2025-12-01', 1, 5), (9, '2024-06-01', 1, 5);`)
	jobtest.Run(t, conn, "2025-12-31", Renewal())
	wants(t, conn, map[string]string{
		"SELECT string_agg(customer_key || ' ' || passed || '/' || seen, ', ' ORDER BY customer_key) FROM feature.renewal WHERE basis = 'contract'": "1 2/2, 2 0/1, 3 0/0, 4 0/1, 5 1/2, 6 0/0",
		// 7: seen are the renewals of 2021 to 2024; it passed those of 2021 and 2022.
		// 8: seen are those of 2023 to 2025.
		"SELECT string_agg(customer_key || ' ' || passed || '/' || seen, ', ' ORDER BY customer_key) FROM feature.renewal WHERE basis = 'year'":                                                            "7 2/4, 8 0/3",
		"SELECT string_agg(renewal || ': ' || stayed || ' of ' || at_risk, ', ' ORDER BY renewal) FROM score.contract_retention WHERE basis = 'contract' AND customer_type = '(all)' AND NOT is_projected": "1: 2 of 4, 2: 1 of 2",
		"SELECT survival FROM score.contract_retention WHERE basis = 'contract' AND customer_type = '(all)' AND renewal = 2":                                                                               "0.25",
		"SELECT count(*) FROM score.contract_retention WHERE basis = 'contract' AND is_projected":                                                                                                          "3",
	})
}
