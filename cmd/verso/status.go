package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"verso/etl/ledger"
	"verso/olap/warehouse"
)

// statusReport is what `verso status` prints.
type statusReport struct {
	Warehouse   string                 `json:"warehouse"`
	Generations []warehouse.Generation `json:"generations"`
	Runs        []ledger.Run           `json:"runs"`
	History     *history               `json:"history,omitempty"` // of all runs that published
}

func (a *app) statusCommand() *cobra.Command {
	var format string
	var last int
	var extracts bool
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
			if report.Runs, err = ledger.Read(cfg.Warehouse); err != nil {
				return err
			}
			report.History = durations(report.Runs)
			if last > 0 && len(report.Runs) > last {
				report.Runs = report.Runs[len(report.Runs)-last:]
			}
			switch format {
			case "json":
				enc := json.NewEncoder(a.stdout)
				enc.SetIndent("", "  ")
				return enc.Encode(report)
			case "table":
				a.printStatus(report, extracts)
				return nil
			}
			return usagef(cmd.CommandPath(), "unknown format %q: table or json", format)
		},
	}
	cmd.Flags().StringVar(&format, "format", "table", "table or json")
	cmd.Flags().BoolVar(&extracts, "extracts", false, "show the figures of every extract too")
	cmd.Flags().IntVar(&last, "last", 5, "show the last N runs; 0 shows all")
	return cmd
}

func (a *app) printStatus(r statusReport, extracts bool) {
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
	if h := r.History; h != nil && h.Runs > 1 {
		fmt.Fprintf(a.stdout, "  %d published; half of them in %.2f s or less\n", h.Runs, h.Median)
	}
	for _, run := range r.Runs {
		took := ""
		switch {
		case !run.Finished.IsZero():
			took = run.Finished.Sub(run.Started).Round(10 * time.Millisecond).String()
		case run.Status == ledger.StatusRunning:
			took = a.now().Sub(run.Started).Round(time.Second).String()
		}
		fmt.Fprintf(a.stdout, "  %s  %-11s %8s  run %s  as of %s\n", run.Started.Format("2006-01-02 15:04:05"), run.Status, took, orDash(run.RunID), orDash(run.AsOf))
		a.printRun(run, extracts)
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

// printRun prints the figures of one run.
func (a *app) printRun(run ledger.Run, extracts bool) {
	if v := run.Versions; v.Verso != "" {
		fmt.Fprintf(a.stdout, "      verso %s, %s, %s\n", v.Verso, orDash(v.Engine), v.Go)
	}
	if r := run.Resumed; r != nil {
		fmt.Fprintf(a.stdout, "      resumed from run %s at step %s\n", r.Run, r.Step)
	}
	if run.Anew != "" {
		fmt.Fprintf(a.stdout, "      begun anew after a run that died: %s\n", run.Anew)
	}
	for _, s := range run.Steps {
		fmt.Fprintf(a.stdout, "      %-10s %14s rows %8.2f s %7.0f MB memory %9.1f MB written\n", s.Name, thousands(s.Rows), s.Seconds, float64(s.PeakBytes)/1e6, float64(s.Bytes)/1e6)
		for _, x := range run.Extracts {
			if s.Name != "land" || !extracts && x.Attempts < 2 {
				continue
			}
			fmt.Fprintf(a.stdout, "        %-22s %14s read %8.2f s %9.1f MB in %9.1f MB landed%s\n", x.Name, thousands(x.Read), x.Seconds,
				float64(x.SourceBytes)/1e6, float64(x.LandedBytes)/1e6, attempts(x.Attempts))
		}
	}
	for _, s := range run.Stale {
		fmt.Fprintf(a.stdout, "      stale: source %s could not be read; its data are from %s: %s\n", s.Source, s.Since, s.Reason)
	}
}

// attempts tells how often a source was tried, when more than once.
func attempts(n int) string {
	if n < 2 {
		return ""
	}
	return fmt.Sprintf(", %d attempts", n)
}

// history is how long runs took that published something.
type history struct {
	Runs   int                `json:"runs"`
	Median float64            `json:"median_seconds"`
	Steps  map[string]float64 `json:"median_seconds_by_step"`
}

// durations sums the ledger up; nil when nothing was ever published.
func durations(runs []ledger.Run) *history {
	var whole []float64
	steps := map[string][]float64{}
	for _, r := range runs {
		if r.Generation == "" || r.Finished.IsZero() {
			continue
		}
		whole = append(whole, r.Finished.Sub(r.Started).Seconds())
		for _, s := range r.Steps {
			steps[s.Name] = append(steps[s.Name], s.Seconds)
		}
	}
	if len(whole) == 0 {
		return nil
	}
	h := &history{Runs: len(whole), Median: median(whole), Steps: map[string]float64{}}
	for name, took := range steps {
		h.Steps[name] = median(took)
	}
	return h
}

// median of a list that is not empty; the lower of two in the middle.
func median(list []float64) float64 {
	slices.Sort(list)
	return list[(len(list)-1)/2]
}
