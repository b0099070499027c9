package preset

import (
	"fmt"
	"strings"
	"testing"

	"verso/etl/canon/system"
)

// TestSystems renders every system as it is offered when nothing was looked at.
func TestSystems(t *testing.T) {
	for _, s := range system.List() {
		name := s.Name + "-" + s.Kinds[0]
		t.Run(name, func(t *testing.T) {
			in := Inputs{Kind: s.Kinds[0]}
			if !s.Database() {
				in.Kind, in.Files = "", []File{{Path: "exports/orders.csv", Columns: columnsOf(s)}}
			}
			text, report, err := Render(s.Name, in)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, name+".yaml", text)
			c := load(t, text)
			if len(c.Tables) != len(report.Tables) {
				t.Errorf("reports %v, maps %d tables", report.Tables, len(c.Tables))
			}
			for table, maps := range c.Tables {
				for _, m := range maps {
					for _, line := range strings.Split(m.Select, "\n") {
						if strings.Contains(line, ` AS "`) && !strings.Contains(line, "-- verified") && !strings.Contains(line, "-- not verified") {
							t.Errorf("%s: no mark on %s", table, line)
						}
					}
				}
			}
		})
	}
}

// columnsOf are the columns that the SELECTs of a system of files read.
func columnsOf(s system.System) []Column {
	var all []Column
	seen := map[string]bool{}
	for _, m := range s.Maps {
		text := strings.Join(m.Tail, "\n")
		for _, i := range m.Items {
			text += "\n" + strings.Join(i.SQL, "\n")
		}
		for _, part := range strings.Split(text, `o."`)[1:] {
			name, _, _ := strings.Cut(part, `"`)
			if !seen[name] {
				seen[name] = true
				all = append(all, Column{Name: name, Type: "VARCHAR"})
			}
		}
	}
	return all
}

// declared are the tables and columns that the SELECTs of a system name, each
// with one row.
func declared(t *testing.T, name string) []system.Table {
	t.Helper()
	s, _ := system.Lookup(name, "")
	byName := map[string]*system.Table{}
	var order []string
	for _, r := range s.References() {
		table, column, _ := strings.Cut(r, ".")
		if byName[table] == nil {
			byName[table] = &system.Table{Name: table, Rows: 1}
			order = append(order, table)
		}
		if _, ok := byName[table].Column(column); !ok && column != "" {
			byName[table].Columns = append(byName[table].Columns, system.Column{Name: column, Type: "integer", Samples: []string{"1"}})
		}
	}
	var all []system.Table
	for _, n := range order {
		all = append(all, *byName[n])
	}
	return all
}

