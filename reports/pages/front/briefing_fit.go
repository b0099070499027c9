package front

import (
	"strings"
	"unicode/utf8"

	"verso/reports/view"
)

// The most that texts of the briefing are long, in units of half a Chinese character;
// longer ones end in "…" and stand in full on the pages they lead to.
const (
	mostMessage = 260
	mostName    = 56
	mostCell    = 200
	mostRisk    = 260
)

// mostLines are the lines that the sheet has for findings, risks and half of the
// goals, beside everything else.
const mostLines = 34

// How many units a line of the columns of the tables holds, as printed; 0 for columns
// that are never the longest.
var (
	findingUnits = []int{64, 0, 34, 34}
	riskUnits    = []int{48, 0}
	goalUnits    = []int{30, 0, 0, 0}
)

// units are how wide a text is: 2 for what is about as wide as a Chinese character,
// else 1.
func units(text string) int {
	n := 0
	for _, r := range text {
		n += unitsOf(r)
	}
	return n
}

func unitsOf(r rune) int {
	if r >= 0x1100 {
		return 2
	}
	return 1
}

// clip shortens a text to so many units; what is left out is marked.
func clip(text string, most int) string {
	if units(text) <= most {
		return text
	}
	n := 0
	for i, r := range text {
		if n += unitsOf(r); n > most-1 {
			head := text[:i]
			if at := strings.LastIndexByte(head, ' '); at > len(head)*2/3 {
				head = head[:at]
			}
			return strings.TrimRight(head, " ,;，、；") + "…"
		}
	}
	return text
}

// rowLines are the lines that a row takes where its columns hold so many units.
func rowLines(row view.Row, of []int) int {
	most := 1
	for i, u := range of {
		if u == 0 || i >= len(row.Cells) {
			continue
		}
		text := row.Cells[i].Text
		if utf8.RuneCountInString(text) == 0 {
			continue
		}
		most = max(most, (units(text)+u-1)/u)
	}
	return most
}

// linesOf are the lines of a table; 0 for none.
func linesOf(t *view.Table, of []int) int {
	if t == nil {
		return 0
	}
	n := 0
	for _, row := range t.Rows {
		n += rowLines(row, of)
	}
	return n
}
