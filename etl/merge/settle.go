package merge

import (
	"context"
	"fmt"
	"strings"

	"verso/olap/engine"
)

// Settle keeps one row of every key that several mappings know, the one changed
// last, then that of the later mapping; the others are held and set aside. A row
// that is gone gives way to any other.
func Settle(ctx context.Context, conn engine.Conn, t Table, reasonRow, reasonKey string, sources []string) error {
	m := &merger{Table: t, ctx: ctx, conn: conn}
	if !t.Several || len(t.Key) == 0 {
		return nil
	}
	if err := m.exec(`CREATE TABLE IF NOT EXISTS %s AS SELECT * FROM %s WHERE false; DELETE FROM %s WHERE "_load" < 0`, m.held(), m.fresh(), m.bad()); err != nil {
		return err
	}
	key := strings.Join(m.Key, ", ")
	latest := "CAST(NULL AS TIMESTAMP)"
	if m.Latest != "" {
		latest = "s." + m.Latest
	}
	if err := m.exec(`CREATE OR REPLACE TEMP TABLE %[1]s AS
SELECT rid, n, "_load" AS load, "_gone" AS gone, CASE WHEN content = first_value(content) OVER w THEN %[8]s ELSE %[9]s END AS reason
FROM (
  SELECT s.rowid AS rid, s."_load", s."_gone", %[2]s, CAST(to_json(struct_pack(%[3]s)) AS VARCHAR) AS content,
    row_number() OVER (PARTITION BY %[4]s ORDER BY s."_gone", %[5]s DESC NULLS LAST, s."_load" DESC) AS n
  FROM %[6]s AS s SEMI JOIN (SELECT %[7]s FROM %[6]s GROUP BY %[7]s HAVING count(*) > 1) AS d ON %[10]s
) AS c
WINDOW w AS (PARTITION BY %[7]s ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)`,
		m.scratch("lost"), m.of("s", m.Key), m.packed("s"), m.of("s", m.Key), latest, m.fresh(), key,
		engine.QuoteText(reasonRow), engine.QuoteText(reasonKey), m.same("s", "d")); err != nil {
		return err
	}
	source := "CASE r.load"
	for i, name := range sources {
		source += fmt.Sprintf(" WHEN %d THEN %s", i, engine.QuoteText(name))
	}
	if err := m.exec(`INSERT INTO %[1]s ("source", "record", "reason", "column_name", "value", "raw", "key", "_load", "_seg")
SELECT %[2]s END, s."_row", r.reason, %[3]s, %[4]s, CAST(to_json(struct_pack(%[5]s)) AS VARCHAR), %[4]s, -1 - s."_load", s."_seg"
FROM %[6]s AS s JOIN %[7]s AS r ON r.rid = s.rowid
WHERE r.n > 1 AND NOT r.gone ORDER BY s."_load", s."_seg", s."_row"`,
		m.bad(), source, engine.QuoteText(strings.ReplaceAll(key, `"`, "")), KeyText(m.Key, "s"), m.packed("s"), m.fresh(), m.scratch("lost")); err != nil {
		return err
	}
	return m.exec(`INSERT INTO %[1]s SELECT s.* FROM %[2]s AS s JOIN %[3]s AS r ON r.rid = s.rowid WHERE r.n > 1;
DELETE FROM %[2]s AS s WHERE s.rowid IN (SELECT rid FROM %[3]s WHERE n > 1);
DROP TABLE %[3]s`, m.held(), m.fresh(), m.scratch("lost"))
}

func (m *merger) of(alias string, columns []string) string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = alias + "." + c
	}
	return strings.Join(out, ", ")
}

func (m *merger) packed(alias string) string {
	out := make([]string, len(m.Columns))
	for i, c := range m.Columns {
		out[i] = c + " := " + alias + "." + c
	}
	return strings.Join(out, ", ")
}

// Before notes the rows that the merge may change, as the stage table shows them
// before. It is called with the rows known before in their place and the new ones
// staged.
func Before(ctx context.Context, conn engine.Conn, t Table) error {
	m := &merger{Table: t, ctx: ctx, conn: conn}
	if len(m.Key) > 0 {
		if err := m.exec(`CREATE OR REPLACE TEMP TABLE %s AS SELECT DISTINCT %s FROM (%s) AS w`, m.scratch("touched"), strings.Join(m.Key, ", "), m.touched()); err != nil {
			return err
		}
	}
	return m.note("before", m.base(), false)
}

