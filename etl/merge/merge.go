// Package merge brings newly staged rows of a canonical table together with
// those the last generation knew.
//
// Every mapping of a table folds its own chain of segments: within it a later
// row replaces an earlier one of the same key, a bad row replaces none, and what
// the source no longer has stays, marked as gone. Only then rows of one key from
// several mappings are settled among each other. So the outcome depends on the
// segments alone, whether they are merged one a night or all at once.
//
// Tables of a canonical table T, all in the draft:
//
//	stage._T             newly staged rows; after the merge all rows
//	stage._base_T        the rows known before
//	stage._held_T        rows that lost their key to another mapping
//	quarantine.T         newly set aside; after the merge all set aside
//	quarantine._base_T   set aside before
//
// Rows carry "_load" (number of the mapping), "_seg" (of the segment), "_row"
// (within it) and "_gone".
package merge

import (
	"context"
	"fmt"
	"strings"

	"verso/olap/engine"
)

// Kind is what the new rows of a mapping are.
type Kind int

// The kinds.
const (
	None  Kind = iota // nothing new
	Whole             // all its rows
	Part              // rows that replace those of their keys
)

// Load is one mapping in a merge.
type Load struct {
	No       int
	Kind     Kind
	Segment  int
	Gone     string // relation with the key's columns, of keys that were deleted; "" for none
	Window   string // condition on the rows b: those that were read again; "" for none
	Replaced []Span // rows of earlier segments that were read again
	Rejects  bool   // the records that were no rows are all there are
}

// Span are rows of one segment, To exclusive.
type Span struct {
	Segment  int
	From, To int64
}

// Column is a column of a list of changed keys.
type Column struct{ Name, Value string }

// Table is one canonical table in a merge. Column names are quoted.
type Table struct {
	Name    string
	Key     []string // stored columns of the key; nil: rows have none of their own, or are numbered
	Columns []string // all stored columns
	Changed []Column // what due.changed_<table> lists, by expressions over the stored columns
	Keyed   bool     // Changed is the key
	Latest  string   // column that tells which of two rows is newer; "" for none
	Several bool     // more than one mapping feeds the table
	Anew    bool     // all its mappings are read whole
	Loads   []Load   // the mappings with something new
}

// Counts are what became of the new rows of one mapping.
type Counts struct {
	New, Changed, Unchanged int64 // rows that were staged
	Deleted                 int64 // rows that are newly gone
	Dropped                 int64 // rows without a key that were replaced
}

// Change is what a merge did to the rows that a stage table shows. Moved are keys
// of rows that only have another number in their source now: facts tell it, so
// they are due as well.
type Change struct{ Inserted, Updated, Deleted, Moved int64 }

// merger is one merge on one connection.
type merger struct {
	Table
	ctx  context.Context
	conn engine.Conn
}

func q(name string) string { return engine.QuoteIdent(name) }

func (m *merger) fresh() string { return "stage." + q("_"+m.Name) }
func (m *merger) base() string  { return "stage." + q("_base_"+m.Name) }
func (m *merger) held() string  { return "stage." + q("_held_"+m.Name) }
func (m *merger) bad() string   { return "quarantine." + q(m.Name) }
func (m *merger) old() string   { return "quarantine." + q("_base_"+m.Name) }

// scratch is the name of a temporary table of this merge.
func (m *merger) scratch(what string) string { return q("_" + what + "_" + m.Name) }

func (m *merger) exec(format string, args ...any) error {
	_, err := m.conn.Exec(m.ctx, engine.SQL(fmt.Sprintf(format, args...)))
	return err
}

func (m *merger) count(format string, args ...any) (int64, error) {
	row, err := engine.One(m.ctx, m.conn, engine.SQL(fmt.Sprintf(format, args...)))
	if err != nil {
		return 0, err
	}
	n, _ := engine.Int(row[0])
	return n, nil
}

// same compares the key of two aliases.
func (m *merger) same(a, b string) string {
	parts := make([]string, len(m.Key))
	for i, k := range m.Key {
		parts[i] = a + "." + k + " = " + b + "." + k
	}
	return strings.Join(parts, " AND ")
}

// KeyText is a key's values as one text.
func KeyText(key []string, alias string) string {
	parts := make([]string, len(key))
	for i, k := range key {
		parts[i] = "CAST(" + alias + "." + k + " AS VARCHAR)"
	}
	return strings.Join(parts, " || ', ' || ")
}

// inner are the columns of the table behind a stage table.
func (m *merger) inner(alias string) string {
	columns := append(append([]string{}, m.Columns...), `"_row"`, `"_load"`, `"_seg"`, `"_gone"`)
	for i, c := range columns {
		columns[i] = alias + "." + c
	}
	return strings.Join(columns, ", ")
}

