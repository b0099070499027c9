package star

import (
	"context"

	"verso/olap/engine"
)

// LoadKeys gives a build from nothing the keys that members had in an earlier
// one: from is what a SELECT reads them from, such as the file of SaveKeys. Where
// meta.star_key is there already, as in a copy of the last generation, it stays.
func LoadKeys(ctx context.Context, conn engine.QueryExecer, from string) error {
	_, err := conn.Exec(ctx, engine.SQL("CREATE SCHEMA IF NOT EXISTS meta; CREATE TABLE IF NOT EXISTS meta.star_key AS SELECT dim, id, key FROM "+from+" AS k ORDER BY dim, key"))
	return err
}

// SaveKeys writes the keys of the members to a Parquet file: beside the landing
// it lets a build from landing number them as they are.
func SaveKeys(ctx context.Context, conn engine.QueryExecer, path string) error {
	_, err := conn.Exec(ctx, engine.SQL("COPY (SELECT dim, id, key FROM meta.star_key ORDER BY dim, key) TO "+engine.QuoteText(path)+" (FORMAT parquet, COMPRESSION zstd)"))
	return err
}

// Changed tells what the last build did to the facts that increments make in
// part: by table, the days whose facts are different, in order. A table made
// whole, or without days, is not in the map.
func Changed(ctx context.Context, q engine.Querier) (map[string][]int64, error) {
	days := map[string][]int64{}
	const built = "SELECT b.fact, d.date_key FROM meta.star_build b LEFT JOIN meta.star_day d ON d.fact = b.fact WHERE b.mode = 'some' AND b.dated ORDER BY b.fact, d.date_key NULLS FIRST"
	err := engine.Rows(ctx, q, engine.SQL(built), func(row []any) error {
		fact := engine.Text(row[0])
		if days[fact] == nil {
			days[fact] = []int64{}
		}
		if day, ok := engine.Int(row[1]); ok && row[1] != nil {
			days[fact] = append(days[fact], day)
		}
		return nil
	})
	return days, err
}
