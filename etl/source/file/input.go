package file

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// sampleSize is how much of a file is looked at before it is read.
const sampleSize = 1 << 20

// input is one file of an extract and everything found out about it.
type input struct {
	path     string
	shown    string // what people call it, when not by its path: an address, standard input
	size     int64
	modified time.Time

	format   string
	packed   string // gzip, zstd or ""
	encoding string
	assumed  bool // the sample was all ASCII: the encoding may turn out otherwise
	bom      int
	dialect  dialect
	columns  []string
	keys     []string // JSON lines: what the columns are called in the file
	notes    []string
	late     []string // notes of the last whole reading

	types   map[string]string // Parquet: engine types
	nested  map[string]bool   // Parquet: columns that land as JSON text
	counted int64             // Parquet: rows
	sheet   string            // XLSX: sheet and header row, for the report
	only    string            // XLSX: the sheet read, of several
}

// name is what people call the file.
func (in *input) name() string {
	if in.shown != "" {
		return in.shown
	}
	return in.path
}

// open begins reading the decoded text from its first character. Everything
// read counts in sum, when given.
func (in *input) open(sum hash.Hash) (io.ReadCloser, error) {
	f, err := os.Open(in.path)
	if err != nil {
		return nil, err
	}
	t := &text{file: f, sum: sum}
	t.raw = f
	if sum != nil && in.packed == "zip" { // its index stands at the end
		t.sum = nil
		if err := hashFile(in.path, sum); err != nil {
			f.Close()
			return nil, err
		}
	} else if sum != nil {
		t.raw = io.TeeReader(f, sum)
	}
	plain, err := t.unpack(in.packed)
	if err != nil {
		f.Close()
		return nil, err
	}
	if in.bom > 0 {
		if _, err := io.CopyN(io.Discard, plain, int64(in.bom)); err != nil {
			t.Close()
			return nil, err
		}
	}
	t.r = decoded(plain, in.encoding)
	return t, nil
}

// text is an open, decoded file.
type text struct {
	file *os.File
	raw  io.Reader
	r    io.Reader
	sum  hash.Hash
	done func()
}

// unpack undoes a compression.
func (t *text) unpack(packed string) (io.Reader, error) {
	switch packed {
	case "gzip":
		return gzip.NewReader(t.raw)
	case "zstd":
		z, err := zstd.NewReader(t.raw, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(1<<30))
		if err != nil {
			return nil, err
		}
		t.done = z.Close
		return z, nil
	case "zip":
		member, err := onlyMember(t.file)
		if err != nil {
			return nil, err
		}
		r, err := member.Open()
		if err != nil {
			return nil, err
		}
		t.done = func() { r.Close() }
		return r, nil
	}
	return t.raw, nil
}

// onlyMember is the one file of an archive.
func onlyMember(f *os.File) (*zip.File, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	z, err := zip.NewReader(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("it is a damaged ZIP archive: %w", err)
	}
	var members []*zip.File
	var names []string
	for _, m := range z.File {
		base := path.Base(m.Name)
		if m.FileInfo().IsDir() || strings.HasPrefix(m.Name, "__MACOSX/") || strings.HasPrefix(base, ".") {
			continue
		}
		members, names = append(members, m), append(names, m.Name)
	}
	if len(members) == 1 {
		return members[0], nil
	}
	if len(names) > 10 {
		names = append(names[:10:10], "…")
	}
	return nil, fmt.Errorf("a ZIP archive must hold one file, this one holds %d (%s): unpack it into a folder", len(members), strings.Join(names, ", "))
}

// Read reads decoded text.
func (t *text) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("the archive ends early, the file is incomplete: %w", err)
	}
	return n, err
}

// Close closes the file, after passing what was not read to the checksum.
func (t *text) Close() error {
	if t.done != nil {
		t.done()
	}
	var err error
	if t.sum != nil {
		_, err = io.Copy(io.Discard, t.raw)
	}
	return errors.Join(err, t.file.Close())
}

