package mysql

import (
	"context"
	"errors"
	"io"
	"strings"

	"verso/etl/source"
)

// What information_schema tells of the database of the DSN.
const (
	tablesSQL = `SELECT table_name, table_type, table_rows FROM information_schema.tables
WHERE table_schema = DATABASE() AND table_type IN ('BASE TABLE', 'VIEW') ORDER BY table_name`
	columnsSQL = `SELECT table_name, column_name, column_type, is_nullable FROM information_schema.columns
WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position`
	keysSQL = `SELECT table_name, constraint_name, column_name, referenced_table_name, referenced_column_name FROM information_schema.key_column_usage
WHERE table_schema = DATABASE() AND (constraint_name = 'PRIMARY' OR referenced_table_schema = DATABASE())
ORDER BY table_name, constraint_name, ordinal_position`
)

// Tables implements source.Lister.
func (s *Source) Tables(ctx context.Context) ([]source.Table, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	var tables []source.Table
	at := map[string]int{}
	err := s.each(ctx, tablesSQL, func(v []string) {
		t := source.Table{Name: v[0], View: v[1] == "VIEW", Rows: -1}
		if !t.View {
			t.Rows = atoi(v[2])
		}
		at[t.Name] = len(tables)
		tables = append(tables, t)
	})
	if err == nil {
		err = s.each(ctx, columnsSQL, func(v []string) {
			if i, ok := at[v[0]]; ok {
				tables[i].Columns = append(tables[i].Columns, source.TableColumn{Name: v[1], Type: v[2], Nullable: v[3] == "YES"})
			}
		})
	}
	last := ""
	if err == nil {
		err = s.each(ctx, keysSQL, func(v []string) {
			if i, ok := at[v[0]]; ok {
				key(&tables[i], v, last == v[0]+"."+v[1])
			}
			last = v[0] + "." + v[1]
		})
	}
	if err != nil {
		return nil, s.unreachable(ctx, err)
	}
	for i := range tables {
		names := make([]string, len(tables[i].Columns))
		for k, c := range tables[i].Columns {
			names[k] = quote(c.Name)
		}
		tables[i].Select = "SELECT " + strings.Join(names, ", ") + " FROM " + quote(tables[i].Name)
	}
	return tables, nil
}

// key adds a column to the primary or a foreign key.
func key(t *source.Table, v []string, more bool) {
	switch {
	case v[1] == "PRIMARY":
		t.Primary = append(t.Primary, v[2])
	case more:
		f := &t.Foreign[len(t.Foreign)-1]
		f.Columns, f.To = append(f.Columns, v[2]), append(f.To, v[4])
	default:
		t.Foreign = append(t.Foreign, source.ForeignKey{Columns: []string{v[2]}, Table: v[3], To: []string{v[4]}})
	}
}

// each calls fn with the texts of every row.
func (s *Source) each(ctx context.Context, sql string, fn func([]string)) error {
	r, err := s.query(ctx, sql)
	if err != nil {
		return err
	}
	defer r.close()
	for {
		if err := r.next(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		row := make([]string, len(r.values))
		for i, v := range r.values {
			row[i] = text(v)
		}
		fn(row)
	}
}

func atoi(s string) int64 {
	n := int64(0)
	for _, c := range s {
		if c < '0' || c > '9' {
			return -1
		}
		n = n*10 + int64(c-'0')
	}
	if s == "" {
		return -1
	}
	return n
}

// quote is an identifier in MySQL's SQL.
func quote(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

var (
	_ source.Source  = (*Source)(nil)
	_ source.Sampler = (*Source)(nil)
	_ source.Lister  = (*Source)(nil)
	_ source.Checker = (*Source)(nil)
)
