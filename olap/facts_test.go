package olap_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"verso/olap"
	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/olaptest"
	"verso/olap/oracle"
)

func TestFactsByHand(t *testing.T) {
	ctx := context.Background()
	o := open(t, olaptest.Open(t, six()))
	q := cube.Query{Cube: "sales", Rows: []string{"class.l1", "class.code"}, Columns: []string{"date.year"}, Measures: []string{"net", "orders"},
		Totals: cube.Totals{Grand: true}, Top: &cube.Top{N: 1, Field: "class.code", By: "net", Others: true}}
	for _, c := range []struct {
		cell olap.Cell
		want string
	}{
		{olap.Cell{}, "10 12 14 11 13 15"},
		{olap.Cell{Row: []string{"F"}, Column: []string{"2024"}, Ref: "net:share.row"}, "10 12 11"},
		{olap.Cell{Row: []string{"F", "F"}, Ref: "orders"}, "10 11"},
		{olap.Cell{Row: []string{"F", "(others)"}}, "12 13"},
		{olap.Cell{Row: []string{"F", "(others)"}, Column: []string{"2025"}}, "13"},
		{olap.Cell{Row: []string{"Z"}}, ""},
		{olap.Cell{Column: []string{"(unknown)"}}, ""},
	} {
		table, err := o.Facts(ctx, q, c.cell, olap.Page{})
		if err != nil {
			t.Errorf("%v: %v", c.cell, err)
			continue
		}
		var ids []string
		at := slices.IndexFunc(table.Columns, func(c olap.Column) bool { return c.Name == "line_id" })
		for _, r := range table.Rows {
			ids = append(ids, engine.Text(r[at]))
		}
		if got := strings.Join(ids, " "); got != c.want || table.Total != int64(len(ids)) {
			t.Errorf("%v: lines %s of %d, want %s", c.cell, got, table.Total, c.want)
		}
	}
	table, err := o.Facts(ctx, q, olap.Cell{Row: []string{"F"}}, olap.Page{Limit: 2, Offset: 1})
	if err != nil {
		t.Fatal(err)
	}
	var heads []string
	for _, c := range table.Columns {
		heads = append(heads, c.Name)
	}
	if diff := cmp.Diff("class.l1 class.code date.year line_id order_id order_no line_no order_date order_key qty qty_cancelled gross discount net net_ccy tax cost margin net_constant cost_constant freight duty handling landed_cost gross_margin source source_row", strings.Join(heads, " ")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"Facts 2 to 3 of 4."}, table.Notes); diff != "" || engine.Text(table.Rows[0][1]) != "F2" || engine.Text(table.Rows[0][3]) != "12" {
		t.Error(diff, table.Rows)
	}
}

func TestFactsRefused(t *testing.T) {
	ctx := context.Background()
	o := open(t, olaptest.Open(t, six()))
	q := cube.Query{Cube: "sales", Rows: []string{"customer.name", "date.year"}, Measures: []string{"net"}, Top: &cube.Top{N: 1, By: "net", Others: true}}
	plain := q
	plain.Top = &cube.Top{N: 1, By: "net"}
	for _, c := range []struct {
		query cube.Query
		cell  olap.Cell
		page  olap.Page
		want  string
	}{
		{q, olap.Cell{Ref: "net@py"}, olap.Page{}, "cell: the facts of another time (@py) are not behind this cell; ask the question for that time, then for its facts"},
		{q, olap.Cell{Ref: "nett"}, olap.Page{}, `measures: no measure "nett" in cube sales; did you mean net?`},
		{q, olap.Cell{Row: []string{"Chen Wei"}}, olap.Page{}, `cell: customer.name: key "Chen Wei" is not a whole number; keys are those of the answer's rows and columns, not the names shown`},
		{q, olap.Cell{Row: []string{"1", "2024", "x"}}, olap.Page{}, "cell: 3 keys for 2 row attributes"},
		{q, olap.Cell{Column: []string{"x"}}, olap.Page{}, "cell: 1 keys for 0 column attributes"},
		{q, olap.Cell{Row: []string{"1", "(others)"}}, olap.Page{}, "cell: the others stand at the level of customer.name, after 0 keys, not 1"},
		{plain, olap.Cell{Row: []string{"(others)"}}, olap.Page{}, "cell: the question asks for no row of the others"},
		{q, olap.Cell{}, olap.Page{Limit: 200_000}, "page: a page of 200000 rows from row 0; want at most 100000 rows, from row 0 on, or export them all"},
	} {
		if _, err := o.Facts(ctx, c.query, c.cell, c.page); err == nil || err.Error() != c.want {
			t.Errorf("%v\nwant %s", err, c.want)
		}
	}
}

