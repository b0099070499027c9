// Package propose looks at the tables of a database nobody has written a mapping
// for and proposes one onto the canonical tables: for each canonical column the
// best source column, with a confidence from 0 to 1 and the reasons in words.
package propose

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"verso/etl/canon"
	"verso/etl/canon/system"
)

// Threshold is the confidence from which on a column is taken. What is below is
// written as a comment.
const Threshold = 0.6

// Proposal is a mapping that was guessed.
type Proposal struct {
	Tables []Table
	Unused []string // source tables that nothing is taken from
	IDs    string   // integer or text
	IDsWhy string
}

// Table is one canonical table with the source table proposed for it.
type Table struct {
	Canonical  canon.Table
	Source     *system.Table
	Confidence float64  // that the source table is this one
	Reason     string   // in words
	Columns    []Column // by canonical order
	Missing    []string // required columns that nothing was found for: the table is left out
	Grouped    bool     // one row for each key: the source has a row per line
}

// Column is one canonical column with the source column proposed for it.
type Column struct {
	Canonical  canon.Column
	Source     string
	With       string // a second column, joined with a blank between: a person's last name
	Hundred    bool   // the source has fractions, wanted are per cents
	Confidence float64
	Reason     string
}

// Taken reports whether the column is sure enough to be used.
func (c Column) Taken() bool { return c.Confidence >= Threshold }

// Used reports whether the table is sure enough to be used.
func (t Table) Used() bool {
	taken := 0
	for _, c := range t.Columns {
		if c.Taken() {
			taken++
		}
	}
	return len(t.Missing) == 0 && t.Confidence >= 0.5 && taken > 1
}

// Column is the proposal for a canonical column.
func (t Table) Column(name string) (Column, bool) {
	for _, c := range t.Columns {
		if c.Canonical.Name == name {
			return c, true
		}
	}
	return Column{}, false
}

// guess is a proposal in the making.
type guess struct {
	tables []system.Table
	looks  []map[string]seen
	of     map[string]int // canonical table → place in tables
	by     map[string]string
	score  map[string]float64
}

// From proposes a mapping of the tables.
func From(tables []system.Table) Proposal {
	g := &guess{tables: tables, of: map[string]int{}, by: map[string]string{}, score: map[string]float64{}}
	for _, t := range tables {
		looks := map[string]seen{}
		for _, c := range t.Columns {
			looks[c.Name] = look(c)
		}
		g.looks = append(g.looks, looks)
	}
	g.assign()
	p := Proposal{}
	for _, t := range canon.Tables() {
		if i, ok := g.of[t.Name]; ok {
			p.Tables = append(p.Tables, g.table(t, i))
		}
	}
	p.Tables = g.flat(p.Tables)
	for i, t := range tables {
		if !slices.ContainsFunc(p.Tables, func(x Table) bool { return x.Used() && x.Source == &tables[i] }) {
			p.Unused = append(p.Unused, t.Name)
		}
	}
	p.ids(g)
	return p
}

