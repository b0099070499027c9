package metrics

import (
	"context"
	"embed"
	"fmt"
	"time"

	"verso/olap/engine"
)

//go:embed sql/*.sql
var statements embed.FS

// Generation is what a published generation says of itself.
type Generation struct {
	Name    string
	Bytes   int64
	RunID   string
	AsOf    string
	Version string
	Tables  []Table
	Checks  []CheckCount
}

// Table is a table and its rows.
type Table struct {
	Schema, Name string
	Rows         int64
}

// CheckCount counts checks of one severity and outcome.
type CheckCount struct {
	Severity string
	Passed   bool
	Count    int64
}

func statement(name string) string {
	text, err := statements.ReadFile("sql/" + name + ".sql")
	if err != nil {
		panic("metrics: no statement " + name) // a name in this package's own code
	}
	return string(text)
}

// Read reads a generation; Name and Bytes are the caller's. It fails when the
// generation cannot be read, which is what readiness is about.
func Read(ctx context.Context, db engine.Querier) (*Generation, error) {
	g := &Generation{}
	row, err := engine.One(ctx, db, engine.SQL(statement("run")))
	if err != nil {
		return nil, fmt.Errorf("meta.run: %w", err)
	}
	g.RunID, g.Version = engine.Text(row[0]), engine.Text(row[2])
	if day, ok := row[1].(time.Time); ok {
		g.AsOf = day.Format(time.DateOnly)
	}
	err = engine.Rows(ctx, db, engine.SQL(statement("checks")), func(row []any) error {
		passed, _ := row[1].(bool)
		n, _ := engine.Int(row[2])
		g.Checks = append(g.Checks, CheckCount{engine.Text(row[0]), passed, n})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("meta.check_result: %w", err)
	}
	err = engine.Rows(ctx, db, engine.SQL(statement("tables")), func(row []any) error {
		g.Tables = append(g.Tables, Table{Schema: engine.Text(row[0]), Name: engine.Text(row[1])})
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i := range g.Tables {
		t := &g.Tables[i]
		row, err := engine.One(ctx, db, engine.SQL("SELECT count(*) AS n FROM "+engine.QuoteIdent(t.Schema)+"."+engine.QuoteIdent(t.Name)))
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", t.Schema, t.Name, err)
		}
		t.Rows, _ = engine.Int(row[0])
	}
	return g, nil
}
