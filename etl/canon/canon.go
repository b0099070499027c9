// Package canon declares the canonical source tables once, as data: columns,
// types, keys, references, units and meaning. Validation, typed staging, the
// reference page and the messages of the mapping all come from here.
package canon

// Type is a canonical column type.
type Type string

// The canonical types and what they are staged as.
const (
	ID        Type = "id"        // BIGINT, or VARCHAR when the config says ids: text
	Text      Type = "text"      // VARCHAR, trimmed; the empty text is null
	Integer   Type = "integer"   // INTEGER
	Money     Type = "money"     // DECIMAL(18,4), in the document's currency
	Rate      Type = "rate"      // DECIMAL(18,8), exchange rates
	Percent   Type = "percent"   // DECIMAL(9,4), 15 means 15 %
	Double    Type = "double"    // DOUBLE, weights and scores
	Date      Type = "date"      // DATE
	Timestamp Type = "timestamp" // TIMESTAMP, UTC unless the source says otherwise
	Boolean   Type = "boolean"   // BOOLEAN
	Currency  Type = "currency"  // VARCHAR, three upper-case letters (ISO 4217)
)

// Table is one canonical source table.
type Table struct {
	Name    string   `json:"name" yaml:"name"`                 // such as order_line
	Area    string   `json:"area" yaml:"-"`                    // one of Areas
	Meaning string   `json:"meaning" yaml:"meaning"`           // one line
	Key     []string `json:"key,omitempty" yaml:"key"`         // columns that identify a row; empty: no key
	Minimal bool     `json:"minimal,omitempty" yaml:"minimal"` // part of the smallest useful input
	// Versioned are the columns of which history is kept: a row whose value of one
	// of them changes begins a new version. Empty: only the last state is kept.
	Versioned []string `json:"versioned,omitempty" yaml:"versioned"`
	Columns   []Column `json:"columns" yaml:"columns"` // in canonical order; the common columns (source_system …) last
}

// Column is one column of a canonical table.
type Column struct {
	Name       string   `json:"name" yaml:"name"`
	Type       Type     `json:"type" yaml:"type"`
	Required   bool     `json:"required,omitempty" yaml:"required"`     // the mapping must supply it; null is quarantined, or for a reference becomes member -1
	Numbered   bool     `json:"numbered,omitempty" yaml:"numbered"`     // when not mapped, the stage step numbers the rows from 1 in source order (line_no: within the order)
	References string   `json:"references,omitempty" yaml:"references"` // table.column it points to; "" for none
	Values     []string `json:"values,omitempty" yaml:"values"`         // accepted values, lower case; nil: any
	Unit       string   `json:"unit,omitempty" yaml:"unit"`             // copies, days, minutes, document currency, …
	Min        *float64 `json:"min,omitempty" yaml:"min"`               // smallest accepted number; nil: open
	Max        *float64 `json:"max,omitempty" yaml:"max"`               // largest accepted number; nil: open
	Default    string   `json:"default,omitempty" yaml:"default"`       // value when the column is not mapped; "" is null
	Aliases    []string `json:"aliases,omitempty" yaml:"aliases"`       // other names sources use for it, for guessing and hints
	Meaning    string   `json:"meaning" yaml:"meaning"`                 // one line
}

// Common reports whether c is one of the columns that every table has:
// source_system, source_id, updated_at, is_deleted.
func (c Column) Common() bool {
	switch c.Name {
	case "source_system", "source_id", "updated_at", "is_deleted":
		return true
	}
	return false
}

// Column finds a column by its canonical name.
func (t *Table) Column(name string) (Column, bool) {
	for _, c := range t.Columns {
		if c.Name == name {
			return c, true
		}
	}
	return Column{}, false
}
