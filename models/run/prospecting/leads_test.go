package prospecting

import (
	"math"
	"strings"
	"testing"

	"verso/models/job/jobtest"
)

// Seven in ten leads of the fair order and one in eleven of the web: the model
// finds it on later leads, and nothing where the outcomes are dealt out anew.
func TestLeadsFindTheSource(t *testing.T) {
	conn := jobtest.Open(t, "2026-06-30", noise)
	jobtest.Run(t, conn, "2026-06-30", all()...)
	for sql, between := range map[string][2]float64{
		"SELECT value FROM card.metric WHERE name = 'lead.auc'":              {0.75, 0.95},
		"SELECT value FROM card.metric WHERE name = 'lead.permuted_auc'":     {0.42, 0.58},
		"SELECT value FROM card.metric WHERE name = 'lead.log_loss'":         {0.2, 0.6},
		"SELECT min(probability) FROM score.lead WHERE lead_source = 'fair'": {0.5, 0.95},
		"SELECT max(probability) FROM score.lead WHERE lead_source = 'web'":  {0.01, 0.3},
	} {
		if got := jobtest.Number(t, conn, sql); !(got >= between[0] && got <= between[1]) {
			t.Errorf("%s: %v, want %v", sql, got, between)
		}
	}
	want(t, conn, map[string]string{
		"SELECT count(*) FROM score.lead": jobtest.Value(t, conn, "SELECT count(*) FROM core.fact_lead WHERE open = 1 AND date <= '2026-06-30' AND (days_to_order IS NULL OR date + days_to_order > '2026-06-30')"),
		"SELECT count(*) FROM score.lead WHERE NOT reason_1 LIKE 'source %: odds ×%' OR NOT reason_1_zh LIKE '来源 %'": "0",
		"SELECT count(*) FROM score.lead WHERE age_days >= 365 AND probability_left <> 0":                            "0",
		// Opportunities end at random: the model says so, and all have the base rate.
		"SELECT count(DISTINCT basis) || ' ' || min(basis) FROM score.opportunity":                                                         "1 base rate",
		"SELECT count(*) FROM score.opportunity WHERE probability <> (SELECT value FROM card.metric WHERE name = 'opportunity.base_rate')": "0",
	})
	if got := jobtest.Value(t, conn, "SELECT value FROM card.parameter WHERE name = 'opportunity.model'"); !strings.Contains(got, "does not do better than the base rate") {
		t.Errorf("opportunities: %s", got)
	}
}

// The clock is set back two years: everything later is taken out of the company,
// and the as-of date moves. What the features say of older leads and opportunities
// must stay the same, or it came from what happened after they were created.
func TestFeaturesDoNotKnowWhatCameAfter(t *testing.T) {
	const shown = `SELECT md5(string_agg(CAST(f AS VARCHAR), '|' ORDER BY f.id)) FROM (
SELECT id, day_no, lead_source, campaign_type, area, season, nearby, crowd FROM feature.lead WHERE day_no <= DATE '2024-06-30' - DATE '1970-01-01') AS f`
	const deals = `SELECT md5(string_agg(CAST(f AS VARCHAR), '|' ORDER BY f.id)) FROM (
SELECT id, day_no, customer_type, area, season, from_lead, net_12, since_days, tried, gained, visits FROM feature.opportunity WHERE day_no <= DATE '2024-06-30' - DATE '1970-01-01') AS f`
	visits := "INSERT INTO core.fact_activity (customer_key, date) SELECT 1 + i % 120, DATE '2022-01-03' + CAST((i * 17) % 1600 AS INTEGER) FROM range(1, 3000) AS a (i)"
	later := `
DELETE FROM core.fact_order_line WHERE order_date > '2024-06-30';
DELETE FROM core.fact_activity WHERE date > '2024-06-30';
DELETE FROM core.fact_lead WHERE date > '2024-06-30';
DELETE FROM core.fact_opportunity WHERE date > '2024-06-30';
UPDATE core.fact_lead SET days_to_order = NULL, open = 1 WHERE date + days_to_order > '2024-06-30';
UPDATE core.fact_opportunity SET closed_date = NULL, won = 0, open = 1 WHERE closed_date > '2024-06-30';`
	now := jobtest.Open(t, "2026-06-30", noise, visits)
	jobtest.Run(t, now, "2026-06-30", all()...)
	then := jobtest.Open(t, "2024-06-30", noise, visits, later)
	jobtest.Run(t, then, "2024-06-30", all()...)
	for _, sql := range []string{shown, deals} {
		a, b := jobtest.Value(t, now, sql), jobtest.Value(t, then, sql)
		if a != b || a == "" {
			t.Errorf("features changed with what came after:\n%s", sql)
		}
	}
	if n := jobtest.Number(t, then, "SELECT count(*) FROM feature.lead"); n < 300 {
		t.Errorf("only %v leads compared", n)
	}
	if n := jobtest.Number(t, then, "SELECT sum(visits) + sum(tried) FROM feature.opportunity"); n < 100 {
		t.Errorf("features that say nothing: %v", n)
	}
}

// Where leads that came to nothing have no region, that of the others can only
// stem from the customers they became: it gives the outcome away.
func TestAreaThatGivesTheOutcomeAway(t *testing.T) {
	conn := jobtest.Open(t, "2026-06-30", noise, "UPDATE core.fact_lead SET customer_key = CASE WHEN days_to_order IS NULL THEN -1 ELSE 1 END; UPDATE core.fact_lead SET geo_key = -1 WHERE customer_key = -1")
	jobtest.Run(t, conn, "2026-06-30", all()...)
	want(t, conn, map[string]string{
		"SELECT count(DISTINCT area) || ' ' || min(area) || ' ' || max(nearby) FROM feature.lead": "1 (none) 0",
	})
}

// A chance that is left: p·(1 − F)/(1 − p·F), with F the share of successes that
// come within the age.
func TestChanceLeft(t *testing.T) {
	v := &verdict{successes: []float64{10, 20, 30, 40}}
	for age, w := range map[float64]float64{0: 0.4, 20: 0.4 * 0.5 / (1 - 0.4*0.5), 40: 0, 100: 0} {
		if got := v.left(0.4, age, 90); math.Abs(got-w) > 1e-12 {
			t.Errorf("at %v days %v, want %v", age, got, w)
		}
	}
	if got := (&verdict{}).left(0.4, 1, 90); got != 0 {
		t.Errorf("without a success ever %v", got)
	}
}

// The rows held out are the latest, and those learned from were certain when the
// first of them was created.
func TestSplitIsByTime(t *testing.T) {
	c := &chances{days: 30}
	for i := range 100 {
		c.created, c.success = append(c.created, float64((i*37)%100)*5), append(c.success, math.NaN())
	}
	rows := c.mature(495)
	train, test := c.split(rows)
	if len(rows) != 94 || len(test) == 0 || len(train) == 0 { // those of days up to 465
		t.Fatalf("%d rows, %d to learn from, %d held out", len(rows), len(train), len(test))
	}
	first := c.created[test[0]]
	for _, i := range train {
		if c.created[i]+30 > first {
			t.Errorf("learned from day %v, not certain on day %v", c.created[i], first)
		}
	}
	for _, i := range test {
		if c.created[i] < first || c.created[i] > 465 {
			t.Errorf("held out day %v", c.created[i])
		}
	}
}
