package rowgroup

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

// ErrWriter says that the writer has failed; its Close tells why.
var ErrWriter = errors.New("writing failed")

// columnWorkers encode the columns of a row group at the same time: one core
// decodes what the server sends, and encoding is the larger part of the work.
const columnWorkers = 3

// Writer writes batches as row groups of a Parquet file, in a goroutine of its
// own so that the server is drained meanwhile.
type Writer struct {
	file    *os.File
	columns []Column
	parquet *file.Writer // nil before the first batch
	batches chan *Batch
	free    chan *Batch
	failed  chan struct{} // closed at the first error
	done    chan error

	encoders chan *encoder // that are idle
}

// NewWriter begins a file. Close it in any case.
func NewWriter(path string, columns []Column) (*Writer, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	w := &Writer{file: f, columns: columns, batches: make(chan *Batch, 1), free: make(chan *Batch, 3),
		failed: make(chan struct{}), done: make(chan error, 1), encoders: make(chan *encoder, columnWorkers)}
	for range columnWorkers {
		w.encoders <- &encoder{}
	}
	for range cap(w.free) {
		w.free <- NewBatch(len(columns))
	}
	go w.run()
	return w, nil
}

// begin writes the head of the file. Whole numbers, days and decimals are written
// as differences and texts with their lengths apart: a third of the work of a
// dictionary, and smaller. The first batch decides which floats are compressed.
// There are no statistics: a landing is read from end to end.
func (w *Writer) begin(first *Batch) error {
	nodes := make(schema.FieldList, len(w.columns))
	options := []parquet.WriterProperty{
		parquet.WithCompression(compress.Codecs.Snappy),
		parquet.WithDictionaryDefault(false),
		parquet.WithStats(false),
		parquet.WithCreatedBy("verso"),
	}
	for i := range w.columns {
		node, err := w.columns[i].node()
		if err != nil {
			return err
		}
		nodes[i] = node
		path, plain := parquet.ColumnPath{w.columns[i].Name}, false
		switch node.(*schema.PrimitiveNode).PhysicalType() {
		case parquet.Types.Int32, parquet.Types.Int64:
			options = append(options, parquet.WithEncodingPath(path, parquet.Encodings.DeltaBinaryPacked))
			plain = true
		case parquet.Types.ByteArray:
			options = append(options, parquet.WithEncodingPath(path, parquet.Encodings.DeltaLengthByteArray))
		case parquet.Types.Float, parquet.Types.Double:
			plain = !first.Columns[i].repeats()
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

func (w *Writer) run() {
	var err error
	for b := range w.batches {
		if err == nil {
			if err = w.group(b); err != nil {
				close(w.failed)
			}
		}
		b.Reset()
		w.free <- b
	}
	w.done <- err
}

// Next is an empty batch to fill.
func (w *Writer) Next() *Batch { return <-w.free }

// Write hands over a filled batch; ErrWriter says to close and see why.
func (w *Writer) Write(b *Batch) error {
	select {
	case w.batches <- b:
		return nil
	case <-w.failed:
		return ErrWriter
	}
}

// group writes one batch as one row group, several columns at a time.
func (w *Writer) group(b *Batch) (err error) {
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
	for i := range b.Columns {
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
			return e.write(cw, &b.Columns[i], b.Rows)
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

// Close waits for the batches handed over and finishes the file when good.
func (w *Writer) Close(good bool) (err error) {
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
		err = w.begin(NewBatch(len(w.columns)))
	}
	if good && err == nil {
		err = w.parquet.Close()
	}
	return err
}
