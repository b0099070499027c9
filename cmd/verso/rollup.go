package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"verso/etl/config"
	"verso/olap/catalog"
	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/rollup"
)

func (a *app) rollupCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rollup",
		Short: "Show, check, build and propose the aggregates kept beside the facts",
		Long: `A rollup keeps a cube added up by some attributes, so that common questions need
not read the facts. Answers are the same with and without: each rollup is checked
against the facts when it is built, and one that differs is not used.

Rollups are declared in the catalog and built by every refresh.`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.rollupListCommand(), a.rollupStatusCommand(), a.rollupCheckCommand(), a.rollupBuildCommand(),
		a.rollupAdviseCommand(), a.rollupApplyCommand())
	return cmd
}

func (a *app) rollupListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the rollups that the catalog declares",
		Args:  usageArgs(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			cfg, err := a.loadReaderConfig()
			if err != nil {
				return err
			}
			m, err := catalog.Load(userCatalog(cfg))
			if err != nil {
				return err
			}
			for _, r := range m.Rollups {
				fmt.Fprintf(a.stdout, "%-28s %-10s by %s%s\n", r.Name, r.Cube, strings.Join(r.By, ", "), distinctOf(*r))
			}
			return nil
		},
	}
}

func distinctOf(r cube.Rollup) string {
	if len(r.Distinct) == 0 {
		return ""
	}
	return "; distinct " + strings.Join(r.Distinct, ", ")
}

func (a *app) rollupStatusCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:     "status",
		Short:   "Show the rollups of the published generation",
		Example: "  verso rollup status --format json",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withPublished(cmd, format, func(p *published) error {
				list, err := rollup.List(cmd.Context(), p.snapshot.DB())
				if err != nil {
					return err
				}
				return a.printRollups(list, format)
			})
		},
	}
	cmd.Flags().StringVar(&format, "format", "table", "table or json")
	return cmd
}

// withPublished runs something on the published generation.
func (a *app) withPublished(cmd *cobra.Command, format string, run func(*published) error) error {
	if format != "table" && format != "json" {
		return usagef(cmd.CommandPath(), "unknown format %q: table or json", format)
	}
	p, err := a.openPublished(cmd.Context(), "")
	if err != nil {
		return err
	}
	defer p.close()
	return run(p)
}

func (a *app) printRollups(list []rollup.Status, format string) error {
	if format == "json" {
		return a.printJSON(list)
	}
	if len(list) == 0 {
		fmt.Fprintln(a.stdout, "no rollups; verso refresh builds those of the catalog")
	}
	for _, s := range list {
		fmt.Fprintf(a.stdout, "%-8s %-28s %12s rows %9.1f MB  %d checked", s.State, s.Name, thousands(s.Rows), float64(s.Bytes)/1e6, s.Checked)
		if s.Reason != "" {
			fmt.Fprintf(a.stdout, "; %s", s.Reason)
		}
		fmt.Fprintln(a.stdout)
	}
	return nil
}

func (a *app) printJSON(v any) error {
	enc := json.NewEncoder(a.stdout)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// rollupError is a rollup whose answers are not those of the facts.
type rollupError struct{ names []string }

func (e *rollupError) Error() string {
	return fmt.Sprintf("answers differ from those of the facts: %s; verso rollup build makes them anew", strings.Join(e.names, ", "))
}

func differing(list []rollup.Status) error {
	var names []string
	for _, s := range list {
		if s.State == rollup.Failed {
			names = append(names, s.Name)
		}
	}
	if len(names) > 0 {
		return &rollupError{names}
	}
	return nil
}

func (a *app) rollupCheckCommand() *cobra.Command {
	var format string
	var samples int
	var seed uint64
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Compare the rollups with the facts",
		Long: `check asks random questions of every rollup of the published generation and of its
facts, and compares the answers. It exits with 5 when they differ.`,
		Example: "  verso rollup check --samples 200 --seed 7",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if samples < 1 {
				return usagef(cmd.CommandPath(), "--samples %d: want 1 or more", samples)
			}
			return a.withPublished(cmd, format, func(p *published) error {
				m, err := catalog.Load(userCatalog(p.config))
				if err != nil {
					return err
				}
				list, err := rollup.Verify(cmd.Context(), p.snapshot.DB(), m, rollup.Options{Samples: samples, Seed: seed})
				if err != nil {
					return err
				}
				if err := a.printRollups(list, format); err != nil {
					return err
				}
				return differing(list)
			})
		},
	}
	cmd.Flags().StringVar(&format, "format", "table", "table or json")
	cmd.Flags().IntVar(&samples, "samples", 50, "questions per rollup")
	cmd.Flags().Uint64Var(&seed, "seed", 1, "of the questions")
	return cmd
}

