package extract

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"verso/etl/landing"
	"verso/etl/source"
	"verso/olap/engine"
)

// newFiles reads the files that were not read before, and those that changed.
func (r *run) newFiles(ctx context.Context) (*Landed, error) {
	out := &Landed{Position: r.Chain.Position, Direct: true}
	req := r.request(r.Path)
	req.Known = map[string]source.KnownFile{}
	for place, f := range r.Chain.Position.Files {
		req.Known[r.pathOf(place)] = source.KnownFile{Bytes: f.Bytes, SHA256: f.SHA256, Modified: f.Modified}
	}
	var err error
	if out.Report, err = r.ask(ctx, req); err != nil || out.Report.Columns == nil {
		return out, err
	}
	if out.Segment, err = r.delta(landing.Append, out.Report); err != nil {
		return out, err
	}
	for _, f := range out.Report.Files {
		if before, ok := r.Chain.Position.Files[r.placeOf(f.Path)]; ok {
			out.Segment.Replaced = append(out.Segment.Replaced, landing.Span{Segment: before.Segment, From: before.From, To: before.To})
		}
	}
	out.Position.Files = r.files(r.Chain.Position.Files, out.Report, out.Segment.No)
	return out, nil
}

// placeOf names a file in the manifest: by its path from the project's folder when
// it lies in it, so that a project that is moved as a whole knows its files.
func (r *run) placeOf(path string) string {
	if !filepath.IsAbs(path) || r.Home == "" {
		return path
	}
	place, err := filepath.Rel(r.Home, path)
	if err != nil || !filepath.IsLocal(place) {
		return path
	}
	return filepath.ToSlash(place)
}

// pathOf is where a file of the manifest is now.
func (r *run) pathOf(place string) string {
	if local := filepath.FromSlash(place); r.Home != "" && filepath.IsLocal(local) && !strings.Contains(place, "://") {
		return filepath.Join(r.Home, local)
	}
	return place
}

// files adds the files of a report to those known.
func (r *run) files(known map[string]landing.File, report source.Report, segment int) map[string]landing.File {
	out := maps.Clone(known)
	if out == nil {
		out = map[string]landing.File{}
	}
	var row int64
	for _, f := range report.Files {
		from, place := row, r.placeOf(f.Path)
		if o, ok := out[place]; ok && o.Segment == segment { // a further sheet of it
			from = o.From
		}
		out[place] = landing.File{Bytes: f.Bytes, SHA256: f.SHA256, Modified: f.Modified, Segment: segment, From: from, To: row + f.Landed}
		row += f.Landed
	}
	return out
}

// compare reads everything and keeps the rows whose digest is new.
func (r *run) compare(ctx context.Context) (*Landed, error) {
	out := &Landed{Position: r.Chain.Position}
	whole := r.Path + wholeEnding
	report, err := r.ask(ctx, r.request(whole))
	if err != nil {
		return out, err
	}
	defer os.Remove(whole)
	if !sameColumns(r.Chain.Tail()[len(r.Chain.Tail())-1].Columns, report.Columns) {
		// Other columns make every digest another one, so all of it is kept anew.
		if err := r.rename(whole, report); err != nil {
			return out, err
		}
		return r.whole(ctx, report)
	}
	keys, err := r.keys(report.Columns)
	if err != nil {
		return out, err
	}
	if err := r.remember(ctx, whole); err != nil {
		return out, err
	}
	before := r.dialect.ReadParquet(filepath.Join(r.Folder, r.Chain.Position.Known))
	now := r.dialect.ReadParquet(r.Path + landing.KnownEnding)
	differs := fmt.Sprintf(`SELECT %s FROM %s AS n LEFT JOIN %s AS o ON %s WHERE o."_digest" IS NULL OR o."_digest" <> n."_digest"`,
		qualified(keys, "n"), now, before, equal(keys, "n", "o"))
	rows, err := r.conn.Exec(ctx, engine.SQL(fmt.Sprintf("COPY (SELECT %s FROM %s AS f SEMI JOIN (%s) AS d ON %s ORDER BY f.file_row_number) TO %s (FORMAT parquet, COMPRESSION zstd)",
		qualified(report.Columns, "f"), r.dialect.ReadParquet(whole), differs, equal(keys, "f", "d"), engine.QuoteText(r.Path))))
	if err != nil {
		return out, err
	}
	if report.Rejected > 0 {
		if err := os.Rename(source.RejectsPath(whole), source.RejectsPath(r.Path)); err != nil {
			return out, err
		}
	}
	kept := report
	kept.Landed, kept.Read = rows, rows+report.Rejected
	if out.Segment, err = r.segment(landing.Delta, kept); err != nil {
		return out, err
	}
	out.Report, out.Segment.Whole = report, true
	if err := r.gone(ctx, out.Segment, keys, before, now); err != nil {
		return out, err
	}
	if rows == 0 && !out.Segment.Gone && report.Rejected == r.lastRejected() {
		out.Segment = nil
		return out, nil
	}
	if out.Segment.SHA256, err = contentHash(source.Report{}, r.Path); err != nil {
		return out, err
	}
	out.Position.Known = filepath.Base(r.Path) + landing.KnownEnding
	return out, syncFiles(r.Path, r.Path+landing.KnownEnding)
}

