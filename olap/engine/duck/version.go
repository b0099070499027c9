package duck

import "github.com/duckdb/duckdb-go/v2/mapping"

// Version names the DuckDB that is built in.
func Version() string { return "DuckDB " + mapping.LibraryVersion() }