// TestOtherVersions takes tables and columns away from what a system names and
// holds what is said and left out.
func TestOtherVersions(t *testing.T) {
	render := func(t *testing.T, name string, tables []system.Table) (string, string, error) {
		text, report, err := Render(name, Inputs{Tables: tables})
		if err == nil {
			load(t, text)
		}
		return string(text), strings.Join(report.Notes, "\n"), err
	}
	without := func(tables []system.Table, table string) (left []system.Table) {
		for _, x := range tables {
			if x.Name != table {
				left = append(left, x)
			}
		}
		return left
	}
	rename := func(tables []system.Table, table, column, now string) []system.Table {
		for i := range tables {
			for k, c := range tables[i].Columns {
				if tables[i].Name == table && c.Name == column {
					tables[i].Columns[k].Name = now
				}
			}
		}
		return tables
	}
	t.Run("as it is", func(t *testing.T) {
		for _, name := range []string{"tryton", "odoo", "dolibarr", "koha", "northwind", "gravity-bookstore"} {
			if _, notes, err := render(t, name, declared(t, name)); err != nil || notes != "" {
				t.Errorf("%s: %v %s", name, err, notes)
			}
		}
	})
	t.Run("a table is missing", func(t *testing.T) {
		text, notes, err := render(t, "tryton", without(declared(t, "tryton"), "sale_complaint"))
		if err != nil || !strings.Contains(notes, "ticket is left out: there is no table sale_complaint (nearest: sale_complaint_type") || !strings.Contains(notes, "lost: complaints") {
			t.Errorf("%v\n%s", err, notes)
		}
		if strings.Contains(text, "FROM sale_complaint AS t)") {
			t.Error("the condition on the missing table is still there")
		}
	})
	t.Run("a column is renamed", func(t *testing.T) {
		text, notes, err := render(t, "odoo", rename(declared(t, "odoo"), "sale_order", "commitment_date", "commitment_dates"))
		if err != nil || !strings.Contains(notes, "order_header: required_date is left out: sale_order has no column commitment_date (nearest: commitment_dates") {
			t.Errorf("%v\n%s", err, notes)
		}
		if strings.Contains(text, `AS "required_date"`) || !strings.Contains(text, "# Required_date is left out") {
			t.Error("the column is not left out")
		}
	})
	t.Run("a column that cannot be done without", func(t *testing.T) {
		_, _, err := render(t, "dolibarr", rename(declared(t, "dolibarr"), "llx_commandedet", "subprice", "unit_price"))
		if err == nil || !strings.Contains(err.Error(), "llx_commandedet has no column subprice") || !strings.Contains(err.Error(), "order_line") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("an empty table", func(t *testing.T) {
		tables := declared(t, "tryton")
		for i := range tables {
			if tables[i].Name == "sale_opportunity" {
				tables[i].Rows = 0
				for k := range tables[i].Columns {
					tables[i].Columns[k].Samples = nil
				}
			}
		}
		if _, notes, err := render(t, "tryton", tables); err != nil || !strings.Contains(notes, "opportunity will be empty: sale_opportunity has no rows; lost: the pipeline") {
			t.Errorf("%v\n%s", err, notes)
		}
	})
	t.Run("extra columns and another prefix", func(t *testing.T) {
		tables := declared(t, "woocommerce")
		for i := range tables {
			tables[i].Name = strings.Replace(tables[i].Name, "wp_", "shop7_", 1)
			tables[i].Columns = append(tables[i].Columns, system.Column{Name: "extra"})
		}
		text, notes, err := render(t, "woocommerce", tables)
		if err != nil || notes != "" || !strings.Contains(text, "FROM shop7_wc_order_stats AS s") || strings.Contains(text, "wp_") {
			t.Errorf("%v\n%s", err, notes)
		}
	})
	t.Run("nothing of it", func(t *testing.T) {
		_, _, err := render(t, "koha", []system.Table{{Name: "books", Rows: 1}})
		if err == nil || !strings.Contains(err.Error(), "this is no source for preset koha") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("an export without columns", func(t *testing.T) {
		_, _, err := Render("shopify", Inputs{Files: []File{{Path: "o.csv", Columns: columns("Name|Email|Created at|Lineitem quantity|Lineitem prize", "1|2|3|4|5")}}})
		if err == nil || !strings.Contains(err.Error(), "Lineitem price (nearest: Lineitem prize") {
			t.Errorf("got %v", err)
		}
	})
}

func TestRecognised(t *testing.T) {
	for _, s := range system.List() {
		if !s.Database() {
			continue
		}
		certain, _ := system.Recognised(declared(t, s.Name))
		if s.Name == "tryton" || s.Name == "odoo" { // ir_model is named by no SELECT
			tables := append(declared(t, s.Name), system.Table{Name: "ir_model"})
			certain, _ = system.Recognised(tables)
		}
		if len(certain) != 1 || certain[0].Name != s.Name {
			t.Errorf("%s is recognised as %v", s.Name, certain)
		}
	}
	if notes := system.Known([]system.Table{{Name: "mg_sales_order"}, {Name: "mg_sales_order_item"}, {Name: "mg_catalog_product_entity"}}); len(notes) != 1 || !strings.Contains(notes[0], "Magento") {
		t.Error(fmt.Sprint(notes))
	}
}
