package compile

import (
	"fmt"
	"slices"
	"strings"

	"verso/olap/cube"
)

// renderer writes a plan as one statement of named stages: the facts with the
// columns that are needed ("base"), the finest groups where everything adds up
// ("leaf"), the ranking ("members", "ranked", "kept", "placed"), the groups of
// every level ("levels") and the conditions on them ("tested", "held", "answer").
type renderer struct {
	*plan
	text    sqlText
	groups  []column // of all axes
	carried []column
	source  string   // the stage that the next one reads
	leaves  bool     // source holds aggregates of groups, not facts
	counted bool     // source has a column for every part, counts of facts too
	reach   string   // SQL of the days whose facts some stream shows
	extra   []string // further columns of "base"
	inSets  int      // conditions of named sets written
	facts   string   // SQL of the number of facts, where a stage tells it
	bare    bool     // nothing is worked out before the facts are read
}

func (p *plan) render() (*Compiled, error) {
	r := &renderer{plan: p}
	if err := r.prepare(); err != nil {
		return nil, err
	}
	for _, f := range p.axes() {
		r.groups = append(r.groups, f.groups(p.lang)...)
		r.carried = append(r.carried, f.carried(p.lang)...)
	}
	if p.clock != nil {
		r.days()
	}
	r.bare = r.text.Len() == 0
	for _, s := range p.sources {
		if r.rollup != nil {
			r.rolled(s)
			continue
		}
		r.base(s)
		r.leaf(s)
	}
	r.spread()
	if p.top != nil {
		r.placeAll()
	}
	r.addCalculated()
	if p.clock != nil && len(p.clock.levels) > 1 {
		r.splitLevels()
	} else {
		r.allLevels()
	}
	r.test()
	return r.finish()
}

// stage adds a stage; body may have parameters, args.
func (r *renderer) stage(name, body string, args ...any) {
	lead := ",\n"
	if r.text.Len() == 0 {
		lead = "WITH "
	}
	r.text.add(lead+quote(name)+" AS "+body, args...)
	r.source = quote(name)
}

// climb adds a stage that reads itself. RECURSIVE stands inside it: beside it,
// every union of the statement would count as recursive, whose columns have the
// types of its first part, so that amounts beside NULL became whole numbers.
func (r *renderer) climb(name, body string, args ...any) {
	r.stage(name, "(\n  WITH RECURSIVE "+quote(name)+" AS "+body+"\n  SELECT * FROM "+quote(name)+"\n)", args...)
}

func names(columns []column) (list []string) {
	for _, c := range columns {
		list = append(list, quote(c.name))
	}
	return list
}

// least carries columns that are the same within a group. Where that is not
// sure, because the dimension's key is not in the group, the least value makes
// the answer independent of chance.
func least(columns []column) (list []string) {
	for _, c := range columns {
		function := "min"
		if c.any {
			function = "any_value"
		}
		list = append(list, function+"("+quote(c.name)+") AS "+quote(c.name))
	}
	return list
}

const listSep = ",\n  "

// base selects the facts that the filters keep.
func (r *renderer) base(s *source) {
	var list []string
	for _, f := range slices.Concat(r.rows, r.cols) {
		if r.onClock(f) {
			continue
		}
		for _, c := range slices.Concat(f.groups(r.lang), f.carried(r.lang)) {
			list = append(list, quote(f.use.Name)+"."+quote(c.name))
		}
	}
	if r.clock != nil {
		list = append(list, "f."+quote(s.cube.Use(r.clock.use.Name).Key)+` AS "#day"`)
	}
	for _, t := range s.parts {
		if in := t.input(); in != "" {
			list = append(list, in+" AS "+quote(t.name))
		}
	}
	list = append(list, r.extra...)
	if len(list) == 0 {
		list = []string{`1 AS "#fact"`}
	}
	r.stage("base"+s.name, "(\n  SELECT "+strings.Join(list, listSep)+"\n  FROM "+quoteTable(s.cube.Table)+" AS f")
	onKeys := s.keyConditions()
	for _, j := range s.joins {
		j.write(&r.text, r.lang)
	}
	r.where(s, onKeys)
	r.text.add("\n)")
}

// onDay is the condition that the day of a fact is one of the calendar: a fact
// on another day is of no known day, and in no range of time.
func onDay(key string, use *cube.Use) string {
	return key + " IN (SELECT d." + quote(use.Of.Key) + " FROM " + quoteTable(use.Of.Table) + " AS d)"
}

// onClock reports whether an attribute is of the dimension that scopes act on:
// facts get it with the days on which they are shown.
func (p *plan) onClock(f *field) bool { return p.clock != nil && f.use == p.clock.use }

