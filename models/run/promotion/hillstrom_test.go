package promotion

import (
	"os"
	"path/filepath"
	"testing"

	"verso/models/job/jobtest"
	"verso/olap/engine"
)

// Hillstrom's (2008) e-mail experiment through the warehouse: an order of what
// was spent the day after, for each of the two mails and those without one. The
// figures are arithmetic on the file; spending stands as margin.
func TestHillstrom(t *testing.T) {
	if testing.Short() {
		t.Skip("fits on 20,000 customers")
	}
	root := os.Getenv("VERSO_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "..", "shared", "data")
	}
	path := filepath.Join(root, "hillstrom", "hillstrom.csv.gz")
	if _, err := os.Stat(path); err != nil {
		t.Skip("public data set hillstrom is not here (VERSO_DATA names its folder)")
	}
	conn := jobtest.Open(t, "2008-12-31", `
CREATE TEMP TABLE raw AS SELECT row_number() OVER () AS k, * FROM read_csv(`+engine.QuoteText(path)+`);
INSERT INTO core.dim_customer (customer_key, customer_type, first_order_date) SELECT k, channel, DATE '2008-03-20' - CAST(30 * recency AS INTEGER) FROM raw;
INSERT INTO core.dim_campaign (campaign_key, name, type) VALUES (1, 'Mens', 'email'), (2, 'Womens', 'email');
INSERT INTO core.fact_campaign_target (campaign_key, customer_key, date, arm, send_no, is_first, is_treated, is_control, sent, cost, shared_cost, responded)
SELECT c, k, DATE '2008-03-20', CASE WHEN s THEN 'treat' ELSE 'control' END, CASE WHEN s THEN 1 ELSE 0 END, true, s, NOT s, CASE WHEN s THEN 1 ELSE 0 END, 0, 0, visit
FROM (SELECT c, k, visit, segment <> 'No E-Mail' AS s FROM raw, (VALUES (1, 'Mens E-Mail'), (2, 'Womens E-Mail')) AS v(c, name) WHERE segment IN (name, 'No E-Mail')) AS x;
INSERT INTO core.fact_order_line (line_id, order_key, customer_key, title_key, order_date, qty, gross, net, cost, margin)
SELECT k, k, k, 1, DATE '2008-03-20' - CAST(30 * recency AS INTEGER), 1, history, history, 0, history FROM raw
UNION ALL SELECT 100000 + k, 100000 + k, k, 1, DATE '2008-03-21', 1, spend, spend, 0, spend FROM raw WHERE conversion = 1;`)
	run(t, conn, "2008-12-31")
	for _, c := range []struct {
		what, sql       string
		want, tolerance float64
	}{
		{"men: ordered", "SELECT response FROM score.campaign WHERE campaign_key = 1", .012531, 5e-7},
		{"none: ordered", "SELECT baseline FROM score.campaign WHERE campaign_key = 1", .005726, 5e-7},
		{"men: lift", "SELECT lift FROM score.campaign WHERE campaign_key = 1", .006805, 1e-6},
		{"women: lift", "SELECT lift FROM score.campaign WHERE campaign_key = 2", .003111, 1e-6},
		{"men: spent more", "SELECT incremental_margin / 21307 FROM score.campaign WHERE campaign_key = 1", .769827, 1e-6},
		{"men: at least", "SELECT margin_low / 21307 FROM score.campaign WHERE campaign_key = 1", .485, .0005},
		{"men: at most", "SELECT margin_high / 21307 FROM score.campaign WHERE campaign_key = 1", 1.055, .0005},
		{"women: at least", "SELECT margin_low / 21387 FROM score.campaign WHERE campaign_key = 2", .169, .0005},
		{"women: at most", "SELECT margin_high / 21387 FROM score.campaign WHERE campaign_key = 2", .680, .0005},
		{"both lifts", "SELECT count(*) FROM score.campaign WHERE verdict = 'lift' AND method = 'random control'", 2, 0},
		{"scored", "SELECT count(*) FROM score.uplift", 64000, 0},
		{"points of the curves", "SELECT count(*) FROM score.qini", 303, 0},
	} {
		near(t, c.what, jobtest.Number(t, conn, c.sql), c.want, c.tolerance)
	}
	t.Log(jobtest.Value(t, conn, "SELECT reading FROM card.model WHERE model = 'campaigns'"))
}
