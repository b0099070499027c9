package mcp

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"verso/olap/api"
)

// echo answers every request below the API's root, and notes others.
func echo(t *testing.T) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, api.Root) {
			t.Errorf("a tool asks %s", r.URL)
		}
		_, _ = io.WriteString(w, "{}")
	})
}

// FuzzTool calls every tool with any arguments: a refusal, or a request to the API.
func FuzzTool(f *testing.F) {
	for _, s := range []string{`{"cube":"sales"}`, `{"cube":"../../x?y#z"}`, `{"question":"sales show net","limit":1e300}`, `[]`, `{`, `{"sql":7}`, `{"cube":"sales","attribute":"a","search":"\u0000"}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, arguments string) {
		for _, tool := range tools() {
			if r, err := tool.call(t.Context(), echo(t), json.RawMessage(arguments)); err != nil || r == nil {
				t.Errorf("%s %q: %v", tool.name, arguments, err)
			}
		}
	})
}

// FuzzSession speaks JSON-RPC badly.
func FuzzSession(f *testing.F) {
	f.Add(`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"x","version":"1"}}}` + "\n" + `{"jsonrpc":"2.0","id":2,"method":"tools/list"}` + "\n")
	f.Add(`{"jsonrpc":"2.0","id":null,"method":"tools/call","params":{"name":"nosuch"}}` + "\n")
	f.Add("[]\n{\n\x00\n")
	f.Fuzz(func(t *testing.T, text string) {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		var out bytes.Buffer
		_ = Server(echo(t), "fuzz").Run(ctx, &sdk.IOTransport{Reader: io.NopCloser(strings.NewReader(text)), Writer: nopCloser{&out}}) // its end is told by its error
	})
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }
