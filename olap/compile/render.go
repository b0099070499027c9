package compile

import (
	"fmt"
	"slices"
	"strings"
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
	facts   string // SQL of the number of facts
	inSets  int    // conditions of named sets written
}

func (p *plan) render() (*Compiled, error) {
	r := &renderer{plan: p}
	if err := r.prepare(); err != nil {
		return nil, err
	}
	for _, f := range slices.Concat(p.rows, p.cols) {
		r.groups = append(r.groups, f.groups(p.lang)...)
		r.carried = append(r.carried, f.carried(p.lang)...)
	}
	r.base()
	r.leaf()
	if p.top != nil {
		r.ranking()
	}
	r.addCalculated()
	r.allLevels()
	return r.finish()
}

// stage adds a stage; body may have parameters, args.
func (r *renderer) stage(name, body string, args ...any) {
	lead := ",\n"
	if r.text.Len() == 0 {
		lead = "WITH "
		if r.recursive() {
			lead = "WITH RECURSIVE "
		}
	}
	r.text.add(lead+quote(name)+" AS "+body, args...)
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
func (r *renderer) base() {
	var list []string
	for _, f := range slices.Concat(r.rows, r.cols) {
		for _, c := range slices.Concat(f.groups(r.lang), f.carried(r.lang)) {
			list = append(list, quote(f.use.Name)+"."+quote(c.name))
		}
	}
	for _, t := range r.parts {
		if in := t.input(); in != "" {
			list = append(list, in+" AS "+quote(t.name))
		}
	}
	if len(list) == 0 {
		list = []string{`1 AS "#fact"`}
	}
	r.stage("base", "(\n  SELECT "+strings.Join(list, listSep)+"\n  FROM "+quoteTable(r.cube.Table)+" AS f")
	for _, j := range r.joins {
		j.write(&r.text, r.lang)
	}
	r.where()
	r.text.add("\n)")
	r.facts = `(SELECT count(*) FROM "base")`
}

func (r *renderer) where() {
	lead := "\n  WHERE "
	if p := r.period; p != nil {
		key := "f." + quote(p.use.Key)
		r.text.add(lead+key+" >= ?", max(p.from, 1))
		lead = "\n    AND "
		if p.to != 0 {
			r.text.add(lead+key+" <= ?", p.to)
		}
	}
	for _, j := range r.joins {
		for _, c := range j.conditions() {
			r.text.add(lead + c)
			lead = "\n    AND "
		}
	}
	for _, g := range r.grouped {
		r.text.add(lead)
		lead = "\n    AND "
		g.write(&r.text, func(c *condition) {
			for _, j := range r.joins {
				if j.use == c.field.use {
					r.text.add(j.condition(c))
				}
			}
		})
	}
}

// leaf aggregates once at the finest level, where coarser levels follow from
// it.
func (r *renderer) leaf() {
	if !r.additive {
		return
	}
	list := append(names(r.groups), least(r.carried)...)
	list = append(list, r.aggregates(r.parts)...)
	list = append(list, `count(*) AS "#n"`)
	r.stage("leaf", "MATERIALIZED (\n  SELECT "+strings.Join(list, listSep)+"\n  FROM "+r.source+r.groupBy(r.groups)+"\n)")
	r.leaves = true
	r.facts = `(SELECT CAST(COALESCE(sum("#n"), 0) AS BIGINT) FROM "leaf")`
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
		if r.leaves {
			sql = t.again()
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
	source := r.source
	list := slices.Concat(names(groups), least(carried), r.aggregates(r.partsOf(r.top.by)))
	where := ""
	if len(first.attr.Hide) > 0 {
		where = "\n  WHERE NOT " + r.isHidden(first, source)
	}
	r.stage("members", "(\n  SELECT "+strings.Join(list, listSep)+"\n  FROM "+source+where+r.groupBy(groups)+"\n)")
	direction := " DESC"
	if r.top.bottom {
		direction = ""
	}
	order := append([]string{r.value(r.top.by) + direction + " NULLS LAST"}, first.order()...)
	list = append(append(names(groups), names(carried)...), "row_number() OVER (ORDER BY "+strings.Join(order, ", ")+`) AS "#rank"`)
	r.stage("ranked", "(\n  SELECT "+strings.Join(list, listSep)+"\n  FROM "+r.source+"\n)")

	list = []string{`CASE WHEN t."#rank" IS NULL THEN 1 ELSE 0 END AS "#other"`, `t."#rank" AS "#rank"`}
	for _, c := range slices.Concat(groups, carried) {
		list = append(list, "t."+quote(c.name))
	}
	for _, f := range r.rows[1:] {
		for _, c := range slices.Concat(f.groups(r.lang), f.carried(r.lang)) {
			list = append(list, `CASE WHEN t."#rank" IS NOT NULL THEN s.`+quote(c.name)+" END AS "+quote(c.name))
		}
	}
	for _, f := range r.cols {
		for _, c := range slices.Concat(f.groups(r.lang), f.carried(r.lang)) {
			list = append(list, "s."+quote(c.name)+" AS "+quote(c.name))
		}
	}
	for _, t := range r.parts {
		if r.leaves || t.input() != "" {
			list = append(list, "s."+quote(t.name)+" AS "+quote(t.name))
		}
	}
	var on []string
	for _, c := range groups {
		on = append(on, "t."+quote(c.name)+" IS NOT DISTINCT FROM s."+quote(c.name))
	}
	kept := strings.Join(append(append(names(groups), names(carried)...), `"#rank"`), ", ")
	r.stage("placed", "(\n  SELECT "+strings.Join(list, listSep)+"\n  FROM "+source+
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
	if r.also != nil {
		set = append(set, `"#calculated"`)
	}
	for _, f := range r.levelFields(l) {
		set = append(set, names(f.groups(r.lang))...)
	}
	return set
}

// keep leaves out what a ranking leaves over: the rest's rows where it is not
// asked for, and all but one of the levels at which it appears; and what
// calculated and hidden members do.
func (r *renderer) keep() string {
	list := r.keepMembers()
	switch {
	case r.top == nil:
	case !r.top.others:
		list = append(list, `("#rows" = 0 OR "#other" = 0)`)
	default:
		list = append(list, fmt.Sprintf(`("#rows" = 0 OR "#other" = 0 OR "#rows" = %d)`, len(r.rows)))
	}
	if len(list) == 0 {
		return ""
	}
	if only := len(list) == 1 && r.top != nil; only {
		list[0] = strings.TrimSuffix(strings.TrimPrefix(list[0], "("), ")")
	}
	return "\nWHERE " + strings.Join(list, "\n  AND ")
}
