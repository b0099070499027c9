package compile

import (
	"fmt"
	"slices"
	"strings"

	"verso/olap/cube"
)

// The SQL of facts as scopes show them, and of several cubes side by side.

// united reports whether the facts of the sources go through "streams".
func (r *renderer) united() bool { return r.clock != nil || len(r.sources) > 1 }

// spread writes the stages that put the facts of every source on the members
// of the date attributes, one column for each part: facts have no value for
// parts of other streams.
func (r *renderer) spread() {
	if !r.united() {
		return
	}
	combinations := 1
	if r.clock != nil {
		combinations = len(r.clock.levels)
	}
	for k := range combinations {
		var list []string
		for _, s := range r.sources {
			list = append(list, r.sourceStreams(s, k))
		}
		name := "streams"
		if r.clock != nil {
			name = r.at(name, k)
		}
		kept := "("
		if combinations > 1 && r.leaves {
			kept = "MATERIALIZED ("
		}
		r.stage(name, kept+"\n  "+strings.Join(list, "\n  UNION ALL\n  ")+"\n)")
	}
	r.counted = true
}

func (r *renderer) sourceStreams(s *source, k int) string {
	var list []string
	var dates []*field
	if r.clock != nil {
		dates = r.clock.levels[k]
	}
	for _, f := range slices.Concat(r.rows, r.cols) {
		groups, carried := columnsOf([]*field{f}, r.lang)
		for _, c := range slices.Concat(groups, carried) {
			switch {
			case r.clock == nil || f.use != r.clock.use:
				list = append(list, "s."+quote(c.name))
			case slices.Contains(dates, f):
				list = append(list, "m."+quote(c.name))
			}
		}
	}
	var streams []string
	for _, t := range r.parts {
		list = append(list, r.partOfStream(s, t)+" AS "+quote(t.name))
		if n := fmt.Sprint(t.stream.n); t.stream.home == s.cube && !slices.Contains(streams, n) {
			streams = append(streams, n)
		}
	}
	from := "base"
	if r.leaves {
		from = "leaf"
	}
	sql := "SELECT " + strings.Join(list, ", ") + "\n  FROM " + quote(from+s.name) + " AS s"
	if r.clock == nil {
		return sql
	}
	sql += " JOIN " + quote(r.at("days", k)) + ` AS m ON m."#day" = s."#day"`
	if len(streams) < len(r.streams) {
		sql += ` AND m."#stream" IN (` + strings.Join(streams, ", ") + ")"
	}
	return sql
}

// partOfStream is what a row of a source contributes to a part.
func (r *renderer) partOfStream(s *source, t *part) string {
	if t.stream.home != s.cube {
		return "NULL"
	}
	value := "s." + quote(t.measure.Name)
	switch {
	case t.extra != "":
		value = "m." + quote(t.extra)
	case !r.leaves && t.measure.Kind == cube.Count && t.input() == "":
		value = "1"
	}
	if len(r.streams) == 1 || r.clock == nil {
		return value
	}
	return fmt.Sprintf(`CASE WHEN m."#stream" = %d THEN %s END`, t.stream.n, value)
}

// sourceAt is the stage that holds the facts by the date attributes among
// fields.
func (r *renderer) sourceAt(fields []*field) string {
	if r.clock == nil {
		return r.source
	}
	stage := "streams"
	if r.also != nil {
		stage = "with calculated"
	}
	return quote(r.at(stage, r.clock.at(fields)))
}

// factCount is the SQL of the number of facts shown.
func (r *renderer) factCount() string {
	if r.facts != "" {
		return r.facts
	}
	var list []string
	for _, s := range r.sources {
		if s.plan {
			continue
		}
		where := ""
		if r.clock != nil {
			where = ` WHERE "#day" IN (SELECT "#day" FROM "shown")`
		}
		sql := "(SELECT count(*) FROM " + quote("base"+s.name) + where + ")"
		if r.leaves {
			sql = `(SELECT CAST(COALESCE(sum("#n"), 0) AS BIGINT) FROM ` + quote("leaf"+s.name) + where + ")"
		}
		list = append(list, sql)
	}
	if len(list) == 0 {
		return "0"
	}
	return strings.Join(list, " + ")
}

