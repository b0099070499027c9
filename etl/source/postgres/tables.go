package postgres

import (
	"context"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"verso/etl/source"
)

// What the catalog tells of tables and views that the user may read. The schema
// is empty for public.
const (
	tablesSQL = `SELECT CASE n.nspname WHEN 'public' THEN '' ELSE n.nspname END, c.relname, c.relkind IN ('v', 'm'),
  CASE WHEN c.relkind = 'v' OR c.reltuples < 0 THEN -1 ELSE c.reltuples::bigint END
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\_%'
  AND has_table_privilege(c.oid, 'SELECT')
ORDER BY 1, 2`
	columnsSQL = `SELECT CASE n.nspname WHEN 'public' THEN '' ELSE n.nspname END, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull
FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
ORDER BY 1, 2, a.attnum`
	keysSQL = `SELECT CASE n.nspname WHEN 'public' THEN '' ELSE n.nspname END, c.relname, k.conname, k.contype = 'p', a.attname,
  CASE m.nspname WHEN 'public' THEN '' ELSE coalesce(m.nspname, '') END, coalesce(d.relname, ''), coalesce(b.attname, '')
FROM pg_catalog.pg_constraint AS k JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL unnest(k.conkey) WITH ORDINALITY AS u (attnum, no)
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = u.attnum
LEFT JOIN pg_catalog.pg_class AS d ON d.oid = k.confrelid LEFT JOIN pg_catalog.pg_namespace AS m ON m.oid = d.relnamespace
LEFT JOIN pg_catalog.pg_attribute AS b ON b.attrelid = d.oid AND b.attnum = k.confkey[u.no]
WHERE k.contype IN ('p', 'f')
ORDER BY 1, 2, k.contype DESC, k.conname, u.no`
)

// Tables implements source.Lister.
func (s *Source) Tables(ctx context.Context) ([]source.Table, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer s.end()
	var tables []source.Table
	at := map[[2]string]int{}
	err := s.each(ctx, tablesSQL, func(v []string) {
		rows, err := strconv.ParseInt(v[3], 10, 64)
		if err != nil {
			rows = -1
		}
		at[[2]string{v[0], v[1]}] = len(tables)
		tables = append(tables, source.Table{Schema: v[0], Name: v[1], View: v[2] == "t", Rows: rows})
	})
	if err == nil {
		err = s.each(ctx, columnsSQL, func(v []string) {
			if i, ok := at[[2]string{v[0], v[1]}]; ok {
				tables[i].Columns = append(tables[i].Columns, source.TableColumn{Name: v[2], Type: v[3], Nullable: v[4] == "t"})
			}
		})
	}
	last := ""
	if err == nil {
		err = s.each(ctx, keysSQL, func(v []string) {
			this := strings.Join(v[:3], ".")
			if i, ok := at[[2]string{v[0], v[1]}]; ok {
				key(&tables[i], v, this == last)
			}
			last = this
		})
	}
	if err != nil {
		return nil, s.unreachable(ctx, err)
	}
	for i := range tables {
		tables[i].Select = selectOf(&tables[i])
	}
	return tables, nil
}

func selectOf(t *source.Table) string {
	names := make([]string, len(t.Columns))
	for k, c := range t.Columns {
		names[k] = pgx.Identifier{c.Name}.Sanitize()
	}
	table := pgx.Identifier{t.Name}
	if t.Schema != "" {
		table = pgx.Identifier{t.Schema, t.Name}
	}
	return "SELECT " + strings.Join(names, ", ") + " FROM " + table.Sanitize()
}

// key adds a column to the primary or a foreign key.
func key(t *source.Table, v []string, more bool) {
	switch {
	case v[3] == "t":
		t.Primary = append(t.Primary, v[4])
	case more:
		f := &t.Foreign[len(t.Foreign)-1]
		f.Columns, f.To = append(f.Columns, v[4]), append(f.To, v[7])
	default:
		t.Foreign = append(t.Foreign, source.ForeignKey{Columns: []string{v[4]}, Schema: v[5], Table: v[6], To: []string{v[7]}})
	}
}

// each calls fn with the texts of every row.
func (s *Source) each(ctx context.Context, sql string, fn func([]string)) error {
	reader := s.conn.PgConn().ExecParams(ctx, sql, nil, nil, nil, nil)
	for reader.NextRow() {
		values := reader.Values()
		row := make([]string, len(values))
		for i, v := range values {
			row[i] = string(v)
		}
		fn(row)
	}
	_, err := reader.Close()
	return err
}

// Check implements source.Checker.
func (s *Source) Check(ctx context.Context) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.begin(ctx); err != nil {
		return "", err
	}
	defer s.end()
	return "server PostgreSQL " + s.conn.PgConn().ParameterStatus("server_version") + ", " + s.Where(), nil
}

var (
	_ source.Lister  = (*Source)(nil)
	_ source.Checker = (*Source)(nil)
)
