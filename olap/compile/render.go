package compile

import (
	"fmt"
	"slices"
	"strings"
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
	facts   string   // SQL of the number of facts
	extra   []string // further columns of "base"
	inSets  int      // conditions of named sets written
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
	if r.rollup != nil {
		r.rolled()
	} else {
		r.base()
		r.leaf()
	}
	if p.top != nil {
		source := r.source
		r.place(source, r.ranking())
	}
	r.addCalculated()
	r.allLevels()
	r.test()
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
	list = append(list, r.extra...)
	if len(list) == 0 {
		list = []string{`1 AS "#fact"`}
	}
	r.stage("base", "(\n  SELECT "+strings.Join(list, listSep)+"\n  FROM "+quoteTable(r.cube.Table)+" AS f")
	onKeys := r.keyConditions()
	for _, j := range r.joins {
		j.write(&r.text, r.lang)
	}
	r.where(onKeys)
	r.text.add("\n)")
	r.facts = `(SELECT count(*) FROM "base")`
}

func (r *renderer) where(onKeys []*condition) {
	lead := "\n  WHERE "
	if p := r.period; p != nil {
		key := "f." + quote(p.use.Key)
		r.text.add(lead+key+" >= ?", max(p.from, 1))
		lead = "\n    AND "
		if p.to != 0 {
			r.text.add(lead+key+" <= ?", p.to)
		}
	}
	for _, c := range onKeys {
		key := "f." + quote(c.field.use.Key)
		r.text.add(lead)
		c.writePlain(&r.text, key, key)
		lead = "\n    AND "
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

// oneLevel reports whether facts are aggregated only once anyway, each in one
// group.
func (r *renderer) oneLevel() bool {
	return len(r.levels) == 1 && r.top == nil && r.also == nil && r.rollup == nil
}

// leaf aggregates once at the finest level, where coarser levels follow from
// it.
func (r *renderer) leaf() {
	if !r.additive || r.oneLevel() {
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
	if r.oneLevel() {
		list = append(list, `CAST(sum(count(*)) OVER () AS BIGINT) AS "#facts"`)
		r.facts = `"#facts"`
	}
	kind := ""
	if len(r.having) > 0 {
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