func (r *renderer) where(s *source, onKeys []*condition) {
	lead := "\n  WHERE "
	if c := r.clock; c != nil {
		key := "f." + quote(s.cube.Use(c.use.Name).Key)
		r.text.add(lead + key + " IN (" + r.reach + ")")
		lead = "\n    AND "
		// The same, more loosely, so that blocks of other days are not read.
		if first := r.earliest(); first != 0 {
			r.text.add(lead+key+" >= ?", first)
		}
		if c.to != 0 {
			r.text.add(lead+key+" <= ?", c.to)
		}
	} else if p := r.period; p != nil {
		key := "f." + quote(s.cube.Use(p.use.Name).Key)
		r.text.add(lead+key+" >= ?", max(p.from, 1))
		lead = "\n    AND "
		if p.to != 0 {
			r.text.add(lead+key+" <= ?", p.to)
		}
		if r.rollup == nil && !r.complete[p.use.Name] {
			r.text.add(lead + onDay(key, p.use))
		}
	}
	for _, c := range onKeys {
		key := "f." + quote(c.field.use.Key)
		r.text.add(lead)
		c.writePlain(&r.text, key, key)
		lead = "\n    AND "
	}
	for _, j := range s.joins {
		for _, c := range j.conditions() {
			r.text.add(lead + c)
			lead = "\n    AND "
		}
	}
	for _, g := range r.grouped {
		if r.onClock(g.field()) {
			continue
		}
		r.text.add(lead)
		lead = "\n    AND "
		g.write(&r.text, func(c *condition) {
			for _, j := range s.joins {
				if j.use.Name == c.field.use.Name {
					r.text.add(j.condition(c))
				}
			}
		})
	}
}

// once reports whether facts are aggregated only once anyway, each in one group.
func (r *renderer) once() bool {
	return len(r.levels) == 1 && r.top == nil && r.also == nil && !r.united()
}

// leaf aggregates once at the finest level, where coarser levels follow from
// it.
func (r *renderer) leaf(s *source) {
	if !r.additive || r.once() {
		return
	}
	var fields []*field
	for _, f := range slices.Concat(r.rows, r.cols) {
		if !r.onClock(f) {
			fields = append(fields, f)
		}
	}
	groups, carried := columnsOf(fields, r.lang)
	if r.clock != nil {
		groups = append(groups, column{name: "#day"})
	}
	list := append(names(groups), least(carried)...)
	r.leaves = false
	list = append(list, r.aggregates(s.parts)...)
	list = append(list, `count(*) AS "#n"`)
	r.stage("leaf"+s.name, "MATERIALIZED (\n  SELECT "+strings.Join(list, listSep)+"\n  FROM "+r.source+r.groupBy(groups)+"\n)")
	r.leaves = true
}

func (r *renderer) groupBy(groups []column) string {
	if len(groups) == 0 {
		return ""
	}
	return "\n  GROUP BY " + strings.Join(names(groups), ", ")
}

// aggregates is parts computed from the source stage.
func (r *renderer) aggregates(parts []*part) (list []string) {
	for _, t := range parts {
		sql := t.aggregate()
		switch {
		case t.extra != "":
			sql = "max(" + quote(t.name) + ")"
		case r.leaves:
			sql = t.again()
		case r.counted && t.measure.Kind == cube.Count:
			sql = "count(" + quote(t.name) + ")"
		}
		list = append(list, sql+" AS "+quote(t.name))
	}
	return list
}

// allLevels computes every level that is asked for from the source stage.
func (r *renderer) allLevels() {
	list := append(names(r.groups), least(r.carried)...)
	list = append(list, r.aggregates(r.parts)...)
	rowLevel, colLevel := fmt.Sprint(len(r.rows)), fmt.Sprint(len(r.cols))
	groups := r.groups
	if r.also != nil {
		groups = append(slices.Clone(groups), column{name: "#calculated"})
		list = append(list, `"#calculated"`)
	}
	group := r.groupBy(groups)
	if len(r.levels) > 1 || r.top != nil {
		for _, f := range r.rows {
			rowLevel += " - GROUPING(" + quote(f.groups(r.lang)[0].name) + ")"
		}
		for _, f := range r.cols {
			colLevel += " - GROUPING(" + quote(f.groups(r.lang)[0].name) + ")"
		}
		var sets []string
		for _, l := range r.levels {
			sets = append(sets, "("+strings.Join(r.groupingSet(l, r.top != nil && l.rows > r.top.at), ", ")+")")
		}
		group = "\n  GROUP BY GROUPING SETS (\n    " + strings.Join(sets, ",\n    ") + ")"
	}
	list = append(list, "CAST("+rowLevel+` AS INTEGER) AS "#rows"`, "CAST("+colLevel+` AS INTEGER) AS "#columns"`)
	if r.top != nil {
		list = append(list, `"#other"`, `min("#rank") AS "#rank"`)
	}
	list = append(list, r.countHere()...)
	kind := ""
	if len(r.having) > 0 || r.once() && len(r.groups) > 0 { // read twice
		kind = "MATERIALIZED "
	}
	r.stage("levels", kind+"(\n  SELECT "+strings.Join(list, listSep)+"\n  FROM "+r.source+group+"\n)")
}

// groupingSet are the columns given at a level; other keeps the rest of a
// ranking apart.
func (r *renderer) groupingSet(l level, other bool) (set []string) {
	if other {
		set = append(set, `"#other"`)
	}
	if r.also != nil {
		set = append(set, `"#calculated"`)
	}
	for _, f := range r.levelFields(l) {
		set = append(set, names(f.groups(r.lang))...)
	}
	return set
}
