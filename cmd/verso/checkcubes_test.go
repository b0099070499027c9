package main

import (
	"strings"
	"testing"

	"verso/olap"
	"verso/olap/cube"
)

// What does not add up, and a member listed twice, is told from what is in order.
func TestCheckTellsWhatDoesNotAddUp(t *testing.T) {
	use := &cube.Use{Name: "customer", Of: &cube.Dimension{Default: map[string][]string{"status": {"active"}}}}
	row := func(level int, value int64, keys ...string) olap.Row {
		cells := make([]any, len(keys))
		return olap.Row{Level: level, Keys: keys, Cells: append(append(cells, make([]any, max(0, 1-len(keys)))...), value)}
	}
	made := row(1, 9, "both")
	made.Calculated = true
	for _, c := range []struct {
		name string
		rows []olap.Row
		want string
	}{
		{"in order", []olap.Row{row(1, 4, "a"), row(1, 5, "b"), made, row(0, 9)}, ""},
		{"a fact lost", []olap.Row{row(1, 4, "a"), row(1, 4, "b"), row(0, 9)}, "does not add up: the members have lines 8.0000, the total has 9.0000"},
		{"a member twice", []olap.Row{row(1, 4, "a"), row(1, 5, "a"), row(0, 9)}, "two rows have the keys a"},
	} {
		k := &cubeChecker{measures: []string{"lines"}}
		table := &olap.Table{Query: cube.Query{Rows: []string{"customer.type"}}, Rows: c.rows}
		err := k.proveParts(use, &cube.Attribute{Name: "type"}, table)
		if got := errorText(err); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	k := &cubeChecker{measures: []string{"lines"}}
	deep := func(level int, value int64, keys ...string) olap.Row {
		return olap.Row{Level: level, Keys: keys, Cells: []any{nil, nil, value}}
	}
	good := []olap.Row{deep(2, 1, "a", "x"), deep(2, 2, "a", "y"), deep(1, 3, "a"), deep(0, 3)}
	if err := k.proveSubtotals(&olap.Table{Rows: good}); err != nil {
		t.Error(err)
	}
	bad := []olap.Row{deep(2, 1, "a", "x"), deep(2, 2, "b", "y"), deep(1, 3, "a"), deep(0, 3)}
	if err := k.proveSubtotals(&olap.Table{Rows: bad}); !strings.Contains(errorText(err), "what stands under a") {
		t.Error(err)
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
