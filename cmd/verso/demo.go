package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"verso/etl/config"
	"verso/etl/demo"
)

// demoFlags are the choices of `verso demo`.
type demoFlags struct {
	options demo.Options
	asOf    string
	only    bool
	verify  bool
	night   nightFlags
}

func (a *app) demoCommand() *cobra.Command {
	var f demoFlags
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Generate the demo company, load it and build its report site",
		Long: `demo writes the operational data of a generated book importer (customers, titles,
orders, deliveries, invoices, campaigns, tickets and the rest), a verso.yaml that
maps it, refreshes the warehouse and builds the report site. The same options
give the same bytes. What is planted in the data is written to truth/, which
the pipeline never reads.

With --nights the folder shows the company as its systems looked that many
nights before its last day; --advance goes on by one night, with rows that are
new, changed, late or deleted, and troubles listed in
company/truth/replay_truth.csv.

With --verify what was planted is held against what the warehouse and its models
found: one row for each truth, with the range in which it is accepted. A folder
that has the company already is not generated again.`,
		Example: `  verso demo --dir demo
  verso demo --dir small --scale 0.05 --seed 7 --dirty
  verso demo --dir nights --scale 0.05 --nights 30
  verso demo --dir nights --advance
  verso demo --dir demo --verify`,
		Args: usageArgs(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.night.check(cmd, &f, args); err != nil {
				return err
			}
			if f.night.advance != "" {
				return a.runAdvance(cmd, f)
			}
			if f.verify {
				return a.runVerify(cmd.Context(), f, func() error { return a.runDemo(cmd, f) })
			}
			return a.runDemo(cmd, f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.options.Dir, "dir", "demo", "folder for everything")
	flags.Float64Var(&f.options.Scale, "scale", 1, "size of the company, 0.01 to 1000")
	flags.Uint64Var(&f.options.Seed, "seed", 1, "seed of every random choice")
	flags.IntVar(&f.options.Years, "years", 0, "full years of history before the current one (default 6)")
	flags.StringVar(&f.options.Format, "files", "csv", "format of the files: csv or parquet")
	flags.BoolVar(&f.options.Dirty, "dirty", false, "add every kind of dirty data (csv only)")
	flags.BoolVar(&f.options.Placebo, "placebo", false, "plant no effects")
	flags.StringVar(&f.asOf, "as-of", "", "last day of the history, YYYY-MM-DD (default 2026-06-30)")
	flags.BoolVar(&f.only, "generate-only", false, "write the files and verso.yaml, load nothing")
	flags.BoolVar(&f.verify, "verify", false, "hold what was planted against what the warehouse and its models found")
	f.night.add(cmd)
	return cmd
}

func (a *app) runDemo(cmd *cobra.Command, f demoFlags) error {
	if f.asOf != "" {
		date, err := time.Parse(time.DateOnly, f.asOf)
		if err != nil {
			return usagef(cmd.CommandPath(), "--as-of: %q is not a date like 2026-06-30", f.asOf)
		}
		f.options.AsOf = date
	}
	if f.options.Scale < 0.01 || f.options.Scale > 1000 {
		return usagef(cmd.CommandPath(), "--scale: %v is outside 0.01 to 1000", f.options.Scale)
	}
	if f.night.nights > 0 {
		return a.runNights(cmd.Context(), f)
	}
	started := a.now()
	if err := os.MkdirAll(f.options.Dir, 0o755); err != nil {
		return err
	}
	summary, err := demo.Generate(cmd.Context(), f.options)
	if err != nil {
		return err
	}
	a.configPath = filepath.Join(f.options.Dir, "verso.yaml")
	if err := os.WriteFile(a.configPath, demo.Config(f.options), 0o644); err != nil {
		return err
	}
	var rows int64
	for _, n := range summary.Rows {
		rows += n
	}
	fmt.Fprintf(a.stdout, "generated %s rows in %d files in %s (%s)\n", thousands(rows), len(summary.Rows),
		filepath.Join(f.options.Dir, "data"), a.now().Sub(started).Round(10*time.Millisecond))
	if f.only {
		fmt.Fprintf(a.stdout, "next: verso refresh -c %s\n", a.configPath)
		return nil
	}
	cfg, err := config.Load(a.configPath, a.env)
	if err != nil {
		return err
	}
	return a.refresh(cmd.Context(), cfg, refreshFlags{})
}
