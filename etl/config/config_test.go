package config

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func environment(name string) (string, bool) {
	value, ok := map[string]string{
		"PGURL": "postgres://reader:hush@db/shop", "DATA": "/srv/data",
	}[name]
	return value, ok
}

// TestBad: each wrong configuration causes exactly the message beside it.
func TestBad(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d wrong configurations, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			c, err := Load(file, environment)
			var problems *Error
			if !errors.As(err, &problems) || c != nil {
				t.Fatalf("got %v, %v; want an *Error", c, err)
			}
			got := filepath.ToSlash(err.Error()) + "\n"
			golden := strings.TrimSuffix(file, ".yaml") + ".txt"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got); d != "" {
				t.Error(d)
			}
			for _, secret := range []string{"s3cret", "geheim", "hush"} {
				if strings.Contains(got, secret) {
					t.Errorf("the message shows a password: %s", got)
				}
			}
		})
	}
}

const good = `
version: 1
company: {name: Page & Co, currency: EUR}
sources:
  orders: {kind: file, path: "in/*.csv", encoding: GBK, csv: {delimiter: tab, null: "-"}, dates: "%d.%m.%Y"}
  old: {kind: file, path: "${DATA}/old.parquet"}
  shop: {kind: postgres, dsn: "${PGURL}"}
tables:
  order_header:
    from: orders
    columns: {order_id: 订单号, order_date: 日期}
  order_line:
    - from: orders
      columns: {order_id: 订单号, qty_ordered: 数量, unit_price: 单价}
    - from: old
      select: |
        SELECT no AS order_id, n AS qty_ordered, ';' AS title_text, p AS unit_price -- a; b
        FROM old;
  customer:
    from: shop
    select: SELECT id AS customer_id FROM customers
checks:
  title.isbn: {severity: warn, threshold: 0.05}
  order.dates: {severity: off}
`

