//go:build duckdb_arrow

package duck

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/array"
	duckdb "github.com/duckdb/duckdb-go/v2"
)

// Arrow says how batches are made: here by DuckDB itself.
const Arrow = "native"

func queryArrow(ctx context.Context, raw *duckdb.Conn, sql string, args []any) (array.RecordReader, error) {
	safeSchemas()
	a, err := duckdb.NewArrowFromConn(raw)
	if err != nil {
		return nil, err
	}
	r, err := a.QueryContext(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return &toldReader{r, ctx, sql}, nil
}

// toldReader sorts what goes wrong while rows are read as statementError does.
type toldReader struct {
	array.RecordReader
	ctx context.Context
	sql string
}

// Err is nil after the last row of a whole result.
func (r *toldReader) Err() error {
	err := r.RecordReader.Err()
	if err == nil || r.ctx.Err() != nil {
		return err
	}
	return statementError(r.ctx, r.sql, errors.New(strings.TrimPrefix(err.Error(), "failed to create arrow array: ")))
}

// Ingest appends the batches of r to table, by column name: columns that r lacks
// get their default, columns that the table lacks are an error. Batches of about
// 122,880 rows are taken fastest.
//
// DuckDB lets one transaction write to one database only, and the view of the
// batches is made in memory: so Ingest is a transaction of its own and not part
// of an open one.
func (c *Conn) Ingest(ctx context.Context, table string, r array.RecordReader) (rows int64, err error) {
	if c.closed {
		return 0, errClosed
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	a, err := duckdb.NewArrowFromConn(c.raw)
	if err != nil {
		return 0, err
	}
	watched := &watchedReader{RecordReader: r, ctx: ctx}
	view, release, err := c.register(a, watched)
	if err != nil {
		return 0, watched.blame(ctx, table, err)
	}
	defer func() {
		// The view goes before the memory it points into, even when ctx has ended.
		_, dropErr := exec(context.Background(), c.raw, "DROP VIEW memory.main."+view, nil)
		release()
		err = errors.Join(err, dropErr)
	}()
	rows, err = exec(ctx, c.raw, "INSERT INTO "+table+" BY NAME SELECT * FROM memory.main."+view, nil)
	if err != nil {
		return 0, watched.blame(ctx, table, err)
	}
	return rows, nil
}

// register makes the view of the batches in the connection's main database,
// which is in memory, under a name nobody else uses. The file is the default
// catalog again when it returns.
func (c *Conn) register(a *duckdb.Arrow, r array.RecordReader) (view string, release func(), err error) {
	view = fmt.Sprintf("verso_ingest_%d", c.db.ingests.Add(1))
	if err := c.use("memory"); err != nil {
		return "", nil, err
	}
	release, err = a.RegisterView(r, view)
	if useErr := c.use(Catalog); useErr != nil {
		// Without its default catalog the connection is of no use.
		if err == nil {
			_, dropErr := exec(context.Background(), c.raw, "DROP VIEW memory.main."+view, nil)
			release()
			useErr = errors.Join(useErr, dropErr)
		}
		return "", nil, errors.Join(err, useErr, c.Close())
	}
	return view, release, err
}

// use switches the default catalog, whatever has become of the caller's
// context; a database in memory has only one.
func (c *Conn) use(catalog string) error {
	if c.db.options.Path == "" {
		return nil
	}
	_, err := exec(context.Background(), c.raw, "USE "+catalog, nil)
	return err
}
