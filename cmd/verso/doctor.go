package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"verso/etl/config"
	"verso/etl/source"
	"verso/olap/engine"
	"verso/olap/engine/duck"
	"verso/reports/web"
)

// finding is one line of `verso doctor`.
type finding struct {
	ok   bool
	what string
	hint string // what to do when not ok
}

func (a *app) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Tell what is configured, reachable and installed, and what to do about the rest",
		Long: `doctor looks at this binary, the configuration, every source and the warehouse,
changes nothing, and exits with 1 when something needs attention.`,
		Example: "  verso doctor -c mycompany/verso.yaml",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			findings := a.examine(cmd.Context())
			bad := 0
			for _, f := range findings {
				mark := "ok  "
				if !f.ok {
					mark = "FIX "
					bad++
				}
				fmt.Fprintln(a.stdout, mark, f.what)
				if !f.ok && f.hint != "" {
					fmt.Fprintln(a.stdout, "     →", f.hint)
				}
			}
			if bad > 0 {
				return fmt.Errorf("%d of %d need attention", bad, len(findings))
			}
			return nil
		},
	}
}

func (a *app) examine(ctx context.Context) []finding {
	findings := []finding{{ok: true, what: fmt.Sprintf("verso %s with %s, arrow %s", version, duck.Version(), duck.Arrow)}}
	if duck.Arrow != "native" {
		findings[0] = finding{false, findings[0].what, "this build moves rows one by one: build with make, or go build -tags duckdb_arrow"}
	}
	findings = append(findings, examineAssets())
	cfg, err := a.loadConfig()
	if err != nil {
		return append(findings, finding{false, "configuration: " + err.Error(), "mend it, or write one with: verso init flat-orders --file orders.csv"})
	}
	findings = append(findings, finding{ok: true, what: fmt.Sprintf("configuration %s: %d sources, %d canonical tables mapped", cfg.File, len(cfg.Sources), len(cfg.Tables))})
	findings = append(findings, a.examineSources(ctx, cfg)...)
	findings = append(findings, a.examineNight(cfg)...)
	return append(findings, a.examineWarehouse(ctx, cfg)...)
}

func examineAssets() finding {
	if err := web.Check(); err != nil {
		return finding{false, "report assets: " + err.Error(), "run make build (it needs Node.js and npm once)"}
	}
	return finding{ok: true, what: "report assets are built in"}
}

func (a *app) examineSources(ctx context.Context, cfg *config.Config) []finding {
	spool, err := os.MkdirTemp("", "verso-doctor-")
	if err != nil {
		return []finding{{false, "temporary folder: " + err.Error(), "set TMPDIR to a folder that can be written"}}
	}
	defer os.RemoveAll(spool)
	scratch, err := duck.Open(ctx, duck.Options{MaxConns: 1})
	if err != nil {
		return []finding{{false, "engine: " + err.Error(), ""}}
	}
	defer scratch.Close()
	var findings []finding
	names := make([]string, 0, len(cfg.Sources))
	for name := range cfg.Sources {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		findings = append(findings, examineSource(ctx, scratch, cfg, name, spool))
	}
	return findings
}

// examineSource opens one source and describes what the first mapping that
// reads it would get.
func examineSource(ctx context.Context, scratch engine.Database, cfg *config.Config, name, spool string) finding {
	s := cfg.Sources[name]
	if s.Kind == "file" && s.Path == "-" {
		return finding{ok: true, what: "source " + name + " (file): standard input, looked at when it comes"}
	}
	opened, err := openSource(name, s, places{spool: spool})
	if err != nil {
		return finding{false, "source " + name + ": " + err.Error(), ""}
	}
	defer opened.Close()
	answers := ""
	if c, ok := opened.(source.Checker); ok {
		if answers, err = c.Check(ctx); err != nil {
			return finding{false, err.Error(), ""}
		}
		answers = "; " + answers
	}
	if s.Kind == "http" { // the file is not loaded for this
		return finding{ok: true, what: "source " + name + " (http)" + answers}
	}
	request := source.Request{Name: name}
	if s.Database() {
		request.SQL = firstSelect(cfg, name)
		if request.SQL == "" {
			return finding{false, "source " + name + ": no table maps from it", "map it under tables:, or take it out"}
		}
	}
	conn, err := scratch.Conn(ctx)
	if err != nil {
		return finding{false, "engine: " + err.Error(), ""}
	}
	defer conn.Close()
	columns, err := opened.Columns(ctx, conn, request)
	if err != nil {
		return finding{false, err.Error(), ""}
	}
	return finding{ok: true, what: fmt.Sprintf("source %s (%s): readable, %d columns%s", name, s.Kind, len(columns), answers)}
}

func firstSelect(cfg *config.Config, sourceName string) string {
	tables := make([]string, 0, len(cfg.Tables))
	for table := range cfg.Tables {
		tables = append(tables, table)
	}
	slices.Sort(tables)
	for _, table := range tables {
		for _, m := range cfg.Tables[table] {
			if m.From == sourceName && m.Select != "" {
				return m.Select
			}
		}
	}
	return ""
}

func (a *app) examineWarehouse(ctx context.Context, cfg *config.Config) []finding {
	var findings []finding
	folder := cfg.Warehouse
	for {
		if _, err := os.Stat(folder); err == nil || folder == filepath.Dir(folder) {
			break
		}
		folder = filepath.Dir(folder)
	}
	if err := unix.Access(folder, unix.W_OK); err != nil {
		findings = append(findings, finding{false, "warehouse folder " + folder + ": " + err.Error(), "give this user the right to write there, or set warehouse: in verso.yaml"})
	} else {
		findings = append(findings, finding{ok: true, what: "warehouse folder " + cfg.Warehouse + " can be written"})
	}
	var disk unix.Statfs_t
	if err := unix.Statfs(folder, &disk); err == nil {
		free := float64(disk.Bavail) * float64(disk.Bsize) / 1e9
		findings = append(findings, finding{free > 2, fmt.Sprintf("disk: %.1f GB free", free), "a refresh needs room for a second generation and the landing files"})
	}
	findings = append(findings, examineVolume(folder))
	w, err := a.openWarehouse(cfg)
	if err != nil {
		return append(findings, finding{false, err.Error(), ""})
	}
	defer w.Close()
	snapshot, err := w.Acquire(ctx)
	if err != nil {
		return append(findings, finding{false, strings.TrimSpace(err.Error()), ""})
	}
	findings = append(findings, finding{ok: true, what: "published generation " + snapshot.Generation().Name})
	if err := snapshot.Release(); err != nil {
		findings = append(findings, finding{false, err.Error(), ""})
	}
	return findings
}