// Random questions: the facts behind every cell, computed with one by
// one, are the cell; those behind everything are as many as the answer says.
func TestFactsAreTheirCell(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	cells := 0
	for star := range uint64(4) {
		data := clutter(star)
		o, truth := open(t, olaptest.Open(t, data)), oracle.New(modelOf(t), data)
		r := rand.New(rand.NewPCG(star, 31))
		for range 25 {
			q := question(t, r, o)
			if len(q.Rows) > 0 && r.IntN(2) == 0 {
				q.Top = &cube.Top{N: 1 + r.IntN(4), Field: q.Rows[r.IntN(len(q.Rows))], Percent: r.IntN(2) == 0, By: q.Measures[0], Others: true, Bottom: r.IntN(2) == 0}
			}
			table, err := o.Ask(ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			whole, err := o.Facts(ctx, q, olap.Cell{}, olap.Page{})
			if err != nil || len(table.Rows) > 0 && whole.Total != table.Facts {
				t.Fatalf("%d facts behind everything, the answer has %d: %v", whole.Total, table.Facts, err)
			}
			if len(table.Columns) == len(q.Rows) {
				continue // nothing on the columns
			}
			for range min(6, len(table.Rows)) {
				row := table.Rows[r.IntN(len(table.Rows))]
				at := len(q.Rows) + r.IntN(len(table.Columns)-len(q.Rows))
				column := table.Columns[at]
				cell := olap.Cell{Row: row.Keys, Column: column.Keys, Ref: column.Name}
				if diff := factsAre(ctx, o, truth, data, q, cell, row.Cells[at]); diff != "" {
					text, _ := json.Marshal(q)
					t.Fatalf("star %d: %s\n%v: %s", star, text, cell, diff)
				}
				cells++
			}
		}
	}
	t.Logf("the facts of %d random cells are their cells", cells)
}

func factsAre(ctx context.Context, o *olap.Olap, truth *oracle.Oracle, data *olaptest.Data, q cube.Query, cell olap.Cell, want any) string {
	table := data.Table(modelCube(o, q.Cube).Table)
	var columns []string
	var facts []map[string]any
	err := o.EachFact(ctx, q, cell, func(list []olap.Column) error {
		for _, c := range list {
			columns = append(columns, c.Name)
		}
		return nil
	}, func(row []any) error {
		f := map[string]any{}
		for i, name := range columns {
			f[name] = row[i]
		}
		facts = append(facts, f)
		return nil
	})
	if err != nil {
		return err.Error()
	}
	day := columns[slices.IndexFunc(columns, func(name string) bool { return strings.HasSuffix(name, "_date") })]
	for i, f := range facts {
		if i > 0 && engine.Text(f[day]) < engine.Text(facts[i-1][day]) {
			return "not in the order of days"
		}
	}
	for offset := 0; offset <= len(facts); offset += 40 {
		page, err := o.Facts(ctx, q, cell, olap.Page{Limit: 40, Offset: offset})
		if err != nil || page.Total != int64(len(facts)) || len(page.Rows) != min(40, len(facts)-offset) {
			return fmt.Sprintf("%d facts in pages, %d one by one: %v", page.Total, len(facts), err)
		}
		for i, row := range page.Rows {
			if engine.Text(row[slices.Index(columns, "source_row")]) != engine.Text(facts[offset+i]["source_row"]) {
				return "pages have another order"
			}
		}
	}
	var rows [][]any
	for _, f := range facts {
		row := make([]any, len(table.Columns))
		for i, name := range table.Columns {
			row[i] = f[name]
		}
		rows = append(rows, row)
	}
	if got := truth.Over(q.Cube, cell.Ref, rows); !oracle.Same(want, got) {
		return fmt.Sprintf("%d facts give %v, the cell is %v", len(facts), got, want)
	}
	return ""
}

func modelCube(o *olap.Olap, name string) *cube.Cube {
	return o.Cubes()[slices.IndexFunc(o.Cubes(), func(c *cube.Cube) bool { return c.Name == name })]
}
