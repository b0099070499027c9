package main

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"verso/olap"
	"verso/olap/cube/text"
	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/pages"
	"verso/reports/pages/answer"
)

// questionsAreAnswered asks every question of a scored demo company: all of them
// run, each name in the sentences is filled in, cells run and pages have the
// sections linked to, and figures are those of the cubes and of SQL by hand.
func questionsAreAnswered(t *testing.T, db engine.Database) {
	t.Helper()
	o, err := olap.Open(t.Context(), db, olap.Options{Lang: "en"})
	if err != nil {
		t.Fatal(err)
	}
	answers := map[int]answer.Answer{}
	for _, lang := range []string{"zh", "en"} {
		c, err := page.NewContext(t.Context(), page.FromOlap(o, db), lang)
		if err != nil {
			t.Fatal(err)
		}
		list, err := answer.Ask(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		answered := 0
		for _, a := range list {
			if a.Has() {
				answered++
			}
			if a.Answer == "" || strings.ContainsAny(a.Answer, "{}[]") {
				t.Errorf("%s, question %d: %q", lang, a.No, a.Answer)
			}
			answers[a.No] = a
		}
		if answered < 40 {
			t.Errorf("%s: only %d questions are answered", lang, answered)
		}
	}
	linksLead(t, o, db, answers)
	figuresAreTheCubes(t, o, answers)
	figuresAreSQLByHand(t, db, answers)
}

// linksLead asks every cell and looks for every section.
func linksLead(t *testing.T, o *olap.Olap, db engine.Database, answers map[int]answer.Answer) {
	t.Helper()
	c, err := page.NewContext(t.Context(), page.FromOlap(o, db), "en")
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string][]string{}
	for _, a := range answers {
		if a.Page == "" {
			q, err := text.ParseWith(o.Model(), a.Cell, c.AsOf)
			if err == nil {
				_, err = o.Ask(t.Context(), q)
			}
			if err != nil {
				t.Errorf("question %d: %v", a.No, err)
			}
			continue
		}
		slug, section, _ := strings.Cut(a.Page, ".html")
		if _, built := sections[slug]; !built {
			i := slices.IndexFunc(pages.All(), func(p page.Page) bool { return p.Slug == slug })
			if i < 0 {
				t.Errorf("question %d leads to %s, which is no page", a.No, a.Page)
				continue
			}
			v, err := pages.All()[i].Build(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range v.Sections {
				sections[slug] = append(sections[slug], s.ID)
			}
		}
		if section != "" && !slices.Contains(sections[slug], strings.TrimPrefix(section, "#")) {
			t.Errorf("question %d leads to %s; the sections are %v", a.No, a.Page, sections[slug])
		}
	}
}

// figuresAreTheCubes compares figures with the cube that gives the same: @ stands
// for the twelve calendar months.
func figuresAreTheCubes(t *testing.T, o *olap.Olap, answers map[int]answer.Answer) {
	t.Helper()
	asOf, err := dateOf(o.Run().AsOf)
	if err != nil {
		t.Fatal(err)
	}
	months := page.Months(asOf, 12)
	window := "time " + page.ISO(months[0]) + ".." + page.ISO(asOf)
	for _, c := range []struct {
		no     int
		figure string
		query  string
		scale  float64
	}{
		{1, "cost_money", "campaign_effect show cost @", 1}, {1, "margin_money", "campaign_effect show incremental_margin @", 1}, {1, "campaigns_n", "campaign_effect show campaigns @", 1},
		{2, "leads_n", "leads show leads @", 1}, {2, "ordered_n", "leads show ordered @", 1}, {2, "untouched_n", "leads show untouched @", 1}, {2, "touch_days", "leads show speed_to_lead_p50 @", 1},
		{2, "cards_n", "campaign_responses show responses where response.type = card @", 1},
		{4, "found_n", "web_sessions show sessions @", 1}, {4, "visitors_n", "web_sessions show visitors @", 1}, {4, "matched_pct", "web_sessions show match_rate @", 1}, {4, "customers_n", "web_sessions show customers @", 1},
		{5, "expected_x", "lead_scores show expected_orders", 1}, {6, "margin_money", "lead_scores show expected_margin", 1},
		{8, "all_hours", "tickets show minutes @", 1.0 / 60}, {9, "found_n", "tickets show tickets @", 1}, {9, "cost_money", "tickets show cost @", 1}, {9, "ticket_money", "tickets show cost_per_ticket @", 1},
		{10, "found_n", "salesperson_value show orphans", 1}, {10, "fading_n", "salesperson_value show orphans_fading", 1},
		{12, "found_n", "quotes show conflicts @", 1}, {12, "quotes_n", "quotes show quotes @", 1}, {13, "found_n", "customer_month show new_customers @", 1},
		{18, "found_n", "activities show during_ticket where activity.direction = out @", 1}, {18, "contacts_n", "activities show contacts where activity.direction = out @", 1},
		{19, "found_n", "messages show unanswered @", 1}, {19, "received_n", "messages show received @", 1}, {19, "late_n", "messages show late @", 1}, {19, "reply_hours", "messages show reply_hours_p50 @", 1},
		{28, "half_hours", "tickets show response_hours_p50 @", 1}, {28, "most_hours", "tickets show response_hours_p90 @", 1}, {28, "first_pct", "tickets show fcr @", 1},
		{28, "transfers_x", "tickets show transfers_per_ticket @", 1}, {28, "breached_pct", "tickets show breach_rate @", 1},
		{30, "found_n", "activities show contacts where activity.type = call_in @", 1}, {30, "followed_pct", "activities show order_rate where activity.type = call_in @", 1},
		{30, "net_money", "activities show net_after where activity.type = call_in @", 1}, {30, "customers_n", "activities show customers where activity.type = call_in @", 1},
		{32, "found_n", "tickets show complaints @", 1}, {32, "half_days", "tickets show resolution_hours_p50 where ticket.complaint = true @", 1.0 / 24}, {32, "rated_x", "tickets show csat where ticket.complaint = true @", 1},
		{33, "sent_n", "campaign_targets show sent @", 1}, {33, "unsubscribed_n", "campaign_targets show unsubscribed @", 1},
		{36, "all_hours", "customer_month show minutes @", 1.0 / 60}, {37, "found_n", "activities show visits @", 1},
		{40, "found_n", "order_flow show backlog_lines", 1}, {40, "open_money", "order_flow show backlog_value", 1}, {40, "overdue_n", "order_flow show overdue_lines", 1},
		{41, "found_n", "sales show customers @", 1}, {42, "found_n", "tickets show rated @", 1}, {42, "all_x", "tickets show csat @", 1},
		{43, "found_n", "surveys show answers @", 1}, {43, "mean_x", "surveys show score_mean @", 1}, {43, "nps_points", "surveys show nps @", 1},
	} {
		q, err := text.ParseWith(o.Model(), strings.ReplaceAll(c.query, "@", window), asOf)
		if err != nil {
			t.Errorf("%s: %v", c.query, err)
			continue
		}
		table, err := o.Ask(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		want, known := engine.Float(table.Rows[0].Cells[0])
		got, err := answers[c.no].Figures[c.figure].(json.Number).Float64()
		if !known || err != nil || math.Abs(got-want*c.scale) > 1e-6*math.Max(1, math.Abs(got)) {
			t.Errorf("question %d: %s is %v, %s gives %v", c.no, c.figure, got, c.query, want*c.scale)
		}
	}
}

// figuresAreSQLByHand compares figures with SQL written another way.
func figuresAreSQLByHand(t *testing.T, db engine.Database, answers map[int]answer.Answer) {
	t.Helper()
	const year = " BETWEEN DATE '2025-07-01' AND DATE '2026-06-30'"
	for _, c := range []struct {
		no          int
		figure, sql string
	}{
		{3, "met_n", `SELECT count(DISTINCT t.customer_key) FROM core.fact_campaign_target t JOIN core.dim_campaign c USING (campaign_key) WHERE c.type = 'catalogue_mailing' AND t.sent = 1 AND t.customer_key > 0 AND t.date` + year + `
AND EXISTS (SELECT 1 FROM core.fact_activity a JOIN core.dim_activity_kind k USING (activity_kind_key) WHERE a.customer_key = t.customer_key AND k.type IN ('visit', 'meeting', 'demo') AND a.date - t.date BETWEEN 0 AND 60)`},
		{9, "followed_money", `SELECT sum(net) FROM core.fact_order_line WHERE line_id IN (SELECT l.line_id FROM core.fact_order_line l JOIN core.fact_ticket t ON t.customer_key = l.customer_key AND l.order_date - t.date BETWEEN 0 AND 14
WHERE t.date` + year + ` AND l.order_date` + year + ` AND l.customer_key > 0)`},
		{20, "net_money", `SELECT sum(net) FROM (SELECT sum(l.net) AS net, row_number() OVER (ORDER BY sum(l.net) DESC) AS place FROM core.fact_order_line l WHERE l.customer_key > 0 AND l.order_date` + year + ` GROUP BY l.customer_key)
WHERE place <= (SELECT count(*) FROM score.pyramid WHERE basis = 'revenue' AND tier = 'top')`},
		{21, "found_n", `SELECT count(*) FROM (SELECT customer_key FROM score.profit_cell GROUP BY 1 HAVING sum(contribution) < 0)`},
		{21, "lost_money", `SELECT -sum(c) FROM (SELECT sum(contribution) AS c FROM score.profit_cell GROUP BY customer_key) WHERE c < 0`},
		{23, "found_n", `SELECT count(*) FROM score.pyramid p WHERE p.basis = 'revenue' AND p.tier IN ('top', 'major') AND EXISTS (SELECT 1 FROM core.fact_ticket t JOIN core.dim_ticket_kind k USING (ticket_kind_key) WHERE t.customer_key = p.customer_key AND k.is_complaint AND t.date` + year + `)`},
		{24, "silent_n", `SELECT count(*) FROM (SELECT customer_key FROM core.fact_order_line WHERE customer_key > 0 AND year(order_date) = 2025 GROUP BY 1 ORDER BY sum(net) DESC LIMIT (SELECT count(*) FROM score.top_customer)) c
WHERE NOT EXISTS (SELECT 1 FROM core.fact_order_line l WHERE l.customer_key = c.customer_key AND l.order_date >= DATE '2026-01-01')`},
		{31, "silent_n", `SELECT count(*) FROM score.pyramid p WHERE p.basis = 'revenue' AND p.tier IN ('top', 'major') AND NOT EXISTS (SELECT 1 FROM core.fact_activity a WHERE a.customer_key = p.customer_key AND a.date > DATE '2026-04-01')`},
		{34, "copies_n", `SELECT sum(f.qty_cancelled) FROM core.fact_order_stage f WHERE f.order_date` + year + ` AND f.cancel_reason_key IN (SELECT reason_key FROM core.dim_reason WHERE kind = 'cancel' AND code IN ('not found', 'op', 'embargo', 'customs'))
AND f.customer_key IN (SELECT customer_key FROM score.pyramid WHERE basis = 'revenue' AND tier IN ('top', 'major'))`},
		{35, "found_n", `SELECT count(*) FROM score.loyalty WHERE status = 'lost' AND lost_on` + year},
		{37, "many_n", `SELECT count(*) FROM (SELECT a.customer_key FROM core.fact_activity a JOIN core.dim_activity_kind k USING (activity_kind_key) WHERE k.type IN ('visit', 'meeting', 'demo') AND a.customer_key > 0 AND a.date` + year + ` GROUP BY 1 HAVING count(*) >= 3)`},
		{38, "early_pct", `SELECT CAST(count(*) FILTER (WHERE ordered = 1) AS DOUBLE) / count(*) FROM core.fact_lead WHERE open = 0 AND touched = 1 AND days_to_touch BETWEEN 0 AND 3`},
		{39, "change_money", `SELECT sum(amount) FROM score.bridge WHERE comparison = 'last_12_months' AND level = 'total'`},
		{41, "net_money", `SELECT sum(net) FROM core.fact_order_line WHERE customer_key > 0 AND order_date` + year},
		{45, "value_money", `SELECT sum(expected_value) FROM score.whitespace`},
	} {
		row, err := engine.One(t.Context(), db, engine.SQL(c.sql))
		if err != nil {
			t.Fatalf("question %d: %v", c.no, err)
		}
		want, known := engine.Float(row[0])
		got, err := answers[c.no].Figures[c.figure].(json.Number).Float64()
		if !known || err != nil || math.Abs(got-want) > 1e-6*math.Max(1, math.Abs(want)) {
			t.Errorf("question %d: %s is %v, by hand %v", c.no, c.figure, got, want)
		}
	}
}

// Where tables were supplied and hold nothing, no statement fails.
func TestQuestionsOverEmptyTables(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	verso(t, exitDone, "refresh", "-c", smallCompany(t, dir))
	db := generation(t, dir)
	o, err := olap.Open(t.Context(), db, olap.Options{Lang: "en"})
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"en", "zh"} {
		c, err := page.NewContext(t.Context(), page.FromOlap(o, db), lang)
		if err != nil {
			t.Fatal(err)
		}
		for i := range c.Loads {
			c.Loads[i].Supplied = true
		}
		list, err := answer.Ask(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		nothing := 0
		for _, a := range list {
			if a.State == answer.Nothing {
				nothing++
			}
			if a.Answer == "" || strings.ContainsAny(a.Answer, "{}[]") || a.State == answer.Absent && a.No != 29 {
				t.Errorf("%s, question %d, %s: %q", lang, a.No, a.State, a.Answer)
			}
		}
		if nothing < 15 {
			t.Errorf("%s: %d questions find nothing", lang, nothing)
		}
	}
}

// A company with order lines, orders and customers alone: the command line prints
// what they answer, and names the tables for the rest.
func TestQuestionsCommand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	config := smallCompany(t, dir)
	verso(t, exitDone, "refresh", "-c", config)
	out, _ := verso(t, exitDone, "questions", "-c", config, "20", "Q29", "28", "4")
	for _, want := range []string{"Customers and what they are worth\n", "  20  Who are our best customers?\n", "form the top tier with CNY", "> customers.html#pyramid\n",
		"  28  How well does our service desk answer?\n      Not supplied yet: the table ticket would answer this.\n      > service.html\n",
		"  4  Who visits the web site?\n      Not supplied yet: the table web_session would answer this.\n      > verso query 'web_sessions by referrer.name show", "benchmark"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	var list []answer.Answer
	out, _ = verso(t, exitDone, "questions", "-c", config, "--lang", "zh", "--format", "json")
	if err := json.Unmarshal([]byte(out), &list); err != nil || len(list) != answer.Count {
		t.Fatalf("%d answers: %v", len(list), err)
	}
	answered := 0
	for _, a := range list {
		if a.Has() {
			answered++
			if len(a.Figures) == 0 {
				t.Errorf("question %d is answered without figures", a.No)
			}
		}
		if a.Answer == "" || a.Page == "" && a.Cell == "" || strings.ContainsAny(a.Answer, "{}") {
			t.Errorf("question %d: %+v", a.No, a)
		}
	}
	if answered < 8 {
		t.Errorf("%d questions are answered from orders and customers", answered)
	}
	for _, bad := range []string{"0", "46", "x", "Q"} {
		if _, errs := verso(t, exitUsage, "questions", "-c", config, bad); !strings.Contains(errs, fmt.Sprintf("there are 1 to %d", answer.Count)) {
			t.Errorf("%s: %s", bad, errs)
		}
	}
	if _, errs := verso(t, exitUsage, "questions", "-c", config, "--format", "csv"); !strings.Contains(errs, "table or json") {
		t.Error(errs)
	}
}
