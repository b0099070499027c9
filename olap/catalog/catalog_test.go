package catalog

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"verso/olap/cube"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func shippedModel(t *testing.T) *cube.Model {
	t.Helper()
	m, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestDefinitionsPage(t *testing.T) {
	var b bytes.Buffer
	if err := Markdown(&b, shippedModel(t)); err != nil {
		t.Fatal(err)
	}
	golden(t, filepath.Join("testdata", "definitions.md"), b.Bytes())
}

// The names that other parts of verso, and people's scripts, rely on.
func TestNamesStay(t *testing.T) {
	m := shippedModel(t)
	shared := "customer_then.name customer_then.type customer_then.subtype customer_then.area customer_then.province customer_then.channel " +
		"customer_then.channel_kind customer_then.owner customer_then.status customer_then.credit_days customer_then.price_policy " +
		"date.year date.half date.quarter date.month date.week date.day date.fiscal_year date.fiscal_quarter date.academic_year date.term date.weekday " +
		"customer.id customer.name customer.type customer.subtype customer.group customer.status customer.city customer.cohort_month customer.cohort_year " +
		"customer.tier customer.rfm_segment customer.rfm_cell customer.segment customer.loyalty_status customer.move title.id title.title title.isbn title.language title.binding title.level title.price_band " +
		"title.pub_year title.textbook title.catalogue title.abc title.xyz title.phase class.group class.l1 class.l2 class.bucket class.code region.area region.province region.name " +
		"region.country channel.kind channel.name salesperson.name salesperson.dept publisher.name publisher.country publisher.type"
	for _, c := range []struct{ cube, fields, measures string }{
		{"sales", shared + " currency.code flags.rush flags.textbook_line flags.web flags.is_first flags.promotion flags.forthcoming catalogue.name catalogue.code catalogue.medium campaign.name campaign.programme campaign.type campaign.medium campaign.place campaign.objective campaign.start_year campaign.started",
			"net gross discount copies lines orders customers titles aov net_per_copy price_realisation discount_rate cost margin margin_pct cost_coverage" +
				" freight duty handling landed_cost gross_margin gross_margin_pct landed_coverage tax" +
				" lines_per_order copies_per_line copies_per_order mean_line_value median_line_value largest_line" +
				" net_per_customer orders_per_customer titles_per_customer copies_per_title net_per_title list_price_per_copy rush_lines rush_share" +
				" textbook_net textbook_copies textbook_share copies_cancelled copies_ordered cancel_rate net_with_tax tax_share" +
				" tax_rate margin_per_copy cost_per_copy markup margin_per_order first_order last_order order_days" +
				" orders_per_day publishers net_constant currency_effect cost_constant margin_constant margin_constant_pct"},
		{"returns", shared, "return_value return_copies return_lines" +
			" return_orders return_customers return_titles value_per_return median_return value_per_copy_returned copies_per_return returns_with_reason" +
			" reason_share negative_lines first_return last_return"},
		{"trade", shared, "net copies margin return_value return_copies return_rate return_rate_copies"},
	} {
		fields := map[string]bool{}
		for _, f := range m.Cube(c.cube).FieldNames() {
			fields[f] = true
		}
		for _, f := range strings.Fields(c.fields) {
			if !fields[f] {
				t.Errorf("cube %s has no attribute %s", c.cube, f)
			}
			delete(fields, f)
		}
		for f := range fields {
			t.Errorf("cube %s has %s, which the list of names lacks", c.cube, f)
		}
		if diff := cmp.Diff(strings.Fields(c.measures), m.Cube(c.cube).MeasureNames()); diff != "" {
			t.Errorf("measures of %s (-want +got):\n%s", c.cube, diff)
		}
	}
}

func TestEverythingHasBothLanguages(t *testing.T) {
	m := shippedModel(t)
	both := func(what string, texts ...cube.Text) {
		for _, x := range texts {
			if x.EN == "" || x.ZH == "" {
				t.Errorf("%s: a text lacks a language: %+v", what, x)
			}
		}
	}
	for _, d := range m.Dimensions {
		both(d.Name, d.Label, d.Description)
		for _, a := range d.Attributes {
			both(d.Name+"."+a.Name, a.Label, a.Description)
			for _, x := range a.Members {
				both(d.Name+"."+a.Name+" "+x.Name, x.Label)
			}
			for value, name := range a.Names {
				both(d.Name+"."+a.Name+" "+value, name)
			}
		}
		for _, h := range d.Hierarchies {
			both(d.Name+" "+h.Name, h.Label)
		}
		for _, h := range d.Parents {
			both(d.Name+" "+h.Name, h.Label, h.Description)
		}
		for _, x := range d.Sets {
			both(d.Name+" "+x.Name, x.Label, x.Description)
		}
	}
	for _, c := range m.Cubes {
		both(c.Name, c.Label, c.Description)
		for _, x := range c.Measures {
			both(c.Name+"."+x.Name, x.Label, x.Description)
		}
	}
}

func TestOwnFolderBesideTheShipped(t *testing.T) {
	dir := t.TempDir()
	own := `
cubes:
  - name: sales
    extends: true
    measures:
      - {name: max_line, kind: max, column: net, format: money, unit: currency, label: {en: Largest line}, description: {en: The largest line.}}
      - {name: net_per_line, kind: ratio, numerator: net, denominator: lines, format: money, label: {en: Net per line}, description: {en: Net per line.}}
`
	if err := os.WriteFile(filepath.Join(dir, "own.yaml"), []byte(own), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if m.Cube("sales").Measure("net_per_line") == nil || m.Cube("sales").Measure("net") == nil {
		t.Error("the own measures do not stand beside the shipped")
	}
	if _, err := Load(filepath.Join(dir, "absent")); err == nil || !strings.Contains(err.Error(), "no folder") {
		t.Errorf("an absent folder gives %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "zz.yaml"), []byte("cubes:\n  - nmae: x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Load(dir)
	if err == nil || !strings.Contains(err.Error(), "zz.yaml:2:5: unknown key \"nmae\"; did you mean name?") {
		t.Errorf("a mistyped key gives %v", err)
	}
}
