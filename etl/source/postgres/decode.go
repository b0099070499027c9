package postgres

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"verso/etl/source/rowgroup"
)

// Days and microseconds between PostgreSQL's epoch, 2000-01-01, and 1970-01-01.
const (
	epochDays   = 10957
	epochMicros = epochDays * 86400 * 1e6
)

// Reasons of rejects.
const (
	notFinite    = "numeric value is not a number or infinite"
	tooWide      = "numeric value does not fit its column"
	infiniteDate = "date is infinite"
	farDate      = "timestamp is out of range"
	badText      = "text is not valid UTF-8"
	shortValue   = "value is shorter than its type"
)

var errFormat = errors.New("the server's binary COPY stream is not as documented")

// chunkRows are decoded at a time, column after column: few enough to stay in
// the processor's cache.
const chunkRows = 512

// decoder takes the bytes of a binary COPY and makes batches of them.
type decoder struct {
	plan   *plan
	to     sink
	reject func(record int64, reason string, raw []byte) error

	batch   *rowgroup.Batch
	at      []int32  // where the fields of a chunk start
	fields  [][]byte // of one row; nil is null
	pending []byte   // an incomplete row
	started bool     // the header was read
	ended   bool     // the trailer was read
	records int64
	trusted bool // the server keeps its texts valid UTF-8
}

// sink takes filled batches and gives empty ones.
type sink interface {
	Next() *rowgroup.Batch
	Write(b *rowgroup.Batch) error
}

func newDecoder(p *plan, to sink, reject func(record int64, reason string, raw []byte) error) *decoder {
	n := len(p.columns)
	return &decoder{plan: p, to: to, reject: reject, batch: to.Next(), fields: make([][]byte, n), at: make([]int32, 0, n*chunkRows)}
}

var signature = []byte("PGCOPY\n\xff\r\n\x00")

// messages decodes whole CopyData messages. The server sends a row in each;
// whatever comes otherwise goes the slow way through Write.
func (d *decoder) messages(b []byte) error {
	for len(b) > 0 {
		n, err := 0, error(nil)
		if d.started && !d.ended && len(d.pending) == 0 {
			n, err = d.chunk(b)
		}
		if n == 0 && err == nil {
			n = width(b)
			_, err = d.Write(b[5:n])
		}
		if err != nil {
			return err
		}
		b = b[n:]
	}
	return nil
}

// chunk decodes messages of one whole row each and returns their width, 0 when
// the first is no such message.
func (d *decoder) chunk(b []byte) (int, error) {
	at, columns := d.at[:0], len(d.fields)
	rows, limit := 0, min(chunkRows, rowgroup.Rows-d.batch.Rows)
	size := d.batch.Size
	end := 0
	for rows < limit && size < rowgroup.Bytes && end < len(b) {
		next := end + width(b[end:])
		i := end + 7
		if i > next || int(int16(binary.BigEndian.Uint16(b[end+5:]))) != columns {
			break
		}
		for range columns {
			if i+4 > next {
				i = -1
				break
			}
			n := int(int32(binary.BigEndian.Uint32(b[i:])))
			i += 4
			at = append(at, int32(i))
			i += max(n, 0)
		}
		if i != next {
			break
		}
		size += next - end - 5
		end = next
		rows++
	}
	if rows == 0 {
		return 0, nil
	}
	return end, d.add(&span{b: b, at: at[:rows*columns], stride: columns, first: d.batch.Rows}, rows, size-d.batch.Size)
}

// add decodes the rows of a span, all at once if none has a fault.
func (d *decoder) add(s *span, rows, size int) error {
	for k := range d.plan.columns {
		if d.plan.columns[k].take(&d.batch.Columns[k], s, k, d.trusted) {
			continue
		}
		d.batch.Cut(s.first)
		if rows == 1 {
			return d.refuse(s)
		}
		for r := range rows {
			one := &span{b: s.b, at: s.at[r*s.stride : (r+1)*s.stride], stride: s.stride, first: d.batch.Rows}
			if err := d.add(one, 1, one.width()); err != nil {
				return err
			}
		}
		return nil
	}
	d.records += int64(rows)
	d.batch.Rows += rows
	d.batch.Size += size
	if d.batch.Rows >= rowgroup.Rows || d.batch.Size >= rowgroup.Bytes {
		return d.flush()
	}
	return nil
}

// width is the number of bytes of the span's one row.
func (s *span) width() int {
	n := 2
	for _, p := range s.at {
		n += 4 + max(0, s.size(p))
	}
	return n
}

// refuse rejects the one row of a span for its first faulty column.
func (d *decoder) refuse(s *span) error {
	record := d.records
	d.records++
	for k, p := range s.at {
		d.fields[k] = nil
		if n := s.size(p); n >= 0 {
			d.fields[k] = s.b[p : int(p)+n : int(p)+n]
		}
	}
	for k := range d.plan.columns {
		c := &d.plan.columns[k]
		if d.fields[k] == nil {
			continue
		}
		if reason := c.fault(d.fields[k]); reason != "" {
			return d.reject(record, c.name+": "+reason, d.raw())
		}
	}
	return errFormat
}

