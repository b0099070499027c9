package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

// version is set by the build.
var version = "dev"

// app is what the subcommands share: streams, environment, clock, flags of the
// root command.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	env            func(string) (string, bool)
	now            func() time.Time
	configPath     string
	logFormat      string // text or json
}

// execute runs the command line and returns the exit code.
func (a *app) execute(ctx context.Context, args []string) int {
	root := a.root()
	root.SetArgs(args)
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	code := exitCode(ctx, err)
	if code == exitInterrupted {
		fmt.Fprintln(a.stderr, "verso: interrupted; what was published before is untouched")
		return code
	}
	message := strings.TrimSpace(err.Error())
	if errors.Is(err, syscall.ENOSPC) && !strings.Contains(message, "is full") {
		message = "the disk is full: make room or move the warehouse, then run it again; what was published is untouched: " + message
	}
	fmt.Fprintln(a.stderr, "verso:", message)
	return code
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "verso",
		Short: "The analytical CRM and BI engine that runs beside your operational systems",
		Long: `verso loads operational data into an embedded warehouse, checks it, scores
customers, answers cube queries and SQL, and writes the report site.

A first look, with a generated company:
  verso demo --dir demo

Your own order lines, from any export:
  verso init flat-orders --file orders.csv --dir mycompany
  verso refresh -c mycompany/verso.yaml

Exit codes: 0 done; 1 failed; 2 usage; 3 configuration, also a mapping that does
not fit; 4 source unreachable or unreadable; 5 data refused by checks (the last
generation stays published); 6 locked by another run; 130 interrupted.`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          usageArgs(cobra.NoArgs),
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.PersistentFlags().StringVarP(&a.configPath, "config", "c", "verso.yaml", "configuration file")
	root.PersistentFlags().StringVar(&a.logFormat, "log-format", "text", "log lines as text or json")
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		if a.logFormat != "text" && a.logFormat != "json" {
			return usagef(cmd.CommandPath(), "--log-format: unknown format %q: text or json", a.logFormat)
		}
		return nil
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return &usageError{command: cmd.CommandPath(), cause: err}
	})
	root.AddCommand(a.commands()...)
	return root
}

// usageArgs turns a complaint about arguments into a usage error (exit 2).
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return &usageError{command: cmd.CommandPath(), cause: err}
		}
		return nil
	}
}
