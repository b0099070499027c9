package compile

import (
	"fmt"
	"slices"
	"strings"

	"verso/olap/cube"
)

// The SQL of days. "shown" is the days shown, with the date members they belong
// to; "calendar" every day, with the starts of the periods it lies in; "days"
// says for each stream on which date members the facts of a day are shown.

// forward is the day on which a fact of a day is shown. Months are clipped: the
// 31st falls on the last day of a shorter month, 29 February on the 28th.
func forward(s cube.Shift, day string) string {
	if s.Months > 0 {
		return fmt.Sprintf("CAST(%s + INTERVAL %d MONTH AS DATE)", day, s.Months)
	}
	return fmt.Sprintf("CAST(%s + INTERVAL %d DAY AS DATE)", day, s.Days)
}

// back is the last day whose facts are shown on a day or before it: the end of
// a month moves to the end of a month.
func back(s cube.Shift, day string) string {
	switch {
	case s.Months > 0:
		moved := fmt.Sprintf("CAST(%s - INTERVAL %d MONTH AS DATE)", day, s.Months)
		return "CASE WHEN " + day + " = last_day(" + day + ") THEN last_day(" + moved + ") ELSE " + moved + " END"
	case s.Days > 0:
		return fmt.Sprintf("CAST(%s - INTERVAL %d DAY AS DATE)", day, s.Days)
	}
	return day
}

// columnsOf are the columns of attributes: those that tell members apart, and
// those that follow from them.
func columnsOf(fields []*field, lang string) (groups, carried []column) {
	for _, f := range fields {
		groups = append(groups, f.groups(lang)...)
		carried = append(carried, f.carried(lang)...)
	}
	return groups, carried
}

// days writes the stages of days.
func (r *renderer) days() {
	r.shown()
	r.calendar()
	if slices.ContainsFunc(r.streams, func(s *stream) bool { return s.over != "" }) {
		r.filled()
	}
	for k, fields := range r.clock.levels {
		var list []string
		for _, s := range r.streams {
			list = append(list, r.dayMap(s, fields))
		}
		r.stage(r.at("days", k), "(\n  "+strings.Join(list, "\n  UNION ALL\n  ")+"\n)")
	}
	var reach []string
	for k := range r.clock.levels {
		reach = append(reach, `SELECT "#day" FROM `+quote(r.at("days", k)))
	}
	r.reach = strings.Join(reach, " UNION ")
}

// at is the name of a stage for a combination of date attributes.
func (r *renderer) at(stage string, k int) string {
	if len(r.clock.levels) > 1 {
		return fmt.Sprintf("%s %d", stage, k+1)
	}
	return stage
}

// shown are the days shown: within the time range, and as the filters on the
// dimension want them.
func (r *renderer) shown() {
	c := r.clock
	key := "d." + quote(c.use.Of.Key)
	groups, carried := columnsOf(c.join.fields, r.lang)
	list := []string{key + ` AS "#day"`, "d." + quote(c.day) + ` AS "#date"`}
	if r.works() {
		list = append(list, "CASE WHEN d."+quote(c.use.Of.Workday)+` THEN 1 ELSE 0 END AS "#work"`)
	}
	for _, col := range slices.Concat(groups, carried) {
		list = append(list, col.sql+" AS "+quote(col.name))
	}
	r.stage("shown", "(\n  SELECT "+strings.Join(list, listSep))
	c.join.writeFrom(&r.text)
	r.text.add("\n    WHERE " + key + " <> -1")
	if c.from != 0 {
		r.text.add("\n    AND "+key+" >= ?", c.from)
	}
	if c.since {
		r.text.add("\n    AND " + key + " >= " + r.firstDay())
	}
	if c.to != 0 {
		r.text.add("\n    AND "+key+" <= ?", c.to)
	}
	for _, w := range c.join.where {
		if !w.inner {
			r.text.add("\n    AND ")
			w.write(&r.text)
		}
	}
	for _, g := range r.grouped {
		if r.onClock(g.field()) {
			r.text.add("\n    AND ")
			g.write(&r.text, func(w *condition) { w.write(&r.text) })
		}
	}
	r.text.add("\n)")
}

