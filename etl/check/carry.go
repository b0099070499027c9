package check

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"verso/olap/engine"
)

// A result is carried from the run that found it where nothing that the check
// reads has changed since. What a check reads are the tables named in its
// statements, and each table has a version. Of a staged table and of a fact that
// is made in part, the steps that make them tell whether they were touched; such
// a table has the version it had, else a new one. Every other table is read: its
// version is a digest of its rows. The version of a check is that of its
// statements, its severity, its threshold and of all tables that it reads.

// memoryTables hold what the next run needs to carry results: the version of
// every table that checks read, and of every check, with the run that found the
// result and how many runs have carried it since.
const memoryTables = `CREATE OR REPLACE TABLE meta.check_table ("table_name" VARCHAR, "slice" VARCHAR, "version" VARCHAR, "rows" BIGINT);
CREATE OR REPLACE TABLE meta.check_carry ("check_id" VARCHAR, "version" VARCHAR, "run_id" VARCHAR, "carried" INTEGER, "tested" BIGINT, "offenders" BIGINT, "samples" VARCHAR)`

// readRows is the size from which a table is not read for its version: it counts
// as changed.
const readRows = 2_000_000

// slice is a table, or its rows of one canonical table.
type slice struct{ table, of string }

// sliced are tables of which generated checks read the rows of their own
// canonical table only, and what they read of them.
var sliced = map[string]string{
	"meta.table_load": `"read", "loaded", "quarantined"`,
	"meta.stage_note": `"source", "column_name", "note", "rows"`,
}

// tableVersion is the state of a table.
type tableVersion struct {
	text string
	rows int64
}

// memory is what is known of the checks' last run, and of their tables now.
type memory struct {
	run      string
	most     int // runs in a row that may carry a result
	versions map[slice]tableVersion
	past     map[string]carriedResult
	inputs   map[string]string // versions of the checks that can be carried
	followed map[string]bool   // checks that looked at what is new only
}

// carriedResult is a result as meta.check_carry has it.
type carriedResult struct {
	version, run, samples      string
	carried, tested, offenders int64
}

var named = regexp.MustCompile(`\b(stage|core|meta|quarantine)\."?([A-Za-z_]\w*)"?`)

// reads are the tables that a check reads.
func (d *Definition) reads() []slice {
	found := map[slice]bool{}
	for _, text := range []string{d.Tested, d.Offenders, d.Count} {
		for _, m := range named.FindAllStringSubmatch(text, -1) {
			s := slice{table: m[1] + "." + m[2]}
			if sliced[s.table] != "" {
				s.of = d.Slice
			}
			found[s] = true
		}
	}
	return slices.SortedFunc(maps.Keys(found), slice.compare)
}

func (s slice) compare(o slice) int {
	return slices.Compare([]string{s.table, s.of}, []string{o.table, o.of})
}

// carriable says whether it can be told what a check depends on: of a rule of the
// user's own it cannot, as its SQL may read anything.
func (d *Definition) carriable() bool {
	return !d.Free && (!d.Landing || d.Stands != "")
}

// remember reads what the last run left and how the tables are now.
func remember(ctx context.Context, db engine.Querier, due []Definition, o Options) (*memory, error) {
	m := &memory{run: o.Run, most: o.Carry, past: map[string]carriedResult{}, inputs: map[string]string{}, followed: map[string]bool{}}
	there, err := tables(ctx, db)
	if err != nil {
		return nil, err
	}
	before, err := m.loadPast(ctx, db, there)
	if err != nil {
		return nil, err
	}
	wanted := map[slice]bool{}
	for i := range due {
		if due[i].carriable() && !due[i].Landing {
			for _, s := range due[i].reads() {
				if there[s.table] {
					wanted[s] = true
				}
			}
		}
	}
	list := slices.SortedFunc(maps.Keys(wanted), slice.compare)
	if m.versions, err = readVersions(ctx, db, list, before, there); err != nil {
		return nil, err
	}
	for i := range due {
		if d := &due[i]; d.carriable() {
			if v, ok := m.version(d); ok {
				m.inputs[d.ID] = v
				_, follows := m.newly(d, o.New)
				m.followed[d.ID] = follows
			}
		}
	}
	return m, nil
}

// newly is the SELECT of the offenders among what is new, where there were none
// before by the same rule.
func (m *memory) newly(d *Definition, fresh map[string]string) (string, bool) {
	p, known := m.past[d.ID]
	keys, ok := fresh[d.Table]
	if d.Newly == "" || !known || !ok || p.offenders != 0 || p.carried >= int64(m.most) || p.rule() != d.rule() {
		return "", false
	}
	if _, ok := fresh[d.Refers]; d.Refers != "" && !ok {
		return "", false
	}
	return strings.Replace(d.Newly, newKeys, keys, 1), true
}

// follows is newly of a check that runs.
func (m *memory) follows(d *Definition, fresh map[string]string) (string, bool) {
	if m == nil || !m.followed[d.ID] {
		return "", false
	}
	return m.newly(d, fresh)
}

// rule identifies what a check looks for, whatever its tables hold.
func (d *Definition) rule() string {
	return digest([]any{d.ID, d.Severity, d.Threshold, d.Tested, d.Offenders, d.Count, d.Newly})
}

