package export_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/ipc"

	"verso/olap"
	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/export"
	"verso/olap/olaptest"
)

// What an Arrow reader finds is the answer, typed, with the question beside it.
func TestArrowHoldsTheAnswer(t *testing.T) {
	ctx := context.Background()
	o, err := olap.Open(ctx, olaptest.Star(t), olap.Options{Lang: "en"})
	if err != nil {
		t.Fatal(err)
	}
	table, err := o.Ask(ctx, cube.Query{Cube: "sales", Rows: []string{"customer.type", "date.day"}, Measures: []string{"net", "orders", "aov"}})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := export.WriteArrow(&b, table); err != nil {
		t.Fatal(err)
	}
	r, err := ipc.NewReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	if v, _ := r.Schema().Metadata().GetValue("verso.run"); v != table.Run {
		t.Errorf("run %q, want %q", v, table.Run)
	}
	n := 0
	for r.Next() {
		batch := r.RecordBatch()
		for i := range int(batch.NumRows()) {
			for c := range int(batch.NumCols()) {
				got, want := engine.Value(batch.Column(c), i), table.Rows[n].Cells[c]
				if want == "(none)" || want == "(unknown)" {
					continue // null in a column of dates
				}
				if engine.Text(got) != engine.Text(want) {
					t.Fatalf("row %d column %d: %v, want %v", n, c, got, want)
				}
			}
			n++
		}
	}
	if n != len(table.Rows) {
		t.Errorf("%d rows, want %d", n, len(table.Rows))
	}
}

func TestArrowRowsAreStreamed(t *testing.T) {
	ctx := context.Background()
	rows, err := olaptest.Star(t).Query(ctx, engine.SQL(`SELECT range AS "n", range AS "n" FROM range(10000)`))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := export.WriteRowsArrow(ctx, &b, rows); err != nil {
		t.Fatal(err)
	}
	r, err := ipc.NewReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	n := int64(0)
	for r.Next() {
		n += r.RecordBatch().NumRows()
	}
	if n != 10000 || r.Schema().Field(1).Name == "n" {
		t.Errorf("%d rows, columns %v", n, r.Schema().Fields())
	}
}
