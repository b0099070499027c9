package flow

import (
	"math"
	"testing"
	"time"

	"verso/models/job/jobtest"
	"verso/olap/engine"
)

const stages = `INSERT INTO core.dim_stage (stage_key, stage_no, code, name_en, name_zh) VALUES (1, 1, 'received', 'received', '收订'), (2, 2, 'supplier_ordered', 'ordered', '订购');`

// two is two lines a day of supplier 7 from 2025-01-01 on, of which one takes 20
// days and the other 40.
const two = stages + `
INSERT INTO core.fact_order_stage (line_id, order_date, supplier_key, title_key, is_rush, is_tracked, is_open, is_complete, is_cancelled, qty_ordered, completed_date_key, cancelled_date_key)
SELECT i, DATE '2025-01-01' + CAST(i // 2 AS INTEGER), 7, 1, false, true, false, true, false, 1, CAST(strftime(DATE '2025-01-01' + CAST(i // 2 + 20 + 20 * (i % 2) AS INTEGER), '%Y%m%d') AS INTEGER), -1 FROM range(600) AS t(i);
INSERT INTO core.fact_stage_event (event_id, line_id, stage_key, event_ts, qty) SELECT i, i, 1, DATE '2025-01-01' + CAST(i // 2 AS INTEGER), 1 FROM range(600) AS t(i);`

// Twenty days old or younger, half of the lines are expected after 20 days and all
// after 40; older ones after 40.
func TestArrivalByHand(t *testing.T) {
	conn := jobtest.Open(t, "2025-12-31", two)
	jobtest.Run(t, conn, "2025-12-31", Arrival())
	for sql, want := range map[string]string{
		"SELECT string_agg(CAST(cutoff AS VARCHAR), ',' ORDER BY cutoff) FROM score.arrival_backtest":                                                  "2025-05-31,2025-06-30,2025-07-31,2025-08-31,2025-09-30",
		"SELECT lines || ' ' || dated || ' ' || judged_p50 || ' ' || by_p50 || ' ' || judged_p90 || ' ' || by_p90 FROM score.arrival_backtest LIMIT 1": "60 60 60 40 60 60",
		"SELECT count(DISTINCT (stage_key, lines, by_p50, by_p90)) FROM (SELECT * FROM score.arrival_backtest ORDER BY cutoff LIMIT 4) AS t":           "1",
		// Independent of the estimate: the lines received by a day and not yet here.
		`SELECT (SELECT sum(lines) FROM score.arrival_backtest) = sum(n) FROM (SELECT count(*) AS n FROM core.fact_order_stage AS f JOIN (SELECT DISTINCT cutoff FROM score.arrival_backtest) AS c
ON f.order_date <= c.cutoff AND f.completed_date_key > CAST(strftime(c.cutoff, '%Y%m%d') AS INTEGER)) AS t`: "true",
	} {
		if got := jobtest.Value(t, conn, sql); got != want {
			t.Errorf("%s = %s, want %s", sql, got, want)
		}
	}
}

// What happens after a day changes nothing of what was estimated on it.
func TestArrivalKnowsNothingOfLaterDays(t *testing.T) {
	later := two + `UPDATE core.fact_order_stage SET completed_date_key = 20251230 WHERE completed_date_key > 20250630;
UPDATE core.fact_order_stage SET completed_date_key = -1, is_complete = false, is_cancelled = true, cancelled_date_key = 20250701 WHERE line_id = 359;`
	conn := jobtest.Open(t, "2025-12-31", later)
	jobtest.Run(t, conn, "2025-12-31", Arrival())
	got := jobtest.Value(t, conn, "SELECT lines || ' ' || dated || ' ' || withdrawn || ' ' || judged_p50 || ' ' || by_p50 || ' ' || judged_p90 || ' ' || by_p90 FROM score.arrival_backtest WHERE cutoff = DATE '2025-06-30'")
	if want := "60 60 1 59 0 59 0"; got != want { // all come on 30 December, and one never
		t.Errorf("%s, want %s", got, want)
	}
}

