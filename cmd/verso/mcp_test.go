package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
)

// An assistant starts verso mcp, learns what there is and asks; what it asks is
// in the audit.
func TestMCP(t *testing.T) {
	dir, _ := demoCompany(t, smallest...)
	cmd, stderr := versoProcess(t, "mcp", "-c", filepath.Join(dir, "verso.yaml"))
	cmd.Stdout = nil // the transport's
	client := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, nil)
	session, err := client.Connect(t.Context(), &sdk.CommandTransport{Command: cmd}, nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	list, err := session.ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, tool := range list.Tools {
		names = append(names, tool.Name)
	}
	want(t, strings.Join(names, " "), "definitions describe_cube list_cubes members query sql why")
	call := func(tool string, arguments map[string]any) (text string, failed bool) {
		t.Helper()
		r, err := session.CallTool(t.Context(), &sdk.CallToolParams{Name: tool, Arguments: arguments})
		if err != nil {
			t.Fatalf("%s: %v", tool, err)
		}
		return r.Content[0].(*sdk.TextContent).Text, r.IsError
	}
	for _, c := range []struct {
		tool      string
		arguments map[string]any
		failed    bool
		has       string
	}{
		{"list_cubes", nil, false, `"name":"sales"`},
		{"list_cubes", map[string]any{"lang": "zh"}, false, `"title":"销售"`},
		{"describe_cube", map[string]any{"cube": "sales"}, false, `"name":"customer.type"`},
		{"describe_cube", map[string]any{"cube": "../me"}, true, `not_found`},
		{"describe_cube", map[string]any{}, true, `needs cube`},
		{"members", map[string]any{"cube": "sales", "attribute": "customer.type", "search": "lib"}, false, `"key":"library"`},
		{"query", map[string]any{"question": "sales by year show net totals grand"}, false, `"level":"total"`},
		{"query", map[string]any{"question": "sales by customer.name show net", "limit": 3}, false, `"more":true`},
		{"query", map[string]any{"question": "sales by yaer show net"}, true, `"column":10`},
		{"why", map[string]any{"cube": "sales", "measure": "net", "after": "2025"}, false, `"words":["`},
		{"definitions", map[string]any{"search": "margin_pct"}, false, `"name":"margin_pct"`},
		{"sql", map[string]any{"sql": "SELECT count(*) AS n FROM core.dim_customer"}, false, `"columns":[{"name":"n","type":"BIGINT"}]`},
		{"sql", map[string]any{"sql": "SELECT * FROM read_text('/etc/passwd')"}, true, `refused`},
		{"sql", map[string]any{"sql": "SELECT 1", "max_rows": "many"}, true, `does not take max_rows`},
	} {
		if text, failed := call(c.tool, c.arguments); failed != c.failed || !strings.Contains(text, c.has) {
			t.Errorf("%s %v: failed %v\n%.400s", c.tool, c.arguments, failed, text)
		}
	}
	// The same numbers as the command line's.
	text, _ := call("query", map[string]any{"question": "sales by customer.type show net, orders"})
	var got struct{ Rows []struct{ Cells []any } }
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, r := range got.Rows {
		line, err := json.Marshal(r.Cells)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, strings.NewReplacer(`"`, "", "[", "", "]", "").Replace(string(line)))
	}
	csv, _ := verso(t, exitDone, "query", "-c", filepath.Join(dir, "verso.yaml"), "--format", "csv", "sales by customer.type show net, orders")
	_, csv, _ = strings.Cut(strings.ReplaceAll(csv, "\r", ""), "\n")
	want(t, strings.Join(lines, "\n")+"\n", csv)
	if err := session.Close(); err != nil {
		t.Error(err)
	}
	audited, err := os.ReadFile(filepath.Join(dir, "warehouse", auditLogName))
	if err != nil || !strings.Contains(string(audited), `"door":"mcp/query","what":"sales by customer.type show net, orders"`) {
		t.Errorf("%v %.2000s", err, audited)
	}
}
