package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"verso/etl/canon"
	"verso/etl/demo/replay"
	"verso/olap/engine"
	"verso/olap/engine/duck"
)

// replayed is a demo company that is refreshed night by night.
type replayed struct {
	t      *testing.T
	dir    string
	config string
	folder *replay.Folder
}

// startReplay prepares a company some nights before its end and loads the first
// evening.
func startReplay(t *testing.T, mode, scale string, nights int) *replayed {
	t.Helper()
	dir := t.TempDir()
	r := &replayed{t: t, dir: dir, config: filepath.Join(dir, "verso.yaml")}
	verso(t, exitDone, "demo", "--dir", dir, "--scale", scale, "--nights", strconv.Itoa(nights), "--mode", mode, "--generate-only")
	r.refresh()
	return r
}

// refresh loads the evening that the folder shows.
func (r *replayed) refresh(more ...string) string {
	r.t.Helper()
	folder, err := replay.OpenFolder(r.dir)
	if err != nil {
		r.t.Fatal(err)
	}
	r.folder = folder
	out, _ := verso(r.t, exitDone, append([]string{"refresh", "-c", r.config, "--as-of", folder.Today.String(), "--skip", "site"}, more...)...)
	return out
}

func (r *replayed) night() {
	r.t.Helper()
	verso(r.t, exitDone, "demo", "--dir", r.dir, "--advance")
	r.refresh()
}

// generationFile is the file of the published generation.
func generationFile(t *testing.T, dir string) string {
	t.Helper()
	return filepath.Join(dir, "warehouse", "generations", strings.TrimSpace(currentOf(t, dir)))
}

// elsewhere writes the configuration anew with another warehouse, and other
// texts replaced.
func (r *replayed) elsewhere(name string, replace ...string) (config, warehouse string) {
	r.t.Helper()
	text, err := os.ReadFile(r.config)
	if err != nil {
		r.t.Fatal(err)
	}
	warehouse = filepath.Join(r.dir, name, "warehouse")
	changed := strings.NewReplacer(append([]string{"\nwarehouse: warehouse\n", "\nwarehouse: " + name + "/warehouse\n", "site: site\n", "site: " + name + "/site\n"}, replace...)...).Replace(string(text))
	config = filepath.Join(r.dir, name+".yaml")
	if err := os.WriteFile(config, []byte(changed), 0o644); err != nil {
		r.t.Fatal(err)
	}
	return config, warehouse
}

// sameAsRebuilt rebuilds in an empty warehouse that is given the landing folder
// and nothing else, and compares every table.
func (r *replayed) sameAsRebuilt(what string) {
	r.t.Helper()
	config, warehouse := r.elsewhere("rebuilt")
	copyTree(r.t, filepath.Join(r.dir, "warehouse", "landing"), filepath.Join(warehouse, "landing"))
	verso(r.t, exitDone, "refresh", "-c", config, "--as-of", r.folder.Today.String(), "--skip", "site", "--from-landing")
	c := compareGenerations(r.t, generationFile(r.t, r.dir), generationFile(r.t, filepath.Join(r.dir, "rebuilt")))
	for _, d := range c.differences {
		r.t.Errorf("%s: %s", what, d)
	}
	r.t.Logf("%s: %d tables with %d rows are those of a rebuild", what, c.tables, c.rows)
	if err := os.RemoveAll(filepath.Dir(warehouse)); err != nil {
		r.t.Fatal(err)
	}
}

