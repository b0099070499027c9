package file

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"verso/etl/source"
	"verso/etl/source/landing"
	"verso/olap/engine"
)

// visit is called with every record of a file. values are the texts of the
// extract's columns, in their order; they and the record end with the call.
type visit func(rec *record, values func() [][]byte) error

// pass is what one reading of a file found.
type pass struct {
	read, landed int64
	sha          string
	eol          string
}

// walk reads every record of a text file or workbook, the header left out.
func (s *Source) walk(ctx context.Context, in *input, columns []string, sum hash.Hash, fn visit) error {
	switch in.format {
	case "jsonl":
		return in.walkJSON(ctx, columns, sum, fn)
	case "xlsx":
		return in.walkXLSX(ctx, columns, s.options.xlsx, sum, fn)
	}
	_, err := in.walkCSV(ctx, columns, sum, fn)
	return err
}

// walkCSV reads the records of a CSV file and returns its reader for the counts.
func (in *input) walkCSV(ctx context.Context, columns []string, sum hash.Hash, fn visit) (r *reader, err error) {
	t, err := in.open(sum)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	r = newReader(t, in.dialect)
	r.encoding = in.encoding
	if err := r.skipLines(in.dialect.skip); err != nil {
		return r, err
	}
	if in.dialect.header {
		if _, err := r.next(); err != nil && !errors.Is(err, io.EOF) {
			return r, err
		}
		r.number = 0
	}
	r.columns = len(in.columns)
	order := reorder(in.columns, columns)
	var own, ordered [][]byte
	var rec *record
	values := func() [][]byte {
		own = rec.values(in.dialect, r.columns, own[:0])
		if order == nil {
			return own
		}
		ordered = ordered[:0]
		for _, i := range order {
			if i < 0 {
				ordered = append(ordered, nil)
			} else {
				ordered = append(ordered, own[i])
			}
		}
		return ordered
	}
	for {
		rec, err = r.next()
		if errors.Is(err, io.EOF) {
			return r, nil
		}
		if err != nil {
			return r, err
		}
		if rec.number&0xfff == 0 && ctx.Err() != nil {
			return r, ctx.Err()
		}
		if err := fn(rec, values); err != nil {
			return r, err
		}
	}
}

// reorder is where the wanted columns stand among own, -1 for those that are
// not there; nil when all are in place.
func reorder(own, want []string) []int {
	at := map[string]int{}
	for i, c := range own {
		at[c] = i
	}
	order, same := make([]int, len(want)), len(own) == len(want)
	for i, c := range want {
		n, ok := at[c]
		if !ok {
			n = -1
		}
		order[i] = n
		same = same && n == i
	}
	if same {
		return nil
	}
	return order
}

// direct says whether the engine can read the file where it lies.
func (in *input) direct() bool {
	d := in.dialect
	return (in.format == "csv" || in.format == "tsv") && in.encoding == utf8Name && in.packed == "" &&
		d.quote == '"' && d.escape == '"' && !d.mac && d.skip == 0 && d.eol != "mixed"
}

// encodingError is a file whose sample was all ASCII and whose later text is of
// another encoding than assumed.
type encodingError struct {
	in   *input
	name string
}

func (e *encodingError) Error() string { return e.in.name() + " is " + e.name }

// reconsider looks again at the encoding where the first undecodable record of
// a file stands whose sample showed none.
func (in *input) reconsider(rec *record) error {
	if !in.assumed || !strings.HasPrefix(rec.reason, notEncoded) {
		return nil
	}
	sample, whole, err := in.sample(rec.offset + int64(in.bom))
	if err != nil {
		return err
	}
	in.assumed = false
	if found := detect(sample, whole); found.name != utf8Name && found.name != utf16le && found.name != utf16be {
		return &encodingError{in: in, name: found.name}
	}
	return nil
}

// landText lands everything that is not Parquet: the engine reads the files
// where they lie while every record is checked beside it; unless both find the
// same clean table, the records go through a spool.
func (s *Source) landText(ctx context.Context, conn engine.Conn, req source.Request, inputs []*input) (source.Report, error) {
	job, err := landing.Begin(conn, req, s.spool)
	if err != nil {
		return source.Report{}, err
	}
	defer job.Abort()
	columns := columnsOf(inputs)
	var passes []pass
	direct := true
	for _, in := range inputs {
		direct = direct && in.direct()
	}
	for range len(inputs) + 1 {
		done := false
		if direct {
			passes, done, err = s.landDirect(ctx, job, inputs, names(columns))
		}
		if err == nil && !done {
			passes, err = s.landSpooled(ctx, job, inputs, names(columns))
		}
		var again *encodingError
		if !errors.As(err, &again) {
			break
		}
		again.in.encoding, direct = again.name, false
		if err = job.Restart(); err != nil {
			break
		}
	}
	if err != nil {
		return source.Report{}, s.sort(err)
	}
	for _, in := range inputs {
		if err := in.changed(); err != nil {
			return source.Report{}, s.unreadable(err)
		}
	}
	if err := job.Finish(ctx); err != nil {
		return source.Report{}, err
	}
	return report(inputs, passes, columns), nil
}

