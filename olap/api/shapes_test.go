package api_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"verso/olap/api"
)

// Questions that differ in values only are one; whoever is no administrator sees
// his own.
func TestShapes(t *testing.T) {
	d := open(t, api.Limits{})
	for _, q := range []string{
		"sales by customer.type show net where customer.type = library",
		"sales by customer.type show net where customer.type = institute",
		"sales by customer.type show net where customer.type = institute", // known by now
		"sales by year show copies time 2024",
	} {
		d.ask("POST query", q)
	}
	d.ask("POST query", "sales by year show orders", "X-Who: ann")
	d.ask("POST sql", "SELECT 1 AS one")
	d.ask("POST sql/check", "SELECT 2 AS two")
	all := d.ask("GET log/shapes", "")
	if n := all.at(t, "row_count"); n != 4.0 || all.at(t, "everybody") != true {
		t.Fatalf("%v shapes: %s", n, all.body)
	}
	found := false
	for _, row := range all.at(t, "shapes").([]any) {
		s := row.(map[string]any)
		if strings.Contains(s["text"].(string), "customer.type = institute") {
			sources := s["sources"].(map[string]any)
			found = s["asked"] == 3.0 && s["users"] == 1.0 && sources["facts"] == 2.0 && sources["cache"] == 1.0 && s["median_ms"].(float64) > 0
		}
	}
	if !found {
		t.Errorf("the question about types was asked 3 times, once known: %s", all.body)
	}
	own := d.ask("GET log/shapes?limit=10", "", "X-Who: ann")
	if own.at(t, "row_count") != 1.0 || own.at(t, "everybody") != false || own.at(t, "shapes.0.text") != "sales by date.year show orders" {
		t.Errorf("ann sees %s", own.body)
	}
	if cut := d.ask("GET log/shapes?limit=1", ""); cut.at(t, "more") != true || len(cut.at(t, "shapes").([]any)) != 1 {
		t.Errorf("of one: %s", cut.body)
	}
}

// The rollups proposed would have served what the facts answered.
func TestAdvice(t *testing.T) {
	d := open(t, api.Limits{})
	if r := d.ask("POST log/advice", "", "X-Who: ann"); r.status != http.StatusForbidden || r.at(t, "error.code") != "forbidden" {
		t.Errorf("ann is told %d %s", r.status, r.body)
	}
	if r := d.ask("POST log/advice", ""); r.status != http.StatusOK || len(r.at(t, "advice").([]any)) != 0 {
		t.Errorf("without questions: %d %s", r.status, r.body)
	}
	d.ask("POST query", "sales by customer.name, class.l1 show net where customer.type = library")
	d.ask("POST query", "sales by customer.name, class.l1 show net where customer.type = institute")
	r := d.ask("POST log/advice", "")
	if r.status != http.StatusOK {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if r.at(t, "advice.0.cube") != "sales" || r.at(t, "advice.0.by.0") != "class.l1" || r.at(t, "advice.0.asked") != 2.0 || len(r.at(t, "advice.0.serves").([]any)) != 1 {
		t.Errorf("advised: %s", r.body)
	}
}

// Members can be those of some facts only.
func TestMembersOfFacts(t *testing.T) {
	d := open(t, api.Limits{})
	of := func(where string) reply {
		return d.ask("GET cubes/sales/members?attribute=customer.type&where="+url.QueryEscape(where), "")
	}
	if r := of(`[{"field":"customer.type","op":"key_in","values":["library"]}]`); r.status != http.StatusOK || len(r.at(t, "members").([]any)) != 1 || r.at(t, "members.0.key") != "library" {
		t.Errorf("%d %s", r.status, r.body)
	}
	for _, wrong := range []string{`[{"field":"customer.type"`, `{"a":1}`, `[{"field":"customer.nothing","op":"in","values":["x"]}]`, `[{"field":"customer.type","op":"in","values":["x"]}],"limit":1`} {
		if r := of(wrong); r.status < 400 || r.status >= 500 {
			t.Errorf("%s: %d %s", wrong, r.status, r.body)
		}
	}
	kept := d.ask("POST saved", `{"kind":"filters","title":"Libraries","content":{"cube":"sales","where":[]}}`)
	if kept.status != http.StatusCreated {
		t.Errorf("saved: %d %s", kept.status, kept.body)
	}
}
