package recommend

import (
	_ "embed"
	"testing"

	"verso/models/job/jobtest"
	"verso/models/recommend"
	"verso/olap/engine"
)

//go:embed testdata/reasons.sql
var reasonsSQL string

// Every reason said is worked out again from the star by other SQL; in Chinese the
// same numbers and names stand.
func TestReasonsAreTrue(t *testing.T) {
	conn := jobtest.Open(t, "2026-06-30", shop,
		"CREATE SCHEMA stage",
		// An author has titles in two classes; the second of each is not the first author.
		"CREATE TABLE stage.title_contributor AS SELECT t.title_id, 'Author ' || (t.title_key % 20) AS name, 1 AS seq, 'author' AS role, false AS is_deleted FROM core.dim_title AS t UNION ALL SELECT t.title_id, 'A. Second', 2, 'author', false FROM core.dim_title AS t",
		"CREATE TABLE stage.customer_clc_interest (customer_id VARCHAR, clc_code VARCHAR, declared_or_observed VARCHAR, is_deleted BOOLEAN)",
		"INSERT INTO stage.customer_clc_interest VALUES ('C81', 'TP', 'declared', false), ('C81', 'R', 'declared', false)",
		"UPDATE core.fact_order_line SET publisher_key = 1 + title_key % 7",
		// Five customers read widely, and some of what was bought went back.
		"INSERT INTO core.fact_order_line (line_id, customer_key, title_key, order_date, qty, qty_cancelled, net, publisher_key) SELECT 300000 + c * 100 + n, c, 31 + (c * 13 + n * 7) % 170, DATE '2025-10-01' + CAST(n AS INTEGER), 2, 1, 100, 1 FROM range(1, 6) AS a (c), range(1, 40) AS b (n)",
		"INSERT INTO core.fact_return (return_id, line_id, customer_key, title_key, return_date, qty) SELECT l.line_id, l.line_id, l.customer_key, l.title_key, DATE '2026-06-01', l.qty FROM core.fact_order_line AS l WHERE l.line_id % 9 = 4",
		// Two of the first volumes are held; one was returned.
		"INSERT INTO core.fact_order_line (line_id, customer_key, title_key, order_date, qty, qty_cancelled, net) VALUES (1, 1, 1, '2026-05-01', 1, 0, 100), (2, 2, 4, '2026-05-01', 1, 0, 100), (3, 3, 7, '2026-05-01', 1, 0, 100)",
		"INSERT INTO core.fact_return (return_id, line_id, customer_key, title_key, return_date, qty) VALUES (3, 3, 3, 7, '2026-05-20', 1)")
	jobtest.Run(t, conn, "2026-06-30", Recommend(Options{}))
	found := map[string]string{}
	err := engine.Rows(t.Context(), conn, engine.SQL(reasonsSQL), func(r []any) error {
		found[engine.Text(r[0])] = engine.Text(r[1])
		if engine.Text(r[2]) != "0" {
			t.Errorf("%s: %s of %s are wrong, such as %s", engine.Text(r[0]), engine.Text(r[2]), engine.Text(r[1]), engine.Text(r[3]))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"series", "class", "author", "publisher", "popular", "interest"} {
		if found[kind] == "" {
			t.Errorf("no reason of the kind %s among %v", kind, found)
		}
	}
	want(t, "numbers in Chinese", jobtest.Value(t, conn, "SELECT count(*) FROM score.recommendation WHERE list_sort(regexp_extract_all(reason_en, '[0-9]+')) <> list_sort(regexp_extract_all(reason_zh, '[0-9]+')) AND reason_en NOT LIKE '%in twelve months%'"), "0")
	want(t, "a volume that went back", jobtest.Value(t, conn, "SELECT count(*) FROM score.recommendation WHERE customer_key = 3 AND is_next"), "0")
}

// Customers 0 to 2 hold titles 0 and 1, customer 3 title 2 alone, customer 4 titles
// 1 and 2: of the holders of title 2 only customer 4 shares a title with 0.
func TestPeers(t *testing.T) {
	x, err := recommend.Build(recommend.Rows{User: []int32{0, 0, 1, 1, 2, 2, 3, 4, 4}, Item: []int32{0, 1, 0, 1, 0, 1, 2, 1, 2}}, 5, 3, recommend.Weighting{})
	if err != nil {
		t.Fatal(err)
	}
	r := &ranker{c: &catalogue{kept: [][]int32{{0, 1}, {0, 1}, {0, 1}, {2}, {1, 2}}}, f: &fitted{x: x}}
	b := &bench{}
	for _, q := range []struct {
		customer int
		title    int32
		want     int
	}{{0, 2, 1}, {3, 2, 1}, {3, 0, 0}, {0, 0, 2}, {4, 0, 3}} {
		if got := r.peers(q.customer, b, q.title); got != q.want {
			t.Errorf("customer %d, title %d: %d peers, want %d", q.customer, q.title, got, q.want)
		}
	}
}
