package compile

import (
	"fmt"
	"slices"
	"strings"

	"verso/olap/cube"
)

// renderer writes a plan as one statement of named stages: the facts with the
// columns that are needed ("base"), the finest groups where everything adds up
// ("leaf"), the ranking ("members", "ranked", "placed") and the groups of every
// level ("levels").
type renderer struct {
	*plan
	text    sqlText
	groups  []column // of all axes
	carried []column
	source  string // the stage that the next one reads
	leaves  bool   // source holds aggregates of groups, not facts
	counted bool   // source has a column for every part, counts of facts too
	reach   string // SQL of the days whose facts some stream shows
}

func (p *plan) render() *Compiled {
	r := &renderer{plan: p}
	for _, f := range slices.Concat(p.rows, p.cols) {
		r.groups = append(r.groups, f.groups(p.lang)...)
		r.carried = append(r.carried, f.carried(p.lang)...)
	}
	if p.clock != nil {
		r.days()
	}
	for _, s := range p.sources {
		r.base(s)
		r.leaf(s)
	}
	r.spread()
	if p.top != nil {
		r.ranking()
	}
	if p.clock != nil && len(p.clock.levels) > 1 {
		r.splitLevels()
	} else {
		r.allLevels()
	}
	return r.finish()
}

func (r *renderer) stage(name, body string) {
	lead := ",\n"
	if r.source == "" {
		lead = "WITH "
	}
	r.text.add(lead + quote(name) + " AS " + body)
	r.source = quote(name)
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
	if len(list) == 0 {
		list = []string{`1 AS "#fact"`}
	}
	r.stage("base"+s.name, "(\n  SELECT "+strings.Join(list, listSep)+"\n  FROM "+quoteTable(s.cube.Table)+" AS f")
	for _, j := range s.joins {
		j.write(&r.text, r.lang)
	}
	r.where(s)
	r.text.add("\n)")
}

// onClock reports whether an attribute is of the dimension that scopes act on:
// facts get it with the days on which they are shown.
func (p *plan) onClock(f *field) bool { return p.clock != nil && f.use == p.clock.use }

func (r *renderer) where(s *source) {
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
	}
	for _, j := range s.joins {
		for _, c := range j.conditions() {
			r.text.add(lead + c)
			lead = "\n    AND "
		}
	}
}

