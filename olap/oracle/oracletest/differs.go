// Package oracletest makes untidy warehouses and random questions, and compares
// the engine's answers with the oracle's.
package oracletest

import (
	"fmt"
	"slices"

	"verso/olap"
	"verso/olap/oracle"
)

// Differs says where an answer of the engine differs from the one it must be;
// "" if nowhere. Numbers are compared as oracle.Same does.
func Differs(got *olap.Table, a *oracle.Answer) string {
	if got.Facts != a.Facts && !a.Scoped {
		return fmt.Sprintf("%d facts, want %d", got.Facts, a.Facts)
	}
	heads, n := len(got.Columns)-len(a.Refs)*len(a.Columns), len(a.Refs)
	if want := len(got.Query.Rows); heads != want {
		return fmt.Sprintf("%d columns, want %d", len(got.Columns), want+n*len(a.Columns))
	}
	for i, c := range got.Columns[heads:] {
		if want := a.Columns[i/n]; !slices.Equal(c.Members, want.Members) || c.Name != a.Refs[i%n] || c.Total != want.Total {
			return fmt.Sprintf("column %d is %s %v, want %s %v", i, c.Name, c.Members, a.Refs[i%n], want.Members)
		}
		if want := a.Columns[i/n].Keys; c.Keys != nil && !slices.Equal(c.Keys[:min(len(want), len(c.Keys))], want) {
			return fmt.Sprintf("column %d has the keys %q, want %q", i, c.Keys, want)
		}
	}
	if len(got.Rows) != len(a.Rows) {
		return fmt.Sprintf("%d rows, want %d: first %s", len(got.Rows), len(a.Rows), firstOff(got, a))
	}
	for i, w := range a.Rows {
		g := got.Rows[i]
		if g.Keys != nil && !slices.Equal(g.Keys, w.Keys) {
			return fmt.Sprintf("row %d has the keys %q, want %q", i, g.Keys, w.Keys)
		}
		if g.Level != w.Level || g.Other != w.Other || len(g.Cells) != len(w.Cells) {
			return fmt.Sprintf("row %d is %v, want %v", i, g, w)
		}
		for j := range g.Cells {
			if !oracle.Same(g.Cells[j], w.Cells[j]) {
				return fmt.Sprintf("row %d cell %d is %v, want %v\n got %v\nwant %v", i, j, g.Cells[j], w.Cells[j], g, w)
			}
		}
	}
	return ""
}

// firstOff is the first row that only one of two answers has, or has elsewhere.
func firstOff(got *olap.Table, a *oracle.Answer) string {
	for i := range max(len(got.Rows), len(a.Rows)) {
		switch {
		case i == len(got.Rows):
			return "missing " + printed(a.Rows[i].Cells)
		case i == len(a.Rows), !slices.Equal(got.Rows[i].Keys, a.Rows[i].Keys) || got.Rows[i].Level != a.Rows[i].Level:
			want := "none"
			if i < len(a.Rows) {
				want = printed(a.Rows[i].Cells)
			}
			return printed(got.Rows[i].Cells) + ", want " + want
		}
	}
	return ""
}
