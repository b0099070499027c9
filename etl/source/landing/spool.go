package landing

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"verso/olap/engine"
)

// Spool is a file of rows in the one CSV dialect that leaves the engine nothing
// to guess: UTF-8, no header, double quotes doubled inside quotes, line feeds.
// An empty field is null.
type Spool struct {
	path    string
	delim   byte
	file    *os.File
	w       *bufio.Writer
	rows    int64
	longest int
	scratch []byte
}

// Spool opens a new spool file of this job with the given delimiter.
func (j *Job) Spool(delim byte) (*Spool, error) {
	f, err := os.CreateTemp(j.dir, "rows-*.csv")
	if err != nil {
		return nil, Explain(fmt.Errorf("landing: %w", err), j.dir)
	}
	return &Spool{path: f.Name(), delim: delim, file: f, w: bufio.NewWriterSize(f, 1<<20)}, nil
}

// Rows is the number of rows written.
func (s *Spool) Rows() int64 { return s.rows }

// Verbatim writes a record that is already in the spool's dialect, without its
// line end.
func (s *Spool) Verbatim(record []byte) error {
	s.rows++
	s.longest = max(s.longest, len(record))
	s.w.Write(record)
	if err := s.w.WriteByte('\n'); err != nil {
		return s.fail(err)
	}
	return nil
}

// Row writes one row; empty fields are nulls.
func (s *Spool) Row(fields [][]byte) error {
	b := s.scratch[:0]
	for i, f := range fields {
		if i > 0 {
			b = append(b, s.delim)
		}
		b = s.appendField(b, f)
	}
	if len(fields) == 1 && len(fields[0]) == 0 {
		b = append(b, `""`...)
	}
	s.scratch = b
	return s.Verbatim(b)
}

func (s *Spool) appendField(b, f []byte) []byte {
	if len(f) == 0 {
		return b
	}
	if f[0] != ' ' && f[len(f)-1] != ' ' && bytes.IndexByte(f, s.delim) < 0 && !bytes.ContainsAny(f, "\"\r\n") {
		return append(b, f...)
	}
	b = append(b, '"')
	for {
		q := bytes.IndexByte(f, '"')
		if q < 0 {
			break
		}
		b = append(append(b, f[:q]...), '"', '"')
		f = f[q+1:]
	}
	return append(append(b, f...), '"')
}

func (s *Spool) fail(err error) error {
	return Explain(fmt.Errorf("landing: spool: %w", err), filepath.Dir(s.path))
}

// Close flushes the file, which stays until the job ends. Closing twice is safe.
func (s *Spool) Close() error {
	if s.file == nil {
		return nil
	}
	err := s.w.Flush()
	if e := s.file.Close(); err == nil {
		err = e
	}
	s.file, s.scratch = nil, nil
	if err != nil {
		return s.fail(err)
	}
	return nil
}

// Scan is the FROM clause that reads the rows back as VARCHAR columns, in order;
// null is text that stands for null beside the empty field.
func (s *Spool) Scan(columns []string, null string) string {
	return s.scan(varchars(columns), null)
}

func (s *Spool) scan(columns, null string) string {
	return ReadCSV{Path: s.path, Delim: s.delim, Columns: columns, Null: null, Longest: s.longest}.From()
}

// ReadCSV is the engine's scan of one CSV file of which everything is known.
type ReadCSV struct {
	Path    string
	More    []string // further files of the same dialect and columns
	Delim   byte
	Header  bool
	Columns string // {'name': 'TYPE', …}; see Varchars
	Null    string // text that is null, beside the empty field
	Longest int    // bytes of the longest record, where known
	CRLF    bool   // lines end in a carriage return and a line feed
}

// Varchars is the Columns of a scan that types nothing.
func Varchars(names []string) string { return varchars(names) }

func varchars(names []string) string {
	var b strings.Builder
	for i, n := range names {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(engine.QuoteText(n) + ": 'VARCHAR'")
	}
	return "{" + b.String() + "}"
}

// LineLimit is the longest record the engine reads without being told.
const LineLimit = 2_000_000

// From is the FROM clause. Nothing is detected: what the file is was found
// before, and the engine must not find something else.
func (r ReadCSV) From() string {
	nulls := "['']"
	if r.Null != "" {
		nulls = "['', " + engine.QuoteText(r.Null) + "]"
	}
	lines := `\n`
	if r.CRLF {
		lines = `\r\n`
	}
	text := fmt.Sprintf(`read_csv(%s, columns = %s, auto_detect = false, header = %v, delim = %s, quote = '"', escape = '"', new_line = '%s', nullstr = %s, compression = 'none', hive_partitioning = false`,
		r.paths(), r.Columns, r.Header, engine.QuoteText(string(rune(r.Delim))), lines, nulls)
	if limit := r.Longest + 2; limit > LineLimit {
		text += fmt.Sprintf(", max_line_size = %d, buffer_size = %d", limit, 3*limit)
	}
	return text + ")"
}

func (r ReadCSV) paths() string {
	if len(r.More) == 0 {
		return engine.QuoteText(r.Path)
	}
	list := []string{engine.QuoteText(r.Path)}
	for _, p := range r.More {
		list = append(list, engine.QuoteText(p))
	}
	return "[" + strings.Join(list, ", ") + "]"
}

// Printable is raw as valid text: bytes that are none, and NULs, become \xNN,
// and what is very long is cut.
func Printable(raw []byte) string {
	size := len(raw)
	if size > maxRaw {
		raw = raw[:maxRaw]
	}
	var text string
	if utf8.Valid(raw) && bytes.IndexByte(raw, 0) < 0 {
		text = string(raw)
	} else {
		var b strings.Builder
		for len(raw) > 0 {
			r, n := utf8.DecodeRune(raw)
			if r == utf8.RuneError && n == 1 || r == 0 {
				fmt.Fprintf(&b, `\x%02x`, raw[0])
			} else {
				b.WriteRune(r)
			}
			raw = raw[n:]
		}
		text = b.String()
	}
	if size > maxRaw {
		text += fmt.Sprintf(" … (%d bytes in all)", size)
	}
	return text
}
