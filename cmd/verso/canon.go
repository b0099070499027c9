package main

import (
	"strings"

	"github.com/spf13/cobra"

	"verso/etl/canon"
)

func (a *app) canonCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "canon [TABLE]",
		Short: "Print the canonical source tables that verso.yaml maps onto",
		Long: `canon prints the reference of the canonical tables: every column with its
type, unit, accepted values and meaning. It is generated from the declaration
that validation and typing use, so it cannot be out of date. With TABLE it
prints that table alone.`,
		Example: `  verso canon > tables.md
  verso canon order_line
  verso canon --format json`,
		Args: usageArgs(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case format == "markdown" && len(args) == 1:
				return a.canonTable(cmd, args[0])
			case format == "markdown":
				return canon.Markdown(a.stdout)
			case format == "json" && len(args) == 0:
				return canon.JSON(a.stdout)
			case format == "json":
				return usagef(cmd.CommandPath(), "--format json prints all tables: leave %s out", args[0])
			}
			return usagef(cmd.CommandPath(), "unknown format %q: markdown or json", format)
		},
	}
	cmd.Flags().StringVar(&format, "format", "markdown", "markdown or json")
	return cmd
}

func (a *app) canonTable(cmd *cobra.Command, name string) error {
	table, ok := canon.Lookup(name)
	if !ok {
		known, word := canon.Nearest(name, canon.Names(), 3), "nearest"
		if len(known) == 0 {
			known, word = canon.Names(), "known"
		}
		return usagef(cmd.CommandPath(), "no canonical table %q; %s: %s", name, word, strings.Join(known, ", "))
	}
	return canon.TableMarkdown(a.stdout, table)
}
