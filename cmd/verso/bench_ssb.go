package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"verso/etl/peak"
	"verso/olap"
	"verso/olap/engine"
	"verso/olap/engine/duck"
	"verso/olap/rollup"
	"verso/olap/ssb"
)

// ssbOptions are the flags of `verso bench ssb`.
type ssbOptions struct {
	scale   ssb.Scale
	rounds  int
	clients int
	threads int
	memory  string
	dir     string
	cases   []string
	format  string
}

// ssbReport is what `verso bench ssb` found.
type ssbReport struct {
	Scale       float64      `json:"scale_factor"`
	Seed        int64        `json:"seed"`
	File        string       `json:"file"`
	FileMB      float64      `json:"file_mb"`
	Lines       int64        `json:"lines"`
	Threads     int64        `json:"threads"`
	Rounds      int          `json:"rounds"`
	GeneratedIn float64      `json:"generated_seconds,omitempty"` // 0: the file was there
	GeneratedMB float64      `json:"generated_peak_mb,omitempty"`
	RollupsIn   float64      `json:"rollups_seconds,omitempty"`
	RollupRows  int64        `json:"rollup_rows,omitempty"`
	Cases       []ssb.Result `json:"cases"`
	PeakMB      float64      `json:"peak_mb"`
	Load        []ssb.Load   `json:"load"`
	LoadPeakMB  float64      `json:"load_peak_mb"`
}

func (a *app) benchSSBCommand() *cobra.Command {
	var o ssbOptions
	cmd := &cobra.Command{
		Use:   "ssb",
		Short: "The Star Schema Benchmark: cube queries against SQL written by hand",
		Long: `ssb generates the Star Schema Benchmark into a DuckDB file and asks its 13
queries, and an annex of what it lacks, on that one file: as SQL written by hand,
as cube queries that read the facts, and as cube queries that may use rollups. Before anything is measured, both answers are compared cell
by cell; a difference ends the command.

Measured is the time from the question to the last value read: for SQL by hand,
the statement and its rows; for the cube, also compiling the question and laying
out the table. The file is warm (one round is not counted), every round runs every
way once, each round beginning with another. ratio and over are medians of what a
cube took against the SQL by hand of the same round; "sql" is the ratio of the
cube's statement alone. A question keeps the goal if it is within 2 % or 0.3 ms.

Then clients ask all 13 queries at once. Peaks are of the whole process, as the
operating system counts them.`,
		Example: "  verso bench ssb --sf 1\n  verso bench ssb --sf 10 --rounds 5 --dir /data/ssb --format json",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.rounds < 1 || o.clients < 0 || o.threads < 0 {
				return usagef(cmd.CommandPath(), "--rounds takes 1 or more, --clients and --threads 0 or more")
			}
			if o.format != "table" && o.format != "json" {
				return usagef(cmd.CommandPath(), "unknown format %q: table or json", o.format)
			}
			report, err := a.benchSSB(cmd.Context(), o)
			if err != nil {
				return err
			}
			return a.printSSB(report, o.format)
		},
	}
	f := cmd.Flags()
	f.Float64Var(&o.scale.Factor, "sf", 1, "scale factor: 1 is 6 million order lines")
	f.Int64Var(&o.scale.Seed, "seed", 1, "seed of the generator")
	f.IntVar(&o.rounds, "rounds", 20, "measured rounds")
	f.IntVar(&o.clients, "clients", 16, "clients at once; 0: leave that out")
	f.IntVar(&o.threads, "threads", 0, "threads of the database (default: all cores)")
	f.StringVar(&o.memory, "memory", "", "memory limit of the database, such as 4GB (default: the database's own)")
	f.StringVar(&o.dir, "dir", "", "folder that keeps the file for the next time (default: a temporary one)")
	f.StringSliceVar(&o.cases, "only", nil, "ask these only: q1_1, q2_3, pivot …")
	f.StringVar(&o.format, "format", "table", "table or json")
	return cmd
}

