package main

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"verso/olap/engine/duck"
)

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version of verso and of the engine in it",
		Example: "  verso version",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(a.stdout, "verso %s (%s, %s, %s, arrow %s)\n",
				version, duck.Version(), runtime.Version(), runtime.GOOS+"/"+runtime.GOARCH, duck.Arrow)
			return err
		},
	}
}
