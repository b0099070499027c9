package compile

import (
	"slices"
	"strings"

	"verso/olap/cube"
)

// The facts of a question come from the cube's table, or from a rollup of it:
// a table with one row for each combination of members, whose rows hold the
// aggregates of their facts. A rollup takes the place of the fact table, its
// member tables that of the dimensions, and its columns that of the aggregates;
// everything behind the stage "base" is the same.

// The columns that rollups have beside their parts.
const (
	FactsColumn  = "#facts" // of a rollup: how many facts a row stands for
	MemberColumn = "#id"    // of a member table: the key that rollups point to
)

// KeyColumn is the column of a rollup that holds the members of a dimension.
func KeyColumn(use string) string { return "#" + use }

// AttributeColumn is the column of a member table that holds a column of an
// attribute, of the dimension itself or of a table beside it.
func AttributeColumn(a *cube.Attribute, column string) string {
	if a.In == "" {
		return column
	}
	return a.In + "." + column
}

// Storage is how a rollup keeps a part.
type Storage string

// The ways to keep a part.
const (
	StoredAggregate Storage = "aggregate" // as it is: a whole follows from the aggregates of its parts
	StoredBits      Storage = "bits"      // distinct keys as a bit each: merged by or, counted at the end
	StoredKey       Storage = "key"       // distinct keys of a dimension that the rollup is by: counted from its rows
)

// Rollup is a rollup as it stands in a generation.
type Rollup struct {
	Name  string             `json:"name"`
	Cube  string             `json:"cube"`
	By    []string           `json:"by"`
	Table string             `json:"table"`
	Rows  int64              `json:"rows"`
	Grain []*Grain           `json:"grain"`
	Parts map[string]Storage `json:"parts"` // by name; what is not there cannot be answered
	Unfit string             `json:"-"`     // why it must not be used; "" when it may
}

// Grain is a dimension of a rollup.
type Grain struct {
	Use        string   `json:"use"`
	Members    string   `json:"members,omitempty"`    // the member table; "": the rollup keeps the dimension's own key
	Attributes []string `json:"attributes,omitempty"` // with Members: the attributes it can tell
	Spans      []Span   `json:"spans,omitempty"`      // with Members, of a date dimension: by key
	Stray      int64    `json:"stray,omitempty"`      // facts whose day the calendar does not have
}

// Span is a member of a date dimension that has facts: its key, which is its
// first day, and the first and last day with a fact.
type Span struct {
	Key   int64  `json:"key"`
	First int64  `json:"first"`
	Last  int64  `json:"last"`
	Label string `json:"label"`
}

func (r *Rollup) grain(use string) *Grain {
	for _, g := range r.Grain {
		if g.Use == use {
			return g
		}
	}
	return nil
}

// takeFrom puts the rollup in the place of the facts.
func (p *plan) takeFrom(r *Rollup) {
	p.rollup = r
	var uses []*cube.Use
	for _, u := range p.cube.Dimensions {
		if g := r.grain(u.Name); g != nil {
			uses = append(uses, g.over(u))
		}
	}
	p.cube = p.cube.Over(r.Table, uses)
	facts := p.sources[0]
	facts.cube = p.cube
	for _, s := range p.streams {
		s.home = p.cube
	}
	for _, f := range p.allFields() {
		g := r.grain(f.use.Name)
		f.use = p.cube.Use(f.use.Name)
		if g.Members != "" {
			f.attr = memberAttribute(f.attr)
		}
	}
	for _, t := range slices.Concat(p.parts, facts.parts) {
		t.stored = r.Parts[t.name]
	}
	if p.period != nil {
		p.period = r.grain(p.period.use.Name).within(p.period, p.cube.Use(p.period.use.Name))
	}
}

// allFields are the attributes used on axes and in filters.
func (p *plan) allFields() []*field {
	list := slices.Concat(p.rows, p.cols)
	for _, c := range p.filters {
		list = append(list, c.field)
	}
	return list
}

// over is a dimension of the cube as the rollup has it.
func (g *Grain) over(u *cube.Use) *cube.Use {
	over := *u
	over.Key = KeyColumn(u.Name)
	if g.Members != "" {
		d := *u.Of
		d.Table, d.Key, d.Beside = g.Members, MemberColumn, nil
		over.Of = &d
	}
	return &over
}

// memberAttribute is the attribute as the member table has it.
func memberAttribute(a *cube.Attribute) *cube.Attribute {
	m := *a
	m.In = ""
	for _, column := range []*string{&m.Column, &m.ColumnZH, &m.Key, &m.Order, &m.ID} {
		if *column != "" {
			*column = AttributeColumn(a, *column)
		}
	}
	return &m
}

// within is the time range as one of members. It is sure by then that it cuts
// none, and that those inside follow each other.
func (g *Grain) within(p *period, use *cube.Use) *period {
	if g.Members == "" {
		return &period{use: use, from: p.from, to: p.to}
	}
	out := &period{use: use, from: noDay, to: noDay} // no member
	for _, s := range g.Spans {
		if p.holds(s) {
			if out.from == noDay {
				out.from = s.Key
			}
			out.to = s.Key
		}
	}
	return out
}

