package warehouse_test

import (
	"context"
	"errors"
	"os"
	"testing"

	"verso/olap/engine"
	"verso/olap/warehouse"
)

func TestBeginFrom(t *testing.T) {
	ctx := context.Background()
	w := open(t, t.TempDir())
	if _, err := w.BeginFrom(ctx, "first"); err == nil {
		t.Fatal("a copy of nothing was begun")
	} else if none := (*warehouse.NoGenerationError)(nil); !errors.As(err, &none) {
		t.Fatal(err)
	}
	publish(t, w, "one", 1, 3)
	all, err := w.Generations()
	if err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(all[0].Path)
	if err != nil {
		t.Fatal(err)
	}
	d, err := w.BeginFrom(ctx, "two")
	if err != nil {
		t.Fatal(err)
	}
	defer d.Discard()
	if _, err := d.DB().Exec(ctx, engine.SQL("CREATE TABLE more AS SELECT 2 AS n")); err != nil {
		t.Fatal(err)
	}
	g, err := d.Publish(ctx)
	if err != nil || !g.Current {
		t.Fatal(g, err)
	}
	after, err := os.ReadFile(all[0].Path)
	if err != nil || string(before) != string(after) {
		t.Error("the generation copied from has changed", err)
	}
	canceled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := w.BeginFrom(canceled, "three"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
