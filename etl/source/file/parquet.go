package file

import (
	"context"
	"fmt"
	"strings"

	"verso/etl/source"
	"verso/etl/source/landing"
	"verso/olap/engine"
)

// scanParquet is the FROM clause of one Parquet file.
func (in *input) scanParquet() string {
	path := strings.NewReplacer("[", "[[]", "*", "[*]", "?", "[?]").Replace(in.path)
	return "read_parquet(" + engine.QuoteText(path) + ", hive_partitioning = false)"
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
		return fmt.Errorf("%s is a damaged Parquet file: %w", in.path, err)
	}
	return nil
}

// selectParquet lists the columns of a file as they land.
func (in *input) selectParquet(columns []source.Column) string {
	list := make([]string, len(columns))
	for i, c := range columns {
		id := engine.QuoteIdent(c.Name)
		list[i] = id
		if in.nested[c.Name] {
			list[i] = "CAST(to_json(" + id + ") AS VARCHAR) AS " + id
		}
	}
	return "SELECT " + strings.Join(list, ", ") + " FROM " + in.scanParquet()
}

// landParquet copies Parquet files into one, their rows in order.
func (s *Source) landParquet(ctx context.Context, conn engine.Conn, req source.Request, inputs []*input) (source.Report, error) {
	job, err := landing.Begin(conn, req, s.spool)
	if err != nil {
		return source.Report{}, err
	}
	defer job.Abort()
	columns := columnsOf(inputs)
	queries, passes := make([]string, len(inputs)), make([]pass, len(inputs))
	var want int64
	for i, in := range inputs {
		queries[i] = in.selectParquet(columns)
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
		sql := fmt.Sprintf("%s LIMIT %d", in.selectParquet(columns), n-len(rows))
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
