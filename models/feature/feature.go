// Package feature builds the inputs of the models: one SQL file a table, read
// as of a date and never from beyond it, stored in the schema feature.
package feature

import (
	"context"
	"embed"
	"fmt"

	"verso/olap/engine"
)

//go:embed sql/*.sql
var files embed.FS

// Build runs the embedded sql/<name>.sql and stores its rows as feature.<name>,
// replacing what was there. args are the values of its parameters.
func Build(ctx context.Context, db engine.QueryExecer, name string, args ...any) error {
	return BuildAs(ctx, db, name, name, args...)
}

// BuildAs is Build into feature.<table>, for one feature of two periods.
func BuildAs(ctx context.Context, db engine.QueryExecer, name, table string, args ...any) error {
	text, err := files.ReadFile("sql/" + name + ".sql")
	if err != nil {
		return fmt.Errorf("feature: no SQL for %s: %w", name, err)
	}
	create := "CREATE OR REPLACE TABLE feature." + engine.QuoteIdent(table) + " AS\n" + string(text)
	if _, err := db.Exec(ctx, engine.Statement{SQL: create, Args: args}); err != nil {
		return fmt.Errorf("feature %s: %w", table, err)
	}
	return nil
}
