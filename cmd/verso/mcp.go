package main

import (
	"context"
	"errors"
	"io"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/spf13/cobra"

	"verso/olap/api/mcp"
)

func (a *app) mcpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "mcp",
		Short: "Let an assistant ask cubes, read definitions and run SQL (Model Context Protocol)",
		Long: `mcp speaks the Model Context Protocol on its standard input and output, for an
assistant that starts it. Tools: list_cubes, describe_cube, members, query, why,
definitions and sql, all of them reading only. What is asked is written to
audit.jsonl beside the generations, as by the server. Nothing is sent anywhere but
to the assistant: what that does with it is its own matter.`,
		Example: `  verso mcp -c /srv/mycompany/verso.yaml`,
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			cfg, err := a.loadReaderConfig()
			if err != nil {
				return err
			}
			s := &server{app: a, config: cfg, log: a.logger(false)}
			if s.warehouse, err = a.openWarehouse(cfg); err != nil {
				return err
			}
			defer s.warehouse.Close()
			parts, err := s.openAPI()
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, parts.close()) }()
			err = mcp.Server(parts.handler, version).Run(cmd.Context(), &sdk.IOTransport{Reader: io.NopCloser(a.stdin), Writer: unclosed{a.stdout}})
			if errors.Is(err, io.EOF) || cmd.Context().Err() != nil && errors.Is(err, context.Canceled) {
				return nil // the assistant is gone
			}
			return err
		},
	}
}

// unclosed is a writer that others still use.
type unclosed struct{ io.Writer }

// Close does nothing.
func (unclosed) Close() error { return nil }
