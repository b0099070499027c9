package main

import (
	"github.com/spf13/cobra"

	"verso/etl/canon"
)

func (a *app) canonCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "canon",
		Short: "Print the canonical source tables that verso.yaml maps onto",
		Long: `canon prints the reference of the canonical tables: every column with its
type, unit, accepted values and meaning. It is generated from the declaration
that validation and typing use, so it cannot be out of date.`,
		Example: `  verso canon > tables.md
  verso canon --format json`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch format {
			case "markdown":
				return canon.Markdown(a.stdout)
			case "json":
				return canon.JSON(a.stdout)
			}
			return usagef(cmd.CommandPath(), "unknown format %q: markdown or json", format)
		},
	}
	cmd.Flags().StringVar(&format, "format", "markdown", "markdown or json")
	return cmd
}
