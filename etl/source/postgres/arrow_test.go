package postgres

import (
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/bitutil"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"verso/etl/source/rowgroup"
)

// arrows is a sink that makes an Arrow record of every batch, without copying
// its values, and hands it on.
type arrows struct {
	plan  *plan
	batch *rowgroup.Batch
	got   func(arrow.RecordBatch) error
}

func (a *arrows) Next() *rowgroup.Batch { return a.batch }

func (a *arrows) Write(b *rowgroup.Batch) error {
	r := record(a.plan, b)
	defer r.Release()
	defer b.Reset()
	return a.got(r)
}

// record is a batch as Arrow sees it.
func record(p *plan, b *rowgroup.Batch) arrow.RecordBatch {
	fields, columns := make([]arrow.Field, len(p.columns)), make([]arrow.Array, len(p.columns))
	for k := range p.columns {
		c, v := &p.columns[k], &b.Columns[k]
		var valid *memory.Buffer
		if len(v.Nulls) > 0 {
			bits := make([]byte, bitutil.BytesForBits(int64(b.Rows)))
			bitutil.SetBitsTo(bits, 0, int64(b.Rows), true)
			for _, n := range v.Nulls {
				bitutil.ClearBit(bits, int(n))
			}
			valid = memory.NewBufferBytes(bits)
		}
		kind, buffers := arrowColumn(c, v)
		data := array.NewData(kind, b.Rows, append([]*memory.Buffer{valid}, buffers...), nil, len(v.Nulls), 0)
		fields[k] = arrow.Field{Name: c.name, Type: kind, Nullable: true}
		columns[k] = array.MakeFromData(data)
		data.Release()
	}
	return array.NewRecordBatch(arrow.NewSchema(fields, nil), columns, int64(b.Rows))
}

func arrowColumn(c *column, v *rowgroup.Values) (arrow.DataType, []*memory.Buffer) {
	one := func(t arrow.DataType, b []byte) (arrow.DataType, []*memory.Buffer) {
		return t, []*memory.Buffer{memory.NewBufferBytes(b)}
	}
	int32s, int64s := arrow.Int32Traits.CastToBytes(v.Int32s), arrow.Int64Traits.CastToBytes(v.Int64s)
	switch c.form {
	case formBool:
		bits := make([]byte, bitutil.BytesForBits(int64(len(v.Bools))))
		for i, x := range v.Bools {
			bitutil.SetBitTo(bits, i, x)
		}
		return one(arrow.FixedWidthTypes.Boolean, bits)
	case formInt2, formInt4:
		return one(arrow.PrimitiveTypes.Int32, int32s)
	case formInt8:
		return one(arrow.PrimitiveTypes.Int64, int64s)
	case formFloat4:
		return one(arrow.PrimitiveTypes.Float32, int32s)
	case formFloat8:
		return one(arrow.PrimitiveTypes.Float64, int64s)
	case formDate:
		return one(arrow.FixedWidthTypes.Date32, int32s)
	case formTimestamp, formTimestampTZ:
		return one(arrow.FixedWidthTypes.Timestamp_us, int64s)
	case formDecimal:
		switch {
		case c.width <= 9:
			return one(&arrow.Decimal32Type{Precision: c.width, Scale: c.scale}, int32s)
		case c.width <= 18:
			return one(&arrow.Decimal64Type{Precision: c.width, Scale: c.scale}, int64s)
		}
		return one(&arrow.Decimal128Type{Precision: c.width, Scale: c.scale}, arrow.Decimal128Traits.CastToBytes(v.Wide))
	}
	return arrow.BinaryTypes.String, []*memory.Buffer{memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(v.Offsets)), memory.NewBufferBytes(v.Texts)}
}

// message is a CopyData message around the bytes of b.
func message(b ...byte) []byte {
	n := len(b) + 4
	return append([]byte{'d', byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}, b...)
}

// However the stream is cut into messages, the same rows come out.
func TestCutAnywhere(t *testing.T) {
	p := &plan{columns: []column{{name: "a", form: formInt4, size: 4}, {name: "t", form: formText}}}
	stream := append([]byte(nil), signature...)
	stream = append(stream, make([]byte, 8)...)
	for i := range byte(5) {
		stream = append(stream, 0, 2, 0, 0, 0, 4, 0, 0, 0, i)
		if i == 3 {
			stream = append(stream, 0xff, 0xff, 0xff, 0xff)
		} else {
			stream = append(stream, 0, 0, 0, 2, 'x', '0'+i)
		}
	}
	stream = append(stream, 0xff, 0xff)
	const want = `[{"a":0,"t":"x0"},{"a":1,"t":"x1"},{"a":2,"t":"x2"},{"a":3,"t":null},{"a":4,"t":"x4"}]`
	for step := 1; step <= len(stream); step++ {
		var got string
		to := &arrows{plan: p, batch: rowgroup.NewBatch(2), got: func(r arrow.RecordBatch) error {
			text, err := array.RecordToStructArray(r).MarshalJSON()
			got += strings.Join(strings.Fields(string(text)), "")
			return err
		}}
		d := newDecoder(p, to, nil)
		var all []byte
		for i := 0; i < len(stream); i += step {
			all = append(all, message(stream[i:min(len(stream), i+step)]...)...)
		}
		if err := d.messages(all); err != nil {
			t.Fatal(step, err)
		}
		if err := d.finish(); err != nil || got != want || d.records != 5 {
			t.Fatal(step, err, got)
		}
	}
}
