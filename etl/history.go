package etl

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"verso/etl/canon"
	"verso/etl/cast"
	"verso/etl/landing"
	"verso/olap/engine"
)

// versionTable is where the versions of a table's rows are: every column of the
// table and "_from", the as-of date of the run that first showed the version;
// null for what was there when history began. A version begins where one of the
// table's versioned columns, or is_deleted, changes.
func versionTable(table string) string { return "stage." + q(table+"_version") }

// historyName names the chain of a table's versions in landing, by which history
// survives a rebuild.
func historyName(table string) string { return "history." + table }

// writeVersions brings the versions of the versioned tables up to this run.
func (s *State) writeVersions(ctx context.Context) error {
	for i := range s.Tables {
		t := &s.Tables[i]
		if len(t.Versioned) == 0 || len(t.Key) == 0 {
			continue
		}
		if err := s.writeVersionsOf(ctx, t); err != nil {
			return fmt.Errorf("versions of %s: %w", t.Name, err)
		}
	}
	return nil
}

func (s *State) writeVersionsOf(ctx context.Context, t *canon.Table) error {
	if s.known(t) && s.changes[t.Name] == nil {
		if there, err := s.exists(ctx, "stage", t.Name+"_version"); err != nil || there {
			return err
		}
	}
	begun, err := s.loadVersions(ctx, t)
	if err != nil {
		return err
	}
	columns := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		columns[i] = q(c.Name)
	}
	list := strings.Join(columns, ", ")
	from, since := "CAST(NULL AS DATE)", "CAST(NULL AS DATE)"
	if begun { // and never before what is known to have begun
		from = "DATE " + engine.QuoteText(s.AsOf.Format("2006-01-02"))
		since = "greatest(" + from + `, coalesce(v."_from", ` + from + "))"
	}
	key, differ := make([]string, len(t.Key)), []string{`v."is_deleted" IS DISTINCT FROM s."is_deleted"`}
	for i, k := range t.Key {
		key[i] = "v." + q(k) + " = s." + q(k)
	}
	for _, c := range t.Versioned {
		differ = append(differ, "v."+q(c)+" IS DISTINCT FROM s."+q(c))
	}
	same := strings.Join(key, " AND ")
	_, err = s.exec(ctx, fmt.Sprintf(`CREATE OR REPLACE TEMP TABLE "_last" AS
SELECT v.* FROM %[1]s AS v JOIN (SELECT %[2]s, max(coalesce("_from", DATE '0001-01-01')) AS last FROM %[1]s GROUP BY %[2]s) AS s ON %[3]s AND coalesce(v."_from", DATE '0001-01-01') = s.last;
CREATE OR REPLACE TEMP TABLE "_begin" AS
SELECT s.*, %[9]s AS "_from" FROM %[4]s AS s LEFT JOIN "_last" AS v ON %[3]s WHERE v.%[5]s IS NULL OR %[6]s;
DELETE FROM %[1]s AS v WHERE v."_from" >= %[7]s AND EXISTS (SELECT 1 FROM "_begin" AS s WHERE %[3]s AND s."_from" <= v."_from");
INSERT INTO %[1]s (%[8]s, "_from") SELECT %[8]s, "_from" FROM "_begin" ORDER BY %[2]s;
DROP TABLE "_last"; DROP TABLE "_begin"`,
		versionTable(t.Name), quotedNames(t.Key), same, stageName(t.Name), q(t.Key[0]), strings.Join(differ, " OR "), from, list, since))
	return err
}

// loadVersions puts the versions known so far into their table: those of the
// copied generation, else those kept in landing. begun is false when history
// begins with this run.
func (s *State) loadVersions(ctx context.Context, t *canon.Table) (begun bool, err error) {
	there, err := s.exists(ctx, "stage", t.Name+"_version")
	if err != nil {
		return false, err
	}
	if there && s.known(t) {
		return true, nil
	}
	var ddl strings.Builder
	fmt.Fprintf(&ddl, "CREATE OR REPLACE TABLE %s (", versionTable(t.Name))
	for _, c := range t.Columns {
		fmt.Fprintf(&ddl, "%s %s, ", q(c.Name), cast.EngineType(c.Type, s.textIDs()))
	}
	if _, err := s.exec(ctx, ddl.String()+`"_from" DATE)`); err != nil {
		return false, err
	}
	chain, err := s.store.Load(historyName(t.Name))
	if err == nil {
		err = s.store.Settle(chain, s.Base.holds(chain.Extract))
	}
	tail := chain.Tail()
	if err != nil || tail == nil {
		return false, err
	}
	scan := s.DB.Dialect().ReadParquet(s.store.Path(chain.Extract, tail[0].File))
	have, err := s.describe(ctx, "SELECT * FROM "+scan)
	if err != nil {
		return false, err
	}
	into, from := []string{`"_from"`}, []string{`"_from"`}
	for _, c := range t.Columns {
		if slices.Contains(columnNames(have), c.Name) {
			into, from = append(into, q(c.Name)), append(from, fmt.Sprintf("TRY_CAST(%s AS %s)", q(c.Name), cast.EngineType(c.Type, s.textIDs())))
		}
	}
	_, err = s.exec(ctx, fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM %s ORDER BY file_row_number", versionTable(t.Name), strings.Join(into, ", "), strings.Join(from, ", "), scan))
	return true, err
}

// keepVersions writes the versions to landing.
func (s *State) keepVersions(ctx context.Context) error {
	for i := range s.Tables {
		t := &s.Tables[i]
		if len(t.Versioned) == 0 || !s.mapped(t.Name) || s.changes[t.Name] == nil {
			continue
		}
		if err := s.keepTable(ctx, historyName(t.Name), "SELECT * FROM "+versionTable(t.Name), quotedNames(t.Key)+`, "_from" NULLS FIRST`, tableDigest(s.Config, t)); err != nil {
			return err
		}
	}
	return nil
}

// keepTable writes rows as the whole of a chain of landing, pending until the
// generation is published.
func (s *State) keepTable(ctx context.Context, name, rows, order, signature string) error {
	chain, err := s.store.Load(name)
	if err == nil {
		err = s.store.Settle(chain, s.Base.holds(name))
	}
	if err != nil {
		return err
	}
	n, err := s.int64Of(ctx, "SELECT count(*) FROM ("+rows+") AS r")
	if err != nil || n == 0 && chain.Last() == 0 {
		return err
	}
	if err := os.MkdirAll(s.store.Folder(name), 0o777); err != nil {
		return err
	}
	file := fmt.Sprintf("%s.%d.parquet", s.RunID, chain.Next)
	path := s.store.Path(name, file)
	if err := s.crash("keep " + name); err != nil {
		return err
	}
	if _, err := s.exec(ctx, fmt.Sprintf(`COPY (%s ORDER BY %s) TO %s (FORMAT parquet, COMPRESSION zstd)`, rows, order, engine.QuoteText(path))); err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err == nil {
		err = landing.SyncFile(path)
	}
	if err != nil {
		return err
	}
	if _, err := s.exec(ctx, "INSERT INTO meta.stage_base VALUES (NULL, NULL, NULL, ?, ?)", name, chain.Next); err != nil {
		return err
	}
	chain.Pending = &landing.Pending{Signature: signature, Segment: &landing.Segment{No: chain.Next, Kind: landing.Full, File: file, Run: s.RunID,
		AsOf: s.AsOf.Format("2006-01-02"), Rows: n, Read: n, Bytes: info.Size()}}
	chain.Next++
	s.carried = append(s.carried, chain)
	return s.store.Save(chain)
}

func quotedNames(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = q(n)
	}
	return strings.Join(out, ", ")
}