// checksum reads the rest of a file that something else reads.
func checksum(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// sample reads up to sampleSize bytes of the unpacked, still encoded file from
// offset on; whole says that there is no more.
func (in *input) sample(offset int64) (b []byte, whole bool, err error) {
	f, err := os.Open(in.path)
	if err != nil {
		return nil, false, err
	}
	t := &text{file: f, raw: f}
	defer t.Close()
	r, err := t.unpack(in.packed)
	if err != nil && in.packed == "zip" {
		return nil, false, fmt.Errorf("%s cannot be unpacked as a ZIP archive: %w", in.name(), err)
	}
	if err != nil {
		return nil, false, fmt.Errorf("%s cannot be unpacked: %w", in.name(), err)
	}
	if _, err := io.CopyN(io.Discard, r, offset); err != nil {
		return nil, false, err
	}
	b, err = io.ReadAll(io.LimitReader(r, sampleSize+1))
	if errors.Is(err, io.ErrUnexpectedEOF) && len(b) > 0 {
		err = nil // reading on will say so
	}
	if err != nil {
		return nil, false, fmt.Errorf("%s cannot be unpacked: %w", in.name(), err)
	}
	if len(b) > sampleSize {
		return b[:sampleSize], false, nil
	}
	return b, true, nil
}

// inspect finds out what a file is. Declared settings win; those that the
// content contradicts are an error.
func inspect(path, shown string, o options) (*input, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	in := &input{path: path, shown: shown, size: info.Size(), modified: info.ModTime()}
	if info.Size() == 0 {
		return in, errEmpty
	}
	head, err := firstBytes(path)
	if err != nil {
		return nil, err
	}
	in.packed = compression(head)
	if in.format, err = formatOf(path, o.format, head); err != nil && in.packed == "" {
		return nil, err
	}
	if in.packed == "" && (in.format == "parquet" || in.format == "xlsx") {
		return in, nil
	}
	sample, whole, err := in.sample(0)
	if err != nil {
		return nil, err
	}
	if in.packed != "" {
		if in.format, err = formatOf(path, o.format, sample); err != nil {
			return nil, err
		}
		if in.format == "parquet" || in.format == "xlsx" {
			return nil, fmt.Errorf("%s is a compressed %s file: unpack it, %s is compressed already", path, in.format, in.format)
		}
	}
	return in, in.inspectText(sample, whole, o)
}

var errEmpty = errors.New("is empty")

func firstBytes(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b := make([]byte, 4096)
	n, err := io.ReadFull(f, b)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return b[:n], err
}

// inspectText settles encoding, dialect and columns from a sample.
func (in *input) inspectText(sample []byte, whole bool, o options) error {
	found := detect(sample, whole)
	if o.encoding != "" {
		if why := contradiction(o.encoding, sample, whole); why != "" {
			return fmt.Errorf("%s has another encoding: %s", in.name(), why)
		}
		in.encoding = o.encoding
	} else {
		in.encoding, in.assumed = found.name, found.ascii
	}
	in.bom = found.bom
	r := decoded(bytes.NewReader(sample[in.bom:]), in.encoding)
	text, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("%s: %w", in.name(), err)
	}
	if !whole { // the last character may be cut
		text = bytes.TrimRight(text, "\xff")
		text = text[:len(text)-cutRune(text)]
	}
	if binary(text) {
		return fmt.Errorf("%s looks like binary data, not text: export the table as CSV, Parquet or XLSX", in.name())
	}
	if what := looksLike(text); what != "" {
		return fmt.Errorf("%s looks like %s", in.name(), what)
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return errEmpty
	}
	if in.format == "jsonl" {
		return nil
	}
	in.dialect = detectDialect(text, whole, o.csv, in.format == "tsv")
	if in.dialect.delim == '\t' {
		in.format = "tsv"
	} else {
		in.format = "csv"
	}
	return in.readHeader()
}

// readHeader reads the names of the columns from the file itself, as a header
// may be longer than any sample.
func (in *input) readHeader() error {
	t, err := in.open(nil)
	if err != nil {
		return err
	}
	defer t.Close()
	r := newReader(t, in.dialect)
	if err := r.skipLines(in.dialect.skip); err != nil {
		return err
	}
	rec, err := r.next()
	if errors.Is(err, io.EOF) {
		return errEmpty
	}
	if err != nil {
		return fmt.Errorf("%s: %w", in.name(), err)
	}
	if rec.kind == bad {
		return fmt.Errorf("%s: line %d should be the header, but cannot be read (%s): %s", in.name(), rec.line, rec.reason, strings.ToValidUTF8(string(rec.raw[:min(len(rec.raw), 200)]), "?"))
	}
	values := rec.values(in.dialect, 0, nil)
	names := make([]string, len(values))
	if in.dialect.header {
		for i, v := range values {
			names[i] = string(v)
		}
		in.columns, in.notes = uniqueNames(names)
		return nil
	}
	for i := range names {
		names[i] = fmt.Sprintf("column%d", i+1)
	}
	in.columns = names
	in.notes = []string{"no header was found: the columns are called " + strings.Join(names, ", ")}
	return nil
}
