package olaptest

import (
	"context"
	"reflect"
	"testing"

	"verso/olap/engine"
)

func TestStarIsWholeAndDeterministic(t *testing.T) {
	ctx := context.Background()
	data := Build(Default())
	again := Build(Default())
	db := Open(t, data)
	for i, table := range data.Tables {
		row, err := engine.One(ctx, db, engine.SQL("SELECT count(*) AS n FROM "+table.Name))
		if err != nil {
			t.Fatal(err)
		}
		if n, _ := engine.Int(row[0]); n != int64(len(table.Rows)) || n == 0 {
			t.Errorf("%s: %d rows, want %d and more than none", table.Name, n, len(table.Rows))
		}
		for c := range table.Columns {
			if !reflect.DeepEqual(table.texts(c), again.Tables[i].texts(c)) {
				t.Errorf("%s.%s differs between two builds of one shape", table.Name, table.Columns[c])
			}
		}
	}
	lines := len(data.Table("core.fact_order_line").Rows)
	if lines < 1800 || lines > 2300 {
		t.Errorf("%d order lines", lines)
	}
	t.Logf("%d order lines, %d returns, %d scored customers", lines,
		len(data.Table("core.fact_return").Rows), len(data.Table("score.rfm").Rows))
}

func TestStarReferences(t *testing.T) {
	db := Star(t)
	for _, ref := range [][3]string{
		{"date_key", "core.dim_date", "date_key"}, {"customer_key", "core.dim_customer", "customer_key"},
		{"title_key", "core.dim_title", "title_key"}, {"clc_key", "core.dim_clc", "clc_key"},
		{"geo_key", "core.dim_geo", "geo_key"}, {"channel_key", "core.dim_channel", "channel_key"},
		{"customer_version_key", "core.dim_customer_version", "version_key"}, {"employee_key", "core.dim_employee", "employee_key"}, {"publisher_key", "core.dim_supplier", "supplier_key"},
	} {
		for _, fact := range []string{"core.fact_order_line", "core.fact_return"} {
			row, err := engine.One(context.Background(), db, engine.SQL("SELECT count(*) AS n FROM "+fact+" AS f WHERE NOT EXISTS (SELECT 1 FROM "+ref[1]+" AS d WHERE d."+ref[2]+" = f."+ref[0]+")"))
			if err != nil {
				t.Fatal(err)
			}
			if n, _ := engine.Int(row[0]); n != 0 {
				t.Errorf("%s.%s: %d orphans", fact, ref[0], n)
			}
		}
	}
}
