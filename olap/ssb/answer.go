package ssb

import (
	"context"
	"fmt"
	"math"

	"verso/olap"
	"verso/olap/engine"
)

// Hand runs the hand-written SQL of a case and reads every value.
func Hand(ctx context.Context, db engine.Querier, c Case) ([][]any, error) {
	var rows [][]any
	err := engine.Rows(ctx, db, engine.SQL(c.SQL), func(row []any) error {
		rows = append(rows, append([]any(nil), row...))
		return nil
	})
	return rows, err
}

// Ask asks the cube the question of a case and returns its rows: those of the
// answer, or the facts behind the cell.
func Ask(ctx context.Context, o *olap.Olap, c Case) ([][]any, error) {
	if c.Cell != nil {
		facts, err := o.Facts(ctx, *c.Query, *c.Cell, c.Page)
		if err != nil {
			return nil, err
		}
		return facts.Rows, nil
	}
	t, err := o.Ask(ctx, *c.Query)
	if err != nil {
		return nil, err
	}
	rows := make([][]any, len(t.Rows))
	for i, r := range t.Rows {
		rows[i] = r.Cells
	}
	return rows, nil
}

// explain gives the statement with which Ask answers.
func explain(ctx context.Context, o *olap.Olap, c Case) (olap.Explanation, error) {
	if c.Cell != nil {
		return o.ExplainFacts(ctx, *c.Query, *c.Cell)
	}
	return o.ExplainContext(ctx, *c.Query)
}

// DifferenceError is a cell in which two answers differ.
type DifferenceError struct {
	Case        string
	Row, Column int // from 0; -1 where the counts differ
	Hand, Cube  any
}

// Error names the cell and both values.
func (e *DifferenceError) Error() string {
	switch {
	case e.Row < 0:
		return fmt.Sprintf("%s: %v rows by hand, %v from the cube", e.Case, e.Hand, e.Cube)
	case e.Column < 0:
		return fmt.Sprintf("%s: row %d: %v columns by hand, %v from the cube", e.Case, e.Row+1, e.Hand, e.Cube)
	}
	return fmt.Sprintf("%s: row %d, column %d: %v by hand, %v from the cube", e.Case, e.Row+1, e.Column+1, e.Hand, e.Cube)
}

// Compare checks that the answers of both ways are the same, cell by cell and in
// the same order. Whole numbers, texts and missing values are equal exactly;
// quotients may differ in the last of fifteen digits.
func Compare(c Case, hand, got [][]any) error {
	if len(hand) != len(got) {
		return &DifferenceError{c.Name, -1, -1, len(hand), len(got)}
	}
	for i, row := range hand {
		cells := got[i]
		if len(row) != len(cells) {
			return &DifferenceError{c.Name, i, -1, len(row), len(cells)}
		}
		for j := range row {
			if !same(row[j], cells[j]) {
				return &DifferenceError{c.Name, i, j, row[j], cells[j]}
			}
		}
	}
	return nil
}

func same(hand, got any) bool {
	if hand == nil || got == nil {
		return hand == nil && got == nil
	}
	_, quotient := hand.(float64)
	if _, also := got.(float64); quotient && also {
		x, y := hand.(float64), got.(float64)
		return math.Abs(x-y) <= 1e-14*math.Abs(x)
	}
	return engine.Text(hand) == engine.Text(got)
}
