package main

import (
	"strings"
	"testing"

	"verso/olap/engine"
	"verso/olap/engine/duck"
	"verso/reports/page"
)

// Choosing pages leaves the list of all as it is.
func TestPagesNamed(t *testing.T) {
	all := []page.Page{{Slug: "index"}, {Slug: "briefing"}, {Slug: "sales"}}
	chosen, err := pagesNamed(all, []string{"briefing"})
	if err != nil || len(chosen) != 1 || chosen[0].Slug != "briefing" {
		t.Errorf("chosen %v, %v", chosen, err)
	}
	if all[0].Slug != "index" || all[1].Slug != "briefing" || all[2].Slug != "sales" {
		t.Errorf("the list became %v", all)
	}
}

// A page that asks for what a generation of another verso does not have says so.
func TestMadeByAnother(t *testing.T) {
	db, err := duck.Open(t.Context(), duck.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(t.Context(), engine.SQL("CREATE SCHEMA meta; CREATE TABLE meta.run AS SELECT 'v0.1' AS version")); err != nil {
		t.Fatal(err)
	}
	for sql, told := range map[string]bool{
		"SELECT r.basis FROM meta.run AS r": true,
		"SELECT basis FROM meta.run":        true,
		"SELECT 1 FROM meta.later":          true,
		"SELECT CAST('x' AS INTEGER)":       false,
		"SELECT sum(version) FROM meta.run": false,
	} {
		_, err := engine.One(t.Context(), db, engine.SQL(sql))
		if err == nil {
			t.Fatalf("%s: no error", sql)
		}
		if got := strings.Contains(madeByAnother(t.Context(), db, err).Error(), "made by verso v0.1"); got != told {
			t.Errorf("%s: told of another version: %v, want %v (%v)", sql, got, told, err)
		}
	}
}
