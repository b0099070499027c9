package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"verso/olap/engine"
	"verso/olap/sqlworker"
)

func (a *app) sqlCommand() *cobra.Command {
	var (
		format, out string
		timeout     time.Duration
		maxRows     int64
		as          asFlag
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
			path, threads, done, err := a.sqlFile(cmd.Context(), as.name)
			if err != nil {
				return err
			}
			defer done()
			result, err := sqlworker.Run(cmd.Context(), sqlworker.Request{Path: path, SQL: text, Timeout: timeout, MaxRows: maxRows, Threads: threads})
			if err == nil {
				err = a.writeRows(cmd.Context(), result, format, out)
			}
			if wrong := (*engine.StatementError)(nil); errors.As(err, &wrong) {
				return &statementError{err}
			}
			return err
		},
	}
	registerOutput(cmd, &format, &out)
	as.register(cmd)
	cmd.Flags().DurationVar(&timeout, "timeout", time.Minute, "longest time the statement may take")
	cmd.Flags().Int64Var(&maxRows, "max-rows", 1_000_000, "most rows a result may have")
	return cmd
}

// sqlFile is the file that SQL reads: the published generation, or the cut of a
// user. The function returned gives it back.
func (a *app) sqlFile(ctx context.Context, as string) (path string, threads int, done func(), err error) {
	if as == "" {
		p, err := a.openPublished(ctx, "")
		if err != nil {
			return "", 0, nil, err
		}
		return p.snapshot.Generation().Path, p.config.Engine.Threads, p.close, nil
	}
	s, err := a.openSeen(ctx, as, "")
	if err != nil {
		return "", 0, nil, err
	}
	if !s.Rights.SQL {
		s.close()
		return "", 0, nil, &closedDoor{as, "write SQL"}
	}
	s.tell(a)
	return s.Path, s.config.Engine.Threads, s.close, nil
}
