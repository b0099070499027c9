package compile

import (
	"fmt"
	"slices"
	"strings"

	"verso/olap/cube"
)

// MaxPage is the most fact rows that one page may have.
const MaxPage = 100_000

// Cell names a cell of an answer by the keys that its row and column carry.
type Cell struct {
	Row    []string `json:"row,omitempty"`    // Row.Keys: a prefix for a subtotal, none for the grand total, "(others)" last for an others row
	Column []string `json:"column,omitempty"` // Column.Keys
	Ref    string   `json:"ref,omitempty"`    // the measure; "": any, the facts are the same
}

// FactColumn is a column of a fact table.
type FactColumn struct {
	Name string
	Type string // as the database says it: DATE, DECIMAL(18,4) …
	// Measure is the one that sums the column, nil where there is none.
	Measure *cube.Measure
}

// Detailed is the facts behind a cell as SQL, in a total order: by day, then by
// the identifiers, then by all other columns listed.
type Detailed struct {
	SQL      string // all rows
	PageSQL  string // the same with a limit and an offset, which follow Args
	CountSQL string // how many; takes Args
	Args     []any
	Stages   []Stage

	Reads   *Compiled    // the tables read, as of Compile
	Members []Axis       // the members of the question's attributes, with their result columns
	Columns []FactColumn // those of the fact table
	At      []int        // their result columns
}

// Detail writes the SQL of the facts behind a cell of a query's answer. Of the
// fact's columns it lists the identifiers (_id, _no), dates, what the cube's
// measures are made of, and where the row came from. An error is a *QueryError.
func Detail(m *cube.Model, q cube.Query, cell Cell, columns []FactColumn, o Options) (*Detailed, error) {
	p := &plan{model: m, options: o, lang: o.Lang, complete: o.Complete}
	measures := q.Measures
	others, err := plainCell(&q, cell)
	if err != nil {
		return nil, err
	}
	p.query = q
	d := &Detailed{}
	for _, step := range passes() {
		if err := step.run(p); err != nil {
			return nil, err
		}
		if text := step.show(p); text != "" && slices.Contains([]string{"filters", "time", "top", "joins"}, step.name) {
			d.Stages = append(d.Stages, Stage{step.name, text})
		}
	}
	if err := p.oneSource(); err != nil {
		return nil, err
	}
	asked := p.columnsOf(append(slices.Clone(measures), cell.Ref))
	facts := p.sources[0]
	facts.parts = nil
	if p.top != nil {
		facts.parts = p.partsOf(p.top.by)
	}
	d.Columns = p.listed(columns, asked)
	r := &renderer{plan: p}
	for _, c := range d.Columns {
		r.extra = append(r.extra, "f."+quote(c.Name)+" AS "+quote(factName(c.Name)))
	}
	day := p.day()
	if day != "" {
		r.extra = append(r.extra, "f."+quote(day)+` AS "#day"`)
	}
	if err := r.prepare(); err != nil {
		return nil, err
	}
	r.base(facts)
	var on []string
	if others {
		for _, c := range r.ranking() {
			on = append(on, "t."+quote(c.name)+" IS NOT DISTINCT FROM s."+quote(c.name))
		}
	}
	return d, r.detail(d, cell, others, on, day != "")
}

// oneSource refuses cells whose facts are not those of one cube and its days.
func (p *plan) oneSource() error {
	switch {
	case p.cube.Virtual():
		return refuse("cell", p.cube.Name, "cube %s has no facts of its own; ask for those of %s", p.cube.Name, factsOf(p.cube))
	case p.clock != nil:
		return refuse("cell", p.perPeriod(), "%s is of one day of the period, or an average over days; ask for the facts of another measure, or of that day", p.perPeriod())
	}
	return nil
}

// plainCell reduces a question to what decides which facts are behind a cell,
// and says whether the cell is in an others row.
func plainCell(q *cube.Query, cell Cell) (others bool, err error) {
	text := cell.Ref
	if text == "" && len(q.Measures) > 0 {
		text, _, _ = strings.Cut(q.Measures[0], ":")
		text, _, _ = strings.Cut(text, "@")
	}
	if _, scope, scoped := strings.Cut(text, "@"); scoped {
		scope, _, _ = strings.Cut(scope, ":")
		return false, refuse("cell", text, "the facts of another time (@%s) are not behind this cell; ask the question for that time, then for its facts", scope)
	}
	q.Measures, q.Compare, q.Having, q.Sort, q.Limit, q.Totals = []string{text}, nil, nil, nil, 0, cube.Totals{}
	n := len(cell.Row)
	if q.Top == nil || n == 0 || cell.Row[n-1] != Others {
		q.Top = nil
		return false, nil
	}
	switch {
	case !q.Top.Others:
		return false, refuse("cell", Others, "the question asks for no row of the others")
	case strings.Contains(q.Top.By, "@"):
		return false, refuse("cell", Others, "the ranking is by %s, of another time; the facts of the others cannot be listed", q.Top.By)
	}
	return true, nil
}

// Others is the key of an others row.
const Others = "(others)"

func factName(column string) string { return "#fact " + column }

// day is the fact's date key that orders it, "" if the cube has none.
func (p *plan) day() string {
	field := ""
	if p.query.Time != nil {
		field = p.query.Time.Field
	}
	use, err := p.dateUse(field)
	if err != nil {
		return ""
	}
	return use.Key
}

