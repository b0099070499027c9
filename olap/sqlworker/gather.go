package sqlworker

import (
	"errors"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// gatherRows is how many rows one message holds at most: the engine's batches
// have 2,048, and a message costs as much as some thousand rows do.
const gatherRows = 1 << 16

// gatherBytes bounds a message besides: clients take no more than 4 MB at once.
const gatherBytes = 2 << 20

// gathered sends batches in messages of many, beside whoever reads them. The
// first goes out by itself, so that whoever waits sees something, and each may be
// four times the one before.
type gathered struct {
	schema *arrow.Schema
	memory memory.Allocator
	held   []arrow.RecordBatch
	rows   int64
	bytes  int64
	want   int64 // rows of the next message

	messages chan arrow.RecordBatch
	failed   atomic.Bool // nothing more can be sent
	wrote    chan error
}

// gather begins to send with write.
func gather(schema *arrow.Schema, write func(arrow.RecordBatch) error) *gathered {
	g := &gathered{schema: schema, memory: newRecycler(), messages: make(chan arrow.RecordBatch, 2), wrote: make(chan error, 1)}
	go func() {
		var err error
		for b := range g.messages {
			if err == nil {
				err = write(b)
				g.failed.Store(err != nil)
			}
			b.Release()
		}
		g.wrote <- err
	}()
	return g
}

// add takes a batch over. One that is too large for a message is sent in parts.
func (g *gathered) add(b arrow.RecordBatch) error {
	bytes := int64(0)
	for _, c := range b.Columns() {
		bytes += int64(c.Data().SizeInBytes())
	}
	if parts := min(bytes/gatherBytes+1, b.NumRows()); parts > 1 {
		defer b.Release()
		for i := range parts {
			err := g.hold(b.NewSlice(i*b.NumRows()/parts, (i+1)*b.NumRows()/parts), bytes/parts)
			if err != nil {
				return err
			}
		}
		return nil
	}
	return g.hold(b, bytes)
}

// hold keeps a batch until there are enough for a message.
func (g *gathered) hold(b arrow.RecordBatch, bytes int64) error {
	if g.bytes+bytes > gatherBytes {
		if err := g.flush(); err != nil {
			b.Release()
			return err
		}
	}
	g.held, g.rows, g.bytes = append(g.held, b), g.rows+b.NumRows(), g.bytes+bytes
	if g.rows < g.want {
		return nil
	}
	g.want = min(max(4*g.want, 1<<13), gatherRows)
	return g.flush()
}

// errStopped ends the reading of rows that cannot be sent; why is in end's error.
var errStopped = errors.New("sqlworker: the rows cannot be sent")

// flush hands on what is held.
func (g *gathered) flush() error {
	defer g.release()
	if g.failed.Load() {
		return errStopped
	}
	if g.rows == 0 {
		return nil
	}
	whole, err := concatenate(g.schema, g.held, g.memory)
	if err != nil {
		return err
	}
	g.messages <- whole
	return nil
}

func (g *gathered) release() {
	for _, b := range g.held {
		b.Release()
	}
	g.held, g.rows, g.bytes = g.held[:0], 0, 0
}

// end waits until all that was handed on is sent. What it says of that goes
// before err.
func (g *gathered) end(err error) error {
	g.release()
	close(g.messages)
	if wrote := <-g.wrote; wrote != nil {
		return wrote
	}
	return err
}

// concatenate makes one batch of several.
func concatenate(schema *arrow.Schema, batches []arrow.RecordBatch, memory memory.Allocator) (arrow.RecordBatch, error) {
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
		if columns[i], err = array.Concatenate(parts, memory); err != nil {
			return nil, err
		}
	}
	return array.NewRecordBatch(schema, columns, rows), nil
}
