package main

import (
	"github.com/spf13/cobra"
)

func (a *app) benchCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure verso against the alternative, in one run",
		Args:  usageArgs(cobra.NoArgs),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.benchLoadCommand(), a.benchSSBCommand(), a.benchModelsCommand(), a.benchScriptCommand(), a.benchServeCommand(), a.benchSoakCommand())
	return cmd
}