// sort tells errors of the source from those of the disk and the engine.
func (s *Source) sort(err error) error {
	var full *landing.FullDiskError
	var statement *engine.StatementError
	if errors.As(err, &full) || errors.As(err, &statement) || errors.Is(err, errInternal) {
		return fmt.Errorf("source %s: %w", s.name, err)
	}
	return s.unreadable(err)
}

func report(inputs []*input, passes []pass, columns []source.Column) source.Report {
	r := source.Report{Columns: columns}
	for i, in := range inputs {
		p := passes[i]
		f := source.File{Path: in.name(), Format: in.format, Encoding: in.encoding, Bytes: in.size, SHA256: p.sha, Read: p.read, Landed: p.landed, Notes: slices.Concat(in.notes, in.late), Modified: in.modified}
		switch in.format {
		case "csv", "tsv":
			in.dialect.eol = p.eol
			f.Dialect = in.dialect.String()
		case "xlsx":
			f.Dialect = in.sheet
		}
		if in.packed != "" {
			f.Dialect = strings.TrimSpace(f.Dialect + " packed " + in.packed)
		}
		r.Files = append(r.Files, f)
		r.Read += p.read
		r.Landed += p.landed
	}
	r.Rejected = r.Read - r.Landed
	return r
}

// errIrregular ends a check at the first record the engine must not read itself.
var errIrregular = errors.New("irregular record")

// landDirect lets the engine read the files while every record is checked.
// done is false when the files need the spool.
func (s *Source) landDirect(ctx context.Context, job *landing.Job, inputs []*input, columns []string) (passes []pass, done bool, err error) {
	queries, err := scans(inputs, columns, job.Dir())
	if err != nil {
		return nil, false, err
	}
	passes = make([]pass, len(inputs))
	work, cancel := context.WithCancel(ctx)
	defer cancel()
	checks, checking := errgroup.WithContext(work)
	checks.SetLimit(2)
	checked := make(chan error, 1)
	go func() {
		for i, in := range inputs {
			checks.Go(func() (err error) {
				passes[i], err = in.check(checking, columns)
				return err
			})
		}
		err := checks.Wait()
		if err != nil {
			cancel() // the copy is in vain
		}
		checked <- err
	}()
	landed, copyErr := job.Copy(work, strings.Join(queries, " UNION ALL "))
	if copyErr != nil {
		cancel()
	}
	checkErr := <-checked
	if err := ctx.Err(); err != nil {
		return nil, false, err
	}
	var full *landing.FullDiskError
	switch {
	case errors.As(copyErr, &full):
		return nil, false, copyErr
	case checkErr != nil && !errors.Is(checkErr, errIrregular) && !errors.Is(checkErr, context.Canceled):
		return nil, false, checkErr
	case checkErr != nil || copyErr != nil:
		return nil, false, nil
	}
	var read int64
	for _, p := range passes {
		read += p.read
	}
	return passes, landed == read, nil
}

// check reads a file beside the engine and ends at the first irregular record.
func (in *input) check(ctx context.Context, columns []string) (p pass, err error) {
	sum := sha256.New()
	r, err := in.walkCSV(ctx, columns, sum, func(rec *record, _ func() [][]byte) error {
		p.read++
		if rec.kind == clean && len(rec.raw) < landing.LineLimit {
			return nil
		}
		if err := in.reconsider(rec); err != nil {
			return err
		}
		return errIrregular
	})
	if err != nil {
		return p, err
	}
	if r.leadBlank || r.lf > 0 && r.crlf > 0 || r.blank > 0 && len(columns) == 1 {
		return p, errIrregular
	}
	p.landed, p.eol, p.sha = p.read, r.lineEnds(), hex.EncodeToString(sum.Sum(nil))
	return p, nil
}

// lineEnds names the line ends of everything read.
func (r *reader) lineEnds() string {
	switch {
	case r.d.mac:
		return "CR"
	case r.lf > 0 && r.crlf > 0:
		return "mixed"
	case r.crlf > 0:
		return "CRLF"
	case r.lf > 0:
		return "LF"
	}
	return ""
}