// works reports whether days worked are counted.
func (r *renderer) works() bool {
	return slices.ContainsFunc(r.streams, func(s *stream) bool { return s.work })
}

// firstDay is the first day with a fact.
func (r *renderer) firstDay() string {
	var list []string
	for _, s := range r.sources {
		if !s.plan {
			key := "f." + quote(s.cube.Use(r.clock.use.Name).Key)
			list = append(list, "SELECT min("+key+`) AS "#day" FROM `+quoteTable(s.cube.Table)+" AS f WHERE "+key+" > 0 AND "+onDay(key, r.clock.use))
		}
	}
	if len(list) == 1 {
		return "(" + list[0] + ")"
	}
	return `(SELECT min("#day") FROM (` + strings.Join(list, " UNION ALL ") + ") AS x)"
}

// calendar is every day, with the first day of each period that a window starts
// at.
func (r *renderer) calendar() {
	c := r.clock
	day := "d." + quote(c.day)
	list := []string{"d." + quote(c.use.Of.Key) + ` AS "#day"`, day + ` AS "#date"`}
	if r.works() {
		list = append(list, "CASE WHEN d."+quote(c.use.Of.Workday)+` THEN 1 ELSE 0 END AS "#work"`)
	}
	var spans []string
	for _, s := range r.streams {
		span := cube.Ref{Window: s.scope.window}.Span()
		if span == "" || slices.Contains(spans, span) {
			continue
		}
		spans = append(spans, span)
		list = append(list, "min("+day+") OVER (PARTITION BY d."+quote(c.use.Of.Period(span).Column)+") AS "+quote("#"+span))
	}
	r.stage("calendar", "(\n  SELECT "+strings.Join(list, listSep)+"\n  FROM "+quoteTable(c.use.Of.Table)+" AS d\n  WHERE d."+quote(c.use.Of.Key)+" <> -1\n)")
}

// filled are the days on which the cubes have any facts.
func (r *renderer) filled() {
	var list []string
	for i, s := range r.sources {
		key := "f." + quote(s.cube.Use(r.clock.use.Name).Key)
		list = append(list, fmt.Sprintf(`SELECT DISTINCT %d AS "#source", %s AS "#day" FROM %s AS f WHERE %s > 0`, i, key, quoteTable(s.cube.Table), key))
	}
	r.stage("filled", "MATERIALIZED (\n  "+strings.Join(list, "\n  UNION ALL\n  ")+"\n)")
}

// dayMap is the SQL that says on which members of the date attributes a stream
// shows the facts of a day.
func (r *renderer) dayMap(s *stream, fields []*field) string {
	groups, carried := columnsOf(fields, r.lang)
	cols := slices.Concat(names(groups), names(carried))
	extra := r.extras()
	body := r.shownOn(s, groups, carried)
	if s.over != "" {
		body = fmt.Sprintf(`(SELECT x.* FROM %s AS x WHERE x."#day" IN (SELECT "#day" FROM "filled" WHERE "#source" = %d))`, body, r.sourceNumber(s.home))
	}
	over := func(aggregate string) string { return of(aggregate, groups, body) }
	list := append([]string{fmt.Sprintf(`%d AS "#stream"`, s.n), `"#day"`}, cols...)
	for _, e := range extra {
		switch {
		case e == extraDays && s.over == cube.Average:
			list = append(list, over("count(*)")+" AS "+quote(e))
		case e == extraWork && s.work:
			list = append(list, "CAST("+over(`sum("#work")`)+" AS BIGINT) AS "+quote(e))
		default:
			list = append(list, "CAST(NULL AS BIGINT) AS "+quote(e))
		}
	}
	sql := "SELECT " + strings.Join(list, ", ") + " FROM " + body + " AS m"
	keep := " QUALIFY"
	if len(groups) == 0 {
		keep = " WHERE"
	}
	switch s.over {
	case cube.Last:
		sql += keep + ` "#day" = ` + over(`max("#day")`)
	case cube.First:
		sql += keep + ` "#day" = ` + over(`min("#day")`)
	}
	return sql
}

