package job

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// schema is what Prepare creates before any model runs.
var schema = []string{
	"CREATE SCHEMA IF NOT EXISTS feature",
	"CREATE SCHEMA IF NOT EXISTS score",
	"CREATE SCHEMA IF NOT EXISTS card",
	`CREATE OR REPLACE TABLE card.model (model VARCHAR, version INTEGER, as_of DATE, seed BIGINT, "rows" BIGINT, definition VARCHAR, reading VARCHAR, definition_zh VARCHAR, reading_zh VARCHAR)`,
	"CREATE OR REPLACE TABLE card.parameter (model VARCHAR, name VARCHAR, value VARCHAR, value_zh VARCHAR)",
	"CREATE OR REPLACE TABLE card.metric (model VARCHAR, name VARCHAR, value DOUBLE, unit VARCHAR, reading VARCHAR, reading_zh VARCHAR)",
	"CREATE OR REPLACE TABLE card.feature (model VARCHAR, name VARCHAR, definition VARCHAR, definition_zh VARCHAR)",
	"CREATE OR REPLACE TABLE card.output (model VARCHAR, table_name VARCHAR)",
}

// Card is what a reader must know of a fit.
type Card struct {
	Model      string
	Version    int // of the method; raised when the definition changes
	Rows       int64
	Definition Words
	Reading    Words // what the fit says, or why there is none
	Parameters []Parameter
	Metrics    []Metric
	Features   []Feature
	Outputs    []string // tables of the schema score, the main one first
}

// Metric is one figure of a card.
type Metric struct {
	Name    string
	Value   float64
	Unit    string
	Reading Words
}

// Parameter is what was fitted or chosen. A value that is not words is the same
// in both languages and stands in EN.
type Parameter struct {
	Name  string
	Value Words
}

// Feature is what a model was given.
type Feature struct {
	Name       string
	Definition Words
}

// Metric adds a figure; one that is not a number is left out.
func (c *Card) Metric(name string, value float64, unit string, reading Words) {
	if !math.IsNaN(value) && !math.IsInf(value, 0) {
		c.Metrics = append(c.Metrics, Metric{name, value, unit, reading})
	}
}

// Parameter adds a fitted or chosen parameter; a float64 is written to the last
// digit that tells it from its neighbours. Words are kept in both languages.
func (c *Card) Parameter(name string, value any) {
	var text Words
	switch v := value.(type) {
	case Words:
		text = v
	case float64:
		text.EN = strconv.FormatFloat(v, 'g', -1, 64)
	default:
		text.EN = fmt.Sprint(value)
	}
	c.Parameters = append(c.Parameters, Parameter{name, text})
}

// Save writes the rows of a card.
func (j *Job) Save(ctx context.Context, c Card) error {
	parameters, metrics, features := rows{into: "card.parameter"}, rows{into: "card.metric"}, rows{into: "card.feature"}
	for _, p := range c.Parameters {
		parameters.add(c.Model, p.Name, p.Value.EN, p.Value.ZH)
	}
	for _, m := range c.Metrics {
		metrics.add(c.Model, m.Name, m.Value, m.Unit, m.Reading.EN, m.Reading.ZH)
	}
	for _, f := range c.Features {
		features.add(c.Model, f.Name, f.Definition.EN, f.Definition.ZH)
	}
	outputs := rows{into: "card.output"}
	for _, table := range c.Outputs {
		outputs.add(c.Model, table)
	}
	model := rows{into: "card.model"}
	model.add(c.Model, c.Version, j.AsOf, j.Seed, c.Rows, c.Definition.EN, c.Reading.EN, c.Definition.ZH, c.Reading.ZH)
	for _, r := range []rows{model, parameters, metrics, features, outputs} {
		if len(r.tuples) == 0 {
			continue
		}
		if err := j.Exec(ctx, "INSERT INTO "+r.into+" VALUES "+strings.Join(r.tuples, ", "), r.args...); err != nil {
			return fmt.Errorf("write the card of %s: %w", c.Model, err)
		}
	}
	return nil
}

// rows are rows to insert in one statement.
type rows struct {
	into   string
	tuples []string
	args   []any
}

func (r *rows) add(args ...any) {
	r.tuples = append(r.tuples, "(?"+strings.Repeat(", ?", len(args)-1)+")")
	r.args = append(r.args, args...)
}