// assign gives each canonical table the source table that its name, columns and
// keys speak for most; the best pair of all first.
func (g *guess) assign() {
	type pair struct {
		canonical canon.Table
		source    int
		score     float64
		by        string
	}
	var all []pair
	for _, t := range canon.Tables() {
		for i := range g.tables {
			name, by := likeTable(t, g.tables[i].Name)
			if name == 0 && !t.Minimal {
				continue
			}
			cover := g.cover(t, i)
			score := 0.6*name + 0.4*cover
			if name == 0 {
				score = 0.75 * cover
				by = ""
			}
			if g.tables[i].Rows == 0 && !g.sampled(i) {
				score -= 0.05
			}
			if score >= 0.5 && cover > 0.3 {
				all = append(all, pair{t, i, score, by})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b pair) int { return cmp.Compare(b.score, a.score) })
	taken := map[int]bool{}
	for _, p := range all {
		if _, done := g.of[p.canonical.Name]; done || taken[p.source] {
			continue
		}
		g.of[p.canonical.Name], taken[p.source] = p.source, true
		g.score[p.canonical.Name] = math.Round(100*p.score) / 100
		g.by[p.canonical.Name] = "its columns"
		if p.by != "" {
			g.by[p.canonical.Name] = fmt.Sprintf("its name is like %q, and its columns", p.by)
		}
	}
}

func (g *guess) sampled(i int) bool {
	for _, s := range g.looks[i] {
		if s.filled > 0 {
			return true
		}
	}
	return false
}

// cover is the share of the columns that matter which a source table seems to
// have: the required ones and the key count double.
func (g *guess) cover(t canon.Table, i int) float64 {
	have, of := 0.0, 0.0
	for _, c := range t.Columns {
		weight := 0.0
		switch {
		case c.Common() || c.Numbered:
		case c.Required || slices.Contains(t.Key, c.Name):
			weight = 2
		case slices.Contains([]string{"name", "title", "customer_id", "title_id", "supplier_id", "amount", "date", "status"}, c.Name):
			weight = 1
		}
		if weight == 0 {
			continue
		}
		of += weight
		best := 0.0
		for _, col := range g.tables[i].Columns {
			best = max(best, g.match(t, c, i, col).Confidence)
		}
		have += weight * best
	}
	return have / max(of, 1)
}

// match scores one source column for one canonical column.
func (g *guess) match(t canon.Table, c canon.Column, i int, col system.Column) Column {
	p := Column{Canonical: c, Source: col.Name}
	source := &g.tables[i]
	s := g.looks[i][col.Name]
	fit, why := fits(c, col, s)
	if fit == 0 {
		return p
	}
	name, by := likeColumn(t, c, source.Name, col.Name)
	if like, n := namesTable(c, col.Name); 0.75*like > name {
		name, by = 0.75*like, n
	}
	reasons := []string{}
	if name > 0 {
		reasons = append(reasons, fmt.Sprintf("the name is like %q", by))
	}
	score := 0.95 * name * fit
	switch {
	case c.Name == "isbn13" && s.filled > 0 && s.isbn >= 0.9:
		score, why = max(score, 0.9), fmt.Sprintf("%.0f %% of the values seen are ISBN with a right check digit", 100*s.isbn)
	case c.Values != nil && name < 0.8:
		score *= 0.8
	}
	if key := g.key(t, c, i, col); key != "" {
		score, why = max(score, 0.95), key
	} else if c.Type == canon.ID && slices.Contains(t.Key, c.Name) && len(source.Primary) > 0 {
		score *= 0.6 // the table has another key
	}
	if score, why = g.reference(c, i, col, score, why); score == 0 {
		return p
	}
	if c.Type == canon.Percent && s.fraction {
		p.Hundred = true
		score *= 0.9
		reasons = append(reasons, "fractions, so times 100")
	}
	if score < 0.2 {
		return p
	}
	p.Confidence = math.Round(100*min(score, 0.99)) / 100
	p.Reason = strings.Join(append(reasons, why), ", ")
	return p
}

// key says that a column is the primary key of a table that has this one key.
func (g *guess) key(t canon.Table, c canon.Column, i int, col system.Column) string {
	source := g.tables[i]
	if len(t.Key) == 1 && t.Key[0] == c.Name && len(source.Primary) == 1 && source.Primary[0] == col.Name {
		return "it is the primary key"
	}
	return ""
}

// bestOf is the column that speaks most for a canonical one.
func (g *guess) bestOf(t canon.Table, c canon.Column, i int) Column {
	var best Column
	for _, col := range g.tables[i].Columns {
		name, _ := likeColumn(t, c, g.tables[i].Name, col.Name)
		if g.key(t, c, i, col) != "" {
			name = 1.1
		}
		if name > best.Confidence {
			best = Column{Source: col.Name, Confidence: name}
		}
	}
	return best
}

func mustTable(name string) canon.Table {
	t, _ := canon.Lookup(name)
	return t
}

// table proposes the columns of one canonical table from its source table: the
// surest pair of all first, each source column once.
func (g *guess) table(t canon.Table, i int) Table {
	p := Table{Canonical: t, Source: &g.tables[i], Confidence: g.score[t.Name], Reason: g.by[t.Name]}
	sure := 1.0
	if like, _ := likeTable(t, g.tables[i].Name); like > 0 && like < 0.9 {
		sure = 0.85 // of a table that is not quite like it, no column is quite sure
	}
	var all []Column
	for _, c := range t.Columns {
		for _, col := range g.tables[i].Columns {
			if m := g.match(t, c, i, col); m.Confidence > 0 {
				m.Confidence = math.Round(100*m.Confidence*sure) / 100
				all = append(all, m)
			}
		}
	}
	// What a row cannot do without chooses first: a number of orders that could be
	// the id or the number is the id.
	later := func(c Column) int {
		if c.Taken() && (c.Canonical.Required || slices.Contains(t.Key, c.Canonical.Name)) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(all, func(a, b Column) int {
		return cmp.Or(cmp.Compare(later(a), later(b)), cmp.Compare(b.Confidence, a.Confidence))
	})
	taken := map[string]bool{}
	for _, m := range all {
		if _, done := p.Column(m.Canonical.Name); done || taken[m.Source] {
			continue
		}
		taken[m.Source] = m.Confidence >= Threshold
		p.Columns = append(p.Columns, m)
	}
	g.person(&p, i)
	p.numbered()
	p.missing()
	return p
}

// numbered lets the number of a thing be its id too where it has no other.
func (p *Table) numbered() {
	if len(p.Canonical.Key) != 1 {
		return
	}
	name := p.Canonical.Key[0]
	if old, ok := p.Column(name); ok && old.Taken() {
		return
	}
	no, ok := p.Column(strings.TrimSuffix(name, "_id") + "_no")
	if !ok || !no.Taken() {
		return
	}
	p.Columns = slices.DeleteFunc(p.Columns, func(x Column) bool { return x.Canonical.Name == name })
	c, _ := p.Canonical.Column(name)
	p.Columns = append(p.Columns, Column{Canonical: c, Source: no.Source, Confidence: math.Round(90*no.Confidence) / 100, Reason: "there is no other id than the number"})
}

// person makes a name of the first and the last name where there is no other.
func (g *guess) person(p *Table, i int) {
	c, ok := p.Canonical.Column("name")
	if old, has := p.Column("name"); !ok || has && old.Taken() {
		return
	}
	find := func(names ...string) string {
		for _, col := range g.tables[i].Columns {
			if slices.Contains(names, canon.Normal(col.Name)) {
				return col.Name
			}
		}
		return ""
	}
	first, last := find("firstname", "givenname", "forename", "vorname", "prenom"), find("lastname", "surname", "familyname", "nachname")
	if first == "" || last == "" {
		return
	}
	p.Columns = slices.DeleteFunc(p.Columns, func(x Column) bool { return x.Canonical.Name == "name" })
	p.Columns = append(p.Columns, Column{Canonical: c, Source: first, With: last, Confidence: 0.9, Reason: "first and last name"})
}

// missing sorts the columns and finds the required ones that are not there.
func (p *Table) missing() {
	place := map[string]int{}
	for i, c := range p.Canonical.Columns {
		place[c.Name] = i
	}
	slices.SortStableFunc(p.Columns, func(a, b Column) int { return place[a.Canonical.Name] - place[b.Canonical.Name] })
	p.Missing = nil
	for _, c := range p.Canonical.Columns {
		m, ok := p.Column(c.Name)
		if c.Required && !c.Numbered && c.Default == "" && (!ok || !m.Taken()) {
			p.Missing = append(p.Missing, c.Name)
		}
	}
}

// flat takes orders out of a table of lines that holds their date, when no table
// of orders was found.
func (g *guess) flat(all []Table) []Table {
	var line, header *Table
	for i := range all {
		switch all[i].Canonical.Name {
		case "order_line":
			line = &all[i]
		case "order_header":
			header = &all[i]
		}
	}
	if line == nil || !line.Used() || header != nil && header.Used() {
		return all
	}
	t := mustTable("order_header")
	i := slices.IndexFunc(g.tables, func(x system.Table) bool { return x.Name == line.Source.Name })
	p := Table{Canonical: t, Source: line.Source, Confidence: line.Confidence, Reason: "the lines hold what belongs to the order", Grouped: true}
	for _, name := range []string{"order_id", "order_no", "customer_id", "order_date", "ccy", "ship_to_region", "salesperson_id", "status"} {
		c, _ := t.Column(name)
		var best Column
		if name == "order_id" {
			best, _ = line.Column(name)
			best.Canonical = c
		} else {
			for _, col := range line.Source.Columns {
				if m := g.match(t, c, i, col); m.Confidence > best.Confidence && !inKey(line, col.Name) {
					best = m
				}
			}
		}
		if best.Confidence > 0 {
			p.Columns = append(p.Columns, best)
		}
	}
	p.missing()
	at := slices.IndexFunc(all, func(x Table) bool { return x.Canonical.Name == "order_line" })
	if header != nil {
		all = slices.DeleteFunc(all, func(x Table) bool { return x.Canonical.Name == "order_header" })
		at = slices.IndexFunc(all, func(x Table) bool { return x.Canonical.Name == "order_line" })
	}
	return slices.Insert(all, at, p)
}

func inKey(t *Table, column string) bool {
	for _, name := range []string{"order_id", "line_id", "title_id", "qty_ordered", "unit_price"} {
		if c, ok := t.Column(name); ok && c.Taken() && c.Source == column {
			return true
		}
	}
	return false
}

// ids decides the type of ids.
func (p *Proposal) ids(g *guess) {
	p.IDs, p.IDsWhy = "integer", "every id seen is a whole number; text takes any code"
	for _, t := range p.Tables {
		i := slices.IndexFunc(g.tables, func(x system.Table) bool { return x.Name == t.Source.Name && x.Path == t.Source.Path })
		for _, c := range t.Columns {
			if !t.Used() || !c.Taken() || c.Canonical.Type != canon.ID {
				continue
			}
			if s := g.looks[i][c.Source]; s.filled > 0 && s.key < 1 {
				p.IDs, p.IDsWhy = "text", fmt.Sprintf("there are ids that are no whole numbers, such as %s of %s", c.Source, t.Source.Name)
				return
			}
		}
	}
}