// leaf aggregates once at the finest level, where coarser levels follow from
// it.
func (r *renderer) leaf(s *source) {
	if !r.additive {
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

// ranking marks what is not among the first members as other: the group
// columns of its rows are emptied, so that it falls into one group.
func (r *renderer) ranking() {
	first := r.rows[0]
	groups, carried := first.groups(r.lang), first.carried(r.lang)
	source := r.sourceAt(r.rows[:1])
	list := slices.Concat(names(groups), least(carried), r.aggregates(r.partsOf(r.top.by)))
	r.stage("members", "(\n  SELECT "+strings.Join(list, listSep)+"\n  FROM "+source+r.groupBy(groups)+"\n)")
	direction := " DESC"
	if r.top.bottom {
		direction = ""
	}
	order := append([]string{r.value(r.top.by) + direction + " NULLS LAST"}, first.order()...)
	list = append(append(names(groups), names(carried)...), "row_number() OVER (ORDER BY "+strings.Join(order, ", ")+`) AS "#rank"`)
	r.stage("ranked", "(\n  SELECT "+strings.Join(list, listSep)+"\n  FROM "+r.source+"\n)")
	if r.clock == nil {
		r.placed("placed", source, slices.Concat(r.rows, r.cols))
		return
	}
	for k, dates := range r.clock.levels {
		if r.onClock(first) && !slices.Contains(dates, first) {
			continue // without the members ranked there is nothing to place
		}
		var fields []*field
		for _, f := range slices.Concat(r.rows, r.cols) {
			if !r.onClock(f) || slices.Contains(dates, f) {
				fields = append(fields, f)
			}
		}
		r.placed(r.at("placed", k), quote(r.at("streams", k)), fields)
	}
}

// placed marks the facts of a stage, which has these fields.
func (r *renderer) placed(name, source string, fields []*field) {
	groups, carried := columnsOf(r.rows[:1], r.lang)
	list := []string{`CASE WHEN t."#rank" IS NULL THEN 1 ELSE 0 END AS "#other"`, `t."#rank" AS "#rank"`}
	for _, c := range slices.Concat(groups, carried) {
		list = append(list, "t."+quote(c.name))
	}
	for _, f := range fields {
		if f == r.rows[0] {
			continue
		}
		for _, c := range slices.Concat(f.groups(r.lang), f.carried(r.lang)) {
			value := "s." + quote(c.name)
			if slices.Contains(r.rows, f) {
				value = `CASE WHEN t."#rank" IS NOT NULL THEN ` + value + " END"
			}
			list = append(list, value+" AS "+quote(c.name))
		}
	}
	for _, t := range r.parts {
		if r.leaves || r.counted || t.input() != "" {
			list = append(list, "s."+quote(t.name)+" AS "+quote(t.name))
		}
	}
	var on []string
	for _, c := range groups {
		on = append(on, "t."+quote(c.name)+" IS NOT DISTINCT FROM s."+quote(c.name))
	}
	kept := strings.Join(append(append(names(groups), names(carried)...), `"#rank"`), ", ")
	r.stage(name, "(\n  SELECT "+strings.Join(list, listSep)+"\n  FROM "+source+
		" AS s LEFT JOIN (SELECT "+kept+` FROM "ranked" WHERE "#rank" <= ?) AS t ON `+strings.Join(on, " AND ")+"\n)")
	r.text.args = append(r.text.args, r.top.n)
}

// allLevels computes every level that is asked for from the source stage.
func (r *renderer) allLevels() {
	list := append(names(r.groups), least(r.carried)...)
	list = append(list, r.aggregates(r.parts)...)
	rowLevel, colLevel := fmt.Sprint(r.levels[0].rows), "0"
	if len(r.cols) > 0 {
		colLevel = fmt.Sprint(len(r.cols))
	}
	group := r.groupBy(r.groups)
	if len(r.levels) > 1 || r.top != nil {
		for _, f := range r.rows {
			rowLevel += " - GROUPING(" + quote(f.groups(r.lang)[0].name) + ")"
		}
		for _, f := range r.cols {
			colLevel += " - GROUPING(" + quote(f.groups(r.lang)[0].name) + ")"
		}
		var sets []string
		for _, l := range r.levels {
			sets = append(sets, "("+strings.Join(r.groupingSet(l), ", ")+")")
		}
		group = "\n  GROUP BY GROUPING SETS (\n    " + strings.Join(sets, ",\n    ") + ")"
	}
	list = append(list, "CAST("+rowLevel+` AS INTEGER) AS "#rows"`, "CAST("+colLevel+` AS INTEGER) AS "#columns"`)
	if r.top != nil {
		list = append(list, `"#other"`, `min("#rank") AS "#rank"`)
	}
	r.stage("levels", "(\n  SELECT "+strings.Join(list, listSep)+"\n  FROM "+r.source+group+"\n)")
}

func (r *renderer) groupingSet(l level) (set []string) {
	if r.top != nil && l.rows > 0 {
		set = append(set, `"#other"`)
	}
	for _, f := range r.levelFields(l) {
		set = append(set, names(f.groups(r.lang))...)
	}
	return set
}

// keep leaves out what a ranking leaves over: the rest's rows where it is not
// asked for, and all but one of the levels at which it appears.
func (r *renderer) keep() string {
	switch {
	case r.top == nil:
		return ""
	case !r.top.others:
		return "\nWHERE \"#rows\" = 0 OR \"#other\" = 0"
	}
	return fmt.Sprintf("\nWHERE \"#rows\" = 0 OR \"#other\" = 0 OR \"#rows\" = %d", len(r.rows))
}