// columnsOf are the columns of the fact that the measures of Refs are made of.
func (p *plan) columnsOf(refs []string) (names []string) {
	for _, text := range refs {
		name, _, _ := strings.Cut(text, ":")
		name, _, _ = strings.Cut(name, "@")
		m := p.cube.Measure(name)
		if m == nil {
			continue
		}
		a := &asked{ref: cube.Ref{Measure: m.Name}, measure: m}
		p.addParts(a)
		for _, t := range p.partsOf(a) {
			names = append(append(names, t.measure.Column, t.measure.Times(), t.measure.WhenTrue), t.measure.KnownColumns()...)
		}
	}
	return names
}

// listed picks the columns of the fact to list: identifiers, dates, amounts,
// origin, in this order.
func (p *plan) listed(columns []FactColumn, asked []string) (list []FactColumn) {
	sums := map[string]*cube.Measure{}
	for _, m := range p.cube.Measures {
		switch m.Kind {
		case cube.Sum, cube.Min, cube.Max:
			if known := sums[m.Column]; known == nil || known.WhenKnown != "" {
				sums[m.Column] = m
			}
			asked = append(asked, m.Column)
		}
		if m.Kind != cube.Distinct {
			asked = append(asked, m.WhenKnown)
		}
	}
	kinds := []func(FactColumn) bool{
		isID,
		func(c FactColumn) bool {
			return strings.HasPrefix(c.Type, "DATE") || strings.HasPrefix(c.Type, "TIMESTAMP")
		},
		func(c FactColumn) bool { return slices.Contains(asked, c.Name) },
		func(c FactColumn) bool {
			return slices.Contains([]string{"source", "source_file", "file", "source_row", "line", "record"}, c.Name)
		},
	}
	for _, kind := range kinds {
		for _, c := range columns {
			if kind(c) && !slices.ContainsFunc(list, func(x FactColumn) bool { return x.Name == c.Name }) {
				if m := sums[c.Name]; m != nil && m.WhenKnown == "" {
					c.Measure = m
				}
				list = append(list, c)
			}
		}
	}
	return list
}

func isID(c FactColumn) bool {
	return c.Name == "id" || strings.HasSuffix(c.Name, "_id") || strings.HasSuffix(c.Name, "_no")
}

// detail selects the facts of the cell from "base".
func (r *renderer) detail(d *Detailed, cell Cell, others bool, on []string, day bool) error {
	var list []string
	add := func(name string) int { list = append(list, "s."+quote(name)); return len(list) - 1 }
	for _, f := range slices.Concat(r.rows, r.cols) {
		d.Members = append(d.Members, r.axis(f, add))
	}
	var order []string
	if day {
		order = append(order, `s."#day"`)
	}
	for _, c := range d.Columns {
		d.At = append(d.At, add(factName(c.Name)))
		order = append(order, "s."+quote(factName(c.Name))+" NULLS LAST")
	}
	for _, f := range slices.Concat(r.rows, r.cols) { // no more than equal rows are left in any order
		for _, c := range slices.Concat(f.groups(r.lang), f.carried(r.lang)) {
			order = append(order, "s."+quote(c.name)+" NULLS LAST")
		}
	}
	if len(list) == 0 {
		list = []string{`1 AS "#fact"`}
	}
	var where sqlText
	if err := r.inCell(&where, cell, others); err != nil {
		return err
	}
	from := "\nFROM \"base\" AS s"
	if others {
		from += ` LEFT JOIN "kept" AS t ON ` + strings.Join(on, " AND ")
	}
	from += where.String()
	d.SQL = r.text.String() + "\nSELECT " + strings.Join(list, listSep) + from
	if len(order) > 0 {
		d.SQL += "\nORDER BY " + strings.Join(order, ", ")
	}
	d.PageSQL = d.SQL + "\nLIMIT ? OFFSET ?"
	d.CountSQL = r.text.String() + "\nSELECT count(*) AS \"facts\"" + from
	d.Args = append(slices.Clone(r.text.args), where.args...)
	d.Reads = &Compiled{Query: r.query, Cube: r.cube}
	r.describeTables(d.Reads)
	return nil
}

// inCell adds the conditions that a fact is behind the cell.
func (r *renderer) inCell(s *sqlText, cell Cell, others bool) error {
	keys := cell.Row
	if others {
		keys = keys[:len(keys)-1]
		if len(keys) != r.top.at {
			return refuse("cell", Others, "the others stand at the level of %s, after %d keys, not %d", r.rows[r.top.at].name, r.top.at, len(keys))
		}
	}
	switch {
	case len(keys) > len(r.rows):
		return refuse("cell", "", "%d keys for %d row attributes", len(keys), len(r.rows))
	case len(cell.Column) > len(r.cols):
		return refuse("cell", "", "%d keys for %d column attributes", len(cell.Column), len(r.cols))
	}
	lead := "\nWHERE "
	for i, key := range slices.Concat(keys, cell.Column) {
		f := r.plan.cellField(i, len(keys))
		s.add(lead)
		lead = "\n  AND "
		if n := f.calculatedKey(key); n > 0 && f == r.also {
			s.add(`EXISTS (SELECT 1 FROM "calculated" AS c WHERE c."#calculated" = ? AND `+r.sameMember(f, "s", "c")+")", n)
			continue
		}
		if err := f.isMember(s, "s", "cell", key, r.lang); err != nil {
			return err
		}
	}
	if others {
		s.add(lead + `t."#rank" IS NULL`)
	}
	return nil
}

// cellField is the attribute of the i-th key, rows before columns.
func (p *plan) cellField(i, rows int) *field {
	if i < rows {
		return p.rows[i]
	}
	return p.cols[i-rows]
}

// PageError is a page of facts that is larger than any may be.
func PageError(limit, offset int) error {
	return refuse("page", fmt.Sprint(limit), "a page of %d rows from row %d; want at most %d rows, from row 0 on, or export them all", limit, offset, MaxPage)
}
