package demo

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"golang.org/x/text/encoding/simplifiedchinese"

	"verso/etl/demo/market"
	"verso/etl/demo/sheet"
)

// part is one piece of work; it fills the sheets of the shard it is given.
type part func(s *market.Shard) error

// output is the open files. Parts are computed side by side and written in
// their order, so that the bytes do not depend on the number of workers.
type output struct {
	w       *market.World
	files   []*outFile
	summary Summary
	closed  bool
	pool    sync.Pool
}

// outFile is one file being written.
type outFile struct {
	t      *sheet.Table
	path   string
	file   *os.File
	text   *bufio.Writer
	sink   io.Writer // text, or an encoder before it
	pq     *pqarrow.FileWriter
	rows   int64
	opened bool
}

// openOutput creates the files and writes the CSV headers.
func openOutput(w *market.World) (*output, error) {
	out := &output{w: w, summary: Summary{Rows: map[string]int64{}, Bytes: map[string]int64{}}}
	out.pool.New = func() any { return market.NewShard(w) }
	for i := range w.Tables {
		t := &w.Tables[i]
		if t.Name == "truth_dirty" && !w.O.Dirty {
			out.files = append(out.files, &outFile{t: t})
			continue
		}
		f, err := openFile(w, t)
		if err != nil {
			out.abandon()
			return nil, fmt.Errorf("demo: %w", err)
		}
		out.files = append(out.files, f)
	}
	return out, nil
}

// openFile creates one file; truth files are always CSV.
func openFile(w *market.World, t *sheet.Table) (*outFile, error) {
	dir, ext := "data", w.O.Format
	if t.Truth {
		dir, ext = "truth", "csv"
	}
	f := &outFile{t: t, path: filepath.Join(w.O.Dir, dir, t.Name+"."+ext), opened: true}
	var err error
	if f.file, err = os.Create(f.path); err != nil {
		return nil, err
	}
	f.text = bufio.NewWriterSize(f.file, 1<<18)
	f.sink = f.text
	if ext == "parquet" {
		props := parquet.NewWriterProperties(parquet.WithCompression(compress.Codecs.Snappy), parquet.WithStats(false), parquet.WithMaxRowGroupLength(1<<16))
		f.pq, err = pqarrow.NewFileWriter(sheet.ArrowSchema(t), noClose{f.text}, props, pqarrow.NewArrowWriterProperties(pqarrow.WithAllocator(memory.DefaultAllocator)))
		return f, err
	}
	if w.O.Dirty {
		f.sink, err = dirtySink(t.Name, f.text)
		if err != nil {
			return nil, err
		}
	}
	header := make([]byte, 0, 256)
	for i, c := range t.Cols {
		if i > 0 {
			header = append(header, ',')
		}
		header = append(header, c.Name...)
	}
	_, err = f.sink.Write(append(header, '\n'))
	return f, err
}

// dirtySink wraps the files that come in another encoding.
func dirtySink(name string, to io.Writer) (io.Writer, error) {
	switch name {
	case market.FileGBK:
		return simplifiedchinese.GBK.NewEncoder().Writer(to), nil
	case market.FileBOM:
		_, err := io.WriteString(to, "\ufeff")
		return to, err
	}
	return to, nil
}

// noClose keeps the Parquet writer from closing the file below it.
type noClose struct{ io.Writer }

// job is a part on its way through the workers.
type job struct {
	part part
	done chan *market.Shard
	err  error
}

// run computes the parts with the workers and writes them in order. At most
// two parts for each worker are held at once.
func (out *output) run(ctx context.Context, parts []part) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	workers := out.w.O.Workers
	todo, queue := make(chan *job), make(chan *job, 2*workers)
	var group sync.WaitGroup
	for range workers {
		group.Go(func() { out.work(ctx, todo) })
	}
	group.Go(func() { out.feed(ctx, parts, todo, queue) })
	var first error
	for j := range queue {
		s := <-j.done
		if first == nil {
			if first = j.err; first == nil {
				first = out.write(s)
			}
			if first != nil {
				cancel()
			}
		}
		s.Reset()
		out.pool.Put(s)
	}
	group.Wait()
	if first == nil {
		first = ctx.Err()
	}
	return first
}

// work computes the jobs it is given.
func (out *output) work(ctx context.Context, todo <-chan *job) {
	for j := range todo {
		s := out.pool.Get().(*market.Shard)
		s.Ctx = ctx
		if j.err = ctx.Err(); j.err == nil {
			j.err = j.part(s)
		}
		j.done <- s
	}
}

// feed hands the parts to the workers, and in their order to the writer.
func (out *output) feed(ctx context.Context, parts []part, todo, queue chan<- *job) {
	defer close(queue)
	defer close(todo)
	for _, p := range parts {
		j := &job{part: p, done: make(chan *market.Shard, 1)}
		select {
		case <-ctx.Done():
			return
		case queue <- j:
		}
		select {
		case <-ctx.Done():
			j.err = ctx.Err()
			j.done <- market.NewShard(out.w)
			return
		case todo <- j:
		}
	}
}

// write appends the sheets of a finished part to the files.
func (out *output) write(s *market.Shard) error {
	for i, sh := range s.Sheets {
		if sh == nil || sh.Rows == 0 {
			continue
		}
		f := out.files[i]
		if !f.opened {
			continue
		}
		f.rows += int64(sh.Rows)
		if f.pq == nil {
			if _, err := f.sink.Write(sh.Buf); err != nil {
				return fmt.Errorf("demo: %s: %w", f.path, err)
			}
			continue
		}
		rec := sh.Rec.NewRecordBatch()
		err := f.pq.WriteBuffered(rec)
		rec.Release()
		if err != nil {
			return fmt.Errorf("demo: %s: %w", f.path, err)
		}
	}
	out.summary.Customers += s.Alive
	out.summary.Net += s.Net
	out.w.Keep(s)
	return nil
}

// close flushes and closes every file and fills the summary; later calls do
// nothing.
func (out *output) close() error {
	if out.closed {
		return nil
	}
	out.closed = true
	var first error
	for _, f := range out.files {
		if !f.opened {
			continue
		}
		err := f.finish()
		if err != nil && first == nil {
			first = fmt.Errorf("demo: %s: %w", f.path, err)
		}
		out.summary.Rows[f.t.Name] = f.rows
		if st, err := os.Stat(f.path); err == nil {
			out.summary.Bytes[f.t.Name] = st.Size()
		}
	}
	return first
}

// finish ends one file.
func (f *outFile) finish() error {
	var first error
	if f.pq != nil {
		first = f.pq.Close()
	}
	if err := f.text.Flush(); first == nil {
		first = err
	}
	if err := f.file.Close(); first == nil {
		first = err
	}
	return first
}

// abandon closes what is open after a failed start.
func (out *output) abandon() {
	for _, f := range out.files {
		if f.opened {
			f.file.Close()
		}
	}
}