// scans are the engine's scans of files, in their order: those that follow one
// another and are written alike share one.
func scans(inputs []*input, columns []string, dir string) ([]string, error) {
	var queries []string
	for i := 0; i < len(inputs); {
		first, n := inputs[i], i
		var paths []string
		for ; n < len(inputs) && inputs[n].alike(first); n++ {
			path, err := plainPath(inputs[n].path, dir, n)
			if err != nil {
				return nil, err
			}
			paths = append(paths, path)
		}
		from := landing.ReadCSV{Path: paths[0], More: paths[1:], Delim: first.dialect.delim, Header: first.dialect.header,
			Columns: landing.Varchars(first.columns), Null: first.dialect.null, CRLF: first.dialect.eol == "CRLF"}.From()
		queries = append(queries, "SELECT "+first.idents(columns)+" FROM "+from)
		i = n
	}
	return queries, nil
}

// alike says whether one scan can read two files.
func (in *input) alike(other *input) bool {
	a, b := in.dialect, other.dialect
	return a.delim == b.delim && a.header == b.header && a.null == b.null && (a.eol == "CRLF") == (b.eol == "CRLF") && slices.Equal(in.columns, other.columns)
}

// idents lists columns for a SELECT from a file; those it lacks are null.
func (in *input) idents(columns []string) string {
	list := make([]string, len(columns))
	for i, c := range columns {
		if list[i] = engine.QuoteIdent(c); !slices.Contains(in.columns, c) {
			list[i] = "CAST(NULL AS VARCHAR) AS " + list[i]
		}
	}
	return strings.Join(list, ", ")
}

// plainPath is a name of the file that the engine takes for no pattern.
func plainPath(path, dir string, i int) (string, error) {
	if !strings.ContainsAny(path, "*?[{") {
		return path, nil
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	link := filepath.Join(dir, fmt.Sprintf("file%d", i))
	if err := os.Symlink(full, link); err != nil && !errors.Is(err, os.ErrExist) {
		return "", fmt.Errorf("landing: %w", err)
	}
	return link, nil
}

func idents(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = engine.QuoteIdent(n)
	}
	return strings.Join(quoted, ", ")
}

// errInternal is a fault of this package.
var errInternal = errors.New("the rows read back differ from the rows written; please report this")

// landSpooled reads every record itself, sets the rejects aside and hands the
// rest to the engine.
func (s *Source) landSpooled(ctx context.Context, job *landing.Job, inputs []*input, columns []string) ([]pass, error) {
	if err := job.Restart(); err != nil {
		return nil, err
	}
	passes := make([]pass, len(inputs))
	var queries []string
	var want int64
	var spool *landing.Spool // shared by files that follow one another and need the same
	var delim byte
	var null string
	end := func() error {
		if spool == nil {
			return nil
		}
		queries = append(queries, "SELECT "+idents(columns)+" FROM "+spool.Scan(columns, null))
		return spool.Close()
	}
	for i, in := range inputs {
		wanted := byte(',')
		if in.dialect.delim != 0 && in.dialect.delim != '"' {
			wanted = in.dialect.delim
		}
		if spool == nil || delim != wanted || null != in.dialect.null {
			err := end()
			if err != nil {
				return nil, err
			}
			delim, null = wanted, in.dialect.null
			if spool, err = job.Spool(delim); err != nil {
				return nil, err
			}
		}
		var err error
		if passes[i], err = s.fill(ctx, job, in, columns, spool); err != nil {
			return nil, errors.Join(err, spool.Close())
		}
		want += passes[i].landed
	}
	if err := end(); err != nil {
		return nil, err
	}
	for _, parallel := range []string{"", ", parallel = false)"} {
		for i := range queries {
			if parallel != "" {
				queries[i] = strings.TrimSuffix(queries[i], ")") + parallel
			}
		}
		landed, err := job.Copy(ctx, strings.Join(queries, " UNION ALL "))
		if err != nil {
			return nil, err
		}
		if landed == want {
			return passes, nil
		}
	}
	return nil, errInternal
}

// fill writes the good records of a file into a spool.
func (s *Source) fill(ctx context.Context, job *landing.Job, in *input, columns []string, spool *landing.Spool) (p pass, err error) {
	sum := sha256.New()
	same := reorder(in.columns, columns) == nil && in.dialect.quote == '"' && in.dialect.escape == '"'
	each := func(rec *record, values func() [][]byte) error {
		p.read++
		if rec.kind == bad {
			if err := in.reconsider(rec); err != nil {
				return err
			}
			return job.Reject(in.name(), rec.line, rec.number, rec.reason, rec.raw)
		}
		p.landed++
		if same && rec.kind == clean {
			return spool.Verbatim(rec.raw)
		}
		return spool.Row(values())
	}
	if in.format == "csv" || in.format == "tsv" {
		var r *reader
		if r, err = in.walkCSV(ctx, columns, sum, each); err == nil {
			p.eol = r.lineEnds()
		}
	} else {
		err = s.walk(ctx, in, columns, sum, each)
	}
	p.sha = hex.EncodeToString(sum.Sum(nil))
	return p, err
}
