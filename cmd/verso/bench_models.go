package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/spf13/cobra"

	"verso/etl/config"
	"verso/etl/peak"
	"verso/models"
	"verso/olap/engine"
	"verso/olap/engine/duck"
)

// modelsBench are the flags of `verso bench models`.
type modelsBench struct {
	scale      float64
	seed       uint64
	dir        string
	only       []string
	threads    int
	memory     string
	statements int
	profile    string
	format     string
}

// modelFigures is what one model took.
type modelFigures struct {
	Model   string  `json:"model"`
	Seconds float64 `json:"seconds"`
	CPU     float64 `json:"cpu_seconds"` // of all threads of the process
	PeakMB  float64 `json:"peak_mb"`     // of the process while the model ran
	Rows    int64   `json:"rows"`

	Statements []statementFigures `json:"statements,omitempty"` // the slowest
}

// statementFigures is what one statement of a model took.
type statementFigures struct {
	Seconds float64 `json:"seconds"`
	CPU     float64 `json:"cpu_seconds"`
	SQL     string  `json:"sql"`
}

// modelsReport is what `verso bench models` found.
type modelsReport struct {
	File    string         `json:"file"`
	Threads int64          `json:"threads"`
	Lines   int64          `json:"order_lines"`
	Models  []modelFigures `json:"models"`
	Seconds float64        `json:"seconds"`
	CPU     float64        `json:"cpu_seconds"`
	PeakMB  float64        `json:"peak_mb"`
}

