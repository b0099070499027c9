// Package verify holds what was planted in the demo company against what the
// warehouse and its models found: every truth with its size, the figure found,
// and the range in which it is accepted.
package verify

import (
	"context"
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"verso/olap/engine"
)

//go:embed sql/*.sql
var statements embed.FS

// Truth is one planted effect, or one that was not planted and must not be found.
// Its SQL, sql/<Name>.sql, reads the warehouse (core, score, card) and the tables
// truth_* and gives one row: planted and found as texts, and whether what was
// found is accepted. A NULL for planted says that this company has none.
type Truth struct {
	Name   string
	Part   string // the P or the subject it belongs to
	What   string // in words
	Accept string // the rule, in words
}

// Result is a truth held against one warehouse.
type Result struct {
	Truth
	Planted, Found string
	Accepted       bool
	Absent         bool // not planted in this company
}

// tables are the files of truths, with what is asked of each, so that a company
// without effects has them empty.
var tables = map[string]string{
	"truth_campaign":  "campaign_id BIGINT, code VARCHAR, effect VARCHAR, size DOUBLE, arm_note VARCHAR",
	"truth_customer":  "customer_id BIGINT, slot BIGINT, customer_type VARCHAR, segment VARCHAR, rate_per_year DOUBLE, created_date DATE, onset_date DATE, death_date DATE, cause VARCHAR, mode VARCHAR, service_hazard_months BIGINT, elasticity DOUBLE, attends_fair BOOLEAN, sleep_from DATE, sleep_to DATE, drift_date DATE, plant VARCHAR, budget_ratio DOUBLE",
	"truth_duplicate": "customer_id BIGINT, duplicate_id BIGINT, kind VARCHAR, merged BOOLEAN",
	"truth_events":    `code VARCHAR, subject VARCHAR, id BIGINT, "from" DATE, "to" DATE, size DOUBLE, note VARCHAR`,
	"truth_supplier":  "supplier_id BIGINT, code VARCHAR, effect VARCHAR, size DOUBLE, valid_from DATE",
	"truth_taste":     "customer_id BIGINT, rank BIGINT, clc_code VARCHAR, weight DOUBLE, valid_from DATE",
}

// Run holds every truth against the warehouse of conn, whose connection may read
// files and make temporary tables; folder is where the truth_*.csv are.
func Run(ctx context.Context, conn engine.Conn, folder string) ([]Result, error) {
	if err := load(ctx, conn, folder); err != nil {
		return nil, err
	}
	var results []Result
	for _, t := range truths {
		r, err := hold(ctx, conn, t)
		if err != nil {
			return nil, fmt.Errorf("verify %s: %w", t.Name, err)
		}
		results = append(results, r)
	}
	return results, nil
}

// load makes the temporary tables truth_*.
func load(ctx context.Context, conn engine.Conn, folder string) error {
	names := make([]string, 0, len(tables))
	for name := range tables {
		names = append(names, name)
	}
	slices.Sort(names)
	found := 0
	for _, name := range names {
		if _, err := conn.Exec(ctx, engine.SQL("CREATE OR REPLACE TEMP TABLE "+name+" ("+tables[name]+")")); err != nil {
			return fmt.Errorf("verify: %w", err)
		}
		path := filepath.Join(folder, name+".csv")
		if _, err := os.Stat(path); err != nil {
			continue
		}
		found++
		if _, err := conn.Exec(ctx, engine.SQL("INSERT INTO "+name+" BY NAME SELECT * FROM read_csv("+engine.QuoteText(path)+", header = true, all_varchar = true)")); err != nil {
			return fmt.Errorf("verify: %s: %w", path, err)
		}
	}
	if found == 0 {
		return fmt.Errorf("verify: %s holds no truth_*.csv: they are written by verso demo", folder)
	}
	return nil
}

func hold(ctx context.Context, conn engine.Conn, t Truth) (Result, error) {
	r := Result{Truth: t}
	sql, err := statements.ReadFile("sql/" + t.Name + ".sql")
	if err != nil {
		return r, err
	}
	row, err := engine.One(ctx, conn, engine.SQL(string(sql)))
	if err != nil {
		return r, err
	}
	if len(row) != 3 {
		return r, fmt.Errorf("%d columns, want planted, found and accepted", len(row))
	}
	r.Planted, r.Found = engine.Text(row[0]), engine.Text(row[1])
	r.Absent = row[0] == nil
	r.Accepted, _ = row[2].(bool)
	return r, nil
}

// Failed are the results that are not accepted.
func Failed(results []Result) []Result {
	return slices.DeleteFunc(slices.Clone(results), func(r Result) bool { return r.Accepted || r.Absent })
}