// rule is that of the check that found the result.
func (r carriedResult) rule() string {
	rule, _, _ := strings.Cut(r.version, "/")
	return rule
}

func digest(content []any) string {
	text, err := json.Marshal(content)
	if err != nil {
		panic(fmt.Sprintf("check: digest: %v", err)) // plain data always marshals
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// version is what the result of a check stands on; false when that cannot be told.
func (m *memory) version(d *Definition) (string, bool) {
	var content []any
	if d.Landing {
		content = append(content, d.ID, d.Severity, d.Threshold, d.Stands)
	} else {
		for _, s := range d.reads() {
			v, ok := m.versions[s]
			if !ok {
				return "", false
			}
			content = append(content, s.table, s.of, v.text)
		}
	}
	if d.Landing {
		return digest(content), true
	}
	return d.rule() + "/" + digest(content), true
}

// carried is the result that an earlier run found, when it still stands.
func (m *memory) carried(d *Definition) (Result, bool) {
	if m == nil {
		return Result{}, false
	}
	p, known := m.past[d.ID]
	now, ok := m.inputs[d.ID]
	if !known || !ok || p.version != now || p.carried >= int64(m.most) {
		return Result{}, false
	}
	r := d.result()
	r.Tested, r.Offenders, r.Samples, r.Carried = p.tested, p.offenders, p.samples, p.run
	r.judge()
	return r, true
}

// write stores what the next run needs.
func (m *memory) write(ctx context.Context, db engine.Execer, results []Result) error {
	if _, err := db.Exec(ctx, engine.SQL(memoryTables)); err != nil {
		return err
	}
	var rows [][]any
	for _, s := range slices.SortedFunc(maps.Keys(m.versions), slice.compare) {
		rows = append(rows, []any{s.table, s.of, m.versions[s].text, m.versions[s].rows})
	}
	if err := insert(ctx, db, "meta.check_table", rows); err != nil {
		return err
	}
	rows = nil
	for _, r := range results {
		v, ok := m.inputs[r.ID]
		if !ok {
			continue
		}
		run, carried := m.run, int64(0)
		switch {
		case r.Carried != "":
			run, carried = r.Carried, m.past[r.ID].carried+1
		case m.followed[r.ID]:
			carried = m.past[r.ID].carried + 1
		}
		rows = append(rows, []any{r.ID, v, run, carried, r.Tested, r.Offenders, r.Samples})
	}
	return insert(ctx, db, "meta.check_carry", rows)
}

// insert adds rows, many a statement.
func insert(ctx context.Context, db engine.Execer, table string, rows [][]any) error {
	const most = 100
	for len(rows) > 0 {
		part := rows[:min(most, len(rows))]
		rows = rows[len(part):]
		one := "(" + strings.TrimSuffix(strings.Repeat("?, ", len(part[0])), ", ") + ")"
		values := strings.TrimSuffix(strings.Repeat(one+", ", len(part)), ", ")
		if _, err := db.Exec(ctx, engine.SQL("INSERT INTO "+table+" VALUES "+values, slices.Concat(part...)...)); err != nil {
			return err
		}
	}
	return nil
}

// loadPast reads what the last run left: the results, and the versions that the
// tables had.
func (m *memory) loadPast(ctx context.Context, db engine.Querier, there map[string]bool) (map[slice]tableVersion, error) {
	before := map[slice]tableVersion{}
	if !there["meta.check_table"] || !there["meta.check_carry"] {
		return before, nil
	}
	text := func(v any) string { return strings.Clone(engine.Text(v)) }
	err := engine.Rows(ctx, db, engine.SQL(`SELECT "table_name", "slice", "version", "rows" FROM meta.check_table ORDER BY "table_name", "slice"`), func(row []any) error {
		n, _ := engine.Int(row[3])
		before[slice{text(row[0]), text(row[1])}] = tableVersion{text(row[2]), n}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = engine.Rows(ctx, db, engine.SQL(`SELECT "check_id", "version", "run_id", "carried", "tested", "offenders", "samples" FROM meta.check_carry ORDER BY "check_id"`), func(row []any) error {
		p := carriedResult{version: text(row[1]), run: text(row[2]), samples: text(row[6])}
		p.carried, _ = engine.Int(row[3])
		p.tested, _ = engine.Int(row[4])
		p.offenders, _ = engine.Int(row[5])
		m.past[text(row[0])] = p
		return nil
	})
	return before, err
}

// tables are the names of all tables of the schemas that checks read.
func tables(ctx context.Context, db engine.Querier) (map[string]bool, error) {
	out := map[string]bool{}
	err := engine.Rows(ctx, db, engine.SQL(`SELECT "table_schema", "table_name" FROM information_schema.tables WHERE "table_schema" IN ('stage', 'core', 'meta', 'quarantine') ORDER BY 1, 2`), func(row []any) error {
		out[engine.Text(row[0])+"."+engine.Text(row[1])] = true
		return nil
	})
	return out, err
}

// quotedTable is a name of schema and table, as SQL.
func quotedTable(name string) string {
	schema, table, _ := strings.Cut(name, ".")
	return schema + "." + q(table)
}

// changeVersion is the version of a table that was changed in the n-th run of
// those that go on from each other.
func changeVersion(n int) string { return fmt.Sprintf("change %d", n) }
