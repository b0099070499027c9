package main

import (
	"bytes"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"verso/olap/access"
	"verso/olap/compile"
	"verso/olap/cube"
	"verso/olap/engine"
)

// plantedNowhere searches every text column, and the bytes of the files.
func plantedNowhere(t *testing.T, g *guarded) {
	for _, x := range []struct {
		role, word string
		there      bool
	}{{"north", elsewhere, false}, {"north", somebody, false}, {"libraries", elsewhere, true}, {"nameless", somebody, true}, {"public", elsewhere, false}} {
		l := g.as(t, person(x.role))
		found := 0
		for _, f := range firstColumn(t, l.DB, `SELECT table_schema || '.' || table_name || ' ' || string_agg('"' || column_name || '"', ', ') FROM information_schema.columns
WHERE data_type = 'VARCHAR' AND table_schema NOT IN ('stage', 'quarantine', 'feature') GROUP BY table_schema, table_name ORDER BY ALL`) {
			table, columns, _ := strings.Cut(f, " ")
			if n := firstColumn(t, l.DB, "SELECT count(*) FROM "+table+" WHERE contains(concat_ws('|', "+columns+"), ?)", x.word); n[0] != "0" {
				found++
				if !x.there {
					t.Errorf("role %s finds %q in %s", x.role, x.word, table)
				}
			}
		}
		if x.there && found == 0 {
			t.Errorf("role %s does not find %q: the search finds nothing", x.role, x.word)
		}
		if path := l.Path; path != "" && !x.there {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(data, []byte("ZZELSEWHERE")) || bytes.Contains(data, []byte("ZZSOMEBODY")) {
				t.Errorf("role %s: the file holds a planted name", x.role)
			}
		}
	}
	l := g.as(t, person("nameless"))
	if n := firstColumn(t, l.DB, "SELECT DISTINCT name FROM core.dim_customer"); !slices.Equal(n, []string{"***"}) {
		t.Errorf("masked names: %v", n)
	}
}

// hiddenColumnsNowhere searches a planted cost in every number, by its value and
// by what is computed from it.
func hiddenColumnsNowhere(t *testing.T, g *guarded) {
	l := g.as(t, person("costless"))
	whole := firstColumn(t, g.whole, "SELECT line_id FROM core.fact_order_line WHERE cost = "+dearly)
	if len(whole) != 1 {
		t.Fatalf("planted in %d lines", len(whole))
	}
	for _, column := range firstColumn(t, l.DB, `SELECT column_name FROM information_schema.columns
WHERE table_name = 'fact_order_line' AND (data_type LIKE 'DECIMAL%' OR data_type = 'DOUBLE') ORDER BY ALL`) {
		if n := firstColumn(t, l.DB, "SELECT count(*) FROM core.fact_order_line WHERE abs(CAST("+engine.QuoteIdent(column)+" AS DOUBLE)) BETWEEN 980000 AND 988000"); n[0] != "0" {
			t.Errorf("fact_order_line.%s tells the cost", column)
		}
	}
	for _, question := range []cube.Query{{Cube: "sales", Measures: []string{"cost"}}, {Cube: "sales", Measures: []string{"margin"}}, {Cube: "sales", Measures: []string{"margin_pct"}}, {Cube: "sales", Measures: []string{"net"}, Sort: []cube.Sort{{By: "margin"}}}} {
		_, err := l.Olap.Ask(t.Context(), question)
		if wrong := (*compile.QueryError)(nil); !errors.As(err, &wrong) || len(question.Sort) == 0 && !strings.Contains(err.Error(), "not open to you") {
			t.Errorf("%v: %v", question, err)
		}
	}
	if _, err := l.Olap.Ask(t.Context(), cube.Query{Cube: "sales", Measures: []string{"net"}}); err != nil {
		t.Error(err)
	}
	_, err := g.store.Open(t.Context(), access.Person{Name: "x", Roles: []string{"no such role"}})
	if err == nil {
		t.Error("an unknown role opens something")
	}
	if _, err := g.store.Open(t.Context(), access.Person{Name: "x"}); err == nil {
		t.Error("no role opens something")
	}
	few := g.as(t, person("sales_only"))
	if n := firstColumn(t, few.DB, "SELECT table_schema || '.' || table_name FROM information_schema.tables ORDER BY 1"); !slices.Equal(n, []string{"core.dim_date", "core.fact_order_line", "meta.run"}) {
		t.Errorf("tables: %v", n)
	}
}
