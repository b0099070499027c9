package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"verso/etl/check"
	"verso/olap"
	"verso/olap/cube"
)

// checkReport is what `verso check` prints.
type checkReport struct {
	Run     string         `json:"run"`
	AsOf    string         `json:"as_of"`
	Checks  []check.Result `json:"checks"`
	Members []memberResult `json:"members"`
}

// memberResult is one cube measure or attribute compiled and run.
type memberResult struct {
	Cube   string `json:"cube"`
	Member string `json:"member"`
	Absent string `json:"absent,omitempty"` // why there is nothing to run it on, such as a skipped model
	Error  string `json:"error,omitempty"`
}

func (a *app) checkCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Run the checks on the published generation, and every cube member",
		Long: `check runs the data checks again, read-only, on the published generation, and
compiles and runs every measure and attribute of every cube. It exits with 5
when an error-level check fails.`,
		Example: "  verso check\n  verso check --format json",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if format != "table" && format != "json" {
				return usagef(cmd.CommandPath(), "unknown format %q: table or json", format)
			}
			p, err := a.openPublished(cmd.Context(), "")
			if err != nil {
				return err
			}
			defer p.close()
			data, err := check.Run(cmd.Context(), p.snapshot.DB(), check.Options{Overrides: p.config.Checks})
			if err != nil {
				return err
			}
			report := checkReport{Run: p.olap.Run().ID, AsOf: p.olap.Run().AsOf, Checks: data.Results, Members: checkMembers(cmd, p.olap)}
			if format == "json" {
				enc := json.NewEncoder(a.stdout)
				enc.SetIndent("", "  ")
				if err := enc.Encode(report); err != nil {
					return err
				}
			} else {
				a.printChecks(report)
			}
			if failed := failedMembers(report.Members); failed > 0 {
				return fmt.Errorf("%d cube members do not run", failed)
			}
			return data.Refusal()
		},
	}
	cmd.Flags().StringVar(&format, "format", "table", "table or json")
	return cmd
}

// checkMembers asks every cube for every measure and every attribute.
func checkMembers(cmd *cobra.Command, o *olap.Olap) []memberResult {
	var results []memberResult
	ask := func(c *cube.Cube, member string, q cube.Query) {
		r := memberResult{Cube: c.Name, Member: member}
		var missing *olap.MissingTableError
		if _, err := o.Ask(cmd.Context(), q); errors.As(err, &missing) && strings.HasPrefix(missing.Table, "score.") {
			r.Absent = err.Error()
		} else if err != nil {
			r.Error = err.Error()
		}
		results = append(results, r)
	}
	for _, c := range o.Cubes() {
		for _, m := range c.Measures {
			ask(c, m.Name, cube.Query{Cube: c.Name, Measures: []string{m.Name}, Totals: cube.Totals{Grand: true}})
		}
		for _, d := range c.Dimensions {
			for _, attribute := range d.Of.Attributes {
				field := d.Name + "." + attribute.Name
				ask(c, field, cube.Query{Cube: c.Name, Rows: []string{field}, Measures: []string{c.Measures[0].Name},
					Top: &cube.Top{N: 3, By: c.Measures[0].Name, Others: true}, Totals: cube.Totals{Grand: true}})
			}
		}
	}
	return results
}

func failedMembers(members []memberResult) (n int) {
	for _, m := range members {
		if m.Error != "" {
			n++
		}
	}
	return n
}

func (a *app) printChecks(r checkReport) {
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
	fmt.Fprintf(a.stdout, "\n%d checks, %d failed; %d cube members run, %d failed\n", len(r.Checks), failed, len(r.Members), failedMembers(r.Members))
}
