package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"verso/models/job"
	"verso/olap/engine"
)

func (a *app) modelsCommand() *cobra.Command {
	var format, out, lang string
	var rows int64
	cmd := &cobra.Command{
		Use:   "models [MODEL]",
		Short: "Show what the models found, and how well they do",
		Long: `models lists the models of the published generation with what each found. With
MODEL its card is shown: definition, reading, parameters with their intervals, metrics of
the fit and of its backtest, features. With --rows the first rows of its scores follow.
All scores are tables of the schema score: verso sql "FROM score.clv".`,
		Example: `  verso models
  verso models clv --rows 10
  verso models profit --format json`,
		Args: usageArgs(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if format != "table" && format != "json" && (rows == 0 || checkFormat(cmd, format) != nil) {
				return usagef(cmd.CommandPath(), "unknown format %q: table or json; with --rows also csv, parquet, arrow or xlsx", format)
			}
			p, err := a.openPublished(cmd.Context(), lang)
			if err != nil {
				return err
			}
			defer p.close()
			cards, err := job.Read(cmd.Context(), p.snapshot.DB(), p.olap.Lang())
			if err != nil {
				return err
			}
			if len(args) == 0 {
				return a.printCards(cards, format)
			}
			i := slices.IndexFunc(cards, func(c job.Saved) bool { return c.Model == args[0] })
			if i < 0 {
				return usagef(cmd.CommandPath(), "no model %q; there are: %s", args[0], strings.Join(modelNames(cards), ", "))
			}
			if rows > 0 && len(cards[i].Outputs) > 0 {
				if format == "table" && out == "" {
					a.printCard(cards[i])
					fmt.Fprintf(a.stdout, "\nscore.%s\n", cards[i].Outputs[0])
				}
				r, err := p.snapshot.DB().Query(cmd.Context(), engine.SQL("SELECT * FROM score."+engine.QuoteIdent(cards[i].Outputs[0])+" ORDER BY rowid LIMIT "+strconv.FormatInt(rows, 10)))
				if err != nil {
					return err
				}
				return a.writeRows(cmd.Context(), r, format, out)
			}
			if format == "json" {
				return a.printJSON(cards[i])
			}
			a.printCard(cards[i])
			return nil
		},
	}
	registerOutput(cmd, &format, &out)
	cmd.Flags().StringVar(&lang, "lang", "", "language of the words: en or zh (default: the company's)")
	cmd.Flags().Int64Var(&rows, "rows", 0, "rows of the scores to show, in their order")
	return cmd
}

func modelNames(cards []job.Saved) []string {
	names := make([]string, len(cards))
	for i, c := range cards {
		names[i] = c.Model
	}
	return names
}

func (a *app) printCards(cards []job.Saved, format string) error {
	if format == "json" {
		return a.printJSON(cards)
	}
	for _, c := range cards {
		fmt.Fprintf(a.stdout, "%-10s %12s rows  %s\n", c.Model, thousands(c.Rows), c.Reading)
	}
	return nil
}

func (a *app) printCard(c job.Saved) {
	w := a.stdout
	fmt.Fprintf(w, "%s, version %d, as of %s, %s rows\n\n%s\n\n%s\n", c.Model, c.Version, c.AsOf, thousands(c.Rows), c.Reading, c.Definition)
	section := func(title string, n int) {
		if n > 0 {
			fmt.Fprintf(w, "\n%s\n", title)
		}
	}
	section("parameters", len(c.Parameters))
	for _, p := range c.Parameters {
		fmt.Fprintf(w, "  %-34s %s\n", p[0], p[1])
	}
	section("metrics", len(c.Metrics))
	for _, m := range c.Metrics {
		fmt.Fprintf(w, "  %-34s %12s %-16s %s\n", m[0], shortNumber(m[1]), m[2], m[3])
	}
	section("features", len(c.Features))
	for _, f := range c.Features {
		fmt.Fprintf(w, "  %-34s %s\n", f[0], f[1])
	}
	if len(c.Outputs) > 0 {
		fmt.Fprintf(w, "\nscores: score.%s\n", strings.Join(c.Outputs, ", score."))
	}
}

// shortNumber writes a number to six significant digits; JSON has them all.
func shortNumber(text string) string {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text
	}
	if f == float64(int64(f)) {
		return thousands(int64(f))
	}
	return strconv.FormatFloat(f, 'g', 6, 64)
}
