package check

import (
	"context"
	"fmt"
	"strings"

	"verso/olap/engine"
)

// readVersions tells how tables are now. before are the versions that the last
// run knew; a table that was touched since gets one that none had.
func readVersions(ctx context.Context, db engine.Querier, list []slice, before map[slice]tableVersion, there map[string]bool) (map[slice]tableVersion, error) {
	touched, err := touchedTables(ctx, db, there)
	if err != nil {
		return nil, err
	}
	counts, err := countRows(ctx, db, list)
	if err != nil {
		return nil, err
	}
	fresh := changeVersion(nextChange(before))
	out := map[slice]tableVersion{}
	var read []slice
	for _, s := range list {
		v := tableVersion{fresh, counts[s.table]}
		was, known := before[s]
		switch changed, told := touched[s.table]; {
		case told && !changed && known && was.rows == v.rows:
			v = was
		case !told && v.rows <= readRows:
			read = append(read, s)
		}
		out[s] = v
	}
	return out, readDigests(ctx, db, read, out)
}

// touchedTables are the tables of which the steps before tell whether they have
// changed since the last generation: the staged ones, and facts that can be made
// in part.
func touchedTables(ctx context.Context, db engine.Querier, there map[string]bool) (map[string]bool, error) {
	out := map[string]bool{}
	for table, sql := range map[string]string{
		"meta.stage_change": `SELECT 'stage.' || "table_name", "mode" <> 'none' FROM meta.stage_change ORDER BY 1`,
		"meta.star_build":   `SELECT "fact", "mode" <> 'some' OR "due" <> 0 FROM meta.star_build ORDER BY 1`,
	} {
		if !there[table] {
			continue
		}
		err := engine.Rows(ctx, db, engine.SQL(sql), func(row []any) error {
			changed, ok := row[1].(bool)
			out[strings.Clone(engine.Text(row[0]))] = changed || !ok
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func countRows(ctx context.Context, db engine.Querier, list []slice) (map[string]int64, error) {
	var parts []string
	out := map[string]int64{}
	for _, s := range list {
		if _, ok := out[s.table]; !ok {
			out[s.table] = 0
			parts = append(parts, fmt.Sprintf("SELECT %s AS name, count(*) AS n FROM %s", engine.QuoteText(s.table), quotedTable(s.table)))
		}
	}
	if len(parts) == 0 {
		return out, nil
	}
	err := engine.Rows(ctx, db, engine.SQL(strings.Join(parts, "\nUNION ALL\n")), func(row []any) error {
		out[strings.Clone(engine.Text(row[0]))], _ = engine.Int(row[1])
		return nil
	})
	return out, err
}

// readDigests puts the digests of the rows of tables, whose order is free, into
// versions.
func readDigests(ctx context.Context, db engine.Querier, list []slice, versions map[slice]tableVersion) error {
	var parts []string
	for _, s := range list {
		row, where := "digested_row", ""
		if s.of != "" {
			row, where = sliced[s.table], ` WHERE "table_name" = `+engine.QuoteText(s.of)
		}
		parts = append(parts, fmt.Sprintf("SELECT %s AS name, %s AS of, count(*) AS n, CAST(sum(hash(%s)) AS VARCHAR) AS digest FROM %s AS digested_row%s",
			engine.QuoteText(s.table), engine.QuoteText(s.of), row, quotedTable(s.table), where))
	}
	if len(parts) == 0 {
		return nil
	}
	return engine.Rows(ctx, db, engine.SQL(strings.Join(parts, "\nUNION ALL\n")), func(row []any) error {
		s := slice{strings.Clone(engine.Text(row[0])), strings.Clone(engine.Text(row[1]))}
		n, _ := engine.Int(row[2])
		versions[s] = tableVersion{fmt.Sprintf("%d rows %s", n, engine.Text(row[3])), n}
		return nil
	})
}

// nextChange is the number of a change that no table has had.
func nextChange(before map[slice]tableVersion) int {
	most := 0
	for _, v := range before {
		var n int
		if _, err := fmt.Sscanf(v.text, "change %d", &n); err == nil {
			most = max(most, n)
		}
	}
	return most + 1
}
