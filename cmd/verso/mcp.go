package main

import (
	"context"
	"errors"
	"io"
	"net/http"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/spf13/cobra"

	"verso/etl/config"
	"verso/olap/access"
	"verso/olap/api"
	"verso/olap/api/mcp"
)

func (a *app) mcpCommand() *cobra.Command {
	var as asFlag
	cmd := &cobra.Command{
		Use:   "mcp",
		Short: "Let an assistant ask cubes, read definitions and run SQL (Model Context Protocol)",
		Long: `mcp speaks the Model Context Protocol on its standard input and output, for an
assistant that starts it. Tools: list_cubes, describe_cube, members, query, why,
definitions and sql, all of them reading only. What is asked is written to
audit.jsonl beside the generations, as by the server. Nothing is sent anywhere but
to the assistant: what that does with it is its own matter. Where there is an
access policy, --as says through whose eyes the assistant sees.`,
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
			who, err := s.openPeople(nil, true)
			if err != nil {
				return err
			}
			admit, err := a.assistantOf(cfg, as.name)
			if err != nil {
				return err
			}
			parts, err := s.openAPI(who, admit)
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
	as.register(cmd)
	return cmd
}

// alwaysAs lets everything in as one person.
type alwaysAs access.Person

// Authenticate never fails.
func (s alwaysAs) Authenticate(*http.Request) (access.Person, error) { return access.Person(s), nil }

// assistantOf is the gate of an assistant: it sees what the user named sees, and
// everything where there is no policy.
func (a *app) assistantOf(cfg *config.Config, name string) (api.Gate, error) {
	if cfg.Access.Policy == "" {
		if name != "" {
			return nil, &configError{errNoPolicy}
		}
		return api.Everybody{}, nil
	}
	if name == "" {
		return nil, usagef("verso mcp", "there is an access policy: say with --as through whose eyes the assistant sees")
	}
	_, file, err := a.accessFiles(cfg)
	if err != nil {
		return nil, err
	}
	u := file.User(name)
	if u == nil {
		return nil, usagef("verso mcp", "--as: there is no user %q in %s", name, cfg.Access.Users)
	}
	return alwaysAs(u.Person("mcp")), nil
}

// unclosed is a writer that others still use.
type unclosed struct{ io.Writer }

// Close does nothing.
func (unclosed) Close() error { return nil }
