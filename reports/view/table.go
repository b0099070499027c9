package view

// Visual is a small drawing inside a table column.
type Visual int

// The visuals of a column.
const (
	Plain    Visual = iota
	Variance        // a bar left or right of zero, coloured by business meaning
	Share           // a bar from zero
	Spark           // a line of the cell's series
	Interval        // a dot, and a line from the next column to the one after it
	Bullet          // a bar beside a mark at the target, which the next column has, and a light one at where it began, in the column after
)

// Table is a table as shown and exported: the CSV holds the same rows and
// columns with all decimals.
type Table struct {
	ID        string // unique on the page; names the CSV
	Title     string
	Subtitle  string // measure, unit, period
	Insight   string
	Columns   []Column
	Rows      []Row
	Footnotes []string
	Shown     string // "12 of 312 customers" where rows are left out; else empty
	Filters   string // what was kept, in words; goes into the CSV too
	Empty     string // sentence shown instead of an empty body
	Ask       string // the question, as text, that a cube answers with it; empty where it is not the answer to one
}

// Column is one column of a table.
type Column struct {
	Label  string
	Unit   string // shown in the header: "CNY k", "%"
	Format Format
	Visual Visual
	Better int    // for differences: +1 more is better, -1 less is better
	Marks  []Mark // Spark: what stands at its periods
	Total  string // mark of totals that are no sums: "⌀" average, "–" meaningless
	Months []string
	Wide   bool // text that may take several lines
}

// RowKind is the part a row plays.
type RowKind int

// The kinds of rows.
const (
	Leaf     RowKind = iota
	Subtotal         // total of a part
	Others           // the rest of a top list
	Residual         // what closes a sum
	Total            // everything
)

// Row is one row; Cells match the columns.
type Row struct {
	Kind  RowKind
	Level int // depth in a hierarchy, 0 at the left
	Cells []Value
}