func (a *app) benchSSB(ctx context.Context, o ssbOptions) (*ssbReport, error) {
	cases, err := chooseCases(o.cases)
	if err != nil {
		return nil, err
	}
	dir := o.dir
	if dir == "" {
		if dir, err = os.MkdirTemp("", "verso-ssb-"); err != nil {
			return nil, err
		}
		defer os.RemoveAll(dir)
	} else if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	r := &ssbReport{Scale: o.scale.Factor, Seed: o.scale.Seed, Rounds: o.rounds}
	r.File = filepath.Join(dir, fmt.Sprintf("ssb-%g-%d.duckdb", o.scale.Factor, o.scale.Seed))
	if err := a.generateSSB(ctx, o, r); err != nil {
		return nil, err
	}
	db, err := duck.Open(ctx, duck.Options{Path: r.File, ReadOnly: true, Threads: o.threads, MemoryLimit: o.memory, MaxConns: max(o.clients, 1)})
	if err != nil {
		return nil, err
	}
	err = a.measureSSB(ctx, db, o, cases, r)
	return r, errors.Join(err, db.Close())
}

// chooseCases are the cases of those names, or all.
func chooseCases(names []string) ([]ssb.Case, error) {
	all, err := ssb.Cases()
	if err != nil || len(names) == 0 {
		return all, err
	}
	known := map[string]ssb.Case{}
	var list []string
	for _, c := range all {
		known[c.Name] = c
		list = append(list, c.Name)
	}
	var chosen []ssb.Case
	for _, n := range names {
		c, ok := known[n]
		if !ok {
			return nil, usagef("verso bench ssb", "no case %q; known: %v", n, list)
		}
		chosen = append(chosen, c)
	}
	return chosen, nil
}

// generateSSB writes the file where it is not there yet, under another name
// until it is whole.
func (a *app) generateSSB(ctx context.Context, o ssbOptions, r *ssbReport) error {
	if _, err := os.Stat(r.File); err == nil {
		return nil
	}
	fmt.Fprintf(a.stderr, "generating %s\n", r.File)
	started := a.now()
	unfinished := r.File + ".unfinished"
	if err := os.Remove(unfinished); err != nil && !os.IsNotExist(err) {
		return err
	}
	peak.Reset()
	db, err := duck.Open(ctx, duck.Options{Path: unfinished, Threads: o.threads, MemoryLimit: o.memory})
	if err != nil {
		return err
	}
	conn, err := db.Conn(ctx)
	if err == nil {
		err = errors.Join(a.fillSSB(ctx, conn, o, r), conn.Close())
	}
	if err := errors.Join(err, db.Close()); err != nil {
		return err
	}
	r.GeneratedIn = a.now().Sub(started).Seconds()
	r.GeneratedMB = megabytes(peak.Memory())
	return os.Rename(unfinished, r.File)
}

// fillSSB generates the tables and builds the rollups over them.
func (a *app) fillSSB(ctx context.Context, conn engine.Conn, o ssbOptions, r *ssbReport) error {
	if err := ssb.Generate(ctx, conn, o.scale); err != nil {
		return err
	}
	model, err := ssb.Model()
	if err != nil {
		return err
	}
	started := a.now()
	built, err := rollup.Build(ctx, conn, model, rollup.Options{Run: "ssb", Seed: uint64(o.scale.Seed)})
	if err != nil {
		return err
	}
	for _, b := range built {
		if b.State != rollup.OK {
			fmt.Fprintf(a.stderr, "rollup %s: %s: %s\n", b.Name, b.State, b.Reason)
		}
		r.RollupRows += b.Rows
	}
	r.RollupsIn = a.now().Sub(started).Seconds()
	return nil
}

