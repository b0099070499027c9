package models

import (
	"context"
	"fmt"

	"verso/olap/engine"
)

// schema is what Run creates before any model.
var schema = []string{
	"CREATE SCHEMA IF NOT EXISTS feature",
	"CREATE SCHEMA IF NOT EXISTS score",
	"CREATE SCHEMA IF NOT EXISTS card",
	`CREATE OR REPLACE TABLE card.model (model VARCHAR, version INTEGER, as_of DATE, seed BIGINT, "rows" BIGINT, definition VARCHAR, reading VARCHAR)`,
	"CREATE OR REPLACE TABLE card.parameter (model VARCHAR, name VARCHAR, value VARCHAR)",
	"CREATE OR REPLACE TABLE card.metric (model VARCHAR, name VARCHAR, value DOUBLE, unit VARCHAR, reading VARCHAR)",
	"CREATE OR REPLACE TABLE card.feature (model VARCHAR, name VARCHAR, definition VARCHAR)",
}

// card is what a reader must know of a fit.
type card struct {
	model      string
	version    int // of the method; raised when the definition changes
	rows       int64
	definition string
	reading    string
	parameters [][2]string // name, value
	metrics    []metricRow
	features   [][2]string // name, definition
}

type metricRow struct {
	name    string
	value   float64
	unit    string
	reading string
}

// save writes the card's rows.
func (c card) save(ctx context.Context, db engine.Execer, o Options) error {
	statements := []engine.Statement{engine.SQL("INSERT INTO card.model VALUES (?, ?, ?, ?, ?, ?, ?)",
		c.model, c.version, o.AsOf, o.Seed, c.rows, c.definition, c.reading)}
	for _, p := range c.parameters {
		statements = append(statements, engine.SQL("INSERT INTO card.parameter VALUES (?, ?, ?)", c.model, p[0], p[1]))
	}
	for _, m := range c.metrics {
		statements = append(statements, engine.SQL("INSERT INTO card.metric VALUES (?, ?, ?, ?, ?)",
			c.model, m.name, m.value, m.unit, m.reading))
	}
	for _, f := range c.features {
		statements = append(statements, engine.SQL("INSERT INTO card.feature VALUES (?, ?, ?)", c.model, f[0], f[1]))
	}
	for _, s := range statements {
		if _, err := db.Exec(ctx, s); err != nil {
			return fmt.Errorf("write model card: %w", err)
		}
	}
	return nil
}