const noDay = 99999999

// holds reports whether all days of the span are in the time range.
func (p *period) holds(s Span) bool {
	return s.First >= p.from && (p.to == 0 || s.Last <= p.to)
}

// misses reports whether no day of the span is.
func (p *period) misses(s Span) bool {
	return s.Last < p.from || p.to != 0 && s.First > p.to
}

// only is the join with some of its columns, and the tables beside the
// dimension that they need.
func (j *join) only(fields []*field, where []*condition) *join {
	out := &join{use: j.use, inner: j.inner, fields: fields, where: where}
	for _, b := range j.beside {
		in := func(f *field) bool { return f.attr.In == b.Name }
		if slices.ContainsFunc(fields, in) || slices.ContainsFunc(where, func(c *condition) bool { return in(c.field) }) {
			out.beside = append(out.beside, b)
		}
	}
	return out
}

// rolled is base from a rollup: its rows are added up by the integer keys that
// the answer needs, and names are joined to what is left.
func (r *renderer) rolled(s *source) {
	var keys, list []string
	for _, j := range s.joins {
		if key := "f." + quote(j.use.Key); len(j.fields) > 0 {
			keys = append(keys, key)
			list = append(list, key+" AS "+quote(j.use.Key))
		}
	}
	shown := len(keys) > 0
	for _, t := range s.parts {
		if t.stored == StoredKey {
			key := "NULLIF(f." + quote(KeyColumn(keyUse(r.factCube, t).Name)) + ", -1)"
			keys = append(keys, key)
			list = append(list, key+" AS "+quote(t.name))
			continue
		}
		list = append(list, t.again()+" AS "+quote(t.name))
	}
	list = append(list, "CAST(COALESCE(sum("+quote(FactsColumn)+"), 0) AS BIGINT) AS "+quote(FactsColumn))
	name, kind := "base", r.materialized()
	if shown {
		name, kind = "cells", ""
	}
	r.stage(name, kind+"(\n  SELECT "+strings.Join(list, listSep)+"\n  FROM "+quoteTable(s.cube.Table)+" AS f")
	for _, j := range s.joins {
		if len(j.where) > 0 {
			j.only(nil, j.where).write(&r.text, r.lang)
		}
	}
	r.where(s, nil)
	if len(keys) > 0 {
		r.text.add("\n  GROUP BY " + strings.Join(keys, ", "))
	}
	r.text.add("\n)")
	if shown {
		r.named(s)
	}
	r.leaves = true
	r.facts = `(SELECT CAST(COALESCE(sum(` + quote(FactsColumn) + `), 0) AS BIGINT) FROM "base")`
}

func (r *renderer) materialized() string {
	if r.once() {
		return ""
	}
	return "MATERIALIZED "
}

// countHere is the number of facts where the level itself can tell it.
func (r *renderer) countHere() []string {
	if !r.once() {
		return nil
	}
	r.facts = quote(FactsColumn)
	if len(r.groups) > 0 {
		r.facts = "(SELECT CAST(COALESCE(sum(" + quote(FactsColumn) + `), 0) AS BIGINT) FROM "levels")`
	}
	if r.rollup == nil {
		return []string{"count(*) AS " + quote(FactsColumn)}
	}
	return []string{"CAST(COALESCE(sum(" + quote(FactsColumn) + "), 0) AS BIGINT) AS " + quote(FactsColumn)}
}

// named joins the names of members to the cells.
func (r *renderer) named(s *source) {
	var list []string
	for _, f := range slices.Concat(r.rows, r.cols) {
		for _, c := range slices.Concat(f.groups(r.lang), f.carried(r.lang)) {
			list = append(list, quote(f.use.Name)+"."+quote(c.name))
		}
	}
	for _, t := range s.parts {
		list = append(list, "f."+quote(t.name))
	}
	list = append(list, "f."+quote(FactsColumn))
	r.stage("base", r.materialized()+"(\n  SELECT "+strings.Join(list, listSep)+"\n  FROM \"cells\" AS f")
	for _, j := range s.joins {
		if len(j.fields) > 0 {
			j.only(j.fields, nil).write(&r.text, r.lang)
		}
	}
	r.text.add("\n)")
}

// keyUse finds the dimension of the cube whose key a part counts.
func keyUse(c *cube.Cube, t *part) *cube.Use {
	for _, u := range c.Dimensions {
		if u.Key == t.measure.Column {
			return u
		}
	}
	return nil
}

// distinctAgain is the SQL that aggregates what a rollup keeps of a distinct
// count.
func (t *part) distinctAgain() string {
	column := quote(t.name)
	switch t.stored {
	case StoredBits:
		return "bit_or(" + column + ")"
	case StoredKey:
		return "count(DISTINCT " + column + ")"
	}
	return "CAST(COALESCE(sum(" + column + "), 0) AS BIGINT)"
}

// value is the SQL of the value of the part from its level.
func (t *part) value() string {
	if t.stored == StoredBits {
		return "CAST(COALESCE(bit_count(" + quote(t.name) + "), 0) AS BIGINT)"
	}
	return quote(t.name)
}
