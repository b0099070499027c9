package loyalty

import (
	"strings"
	"testing"

	"verso/models/job/jobtest"
)

// customers 1 to 60 order every 20 days from 2021; 1 to 20 stop at the end of 2022. Of
// these 1 to 8 lost an opportunity over the price in December, 9 to 12 complained of late
// deliveries; of those who stay, 21 to 24 complained of the same of late.
const leavers = days + `
INSERT INTO core.dim_customer (customer_key, customer_type) SELECT i, 'library' FROM range(1, 61) AS t (i);
INSERT INTO core.fact_order_line (customer_key, order_date, qty, net) SELECT i, CAST(d AS DATE), 1, 100 FROM range(1, 61) AS t (i) CROSS JOIN range(DATE '2021-01-05', DATE '2025-12-31', INTERVAL 20 DAY) AS s (d) WHERE i > 20 OR d < DATE '2023-01-01';
INSERT INTO core.dim_reason (reason_key, kind, code, name_en, name_zh) VALUES (1, 'lost', 'price', 'price', '价格'), (2, 'complaint', 'late delivery', 'late delivery', '延迟');
INSERT INTO core.dim_opportunity_kind (opportunity_kind_key, outcome, lost_reason) VALUES (1, 'lost', 'Price'), (2, 'won', NULL);
INSERT INTO core.dim_ticket_kind (ticket_kind_key, root_cause, is_complaint) VALUES (1, 'late delivery', true);
INSERT INTO core.fact_ticket (ticket_id, customer_key, ticket_kind_key, date, complaints) SELECT i, i, 1, DATE '2022-11-15', 1 FROM range(5, 13) AS t (i) UNION ALL SELECT i, i, 1, DATE '2025-05-15', 1 FROM range(21, 25) AS t (i);
`

// The causes add up to all lost, the last named opportunity goes before a complaint, and
// those who stayed are counted beside.
func TestCauses(t *testing.T) {
	conn := jobtest.Open(t, "2025-12-31", leavers, `INSERT INTO core.fact_opportunity (opp_id, customer_key, opportunity_kind_key, closed_date, lost) SELECT i, i, 1, DATE '2022-12-10', 1 FROM range(1, 9) AS t (i);`)
	jobtest.Run(t, conn, "2025-12-31", Cause())
	wants(t, conn, map[string]string{
		`SELECT string_agg(source || ' ' || cause || ' ' || lost, ', ' ORDER BY lost DESC, cause) FROM score.churn_cause WHERE cause <> ''`: "opportunity price 8, complaint late delivery 4",
		`SELECT lost FROM score.churn_cause WHERE cause = ''`:                                                                               "8",
		`SELECT round(kept_share, 3) FROM score.churn_cause WHERE cause = 'late delivery'`:                                                  "0.1",
		`SELECT name_zh || ' ' || share FROM score.churn_cause WHERE cause = 'price'`:                                                       "价格 0.4",
		`SELECT value FROM score.churn_cause WHERE cause = 'price'`:                                                                         "15200.00", // 8 customers with 19 days of 100 in the year up to the last
		// All twenty were lost two years after the third order day: a third of sixty by then, of which 8 by price.
		`SELECT round(sum(after_3), 6) FROM score.churn_cause`:                                       "0.333333",
		`SELECT round(after_3, 6) FROM score.churn_cause WHERE cause = 'price'`:                      "0.133333",
		`SELECT bool_and(after_3_low <= after_3 AND after_3 <= after_3_high) FROM score.churn_cause`: "true",
		`SELECT max(after_1) FROM score.churn_cause`:                                                 "0",
		// By customer the causes are those counted above.
		`SELECT count(*) FROM (SELECT c.cause, c.lost, c.value FROM score.churn_cause AS c EXCEPT SELECT coalesce(k.cause, ''), count(*) FILTER (WHERE l.is_lost), CAST(sum(l.lost_value) AS DECIMAL(18, 2)) FROM score.churn_loss AS l JOIN score.churn_cause_kind AS k USING (cause_no) GROUP BY k.cause, k.source)`: "0",
		`SELECT count(*) || ' ' || count(DISTINCT customer_key) || ' ' || count(*) FILTER (WHERE is_lost_named) FROM score.churn_loss`:                                                                                                                                                                                 "60 60 12",
		`SELECT max(incidence) FROM score.churn_cause_curve WHERE cause = 'price' AND quarter = 6`:                                                                                                                                                                                                                     "0",
	})
}

// Without codes the card says which tables would tell.
func TestCausesWithoutCodes(t *testing.T) {
	conn := jobtest.Open(t, "2025-12-31", strings.ReplaceAll(leavers, "'late delivery', true", "NULL, true"))
	jobtest.Run(t, conn, "2025-12-31", Cause())
	wants(t, conn, map[string]string{
		`SELECT cause || lost FROM score.churn_cause`:                                                                   "20",
		`SELECT reading LIKE '%opportunity.lost_reason%ticket.root_cause%' FROM card.model WHERE model = 'churn_cause'`: "true",
	})
}
