package main

import (
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
