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
func Compare(c Case, hand [][]any, t *olap.Table) error {
	if len(hand) != len(t.Rows) {
		return &DifferenceError{c.Name, -1, -1, len(hand), len(t.Rows)}
	}
	for i, row := range hand {
		cells := t.Rows[i].Cells
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