// Base sets the rows known before aside, so that new ones can be staged.
func Base(ctx context.Context, conn engine.Conn, table string) error {
	m := &merger{Table: Table{Name: table}, ctx: ctx, conn: conn}
	return m.exec(`DROP VIEW IF EXISTS stage.%s; ALTER TABLE %s RENAME TO %s; ALTER TABLE %s RENAME TO %s`,
		q(table), m.fresh(), q("_base_"+table), m.bad(), q("_base_"+table))
}

// Fold merges the newly staged rows of every mapping with its earlier ones. It
// returns the counts by number of the mapping. Rows of one key from several
// mappings are still beside each other afterwards: [Settle] ends that.
func Fold(ctx context.Context, conn engine.Conn, t Table) (map[int]*Counts, error) {
	m := &merger{Table: t, ctx: ctx, conn: conn}
	counts := map[int]*Counts{}
	for _, l := range t.Loads {
		counts[l.No] = &Counts{}
	}
	if t.Several {
		if err := m.release(); err != nil {
			return nil, err
		}
	}
	if err := m.compare(counts); err != nil {
		return nil, err
	}
	for _, l := range t.Loads {
		if err := m.fold(l, counts[l.No]); err != nil {
			return nil, err
		}
	}
	if t.Anew {
		return counts, m.swap()
	}
	if err := m.exec(`INSERT INTO %s (%s) SELECT %s FROM %s AS f`, m.base(), bare(m.inner("f")), m.inner("f"), m.fresh()); err != nil {
		return nil, err
	}
	if err := m.exec(`DROP TABLE %s; ALTER TABLE %s RENAME TO %s`, m.fresh(), m.base(), q("_"+m.Name)); err != nil {
		return nil, err
	}
	return counts, m.aside()
}

// aside adds what was newly set aside to what still is.
func (m *merger) aside() error {
	return m.exec(`INSERT INTO %[1]s SELECT * FROM %[2]s; DROP TABLE %[2]s; ALTER TABLE %[1]s RENAME TO %[3]s`, m.old(), m.bad(), q(m.Name))
}

// swap puts the new rows in the place of the earlier ones: all were read anew,
// and only what is gone comes over.
func (m *merger) swap() error {
	if len(m.Key) > 0 {
		if err := m.exec(`INSERT INTO %s (%s) SELECT %s FROM %s AS f`, m.fresh(), bare(m.inner("f")), m.inner("f"), m.base()); err != nil {
			return err
		}
	}
	if err := m.exec(`DROP TABLE %s`, m.base()); err != nil {
		return err
	}
	return m.aside()
}

// bare drops the alias from a list of columns.
func bare(columns string) string { return strings.ReplaceAll(columns, "f.", "") }

// holdable makes the table of the rows held back, where nothing was held yet.
func (m *merger) holdable() error {
	return m.exec(`CREATE TABLE IF NOT EXISTS %s AS SELECT * FROM %s WHERE false`, m.held(), m.base())
}

// release puts the rows held back beside the others.
func (m *merger) release() error {
	if err := m.holdable(); err != nil {
		return err
	}
	return m.exec(`INSERT INTO %[2]s SELECT * FROM %[1]s; DELETE FROM %[1]s`, m.held(), m.base())
}

// compare counts the new rows by what they are to the earlier ones.
func (m *merger) compare(counts map[int]*Counts) error {
	if len(m.Key) == 0 {
		for _, l := range m.Loads {
			n, err := m.count(`SELECT count(*) FROM %s WHERE "_load" = %d`, m.fresh(), l.No)
			if err != nil {
				return err
			}
			counts[l.No].New = n
		}
		return nil
	}
	sql := fmt.Sprintf(`SELECT f."_load",
  count(*) FILTER (b."_load" IS NULL OR b."_gone"),
  count(*) FILTER (b."_load" IS NOT NULL AND NOT b."_gone" AND (%[1]s))
  , count(*)
FROM %[2]s AS f LEFT JOIN %[3]s AS b ON b."_load" = f."_load" AND %[4]s
GROUP BY f."_load"`, m.differ(), m.fresh(), m.base(), m.same("b", "f"))
	return engine.Rows(m.ctx, m.conn, engine.SQL(sql), func(row []any) error {
		load, _ := engine.Int(row[0])
		c := counts[int(load)]
		if c == nil {
			return fmt.Errorf("merge %s: rows of mapping %d were not announced", m.Name, load)
		}
		c.New, _ = engine.Int(row[1])
		c.Changed, _ = engine.Int(row[2])
		n, _ := engine.Int(row[3])
		c.Unchanged = n - c.New - c.Changed
		return nil
	})
}

// fold removes or marks the earlier rows of one mapping, and clears what of it
// was set aside and is no longer so.
func (m *merger) fold(l Load, c *Counts) (err error) {
	if len(m.Key) == 0 {
		c.Dropped, err = m.drop(l)
	} else {
		c.Deleted, err = m.mark(l)
	}
	if err != nil {
		return err
	}
	return m.clear(l)
}

