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
	Name    string   // such as order_line
	Area    string   // customer, title, order, purchase, finance, campaign, service, people, reference
	Meaning string   // one line
	Key     []string // columns that identify a row; empty: no key
	Columns []Column // in canonical order; the common columns (source_system …) last
	Minimal bool     // part of the smallest useful input
}

// Column is one column of a canonical table.
type Column struct {
	Name       string
	Type       Type
	Required   bool     // the mapping must supply it; null is quarantined, or for a reference becomes member -1
	References string   // table.column it points to; "" for none
	Values     []string // accepted values, lower case; nil: any
	Unit       string   // copies, days, minutes, document currency, …
	Min, Max   *float64 // accepted range of numbers; nil: open
	Default    string   // value when the column is not mapped; "" is null
	Aliases    []string // other names sources use for it, for guessing and hints
	Meaning    string   // one line
}

// Column finds a column by name.
func (t *Table) Column(name string) (Column, bool) {
	for _, c := range t.Columns {
		if c.Name == name {
			return c, true
		}
	}
	return Column{}, false
}
