package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"verso/models/job/jobtest"
	"verso/olap/engine"
)

// TestModelsAreTestedOnTheStarThatIsMade holds the tables that tests of models
// run on to those of a refreshed warehouse.
func TestModelsAreTestedOnTheStarThatIsMade(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	config := smallCompany(t, dir)
	verso(t, exitDone, "refresh", "-c", config, "--skip", "site,models,rollups")
	const query = `SELECT schema_name || '.' || table_name || '.' || column_name || ' ' || data_type FROM duckdb_columns() WHERE schema_name IN ('core', 'meta') ORDER BY 1`
	made := columnsOf(t, generation(t, dir), query)
	for column := range columnsOf(t, jobtest.Open(t, "2024-01-01"), query) {
		if !made[column] {
			t.Errorf("%s is in the tables of tests, not in the warehouse", column)
		}
	}
}

func columnsOf(t *testing.T, q engine.Querier, query string) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	err := engine.Rows(t.Context(), q, engine.SQL(query), func(row []any) error {
		out[strings.TrimSpace(engine.Text(row[0]))] = true
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestModelTablesHaveAnOrder reads the statements of all models: a table that is
// kept must be written in an order, else its rows stand differently on another
// number of threads.
func TestModelTablesHaveAnOrder(t *testing.T) {
	t.Parallel()
	kept := regexp.MustCompile(`CREATE OR REPLACE TABLE ((?:score|feature|card)\.\w+) AS`)
	ordered := regexp.MustCompile(`\nORDER BY [^()]*(?:\([^()]*\)[^()]*)*$`)
	found := 0
	for _, path := range sqlFiles(t, "../../models/run") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for statement := range strings.SplitSeq(string(text), ";\n") {
			table := kept.FindStringSubmatch(statement)
			if table == nil {
				continue
			}
			found++
			if !ordered.MatchString(strings.TrimRight(statement, "; \n")) {
				t.Errorf("%s: %s is written without an order", path, table[1])
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d statements found", found)
	}
}

func sqlFiles(t *testing.T, root string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if filepath.Ext(path) == ".sql" {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