// lastRejected is how many records were no rows when everything was last read.
func (r *run) lastRejected() int64 {
	tail := r.Chain.Tail()
	return tail[len(tail)-1].Rejected
}

// rename makes what was landed at from the landing of the job.
func (r *run) rename(from string, report source.Report) error {
	err := os.Rename(from, r.Path)
	if report.Rejected > 0 {
		err = errors.Join(err, os.Rename(source.RejectsPath(from), source.RejectsPath(r.Path)))
	}
	return err
}

// remember writes the digest of every key's rows.
func (r *run) remember(ctx context.Context, path string) error {
	columns, err := r.described(ctx, path)
	if err != nil {
		return err
	}
	keys, err := r.keys(columns)
	if err != nil {
		return err
	}
	var fields []string
	for _, c := range columns {
		fields = append(fields, q(c.Name)+" := f."+q(c.Name))
	}
	_, err = r.conn.Exec(ctx, engine.SQL(fmt.Sprintf(`COPY (
SELECT %[1]s, md5(string_agg("_digest", '' ORDER BY "_digest")) AS "_digest"
FROM (SELECT %[2]s, md5(CAST(to_json(struct_pack(%[3]s)) AS VARCHAR)) AS "_digest" FROM %[4]s AS f) AS w
GROUP BY %[1]s ORDER BY %[5]s) TO %[6]s (FORMAT parquet, COMPRESSION zstd)`,
		qualified(keys, "w"), qualified(keys, "f"), strings.Join(fields, ", "), r.dialect.ReadParquet(path), ordered(keys), engine.QuoteText(r.Path+landing.KnownEnding))))
	if err != nil {
		return err
	}
	return syncFiles(r.Path + landing.KnownEnding)
}

// described lists the columns of a landed file.
func (r *run) described(ctx context.Context, path string) ([]source.Column, error) {
	var out []source.Column
	err := engine.Rows(ctx, r.conn, engine.SQL("DESCRIBE SELECT * FROM "+r.dialect.ReadParquet(path)), func(row []any) error {
		if name := engine.Text(row[0]); name != "file_row_number" {
			out = append(out, source.Column{Name: name, Type: engine.Text(row[1])})
		}
		return nil
	})
	return out, err
}

// gone writes the keys of before that now does not have.
func (r *run) gone(ctx context.Context, s *landing.Segment, keys []source.Column, before, now string) error {
	path := r.Path + landing.GoneEnding
	n, err := r.conn.Exec(ctx, engine.SQL(fmt.Sprintf("COPY (SELECT DISTINCT %s FROM %s AS o ANTI JOIN %s AS n ON %s ORDER BY %s) TO %s (FORMAT parquet)",
		qualified(keys, "o"), before, now, equal(keys, "o", "n"), ordered(keys), engine.QuoteText(path))))
	if err != nil {
		return err
	}
	if n == 0 {
		return remove(path)
	}
	s.Gone = true
	return syncFiles(path)
}

func names(columns []source.Column) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = c.Name
	}
	return out
}

func qualified(columns []source.Column, table string) string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = table + "." + q(c.Name) + " AS " + q(c.Name)
	}
	if len(out) > 0 && table == "w" { // grouped by name
		for i, c := range columns {
			out[i] = q(c.Name)
		}
	}
	return strings.Join(out, ", ")
}

func equal(columns []source.Column, a, b string) string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = a + "." + q(c.Name) + " IS NOT DISTINCT FROM " + b + "." + q(c.Name)
	}
	return strings.Join(out, " AND ")
}

func ordered(columns []source.Column) string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = q(c.Name) + " NULLS LAST"
	}
	return strings.Join(out, ", ")
}

// list selects columns under other names.
func list(from, as []string) string {
	out := make([]string, len(from))
	for i := range from {
		out[i] = q(from[i]) + " AS " + q(as[i])
	}
	return strings.Join(out, ", ")
}

func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// syncFiles forces files to the disk.
func syncFiles(paths ...string) error {
	for _, p := range slices.Compact(paths) {
		f, err := os.OpenFile(p, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return err
		}
	}
	return nil
}
