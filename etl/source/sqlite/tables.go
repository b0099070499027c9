package sqlite

import (
	"context"
	"database/sql/driver"
	"strings"

	"verso/etl/source"
)

// What the schema tells of tables and views. There are no estimates but those of
// ANALYZE.
const (
	tablesSQL = `SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY name`
	// The columns of each, with the place in the primary key, from 1.
	columnsSQL = `SELECT t.name, c.name, c.type, c."notnull", c.pk FROM sqlite_schema AS t, pragma_table_info(t.name) AS c
WHERE t.type IN ('table', 'view') ORDER BY t.name, c.cid`
	foreignSQL = `SELECT t.name, f.id, f."from", f."table", coalesce(f."to", '') FROM sqlite_schema AS t, pragma_foreign_key_list(t.name) AS f
WHERE t.type = 'table' ORDER BY t.name, f.id DESC, f.seq`
	estimatesSQL = `SELECT tbl, max(CAST(stat AS INTEGER)) FROM sqlite_stat1 GROUP BY tbl`
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
	text := func(v driver.Value) string { return string(appendText(nil, v)) }
	err := s.each(ctx, tablesSQL, func(v []driver.Value) error {
		at[text(v[0])] = len(tables)
		tables = append(tables, source.Table{Name: text(v[0]), View: text(v[1]) == "view", Rows: -1})
		return nil
	})
	if err == nil {
		err = s.each(ctx, columnsSQL, func(v []driver.Value) error {
			if i, ok := at[text(v[0])]; ok {
				tables[i].Columns = append(tables[i].Columns, source.TableColumn{Name: text(v[1]), Type: text(v[2]), Nullable: whole(v[3]) == 0 && whole(v[4]) == 0})
				if n := int(whole(v[4])); n > 0 {
					for len(tables[i].Primary) < n {
						tables[i].Primary = append(tables[i].Primary, "")
					}
					tables[i].Primary[n-1] = text(v[1])
				}
			}
			return nil
		})
	}
	last := ""
	if err == nil {
		err = s.each(ctx, foreignSQL, func(v []driver.Value) error {
			this := text(v[0]) + "." + text(v[1])
			foreign(&tables[at[text(v[0])]], text(v[2]), text(v[3]), text(v[4]), this == last)
			last = this
			return nil
		})
	}
	if err != nil {
		return nil, s.opened(ctx, err)
	}
	// A database that was never analysed has no such table.
	_ = s.each(ctx, estimatesSQL, func(v []driver.Value) error {
		if i, ok := at[text(v[0])]; ok {
			tables[i].Rows = whole(v[1])
		}
		return nil
	})
	for i := range tables {
		finish(&tables[i], tables, at)
	}
	return tables, nil
}

func foreign(t *source.Table, from, table, to string, more bool) {
	if more {
		f := &t.Foreign[len(t.Foreign)-1]
		f.Columns, f.To = append(f.Columns, from), append(f.To, to)
		return
	}
	t.Foreign = append(t.Foreign, source.ForeignKey{Columns: []string{from}, Table: table, To: []string{to}})
}

// finish writes the SELECT, and the primary keys that foreign ones leave out.
func finish(t *source.Table, all []source.Table, at map[string]int) {
	names := make([]string, len(t.Columns))
	for k, c := range t.Columns {
		names[k] = quote(c.Name)
	}
	t.Select = "SELECT " + strings.Join(names, ", ") + " FROM " + quote(t.Name)
	for i, f := range t.Foreign {
		if n, ok := at[f.Table]; ok && f.To[0] == "" && len(all[n].Primary) == len(f.Columns) {
			t.Foreign[i].To = all[n].Primary
		}
	}
}

var (
	_ source.Source  = (*Source)(nil)
	_ source.Sampler = (*Source)(nil)
	_ source.Lister  = (*Source)(nil)
	_ source.Checker = (*Source)(nil)
)
