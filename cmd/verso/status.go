package main

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"verso/etl"
	"verso/olap/warehouse"
)

// statusReport is what `verso status` prints.
type statusReport struct {
	Warehouse   string                 `json:"warehouse"`
	Generations []warehouse.Generation `json:"generations"`
	Runs        []etl.Run              `json:"runs"`
}

func (a *app) statusCommand() *cobra.Command {
	var format string
	var last int
	cmd := &cobra.Command{
		Use:     "status",
		Short:   "Show runs, steps, rows, durations and generations",
		Long:    "status reads the run ledger and the warehouse folder: what ran, how it ended, what is published.",
		Example: "  verso status\n  verso status --last 1 --format json",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := a.loadReaderConfig()
			if err != nil {
				return err
			}
			w, err := a.openWarehouse(cfg)
			if err != nil {
				return err
			}
			defer w.Close()
			report := statusReport{Warehouse: cfg.Warehouse}
			if report.Generations, err = w.Generations(); err != nil {
				return err
			}
			if report.Runs, err = etl.ReadLedger(cfg.Warehouse); err != nil {
				return err
			}
			if last > 0 && len(report.Runs) > last {
				report.Runs = report.Runs[len(report.Runs)-last:]
			}
			switch format {
			case "json":
				enc := json.NewEncoder(a.stdout)
				enc.SetIndent("", "  ")
				return enc.Encode(report)
			case "table":
				a.printStatus(report)
				return nil
			}
			return usagef(cmd.CommandPath(), "unknown format %q: table or json", format)
		},
	}
	cmd.Flags().StringVar(&format, "format", "table", "table or json")
	cmd.Flags().IntVar(&last, "last", 5, "show the last N runs; 0 shows all")
	return cmd
}

func (a *app) printStatus(r statusReport) {
	fmt.Fprintf(a.stdout, "warehouse %s\n\ngenerations\n", r.Warehouse)
	if len(r.Generations) == 0 {
		fmt.Fprintln(a.stdout, "  none; run: verso refresh")
	}
	for _, g := range r.Generations {
		mark := " "
		if g.Current {
			mark = "*"
		}
		fmt.Fprintf(a.stdout, "%s %-44s %8.1f MB\n", mark, g.Name, float64(g.Bytes)/1e6)
	}
	fmt.Fprintln(a.stdout, "\nruns")
	if len(r.Runs) == 0 {
		fmt.Fprintln(a.stdout, "  none")
	}
	for _, run := range r.Runs {
		took := ""
		if !run.Finished.IsZero() {
			took = run.Finished.Sub(run.Started).Round(10 * time.Millisecond).String()
		}
		fmt.Fprintf(a.stdout, "  %s  %-11s %8s  run %s  as of %s\n", run.Started.Format("2006-01-02 15:04:05"), run.Status, took, orDash(run.RunID), orDash(run.AsOf))
		for _, s := range run.Steps {
			fmt.Fprintf(a.stdout, "      %-10s %14s rows %8.2f s %7.0f MB\n", s.Name, thousands(s.Rows), s.Seconds, float64(s.PeakBytes)/1e6)
		}
		if run.Error != "" {
			fmt.Fprintf(a.stdout, "      %s\n", run.Error)
		}
	}
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}
