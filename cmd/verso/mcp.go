package main

import (
	"context"
	"errors"
	"io"
	"net/http"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/spf13/cobra"

	"verso/olap/access"
	"verso/olap/access/users"
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
audit.jsonl beside the generations, as by the server. With --as the assistant sees
what that user may see, and nothing else. Nothing is sent anywhere but
to the assistant: what that does with it is its own matter.`,
		Example: `  verso mcp -c /srv/mycompany/verso.yaml
  verso mcp --as ann`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return a.mcp(cmd.Context(), as) },
	}
	as.register(cmd)
	return cmd
}

// mcp answers an assistant until it goes away.
func (a *app) mcp(ctx context.Context, as asFlag) (err error) {
	cfg, err := a.loadReaderConfig()
	if err != nil {
		return err
	}
	who := someone{Name: "local", Admin: true, By: "mcp"}
	var policy *access.Policy
	if as.name != "" {
		var file *users.File
		if policy, file, err = a.accessFiles(cfg); err != nil {
			return err
		}
		u := file.User(as.name)
		if u == nil {
			return usagef("verso mcp", "--as: there is no user %q in %s", as.name, cfg.Access.Users)
		}
		who = someone(u.Person("mcp"))
	}
	s := &server{app: a, config: cfg, log: a.logger(false)}
	x, err := a.openExchange(cfg, policy)
	if err != nil {
		return err
	}
	defer x.end()
	parts, err := s.openAPI(who, x)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, parts.close()) }()
	err = mcp.Server(parts.handler, version).Run(ctx, &sdk.IOTransport{Reader: io.NopCloser(a.stdin), Writer: unclosed{a.stdout}})
	if errors.Is(err, io.EOF) || ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil // the assistant is gone
	}
	return err
}

// someone is a gate through which everybody is one person.
type someone access.Person

// Authenticate never fails.
func (s someone) Authenticate(*http.Request) (access.Person, error) { return access.Person(s), nil }

// unclosed is a writer that others still use.
type unclosed struct{ io.Writer }

// Close does nothing.
func (unclosed) Close() error { return nil }
