package replay

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"verso/etl/canon"
	"verso/etl/demo/sheet"
	"verso/olap/engine"
)

// entered are the tables that hold second entries of orders beside the file's.
func entered(table string) bool { return table == "order_header" || table == "order_line" }

// statement is the SELECT of a table's rows of an evening: all of them, or with
// delta those that appeared, changed or were deleted that day. A table whose
// rows depend on no other row streams in the order of its file; the others come
// in the order of their key.
func (r *Replay) statement(table string, day time.Time, delta bool) string {
	sql, streams := r.rows(table, delta)
	if !streams {
		sql = ordered(table, sql)
	}
	return strings.NewReplacer("{end}", moment(day.AddDate(0, 0, 1)), "{closing}", moment(r.o.AsOf.AddDate(0, 0, 1))).Replace(sql)
}

// moment is a time as an SQL literal.
func moment(at time.Time) string { return "TIMESTAMP '" + at.Format(time.DateTime) + "'" }

// rows is the SELECT of a table without its order; streams says that it joins
// nothing.
func (r *Replay) rows(table string, delta bool) (sql string, streams bool) {
	rule := rules()[table]
	born := ancient
	if rule.born != "" {
		born = "coalesce(" + rule.born + ", " + ancient + ")"
	}
	stamp, joins := born, rule.joins
	changes := slices.Clone(rule.changes)
	gone, where := "false", ""
	if slices.Contains(r.moved, table) {
		key := r.keyText(table)
		joins += " LEFT JOIN replay_arrival AS z ON z.table_name = " + engine.QuoteText(table) + " AND z.key = " + key +
			" LEFT JOIN replay_removal AS x ON x.table_name = " + engine.QuoteText(table) + " AND x.key = " + key
		stamp = "coalesce(z.stamp, " + born + ")"
		born = "coalesce(z.night, " + born + ")"
		gone = "coalesce(x.night < {end}, false)"
		where = " AND (x.night IS NULL OR x.night >= {end})"
		if delta {
			where = " AND (x.night IS NULL OR x.night >= {end} - to_days(1))"
		}
		changes = append(changes, "x.night")
	}
	for i, col := range r.wrong[table] {
		joins += fmt.Sprintf(" LEFT JOIN replay_wrong AS w%[1]d ON w%[1]d.table_name = %[2]s AND w%[1]d.col = %[3]s AND w%[1]d.key = %[4]s",
			i, engine.QuoteText(table), engine.QuoteText(col), r.keyText(table))
		changes = append(changes, fmt.Sprintf("w%d.night", i))
	}
	if delta {
		where += " AND " + latest(born, changes) + " >= {end} - to_days(1)"
	}
	from := "replay_" + table
	if entered(table) {
		from = "replay_all_" + table
	}
	return "SELECT " + r.shown(sheetTable(table), rule) + ", " + r.stamp(latest(stamp, changes)) + ` AS "updated_at", ` +
		r.typed(gone, sheet.KBool) + ` AS "is_deleted" FROM ` + from + " AS t " + joins + " WHERE " + born + " < {end}" + where, joins == ""
}

// ordered wraps a SELECT of a table so that its rows come in one order.
func ordered(table, sql string) string {
	t := sheetTable(table)
	var order []string
	for _, name := range keyColumns(table) {
		number := true // a key left to be numbered is not among the columns
		for _, c := range t.Cols {
			if c.Name == name {
				number = c.Kind == sheet.KInt
			}
		}
		if number {
			order = append(order, "CAST("+engine.QuoteIdent(name)+" AS BIGINT) NULLS LAST")
		}
	}
	columns := Columns(table)
	for i, name := range columns {
		columns[i] = engine.QuoteIdent(name)
		order = append(order, columns[i]+" NULLS LAST")
	}
	return "SELECT " + strings.Join(columns, ", ") + " FROM (" + sql + ") AS s ORDER BY " + strings.Join(order, ", ")
}

// latest is the last of the moments that have come by the evening.
func latest(first string, moments []string) string {
	parts := []string{first}
	for _, m := range moments {
		parts = append(parts, "coalesce(CASE WHEN "+m+" < {end} THEN "+m+" END, "+ancient+")")
	}
	if len(parts) == 1 {
		return first
	}
	return "greatest(" + strings.Join(parts, ", ") + ")"
}

// shown are the columns of a table as they look on the evening.
func (r *Replay) shown(t *sheet.Table, rule rule) string {
	var parts []string
	if rule.number != "" {
		parts = append(parts, r.typed(rule.key, sheet.KInt)+" AS "+engine.QuoteIdent(rule.number))
	}
	for _, c := range t.Cols {
		if c.Name == "updated_at" {
			continue
		}
		name := engine.QuoteIdent(c.Name)
		value, changed := rule.show[c.Name]
		if !changed {
			value = "t." + name
		}
		if i := slices.Index(r.wrong[t.Name], c.Name); i >= 0 {
			value = fmt.Sprintf("CASE WHEN w%d.night >= {end} THEN %s ELSE %s END", i, r.typed(fmt.Sprintf("w%d.wrong", i), c.Kind), r.typed(value, c.Kind))
		} else if changed {
			value = r.typed(value, c.Kind)
		}
		parts = append(parts, value+" AS "+name)
	}
	return strings.Join(parts, ", ")
}

// typed is a value as the file holds it: text in CSV, its type in Parquet,
// where a value that is none of its type is null.
func (r *Replay) typed(value string, kind sheet.Kind) string {
	if r.o.Format == "csv" {
		return "CAST(" + value + " AS VARCHAR)"
	}
	return "TRY_CAST(" + value + " AS " + sqlType(kind) + ")"
}

// sqlType is the type of a kind of column.
func sqlType(kind sheet.Kind) string {
	switch kind {
	case sheet.KInt:
		return "BIGINT"
	case sheet.KDate:
		return "DATE"
	case sheet.KTime:
		return "TIMESTAMP"
	case sheet.KMoney:
		return "DECIMAL(18, 4)"
	case sheet.KRate:
		return "DECIMAL(18, 8)"
	case sheet.KFloat:
		return "DOUBLE"
	case sheet.KBool:
		return "BOOLEAN"
	}
	return "VARCHAR"
}

// stamp is a moment as the file holds it.
func (r *Replay) stamp(moment string) string {
	if r.o.Format == "csv" {
		return "strftime(" + moment + ", '%Y-%m-%d %H:%M:%S')"
	}
	return moment
}

// keyText is the key of a row as replay_trouble writes it.
func (r *Replay) keyText(table string) string {
	var parts []string
	for _, name := range keyColumns(table) {
		parts = append(parts, "CAST(t."+engine.QuoteIdent(name)+" AS VARCHAR)")
	}
	if len(parts) == 0 || rules()[table].number != "" {
		return "NULL" // no trouble is planted there
	}
	return strings.Join(parts, " || ', ' || ")
}

// keyColumns are the columns of the canonical key.
func keyColumns(table string) []string {
	t, _ := canon.Lookup(table)
	return t.Key
}
