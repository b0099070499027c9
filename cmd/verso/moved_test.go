package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"verso/olap/engine"
)

// A project that is moved with its files and its warehouse knows the files it has
// read: none is read again, and no row is there twice.
func TestMovedProject(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "here")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	config := incrementalCompany(t, dir)
	verso(t, exitDone, "refresh", "-c", config, "--skip", "site")
	moved := filepath.Join(t.TempDir(), "there")
	if err := os.Rename(dir, moved); err != nil {
		t.Fatal(err)
	}
	oneMoreDay(t, moved, 1)
	out, _ := verso(t, exitDone, "refresh", "-c", filepath.Join(moved, "verso.yaml"), "--skip", "site")
	if !strings.Contains(out, " 3 rows read") { // a customer, an order, a line
		t.Errorf("want what changed to be read, no more: %s", out)
	}
	row, err := engine.One(t.Context(), generation(t, moved), engine.SQL("SELECT count(*) FROM core.fact_order_line"))
	if err != nil || engine.Text(row[0]) != "2401" {
		t.Errorf("%v order lines, want 2401; %v", row, err)
	}
}
