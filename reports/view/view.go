// Package view is what a page shows, as plain data: message, key figures,
// charts, tables and notes. It knows no HTML and no database; numbers arrive
// with their exact value and the format they are shown in.
package view

import "verso/reports/language"

// Page is one page of the report in one language.
type Page struct {
	Slug     string // file name without extension: "index", "sales"
	Lang     *language.Language
	Title    string
	Message  Message
	Meta     Meta
	Banners  []Note // what a reader must know before any number
	Sections []Section
	Footer   Footer
	See      []Value // what stands beside the title: texts that lead to other pages
	OneSheet bool    // laid out to be printed on one sheet of A4
}

// Message is the answer of the page in two lines: what was found, with its
// number, and what follows from it.
type Message struct {
	Finding     string
	Consequence string
}

// Meta is the title block: what is measured, in which unit, over which period,
// and against which scenario. Empty parts are not shown.
type Meta struct {
	Measure  string
	Unit     string
	Period   string
	Scenario string
}

// Footer says where the numbers come from.
type Footer struct {
	Company      string
	AsOf         string // as-of date in the language of the page
	Run          string
	Rows         []Count
	Checks       int      // checks that ran
	FailedChecks []string // descriptions of those that did not pass
	Definitions  string   // page and anchor of the definitions, such as "quality.html#definitions"
}

// Count is a number of rows with its name.
type Count struct {
	Label string
	Rows  int64
}

// Section is a part of a page under one heading.
type Section struct {
	ID     string // anchor, unique on the page
	Title  string
	Lead   string // one sentence under the heading; may be empty
	Blocks []Block
}

// Width is how much of the line a block takes where there is room.
type Width int

// The widths of a block.
const (
	Full Width = iota
	Half
)

// Block is one element of a section: exactly one of the pointers or lists is
// set.
type Block struct {
	Width  Width
	KPIs   *KPIRow
	Chart  *Chart
	Table  *Table
	Note   *Note
	Absent *Absent
	Terms  []Term
}

// Tone is the business meaning of a difference or a note.
type Tone int

// The tones.
const (
	Neutral Tone = iota
	Good
	Bad
	Caution
)

// Note is a sentence beside the figures.
type Note struct {
	Tone Tone
	Text string
}

// Absent stands where an analysis would be if its source table were supplied.
type Absent struct {
	Title  string   // what would be shown
	Text   string   // what to supply, as a sentence
	Tables []string // names of the canonical tables that light it up
}

// Term is one entry of the definitions.
type Term struct {
	Name       string
	Definition string
}

// KPIRow is a row of key figures in one layout over one window.
type KPIRow struct {
	ID     string // names the CSV
	Title  string // caption for those who do not see the row
	Months []string
	Items  []KPI
}

// KPI is one key figure with its comparison and its recent course.
type KPI struct {
	Label  string
	Value  Value
	Format Format
	Unit   string
	// Previous is the figure of the comparison period; Change and Relative are
	// the absolute and relative difference to it.
	Previous, Change, Relative Value
	ChangeFormat               Format
	Versus                     string // what it is compared with: "previous year"
	Better                     int    // +1 more is better, -1 less is better, 0 neither
	Marks                      []Mark // of the trend
	Trend                      []Value
	Note                       string // why there is no comparison, coverage and the like
	Ask                        string // the question, as text, that a cube answers with the value; empty where it is not the answer to one
}

// Tone is the business meaning of the change.
func (k KPI) Tone() Tone { return ToneOf(k.Change, k.Better) }

// ToneOf is the business meaning of a difference where better says which
// direction is good (+1 up, -1 down, 0 neither).
func ToneOf(change Value, better int) Tone {
	if change.Kind != Number || change.Float == 0 || better == 0 {
		return Neutral
	}
	if (change.Float > 0) == (better > 0) {
		return Good
	}
	return Bad
}