// touched is a SELECT of the keys whose rows may change.
func (m *merger) touched() string {
	var parts []string
	for _, l := range m.Loads {
		if l.Kind == Whole {
			parts = append(parts, fmt.Sprintf(`SELECT %s FROM %s AS f LEFT JOIN %s AS b ON b."_load" = f."_load" AND %s WHERE f."_load" = %d AND (b."_load" IS NULL OR b."_gone" OR f."_row" <> b."_row" OR %s)`,
				m.of("f", m.Key), m.fresh(), m.base(), m.same("b", "f"), l.No, m.differ()),
				fmt.Sprintf(`SELECT %s FROM %s AS b ANTI JOIN (SELECT * FROM %s WHERE "_load" = %d) AS f ON %s WHERE b."_load" = %d AND NOT b."_gone"`,
					m.of("b", m.Key), m.base(), m.fresh(), l.No, m.same("b", "f"), l.No))
			continue
		}
		parts = append(parts, fmt.Sprintf(`SELECT %s FROM %s AS f WHERE f."_load" = %d`, m.of("f", m.Key), m.fresh(), l.No))
		if l.Gone != "" {
			parts = append(parts, "SELECT "+m.of("g", m.Key)+" FROM "+l.Gone+" AS g")
		}
		for _, condition := range m.again(l) {
			parts = append(parts, fmt.Sprintf(`SELECT %s FROM %s AS b WHERE b."_load" = %d AND (%s)`, m.of("b", m.Key), m.base(), l.No, condition))
		}
	}
	return strings.Join(parts, "\nUNION ALL\n")
}

// differ tells a new row f from the earlier one b of its key.
func (m *merger) differ() string {
	out := make([]string, len(m.Columns))
	for i, c := range m.Columns {
		out[i] = "f." + c + " IS DISTINCT FROM b." + c
	}
	return strings.Join(out, " OR ")
}

// note copies what a table shows of the rows that the merge may change.
func (m *merger) note(what, table string, now bool) error {
	only := fmt.Sprintf(" SEMI JOIN %s AS t ON %s", m.scratch("touched"), m.same("t", "b"))
	if len(m.Key) == 0 {
		only = " WHERE " + strings.Join(m.unkeyed(now), " OR ")
	}
	return m.exec(`CREATE OR REPLACE TEMP TABLE %s AS SELECT %s, b."_row", b."_load", b."_gone" FROM %s AS b%s`, m.scratch(what), m.of("b", m.Columns), table, only)
}

// unkeyed are the conditions on rows b without a key that the merge removes, or
// now has brought.
func (m *merger) unkeyed(now bool) []string {
	conditions := []string{"false"}
	for _, l := range m.Loads {
		of := fmt.Sprintf(`b."_load" = %d`, l.No)
		switch {
		case l.Kind == Whole:
			conditions = append(conditions, of)
		case now:
			conditions = append(conditions, fmt.Sprintf(`%s AND b."_seg" = %d`, of, l.Segment))
		default:
			for _, again := range m.again(l) {
				conditions = append(conditions, of+" AND ("+again+")")
			}
		}
	}
	return conditions
}

// After writes due.changed_<table>, the keys of rows that are not as they were
// before, and counts them.
func After(ctx context.Context, conn engine.Conn, t Table) (Change, error) {
	m := &merger{Table: t, ctx: ctx, conn: conn}
	if err := m.note("after", m.fresh(), true); err != nil {
		return Change{}, err
	}
	change, err := m.difference()
	if err != nil {
		return change, err
	}
	drop := fmt.Sprintf(`DROP TABLE %s; DROP TABLE %s`, m.scratch("before"), m.scratch("after"))
	if len(m.Key) > 0 {
		drop += "; DROP TABLE " + m.scratch("touched")
	}
	return change, m.exec("%s", drop)
}

// differing makes a temporary table of the rows that are not as they were, side 1
// those of now.
func (m *merger) differing(columns ...string) error {
	all := strings.Join(append(append([]string{`"_load"`, `"_gone"`}, m.Columns...), columns...), ", ")
	both := func(a, b string) string {
		return fmt.Sprintf("SELECT %s FROM %s EXCEPT ALL SELECT %s FROM %s", all, m.scratch(a), all, m.scratch(b))
	}
	return m.exec(`CREATE OR REPLACE TEMP TABLE %s AS SELECT 1 AS side, a.* FROM (%s) AS a UNION ALL SELECT 0, b.* FROM (%s) AS b`,
		m.scratch("differ"), both("after", "before"), both("before", "after"))
}

