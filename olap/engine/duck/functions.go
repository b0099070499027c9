package duck

import (
	"context"
	_ "embed"
	"strings"

	"verso/olap/engine"
)

// functionsText lists the functions that a person's SQL may call, one a line.
// What DuckDB has beside them is refused: files, settings, logs, sleeping, its
// own internals, and what a newer DuckDB brings until somebody has looked at it.
//
//go:embed functions.txt
var functionsText string

// alwaysDenied are refused under the name alone, whether this DuckDB has them or
// not.
var alwaysDenied = []string{"checkpoint", "disable_logging", "enable_logging", "force_checkpoint", "getenv", "glob", "json_execute_serialized_sql",
	"nextval", "pg_sleep", "sleep_ms", "sniff_csv", "truncate_duckdb_logs", "write_log"}

// allowedFunctions are the names of functionsText.
func allowedFunctions() map[string]bool {
	allowed := map[string]bool{}
	for _, name := range strings.Fields(functionsText) {
		allowed[name] = true
	}
	return allowed
}

// deniedFunctions are DuckDB's own functions that may stand nowhere, read once.
// Macros of the file are the file's.
func (db *DB) deniedFunctions(ctx context.Context) (map[string]bool, error) {
	db.mu.Lock()
	denied := db.denied
	db.mu.Unlock()
	if denied != nil {
		return denied, nil
	}
	denied, allowed := map[string]bool{}, allowedFunctions()
	for _, name := range alwaysDenied {
		denied[name] = true
	}
	err := engine.Rows(ctx, db, engine.SQL(`SELECT DISTINCT function_name FROM duckdb_functions() WHERE internal AND function_type IN ('scalar', 'aggregate', 'macro')`),
		func(row []any) error {
			if name := strings.ToLower(engine.Text(row[0])); !allowed[name] {
				denied[name] = true
			}
			return nil
		})
	if err != nil {
		return nil, err
	}
	db.mu.Lock()
	db.denied = denied
	db.mu.Unlock()
	return denied, nil
}
