package star

import (
	"context"
	"strings"

	"verso/etl/canon"
	"verso/olap/engine"
)

// allDue makes the views due.<table>, the staged rows that the facts are to be
// made of: in a full build all of them. A fact reads the table that gives it its
// grain from due, so that the same script can make a part of the fact anew.
func (b *builder) allDue(ctx context.Context) error {
	var text strings.Builder
	text.WriteString("CREATE SCHEMA IF NOT EXISTS due;\n")
	for _, t := range canon.Tables() {
		name := engine.QuoteIdent(t.Name)
		text.WriteString("CREATE OR REPLACE VIEW due." + name + " AS SELECT * FROM stage." + name + ";\n")
	}
	_, err := b.conn.Exec(ctx, engine.SQL(text.String()))
	return err
}
