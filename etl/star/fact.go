package star

import (
	"context"
)

// fact is a table of facts of which an increment makes only the due rows anew.
// Register one in the steps of its group, in the place of its plain steps:
//
//	fact{
//		name: "fact_x", table: "core.fact_x", date: "date_key",
//		parts: []part{{driver: "ticket", keys: []string{"ticket_id"}, due: "fact_x"}},
//		reads: []string{"ticket_event"},
//	}.step(),
//
// Its script sql/<name>.sql has one statement that begins, on a line of its
// own, with "CREATE OR REPLACE TABLE <table> AS", and reads each driver as
// due.<driver>. The script sql/due/<due>.sql is one SELECT of the keys of the
// driver whose rows are to be made anew, named as keys: those of
// due.changed_<driver>, and those that see anything in another table that has
// changed (due.changed_<table> of every table of reads) or moved (due.moved_…,
// see moved.sql: what facts take of dimensions and orders).
type fact struct {
	name   string // of the step and of its script
	table  string
	date   string   // its day's key column, which tells rollups what has changed; "" for none
	parts  []part   // what its rows are made of
	reads  []string // other staged tables whose due.changed_… its due scripts read
	before []string // scripts that prepare working tables for it
	after  []string // scripts that quarantine what cannot be in it: DELETE FROM quarantine.<driver>, then INSERT
	asOf   bool     // depends on the as-of date: made whole when that has moved
}

// part is the rows of a fact that come of one staged table.
type part struct {
	driver  string              // the staged table that gives the grain
	keys    []string            // columns of the driver that identify what is made anew; never null
	columns []string            // the same columns of the fact; nil: named as keys
	where   string              // which rows of the fact are of this part; "" for all
	due     string              // the script below sql/due
	along   map[string][]string // other staged tables the scripts read as due.<table>, and which of their columns are the keys
}

// step is the fact as a step of the build.
func (f fact) step() step { return step{f.name, f.table, f.run} }

// run makes the fact: whole where the build is, or where more is due than is
// worth telling apart, else the due rows.
func (f fact) run(ctx context.Context, b *builder) error {
	for _, s := range append(append(append([]string{}, f.before...), f.name), f.after...) {
		if err := script(s)(ctx, b); err != nil {
			return err
		}
	}
	return nil
}
