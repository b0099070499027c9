//go:build !duckdb_arrow

package duck

import (
	"context"
	"errors"

	"github.com/apache/arrow-go/v18/arrow/array"
	duckdb "github.com/duckdb/duckdb-go/v2"
)

// Arrow says how batches are made: here row by row.
const Arrow = "portable"

var errPortable = errors.New("built without -tags duckdb_arrow")

func queryArrow(context.Context, *duckdb.Conn, string, []any) (array.RecordReader, error) {
	return nil, errPortable
}

// Ingest appends the batches of r to table, by column name.
func (c *Conn) Ingest(context.Context, string, array.RecordReader) (int64, error) {
	return 0, errPortable
}
