package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"sort"
	"strings"
	"testing"
)

// floors lists, for every package, which verso packages it may import. A
// pattern ending in /... covers the packages below it; the most specific
// pattern wins. Test files are free to reach further.
var floors = map[string][]string{
	"olap/engine":               {},
	"olap/engine/enginetest":    {"olap/engine"},
	"olap/engine/duck":          {"olap/engine"},
	"olap/engine/duck/ducktest": {"olap/engine", "olap/engine/duck"},
	"olap/sqlworker":            {"olap/engine", "olap/engine/duck"},
	"olap/cache":                {},
	"olap/cube/text":            {"olap/cube"},
	"olap/cube/schema":          {"olap/cube"},
	"olap/formula":              {},
	"olap/cube":                 {"olap/formula"},
	"olap/catalog":              {"olap/cube"},
	"olap/compile":              {"olap/cube", "olap/formula"},
	"olap/change":               {"olap", "olap/cube", "olap/compile", "olap/engine"},
	"olap/anomaly":              {"olap", "olap/cube", "olap/compile", "olap/engine"},
	"olap/rollup":               {"olap/engine", "olap/cube", "olap/compile"},
	"olap/rollup/memory":        {"olap/cache", "olap/engine", "olap/cube", "olap/compile", "olap/formula"},
	"olap":                      {"olap/cache", "olap/engine", "olap/cube", "olap/compile", "olap/catalog", "olap/rollup", "olap/rollup/memory"},
	"olap/olaptest":             {"olap", "olap/engine", "olap/engine/duck", "olap/cube", "olap/catalog"},
	"olap/oracle":               {"olap/engine", "olap/cube", "olap/formula", "olap/olaptest"},
	"olap/oracle/oracletest":    {"olap", "olap/engine", "olap/engine/duck", "olap/cube", "olap/formula", "olap/catalog", "olap/olaptest", "olap/oracle"},
	"olap/export":               {"olap", "olap/engine", "olap/cube"},
	"olap/export/workbook":      {"olap", "olap/engine", "olap/cube", "olap/export"},
	"olap/warehouse":            {"olap/engine"},
	"olap/backup":               {},
	"olap/lineage":              {"olap/engine", "olap/cube"},
	"olap/diff":                 {"olap", "olap/cube", "olap/compile", "olap/engine", "olap/lineage"},
	"olap/ssb":                  {"olap", "olap/cube", "olap/compile", "olap/engine"},
	"olap/access":               {"olap/engine", "olap/cube"},
	"olap/access/users":         {"olap/access"},
	"olap/api":                  {"olap", "olap/cache", "olap/engine", "olap/cube", "olap/cube/text", "olap/compile", "olap/catalog", "olap/rollup", "olap/change", "olap/export", "olap/export/workbook", "olap/lineage", "olap/warehouse", "olap/access", "olap/sqlworker", "olap/api/asked", "olap/api/audit", "olap/api/describe", "olap/api/saved", "olap/api/turns"},
	"olap/api/asked":            {"olap/api/audit"},
	"olap/api/audit":            {},
	"olap/api/describe":         {"olap/catalog", "olap/cube"},
	"olap/api/turns":            {},
	"olap/api/saved":            {},
	"olap/api/mcp":              {"olap/api"},
	"olap/api/store":            {"olap", "olap/access", "olap/api", "olap/catalog", "olap/cube", "olap/engine", "olap/rollup", "olap/warehouse"},
	"olap/api/gate":             {"olap/access", "olap/access/users"},
	"olap/api/flight":           {"olap/api", "olap/api/audit", "olap/engine", "olap/access", "olap/sqlworker"},
	"olap/api/...":              {"olap/api/...", "olap", "olap/engine", "olap/cube", "olap/export", "olap/warehouse", "olap/access", "olap/sqlworker"},

	"etl/canon":                  {},
	"etl/canon/preset":           {"etl/canon", "etl/canon/system", "etl/config"},
	"etl/canon/propose":          {"etl/canon", "etl/canon/system"},
	"etl/canon/system":           {"etl/canon"},
	"etl/config":                 {"etl/canon", "etl/schedule"},
	"etl/schedule":               {},
	"etl/outage":                 {"etl/config", "etl/source", "olap/engine"},
	"etl/ledger":                 {"etl/check", "etl/outage"},
	"etl/resume":                 {"etl/landing"},
	"etl/night":                  {"etl", "etl/ledger", "etl/schedule"},
	"etl/alert":                  {"etl", "etl/ledger", "etl/check", "etl/outage", "etl/config"},
	"etl/metrics":                {"etl", "etl/ledger", "olap/engine"},
	"etl/source":                 {"olap/engine"},
	"etl/source/...":             {"etl/source", "etl/source/...", "etl/config", "olap/engine"},
	"etl/source/postgres/pgtest": {},
	"etl/source/mysql/mysqltest": {},
	"etl/star":                   {"etl/canon", "etl/star/...", "olap/engine"},
	"etl/star/...":               {},
	"etl/cast":                   {"etl/canon", "olap/engine"},
	"etl/peak":                   {},
	"etl/check":                  {"etl/canon", "etl/config", "olap/engine"},
	"etl/landing":                {"etl/source"},
	"etl/extract":                {"etl/canon", "etl/config", "etl/landing", "etl/source", "olap/engine"},
	"etl/merge":                  {"olap/engine"},
	"etl/duplicate":              {"olap/engine"},
	"etl/demo":                   {"etl/canon", "etl/demo/..."},
	"etl/demo/...":               {"etl/demo/..."},
	"etl/demo/replay":            {"etl/canon", "etl/demo/sheet", "olap/engine"},
	"etl/demo/verify":            {"olap/engine"},
	"etl":                        {"etl/source", "etl/canon", "etl/config", "etl/cast", "etl/peak", "etl/outage", "etl/star", "etl/check", "etl/landing", "etl/extract", "etl/merge", "etl/ledger", "etl/resume", "olap", "olap/engine", "olap/warehouse"},

	"models/frame":          {"olap/engine"},
	"models/metric":         {},
	"models/feature":        {"models/frame", "olap/engine"},
	"models/job":            {"models/feature", "models/frame", "olap/engine"},
	"models/job/jobtest":    {"models/job", "olap/engine", "olap/engine/duck"},
	"models/uplift":         {"models/metric", "models/propensity"},
	"models/backtest":       {"models/metric", "models/propensity"},
	"models/churn":          {"models/metric", "models/propensity"},
	"models/evaluate":       {"models/backtest", "models/propensity", "olap/engine"},
	"models/recommend":      {"models/recommend/..."},
	"models/recommend/cold": {"models/recommend/dense"},
	"models/run/...":        {"models/...", "olap/engine"},
	"models/...":            {"models/frame", "models/metric"},
	"models":                {"models/...", "olap/engine"},

	"reports/language":      {},
	"reports/view":          {"reports/language"},
	"reports/page":          {"reports/language", "reports/view", "olap", "olap/compile", "olap/cube", "olap/cube/text", "olap/engine"},
	"reports/page/pagetest": {"reports/language", "reports/page", "reports/view", "olap", "olap/engine", "olap/olaptest"},
	"reports/pages":         {"reports/language", "reports/page", "reports/pages/...", "olap/cube"},
	"reports/pages/written": {"reports/language", "reports/page", "reports/view", "olap", "olap/cube", "olap/cube/text"},
	"reports/pages/...":     {"reports/language", "reports/page", "reports/view", "olap", "olap/cube", "olap/engine", "olap/lineage"},
	"reports/web":           {},
	"reports/html":          {"reports/language", "reports/view", "reports/web"},
	"reports/html/...":      {"reports/language", "reports/view", "reports/html/...", "reports/web"},
	"reports/pdf":           {},
	"reports/site":          {"reports/page", "reports/html", "reports/html/...", "reports/view", "reports/web"},
	"reports/text":          {"reports/language", "reports/view", "olap/export"},
	"reports/site/sitetest": {},
	"reports/serve":         {"reports/page", "reports/html", "reports/view", "olap/warehouse", "olap/api"},
	"reports/preview":       {"reports/page", "reports/html", "reports/view"},
	"reports/explore":       {"reports/web"},
	"reports/mail":          {},
	"reports/digest":        {"reports/language", "reports/page", "reports/pages", "reports/view", "reports/web"},
	"reports/mail/mailtest": {},

	"cmd/verso": {"..."},
}

