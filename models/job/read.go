package job

import (
	"context"
	"fmt"

	"verso/olap/engine"
)

// Saved is a card as a warehouse holds it.
type Saved struct {
	Model      string      `json:"model"`
	Version    int64       `json:"version"`
	AsOf       string      `json:"as_of"`
	Rows       int64       `json:"rows"`
	Definition string      `json:"definition"`
	Reading    string      `json:"reading"`
	Parameters [][2]string `json:"parameters,omitempty"` // name, value
	Metrics    [][4]string `json:"metrics,omitempty"`    // name, value, unit, reading
	Features   [][2]string `json:"features,omitempty"`   // name, definition
	Outputs    []string    `json:"outputs,omitempty"`    // tables of the schema score
}

// Read returns the cards of a warehouse in the order the models ran, with their
// words in a language: en or zh. It is an error when no models have run.
func Read(ctx context.Context, q engine.Querier, lang string) ([]Saved, error) {
	in := func(column string) string {
		if lang == "zh" {
			return "coalesce(nullif(" + column + "_zh, ''), " + column + ")"
		}
		return column
	}
	if row, err := engine.One(ctx, q, engine.SQL("SELECT count(*) AS n FROM information_schema.tables WHERE table_schema = 'card' AND table_name = 'output'")); err != nil {
		return nil, err
	} else if n, _ := engine.Int(row[0]); n == 0 {
		return nil, fmt.Errorf("the generation has no model cards; run verso refresh, without --skip models")
	}
	var list []Saved
	place := map[string]int{}
	err := engine.Rows(ctx, q, engine.SQL(`SELECT model, version, CAST(as_of AS VARCHAR), "rows", `+in("definition")+", "+in("reading")+` FROM card.model ORDER BY rowid`), func(r []any) error {
		s := Saved{Model: engine.Text(r[0]), AsOf: engine.Text(r[2]), Definition: engine.Text(r[4]), Reading: engine.Text(r[5])}
		s.Version, _ = engine.Int(r[1])
		s.Rows, _ = engine.Int(r[3])
		place[s.Model] = len(list)
		list = append(list, s)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, part := range []struct {
		sql string
		add func(s *Saved, r []any)
	}{
		{"SELECT model, name, " + in("value") + " FROM card.parameter ORDER BY rowid", func(s *Saved, r []any) {
			s.Parameters = append(s.Parameters, [2]string{engine.Text(r[1]), engine.Text(r[2])})
		}},
		{"SELECT model, name, value, unit, " + in("reading") + " FROM card.metric ORDER BY rowid", func(s *Saved, r []any) {
			s.Metrics = append(s.Metrics, [4]string{engine.Text(r[1]), engine.Text(r[2]), engine.Text(r[3]), engine.Text(r[4])})
		}},
		{"SELECT model, name, " + in("definition") + " FROM card.feature ORDER BY rowid", func(s *Saved, r []any) {
			s.Features = append(s.Features, [2]string{engine.Text(r[1]), engine.Text(r[2])})
		}},
		{"SELECT model, table_name FROM card.output ORDER BY rowid", func(s *Saved, r []any) { s.Outputs = append(s.Outputs, engine.Text(r[1])) }},
	} {
		err := engine.Rows(ctx, q, engine.SQL(part.sql), func(r []any) error {
			if i, known := place[engine.Text(r[0])]; known {
				part.add(&list[i], r)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}
