package postgres

import (
	"errors"
	"fmt"
	"os"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"
	"golang.org/x/sync/errgroup"
)

// errWriter says that the writer has failed; its close tells why.
var errWriter = errors.New("writing failed")

// columnWorkers encode the columns of a row group at the same time: one core
// decodes what the server sends, and encoding is the larger part of the work.
const columnWorkers = 3

// writer writes batches as row groups of a Parquet file, in a goroutine of its
// own so that the server is drained meanwhile.
type writer struct {
	file    *os.File
	plan    *plan
	parquet *file.Writer // nil before the first batch
	batches chan *batch
	free    chan *batch
	failed  chan struct{} // closed at the first error
	done    chan error

	encoders chan *encoder // that are idle
}

func newWriter(path string, p *plan) (*writer, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	w := &writer{file: f, plan: p, batches: make(chan *batch, 1), free: make(chan *batch, 3),
		failed: make(chan struct{}), done: make(chan error, 1), encoders: make(chan *encoder, columnWorkers)}
	for range columnWorkers {
		w.encoders <- &encoder{}
	}
	for range cap(w.free) {
		w.free <- newBatch(len(p.columns))
	}
	go w.run()
	return w, nil
}

// begin writes the head of the file. Whole numbers, days and decimals are written
// as differences and texts with their lengths apart: a third of the work of a
// dictionary, and smaller. The first batch decides which floats are compressed.
// There are no statistics: a landing is read from end to end.
func (w *writer) begin(first *batch) error {
	nodes := make(schema.FieldList, len(w.plan.columns))
	options := []parquet.WriterProperty{
		parquet.WithCompression(compress.Codecs.Snappy),
		parquet.WithDictionaryDefault(false),
		parquet.WithStats(false),
		parquet.WithCreatedBy("verso"),
	}
	for i := range w.plan.columns {
		node, err := w.plan.columns[i].node()
		if err != nil {
			return err
		}
		nodes[i] = node
		path, plain := parquet.ColumnPath{w.plan.columns[i].name}, false
		switch node.(*schema.PrimitiveNode).PhysicalType() {
		case parquet.Types.Int32, parquet.Types.Int64:
			options = append(options, parquet.WithEncodingPath(path, parquet.Encodings.DeltaBinaryPacked))
			plain = true
		case parquet.Types.ByteArray:
			options = append(options, parquet.WithEncodingPath(path, parquet.Encodings.DeltaLengthByteArray))
		case parquet.Types.Float, parquet.Types.Double:
			plain = !first.columns[i].repeats()
		}
		if plain {
			options = append(options, parquet.WithCompressionPath(path, compress.Codecs.Uncompressed))
		}
	}
	root, err := schema.NewGroupNode("schema", parquet.Repetitions.Required, nodes, -1)
	if err != nil {
		return err
	}
	w.parquet, err = file.NewParquetWriterWithError(w.file, root, file.WithWriterProps(parquet.NewWriterProperties(options...)))
	return err
}

func (w *writer) run() {
	var err error
	for b := range w.batches {
		if err == nil {
			if err = w.group(b); err != nil {
				close(w.failed)
			}
		}
		b.reset()
		w.free <- b
	}
	w.done <- err
}

// next is an empty batch to fill.
func (w *writer) next() *batch { return <-w.free }

// write hands over a filled batch.
func (w *writer) write(b *batch) error {
	select {
	case w.batches <- b:
		return nil
	case <-w.failed:
		return errWriter
	}
}

// group writes one batch as one row group, several columns at a time.
func (w *writer) group(b *batch) (err error) {
	// The encoder reports a failing disk by panicking in places.
	defer func() {
		if p := recover(); p != nil {
			err = panicked(p)
		}
	}()
	if w.parquet == nil {
		if err := w.begin(b); err != nil {
			return err
		}
	}
	group, err := w.parquet.AppendBufferedRowGroupChecked()
	if err != nil {
		return err
	}
	var workers errgroup.Group
	workers.SetLimit(columnWorkers)
	for i := range b.columns {
		cw, err := group.Column(i)
		if err != nil {
			return err
		}
		workers.Go(func() (err error) {
			defer func() {
				if p := recover(); p != nil {
					err = panicked(p)
				}
			}()
			e := <-w.encoders
			defer func() { w.encoders <- e }()
			return e.write(cw, &b.columns[i], b.rows)
		})
	}
	if err := workers.Wait(); err != nil {
		return err
	}
	return group.Close()
}

func panicked(p any) error {
	if err, ok := p.(error); ok {
		return fmt.Errorf("write Parquet: %w", err)
	}
	return fmt.Errorf("write Parquet: %v", p)
}

// close waits for the batches handed over and finishes the file when good.
func (w *writer) close(good bool) (err error) {
	close(w.batches)
	err = <-w.done
	defer func() {
		if p := recover(); p != nil {
			err = panicked(p)
		}
		// The Parquet writer closes the file it was given.
		if e := w.file.Close(); e != nil && !errors.Is(e, os.ErrClosed) && err == nil {
			err = e
		}
	}()
	if good && err == nil && w.parquet == nil {
		err = w.begin(newBatch(len(w.plan.columns)))
	}
	if good && err == nil {
		err = w.parquet.Close()
	}
	return err
}
