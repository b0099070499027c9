package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"verso/etl/check"
	"verso/olap/cube"
)

// checkReport is what `verso check` prints.
type checkReport struct {
	Run     string         `json:"run"`
	AsOf    string         `json:"as_of"`
	Checks  []check.Result `json:"checks"`
	Members []memberResult `json:"members"`
	Files   []string       `json:"files,omitempty"` // faults of the files beside verso.yaml that add to the report
}

func (a *app) checkCommand() *cobra.Command {
	var format string
	var history bool
	var only []string
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Run the checks on the published generation, and every cube member",
		Long: `check runs the data checks again, read-only, on the published generation, and
asks every cube for every measure, attribute, level, named set and calculated
member. Of all but measures it proves that the members add up to the total, to
the last digit, and that none is listed twice. It exits with 5 when an
error-level check fails, with 1 when a cube's member does.`,
		Example: "  verso check\n  verso check --cubes sales,returns\n  verso check --cubes none\n  verso check --format json\n  verso check --history",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if format != "table" && format != "json" {
				return usagef(cmd.CommandPath(), "unknown format %q: table or json", format)
			}
			if history {
				return a.checkHistory(format)
			}
			p, err := a.openPublished(cmd.Context(), "")
			if err != nil {
				return err
			}
			defer p.close()
			cubes, err := chosenCubes(cmd, p.olap.Cubes(), only)
			if err != nil {
				return err
			}
			began := a.now()
			data, err := check.Run(cmd.Context(), p.snapshot.DB(), check.Options{Overrides: p.config.Checks})
			if err != nil {
				return err
			}
			report := checkReport{Run: p.olap.Run().ID, AsOf: p.olap.Run().AsOf, Checks: data.Results, Members: checkMembers(cmd.Context(), p.olap, cubes), Files: editorial(p.config).Faults}
			if format == "json" {
				enc := json.NewEncoder(a.stdout)
				enc.SetIndent("", "  ")
				enc.SetEscapeHTML(false)
				if err := enc.Encode(report); err != nil {
					return err
				}
			} else {
				a.printChecks(report, a.now().Sub(began))
			}
			if failed := failedMembers(report.Members); failed > 0 {
				return fmt.Errorf("%d cube members failed", failed)
			}
			if len(report.Files) > 0 {
				return &configError{fmt.Errorf("the report goes without %d of its files: %s", len(report.Files), strings.Join(report.Files, "; "))}
			}
			return data.Refusal()
		},
	}
	cmd.Flags().StringVar(&format, "format", "table", "table or json")
	cmd.Flags().StringSliceVar(&only, "cubes", nil, "cubes to ask, instead of all: names, or none")
	cmd.Flags().BoolVar(&history, "history", false, "what the checks found in every run, refused ones too, instead of running them")
	return cmd
}

// chosenCubes are the cubes of these names; all for no name.
func chosenCubes(cmd *cobra.Command, all []*cube.Cube, names []string) ([]*cube.Cube, error) {
	if len(names) == 0 {
		return all, nil
	}
	if len(names) == 1 && names[0] == "none" {
		return nil, nil
	}
	var chosen []*cube.Cube
	for _, name := range names {
		at := slices.IndexFunc(all, func(c *cube.Cube) bool { return c.Name == name })
		if at < 0 {
			return nil, usagef(cmd.CommandPath(), "--cubes: no cube %q (verso cubes lists them)", name)
		}
		chosen = append(chosen, all[at])
	}
	return chosen, nil
}

func (a *app) printChecks(r checkReport, took time.Duration) {
	fmt.Fprintf(a.stdout, "run %s, as of %s\n\n", r.Run, r.AsOf)
	failed := 0
	for _, c := range r.Checks {
		mark := "ok  "
		if !c.Passed {
			mark = "FAIL"
			failed++
		}
		fmt.Fprintf(a.stdout, "%s %-5s %-44s %12s of %12s  %s\n", mark, c.Severity, c.ID, thousands(c.Offenders), thousands(c.Tested), c.Description)
		if !c.Passed && c.Hint != "" {
			fmt.Fprintln(a.stdout, "           →", c.Hint)
		}
	}
	for _, m := range r.Members {
		if m.Absent != "" {
			fmt.Fprintf(a.stdout, "none cube %s, %s: %s\n", m.Cube, m.Member, m.Absent)
		}
		if m.Error != "" {
			fmt.Fprintf(a.stdout, "FAIL cube %s, %s: %s\n", m.Cube, m.Member, m.Error)
		}
	}
	for _, f := range r.Files {
		fmt.Fprintf(a.stdout, "FAIL file %s\n", f)
	}
	added := 0
	for _, m := range r.Members {
		if m.Proof == addsUp && m.Error == "" && m.Absent == "" {
			added++
		}
	}
	fmt.Fprintf(a.stdout, "\n%d checks, %d failed; %d cube members run, %d failed; of those run, %d add up to their totals (%.1f s)\n",
		len(r.Checks), failed, len(r.Members), failedMembers(r.Members), added, took.Seconds())
}

// checkHistory prints how the checks went from run to run.
func (a *app) checkHistory(format string) error {
	cfg, err := a.loadReaderConfig()
	if err != nil {
		return err
	}
	past, err := check.ReadHistory(cfg.Warehouse)
	if err != nil {
		return err
	}
	trends := check.Trends(past)
	if format == "json" {
		if trends == nil {
			trends = []check.Trend{}
		}
		enc := json.NewEncoder(a.stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(trends)
	}
	if len(past) == 0 {
		_, err := fmt.Fprintln(a.stdout, "no run has been checked yet (run: verso refresh)")
		return err
	}
	runs := thousands(int64(len(past))) + " runs"
	if len(past) == 1 {
		runs = "1 run"
	}
	fmt.Fprintf(a.stdout, "%s, as of %s to %s; shares of offending rows, each scaled to its own largest\n\n", runs, past[0].AsOf, past[len(past)-1].AsOf)
	for _, t := range trends {
		last := t.Points[len(t.Points)-1]
		state := "ok"
		if t.Runs > 0 {
			state = fmt.Sprintf("FAIL since %s, %d runs", t.Failed, t.Runs)
		}
		fmt.Fprintf(a.stdout, "%-44s %8.3f%% %12s of %12s  %-20s %s\n", t.ID, 100*last.Share, thousands(last.Offenders), thousands(last.Tested), t.Change(), state)
	}
	_, err = fmt.Fprintf(a.stdout, "\n%d checks found something in these runs\n", len(trends))
	return err
}
