package export

import (
	"iter"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"verso/olap"
)

// factBatch is how many facts are handed on together.
const factBatch = 8192

// Facts are fact rows as batches of typed columns, for the functions that write
// rows. Reading stops at the first error of rows, which Err gives. The caller
// releases the reader.
func Facts(columns []olap.Column, rows iter.Seq2[[]any, error]) array.RecordReader {
	r := &factRows{refs: 1}
	names := headers(columns)
	var fields []arrow.Field
	for i, c := range columns {
		kind := columnType(&olap.Table{}, i, c)
		if c.Type == "decimal" {
			kind = &arrow.Decimal128Type{Precision: 38, Scale: int32(c.Scale)}
		}
		fields = append(fields, arrow.Field{Name: names[i], Type: kind, Nullable: true})
	}
	r.schema = arrow.NewSchema(fields, nil)
	r.next, r.stop = iter.Pull2(rows)
	return r
}

// factRows implements array.RecordReader.
type factRows struct {
	refs   int64
	schema *arrow.Schema
	next   func() ([]any, error, bool)
	stop   func()
	batch  arrow.RecordBatch
	err    error
}

func (r *factRows) Retain() { atomic.AddInt64(&r.refs, 1) }

func (r *factRows) Release() {
	if atomic.AddInt64(&r.refs, -1) == 0 {
		r.drop()
		r.stop()
	}
}

func (r *factRows) drop() {
	if r.batch != nil {
		r.batch.Release()
		r.batch = nil
	}
}

func (r *factRows) Schema() *arrow.Schema { return r.schema }

func (r *factRows) RecordBatch() arrow.RecordBatch { return r.batch }

func (r *factRows) Record() arrow.RecordBatch { return r.batch }

func (r *factRows) Err() error { return r.err }

func (r *factRows) Next() bool {
	r.drop()
	if r.err != nil {
		return false
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, r.schema)
	defer b.Release()
	n := 0
	for ; n < factBatch; n++ {
		row, err, more := r.next()
		if err != nil {
			r.err = err
			return false
		}
		if !more {
			break
		}
		for i, v := range row {
			if r.err = appendValue(b.Field(i), v); r.err != nil {
				return false
			}
		}
	}
	if n == 0 {
		return false
	}
	r.batch = b.NewRecordBatch()
	return true
}
