package preset

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode"

	"verso/etl/canon"
)

// Guess says which column of a flat order file is used for what.
type Guess struct {
	Picked  []Pick   // in the order of roles
	Unused  []string // columns that no role was found for
	Notes   []string // what should be looked at
	Dates   []string // strptime formats the dates need; nil: the usual ones do
	Decimal string   // "," when numbers have a decimal comma, else ""
}

// Pick is one column and what it is used for.
type Pick struct {
	Role       Role
	Column     string
	Confidence float64 // 0..1; 1 when it was said by hand
	Reason     string  // in words
}

// Column is the column picked for a role, "" when none was.
func (g Guess) Column(r Role) string {
	for _, p := range g.Picked {
		if p.Role == r {
			return p.Column
		}
	}
	return ""
}

// MissingError says which of the columns that cannot be done without were not
// found.
type MissingError struct {
	Missing []string // roles in words, such as "date (date of the order)"
	Columns []string // the columns there are
	Example string   // a role to show how to say it
}

// Error lists what is missing, the columns there are and how to name one.
func (e *MissingError) Error() string {
	return fmt.Sprintf("no column found for %s\n  columns of the file: %s\n  say which it is, such as: --map '%s=%s'",
		strings.Join(e.Missing, ", nor for "), strings.Join(e.Columns, ", "), e.Example, first(e.Columns))
}

func first(list []string) string {
	if len(list) == 0 {
		return "COLUMN"
	}
	return list[0]
}

// GuessFlat guesses which column is used for what, from names and content.
// said overrides: role (or a usual name of it, such as qty) → column; an empty
// column or "-" leaves the role out. A *MissingError comes back when date,
// quantity, or both price and amount are not found.
func GuessFlat(columns []Column, said map[string]string) (Guess, error) {
	m := matcher{taken: map[string]bool{}, picked: map[Role]Pick{}, left: map[Role]bool{}}
	for _, c := range columns {
		if strings.ContainsFunc(c.Name, unicode.IsControl) || c.Name == "_row" || strings.TrimSpace(c.Name) == "" {
			m.notes = append(m.notes, fmt.Sprintf("column %q cannot be used by its name", c.Name))
			continue
		}
		m.columns = append(m.columns, c)
		m.profiles = append(m.profiles, look(c))
	}
	if err := m.override(said); err != nil {
		return Guess{}, err
	}
	m.byName()
	m.byContent()
	g := m.guess()
	return g, m.minimum(g)
}

// matcher holds a guess in the making.
type matcher struct {
	columns  []Column
	profiles []profile
	taken    map[string]bool
	left     map[Role]bool // roles the caller wants empty
	picked   map[Role]Pick
	notes    []string
}

func (m *matcher) names() []string {
	var names []string
	for _, c := range m.columns {
		names = append(names, c.Name)
	}
	return names
}

func (m *matcher) take(r Role, column string, confidence float64, reason string) {
	m.taken[column] = true
	m.picked[r] = Pick{r, column, math.Round(confidence*100) / 100, reason}
}

// override takes what was said by hand.
func (m *matcher) override(said map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(said)) {
		column := said[name]
		r, ok := roleOf(name)
		if !ok {
			var known []string
			for _, r := range roles() {
				known = append(known, string(r.Role))
			}
			hint := ""
			if near := canon.Nearest(name, known, 1); near != nil {
				hint = fmt.Sprintf("did you mean %s? ", near[0])
			}
			return fmt.Errorf("--map %s=%s: there is no use called %q; %sknown: %s", name, column, name, hint, strings.Join(known, ", "))
		}
		if column == "" || column == "-" {
			m.left[r] = true
			continue
		}
		if !slices.Contains(m.names(), column) {
			hint := "columns of the file: " + strings.Join(m.names(), ", ")
			if near := canon.Nearest(column, m.names(), 1); near != nil {
				hint = fmt.Sprintf("did you mean %s? %s", near[0], hint)
			}
			return fmt.Errorf("--map %s=%s: the file has no column %q; %s", name, column, column, hint)
		}
		m.take(r, column, 1, "as said by --map")
	}
	return nil
}

// candidate is one column for one role.
type candidate struct {
	role   role
	column int
	score  float64
	usual  string
}

