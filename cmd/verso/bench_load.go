package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"verso/etl/ledger"
	"verso/olap/engine"
	"verso/olap/engine/duck"
)

var (
	//go:embed bench/files.sql
	benchFilesSQL string
	//go:embed bench/star.sql
	benchStarSQL string
)

// benchTables are the files of the load benchmark.
var benchTables = []string{"customer", "title", "order_header", "order_line", "fx_rate"}

// loadFigures is one measured way of loading.
type loadFigures struct {
	Way        string  `json:"way"`
	Seconds    float64 `json:"seconds"`
	RowsPerSec float64 `json:"rows_per_second"`
	PeakMB     float64 `json:"peak_mb"`
	Rows       int64   `json:"fact_rows"`
	Net        string  `json:"net"`
}

// loadResult is what `verso bench load` found for one file format.
type loadResult struct {
	Format string        `json:"format"`
	Lines  int64         `json:"lines"`
	Verso  []loadFigures `json:"verso"`
	Script []loadFigures `json:"script"`
	Ratio  float64       `json:"ratio"` // best verso time / best script time
}

func (a *app) benchLoadCommand() *cobra.Command {
	var (
		rows    int64
		formats []string
		rounds  int
		format  string
		dir     string
		keep    bool
	)
	cmd := &cobra.Command{
		Use:   "load",
		Short: "An order file to a published generation, against the same star as one SQL script",
		Long: `load writes an order file (CSV and Parquet), loads it with verso refresh into a
published generation with the star and its checks, and builds the same star with
one hand-written DuckDB script, in turn. Both run as processes of their own; the
figures are wall time and peak memory as the operating system counts them.`,
		Example: "  verso bench load\n  verso bench load --rows 1000000 --rounds 3 --format json",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			work, err := os.MkdirTemp(dir, "verso-bench-")
			if err != nil {
				return err
			}
			if keep {
				fmt.Fprintln(a.stderr, "files stay in", work)
			} else {
				defer os.RemoveAll(work)
			}
			var results []loadResult
			for _, f := range formats {
				r, err := a.benchLoad(cmd.Context(), filepath.Join(work, f), f, rows, rounds)
				if err != nil {
					return err
				}
				results = append(results, r)
			}
			return a.printLoad(results, format)
		},
	}
	cmd.Flags().Int64Var(&rows, "rows", 10_000_000, "order lines in the file")
	cmd.Flags().StringSliceVar(&formats, "files", []string{"csv", "parquet"}, "file formats to load")
	cmd.Flags().IntVar(&rounds, "rounds", 1, "times each way runs, in turn; the best counts")
	cmd.Flags().StringVar(&format, "format", "table", "table or json")
	cmd.Flags().BoolVar(&keep, "keep", false, "keep the files, the warehouse and the script")
	cmd.Flags().StringVar(&dir, "tmp", "", "folder for the files (default: the system's)")
	return cmd
}

func (a *app) benchLoad(ctx context.Context, dir, format string, rows int64, rounds int) (loadResult, error) {
	result := loadResult{Format: format, Lines: rows}
	if err := writeBenchFiles(ctx, dir, format, rows); err != nil {
		return result, err
	}
	for range rounds {
		v, err := measureLoad(ctx, "verso", dir, rows, "refresh", "-c", filepath.Join(dir, "verso.yaml"), "--skip", "models,site")
		if err != nil {
			return result, err
		}
		s, err := measureLoad(ctx, "script", dir, rows, "bench", "script", filepath.Join(dir, "star.sql"), filepath.Join(dir, "script.duckdb"))
		if err != nil {
			return result, err
		}
		if v.Rows != s.Rows || v.Net != s.Net {
			return result, fmt.Errorf("the two ways differ: verso %d rows, net %s; script %d rows, net %s", v.Rows, v.Net, s.Rows, s.Net)
		}
		result.Verso, result.Script = append(result.Verso, v), append(result.Script, s)
	}
	result.Ratio = bestSeconds(result.Verso) / bestSeconds(result.Script)
	return result, nil
}

func bestSeconds(runs []loadFigures) float64 {
	best := runs[0].Seconds
	for _, r := range runs {
		best = min(best, r.Seconds)
	}
	return best
}

// writeBenchFiles writes the order file, verso.yaml and the script that reads it.
func writeBenchFiles(ctx context.Context, dir, format string, rows int64) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	conn, closeEngine, err := inMemory(ctx)
	if err != nil {
		return err
	}
	defer closeEngine()
	if _, err := conn.Exec(ctx, engine.SQL(strings.ReplaceAll(benchFilesSQL, "{rows}", fmt.Sprint(rows)))); err != nil {
		return err
	}
	options, reader := "FORMAT csv, HEADER true", "read_csv"
	if format == "parquet" {
		options, reader = "FORMAT parquet, COMPRESSION zstd", "read_parquet"
	}
	var yaml, script strings.Builder
	fmt.Fprintf(&yaml, "version: 1\nas_of: 2025-12-31\ncompany: {name: Load benchmark, currency: CNY}\nkeep: 1\nsources:\n")
	for _, table := range benchTables {
		file := filepath.Join(dir, table+"."+format)
		if _, err := conn.Exec(ctx, engine.SQL("COPY "+table+" TO "+engine.QuoteText(file)+" ("+options+")")); err != nil {
			return err
		}
		fmt.Fprintf(&yaml, "  %s: {kind: file, path: %s.%s}\n", table, table, format)
		fmt.Fprintf(&script, "CREATE MACRO file_%s() AS TABLE SELECT * FROM %s(%s);\n", table, reader, engine.QuoteText(file))
	}
	yaml.WriteString("tables:\n")
	for _, table := range benchTables {
		columns, err := tableColumns(ctx, conn, table)
		if err != nil {
			return err
		}
		fmt.Fprintf(&yaml, "  %s:\n    from: %s\n    columns: {", table, table)
		for i, c := range columns {
			if i > 0 {
				yaml.WriteString(", ")
			}
			fmt.Fprintf(&yaml, "%s: %s", c, c)
		}
		yaml.WriteString("}\n")
	}
	if err := os.WriteFile(filepath.Join(dir, "verso.yaml"), []byte(yaml.String()), 0o644); err != nil {
		return err
	}
	script.WriteString(benchStarSQL)
	return os.WriteFile(filepath.Join(dir, "star.sql"), []byte(script.String()), 0o644)
}