func copyTree(t *testing.T, from, to string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

// partly are the tables of meta that tell of the run and how it came about, with
// the columns in them that tell of what is known; "" leaves a table out.
var partly = map[string]string{
	"meta.run":            `"as_of", "seed", "version", "company", "currency", "language", "fiscal_year_start"`, // run id and digest name files and folder
	"meta.table_load":     `"table_name", "source", "supplied", "read", "loaded", "quarantined", "deleted", "kept"`,
	"meta.reconciliation": "", // over what this run read; its differences are a check's findings
	"meta.stage_change":   "", // what this run changed
	"meta.stage_base":     "", // which segments were read
	"meta.extract":        "", // the files this run read
	"meta.schema_drift":   "", // against the landing before
	"meta.star_build":     "", // which facts were merged
	"meta.lineage_of":     "", // told apart by working tables too
	"meta.star_day":       "", // the days of their changed rows
	"meta.check_table":    "", // in which run what the checks read has changed
	"meta.check_carry":    "", // in which run each check ran
	"meta.check_history":  "", // what the runs before found, of which a rebuild knows none
	// Offers are remembered from run to run, and held against the orders that came
	// after them: a rebuild on the last day has made none of the earlier ones.
	"score.offer":         "",
	"score.offer_outcome": "",
	// Without what changed since the run before, of which a rebuild knows none.
	"score.churn":       `"customer_key", "as_of", "customer_type", "geo_key", "channel_key", "employee_key", "horizon_days", "until", "last_order", "silent_days", "probability", "expected_left", "basis", "band", "band_no", "btyd", "value", "value_basis", "value_at_risk", "save_rate", "expected_gain", "is_holdout", "risk_rank", "reason_1", "reason_2", "reason_3", "reason_1_zh", "reason_2_zh", "reason_3_zh"`,
	"score.sevenp":      `"customer_key", "as_of", "tier", "profiling", "persistency", "profitability", "performance", "prospecting", "product", "promotion", "composite", "parts", "percentile", "policy_no", "policy"`,
	"score.sevenp_part": `"customer_key", "as_of", "part_no", "part", "score", "percentile", "fact_1", "value_1", "fact_2", "value_2"`,
}

// ofRun are rows of the other tables of meta that tell of the run: how many
// counts it reconciled.
var ofRun = map[string]string{"meta.check_result": "check_id <> 'reconciliation'"}

// comparison is what two generations have in common.
type comparison struct {
	tables, rows int64
	differences  []string
}

// compareGenerations compares two generations table by table as multisets of
// rows.
func compareGenerations(t *testing.T, a, b string) (c comparison) {
	t.Helper()
	db, err := duck.Open(t.Context(), duck.Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for name, path := range map[string]string{"a": a, "b": b} {
		if _, err := db.Exec(t.Context(), engine.SQL("ATTACH "+engine.QuoteText(path)+" AS "+name+" (READ_ONLY)")); err != nil {
			t.Fatal(err)
		}
	}
	shapes := map[string]map[string]string{"a": {}, "b": {}}
	err = engine.Rows(t.Context(), db, engine.SQL(`SELECT table_catalog, table_schema || '.' || table_name, string_agg('"' || column_name || '" ' || data_type, ', ' ORDER BY ordinal_position)
FROM information_schema.columns WHERE table_catalog IN ('a', 'b') AND table_schema IN ('stage', 'quarantine', 'core', 'score', 'meta') GROUP BY ALL`), func(row []any) error {
		shapes[engine.Text(row[0])][engine.Text(row[1])] = engine.Text(row[2])
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for name, shape := range shapes["a"] {
		if shapes["b"][name] != shape && partly[name] == "" {
			c.differences = append(c.differences, fmt.Sprintf("%s has the columns %s, then %s", name, shape, shapes["b"][name]))
		}
		names = append(names, name)
	}
	for name := range shapes["b"] {
		if shapes["a"][name] == "" {
			c.differences = append(c.differences, name+" is in the second generation only")
		}
	}
	slices.Sort(names)
	for _, name := range names {
		columns, listed := partly[name]
		if !listed {
			columns = "*"
		}
		if columns == "" || shapes["b"][name] == "" {
			continue
		}
		c.compare(t, db, name, columns)
	}
	return c
}

func (c *comparison) compare(t *testing.T, db engine.Querier, name, columns string) {
	t.Helper()
	schema, table, _ := strings.Cut(name, ".")
	of := func(catalog string) string {
		sql := "SELECT " + columns + " FROM " + catalog + "." + schema + "." + engine.QuoteIdent(table)
		if only := ofRun[name]; only != "" {
			sql += " WHERE " + only
		}
		return sql
	}
	count := func(sql string) int64 {
		row, err := engine.One(t.Context(), db, engine.SQL("SELECT count(*) FROM ("+sql+") AS x"))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		n, _ := engine.Int(row[0])
		return n
	}
	c.tables++
	c.rows += count(of("a"))
	first, second := of("a")+" EXCEPT ALL "+of("b"), of("b")+" EXCEPT ALL "+of("a")
	n, m := count(first), count(second)
	if n+m == 0 {
		return
	}
	text := fmt.Sprintf("%s: %d rows are in the first only, %d in the second", name, n, m)
	for i, sql := range []string{first, second} {
		for _, line := range lines(t, db, "SELECT CAST(x AS VARCHAR) FROM ("+sql+") AS x ORDER BY 1 LIMIT 3") {
			text += "\n  " + []string{"-", "+"}[i] + " " + line
		}
	}
	c.differences = append(c.differences, text)
}

// nightsToReplay is how many nights a test replays and every how many it
// compares: few, or as VERSO_NIGHTS and VERSO_NIGHTS_EVERY say.
func nightsToReplay(t *testing.T, few, every int) (nights, each int) {
	t.Helper()
	for name, n := range map[string]*int{"VERSO_NIGHTS": &few, "VERSO_NIGHTS_EVERY": &every} {
		text := os.Getenv(name)
		if text == "" {
			continue
		}
		v, err := strconv.Atoi(text)
		if err != nil || v < 1 {
			t.Fatalf("%s=%s is no number of nights", name, text)
		}
		*n = v
	}
	return few, every
}

// TestReplayedNights refreshes the demo company night by night: the warehouse
// merged night after night is the one that a rebuild from landing makes, and in
// the end the one that the company's complete files make, but for what the truth
// file explains.
func TestReplayedNights(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("refreshes many nights")
	}
	for _, c := range []struct {
		mode       string
		few, every int
	}{{replay.ModeDelta, 2, 10}, {replay.ModeSnapshot, 0, 10}} {
		t.Run(c.mode, func(t *testing.T) {
			if c.few == 0 && os.Getenv("VERSO_NIGHTS") == "" {
				t.Skip("refreshes whole files night by night: set VERSO_NIGHTS")
			}
			nights, every := nightsToReplay(t, c.few, c.every)
			if c.mode == replay.ModeSnapshot {
				nights = max(c.few, nights/10) // all is read every night
			}
			r := startReplay(t, c.mode, "0.01", nights)
			for night := 1; night <= nights; night++ {
				r.night()
				if night%every == 0 || night == nights {
					r.sameAsRebuilt(fmt.Sprintf("night %d (%s)", night, r.folder.Today))
				}
			}
			r.sameAsComplete()
		})
	}
}

// sameAsComplete compares with a load of the company's complete files.
func (r *replayed) sameAsComplete() {
	r.t.Helper()
	var replace []string
	for _, name := range replay.Tables() {
		from := "data/" + name + ".csv"
		if r.folder.Mode == replay.ModeDelta {
			from = "data/" + name + "/*.csv"
		}
		replace = append(replace, "path: "+from+"}", "path: company/data/"+name+".csv}")
		if c := replay.Numbered(name); c != "" {
			replace = append(replace, "        "+c+": "+c+"\n", "")
		}
		if way := r.folder.Incremental(name); way != "" {
			replace = append(replace, "      incremental: "+way+"\n", "")
		}
	}
	replace = append(replace, "        updated_at: updated_at\n", "", "        is_deleted: is_deleted\n", "")
	config, _ := r.elsewhere("complete", replace...)
	verso(r.t, exitDone, "refresh", "-c", config, "--as-of", r.folder.Today.String(), "--skip", "site")
	db, err := duck.Open(r.t.Context(), duck.Options{Threads: 2})
	if err != nil {
		r.t.Fatal(err)
	}
	defer db.Close()
	for name, dir := range map[string]string{"a": r.dir, "b": filepath.Join(r.dir, "complete")} {
		if _, err := db.Exec(r.t.Context(), engine.SQL("ATTACH "+engine.QuoteText(generationFile(r.t, dir))+" AS "+name+" (READ_ONLY)")); err != nil {
			r.t.Fatal(err)
		}
	}
	r.explained(db)
}

// troubled are the keys, by table, that the last evening shows otherwise than
// the complete company: rows deleted, and what the last night's troubles spoil.
func (r *replayed) troubled(db engine.Querier) map[string][]string {
	r.t.Helper()
	out := map[string][]string{}
	truth := engine.QuoteText(filepath.Join(r.dir, "company", "truth", "replay_truth.csv"))
	err := engine.Rows(r.t.Context(), db, engine.SQL(`SELECT "table", key FROM read_csv(`+truth+`, all_varchar = true) WHERE kind = 'deleted' OR night >= ?`, r.folder.AsOf.String()), func(row []any) error {
		out[engine.Text(row[0])] = append(out[engine.Text(row[0])], engine.Text(row[1]))
		return nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return out
}

// explained compares the stage tables of what was refreshed night by night (a)
// and of the complete company (b), and the sales made of them.
func (r *replayed) explained(db engine.Querier) {
	r.t.Helper()
	troubled, same, differ := r.troubled(db), 0, 0
	for _, name := range replay.Tables() {
		table, _ := canon.Lookup(name)
		var columns, key []string
		for _, c := range table.Columns {
			if c.Name != "updated_at" && c.Name != "is_deleted" && c.Name != replay.Numbered(name) {
				columns = append(columns, engine.QuoteIdent(c.Name))
			}
		}
		for _, k := range table.Key {
			key = append(key, "CAST("+engine.QuoteIdent(k)+" AS VARCHAR)")
		}
		if key == nil || replay.Numbered(name) != "" {
			key = []string{"''"}
		}
		of := func(catalog string) string {
			return "SELECT " + strings.Join(columns, ", ") + " FROM " + catalog + ".stage." + engine.QuoteIdent(name) + " WHERE is_deleted IS NOT TRUE"
		}
		keyed := "SELECT " + strings.Join(key, " || ', ' || ") + " || ' ' || CAST(x AS VARCHAR) FROM (%s EXCEPT ALL %s) AS x ORDER BY 1"
		for _, sql := range []string{fmt.Sprintf(keyed, of("a"), of("b")), fmt.Sprintf(keyed, of("b"), of("a"))} {
			for _, line := range lines(r.t, db, sql) {
				if !slices.ContainsFunc(troubled[name], func(k string) bool { return strings.HasPrefix(line, k+" ") }) {
					r.t.Errorf("%s: the nights and the complete company differ in %s", name, line)
				}
				differ++
			}
		}
		n, err := strconv.Atoi(figure(r.t, db, "SELECT count(*) FROM ("+of("a")+") AS x"))
		if err != nil {
			r.t.Fatal(err)
		}
		same += n
	}
	except := strings.Join(append([]string{"-1"}, troubled["order_line"]...), ", ")
	const sales = "SELECT count(*) || ' lines, ' || sum(qty) || ' copies, net ' || sum(net) FROM %s.core.fact_order_line WHERE line_id NOT IN (%s)"
	nights, complete := figure(r.t, db, fmt.Sprintf(sales, "a", except)), figure(r.t, db, fmt.Sprintf(sales, "b", except))
	if nights != complete {
		r.t.Errorf("the nights add up to %s, the complete company to %s", nights, complete)
	}
	r.t.Logf("%d rows, %d of them otherwise than in the complete company, all planted; %s", same, differ, complete)
}