// driverOwners are the only packages that may import a third-party driver.
var driverOwners = map[string][]string{
	"github.com/duckdb/duckdb-go": {"olap/engine/duck"},
	"github.com/jackc/pgx":        {"etl/source/postgres"},
	"github.com/go-sql-driver":    {"etl/source/mysql"},
	"modernc.org/sqlite":          {"etl/source/sqlite"},
	"github.com/xuri/excelize":    {"olap/export/workbook"},

	"github.com/go-co-op/gocron":   {"etl/night"},
	"github.com/robfig/cron":       {"etl/schedule"},
	"github.com/prometheus/client": {"etl/metrics", "olap/api"},
	"github.com/wneessen/go-mail":  {"reports/mail"},
}

type goPackage struct {
	ImportPath string
	Imports    []string
}

func listPackages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-tags", "duckdb_arrow", "-json=ImportPath,Imports", "verso/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var packages []goPackage
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

func TestFloors(t *testing.T) {
	packages := listPackages(t)
	if len(packages) < 10 {
		t.Fatalf("go list found only %d packages", len(packages))
	}
	for _, p := range packages {
		name := strings.TrimPrefix(p.ImportPath, "verso/")
		allowed, known := allowedImports(name)
		if !known {
			t.Errorf("package %s stands on no floor: add it to the table in this test", name)
			continue
		}
		for _, imported := range p.Imports {
			if problem := forbidden(name, imported, allowed); problem != "" {
				t.Error(problem)
			}
		}
	}
}

