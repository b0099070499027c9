package sqlworker

import (
	"bufio"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// gatherRows is how many rows one message holds at most: the engine's batches
// have 2,048, and a message costs as much as some thousand rows do.
const gatherRows = 1 << 16

// gathered sends batches in messages of many. The first goes out by itself, so
// that whoever waits sees something, and each may be four times the one before.
type gathered struct {
	w      *ipc.Writer
	schema *arrow.Schema
	out    *bufio.Writer
	held   []arrow.RecordBatch
	rows   int64
	want   int64 // rows of the next message
}

// add takes a batch over.
func (g *gathered) add(b arrow.RecordBatch) error {
	g.held, g.rows = append(g.held, b), g.rows+b.NumRows()
	if g.rows < g.want {
		return nil
	}
	g.want = min(max(4*g.want, 1<<13), gatherRows)
	return g.flush()
}

// flush sends what is held.
func (g *gathered) flush() error {
	defer g.release()
	if g.rows == 0 {
		return nil
	}
	whole, err := concatenate(g.schema, g.held)
	if err != nil {
		return err
	}
	defer whole.Release()
	if err := g.w.Write(whole); err != nil {
		return err
	}
	return g.out.Flush()
}

func (g *gathered) release() {
	for _, b := range g.held {
		b.Release()
	}
	g.held, g.rows = g.held[:0], 0
}

// concatenate makes one batch of several.
func concatenate(schema *arrow.Schema, batches []arrow.RecordBatch) (arrow.RecordBatch, error) {
	if len(batches) == 1 {
		batches[0].Retain()
		return batches[0], nil
	}
	columns := make([]arrow.Array, schema.NumFields())
	defer func() {
		for _, c := range columns {
			if c != nil {
				c.Release()
			}
		}
	}()
	rows := int64(0)
	for _, b := range batches {
		rows += b.NumRows()
	}
	parts := make([]arrow.Array, len(batches))
	for i := range columns {
		for j, b := range batches {
			parts[j] = b.Column(i)
		}
		var err error
		if columns[i], err = array.Concatenate(parts, memory.DefaultAllocator); err != nil {
			return nil, err
		}
	}
	return array.NewRecordBatch(schema, columns, rows), nil
}
