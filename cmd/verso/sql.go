package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"verso/olap/sqlworker"
)

func (a *app) sqlCommand() *cobra.Command {
	var (
		format, out string
		timeout     time.Duration
		maxRows     int64
	)
	cmd := &cobra.Command{
		Use:   "sql STATEMENT",
		Short: "Run one SELECT on the published generation, read-only and contained",
		Long: `sql runs one SELECT in a process of its own that can read the published
generation and nothing else: no files, no network, bounded memory and time.
With - the statement is read from the standard input. A result beyond --max-rows
is an error, never a silent cut.`,
		Example: `  verso sql "SELECT customer_type, count(*) AS customers FROM core.dim_customer GROUP BY 1 ORDER BY 2 DESC"
  verso sql "FROM meta.table_load WHERE quarantined > 0" --format csv
  verso sql - --format parquet --out lines.parquet < query.sql`,
		Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkFormat(cmd, format); err != nil {
				return err
			}
			text := args[0]
			if text == "-" {
				typed, err := io.ReadAll(a.stdin)
				if err != nil {
					return fmt.Errorf("read the statement from the standard input: %w", err)
				}
				text = string(typed)
			}
			if strings.TrimSpace(text) == "" {
				return usagef(cmd.CommandPath(), "the statement is empty")
			}
			p, err := a.openPublished(cmd.Context(), "")
			if err != nil {
				return err
			}
			defer p.close()
			result, err := sqlworker.Run(cmd.Context(), sqlworker.Request{
				Path: p.snapshot.Generation().Path, SQL: text, Timeout: timeout, MaxRows: maxRows, Threads: p.config.Engine.Threads,
			})
			if err != nil {
				return err
			}
			return a.writeRows(cmd.Context(), result, format, out)
		},
	}
	registerOutput(cmd, &format, &out)
	cmd.Flags().DurationVar(&timeout, "timeout", time.Minute, "longest time the statement may take")
	cmd.Flags().Int64Var(&maxRows, "max-rows", 1_000_000, "most rows a result may have")
	return cmd
}
