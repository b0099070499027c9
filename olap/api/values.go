package api

import (
	"math"

	"verso/olap"
	"verso/olap/engine"
	"verso/olap/export"
)

// exact is the largest whole number that every reader of JSON keeps exactly.
const exact = 1 << 53

// cellOf is an engine value for JSON, exactly: decimals, and whole numbers that
// a double does not hold, as text; dates as ISO text.
func cellOf(v any) any {
	switch v := v.(type) {
	case nil, bool, string:
		return v
	case int64:
		if v > exact || v < -exact {
			return engine.Text(v)
		}
		return v
	case uint64:
		if v > exact {
			return engine.Text(v)
		}
		return v
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
		return v
	}
	return engine.Text(v)
}

func cellsOf(list []any) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = cellOf(v)
	}
	return out
}

// exportText is a value as an answer shows it.
func exportText(v any, c olap.Column) string { return export.Format(v, c) }