func (a *app) benchModelsCommand() *cobra.Command {
	var o modelsBench
	cmd := &cobra.Command{
		Use:   "models",
		Short: "Every model of a refresh: time, processor time, peak memory",
		Long: `models runs the models of a refresh over a copy of the published generation and
tells what each took: wall time, processor time of all threads, and the peak of
the process's memory as the operating system counts it. With --scale the demo
company of that scale is generated and loaded first, without its models.

--only runs some models over the scores that a whole run left in --dir.`,
		Example: `  verso bench models --scale 10
  verso bench models -c mycompany/verso.yaml --statements 3
  verso bench models --scale 10 --dir /data/bench --only clv,hazard --profile cpu.pprof`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.format != "table" && o.format != "json" {
				return usagef(cmd.CommandPath(), "unknown format %q: table or json", o.format)
			}
			if o.threads < 0 || o.statements < 0 || o.scale != 0 && (o.scale < 0.01 || o.scale > 1000) {
				return usagef(cmd.CommandPath(), "--threads and --statements take 0 or more, --scale 0.01 to 1000")
			}
			for _, name := range o.only {
				if !slices.Contains(models.Names(), name) {
					return usagef(cmd.CommandPath(), "--only: no model %q; there are: %s", name, strings.Join(models.Names(), ", "))
				}
			}
			if len(o.only) > 0 && o.dir == "" {
				return usagef(cmd.CommandPath(), "--only needs --dir: the folder of a whole run")
			}
			return a.benchModels(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.Float64Var(&o.scale, "scale", 0, "scale of a demo company to generate (0: the generation that -c published)")
	f.Uint64Var(&o.seed, "seed", 1, "seed of the demo company")
	f.StringVar(&o.dir, "dir", "", "folder that keeps the company and the copy, used again when it has them (default: the system's, removed)")
	f.StringSliceVar(&o.only, "only", nil, "models to run (default: all)")
	f.IntVar(&o.threads, "threads", 0, "threads of the database (default: what its size is worth)")
	f.StringVar(&o.memory, "memory", "", "memory the database may use, such as 2GB (default: as the configuration says)")
	f.IntVar(&o.statements, "statements", 0, "show so many of each model's slowest statements")
	f.StringVar(&o.profile, "profile", "", "write a processor profile of the Go code to this file")
	f.StringVar(&o.format, "format", "table", "table or json")
	return cmd
}

func (a *app) benchModels(ctx context.Context, o modelsBench) (err error) {
	dir := o.dir
	if dir == "" {
		if dir, err = os.MkdirTemp("", "verso-bench-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	} else if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if o.scale > 0 {
		a.configPath = filepath.Join(dir, "company", "verso.yaml")
		if err := makeCompany(ctx, filepath.Dir(a.configPath), o); err != nil {
			return err
		}
	}
	cfg, err := a.loadReaderConfig()
	if err != nil {
		return err
	}
	copied := filepath.Join(dir, "models.duckdb")
	if err := a.copyPublished(ctx, cfg, copied); err != nil {
		return err
	}
	report, err := runBenchModels(ctx, cfg, copied, o)
	if err != nil {
		return err
	}
	if o.format == "json" {
		enc := json.NewEncoder(a.stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(report)
	}
	printModelsBench(a.stdout, report)
	return nil
}

// makeCompany generates and loads the demo company in processes of their own,
// so that their memory is not that of the models. One that is there is kept.
func makeCompany(ctx context.Context, dir string, o modelsBench) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	yaml := filepath.Join(dir, "verso.yaml")
	for _, step := range []struct {
		done string // made by it
		args []string
	}{
		{yaml, []string{"demo", "--generate-only", "--files", "parquet", "--dir", dir, "--scale", fmt.Sprint(o.scale), "--seed", fmt.Sprint(o.seed)}},
		{filepath.Join(dir, "warehouse", "CURRENT"), []string{"refresh", "-c", yaml, "--skip", "models,rollups,site"}},
	} {
		if _, err := os.Stat(step.done); err == nil {
			continue
		}
		if out, err := exec.CommandContext(ctx, self, step.args...).CombinedOutput(); err != nil {
			return fmt.Errorf("verso %s: %w\n%s", strings.Join(step.args, " "), err, out)
		}
	}
	return nil
}

// copyPublished copies the file of the published generation, unless the copy is
// there already: readers must never see what a benchmark writes.
func (a *app) copyPublished(ctx context.Context, cfg *config.Config, to string) (err error) {
	if _, err := os.Stat(to); err == nil {
		return nil
	}
	w, err := a.openWarehouse(cfg)
	if err != nil {
		return err
	}
	defer w.Close()
	snapshot, err := w.Acquire(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, snapshot.Release()) }()
	from, err := os.Open(snapshot.Generation().Path)
	if err != nil {
		return err
	}
	defer from.Close()
	unfinished, err := os.Create(to + ".part")
	if err != nil {
		return err
	}
	if _, err := io.Copy(unfinished, from); err != nil {
		return errors.Join(err, unfinished.Close())
	}
	if err := unfinished.Close(); err != nil {
		return err
	}
	return os.Rename(unfinished.Name(), to)
}

// runBenchModels runs the models over the copy.
func runBenchModels(ctx context.Context, cfg *config.Config, path string, o modelsBench) (r modelsReport, err error) {
	r.File = path
	db, err := duck.Open(ctx, duck.Options{Path: path, Threads: cmp.Or(o.threads, cfg.Engine.Threads), MemoryLimit: cmp.Or(o.memory, cfg.Engine.Memory)})
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	conn, err := db.Conn(ctx)
	if err != nil {
		return r, err
	}
	timed := &timedConn{Conn: conn}
	defer func() { err = errors.Join(err, timed.Close()) }()
	row, err := engine.One(ctx, conn, engine.SQL(`SELECT (SELECT count(*) FROM core.fact_order_line) AS n, CAST(current_setting('threads') AS BIGINT) AS threads,
    (SELECT max(as_of) FROM meta.run) AS as_of`))
	if err != nil {
		return r, err
	}
	r.Lines, _ = engine.Int(row[0])
	r.Threads, _ = engine.Int(row[1])
	options := modelOptions(cfg)
	options.Seed, options.Only = cfg.Seed, o.only
	options.AsOf, _ = row[2].(time.Time)
	if o.profile != "" {
		f, err := os.Create(o.profile)
		if err != nil {
			return r, err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return r, err
		}
		defer pprof.StopCPUProfile()
	}
	began, cpu := time.Now(), processorTime()
	peak.Reset()
	options.Progress = func(model string, rows int64) {
		now, used := time.Now(), processorTime()
		m := modelFigures{Model: model, Rows: rows, Seconds: now.Sub(began).Seconds(), CPU: used - cpu, PeakMB: float64(peak.Memory()) / (1 << 20)}
		m.Statements = timed.slowest(o.statements)
		r.Models = append(r.Models, m)
		r.Seconds, r.CPU, r.PeakMB = r.Seconds+m.Seconds, r.CPU+m.CPU, max(r.PeakMB, m.PeakMB)
		peak.Reset()
		began, cpu = now, used
	}
	return r, models.Run(ctx, timed, options)
}

// timedConn notes what each statement takes.
type timedConn struct {
	engine.Conn
	done []statementFigures
}

// Query implements engine.Querier.
func (c *timedConn) Query(ctx context.Context, s engine.Statement) (array.RecordReader, error) {
	defer c.note(s.SQL, time.Now(), processorTime())
	return c.Conn.Query(ctx, s)
}

// Exec implements engine.Execer.
func (c *timedConn) Exec(ctx context.Context, s engine.Statement) (int64, error) {
	defer c.note(s.SQL, time.Now(), processorTime())
	return c.Conn.Exec(ctx, s)
}

func (c *timedConn) note(sql string, began time.Time, cpu float64) {
	c.done = append(c.done, statementFigures{Seconds: time.Since(began).Seconds(), CPU: processorTime() - cpu, SQL: strings.Join(strings.Fields(sql), " ")})
}

// slowest returns the n statements that took longest and forgets all.
func (c *timedConn) slowest(n int) []statementFigures {
	all := c.done
	c.done = nil
	slices.SortStableFunc(all, func(a, b statementFigures) int { return cmp.Compare(b.Seconds, a.Seconds) })
	return all[:min(n, len(all))]
}

func printModelsBench(w io.Writer, r modelsReport) {
	fmt.Fprintf(w, "%s order lines, %d threads\n\n%-14s %9s %9s %9s %12s\n", thousands(r.Lines), r.Threads, "model", "wall s", "CPU s", "peak MB", "rows")
	var rows int64
	for _, m := range r.Models {
		fmt.Fprintf(w, "%-14s %9.2f %9.2f %9.0f %12s\n", m.Model, m.Seconds, m.CPU, m.PeakMB, thousands(m.Rows))
		for _, s := range m.Statements {
			fmt.Fprintf(w, "  %21.2f %9.2f %s\n", s.Seconds, s.CPU, cut(s.SQL, 100))
		}
		rows += m.Rows
	}
	fmt.Fprintf(w, "%-14s %9.2f %9.2f %9.0f %12s\n", "all", r.Seconds, r.CPU, r.PeakMB, thousands(rows))
}

// cut is text of at most n letters.
func cut(text string, n int) string {
	if letters := []rune(text); len(letters) > n {
		return string(letters[:n-1]) + "…"
	}
	return text
}
