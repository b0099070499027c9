package churn_test

import (
	"testing"

	"verso/models/job/jobtest"
	"verso/olap/engine"
)

// bought are order days of the world, counted from the lines themselves.
const bought = `(SELECT DISTINCT customer_key, order_date AS d FROM core.fact_order_line)`

// reasonNumbers are the numbers in reasons beside other SQL that counts them; each
// statement counts the reasons that are wrong.
var reasonNumbers = []struct{ what, measure, wrong string }{
	{"order days by year", "year", `before <> (SELECT count(*) FROM ` + bought + ` AS b WHERE b.customer_key = r.customer_key AND d BETWEEN DATE '2021-07-01' AND DATE '2022-06-30')
 OR now <> (SELECT count(*) FROM ` + bought + ` AS b WHERE b.customer_key = r.customer_key AND d >= DATE '2022-07-01') OR fact <> 'order days fell from ' || CAST(before AS INT) || ' to ' || CAST(now AS INT) || ', year on year'`},
	{"order days of the first half-year", "first_half", `before <> (SELECT count(*) FROM ` + bought + ` AS b WHERE b.customer_key = r.customer_key AND d < (SELECT min(order_date) + 183 FROM core.fact_order_line AS l WHERE l.customer_key = r.customer_key))
 OR fact NOT LIKE '%on ' || CAST(before AS INT) || ' days%on ' || CAST(now AS INT) || ' in the last'`},
	{"value by year", "value", `abs(before - (SELECT sum(CAST(net AS DOUBLE) * (qty + qty_cancelled) / qty) FROM core.fact_order_line AS l WHERE l.customer_key = r.customer_key AND order_date BETWEEN DATE '2021-07-01' AND DATE '2022-06-30')) > 1
 OR abs(now - (SELECT sum(CAST(net AS DOUBLE) * (qty + qty_cancelled) / qty) FROM core.fact_order_line AS l WHERE l.customer_key = r.customer_key AND order_date >= DATE '2022-07-01')) > 1
 OR fact <> 'orders fell by ' || CAST(round(100 * (1 - now / before)) AS INT) || '% in value, year on year'`},
	{"lines of the subject", "subject", `before - now <> (SELECT max(b - n) FROM (SELECT count(*) FILTER (WHERE order_date BETWEEN DATE '2021-07-01' AND DATE '2022-06-30') AS b, count(*) FILTER (WHERE order_date >= DATE '2022-07-01') AS n
 FROM core.fact_order_line AS l WHERE l.customer_key = r.customer_key GROUP BY clc_key))
 OR NOT EXISTS (SELECT 1 FROM core.fact_order_line AS l JOIN core.dim_clc AS c USING (clc_key) WHERE l.customer_key = r.customer_key GROUP BY c.bucket_name_en
 HAVING r.fact = 'lines in ' || c.bucket_name_en || ' fell from ' || count(*) FILTER (WHERE order_date BETWEEN DATE '2021-07-01' AND DATE '2022-06-30') || ' to ' || count(*) FILTER (WHERE order_date >= DATE '2022-07-01') || ', year on year; the last in ' || strftime(max(order_date), '%B %Y'))`},
	{"silence", "silence", `fact <> (SELECT 'silent for ' || DATE '2023-06-30' - max(d) || ' days; usually orders every ' || CAST(round((max(d) - min(d)) / (count(*) - 1)) AS INT) || CASE WHEN round((max(d) - min(d)) / (count(*) - 1)) = 1 THEN ' day' ELSE ' days' END FROM ` + bought + ` AS b WHERE b.customer_key = r.customer_key)`},
	{"complaints open", "open", `fact <> (SELECT 'a complaint of ' || strftime(min(t.date), '%B %Y') || ' is not resolved yet' FROM core.fact_ticket AS t WHERE t.customer_key = r.customer_key AND complaints > 0 AND resolved = 0 AND date > DATE '2022-06-30' AND date <= DATE '2023-05-31')`},
	{"contacts", "contacts", `now <> (SELECT count(*) FROM core.fact_activity AS a WHERE a.customer_key = r.customer_key AND date > DATE '2022-12-29') OR before <> (SELECT count(*) FROM core.fact_activity AS a WHERE a.customer_key = r.customer_key AND date > DATE '2021-12-29' AND date <= DATE '2022-06-30')
 OR fact NOT LIKE 'contacted ' || CAST(now AS INT) || ' time% ' || CAST(before AS INT) || ' times in%last in ' || (SELECT strftime(max(date), '%B %Y') FROM core.fact_activity AS a WHERE a.customer_key = r.customer_key)`},
}

