//go:build duckdb_arrow

package duck

import (
	"sync"

	"github.com/apache/arrow-go/v18/arrow"
	bindings "github.com/duckdb/duckdb-go-bindings"
	"github.com/duckdb/duckdb-go/v2/arrowmapping"
	"github.com/duckdb/duckdb-go/v2/mapping"
)

// StreamResults makes the queries of the whole process give their rows while they
// are computed, instead of when all are there: the first come at once, and a
// result may be larger than memory. A query then holds its connection until its
// reader is released, and what goes wrong on the way comes from the reader's Err.
// It is for a process that runs one query at a time, before its first.
//
// The driver ends a stream that failed as if it were whole. So the end of each is
// looked at, and an error is handed to the reader as a batch that cannot be made.
func StreamResults() { streamResults() }

var streamResults = sync.OnceFunc(func() {
	var faults sync.Map // message by the address of the chunk that stands for it
	fetch, convert := mapping.FetchChunk, arrowmapping.DataChunkToArrowArray
	mapping.PendingPrepared = bindings.PendingPreparedStreaming
	mapping.FetchChunk = func(result mapping.Result) mapping.DataChunk {
		chunk := fetch(result)
		if chunk.Ptr != nil {
			return chunk
		}
		message := mapping.ResultError(&result)
		if message == "" {
			return chunk
		}
		chunk = emptyChunk()
		faults.Store(chunk.Ptr, message)
		return chunk
	}
	arrowmapping.DataChunkToArrowArray = func(options arrowmapping.ArrowOptions, schema *arrow.Schema, chunk mapping.DataChunk) (arrow.RecordBatch, mapping.ErrorData) {
		if message, ok := faults.LoadAndDelete(chunk.Ptr); ok {
			return nil, mapping.CreateErrorData(mapping.ErrorTypeExecutor, message.(string))
		}
		return convert(options, schema, chunk)
	}
})

// emptyChunk is a chunk of one column and no rows.
func emptyChunk() mapping.DataChunk {
	kind := mapping.CreateLogicalType(mapping.TypeBoolean)
	defer mapping.DestroyLogicalType(&kind)
	return mapping.CreateDataChunk([]mapping.LogicalType{kind})
}