// A hundred lines that took 1 to 100 days, of which supplier 1 has those of 1 to 50.
func TestDeadlineByHand(t *testing.T) {
	conn := jobtest.Open(t, "2025-06-30", `INSERT INTO core.fact_order_stage (line_id, order_date, supplier_key, is_rush, is_tracked, is_open, is_complete, is_cancelled, completed_date_key, cancelled_date_key, is_textbook)
SELECT i, DATE '2025-01-01', CASE WHEN i <= 50 THEN 1 ELSE 2 END, false, true, false, true, false, CAST(strftime(DATE '2025-01-01' + CAST(i AS INTEGER), '%Y%m%d') AS INTEGER), -1, true FROM range(1, 101) AS t(i);
INSERT INTO core.fact_order_stage (line_id, order_date, supplier_key, is_rush, is_tracked, is_open, is_complete, is_cancelled, completed_date_key, cancelled_date_key, is_textbook, term_start, eta_p50, eta_p90) VALUES
 (901, '2025-06-30', 1, true, true, true, false, false, -1, -1, true, '2025-09-01', '2025-08-30', '2025-09-10'), (902, '2025-06-30', 1, true, true, true, false, false, -1, -1, true, '2025-09-01', '2025-09-02', '2025-09-10'),
 (903, '2025-06-30', -1, true, true, true, false, false, -1, -1, true, '2026-02-20', '2026-09-02', '2026-09-10');`)
	jobtest.Run(t, conn, "2025-06-30", Deadline())
	for sql, want := range map[string]string{
		"SELECT lines || ' ' || days_p50 || ' ' || days_p90 || ' ' || days_p95 || ' ' || safe_date || ' ' || term_start FROM score.textbook_deadline WHERE supplier_key = 0": "100 50 90 95 2025-05-29 2025-09-01",
		// Of 50 lines 48 of a day or more are 0.96: the quantile of .95 is 48, weighed 50 to 20 with 95.
		"SELECT lines || ' ' || days_p95 || ' ' || open_lines || ' ' || late_lines || ' ' || risk_lines FROM score.textbook_deadline WHERE supplier_key = 1": "50 61 2 1 2",
		"SELECT count(*) FROM score.textbook_deadline": "3",
	} {
		if got := jobtest.Value(t, conn, sql); got != want {
			t.Errorf("%s = %s, want %s", sql, got, want)
		}
	}
	// Lines that are cancelled before they come count as longer.
	if _, err := conn.Exec(t.Context(), engine.SQL("UPDATE core.fact_order_stage SET is_complete = false, completed_date_key = -1, is_cancelled = true, cancelled_date_key = 20250102 WHERE line_id BETWEEN 1 AND 10")); err != nil {
		t.Fatal(err)
	}
	jobtest.Run(t, conn, "2025-06-30", Deadline())
	// 90 lines at risk after the first day: 45 of them have come by day 55.
	if got := jobtest.Value(t, conn, "SELECT days_p50 FROM score.textbook_deadline WHERE supplier_key = 0"); got != "55" {
		t.Errorf("P50 %s with lines cancelled, want 55", got)
	}
}

// Twelve months with a tenth late, and one with six tenths, of which the day of the
// run's month is left out.
func TestControlByHand(t *testing.T) {
	conn := jobtest.Open(t, "2025-06-15", `INSERT INTO core.fact_order_stage (promised_date, is_due, is_on_time, is_otif)
SELECT DATE '2024-06-05' + to_months(CAST(i // 100 AS INTEGER)), true, CASE WHEN i // 100 = 6 THEN i % 100 < 40 ELSE i % 100 < 90 END, i % 100 < 50 FROM range(1300) AS t(i);
INSERT INTO core.fact_order_stage (promised_date, is_due, is_on_time, is_otif) SELECT DATE '2024-01-05', true, false, false FROM range(19) AS t(i);`)
	jobtest.Run(t, conn, "2025-06-15", Control())
	for sql, want := range map[string]string{
		"SELECT string_agg(CAST(month AS VARCHAR), ',') FROM score.control_month WHERE is_alarm":                                        "2024-12-01",
		"SELECT count(*) || ' ' || min(month) || ' ' || max(month) FROM score.control_month":                                            "24 2024-06-01 2025-05-01", // neither June nor the nineteen of January
		"SELECT expected || ' ' || cases || ' ' || hits FROM score.control_month WHERE chart = 'on_time' AND month = DATE '2024-12-01'": "0.9 100 40",
		"SELECT round(low, 6) FROM score.control_month WHERE chart = 'on_time' AND month = DATE '2024-12-01'":                           "0.81",
	} {
		if got := jobtest.Value(t, conn, sql); got != want {
			t.Errorf("%s = %s, want %s", sql, got, want)
		}
	}
}

func TestModelsOfNothing(t *testing.T) {
	conn := jobtest.Open(t, "2025-06-30")
	jobtest.Run(t, conn, "2025-06-30", Arrival(), Deadline(), Control(), Goal())
	for table, want := range map[string]string{"arrival_backtest": "0", "textbook_deadline": "0", "control_month": "0", "goal": "8", "goal_year": "0", "goal_month": "0"} {
		if got := jobtest.Value(t, conn, "SELECT count(*) FROM score."+table); got != want {
			t.Errorf("%s has %s rows, want %s", table, got, want)
		}
	}
	if got := jobtest.Value(t, conn, "SELECT count(*) FROM card.model WHERE reading <> '' AND reading_zh <> ''"); got != "4" {
		t.Errorf("%s models say why there is nothing", got)
	}
	if got := jobtest.Value(t, conn, "SELECT count(*) FROM score.goal WHERE status = 'unknown' AND actual IS NULL AND forecast IS NULL AND chance IS NULL"); got != "8" {
		t.Errorf("%s goals are unknown", got)
	}
}