func (a *app) measureSSB(ctx context.Context, db *duck.DB, o ssbOptions, cases []ssb.Case, r *ssbReport) error {
	row, err := engine.One(ctx, db, engine.SQL("SELECT (SELECT count(*) FROM ssb.lineorder) AS n, CAST(current_setting('threads') AS BIGINT) AS threads"))
	if err != nil {
		return err
	}
	r.Lines, _ = engine.Int(row[0])
	r.Threads, _ = engine.Int(row[1])
	if info, err := os.Stat(r.File); err == nil {
		r.FileMB = megabytes(info.Size())
	}
	model, err := ssb.Model()
	if err != nil {
		return err
	}
	limits := olap.Limits{Cache: -1, Time: -1, Running: max(o.clients, 1)}
	facts, err := olap.Open(ctx, db, olap.Options{Model: model, NoRollups: true, Limits: limits})
	if err != nil {
		return err
	}
	rolled, err := olap.Open(ctx, db, olap.Options{Model: model, Limits: limits})
	if err != nil {
		return err
	}
	b := &ssb.Bench{DB: db, Ways: []ssb.Way{{Name: "cube", Olap: facts}, {Name: "rollups", Olap: rolled}}, Rounds: o.rounds, Now: time.Now}
	peak.Reset()
	var published []ssb.Case
	for _, c := range cases {
		result, err := b.Run(ctx, c)
		if err != nil {
			return err
		}
		r.Cases = append(r.Cases, result)
		if c.Annex == "" {
			published = append(published, c)
		}
	}
	r.PeakMB = megabytes(peak.Memory())
	if o.clients == 0 || len(published) == 0 {
		return nil
	}
	peak.Reset()
	for way := -1; way < len(b.Ways); way++ {
		load, err := b.Clients(ctx, published, way, o.clients, max(o.rounds/10, 1))
		if err != nil {
			return err
		}
		r.Load = append(r.Load, load)
	}
	r.LoadPeakMB = megabytes(peak.Memory())
	return nil
}

func megabytes(bytes int64) float64 { return math.Round(float64(bytes)/(1<<20)*10) / 10 }

func (a *app) printSSB(r *ssbReport, format string) error {
	if format == "json" {
		enc := json.NewEncoder(a.stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(r)
	}
	w := a.stdout
	fmt.Fprintf(w, "Star Schema Benchmark, scale factor %g, seed %d: %s order lines, %.0f MB, %d threads, %d rounds, warm\n",
		r.Scale, r.Seed, thousands(r.Lines), r.FileMB, r.Threads, r.Rounds)
	if r.GeneratedIn > 0 {
		fmt.Fprintf(w, "generated in %.1f s, %.0f MB peak\n", r.GeneratedIn, r.GeneratedMB)
	}
	fmt.Fprintf(w, "\n%-26s %6s  %28s  %-5s %28s  %7s %7s %7s %8s\n", "", "", "by hand: min, median, p99 ms", "", "cube: min, median, p99 ms", "sql", "ratio", "over ms", "compile")
	for _, c := range r.Cases {
		fmt.Fprintf(w, "%-26s %6d  %8.2f %9.2f %9.2f", c.Title, c.Rows, c.Hand.Min, c.Hand.Median, c.Hand.P99)
		for i, f := range c.Ways {
			if i > 0 {
				fmt.Fprintf(w, "\n%64s", "")
			}
			mark := ""
			if !f.Within() {
				mark = " *"
			}
			fmt.Fprintf(w, "  %-5s %8.2f %9.2f %9.2f  %7.3f %7.3f %7.2f %8.3f%s", f.Way, f.Min, f.Median, f.P99, f.SQLRatio, f.Ratio, f.Over, f.Compile, mark)
		}
		if c.Skipped != "" {
			fmt.Fprintf(w, "  skipped: %s", c.Skipped)
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "* more than 2 %% and 0.3 ms over the SQL by hand; peak memory %.0f MB\n", r.PeakMB)
	for i, l := range r.Load {
		if i == 0 {
			fmt.Fprintf(w, "\n%d clients at once, the 13 queries, peak memory %.0f MB\n", l.Clients, r.LoadPeakMB)
		}
		fmt.Fprintf(w, "%-6s %7d questions %9.1f a second, median %.1f ms, p99 %.1f ms\n", l.Way, l.Questions, l.PerSecond, l.Median, l.P99)
	}
	return nil
}