func tableColumns(ctx context.Context, q engine.Querier, table string) ([]string, error) {
	var columns []string
	err := engine.Rows(ctx, q, engine.SQL("SELECT column_name FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index", table),
		func(row []any) error {
			columns = append(columns, engine.Text(row[0]))
			return nil
		})
	return columns, err
}

// measureLoad runs verso with args as a process of its own and reads what it
// left behind.
func measureLoad(ctx context.Context, way, dir string, rows int64, args ...string) (loadFigures, error) {
	self, err := os.Executable()
	if err != nil {
		return loadFigures{}, err
	}
	cmd := exec.CommandContext(ctx, self, args...)
	started := time.Now()
	out, err := cmd.CombinedOutput()
	if err != nil {
		return loadFigures{}, fmt.Errorf("%s: %w\n%s", way, err, out)
	}
	f := loadFigures{Way: way, Seconds: time.Since(started).Seconds()}
	f.RowsPerSec = float64(rows) / f.Seconds
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		f.PeakMB = float64(usage.Maxrss) / 1024
	}
	path := filepath.Join(dir, "script.duckdb")
	if way == "verso" {
		// A refresh forgets its peak between steps; its ledger has them all.
		if f.PeakMB, err = ledgerPeakMB(filepath.Join(dir, "warehouse"), f.PeakMB); err != nil {
			return f, err
		}
		if path, err = newestGeneration(filepath.Join(dir, "warehouse")); err != nil {
			return f, err
		}
	}
	db, err := duck.Open(ctx, duck.Options{Path: path, ReadOnly: true})
	if err != nil {
		return f, err
	}
	defer db.Close()
	row, err := engine.One(ctx, db, engine.SQL("SELECT count(*) AS n, sum(net) AS net FROM core.fact_order_line"))
	if err != nil {
		return f, err
	}
	f.Rows, _ = engine.Int(row[0])
	f.Net = engine.Text(row[1])
	return f, nil
}

// ledgerPeakMB is the highest memory of the steps of the last run, or atLeast.
func ledgerPeakMB(warehouse string, atLeast float64) (float64, error) {
	runs, err := ledger.Read(warehouse)
	if err != nil || len(runs) == 0 {
		return atLeast, err
	}
	for _, s := range runs[len(runs)-1].Steps {
		atLeast = max(atLeast, float64(s.PeakBytes)/(1<<20))
	}
	return atLeast, nil
}

func newestGeneration(warehouse string) (string, error) {
	files, err := filepath.Glob(filepath.Join(warehouse, "generations", "*.duckdb"))
	if err != nil || len(files) == 0 {
		return "", fmt.Errorf("no generation in %s: %w", warehouse, err)
	}
	return files[len(files)-1], nil
}

// benchScriptCommand runs a SQL script into a new file: the alternative of
// `bench load`, as a process of its own.
func (a *app) benchScriptCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "script SQL-FILE DUCKDB-FILE",
		Short:  "Run a SQL script into a new DuckDB file",
		Hidden: true,
		Args:   usageArgs(cobra.ExactArgs(2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := os.ReadFile(args[0])
			if err != nil {
				return err
			}
			if err := os.Remove(args[1]); err != nil && !os.IsNotExist(err) {
				return err
			}
			db, err := duck.Open(cmd.Context(), duck.Options{Path: args[1], MaxConns: 1})
			if err != nil {
				return err
			}
			if _, err := db.Exec(cmd.Context(), engine.SQL(string(text))); err != nil {
				db.Close()
				return err
			}
			return db.Close()
		},
	}
}

func (a *app) printLoad(results []loadResult, format string) error {
	if format == "json" {
		enc := json.NewEncoder(a.stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(results)
	}
	for _, r := range results {
		fmt.Fprintf(a.stdout, "%s, %s lines\n", r.Format, thousands(r.Lines))
		for _, f := range append(append([]loadFigures(nil), r.Verso...), r.Script...) {
			fmt.Fprintf(a.stdout, "  %-7s %7.2f s  %12s rows/s  %7.0f MB peak\n", f.Way, f.Seconds, thousands(int64(f.RowsPerSec)), f.PeakMB)
		}
		fmt.Fprintf(a.stdout, "  verso takes %.2f times the script\n", r.Ratio)
	}
	return nil
}
