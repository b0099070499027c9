package postgres

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"verso/etl/source"
	"verso/etl/source/postgres/pgtest"
	"verso/etl/source/sourcetest"
	"verso/olap/engine/duck/ducktest"
)

func TestContract(t *testing.T) {
	conn := ducktest.Scratch(t)
	dsn := pgtest.Start(t)
	sourcetest.Run(t, sourcetest.Harness{Conn: conn, Open: func(t *testing.T, table sourcetest.Table) (source.Source, source.Request) {
		ctx := context.Background()
		c, err := pgx.Connect(ctx, dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close(ctx)
		var columns, names []string
		for _, col := range table.Columns {
			kind := map[string]string{"integer": "bigint", "decimal": "numeric(18,4)", "date": "date", "text": "text", "moment": "timestamptz"}[col.Kind]
			columns = append(columns, pgx.Identifier{col.Name}.Sanitize()+" "+kind)
			names = append(names, pgx.Identifier{col.Name}.Sanitize())
		}
		id := pgx.Identifier{table.Name}.Sanitize()
		pgtest.Exec(t, dsn, "DROP TABLE IF EXISTS "+id+"; CREATE TABLE "+id+" ("+strings.Join(columns, ", ")+")")
		var b strings.Builder
		send := func() {
			if _, err := c.PgConn().CopyFrom(ctx, strings.NewReader(b.String()), "COPY "+id+" FROM STDIN"); err != nil {
				t.Fatal(err)
			}
			b.Reset()
		}
		escape := strings.NewReplacer("\\", "\\\\", "\n", "\\n", "\t", "\\t")
		for r := range table.Rows {
			for k := range table.Columns {
				if k > 0 {
					b.WriteByte('\t')
				}
				if v := table.Cell(r, k); v == sourcetest.Null {
					b.WriteString("\\N")
				} else {
					b.WriteString(escape.Replace(v))
				}
			}
			b.WriteByte('\n')
			if b.Len() > 8<<20 {
				send()
			}
		}
		send()
		return open(t, dsn), source.Request{Name: table.Name, SQL: "SELECT " + strings.Join(names, ", ") + " FROM " + id}
	}, Between: func(t *testing.T, _ source.Request) sourcetest.Network {
		conf, err := pgx.ParseConfig(dsn)
		if err != nil {
			t.Fatal(err)
		}
		return sourcetest.Network{Network: "unix", Address: filepath.Join(conf.Host, ".s.PGSQL.5432"), Open: func(address string) source.Source {
			return open(t, "postgres://postgres@"+address+"/postgres?sslmode=disable")
		}}
	}})
}
