package main

import (
	"github.com/spf13/cobra"
)

func (a *app) sqlCommand() *cobra.Command {
	return &cobra.Command{Use: "sql"}
}
