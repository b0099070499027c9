package main

import (
	"github.com/spf13/cobra"
)

func (a *app) evaluateCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "evaluate",
		Short: "Fit and measure a model on files of your own, to compare with other tools",
		Args:  usageArgs(cobra.NoArgs),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.evaluateRecommendCommand())
	return cmd
}
