package view

// ChartKind is the form of a chart; the form follows from the question.
type ChartKind int

// The forms.
const (
	// TimeColumns: periods from left to right, actual before previous, with the
	// differences above on the same scale.
	TimeColumns ChartKind = iota
	// Lines: periods from left to right, one line per series, named at its end.
	Lines
	// Curve: a cumulative share over a cumulative share, with the diagonal.
	Curve
	// Heat: a grid of cells shaded by their value.
	Heat
	// Mirror: two shares of each category, left and right of its name.
	Mirror
	// Radar: scores of 0 to 100 over the categories around a circle, one outline per
	// series.
	Radar
)

// Role is what a series stands for; the notation follows from it everywhere.
type Role int

// The roles: actual, previous year, plan, forecast, a reference such as a
// diagonal, and another series of the same rank.
const (
	AC Role = iota
	PY
	PL
	FC
	Reference
	Other
)

// String is the short name used in labels.
func (r Role) String() string {
	return [...]string{"AC", "PY", "PL", "FC", "", ""}[r]
}

// Chart is a figure: what it shows, what it says, and the table behind it.
type Chart struct {
	ID         string // unique on the page; names the CSV
	Kind       ChartKind
	Title      string
	Subtitle   string // measure, unit, period
	Insight    string // what a reader should see in it, as a sentence
	Format     Format
	Better     int // +1 more is better, -1 less is better, 0 neither
	Categories []string
	Rows       []string // Heat: the rows from top to bottom
	XName      string
	YName      string
	Series     []Series
	Points     []Point // Curve
	Cells      []Cell  // Heat
	Marks      []Mark
	Table      Table
	Small      bool // drawn once, small, for pages by the hundred
	Low        bool // drawn low, for a sheet with much beside it
}

// Series is one row of numbers over the categories.
type Series struct {
	Name   string
	Role   Role
	Values []Value
	// Low and High are the bounds of an interval around each of Values, shaded in
	// charts of lines; nil without one.
	Low, High []Value
}

// Point is a point of a curve, both in shares of 1.
type Point struct{ X, Y float64 }

// Cell is a cell of a heat map.
type Cell struct {
	X, Y  int // category and row
	Value Value
	Shade int    // 1 (least) to 5 (most), 0 for empty
	Label string // first line
	Small string // second line
}

// Mark is a note on a chart: at categories of a chart over time, whose text stands
// below it, or at a point of a curve.
type Mark struct {
	First, Last int // categories from 0, both included
	X, Y        float64
	Text        string
}
