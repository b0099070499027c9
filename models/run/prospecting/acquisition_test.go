package prospecting

import (
	"context"
	"fmt"
	"math"
	"testing"

	"verso/models/job/jobtest"
)

// Customers active at the end of a month are counted by other SQL: one look back
// over twelve months for each month.
func TestActiveCustomersByHand(t *testing.T) {
	conn := jobtest.Open(t, "2026-06-30", noise,
		"INSERT INTO core.fact_return (customer_key, return_date, value) SELECT customer_key, order_date, 1000 FROM core.fact_order_line WHERE line_id % 50 = 0")
	jobtest.Run(t, conn, "2026-06-30", Acquisition())
	const purchases = `WITH day AS (
    SELECT customer_key, d, sum(v) AS v FROM (
        SELECT customer_key, order_date AS d, net AS v FROM core.fact_order_line WHERE qty > 0 UNION ALL
        SELECT customer_key, return_date, -value FROM core.fact_return) AS m
    WHERE d <= DATE '2026-06-30' GROUP BY 1, 2 HAVING sum(v) > 0), `
	want(t, conn, map[string]string{
		"SELECT string_agg(CAST(active AS INTEGER), ' ' ORDER BY month) FROM score.acquisition WHERE NOT is_projected": jobtest.Value(t, conn, purchases+`
counted AS (SELECT a.month, (SELECT count(DISTINCT customer_key) FROM day WHERE d < a.month + INTERVAL 1 MONTH AND d >= a.month - INTERVAL 11 MONTH) AS n FROM score.acquisition AS a WHERE NOT a.is_projected)
SELECT string_agg(n, ' ' ORDER BY month) FROM counted`),
		"SELECT string_agg(CAST(new_customers AS INTEGER), ' ' ORDER BY month) FROM score.acquisition WHERE NOT is_projected": jobtest.Value(t, conn, purchases+`
first AS (SELECT customer_key, min(d) AS d FROM day GROUP BY 1),
counted AS (SELECT a.month, (SELECT count(*) FROM first WHERE d >= a.month AND d < a.month + INTERVAL 1 MONTH) AS n FROM score.acquisition AS a WHERE NOT a.is_projected)
SELECT string_agg(n, ' ' ORDER BY month) FROM counted`),
		"SELECT count(*) FROM (SELECT month, sum(active) AS active FROM score.acquisition_cohort GROUP BY month) AS c INNER JOIN score.acquisition AS a ON a.month = c.month WHERE abs(a.active - c.active) > 0.01": "0",
		"SELECT count(*) FROM score.acquisition WHERE is_projected":                                                            "12",
		"SELECT string_agg(is_settled, ' ' ORDER BY month) FROM score.acquisition WHERE month IN ('2022-12-01', '2023-01-01')": "false true", // 54 months: a year of lead-in
	})
}

// Of ten customers a month eight are active a year after and four after two; the
// rates of months of the second year are pooled.
func TestRetention(t *testing.T) {
	c := &cohorts{first: 0, last: 35}
	for cohort := range 36 {
		row := make([]float64, 36-cohort)
		for age := range row {
			row[age] = 100
			if age >= 12 {
				row[age] = 80 * math.Pow(0.5, float64(age-12)/12)
			}
		}
		c.active = append(c.active, row)
	}
	curve := c.retention()
	for age, w := range map[int]float64{0: 1, 11: 1, 12: 0.8, 24: 0.4} {
		if math.Abs(curve[age]-w) > 1e-9 {
			t.Errorf("retention after %d months %v, want %v", age, curve[age], w)
		}
	}
	p, err := c.project(context.Background(), 100, 1)
	if err != nil {
		t.Fatal(err)
	}
	// After a month: every cohort goes on by its age's rate, and 100 are won.
	want := 100.0
	for cohort, v := range c.at(35) {
		switch age := 35 - cohort; {
		case age < 11:
			want += v
		case age == 11:
			want += v * 0.8
		default:
			want += v * math.Pow(0.5, 1.0/12)
		}
	}
	if got := p.Active.Mean[0]; math.Abs(got-want) > 1e-6 {
		t.Errorf("active after a month %v, want %v", got, want)
	}
	var sum float64
	for _, v := range p.byYear() {
		sum += v[5]
	}
	if math.Abs(sum-p.Active.Mean[5]) > 1e-6 {
		t.Errorf("years add up to %v, not %v", sum, p.Active.Mean[5])
	}
}

// Ten customers a month who buy once. The count of those active within twelve months
// grows through the first year only because the data begin: these months are no
// past, and of fewer than twelve others nothing is projected.
func TestNoProjectionOfAWindowThatFills(t *testing.T) {
	for months, want := range map[int]string{14: "0 3", 22: "0 11", 23: "12 12"} {
		conn := jobtest.Open(t, "2026-06-30", fmt.Sprintf(`INSERT INTO core.fact_order_line (customer_key, order_key, order_date, qty, net)
SELECT i, i, CAST(DATE '2026-06-02' - (i // 10) * INTERVAL 1 MONTH AS DATE), 1, 10 FROM range(0, %d) AS r (i)`, 10*months))
		jobtest.Run(t, conn, "2026-06-30", Acquisition())
		if got := jobtest.Value(t, conn, "SELECT count(CASE WHEN is_projected THEN 1 END) || ' ' || count(CASE WHEN is_settled AND NOT is_projected THEN 1 END) FROM score.acquisition"); got != want {
			t.Errorf("%d months: projected and settled months %s, want %s", months, got, want)
		}
		if got := jobtest.Value(t, conn, "SELECT max(active) FROM score.acquisition WHERE is_projected AND month = '2027-05-01'"); months == 23 && got != "120.0000" {
			t.Errorf("active in a year: %s, want the 120 of today", got)
		}
	}
}