// of is an aggregate over the rows of a table that have the same columns, for each
// row. Over all rows it is a query of its own: a window without partitions may
// fail in DuckDB 1.5, and then leaves the database unusable.
func of(aggregate string, columns []column, table string) string {
	if len(columns) == 0 {
		return "(SELECT " + aggregate + " FROM " + table + " AS y)"
	}
	return aggregate + " OVER (PARTITION BY " + strings.Join(names(columns), ", ") + ")"
}

// extras are the numbers of days that some stream counts.
func (r *renderer) extras() (list []string) {
	for _, t := range r.parts {
		if t.extra != "" && !slices.Contains(list, t.extra) {
			list = append(list, t.extra)
		}
	}
	return list
}

func (r *renderer) sourceNumber(c *cube.Cube) int {
	return slices.IndexFunc(r.sources, func(s *source) bool { return s.cube == c })
}

// shownOn is a table of the days whose facts a stream shows and the members of
// the date attributes that it shows them on.
func (r *renderer) shownOn(s *stream, groups, carried []column) string {
	c := r.clock
	move := c.shiftOf(s.scope)
	var on []string
	for _, col := range slices.Concat(groups, carried) {
		on = append(on, "s."+quote(col.name))
	}
	work := ""
	if r.works() {
		work = `, c."#work"`
	}
	switch {
	case s.scope.window == "" && move == cube.Shift{}:
		return `"shown"`
	case s.scope.window == "":
		return "(SELECT " + strings.Join(append([]string{`c."#day"` + work}, on...), ", ") +
			` FROM "calendar" AS c JOIN "shown" AS s ON s."#date" = ` + forward(move, `c."#date"`) + ")"
	}
	ends := slices.Concat(names(groups), least(carried), []string{back(move, `max("#date")`) + ` AS "#end"`})
	sql := "(SELECT " + strings.Join(append([]string{`c."#day"` + work}, on...), ", ") +
		" FROM (SELECT " + strings.Join(ends, ", ") + ` FROM "shown"` + strings.ReplaceAll(r.groupBy(groups), "\n ", "") + ") AS s"
	if length, ok := (cube.Ref{Window: s.scope.window}).RollLength(); ok {
		start := back(length, `s."#end"`)
		return sql + ` JOIN "calendar" AS c ON c."#date" > ` + start + ` AND c."#date" <= s."#end")`
	}
	// Days of one period have the same first day: to join by it is fast in any order.
	first := quote("#" + cube.Ref{Window: s.scope.window}.Span())
	return sql + ` JOIN "calendar" AS z ON z."#date" = s."#end" JOIN "calendar" AS c ON c.` + first + " = z." + first + ` AND c."#date" <= z."#date")`
}

// earliest is a day before which no stream reaches, as yyyymmdd; 0 where there
// is none.
func (r *renderer) earliest() int64 {
	c := r.clock
	if c.from == 0 {
		return 0
	}
	first := cube.DayOfKey(c.from)
	for _, s := range r.streams {
		move := c.shiftOf(s.scope)
		length, rolling := (cube.Ref{Window: s.scope.window}).RollLength()
		if !rolling && s.scope.window != "" {
			length = cube.Shift{Months: 12}
		}
		from := cube.DayOfKey(c.from).AddDate(0, -move.Months-length.Months, -move.Days-length.Days)
		if from = from.AddDate(0, 0, -5); (move != cube.Shift{} || length != cube.Shift{}) && from.Before(first) { // ends of months may be clipped
			first = from
		}
	}
	return cube.KeyOfDay(first)
}