func TestFloorsRejectAForbiddenImport(t *testing.T) {
	for _, c := range []struct{ pkg, imported string }{
		{"models/rfm", "verso/olap"},
		{"reports/page", "verso/etl"},
		{"olap/cube", "verso/olap/engine"},
		{"etl/source/file", "verso/olap/engine/duck"},
		{"olap/warehouse", "github.com/duckdb/duckdb-go/v2"},
		{"etl", "github.com/jackc/pgx/v5"},
		{"etl/source/postgres", "github.com/go-sql-driver/mysql"},
		{"etl", "modernc.org/sqlite"},
	} {
		allowed, _ := allowedImports(c.pkg)
		if forbidden(c.pkg, c.imported, allowed) == "" {
			t.Errorf("%s may import %s", c.pkg, c.imported)
		}
	}
}

func allowedImports(name string) (allowed []string, known bool) {
	if allowed, known = floors[name]; known {
		return allowed, true
	}
	patterns := make([]string, 0, len(floors))
	for pattern := range floors {
		if strings.HasSuffix(pattern, "/...") && matches(pattern, name) {
			patterns = append(patterns, pattern)
		}
	}
	if len(patterns) == 0 {
		return nil, false
	}
	sort.Slice(patterns, func(i, j int) bool { return len(patterns[i]) > len(patterns[j]) })
	return floors[patterns[0]], true
}

// forbidden says what is wrong with name importing imported; "" when nothing is.
func forbidden(name, imported string, allowed []string) string {
	for driver, owners := range driverOwners {
		if strings.HasPrefix(imported, driver) && !owned(name, owners) {
			return name + " imports " + imported + ": only " + strings.Join(owners, " and ") + " may"
		}
	}
	local, isLocal := strings.CutPrefix(imported, "verso/")
	if !isLocal {
		return ""
	}
	for _, pattern := range allowed {
		if matches(pattern, local) {
			return ""
		}
	}
	return name + " imports " + local + ", which its floor does not allow"
}

// owned reports whether a package, or one above it, is among the owners.
func owned(name string, owners []string) bool {
	return slices.ContainsFunc(owners, func(owner string) bool { return name == owner || matches(owner+"/...", name) })
}

func matches(pattern, name string) bool {
	if pattern == "..." || pattern == name {
		return true
	}
	prefix, wild := strings.CutSuffix(pattern, "/...")
	return wild && strings.HasPrefix(name, prefix+"/")
}