func TestStandByHand(t *testing.T) {
	month := func(y, m int) time.Time { return time.Date(y, time.Month(m), 1, 0, 0, 0, 0, time.UTC) }
	var c course
	for i := range 30 { // January 2024 to June 2026, half of the cases in the first year and 60 % later, 62 % and 58 % by turns
		c.months, c.cases = append(c.months, month(2024, 1+i)), append(c.cases, 100)
		hits := 50.
		if i >= 12 {
			hits = 60 + 2 - 4*float64(i%2)
		}
		c.hits = append(c.hits, hits)
	}
	s := stand(c, 2026, .55)
	if s.baseline != .5 || math.Abs(s.actual-.6) > 1e-12 || math.Abs(s.soFar-.6) > 1e-12 || math.Abs(s.forecast-.6) > 1e-12 || s.status != "likely" || s.chance != 1-sure {
		t.Errorf("%+v", s)
	}
	if !s.baselineTo.Equal(time.Date(2024, 12, 31, 0, 0, 0, 0, time.UTC)) || !s.actualFrom.Equal(month(2025, 7)) {
		t.Errorf("from %v to %v", s.baselineTo, s.actualFrom)
	}
	// Twelve months 2 points off: 100 × .0004 × 12 / 11 a case, over 600 cases left and
	// the 1200 they are judged by, and half of the year is left.
	phi := 100 * .0004 * 12 / 11
	want := range80 * .5 * math.Sqrt(phi/600+phi/1200)
	if math.Abs(s.high-s.forecast-want) > 1e-12 || math.Abs(s.forecast-s.low-want) > 1e-12 {
		t.Errorf("range %v to %v, want ± %v", s.low, s.high, want)
	}
	for target, status := range map[float64]string{.6: "open", .65: "unlikely", math.NaN(): "better"} {
		if got := stand(c, 2026, target).status; got != status {
			t.Errorf("target %v: %s, want %s", target, got, status)
		}
	}
	// The year is over.
	over := course{c.months[:24], c.hits[:24], c.cases[:24]}
	if a, b := stand(over, 2025, .6).status, stand(over, 2025, .61).status; a != "met" || b != "missed" {
		t.Errorf("%s and %s at the end of the year", a, b)
	}
	one := stand(course{c.months[:1], c.hits[:1], c.cases[:1]}, 2024, math.NaN())
	if one.status != "unknown" || one.actual != .5 || math.IsNaN(one.low) || math.IsNaN(one.high) {
		t.Errorf("one month: %+v", one)
	}
}

// The goals' shares from rows, and the targets of the plan in percent.
func TestGoalByHand(t *testing.T) {
	conn := jobtest.Open(t, "2025-12-31", `INSERT INTO core.fact_ticket (ticket_id, date, response_hours, resolved, first_contact) SELECT i, DATE '2025-01-10' + to_months(CAST(i // 10 AS INTEGER)), CASE WHEN i % 10 < 8 THEN 5 ELSE 30 END, 1, CASE WHEN i % 10 < 6 THEN 1 ELSE 0 END FROM range(120) AS t(i);
INSERT INTO core.fact_plan (date_key, scope, goal, measure, value, source, source_row) SELECT 20250001 + 100 * i, 'company', 'other', 'Answered_in_24h', 75 / 12.0, 'a', 1 FROM range(1, 13) AS t(i);
INSERT INTO core.fact_plan (date_key, scope, goal, measure, value, source, source_row) VALUES (20250101, 'company', 'other', 'something else', 10, 'a', 2), (20250101, 'region', 'other', 'first_contact', 10, 'a', 3);
INSERT INTO core.fact_order_line (line_id, order_date, net, qty) VALUES (1, '2025-03-03', 80, 10), (2, '2026-03-03', 80, 10);
INSERT INTO core.fact_return (return_id, return_date, qty, reason) VALUES (1, '2025-03-20', 1, 'damaged'), (2, '2025-03-21', 5, 'unsold');
INSERT INTO core.fact_plan (date_key, scope, goal, measure, value, net, is_leading) VALUES (20250301, 'company', 'net', 'net', 100, 100, true);`)
	jobtest.Run(t, conn, "2025-12-31", Goal())
	for sql, want := range map[string]string{
		"SELECT round(actual, 6) || ' ' || round(target, 6) || ' ' || status FROM score.goal WHERE goal = 1": "0.8 0.75 met",
		"SELECT round(actual, 6) || ' ' || (target IS NULL) || ' ' || status FROM score.goal WHERE goal = 2": "0.6 true even",
		"SELECT round(actual, 6) FROM score.goal WHERE goal = 5":                                             "0.9",
		"SELECT round(so_far, 6) || ' ' || target FROM score.goal WHERE goal = 7":                            "0.8 1.0",
		"SELECT string_agg(goal || ' ' || year, ',' ORDER BY goal) FROM score.goal_year":                     "1 2025,2 2025,5 2025,7 2025",
	} {
		if got := jobtest.Value(t, conn, sql); got != want {
			t.Errorf("%s = %s, want %s", sql, got, want)
		}
	}
}