func (a *app) rollupBuildCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "build",
		Short: "Build the rollups of the catalog on the published data",
		Long: `build copies the published generation, builds in it every rollup that the catalog
declares, and publishes the copy. A refresh does the same on new data.`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := a.loadReaderConfig()
			if err != nil {
				return err
			}
			return a.buildRollups(cmd.Context(), cfg)
		},
	}
}

// buildRollups publishes a copy of the generation with its rollups built.
func (a *app) buildRollups(ctx context.Context, cfg *config.Config) (err error) {
	m, err := catalog.Load(userCatalog(cfg))
	if err != nil {
		return err
	}
	w, err := a.openWarehouse(cfg)
	if err != nil {
		return err
	}
	defer w.Close()
	unlock, err := w.Lock(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	snapshot, err := w.Acquire(ctx)
	if err != nil {
		return err
	}
	from := snapshot.Generation()
	if err := snapshot.Release(); err != nil {
		return err
	}
	draft, err := w.Begin(ctx, from.RunID)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, draft.Discard()) }()
	db := draft.DB()
	for _, sql := range []string{"ATTACH " + engine.QuoteText(from.Path) + " AS published (READ_ONLY)",
		"COPY FROM DATABASE published TO verso", "DETACH published"} {
		if _, err := db.Exec(ctx, engine.SQL(sql)); err != nil {
			return fmt.Errorf("copy generation %s: %w", from.Name, err)
		}
	}
	began := a.now()
	list, err := rollup.Build(ctx, db, m, rollup.Options{Run: from.RunID, Seed: uint64(cfg.Seed)})
	if err != nil {
		return err
	}
	if err := a.printRollups(list, "table"); err != nil {
		return err
	}
	generation, err := draft.Publish(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "published generation %s, built in %.1f s\n", generation.Name, a.now().Sub(began).Seconds())
	if _, err := w.Prune(cfg.Keep); err != nil {
		return err
	}
	return differing(list)
}

// adviceFlags bound the advice.
type adviceFlags struct {
	budget int64
	format string
}

func (a *app) rollupAdviseCommand() *cobra.Command {
	var f adviceFlags
	cmd := &cobra.Command{
		Use:   "advise",
		Short: "Propose rollups for the questions that were asked",
		Long: `advise reads the log of questions (queries.jsonl in the warehouse folder; without
one, the questions of the report pages) and proposes rollups for those that the
facts had to answer: which each would have served, its size, and what it saves.`,
		Example: "  verso rollup advise --budget 200\n  verso rollup apply sales_month_customer_city",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withPublished(cmd, f.format, func(p *published) error {
				list, from, err := a.advise(cmd, p, f.budget)
				if err != nil {
					return err
				}
				return a.printAdvice(list, from, f.format)
			})
		},
	}
	cmd.Flags().StringVar(&f.format, "format", "table", "table or json")
	cmd.Flags().Int64Var(&f.budget, "budget", 500, "megabytes for all that is proposed")
	return cmd
}

// advise reads the log and asks for proposals; from is the log that was read.
func (a *app) advise(cmd *cobra.Command, p *published, budget int64) (list []rollup.Advice, from string, err error) {
	if budget < 1 {
		return nil, "", usagef(cmd.CommandPath(), "--budget %d: want megabytes, 1 or more", budget)
	}
	m, err := catalog.Load(userCatalog(p.config))
	if err != nil {
		return nil, "", err
	}
	var questions []rollup.Question
	for _, name := range []string{queryLogName, pageLogName} {
		from = filepath.Join(p.config.Warehouse, name)
		var bad int
		if questions, bad, err = readQueryLog(from); err != nil {
			return nil, "", err
		}
		if bad > 0 {
			fmt.Fprintf(a.stderr, "%s: %d lines are no questions and were left out\n", from, bad)
		}
		if len(questions) > 0 {
			break
		}
	}
	if len(questions) == 0 {
		return nil, "", fmt.Errorf("no questions are logged in %s; ask some with verso query, or build the site with verso site", p.config.Warehouse)
	}
	list, err = rollup.Advise(cmd.Context(), p.snapshot.DB(), m, questions, rollup.Budget{Bytes: budget << 20, Limits: rollup.DefaultLimits()})
	return list, from, err
}

