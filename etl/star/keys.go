package star

import (
	"context"

	"verso/olap/engine"
)

// Keys are files that hold the keys of an earlier build, each as what a SELECT
// reads from (to load) or as a path (to save).
type Keys struct {
	Members string // of the members of dimensions
	Orders  string // of orders
}

// LoadKeys gives a build from nothing the keys of an earlier one, as SaveKeys
// wrote them. Where they are there already, as in a copy of the last generation,
// they stay. stage.order_header must be there.
func LoadKeys(ctx context.Context, conn engine.QueryExecer, from Keys) error {
	row, err := engine.One(ctx, conn, engine.SQL("SELECT max(data_type) FROM information_schema.columns WHERE table_schema = 'stage' AND table_name = 'order_header' AND column_name = 'order_id'"))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, engine.SQL("CREATE SCHEMA IF NOT EXISTS meta;\n"+
		"CREATE TABLE IF NOT EXISTS meta.star_key AS SELECT dim, id, key FROM "+from.Members+" AS k ORDER BY dim, key;\n"+
		"CREATE TABLE IF NOT EXISTS meta.star_order_key AS SELECT TRY_CAST(order_id AS "+engine.Text(row[0])+") AS order_id, order_key FROM "+from.Orders+" AS k ORDER BY order_key"))
	return err
}

// SaveKeys writes the keys to Parquet files: beside the landing they let a build
// from landing number members and orders as they are.
func SaveKeys(ctx context.Context, conn engine.QueryExecer, to Keys) error {
	_, err := conn.Exec(ctx, engine.SQL("COPY (SELECT dim, id, key FROM meta.star_key ORDER BY dim, key) TO "+engine.QuoteText(to.Members)+" (FORMAT parquet, COMPRESSION zstd);\n"+
		"COPY (SELECT order_id, order_key FROM meta.star_order_key ORDER BY order_key) TO "+engine.QuoteText(to.Orders)+" (FORMAT parquet, COMPRESSION zstd)"))
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