func (m *merger) difference() (c Change, err error) {
	if err := m.differing(); err != nil {
		return c, err
	}
	sql := fmt.Sprintf(`SELECT count(*) FILTER (side = 1 AND NOT "_gone"), count(*) FILTER (side = 0 AND NOT "_gone"), 0 FROM %s`, m.scratch("differ"))
	if m.Keyed && len(m.Key) > 0 {
		sql = fmt.Sprintf(`SELECT count(*) FILTER (is_now AND NOT was), count(*) FILTER (was AND NOT is_now), count(*) FILTER (was AND is_now)
FROM (SELECT bool_or(side = 1 AND NOT "_gone") AS is_now, bool_or(side = 0 AND NOT "_gone") AS was FROM %s GROUP BY %s) AS w`, m.scratch("differ"), strings.Join(m.Key, ", "))
	}
	row, err := engine.One(m.ctx, m.conn, engine.SQL(sql))
	if err != nil {
		return c, err
	}
	c.Inserted, _ = engine.Int(row[0])
	c.Deleted, _ = engine.Int(row[1])
	c.Updated, _ = engine.Int(row[2])
	if len(m.Changed) > 0 {
		if c.Moved, err = m.due(); err != nil {
			return c, err
		}
	}
	return c, m.exec("DROP TABLE %s", m.scratch("differ"))
}

// due adds to due.changed_<table>. It returns how many of its keys have rows that
// only moved within their source.
func (m *merger) due() (moved int64, err error) {
	names, values := make([]string, len(m.Changed)), make([]string, len(m.Changed))
	for i, c := range m.Changed {
		names[i], values[i] = q(c.Name), c.Value+" AS "+q(c.Name)
	}
	keys := "SELECT DISTINCT " + strings.Join(values, ", ") + " FROM " + m.scratch("differ") + " AS s"
	if err := m.exec("CREATE OR REPLACE TEMP TABLE %s AS %s", m.scratch("content"), keys); err != nil {
		return 0, err
	}
	if err := m.differing(`"_row"`); err != nil {
		return 0, err
	}
	if moved, err = m.count("SELECT count(*) FROM (%s EXCEPT SELECT * FROM %s) AS k", keys, m.scratch("content")); err != nil {
		return 0, err
	}
	return moved, m.exec(`CREATE TABLE IF NOT EXISTS due.%[1]s AS SELECT * FROM %[4]s WHERE false;
INSERT INTO due.%[1]s %[2]s EXCEPT SELECT * FROM due.%[1]s ORDER BY %[3]s; DROP TABLE %[4]s`, q("changed_"+m.Name),
		keys, strings.Join(names, " NULLS LAST, ")+" NULLS LAST", m.scratch("content"))
}

// Removed adds up columns over the earlier rows that the merge is going to
// remove because they were read again: one row of sums a mapping, by its number.
// It is called like [Before].
func Removed(ctx context.Context, conn engine.Conn, t Table, sums []string, each func(load int, sums []any)) error {
	m := &merger{Table: t, ctx: ctx, conn: conn}
	where := strings.Join(m.unkeyed(false), " OR ")
	if len(m.Key) > 0 {
		where = fmt.Sprintf(`EXISTS (SELECT 1 FROM %s AS f WHERE f."_load" = b."_load" AND %s)`, m.fresh(), m.same("f", "b"))
	}
	from := m.base()
	if t.Several && len(m.Key) > 0 {
		if err := m.holdable(); err != nil {
			return err
		}
		from = fmt.Sprintf("(SELECT * FROM %s UNION ALL SELECT * FROM %s)", m.base(), m.held())
	}
	sql := fmt.Sprintf(`SELECT b."_load", %s FROM %s AS b WHERE %s GROUP BY b."_load"`, strings.Join(sums, ", "), from, where)
	return engine.Rows(ctx, conn, engine.SQL(sql), func(row []any) error {
		load, _ := engine.Int(row[0])
		each(int(load), row[1:])
		return nil
	})
}
