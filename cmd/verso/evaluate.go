package main

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"verso/models/backtest"
	"verso/models/evaluate"
)

func (a *app) evaluateCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "evaluate",
		Short: "Fit and judge a model on files given, for comparison with other tools",
		Args:  usageArgs(cobra.NoArgs),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.evaluatePropensityCommand(), a.evaluateRecommendCommand())
	return cmd
}

// propensityFlags are those of verso evaluate propensity.
type propensityFlags struct {
	data, folds, predictions, model, format, out string
	texts                                        []string
	request                                      evaluate.Request
}

func (a *app) evaluatePropensityCommand() *cobra.Command {
	var f propensityFlags
	cmd := &cobra.Command{
		Use:   "propensity --data FILE --target COLUMN --id COLUMN",
		Short: "Predict a yes-or-no outcome of the rows of a CSV or Parquet file, and say how well",
		Long: `propensity predicts whether each row of a table has an outcome (churned, bought,
answered) and judges the predictions on rows that were not learned from: AUC,
average precision, log-loss, Brier score, calibration error, lift, recall within
a budget and expected maximum profit, with intervals by customer, and a grade
against the base rate.

Rows are held out by the folds of a file (--folds: a column named like --id or
"id", and one named "fold"), by time (--time: each origin is tested by a model of
the earlier ones), or, without either, by five folds drawn by id. Settings are
chosen within the rows learned from: --learner auto compares a logistic
regression, boosted trees and their blend; --plain takes the default settings.

Columns are typed by what they hold: numbers, dates (days), or categories; what
was found is part of the output. Columns that say nothing are left out; one that
all but determines the outcome is refused as a leak (exit code 5) unless --keep
names it.`,
		Example: `  verso evaluate propensity --data churn.csv --target Churn --id customerID --folds folds.csv
  verso evaluate propensity --data panel.parquet --target lost --id customer --time origin --horizon 90 --format json
  verso evaluate propensity --data mail.csv --target answer --positive accepted --id id --predictions p.csv`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.check(cmd.CommandPath()); err != nil {
				return err
			}
			return a.evaluatePropensity(cmd.Context(), &f, cmd.CommandPath())
		},
	}
	r, flags := &f.request, cmd.Flags()
	flags.StringVar(&f.data, "data", "", "table to read: .csv, .tsv, .txt (also .gz) or .parquet")
	flags.StringVar(&r.Target, "target", "", "column of the outcome")
	flags.StringVar(&r.Positive, "positive", "", "value of the outcome that is predicted (default: 1, true or yes)")
	flags.StringVar(&r.ID, "id", "", "column of the customer; rows of one customer are held out together")
	flags.StringVar(&f.folds, "folds", "", "file that gives the fold of each id")
	flags.StringVar(&r.Time, "time", "", "column of the origin, dates or numbers: tested by what is earlier")
	flags.IntVar(&r.Horizon, "horizon", 0, "days (or units of --time) until an outcome is known")
	flags.StringVar(&r.Learner, "learner", backtest.Auto, "logistic, trees or auto")
	flags.BoolVar(&r.Plain, "plain", false, "default settings, without a search (auto: trees)")
	flags.StringVar(&r.Segment, "segment", "", "column to judge apart by")
	flags.StringSliceVar(&r.Drop, "drop", nil, "columns that are no features")
	flags.StringSliceVar(&r.Keep, "keep", nil, "columns known before the outcome, however much they say")
	flags.StringSliceVar(&f.texts, "categories", nil, "columns of numbers that are codes")
	flags.Float64Var(&r.Budget, "budget", 0, "customers that can be contacted, for recall (default: a tenth of the rows)")
	flags.Uint64Var(&r.Seed, "seed", 0, "of folds drawn and of intervals")
	flags.IntVar(&r.Workers, "threads", 0, "cores to fit with (default: all); the result does not depend on it")
	flags.StringVar(&f.predictions, "predictions", "", "CSV file for the predictions of held-out rows")
	flags.StringVar(&f.model, "model", "", "JSON file for the model fitted on all rows")
	flags.StringVar(&f.format, "format", "table", "table or json")
	flags.StringVarP(&f.out, "out", "o", "", "file to write instead of the standard output")
	return cmd
}

func (f *propensityFlags) check(command string) error {
	for _, need := range [][2]string{{"--data", f.data}, {"--target", f.request.Target}, {"--id", f.request.ID}} {
		if need[1] == "" {
			return usagef(command, "%s is needed", need[0])
		}
	}
	switch {
	case f.format != "table" && f.format != "json":
		return usagef(command, "unknown format %q: table or json", f.format)
	case !slices.Contains([]string{backtest.Auto, backtest.Logistic, backtest.Trees}, f.request.Learner):
		return usagef(command, "--learner %q: logistic, trees or auto", f.request.Learner)
	case f.request.Horizon < 0 || f.request.Horizon > 0 && f.request.Time == "":
		return usagef(command, "--horizon %d: not negative, and only with --time", f.request.Horizon)
	case f.request.Budget < 0:
		return usagef(command, "--budget %v: not negative", f.request.Budget)
	case f.predictions != "" && !strings.EqualFold(filepath.Ext(f.predictions), ".csv"):
		return usagef(command, "--predictions %s: a file ending in .csv", f.predictions)
	}
	return nil
}

func (a *app) evaluatePropensity(ctx context.Context, f *propensityFlags, command string) error {
	r := f.request
	from := a.now()
	r.Clock = func() evaluate.Timing {
		return evaluate.Timing{Seconds: a.now().Sub(from).Seconds(), CPU: processorTime()}
	}
	start := r.Clock()
	if err := f.read(ctx, &r); err != nil {
		return err
	}
	read := r.Clock()
	result, err := evaluate.Run(r)
	var unfit *evaluate.Error
	if errors.As(err, &unfit) {
		return usagef(command, "%w", err)
	}
	if err != nil {
		return err
	}
	result.Timings.Read = evaluate.Timing{Seconds: read.Seconds - start.Seconds, CPU: read.CPU - start.CPU}
	if f.predictions != "" {
		if err := a.output(f.predictions, "csv", func(w io.Writer) error { return result.WritePredictions(w, r.ID) }); err != nil {
			return err
		}
	}
	if f.model != "" {
		m, err := result.Final(r)
		if err != nil {
			return err
		}
		if err := a.output(f.model, "json", m.Save); err != nil {
			return err
		}
	}
	return a.output(f.out, f.format, func(w io.Writer) error {
		if f.format == "json" {
			return result.WriteJSON(w)
		}
		return result.WriteText(w)
	})
}

// read reads the table and the folds through an engine in memory.
func (f *propensityFlags) read(ctx context.Context, r *evaluate.Request) error {
	conn, closeEngine, err := inMemory(ctx)
	if err != nil {
		return err
	}
	defer closeEngine()
	if r.Table, err = evaluate.Read(ctx, conn, f.data, append(f.texts, r.ID)...); err != nil || f.folds == "" {
		return err
	}
	r.Folds, err = evaluate.Read(ctx, conn, f.folds, r.ID, "id", "fold")
	return err
}
