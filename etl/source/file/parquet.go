package file

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"verso/etl/source"
	"verso/etl/source/landing"
	"verso/olap/engine"
)

// scanParquet is the FROM clause of one Parquet file.
func (in *input) scanParquet() string {
	return "read_parquet(" + in.literal() + ", hive_partitioning = false)"
}

// literal is the file's path in SQL.
func (in *input) literal() string {
	return engine.QuoteText(strings.NewReplacer("[", "[[]", "*", "[*]", "?", "[?]").Replace(in.path))
}

// scanAll are the engine's scans of files, in their order: those that follow one
// another and have the same columns share one.
func scanAll(inputs []*input, columns []source.Column) []string {
	var queries []string
	for i := 0; i < len(inputs); {
		first, n := inputs[i], i
		var paths []string
		for ; n < len(inputs) && slices.Equal(inputs[n].columns, first.columns) && maps.Equal(inputs[n].nested, first.nested); n++ {
			paths = append(paths, inputs[n].literal())
		}
		queries = append(queries, first.selectParquet(columns, "read_parquet(["+strings.Join(paths, ", ")+"], hive_partitioning = false)"))
		i = n
	}
	return queries
}

// describeParquet finds columns and types. Nested columns land as JSON text.
func (in *input) describeParquet(ctx context.Context, conn engine.Conn) error {
	in.encoding = ""
	in.types, in.nested = map[string]string{}, map[string]bool{}
	in.columns = nil
	err := engine.Rows(ctx, conn, engine.SQL("DESCRIBE SELECT * FROM "+in.scanParquet()), func(row []any) error {
		name, kind := engine.Text(row[0]), engine.Text(row[1])
		if strings.ContainsAny(kind, "([") && !strings.HasPrefix(kind, "DECIMAL(") && !strings.HasPrefix(kind, "ENUM(") {
			in.nested[name] = true
			kind = "VARCHAR"
		}
		in.columns = append(in.columns, name)
		in.types[name] = kind
		return nil
	})
	if err == nil {
		var row []any
		if row, err = engine.One(ctx, conn, engine.SQL(`SELECT count(*) AS "n" FROM `+in.scanParquet())); err == nil {
			in.counted, _ = engine.Int(row[0])
		}
	}
	if err != nil {
		if ctx.Err() != nil {
			return err
		}
		return fmt.Errorf("%s is a damaged Parquet file: %w", in.name(), err)
	}
	return nil
}

// selectParquet lists the columns of a file as they land.
func (in *input) selectParquet(columns []source.Column, from string) string {
	list := make([]string, len(columns))
	for i, c := range columns {
		id := engine.QuoteIdent(c.Name)
		list[i] = id
		if !slices.Contains(in.columns, c.Name) {
			list[i] = "CAST(NULL AS " + c.Type + ") AS " + id
		} else if in.nested[c.Name] {
			list[i] = "CAST(to_json(" + id + ") AS VARCHAR) AS " + id
		}
	}
	return "SELECT " + strings.Join(list, ", ") + " FROM " + from
}

// landParquet copies Parquet files into one, their rows in order.
func (s *Source) landParquet(ctx context.Context, conn engine.Conn, req source.Request, inputs []*input) (source.Report, error) {
	job, err := landing.Begin(conn, req, s.spool)
	if err != nil {
		return source.Report{}, err
	}
	defer job.Abort()
	columns := columnsOf(inputs)
	queries, passes := scanAll(inputs, columns), make([]pass, len(inputs))
	var want int64
	for i, in := range inputs {
		if passes[i].sha, err = checksum(in.path); err != nil {
			return source.Report{}, s.unreadable(err)
		}
		passes[i].read, passes[i].landed = in.counted, in.counted
		want += in.counted
	}
	landed, err := job.Copy(ctx, strings.Join(queries, " UNION ALL "))
	if err != nil {
		return source.Report{}, s.sort(err)
	}
	if landed != want {
		return source.Report{}, s.sort(errInternal)
	}
	for _, in := range inputs {
		if err := in.changed(); err != nil {
			return source.Report{}, s.unreadable(err)
		}
	}
	if err := job.Finish(ctx); err != nil {
		return source.Report{}, err
	}
	return report(inputs, passes, columns), nil
}

func sampleParquet(ctx context.Context, conn engine.Conn, inputs []*input, n int) ([][]string, error) {
	var rows [][]string
	columns := columnsOf(inputs)
	for _, in := range inputs {
		if len(rows) >= n {
			break
		}
		sql := fmt.Sprintf("%s LIMIT %d", in.selectParquet(columns, in.scanParquet()), n-len(rows))
		err := engine.Rows(ctx, conn, engine.SQL(sql), func(row []any) error {
			texts := make([]string, len(row))
			for i, v := range row {
				texts[i] = engine.Text(v)
			}
			rows = append(rows, texts)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return rows, nil
}
