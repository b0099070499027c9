package check

import (
	"context"
	"strings"
	"testing"

	"verso/olap/engine"
	"verso/olap/engine/duck"
)

// Each check of the dealings with customers finds what it looks for, and that
// alone: rows holds tables with good rows and, first, the bad ones.
func TestRelationChecksFindTheirOffenders(t *testing.T) {
	if duck.Arrow != "native" {
		t.Skip("needs -tags duckdb_arrow")
	}
	tests := map[string]struct{ rows, first string }{
		"response-without-target": {`CREATE TABLE core.dim_campaign_response_type AS SELECT * FROM (VALUES (1, 'open'), (2, 'order')) AS t (response_type_key, type);
			CREATE TABLE core.fact_campaign_response AS SELECT * FROM (VALUES (7, 1, 1, DATE '2026-01-02', true), (7, 2, 1, DATE '2026-01-02', false), (7, 3, 2, DATE '2026-01-02', true)) AS t (campaign_id, customer_id, response_type_key, date, off_target)`, `"customer_id": 1`},
		"control-was-sent":                  {`CREATE TABLE stage.campaign_target AS SELECT * FROM (VALUES (7, 1, 'control', TIMESTAMP '2026-01-02'), (7, 2, 'treat', TIMESTAMP '2026-01-02'), (7, 3, 'control', NULL)) AS t (campaign_id, customer_id, arm, sent_ts)`, `"customer_id": 1`},
		"campaign-ends-before-start":        {`CREATE TABLE stage.campaign AS SELECT * FROM (VALUES (1, DATE '2026-01-02', DATE '2026-01-01', CAST(NULL AS DATE), CAST(NULL AS DATE)), (2, DATE '2026-01-02', DATE '2026-01-02', NULL, NULL), (3, NULL, NULL, NULL, NULL)) AS t (campaign_id, plan_start, plan_end, act_start, act_end)`, `"campaign_id": 1`},
		"ticket-resolved-before-opened":     {`CREATE TABLE stage.ticket AS SELECT * FROM (VALUES (1, TIMESTAMP '2026-01-02', NULL, TIMESTAMP '2026-01-01'), (2, TIMESTAMP '2026-01-02', TIMESTAMP '2026-01-02', NULL)) AS t (ticket_id, opened_ts, first_response_ts, resolved_ts)`, `"ticket_id": 1`},
		"activity-without-employee":         {`CREATE TABLE stage.activity AS SELECT * FROM (VALUES (1, NULL), (2, 5)) AS t (activity_id, employee_id)`, `"activity_id": 1`},
		"activity-without-customer":         {`CREATE TABLE core.fact_activity AS SELECT * FROM (VALUES (1, -1, DATE '2026-01-01'), (2, 5, DATE '2026-01-01')) AS t (activity_id, customer_key, date)`, `"activity_id": 1`},
		"lead-touched-before-created":       {`CREATE TABLE stage.lead AS SELECT * FROM (VALUES (1, DATE '2026-01-02', TIMESTAMP '2026-01-01 23:00:00'), (2, DATE '2026-01-02', TIMESTAMP '2026-01-02 09:00:00')) AS t (lead_id, created_date, first_touch_ts)`, `"lead_id": 1`},
		"opportunity-closed-before-created": {`CREATE TABLE stage.opportunity AS SELECT * FROM (VALUES (1, DATE '2026-01-02', DATE '2026-01-01'), (2, DATE '2026-01-02', NULL)) AS t (opp_id, created_date, closed_date)`, `"opp_id": 1`},
		"opportunity-outcome-unclear":       {`CREATE TABLE stage.opportunity AS SELECT * FROM (VALUES (1, DATE '2026-01-02', NULL), (2, NULL, NULL), (3, DATE '2026-01-02', true)) AS t (opp_id, closed_date, won)`, `"opp_id": 1`},
		"quote-ends-before-start":           {`CREATE TABLE stage.quote AS SELECT * FROM (VALUES (1, DATE '2026-01-02', DATE '2026-01-01'), (2, DATE '2026-01-02', NULL)) AS t (quote_id, valid_from, valid_to)`, `"quote_id": 1`},
		"message-replied-before-received":   {`CREATE TABLE stage.message AS SELECT * FROM (VALUES (1, TIMESTAMP '2026-01-02', TIMESTAMP '2026-01-01'), (2, TIMESTAMP '2026-01-02', TIMESTAMP '2026-01-02')) AS t (msg_id, ts, replied_ts)`, `"msg_id": 1`},
		"commission-period-unreadable":      {`CREATE TABLE stage.commission AS SELECT * FROM (VALUES (1, 'March', 1.0), (2, '2026-03', 1.0), (3, '2026Q1', 1.0), (4, '2026', 1.0), (5, '2026-Q4', 1.0)) AS t (employee_id, period, amount)`, `"employee_id": 1`},
		"customers-open":                    {`CREATE SCHEMA meta; CREATE TABLE meta.run AS SELECT DATE '2026-02-28' AS as_of; CREATE TABLE core.fact_customer_month AS SELECT * FROM (VALUES (DATE '2026-02-01', 2, 0, 0, 0), (DATE '2026-01-01', 1, 1, 0, 0), (DATE '2026-03-01', 9, 0, 0, 0)) AS t (month, is_open, is_new, is_reactivated, is_lost)`, `"value": 2, "expected": 1`},
	}
	for id, tt := range tests {
		t.Run(id, func(t *testing.T) {
			db, err := duck.Open(context.Background(), duck.Options{MaxConns: 1, Threads: 1})
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if _, err := db.Exec(t.Context(), engine.SQL("CREATE SCHEMA stage; CREATE SCHEMA core;\n"+tt.rows)); err != nil {
				t.Fatal(err)
			}
			for _, d := range parsed() {
				if d.ID != id {
					continue
				}
				got, err := newRunner(db).run(t.Context(), d)
				if err != nil {
					t.Fatal(err)
				}
				if got.Offenders != 1 || got.Tested < 1 || !strings.Contains(got.Samples, tt.first) {
					t.Errorf("%+v", got)
				}
				return
			}
			t.Errorf("no check %s", id)
		})
	}
}