// drop removes the rows without a key that were read again.
func (m *merger) drop(l Load) (int64, error) {
	var conditions []string
	if l.Kind == Whole {
		conditions = append(conditions, "true")
	}
	conditions = append(conditions, m.again(l)...)
	if len(conditions) == 0 {
		return 0, nil
	}
	return m.conn.Exec(m.ctx, engine.SQL(fmt.Sprintf(`DELETE FROM %s AS b WHERE b."_load" = %d AND (%s)`, m.base(), l.No, strings.Join(conditions, " OR "))))
}

// again are the conditions on earlier rows b that were read again.
func (m *merger) again(l Load) []string {
	var out []string
	if l.Window != "" {
		out = append(out, l.Window)
	}
	for _, s := range l.Replaced {
		out = append(out, fmt.Sprintf(`b."_seg" = %d AND b."_row" >= %d AND b."_row" < %d`, s.Segment, s.From, s.To))
	}
	return out
}

// mark removes the earlier rows that are replaced, and marks as gone those that
// were read again and not found. A row whose new version is bad stays.
func (m *merger) mark(l Load) (int64, error) {
	if err := m.exec(`DELETE FROM %s AS b WHERE b."_load" = %d AND EXISTS (SELECT 1 FROM %s AS f WHERE f."_load" = %d AND %s)`,
		m.base(), l.No, m.fresh(), l.No, m.same("f", "b")); err != nil {
		return 0, err
	}
	var conditions []string
	if l.Kind == Whole {
		conditions = append(conditions, "true")
	}
	if l.Gone != "" {
		conditions = append(conditions, fmt.Sprintf(`EXISTS (SELECT 1 FROM %s AS g WHERE %s)`, l.Gone, m.same("g", "b")))
	}
	conditions = append(conditions, m.again(l)...)
	if len(conditions) == 0 {
		return 0, nil
	}
	bad := ""
	if n, err := m.count(`SELECT count(*) FROM %s WHERE "_load" = %d AND "key" IS NOT NULL`, m.bad(), l.No); err != nil {
		return 0, err
	} else if n > 0 {
		bad = fmt.Sprintf(` AND %s NOT IN (SELECT n."key" FROM %s AS n WHERE n."_load" = %d AND n."key" IS NOT NULL)`, KeyText(m.Key, "b"), m.bad(), l.No)
	}
	return m.conn.Exec(m.ctx, engine.SQL(fmt.Sprintf(`UPDATE %s AS b SET "_gone" = true WHERE b."_load" = %d AND NOT b."_gone" AND (%s)%s`,
		m.base(), l.No, strings.Join(conditions, " OR "), bad)))
}

// clear removes what was set aside before of one mapping and was read again.
func (m *merger) clear(l Load) error {
	if l.Kind == Whole {
		return m.exec(`DELETE FROM %s WHERE "_load" = %d`, m.old(), l.No)
	}
	for _, s := range l.Replaced {
		if err := m.exec(`DELETE FROM %s WHERE "_load" = %d AND "_seg" = %d AND "record" >= %d AND "record" < %d`, m.old(), l.No, s.Segment, s.From, s.To); err != nil {
			return err
		}
	}
	if l.Rejects {
		if err := m.exec(`DELETE FROM %s WHERE "_load" = %d AND "column_name" IS NULL`, m.old(), l.No); err != nil {
			return err
		}
	}
	n, err := m.count(`SELECT count(*) FROM %s WHERE "_load" = %d`, m.old(), l.No)
	if err != nil || n == 0 {
		return err
	}
	if err := m.exec(`DELETE FROM %[1]s AS o WHERE o."_load" = %[2]d AND o."key" IS NULL AND EXISTS (SELECT 1 FROM %[3]s AS n WHERE n."_load" = %[2]d AND n."key" IS NULL AND n."reason" = o."reason" AND n."raw" IS NOT DISTINCT FROM o."raw")`,
		m.old(), l.No, m.bad()); err != nil || len(m.Key) == 0 {
		return err
	}
	read := fmt.Sprintf(`SELECT %s AS "key" FROM %s AS f WHERE f."_load" = %d UNION ALL SELECT n."key" FROM %s AS n WHERE n."_load" = %d AND n."key" IS NOT NULL`,
		KeyText(m.Key, "f"), m.fresh(), l.No, m.bad(), l.No)
	if l.Gone != "" {
		read += fmt.Sprintf(` UNION ALL SELECT %s FROM %s AS g`, KeyText(m.Key, "g"), l.Gone)
	}
	return m.exec(`DELETE FROM %s AS o WHERE o."_load" = %d AND o."key" IS NOT NULL AND EXISTS (SELECT 1 FROM (%s) AS r WHERE r."key" = o."key")`, m.old(), l.No, read)
}