// splitLevels computes levels whose date attributes differ, each from the stage
// that holds the facts by these.
func (r *renderer) splitLevels() {
	var list []string
	for _, l := range r.levels {
		fields := r.levelFields(l)
		if r.top == nil || l.rows <= r.top.at {
			list = append(list, r.oneLevel(fields, l.rows, r.sourceAt(fields), "NULL", "NULL", ""))
			continue
		}
		list = append(list, r.oneLevel(fields, l.rows, r.placedAt(fields), "0", `min("#rank")`, ` WHERE "#other" = 0`))
		if r.top.others && l.rows == len(r.rows) {
			rest := r.restFields(l)
			list = append(list, r.oneLevel(rest, r.top.at, r.placedAt(rest), "1", "NULL", ` WHERE "#other" = 1`))
		}
	}
	kind := ""
	if len(r.having) > 0 {
		kind = "MATERIALIZED "
	}
	r.stage("levels", kind+"(\n  "+strings.Join(list, "\n  UNION ALL\n  ")+"\n)")
}

// oneLevel is one level: the fields given, the first of them rows. The rest
// behind a ranking stands for no members, at the level of its rows.
func (r *renderer) oneLevel(fields []*field, rows int, source, other, rank, where string) string {
	groups, _ := columnsOf(fields, r.lang)
	var list []string
	for _, of := range []bool{true, false} {
		for _, f := range slices.Concat(r.rows, r.cols) {
			g, c := columnsOf([]*field{f}, r.lang)
			given, columns := names(g), g
			if !of {
				given, columns = least(c), c
			}
			if !slices.Contains(fields, f) {
				given = nil
				for _, x := range columns {
					given = append(given, "NULL AS "+quote(x.name))
				}
			}
			list = append(list, given...)
		}
	}
	list = append(list, r.aggregates(r.parts)...)
	level := rows
	if other == "1" {
		level = len(r.rows)
	}
	list = append(list, fmt.Sprintf(`%d AS "#rows"`, level), fmt.Sprintf(`%d AS "#columns"`, len(fields)-rows))
	if r.top != nil {
		list = append(list, other+` AS "#other"`, "CAST("+rank+` AS BIGINT) AS "#rank"`)
	}
	if r.also != nil {
		list, groups = append(list, `"#calculated"`), append(groups, column{name: "#calculated"})
	}
	having := ""
	if len(groups) == 0 && (rows > 0 || other == "1") {
		having = " HAVING count(*) > 0"
	}
	return "SELECT " + strings.Join(list, ", ") + " FROM " + source + where + r.groupBy(groups) + having
}

// restFields are the attributes that the rest behind a ranking has at a level:
// the parents and the columns.
func (p *plan) restFields(l level) []*field {
	return append(slices.Clone(p.rows[:p.top.at]), p.cols[:l.cols]...)
}

// placeAll ranks, and places the facts of every combination of date attributes
// that has the members ranked.
func (r *renderer) placeAll() {
	source := r.source
	groups := r.ranking()
	all := slices.Concat(r.rows, r.cols)
	if r.clock == nil {
		r.place("placed", source, all, groups)
		return
	}
	for k := range r.clock.levels {
		if ranked := r.rows[:r.top.at+1]; len(r.clock.held(k, ranked)) == len(ranked) {
			r.place(r.at("placed", k), quote(r.at("streams", k)), r.clock.held(k, all), groups)
		}
	}
}

// placedAt is the stage of ranked facts by the date attributes among fields.
func (r *renderer) placedAt(fields []*field) string {
	return quote(r.at("placed", r.clock.at(fields)))
}