// Write implements io.Writer for a stream cut anywhere.
func (d *decoder) Write(p []byte) (int, error) {
	b := p
	if len(d.pending) > 0 {
		d.pending = append(d.pending, p...)
		b = d.pending
	}
	if !d.started {
		if len(b) < 19 || len(b) < 19+int(binary.BigEndian.Uint32(b[15:])) {
			d.pending = append(d.pending[:0], b...)
			return len(p), nil
		}
		if string(b[:11]) != string(signature) {
			return 0, errFormat
		}
		b = b[19+int(binary.BigEndian.Uint32(b[15:])):]
		d.started = true
	}
	for len(b) > 0 && !d.ended {
		n, err := d.row(b)
		if err != nil {
			return 0, err
		}
		if n == 0 {
			break
		}
		b = b[n:]
	}
	d.pending = append(d.pending[:0], b...)
	return len(p), nil
}

// row decodes the row at the start of b and returns its width, 0 when b holds
// only a part of it.
func (d *decoder) row(b []byte) (int, error) {
	if len(b) < 2 {
		return 0, nil
	}
	count := int16(binary.BigEndian.Uint16(b))
	if count == -1 {
		d.ended = true
		return 2, nil
	}
	if int(count) != len(d.fields) {
		return 0, errFormat
	}
	i, at := 2, d.at[:0]
	for range d.fields {
		if len(b) < i+4 {
			return 0, nil
		}
		size := int(int32(binary.BigEndian.Uint32(b[i:])))
		i += 4
		if len(b)-i < size {
			return 0, nil
		}
		at = append(at, int32(i))
		i += max(size, 0)
	}
	return i, d.add(&span{b: b, at: at, stride: len(at), first: d.batch.Rows}, 1, i)
}

func (d *decoder) flush() error {
	if err := d.to.Write(d.batch); err != nil {
		return err
	}
	d.batch = d.to.Next()
	return nil
}

// finish hands over the last rows; a stream without its trailer is not whole.
func (d *decoder) finish() error {
	if !d.ended {
		return errFormat
	}
	if d.batch.Rows > 0 {
		return d.to.Write(d.batch)
	}
	return nil
}

// finite says that a numeric is neither NaN nor infinite.
func finite(v []byte) bool {
	sign := binary.BigEndian.Uint16(v[4:])
	return sign == 0 || sign == 0x4000
}

// fault says why a value cannot be a column's, "" when it can.
func (c *column) fault(v []byte) string {
	if len(v) < c.size {
		return shortValue
	}
	switch c.form {
	case formDecimal, formNumericText:
		if !finite(v) {
			return notFinite
		}
		if c.form == formDecimal {
			if _, ok := decimal(v, c.scale); !ok {
				return tooWide
			}
		}
	case formDate:
		if days := int32(binary.BigEndian.Uint32(v)); days == math.MaxInt32 || days == math.MinInt32 {
			return infiniteDate
		}
	case formTimestamp, formTimestampTZ:
		switch micros := int64(binary.BigEndian.Uint64(v)); {
		case micros == math.MaxInt64 || micros == math.MinInt64:
			return infiniteDate
		case micros > math.MaxInt64-epochMicros:
			return farDate
		}
	case formText, formPadded, formJSONB:
		if !utf8.Valid(v) {
			return badText
		}
	}
	return ""
}

// raw is the row as text, for the rejects.
func (d *decoder) raw() []byte {
	var b strings.Builder
	for k, c := range d.plan.columns {
		if k > 0 {
			b.WriteByte('\t')
		}
		b.WriteString(c.name + "=" + c.display(d.fields[k]))
	}
	return []byte(b.String())
}

func (c *column) display(v []byte) string {
	switch {
	case v == nil:
		return "NULL"
	case len(v) < c.size:
		return fmt.Sprintf("%x", v)
	}
	switch c.form {
	case formDecimal, formNumericText:
		switch binary.BigEndian.Uint16(v[4:]) {
		case 0xC000:
			return "NaN"
		case 0xD000:
			return "Infinity"
		case 0xF000:
			return "-Infinity"
		}
		return numericText(v)
	}
	if c.fault(v) != "" {
		if c.form == formText || c.form == formPadded || c.form == formJSONB {
			return string(v)
		}
		if v[0]&0x80 != 0 {
			return "-infinity"
		}
		return "infinity"
	}
	switch c.form {
	case formBool:
		return fmt.Sprint(v[0] != 0)
	case formInt2:
		return fmt.Sprint(int16(binary.BigEndian.Uint16(v)))
	case formInt4:
		return fmt.Sprint(int32(binary.BigEndian.Uint32(v)))
	case formInt8:
		return fmt.Sprint(int64(binary.BigEndian.Uint64(v)))
	case formFloat4:
		return fmt.Sprint(math.Float32frombits(binary.BigEndian.Uint32(v)))
	case formFloat8:
		return fmt.Sprint(math.Float64frombits(binary.BigEndian.Uint64(v)))
	case formDate:
		return epoch.AddDate(0, 0, int(int32(binary.BigEndian.Uint32(v)))).Format(time.DateOnly)
	case formTimestamp, formTimestampTZ:
		micros := int64(binary.BigEndian.Uint64(v))
		return epoch.Add(time.Duration(micros%1e6)*time.Microsecond).AddDate(0, 0, int(micros/86400e6)).Add(time.Duration(micros%86400e6/1e6) * time.Second).Format("2006-01-02 15:04:05.999999")
	}
	return string(c.text(v))
}

// epoch is PostgreSQL's.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