// wrongOfModel are reasons of the model, by concept, whose numbers other SQL counts
// differently.
var wrongOfModel = []struct{ concept, wrong string }{
	{"season", `fact LIKE 'ordered%' AND CAST(regexp_extract(fact, 'on (\d+) day', 1) AS INT) <> (SELECT count(*) FROM ` + bought + ` AS b JOIN score.churn AS s USING (customer_key) WHERE b.customer_key = r.customer_key AND d > DATE '2023-06-30' - 365 AND d <= s.until - 365)`},
	{"silence and rhythm", `fact LIKE 'silent%' AND CAST(regexp_extract(fact, 'for (\d+) day', 1) AS INT) <> (SELECT DATE '2023-06-30' - max(d) FROM ` + bought + ` AS b WHERE b.customer_key = r.customer_key)`},
	{"tenure", `CAST(regexp_extract(replace(fact, ',', ''), '(\d+) day', 1) AS INT) <> (SELECT DATE '2023-06-30' - min(d) FROM ` + bought + ` AS b WHERE b.customer_key = r.customer_key)`},
	{"subjects", `fact LIKE 'bought%' AND CAST(regexp_extract(fact, 'from (\d+) subj', 1) AS INT) <> (SELECT count(DISTINCT clc_key) FROM core.fact_order_line AS l WHERE l.customer_key = r.customer_key AND order_date >= DATE '2022-07-01')`},
	{"returns", `CAST(regexp_extract(fact, 'back (\d+) line', 1) AS INT) <> (SELECT count(*) FROM core.fact_return AS l WHERE l.customer_key = r.customer_key AND return_date > DATE '2022-06-30')`},
	{"contact", `fact LIKE 'last contacted%' AND CAST(regexp_extract(replace(fact, ',', ''), 'contacted (\d+) day', 1) AS INT) <> (SELECT DATE '2023-06-30' - max(date) FROM core.fact_activity AS a WHERE a.customer_key = r.customer_key)`},
}

// reasonsAreCounted holds every number in reasons against SQL that counts it anew.
func reasonsAreCounted(t *testing.T, conn engine.Conn) {
	t.Helper()
	for _, c := range reasonNumbers {
		if n := jobtest.Number(t, conn, "SELECT count(*) FROM score.churn_reason AS r WHERE measure = '"+c.measure+"' AND ("+c.wrong+")"); n != 0 {
			t.Errorf("%s: %v are wrong, such as %s", c.what, n, jobtest.Value(t, conn, "SELECT fact FROM score.churn_reason AS r WHERE measure = '"+c.measure+"' AND ("+c.wrong+") ORDER BY customer_key LIMIT 1"))
		}
	}
	for _, c := range wrongOfModel {
		if n := jobtest.Number(t, conn, "SELECT count(*) FROM score.churn_reason AS r WHERE basis = 'model' AND concept = '"+c.concept+"' AND "+c.wrong); n != 0 {
			t.Errorf("%s: %v are wrong", c.concept, n)
		}
	}
	if n := jobtest.Number(t, conn, "SELECT count(DISTINCT measure) FROM score.churn_reason WHERE basis = 'changed'"); n < 5 {
		t.Errorf("only %v kinds of change are told", n)
	}
	if n := jobtest.Number(t, conn, "SELECT count(*) FROM score.churn_reason WHERE (share IS NULL) <> (basis = 'changed') OR (measure IS NULL) <> (basis = 'model')"); n != 0 {
		t.Errorf("%v changes have a share of the risk", n)
	}
}
