package compile

import (
	"fmt"
	"slices"
	"strings"
)

// maxTop bounds the members of a ranking.
const maxTop = 10_000

// ranking keeps the first n members, or n per cent of the members, of a row
// attribute, within each combination of the row attributes before it.
type ranking struct {
	at      int // position of the attribute on the rows
	n       int
	percent bool
	by      *asked
	others  bool
	bottom  bool
}

// bindTop checks the ranking. Members are ranked over everything the filters
// keep, all columns together; equal members by their order; members without a
// value last.
func (p *plan) bindTop() error {
	t := p.query.Top
	if t == nil {
		return nil
	}
	switch {
	case len(p.rows) == 0:
		return refuse("top", "", "a ranking needs an attribute on the rows")
	case t.Percent && (t.N < 1 || t.N > 100):
		return refuse("top", "", "n is %d per cent; want 1 to 100", t.N)
	case t.N < 1 || t.N > maxTop:
		return refuse("top", "", "n is %d; want 1 to %d", t.N, maxTop)
	}
	at := 0
	if t.Field != "" {
		f, err := p.field("top", t.Field)
		if err != nil {
			return err
		}
		if at = slices.IndexFunc(p.rows, func(r *field) bool { return r.name == f.name }); at < 0 {
			var known []string
			for _, r := range p.rows {
				known = append(known, r.name)
			}
			return refuse("top", t.Field, "%s is not on the rows; rank one of %s", f.name, strings.Join(known, ", "))
		}
	}
	by, err := p.plainRef("top", t.By)
	if err != nil {
		return err
	}
	p.top = &ranking{at: at, n: t.N, percent: t.Percent, by: by, others: t.Others, bottom: t.Bottom}
	return nil
}

func (p *plan) showTop() string {
	if p.top == nil {
		return ""
	}
	which, rest := "largest", "the rest left out of the rows"
	if p.top.bottom {
		which = "smallest"
	}
	if p.top.others {
		rest = "the rest in one row of its own"
	}
	n, within := fmt.Sprint(p.top.n), ""
	if p.top.percent {
		n += "% of the"
	}
	if p.top.at > 0 {
		var parents []string
		for _, f := range p.rows[:p.top.at] {
			parents = append(parents, f.name)
		}
		within = " within each " + strings.Join(parents, ", ")
	}
	return fmt.Sprintf("%s members of %s with the %s %s%s; %s", n, p.rows[p.top.at].name, which, p.top.by.ref, within, rest)
}

// ranking finds the members to keep ("kept") and returns the columns that tell
// them apart.
func (r *renderer) ranking() []column {
	source, ranked := r.sourceAt(r.rows[:r.top.at+1]), r.rows[r.top.at]
	var parents, groups, carried []column
	for _, f := range r.rows[:r.top.at] {
		parents = append(parents, f.groups(r.lang)...)
		carried = append(carried, f.carried(r.lang)...)
	}
	groups = append(slices.Clone(parents), ranked.groups(r.lang)...)
	carried = append(carried, ranked.carried(r.lang)...)
	list := slices.Concat(names(groups), least(carried), r.aggregates(r.partsOf(r.top.by)))
	where := ""
	if len(ranked.attr.Hide) > 0 {
		where = "\n  WHERE NOT " + r.isHidden(ranked, source)
	}
	r.stage("members", "(\n  SELECT "+strings.Join(list, listSep)+"\n  FROM "+source+where+r.groupBy(groups)+"\n)")

	direction, partition := " DESC", ""
	if r.top.bottom {
		direction = ""
	}
	if len(parents) > 0 {
		partition = "PARTITION BY " + strings.Join(names(parents), ", ") + " "
	}
	order := append([]string{r.value(r.top.by) + direction + " NULLS LAST"}, ranked.order(r.lang)...)
	list = append(append(names(groups), names(carried)...), "row_number() OVER ("+partition+"ORDER BY "+strings.Join(order, ", ")+`) AS "#rank"`)
	within := `"#rank" <= ?`
	if r.top.percent {
		list = append(list, of("count(*)", parents, r.source)+` AS "#of"`)
		within = `"#rank" * 100 < "#of" * ? + 100`
	}
	r.stage("ranked", "(\n  SELECT "+strings.Join(list, listSep)+"\n  FROM "+r.source+"\n)")
	r.stage("kept", `(SELECT * FROM "ranked" WHERE `+within+")")
	r.text.args = append(r.text.args, r.top.n)
	return groups
}

// place marks what is not among the members kept as other: the group columns
// of its rows are emptied from the ranked attribute on, so that it falls into one
// group for each parent.
func (r *renderer) place(name, source string, fields []*field, groups []column) {
	list := []string{`CASE WHEN t."#rank" IS NULL THEN 1 ELSE 0 END AS "#other"`, `t."#rank" AS "#rank"`}
	for i, f := range slices.Concat(r.rows, r.cols) {
		if !slices.Contains(fields, f) {
			continue
		}
		for _, c := range slices.Concat(f.groups(r.lang), f.carried(r.lang)) {
			switch {
			case i < r.top.at || i >= len(r.rows):
				list = append(list, "s."+quote(c.name)+" AS "+quote(c.name))
			case i == r.top.at:
				list = append(list, "t."+quote(c.name))
			default:
				list = append(list, `CASE WHEN t."#rank" IS NOT NULL THEN s.`+quote(c.name)+" END AS "+quote(c.name))
			}
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
	r.stage(name, "(\n  SELECT "+strings.Join(list, listSep)+"\n  FROM "+source+` AS s LEFT JOIN "kept" AS t ON `+strings.Join(on, " AND ")+"\n)")
}

// keep are the conditions on the levels that leave out what a ranking leaves
// over: the rest's rows where they are not asked for, and all but one of the
// levels at which they appear.
func (r *renderer) keep() []string {
	list := r.keepMembers(r.source)
	switch {
	case r.top == nil:
		return list
	case !r.top.others:
		return append(list, fmt.Sprintf(`("#rows" <= %d OR "#other" = 0)`, r.top.at))
	}
	return append(list, fmt.Sprintf(`("#rows" <= %d OR "#other" = 0 OR "#rows" = %d)`, r.top.at, len(r.rows)))
}