// byName gives each role the column whose name and content speak for it most;
// the best pair of all first.
func (m *matcher) byName() {
	var all []candidate
	for _, r := range roles() {
		for i, c := range m.columns {
			score, usual := r.named(c.Name)
			p := m.profiles[i]
			if score == 0 || !r.fits(p) {
				continue
			}
			fill := float64(p.filled) / float64(max(1, p.of))
			all = append(all, candidate{r, i, score*0.8 + fill*0.2, usual})
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return a.column - b.column
	})
	for _, c := range all {
		name := m.columns[c.column].Name
		if _, done := m.picked[c.role.Role]; done || m.left[c.role.Role] || m.taken[name] {
			continue
		}
		m.take(c.role.Role, name, c.score, fmt.Sprintf("the name is like %q, %s", c.usual, m.profiles[c.column].describe()))
	}
}

// byContent fills date, quantity and price from content alone, where just one
// column is left that can be it.
func (m *matcher) byContent() {
	only := func(r Role, why string, fits func(profile) bool) {
		if _, done := m.picked[r]; done || m.left[r] {
			return
		}
		found := -1
		for i, c := range m.columns {
			if m.taken[c.Name] || !fits(m.profiles[i]) {
				continue
			}
			if found >= 0 {
				return
			}
			found = i
		}
		if found >= 0 {
			m.take(r, m.columns[found].Name, 0.4, why+", "+m.profiles[found].describe())
		}
	}
	only(Date, "the only column of dates", func(p profile) bool { return p.filled > 0 && p.kind() == "dates" })
	only(Quantity, "the only column of small whole numbers", func(p profile) bool {
		return p.filled > 0 && p.kind() == "whole numbers" && p.high < 10000 && p.distinct < max(2, p.filled)
	})
	if _, amount := m.picked[Amount]; !amount {
		only(Price, "the only column of numbers with decimals", func(p profile) bool {
			return p.filled > 0 && p.kind() == "numbers" && p.low >= 0
		})
	}
}

// describe describes a profile.
func (p profile) describe() string {
	kind := p.kind()
	s := fmt.Sprintf("%d different %s", p.distinct, kind)
	if kind == "dates" {
		s = kind
	}
	if p.filled < p.of {
		s += fmt.Sprintf(", %d %% empty", int(math.Round(100*float64(p.of-p.filled)/float64(p.of))))
	}
	return s
}

// guess collects the result.
func (m *matcher) guess() Guess {
	g := Guess{Notes: m.notes}
	if amount, both := m.picked[Amount]; both && m.picked[Price].Column != "" {
		delete(m.picked, Amount) // the price says it all
		delete(m.taken, amount.Column)
	}
	for _, r := range roles() {
		if p, ok := m.picked[r.Role]; ok {
			g.Picked = append(g.Picked, p)
		}
	}
	for i, c := range m.columns {
		if !m.taken[c.Name] {
			g.Unused = append(g.Unused, c.Name)
			continue
		}
		if c.Name == g.Column(Date) {
			var note string
			g.Dates, note = dateFormats(c)
			g.note(note)
		}
		if slices.Contains([]string{g.Column(Price), g.Column(Amount), g.Column(Discount)}, c.Name) && m.profiles[i].comma {
			g.Decimal = ","
		}
	}
	if g.Column(Order) == "" {
		g.note("no order number: every row counts as an order of its own")
	}
	if g.Column(Customer) == "" && g.Column(CustomerName) == "" {
		g.note("no customer: analyses of customers stay empty")
	}
	if g.Column(Product) == "" && g.Column(ProductName) == "" {
		g.note("no product: analyses of titles stay empty")
	}
	return g
}

func (g *Guess) note(s string) {
	if s != "" {
		g.Notes = append(g.Notes, s)
	}
}

// minimum checks that what cannot be done without was found.
func (m *matcher) minimum(g Guess) error {
	e := &MissingError{Columns: m.names()}
	meaning := map[Role]string{}
	for _, r := range roles() {
		meaning[r.Role] = r.meaning
	}
	for _, r := range []Role{Date, Quantity, Price} {
		if g.Column(r) != "" || r == Price && g.Column(Amount) != "" {
			continue
		}
		if e.Example == "" {
			e.Example = string(r)
		}
		if r == Price {
			e.Missing = append(e.Missing, fmt.Sprintf("price (%s) or amount (%s)", meaning[Price], meaning[Amount]))
			continue
		}
		e.Missing = append(e.Missing, fmt.Sprintf("%s (%s)", r, meaning[r]))
	}
	if e.Missing == nil {
		return nil
	}
	return e
}
