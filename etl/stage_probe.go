package etl

import (
	"context"
	"fmt"
	"strings"

	"verso/etl/canon"
	"verso/etl/cast"
	"verso/olap/engine"
)

// asking is one scan that answers questions about whole columns.
type asking struct {
	sql     []string
	answers []func(row []any) error
}

// ask adds aggregates and what to do with their values.
func (a *asking) ask(answer func(row []any) error, sql ...string) {
	from := len(a.sql)
	a.sql = append(a.sql, sql...)
	a.answers = append(a.answers, func(row []any) error { return answer(row[from : from+len(sql)]) })
}

// run scans once, or not at all when nothing was asked.
func (a *asking) run(ctx context.Context, s *State, l *Load, from string) error {
	if len(a.sql) == 0 {
		return nil
	}
	row, err := engine.One(ctx, s.Conn, engine.SQL("SELECT "+strings.Join(a.sql, ",\n  ")+"\nFROM "+from+" AS m"))
	if err != nil {
		return s.selectError(l, err)
	}
	for _, answer := range a.answers {
		if err := answer(row); err != nil {
			return err
		}
	}
	return nil
}

// probeCodes notes how the source writes its values, and finds columns of
// codes to all of which a spreadsheet added ".0".
func (s *State) probeCodes(ctx context.Context, l *Load, st *staging) error {
	src := s.Config.Sources[l.Source]
	var a asking
	for _, c := range l.table.Columns {
		m, ok := st.columns[c.Name]
		if !ok {
			continue
		}
		how := cast.Reading{Formats: src.Dates, Comma: src.Decimal == ",", TextIDs: s.textIDs(), PartialDates: c.Name == "pub_date"}
		how.SlashMonth, _ = monthFirst(src.Dates, "/")
		how.HyphenMonth, _ = monthFirst(src.Dates, "-")
		st.how[c.Name] = how
		if c.Type == canon.ID && s.textIDs() && cast.Classify(m.Kind) == cast.Text {
			column := "m." + q(m.Name)
			a.ask(func(row []any) error { return wholeFloats(st, c.Name, row) },
				fmt.Sprintf(`count(*) FILTER (WHERE ends_with(%[1]s, '.0') AND regexp_full_match(%[1]s, '[0-9]+[.]0'))`, column),
				fmt.Sprintf(`count(nullif(%s, ''))`, column))
		}
	}
	return a.run(ctx, s, l, st.from)
}

// probeDates decides over whole columns what single values cannot tell:
// whether the day or the month comes first.
func (s *State) probeDates(ctx context.Context, l *Load, st *staging) error {
	var a asking
	for _, c := range l.table.Columns {
		m, ok := st.columns[c.Name]
		if ok && cast.Classify(m.Kind) == cast.Text && (c.Type == canon.Date || c.Type == canon.Timestamp) {
			a.ask(func(row []any) error { return s.dateOrder(l, st, c.Name, m.Name, row) }, dateAsks("m."+q(m.Name))...)
		}
	}
	return a.run(ctx, s, l, st.from)
}

func wholeFloats(st *staging, name string, row []any) error {
	floats, _ := engine.Int(row[0])
	all, _ := engine.Int(row[1])
	how := st.how[name]
	how.WholeFloats = floats > 0 && floats == all
	st.how[name] = how
	return nil
}

// dateAsks count, for values that are not ISO dates, what the two leading
// numbers of a/b/yyyy and a-b-yyyy can be, and fetch an example of each sort.
func dateAsks(column string) []string {
	var out []string
	for _, sep := range []string{"/", "-"} {
		text := fmt.Sprintf("CASE WHEN TRY_CAST(%[1]s AS TIMESTAMP) IS NULL AND contains(%[1]s, '%[2]s') THEN trim(%[3]s) END", column, sep, cast.Folded(column))
		first := fmt.Sprintf("TRY_CAST(regexp_extract(%s, '^([0-9]{1,2})%s[0-9]{1,2}%s[0-9]{4}', 1) AS INTEGER)", text, sep, sep)
		second := fmt.Sprintf("TRY_CAST(regexp_extract(%s, '^[0-9]{1,2}%s([0-9]{1,2})%s[0-9]{4}', 1) AS INTEGER)", text, sep, sep)
		for _, sql := range []string{
			"max(CASE WHEN %[1]s > 12 THEN %[3]s END)",                                     // day first for certain
			"max(CASE WHEN %[2]s > 12 THEN %[3]s END)",                                     // month first for certain
			"max(CASE WHEN %[1]s <= 12 AND %[2]s <= 12 AND %[1]s <> %[2]s THEN %[3]s END)", // either
		} {
			out = append(out, fmt.Sprintf(sql, first, second, column))
		}
	}
	return out
}

// dateOrder settles the order of day and month for one column.
func (s *State) dateOrder(l *Load, st *staging, name, sourceColumn string, row []any) error {
	how := st.how[name]
	for i, sep := range []string{"/", "-"} {
		if _, said := monthFirst(how.Formats, sep); said {
			continue
		}
		dayFirst, monthFirst, either := row[i*3], row[i*3+1], row[i*3+2]
		hint := fmt.Sprintf(`say it at the source: dates: ["%%d%[1]s%%m%[1]s%%Y"] for day first, dates: ["%%m%[1]s%%d%[1]s%%Y"] for month first`, sep)
		switch {
		case dayFirst != nil && monthFirst != nil:
			return s.mappingError(l.Table, l.Mapping, fmt.Sprintf("column %s (source column %q) mixes day first (%s) and month first (%s)",
				name, sourceColumn, engine.Text(dayFirst), engine.Text(monthFirst)), hint+"; rows of the other kind go to quarantine")
		case dayFirst == nil && monthFirst == nil && either != nil && sep == "/":
			return s.mappingError(l.Table, l.Mapping, fmt.Sprintf("column %s (source column %q) holds dates such as %s, which can be read day first or month first, and no value of the column tells which",
				name, sourceColumn, engine.Text(either)), hint)
		}
		if i == 0 {
			how.SlashMonth = monthFirst != nil
		} else {
			how.HyphenMonth = monthFirst != nil
		}
	}
	st.how[name] = how
	return nil
}

// monthFirst is the order of month and day that the source's own formats give
// for a separator; said is false when they give none.
func monthFirst(formats []string, sep string) (month, said bool) {
	for _, f := range formats {
		if strings.Contains(f, "%m"+sep+"%d") {
			return true, true
		}
		if strings.Contains(f, "%d"+sep+"%m") {
			return false, true
		}
	}
	return false, false
}
