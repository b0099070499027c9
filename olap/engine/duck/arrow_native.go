//go:build duckdb_arrow

package duck

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/apache/arrow-go/v18/arrow/array"
	duckdb "github.com/duckdb/duckdb-go/v2"
)

// Arrow says how batches are made: here by DuckDB itself.
const Arrow = "native"

func queryArrow(ctx context.Context, raw *duckdb.Conn, sql string, args []any) (array.RecordReader, error) {
	a, err := duckdb.NewArrowFromConn(raw)
	if err != nil {
		return nil, err
	}
	return a.QueryContext(ctx, sql, args...)
}

// ingestView is where the batches of one Ingest appear, in the in-memory
// main database of the connection.
const ingestView = "verso_ingest"

// Ingest appends the batches of r to table, by column name. DuckDB lets one
// transaction write to one database only, and the view of the batches is made
// in memory: so Ingest is a transaction of its own and not part of an open one.
func (c *Conn) Ingest(ctx context.Context, table string, r array.RecordReader) (rows int64, err error) {
	a, err := duckdb.NewArrowFromConn(driver.Conn(c.raw))
	if err != nil {
		return 0, err
	}
	if err := c.use(ctx, "memory"); err != nil {
		return 0, err
	}
	release, err := a.RegisterView(r, ingestView)
	if err != nil {
		return 0, errors.Join(fmt.Errorf("duck: ingest into %s: %w", table, err), c.use(ctx, Catalog))
	}
	defer func() {
		// The view goes before the memory it points into, even when ctx has ended.
		_, dropErr := exec(context.WithoutCancel(ctx), c.raw, "DROP VIEW memory.main."+ingestView, nil)
		release()
		err = errors.Join(err, dropErr)
	}()
	if err := c.use(ctx, Catalog); err != nil {
		return 0, err
	}
	return exec(ctx, c.raw, "INSERT INTO "+table+" BY NAME SELECT * FROM memory.main."+ingestView, nil)
}

// use switches the default catalog; a database in memory has only one.
func (c *Conn) use(ctx context.Context, catalog string) error {
	if c.db.options.Path == "" {
		return nil
	}
	_, err := exec(context.WithoutCancel(ctx), c.raw, "USE "+catalog, nil)
	return err
}