func (a *app) printAdvice(list []rollup.Advice, from, format string) error {
	if format == "json" {
		return a.printJSON(list)
	}
	if len(list) == 0 {
		_, err := fmt.Fprintf(a.stdout, "nothing to propose: every question in %s is answered from a rollup, or none would be smaller than half the facts\n", from)
		return err
	}
	for _, x := range list {
		fmt.Fprintf(a.stdout, "%s\n  by %s%s\n  %s rows, about %.1f MB; would have answered %s, asked %s, and saved %s\n", x.Rollup.Name,
			strings.Join(x.Rollup.By, ", "), distinctOf(x.Rollup), thousands(x.Cells), float64(x.Bytes)/1e6, counted(len(x.Serves), "question"), counted(x.Asked, "time"), x.Saves.Round(time.Millisecond))
		for _, q := range x.Serves {
			fmt.Fprintf(a.stdout, "    %s\n", questionText(q))
		}
		for _, reason := range x.Left {
			fmt.Fprintf(a.stdout, "    without %s\n", reason)
		}
	}
	_, err := fmt.Fprintln(a.stdout, "to have them: verso rollup apply NAME…, then verso rollup build")
	return err
}

// questionText is a question in a line.
func questionText(q cube.Query) string {
	text := q.Cube + " by " + strings.Join(q.Rows, ", ")
	if len(q.Rows) == 0 {
		text = q.Cube + " in total"
	}
	if len(q.Columns) > 0 {
		text += " × " + strings.Join(q.Columns, ", ")
	}
	text += " show " + strings.Join(q.Measures, ", ")
	if t := q.Time; t != nil {
		text += " in " + t.From + ".." + t.To
	}
	return text
}

func (a *app) rollupApplyCommand() *cobra.Command {
	var budget int64
	cmd := &cobra.Command{
		Use:     "apply NAME...",
		Short:   "Add proposed rollups to the catalog folder",
		Long:    "apply writes rollups that advise proposes into rollups.yaml of the catalog folder beside verso.yaml. The next refresh, or verso rollup build, builds them.",
		Example: "  verso rollup apply sales_month_customer_city",
		Args:    usageArgs(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, names []string) error {
			return a.withPublished(cmd, "table", func(p *published) error {
				list, _, err := a.advise(cmd, p, budget)
				if err != nil {
					return err
				}
				chosen, err := chosenAdvice(cmd, list, names)
				if err != nil {
					return err
				}
				path, err := addToCatalog(p.config, chosen)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(a.stdout, "%d written to %s; to build: verso rollup build\n", len(chosen), path)
				return err
			})
		},
	}
	cmd.Flags().Int64Var(&budget, "budget", 500, "megabytes, as for advise")
	return cmd
}

func chosenAdvice(cmd *cobra.Command, list []rollup.Advice, names []string) (chosen []cube.Rollup, err error) {
	var known []string
	for _, x := range list {
		known = append(known, x.Rollup.Name)
	}
	if len(known) == 0 {
		return nil, usagef(cmd.CommandPath(), "nothing is proposed: see verso rollup advise")
	}
	for _, name := range names {
		found := false
		for _, x := range list {
			if x.Rollup.Name == name {
				chosen, found = append(chosen, x.Rollup), true
			}
		}
		if !found {
			return nil, usagef(cmd.CommandPath(), "%q is not proposed; %s", name, cube.Hint(name, known))
		}
	}
	return chosen, nil
}

// addToCatalog appends rollups to rollups.yaml of the user's catalog folder,
// which it makes where there is none. A file that would not load afterwards
// stays as it was.
func addToCatalog(cfg *config.Config, chosen []cube.Rollup) (path string, err error) {
	dir := filepath.Join(filepath.Dir(cfg.File), "catalog")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	path = filepath.Join(dir, "rollups.yaml")
	before, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	text := strings.TrimRight(string(before), "\n")
	if text == "" {
		text = "# Rollups that verso rollup advise proposed.\nrollups:"
	}
	for _, r := range chosen {
		text += fmt.Sprintf("\n  - {name: %s, cube: %s, by: [%s]", r.Name, r.Cube, strings.Join(r.By, ", "))
		if len(r.Distinct) > 0 {
			text += ", distinct: [" + strings.Join(r.Distinct, ", ") + "]"
		}
		text += "}"
	}
	if err := os.WriteFile(path, []byte(text+"\n"), 0o644); err != nil {
		return "", err
	}
	m, err := catalog.Load(dir)
	if err == nil && m.Rollup(chosen[len(chosen)-1].Name) == nil {
		err = errors.New("the file does not end in its list of rollups")
	}
	if err != nil {
		restore := os.Remove(path)
		if before != nil {
			restore = os.WriteFile(path, before, 0o644)
		}
		return "", errors.Join(fmt.Errorf("%s cannot be added to: %w", path, err), restore)
	}
	return path, nil
}
