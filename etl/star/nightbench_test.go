package star

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"verso/etl/canon"
	"verso/olap/engine"
	"verso/olap/engine/duck"
)

// TestBenchWarehouse builds the star of a copy of the warehouse file that
// VERSO_STAR_FILE names (none: skipped) whole and then after a night in which
// the newest few hundred rows of every table with a key have changed and a day
// has passed. It prints the seconds of every step of both, and their ratio.
func TestBenchWarehouse(t *testing.T) {
	source := os.Getenv("VERSO_STAR_FILE")
	if source == "" {
		t.Skip("set VERSO_STAR_FILE to a file of a warehouse's generations")
	}
	file := filepath.Join(t.TempDir(), "star.duckdb")
	copyFile(t, source, file)
	db, err := duck.Open(context.Background(), duck.Options{Path: file, Threads: 4, MemoryLimit: "3GB"})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	conn, err := db.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	asOf := day(t, query(t, conn, "SELECT as_of FROM meta.star_parameter")[0][:10])
	build := func(what string, asOf time.Time) usage {
		return measure(func() {
			last, cpu := time.Now(), processor()
			err := Build(context.Background(), conn, Options{AsOf: asOf, Currency: "CNY", Progress: func(step string, rows int64) {
				if spent := processor() - cpu; spent > 0.1 {
					t.Logf("%s %-24s %9d rows %6.2f s, %6.2f s of processor", what, step, rows, time.Since(last).Seconds(), spent)
				}
				last, cpu = time.Now(), processor()
			}})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
	exec(t, conn, "DROP TABLE IF EXISTS meta.stage_change")
	whole := build("whole", asOf)
	t.Logf("whole %v", whole)
	for range 2 {
		changedNewest(t, conn)
		asOf = asOf.AddDate(0, 0, 1)
		night := build("night", asOf)
		for _, row := range query(t, conn, "SELECT fact, mode, due, appended, reason FROM meta.star_build ORDER BY fact") {
			t.Log(row)
		}
		t.Logf("night %v: %.0f %% of the clock, %.0f %% of the processor", night, 100*night.wall/whole.wall, 100*night.cpu/whole.cpu)
	}
}

// changedNewest says that the 300 rows of the highest keys of every table that
// has a key have changed.
func changedNewest(t *testing.T, conn engine.Conn) {
	t.Helper()
	exec(t, conn, "CREATE SCHEMA IF NOT EXISTS due; CREATE OR REPLACE TABLE meta.stage_change (table_name VARCHAR, mode VARCHAR, inserted BIGINT, updated BIGINT, deleted BIGINT)")
	for _, table := range canon.Tables() {
		mode := "none"
		if len(table.Key) == 1 && table.Name != "calendar_event" && table.Name != "employee" && table.Name != "supplier" && table.Name != "geo" && table.Name != "clc_class" {
			mode = "some"
			rows := 300
			if table.Name == "customer" || table.Name == "title" || table.Name == "campaign" {
				rows = 10
			}
			exec(t, conn, fmt.Sprintf("CREATE OR REPLACE TABLE due.changed_%[1]s AS SELECT %[2]s FROM stage.%[1]s ORDER BY length(CAST(%[2]s AS VARCHAR)) DESC, %[2]s DESC LIMIT %[3]d", table.Name, strings.Join(table.Key, ", "), rows))
		}
		exec(t, conn, fmt.Sprintf("INSERT INTO meta.stage_change VALUES ('%s', '%s', 0, 0, 0)", table.Name, mode))
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
}