func parseGood(t *testing.T, text string) *Config {
	t.Helper()
	c, err := Parse([]byte(text), "verso.yaml", filepath.FromSlash("/company/verso.yaml"), environment)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestGood(t *testing.T) {
	got := parseGood(t, good)
	threshold := 0.05
	want := &Config{
		Version: 1, AsOf: "latest", Keep: 3, Seed: 1, IDs: "integer", Landing: Landing{CompactAfter: 30}, Models: Models{Months: 12, RFM: RFM{Mode: "quintile"}},
		Company:   Company{Name: "Page & Co", Currency: "EUR", Language: "en", FiscalYearStart: 1, WeekStart: "monday"},
		Warehouse: filepath.FromSlash("/company/warehouse"), Site: filepath.FromSlash("/company/site"),
		File: filepath.FromSlash("/company/verso.yaml"),
		Sources: map[string]Source{
			"orders": {Kind: "file", Path: filepath.FromSlash("/company/in/*.csv"), Encoding: "gb18030",
				CSV: CSV{Delimiter: "\t", Null: "-"}, Dates: []string{"%d.%m.%Y"}},
			"old":  {Kind: "file", Path: filepath.FromSlash("/srv/data/old.parquet")},
			"shop": {Kind: "postgres", DSN: "postgres://reader:hush@db/shop"},
		},
		Tables: map[string]Maps{
			"order_header": {{From: "orders", Columns: map[string]string{"order_id": "订单号", "order_date": "日期"}, Line: 10}},
			"order_line": {
				{From: "orders", Columns: map[string]string{"order_id": "订单号", "qty_ordered": "数量", "unit_price": "单价"}, Line: 13},
				{From: "old", Select: "SELECT no AS order_id, n AS qty_ordered, ';' AS title_text, p AS unit_price -- a; b\nFROM old", Line: 15},
			},
			"customer": {{From: "shop", Select: "SELECT id AS customer_id FROM customers", Line: 20}},
		},
		Checks: map[string]Check{
			"title.isbn":  {Severity: "warn", Threshold: &threshold, Line: 23},
			"order.dates": {Severity: "off", Line: 24},
		},
		Night:  Night{Timezone: "UTC", CatchUp: true, StaleAfter: 36 * time.Hour, Grace: 30 * time.Second, ResumeWithin: 6 * time.Hour, Recheck: 7},
		Alerts: Alerts{On: Occasions()},
		Digest: Letter{Pages: []string{"index", "sales", "customers"}},
		Serve:  Serve{Addr: "127.0.0.1:8080"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestDigest(t *testing.T) {
	digest := Digest(parseGood(t, good))
	if len(digest) != 64 {
		t.Fatalf("digest %q", digest)
	}
	same := map[string]string{
		"path": `in/*.csv`, "dsn": `"${PGURL}"`, "comment": "checks:",
	}
	for name, old := range same {
		text := strings.Replace(good, old, map[string]string{
			"path": `elsewhere/*.csv`, "dsn": `"postgres://other@db/shop"`, "comment": "keep: 9\nengine: {threads: 2} # two\nwarehouse: w\nchecks:",
		}[name], 1)
		if text == good || Digest(parseGood(t, text)) != digest {
			t.Errorf("%s changes the digest", name)
		}
	}
	for _, change := range [][2]string{
		{"currency: EUR", "currency: USD"}, {"订单号, order_date", "单号, order_date"}, {"tab", `";"`},
		{"0.05", "0.06"}, {"version: 1", "version: 1\nseed: 2"}, {"version: 1", "version: 1\nas_of: 2025-01-01"},
		{"FROM customers", "FROM clients"},
	} {
		text := strings.Replace(good, change[0], change[1], 1)
		if text == good || Digest(parseGood(t, text)) == digest {
			t.Errorf("%s does not change the digest", change[1])
		}
	}
}

func TestMissingFile(t *testing.T) {
	_, err := Load(filepath.Join(t.TempDir(), "verso.yaml"), environment)
	var problems *Error
	if !errors.As(err, &problems) || !strings.Contains(err.Error(), "no such file") || !strings.Contains(err.Error(), "verso init") {
		t.Errorf("got %v", err)
	}
}

// FuzzParse: whatever the text, there is a configuration or an *Error.
func FuzzParse(f *testing.F) {
	f.Add(good)
	files, _ := filepath.Glob("testdata/bad/*.yaml")
	for _, file := range files {
		if text, err := os.ReadFile(file); err == nil {
			f.Add(string(text))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse([]byte(text), "verso.yaml", "/company/verso.yaml", environment)
		var problems *Error
		if c == nil && (!errors.As(err, &problems) || len(problems.Problems) == 0) {
			t.Errorf("neither a configuration nor problems: %v", err)
		}
		if err != nil && strings.Contains(err.Error(), "hush") {
			t.Error("an environment variable shows in the message")
		}
	})
}

// The night's keys are read, and change neither meaning nor digest.
func TestNight(t *testing.T) {
	c := parseGood(t, strings.Replace(good, `dsn: "${PGURL}"`, `dsn: "${PGURL}", on_failure: yesterday, retry: {attempts: 5, wait: 2s, longest: 1m}`, 1)+`
night: {schedule: "30 2 * * 1-5", timezone: Asia/Shanghai, catch_up: false, stale_after: 30h, grace: 0s, resume_within: 90m, recheck: 3}
alerts:
  email: {host: smtp.example.org, user: verso, password_file: secret, from: "Reports <r@example.org>", to: [a@example.org, b@example.org]}
  webhook: {url_env: HOOK, header_env: {Authorization: HOOK_TOKEN}}
  on: [failure, checks]
digest:
  url: https://reports.example.org/
  readers: [{to: li@example.org, name: 李, lang: zh}, {to: b@example.org}]
  quiet: [saturday, sunday]
`)
	if d := cmp.Diff(Night{Schedule: "30 2 * * 1-5", Timezone: "Asia/Shanghai", StaleAfter: 30 * time.Hour, ResumeWithin: 90 * time.Minute, Recheck: 3}, c.Night); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(Alerts{On: []string{"failure", "checks"},
		Email: &Email{Host: "smtp.example.org", Port: 587, TLS: "starttls", User: "verso", PasswordFile: "/company/secret",
			From: "Reports <r@example.org>", To: []string{"a@example.org", "b@example.org"}},
		Webhook: &Webhook{URLEnv: "HOOK", HeaderEnv: map[string]string{"Authorization": "HOOK_TOKEN"}}}, c.Alerts); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(Letter{URL: "https://reports.example.org/", Pages: []string{"index", "sales", "customers"}, Quiet: []string{"saturday", "sunday"},
		Readers: []Reader{{To: "li@example.org", Name: "李", Lang: "zh"}, {To: "b@example.org"}}}, c.Digest); d != "" {
		t.Error(d)
	}
	if s := c.Sources["shop"]; s.OnFailure != OnFailureYesterday || s.Retry != (Retry{5, 2 * time.Second, time.Minute}) {
		t.Errorf("shop: %+v", s)
	}
	if Digest(c) != Digest(parseGood(t, good)) {
		t.Error("the night changes the digest of the data")
	}
}

func TestServe(t *testing.T) {
	c := parseGood(t, good+`
serve:
  addr: 0.0.0.0:8443
  hosts: [reports.example.org]
  tls: {cert: server.crt, key: /etc/verso/server.key}
  limits: {rows: 5000, time: 20s, statements: 2}
`)
	want := Serve{Addr: "0.0.0.0:8443", Hosts: []string{"reports.example.org"}, TLS: TLS{Cert: "/company/server.crt", Key: "/etc/verso/server.key"},
		Limits: ServeLimits{Rows: 5000, Time: 20 * time.Second, Statements: 2}}
	if d := cmp.Diff(want, c.Serve); d != "" {
		t.Error(d)
	}
}
