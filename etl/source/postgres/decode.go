package postgres

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow/decimal128"
)

// rowGroup is the number of rows of a batch: one row group of Parquet, and of
// the warehouse.
const rowGroup = 122_880

// groupBytes ends a batch early when its texts are long.
const groupBytes = 64 << 20

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

// decoder takes the bytes of a binary COPY and makes batches of them.
type decoder struct {
	plan   *plan
	to     *writer
	reject func(record int64, reason string, raw []byte) error

	batch   *batch
	fields  [][]byte // of the row being decoded; nil is null
	pending []byte   // an incomplete row
	started bool     // the header was read
	ended   bool     // the trailer was read
	records int64

	decimals []decimal128.Num // of the row, where a column is one
	trusted  bool             // the server keeps its texts valid UTF-8
}

func newDecoder(p *plan, to *writer, reject func(record int64, reason string, raw []byte) error) *decoder {
	n := len(p.columns)
	return &decoder{plan: p, to: to, reject: reject, batch: to.next(), fields: make([][]byte, n), decimals: make([]decimal128.Num, n)}
}

var signature = []byte("PGCOPY\n\xff\r\n\x00")

// Write implements io.Writer. The server sends a row at a time, but nothing
// relies on it.
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
	i := 2
	for k := range d.fields {
		if len(b) < i+4 {
			return 0, nil
		}
		size := int32(binary.BigEndian.Uint32(b[i:]))
		i += 4
		if size < 0 {
			d.fields[k] = nil
			continue
		}
		if len(b)-i < int(size) {
			return 0, nil
		}
		d.fields[k] = b[i : i+int(size) : i+int(size)]
		i += int(size)
	}
	return i, d.add(i)
}

// add appends the decoded fields to the batch or rejects the row.
func (d *decoder) add(size int) error {
	record := d.records
	d.records++
	for k := range d.plan.columns {
		if d.fields[k] == nil {
			continue
		}
		if reason := d.fault(k); reason != "" {
			return d.reject(record, d.plan.columns[k].name+": "+reason, d.raw())
		}
	}
	for k := range d.plan.columns {
		d.batch.add(k, &d.plan.columns[k], d.fields[k], d.decimals[k])
	}
	d.batch.rows++
	d.batch.size += size
	if d.batch.rows >= rowGroup || d.batch.size >= groupBytes {
		return d.flush()
	}
	return nil
}

func (d *decoder) flush() error {
	if err := d.to.write(d.batch); err != nil {
		return err
	}
	d.batch = d.to.next()
	return nil
}

// finish hands over the last rows; a stream without its trailer is not whole.
func (d *decoder) finish() error {
	if !d.ended {
		return errFormat
	}
	if d.batch.rows > 0 {
		return d.to.write(d.batch)
	}
	return nil
}

// fault says why the value of column k is none, and keeps a decimal it decoded.
func (d *decoder) fault(k int) string {
	c, v := &d.plan.columns[k], d.fields[k]
	switch c.form {
	case formText, formPadded, formJSONB:
		if d.trusted && len(v) >= c.size {
			return ""
		}
	case formDecimal:
		if len(v) >= c.size && finite(v) {
			var ok bool
			if d.decimals[k], ok = decimal(v, c.scale); ok {
				return ""
			}
			return tooWide
		}
	}
	return c.fault(v)
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
