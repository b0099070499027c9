package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"verso/olap/engine"
	"verso/olap/lineage"
)

// TestLineage demands that every column of every table of the star and of the
// scores is traced, and that what it says of a few columns is right.
func TestLineage(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("refreshes")
	}
	config := smallCompany(t, t.TempDir())
	verso(t, 0, "refresh", "-c", config, "--skip", "site")
	a := &app{configPath: config, env: func(string) (string, bool) { return "", false }}
	p, err := a.openPublished(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	if names := texts(t, p.snapshot.DB(), `SELECT name FROM meta.lineage_unresolved ORDER BY name`); len(names) > 0 {
		t.Errorf("not traced: %s", strings.Join(names, "; "))
	}
	g, err := lineage.Load(t.Context(), p.snapshot.DB())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range texts(t, p.snapshot.DB(), `SELECT table_schema || '.' || table_name || '.' || column_name FROM information_schema.columns
		WHERE table_schema IN ('core', 'score') ORDER BY 1`) {
		at := strings.LastIndexByte(name, '.')
		table, column := name[:at], name[at+1:]
		if !g.Has(lineage.Column{Table: table, Name: column}) {
			t.Errorf("nothing is known of %s", name)
		}
	}
	origins := g.Origins(lineage.Column{Table: "core.fact_order_line", Name: "gross"})
	for _, want := range []string{"order_line.unit_price", "order_line.qty_ordered"} {
		if !slices.ContainsFunc(origins, func(c lineage.Column) bool { return c.String() == "source:"+want }) {
			t.Errorf("gross does not come from %s but from %v", want, origins)
		}
	}
	if slices.ContainsFunc(origins, func(c lineage.Column) bool { return strings.HasSuffix(c.Name, "discount_pct") }) {
		t.Errorf("gross comes from the discount: %v", origins)
	}
}

func texts(t *testing.T, q engine.Querier, sql string) []string {
	t.Helper()
	var out []string
	err := engine.Rows(t.Context(), q, engine.SQL(sql), func(row []any) error {
		out = append(out, engine.Text(row[0]))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestLineageCommand asks for a measure, a column the other way, and what is not
// there.
func TestLineageCommand(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("refreshes")
	}
	config := smallCompany(t, t.TempDir())
	verso(t, 0, "refresh", "-c", config, "--skip", "site")
	out, _ := verso(t, 0, "lineage", "sales.price_realisation", "-c", config)
	for _, want := range []string{"sales.price_realisation\n", "← sales.gross", "← core.fact_order_line.gross", "← stage.order_line.unit_price", "← source:order_line.unit_price   (mapped in verso.yaml, line "} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	out, _ = verso(t, 0, "lineage", "--uses", "stage.order_line.discount_pct", "--format", "json", "-c", config)
	var answer struct {
		Edges []struct{ To, From string }
	}
	if err := json.Unmarshal([]byte(out), &answer); err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(answer.Edges, func(e struct{ To, From string }) bool { return e.To == "sales.discount_rate" }) {
		t.Error(out)
	}
	_, errs := verso(t, exitUsage, "lineage", "core.fact_order_line.nett", "-c", config)
	if !strings.Contains(errs, "did you mean net") {
		t.Error(errs)
	}
	_, errs = verso(t, exitUsage, "lineage", "core.fact_order_lines", "-c", config)
	if !strings.Contains(errs, "core.fact_order_line") {
		t.Error(errs)
	}
}
